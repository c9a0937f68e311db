"""The course on a real JupyterHub: from a release, through a learner's browser and nbgrader's exchange, to feedback that is read.

Each test goes on where the one before it ended, as the days of a term do.
"""

from __future__ import annotations

import csv
import json
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from autograder.course import COURSE
from tests.browser.hub import User, base_python, git_server, why_not
from tests.browser.hub_term import Term, begin
from tests.browser.learner import Notebook
from tests.browser.test_units import UNITS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(why_not()), reason=why_not())]

UNIT, OTHER = "01_containers_and_arrays", "02_convolution_and_pooling"
ANSWERS = UNITS[UNIT]


@pytest.fixture(scope="module")
def term(browser: Browser, screenshots: Path) -> Iterator[Term]:
    """A hub on which a term begins, with one unit in the edition; the hub's log is kept beside the screenshots."""
    with begin(browser, OTHER) as begun:
        try:
            yield begun
        finally:
            shutil.copy(begun.hub.log, screenshots)


@pytest.fixture(scope="module")
def adas(term: Term, screenshots: Path) -> Page:
    """JupyterLab as Ada meets it first."""
    page = term.enter(term.ada)
    page.locator(".jp-NotebookPanel", has_text="Pixels to Paragraphs").wait_for()
    page.wait_for_timeout(2000)
    page.screenshot(path=screenshots / "hub_start_page.png")
    return page


def assignments(page: Page, address: str) -> Page:
    """Open nbgrader's list of assignments, and wait for what it lists."""
    page.goto(f"{address}lab/workspaces/assignments/tree/notebooks")
    page.locator(".lm-MenuBar-item", has_text="Nbgrader").click()
    page.locator(".lm-Menu-item", has_text="Assignment List").click()
    page.locator("#released_assignments_list_loading").wait_for(state="hidden")
    page.wait_for_timeout(1500)
    return page


def press(page: Page, whence: str, button: str, whither: str) -> None:
    """Press the button of the unit in one part of the list of assignments, and wait until the unit is in another one."""
    page.locator(f"#{whence}_assignments_list .list_item", has_text=UNIT).get_by_text(button, exact=True).first.click()
    page.locator(f"#{whither}_assignments_list .list_item", has_text=UNIT).first.wait_for()


def test_a_learner_starts_on_the_start_page_in_an_edition_of_their_own(term: Term, adas: Page) -> None:
    home = term.home_copy(term.ada)
    assert adas.url.endswith(f"/user/{term.ada.name}/lab/tree/start.ipynb")
    assert (home / "notebooks" / OTHER / f"{OTHER}.ipynb").is_file()
    assert home.stat().st_uid != 0
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert "Convolve and pool" in adas.locator(".jp-NotebookPanel").inner_text()


def test_a_learner_cannot_read_the_course(term: Term) -> None:
    for path in (term.course, term.course / "solutions" / UNIT / f"{UNIT}.ipynb", term.course / "autograder"):
        assert term.ada.run("ls", str(path), check=False).returncode != 0
    code = "import course_utils, importlib.util; print(importlib.util.find_spec('autograder'))"
    assert term.ada.run(str(term.learners_python), "-c", code).stdout == "None\n"


def test_no_server_makes_an_environment_of_its_own(term: Term) -> None:
    home = term.home_copy(term.ada)
    there = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/", "COURSE_EDITION": str(term.shared / COURSE.slug)}

    def said(python: str, command: str) -> str:
        done = term.ada.run(python, "course.py", command, cwd=home, check=False, **there)
        return done.stdout + done.stderr

    for python in (str(term.learners_python), base_python()):  # with and without the course's packages
        assert "You have the newest edition" in said(python, "update")
        assert "A JupyterHub runs this server" in said(python, "lab")
    assert "ask whoever runs the hub" in said(base_python(), "setup")
    assert not (home / ".venv").exists()


def test_doctor_finds_nothing_amiss(term: Term) -> None:
    told = term.teach("autograder", "doctor", "--hub", "--course-at", str(term.shared), check=False)
    assert told.count("ok    ") >= 8, told
    lacks = [line for line in told.splitlines() if line.startswith("LACK")]
    assert lacks in ([], ["LACK  proxy: no configurable-http-proxy on the PATH"]), told


def test_a_unit_that_is_released_during_the_term_is_fetched_in_the_browser(
    term: Term, adas: Page, screenshots: Path
) -> None:
    term.teach("autograder", "release", UNIT[:2], OTHER[:2], "--folder", str(term.shared))
    term.teach("nbgrader", "generate_assignment", UNIT, "--force")
    term.teach("nbgrader", "release_assignment", UNIT)
    assignments(adas, term.address(term.ada))
    adas.screenshot(path=screenshots / "hub_assignments.png")
    press(adas, "released", "Fetch", "fetched")
    adas.screenshot(path=screenshots / "hub_fetched.png")
    fetched = term.home_copy(term.ada) / "notebooks" / UNIT / f"{UNIT}.ipynb"
    assert fetched.read_bytes() == (term.course / "notebooks" / UNIT / f"{UNIT}.ipynb").read_bytes()


def open_unit(page: Page, term: Term, user: User) -> Notebook:
    """The fetched unit, opened in a user's JupyterLab."""
    path = term.home_copy(user) / "notebooks" / UNIT / f"{UNIT}.ipynb"
    notebook = Notebook(page, term.address(user), path, token="")
    notebook.open()
    return notebook


def test_a_check_says_what_is_wrong_and_validate_agrees(term: Term, adas: Page, screenshots: Path) -> None:
    notebook = open_unit(adas, term, term.ada)
    notebook.run_first()
    assert "wrong on" in notebook.answer(ANSWERS.exercise, ANSWERS.wrong)
    assert "failed" in notebook.validate()
    assert "right" in notebook.answer(ANSWERS.exercise, ANSWERS.right)
    adas.screenshot(path=screenshots / "hub_right.png")
    said = notebook.validate()
    adas.screenshot(path=screenshots / "hub_validated.png")
    assert f'"{ANSWERS.exercise}"' not in said
    assert "not attempted yet" in said  # the unit's other exercises
    kept = json.loads((term.home_copy(term.ada) / "progress.json").read_text())
    assert kept["units"][UNIT][ANSWERS.exercise]["now"] == "right"


def test_notebooks_are_handed_in_collected_and_graded(term: Term, adas: Page, screenshots: Path) -> None:
    adas.keyboard.press("ControlOrMeta+s")
    adas.wait_for_timeout(2000)
    assignments(adas, term.address(term.ada))
    press(adas, "fetched", "Submit", "submitted")
    adas.screenshot(path=screenshots / "hub_submitted.png")
    bobs = term.enter(term.bob)
    assert (term.home_copy(term.bob) / "notebooks" / UNIT).is_dir(), "the edition has the unit by now"
    notebook = open_unit(bobs, term, term.bob)
    notebook.run_first()
    notebook.answer(ANSWERS.exercise, ANSWERS.wrong)
    bobs.keyboard.press("ControlOrMeta+s")
    bobs.wait_for_timeout(2000)
    assignments(bobs, term.address(term.bob))
    press(bobs, "fetched", "Submit", "submitted")
    bobs.context.close()
    term.teach("nbgrader", "collect", UNIT)
    term.teach("autograder", "grade", UNIT[:2])
    term.teach("nbgrader", "export")
    with (term.course / "grades.csv").open(newline="") as file:
        points = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert points[term.ada.name] == 2, "the exercise's points: the answer is right on the hidden probes too"
    assert points[term.bob.name] < 2


def test_the_formgrader_is_shown_in_its_frame(term: Term, screenshots: Path) -> None:
    page = term.enter(term.ann)
    page.wait_for_timeout(2000)
    page.screenshot(path=screenshots / "hub_instructor.png")
    page.locator(".lm-MenuBar-item", has_text="Nbgrader").click()
    page.screenshot(path=screenshots / "hub_instructor_menu.png")
    page.locator(".lm-Menu-item", has_text="Formgrader").first.click()
    frame = page.frame_locator("#formgrader-iframe iframe, iframe#formgrader-iframe")
    frame.get_by_text(UNIT).first.wait_for()
    page.screenshot(path=screenshots / "hub_formgrader.png")


def test_feedback_is_released_and_read(term: Term, adas: Page, screenshots: Path) -> None:
    term.teach("autograder", "feedback", UNIT[:2])
    term.teach("nbgrader", "release_feedback", UNIT)
    assignments(adas, term.address(term.ada))
    adas.locator("#submitted_assignments_list").get_by_text("Fetch Feedback", exact=True).first.click()
    adas.wait_for_timeout(5000)
    adas.screenshot(path=screenshots / "hub_feedback_fetched.png")
    adas.get_by_text("view feedback").first.click()
    adas.locator(".jp-DirListing-item", has_text=".html").dblclick()
    shown = adas.frame_locator(".jp-HTMLViewer iframe")
    shown.get_by_text(ANSWERS.exercise).first.wait_for()
    adas.screenshot(path=screenshots / "hub_feedback.png")
    [page] = (term.home_copy(term.ada) / "notebooks" / UNIT / "feedback").rglob(f"{UNIT}.html")
    assert ANSWERS.exercise in page.read_text()


def test_on_the_next_day_the_edition_is_the_new_one_and_work_is_as_it_was(term: Term, adas: Page) -> None:
    notebook = term.home_copy(term.ada) / "notebooks" / UNIT / f"{UNIT}.ipynb"
    before = notebook.read_bytes()
    term.stop(adas)
    page = term.enter(term.ada)
    shown = page.locator(".jp-NotebookPanel")
    shown.get_by_text("Hold data").first.wait_for()
    assert f"✓ {ANSWERS.exercise}" in shown.inner_text()
    assert notebook.read_bytes() == before
    assert [path.name for path in notebook.parent.glob("*.ipynb")] == [notebook.name]
    page.context.close()


def test_nbgitpuller_brings_the_edition_and_what_is_new_and_keeps_work(term: Term, screenshots: Path) -> None:
    sources, served = term.shared.parent / "sources", term.shared.parent / "git"
    shutil.copytree(term.shared / COURSE.slug, sources)
    git(sources, "init", "-q", "-b", "main")
    commit(sources, "An edition")
    served.mkdir()
    git(sources, "clone", "-q", "--bare", str(sources), str(served / "edition.git"))
    place = f"notebooks/{OTHER}/{OTHER}.ipynb"
    mine = term.home_copy(term.bob) / "pulled" / place
    with git_server(served) as address:
        page = term.enter(term.bob)
        pull(page, term, f"{address}/edition.git", place)
        page.screenshot(path=screenshots / "hub_nbgitpuller.png")
        notebook = json.loads(mine.read_text())
        notebook["cells"][-1]["source"] = "My own work."
        mine.write_text(json.dumps(notebook))
        term.bob.own(mine)
        (sources / "notebooks" / "news.md").write_text("What is new.\n")
        newer = (sources / place).read_text().replace("pool2d", "pool_2d")
        (sources / place).write_text(newer)
        commit(sources, "A newer edition")
        git(sources, "push", "-q", str(served / "edition.git"), "main")
        pull(page, term, f"{address}/edition.git", place)
        page.context.close()
    assert "My own work." in mine.read_text()
    assert (mine.parents[1] / "news.md").is_file()


def git(folder: Path, *words: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *words], cwd=folder, check=True)


def commit(folder: Path, subject: str) -> None:
    """Commit all that is in a folder."""
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", subject)


def pull(page: Page, term: Term, repository: str, place: str) -> None:
    """Follow a link of nbgitpuller's to a notebook, and wait until the notebook is open."""
    where = {"repo": repository, "branch": "main", "targetPath": "pulled", "urlpath": f"lab/tree/pulled/{place}"}
    page.goto(f"{term.address(term.bob)}git-pull?{urlencode(where)}")
    page.wait_for_url(f"**/lab/tree/pulled/{place}**")
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
