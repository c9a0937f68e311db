"""`autograder doctor`: what it says of a machine that has all, and of one that lacks each thing in turn."""

import os
import subprocess
import sys

import pytest

from autograder import doctor
from autograder.common import browser
from autograder.course import ROOT
from autograder.engine.run import sandbox


def findings() -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.diagnose()}


@pytest.fixture
def quick(monkeypatch):
    """Data sets are not looked at: reading them takes longer than all the rest."""
    monkeypatch.setattr(doctor, "_data", lambda: iter([doctor.Finding("data sets", True, "ready")]))


def test_everything_that_grading_depends_on_is_looked_at(quick):
    found = findings()
    assert set(found) >= {
        *("Python", "cores", "nbgrader", "jupyterlab", "numpy", "tensorflow", "sandbox", "browser", "data sets"),
        *("the course's secret", "hidden probes", "free disk", "runs as", "private files", "formgrader"),
    }
    assert all(finding.found for finding in found.values())
    assert found["nbgrader"].well
    assert found["sandbox"].well == (not sandbox.missing())


def lacks_sandbox(patch):
    patch.setattr(sandbox, "missing", lambda: ["namespaces: none here; submissions run with your rights"])


def lacks_privacy(patch):
    patch.setattr(doctor, "_readable_by_others", lambda path: path.name == "gradebook.db")


def lacks_guard(patch):
    patch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [])


def lacks_python(patch):
    patch.setattr(doctor.sys, "version_info", (3, 9, 2, "final", 0))


def lacks_package(patch):
    def version(name):
        raise doctor.importlib.metadata.PackageNotFoundError(name)

    patch.setattr(doctor.importlib.metadata, "version", version)


def lacks_browser(patch):
    patch.setattr(browser.shutil, "which", lambda name: None)


def lacks_disk(patch):
    patch.setattr(doctor.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 2**30})())


@pytest.mark.parametrize(
    ("lacks", "name", "found", "remedy"),
    [
        (lacks_sandbox, "sandbox", "namespaces: none here", "user namespaces"),
        (lacks_privacy, "private files", "gradebook.db", "chmod -R o-rwx"),
        (
            lacks_guard,
            "formgrader",
            "not guarded",
            "jupyter server extension enable --sys-prefix autograder.formgrader",
        ),
        (lacks_python, "Python", "3.9.2", "use Python 3.11"),
        (lacks_package, "nbgrader", "missing", "pip install -r requirements.lock"),
        (lacks_package, "tensorflow", "missing", "pip install tensorflow-cpu"),
        (lacks_browser, "browser", "none found", "apt-get install chromium"),
        (lacks_disk, "free disk", "1 GB", "1 MB per submission"),
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


@pytest.mark.parametrize(("name", "value", "said"), [(name, value, remedy) for name, value, remedy in doctor._SWITCHES])
def test_a_kernel_that_forbids_namespaces_is_told_with_its_switch(monkeypatch, tmp_path, name, value, said):
    monkeypatch.setattr(doctor, "PROC_SYS", tmp_path)
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    assert "Docker" in doctor._remedy()
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(f"{value}\n")
    assert said in doctor._remedy()
    (tmp_path / name).write_text("7\n")
    assert said not in doctor._remedy()
    monkeypatch.setattr(doctor.sys, "platform", "darwin")
    assert "grade on Linux" in doctor._remedy()


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_files_that_others_can_read_are_named(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, "SECRET", tmp_path / "secret")
    monkeypatch.setattr(doctor, "HIDDEN_PACKS", tmp_path / "hidden")
    assert doctor._private_files().well  # there are none
    tmp_path.joinpath("gradebook.db").write_text("")
    tmp_path.joinpath("gradebook.db").chmod(0o644)
    closed = any(not folder.stat().st_mode & 0o001 for folder in tmp_path.resolve().parents)
    assert doctor._private_files().well == closed  # a folder above that others may not enter is enough
    monkeypatch.setattr(doctor.Path, "parents", property(lambda path: ()))
    finding = doctor._private_files()
    assert not finding.well
    assert "gradebook.db" in finding.found
    assert str(tmp_path / "gradebook.db") in finding.remedy
    tmp_path.joinpath("gradebook.db").chmod(0o640)
    assert doctor._private_files().well


def test_it_says_as_whom_it_runs(monkeypatch):
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 0)
    assert "root" in doctor._runs_as().found
    assert "account of its own" in doctor._runs_as().found
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 1234)
    assert "user 1234, not root" in doctor._runs_as().found


def test_the_formgrader_is_guarded_where_its_extension_is_on(monkeypatch, tmp_path):
    settings = ROOT / "autograder" / "formgrader" / "jupyter"
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [str(tmp_path), str(settings)])
    assert doctor._formgrader().well
    off = tmp_path / "jupyter_server_config.d" / "off.json"
    off.parent.mkdir()
    off.write_text('{"ServerApp": {"jpserver_extensions": {"autograder.formgrader": false}}}')
    assert not doctor._formgrader().well
    off.write_text("no JSON")
    assert doctor._formgrader().well


def test_data_that_cannot_be_had(monkeypatch):
    from course_utils import data

    def prepare(*_, **__):
        raise data.DataUnavailable("imdb cannot be had\nhere")

    monkeypatch.setattr(data, "prepare", prepare)
    (finding,) = doctor._data()
    assert (finding.well, finding.found) == (False, "imdb cannot be had")
    assert "COURSE_MIRROR" in finding.remedy


def test_nothing_lacking_ends_well(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "diagnose", lambda: iter([doctor.Finding("a", True, "fine", "do it")]))
    assert doctor.print_diagnosis() == 0
    assert capsys.readouterr().out == "ok    a: fine\n"


def test_the_command_line_has_it():
    done = subprocess.run([sys.executable, "-m", "autograder", "doctor", "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "what this machine can do" in done.stdout
