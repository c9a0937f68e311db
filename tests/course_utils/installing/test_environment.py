"""The environment is found where there is one, made once, gone on with after an interruption, and never made a second time."""

import os
import shutil
import stat
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from course_utils.installing import environment, machine
from course_utils.installing.machine import require_room
from course_utils.refused import Refused

Free = namedtuple("Free", "total used free")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("VENV", "COURSE_INSTALLER", "JUPYTERHUB", "PIP_", "UV_")):
            monkeypatch.delenv(name)

    def nowhere(name):
        raise environment.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(environment.importlib.metadata, "distribution", nowhere)


@pytest.fixture
def course(tmp_path):
    """A learner's edition of nothing but what an environment is made from."""
    folder = tmp_path / "course"
    (folder / "jupyter").mkdir(parents=True)
    (folder / "requirements.lock").write_text("")
    (folder / "pyproject.toml").write_text('[project]\nname = "pixels-to-paragraphs"\nversion = "1"\n')
    (folder / "jupyter" / "jupyter_lab_config.py").write_text("")
    return folder


@pytest.fixture
def made(course, monkeypatch):
    """Makes the environment of `course` with these two commands in the place of the installer's; returns what was said."""

    def make(*commands):
        said = []
        monkeypatch.setattr(environment, "of_pip", lambda python, _: [[str(python), "-c", code] for code in commands])
        environment.make(environment.venv_of(course), course, said.append)
        return " ".join(said)

    monkeypatch.setattr(environment.shutil, "which", lambda program: None)  # no uv
    return make


@pytest.fixture(autouse=True)
def quick_to_make(monkeypatch):
    """Environments of the real module, with a pip that only says that it is there: the real one takes seconds to unpack."""
    code = """
import pathlib, sys, sysconfig, venv
venv.create(sys.argv[-1], clear="--clear" in sys.argv, symlinks=True)
pathlib.Path(sysconfig.get_path("purelib", vars={"base": sys.argv[-1]}), "pip.py").write_text("print(25)")
"""
    real = environment.of_venv
    monkeypatch.setattr(
        environment, "of_venv", lambda *asked, **how: [sys.executable, "-c", code, *real(*asked, **how)[3:]]
    )


def test_it_is_made_once_and_then_found(course, made):
    assert environment.find(course) is None
    assert "Making the environment" in made("pass")
    python = environment.find(course)
    assert python == course / ".venv" / "bin" / "python"


def test_other_packages_are_noticed_and_a_touched_file_is_not(course, made):
    made("pass")
    os.utime(course / "requirements.lock", (2e9, 2e9))
    assert environment.find(course)
    (course / "requirements.lock").write_text("tqdm==4.67.1\n")
    os.utime(course / "requirements.lock", (1e9, 1e9))  # as a zip's entries are, which are older than the environment
    assert environment.find(course) is None
    assert "Bringing the environment" in made("pass")
    assert environment.find(course)


def test_an_interrupted_set_up_goes_on_with_what_is_there(course, made):
    with pytest.raises(Refused, match=r"could not all be installed: .* the same command goes on"):
        made("import pathlib, sys; pathlib.Path(sys.prefix, 'first').touch()", "raise SystemExit(1)")
    assert environment.find(course) is None
    assert "Bringing" in made("import pathlib, sys; assert pathlib.Path(sys.prefix, 'first').exists()")
    assert environment.find(course)


def test_an_environment_whose_python_is_gone_is_made_anew(course, made):
    made("pass")
    config = course / ".venv" / "pyvenv.cfg"
    lines = [
        f"home = {course / 'gone'}" if line.startswith("home") else line for line in config.read_text().splitlines()
    ]
    config.write_text("\n".join(lines))
    assert environment.find(course) is None
    assert "Making" in made("pass")
    assert environment.find(course)


def test_a_folder_that_is_something_else_is_left_alone(course, made, monkeypatch):
    (course / "mine").mkdir()
    (course / "mine" / "thesis.txt").write_text("years")
    monkeypatch.setenv("VENV", "mine")
    with pytest.raises(Refused, match="mine is there, and is no Python environment: move it away"):
        made("pass")
    assert (course / "mine" / "thesis.txt").read_text() == "years"


def test_the_empty_stamp_of_an_image_counts_until_a_file_is_newer(course, tmp_path, monkeypatch):
    """`touch $VENV/ready`, as the Dockerfile ends."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "image"], check=True)
    monkeypatch.setenv("VENV", str(tmp_path / "image"))
    (tmp_path / "image" / "ready").touch()
    assert environment.find(course) == tmp_path / "image" / "bin" / "python"
    os.utime(course / "pyproject.toml", (4e9, 4e9))
    assert environment.find(course) is None


class Installed:
    """What `importlib.metadata` says of an installed course."""

    def __init__(self, url):
        self.url = url

    def read_text(self, name):
        return f'{{"url": "{self.url}"}}'


def test_no_second_environment_is_made_where_the_course_is_installed(course, monkeypatch):
    where = course.as_uri()
    monkeypatch.setattr(environment.importlib.metadata, "distribution", lambda name: Installed(where))
    assert environment.require(course, pytest.fail) == Path(sys.executable)
    where = "file:///srv/one-copy-for-all"  # as on a hub, from whose copy a learner's is another
    assert environment.require(course, pytest.fail) == Path(sys.executable)
    (course / "autograder").mkdir()  # a clone wants its own code
    assert environment.find(course) is None


def test_on_a_hub_without_the_packages_a_line_says_whom_to_ask(course, monkeypatch, made):
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    with pytest.raises(Refused, match="ask whoever runs the hub"):
        environment.require(course, pytest.fail)
    assert not (course / ".venv").exists()
    monkeypatch.setenv("VENV", ".venv")  # unless one asks for it
    monkeypatch.setattr(environment, "of_pip", lambda *_: [])
    environment.require(course, lambda text: None)
    assert environment.find(course)


# uv or pip


@pytest.fixture
def with_uv(tmp_path, monkeypatch):
    """A program called uv on the PATH; returns its path."""
    program = tmp_path / "uv"
    program.write_text("#!/bin/sh\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(environment.shutil, "which", lambda name: str(program) if name == "uv" else shutil.which(name))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return str(program)


def test_uv_is_taken_where_it_is_and_pip_where_it_was_told_something_that_uv_does_not_read(with_uv, monkeypatch):
    python = Path(sys.executable)
    monkeypatch.setattr(environment.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, ""))
    assert environment._uv(python) == with_uv
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.school.example/simple")
    assert environment._uv(python) is None
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://index.school.example/simple")
    assert environment._uv(python) == with_uv
    monkeypatch.setenv("COURSE_INSTALLER", "pip")
    assert environment._uv(python) is None
    monkeypatch.setenv("COURSE_INSTALLER", "conda")
    with pytest.raises(Refused, match="COURSE_INSTALLER is 'conda': say pip or uv"):
        environment._uv(python)


def test_what_pip_is_told_in_its_file_counts_too():
    assert environment.speaks_to_pip_alone("global.index-url='https://a.example'\n", {})
    assert environment.speaks_to_pip_alone(":env:.cert='/etc/ca.pem'\n", {})
    assert not environment.speaks_to_pip_alone("global.disable-pip-version-check='1'\n", {"PIP_NO_INPUT": "1"})


@pytest.mark.parametrize("wheels_alone", [True, False])
def test_both_install_the_lock_and_then_the_course_a_learners_from_wheels_alone(wheels_alone):
    for commands in (environment.of_pip(Path("p"), wheels_alone), environment.of_uv("uv", Path("p"), wheels_alone)):
        assert ["requirements.lock" in command for command in commands] == [True, False]
        assert (":all:" in " ".join(commands[0])) == wheels_alone  # without a compiler
        assert commands[1][-4:] == ["--no-deps", "--no-build-isolation", "-e", "."]


def test_an_edition_takes_wheels_alone_and_a_clone_what_there_is(course, made, monkeypatch):
    asked = []
    made("pass")
    monkeypatch.setattr(environment, "of_pip", lambda python, wheels_alone: asked.append(wheels_alone) or [])
    environment.make(course / ".venv", course, lambda text: None)
    (course / "autograder").mkdir()
    environment.make(course / ".venv", course, lambda text: None)
    assert asked == [True, False]


# the machine


def test_a_full_disk_is_told_before_anything_is_fetched(course, made, monkeypatch):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: Free(0, 0, int(1.2e9)))
    with pytest.raises(Refused, match=r"needs \d\.\d GB of disk, and .* has 1\.2 GB free: make room, or .* VENV"):
        made("pass")
    assert not (course / ".venv").exists()


def test_what_is_installed_already_is_not_asked_for_again(course, made, monkeypatch):
    made("pass")
    (course / ".venv" / "tensorflow").touch()
    os.truncate(course / ".venv" / "tensorflow", machine.DISK_OF_ENVIRONMENT)  # a file of holes: it takes no disk
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: Free(0, 0, machine.DISK_OF_DOWNLOADS + 1))
    require_room(course / ".venv", lambda text: None)


def test_little_memory_is_said_and_does_not_stop_it(course, monkeypatch):
    said = []
    monkeypatch.setattr(machine, "memory_of_machine", lambda: int(3.9e9))
    require_room(course / ".venv", said.append)
    assert "has 3.9 GB of memory" in said[0]
    monkeypatch.setattr(machine, "memory_of_machine", lambda: 0)  # unknown
    require_room(course / ".venv", pytest.fail)


def test_the_memory_of_this_machine_is_known():
    psutil = pytest.importorskip("psutil")
    assert 2**28 < machine.memory_of_machine() <= psutil.virtual_memory().total


def test_a_path_that_windows_would_cut_is_told(monkeypatch):
    long = Path("/c") / "a folder with a long name" / ("x" * 60) / ".venv"
    machine._require_short_path(long)
    monkeypatch.setattr(machine, "ON_WINDOWS", True)
    machine._require_short_path(Path("/c/course/.venv"))
    with pytest.raises(Refused, match=r"too long a path for Windows.* such as C:\\course"):
        machine._require_short_path(long)
    monkeypatch.setattr(machine, "_takes_long_paths", lambda: True)
    machine._require_short_path(long)
