"""A learner's copy of the course, opened in JupyterLab, in a Chromium without a window."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE = 120  # seconds for JupyterLab to answer; it needs about three on an idle machine

#: Settings of the learner's JupyterLab: all cells are in the page, also those outside the window.
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a learner gets; JupyterLab's settings are installed with the course."""
    folder = tmp_path_factory.mktemp("learner") / "course"
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return folder


@pytest.fixture(scope="session")
def token() -> str:
    """What JupyterLab asks for before it lets anybody in."""
    return secrets.token_hex(16)


@pytest.fixture(scope="session")
def lab(course: Path, token: str) -> Iterator[str]:
    """The address of a JupyterLab that runs in the learner's course, with a home of its own."""
    home = course.parent
    runtime = home / "runtime"
    for name, values in SETTINGS.items():
        path = home / "lab" / "user-settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "lab" / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "lab" / "workspaces"),
        "JUPYTER_TOKEN": token,
    }
    for variable in ("NBGRADER_EXECUTION", "COURSE_WIDGETS"):
        environment.pop(variable, None)
    log = home / "jupyterlab.log"
    with log.open("wb") as sink:
        server = subprocess.Popen(command(), cwd=course, env=environment, stdout=sink, stderr=subprocess.STDOUT)
    try:
        yield address_of(server, runtime, log)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def command() -> list[str]:
    """How `make lab` starts JupyterLab, here without opening a browser and on whatever port is free."""
    arguments = ["make", "--dry-run", "lab", "LAB_ARGS=--no-browser --ServerApp.port=0"]
    recipe = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    [line] = [line for line in recipe.splitlines() if line.startswith("jupyter lab")]
    return [sys.executable, "-m", *shlex.split(line)]


def address_of(server: subprocess.Popen, runtime: Path, log: Path) -> str:
    """Where the server listens, as it writes it down itself: `port=0` let the system choose a free one."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        for path in runtime.glob("jpserver-*.json"):
            try:
                return json.loads(path.read_text())["url"]
            except (ValueError, KeyError):  # it is still being written
                pass
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start; the end of its log:\n{log.read_text(errors='replace')[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """A headless Chromium; the test is skipped where there is none."""
    executable = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not executable:
        pytest.skip(f"no browser: none of {', '.join(CHROMIUMS)} is on the PATH")
    playwright = pytest.importorskip("playwright.sync_api", reason="no browser: playwright is not installed")
    flags = [
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=executable, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go, to be looked at: `COURSE_SCREENSHOTS`, or a temporary folder."""
    folder = Path(os.environ.get("COURSE_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
