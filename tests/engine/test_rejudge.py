"""Judging again: changed exercises reach the gradebook and nobody's code runs."""

import json

import pytest
from nbgrader.api import Gradebook

from autograder.engine.judge.rejudge import rejudge
from autograder.engine.record.ledger import Ledger
from tests.engine import stubbed as small
from tests.engine.stubbed import UNIT, Stub
from tests.engine.test_ledger import scores


@pytest.fixture
def graded(tmp_path):
    db_url = small.make_course(tmp_path, 3)
    small.grade(tmp_path, db_url)
    return tmp_path, db_url


def judge(root, db_url, packs):
    with Ledger(root, db_url) as ledger:
        return rejudge(ledger, UNIT, packs)


def test_tolerance(graded):
    root, db_url = graded
    report = judge(root, db_url, small.small_packs(rtol=0.6))
    assert report.changed["student01"] == (0, 2)  # and student02 now comes near the mistake: other words, no points
    assert scores(db_url) == {"student00": 2, "student01": 2, "student02": 0}


def test_mistake_reaches_the_graded_notebook(graded):
    root, db_url = graded
    judge(root, db_url, small.small_packs(hint="That is three times as much."))
    text = (root / "autograded" / "student01" / UNIT / f"{UNIT}.ipynb").read_text()
    assert "That is three times as much." in text
    assert (root / "autograded" / "student01" / UNIT / "notes.txt").exists()


def test_points(graded):
    root, db_url = graded
    judge(root, db_url, small.small_packs(points=4))
    assert scores(db_url)["student00"] == 4
    with Gradebook(db_url) as gradebook:
        assert gradebook.find_grade("test_double", UNIT, UNIT, "student00").max_score == 4
    notebook = json.loads((root / "autograded" / "student00" / UNIT / f"{UNIT}.ipynb").read_text())
    entries = [cell["metadata"].get("nbgrader", {}) for cell in notebook["cells"]]
    assert [entry["points"] for entry in entries if entry.get("grade_id") == "test_double"] == [4]


def test_manual_grades_stay(graded):
    root, db_url = graded
    with Gradebook(db_url) as gradebook:
        gradebook.find_grade("explain", UNIT, UNIT, "student01").manual_score = 1.5
        gradebook.db.commit()
    judge(root, db_url, small.small_packs(rtol=0.6))
    assert scores(db_url)["student01"] == 3.5


def test_changed_probes_must_run_again(graded):
    root, db_url = graded
    report = judge(root, db_url, small.small_packs(probes=(3, 11)))
    assert report.outdated == dict.fromkeys(("student00", "student01", "student02"), "the probes of double changed")
    stub = Stub()
    small.grade(root, db_url, [stub], small.small_packs(probes=(3, 11)))
    assert stub.ran == 3


def test_what_was_judged_again_is_not_run_again(graded):
    root, db_url = graded
    packs = small.small_packs(rtol=0.6)
    judge(root, db_url, packs)
    stub = Stub()
    assert len(small.grade(root, db_url, [stub], packs).already) == 3
    assert stub.ran == 0


def test_judging_twice_changes_nothing_more(graded):
    root, db_url = graded
    judge(root, db_url, small.small_packs(rtol=0.6))
    before = small.contents(root, db_url)
    assert not judge(root, db_url, small.small_packs(rtol=0.6)).changed
    assert small.contents(root, db_url) == before
