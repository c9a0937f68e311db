"""The one writer: nothing is lost, nothing is left half done, manual grades stay, the gradebook may be busy."""

import errno
import sqlite3
import threading
import time

import pytest
from nbgrader.api import Gradebook

from autograder.engine.coordinator import DEFECT
from autograder.engine.record import gradebook as gradebook_module
from autograder.engine.record.gradebook import Busy
from autograder.engine.record.gradebook import Gradebook as patient
from autograder.engine.record.ledger import Held, Ledger
from course_utils import files
from tests.autograder.engine import stubbed as small
from tests.autograder.engine.stubbed import UNIT, Stub


@pytest.fixture
def course(tmp_path):
    return tmp_path, small.make_course(tmp_path, 4)


def scores(db_url):
    with Gradebook(db_url) as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions(UNIT)}


def test_class_is_graded(course):
    root, db_url = course
    summary = small.grade(root, db_url)
    assert len(summary.graded) == 4
    assert scores(db_url) == {"student00": 2, "student01": 0, "student02": 0, "student03": 2}
    assert "triple" in (root / "grading_logs" / UNIT / "student01.log").read_text()
    assert (root / "autograded" / "student00" / UNIT / "notes.txt").read_text() == "of student00"


def test_second_coordinator_is_told_who_grades(course):
    root, db_url = course
    with Ledger(root, db_url), pytest.raises(Held, match=r"process \d+ on"):
        Ledger(root, db_url)


def test_manual_grade_survives_grading_again(course):
    root, db_url = course
    small.grade(root, db_url)
    with Gradebook(db_url) as gradebook:
        grade = gradebook.find_grade("explain", UNIT, UNIT, "student00")
        grade.manual_score = 2.5
        gradebook.find_comment("explain", UNIT, UNIT, "student00").manual_comment = "Well put."
        gradebook.db.commit()
    small.grade(root, db_url, again=True)
    with Gradebook(db_url) as gradebook:
        assert gradebook.find_grade("explain", UNIT, UNIT, "student00").manual_score == 2.5
        assert gradebook.find_comment("explain", UNIT, UNIT, "student00").comment == "Well put."
    assert scores(db_url)["student00"] == 4.5
    small.hand_in(root, "student00", small.notebook(small.answer(3)))  # another answer, and then none that can be read
    for content, points in ((None, 2.5), (b"no notebook", 2.5)):
        if content is not None:
            small.hand_in(root, "student00", content)
        small.grade(root, db_url)
        with Gradebook(db_url) as gradebook:
            assert gradebook.find_grade("explain", UNIT, UNIT, "student00").manual_score == 2.5
            assert gradebook.find_grade("explain", UNIT, UNIT, "student00").needs_manual_grade
            assert gradebook.find_comment("explain", UNIT, UNIT, "student00").comment == "Well put."
        assert scores(db_url)["student00"] == points


def test_full_disk_is_a_reason_and_the_class_goes_on(course, monkeypatch):
    root, db_url = course
    write = files.write

    def full(path, data, **options):
        if "student01" in str(path):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, data, **options)

    monkeypatch.setattr(files, "write", full)
    summary = small.grade(root, db_url)
    assert summary.failed == {"student01": "its result could not be written: No space left on device"}
    assert len(summary.graded) == 3
    monkeypatch.undo()
    assert [one.student for one in small.grade(root, db_url).graded] == ["student01"]


def test_full_disk_in_a_regrade_leaves_all_of_the_old_result(course, monkeypatch):
    root, db_url = course
    folder = root / "autograded" / "student00" / UNIT
    extra = root / "submitted" / "student00" / UNIT / "old.txt"
    extra.write_text("old")
    small.grade(root, db_url)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    extra.unlink()
    small.hand_in(root, "student00", small.notebook(small.answer(3)))
    write = files.write

    def full(path, data, **options):
        if path.suffix == ".ipynb":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, data, **options)

    monkeypatch.setattr(files, "write", full)
    assert list(small.grade(root, db_url).failed) == ["student00"]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert scores(db_url)["student00"] == 2
    monkeypatch.undo()
    small.grade(root, db_url)
    assert not (folder / "old.txt").exists()
    assert scores(db_url)["student00"] == 0


def test_failed_submission_gets_a_log(course):
    root, db_url = course
    summary = small.grade(root, db_url, [Stub(fails=lambda cells: 1 / 0)])
    assert len(summary.failed) == 4
    log = (root / "grading_logs" / UNIT / "student00.log").read_text()
    assert f"student00, 01_small\nnot graded: {DEFECT}\n" in log
    assert "ZeroDivisionError: division by zero\n" in log
    assert "Error" not in summary.failed["student00"]
    small.grade(root, db_url)
    assert "2 points" in (root / "grading_logs" / UNIT / "student00.log").read_text()


def test_busy_gradebook_is_waited_for(course):
    root, db_url = course
    small.grade(root, db_url)
    other = sqlite3.connect(root / "gradebook.db", check_same_thread=False)
    other.execute("begin immediate")
    threading.Timer(1.5, other.rollback).start()
    summary = small.grade(root, db_url, again=True)
    assert not summary.failed
    assert len(summary.graded) == 4


def test_a_gradebook_that_is_held_is_waited_for_on_behalf_of_a_new_learner_too(course):
    """nbgrader makes of a locked gradebook an invalid entry, when the entry is a new one."""
    root, db_url = course
    other = sqlite3.connect(root / "gradebook.db", check_same_thread=False, isolation_level=None)
    other.execute("begin immediate")
    threading.Timer(2.5, other.rollback).start()
    with Gradebook(db_url) as gradebook:
        assert not gradebook.students
    summary = small.grade(root, db_url)
    assert not summary.failed
    assert len(summary.graded) == 4


def test_a_gradebook_that_stays_held_is_one_refusal_for_readers_and_writers(course, monkeypatch):
    root, db_url = course
    monkeypatch.setattr(gradebook_module, "GRADEBOOK_SECONDS", 0.2)
    small.grade(root, db_url)
    with patient(db_url) as reader, patient(db_url) as writer:
        other = sqlite3.connect(root / "gradebook.db", isolation_level=None)
        other.execute("begin exclusive")
        with pytest.raises(Busy, match="another program is writing"):
            patient(db_url)
        with pytest.raises(Busy, match="another program is writing"):
            reader.find_student("student00")
        with pytest.raises(Busy, match="another program is writing"):
            writer.begin(0.2)
        other.execute("rollback")
        assert reader.find_student("student00").id == "student00"


def test_another_coordinator_is_waited_for_where_that_is_asked(course):
    root, db_url = course
    held = Ledger(root, db_url)
    threading.Timer(0.5, held._lock.close).start()
    with Ledger(root, db_url, patience=10) as ledger:
        assert ledger.journal(UNIT) == {}
    held.gradebook.close()


def test_a_file_whose_name_is_as_long_as_the_system_takes_is_kept(course):
    root, db_url = course
    long = "n" * 251 + ".txt"
    (root / "submitted" / "student00" / UNIT / long).write_text("long")
    assert not small.grade(root, db_url).failed
    assert (root / "autograded" / "student00" / UNIT / long).read_text() == "long"


@pytest.mark.parametrize("odd", [b"yesterday noon", b"02.03.2030 12:00", b"2030-03-02 12:00 XQZ", b"\xff"])
def test_a_time_that_cannot_be_told_is_said_and_is_not_the_one_of_before(course, odd):
    """Silently no penalty, or that of the submission before, are both wrong."""
    root, db_url = course
    stamp = root / "submitted" / "student00" / UNIT / "timestamp.txt"
    stamp.write_text("2030-02-02 12:00:00 UTC")  # two days late
    small.grade(root, db_url)
    stamp.write_bytes(odd)
    (graded,) = small.grade(root, db_url).graded
    assert any("No time is counted, and so no lateness" in reason for reason in graded.reasons)
    with Gradebook(db_url) as gradebook:
        assert gradebook.find_submission(UNIT, "student00").timestamp is None


def test_a_log_is_printed_without_harm(course):
    root, db_url = course
    (root / "submitted" / "student00" / UNIT / "timestamp.txt").write_text("\x1b]0;owned\x07\u202e")
    small.grade(root, db_url)
    log = (root / "grading_logs" / UNIT / "student00.log").read_text()
    assert "No time is counted" in log
    assert all(c == "\n" or c.isprintable() for c in log)


def test_failed_transaction_changes_nothing(course, monkeypatch):
    root, db_url = course
    small.grade(root, db_url)
    before = scores(db_url)
    small.hand_in(root, "student00", small.notebook(small.answer(3)))
    monkeypatch.setattr(Ledger, "_save_journal", lambda *_: (_ for _ in ()).throw(ValueError("broken")))
    assert "broken" in small.grade(root, db_url).failed["student00"]
    assert scores(db_url) == before
    monkeypatch.undo()
    small.grade(root, db_url)
    assert scores(db_url)["student00"] == 0


def test_result_in_place_of_an_earlier_one_leaves_nothing_of_it(course):
    root, db_url = course
    extra = root / "submitted" / "student00" / UNIT / "data"
    extra.mkdir()
    (extra / "deep.txt").write_text("deep")
    small.grade(root, db_url)
    graded = root / "autograded" / "student00" / UNIT
    assert (graded / "data" / "deep.txt").exists()
    (extra / "deep.txt").unlink()
    extra.rmdir()
    extra.write_text("now a file")
    assert not small.grade(root, db_url).failed
    assert (graded / "data").read_text() == "now a file"


def test_unreadable_submission_in_place_of_a_good_one(course):
    root, db_url = course
    small.grade(root, db_url)
    small.hand_in(root, "student00", b"no notebook")
    (graded,) = small.grade(root, db_url).graded
    assert "not a notebook" in graded.reasons[0]
    assert scores(db_url)["student00"] == 0
    assert not (root / "autograded" / "student00" / UNIT).exists()


def test_graded_notebook_that_was_deleted_is_made_again(course):
    root, db_url = course
    small.grade(root, db_url)
    path = root / "autograded" / "student02" / UNIT / f"{UNIT}.ipynb"
    whole = path.read_bytes()
    path.unlink()
    stub = Stub()
    small.grade(root, db_url, [stub])
    assert stub.ran == 1
    assert path.read_bytes() == whole


def test_waiting_for_a_busy_gradebook_ends_when_told(course):
    from autograder.engine import coordinator
    from autograder.engine.record.ledger import Graded

    class Locked:
        def write(self, graded):
            raise Busy("another program is writing")

    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    assert coordinator._write(Locked(), Graded("a", UNIT, "", None), stop) is None
    assert time.monotonic() - began < 2


def test_an_extension_of_a_unit_without_a_date_stops_nobody(course):
    """nbgrader's own interface lets an instructor give one, and its `total_seconds_late` then fails."""
    from datetime import timedelta

    root, db_url = course
    with Gradebook(db_url) as gradebook:
        gradebook.find_assignment(UNIT).duedate = None
        gradebook.add_student("student00")
        submission = gradebook.add_submission(UNIT, "student00")
        submission.extension = timedelta(days=1)
        gradebook.db.commit()
    summary = small.grade(root, db_url)
    assert len(summary.graded) == 4
    assert scores(db_url)["student00"] == 2
