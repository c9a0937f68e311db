"""Nothing outside an answer's own cells costs its points, and where it cannot be helped, one sentence says what happened."""

import copy

import pytest

from autograder.authoring.cells import code_cells, exercise_of
from autograder.engine.attempts import run_and_judge
from autograder.engine.run.sandbox import Limits, missing
from autograder.engine.submitted.repair import Lesson, Suspicion, guarded_test
from autograder.engine.submitted.statements import pieces
from tests.autograder.engine.two_exercises import PACKS, RIGHT
from tests.doubles import processor_time

needs_sandbox = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")

SETUP = 'import numpy as np\nfrom course_utils import check, start\n\nstart("01_containers_and_arrays")'
HELPER = "WEIGHT = 2\n\n\ndef ones(x):\n    return np.ones(len(x))"
DOUBLE = "def double(x):\n    return WEIGHT * x"
TOTAL = "def total(x):\n    return float(x @ ones(x))"
STUBS = {"double": "def double(x):\n    ...  # your code here", "total": "def total(x):\n    ...  # your code here"}


def cell(source, name="", **nbgrader):
    facts = {"nbgrader": {"grade_id": name, "grade": False, "solution": False, **nbgrader}} if name else {}
    return {"cell_type": "code", "source": source, "metadata": facts, "outputs": []}


def the_test(id: str) -> dict:
    hidden = f'### BEGIN HIDDEN TESTS\nfrom autograder import grade\ngrade("{id}", {id})\n### END HIDDEN TESTS'
    return cell(f'check("{id}", {id})\n{hidden}', f"test_{id}", grade=True)


def lesson_notebook(double=DOUBLE, total=TOTAL):
    graded = [cell(double, "double", solution=True), the_test("double"), cell(total, "total", solution=True)]
    return {"cells": [cell(SETUP), cell(HELPER), *graded, the_test("total")], "metadata": {}}


LESSON = Lesson.of(lesson_notebook())
SETUP_CELL, HELPER_CELL, DOUBLE_CELL, DOUBLE_TEST, TOTAL_CELL = range(5)


def grade(parent, notebook):
    """Points by exercise and remarks."""
    notebook = copy.deepcopy(notebook)
    limits = Limits(cell_seconds=10, notebook_seconds=60)
    result, judgement = run_and_judge(notebook, PACKS, LESSON, limits, {}, parent.run)
    return {id: score.points for id, score in judgement.scores.items()}, judgement.remarks, notebook, result


def own(source, place=DOUBLE_CELL):
    return lambda cells: cells.insert(place, cell(source))


def edit(place, change):
    def edited(cells):
        cells[place]["source"] = change(cells[place]["source"])

    return edited


def both(*changes):
    return lambda cells: [change(cells) for change in changes]


def below_its_test(cells):
    cells[DOUBLE_CELL]["source"] = STUBS["double"]
    cells.insert(DOUBLE_TEST + 1, cell(DOUBLE))


def in_a_text(cells):
    cells[DOUBLE_CELL]["source"] = STUBS["double"]
    cells.insert(DOUBLE_CELL, {"cell_type": "markdown", "source": DOUBLE, "metadata": {}})


def split_up(cells):
    cells[TOTAL_CELL]["source"] = "def my_sum(x, w):\n    return float(x @ w)"
    cells.insert(TOTAL_CELL + 1, cell("def total(x):\n    return my_sum(x, ones(x))"))


#: What learners do around their answers -> words of the remark; "" where there is none; None: either.
HABITS = {
    "a variable called check": (own("check = np.allclose(1, 1)"), ""),
    "a function called grade that an answer uses": (
        both(own("def grade(x):\n    return x"), edit(6, lambda s: s.replace("x @", "grade(x) @"))),
        "",
    ),
    "a variable called start": (own("start = 3"), ""),
    "check deleted": (own("del check"), ""),
    "np is a number": (own("np = 3"), "names of the set-up cell were given to other things"),
    "a star import over np": (
        own("import sys, types\nm = types.ModuleType('m'); m.np = 3\nsys.modules['m'] = m\nfrom m import *"),
        "names of the set-up cell were given to other things",
    ),
    "a Colab line in the set-up": (
        edit(SETUP_CELL, lambda s: "from google.colab import drive\ndrive.mount('/content')\n" + s),
        "the set-up cell was changed and did not run to its end (ModuleNotFoundError",
    ),
    "a pip line in the set-up": (edit(SETUP_CELL, lambda s: "%pip install numpy\n" + s), None),
    "a shell line in the set-up": (edit(SETUP_CELL, lambda s: "!ls\n" + s), None),
    "the set-up deleted": (lambda cells: cells.pop(SETUP_CELL), "the set-up cell is missing"),
    "the set-up a text": (lambda cells: cells[SETUP_CELL].update(cell_type="markdown"), "the set-up cell is missing"),
    "the set-up edited": (edit(SETUP_CELL, lambda s: s.replace("numpy as np", "numpy")), "the set-up cell was changed"),
    "the set-up broken": (edit(SETUP_CELL, lambda s: s + "\n)"), "SyntaxError"),
    "the set-up below": (lambda cells: cells.append(cells.pop(SETUP_CELL)), "stands below"),
    "a lesson's cell deleted": (lambda cells: cells.pop(HELPER_CELL), "cells of the lesson"),
    "a lesson's cell emptied": (edit(HELPER_CELL, lambda s: "# later"), "cells of the lesson"),
    "the answer below its test": (below_its_test, "double: its answer stands below its test"),
    "the answer above its stub": (both(edit(DOUBLE_CELL, lambda s: STUBS["double"]), own(DOUBLE)), ""),
    "the answer in a text": (in_a_text, "double: its answer stands in a text"),
    "the answer over two cells": (split_up, ""),
    "answered wrongly, and rightly below": (
        both(edit(DOUBLE_CELL, lambda s: "def double(x):\n    return x"), own(DOUBLE, DOUBLE_TEST + 1)),
        "double: its answer stands below its test",
    ),
    "answered rightly, and wrongly below": (own("def double(x):\n    return x", DOUBLE_TEST + 1), ""),
    "the answer renamed": (
        edit(TOTAL_CELL, lambda s: s.replace("total", "my_total")),
        "total: its answer is called `my_total`",
    ),
    "an own cell that raises": (own("1 / 0"), ""),
    "an own cell that raises before it helps": (
        both(edit(HELPER_CELL, lambda s: "1 / 0\nWEIGHT = 2\ndef ones(x): return 1 + 0 * x")),
        "cells of the lesson",
    ),
    "its own helper behind an error": (
        both(own("1 / 0\ndef helper(x):\n    return 2 * x"), edit(3, lambda s: "def double(x):\n    return helper(x)")),
        "a cell ended with ZeroDivisionError",
    ),
    "the answer's name deleted": (own("del double", DOUBLE_TEST), "taken away"),
    "%reset before a test": (own("%reset -f", DOUBLE_TEST), "taken away"),
    "input in an own cell": (own("name = input()\nprint(name)"), ""),
    "the answer behind an input": (edit(DOUBLE_CELL, lambda s: "n = int(input())\n" + s), "a cell ended with"),
}


@needs_sandbox
@pytest.mark.parametrize(("change", "words"), HABITS.values(), ids=HABITS.keys())
def test_what_stands_around_an_answer_costs_it_nothing(parent, change, words):
    made = lesson_notebook()
    change(made["cells"])
    points, remarks, graded, _ = grade(parent, made)
    assert points == RIGHT, remarks
    assert words is None or (words in " ".join(remarks) if words else not remarks)
    tests = [one for one in code_cells(graded) if exercise_of(one)]
    assert not [output for one in tests for output in one["outputs"] if output["output_type"] == "error"]


@needs_sandbox
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edit(DOUBLE_CELL, lambda s: "def double(x:\n    return 2"), ("no answer to double", "SyntaxError")),
        (both(edit(DOUBLE_CELL, lambda s: ""), edit(TOTAL_CELL, lambda s: "")), ("no answer to double, total",)),
        (edit(DOUBLE_CELL, lambda s: "1 / 0\n\n\n" + s.replace("double", "a") + "\nb = a"), ("ZeroDivisionError",)),
    ],
)
def test_where_it_cannot_be_helped_one_sentence_says_why(parent, change, words):
    made = lesson_notebook()
    change(made["cells"])
    points, remarks, _, _ = grade(parent, made)
    assert points["double"] in (0.0, 2.0)
    (said,) = [remark for remark in remarks if words[0] in remark]
    assert all(word in said for word in words)


@needs_sandbox
def test_stubs_and_wrong_answers_are_run_once_and_get_no_remark(parent):
    made = lesson_notebook(double="def double(x):\n    return x", total=STUBS["total"])
    runs = []
    limits = Limits(cell_seconds=10)
    _, judgement = run_and_judge(made, PACKS, LESSON, limits, {}, lambda *job: runs.append(job) or parent.run(*job))
    assert {id: score.points for id, score in judgement.scores.items()} == {"double": 0.0, "total": 0.0}
    assert len(runs) == 1
    assert not judgement.remarks


@needs_sandbox
def test_a_second_run_gives_a_forged_answer_nothing(parent):
    """Answered twice it counts as none, and no repetition is made for it, whatever else is wrong with the notebook."""
    made = lesson_notebook()
    made["cells"].pop(SETUP_CELL)
    made["cells"].insert(0, cell("from autograder import grade\ngrade('double', lambda x: 2 * x)"))
    points, _, _, result = grade(parent, made)
    assert points == {"double": 0.0, "total": 3.0}
    assert result.sealed.count("double") == 2


@needs_sandbox
def test_outputs_of_a_second_run_are_sealed_before_it_sees_a_hidden_probe(parent):
    """An answer that prints and raises what it is called with tells nothing, in the first run or the second."""
    made = lesson_notebook(double="def double(x):\n    print('called', x)\n    raise ValueError(str(x))")
    below_its_test(made["cells"])
    made["cells"][DOUBLE_TEST + 1]["source"] = "def double(x):\n    print('called', x)\n    raise ValueError(str(x))"
    _, remarks, graded, _ = grade(parent, made)
    assert "7341" not in str((remarks, graded))


def test_a_test_of_another_form_runs_as_it_is():
    for source in ("assert 1", "check = print\ncheck('double', double)", "if 1:\n    check('double', double)", "1 +"):
        assert guarded_test(source, LESSON, False) == source


def test_the_names_of_a_test_are_the_courses_own():
    lesson = Lesson((("", SETUP + "\nfrom course_utils.chance import often"),))
    text = guarded_test('check("a", often(a))\nfrom autograder import grade\ngrade("a", often(a))', lesson, False)
    assert text.count("__import__('course_utils.chance', fromlist=['often']).often(a)") == 2
    assert "autograder', fromlist" in text.splitlines()[-1]


@pytest.mark.parametrize("source", ["a = 1\n", "%x\n", "a?\n", "def f(): ...\n", "(", "elif x:\n", "a.a", " ", "a, "])
def test_looking_into_a_cell_grows_no_faster_than_the_cell(source):
    def seconds(size):
        text = source * (size // len(source))
        return min(processor_time(lambda: pieces(text)) for _ in range(3))

    assert seconds(80_000) < 6 * seconds(20_000) + 0.05


@pytest.mark.parametrize(("name", "suspect"), [("_", False), ("np", True), ("np, _", True)])
def test_a_value_that_nobody_needs_is_no_name_of_the_setup_cell(name, suspect):
    """The lesson binds `_` itself, and its own answers do: an answer that raises is not run again for that."""
    notebook = lesson_notebook(double="def double(x):\n    return x / 0")
    notebook["cells"][0]["source"] = f"{SETUP}\n_ = np.ones(1)"
    lesson = Lesson.of(notebook)
    notebook["cells"].insert(DOUBLE_CELL, cell(f"{name} = 1, 2"))
    assert Suspicion(notebook, lesson, {}).concerns("double", "raised") is suspect
