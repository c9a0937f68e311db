"""Run in part, a notebook earns what it earns whole, and what answers do not need is not run."""

import copy
from types import SimpleNamespace

import pytest

from autograder.engine.attempts import run_and_judge
from autograder.engine.coordinator import Work
from autograder.engine.record.journal import Facts as Kept
from autograder.engine.run.sandbox import Limits, missing
from autograder.engine.submitted.released import Release
from autograder.engine.submitted.repair import Lesson
from autograder.engine.submitted.sliced import NOT_RUN, Slicer, without_skipped
from autograder.slicing.facts import Facts, Traced
from autograder.slicing.needed import Cell, Slice
from tests.autograder.engine.test_repair import DOUBLE, SETUP, TOTAL, cell, the_test
from tests.autograder.engine.two_exercises import PACKS, RIGHT
from tests.autograder.slicing.made_up import traced
from tests.doubles import packs_of

needs_sandbox = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")

HELPER = "WEIGHT = 2\n\n\ndef ones(x):\n    return np.ones(len(x))"
DEMO = "print('demonstrated', WEIGHT)"
SHOWN = [{"output_type": "stream", "name": "stdout", "text": ["demonstrated ", "2\n"]}]
SETUP_PLACE, HELPER_PLACE, DEMO_PLACE = range(3)


def lesson_notebook(double=DOUBLE, total=TOTAL, demo=DEMO) -> dict:
    graded = [cell(double, "double", solution=True), the_test("double"), cell(total, "total", solution=True)]
    shows = {**cell(demo), "outputs": SHOWN}
    return {"cells": [cell(SETUP), cell(HELPER), shows, *graded, the_test("total")], "metadata": {}}


def slicer_of(notebook: dict, facts: Facts | None = None) -> Slicer:
    cells = [Cell(one["source"]) for one in notebook["cells"]]
    cells = [Cell(one.source.split("\nfrom autograder")[0].replace("start(", "str(")) for one in cells]
    made = facts or Facts(tuple(one["source"] for one in notebook["cells"]), traced(cells).cells)
    outputs = Slicer.of("no such unit", notebook)
    return Slicer(outputs.cells, made, SETUP, outputs.outputs)


def grade(parent, notebook: dict, slicer: Slicer | None, files: dict | None = None):
    """Points by exercise, the judgement, the graded notebook, and the sources of each run."""
    notebook, runs = copy.deepcopy(notebook), []

    def run(sources, *rest):
        runs.append(sources)
        return parent.run(sources, *rest)

    limits = Limits(cell_seconds=10, notebook_seconds=60)
    lesson = Lesson.of(lesson_notebook())
    _, judgement = run_and_judge(notebook, PACKS, lesson, limits, files or {}, run, None, slicer)
    return {id: score.points for id, score in judgement.scores.items()}, judgement, notebook, runs


@needs_sandbox
def test_what_is_not_needed_is_not_run_and_shows_what_the_lesson_shows(parent):
    points, judgement, graded, runs = grade(parent, lesson_notebook(), slicer_of(lesson_notebook()))
    assert points == RIGHT
    (sources,) = runs
    assert [place for place, source in enumerate(sources) if not source] == [DEMO_PLACE]
    shown = "".join(output["text"] for output in graded["cells"][DEMO_PLACE]["outputs"])
    assert shown == f"({NOT_RUN})\ndemonstrated 2\n"
    assert judgement.ran == "6 of 7 code cells: what answers need"
    assert not judgement.remarks


@needs_sandbox
@pytest.mark.parametrize(
    "answers",
    [{}, {"double": "def double(x):\n    return x ** WEIGHT"}, {"total": "def total(x):\n    ...  # your code here"}],
)
def test_answers_earn_the_same_in_part_and_whole(parent, answers):
    slicer, handed_in = slicer_of(lesson_notebook()), lesson_notebook(**answers)
    points, judgement, _, _ = grade(parent, handed_in, slicer)
    whole, other, _, _ = grade(parent, handed_in, None)
    assert points == whole
    assert {id: one.status for id, one in judgement.scores.items()} == {id: s.status for id, s in other.scores.items()}
    assert (judgement.ran.startswith("6 of 7"), other.ran) == (True, "all cells")


@needs_sandbox
def test_where_a_name_is_missing_in_the_end_all_is_run(parent):
    binds = "exec('FACTOR = 2')"
    double = "def double(x):\n    return FACTOR * x"
    notebook = lesson_notebook(double=double, demo=binds)
    wrong = Facts(tuple(one["source"] for one in notebook["cells"]), (Traced(),) * len(notebook["cells"]))
    points, judgement, _, runs = grade(parent, notebook, slicer_of(notebook, wrong))
    assert not runs[0][DEMO_PLACE]
    assert points == RIGHT
    assert judgement.ran.startswith("all cells: points were lost")


@needs_sandbox
def test_where_an_answer_raises_an_error_and_may_miss_what_was_not_run_all_is_run(parent):
    handed_in = lesson_notebook(double="def double(x):\n    return [][WEIGHT]", demo="WEIGHT += 0")
    slicer = slicer_of(lesson_notebook(demo="WEIGHT += 0"))
    real, place = slicer.slice_of(handed_in), DEMO_PLACE
    assert place in real.run
    part = Slice(
        {p: why for p, why in real.run.items() if p != place},
        {place: place},
        "",
        frozenset(["WEIGHT"]),
        reads=real.reads,
    )
    points, judgement, _, runs = grade(parent, handed_in, Fixed(slicer, part))
    assert len(runs) == 2
    assert runs[1][DEMO_PLACE] == "WEIGHT += 0"
    assert points == {**RIGHT, "double": 0.0}
    assert judgement.ran.startswith("all cells: points were lost")


class Fixed:
    """A slicer that has found what it is told."""

    def __init__(self, slicer: Slicer, found: Slice) -> None:
        self.shown, self._found = slicer.shown, found

    def slice_of(self, *_) -> Slice:
        return self._found


@needs_sandbox
@pytest.mark.parametrize(
    "double",
    [
        "def double(x):\n    raise KeyError(x)",
        "def double(x):\n    return typo * x",
        "def double(x)\n    return 2 * x",
        "def twofold(x):\n    return [][5]",
    ],
)
def test_an_error_that_is_the_learners_own_has_nothing_run_again(parent, double):
    handed_in = lesson_notebook(double=double)
    points, judgement, _, runs = grade(parent, handed_in, slicer_of(lesson_notebook()))
    assert judgement.ran.startswith("6 of 7") == (len(runs) == 1)
    whole, other, _, _ = grade(parent, handed_in, None)
    assert points == whole
    assert judgement.remarks == other.remarks
    assert len(runs) == 1 or "twofold" in double  # it is put right there: what it is called is another name


@pytest.mark.parametrize(
    ("files", "whole"),
    [((), False), (("timestamp.txt",), False), (("helpers.py",), True), (("numpy.py", "timestamp.txt"), True)],
)
def test_files_that_cells_may_import_or_read_have_everything_run(files, whole):
    assert bool(slicer_of(lesson_notebook()).slice_of(lesson_notebook(), files).whole) == whole


def test_cells_keep_their_places():
    assert without_skipped(["a", "b", "c"], Slice({0: "", 2: ""}, {1: 1})) == ["a", "", "c"]


def test_no_result_of_a_part_stands_for_one_of_the_whole():
    def key(slicer):
        work = Work("01_small", Release(), packs_of({}), Limits(), Lesson(), slicer)
        return work.key(SimpleNamespace(notebook=b"{}", files={}, name="", left_out=[], unreadable=""))

    slicer = slicer_of(lesson_notebook())
    other = Slicer(slicer.cells, Facts(slicer.facts.sources, (Traced(),) * 7), slicer.setup)
    assert len({key(None), key(slicer), key(other), key(Slicer())}) == 4
    assert key(slicer) == key(slicer_of(lesson_notebook()))


def test_the_journal_keeps_what_was_run():
    assert Kept.unpacked(Kept(ran="6 of 7 code cells").packed()).ran == "6 of 7 code cells"
    assert Kept.unpacked('{"exercises": {}}').ran == "all cells"  # of an older version
