"""What stands in the gradebook of a unit: a row a learner with points, those by hand, lateness and penalty, and why points lack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sql

from autograder.engine.record import beside
from autograder.engine.record.journal import JOURNAL, Facts

if TYPE_CHECKING:
    from autograder.engine.record.gradebook import Gradebook


@dataclass
class Standing:
    """One learner's result in one unit as the gradebook has it now."""

    student: str
    name: str = ""  # "" where the gradebook knows none
    section: str = ""
    judged: float = 0.0  # points that the judge gave, where no person gave others
    by_hand: float = 0.0  # points that a person gave
    has_by_hand: bool = False
    waits: float = 0.0  # points of what still waits for a person
    most: float = 0.0
    penalty: float = 0.0
    late: float = 0.0  # seconds
    handed_in: datetime | None = None  # UTC
    is_due: bool = False  # the unit has a due date
    readable: bool = True  # there was a notebook that could be graded
    facts: Facts = field(default_factory=Facts)  # of the last grading

    @property
    def points(self) -> float:
        """The points of all cells, before the penalty."""
        return round(self.judged + self.by_hand, 2)

    @property
    def score(self) -> float:
        """The points that count: the penalty taken off."""
        return round(max(0.0, self.points - self.penalty), 2)


def read_standing(gradebook: Gradebook, unit: str) -> list[Standing]:
    """Everybody's standing who was graded here, in order of ids."""
    found = {one.student: one for one in _graded(gradebook, unit)}
    for student, auto, manual, extra, most in _cells(gradebook, unit):
        if (one := found.get(student)) is None:
            continue
        one.most += most or 0.0
        if manual is not None:
            one.by_hand, one.has_by_hand = one.by_hand + manual + (extra or 0.0), True
        elif auto is not None:
            one.judged += auto + (extra or 0.0)
        elif one.readable:
            one.waits += most or 0.0
    return [found[student] for student in sorted(found)]


def _graded(gradebook: Gradebook, unit: str) -> Iterator[Standing]:
    from nbgrader.api import Assignment, Student, SubmittedAssignment, SubmittedNotebook

    query = (
        sql.select(
            JOURNAL.c.student,
            JOURNAL.c.notebook,
            JOURNAL.c.facts,
            Student.first_name,
            Student.last_name,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            Assignment.duedate,
            sql.func.max(SubmittedNotebook.late_submission_penalty).label("penalty"),
        )
        .select_from(JOURNAL)
        .join(Student, Student.id == JOURNAL.c.student)
        .join(Assignment, Assignment.name == JOURNAL.c.unit)
        .join(
            SubmittedAssignment,
            (SubmittedAssignment.assignment_id == Assignment.id) & (SubmittedAssignment.student_id == Student.id),
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(JOURNAL.c.unit == unit)
        .group_by(
            *(JOURNAL.c.student, JOURNAL.c.notebook, JOURNAL.c.facts, Student.first_name, Student.last_name),
            *(SubmittedAssignment.timestamp, SubmittedAssignment.extension, Assignment.duedate),
        )
    )
    section_of = beside.sections(gradebook)
    for row in gradebook.db.execute(query):
        name = " ".join(filter(None, [row.first_name, row.last_name]))
        yield Standing(
            row.student,
            name,
            section_of.get(row.student, ""),
            penalty=row.penalty or 0.0,
            late=_late(row.timestamp, row.duedate, row.extension),
            handed_in=row.timestamp,
            is_due=row.duedate is not None,
            readable=row.notebook != "",
            facts=Facts.unpacked(row.facts),
        )


def _cells(gradebook: Gradebook, unit: str) -> Any:
    """(student, points by the judge, by a person, extra, the most) of each graded cell."""
    from nbgrader.api import Assignment, Grade, GradeCell, SubmittedAssignment, SubmittedNotebook, TaskCell

    most = sql.func.coalesce(GradeCell.max_score, TaskCell.max_score)
    query = (
        sql.select(SubmittedAssignment.student_id, Grade.auto_score, Grade.manual_score, Grade.extra_credit, most)
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .outerjoin(GradeCell.__table__, GradeCell.__table__.c.id == Grade.cell_id)
        .outerjoin(TaskCell.__table__, TaskCell.__table__.c.id == Grade.cell_id)
        .where(Assignment.name == unit)
    )
    return gradebook.db.execute(query)


def _late(handed_in: datetime | None, due: datetime | None, more: timedelta | None) -> float:
    if handed_in is None or due is None:
        return 0.0
    return max(0.0, (handed_in - due - (more or timedelta())).total_seconds())
