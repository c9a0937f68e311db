"""What an author sees of `autograder preview`: the learner's notebook beside its solution, and the page of verdicts a click away."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.common.browser import SETTINGS
from autograder.course import KIT
from autograder.init.begin import FIRST, begin
from tests.browser.learner import OPENING

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.environ.get("COURSE_TEST_SLOW"), reason="half a minute; COURSE_TEST_SLOW=1 runs it"),
]


@pytest.fixture
def own_course(tmp_path: Path) -> Path:
    """A new course, built, and nothing of this one."""
    begin(tmp_path / "course")
    subprocess.run(
        [sys.executable, "-m", "autograder", "build", "--no-trace"],
        cwd=tmp_path / "course",
        env=_surroundings(tmp_path),
        check=True,
    )
    return tmp_path / "course"


def _surroundings(home: Path, token: str = "") -> dict[str, str]:
    """The environment of a command in another course, with JupyterLab's own folders in `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "JUPYTER"))}
    folders = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime", "TOKEN": None}
    mine = {f"JUPYTER_{name}": str(home / folder) if folder else token for name, folder in folders.items()}
    mine |= {"JUPYTER_CONFIG_PATH": str(KIT / "jupyter"), "JUPYTERLAB_SETTINGS_DIR": str(home / "settings")}
    return {
        **kept,
        **mine,
        "PYTHONPATH": str(KIT),
        "BROWSER": "true",
    }  # what is opened besides is a command that does nothing


@contextlib.contextmanager
def previewed(course: Path, token: str) -> Iterator[str]:
    """The address that `autograder preview` opens in a browser, while it runs."""
    for name, values in SETTINGS.items():
        path = course.parent / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))
    with (course.parent / "log").open("wb") as log:
        command = [sys.executable, "-m", "autograder", "preview", "01"]
        environment = _surroundings(course.parent, token)
        running = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield f"{_address(course.parent)}lab/workspaces/preview-{FIRST}?token={token}"
    finally:
        os.killpg(running.pid, signal.SIGTERM)  # JupyterLab is a process of its own
        running.wait(30)


def _address(home: Path) -> str:
    deadline = time.monotonic() + OPENING / 1000
    while time.monotonic() < deadline:
        for path in (home / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(ValueError, KeyError):  # it is still being written
                return json.loads(path.read_text(encoding="utf-8"))["url"]
        time.sleep(0.05)
    raise AssertionError((home / "log").read_text(encoding="utf-8", errors="replace")[-3000:])


def test_the_solution_is_beside_the_notebook_and_the_page_has_the_verdicts(own_course, browser, token, screenshots):
    with previewed(own_course, token) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(OPENING)
        page.goto(address)
        notebooks = page.locator(".jp-NotebookPanel:visible")
        notebooks.nth(1).locator(".jp-Cell").first.wait_for()
        assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
        left, right = sorted((notebooks.nth(0), notebooks.nth(1)), key=lambda one: one.bounding_box()["x"])
        assert left.bounding_box()["x"] + left.bounding_box()["width"] <= right.bounding_box()["x"] + 1, "side by side"
        solutions = [one.get_by_text("BEGIN SOLUTION").count() for one in (left, right)]
        assert solutions[0] == 0
        assert solutions[1] > 0
        page.screenshot(path=screenshots / "preview_notebooks.png")
        page.locator(".lm-TabBar-tab", has_text="preview_").click()
        told = page.frame_locator(".jp-HTMLViewer iframe")
        told.locator(".verdict").first.wait_for()
        assert told.locator("article").count() == told.locator(".verdict").count() > 3
        page.screenshot(path=screenshots / "preview_page.png")
        page.close()
