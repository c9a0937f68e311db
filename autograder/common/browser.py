"""A learner's JupyterLab, and a Chromium without a window to look at it: for the browser tests and the measurements."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import ROOT
from autograder.limits import LAB_SECONDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

#: Settings of the learner's JupyterLab: all cells are in the page, also those outside the window.
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
_FLAGS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowser(RuntimeError):
    """There is no Chromium, or nothing to drive it with; the message says which."""


def find_chromium() -> str | None:
    """The path of the first Chromium on the PATH; None where there is none."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, driven by Playwright. Raises NoBrowser where there is none."""
    executable = find_chromium()
    if not executable:
        raise NoBrowser(f"no browser: none of {', '.join(CHROMIUMS)} is on the PATH")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoBrowser("no browser: playwright is not installed") from None
    flags = [*_FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else list(_FLAGS)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=flags)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def jupyter_lab(course: Path, token: str) -> Iterator[str]:
    """The address of a JupyterLab that `make lab` would start in `course`, with a home of its own beside that folder.

    Raises RuntimeError, with the end of its log, when it does not start.
    """
    home = course.parent
    for name, values in SETTINGS.items():
        path = home / "lab" / "user-settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        # the settings as they are here, before those installed
        "JUPYTER_CONFIG_PATH": os.pathsep.join(
            [str(ROOT / "jupyter"), str(ROOT / "autograder" / "formgrader" / "jupyter")]
        ),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "lab" / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "lab" / "workspaces"),
        "JUPYTER_TOKEN": token,
    }
    for variable in ("NBGRADER_EXECUTION", "COURSE_WIDGETS", "COURSE_PROGRESS"):
        environment.pop(variable, None)
    log = home / "jupyterlab.log"
    with log.open("wb") as sink:
        server = subprocess.Popen(lab_command(), cwd=course, env=environment, stdout=sink, stderr=subprocess.STDOUT)
    try:
        yield _address(server, home / "runtime", log)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def lab_command() -> list[str]:
    """How `make lab` starts JupyterLab, here without opening a browser and on whatever port is free."""
    arguments = [sys.executable, "course.py", "--show", "lab", "--no-browser", "--ServerApp.port=0"]
    recipe = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    [line] = [line for line in recipe.splitlines() if line.startswith("python -m course_utils.lab")]
    return [sys.executable, *shlex.split(line)[1:]]


def _address(server: subprocess.Popen, runtime: Path, log: Path) -> str:
    """Where the server listens, as it writes it down itself: `port=0` let the system choose a free one."""
    deadline = time.monotonic() + LAB_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        for path in runtime.glob(f"jpserver-{server.pid}.json"):
            try:
                return json.loads(path.read_text(encoding="utf-8"))["url"]
            except (ValueError, KeyError):  # it is still being written
                pass
        time.sleep(0.02)
    raise RuntimeError(
        f"JupyterLab did not start; the end of its log:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
    )
