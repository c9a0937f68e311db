"""`autograder doctor`: what it says of a machine that has all, and of one that lacks each thing in turn."""

import subprocess
import sys

import pytest

from autograder.engine import doctor, sandbox


def findings() -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.examine()}


@pytest.fixture
def quick(monkeypatch):
    """Data sets are not looked at: reading them takes longer than all the rest."""
    monkeypatch.setattr(doctor, "_data", lambda: iter([doctor.Finding("data sets", True, "ready")]))


def test_everything_that_grading_depends_on_is_looked_at(quick):
    found = findings()
    assert set(found) >= {
        *("Python", "cores", "nbgrader", "jupyterlab", "numpy", "tensorflow", "sandbox", "browser", "data sets"),
        *("the course's secret", "hidden probes", "free disk"),
    }
    assert all(finding.found for finding in found.values())
    assert found["nbgrader"].well
    assert found["sandbox"].well == (not sandbox.missing())


def lacks_sandbox(patch):
    patch.setattr(sandbox, "missing", lambda: ["namespaces: none here; submissions run with your rights"])


def lacks_python(patch):
    patch.setattr(doctor.sys, "version_info", (3, 9, 2, "final", 0))


def lacks_package(patch):
    def version(name):
        raise doctor.importlib.metadata.PackageNotFoundError(name)

    patch.setattr(doctor.importlib.metadata, "version", version)


def lacks_browser(patch):
    patch.setattr(doctor.shutil, "which", lambda name: None)


def lacks_disk(patch):
    patch.setattr(doctor.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 2**30})())


@pytest.mark.parametrize(
    ("lacks", "name", "found", "remedy"),
    [
        (lacks_sandbox, "sandbox", "namespaces: none here", "user namespaces"),
        (lacks_python, "Python", "3.9.2", "use Python 3.11"),
        (lacks_package, "nbgrader", "missing", "pip install -r requirements.lock"),
        (lacks_package, "tensorflow", "missing", "pip install tensorflow-cpu"),
        (lacks_browser, "browser", "none found", "apt-get install chromium"),
        (lacks_disk, "free disk", "1 GB", "1 MB a submission"),
    ],
)
def test_what_is_lacking_comes_with_what_to_do(quick, monkeypatch, capsys, lacks, name, found, remedy):
    lacks(monkeypatch)
    finding = findings()[name]
    assert not finding.well
    assert found in finding.found
    assert remedy in finding.remedy
    assert doctor.print_diagnosis() == 1
    out = capsys.readouterr().out.splitlines()
    line = next(number for number, text in enumerate(out) if text.startswith(f"LACK  {name}: "))
    assert out[line + 1] == f"      what to do: {finding.remedy}"


def test_data_that_cannot_be_had(monkeypatch):
    from course_utils import data

    def prepare(*_, **__):
        raise data.DataUnavailable("imdb cannot be had\nhere")

    monkeypatch.setattr(data, "prepare", prepare)
    (finding,) = doctor._data()
    assert (finding.well, finding.found) == (False, "imdb cannot be had")
    assert "COURSE_MIRROR" in finding.remedy


def test_nothing_lacking_ends_well(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "examine", lambda: iter([doctor.Finding("a", True, "fine", "do it")]))
    assert doctor.print_diagnosis() == 0
    assert capsys.readouterr().out == "ok    a: fine\n"


def test_the_command_line_has_it():
    done = subprocess.run([sys.executable, "-m", "autograder", "doctor", "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "what this machine can do" in done.stdout
