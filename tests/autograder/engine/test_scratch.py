"""The folder of a notebook without a sandbox goes when the notebook has ended, whatever is in it, and after a kill as well."""

import os
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from autograder.engine.run import scratch
from autograder.engine.run.runner import WarmParent
from autograder.engine.run.sandbox import Limits, missing
from tests.autograder.engine.two_exercises import RIGHT, grade, notebook

WAITS = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from autograder.engine.run.scratch import scratch_folder
with scratch_folder() as folder:
    open(folder + "/file", "w").close()
    print(flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch._remove_left_behind.cache_clear()
    yield tmp_path
    scratch._remove_left_behind.cache_clear()


def start(place):
    """A process that holds a scratch folder."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", WAITS, str(place)], **pipes)
    process.stdout.readline()
    return process


def make_old(place):
    for folder in place.iterdir():
        os.utime(folder, (time.time() - 2 * scratch.FRESH_SECONDS,) * 2)


def test_what_a_killed_process_left_is_removed_and_what_another_holds_is_not(place):
    killed, holds = start(place), start(place)
    left, held = sorted(place.iterdir()), []
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    make_old(place)
    (place / "of somebody else").mkdir()
    with scratch.scratch_folder() as own:
        held = [folder for folder in place.iterdir() if folder in left]
        assert os.path.isdir(own)
    assert len(held) == 1
    holds.communicate()
    assert os.listdir(place) == ["of somebody else"]


def test_a_young_one_may_be_in_the_making(place):
    (place / "grading_young").mkdir()
    with scratch.scratch_folder():
        assert (place / "grading_young").exists()


def test_a_tree_that_is_deep_and_closed_is_removed_in_the_end(tmp_path):
    top = tmp_path / "top"
    top.mkdir()
    here = os.getcwd()
    try:
        os.chdir(top)
        for _ in range(2000):
            os.mkdir("d" * 100)
            os.chdir("d" * 100)
        os.symlink(here, "link")
    finally:
        os.chdir(here)
    (top / "closed" / "inner").mkdir(parents=True)
    (top / "closed" / "inner" / "file").touch()
    (top / "closed").chmod(0)
    scratch.remove(str(top))
    assert not top.exists()
    assert os.path.isdir(here)


def test_a_notebook_that_digs_deep_leaves_nothing_and_fails_nobody(place):
    dig = "import os\nhere = os.getcwd()\nfor _ in range(2000): os.mkdir('d'); os.chdir('d')\nos.chdir(here)"
    with WarmParent(sandboxed=False) as parent:
        assert grade(parent, notebook(dig), Limits(cell_seconds=20))[0] == RIGHT
    assert os.listdir(place) == []


@pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")
def test_in_a_sandbox_there_is_none(place):
    with WarmParent() as parent:
        assert grade(parent, notebook(f"import os; print(os.path.exists({str(place)!r}))"))[0] == RIGHT
        assert os.listdir(place) == []
