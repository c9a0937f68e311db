"""An nbgrader course comes in: every shape of its notebooks becomes a lesson that says the same."""

import errno
import json
import os
import shutil

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


def changed(*path_and_value):
    """The bytes of a small notebook in which what a path leads to has another value; the path alone: it is taken out."""
    *path, last, value = path_and_value
    cells = [new_markdown_cell("# Squares"), answer(), graded(new_code_cell("assert square(3) == 9"), "t", 1)]
    notebook = json.loads(nbformat.writes(new_notebook(cells=cells, metadata=PYTHON)))
    inner = notebook
    for name in path:
        inner = inner[name]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(notebook).encode()


GONE = object()
TEST = ("cells", 2, "metadata", "nbgrader")
#: What is odd about a file -> its bytes, and the words in which it is refused.
ODD = {
    "empty": (b"", "does not appear to be JSON"),
    "a list": (b"[]", "not a notebook that nbformat can read"),
    "nested": (b"[" * 100_000, "not a notebook that nbformat can read"),
    "a later format": (changed("nbformat", 99), "Unsupported nbformat version 99"),
    "no cells": (changed("cells", []), "it has no cells"),
    "cells that are none": (changed("cells", [1, None]), "not a notebook that nbformat can read"),
    "many cells": (
        changed("cells", [nbformat.v4.new_raw_cell("1")] * 2_001),
        "it has 2001 cells, and none of more than 2000",
    ),
    "no source": (changed("cells", 1, "source", GONE), "'source' is a required property (cells/1)"),
    "a source of numbers": (changed("cells", 1, "source", 3), "(cells/1/source); save it anew in JupyterLab"),
    "a long source": (
        changed("cells", 1, "source", "1" * 1_000_001),
        "cell 2 has 1000001 characters, and none of more than",
    ),
    "half a letter": (changed("cells", 0, "source", "# \ud800"), r"cell 1 holds \ud800, which is no letter"),
    "a NUL": (changed("cells", 1, "source", "a\0b"), r"cell 2 holds \x00, which is no letter"),
    "no metadata": (changed("cells", 1, "metadata", None), "not a notebook that nbformat can read"),
    "points in words": (
        changed(*TEST, "points", "two"),
        "cell 3 has metadata that nbgrader refuses: 'two' is not of type",
    ),
    "no points": (changed(*TEST, "points", GONE), "nbgrader cell 't' does not have points"),
    "negative points": (changed(*TEST, "points", -1), "-1 is less than the minimum of 0"),
    "points without end": (changed(*TEST, "points", float("inf")), "cell 3 has inf points"),
    "points that are no number": (changed(*TEST, "points", float("nan")), "cell 3 has nan points"),
    "points of 400 digits": (changed(*TEST, "points", 10**400), "points; give it a number that can be added up"),
    "a later schema": (changed(*TEST, "schema_version", 99), "Schema version is too new: 99"),
    "a schema in words": (changed(*TEST, "schema_version", "x"), "cell 3 has metadata that nbgrader refuses"),
    "an id that is a path": (changed(*TEST, "grade_id", "../../x"), "'../../x' does not match"),
    "a long id": (changed(*TEST, "grade_id", "x" * 129), "give it one of letters and digits, of at most 128"),
    "an id twice": (changed(*TEST, "grade_id", "square"), "cell 3 has the grade_id 'square', which cell 2 has already"),
    "a picture that is none": (
        changed("cells", 0, "attachments", {"x.png": {"image/png": "!!a"}}),
        "cell 1 has the attachment 'x.png', which is no picture",
    ),
    "the head of another program's page": (
        changed("cells", 0, {"cell_type": "raw", "metadata": {}, "source": "---\ntitle: x\n---", "id": "a"}),
        "cell 1 is raw text between lines of ---",
    ),
}


@pytest.mark.parametrize(("data", "words"), ODD.values(), ids=ODD)
def test_a_notebook_that_is_not_right_is_refused_in_words(data, words, tmp_path, new_course):
    path = tmp_path / "ps1" / "ps1.ipynb"
    path.parent.mkdir()
    path.write_bytes(data)
    ((line, well),) = importing.import_course(tmp_path / "ps1")
    assert not well
    assert line.startswith(f"{path}: ")
    assert words in line
    assert list(new_course.iterdir()) == []


#: What is odd about a file, and does not matter -> its bytes.
TAKEN = {
    "a byte order mark": b"\xef\xbb\xbf" + changed("nbformat_minor", 5),
    "UTF-16": changed("nbformat_minor", 5).decode().encode("utf-16"),
    "line ends of Windows": changed("nbformat_minor", 5).replace(b", ", b",\r\n"),
    "no ids": changed("cells", 0, "id", GONE),
    "no outputs": changed("cells", 1, "outputs", GONE),
    "a kernel in words": changed("metadata", "kernelspec", "python3"),
    "no kernel": changed("metadata", "kernelspec", None),
    "tags in words": changed("cells", 1, "metadata", "tags", "x"),
    "a word of nbgrader's alone": changed("cells", 0, "metadata", "nbgrader", "yes"),
    "no `grade` where there is none": changed("cells", 1, "metadata", "nbgrader", "grade", GONE),
    "an empty heading": changed("cells", 0, "source", "#  "),
    "a picture without data, of a long name": changed("cells", 0, "attachments", {"y" * 400 + ".png": {}}),
}


@pytest.mark.parametrize("data", TAKEN.values(), ids=TAKEN)
def test_what_is_odd_and_does_not_matter_comes_in(data, tmp_path, new_course, recwarn):
    path = tmp_path / "课程" / "第一.ipynb"
    path.parent.mkdir()
    path.write_bytes(data)
    ((line, well),) = importing.import_course(path.parent)
    assert well, line
    assert lesson.read_lesson(new_course / "01_unit.py").imported
    told = unit_list.read_toml(unit_list.SOURCE)["01_unit"]
    assert told["title"]
    assert told["words"] == "work through 第一"
    assert not [str(one.message) for one in recwarn if "id" in str(one.message)]


def test_only_plain_files_with_names_that_learners_can_have_are_taken(tmp_path, new_course):
    """A link would bring a file of the author's own machine to learners; a name that Windows lacks, an edition that none can take."""
    source, secret = tmp_path / "source", tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("s3cret")
    (secret / "own.ipynb").write_bytes(changed("nbformat_minor", 5))
    write_source(source, {"ps1": SHAPES["function and test"]})
    folder = source / "ps1"
    (folder / "key.txt").symlink_to(secret / "key.txt")
    (folder / "folder").symlink_to(secret)
    (folder / "own.ipynb").symlink_to(secret / "own.ipynb")
    (source / "ps2").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / "pipe.ipynb")
    for name in ("con.txt", "a\\..\\b", "line\nend", ".hidden"):
        (folder / name).write_text("x")
    lines = list(importing.import_course(source))
    refused = {line.partition(": ")[0] for line, well in lines if not well}
    names = ("key.txt", "folder", "own.ipynb", "pipe", "pipe.ipynb", "con.txt", "a\\..\\b", "line\nend", ".hidden")
    assert refused == {*(str(folder / name) for name in names), str(source / "ps2")}
    assert {path.name for path in new_course.rglob("*") if path.is_file()} == {
        "01_ps1_problem_1.py",
        "numbers.txt",
        "units.toml",
    }


def test_nothing_of_the_authors_is_overwritten_and_no_unit_is_entered_twice(tmp_path, new_course):
    write_source(tmp_path / "source", {"ps1": SHAPES["timed"]})
    ((line, well),) = importing.import_course(tmp_path / "source")
    assert well, line
    (new_course / "01_ps1_problem_1.py").unlink()
    mine = new_course / "01_ps1_problem_1" / "data" / "numbers.txt"
    mine.write_text("mine")
    ((line, well),) = importing.import_course(tmp_path / "source")
    assert not well
    assert (
        f"its files would come into {new_course / '01_ps1_problem_1'}, which is there already; move that away" in line
    )
    assert mine.read_text() == "mine"
    shutil.rmtree(new_course / "01_ps1_problem_1")
    ((line, well),) = importing.import_course(tmp_path / "source")
    assert well, line
    assert list(unit_list.read_toml(unit_list.SOURCE)) == ["01_ps1_problem_1"]


def test_a_disk_that_refuses_leaves_nothing_half_written(tmp_path, new_course, monkeypatch):
    write_source(tmp_path / "source", {"ps1": SHAPES["timed"]})

    def full(found):
        raise OSError(errno.ENOSPC, "No space left on device", str(unit_list.SOURCE))

    monkeypatch.setattr(importing, "_enter", full)
    ((line, well),) = importing.import_course(tmp_path / "source")
    assert not well
    assert line.endswith(f"{unit_list.SOURCE} cannot be written: the disk is full")
    assert list(new_course.iterdir()) == []
