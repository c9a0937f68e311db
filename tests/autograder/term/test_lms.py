"""Adding an LMS is adding a file: collecting, rosters and export know it at once. A toy LMS shows it."""

import itertools
import subprocess
import sys

import pytest

from autograder.common.names import MAX_ID
from autograder.course import ROOT
from autograder.term import lms
from autograder.term.collect import collect
from autograder.term.export.command import export_grades
from autograder.term.roster import Person, read_roster
from tests.autograder.term.small_term import all_right, csv_of, make_course, notebook, open_gradebook, zip_of

UNIT = "02_convolution_and_pooling"
SLATE = '''
"""Slate, which nobody uses: names such as 17=Ada Lovelace=02.ipynb."""

from autograder.term.export.exporter import Exporter
from autograder.term.lms import Lms, Told


class Slate(Lms):
    name = "Slate"
    number = "lms"
    headings = {"chalk": "lms", "pupil": "name"}
    next_step = "next, in Slate: wipe it first"

    def read_part(self, part, rest):
        number, first, behind = part.partition("=")
        name, second, file = behind.partition("=")
        return Told(name, number, "/".join([file, *rest])) if first and second and file else None

    def is_nobody(self, told):
        return told.get("name") == "Nobody"

    def exporter(self):
        return SlateExporter


class SlateExporter(Exporter):
    default_to = "slate.csv"

    def rows(self):
        yield ["chalk", *self.units]
        for person in self.table.people:
            learner = self.match(self.table)[id(person)]
            yield [person.lms, *(str(learner.grades[unit].final) for unit in self.units)]


LMS = Slate()
'''


@pytest.fixture
def slate(tmp_path, monkeypatch):
    """The package's folder with one file more; returns the folder of that file."""
    folder = tmp_path / "one file more"
    folder.mkdir()
    (folder / "slate.py").write_text(SLATE)
    monkeypatch.setattr(lms, "__path__", [*lms.__path__, str(folder)])
    yield folder
    sys.modules.pop("autograder.term.lms.slate", None)


@pytest.fixture
def class_list(tmp_path):
    """A roster as that LMS writes it."""
    return csv_of(
        tmp_path / "class.csv", [["Chalk", "Pupil"], ["17", "Ada Lovelace"], ["18", "Zoe M"], ["0", "Nobody"]]
    )


def test_a_roster_of_it_is_read(slate, class_list):
    people = read_roster(class_list).people
    assert [(one.lms, one.name) for one in people] == [("17", "Ada Lovelace"), ("18", "Zoe M")]


def test_a_download_of_it_is_collected(slate, class_list, tmp_path, monkeypatch):
    monkeypatch.chdir(make_course(tmp_path / "course", [UNIT]))
    download = zip_of(
        tmp_path / "d.zip", {f"17=Ada Lovelace={UNIT}.ipynb": notebook(UNIT, all_right(UNIT)), "x.txt": ""}
    )
    report = collect(UNIT, download, "slate", class_list)
    assert [(row.student, row.what) for row in report.rows if row.student] == [("17", "collected")]
    assert (tmp_path / "course" / "submitted" / "17" / UNIT / f"{UNIT}.ipynb").is_file()
    assert report.nothing == ["Zoe M"]
    assert [row.why for row in report.rows if row.file == "x.txt"] == [
        "it is not clear whose it is: Slate names none so"
    ]


def test_grades_are_written_for_it(slate, class_list, tmp_path, monkeypatch):
    folder = make_course(tmp_path / "course", [UNIT])
    monkeypatch.chdir(folder)
    with open_gradebook(folder) as gradebook:
        for student, score in (("17", 3.0), ("18", 1.0)):
            gradebook.add_student(student, lms_user_id=student)
            submission = gradebook.add_submission(UNIT, student)
            scores = itertools.chain([score], itertools.repeat(0.0))
            for grade in (grade for one in submission.notebooks for grade in one.grades):
                grade.auto_score = next(scores)
        gradebook.db.commit()
    said = list(export_grades("slate", {"roster": str(class_list)}))
    assert said[-1] == "next, in Slate: wipe it first"
    assert (folder / "slate.csv").read_text().split() == [f"chalk,{UNIT}", "17,3.0", "18,1.0"]


@pytest.mark.parametrize(("command", "option"), [("collect", "--from"), ("export", "--for")])
def test_the_command_line_offers_it(slate, command, option):
    code = (
        f"from autograder.term import lms; lms.__path__.append({str(slate)!r}); from autograder.cli import cli; cli()"
    )
    done = subprocess.run([sys.executable, "-c", code, command, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert "slate" in done.stdout.partition(option)[2].partition("]")[0], done.stdout + done.stderr


def test_no_two_of_them_read_a_heading_differently():
    """A table is read without asking whose it is."""
    facts = set(Person.__dataclass_fields__)
    seen = {}
    for one in lms.every():
        for heading, fact in one.headings.items():
            assert heading == heading.casefold()
            assert fact in facts
            assert seen.setdefault(heading, fact) == fact, f"{one.name} reads {heading} in another way"
    assert {one.name.lower() for one in lms.every()} == set(lms.names())
    assert not {name.lower() for name in lms.UNREAD} & set(lms.names())


def test_what_no_lms_calls_so_is_nobodys():
    for name in lms.names():
        assert lms.read_name(name, ("x.pdf",), UNIT) is None
        assert lms.read_name(name, ("a" * MAX_ID * 10,), UNIT) is None
