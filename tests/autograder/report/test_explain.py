"""`autograder explain` tells each call that failed, from what is stored; of what was not judged it says so. Nothing runs."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sql
from nbgrader.api import Gradebook
from rich.console import Console

from autograder.demo.command import write_config
from autograder.engine.judge.guarded import Bounds
from autograder.engine.record.answers import answers_path
from autograder.report import evidence as reading
from autograder.report.evidence import read_evidence
from autograder.report.explain import calls_table, explain
from course_utils.describe import describe
from course_utils.packs import write_pack
from course_utils.refused import Refused
from tests.autograder.engine.stubbed import (
    UNIT,
    Stub,
    answer,
    contents,
    grade,
    hand_in,
    make_course,
    notebook,
    small_packs,
)
from tests.doubles import NoProcess

HOSTILE = "\x1b]0;owned\x07[/b]\u202e"


class Says(NoProcess):
    """The notebook's only answer is the one given here, and takes a quarter of a second."""

    def __init__(self, **given):
        self.given = {"answer": "double", **given}

    def run(self, *notebook):
        return replace(super().run(*notebook), seconds={"double": 0.25})

    def answers(self, cells, hidden, files):
        return [self.given]


@pytest.fixture
def course(tmp_path):
    """A class of two, not graded yet: a right answer and the mistake `triple`."""
    return tmp_path, make_course(tmp_path, 2)


def evidence_of(course, student="student01", packs=None, exercise=""):
    return read_evidence(*course, UNIT, student, packs or small_packs(), exercise)


def part_of(course, student="student01", packs=None):
    (part,) = evidence_of(course, student, packs, "double").parts
    return part


def test_each_call_that_failed_is_told(course):
    grade(*course, [Stub()])
    part = part_of(course)
    judged = part.judged
    assert (part.points, part.most, judged.status, judged.passed, judged.total) == (0, 2, "wrong", 0, 2)
    assert (judged.mistake, judged.hint) == ("triple", "Three times.")
    assert [(one.number, one.hidden, one.call, one.yours, one.expected) for one in part.failed] == [
        (1, True, "double(3)", "9.0", "6.0"),
        (2, True, "double(10)", "30.0", "20.0"),
    ]
    assert all(one.why for one in part.failed)
    assert part.untold == ""


def test_of_some_points_the_failed_calls_alone_are_told_and_which_of_them_learners_know(course):
    packs = small_packs(probes=(0, 10))
    packs.decoded["double"]["shown"] = 2
    grade(*course, [Stub()], packs)
    part = part_of(course, packs=packs)
    assert (part.points, part.judged.passed) == (1, 1)
    assert [(one.number, one.hidden) for one in part.failed] == [(2, False)]


def test_a_right_answer_has_nothing_to_tell(course):
    grade(*course, [Stub()])
    part = part_of(course, "student00")
    assert (part.points, part.judged.status, part.failed, part.judged.words) == (2, "right", [], "")


@pytest.mark.parametrize(
    ("given", "status", "yours"),
    [
        ({"stub": True}, "not attempted yet", []),
        ({"not_callable": "int"}, "wrong", []),
        ({"refused": "too large"}, "refused", []),
        ({"observations": "forged"}, "refused", []),
        ({"stub": True, "observations": "forged"}, "not attempted yet", []),
        ({"not_callable": "int", "observations": "forged"}, "wrong", []),
        (
            {"observations": [{"outcome": "timed out", "seconds": 5.0}, {"outcome": "skipped"}]},
            "crashed",
            ["did not come back in time", "not tried"],
        ),
        (
            {"observations": [{"outcome": "raised", "error": {"types": ["KeyError"], "message": HOSTILE}}] * 2},
            "crashed",
            ["raises KeyError"] * 2,
        ),
    ],
)
def test_an_answer_that_is_none_is_told_as_that(course, given, status, yours):
    grade(*course, [Says(**given)])
    part = part_of(course)
    assert (part.judged.status, [one.yours for one in part.failed]) == (status, yours)
    assert part.judged.words
    assert part.seconds == 0.25


def test_time_penalty_and_remarks_are_told(course):
    root, db_url = course
    (root / "submitted" / "student01" / UNIT / "timestamp.txt").write_text("2030-02-02 11:00:00 UTC\n")
    (root / "submitted" / "student01" / UNIT / "link").symlink_to("/etc/passwd")
    grade(root, db_url, [Stub()])
    found = evidence_of(course)
    assert (found.handed_in, found.late_seconds) == ("2030-02-02 11:00:00", 47 * 3600)
    assert "links are not followed" in found.remarks[0]
    assert found.state == ""


def test_what_was_not_judged_says_so(course):
    root, db_url = course
    hand_in(root, "broken", b"no notebook")
    hand_in(root, "later", notebook(answer(2)))
    with Gradebook(db_url) as gradebook:
        gradebook.add_student("absent")
    assert "not graded yet; run: autograder grade 01 --again --student" in evidence_of(course, "later").state
    grade(root, db_url, [Stub()])
    assert "could not be graded" in evidence_of(course, "broken").state
    assert "not a notebook" in evidence_of(course, "broken").remarks[0]
    assert evidence_of(course, "absent").state == "Nothing was handed in."
    explained = next(part for part in evidence_of(course).parts if part.name == "explain")
    assert (explained.otherwise, explained.points, explained.most) == ("waits for a person", None, 3)


def test_points_that_a_person_gave_are_told_beside_the_judges(course):
    root, db_url = course
    grade(root, db_url, [Stub()])
    with Gradebook(db_url) as gradebook:
        for name, points in (("test_double", 1.5), ("explain", 3)):
            gradebook.find_grade(name, UNIT, UNIT, "student01").manual_score = points
        gradebook.db.commit()
    found = evidence_of(course)
    told = {part.name: (part.otherwise, part.points) for part in found.parts}
    assert told == {"double": ("given by a person", 1.5), "explain": ("given by a person", 3)}
    assert (found.parts[0].judged.points, found.parts[1].judged) == (0, None)
    assert found.points == 4.5
    assert len(found.parts[0].failed) == 2


def test_what_nbgrader_alone_has_graded_keeps_no_answers(course):
    root, db_url = course
    grade(root, db_url, [Stub()])
    with Gradebook(db_url) as gradebook:
        gradebook.db.execute(sql.text("drop table autograder_journal"))
        gradebook.db.commit()
    found = evidence_of(course)
    assert "`nbgrader autograde` graded it" in found.state
    assert (found.parts[0].points, found.parts[0].otherwise) == (0, "not judged here")


def test_what_changed_since_is_told_in_place_of_calls_that_never_were(course):
    grade(*course, [Stub()])
    assert "its probes have changed" in part_of(course, packs=small_packs(probes=(1, 2))).untold
    more = part_of(course, packs=small_packs(points=4, rtol=1.0))
    assert "by now it would give 4 points; run: autograder judge 01_small" in more.untold
    assert (more.points, more.judged.points, more.failed) == (0, 0, [])
    none = small_packs()
    none.raw.clear()
    assert "no hidden pack" in part_of(course, packs=none).untold


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\x1f\x8b\x08junk")])
def test_without_stored_answers_the_points_are_told_still(course, damage):
    grade(*course, [Stub()])
    damage(answers_path(course[0], UNIT, "student01"))
    found = evidence_of(course)
    assert "not stored any more; run: autograder grade 01" in found.state
    assert (found.parts[0].points, found.parts[0].judged.mistake) == (0, "triple")


def test_an_answer_that_takes_too_long_to_look_at_is_left_out(course, monkeypatch):
    grade(*course, [Stub()])

    def endless(*_):
        while True:
            pass

    monkeypatch.setattr(reading, "find_failures", endless)
    monkeypatch.setattr(reading, "BOUNDS", Bounds(step=1))
    assert "took more than 1 s" in part_of(course).untold


def test_whom_and_what_there_is_not_is_refused_with_names_like_it(course):
    grade(*course, [Stub()])
    with pytest.raises(Refused, match=r"no learner 'student1'.*did you mean student01 or student00\?"):
        evidence_of(course, "student1")
    with pytest.raises(Refused, match=r"no learner '\.\./student01'"):
        evidence_of(course, "../student01")
    with pytest.raises(
        Refused, match=r"no exercise 'duoble' in 01_small; did you mean double\?; it has double, explain"
    ):
        evidence_of(course, exercise="duoble")
    with pytest.raises(Refused, match="02_other is not in the gradebook"):
        read_evidence(*course, "02_other", "student01", small_packs())


@pytest.fixture
def command(course, monkeypatch):
    """The command in a course whose hidden packs lie in a folder."""
    root, db_url = course
    write_config(root)
    monkeypatch.setattr("autograder.exercises.all_units", lambda: [UNIT])
    packs = write_pack({**small_packs().decoded["double"], "unit": UNIT}, root / "packs").parents[1]
    from autograder.engine.coordinator import Packs

    def run(given, *words, **options):
        grade(root, db_url, [given], Packs.load(packs / UNIT), again=True)
        before = contents(root, db_url)
        explain("01", *words, root=root, packs=packs, **options)
        assert contents(root, db_url) == before

    return run


def test_the_command_prints_it_and_changes_nothing(command, capsys):
    command(Stub(), "student01")
    said = capsys.readouterr().out
    for words in (
        "01_small, student01: 0 of 5 points",
        "handed in 2030-01-31 11:00:00 UTC",
        "double(10)",
        "30.0",
        "Three",
    ):
        assert words in said
    command(Stub(), "student00", "double")
    said = capsys.readouterr().out
    assert "2 of 2 points" in said
    assert "explain" not in said


def test_as_json_it_is_one_object(command, capsys):
    command(Stub(), "student01", as_json=True)
    facts = json.loads(capsys.readouterr().out)
    assert (facts["points"], facts["most"]) == (0, 5)
    assert facts["parts"][0]["failed"][0]["call"] == "double(3)"


def test_nothing_that_a_learner_chose_is_obeyed(command, capsys):
    seen = {"outcome": "returned", "value": describe(HOSTILE), "printed": HOSTILE, "warnings": [HOSTILE]}
    raised = {"outcome": "raised", "error": {"types": [HOSTILE], "message": HOSTILE, "code": HOSTILE}}
    command(Says(observations=[seen, raised]), "student01")
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "[/b]" in said
    command(Says(observations=[seen, raised]), "student01", as_json=True)
    assert "\u202e" not in capsys.readouterr().out


def test_a_table_of_calls_fits_a_terminal(course):
    grade(*course, [Stub()])
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(calls_table(part_of(course)))
    assert max(map(len, console.export_text().splitlines())) <= 80
