"""The table of `autograder grade`: what stands, a row a learner, with one reason where points are missing."""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any

from autograder.common.words import late_words, number, short
from autograder.engine.judge.fault import Fault
from autograder.engine.record.standing import Standing
from autograder.judged import NO_ANSWER, NOT_EXECUTED, Judged
from autograder.limits import MAX_NAMED
from course_utils.judge import CRASHED, NOT_ATTEMPTED
from course_utils.terminal import cell


def print_table(title: str, most: float, rows: list[Standing]) -> None:
    """Print it; columns that would be empty for the whole class are left out."""
    from rich.console import Console
    from rich.table import Table

    columns: list[tuple[str, str, list[str]]] = [
        ("student", "left", [shown_name(one) for one in rows]),
        (f"of {most:g}", "right", [_points(one) for one in rows]),
        ("late", "left", [_late(one) for one in rows]),
        ("penalty", "right", [f"-{number(one.penalty)}" if one.penalty else "" for one in rows]),
        ("counts", "right", [number(one.score) for one in rows] if any(one.penalty for one in rows) else []),
        ("why points are missing", "left", [why_missing(one) for one in rows]),
        ("remarks", "left", ["\n".join(map(short, folded(one.facts.reasons))) if one.readable else "" for one in rows]),
    ]
    kept = [column for place, column in enumerate(columns) if place < 2 or any(column[2])]
    table = Table(title=title, title_justify="left")
    for heading, justify, _ in kept:
        table.add_column(heading, justify="right" if justify == "right" else "left")
    for cells in zip(*(cells for _, _, cells in kept), strict=True):
        table.add_row(*map(cell, cells))
    Console(width=None if sys.stdout.isatty() else 150).print(table)


def as_facts(one: Standing) -> dict[str, Any]:
    """A row as plain data."""
    return {
        "student": one.student,
        "name": one.name,
        "section": one.section,
        "points": one.points,
        "by_hand": one.by_hand if one.has_by_hand else None,
        "waits": one.waits,
        "penalty": one.penalty,
        "score": one.score,
        "late_seconds": one.late,
        "missing": why_missing(one),
    }


def shown_name(one: Standing) -> str:
    """What to call a learner: name and id, and the section where there is one."""
    said = f"{one.name} ({one.student})" if one.name and one.name != one.student else one.student
    return f"{said}, {one.section}" if one.section else said


def _points(one: Standing) -> str:
    hand = f", {number(one.by_hand)} by hand" if one.has_by_hand else ""
    return f"{number(one.points)}{hand}{f', {number(one.waits)} to give' if one.waits else ''}"


def _late(one: Standing) -> str:
    if one.late:
        return late_words(one.late)
    return "not known" if one.is_due and one.readable and one.handed_in is None else ""


def why_missing(one: Standing) -> str:
    """The one reason, in a few words, that cost the most points; "" where none are missing that somebody judged."""
    if not one.readable:
        return one.facts.reasons[0] if one.facts.reasons else "it could not be read"
    lost: dict[str, list[Judged]] = defaultdict(list)
    for found in one.facts.exercises.values():
        if not found.is_full:
            lost[_kind(found)].append(found)
    if not lost:
        return ""
    kind, several = max(lost.items(), key=lambda item: sum((found.most or 0) - found.points for found in item[1]))
    if kind == NOT_ATTEMPTED:
        all_of_it = len(several) == len(one.facts.exercises)
        return "nothing attempted" if all_of_it else f"not attempted: {_names(several)}"
    if kind == NO_ANSWER:
        return about_fault(one.facts.fault) or f"no answer: {_names(several)}"
    if kind == "rule":
        return f"rule: {several[0].exercise}: {short(several[0].rule)}"
    if kind == CRASHED:
        late = one.facts.fault if one.facts.fault.get("at") in {found.exercise for found in several} else {}
        return about_fault(late) or f"crashed when called: {_names(several)}"
    return ", ".join(f"{found.exercise}: {found.mistake or _calls(found)}" for found in several)


def _kind(found: Judged) -> str:
    if found.status in (NO_ANSWER, NOT_EXECUTED):
        return NO_ANSWER
    if found.status in (NOT_ATTEMPTED, CRASHED):
        return found.status
    return "rule" if found.rule and found.passed == found.total else "wrong"


def _calls(found: Judged) -> str:
    return f"{found.passed} of {found.total} calls" if found.total else "wrong"


def about_fault(fault: dict[str, Any]) -> str:
    """A fault of `judge.fault` in a few words: "crashed: `import torch`"; "" for none."""
    where = f" in cell {fault['at']}" if isinstance(fault.get("at"), int) else ""
    where = where or (f" at {fault['at']}" if fault.get("at") else "")
    line = f": `{fault['line']}`" if fault.get("line") else where
    said = {
        Fault.SYNTAX: f"syntax{line}",
        Fault.CRASHED: f"crashed{line}",
        Fault.TIME: f"ran out of time{where}",
        Fault.MEMORY: f"ran out of memory{where}",
        Fault.ENDED: f"its process ended{where}",
    }
    return said.get(fault.get("kind", ""), "")


def _names(several: list[Judged]) -> str:
    names = [found.exercise for found in several]
    return ", ".join(names[:MAX_NAMED]) + (f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else "")


def folded(remarks: list[str]) -> list[str]:
    """Remarks of which those that say the same of several exercises are one: "9 times: this test was deleted; ..."."""
    alike: dict[str, list[str]] = defaultdict(list)
    for remark in remarks:
        about, colon, said = remark.partition(": ")
        plain = colon and about.isidentifier()
        alike[said if plain else remark].append(about if plain else "")
    return [_fold(said, names) for said, names in alike.items()]


def _fold(said: str, names: list[str]) -> str:
    named = [name for name in names if name]
    if len(named) < 2:
        return f"{named[0]}: {said}" if named else said
    more = f" and {len(named) - MAX_NAMED} more" if len(named) > MAX_NAMED else ""
    return f"{len(named)} times: {said} ({', '.join(named[:MAX_NAMED])}{more})"
