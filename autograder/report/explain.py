"""`autograder explain UNIT STUDENT [EXERCISE]`: why a learner has these points, as tables or as one JSON object."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.common.words import late_words, number
from autograder.judged import Judged
from autograder.report.evidence import BY_HAND, Evidence, Part, read_evidence
from course_utils.terminal import cell, say, say_json

if TYPE_CHECKING:
    from rich.table import Table


def explain(
    unit: str,
    student: str,
    exercise: str = "",
    as_json: bool = False,
    root: Path | None = None,
    packs: Path | None = None,
) -> None:
    """Print it. Raises Refused where there is no such unit, learner or exercise. `packs`: the folder of the hidden packs."""
    from autograder.course import HIDDEN_PACKS
    from autograder.engine.command import Course, course_root
    from autograder.engine.coordinator import Packs
    from autograder.exercises import find_unit

    unit = find_unit(unit)
    course = Course.load(course_root(root))
    judged_by = Packs.load((packs or HIDDEN_PACKS) / unit)
    evidence = read_evidence(course.root, course.db_url, unit, student, judged_by, exercise)
    if as_json:
        say_json(as_facts(evidence))
    else:
        show(evidence)


def as_facts(evidence: Evidence) -> dict:
    """All of it as plain data; beside what was judged the words for it."""
    facts = {**asdict(evidence), "points": evidence.points, "most": evidence.most}
    for part, told in zip(evidence.parts, facts["parts"], strict=True):
        if part.judged:
            told["judged"]["words"] = part.judged.words
    return facts


def show(evidence: Evidence) -> None:
    """Print what there is to tell: the points of each part, then for each that lost some why, then the remarks."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 140)
    for line in heading(evidence):
        say(line)
    if any(part.points is not None for part in evidence.parts):
        console.print(parts_table(evidence.parts))
    for part in evidence.parts:
        for line in about(part):
            say(line)
        if part.failed:
            console.print(calls_table(part))
    for remark in evidence.remarks:
        say(f"remark: {remark}")


def heading(evidence: Evidence) -> list[str]:
    """What holds of all parts: the points, when it was handed in and graded, and why there is nothing to tell."""
    said = f"{evidence.unit}, {evidence.student}: {number(evidence.points)} of {number(evidence.most)} points"
    if evidence.penalty:
        said += f", {number(evidence.penalty)} taken off for being late"
    times = [f"handed in {evidence.handed_in} UTC"] if evidence.handed_in else []
    if evidence.late_seconds:
        times.append(f"{late_words(evidence.late_seconds)} late")
    if evidence.graded_at:
        times.append(f"graded {evidence.graded_at} UTC in {evidence.seconds:.1f} s")
    return [said, *filter(None, ["; ".join(times), evidence.state])]


def parts_table(parts: list[Part]) -> Table:
    """A row a graded cell."""
    from rich.table import Table

    table = Table()
    table.add_column("exercise")
    for name in ("points", "of", "calls right", "seconds"):
        table.add_column(name, justify="right")
    table.add_column("result")
    table.add_column("mistake")
    for part in parts:
        judged = part.judged or Judged(part.name, 0.0)
        table.add_row(
            cell(part.name),
            "–" if part.points is None else number(part.points),
            number(part.most),
            f"{judged.passed} of {judged.total}" if judged.total else "",
            "" if part.seconds is None else f"{part.seconds:.2f}",
            cell(_result(part)),
            cell(judged.mistake),
        )
    return table


def _result(part: Part) -> str:
    if part.otherwise == BY_HAND and part.judged:
        return f"{BY_HAND}; judged: {number(part.judged.points)}"
    return part.otherwise or (part.judged.status if part.judged else "")


def about(part: Part) -> list[str]:
    """What is to be said of one part beside its row: why it lost points, and what nobody could see."""
    said = [part.judged.words, part.judged.remark] if part.judged else []
    if part.untold:
        said.append(f"{part.name}: the calls that failed are not known: {part.untold}")
    return [line for line in said if line]


def calls_table(part: Part) -> Table:
    """A row a probe that failed."""
    from rich.table import Table

    table = Table(title=f"{cell(part.name)}: calls that failed", title_justify="left", show_lines=True)
    for name, ratio in (("", 1), ("call", 6), ("yours", 5), ("expected", 5), ("what differs", 7)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for one in part.failed:
        where = "hidden" if one.hidden else "shown"
        table.add_row(f"{one.number} {where}", *map(cell, (one.call, one.yours, one.expected, one.why)))
    return table
