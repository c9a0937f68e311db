"""The journal of gradings: a row a submission, in a table of its own beside nbgrader's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sql

from autograder.judged import Judged

METADATA = sql.MetaData()
JOURNAL = sql.Table(
    "autograder_journal",
    METADATA,
    sql.Column("unit", sql.String(128), primary_key=True),
    sql.Column("student", sql.String(128), primary_key=True),
    sql.Column("key", sql.String(64), nullable=False),  # digest of all that the grade depends on
    sql.Column("notebook", sql.String(64), nullable=False),  # digest of the graded notebook's bytes
    sql.Column("judged", sql.String(64), nullable=False),  # digest of the packs that its answers were judged by
    sql.Column("graded_at", sql.String(32), nullable=False),
    sql.Column("facts", sql.Text, nullable=False),  # Facts, as JSON
)


@dataclass
class Facts:
    """What a row keeps of a grading."""

    points: dict[str, float] = field(default_factory=dict)  # by nbgrader's grade_id
    reasons: list[str] = field(default_factory=list)  # what an instructor should read of it, a sentence each
    exercises: dict[str, Judged] = field(default_factory=dict)
    seconds: float = 0.0  # of grading
    answer_seconds: dict[str, float] = field(default_factory=dict)  # exercise -> what its answer computed
    ran: str = "all cells"  # what of its cells was run, and why no less
    fault: dict[str, Any] = field(default_factory=dict)  # what went wrong first, as `judge.fault` names it

    @property
    def mistakes(self) -> dict[str, str]:
        """exercise -> name of the recognised mistake."""
        return mistakes_in(self.exercises.values())

    def packed(self) -> str:
        """As it is stored."""
        exercises = {id: one.facts() for id, one in self.exercises.items()}
        return json.dumps({**vars(self), "exercises": exercises}, ensure_ascii=False)

    @classmethod
    def unpacked(cls, text: str) -> Facts:
        """From what is stored, by this version or the first."""
        facts: dict[str, Any] = json.loads(text)
        exercises = {id: Judged.stored(id, one) for id, one in facts["exercises"].items()}
        known = {
            name: facts[name]
            for name in ("points", "reasons", "seconds", "answer_seconds", "ran", "fault")
            if name in facts
        }
        return cls(**known, exercises=exercises)


def mistakes_in(exercises: Iterable[Judged]) -> dict[str, str]:
    """exercise -> name of the mistake that was recognised in it."""
    return {one.exercise: one.mistake for one in exercises if one.mistake}


def graded_at(gradebook: Any, unit: str, student: str) -> datetime | None:
    """When a submission was graded here, UTC without a zone; None where it was not."""
    if not sql.inspect(gradebook.engine).has_table(JOURNAL.name):
        return None
    here = (JOURNAL.c.unit == unit) & (JOURNAL.c.student == student)
    found = gradebook.db.execute(sql.select(JOURNAL.c.graded_at).where(here)).scalar_one_or_none()
    return datetime.fromisoformat(found).astimezone(UTC).replace(tzinfo=None) if found else None
