"""`grade`: the hidden test that the build adds to every test cell, and that a release never contains.

Under nbgrader's autograde it judges an answer on the hidden probes and gives the points: nothing to say for all of them,
a number for some (nbgrader's partial credit), an error for none.
"""

from __future__ import annotations

import os
from typing import Any

from autograder.course import HIDDEN_PACKS
from course_utils.checking import NotRight, current_unit
from course_utils.judge import NOT_ATTEMPTED, RIGHT, Verdict, judge
from course_utils.observe import is_stub, observe
from course_utils.packs import UnknownExercise, read_pack
from course_utils.surroundings import ordinary


class NoPoints(AssertionError):
    """An answer earns nothing; the traceback is one line that names no probe."""

    def _render_traceback_(self) -> list[str]:  # IPython shows this instead of its own traceback
        return [str(self)]


@ordinary()
def judge_hidden(id: str, answer: Any) -> tuple[Verdict, dict]:
    """The verdict on the hidden pack of the running notebook's exercise `id`, and that pack."""
    pack = read_pack(current_unit(id), id, HIDDEN_PACKS)
    if is_stub(answer):
        return Verdict(id, NOT_ATTEMPTED, 0, len(pack["probes"])), pack
    return judge(pack, observe(answer, pack)), pack


def earned_points(verdict: Verdict, pack: dict) -> float:
    """The points of a verdict: its share of the points, or all or nothing where the exercise says so."""
    if pack["settings"]["all_or_nothing"] and verdict.status != RIGHT:
        return 0.0
    return round(pack["points"] * verdict.share, 2)


def grade(id: str, answer: Any) -> float | None:
    """Judge `answer` on the hidden probes of exercise `id`.

    Where nbgrader grades: returns None for full points, a number for some, and raises NoPoints for none. Elsewhere (an
    author runs a solution) it says nothing, and raises NotRight where hidden packs exist and the answer fails them.
    """
    grading = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    try:
        verdict, pack = judge_hidden(id, answer)
    except UnknownExercise:
        if grading:
            raise
        return None  # no hidden packs on this machine: nothing to judge by
    if not grading:
        if verdict.status not in (RIGHT, NOT_ATTEMPTED):
            raise NotRight(verdict)
        return None
    points = earned_points(verdict, pack)
    if remark := remark_on_rules(verdict):
        print(remark)
    if points == pack["points"]:
        return None
    words = summarise(verdict, points, pack["points"])
    if points == 0:
        raise NoPoints(words)
    print(words)
    return points


def remark_on_rules(verdict: Verdict) -> str:
    """What an instructor should know where it could not be seen whether an answer keeps its rules; "" where it could."""
    why = verdict.undecided
    return f"{verdict.exercise}: it counts as keeping its rules, and could not be seen to: {why}" if why else ""


def summarise(verdict: Verdict, points: float, most: float) -> str:
    """What a learner may read in the feedback: how much was right and the recognised mistake's hint, never a probe."""
    if verdict.status == NOT_ATTEMPTED:
        return f"{verdict.exercise}: not attempted, 0 of {most:g} points"
    calls = f"{verdict.passed} of {verdict.total} calls"
    if verdict.passed and verdict.unseen_passed < verdict.unseen:
        how = ", by an error each" if verdict.only_refuses and verdict.unseen_passed else ""
        calls += f" ({verdict.unseen_passed} of the {verdict.unseen} that the notebook does not show{how})"
    said = f"{verdict.exercise}: right on {calls}, {points:g} of {most:g} points."
    return " ".join(filter(None, [said, verdict.rule, verdict.hint]))
