"""How an exercise was judged: facts by name. The sentences that people read are made from them here, and are never read back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from autograder.limits import MAX_JUDGED_TEXT
from course_utils.judge import NOT_ATTEMPTED, RIGHT, Verdict
from course_utils.verdict import AS_DATA

#: Besides the statuses of `course_utils.judge`: there was no answer; it counts as none; its test was never reached.
NO_ANSWER, REFUSED, NOT_EXECUTED = "no answer", "refused", "not executed"

#: The error's name in a test cell whose answer earns nothing.
NO_POINTS = "NoPoints"
#: Where a graded notebook's test cell keeps the facts, among its metadata.
KEY = "judged"
#: Where a graded notebook keeps, among its own, what there is to say about its grading, a sentence each.
REMARKS = "grading_remarks"
#: The form in which a kernel of nbgrader's own hands them on, beside what the cell shows.
MIME = "application/vnd.autograder.judged+json"


@dataclass(frozen=True)
class Judged:
    """What one exercise earned and why. `most` is None in what the first version of the journal kept."""

    exercise: str
    points: float
    most: float | None = None
    status: str = ""  # "" where only the words are known
    passed: int = 0  # calls
    total: int = 0  # 0 where no answer was compared
    unseen: int = 0  # of the calls, those that learners are not shown
    unseen_passed: int = 0
    only_refuses: bool = False  # of those it passed none but such as ask for an error
    mistake: str = ""  # the name of the recognised one
    hint: str = ""
    rule: str = ""  # the words for a broken rule of the task
    example: str = ""  # what `check` said of the examples, in the learner's own process: for the instructor, as it is
    why: str = ""  # it was not compared: a sentence; of no answer, what was there in its place
    undecided: str = ""  # why it could not be seen whether its rules are kept: for the instructor alone

    @property
    def is_full(self) -> bool:
        """Whether it earned all there is to earn."""
        return self.points == self.most

    @property
    def words(self) -> str:
        """What a learner may read in the feedback, never a probe; "" for full points."""
        said = self.said
        return f"{self.exercise}: {said}" if said else ""

    @property
    def said(self) -> str:
        """The same without the exercise's name."""
        if self.is_full:
            return ""
        if self.status == NOT_ATTEMPTED:
            return f"not attempted, 0 of {self.most:g} points"
        if self.status == NO_ANSWER:
            return f"no answer, {self.why.rstrip('.')}." if self.why else "no answer left the notebook."
        if self.status == NOT_EXECUTED:
            return f"not executed: {self.why}"
        if not self.total:
            return self.why
        earned = f"right on {self.calls}, {self.points:g} of {self.most:g} points."
        return " ".join(filter(None, [earned, self.rule, self.hint]))

    @property
    def calls(self) -> str:
        """How many calls were right, and where it was less on those that are not shown, how many of them."""
        calls = f"{self.passed} of {self.total} calls"
        if self.passed and self.unseen_passed < self.unseen:
            how = ", by an error each" if self.only_refuses and self.unseen_passed else ""
            calls += f" ({self.unseen_passed} of the {self.unseen} that the notebook does not show{how})"
        return calls

    @property
    def remark(self) -> str:
        """What an instructor should know where its rules could not be seen to be kept; "" where they could."""
        if not self.undecided:
            return ""
        return f"{self.exercise}: it counts as keeping its rules, and could not be seen to: {self.undecided}"

    def facts(self) -> dict[str, Any]:
        """It as plain data, without what is as usual."""
        found = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {name: value for name, (value, usual) in found.items() if value != usual}

    @classmethod
    def of(cls, facts: Any, exercise: str = "") -> Judged | None:
        """What `facts` gave, of that exercise where it is named; None for what gives none."""
        if not isinstance(facts, dict):
            return None
        kinds: dict[str, Any] = {"points": (int, float), "most": (int, float), "only_refuses": bool}
        kinds |= dict.fromkeys(("passed", "total", "unseen", "unseen_passed"), int)
        known = {field.name for field in fields(cls)} & facts.keys()
        if not all(isinstance(facts[name], kinds.get(name, str)) for name in known):
            return None
        given = {name: facts[name][:MAX_JUDGED_TEXT] if isinstance(facts[name], str) else facts[name] for name in known}
        if exercise:
            given["exercise"] = exercise
        return cls(**given) if {"exercise", "points"} <= given.keys() else None

    @classmethod
    def stored(cls, exercise: str, facts: Any) -> Judged:
        """As the journal keeps it; of its first version [points, words, name of the mistake]."""
        if isinstance(facts, list):
            points, words, mistake = facts
            return cls(exercise, points, mistake=mistake, why=words.removeprefix(f"{exercise}: "))
        return cls.of(facts, exercise) or cls(exercise, 0.0)

    def same_as(self, before: Judged) -> bool:
        """Whether nothing changed since it was judged before, as far as is known of that."""
        if before.status:
            return self == before
        return (self.points, self.words, self.mistake) == (before.points, before.words, before.mistake)


def judged(verdict: Verdict, pack: dict) -> Judged:
    """What a verdict on a hidden pack earns, and why."""
    return Judged(
        verdict.exercise,
        earned_points(verdict, pack),
        pack["points"],
        verdict.status,
        verdict.passed,
        verdict.total if verdict.status != NOT_ATTEMPTED else 0,
        verdict.unseen,
        verdict.unseen_passed,
        verdict.only_refuses,
        verdict.mistake,
        verdict.hint,
        verdict.rule,
        undecided=verdict.undecided,
    )


def earned_points(verdict: Verdict, pack: dict) -> float:
    """The points of a verdict: its share of the points, or all or nothing where the exercise says so."""
    if pack["settings"]["all_or_nothing"] and verdict.status != RIGHT:
        return 0.0
    return round(pack["points"] * verdict.share, 2)


def judged_in(cell: Any) -> Judged | None:
    """What a graded notebook's test cell keeps; None where it keeps nothing, as after another grader."""
    return Judged.of(cell["metadata"].get(KEY))


def keep_in(cell: Any, found: Judged) -> None:
    """Leave it in a test cell's metadata."""
    cell["metadata"][KEY] = type(cell["metadata"])(found.facts())


def handed_on(outputs: Iterable[Any], mime: str) -> Any:
    """The last data that a cell displayed in this form, whatever they are; None where there are none."""
    found = None
    for output in outputs:
        data = output.get("data") if isinstance(output, dict) else None
        found = data.get(mime, found) if isinstance(data, dict) else found
    return found


def example_in(outputs: Iterable[Any]) -> str:
    """What `check` said in a test cell, in one sentence; "" where it said nothing."""
    told = handed_on(outputs, AS_DATA)
    words = told.get("words") if isinstance(told, dict) else None
    return words[:MAX_JUDGED_TEXT] if isinstance(words, str) else ""


def what_a_test_shows(cell: Any) -> str:
    """What a test cell shows of itself, for one that another grader ran: its error, or the last line that it printed."""
    errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
    if errors:
        name, words = errors[0]["ename"], errors[0]["evalue"]
        return words if name == NO_POINTS else f"{name}: {words}"
    printed = "".join(output["text"] for output in cell["outputs"] if output["output_type"] == "stream").strip()
    return (printed.splitlines() or [""])[-1]
