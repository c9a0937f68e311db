"""Of a submission all cells run that its answers need: each way in which one cell may need another is a trap here.

A trap is real: without the cell that it names the answer gives something else. That is asked of each, too.
"""

import pytest

from autograder.slicing.needed import Cell, needed
from tests.autograder.slicing.made_up import SETUP, TEST, lesson, run, sliced, sources_of, traced

#: What another cell does -> the lesson's plain cells, the answer, and the places of the cells that it needs (1 is the first).
TRAPS = {
    "binds": (["x = 5"], "def answer():\n    return x", [1]),
    "stores an item": (["x = [1, 2]", "x[0] = 5"], "def answer():\n    return x", [1, 2]),
    "stores an attribute": (["class C:\n    n = 1", "C.n = 2"], "def answer():\n    return C.n", [1, 2]),
    "adds in place": (["x = [1]", "x += [2]"], "def answer():\n    return x", [1, 2]),
    "calls a method": (["x = [2, 1]", "x.sort()"], "def answer():\n    return x", [1, 2]),
    "changes it by another name": (["x = [1]\ny = x", "y.append(2)"], "def answer():\n    return x", [1, 2]),
    "changes what a view shows": (
        ["x = np.zeros(3)", "y = x[1:]", "y[0] = 1"],
        "def answer():\n    return x.sum()",
        [1, 2, 3],
    ),
    "hands it to a function": (
        ["def add(v):\n    v.append(1)", "x = []", "add(x)"],
        "def answer():\n    return x",
        [1, 2, 3],
    ),
    "calls what says global": (
        ["n = 1", "def up():\n    global n\n    n += 1", "up()"],
        "def answer():\n    return n",
        [1, 2, 3],
    ),
    "changes a closure": (
        [
            "def make():\n    k = [0]\n    def up():\n        k[0] += 1\n        return k[0]\n    return up",
            "up = make()",
            "up()",
        ],
        "def answer():\n    return up()",
        [1, 2, 3],
    ),
    "changes a nonlocal": (
        [
            "def make():\n    k = 0\n    def up():\n        nonlocal k\n        k += 1\n        return k\n    return up",
            "up = make()",
            "up()",
        ],
        "def answer():\n    return up()",
        [1, 2, 3],
    ),
    "changes a default": (
        ["def add(v, seen=[]):\n    seen.append(v)\n    return len(seen)", "add(1)"],
        "def answer():\n    return add(2)",
        [1, 2],
    ),
    "changes an object": (
        ["class C:\n    n = 0\n    def go(self):\n        self.n += 3", "c = C()", "c.go()"],
        "def answer():\n    return c.n",
        [1, 2, 3],
    ),
    "binds what a function reads": (["def g():\n    return k", "k = 3"], "def answer():\n    return g()", [1, 2]),
    "binds it anew": (["def g():\n    return k", "k = 3", "k = 4"], "def answer():\n    return g()", [1, 3]),
    "binds what a method reads": (
        ["class C:\n    def go(self):\n        return k", "c = C()", "k = 2"],
        "def answer():\n    return c.go()",
        [1, 2, 3],
    ),
    "binds what a lambda in a list reads": (
        ["fs = [lambda: k]", "k = 2"],
        "def answer():\n    return fs[0]()",
        [1, 2],
    ),
    "takes it away": (["x = 1", "del x"], "def answer():\n    return 'x' if x else 0", [2]),
    "binds in a branch": (["x = 1", "if x:\n    x = 2"], "def answer():\n    return x", [1, 2]),
    "binds by a loop": (["for i in range(3):\n    pass"], "def answer():\n    return i", [1]),
    "binds by := in a comprehension": (["[y := v for v in range(3)]"], "def answer():\n    return y", [1]),
    "binds by `with`": (
        ["import contextlib\nwith contextlib.nullcontext(5) as w:\n    pass"],
        "def answer():\n    return w",
        [1],
    ),
    "binds by `match`": (["match (1, 2):\n    case (a, b):\n        pass"], "def answer():\n    return b", [1]),
    "imports": (["import string as letters"], "def answer():\n    return letters.digits", [1]),
    "takes from an iterator": (["it = iter([1, 2, 3])", "next(it)"], "def answer():\n    return next(it)", [1, 2]),
    "takes from a generator": (
        ["it = (n for n in [1, 2, 3])", "next(it)"],
        "def answer():\n    return next(it)",
        [1, 2],
    ),
    "draws from a generator of its own": (
        ["rng = np.random.default_rng(0)", "rng.random()"],
        "drawn = rng.random()\ndef answer():\n    return drawn",
        [1, 2],
    ),
    "draws from NumPy's": (
        ["np.random.seed(3)", "np.random.rand()"],
        "drawn = np.random.rand()\ndef answer():\n    return drawn",
        [1, 2],
    ),
    "draws from Python's in a function": (
        ["def roll():\n    return random.random()", "roll()"],
        "drawn = roll()\ndef answer():\n    return drawn",
        [1, 2],
    ),
    "prints in another way": (
        ["np.set_printoptions(precision=2)"],
        "def answer():\n    return str(np.ones(2) / 3)",
        [1],
    ),
    "takes errors in another way": (
        ["np.seterr(all='raise')"],
        "def answer():\n    return np.zeros(1) / 0",
        [1],
    ),
    "goes to another folder": (["import os\nos.chdir('/')"], "def answer():\n    return os.getcwd()", [1]),
    "sets a variable of the system": (
        ["import os", "os.environ['A_TRAP'] = 'yes'"],
        "def answer():\n    return os.environ.get('A_TRAP')",
        [1, 2],
    ),
    "makes warnings errors": (
        ["import warnings", "warnings.simplefilter('error')"],
        "def answer():\n    warnings.warn('x')\n    return 1",
        [1, 2],
    ),
    "changes a copy's inner list": (
        ["x = [[1], 2]", "y = list(x)", "y[0].append(3)"],
        "def answer():\n    return x",
        [1, 2, 3],
    ),
    "binds a built-in name": (["sum = max"], "def answer():\n    return sum([1, 2])", [1]),
    "binds what a class reads in its body": (["n = 7"], "class A:\n    n = n\ndef answer():\n    return A.n", [1]),
    "binds a decorator": (
        ["def twice(f):\n    return lambda: 2 * f()"],
        "@twice\ndef answer():\n    return 4",
        [1],
    ),
}


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
    ],
)
def test_what_nothing_needs_is_not_run(plain, answer, skipped):
    cells = lesson(*plain, answer=answer)
    found = sliced(cells, cells)
    assert list(found.skipped) == skipped
    assert run(sources_of(cells), skipped) == run(sources_of(cells))


OPAQUE = [
    "exec('x = 1')",
    "eval('x')",
    "globals()['x'] = 1",
    "locals()",
    "vars()",
    "get_ipython()",
    "__import__('os')",
    "from math import *",
    "import __main__",
    "import pickle",
    "from sys import modules",
    "import sys\nsys.modules['math'].pi = 3",
    "%time x = 1",
    "!ls",
    "%%bash\nls",
    "x?",
    "x = (",
    "def f(v: 'x'):\n    pass",
    "answer.__globals__['x'] = 2",
    "table.query('a > @x')",
    "print(_)",
    "print(Out[3], _3)",
    "setattr(np, 'pi', 3)",
    "from __future__ import annotations",
    "import threading",
    "async def f():\n    pass",
    "dir()",
]


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
        ("def f(v):\n    np.seterr(all='raise')\n    return v", "shown = f(x)"),
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
