"""A real JupyterHub on this machine: its users, its environments and its processes, all of which end with the test."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.common.browser import SETTINGS
from autograder.common.finding import allowed_to_others

PROXY = "configurable-http-proxy"
STARTING = 120  # seconds for the hub to answer; a busy machine takes ten
#: Where programs are that the system has, for everybody.
SYSTEM = "/usr/local/bin:/usr/bin:/bin"


def why_not() -> str:
    """Why no hub can be started here; "" where one can."""
    if not (os.environ.get("COURSE_TEST_SLOW") or os.environ.get("COURSE_TEST_HUB")):
        return "a hub is started where COURSE_TEST_HUB=1 asks for it"
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "a hub that starts servers as their users needs Linux, and root"
    lacks = [name for name in ("useradd", "userdel", PROXY) if not shutil.which(name)]
    if lacks:
        return f"{lacks[0]} is not on the PATH"
    for name in ("jupyterhub", "nbgitpuller"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            importlib.metadata.version(name)
            continue
        return f"{name} is not installed"
    if not base_python():
        return "there is no Python of this version that other users can run"
    closed = [path for path in site_packages() if not allowed_to_others(path, stat.S_IROTH | stat.S_IXOTH)]
    return f"other users cannot read {closed[0]}" if closed else ""


def base_python() -> str:
    """A Python of this version that every user can run: this one, or the system's."""
    name = f"python3.{sys.version_info.minor}"
    for path in (sys._base_executable, shutil.which(name, path=SYSTEM)):  # type: ignore[attr-defined]  # venv takes it so
        if path and allowed_to_others(Path(path), stat.S_IROTH | stat.S_IXOTH):
            return path
    return ""


def site_packages() -> list[Path]:
    """Where the packages of this environment lie, first those that are found first."""
    return [Path(path) for path in sys.path if path.endswith("site-packages")]


@dataclass(frozen=True)
class User:
    """A user of this machine, made for the test."""

    name: str
    home: Path

    def run(self, *words: str, cwd: Path | None = None, check: bool = True, **more: str) -> subprocess.CompletedProcess:
        """Run a program as this user, and give back what it printed."""
        environment = {"HOME": str(self.home), "USER": self.name, "LOGNAME": self.name, "PATH": SYSTEM, **more}
        done = subprocess.run(
            words,
            **{"cwd": cwd or self.home, "env": environment, "user": self.name, "group": self.name, "extra_groups": []},
            **{"capture_output": True, "text": True},
        )
        assert done.returncode == 0 or not check, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def own(self, path: Path) -> None:
        """Have a file or folder, and all in it, belong to this user."""
        subprocess.run(["chown", "-R", f"{self.name}:{self.name}", str(path)], check=True)


@contextlib.contextmanager
def users(*roles: str) -> Iterator[list[User]]:
    """New users of this machine, each with a home; whatever happens they, and what they run, are gone afterwards."""
    mark, made = secrets.token_hex(3), []
    try:
        for role in roles:
            name = f"p2p-hub-{mark}-{role}"
            made.append(User(name, Path("/home") / name))
            subprocess.run(["useradd", "-m", "-U", "-s", "/bin/bash", "-d", f"/home/{name}", name], check=True)
        yield made
    finally:
        for user in made:
            _end_all_of(user.name)
            subprocess.run(["userdel", "-r", user.name], capture_output=True)
            shutil.rmtree(user.home, ignore_errors=True)


def _end_all_of(name: str) -> None:
    """Kill what a user runs still, each by its number."""
    import pwd

    with contextlib.suppress(KeyError):
        number = pwd.getpwnam(name).pw_uid
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if place.stat().st_uid == number:
                    os.kill(int(place.name), signal.SIGKILL)


def show_every_cell(user: User) -> None:
    """JupyterLab's settings with which all cells of a notebook are in the page, also those outside the window."""
    for name, values in SETTINGS.items():
        path = user.home / ".jupyter/lab/user-settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    user.own(user.home / ".jupyter")


def make_environment(folder: Path, installed: Path) -> Path:
    """An environment that all users can run, with the packages of this one, and with a copy of the course installed.

    Its Python is returned. Nothing is fetched: the packages are those of this environment, by a path file.
    """
    subprocess.run([base_python(), "-m", "venv", "--without-pip", str(folder)], check=True)
    [own] = folder.glob("lib/python3*/site-packages")
    (own / "packages.pth").write_text("".join(f"{path}\n" for path in site_packages()))
    python = folder / "bin" / "python"
    whence = Path(importlib.metadata.distribution("jupyterlab").locate_file("")).parents[2]
    (folder / "share").mkdir(exist_ok=True)
    (folder / "share/jupyter").symlink_to(whence / "share/jupyter")
    extensions = folder / "etc/jupyter/jupyter_server_config.d"
    extensions.mkdir(parents=True)
    for packages in site_packages():
        for path in packages.parents[2].glob("etc/jupyter/jupyter_server_config.d/*.json"):
            if not path.name.startswith("autograder"):  # comes with the course, where that is installed
                shutil.copy(path, extensions)
    for entry in importlib.metadata.entry_points(group="console_scripts"):
        script = folder / "bin" / entry.name
        if not script.exists():
            module, _, function = entry.value.partition(":")
            call = f"from {module} import {function}; raise SystemExit({function}())"
            script.write_text(f"#!{python}\n{call}\n")
            script.chmod(0o755)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--no-index", "-e", str(installed)], check=True, env=_without_python())
    return python


def _without_python() -> dict[str, str]:
    """The environment variables without those that lead Python, or the course, elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "COURSE_", "NBGRADER", "PIP_"))
    }


CONFIG = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{ports[1]}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = {password!r}
c.Authenticator.allowed_users = {names!r}
c.JupyterHub.db_url = "sqlite:///{folder}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.Spawner.start_timeout = c.Spawner.http_timeout = {starting}
c.LocalProcessSpawner.interrupt_timeout = c.LocalProcessSpawner.term_timeout = 3
load_subconfig({fragment!r})
"""


@dataclass(frozen=True)
class Hub:
    """A JupyterHub that runs."""

    address: str
    password: str
    log: Path


@contextlib.contextmanager
def jupyterhub(folder: Path, python: Path, fragment: Path, names: set[str]) -> Iterator[Hub]:
    """A JupyterHub in `folder`, run by `python`, whose settings include `fragment`; it and its servers end with the block."""
    ports, password = _free_ports(3), secrets.token_urlsafe(24)
    words = {"folder": folder, "fragment": str(fragment), "names": names, "proxy": shutil.which(PROXY)}
    config = folder / "jupyterhub_config.py"
    config.write_text(CONFIG.format(ports=ports, password=password, starting=STARTING, **words))
    log = folder / "jupyterhub.log"
    path = os.pathsep.join([str(python.parent), str(Path(str(shutil.which(PROXY))).parent), SYSTEM])
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [str(python), "-m", "jupyterhub", "-f", str(config)],
            **{"cwd": folder, "stdout": sink, "stderr": subprocess.STDOUT, "start_new_session": True},
            env={**_without_python(), "PATH": path},
        )
    try:
        _wait(process, f"http://127.0.0.1:{ports[1]}/hub/health", log)
        yield Hub(f"http://127.0.0.1:{ports[0]}", password, log)
    finally:
        process.terminate()  # it stops the servers and the proxy
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(40)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        with contextlib.suppress(OSError, ValueError):  # a hub that could not end in time has left its proxy
            proxy = int((folder / "jupyterhub-proxy.pid").read_text())
            if PROXY.encode() in Path(f"/proc/{proxy}/cmdline").read_bytes():
                os.kill(proxy, signal.SIGKILL)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _wait(process: subprocess.Popen, address: str, log: Path) -> None:
    deadline = time.monotonic() + STARTING
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.2)
    raise RuntimeError(f"JupyterHub did not start; the end of its log:\n{log.read_text(errors='replace')[-4000:]}")


@contextlib.contextmanager
def git_server(folder: Path) -> Iterator[str]:
    """The address of a git server, for this machine alone, of the repositories in `folder`."""
    [port] = _free_ports(1)
    words = [
        "git",
        "daemon",
        "--reuseaddr",
        "--export-all",
        "--listen=127.0.0.1",
        f"--port={port}",
        f"--base-path={folder}",
    ]
    process = subprocess.Popen([*words, str(folder)], start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + STARTING
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
            time.sleep(0.1)
        yield f"git://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
