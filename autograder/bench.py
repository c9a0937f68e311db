"""`autograder bench`: measure what people wait for, each figure with its spread, in one run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from autograder.exercises import load_exercises
from autograder.lesson import lesson_path, read_lesson
from autograder.prove import lesson_functions
from course_utils.packs import read_pack

IMPORT_RUNS = 15
CHECK_RUNS = 15
QUICK_UNITS = ("01_containers_and_arrays", "02_convolution_and_pooling")  # their checks need no TensorFlow


@dataclass(frozen=True)
class Figure:
    """One measured thing: seconds of its runs, and the bound that the course promises (None: no promise)."""

    name: str
    seconds: list[float]
    bound: float | None = None

    @property
    def median(self) -> float:
        """The middle of the runs."""
        return statistics.median(self.seconds)


def measure_imports() -> list[Figure]:
    """Import the helper in new interpreters, beside an interpreter that imports nothing."""
    figures = []
    for name, code, bound in (
        ("python -c pass", "pass", None),
        ("import course_utils", "import course_utils", 0.3),
        ("from course_utils import check, start", "from course_utils import check, start", 0.3),
    ):
        figures.append(
            Figure(
                name,
                _repeat(lambda code=code: subprocess.run([sys.executable, "-c", code], check=True), IMPORT_RUNS),
                bound,
            )
        )
    return figures


def measure_checks(units: tuple[str, ...] = QUICK_UNITS) -> list[Figure]:
    """Check the lesson's own answers and each exercise's first mistake, from reading the pack to the HTML."""
    from course_utils import start
    from course_utils.checking import examine
    from course_utils.verdict import as_html

    figures = []
    for unit in units:
        start(unit)
        functions = lesson_functions(read_lesson(lesson_path(unit)))
        for id, exercise in load_exercises(unit).items():
            read_pack(unit, id)
            for which, answer in (("right", functions[id]), ("wrong", exercise.mistakes[0].answer)):
                seconds = _repeat(lambda id=id, answer=answer: as_html(examine(id, answer)), CHECK_RUNS)
                figures.append(Figure(f"check {unit[:2]} {id}, {which}", seconds, 0.05))
    return figures


def _repeat(action: Callable[[], object], runs: int) -> list[float]:
    action()  # once to warm caches and late imports
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - began)
    return seconds


def print_figures(figures: list[Figure]) -> None:
    """A table: minimum, median and maximum in milliseconds, beside the promised bound."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; milliseconds", title_justify="left")
    for heading in ("what", "runs", "least", "median", "most", "promised"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for figure in figures:
        numbers = [f"{1000 * n:.1f}" for n in (min(figure.seconds), figure.median, max(figure.seconds))]
        promised = (
            ""
            if figure.bound is None
            else f"{1000 * figure.bound:.0f} {'kept' if figure.median <= figure.bound else 'BROKEN'}"
        )
        table.add_row(figure.name, str(len(figure.seconds)), *numbers, promised)
    Console(width=None if sys.stdout.isatty() else 110).print(table)
