"""Judging again: changed exercises reach the gradebook and nobody's code runs."""

import gzip
import json

import pytest
from nbgrader.api import Gradebook

from autograder.engine.judge import judging
from autograder.engine.record.answers import answers_path
from autograder.engine.record.ledger import Ledger
from autograder.engine.rejudge import Rejudgement, old_examples, rejudge
from tests.autograder.engine import stubbed as small
from tests.autograder.engine.stubbed import UNIT, Stub
from tests.autograder.engine.test_guarded import QUICK, fill, spin
from tests.autograder.engine.test_ledger import scores


@pytest.fixture
def graded(tmp_path):
    db_url = small.make_course(tmp_path, 3)
    small.grade(tmp_path, db_url)
    return tmp_path, db_url


def judge(root, db_url, packs):
    with Ledger(root, db_url) as ledger:
        return rejudge(ledger, UNIT, packs, QUICK)


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


@pytest.mark.parametrize(
    ("hostile", "words"), [(spin, "took more than 1 s of the processor"), (fill, "needed more than 200 MB of memory")]
)
def test_an_answer_that_cannot_be_judged_within_the_limits_costs_itself_alone(graded, monkeypatch, hostile, words):
    root, db_url = graded
    honest = judging.judge
    monkeypatch.setattr(
        judging,
        "judge",
        lambda pack, seen, *more: hostile() if seen[0]["value"]["value"] == 9.0 else honest(pack, seen, *more),
    )
    packs = small.small_packs(hint="Another hint.", points=4)
    report = judge(root, db_url, packs)
    assert report.outdated == {}
    assert report.changed == {"student00": (2, 4), "student01": (0, 0), "student02": (0, 0)}
    notebook = json.loads((root / "autograded" / "student01" / UNIT / f"{UNIT}.ipynb").read_text())
    (remark,) = notebook["metadata"]["grading_remarks"]
    assert remark == f"double: its answer could not be judged: that {words}"
    with Ledger(root, db_url) as ledger:
        assert ledger.facts("student01", UNIT).reasons == [remark]
    assert not judge(root, db_url, packs).changed


def test_an_answer_that_was_left_out_is_not_left_out_for_those_who_gave_the_same(graded, monkeypatch):
    """The judging of equal answers is done once; that of one which broke the limits is not done for others."""
    root, db_url = graded
    small.hand_in(root, "student03", small.notebook(small.answer(3)))
    small.grade(root, db_url)
    honest, first = judging.judge, root / "once"
    first.touch()

    def judge_once(pack, seen, *more):
        if seen[0]["value"]["value"] == 9.0 and first.exists():
            first.unlink()
            spin()
        return honest(pack, seen, *more)

    monkeypatch.setattr(judging, "judge", judge_once)
    report = judge(root, db_url, small.small_packs(rtol=0.6))
    assert report.changed["student03"] == (0, 2)


#: What stands in place of stored answers, or of a graded notebook, and cannot be read.
DAMAGED = {
    "no archive": b"x",
    "cut off": gzip.compress(b"{}" * 1_000)[:20],
    "a bomb": gzip.compress(bytes(300 << 20), 1),
    "deep": gzip.compress(b'{"answers":' + b"[" * 500_000),
    "many parts": gzip.compress(b'{"answers":[' + b"[]," * 8_000_000 + b"[]]}", 1),
    "another form": gzip.compress(b'{"answers": [{"answer": 3}], "sealed": [], "reason": "", "probes": {}}'),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_stored_answers_that_cannot_be_read_have_a_reason_and_are_run_again(graded, data):
    root, db_url = graded
    answers_path(root, UNIT, "student01").write_bytes(data)
    packs = small.small_packs(rtol=0.6)
    report = judge(root, db_url, packs)
    assert list(report.outdated) == ["student01"]
    assert "answers" in report.outdated["student01"]
    assert {*report.changed, *report.same} == {"student00", "student02"}
    assert len(small.grade(root, db_url, [stub := Stub()], packs).graded) == stub.ran == 1
    assert scores(db_url)["student01"] == 2


@pytest.mark.parametrize(
    "text", ["", "[]", '{"cells": 3}', '{"cells": [{"metadata": []}]}', '{"cells": ' + "[" * 500_000]
)
def test_a_graded_notebook_that_is_damaged_is_run_again(graded, text):
    root, db_url = graded
    path = root / "autograded" / "student01" / UNIT / f"{UNIT}.ipynb"
    path.unlink()
    path.write_text(text)
    report = judge(root, db_url, small.small_packs(rtol=0.6))
    assert report.outdated == {"student01": "its graded notebook is damaged"}
    assert len(report.changed) + len(report.same) == 2


def test_a_defect_of_ours_is_named_and_the_rest_comes(graded, monkeypatch):
    root, db_url = graded
    honest = judging.write_scores

    def defect(notebook, *more):
        return 1 / 0 if "return 3 * x" in repr(notebook) else honest(notebook, *more)

    monkeypatch.setattr(judging, "write_scores", defect)
    report = judge(root, db_url, small.small_packs(rtol=0.6))
    assert "by a defect of the autograder" in report.outdated["student01"]
    assert len(report.changed) + len(report.same) == 2
    assert "ZeroDivisionError" in (root / "grading_logs" / UNIT / "student01.log").read_text()


def test_only_whose_points_changed_is_listed_and_the_others_are_counted(graded, capsys):
    root, db_url = graded
    judge(root, db_url, small.small_packs(hint="Another hint.", points=4)).show(False)
    said = capsys.readouterr().out
    assert "student00: 2 -> 4" in said
    assert "student01" not in said
    assert "1 changed, 2 told in other words for the same points" in said


def test_examples_that_are_older_than_the_correction_are_named(tmp_path, capsys):
    packs = small.small_packs()
    packs.raw["double"]["shown"] = 1
    of_learners = {**packs.raw["double"]}
    for name in ("probes", "expected"):
        of_learners[name] = of_learners[name][:1]
    of_learners["mistakes"] = [{**one, "observations": one["observations"][:1]} for one in of_learners["mistakes"]]
    place = tmp_path / UNIT / "double.json"
    place.parent.mkdir()
    place.write_text(json.dumps(of_learners))
    assert old_examples(packs, UNIT, tmp_path) == []
    place.write_text(json.dumps({**of_learners, "points": 1}))
    assert old_examples(packs, UNIT, tmp_path) == ["double"]
    Rejudgement(UNIT, old_examples=["double"]).show(False)
    assert "older than the correction: double;" in capsys.readouterr().out
