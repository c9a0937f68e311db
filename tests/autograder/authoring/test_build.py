"""From a lesson to a solution and a learner's notebook: derived metadata, stable bytes, no leak."""

import json
import subprocess
import sys

import nbformat
import pytest

from autograder.authoring.build import build, notebook_path, solution_path
from autograder.authoring.lesson import BadLesson
from tests.autograder.conftest import LESSON, REPORT


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


def test_what_is_built_says_from_what(built):
    """Whoever opens the file in an editor reads it in the first lines."""
    for path in (solution_path("01_small"), notebook_path("01_small")):
        assert '"built_from": "lessons/01_small.py"' in "\n".join(path.read_text().splitlines()[:8])


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


def test_a_tag_is_in_both_notebooks_and_needs_no_new_execution(built):
    """nbval knows the tag; a learner reads no marker."""
    shown = {cell.id: cell.get("outputs") for cell in read(solution_path("01_small")).cells}
    lesson = built / "lessons" / "01_small.py"
    lesson.write_text(LESSON.replace('# %%\nprint("done")', '# %% tags=["nbval-ignore-output"]\nprint("done")'))
    assert build("01_small") == ["01_small: solution's text renewed", "01_small: notebook written"]
    assert {cell.id: cell.get("outputs") for cell in read(solution_path("01_small")).cells} == shown
    for path in (solution_path("01_small"), notebook_path("01_small")):
        tagged = {cell.id: cell for cell in read(path).cells}["recap-2"]
        assert (tagged.source, tagged.metadata.tags) == ('print("done")', ["nbval-ignore-output"])


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


def edit(change, path=None):
    """Change a notebook as JupyterLab would on saving; the cells are handed over by id."""
    path = path or solution_path("01_small")
    notebook = read(path)
    change(notebook, {cell.id: cell for cell in notebook.cells})
    nbformat.write(notebook, path)


EDITS = {
    "a text": lambda notebook, cells: cells["recap-1"].update(source="## Recap\n\nMine."),
    "code": lambda notebook, cells: cells["recap-2"].update(source="print('mine')"),
    "a hidden test": lambda notebook, cells: cells["test_double"].update(
        source=cells["test_double"].source.replace("grade(", "grade( ")
    ),
    "points": lambda notebook, cells: cells["test_double"].metadata.nbgrader.update(points=7),
    "a picture": lambda notebook, cells: cells["recap-1"].update(attachments={"a.png": {"image/png": "AA=="}}),
    "tags": lambda notebook, cells: cells["recap-2"].metadata.update(tags=["mine"]),
    "a new cell": lambda notebook, cells: notebook.cells.append(nbformat.v4.new_code_cell("mine = 1")),
    "a cell less": lambda notebook, cells: notebook.cells.remove(cells["recap-2"]),
    "another order": lambda notebook, cells: notebook.cells.append(notebook.cells.pop(0)),
    "another kind": lambda notebook, cells: cells["recap-1"].update(cell_type="raw"),
}


@pytest.mark.parametrize("lesson_too", [False, True], ids=["", "lesson edited too"])
@pytest.mark.parametrize("change", EDITS.values(), ids=EDITS)
def test_edits_of_a_solution_that_were_not_pulled_are_not_overwritten(built, change, lesson_too):
    edit(change)
    if lesson_too:
        lesson = built / "lessons" / "01_small.py"
        lesson.write_text(LESSON.replace("A lesson of", "A small lesson of"))
    before = {path: path.read_bytes() for path in built.rglob("*") if path.is_file()}
    with pytest.raises(BadLesson, match=r"`autograder pull 01`.*`autograder build 01 --discard-edits`"):
        build("01_small")
    assert {path: path.read_bytes() for path in built.rglob("*") if path.is_file()} == before


def test_what_was_only_run_or_emptied_is_no_edit(built):
    def change(notebook, cells):
        cells["recap-2"].outputs = []
        cells["recap-2"].metadata.update(collapsed=True, execution={"iopub.status.busy": "2026"}, scrolled=True)
        notebook.cells.append(nbformat.v4.new_code_cell(""))

    edit(change)
    build("01_small")
    assert "mine" not in solution_path("01_small").read_text()


def test_an_edit_that_the_lesson_has_too_does_not_stand_in_the_way(built):
    """As after a merge in git, where the solution came with one side and built_from.json with the other."""
    edit(lambda notebook, cells: cells["recap-2"].update(source='print("ours")'))
    (built / "lessons" / "01_small.py").write_text(LESSON.replace('"done"', '"ours"'))
    assert "01_small: solution executed" in build("01_small")


def test_discarded_edits_are_kept_beside_each_time(built):
    for number in (1, 2):
        edit(lambda notebook, cells, number=number: cells["recap-1"].update(source=f"## Recap\n\nMine, {number}."))
        edited = solution_path("01_small").read_bytes()
        said = build("01_small", discard=True)[0]
        kept = built / "solutions" / f"01_small.ipynb{'' if number == 1 else '_2'}.orig"
        assert str(kept) in said
        assert kept.read_bytes() == edited
        assert "Mine" not in solution_path("01_small").read_text()
    assert [path.name for path in solution_path("01_small").parent.iterdir()] == ["01_small.ipynb"]


def test_a_solution_that_is_no_notebook_is_refused_and_kept(built):
    solution_path("01_small").write_text("<<<<<<< a merge of git's")
    with pytest.raises(BadLesson, match="it is not a notebook"):
        build("01_small")
    build("01_small", discard=True)
    assert (built / "solutions" / "01_small.ipynb.orig").read_text() == "<<<<<<< a merge of git's"


def test_answers_in_the_learners_notebook_are_kept_beside_it(built):
    path = notebook_path("01_small")
    released = path.read_bytes()
    edit(lambda notebook, cells: cells["double"].update(source="def double(x):\n    return 'mine'"), path)
    mine = path.read_bytes()
    said = build("01_small")
    (kept,) = path.parent.glob("01_small_before_build_of_*.ipynb")
    assert any(str(kept) in line for line in said)
    assert kept.read_bytes() == mine
    assert path.read_bytes() == released
    edit(lambda notebook, cells: cells["recap-2"].update(execution_count=1), path)
    build("01_small")
    assert list(path.parent.glob("*_before_*")) == [kept], "only run: nothing to keep"


def test_the_command_line_says_what_is_wrong_in_one_line():
    run = subprocess.run([sys.executable, "-m", "autograder", "build", "99"], capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.startswith("autograder: no unit called '99'; there are: 01_containers_and_arrays")
    assert len(run.stderr.splitlines()) == 1
