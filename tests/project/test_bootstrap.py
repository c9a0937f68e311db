"""`python course.py`: one bootstrap for every system, which the Makefiles call and the learner's edition has as well."""

import ast
import os
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest

import course
from autograder.course import ROOT
from autograder.edition import contents
from autograder.steps import OF_AUTHORS
from course_utils.installing.steps import OF_LEARNERS

MAKEFILES = {"clone": (ROOT / "Makefile").read_text(), "edition": (contents.TEMPLATES / "Makefile").read_text()}


def run(*arguments, folder=ROOT, **options):
    return subprocess.run(
        [sys.executable, "course.py", *arguments], cwd=folder, capture_output=True, text=True, **options
    )


@pytest.fixture
def edition(tmp_path):
    for path, data in contents.gather(["01_containers_and_arrays"]).items():
        if path == "course.py" or path.startswith(("course_utils/", "jupyter/")) or "/" not in path:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("where", MAKEFILES)
def test_a_makefile_tells_no_step_but_calls_each(where):
    steps = {"help", *OF_LEARNERS, *(OF_AUTHORS if where == "clone" else ())}
    recipes = dict(re.findall(r"^([a-z-]+):.*\n((?:\t.*\n)+)", MAKEFILES[where], re.M))
    assert recipes.keys() == steps
    for name, recipe in recipes.items():
        assert re.fullmatch(rf"\t@\$\(COURSE\) {name}( \$\([A-Z_]+\))*\n", recipe), name


def test_it_lists_its_commands_in_a_clone_and_in_an_edition(edition):
    for folder, steps in ((ROOT, OF_LEARNERS | OF_AUTHORS), (edition, OF_LEARNERS)):
        done = run(folder=folder)
        assert [line.split()[0] for line in done.stdout.splitlines()] == [*steps, "help"]
    assert "there is no command 'test'; there are: lab, setup" in run("test", folder=edition).stdout


def test_a_list_of_which_only_the_head_is_read_is_no_defect():
    words = (
        f"{shlex.quote(sys.executable)} course.py help | head -1; {shlex.quote(sys.executable)} course.py help | true"
    )
    for _ in range(3):
        done = subprocess.run(["sh", "-c", words], cwd=ROOT, capture_output=True, text=True)
        assert done.stdout.startswith("lab ")
        assert done.stderr == ""


def test_it_needs_no_package_and_says_in_any_python_what_is_wrong():
    """Neither to be listed nor to refuse; and old Pythons can read it, so that they say which one is needed."""
    done = subprocess.run([sys.executable, "-S", "-E", "course.py", "help"], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.startswith("lab ")
    ast.parse((ROOT / "course.py").read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 14, 0), (2, 7, 18)])
def test_a_python_that_does_not_fit_hands_over_to_one_that_does(version, monkeypatch, tmp_path):
    assert not course.fits(version)
    called = []
    monkeypatch.setattr(course.sys, "version_info", version)
    monkeypatch.setattr(course.subprocess, "call", lambda command: called.append(command) or 7)
    fitting = tmp_path / "python3.12"
    fitting.write_text("#!/bin/sh\necho 3 12\n")
    fitting.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("VENV", str(tmp_path / "none"))
    assert course.main(["lab", "--no-browser"]) == 7
    assert called == [["python3.12", str(ROOT / "course.py"), "lab", "--no-browser"]]


def test_where_there_is_none_a_line_says_which_is_needed(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(course.sys, "version_info", (3, 10, 4))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("VENV", str(tmp_path / "none"))
    broken = tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    assert course.main(["lab"]) == 1
    assert re.match(
        r"Python 3\.11 to 3\.13 is needed; .* is 3\.10, .*python3\.12 course\.py lab", capsys.readouterr().out
    )


def test_the_versions_are_those_that_the_project_declares():
    from packaging.specifiers import SpecifierSet

    allowed = SpecifierSet(re.search(r'requires-python = "(.*)"', (ROOT / "pyproject.toml").read_text())[1])
    assert [n for n in range(6, 20) if allowed.contains(f"3.{n}.0")] == [n for n in range(6, 20) if course.fits((3, n))]


def test_what_test_runs_is_chosen_by_a_unit_or_by_paths():
    lines = run("--show", "test", "02", "-x").stdout.splitlines()
    assert lines[0] == "ruff check ."
    assert lines[-1].startswith("pytest tests solutions/02_convolution_and_pooling --ignore=tests/autograder/engine")
    assert lines[-1].endswith(" -x")
    assert run("--show", "test", "solutions").stdout.splitlines()[-1].startswith("pytest solutions -n 3 ")
    assert run("--show", "test").stdout.splitlines()[-1].startswith("pytest tests solutions -n 3 ")
    assert "There is no unit 77" in run("--show", "test", "77").stdout


def test_outputs_are_compared_to_the_letter_where_the_mirror_is():
    for mirror, option in (("/a/mirror", "--nbval"), ("", "--nbval-lax")):
        shown = run("--show", "test", env={**os.environ, "COURSE_MIRROR": mirror}).stdout
        assert option in shown.splitlines()[-1].split()


def test_no_file_is_opened_in_whatever_encoding_the_system_has():
    """Files of the course are UTF-8, also where the system's own encoding is cp950. (The engine runs on Linux alone.)"""
    ruff = ["ruff", "check", "--isolated", "--preview", "--select", "PLW1514", "--output-format", "concise"]
    where = ["course.py", "course_utils", "autograder", "--exclude", "autograder/engine"]
    done = subprocess.run([*ruff, *where], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_line_ends_are_the_same_on_every_system():
    """What is built, packed and listed is compared by its bytes; git for Windows would write other line ends into a clone."""
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text().splitlines()
    assert "* -text" in (contents.TEMPLATES / "gitattributes").read_text().splitlines()
    files = subprocess.run(["git", "ls-files", "--eol"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    assert [line for line in files if line.startswith(("i/crlf", "i/mixed"))] == []


@pytest.mark.parametrize("encoding", ["cp950", "cp949", "cp1252", "ascii"])
def test_no_console_lacks_a_letter_of_it(encoding, edition):
    """An edition in a folder whose name the console cannot show is no reason to fail."""
    folder = edition / "課程 과정 cours é"
    folder.mkdir()
    for path in [one for one in edition.iterdir() if one != folder]:
        path.rename(folder / path.name)
    done = subprocess.run(
        [sys.executable, "course.py", "update"],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding, "VENV": str(folder / "none")},
    )
    assert b"is not an edition of the course" in done.stdout, done.stdout + done.stderr
    assert b"Traceback" not in done.stdout + done.stderr


def test_ctrl_c_reaches_the_command_which_is_waited_for(tmp_path):
    """As JupyterLab asks whether it is meant: what course.py runs has the time to answer."""
    child = tmp_path / "child.py"
    child.write_text(
        "import pathlib, sys, time\n"
        "try:\n    print('begun', flush=True); time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(1); pathlib.Path(sys.argv[1]).touch(); sys.exit(5)\n"
    )
    code = (
        "import os, sys; from pathlib import Path; from course_utils.installing.environment import call; "
        "print(call([sys.executable, *sys.argv[1:]], Path('.'), os.environ))"
    )
    words = [sys.executable, "-c", code, str(child), str(tmp_path / "ended")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment) as running:
        assert running.stdout.readline() == "begun\n"
        time.sleep(0.2)
        os.killpg(running.pid, signal.SIGINT)
        assert running.stdout.read() == "(5, True)\n"
    assert (tmp_path / "ended").exists()


def test_what_ends_it_ends_the_command(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from course_utils.installing.environment import call; "
        "print(call([sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(60)'], Path('.'), os.environ))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout.readline() == "1\n"
        running.terminate()
        assert running.stdout.read() == f"({-signal.SIGTERM}, False)\n"
