"""A notebook that dies keeps the points of what it had answered, and of what it would have answered."""

import pytest

from autograder.authoring.cells import code_cells
from autograder.engine import coordinator
from autograder.engine.attempts import Runs, run_to_last_answer
from autograder.engine.judge import judging
from autograder.engine.run.ended import UNTRUE, End, Ended
from autograder.engine.run.runner import Result
from autograder.engine.run.sandbox import Limits, missing
from autograder.limits import KILLED_RETRIES, MORE_RUNS
from tests.autograder.engine.two_exercises import DECODED, RAW, notebook

needs_sandbox = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")


def grade(parent, *before, **answers):
    """Points by exercise and remarks of a notebook, graded as the coordinator and nbgrader's own command do."""
    made = notebook(*before, **answers)
    sources = [cell["source"] for cell in code_cells(made)]
    result = run_to_last_answer(Runs(Limits(cell_seconds=3), {}, parent.run), sources, judging.hidden_of(RAW))
    judgement = judging.fill_in(made, result, DECODED)
    return {id: score.points for id, score in judgement.scores.items()}, judgement


DIES = "def double(x):\n    import os\n    {how} if abs(x) > 50 else None\n    return 2 * x"


@needs_sandbox
@pytest.mark.parametrize("how", ["os._exit(0)", "os.abort()", "__import__('ctypes').string_at(0)", "os.close(100)"])
def test_an_answer_that_ends_its_process_on_a_hidden_probe_costs_itself_only(parent, how):
    points, judgement = grade(parent, double=DIES.format(how=how))
    assert points == {"double": 0.0, "total": 3.0}
    (remark,) = judgement.remarks
    assert remark.startswith("double: called on the hidden probes it ended the notebook")
    assert "no answer" in judgement.scores["double"].words


@needs_sandbox
def test_an_answer_that_cannot_be_stopped_costs_itself_only(parent):
    endless = "def double(x):\n    while abs(x) > 50:\n        try:\n            while True: pass\n        except BaseException: pass\n    return 2 * x"
    assert grade(parent, double=endless)[0] == {"double": 0.0, "total": 3.0}


@needs_sandbox
def test_when_every_answer_ends_the_process_each_costs_itself(parent):
    total = "def total(x):\n    import os\n    os._exit(0)"
    points, _ = grade(parent, double=DIES.format(how="os._exit(0)"), total=total)
    assert points == {"double": 0.0, "total": 0.0}


@needs_sandbox
def test_a_cell_that_ends_the_process_keeps_what_was_answered_before(parent):
    """And an answer before it that ends the process too keeps none of the others."""
    total = "def total(x): return 1\nimport os; os._exit(3)"
    points, judgement = grade(parent, total=total)
    assert points == {"double": 2.0, "total": 0.0}
    assert judgement.remarks == ["cell 4: the process ended with status 3; what comes later was run without it"]
    points, _ = grade(parent, double=DIES.format(how="os._exit(0)"), total=total)
    assert points == {"double": 0.0, "total": 0.0}


def results(*made):
    """A `run` that gives these results one after the other, the last one for ever, and keeps what it was asked."""
    asked = []

    def run(sources, hidden, limits, files):
        asked.append((len(sources), sorted(hidden)))
        return made[min(len(asked), len(made)) - 1]

    return run, asked


DIED = Ended(End.ITSELF, "it died")


def answered(*ids, ended=None, at=None, sealed=("a", "b", "c")):
    return Result(answers=[{"answer": id} for id in ids], sealed=list(sealed), ended=ended, at=at)


HIDDEN = {id: {} for id in "abc"}


def test_the_others_are_asked_again_without_the_one_that_died():
    run, asked = results(answered("a", ended=DIED, at="b"), answered("c"))
    result = run_to_last_answer(Runs(Limits(), {}, run), ["1"], HIDDEN)
    assert asked == [(1, ["a", "b", "c"]), (1, ["c"])]
    assert [answer["answer"] for answer in result.answers] == ["a", "c"]
    assert result.ended == DIED


def test_what_a_second_run_should_not_answer_is_not_taken():
    run, _ = results(answered("a", ended=DIED, at="b"), answered("a", "b", "c"))
    result = run_to_last_answer(Runs(Limits(), {}, run), ["1"], HIDDEN)
    assert [answer["answer"] for answer in result.answers] == ["a", "c"]


def test_a_second_run_that_goes_another_way_counts_for_nothing():
    run, asked = results(answered(ended=DIED, at="a"), answered("b", "c", sealed="abbc"))
    assert run_to_last_answer(Runs(Limits(), {}, run), ["1"], HIDDEN).answers == []
    assert len(asked) == 2


@pytest.mark.parametrize("kind", UNTRUE)
def test_one_that_forged_a_frame_is_not_run_again(kind):
    run, asked = results(answered(ended=Ended(kind, "whatever is said of it"), at="a"))
    run_to_last_answer(Runs(Limits(), {}, run), ["1"], HIDDEN)
    assert len(asked) == 1


def test_runs_are_bounded_in_number_and_in_time():
    ids = [f"e{number:02}" for number in range(20)]
    dying = [answered(ended=DIED, at=id, sealed=ids) for id in ids]
    run, asked = results(*dying)
    run_to_last_answer(Runs(Limits(), {}, run), ["1"], {id: {} for id in ids})
    assert len(asked) == 1 + MORE_RUNS
    run, asked = results(*dying)
    run_to_last_answer(Runs(Limits(notebook_seconds=0), {}, run), ["1"], {id: {} for id in ids})
    assert len(asked) == 1


def test_one_that_somebody_else_killed_runs_again_but_not_for_ever():
    killed = answered(ended=Ended(End.KILLED, "whatever is said of it"), at=3, sealed=())
    run, asked = results(killed, answered("a", "b", "c"))
    assert not run_to_last_answer(Runs(Limits(), {}, run), ["1"], HIDDEN).ended
    assert len(asked) == 2
    run, asked = results(killed)
    assert run_to_last_answer(Runs(Limits(), {}, run), ["1"], HIDDEN).ended.kind == End.KILLED
    assert len(asked) == 1 + KILLED_RETRIES


def test_both_ways_of_grading_use_it():
    from autograder.plugins import execute_warm

    assert execute_warm.run_and_judge is coordinator.run_and_judge
