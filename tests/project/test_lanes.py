"""The lanes in which all tests run: a test that takes its lane down fails once, and all others run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Each in a lane of its own, by its name.
TESTS = """
import os, time, pytest

@pytest.mark.parametrize("number", range(4))
def test_unit_05(number):
    if number == 1:
        {end}

@pytest.mark.parametrize("number", range(4))
def test_of_others(number):
    assert number != 2
"""


@pytest.mark.parametrize(
    ("end", "limit"), [("os._exit(1)", "60"), ("time.sleep(60)", "5")], ids=["a crash", "a test that hangs"]
)
def test_a_test_that_takes_its_lane_down_fails_once_and_all_others_run(end, limit, tmp_path):
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_xdist_make_scheduler\n")
    (tmp_path / "test_both.py").write_text(TESTS.format(end=end))
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    command += ["--timeout", limit, "-o", "timeout_method=thread", str(tmp_path)]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert "2 failed, 6 passed" in done.stdout, done.stdout
    assert done.stdout.count("crashed while running") <= 2  # in its report, and in the summary
