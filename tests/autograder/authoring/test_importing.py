"""An nbgrader course comes in: every shape of its notebooks becomes a lesson that says the same."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring import importing, lesson, unit_list
from course_utils.refused import Refused
from tests.autograder.authoring.source_notebooks import PYTHON, SHAPES, answer, graded, write_source


@pytest.fixture
def new_course(tmp_path, monkeypatch):
    """An empty course's folder of lessons."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    for module in (lesson, importing, unit_list):
        monkeypatch.setattr(module, "lesson_path", lambda unit: folder / f"{unit}.py", raising=False)
    monkeypatch.setattr(importing, "lesson_units", lambda: sorted(path.stem for path in folder.glob("*.py")))
    monkeypatch.setattr(importing, "units_with_exercises", lambda: [])
    monkeypatch.setattr(unit_list, "SOURCE", folder / "units.toml")
    return folder


def test_every_shape_becomes_a_lesson_that_says_the_same(tmp_path, new_course):
    source = write_source(tmp_path / "source")
    lines = list(importing.import_course(tmp_path))
    assert all(well for _, well in lines)
    units = sorted(path.stem for path in new_course.glob("*.py"))
    assert len(units) == len(SHAPES) + 1
    assert units[1:3] == ["02_function_and_test_problem_1", "03_function_and_test_problem_2"]
    for (shape, cells), unit in zip(
        sorted(SHAPES.items()), [u for u in units if not u.endswith("problem_2")], strict=True
    ):
        found = lesson.look_at(new_course / f"{unit}.py")
        assert not found.problems
        assert found.imported
        assert [cell.source.strip() for cell in found.cells] == [cell.source.strip() for cell in cells], shape
        assert [cell.nbgrader.get("points") for cell in found.cells if "points" in cell.nbgrader] == [
            cell.metadata.nbgrader.points for cell in cells if "points" in cell.metadata.get("nbgrader", {})
        ]
        assert (new_course / unit / "data" / "numbers.txt").read_text() == "1 2 3"
    assert all(json.loads(path.read_text())["cells"] for path in source.rglob("*.ipynb"))  # and the source is as it was


UNFIT = {
    "another kernel": (
        new_notebook(
            cells=[answer("x <- 1", "x")], metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
        ),
        "its kernel is 'R'",
    ),
    "AUTOTEST": (
        new_notebook(cells=[graded(new_code_cell("### AUTOTEST x"), "t", 1)], metadata=PYTHON),
        "cell 1 has AUTOTEST lines",
    ),
    "no id": (
        new_notebook(cells=[graded(new_code_cell("assert True"), "", 1)], metadata=PYTHON),
        "cell 1 is graded and has no grade_id",
    ),
}


@pytest.mark.parametrize(("notebook", "words"), UNFIT.values(), ids=UNFIT)
def test_what_cannot_come_in_is_named_and_the_rest_does(notebook, words, tmp_path, new_course):
    write_source(tmp_path / "source", {"ps1": SHAPES["function and test"]})
    path = tmp_path / "source" / "ps1" / "Odd.ipynb"
    nbformat.write(notebook, path)
    lines = list(importing.import_course(tmp_path / "source"))
    assert [well for _, well in lines] == [False, True]
    assert lines[0][0].startswith(f"{path}: ")
    assert words in lines[0][0]
    assert [found.stem for found in new_course.glob("*.py")] == ["01_ps1_problem_1"]


def test_what_is_no_lesson_leaves_nothing_behind(tmp_path, new_course, monkeypatch):
    def refuse(path):
        raise lesson.BadLesson(path, 7, "it is not")

    monkeypatch.setattr(importing, "look_at", refuse)
    write_source(tmp_path / "source", {"ps1": SHAPES["timed"]})
    ((line, well),) = importing.import_course(tmp_path / "source")
    assert not well
    assert line.startswith(f"{tmp_path / 'source' / 'ps1' / 'Problem 1.ipynb'}: it cannot be written as a lesson: ")
    assert list(new_course.iterdir()) == []


def test_a_picture_in_a_cell_becomes_a_file_beside_the_lesson(tmp_path, new_course):
    cell = new_markdown_cell("![a dot](attachment:dot.png)", attachments={"dot.png": {"image/png": "aGVsbG8="}})
    (tmp_path / "ps1").mkdir()
    nbformat.write(new_notebook(cells=[cell], metadata=PYTHON), tmp_path / "ps1" / "ps1.ipynb")
    ((line, well),) = importing.import_course(tmp_path / "ps1")
    assert well, line
    assert "(attached/1_dot.png)" in (new_course / "01_ps1.py").read_text()
    assert (new_course / "01_ps1" / "attached" / "1_dot.png").read_bytes() == b"hello"


def test_a_folder_without_notebooks_is_refused(tmp_path, new_course):
    with pytest.raises(Refused, match="has no notebook: an nbgrader course keeps them as source/ASSIGNMENT"):
        list(importing.import_course(tmp_path))
