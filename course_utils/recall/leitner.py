"""When to practise an exercise again: Leitner's boxes.

Cards wait in five boxes. What was remembered goes one box on and waits twice as long as before; what was not goes back to the
first box (S. Leitner, So lernt man lernen, Herder, 1972). The boxes wait 1, 2, 4, 8 and 16 days, as in B. Settles and B. Meeder,
A Trainable Spaced Repetition Model for Language Learning, ACL 2016, figure 2.

An entry of progress.json has `box` (from 1), `due` (a day), `right` (whether the last answer was), `answered` (when), and
`asked` (the places, in the bank, of the questions asked last). Days are written "2026-03-01", times "2026-03-01 14:05".
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

DAYS = (1, 2, 4, 8, 16)  # that each box waits


def first_due(learnt: date) -> date:
    """The day on which what was right for the first time on the day `learnt` is due."""
    return learnt + timedelta(DAYS[0])


def after(entry: dict[str, Any], right: bool, today: date) -> dict[str, Any]:
    """The box, and the day on which it is due, once a question was answered today.

    A right answer before the day it is due shows that it is known today, and nothing of how long: the box stays.
    """
    box, due = box_of(entry), due_of(entry)
    if not right:
        return {"box": 1, "due": str(today + timedelta(DAYS[0])), "right": False}
    if due is not None and today < due:
        return {"box": box, "due": str(due), "right": True}
    box = min(box + 1, len(DAYS))
    return {"box": box, "due": str(today + timedelta(DAYS[box - 1])), "right": True}


def box_of(entry: dict[str, Any]) -> int:
    """The box of an entry; the first where it says none that there is."""
    box = entry.get("box")
    return box if type(box) is int and 1 <= box <= len(DAYS) else 1


def due_of(entry: dict[str, Any]) -> date | None:
    """The day on which an entry is due; None where it says none."""
    return day(entry.get("due"))


def day(text: Any) -> date | None:
    """The day of a time or of a day as entries write it; None for anything else."""
    try:
        return date.fromisoformat(text[:10])
    except (TypeError, ValueError):
        return None


def urgency(entry: dict[str, Any], learnt: date | None, today: date) -> tuple[int, int] | None:
    """How urgent practice is, smaller is more: what was wrong last, then the days that it has been due; None: not due.

    `learnt` is the day on which the exercise's check was right first, for what was never practised.
    """
    if entry.get("right") is False:
        return 0, 0
    due = due_of(entry) or (first_due(learnt) if learnt else None)
    return None if due is None or due > today else (1, (due - today).days)
