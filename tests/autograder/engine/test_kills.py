"""The real processes of a grading killed with -9 at random moments: the class ends up graded as if nothing had been."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from autograder.engine.run import runner, sandbox
from tests.autograder.engine import real_class, stubbed
from tests.autograder.engine.test_inside import RIGHT
from tests.autograder.engine.two_exercises import grade
from tests.autograder.engine.two_exercises import notebook as two_exercises
from tests.doubles import wait_for

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or bool(sandbox.missing()), reason="this machine has no namespaces"
)
STUDENTS, SECONDS = 6, 0.3
#: How far below the coordinator each kind of process is.
KINDS = {"warm parent": 1, "server": 2, "monitor": 3, "learner": 4}
PATIENCE = 60.0  # seconds for what takes one or two when the machine is idle


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What the same class's grading leaves behind when nobody disturbs it."""
    root = tmp_path_factory.mktemp("undisturbed") / "course"
    db_url = real_class.make_course(root, STUDENTS, SECONDS)
    summary = finish(start(root))
    assert [row["points"] for row in summary["graded"]] == [5, 3, 2] * 2
    return stubbed.contents(root, db_url)


def start(root, *options) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.autograder.engine.real_class", str(root), "--json", "--jobs", "2", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen, code: int = 0) -> dict:
    """Wait for a run to end by itself; its summary."""
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, err
    return json.loads(out)


def below(pid: int, depth: int) -> list[int]:
    """The processes that are so many generations below a process."""
    found, children = [pid], sandbox._children()
    for _ in range(depth):
        found = [child for one in found for child in children.get(one, [])]
    return found


def engines(pid: int, kind: str) -> list[int]:
    """The processes of this kind; beside them, at the same depth, are those that judge."""
    return [one for one in below(pid, KINDS[kind]) if b"engine.run.warm" in command_of(one)]


def command_of(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def journal(root) -> set[str]:
    """Students whose grading is entered."""
    from autograder.engine.record.ledger import Ledger

    with Ledger(root, f"sqlite:///{root / 'gradebook.db'}") as ledger:
        return set(ledger.journal(real_class.UNIT))


def assert_whole(root, db_url, undisturbed) -> None:
    assert stubbed.contents(root, db_url) == undisturbed
    assert not list(root.rglob("*.partial"))
    folders = list((root / "autograded").glob(f"*/{real_class.UNIT}"))
    assert len(folders) == STUDENTS
    assert all((folder / f"{real_class.UNIT}.ipynb").exists() for folder in folders)


@pytest.mark.parametrize("kinds", [("warm parent", "monitor"), ("learner", "server")])
def test_a_killed_process_is_replaced_and_its_work_repeated(tmp_path, undisturbed, kinds):
    db_url = real_class.make_course(tmp_path, STUDENTS, SECONDS)
    moments = random.Random(kinds[0])
    process = start(tmp_path)
    for kind in kinds:  # as many as one submission is tried again, should it be hit each time
        wait_for(lambda: engines(process.pid, "learner") or process.poll() is not None)
        time.sleep(moments.uniform(0, SECONDS))
        for pid in engines(process.pid, kind)[:1]:
            end(pid)
            wait_for(lambda pid=pid: not alive(pid))
    summary = finish(process)
    assert not summary["failed"]
    assert_whole(tmp_path, db_url, undisturbed)
    assert journal(tmp_path) == {row["student"] for row in summary["graded"]}


def end(pid: int) -> None:
    """Kill a process, if it has not just ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not buried yet does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_any_process_killed_at_random_moments_and_the_command_repeated(tmp_path, undisturbed):
    db_url = real_class.make_course(tmp_path, STUDENTS, SECONDS)
    moments, interrupted = random.Random(5), 0
    kinds = ("", "warm parent", "", "monitor", "", "server", "learner")  # "": the coordinator itself
    for kind in kinds[: 7 if os.environ.get("COURSE_TEST_SLOW") else 3]:
        before = journal(tmp_path)
        process = start(tmp_path)
        wait_for(lambda process=process: below(process.pid, 1) or process.poll() is not None)
        time.sleep(moments.uniform(0, 2.5))
        tree = [pid for level in range(1, 6) for pid in below(process.pid, level)]
        for pid in engines(process.pid, kind)[:1] if kind else [process.pid]:
            end(pid)
        out, _ = process.communicate(timeout=PATIENCE)
        wait_for(lambda tree=tree: not any(map(alive, tree)))  # whoever was killed, nobody stays behind
        interrupted += process.returncode == -signal.SIGKILL
        if process.returncode == 0:
            assert not {row["student"] for row in json.loads(out)["graded"]} & before, "graded twice"
    assert interrupted
    before = journal(tmp_path)
    summary = finish(start(tmp_path))
    assert set(summary["already"]) == before
    assert {row["student"] for row in summary["graded"]}.isdisjoint(before)
    assert_whole(tmp_path, db_url, undisturbed)


def test_a_run_that_loses_every_process_again_and_again_says_so_and_the_next_one_ends_it(tmp_path, undisturbed):
    """More kills than a submission is tried again: it fails with the engine's reason and a log, and is not lost."""
    db_url = real_class.make_course(tmp_path, STUDENTS, SECONDS)
    process = start(tmp_path, "--student", "student00")
    while process.poll() is None:
        for pid in engines(process.pid, "monitor"):
            end(pid)
        time.sleep(0.002)
    summary = finish(process, 1)
    assert summary["failed"]["student00"].startswith("the engine failed")
    log = tmp_path / "grading_logs" / real_class.UNIT / "student00.log"
    assert "not graded: the engine failed" in log.read_text()
    assert len(finish(start(tmp_path))["graded"]) == STUDENTS
    assert "not graded" not in log.read_text()
    assert_whole(tmp_path, db_url, undisturbed)


def test_ctrl_c_stops_real_notebooks_without_waiting_for_them(tmp_path):
    seconds = 60
    real_class.make_course(tmp_path, 2, seconds)
    process = start(tmp_path)
    wait_for(lambda: len(engines(process.pid, "learner")) == 2)
    tree = [pid for level in range(1, 6) for pid in below(process.pid, level)]
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    summary = finish(process, 130)
    assert time.monotonic() - began < seconds / 2
    assert summary["stopped"]
    wait_for(lambda: not any(map(alive, tree)))


def test_a_lost_server_takes_no_other_with_it():
    first, second = parents = runner.make_parents(2, (), True)
    try:
        assert [grade(parent, two_exercises())[0] for parent in parents] == [RIGHT, RIGHT]
        shared = first._process
        for pid in below(shared.pid, 1)[:1]:
            end(pid)
        faults = []
        for parent in parents:
            try:
                grade(parent, two_exercises())
            except runner.EngineFault:
                faults.append(parent)
        (lost,) = faults
        (other,) = {first, second} - {lost}
        assert grade(lost, two_exercises())[0] == grade(other, two_exercises())[0] == RIGHT
        assert other._process is shared
        assert lost._process is not shared
        again = lost._process
    finally:
        for parent in parents:
            parent.stop()
    assert shared.poll() is not None
    assert again.poll() is not None
