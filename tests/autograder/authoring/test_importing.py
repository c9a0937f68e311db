"""An nbgrader course comes in: every shape of its notebooks becomes a lesson that says the same, and earns what nbgrader gives."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring import importing, lesson, unit_list
from autograder.course import KIT
from autograder.init.begin import begin
from course_utils.refused import Refused

SLOW = bool(os.environ.get("COURSE_TEST_SLOW"))
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
SQUARE = "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
TEST = "assert square(3) == 9\n### BEGIN HIDDEN TESTS\nassert square(-2) == 4\n### END HIDDEN TESTS"


def graded(cell, id, points=None, *, grade=True, solution=False, task=False, version=3):
    """A cell with nbgrader's metadata, as its versions of the schema have them."""
    facts = {
        "grade": grade,
        "solution": solution,
        "locked": (grade or task) and not solution,
        "schema_version": version,
    }
    facts |= {"grade_id": id} if id else {}
    facts |= {"points": points} if points is not None else {}
    facts |= {"task": task} if version >= 3 else {}
    cell.metadata["nbgrader"] = facts
    return cell


def answer(source=SQUARE, id="square", **facts):
    return graded(new_code_cell(source), id, grade=False, solution=True, **facts)


#: Shape -> the cells of a source notebook, as public courses have them.
SHAPES = {
    "function and test": [new_markdown_cell("# Squares"), answer(), graded(new_code_cell(TEST), "test_square", 2)],
    "two tests of one answer": [
        answer(),
        graded(new_code_cell("assert square(2) == 4"), "small", 0.5),
        graded(new_code_cell("for n in range(9):\n    assert square(n) == n**2"), "many", 1.5),
    ],
    "manual text, manual code, task": [
        graded(new_markdown_cell("Because $x^2 \\geq 0$."), "why", 1, solution=True),
        graded(new_code_cell("print([n * n for n in range(4)])"), "plot", 2, solution=True),
        graded(new_markdown_cell("Submit a drawing."), "draw", 4, grade=False, task=True),
    ],
    "files beside it": [
        new_code_cell(
            "from pathlib import Path\nnumbers = [int(n) for n in Path('data/numbers.txt').read_text().split()]"
        ),
        answer("def total(ns):\n    ### BEGIN SOLUTION\n    return sum(ns)\n    ### END SOLUTION", "total"),
        graded(new_code_cell("assert total(numbers) == 6"), "test_total", 3),
    ],
    "the first schema": [
        graded(new_markdown_cell("Nothing is graded here."), "", grade=False, version=1),
        answer(version=1),
        graded(new_code_cell(TEST), "test_square", 1, version=1),
    ],
    "magics and odd text": [
        new_code_cell("%matplotlib inline\nimport math"),
        new_markdown_cell("A list\n\n- # not a heading\n- `# %`\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        answer(),
        graded(new_code_cell(TEST + "\n"), "test_square", 1),
    ],
    "timed": [  # a lesson's text has this magic in a comment, where it looks like the beginning of a cell
        answer(),
        graded(new_code_cell("%%time\n" + TEST), "test_square", 1),
    ],
    "hidden as a whole, or for no points": [
        answer(SQUARE.replace("### ", "###")),  # as people type it; nbgrader takes both
        graded(new_code_cell(TEST.partition("\n")[2]), "test_hidden", 1),
        graded(new_code_cell("assert square(0) == 0"), "test_nothing", 0),
        new_code_cell(""),
    ],
    "not to be run here": [
        answer(),
        graded(new_code_cell("from a_package_that_is_gone import equal\nequal(square(2), 4)"), "test_gone", 1),
        graded(new_code_cell("assert square(2) == 4"), "test_square", 1),
    ],
}


def write_source(folder, shapes=SHAPES):
    """nbgrader's source/ with an assignment for each shape; the first has a second notebook."""
    for shape, cells in shapes.items():
        place = folder / shape
        (place / "data").mkdir(parents=True)
        (place / "data" / "numbers.txt").write_text("1 2 3")
        nbformat.write(new_notebook(cells=cells, metadata=PYTHON), place / "Problem 1.ipynb")
        if shape == "function and test":
            nbformat.write(new_notebook(cells=cells, metadata=PYTHON), place / "Problem 2.ipynb")
    return folder


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


def test_a_source_that_does_not_run_is_built_and_the_build_says_where(tmp_path):
    source = write_source(tmp_path / "source", {"ps1": SHAPES["not to be run here"]})
    begin(tmp_path / "new", empty=True)
    called(tmp_path / "new", "-m", "autograder", "import", str(source))
    said = called(tmp_path / "new", "-m", "autograder", "build", "--no-trace")
    (line,) = [line for line in said.splitlines() if "the cell raises" in line]
    assert line.startswith("lessons/01_ps1_problem_1.py:9: the cell raises ModuleNotFoundError")
    assert "who answers as this lesson does loses the points" in line
    shown = called(tmp_path / "new", "-c", "from course_utils import progress; progress.show()")
    assert "01 Problem 1: 2 cells graded when handed in" in shown, "the start page has no check to count"


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


# ----- the same grades as nbgrader's own

WRONG = "def square(x):\n    return 2 * abs(x)"  # right of 2 alone
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'old'\n"
#: What is called in each course, one process each, since every command of nbgrader's takes seconds to start.
API = """
import json, sys
from pathlib import Path
from nbgrader.apps.api import NbGraderAPI
from traitlets.config.loader import PyFileConfigLoader

api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py", path=".").load_config())

def do(action, *words):
    result = action(*words)
    assert result["success"], result["log"]

def scores():
    found = {}
    for assignment in api.gradebook.assignments:
        for one in api.gradebook.assignment_submissions(assignment.name):
            for notebook in one.notebooks:
                for grade in notebook.grades:
                    where = [one.student.id, assignment.name, notebook.name, grade.name]
                    found["|".join(where)] = [grade.auto_score, grade.max_score, grade.needs_manual_grade]
    return json.dumps(found)
"""
IN_THE_OLD = """
for assignment in sys.argv[1:]:
    do(api.generate_assignment, assignment)
    for place in sorted(Path("submitted").glob(f"*/{assignment}")):
        do(api.autograde, assignment, place.parent.name)
print(scores())
"""
BRING_IN = """
import sys
from pathlib import Path
from autograder.authoring.build import build
from autograder.authoring.importing import import_course
from autograder.authoring.lesson import lesson_units

for source in sys.argv[1:]:
    print(*import_course(Path(source)))
for unit in lesson_units():
    build(unit)
"""
IN_THE_NEW = """
from autograder.engine.command import grade_unit

for unit in sys.argv[1:]:
    do(api.generate_assignment, unit)
    assert grade_unit(unit) == 0
print(scores())
"""


def called(folder, *words):
    """What a Python command says in a folder, with none of this course's settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    environment["PYTHONPATH"] = str(KIT)
    done = subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def compare(folder, source, submitted, update=False):
    """Every grade of nbgrader's own on an old course, and of the engine on what was imported: they are the same. Returns them."""
    old, new = folder / "old", folder / "new"
    old.mkdir()
    shutil.copytree(source, old / "source")
    shutil.copytree(submitted, old / "submitted")
    (old / "nbgrader_config.py").write_text(STOCK)
    assignments = sorted({path.parent.name for path in submitted.glob("*/*/*.ipynb")})
    if update:  # nbgrader itself reads no old schema
        called(old, "-m", "nbgrader", "update", "source")
    found = json.loads(called(old, "-c", API + IN_THE_OLD, *assignments).splitlines()[-1])
    begin(new, empty=True)
    called(new, "-c", BRING_IN, *(str(source / assignment) for assignment in assignments))
    units = sorted(path.stem for path in (new / "lessons").glob("*.py"))
    theirs = {}
    for where, score in found.items():
        student, assignment, notebook, grade = where.split("|")
        word = importing._name(f"{assignment} {notebook}")
        (unit,) = [unit for unit in units if unit[3:] in (word, importing._name(assignment))]
        theirs[f"{student}|{unit}|{unit}|{grade}"] = score
        if not (place := new / "submitted" / student / unit).exists():
            shutil.copytree(submitted / student / assignment, place, ignore=shutil.ignore_patterns("*.ipynb"))
            shutil.copy(submitted / student / assignment / f"{notebook}.ipynb", place / f"{unit}.ipynb")
    assert json.loads(called(new, "-c", API + IN_THE_NEW, *units).splitlines()[-1]) == theirs
    return theirs


def hand_in(source, submitted, student, change):
    """A submission of every assignment: the source without hidden tests, and `change` made in its answers."""
    for path in source.glob("*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.source = cell.source.partition("### BEGIN HIDDEN")[0]
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = change(cell.source)
            if cell.metadata.get("nbgrader"):
                cell.metadata.nbgrader |= {"schema_version": 3, "task": cell.metadata.nbgrader.get("task", False)}
        place = submitted / student / path.parent.name
        shutil.copytree(path.parent, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.ipynb"))
        nbformat.write(notebook, place / path.name)


LEARNERS = {
    "right": lambda source: source,
    "wrong": lambda source: WRONG if "def square" in source else source,
    "raises": lambda source: "raise NotImplementedError()" if "def" in source else source,
}


def test_an_imported_notebook_earns_what_nbgrader_gives(tmp_path):
    source = write_source(tmp_path / "source", {"ps1": SHAPES["two tests of one answer"]})
    for student in ("right", "wrong"):
        hand_in(source, tmp_path / "submitted", student, LEARNERS[student])
    found = compare(tmp_path, source, tmp_path / "submitted")
    assert {where.split("|", 1)[0]: score for where, (score, _, _) in found.items() if where.endswith("many")} == {
        "right": 1.5,
        "wrong": 0,
    }


@pytest.mark.skipif(not SLOW, reason="a minute and more; COURSE_TEST_SLOW=1 runs it")
def test_every_shape_earns_what_nbgrader_gives(tmp_path):
    source = write_source(tmp_path / "source")
    for student, change in LEARNERS.items():
        hand_in(source, tmp_path / "submitted", student, change)
    found = compare(tmp_path, source, tmp_path / "submitted", update=True)
    assert {score for score, _, _ in found.values()} >= {None, 0, 0.5, 1, 2, 3}
    units = sorted({where.split("|")[1] for where in found})
    pages = [called(tmp_path / "new", "-m", "autograder", "report", unit) for unit in units]
    assert all(".html" in page for page in pages)


@pytest.mark.skipif(not SLOW, reason="a minute and more; COURSE_TEST_SLOW=1 runs it")
def test_nbgraders_own_example_course_earns_what_nbgrader_gives(tmp_path):
    import nbgrader

    guide = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
    assert len(compare(tmp_path, guide / "source", guide / "submitted")) == 18
