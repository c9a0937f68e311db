"""The sandbox as root, as an ordinary user, and where there is none."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.engine.run import calls, sandbox
from autograder.engine.run.runner import WarmParent
from tests.autograder.engine.test_inside import QUICK
from tests.autograder.engine.two_exercises import NONE, RIGHT, grade, notebook

NOBODY = 65534
AS_USER = """
import sys
sys.path.insert(0, {root!r})
from autograder.engine.run import sandbox
print(sandbox.missing())
"""


@pytest.fixture(scope="module")
def bare():
    """A warm parent that uses no namespaces."""
    with WarmParent(sandboxed=False) as one:
        yield one


def test_without_namespaces_the_work_is_the_same(bare):
    here = os.getcwd()
    made = notebook("import os; print(os.getcwd(), os.environ['HOME'])")
    points, judgement = grade(bare, made, QUICK)
    assert points == RIGHT
    assert not judgement.remarks
    work, home = made["cells"][1]["outputs"][0]["text"].split()
    assert work != here
    assert home != os.path.expanduser("~")
    assert not Path(work).exists()
    assert not Path(home).exists()


@pytest.mark.parametrize(
    "attack",
    [
        "import os; os._exit(1)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import signal, time; signal.signal(2, signal.SIG_IGN)\nwhile True: time.sleep(1)",
    ],
)
def test_without_namespaces_a_notebook_that_dies_harms_no_other(bare, attack):
    points, judgement = grade(bare, notebook(attack), QUICK)
    assert points == NONE
    assert judgement.remarks
    assert grade(bare, notebook(), QUICK)[0] == RIGHT


def test_without_namespaces_limits_hold(bare):
    for attack in ("x = bytearray(2**33)", "open('big', 'wb').write(bytes(2**21))"):
        made = notebook(attack)
        assert grade(bare, made, QUICK)[0] == RIGHT
        assert made["cells"][1]["outputs"][-1]["output_type"] == "error"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="orphans are found in Linux's way")
def test_without_namespaces_a_daemon_does_not_outlive_its_notebook(bare, tmp_path):
    tmp_path.chmod(0o777)
    daemon = f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
        time.sleep(300)
    os._exit(0)
while not os.path.exists({str(tmp_path / "pid")!r}): time.sleep(0.01)
time.sleep(0.1)
"""
    assert grade(bare, notebook(daemon), QUICK)[0] == RIGHT
    time.sleep(0.1)
    assert not Path("/proc", (tmp_path / "pid").read_text()).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_has_a_sandbox_too():
    """A user who may make user namespaces; the interpreter must be readable for that user."""
    root = str(Path(sandbox.__file__).parents[3])
    for python in (sys.executable, "/usr/bin/python3"):  # ours may lie under a folder that only root may read
        command = [python, "-c", AS_USER.format(root=root)]
        try:
            made = subprocess.run(
                command, user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True, cwd="/"
            )
        except OSError:
            continue
        if made.returncode == 0:
            assert made.stdout.strip() == "[]", made.stdout
            return
    pytest.skip("no Python here can be read, with this course, by an ordinary user")


TO_THE_GROUP = """
import os, signal, sys, time
sys.path.insert(0, {root!r})
from autograder.engine.run import sandbox
signal.signal(signal.SIGTERM, lambda *_: print("the coordinator was reached", flush=True))
if os.fork() == 0:  # the monitor
    sandbox.unshare_processes()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sandbox.enter(sandbox.default_view(), sandbox.Limits())
        os.kill(0, signal.SIGTERM)
        os.setpriority(os.PRIO_PGRP, 0, 5)
        os._exit(0)
    os.wait()
    os._exit(0)
os.wait()
time.sleep(0.2)
print(os.getpriority(os.PRIO_PROCESS, 0))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_users_notebook_does_not_reach_the_coordinators_group():
    """A user's notebook runs as that user, and a group of processes spans namespaces."""
    root = str(Path(sandbox.__file__).parents[3])
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-c", TO_THE_GROUP.format(root=root)]
        options = {"capture_output": True, "text": True, "cwd": "/", "start_new_session": True}
        try:
            made = subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=[], **options)
        except OSError:
            continue
        if "Error" not in made.stderr:
            assert made.stdout == "0\n", made
            return
    pytest.skip("no Python here can be read, with this course, by an ordinary user")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has a filter of system calls")
def test_without_namespaces_calls_are_filtered_all_the_same(bare):
    made = notebook("import ctypes; c = ctypes.CDLL(None); print(c.ptrace(0, 0, 0, 0), c.prctl(1, 0, 0, 0, 0))")
    assert grade(bare, made, QUICK)[0] == RIGHT
    assert made["cells"][1]["outputs"][0]["text"] == ("-1 -1\n" if calls.can_filter() else "0 0\n")


def test_a_course_below_the_systems_folders_is_covered(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "SYSTEM_FOLDERS", (str(tmp_path),))
    (tmp_path / "course").mkdir()
    monkeypatch.chdir(tmp_path / "course")
    assert str(tmp_path / "course" / "gradebook.db") in sandbox.default_view().hidden


def test_what_the_course_must_hide_is_covered_where_it_lies_in_view(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(Path(sandbox.__file__).parents[3]))
    assert any(path.endswith("/autograder") for path in sandbox.default_view().hidden)
    with WarmParent() as one:
        made = notebook(f"import os; print(os.listdir({str(Path(sandbox.__file__).parents[2])!r}))")
        grade(one, made, QUICK)
    assert made["cells"][1]["outputs"][0]["output_type"] == "error"


def test_packages_that_a_path_file_leads_to_are_in_view(tmp_path, monkeypatch):
    packages, source = tmp_path / "lib" / "site-packages", tmp_path / "course"
    for folder in (packages, source):
        folder.mkdir(parents=True)
    (packages / "elsewhere.py").write_text("found = True\n")
    monkeypatch.setattr(sandbox.sys, "path", [*sandbox.sys.path, str(packages), str(source)])
    assert str(packages) in sandbox.default_view().read_only
    assert str(source) not in sandbox.default_view().read_only, (
        "what is installed as it lies may hold more than packages"
    )
