"""A learner's copy of the course, opened in JupyterLab, in a Chromium without a window."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.common.browser import NoBrowser, chromium, jupyter_lab
from autograder.course import ROOT


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
    with jupyter_lab(course, token) as address:
        yield address


@pytest.fixture(scope="module")
def server(graded: Path, token: str) -> Iterator[str]:
    """The address of a JupyterLab in an instructor's course: the one that a module's `graded` makes."""
    with jupyter_lab(graded, token) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """A headless Chromium; the test is skipped where there is none."""
    try:
        with chromium() as opened:
            yield opened
    except NoBrowser as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go, to be looked at: `COURSE_SCREENSHOTS`, or a temporary folder."""
    folder = Path(os.environ.get("COURSE_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
