"""`autograder leaderboard UNIT`: whose saved model reads the held-out articles best, from what grading has stored.

Nobody's code runs here and no model is loaded: the sandbox wrote down what each saved model predicts for articles that
the grader had held out, and their labels never left this side. A model that was not saved, did not load or does not give
a probability for each class has no rank but a reason.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.engine.judge.guarded import Asking, Bounds, Guarded
from autograder.engine.judging_process import BOUNDS
from autograder.engine.record.answers import StoredAnswers, read_answers
from autograder.exercises import contests
from autograder.report.facts import NO_ANSWER, NOT_ATTEMPTED, GradedSubmission, read_class
from autograder.report.one_by_one import Unread, ask
from course_utils.describe import decode
from course_utils.refused import Refused
from course_utils.terminal import as_json as to_json
from course_utils.terminal import cell, shown
from course_utils.values import restore


@dataclass(frozen=True)
class Contest:
    """Which exercises of a unit are compared: the one whose saved model is ranked, and the one shown beside it."""

    ranked: str
    beside: str


#: Of each unit that declares one: CONTEST in its folder's __init__.py.
CONTESTS = {unit: Contest(*pair) for unit, pair in contests().items()}


@dataclass(frozen=True)
class Entry:
    """One ranked model. `right` of the held-out articles; `beside` is the baseline's accuracy, None where it has none."""

    rank: int
    learner: str
    right: int
    accuracy: float
    beside: float | None
    parameters: int | None  # as the learner's own process counted them


@dataclass(frozen=True)
class Failure:
    """A submission without a rank, and why."""

    learner: str
    reason: str


@dataclass(frozen=True)
class Leaderboard:
    """All that is shown: `articles` is how many were held out."""

    unit: str
    articles: int
    entries: list[Entry]
    failures: list[Failure]


class NoRank(ValueError):
    """An answer cannot be ranked; the message is the reason, in our own words."""


def read_leaderboard(
    root: Path, db_url: str, unit: str, packs: Any, hide_names: bool = False, bounds: Bounds = BOUNDS
) -> Leaderboard:
    """Rank a graded class. `packs` are the unit's hidden packs (`autograder.engine.coordinator.Packs`).

    What is stored of each is read within `bounds`; who breaks them has no rank.

    Raises Refused, with the remedy, where the unit has no leaderboard or nothing of it was graded.
    """
    if unit not in CONTESTS:
        raise Refused(f"unit {unit} has no leaderboard; there is one for: {', '.join(CONTESTS)}")
    contest = CONTESTS[unit]
    if missing := [id for id in (contest.ranked, contest.beside) if id not in packs.decoded]:
        raise Refused(f"there is no hidden pack of {missing[0]} on this machine; run: autograder grade {unit}")
    submissions = read_class(root, db_url, unit, bounds).submissions
    called = _learners(submissions) if hide_names else {one.student: one.student for one in submissions}
    _, labels = held_out(packs.decoded[contest.ranked])
    scored, failures = [], []
    with Guarded(_Stored(root, unit, contest, packs).work, bounds) as guarded:
        for one in submissions:
            learner = called[one.student]
            try:
                found = ask(guarded, one)
            except Unread as error:
                found = f"its answers could not be read: {error}"
            if isinstance(found, str):
                failures.append(Failure(learner, found))
            else:
                scored.append((learner, found))
    scored.sort(key=lambda row: (-row[1].right, row[0]))
    counts = [found.right for _, found in scored]
    entries = [
        Entry(
            counts.index(found.right) + 1,
            learner,
            found.right,
            found.right / len(labels),
            found.beside,
            found.parameters,
        )
        for learner, found in scored
    ]
    return Leaderboard(unit, len(labels), entries, failures)


@dataclass(frozen=True)
class _Found:
    """What is ranked of one submission."""

    right: int
    beside: float | None
    parameters: int


class _Stored:
    """What is stored of each learner, as it is read in a process with limits."""

    def __init__(self, root: Path, unit: str, contest: Contest, packs: Any) -> None:
        self._root, self._unit, self._contest, self._packs = root, unit, contest, packs

    def work(self, one: GradedSubmission, asking: Asking) -> _Found | str:
        """What is ranked of a submission, or why it has no rank."""
        stored = read_answers(self._root, self._unit, one.student) or StoredAnswers()
        _, labels = held_out(self._packs.decoded[self._contest.ranked])
        try:
            model = _answer(one, stored, self._contest.ranked, self._packs)
            saved = _saved(model)
            right = right_about(saved, labels)
        except NoRank as reason:
            return str(reason)
        return _Found(right, _beside(one, stored, self._contest, self._packs), saved["parameters"])


def held_out(pack: dict) -> tuple[int, Any]:
    """The place of the probe that asks about held-out articles, the last one, and their labels as an (n,) array."""
    import numpy as np

    place = len(pack["expected"]) - 1
    return place, np.asarray(restore(pack["expected"][place]["expect"]["accuracy"]["labels"])).ravel()


def right_about(model: dict, labels: Any) -> int:
    """How many labels a described model's first predictions name. Raises NoRank where they are no probabilities."""
    import numpy as np

    predictions = model["predictions"]
    if not predictions:
        raise NoRank("the model does not run on the held-out texts")
    scores = predictions[0]["value"]
    if scores.ndim != 2 or len(scores) != len(labels) or scores.shape[1] <= labels.max():
        raise NoRank(f"the model's outputs have shape {scores.shape}, which is not a probability for each class")
    if scores.dtype.kind not in "fiub" or not np.isfinite(scores.astype(float)).all():
        raise NoRank("the model's outputs are not all finite numbers")
    return int((scores.argmax(axis=1) == labels).sum())


def _answer(one: GradedSubmission, stored: StoredAnswers, id: str, packs: Any) -> dict:
    """The description of the model that an answer returned for the held-out articles. Raises NoRank."""
    from autograder.engine.judge.judging import check_observation

    if not one.readable:
        raise NoRank("the submission is not a notebook that can be graded")
    if one.states[id] == NOT_ATTEMPTED:
        raise NoRank(f"{id} was not attempted")
    found = stored.to(id)
    if one.states[id] == NO_ANSWER or not found:
        raise NoRank(f"no answer to {id} left the notebook")
    if len(found) > 1 or stored.sealed.count(id) > 1:
        raise NoRank(f"{id} was answered more than once")
    if stored.probes.get(id) != packs.probes_digest(id):
        raise NoRank("it was graded on other articles; grade it again")
    try:
        observations = decode(found[0].get("observations"))
        place, _ = held_out(packs.decoded[id])
        seen = observations[place]
        check_observation(seen)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):  # whatever a forged answer holds
        raise NoRank(f"the answer to {id} could not leave the sandbox as plain data") from None
    if seen["outcome"] == "raised":
        raise NoRank(f"{id} raised {_plain_name(seen['error']['types'][0])}")
    if seen["outcome"] != "returned":
        raise NoRank(f"{id} did not come back in time")
    if seen["value"]["type"] != "model":
        raise NoRank(f"{id} returned no Keras model")
    return seen["value"]


def _saved(model: dict) -> dict:
    """The description of the model in the saved file. Raises NoRank where there is none."""
    if model["saved"] is not None:
        return model["saved"]
    problem = model["problem"] or {}
    raise NoRank("its saved file cannot be loaded" if problem.get("step") == "load" else "it saved no file")


def _beside(one: GradedSubmission, stored: StoredAnswers, contest: Contest, packs: Any) -> float | None:
    """The accuracy of the model to compare with, or None where it has none."""
    try:
        model = _answer(one, stored, contest.beside, packs)
        _, labels = held_out(packs.decoded[contest.beside])
        return right_about(model, labels) / len(labels)
    except NoRank:
        return None


def _plain_name(name: str) -> str:
    """An error's class as a word: a learner may call one as they like, and this page is read by others."""
    return name if name.isidentifier() and len(name) <= 40 else "an error"


def _printable(name: str) -> str:
    """A name as a terminal may show it: what would move its cursor or turn its text around is written as an escape."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _learners(submissions: list[GradedSubmission]) -> dict[str, str]:
    """Numbers for names, the same that the class report with hidden names gives."""
    order = sorted((one.student for one in submissions), key=lambda name: hashlib.sha256(name.encode()).digest())
    return {student: f"learner {place}" for place, student in enumerate(order, 1)}


def show(board: Leaderboard, as_json: bool = False) -> str:
    """The leaderboard as text: a table and the failures below it, or one JSON object."""
    if as_json:
        return to_json(asdict(board))
    import io

    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{board.unit}: {board.articles} held-out texts", title_justify="left")
    for heading in ("rank", "learner", "right", "accuracy", "+/-", "baseline", "parameters"):
        table.add_column(heading, justify="left" if heading == "learner" else "right")
    for entry in board.entries:
        beside = "-" if entry.beside is None else f"{entry.beside:.4f}"
        error = standard_error(entry.accuracy, board.articles)
        table.add_row(
            f"{entry.rank}",
            cell(entry.learner),
            f"{entry.right}",
            f"{entry.accuracy:.4f}",
            f"{error:.4f}",
            beside,
            "-" if entry.parameters is None else f"{entry.parameters:,}",
        )
    out = io.StringIO()
    Console(file=out, width=110).print(table)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    lines += [shown(f"no rank: {failure.learner}: {failure.reason}") for failure in board.failures]
    if board.entries:
        lines.append(
            f"Equal counts share a rank. One text is {100 / board.articles:.2f} points; +/- is one standard error."
        )
    return "\n".join(lines)


def standard_error(accuracy: float, n: int) -> float:
    """The standard error of a share of n independent articles: sqrt(p (1 - p) / n)."""
    return math.sqrt(accuracy * (1 - accuracy) / n)


def print_leaderboard(unit: str, hide_names: bool = False, as_json: bool = False, root: Path | None = None) -> None:
    """Read a graded class and print its leaderboard. Raises Refused where there is nothing to show."""
    from autograder.course import HIDDEN_PACKS
    from autograder.engine.command import Course, course_root
    from autograder.engine.coordinator import Packs
    from autograder.exercises import find_unit

    unit = find_unit(unit)
    course = Course.load(course_root(root))
    packs = Packs.load(HIDDEN_PACKS / unit)
    print(show(read_leaderboard(course.root, course.db_url, unit, packs, hide_names), as_json))
