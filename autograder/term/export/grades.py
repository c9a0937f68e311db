"""What everyone earned, read from nbgrader's gradebook, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.common.words import late_words, number
from course_utils.refused import Refused

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

#: What is known of a learner and a unit. Only GRADED is final.
GRADED, BY_HAND, UNGRADED, NOTHING = "graded", "waits to be graded by hand", "not graded yet", "nothing handed in"


@dataclass(frozen=True)
class Grade:
    """One learner's grade for one unit. `score` is after the penalty; None where nothing was graded."""

    unit: str
    most: float
    state: str = NOTHING
    score: float | None = None
    penalty: float = 0.0
    late_seconds: float = 0.0

    @property
    def final(self) -> float | None:
        """The score, where nobody has to look at the work any more."""
        return self.score if self.state == GRADED else None

    @property
    def share(self) -> float:
        """The score as a share of the unit's points; nothing handed in is nothing."""
        return (self.score or 0.0) / self.most

    def words(self) -> str:
        """What a learner may read beside the number."""
        said = [] if self.state == GRADED else [self.state]
        if self.penalty:
            said.append(f"{number(self.penalty)} points taken for being {late_words(self.late_seconds)} late")
        return "; ".join(said)


@dataclass
class Learner:
    """A learner of the gradebook and their grades by unit."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    lms: str = ""
    grades: dict[str, Grade] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """What to call this learner in a message."""
        name = " ".join(filter(None, [self.first, self.last]))
        return f"{name} ({self.id})" if name else self.id


@dataclass(frozen=True)
class Total:
    """What a learner's units come to, without the dropped ones."""

    points: float
    most: float
    dropped: tuple[str, ...] = ()

    @property
    def percent(self) -> float:
        """Points as a percentage; 0 where there is nothing to earn."""
        return 100 * self.points / self.most if self.most else 0.0


def total(grades: Iterable[Grade], drop_lowest: int = 0) -> Total:
    """Add grades up after dropping the lowest by percentage; of equal ones the one of more points, then the later unit.

    A unit in which nothing was handed in counts as 0 and may be dropped. Raises ValueError where none would be left.
    """
    ranked = sorted(grades, key=lambda grade: (grade.share, -grade.most, _reversed(grade.unit)))
    if drop_lowest and drop_lowest >= len(ranked):
        raise ValueError(f"{drop_lowest} of {len(ranked)} units cannot be dropped: one must be left")
    kept = ranked[drop_lowest:]
    points = sum(grade.score or 0.0 for grade in kept)
    dropped = tuple(sorted(grade.unit for grade in ranked[:drop_lowest]))
    return Total(round(points, 2), sum(grade.most for grade in kept), dropped)


def _reversed(name: str) -> list[int]:
    return [-ord(c) for c in name]


def read_grades(
    gradebook: Gradebook,
    units: Iterable[str] = (),
    students: Iterable[str] = (),
    was_handed_in: Callable[[str, str], bool] = lambda student, unit: False,
) -> tuple[list[str], list[Learner], list[str]]:
    """Everyone's grades: (units that count, learners by name, units of which nobody has a grade yet).

    `units` and `students` restrict to these; `was_handed_in` tells for (student, unit) whether there is a submission: the
    gradebook knows none before it is graded, and has an entry for whoever was only given an extension.
    """
    wanted, only = set(units), set(students)
    assignments = [one for one in gradebook.assignments if not wanted or one.name in wanted]
    if missing := sorted(wanted - {one.name for one in assignments}):
        raise Refused(
            f"unit {missing[0]} is not in the gradebook; run `nbgrader generate_assignment {missing[0]} --force`"
        )
    most = {one.name: float(one.max_score) for one in assignments}
    learners = {
        one.id: Learner(one.id, one.first_name or "", one.last_name or "", one.email or "", one.lms_user_id or "")
        for one in gradebook.students
        if not only or one.id in only
    }
    for assignment in assignments:
        for submission in assignment.submissions:
            if learner := learners.get(submission.student_id):
                grade = _grade(submission, assignment.name, most[assignment.name], was_handed_in)
                learner.grades[assignment.name] = grade
    begun = {unit for one in learners.values() for unit, grade in one.grades.items() if grade.score is not None}
    counted = sorted(unit for unit in most if most[unit] and unit in begun | wanted)
    for learner in learners.values():
        for unit in counted:
            state = UNGRADED if was_handed_in(learner.id, unit) else NOTHING
            learner.grades.setdefault(unit, Grade(unit, most[unit], state))
        learner.grades = {unit: learner.grades[unit] for unit in counted}
    order = sorted(learners.values(), key=lambda one: (one.last.casefold(), one.first.casefold(), one.id))
    return counted, order, sorted(most.keys() - set(counted))


def _grade(submission: Any, unit: str, most: float, was_handed_in: Callable[[str, str], bool]) -> Grade:
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    open_ones = [grade for grade in grades if grade.auto_score is None and grade.manual_score is None]
    late = seconds_late(submission)
    if not grades or len(open_ones) == len(grades):
        there = was_handed_in(submission.student_id, unit)
        return Grade(unit, most, UNGRADED if there else NOTHING, late_seconds=late)
    penalty = submission.late_submission_penalty or 0.0
    score = round(max(0.0, submission.score - penalty), 2)
    return Grade(unit, most, BY_HAND if open_ones else GRADED, score, round(penalty, 2), late)


def seconds_late(submission: Any) -> float:
    """How late a submission is, its extension counted; 0 for a unit without a due date."""
    return submission.total_seconds_late if submission.assignment.duedate else 0.0  # nbgrader fails with an extension
