"""What was imported earns what nbgrader gives: the same submissions, graded by nbgrader in the old course and by the engine in the new."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import importing
from autograder.course import KIT
from autograder.init.begin import begin
from tests.autograder.authoring.source_notebooks import SHAPES, write_source

SLOW = bool(os.environ.get("COURSE_TEST_SLOW"))
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
