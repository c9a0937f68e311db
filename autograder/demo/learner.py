"""A learner of a made-up class, and what they handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nbformat import NotebookNode

Change = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Learner:
    """One learner and one submission. Exercises not in `answers` are answered rightly, or not at all."""

    name: str
    unit: str
    story: str
    answers: dict[str, str] = field(default_factory=dict)  # by exercise: the source of the answer; "": left as it was
    others_right: bool = True
    changes: tuple[Change, ...] = ()
    hours_late: float = 0.0
    instead: str | None = None  # handed in in place of a notebook
