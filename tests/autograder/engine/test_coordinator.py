"""The coordinator killed at random moments, stopped, and let down by its workers; the class ends up graded all the same."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from autograder.engine.record.ledger import Ledger
from autograder.engine.run.runner import EngineFault, Result
from autograder.engine.submitted import submission
from autograder.limits import KEPT_LATER_BYTES
from tests.autograder.engine import stubbed
from tests.autograder.engine.stubbed import Stub, hand_in

KILLS = 30


def start(root, seconds):
    command = [sys.executable, "-m", "tests.autograder.engine.stubbed", str(root), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_killed_at_thirty_random_moments(tmp_path):
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    db_urls = [stubbed.make_course(root, 40) for root in (undisturbed, killed)]
    stubbed.grade(undisturbed, db_urls[0])
    log, moments, midway = killed / "ran.txt", random.Random(1), 0
    for _ in range(KILLS):
        pid = os.fork()  # quicker than a new interpreter, and killed as hard
        if pid == 0:
            try:
                stubbed.grade(killed, db_urls[1], [Stub(0.002, log)] * 2)
            finally:
                os._exit(0)
        time.sleep(moments.uniform(0.02, 0.3))
        os.kill(pid, signal.SIGKILL)
        midway += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    ran_before = len(log.read_text().splitlines()) if log.exists() else 0
    summary = stubbed.grade(killed, db_urls[1], [Stub(0.0, log)] * 2)
    assert not summary.failed
    assert midway >= 5
    expected, found = stubbed.contents(undisturbed, db_urls[0]), stubbed.contents(killed, db_urls[1])
    assert found == expected
    assert len(log.read_text().splitlines()) - ran_before == len(summary.graded)
    assert not list(killed.rglob("*.partial"))
    assert stubbed.grade(killed, db_urls[1], [stub := Stub()]).graded == []
    assert stub.ran == 0


def test_ctrl_c_does_not_wait_for_what_runs(tmp_path):
    stubbed.make_course(tmp_path, 8)
    with start(tmp_path, 120) as process:  # seconds for a submission: far longer than a busy machine takes to stop
        process.stdout.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130


def test_failing_engine_is_tried_again_and_then_reported(tmp_path):
    db_url = stubbed.make_course(tmp_path, 3)

    def fails(cells):
        if "return 3" in cells[1]:
            raise EngineFault("the warm process died")

    stub = Stub(fails=fails)
    summary = stubbed.grade(tmp_path, db_url, [stub])
    assert summary.failed == {"student01": "the engine failed: the warm process died"}
    assert stub.ran == 2 + 3


def test_defect_of_ours_does_not_stop_the_class(tmp_path):
    db_url = stubbed.make_course(tmp_path, 3)

    def fails(cells):
        if "return 4" in cells[1]:
            raise KeyError("ours")

    summary = stubbed.grade(tmp_path, db_url, [Stub(fails=fails)])
    assert list(summary.failed) == ["student02"]
    assert len(summary.graded) == 2


def test_summary_holds_no_notebooks(tmp_path):
    db_url = stubbed.make_course(tmp_path, 2)
    for graded in stubbed.grade(tmp_path, db_url).graded:
        assert graded.notebook is None
        assert not graded.answers
        assert graded._data is None


#: Moments of a grading at which somebody may hand in again, by what is called then.
MOMENTS = {
    "the journal is asked whether a grading stands": (Ledger, "is_done"),
    "the notebook runs": (Stub, "run"),
    "the result is written": (Ledger, "write"),
}


@pytest.mark.parametrize(("place", "name"), MOMENTS.values(), ids=MOMENTS)
def test_what_is_handed_in_meanwhile_is_not_taken_for_what_was_graded(tmp_path, monkeypatch, place, name):
    """The key in the journal is of the very bytes that were graded: the next run sees that there are others by now."""
    db_url = stubbed.make_course(tmp_path, 0)
    stubbed.hand_in(tmp_path, "ada", stubbed.notebook(stubbed.answer(3)))
    usual = getattr(place, name)

    def meanwhile(*given):
        stubbed.hand_in(tmp_path, "ada", stubbed.notebook(stubbed.answer(2)))
        (tmp_path / "submitted" / "ada" / stubbed.UNIT / "notes.txt").write_text("of another version")
        return usual(*given)

    with monkeypatch.context() as patched:
        patched.setattr(place, name, meanwhile)
        (first,) = stubbed.grade(tmp_path, db_url, [Stub()]).graded
    graded = tmp_path / "autograded" / "ada" / stubbed.UNIT
    assert first.scores["test_double"] == 0
    assert "return 3 * x" in (graded / f"{stubbed.UNIT}.ipynb").read_text()
    assert (graded / "notes.txt").read_text() == "of ada"
    (second,) = stubbed.grade(tmp_path, db_url, [Stub()]).graded
    assert second.scores["test_double"] == 2
    assert "return 2 * x" in (graded / f"{stubbed.UNIT}.ipynb").read_text()
    assert (graded / "notes.txt").read_text() == "of another version"
    assert stubbed.grade(tmp_path, db_url, [Stub()]).already == ["ada"]


def test_a_folder_is_read_once(tmp_path, monkeypatch):
    db_url = stubbed.make_course(tmp_path, 1)
    log, usual = tmp_path / "read.txt", submission._read_folder

    def read(*given):
        with log.open("a") as file:
            file.write("read\n")
        return usual(*given)

    monkeypatch.setattr(submission, "_read_folder", read)
    stubbed.grade(tmp_path, db_url, [Stub()])
    assert log.read_text() == "read\n"


class Sleeps(Stub):
    """Whose notebooks of some learners run out of time by the clock; alone they answer."""

    def __init__(self, log, size=0):
        super().__init__()
        self.runs, self.size = log, size

    def run(self, cells, hidden, limits, files):
        whose = files["notes.txt"].decode().removeprefix("of ")
        slow = whose.startswith("asleep")
        self.runs.append(whose)
        if slow and self.runs.count(whose) <= 1 + (self.size > 0):
            result = Result({0: []}, by_clock=True, interrupted=[0], used=limits.notebook_seconds)
            result.size = self.size
            return result
        return super().run(cells, hidden, limits, files)


def test_who_is_to_run_alone_does_so_when_all_others_are_graded_and_runs_no_more_than_that(tmp_path):
    db_url = stubbed.make_course(tmp_path, 6)
    for number in range(4):  # the first by name
        hand_in(tmp_path, f"asleep{number}", stubbed.notebook(stubbed.answer(2)))
    runs, told = [], []
    summary = stubbed.grade(tmp_path, db_url, [Sleeps(runs), Sleeps(runs)], tell=told.append)
    assert set(told[:6]) == {f"student{number:02d}" for number in range(6)}
    assert sorted(told[6:]) == [f"asleep{number}" for number in range(4)]
    assert {name: runs.count(name) for name in told} == {name: 1 + name.startswith("asleep") for name in told}
    said = {one.student: (one.scores["test_double"], one.reasons) for one in summary.graded}
    alone = "its time ran out beside other notebooks; it was run once more, alone"
    assert [said[f"asleep{number}"] for number in range(4)] == [(2.0, [alone])] * 4
    assert len(summary.graded) == 10


def test_what_large_runs_gave_is_not_kept_while_others_are_graded(tmp_path):
    db_url = stubbed.make_course(tmp_path, 1)
    hand_in(tmp_path, "asleep", stubbed.notebook(stubbed.answer(2)))
    runs = []
    summary = stubbed.grade(tmp_path, db_url, [Sleeps(runs, size=KEPT_LATER_BYTES + 1)])
    assert runs == ["asleep", "student00", "asleep", "asleep"]
    assert {one.scores["test_double"] for one in summary.graded} == {2.0}
