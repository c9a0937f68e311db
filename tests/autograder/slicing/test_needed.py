"""Of a submission all cells run that its answers need: each way in which one cell may need another is a trap here.

A trap is real: without the cell that it names the answer gives something else. That is asked of each, too.
"""

import numpy as np
import pytest

from autograder.slicing.needed import Cell, needed
from tests.autograder.slicing.made_up import SETUP, TEST, lesson, run, sliced, sources_of, traced
from tests.autograder.slicing.traps import OPAQUE, TRAPS


@pytest.mark.parametrize("trap", TRAPS)
def test_what_an_answer_needs_is_run(trap):
    plain, answer, places = TRAPS[trap]
    cells = lesson(*plain, answer=answer)
    found, whole = sliced(cells, cells), run(sources_of(cells))
    assert not found.whole
    assert set(places) <= set(found.run)
    assert run(sources_of(cells), list(found.skipped)) == whole
    for place in places:
        assert run(sources_of(cells), [place]) != whole, "this is no trap: nothing is lost without the cell"


@pytest.mark.parametrize(
    ("plain", "answer", "skipped"),
    [
        (["x = 5"], "def answer(x=1):\n    return x", [1]),  # a parameter
        (["x = 5"], "def answer():\n    x = 1\n    return x", [1]),  # a local name
        (["i = 7", "squares = [i for i in range(3)]"], "def answer():\n    return i", [2]),  # of a comprehension
        (["x = 5", "y = x + 1", "print(y)"], "def answer():\n    return x", [2, 3]),
        (["x = np.ones(3)", "print(x.sum(), sorted(x))", "len(x)"], "def answer():\n    return x", [2, 3]),
        (["x = [1]", "x = [2]"], "def answer():\n    return x", [1]),  # bound anew before anybody looks
        (["random.random()"], "def answer():\n    return 1", [1]),  # nobody else draws
        (["import time\nspent = time.perf_counter()"], "def answer():\n    return 1", [1]),
        (["import os", "usual = {**os.environ, 'A_TRAP': '1'}"], "def answer():\n    return 1", [1, 2]),
        (
            ["import warnings", "with warnings.catch_warnings():\n    warnings.simplefilter('error')"],
            "def answer():\n    return 1",
            [1, 2],
        ),
        (["with open('a_trap.txt', 'w') as file:\n    file.write('5')"], "def answer():\n    return 1", [1]),
    ],
)
def test_what_nothing_needs_is_not_run(plain, answer, skipped):
    cells = lesson(*plain, answer=answer)
    found = sliced(cells, cells)
    assert list(found.skipped) == skipped
    assert run(sources_of(cells), skipped) == run(sources_of(cells))


@pytest.mark.parametrize("source", OPAQUE)
def test_in_doubt_everything_is_run(source):
    released = lesson("x = 5", "print(x)")
    cells = [*released[:2], Cell(source), *released[2:]]
    found = sliced(cells, released)
    assert found.whole.startswith("code cell 3: ")
    assert sorted(found.run) == list(range(len(cells)))
    assert not found.skipped


def test_without_a_trace_everything_is_run():
    cells = lesson("x = 5")
    assert needed(cells, cells, None, SETUP).whole
    assert not needed(cells, cells, traced(cells), SETUP).whole


def with_demo(f: str, demo: str, second: str) -> list[Cell]:
    """A lesson with an exercise `f`, a demonstration that calls it on the lesson's data, and the answer that is asked for."""
    first = [Cell(f, "f"), Cell("check('f', f)", "test_f", True)]
    return [Cell(SETUP), Cell("x = [1, 2]\npart = np.zeros(4)[1:]"), *first, Cell(demo), Cell(second, "answer"), TEST]


@pytest.mark.parametrize(
    ("wrong", "demo"),
    [
        ("def f(v):\n    v.append(0)\n    return v", "shown = f(x)"),
        ("def f(v):\n    x.append(0)\n    return v", "shown = f(3)"),
        ("def f(v):\n    global x\n    x = 9\n    return v", "shown = f(3)"),
        ("class F:\n    def __call__(self, v):\n        v.append(0)\nf = F()", "shown = f(x)"),
        ("def g(v):\n    v.append(0)\nf = [g][0]", "shown = f(x)"),
        ("def f(v):\n    return v", "shown = f(x)\nshown.append(1)"),
    ],
)
def test_what_a_learners_function_may_change_in_a_demonstration_is_not_taken_from_the_trace(wrong, demo):
    released = with_demo(
        "def f(v):\n    return list(v)", demo, "def answer():\n    return x, np.geterr()['all'] if 0 else x"
    )
    cells = with_demo(wrong, demo, released[5].source)
    found = sliced(cells, released)
    assert 4 in found.run
    assert run(sources_of(cells), list(found.skipped)) == run(sources_of(cells))


@pytest.mark.parametrize(
    ("right", "other", "demo"),
    [
        ("f = [list(x)]", "f = [x]", "f[0].append(9)"),  # no code of theirs, but a value that leads to the lesson's
        ("f = list(x)", "f = x", "f += [9]"),
        ("f = list(x)", "f = iter(x)", "for v in f:\n    shown = v"),  # looking at it takes from it
        ("f = list(x)", "f = zip(x, x)", "shown = list(f)"),
        ("f = [1, 2, 3]", "f = x + [3]\nx = f", "random.shuffle(f)"),
        ("f = np.zeros(3)", "f = part", "np.put(f, 0, 7)"),
        ("f = np.zeros(3)", "f = part", "np.add(f, 1, out=f)"),
        ("f = 3", "f = 0", "if not f:\n    x.append(8)"),  # a branch that the solution does not take
        ("f = 3", "f = 0", "def g(v):\n    v.append(8)\nif not f:\n    g(x)"),
        ("f = 3", "f = 0", "x = x if f else [0]"),
    ],
)
def test_what_the_lessons_own_code_may_do_with_a_learners_values_is_seen(right, other, demo):
    second = "def answer():\n    return x, part.tolist(), next(f, 0) if hasattr(f, '__next__') else f"
    released, cells = with_demo(right, demo, second), with_demo(other, demo, second)
    found, whole = sliced(cells, released), run(sources_of(cells))
    assert run(sources_of(cells), list(found.skipped)) == whole
    assert run(sources_of(cells), [4]) != whole, "this is no trap"


def test_a_demonstration_of_what_a_learner_wrote_is_not_run_where_it_reaches_nothing_that_is_needed():
    released = with_demo("def f(v):\n    return list(v)", "shown = f([3])", "def answer():\n    return x")
    assert 4 in sliced(released, released).skipped


def test_a_cell_that_was_changed_added_or_moved_is_run():
    released = lesson("x = 5", "print(x)", "y = 6", "print(y)")
    changed = [*released[:2], Cell("print(x, x)"), *released[3:]]
    assert sorted(sliced(changed, released).skipped) == [1, 3, 4] or 2 in sliced(changed, released).run
    added = [*released[:2], Cell("z = 1"), *released[2:]]
    assert sorted(set(sliced(added, released).run) - {0}) == [2, 6, 7]
    moved = [released[0], released[4], *released[1:4], *released[5:]]
    assert 1 in sliced(moved, released).run
    copied = [*released[:5], released[2], *released[5:]]
    assert {2, 5} <= set(sliced(copied, released).run)


def test_to_import_the_same_again_taints_nothing_and_to_import_another_does():
    released = lesson("x = [1]", answer="def answer():\n    return x")
    released.insert(2, Cell("import numpy as np\ndef f():\n    return 1", "f"))
    released.insert(3, Cell("y = np.ones(2)"))
    assert 3 in sliced(released, released).skipped
    released[3] = Cell("np.array = x.append\nx = x + [np.ones(1).sum()]")
    other = [*released[:2], Cell("import random as np\ndef f():\n    return 1", "f"), *released[3:]]
    assert 3 in sliced(other, released).run


def test_a_released_cell_that_lacks_a_deleted_one_is_not_taken_from_the_trace():
    released = lesson("x = [1]", "n = 3", "if n:\n    x.append(n)", answer="def answer():\n    return x")
    cells = [cell for cell in released if cell.source != "n = 3"]
    found = sliced(cells, released)
    assert run(sources_of(cells), list(found.skipped)) == run(sources_of(cells)) == "[1]"
    assert 2 in found.run


def test_what_a_deleted_cell_kept_another_from_doing_is_done():
    released = lesson("x = [1]", "n = 1", "n = 0", "if n:\n    x.append(n)", answer="def answer():\n    return x")
    cells = [cell for cell in released if cell.source != "n = 0"]
    found = sliced(cells, released)
    assert run(sources_of(cells), list(found.skipped)) == run(sources_of(cells)) == "[1, 1]"


def test_a_cell_that_may_fail_with_a_learners_value_makes_none_above_it_superfluous():
    demo, second = "shown = 1 / f\nx = [2]", "def answer():\n    return x"
    cells = with_demo("f = 0", demo, second)
    found = sliced(cells, with_demo("f = 3", demo, second))
    assert run(sources_of(cells), list(found.skipped)) == run(sources_of(cells)) == "[1, 2]"
    assert 1 in found.run


def test_an_answer_is_called_when_all_cells_have_run():
    released = [*lesson("x = [1]", answer="def answer():\n    return x"), Cell("x.append(2)"), Cell("y = 1")]
    found = sliced(released, released)
    assert 4 in found.run
    assert 5 in found.skipped


def test_each_cell_that_is_run_has_its_reason():
    cells = lesson("x = 5", "y = x", answer="def answer():\n    return y")
    why = sliced(cells, cells).run
    assert why == {
        0: "the set-up cell",
        1: "code cell 3 needs x",
        2: "code cell 5 needs y",
        3: "graded: answer",
        4: "graded: test_answer",
    }


def test_what_a_made_up_lesson_does_to_a_module_is_put_back():
    array = np.array
    assert run(
        ["import numpy as np", "np.array = list", *sources_of(lesson(answer="def answer():\n    return np.array('a')"))]
    ) == ("['a']")
    assert np.array is array


@pytest.mark.parametrize("source", ["x = (", "def f(x)\n    return x", "y = 5 %\n", "for i in range(3) print(i)"])
def test_a_cell_that_cannot_be_parsed_does_nothing(source):
    released = lesson("x = 5", "print(x)")
    found = sliced([*released[:2], Cell(source), *released[2:]], released)
    assert not found.whole
    assert found.run[2] == "not as released"
    assert 3 in found.skipped


def test_what_the_skipped_cells_might_have_changed_is_told():
    cells = lesson("x = 5", "y = x", "print(y)", answer="def answer():\n    return x")
    found = sliced(cells, cells)
    assert found.lost == {"y"}
    assert "x" in found.reads[len(cells) - 1]
