"""`grade`: the hidden test that the build adds to every test cell, and that a release never contains.

Under nbgrader's autograde it judges an answer on the hidden probes and gives the points: nothing to say for all of them,
a number for some (nbgrader's partial credit), an error for none.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from autograder.course import HIDDEN_PACKS
from autograder.judged import MIME, Judged, judged
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
    found = judged(verdict, pack)
    if found.remark:
        print(found.remark)
    _hand_on(found)
    if found.is_full:
        return None
    if found.points == 0:
        raise NoPoints(found.words)
    print(found.words)
    return found.points


def _hand_on(found: Judged) -> None:
    """Let whoever executes the notebook have it as data, beside the words."""
    shell = sys.modules.get("IPython.core.interactiveshell")
    if shell and shell.InteractiveShell.initialized():
        from IPython.display import display

        display({MIME: found.facts()}, raw=True)
