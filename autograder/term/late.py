"""`autograder extend` and `autograder late`: more time for one learner, and penalties worked out again.

An extension is nbgrader's own, an interval beside the submission in the gradebook: `nbgrader autograde`, the engine and
the formgrader all count lateness from the due date plus this. A penalty is computed when a submission is graded; what
changes afterwards (an extension, points given by hand, the policy) counts when it is worked out again, here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.common.names import near
from autograder.common.words import late_words, number
from autograder.engine.record.ledger import assign_late_penalty
from autograder.limits import GRADEBOOK_SECONDS
from autograder.term.export.grades import seconds_late
from course_utils.refused import Refused

if TYPE_CHECKING:
    from nbgrader.api import Assignment, Gradebook


@dataclass(frozen=True)
class Lateness:
    """One submission that is late or has more time. Times are UTC; `handed_in` is None where none was, or no time known."""

    unit: str
    student: str
    due: datetime
    extension: timedelta | None
    handed_in: datetime | None
    seconds: float
    before: float  # the penalty as it was, in points
    after: float  # and as it is

    def words(self) -> str:
        """One line about it."""
        more = f", {late_words(self.extension.total_seconds())} more" if self.extension else ""
        said = f"{self.unit} {self.student}: until {self.due:%Y-%m-%d %H:%M} UTC{more}"
        if self.seconds:
            said += f"; {late_words(self.seconds)} late"
        elif self.handed_in:
            said += "; in time"
        if self.before != self.after:
            return f"{said}; penalty {number(self.before)} -> {number(self.after)} points"
        return f"{said}; penalty {number(self.after)} points" if self.after else said


def extend(unit: str, student: str, more: timedelta, root: Path | None = None) -> Lateness:
    """Give a learner more time for a unit, counted from its due date; none takes an earlier extension back.

    Raises Refused, with the remedy, where there is no such learner or no due date.
    """
    with open_term(root) as (gradebook, course):
        assignment = _assignment(gradebook, unit)
        if assignment.duedate is None:
            raise Refused(
                f"unit {unit} has no due date, so nothing is late; set it:"
                f' autograder due {unit.partition("_")[0]} "2026-03-01 18:00" --zone UTC'
            )
        _require_student(gradebook, course, student, unit)
        with gradebook.db.no_autoflush:
            gradebook.update_or_create_submission(unit, student)  # whoever has not handed in yet has none
        gradebook.grant_extension(unit, student, minutes=more.total_seconds() / 60)
        return _renew(gradebook, course, unit, student)


def lateness(units: list[str], root: Path | None = None, only_extended: bool = False) -> list[Lateness]:
    """Work out all penalties of these units again; returns the submissions that are late, or have more time."""
    with open_term(root) as (gradebook, course):
        found = []
        for unit in units:
            assignment = _assignment(gradebook, unit)
            if assignment.duedate is None:
                continue
            facts = [(one.student_id, one.extension, seconds_late(one)) for one in assignment.submissions]
            penalties = {one.student_id: one.late_submission_penalty or 0.0 for one in assignment.submissions}
            for student, extension, seconds in sorted(facts, key=lambda fact: fact[0]):
                if extension or (not only_extended and (seconds or penalties[student])):
                    found.append(_renew(gradebook, course, unit, student))
        return found


def outdated_penalties(gradebook: Gradebook, units: list[str], penalty: Any) -> dict[str, list[str]]:
    """unit -> the learners whose penalty is not what the policy says now. `penalty` is as `Course.late_penalty`."""
    found: dict[str, list[str]] = {}
    for unit in units:
        for submission in _assignment(gradebook, unit).submissions:
            for notebook in submission.notebooks:
                seconds = seconds_late(submission)
                due = penalty(submission.student_id, notebook.score, seconds) if penalty and seconds else 0
                due = min(max(due or 0, 0), notebook.score)
                if abs((notebook.late_submission_penalty or 0) - due) > 0.005:
                    found.setdefault(unit, []).append(submission.student_id)
    return {unit: sorted(set(names)) for unit, names in found.items()}


@contextlib.contextmanager
def open_term(root: Path | None) -> Iterator[tuple[Gradebook, Any]]:
    """The gradebook with nobody writing to it meanwhile, and the course's settings; all that is done is done at the end."""
    from autograder.engine.command import Course, course_root
    from autograder.engine.record.ledger import Ledger

    course = Course.load(course_root(root))
    with Ledger(course.root, course.db_url, patience=GRADEBOOK_SECONDS) as ledger, ledger.transaction():
        yield ledger.gradebook, course


def _assignment(gradebook: Gradebook, unit: str) -> Assignment:
    from nbgrader.api import MissingEntry

    try:
        return gradebook.find_assignment(unit)
    except MissingEntry:
        raise Refused(
            f"unit {unit} is not in the gradebook; run `nbgrader generate_assignment {unit} --force` first"
        ) from None


def _require_student(gradebook: Gradebook, course: Any, student: str, unit: str) -> None:
    """Know the learner by now: from the gradebook, or from what they have handed in."""
    known = [one.id for one in gradebook.students]
    if student in known:
        return
    if (course.root / "submitted" / student / unit).is_dir():
        gradebook.update_or_create_student(student)
        return
    meant = near(student, known) or "."
    raise Refused(f"there is no learner {student!r} in the gradebook{meant} To add one: nbgrader db student add ID")


def _renew(gradebook: Gradebook, course: Any, unit: str, student: str) -> Lateness:
    """Compute one submission's penalty again, as is done when it is graded."""
    submission = gradebook.find_submission(unit, student)
    before = submission.late_submission_penalty or 0.0
    if course.late_penalty:
        assign_late_penalty(gradebook, submission, course.late_penalty)
        gradebook.db.flush()
        gradebook.db.expire_all()
    after = submission.late_submission_penalty or 0.0
    due = submission.duedate
    return Lateness(
        unit, student, due, submission.extension, submission.timestamp, seconds_late(submission), before, after
    )
