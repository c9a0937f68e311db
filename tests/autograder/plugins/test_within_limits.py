"""`nbgrader autograde` reads, judges and cleans within limits: what breaks them has a reason, and the class goes on."""

import json

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import LimitOutput
from traitlets.config import PyFileConfigLoader

from autograder.course import ROOT
from autograder.engine.judge import judging
from autograder.engine.judge.guarded import BLOCK, Bounds
from autograder.engine.run.runner import unpack_job
from autograder.engine.submitted.repair import Lesson
from autograder.engine.submitted.sliced import Slicer
from autograder.judged import REMARKS
from autograder.plugins import as_released, within_limits
from autograder.plugins.execute_warm import ExecuteWarm
from tests.autograder.engine import stubbed
from tests.autograder.engine.stubbed import UNIT, Stub
from tests.autograder.engine.test_guarded import fill, only_for, spin

pytestmark = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")  # nbgrader's own

LOUD = [{"output_type": "stream", "name": "stdout", "text": "# of student01"}]


class Runner(Stub):
    """Has what a warm parent has; what the cells showed names who made them."""

    def run_unread(self, job, hidden, limits):
        cells, files = unpack_job(job)
        result = self.run(cells, hidden, limits, files)
        if "# of student01" in " ".join(cells):
            result.outputs[0] = LOUD
        return result


class HardFrames:
    """What leaves a sandbox, and takes for ever to parse."""

    def parsed(self):
        return spin()


class Course:
    """A class of four, of whom two are right, in a course with this one's configuration."""

    def __init__(self, root):
        self.root, self.db_url = root, stubbed.make_course(root, 4)
        for number in range(4):
            self.hand_in(f"student{number:02d}", 2 + number % 3)
        self.config = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
        self.config.CourseDirectory.update(root=str(root), db_url=self.db_url)
        self.config.ClearSolutions.clear()

    def hand_in(self, student, times):
        stubbed.hand_in(self.root, student, stubbed.notebook(f"{stubbed.answer(times)}\n# of {student}"))

    def autograde(self):
        """What nbgrader said."""
        course = CourseDirectory(config=self.config)
        return NbGraderAPI(course, config=self.config).autograde(UNIT, "*", force=True, create=True)

    def points(self):
        with Gradebook(self.db_url) as gradebook:
            found = {one.student_id: one.notebooks[0] for one in gradebook.assignment_submissions(UNIT)}
            return {
                student: next(grade.auto_score for grade in notebook.grades if grade.name == "test_double")
                for student, notebook in found.items()
            }

    def graded(self, student):
        return nbformat.read(self.root / "autograded" / student / UNIT / f"{UNIT}.ipynb", as_version=4)

    def remarks(self, student):
        return " ".join(self.graded(student).metadata.get(REMARKS, []))


@pytest.fixture
def course(tmp_path, monkeypatch):
    runner = Runner()
    monkeypatch.setitem(ExecuteWarm._ready, UNIT, (runner, stubbed.small_packs(), Lesson(), Slicer()))
    monkeypatch.setattr(within_limits, "BOUNDS", Bounds(step=1.0, whole=3.0, memory=200 * BLOCK))
    made = Course(tmp_path)
    made.runner = runner
    return made


RIGHT = {"student00": 2, "student01": 0, "student02": 0, "student03": 2}


def test_a_class_within_the_limits_is_graded_as_ever(course):
    said = course.autograde()
    assert said["success"], said["error"]
    assert course.points() == RIGHT
    assert "Overwriting files with master versions" in said["log"]
    assert course.graded("student01").cells[0].outputs[0].text == "# of student01"


@pytest.mark.parametrize(("hostile", "words"), [(spin, "took more than 1 s"), (fill, "needed more than 200 MB")])
def test_what_cannot_be_read_in_time_has_a_reason_and_the_class_goes_on(course, monkeypatch, hostile, words):
    monkeypatch.setattr(as_released, "put_back", only_for("student01", hostile, as_released.put_back))
    said = course.autograde()
    assert not said["success"]
    assert f"Unreadable: it could not be graded: reading it {words}" in said["log"]
    assert f"error processing assignment '{UNIT}' for student 'student01'" in said["log"]
    assert course.points() == {**RIGHT, "student01": None}
    assert not (course.root / "autograded" / "student01" / UNIT).exists()


def test_a_notebook_of_too_many_cells_is_not_gone_through(course):
    cells = ",".join(['{"cell_type":"raw","metadata":{},"source":""}'] * 400_000)
    stubbed.hand_in(course.root, "student02", f'{{"cells":[{cells}],"metadata":{{}},"nbformat":4}}'.encode())
    said = course.autograde()
    assert "it could not be graded: reading it" in said["log"]
    assert course.points() == {**RIGHT, "student02": None}


def test_an_answer_that_cannot_be_judged_in_time_costs_itself_alone(course, monkeypatch):
    honest = judging.judge
    hostile = 9.0  # what student01 gives for the first probe
    monkeypatch.setattr(
        judging,
        "judge",
        lambda pack, seen, *more: spin() if seen[0]["value"]["value"] == hostile else honest(pack, seen, *more),
    )
    assert course.autograde()["success"]
    assert course.points() == RIGHT
    assert "double: its answer could not be judged: that took more than 1 s of the processor" in course.remarks(
        "student01"
    )
    assert course.runner.ran == 4  # nothing ran twice


@pytest.mark.parametrize(
    ("where", "name", "words"),
    [
        (judging, "clean_output", "what its code cell 1 showed was left out: cleaning it took more than 1 s"),
        (LimitOutput, "preprocess_cell", "what its cells showed was left out: writing it took more than 1 s"),
    ],
)
def test_what_cells_showed_is_left_out_where_it_cannot_be_cleaned_or_written(course, monkeypatch, where, name, words):
    honest = getattr(where, name)

    def chosen(*arguments, **options):
        return spin() if "'# of student01'" in repr(arguments) else honest(*arguments, **options)

    monkeypatch.setattr(where, name, chosen)
    assert course.autograde()["success"]
    assert course.points() == RIGHT
    assert words in course.remarks("student01")
    assert course.graded("student01").cells[0].outputs == []


def test_frames_that_are_hard_to_parse_are_parsed_within_the_limits(course, monkeypatch):
    """As they left the sandbox: the process that nbgrader runs in never looks at them."""
    honest = course.runner.run_unread
    monkeypatch.setattr(
        course.runner,
        "run_unread",
        lambda job, *more: HardFrames() if b"# of student01" in bytes(job) else honest(job, *more),
    )
    assert "reading it took more than 1 s" in course.autograde()["log"]
    assert course.points() == {**RIGHT, "student01": None}


def test_what_comes_out_is_no_larger_than_can_be_read_again(course, monkeypatch):
    monkeypatch.setattr(within_limits, "MAX_CONVERTED", 20_000)
    stubbed.hand_in(course.root, "student02", stubbed.notebook(stubbed.answer(4) + "\n# x" * 5_000))
    said = course.autograde()
    assert "the most accepted is" in said["log"]
    assert course.points() == {**RIGHT, "student02": None}


def test_an_error_that_nbgrader_knows_is_raised_where_it_can_deal_with_it(course, monkeypatch):
    """It ends the whole run at a gradebook that is out of date, and says what to do."""

    def outdated(*_):
        from sqlalchemy.exc import OperationalError

        raise OperationalError("select", {}, Exception("no such column"))

    monkeypatch.setattr(as_released.Release, "load", outdated)
    said = course.autograde()
    assert "nbgrader db upgrade" in said["log"]
    assert said["log"].count("Sanitizing") == 1


def test_an_error_that_cannot_be_sent_is_told_in_words():
    class Odd(Exception):
        def __init__(self, one, two):
            super().__init__(f"{one} and {two}")

    assert str(within_limits._as_it_travels(Odd(1, 2))) == "Odd: 1 and 2"
    assert isinstance(within_limits._as_it_travels(KeyError("a")), KeyError)


def test_what_is_logged_moves_no_cursor(course, monkeypatch):
    def loud(self, nb, resources):
        self.log.warning("\x1b[2J%s", "x" * 10_000)
        return nb, resources

    monkeypatch.setattr(as_released.AsReleased, "preprocess", loud)
    log = course.autograde()["log"]
    assert "\x1b[2J" not in log
    assert r"\x1b[2Jxxx" in log
    assert max(map(len, log.splitlines())) < 3_000


def test_the_courses_configuration_has_it():
    config = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
    assert config.Autograde.exporter_class == "autograder.plugins.within_limits.GuardedExporter"
    assert json.dumps(config.Autograde.autograde_preprocessors).count("Execute") == 1
