"""Why one learner has these points: what the gradebook, the journal and the stored answers know. Nobody's code runs.

It is for the instructor's eyes: it names hidden probes and what is expected of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sql

from autograder.authoring.lesson import checked_id
from autograder.common.names import near, why_no_id
from autograder.common.words import number
from autograder.engine.judge import judging
from autograder.engine.judge.guarded import Asking, Bounds, Broken, Guarded
from autograder.engine.record.answers import StoredAnswers, read_answers
from autograder.engine.record.gradebook import Gradebook, MissingEntry
from autograder.engine.record.journal import JOURNAL, Facts
from autograder.engine.submitted.released import Release, ReleasedCell
from autograder.judged import Judged
from autograder.term.export.grades import seconds_late
from course_utils.judge import Failure, find_failures
from course_utils.refused import Refused
from course_utils.words import write_call, write_pair, write_value

if TYPE_CHECKING:
    from autograder.engine.coordinator import Packs

#: Who gave a part its points, where it was not the judge here.
BY_HAND, WAITS, UNJUDGED = "given by a person", "waits for a person", "not judged here"


@dataclass(frozen=True)
class FailedCall:
    """One probe that an answer failed. `hidden`: it is none of those that learners are shown."""

    number: int  # among the exercise's probes, from 1
    hidden: bool
    call: str
    yours: str
    expected: str
    why: str


@dataclass
class Part:
    """One graded cell of a notebook. `points` is None while nobody has given any."""

    name: str
    most: float
    points: float | None = None
    otherwise: str = ""  # who gave the points, where it was not the judge here
    judged: Judged | None = None
    seconds: float | None = None  # that the answer computed on the hidden probes
    failed: list[FailedCall] = field(default_factory=list)
    untold: str = ""  # why no failed calls are listed where there may be some


@dataclass
class Evidence:
    """All that is known of one learner's result in one unit."""

    unit: str
    student: str
    state: str = ""  # why there is nothing, or not all, to tell: a sentence; "" where it was judged here
    parts: list[Part] = field(default_factory=list)
    penalty: float = 0.0
    late_seconds: float = 0.0
    handed_in: str | None = None  # UTC
    graded_at: str | None = None  # UTC
    seconds: float | None = None  # of grading
    remarks: list[str] = field(default_factory=list)  # what was left out, put back, stopped

    @property
    def points(self) -> float:
        """The points of all parts, the penalty taken off."""
        return round(max(0.0, sum(part.points or 0.0 for part in self.parts) - self.penalty), 2)

    @property
    def most(self) -> float:
        """The points there are to earn."""
        return sum(part.most for part in self.parts)


def read_evidence(root: Path, db_url: str, unit: str, student: str, packs: Packs, exercise: str = "") -> Evidence:
    """What is known of a learner's result, of all its parts or of one.

    Raises Refused, with names like it, where there is no such learner or exercise, or where the unit was not released.
    """
    with Gradebook(db_url) as gradebook:
        try:
            release = Release.load(gradebook, unit, unit)
        except MissingEntry:
            raise Refused(
                f"unit {unit} is not in the gradebook; run `nbgrader generate_assignment {unit} --force` first"
            ) from None
        graded = _graded_cells(release)
        _require_exercise(exercise, graded, unit)
        row = _journal_row(gradebook, unit, student)
        _require_student(gradebook, root, unit, student, row is not None)
        evidence = Evidence(unit, student)
        grades = _read_gradebook(gradebook, evidence)
    evidence.parts = [_part(id, cell, grades) for id, cell in graded.items() if exercise in ("", id)]
    if row is None:
        evidence.state = _why_unjudged(root, evidence, bool(grades))
        return evidence
    facts = Facts.unpacked(row["facts"])
    evidence.graded_at = f"{datetime.fromisoformat(row['graded_at']):%Y-%m-%d %H:%M:%S}"
    evidence.seconds, evidence.remarks = facts.seconds, facts.reasons
    if row["notebook"] == "":
        evidence.state = "What was handed in could not be graded, and counts as nothing."
        return evidence
    stored = read_answers(root, unit, student)
    if stored is None:
        evidence.state = f"Its answers are not stored any more; run: {_again(evidence)}"
    _tell_parts(evidence, facts, stored, packs, row["judged"] == packs.digest)
    return evidence


def _graded_cells(release: Release) -> dict[str, ReleasedCell]:
    """What earns points, by exercise; a cell that no exercise judges by its own name."""
    cells = [cell for cell in release.cells.values() if "points" in cell.facts]
    return {(not cell.facts["solution"] and checked_id(cell.source)) or cell.name: cell for cell in cells}


def _require_exercise(exercise: str, known: Iterable[str], unit: str) -> None:
    if exercise and exercise not in known:
        raise Refused(f"there is no exercise {exercise!r} in {unit}{near(exercise, known)}; it has {', '.join(known)}")


def _require_student(gradebook: Gradebook, root: Path, unit: str, student: str, graded: bool) -> None:
    known = {one.id for one in gradebook.students}
    folder = root / "submitted"
    if folder.is_dir():
        known |= {name for name in os.listdir(folder) if not why_no_id(name) and (folder / name / unit).is_dir()}
    if not graded and student not in known:
        meant = near(student, sorted(known)) or f"; {len(known)} learners are known"
        raise Refused(f"there is no learner {student!r} in the gradebook or in {folder}{meant}")


def _journal_row(gradebook: Gradebook, unit: str, student: str) -> Any:
    if not sql.inspect(gradebook.engine).has_table(JOURNAL.name):
        return None
    here = (JOURNAL.c.unit == unit) & (JOURNAL.c.student == student)
    return gradebook.db.execute(sql.select(JOURNAL).where(here)).mappings().one_or_none()


def _read_gradebook(gradebook: Gradebook, evidence: Evidence) -> dict[str, Any]:
    """The grades by the names of their cells, as far as there are any; fills in times and the penalty."""
    try:
        submission = gradebook.find_submission(evidence.unit, evidence.student)
    except MissingEntry:
        return {}
    evidence.penalty, evidence.late_seconds = submission.late_submission_penalty or 0.0, seconds_late(submission)
    if submission.timestamp:
        evidence.handed_in = f"{submission.timestamp:%Y-%m-%d %H:%M:%S}"
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    facts = {one.name: (one.auto_score, one.manual_score, one.extra_credit or 0.0) for one in grades}
    return facts if any(auto is not None or manual is not None for auto, manual, _ in facts.values()) else {}


def _part(id: str, cell: ReleasedCell, grades: dict[str, Any]) -> Part:
    """One part as the gradebook knows it."""
    auto, manual, extra = grades.get(cell.name, (None, None, 0.0))
    part = Part(id, cell.facts["points"])
    if manual is not None:
        part.points, part.otherwise = manual + extra, BY_HAND
    elif auto is not None:
        part.points, part.otherwise = auto + extra, UNJUDGED
    elif grades:
        part.otherwise = WAITS
    return part


def _why_unjudged(root: Path, evidence: Evidence, has_grades: bool) -> str:
    """Why there is no entry in the journal: who has these points has them from elsewhere."""
    if has_grades:
        return (
            f"`nbgrader autograde` graded it, which keeps no answers. To know the calls that failed: {_again(evidence)}"
        )
    if (root / "submitted" / evidence.student / evidence.unit).is_dir():
        return f"It was handed in, and is not graded yet; run: {_again(evidence)}"
    return "Nothing was handed in."


def _again(evidence: Evidence) -> str:
    return f"autograder grade {evidence.unit.partition('_')[0]} --again --student {json.dumps(evidence.student)}"


def _tell_parts(evidence: Evidence, facts: Facts, stored: StoredAnswers | None, packs: Packs, current: bool) -> None:
    """Fill in what the journal and the stored answers say. `current`: they were judged by these packs."""
    told = [part for part in evidence.parts if part.name in facts.exercises]
    for part in told:
        part.judged, part.seconds = facts.exercises[part.name], facts.answer_seconds.get(part.name)
        part.otherwise = "" if part.otherwise == UNJUDGED else part.otherwise
    if stored is None:
        return
    with Guarded(_Look(stored, packs).work, BOUNDS) as guarded:
        for part in told:
            if part.name not in packs.raw:
                part.untold = "there is no hidden pack of it on this machine"
            elif stored.probes.get(part.name) != packs.probes_digest(part.name):
                part.untold = f"its probes have changed since; run: {_again(evidence)}"
            elif stored.to(part.name):
                _tell_calls(part, facts.exercises[part.name], guarded, evidence.unit, current)


BOUNDS = Bounds()


def _tell_calls(part: Part, before: Judged, guarded: Guarded, unit: str, current: bool) -> None:
    """Judge one stored answer once more, within limits, to know each call that failed; `before` is how it was judged."""
    try:
        found, failed = guarded.ask(part.name)
    except Broken as broken:
        part.untold = f"its answer could not be looked at: that {broken}"
        return
    if not current and found.points != before.points:
        now = f"by now it would give {number(found.points)} points"
        part.untold = f"the exercise has changed since, and {now}; run: autograder judge {unit}"
        return
    part.judged, part.failed = replace(found, example=before.example), failed


class _Look:
    """Looks at the answers of one submission, in a process with limits."""

    def __init__(self, stored: StoredAnswers, packs: Packs) -> None:
        self._stored, self._packs = stored, packs

    def work(self, id: str, asking: Asking) -> tuple[Judged, list[FailedCall]]:
        """How the answer to one exercise is judged, and each call that failed."""
        pack = self._packs.decoded[id]
        found = judging.score(id, self._stored.as_result(), pack)
        if not found.total:
            return found, []
        observations = judging.read_observations(self._stored.to(id)[0], pack)
        failures = find_failures(pack, observations)
        return found, [_failed_call(pack, i, observations[i], failure) for i, failure in failures.items()]


def _failed_call(pack: dict, i: int, seen: dict, failure: Failure) -> FailedCall:
    expected, found = pack["expected"][i], failure.difference
    given, wanted = seen.get("value"), expected.get("value")
    yours, asked = _written(seen), _written(expected)
    if given is not None and wanted is not None and yours == asked:
        yours, asked = write_pair(given, wanted)
    words = f"At {found.where}: {found.words}" if found.where else found.words
    if failure.score and failure.score not in words:
        words = f"{words} {failure.score}"
    hidden = i >= pack.get("shown", 0)
    return FailedCall(i + 1, hidden, write_call(pack["id"], pack["probes"][i]), yours, asked, words)


def _written(observed: dict) -> str:
    """What an observation gave, or what a probe expects, in a few words; "" where only a sentence can say it."""
    if "expect" in observed:
        wanted = observed["expect"]
        return f"raises {wanted['type']}" if wanted["expect"] == "raises" else ""
    if observed["outcome"] == "returned":
        return write_value(observed["value"])
    if observed["outcome"] == "raised":
        return f"raises {observed['error']['types'][0]}"
    return "did not come back in time" if observed["outcome"] == "timed out" else "not tried"
