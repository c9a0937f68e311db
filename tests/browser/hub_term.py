"""A term on a real hub: an instructor, two learners, and the course as docs/jupyterhub.md has it set up."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import COURSE, ROOT
from tests.browser.hub import Hub, User, jupyterhub, make_environment, show_every_cell, users

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WAIT = 120_000  # milliseconds for a server to start, or a whole notebook to be validated
#: Of this checkout what no instructor's course needs.
UNWANTED = (".*", "__pycache__", "tests", "dist", "cache", "hidden", "course_secret.txt", "node_modules")


@dataclass
class Term:
    """A hub on which an instructor and two learners have accounts, and what has been set up for them."""

    hub: Hub
    browser: Browser
    shared: Path  # what learners can read: the edition, the settings, the exchange
    course: Path  # the instructor's
    python: Path  # the instructor's
    learners_python: Path
    ann: User
    ada: User
    bob: User

    def teach(self, program: str, *words: str, check: bool = True) -> str:
        """What the instructor types in a terminal of their server, in the course's folder; what it printed."""
        told = {"JUPYTER_CONFIG_PATH": str(self.shared / "hub" / "instructor"), "COURSE_SECRET": "of this test"}
        command = [str(self.python.parent / program), *words]
        done = self.ann.run(*command, cwd=self.course, check=check, **told)
        return done.stdout + done.stderr

    def home_copy(self, user: User) -> Path:
        """Where a learner's edition is."""
        return user.home / COURSE.slug

    def address(self, user: User) -> str:
        """Where a user's server is."""
        return f"{self.hub.address}/user/{user.name}/"

    def enter(self, user: User) -> Page:
        """Log in, and wait for what JupyterLab opens; the page."""
        page = self.browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(WAIT)
        page.goto(f"{self.hub.address}/hub/login")
        page.fill("#username_input", user.name)
        page.fill("#password_input", self.hub.password)
        page.click("#login_submit")
        page.wait_for_url(f"**/user/{user.name}/lab/**")
        page.locator(".jp-NotebookPanel, .jp-DirListing").first.wait_for()
        return page

    def stop(self, page: Page) -> None:
        """Stop the user's server, as a hub does over night, and close the page."""
        from playwright.sync_api import TimeoutError

        page.goto(f"{self.hub.address}/hub/home", wait_until="networkidle")
        for last in (False, False, True):  # a press before the page's script has loaded is lost
            page.click("#stop")
            try:
                page.locator("#stop").wait_for(state="hidden", timeout=15_000)
                break
            except TimeoutError:
                if last:
                    raise
        page.context.close()


@contextmanager
def begin(browser: Browser, unit: str) -> Iterator[Term]:
    """A term whose edition has one unit; users, processes and folders are gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="p2p-hub-")))
        folder.chmod(0o755)  # for everybody; pytest's own folders are their owner's alone
        ann, ada, bob = stack.enter_context(users("ann", "ada", "bob"))
        course, shared = ann.home / "course", folder / "shared"
        shared.mkdir()
        shutil.copytree(ROOT, course, ignore=shutil.ignore_patterns(*UNWANTED))
        python = make_environment(folder / "instructor", course)
        for path in (course, shared):
            ann.own(path)
        course.chmod(0o700)
        autograder = str(python.parent / "autograder")
        ann.run(autograder, "release", unit[:2], "--folder", str(shared), cwd=course)
        learners_python = make_environment(folder / "learners", shared / COURSE.slug)
        told = ["--exchange", str(shared / "exchange"), "--course-at", str(shared), "--instructor", ann.name]
        ann.run(autograder, "hub", *told, "--python", str(learners_python), cwd=course)
        for user in (ada, bob):
            show_every_cell(user)
        (folder / "hub").mkdir(mode=0o700)
        fragment, names = shared / "hub" / "jupyterhub_config.py", {user.name for user in (ann, ada, bob)}
        hub = stack.enter_context(jupyterhub(folder / "hub", learners_python, fragment, names))
        yield Term(hub, browser, shared, course, python, learners_python, ann, ada, bob)
