"""`nbgrader generate_assignment` looks before it deletes: where no new release can be made, the old one stays."""

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course import ROOT
from autograder.demo import command as demo

UNIT = "01_small"
CONFIG = """\
c = get_config()
load_subconfig("nbgrader_config.py", path={root!r})
c.CourseDirectory.root = {folder!r}
c.CourseDirectory.release_directory = "release"
c.CourseDirectory.db_url = "sqlite:///{folder}/gradebook.db"
"""


def grading(id, **facts):
    known = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3, "grade_id": id}
    return {"nbgrader": {**known, **facts}}


def write_solution(course, id="double", stem="    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"):
    """A unit of one exercise."""
    new = nbformat.v4.new_code_cell
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        new(f"def {id}(x):\n{stem}", id="a", metadata=grading(id, solution=True)),
        new(f"assert {id}(1) == 2", id="b", metadata=grading(f"test_{id}", grade=True, locked=True, points=1)),
    ]
    path = course / "solutions" / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture
def course(tmp_path):
    """A released unit with a graded submission."""
    (tmp_path / "nbgrader_config.py").write_text(CONFIG.format(root=str(ROOT), folder=str(tmp_path)))
    write_solution(tmp_path)
    assert release(tmp_path)["success"]
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_student("ann")
        gradebook.add_submission(UNIT, "ann")
    return tmp_path


def release(course):
    return demo.open_api(course).generate_assignment(UNIT, force=True)


def files(course):
    return {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}


def test_a_renamed_exercise_of_a_graded_unit_is_refused_with_the_remedy_and_the_release_stays(course):
    write_solution(course, id="twice")
    before = files(course)
    made = release(course)
    assert not made["success"]
    for words in ("double, test_double went; test_twice, twice came", "Nothing was changed", "old names"):
        assert words in made["log"]
    assert "Traceback" not in made["log"]
    after = files(course)
    del before[course / "gradebook.db"], after[course / "gradebook.db"]
    assert after == before


def test_the_remedy_that_it_names_works(course):
    write_solution(course, id="twice")
    assert f"nbgrader db assignment remove {UNIT} --force" in release(course)["log"]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.remove_assignment(UNIT)  # what that command does
    assert release(course)["success"]
    assert "def twice" in (course / "release" / UNIT / f"{UNIT}.ipynb").read_text()


def test_a_changed_unit_that_nobody_handed_in_is_released(tmp_path, course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.remove_submission(UNIT, "ann")
    write_solution(course, id="twice")
    assert release(course)["success"]


def test_a_graded_unit_with_other_points_and_texts_is_released(course):
    path = course / "solutions" / UNIT / f"{UNIT}.ipynb"
    path.write_text(path.read_text().replace('"points": 1', '"points": 3'))
    assert release(course)["success"]


BAD = ("    ### BEGIN SOLUTION\n    return 2 * x", "    ### BEGIN SOLUTION\n    ### BEGIN SOLUTION\n    return 2")


@pytest.mark.parametrize("stem", BAD)
def test_a_solution_that_nbgrader_cannot_convert_leaves_the_old_release(course, stem):
    write_solution(course, stem=stem)
    before = files(course)
    made = release(course)
    assert not made["success"]
    assert "cannot be released" in made["log"]
    assert {path: data for path, data in files(course).items() if path.suffix != ".db"} == {
        path: data for path, data in before.items() if path.suffix != ".db"
    }


def test_what_someone_wrote_in_the_old_release_is_kept(course):
    notebook = course / "release" / UNIT / f"{UNIT}.ipynb"
    for mark in ("mine, 1", "mine, 2"):
        notebook.write_text(notebook.read_text().replace("def double", f"# {mark}\\ndef double"))
        (notebook.parent / "notes.txt").write_text(mark)
        assert release(course)["success"]
        assert mark not in notebook.read_text()
    kept = [path.read_text() for path in sorted((course / "kept").rglob("*")) if path.is_file()]
    for mark in ("mine, 1", "mine, 2"):
        assert sum(mark in text for text in kept) == 2
