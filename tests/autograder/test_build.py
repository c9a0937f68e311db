"""From a lesson to a solution and a learner's notebook: derived metadata, stable bytes, no leak."""

import json
import subprocess
import sys

import nbformat
import pytest

from autograder.build import build, notebook_path, solution_path
from autograder.lesson import BadLesson

from .conftest import LESSON, REPORT


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture
def built(small_course):
    build("01_small")
    return small_course


def test_a_unit_is_built_with_nbgraders_metadata_derived(built):
    solution = {cell.id: cell for cell in read(solution_path("01_small")).cells}
    assert solution["double"].metadata.nbgrader == {
        "grade": False, "grade_id": "double", "locked": False, "schema_version": 3, "solution": True, "task": False,
    }  # fmt: skip
    assert solution["test_double"].metadata.nbgrader.points == 2
    assert 'grade("double", double)' in solution["test_double"].source
    assert "right on all 2 examples" in solution["test_double"].outputs[0].data["text/plain"]
    assert solution["recap-2"].outputs[0].text == "done\n"


def test_the_release_has_a_stub_no_solution_no_hidden_test_and_no_output(built):
    text = notebook_path("01_small").read_text()
    released = {cell.id: cell for cell in read(notebook_path("01_small")).cells}
    assert released["double"].source.endswith('"""Twice x."""\n    ...  # your code here')
    assert released["test_double"].source == 'check("double", double)'
    assert released["test_double"].metadata.editable is False
    for secret in ("SOLUTION", "HIDDEN", "doubled", "autograder", "grade("):
        assert secret not in text
    assert not any(cell.get("outputs") for cell in released.values())


def test_a_text_that_is_graded_by_hand_is_nbgraders_own_manual_cell(small_course):
    path = small_course / "lessons" / "01_small.py"
    path.write_text(LESSON.replace("# %% [markdown]\n# ## Recap", f"{REPORT}# %% [markdown]\n# ## Recap"))
    build("01_small")
    solution = {cell.id: cell for cell in read(solution_path("01_small")).cells}["report"]
    assert solution.metadata.nbgrader == {
        "grade": True, "grade_id": "report", "locked": False, "points": 4, "schema_version": 3, "solution": True, "task": False,
    }  # fmt: skip
    assert "Twice as much." in solution.source
    released = {cell.id: cell for cell in read(notebook_path("01_small")).cells}["report"]
    assert released.source == "*What came out?*\nYOUR ANSWER HERE"
    assert released.metadata.get("editable", True)
    assert build("01_small") == ["01_small: solution unchanged", "01_small: notebook unchanged"]
    path.write_text(path.read_text().replace("# That was all.", "# That was all.\n#\n# Twice as much."))
    with pytest.raises(BadLesson, match="would show the solution of 'report'"):
        build("01_small")


def test_rebuilding_changes_nothing(built):
    before = {path: path.read_bytes() for path in built.rglob("*.ipynb")}
    assert build("01_small") == ["01_small: solution unchanged", "01_small: notebook unchanged"]
    assert {path: path.read_bytes() for path in built.rglob("*.ipynb")} == before
    build("01_small", execute_always=True)
    after = {path: path.read_bytes() for path in built.rglob("*.ipynb")}
    assert after[notebook_path("01_small")] == before[notebook_path("01_small")]
    strip = lambda data: [(c["id"], c["source"], c["metadata"]) for c in json.loads(data)["cells"]]  # noqa: E731
    assert strip(after[solution_path("01_small")]) == strip(before[solution_path("01_small")])


def test_an_edited_lesson_is_executed_again(built, small_course):
    path = small_course / "lessons" / "01_small.py"
    path.write_text(LESSON.replace('print("done")', 'print("done again")'))
    assert "01_small: solution executed" in build("01_small")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('print("done")', "doubled = 3 + 3"), None),
        (('print("done")', "x = 1\ndoubled = x + x"), None),
        (
            ('print("done")', "def f(x):\n    doubled = x + x\n    return doubled"),
            "would show the solution of 'double'",
        ),
        (('print("done")', "import autograder"), "would show 'autograder'"),
        (("doubled = x + x", "doubled = x * x"), "the lesson's own answer is not right: double wrong on 2 of 2"),
        (('print("done")', "1 / 0"), "the cell raises ZeroDivisionError: division by zero"),
    ],
)
def test_what_must_not_be_released_is_refused_with_its_place(small_course, change, said):
    path = small_course / "lessons" / "01_small.py"
    path.write_text(LESSON.replace(*change))
    if said is None:
        build("01_small")
        return
    with pytest.raises(BadLesson) as caught:
        build("01_small")
    assert said in str(caught.value)
    assert str(caught.value).startswith("lessons/01_small.py:")


def test_a_failed_build_leaves_the_last_good_one(built, small_course):
    before = {path: path.read_bytes() for path in small_course.rglob("*.ipynb")}
    (small_course / "lessons" / "01_small.py").write_text(LESSON.replace('print("done")', "1 / 0"))
    with pytest.raises(BadLesson):
        build("01_small")
    assert {path: path.read_bytes() for path in small_course.rglob("*.ipynb")} == before


def test_the_command_line_says_what_is_wrong_in_one_line():
    run = subprocess.run([sys.executable, "-m", "autograder", "build", "99"], capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.startswith("autograder: no unit called '99'; there are: 01_containers_and_arrays")
    assert len(run.stderr.splitlines()) == 1
