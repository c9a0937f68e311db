"""`autograder bench`: measure what people wait for, each figure with its spread, in one run."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

PARTS = ("waiting", "checks", "grading", "sliced", "scale", "zoo")


def run(size: int, only: tuple[str, ...] = (), units: tuple[str, ...] = ()) -> None:
    """Measure all parts, or those named; `size` is that of the class which is graded, `units` those graded in part."""
    from autograder.bench.figures import print_figures, print_rows

    parts = only or PARTS
    if "waiting" in parts:
        from autograder.bench.waiting import measure_waiting

        print_figures(list(measure_waiting()))
    if "checks" in parts:
        from autograder.bench.checks import measure_checks, measure_imports

        print_figures([*measure_imports(), *measure_checks()])
    rows: list[list[str]] = []
    if "grading" in parts:
        from autograder.bench.grading import measure_grading

        rows += _telling(measure_grading(size))
    if "scale" in parts:
        from autograder.bench.scale import measure_scale

        rows += _telling(measure_scale())
    if rows:
        print_rows(rows)
    if "sliced" in parts:
        from autograder.bench.slices import HEADINGS as SLICED
        from autograder.bench.slices import measure_slices

        print_rows(list(_telling(measure_slices(size, units))), "Only what answers need", SLICED)
    if "zoo" in parts:
        from autograder.bench.zoo import HEADINGS, measure_zoo

        print_rows(list(_telling(measure_zoo())), "The zoo, processor times", HEADINGS)


def _telling(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """The rows, each told as soon as it is there: they take minutes."""
    for row in rows:
        print("  ".join(row), file=sys.stderr, flush=True)
        yield row
