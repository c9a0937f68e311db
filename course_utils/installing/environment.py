"""The environment in which the course's commands run: found where there is one, made where there is none.

It is VENV, or `.venv` in the course's folder. No second one of 2.5 GB is made where the course is installed already (conda, an image,
a JupyterHub's own Python). A set-up that was interrupted goes on: the installers keep what they have fetched.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
import signal
import subprocess
import sys
import types
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from course_utils.installing.machine import require_room
from course_utils.limits import INDEX_SECONDS, MOST_RESUMED
from course_utils.on_hub import on_hub
from course_utils.refused import PROJECT, Refused

#: In the environment once all is installed: a digest of what it was made from.
STAMP = "ready"
#: Settings of pip's that uv does not read: where one of them is made, pip is taken.
OF_PIP_ALONE = (
    *(
        "index-url",
        "extra-index-url",
        "find-links",
        "no-index",
        "proxy",
        "cert",
        "client-cert",
        "trusted-host",
        "constraint",
    ),
)
#: And those by which uv was told the same.
OF_UV = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_CONFIG_FILE")
#: For a slow line; what the user has set counts. pip 25.1 and later lets a download that broke off go on where it was.
SLOW_LINE = {
    "PIP_DEFAULT_TIMEOUT": str(INDEX_SECONDS),
    "PIP_RESUME_RETRIES": str(MOST_RESUMED),
    "UV_HTTP_TIMEOUT": str(INDEX_SECONDS),
}

Say = Callable[[str], object]


def venv_of(root: Path) -> Path:
    """Where the environment is, or is to be."""
    return root / Path(os.environ.get("VENV") or ".venv").expanduser()


def python_in(venv: Path) -> Path:
    """Its Python, on any system."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def programs_of(python: Path) -> Path:
    """The folder of the programs that were installed beside a Python."""
    beside = python.parent
    return beside / "Scripts" if os.name == "nt" and beside.name.lower() != "scripts" else beside


def surroundings(python: Path) -> dict[str, str]:
    """The environment variables with which a command runs in it: as where it is activated."""
    path = os.pathsep.join([str(programs_of(python)), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


def find(root: Path) -> Path | None:
    """The Python in which the course of this folder is installed as it stands; None where there is none yet."""
    venv = venv_of(root)
    if _is_ready(venv, root):
        return python_in(venv)
    if not (venv / "pyvenv.cfg").is_file() and is_installed(root):
        return Path(sys.executable)
    return None


def require(root: Path, say: Say) -> Path:
    """`find`, or else make it. Raises Refused, saying what to do, where it cannot be made."""
    if python := find(root):
        return python
    if on_hub() and not os.environ.get("VENV"):
        raise Refused(
            "This JupyterHub's Python does not have the course's packages, and an environment of one's own takes 2.5 GB of a home: ask "
            "whoever runs the hub to install them for all (pip install -r requirements.lock, then pip install --no-deps "
            "--no-build-isolation -e . in one copy of the course). To make one all the same, set the variable VENV to a folder."
        )
    make(venv_of(root), root, say)
    return python_in(venv_of(root))


def is_installed(root: Path) -> bool:
    """Whether the Python that runs this has the course installed: of a clone just that clone, of an edition any copy."""
    try:
        found = importlib.metadata.distribution(PROJECT)
    except importlib.metadata.PackageNotFoundError:
        return False
    if not (root / "autograder").is_dir():
        return True
    try:
        told = json.loads(found.read_text("direct_url.json") or "{}")
    except ValueError:
        return False
    path = urllib.request.url2pathname(urllib.parse.urlsplit(told.get("url", "")).path)
    return bool(path) and Path(path).resolve() == root.resolve()


def _is_ready(venv: Path, root: Path) -> bool:
    stamp, config = venv / STAMP, venv / "pyvenv.cfg"
    if not (stamp.is_file() and python_in(venv).exists() and _has_its_base(config)):
        return False
    if told := stamp.read_text(encoding="ascii", errors="replace").strip():
        return told == _made_from(root)
    return all(
        path.stat().st_mtime <= stamp.stat().st_mtime for path in _sources(root)
    )  # empty: an image's, or make's of old


def _has_its_base(config: Path) -> bool:
    """Whether the Python from which an environment was made is still there; otherwise nothing in it starts."""
    try:
        lines = config.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    homes = [line.partition("=")[2].strip() for line in lines if line.partition("=")[0].strip() == "home"]
    return all(Path(home).is_dir() for home in homes)


def _sources(root: Path) -> list[Path]:
    """What an environment is made from: packages, the course's own metadata, and settings that are copied into it."""
    folders = [root / "jupyter", root / "autograder" / "formgrader" / "jupyter" / "jupyter_server_config.d"]
    copied = [path for folder in folders for path in sorted(folder.glob("*")) if path.is_file()]
    return [root / "requirements.lock", root / "pyproject.toml", *copied]


def _made_from(root: Path) -> str:
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def make(venv: Path, root: Path, say: Say) -> None:
    """Make the environment, or bring it to what the lock says. Raises Refused where it cannot be; what was fetched is kept."""
    if venv.exists() and any(venv.iterdir()) and not (venv / "pyvenv.cfg").is_file():
        raise Refused(f"{venv} is there, and is no Python environment: move it away, or name another folder in VENV")
    require_room(venv, say)
    python, has_base = python_in(venv), _has_its_base(venv / "pyvenv.cfg")
    wheels_alone = not (
        root / "autograder"
    ).is_dir()  # of what authors need besides, a few packages are Python's source alone
    if not (has_base and _runs(python, "-m", "pip", "--version")):
        size = "2.5" if wheels_alone else "2.9"
        say(
            f"Making the environment in {venv}: about {size} GB and a few minutes, once. If it is interrupted, the same command goes on."
        )
        _run(of_venv(venv, anew=venv.exists() and not has_base), root, "have no environment to be installed in")
    else:
        say(
            f"Bringing the environment in {venv} to what requirements.lock says; what is fetched already is not fetched again."
        )
    uv = _uv(python)
    commands = of_uv(uv, python, wheels_alone) if uv else of_pip(python, wheels_alone)
    say(f"Installing with {'uv' if uv else 'pip'}.")
    more = " COURSE_INSTALLER=pip takes pip in the place of uv." if uv else ""
    for command in commands:
        _run(command, root, "could not all be installed", more)
    (venv / STAMP).write_text(_made_from(root) + "\n", encoding="ascii")


def of_venv(venv: Path, anew: bool) -> list[str]:
    """The command that makes an environment with pip in it; `anew`: of what is there nothing starts any more."""
    return [sys.executable, "-m", "venv", *(["--clear"] if anew else []), str(venv)]


def of_pip(python: Path, wheels_alone: bool) -> list[list[str]]:
    """pip's commands: the packages of the lock, of a learner's as wheels alone, so that no compiler is needed; then the course."""
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    return [
        [*pip, "--progress-bar", "on", *(["--only-binary=:all:"] if wheels_alone else []), "-r", "requirements.lock"],
        [*pip, "--no-deps", "--no-build-isolation", "-e", "."],
    ]


def of_uv(uv: str, python: Path, wheels_alone: bool) -> list[list[str]]:
    """The same by uv, which is several times as fast."""
    install = [uv, "pip", "install", "--python", str(python)]
    return [
        [*install, *(["--only-binary", ":all:"] if wheels_alone else []), "-r", "requirements.lock"],
        [*install, "--no-deps", "--no-build-isolation", "-e", "."],
    ]


def _uv(python: Path) -> str | None:
    """uv, where it is installed and would look where pip looks. COURSE_INSTALLER=pip or uv decides otherwise."""
    wanted, uv = os.environ.get("COURSE_INSTALLER", ""), shutil.which("uv")
    if wanted not in ("", "pip", "uv"):
        raise Refused(f"COURSE_INSTALLER is {wanted!r}: say pip or uv, or leave it unset")
    if wanted == "uv" and not uv:
        raise Refused(
            "COURSE_INSTALLER is 'uv', and uv is not on the PATH: install it, or leave COURSE_INSTALLER unset"
        )
    if wanted or not uv:
        return uv if wanted == "uv" else None
    if any(name in os.environ for name in OF_UV):
        return uv
    told = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, errors="replace"
    )
    return None if speaks_to_pip_alone(told.stdout, os.environ) else uv


def speaks_to_pip_alone(config: str, environ: Mapping[str, str]) -> bool:
    """Whether `pip config list`, or a variable, says something of where packages are that uv would not hear."""
    names = {line.partition("=")[0].rpartition(".")[2].strip().replace("_", "-") for line in config.splitlines()}
    names |= {name.removeprefix("PIP_").lower().replace("_", "-") for name in environ if name.startswith("PIP_")}
    return not names.isdisjoint(OF_PIP_ALONE)


def _runs(python: Path, *arguments: str) -> bool:
    try:
        return subprocess.run([str(python), *arguments], capture_output=True).returncode == 0
    except OSError:
        return False


def call(command: list[str], folder: Path, variables: Mapping[str, str]) -> tuple[int, bool]:
    """Run a command to its end; its exit code, and whether Ctrl-C was pressed meanwhile.

    The terminal sends Ctrl-C to the command as well: JupyterLab asks whether it is meant, pip clears up. Both are waited for.
    """
    pressed: list[int] = []

    def note(number: int, frame: types.FrameType | None) -> None:
        pressed.append(number)

    before = signal.signal(signal.SIGINT, note)  # a function, not SIG_IGN, which the command would inherit
    try:
        with subprocess.Popen(command, cwd=folder, env=variables) as process:
            ended = signal.signal(
                signal.SIGTERM, lambda *_: process.terminate()
            )  # whoever ends course.py ends the command
            try:
                return process.wait(), bool(pressed)
            finally:
                signal.signal(signal.SIGTERM, ended)
    finally:
        signal.signal(signal.SIGINT, before)


def _run(command: list[str], root: Path, failed: str, more: str = "") -> None:
    """Run a command of the set-up; what it prints is shown. Raises Refused where it fails, KeyboardInterrupt after Ctrl-C."""
    variables = {**SLOW_LINE, **os.environ}
    variables.pop("PYTHONPATH", None)  # of another environment
    code, stopped = call(command, root, variables)
    if code and stopped:
        raise KeyboardInterrupt
    if code:
        raise Refused(
            f"The packages {failed}: the reason is above. What was fetched is kept: mend the reason, and the same command goes on. "
            f"No connection? Behind a proxy set HTTPS_PROXY, and with an index of your school's own PIP_INDEX_URL.{more}"
        )
