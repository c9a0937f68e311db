"""Edits made to a solution in JupyterLab come back into the lesson, and nothing is lost."""

import nbformat
import pytest

from autograder.build import build, solution_path
from autograder.lesson import BadLesson
from autograder.pull import pull

from .conftest import LESSON


@pytest.fixture
def built(small_course):
    build("01_small")
    return small_course / "lessons" / "01_small.py"


def edit(change):
    """Apply `change` to the solution's cells by id, as JupyterLab would on saving."""
    path = solution_path("01_small")
    notebook = nbformat.read(path, as_version=4)
    change(notebook, {cell.id: cell for cell in notebook.cells})
    nbformat.write(notebook, path)


def test_pulling_an_unedited_solution_changes_nothing(built):
    assert pull("01_small") == "01_small: the solution has no edits"
    assert built.read_text() == LESSON


def test_an_edited_cell_replaces_its_text_and_no_other(built):
    def change(notebook, cells):
        cells["double"].source = cells["double"].source.replace("x + x", "2 * x")
        cells["recap-1"].source = "## Recap\n\nThat was *really* all.\n\n- é, 語"

    edit(change)
    assert pull("01_small") == "01_small: 2 cells pulled into 01_small.py"
    expected = LESSON.replace("x + x", "2 * x").replace("# That was all.", "# That was *really* all.\n#\n# - é, 語")
    assert [line for line in built.read_text().splitlines() if line] == [line for line in expected.splitlines() if line]
    build("01_small")
    assert pull("01_small") == "01_small: the solution has no edits"


def test_new_removed_and_moved_cells_come_back(built):
    def change(notebook, cells):
        notebook.cells.append(nbformat.v4.new_code_cell("print('one more')"))
        notebook.cells.remove(cells["recap-2"])
        notebook.cells.insert(
            1, nbformat.v4.new_markdown_cell("A word in between.\n\n```python\n# %% not a marker\n```")
        )

    edit(change)
    pull("01_small")
    text = built.read_text()
    assert "print('one more')" in text
    assert 'print("done")' not in text
    assert text.index("A word in between.") < text.index("from course_utils")
    build("01_small")
    assert pull("01_small") == "01_small: the solution has no edits"


def test_an_edit_on_both_sides_is_refused_and_force_keeps_the_old_lesson(built):
    edit(lambda notebook, cells: cells["recap-1"].update(source="## Recap\n\nEdited in JupyterLab."))
    ours = LESSON.replace("x + x", "2 * x")
    built.write_text(ours)
    with pytest.raises(BadLesson, match="the lesson was edited since the solution was built"):
        pull("01_small")
    assert built.read_text() == ours
    pull("01_small", force=True)
    assert "Edited in JupyterLab." in built.read_text()
    assert built.with_suffix(".py.orig").read_text() == ours


EDITED_HIDDEN_TEST = 'check("double", double)\n### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS'
NO_END = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda cells: cells["recap-1"].update(attachments={"a.png": {"image/png": "AA=="}}), "a picture attached"),
        (lambda cells: cells["test_double"].metadata.nbgrader.update(points=5), "gives 5 points"),
        (lambda cells: cells["test_double"].update(source=EDITED_HIDDEN_TEST), "edited hidden test"),
        (lambda cells: cells["double"].update(source=NO_END), "makes no lesson"),
    ],
)
def test_what_a_lesson_cannot_hold_is_refused_by_name(built, change, said):
    edit(lambda notebook, cells: change(cells))
    with pytest.raises(BadLesson, match=said):
        pull("01_small")
    assert built.read_text() == LESSON
    assert list(built.parent.iterdir()) == [built]
