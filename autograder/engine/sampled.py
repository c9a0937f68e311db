"""A sample of every class is run whole as well: what only a part was run of must earn the same.

One submission in SAMPLED, at least one of a class, chosen by the course's secret: nobody can tell whose. It is done when all
grades are written, and what an interruption leaves of it the next run of the command takes up. Where the two differ, the
whole's points stand, with a remark.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from autograder.engine.record.journal import Facts
from autograder.engine.submitted.submission import Submission
from autograder.limits import SAMPLED

if TYPE_CHECKING:
    from autograder.engine.coordinator import Work
    from autograder.engine.record.ledger import Graded, Ledger

#: Ends what the journal says was run, once the whole was run as well.
SAME = "; all cells were run as well, as a sample: the same"
DIFFERS = (
    "graded by running all its cells: a part of them, which should do, gave {part:g} points and not {whole:g} ({ids})"
)
DEFECT = "this is a defect of the course; please send us this notebook"


def chosen(unit: str, students: Sequence[str], secret: str) -> list[str]:
    """Whose submissions of a class are run whole as well."""
    drawn = {student: _draw(unit, student, secret) for student in students}
    least = min(drawn.values(), default=0)
    return [student for student, number in drawn.items() if number % SAMPLED == 0 or number == least]


def _draw(unit: str, student: str, secret: str) -> int:
    words = f"run whole\0{unit}\0{student}".encode("utf-8", "surrogateescape")
    return int.from_bytes(hmac.digest(secret.encode(), words, hashlib.sha256)[:8], "big")


@dataclass
class Sample:
    """Who was run whole as well, and in whom the two differ."""

    same: list[str] = field(default_factory=list)
    differ: dict[str, str] = field(default_factory=dict)  # student -> the remark
    left: list[str] = field(default_factory=list)  # stopped before

    def words(self) -> list[str]:
        """For whoever started the command, a line each."""
        lines = []
        if self.same:
            lines.append(f"run whole as well, as a sample: {_count(len(self.same))}, the same grade")
        lines += [f"{student}: {why}; {DEFECT}" for student, why in self.differ.items()]
        if self.left:
            lines.append(f"of the sample, {_count(len(self.left))} not run whole yet: `grade` again goes on there")
        return lines


def _count(number: int) -> str:
    return f"{number} submission" + "s" * (number != 1)


def to_check(ledger: Ledger, unit: str, submissions: Sequence[Submission], secret: str) -> list[Submission]:
    """The submissions of the sample that stand as graded in part, and were not run whole since."""
    names = set(chosen(unit, [submission.student for submission in submissions], secret)) & ledger.journal(unit).keys()
    return [one for one in submissions if one.student in names and _is_in_part(ledger.facts(one.student, unit).ran)]


def _is_in_part(ran: str) -> bool:
    return ran[:1].isdigit() and not ran.endswith(SAME)


def check_sample(
    ledger: Ledger, work: Work, submissions: Sequence[Submission], parents: list[Any], tell: Callable[[str], None]
) -> Sample:
    """Run these submissions whole, and compare with what stands."""
    from autograder.engine.coordinator import grade

    comparing = _Comparing(ledger)
    grade(comparing, replace(work, slicer=None), submissions, parents, again=True, tell=tell)  # type: ignore[arg-type]  # it has what of a ledger is used
    done = {*comparing.sample.same, *comparing.sample.differ}
    comparing.sample.left = [one.student for one in submissions if one.student not in done]
    return comparing.sample


class _Comparing:
    """Stands where the coordinator has a ledger: what is given to be written is compared with what stands."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self.sample = ledger, Sample()

    def is_done(self, *_: Any) -> bool:
        """Nothing is."""
        return False

    def log_failure(self, *_: Any) -> None:
        """What the engine could not run whole stands as it is; the sample says that it is left."""

    def write(self, whole: Graded) -> None:
        """Note that it is the same, or write it with a remark. Raises what the ledger does."""
        facts = self._ledger.facts(whole.student, whole.unit)
        differing = _differing(facts, whole)
        if not differing:
            self._ledger.mark_ran(whole.student, whole.unit, facts.ran + SAME)
            self.sample.same.append(whole.student)
            return
        points = {"part": sum(facts.points.values()), "whole": sum(whole.scores.values())}
        why = DIFFERS.format(ids=", ".join(differing), **points)
        key = self._ledger.journal(whole.unit)[whole.student].key  # it stands for grading in part, too
        self._ledger.write(replace(whole, key=key, reasons=[*whole.reasons, why]))
        self.sample.differ[whole.student] = why


def _differing(facts: Facts, whole: Graded) -> list[str]:
    """The exercises, or test cells, in which the two differ."""
    ids = [
        id
        for id, one in whole.exercises.items()
        if (other := facts.exercises.get(id)) is None
        or (one.points, one.status, one.mistake) != (other.points, other.status, other.mistake)
    ]
    return ids or sorted(name for name, points in whole.scores.items() if facts.points.get(name) != points)
