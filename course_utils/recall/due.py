"""What to come back to today: practice that was wrong or is due, and checkpoints whose last choice was not the right one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from course_utils.progress_file import CHECKS, PRACTICE, QUESTIONS, Entry
from course_utils.recall import catalogue, leitner
from course_utils.recall.catalogue import practised, read_questions
from course_utils.recall.choices import Choice

MOST = 5  # proposals at a time: more would be put off

Parts = dict[str, dict[str, dict[str, Entry]]]


@dataclass(frozen=True)
class Due:
    """One thing to come back to: where it stands, what it is called, and why now."""

    unit: str
    cell: str  # of the notebook
    name: str
    why: str


def what_is_due(
    parts: Parts,
    units: Iterable[str],
    today: date,
    banks: Path = catalogue.BANKS,
    questions: Path = catalogue.QUESTIONS,
) -> list[Due]:
    """What is due in these units, the most urgent first, at most MOST: `parts` are those of progress.json."""
    found = [
        one for unit in units for one in (*_practice(parts, unit, today, banks), *_questions(parts, unit, questions))
    ]
    return [due for _, due in sorted(found, key=lambda one: one[0])[:MOST]]


def _practice(parts: Parts, unit: str, today: date, banks: Path) -> list[tuple[tuple[int, int], Due]]:
    answered, checked = parts[PRACTICE].get(unit, {}), parts[CHECKS].get(unit, {})
    found = []
    for id in practised(unit, banks):
        learnt = leitner.day(checked.get(id, {}).get("first_right"))
        urgency = leitner.urgency(answered.get(id, {}), learnt, today)
        if urgency is not None and (learnt or id in answered):
            why = "your last prediction was wrong" if urgency[0] == 0 else _since(-urgency[1])
            found.append((urgency, Due(unit, f"practice_{id}", id, why)))
    return found


def _since(days: int) -> str:
    return "due today" if days == 0 else f"due since {days} day{'' if days == 1 else 's'}"


def _questions(parts: Parts, unit: str, folder: Path) -> list[tuple[tuple[int, int], Due]]:
    """The questions whose last choice was wrong; among this edition's options."""
    chosen, found = parts[QUESTIONS].get(unit, {}), []
    for id, asked in read_questions(unit, folder).items():
        last = Choice.from_entry(unit, id, chosen.get(id), asked).last
        if last is not None and not asked["options"][last]["right"]:
            found.append(((0, 1), Due(unit, asked["cell"], "a checkpoint", "your last choice was not the right one")))
    return found
