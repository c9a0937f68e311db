"""A graded class as plain facts: scores, exercises, mistakes, and what is worth a look."""

from __future__ import annotations

import contextlib
import hashlib
import json
import statistics
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from autograder.authoring.cells import exercise_of, source_of
from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.engine.judge.guarded import Asking, Bounds, Guarded
from autograder.engine.judging_process import BOUNDS
from autograder.engine.record import beside
from autograder.engine.record.answers import read_answers
from autograder.engine.record.gradebook import Gradebook
from autograder.engine.record.journal import JOURNAL, Facts
from autograder.engine.table import about_fault
from autograder.exercises import load_exercises
from autograder.limits import MAX_EXAMPLE
from autograder.report.choices import OptionChosen, QuestionAsked, choices_in, count
from autograder.report.one_by_one import Unread, ask
from autograder.report.requests import Request, requests_in, with_evidence
from course_utils.recall.catalogue import read_questions
from course_utils.refused import Refused

#: Below this item-rest correlation an exercise tells little about who did well in the others. Ebel and Frisbie, Essentials
#: of Educational Measurement (1991), chapter 13, advise to revise items below 0.20.
WEAK_DISCRIMINATION = 0.20
ENOUGH = 10  # submissions, below which a correlation says nothing

RIGHT, PARTLY, WRONG, NOT_ATTEMPTED, NO_ANSWER = "right", "partly right", "wrong", "not attempted", "no answer"


@dataclass(frozen=True)
class GradedSubmission:
    """One graded submission. `points` by exercise; `states` are the five words above."""

    student: str
    points: dict[str, float]
    states: dict[str, str]
    mistakes: dict[str, str]  # exercise -> name of the recognised mistake
    seconds: float  # of grading
    answer_seconds: dict[str, float]  # that the answer to an exercise computed on the hidden probes
    reasons: list[str]
    readable: bool  # False where there was no notebook that could be graded
    fault: str = ""  # what went first wrong when it ran, in a few words; also where it cost nothing
    complete: bool = True  # False where what is stored of its answers could not be read for this report

    @property
    def succeeded(self) -> bool:
        """Whether it could be read, every exercise has an answer that came back, and nothing had to be said about its running."""
        return self.readable and self.complete and NO_ANSWER not in self.states.values() and not self.fault

    @property
    def total(self) -> float:
        """The points of all exercises, late penalties not taken off."""
        return round(sum(self.points.values()), 2)


@dataclass(frozen=True)
class Answer:
    """What is stored of one answer: whether it is a stub, and a digest that equal answers share, "" where none is asked for."""

    stub: bool
    digest: str = ""


@dataclass(frozen=True)
class MistakeMade:
    """A mistake that the class made: who, the hint they got, and one learner's code as an example."""

    exercise: str
    name: str
    hint: str
    students: list[str]
    example: str


@dataclass(frozen=True)
class Group:
    """Students whose wrong answers to an exercise agree on every hidden probe, and that no known mistake explains."""

    exercise: str
    students: list[str]
    example: str


@dataclass(frozen=True)
class Item:
    """One exercise: how the class did. `discrimination` is None where it cannot be told."""

    id: str
    objective: str
    most: float
    states: dict[str, int]  # state -> number of submissions
    mean_share: float  # of its points
    discrimination: float | None
    seconds: float | None  # median of the answers' own time

    @property
    def weak(self) -> bool:
        """Whether it hardly tells those who do well from those who do not."""
        return self.discrimination is not None and self.discrimination < WEAK_DISCRIMINATION


@dataclass(frozen=True)
class ClassFacts:
    """All that a report says."""

    unit: str
    most: float
    submissions: list[GradedSubmission]
    items: list[Item]
    mistakes: list[MistakeMade]
    groups: list[Group]
    failed: list[GradedSubmission] = field(default_factory=list)
    questions: list[QuestionAsked] = field(default_factory=list)  # the checkpoints, and what was chosen there
    requests: list[Request] = field(default_factory=list)  # for another look
    names: dict[str, str] = field(default_factory=dict)  # student -> name, of those whom the gradebook knows by one

    @property
    def totals(self) -> list[float]:
        """Everyone's points."""
        return [submission.total for submission in self.submissions]

    def shown(self, student: str) -> str:
        """What to call a learner: by name and id, where names are not hidden and one is known."""
        return f"{self.names[student]} ({student})" if self.names.get(student) else student

    def without_names(self) -> ClassFacts:
        """The same with numbers for names, drawn from the names, so that a second report has the same.

        What learners wrote themselves (their code, a file's name in a remark) stays as it is.
        """
        order = sorted(self.submissions, key=lambda one: hashlib.sha256(one.student.encode()).digest())
        numbers = {one.student: f"learner {place}" for place, one in enumerate(order, 1)}

        def renamed(many: list) -> list:
            return [replace(one, students=[numbers[student] for student in one.students]) for one in many]

        def unnamed(option: OptionChosen) -> OptionChosen:
            first, last = ([numbers[student] for student in some] for some in (option.first, option.last))
            return replace(option, first=first, last=last)

        hidden = {one.student: replace(one, student=numbers[one.student]) for one in order}
        return replace(
            self,
            submissions=list(hidden.values()),
            mistakes=renamed(self.mistakes),
            groups=renamed(self.groups),
            failed=[hidden[one.student] for one in self.failed],
            questions=[replace(one, options=[unnamed(option) for option in one.options]) for one in self.questions],
            requests=[replace(one, student=numbers[one.student]) for one in self.requests],
            names={},
        )


def read_class(
    root: Path, db_url: str, unit: str, bounds: Bounds = BOUNDS, sections: tuple[str, ...] = ()
) -> ClassFacts:
    """Read a graded class, or these sections of it, what learners made within `bounds` for each.

    Who breaks them is reported on without it.

    Raises Refused, with the remedy, where nothing of the unit was graded by this command.
    """
    with Gradebook(db_url) as gradebook:
        if not sql.inspect(gradebook.engine).has_table(JOURNAL.name):
            rows = []
        else:
            rows = gradebook.db.execute(sql.select(JOURNAL).where(JOURNAL.c.unit == unit)).mappings().all()
        chosen = beside.require_section(gradebook, sections)
        rows = [row for row in rows if chosen is None or row["student"] in chosen]
        names = {one.id: " ".join(filter(None, [one.first_name, one.last_name])) for one in gradebook.students}
    if not rows:
        raise Refused(f"nothing of {unit} was graded here yet; run: autograder grade {unit}")
    exercises: dict[str, Any] = {**load_exercises(unit), **_asserted(unit)}
    with Guarded(_Stored(root, unit).work, bounds) as guarded:
        submissions, answers = [], {}
        for row in sorted(rows, key=lambda row: row["student"]):
            one, answers[row["student"]] = _submission(row, exercises, guarded)
            submissions.append(one)

        def code_of(student: str, exercise: str) -> str:
            with contextlib.suppress(Unread):
                return ask(guarded, ("code", student, exercise))
            return ""

        questions = read_questions(unit)
        requests = with_evidence(_requests(submissions, code_of, guarded), root, db_url, unit)
        return ClassFacts(
            unit,
            sum(exercise.points for exercise in exercises.values()),
            submissions,
            [_item(exercise, submissions) for exercise in exercises.values()],
            _mistakes(submissions, exercises, code_of),
            _groups(submissions, answers, code_of),
            [one for one in submissions if not one.succeeded],
            count(questions, _choices(submissions, questions, guarded)) if questions else [],
            requests,
            names,
        )


def _requests(
    submissions: list[GradedSubmission], code_of: Callable[[str, str], str], guarded: Guarded
) -> list[Request]:
    """What each learner asks to be looked at again, with their answer."""
    found = []
    for one in submissions:
        with contextlib.suppress(Unread):
            asked = ask(guarded, ("requests", one.student, None))
            found += [Request(one.student, id, text, code_of(one.student, id)) for id, text in asked.items()]
    return found


@dataclass(frozen=True)
class Asserted:
    """A test of an imported notebook: its asserts say whether it passes, and nothing else is known of the answer."""

    id: str
    points: float
    objective: str = "asserts of the notebook"
    mistakes: tuple = ()


def _asserted(unit: str) -> dict[str, Asserted]:
    """The tests of an imported lesson, by nbgrader's id."""
    path = lesson_path(unit)
    tests = [cell.nbgrader for cell in read_lesson(path).cells if cell.nbgrader.get("grade")] if path.exists() else []
    return {
        one["grade_id"]: Asserted(one["grade_id"], float(one["points"]))
        for one in tests
        if one["points"] and not one["solution"]
    }


def _choices(
    submissions: list[GradedSubmission], questions: dict, guarded: Guarded
) -> dict[str, dict[str, tuple[int, int]]]:
    """What each learner chose at the checkpoints; who broke the limits is left out, for no point depends on it."""
    chosen = {}
    for one in submissions:
        with contextlib.suppress(Unread):
            chosen[one.student] = ask(guarded, ("choices", one.student, questions))
    return chosen


def discrimination(item: list[float], rest: list[float]) -> float | None:
    """Pearson's correlation of one exercise's points with the points of all others; None where it cannot be told."""
    if len(item) < ENOUGH or len(set(item)) == 1 or len(set(rest)) == 1:
        return None
    return statistics.correlation(item, rest)


def _submission(row: Any, exercises: dict, guarded: Guarded) -> tuple[GradedSubmission, dict[str, Answer]]:
    """One submission, and what is stored of its answers."""
    facts = Facts.unpacked(row["facts"])
    points = {
        id: facts.exercises[id].points if id in facts.exercises else facts.points.get(id, 0.0) for id in exercises
    }
    lost = (id for id, one in exercises.items() if points[id] < one.points and not isinstance(one, Asserted))
    unexplained = tuple(id for id in lost if id not in facts.mistakes)
    reasons = facts.reasons
    answers: dict[str, Answer] | None = {}
    if row["notebook"] != "":
        try:
            answers = ask(guarded, ("answers", row["student"], unexplained))
            words = "" if answers is not None else "they are missing, or damaged"
        except Unread as error:
            words = str(error)
        if words:
            reasons, answers = [*reasons, f"its answers could not be read for this report: {words}"], None
    one = GradedSubmission(
        row["student"],
        points,
        {id: _state(points[id], one.points, _answer_to(one, answers or {})) for id, one in exercises.items()},
        facts.mistakes,
        facts.seconds,
        facts.answer_seconds,
        reasons,
        row["notebook"] != "",
        about_fault(facts.fault),
        complete=answers is not None,
    )
    return one, answers or {}


def _answer_to(exercise: Any, answers: dict[str, Answer]) -> Answer | None:
    """What is stored of an answer; to asserts nothing is, and each is an answer."""
    return Answer(stub=False) if isinstance(exercise, Asserted) else answers.get(exercise.id)


def _state(points: float, most: float, answer: Answer | None) -> str:
    if points >= most:
        return RIGHT
    if points > 0:
        return PARTLY
    if answer is None:
        return NO_ANSWER
    return NOT_ATTEMPTED if answer.stub else WRONG


def _item(exercise: Any, submissions: list[GradedSubmission]) -> Item:
    earned = [one.points[exercise.id] for one in submissions]
    states = [one.states[exercise.id] for one in submissions]
    seconds = [one.answer_seconds[exercise.id] for one in submissions if exercise.id in one.answer_seconds]
    return Item(
        exercise.id,
        exercise.objective,
        exercise.points,
        {state: states.count(state) for state in (RIGHT, PARTLY, WRONG, NOT_ATTEMPTED, NO_ANSWER)},
        statistics.mean(earned) / exercise.points,
        discrimination(earned, [one.total - one.points[exercise.id] for one in submissions]),
        statistics.median(seconds) if seconds else None,
    )


def _mistakes(
    submissions: list[GradedSubmission], exercises: dict, code_of: Callable[[str, str], str]
) -> list[MistakeMade]:
    """Every recognised mistake that was made, the commonest first."""
    made = defaultdict(list)
    for one in submissions:
        for exercise, name in one.mistakes.items():
            made[exercise, name].append(one.student)
    hints = {(id, mistake.name): mistake.hint for id, exercise in exercises.items() for mistake in exercise.mistakes}
    found = [
        MistakeMade(exercise, name, hints.get((exercise, name), ""), students, code_of(students[0], exercise))
        for (exercise, name), students in made.items()
    ]
    return sorted(found, key=lambda mistake: (-len(mistake.students), mistake.exercise, mistake.name))


def _groups(submissions: list[GradedSubmission], answers: dict, code_of: Callable[[str, str], str]) -> list[Group]:
    """Equal wrong answers that no recognised mistake explains."""
    equal = defaultdict(list)
    for one in submissions:
        for id, answer in answers[one.student].items():
            if one.states.get(id) in (WRONG, PARTLY) and answer.digest:
                equal[id, answer.digest].append(one.student)
    return sorted(
        (Group(id, students, code_of(students[0], id)) for (id, _), students in equal.items() if len(students) > 1),
        key=lambda group: (-len(group.students), group.exercise),
    )


class _Stored:
    """What is stored of each learner, as it is read in a process with limits."""

    def __init__(self, root: Path, unit: str) -> None:
        self._root, self._unit = root, unit

    def work(self, request: tuple[str, str, Any], asking: Asking) -> Any:
        """The answers of a learner, those of the named exercises with their digests; or the code of one; or what was chosen."""
        what, student, which = request
        if what == "requests":
            return requests_in(self._root / "submitted" / student / self._unit / f"{self._unit}.ipynb")
        if what == "choices":
            return choices_in(
                self._root / "submitted" / student / self._unit / f"{self._unit}.ipynb", self._unit, which
            )
        return self._answers(student, which) if what == "answers" else self._code(student, which)

    def _answers(self, student: str, digested: tuple[str, ...]) -> dict[str, Answer] | None:
        stored = read_answers(self._root, self._unit, student)
        if stored is None:
            return None
        found = {}
        for answer in stored.answers:
            id, told = answer["answer"], answer.get("observations")
            found[id] = Answer(
                bool(answer.get("stub")), _what_came_back(told) if id in digested and told is not None else ""
            )
        return found

    def _code(self, student: str, exercise: str) -> str:
        return _solution_source(self._root / "autograded" / student / self._unit / f"{self._unit}.ipynb", exercise)


def _what_came_back(observations: Any) -> str:
    """Equal for answers that returned the same; where and in which words something was raised may differ."""
    plain = [_plain(seen) for seen in observations] if isinstance(observations, list) else observations
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _plain(seen: Any) -> Any:
    if not isinstance(seen, dict):
        return seen
    error = seen.get("error")
    return [seen.get("outcome"), seen.get("value"), error.get("types") if isinstance(error, dict) else None]


def _solution_source(path: Path, exercise: str) -> str:
    """What the learner wrote above the exercise's check in the graded notebook; "" where it cannot be found."""
    above = ""
    try:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            entry = cell["metadata"].get("nbgrader") or {}
            if cell["cell_type"] == "code" and entry.get("solution"):
                above = source_of(cell)
            elif exercise_of(cell) == exercise:
                cut = f"\n[{len(above) - MAX_EXAMPLE} more characters]" if len(above) > MAX_EXAMPLE else ""
                return above[:MAX_EXAMPLE] + cut
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):  # someone has edited it
        return ""
    return ""
