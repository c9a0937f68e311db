"""A sample of each class is run whole as well; where that earns something else, it counts, and is said."""

import pytest

from autograder.engine import coordinator, sampled
from autograder.engine.record.ledger import Ledger
from autograder.engine.run.sandbox import Limits
from autograder.engine.sampled import SAME, check_sample, chosen, to_check
from autograder.engine.submitted.submission import find_submissions
from tests.autograder.engine import stubbed
from tests.autograder.engine.stubbed import UNIT, Stub

CLASS = [f"student{number:04d}" for number in range(5000)]


def test_one_in_fifty_is_chosen_and_at_least_one_of_each_class():
    drawn = chosen(UNIT, CLASS, "a secret")
    assert 60 < len(drawn) < 150
    assert drawn == chosen(UNIT, CLASS, "a secret")
    assert set(drawn) != set(chosen(UNIT, CLASS, "another"))
    assert set(drawn) != set(chosen("02_other", CLASS, "a secret"))
    assert all(chosen(f"{number:02d}", CLASS[:3], "a secret") for number in range(1, 10))
    assert chosen(UNIT, [], "a secret") == []


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A class of three whose journal says that of each notebook a part was run; all of them are of the sample."""
    monkeypatch.setattr(sampled, "SAMPLED", 1)
    db_url = stubbed.make_course(tmp_path, 3)
    stubbed.grade(tmp_path, db_url)
    with Ledger(tmp_path, db_url) as ledger:
        for student in ledger.journal(UNIT):
            ledger.mark_ran(student, UNIT, "3 of 5 code cells: what answers need")
        work = coordinator.Work(UNIT, ledger.release(UNIT), stubbed.small_packs(), Limits())
        yield ledger, work, find_submissions(tmp_path, UNIT)


class Otherwise(Stub):
    """Runs the notebook of one learner as if its answer were another one."""

    def answers(self, cells, hidden, files):
        return super().answers([cell.replace("return 3", "return 2") for cell in cells], hidden, files)


def test_what_earns_the_same_is_noted_and_not_run_again(course):
    ledger, work, submissions = course
    assert len(to_check(ledger, UNIT, submissions, "s")) == 3
    stands = [(done.key, done.notebook) for done in ledger.journal(UNIT).values()]
    sample = check_sample(ledger, work, submissions, [Stub()], lambda student: None)
    assert (len(sample.same), sample.differ, sample.left) == (3, {}, [])
    assert [(done.key, done.notebook) for done in ledger.journal(UNIT).values()] == stands
    assert all(ledger.facts(student, UNIT).ran.endswith(SAME) for student in sample.same)
    assert to_check(ledger, UNIT, submissions, "s") == []


def test_where_the_whole_earns_more_it_counts_and_is_said(course):
    ledger, work, submissions = course
    before = {student: done.key for student, done in ledger.journal(UNIT).items()}
    sample = check_sample(ledger, work, submissions, [Otherwise()], lambda student: None)
    assert list(sample.differ) == ["student01"]
    facts = ledger.facts("student01", UNIT)
    assert sum(facts.points.values()) == 2
    assert "gave 0 points and not 2 (double)" in facts.reasons[-1]
    assert {student: done.key for student, done in ledger.journal(UNIT).items()} == before  # it stands, run in part
    assert any("please send us this notebook" in line for line in sample.words())
    assert "student01" not in {one.student for one in to_check(ledger, UNIT, submissions, "s")}


def test_what_an_interruption_leaves_is_taken_up_next_time(course):
    ledger, work, submissions = course

    def fails(cells):
        raise KeyError("a defect of ours")

    sample = check_sample(ledger, work, submissions, [Stub(fails=fails)], lambda student: None)
    assert sorted(sample.left) == sorted(one.student for one in submissions)
    assert "3 submissions not run whole yet" in sample.words()[-1]
    assert len(to_check(ledger, UNIT, submissions, "s")) == 3


def test_what_was_run_whole_is_not_of_the_sample(course):
    ledger, _, submissions = course
    ledger.mark_ran("student00", UNIT, "all cells: code cell 3: it uses `exec`")
    assert {one.student for one in to_check(ledger, UNIT, submissions, "s")} == {"student01", "student02"}
