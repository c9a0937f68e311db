"""The table of `autograder grade`: one reason where points are missing, and remarks that say the same are one."""

import pytest

from autograder.engine.judge.fault import find_fault
from autograder.engine.record.journal import Facts
from autograder.engine.record.standing import Standing
from autograder.engine.run.ended import End, Ended
from autograder.engine.run.runner import Result
from autograder.engine.table import as_facts, folded, shown_name, why_missing
from autograder.judged import NO_ANSWER, Judged
from course_utils.judge import CRASHED, NOT_ATTEMPTED, RIGHT, WRONG


def standing(*exercises, fault=None, **facts):
    """A learner with these exercises."""
    return Standing("ada", facts=Facts(exercises={one.exercise: one for one in exercises}, fault=fault or {}), **facts)


FULL = Judged("pool", 2.0, 2.0, RIGHT)
LOST = Judged("conv", 0.0, 3.0, NO_ANSWER, why="NameError: name 'conv' is not defined.")
FEW = Judged("pad", 0.5, 1.0, WRONG, passed=2, total=4, mistake="one_too_few")


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (standing(FULL), ""),
        (standing(FULL, FEW), "pad: one_too_few"),
        (standing(FULL, Judged("pad", 0.5, 1.0, WRONG, passed=2, total=4)), "pad: 2 of 4 calls"),
        (standing(LOST, FEW), "no answer: conv"),  # what costs the most
        (standing(LOST, fault={"kind": "crashed", "at": 3, "line": "import torch"}), "crashed: `import torch`"),
        (standing(LOST, fault={"kind": "syntax", "at": 3, "line": "def f(:"}), "syntax: `def f(:`"),
        (standing(LOST, fault={"kind": "time", "at": 3, "line": ""}), "ran out of time in cell 3"),
        (standing(FEW, fault={"kind": "crashed", "at": 3, "line": "1 / 0"}), "pad: one_too_few"),  # that cost nothing
        (standing(Judged("a", 0, 2.0, NOT_ATTEMPTED), Judged("b", 0, 2.0, NOT_ATTEMPTED)), "nothing attempted"),
        (standing(FULL, Judged("a", 0, 2.0, NOT_ATTEMPTED)), "not attempted: a"),
        (standing(Judged("a", 0, 2.0, WRONG, 4, 4, rule="No loops.")), "rule: a: No loops."),
        (standing(Judged("a", 0, 2.0, CRASHED)), "crashed when called: a"),
        (standing(Judged("a", 0, 2.0, CRASHED), fault={"kind": "time", "at": "a"}), "ran out of time at a"),
        (Standing("ada", readable=False, facts=Facts(reasons=["the notebook is empty"])), "the notebook is empty"),
    ],
)
def test_there_is_one_reason(one, words):
    assert why_missing(one) == as_facts(one)["missing"] == words


def test_points_by_hand_and_the_penalty_are_in_what_counts():
    one = standing(FULL, judged=4.0, by_hand=1.5, has_by_hand=True, penalty=2.0)
    assert (one.points, one.score) == (5.5, 3.5)
    assert standing(FULL, judged=1.0, penalty=2.0).score == 0.0


def test_a_learner_is_called_by_name():
    assert shown_name(Standing("s01", "Ada Lovelace", "Mon")) == "Ada Lovelace (s01), Mon"
    assert shown_name(Standing("ada")) == "ada"


def test_equal_remarks_are_one():
    deleted = "this test was deleted; it was put back"
    assert folded([f"e{n}: {deleted}" for n in range(9)]) == [f"9 times: {deleted} (e0, e1, e2 and 6 more)"]
    assert folded([f"a: {deleted}", "links are left out: b", "links are left out: b"]) == [
        f"a: {deleted}",
        "links are left out: b",
    ]


def cell(source, *outputs, name=""):
    entry = {"nbgrader": {"grade": True, "solution": False, "grade_id": name}} if name else {}
    return {"cell_type": "code", "source": source, "outputs": list(outputs), "metadata": entry}


def error(name, text, *lines):
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": list(lines)}


TORCH = error("ModuleNotFoundError", "No module named 'torch'", "\x1b[0;32m----> 2\x1b[0m import torch\n      3 x = 1")


@pytest.mark.parametrize(
    ("cells", "result", "fault"),
    [
        ([cell("x = 1\nimport torch\nx = 1", TORCH)], Result(), ("crashed", 1, "import torch")),
        ([cell("y = 2", TORCH)], Result(), ("crashed", 1, "ModuleNotFoundError: No module named 'torch'")),
        (
            [cell("def f(:", error("SyntaxError", "invalid syntax"))],
            Result(),
            ("syntax", 1, "SyntaxError: invalid syntax"),
        ),
        ([cell("1")], Result(interrupted=[4]), ("time", 5, "")),
        ([cell("1")], Result(interrupted=["conv"]), ("time", "conv", "")),
        ([cell("1")], Result(ended=Ended(End.ITSELF, "it ended"), at=0), ("ended", 1, "")),
        ([cell("1")], Result(ended=Ended(End.MEMORY, "memory"), at=2), ("memory", 3, "")),
        (
            [cell('check("conv", conv)', TORCH, name="test_conv")],
            Result(),
            None,
        ),  # a test tells of an answer, not of itself
        ([cell("1")], Result(), None),
    ],
)
def test_a_fault_is_a_kind_a_place_and_the_learners_line(cells, result, fault):
    found = find_fault({"cells": cells}, result)
    assert (tuple(found.values()) or None) == fault
