"""`autograder grade` as a person or a script meets it: a real process, its words, its exit codes."""

import contextlib
import fcntl
import functools
import io
import json
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tqdm import tqdm

from autograder.course import ROOT
from autograder.demo import command as demo
from autograder.demo.learners import UNIT_01, Learner
from autograder.engine import command
from autograder.engine.record.ledger import Ledger
from autograder.engine.run import sandbox
from tests.autograder.engine import real_class
from tests.autograder.engine.real_class import UNIT, notebook
from tests.autograder.engine.stubbed import hand_in
from tests.autograder.engine.test_kills import KINDS, below, finish, start, wait_for

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
SLEEPS = notebook(first="import time\ntime.sleep(60)\nimport numpy as np")


@pytest.fixture
def course(tmp_path):
    real_class.make_course(tmp_path, 3)
    return tmp_path


def run(root, *options, json_too=True):
    """The command line, to its end: (exit code, summary or None, stdout, stderr)."""
    words = [
        sys.executable,
        "-m",
        "tests.autograder.engine.real_class",
        str(root),
        *options,
        *(["--json"] if json_too else []),
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    told = json.loads(done.stdout) if json_too and done.stdout else None
    return done.returncode, told, done.stdout, done.stderr


def book(root, student) -> float:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return gradebook.find_submission(UNIT, student).score


# Words


def test_table_and_json_tell_the_same(course):
    code_, told, out, err = run(course)
    assert (code_, err) == (0, "")
    assert told["most"] == 5
    assert told["stopped"] is False
    assert told["failed"] == {}
    assert {row["student"]: row["points"] for row in told["graded"]} == {"student00": 5, "student01": 3, "student02": 2}
    assert told["graded"][1]["mistakes"] == {"double": "squared"}
    assert len(out.splitlines()) == 1
    code_, _, out, err = run(course, "--again", json_too=False)
    assert (code_, err) == (0, "")  # no bar where nobody watches
    rows = [[cell.strip() for cell in line.split("│")[1:3]] for line in out.splitlines() if line.startswith("│")]
    assert rows == [["student00", "5"], ["student01", "3"], ["student02", "2"]]
    assert "double: squared" in out
    assert out.splitlines()[-1].startswith("3 in ")


def test_what_a_learner_calls_things_cannot_spoil_the_table(course):
    """Words in brackets are markup for the table's library, where they are not said to be text."""
    path = hand_in(course, "kim", notebook())
    (path.parent / "x[").mkdir()
    (path.parent / "x[" / "b]").symlink_to("/etc/passwd")
    hand_in(course, "[bold]kim", notebook())
    code_, _, out, err = run(course, json_too=False)
    assert code_ == 1, err
    assert "not graded: [bold]kim: its folder's name cannot be a learner's id" in out
    assert "x[/b] (links are not followed)" in " ".join(out.split())


@linux
def test_progress_bar_on_a_terminal(course):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    words = [sys.executable, "-m", "tests.autograder.engine.real_class", str(course)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux's way of saying that the other side has closed
                break
            if not part:
                break
            seen += part
    os.close(ours)
    assert process.returncode == 0
    assert b"3/3" in seen
    assert b"submission/s" in seen or b"s/submission" in seen
    assert b"<" in seen  # elapsed < left


class Terminal(io.StringIO):
    """Where somebody looks."""

    def isatty(self):
        return True


def judged_by_new_packs(course, monkeypatch, **options):
    """A graded class of three is judged again, by exercises that have changed: what its progress wrote."""
    real_class.install(monkeypatch)
    monkeypatch.setattr(command, "_load_packs", lambda unit: replace(real_class.packs(), digest="worded anew"))
    monkeypatch.setattr("tqdm.tqdm", functools.partial(tqdm, mininterval=0))  # it shows each step, however quick
    seen = Terminal()
    with contextlib.redirect_stderr(seen):
        assert command.judge_unit(UNIT, root=course, **options) == 0
    return seen.getvalue()


@linux
def test_judging_again_shows_how_far_it_is(course, monkeypatch):
    run(course)
    seen = judged_by_new_packs(course, monkeypatch)
    assert f"{UNIT}: judging again" in seen
    assert [f"| {number}/3 [" in seen for number in range(4)] == [True] * 4


@linux
def test_judging_again_shows_nothing_to_another_program(course, monkeypatch):
    run(course)
    assert judged_by_new_packs(course, monkeypatch, as_json=True) == ""


@linux
def test_json_is_all_that_stdout_holds(course, monkeypatch, capfd):
    """Packs and judging read data sets, whose loaders say where these come from."""
    from autograder.engine import attempts

    judged = attempts.judging.fill_in
    real_class.install(monkeypatch)

    def load(unit):
        print("a set: the original, packed anew")
        return real_class.packs()

    def fill_in(*args):
        print("a set: the original, judged with")
        return judged(*args)

    monkeypatch.setattr(command, "_load_packs", load)
    monkeypatch.setattr(attempts.judging, "fill_in", fill_in)
    assert command.grade_unit(UNIT, command.Options(as_json=True, root=course)) == 0
    assert len(json.loads(capfd.readouterr().out)["graded"]) == 3
    assert command.judge_unit(UNIT, as_json=True, root=course) == 0
    assert isinstance(json.loads(capfd.readouterr().out), dict)


# Exit codes and refusals


def test_nothing_to_grade_is_refused_in_one_line(course):
    shutil.rmtree(course / "submitted")
    code_, told, out, err = run(course)
    assert (code_, told, out) == (2, None, "")
    assert err == f"autograder: nothing to grade: no folder {course / 'submitted'}/STUDENT/{UNIT}\n"


def test_a_course_that_is_being_graded_is_refused_in_one_line(course):
    with Ledger(course, f"sqlite:///{course / 'gradebook.db'}"):
        code_, _, out, err = run(course)
    assert (code_, out) == (2, "")
    assert err.startswith(f"autograder: this course is being graded by process {os.getpid()} on ")
    assert err.count("\n") == 1


def test_a_unit_that_is_not_released_is_refused_in_one_line(course):
    (course / "gradebook.db").unlink()
    code_, _, out, err = run(course)
    assert (code_, out) == (2, "")
    assert (
        err
        == f"autograder: unit {UNIT} is not in the gradebook; run `nbgrader generate_assignment {UNIT} --force` first\n"
    )


def test_a_gradebook_that_cannot_be_opened_is_refused_in_one_line(course):
    (course / "gradebook.db").unlink()
    (course / "gradebook.db").mkdir()
    code_, _, out, err = run(course)
    assert (code_, out) == (2, "")
    assert err.startswith("autograder: the course's folder or gradebook cannot be used: ")
    assert err.count("\n") == 1


def test_an_unknown_unit_is_refused_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "99_none"],
        cwd=tmp_path,
        env={**os.environ, "COURSE_ROOT": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("autograder: no unit") or "called '99_none'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_a_sandbox_it_says_so_or_refuses(course, monkeypatch, capsys):
    real_class.install(monkeypatch)
    monkeypatch.setattr(sandbox, "missing", lambda: ["namespaces: none here; submissions run with your rights"])
    assert command.grade_unit(UNIT, command.Options(jobs=1, require_sandbox=True, root=course)) == 2
    assert capsys.readouterr().err == "autograder: namespaces: none here; submissions run with your rights\n"
    assert command.grade_unit(UNIT, command.Options(jobs=1, root=course)) == 0
    assert "without a sandbox: namespaces: none here" in capsys.readouterr().out
    assert book(course, "student00") == 5


def test_interrupted_before_the_first_notebook(course, monkeypatch, capsys):
    real_class.install(monkeypatch)
    monkeypatch.setattr(command, "make_parents", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert command.grade_unit(UNIT, command.Options(root=course)) == 130
    assert capsys.readouterr().err == "stopped\n"


@linux
@pytest.mark.skipif(bool(sandbox.missing()), reason="this machine has no namespaces")
def test_stopped_in_the_middle_it_keeps_what_was_done_and_the_next_run_does_the_rest(course):
    for student in ("who is slow", "who is slower"):
        hand_in(course, student, SLEEPS)
    process = start(course)
    done = lambda: list((course / "grading_logs").rglob("student*.log"))  # noqa: E731
    wait_for(lambda: len(done()) == 3 and len(below(process.pid, KINDS["learner"])) == 2)
    process.send_signal(signal.SIGTERM)
    told = finish(process, 130)
    assert told["stopped"]
    assert len(told["graded"]) == 3
    for student in ("who is slow", "who is slower"):
        hand_in(course, student, notebook())
    _, told, _, _ = run(course)
    assert sorted(told["already"]) == ["student00", "student01", "student02"]
    assert [row["points"] for row in told["graded"]] == [5, 5]


# Submissions of every kind, handed in to a real unit


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Unit 01 with a class most of which handed in what is no notebook: (folder, exit code, what the command told)."""
    root = tmp_path_factory.mktemp("hostile") / "course"
    demo.write_config(root)
    environment = demo.environment(root)
    release = "from autograder.demo import command as demo; from pathlib import Path; import sys\n"
    release += "api = demo.open_api(Path(sys.argv[1])); sys.exit(not api.generate_assignment(sys.argv[2])['success'])"
    subprocess.run(
        [sys.executable, "-c", release, str(root), UNIT_01], env=environment, check=True, capture_output=True
    )
    for name in ("good", "zoe"):
        demo.hand_in(Learner(name, UNIT_01, "right"), root / "release" / UNIT_01, root / "submitted")
    text = (root / "submitted" / "good" / UNIT_01 / f"{UNIT_01}.ipynb").read_text()

    def put(student: str, content: bytes | str | None) -> Path:
        folder = root / "submitted" / student / UNIT_01
        folder.mkdir(parents=True)
        path = folder / f"{UNIT_01}.ipynb"
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    with put("of 200 MB", text).open("r+b") as file:
        file.truncate(200 * 2**20)
    put("deep JSON", "[" * 200_000)
    put("deep metadata", text.replace('"deletable": false', '"deletable": ' + "[" * 500 + "]" * 500))
    put("wide JSON", '{"cells": [' + "[]," * 4_000_001 + "[]]}")
    put("invalid JSON", text[:-200])
    put("no UTF-8", b"\xff\xfe" + text.encode())
    put("null bytes", bytes(5000))
    put("null in a cell", text.replace('"# ', '"\\u0000# ', 1))
    put("empty", "")
    put("another name", None).with_name("answers.ipynb").write_text(text)
    put("a linked file", None).symlink_to(root / "gradebook.db")
    (put("a linked helper", text).parent / "data").symlink_to("/etc")
    (root / "submitted" / "a linked student").symlink_to(root / "submitted" / "good")
    (root / "submitted" / "a linked unit").mkdir()
    (root / "submitted" / "a linked unit" / UNIT_01).symlink_to("/etc")
    os.mkfifo(put("a pipe", None))
    put("--force", text)
    put("a\nb", text)
    put(os.fsdecode(b"\xff"), text)
    climbing = json.loads(text)
    for cell in climbing["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["grade_id"] = "../../../escaped"
            cell["id"] = "../../escaped"
    put("climbs", json.dumps(climbing))
    words = [sys.executable, "-m", "autograder", "grade", UNIT_01, "--json"]
    done = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return root, done.returncode, json.loads(done.stdout)


REASONS = {
    "of 200 MB": "has 200 MB, stored outputs not counted more than the 32 accepted",
    "deep JSON": "nested too deeply",
    "wide JSON": "parts",
    "invalid JSON": "not a notebook: ",
    "no UTF-8": "byte 0 is not UTF-8",
    "null bytes": "not a notebook: ",
    "empty": "the notebook is empty",
    "another name": "there is answers.ipynb",
    "a linked file": "is a link; only plain files are accepted",
    "a linked student": "a linked student is a link",
    "a linked unit": f"{UNIT_01} is a link",
    "a pipe": "is not a plain file",
}


@pytest.mark.parametrize(("student", "reason"), REASONS.items(), ids=REASONS)
def test_what_cannot_be_graded_gets_its_reason(hostile, student, reason):
    root, _, told = hostile
    (row,) = [row for row in told["graded"] if row["student"] == student]
    assert row["points"] == 0
    assert reason in row["reasons"][0]
    assert reason in (root / "grading_logs" / UNIT_01 / f"{student}.log").read_text()
    assert not (root / "autograded" / student).exists() or not list((root / "autograded" / student).rglob("*.ipynb"))


@pytest.mark.parametrize("student", ["good", "zoe", "deep metadata", "null in a cell", "--force", "a linked helper"])
def test_the_class_goes_on(hostile, student):
    _, _, told = hostile
    (row,) = [row for row in told["graded"] if row["student"] == student]
    assert row["points"] == told["most"]


def test_names_that_no_gradebook_should_hold_are_named(hostile):
    _, code_, told = hostile
    assert code_ == 1
    assert sorted(told["failed"]) == ["\\udcff", "a\\nb"]
    assert "control characters" in told["failed"]["a\\nb"]


def test_nothing_climbs_out_of_its_folder(hostile):
    root, _, told = hostile
    (row,) = [row for row in told["graded"] if row["student"] == "climbs"]
    assert row["points"] == told["most"]  # its cells are ordinary ones now, and all tests were put back
    assert sum("it was put back" in reason for reason in row["reasons"]) == 8
    assert not list(root.parent.rglob("*escaped*"))
    assert {path.name for path in (root / "autograded" / "climbs" / UNIT_01).iterdir()} == {f"{UNIT_01}.ipynb"}
    assert {path.name for path in root.iterdir()} <= {
        *("nbgrader_config.py", "gradebook.db", "grading.lock", "hidden", "release", "submitted"),
        *("autograded", "answers", "grading_logs"),
    }


# Feedback, which nbgrader does not write anew by itself


@linux
def test_old_feedback_is_told_and_how_to_renew_it(course, monkeypatch, capsys):
    run(course)
    for student in ("student00", "student01"):
        path = course / "feedback" / student / UNIT / f"{UNIT}.html"
        path.parent.mkdir(parents=True)
        path.write_text("earlier")
    _, _, out, _ = run(course, json_too=False)
    assert "feedback" not in out  # it is as new as the grades
    time.sleep(0.05)
    hand_in(course, "student00", notebook(double=real_class.SQUARE))
    _, _, out, _ = run(course, json_too=False)
    line = "The feedback of student00 is older than the grades; renew it: autograder feedback 01"
    assert line in out
    real_class.install(monkeypatch)
    packs = real_class.packs()
    for pack in (*packs.raw.values(), *packs.decoded.values()):
        for mistake in pack["mistakes"]:
            mistake["hint"] = "Look again."
    packs.digest = "worded anew"
    monkeypatch.setattr(command, "_load_packs", lambda unit: packs)
    time.sleep(0.05)
    assert command.judge_unit(UNIT, root=course) == 0
    assert "The feedback of 2 learners is older than the grades; renew it: autograder feedback 01" in (
        capsys.readouterr().out
    )
    assert command.judge_unit(UNIT, as_json=True, root=course) == 0
    assert json.loads(capsys.readouterr().out)["old_feedback"] == ["student00", "student01"]
