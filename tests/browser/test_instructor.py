"""What an instructor opens in a browser: nbgrader's formgrader on a graded class, and the class report."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.bench.grading import make_class
from autograder.demo import command as demo
from tests.browser.learner import CONTRAST

pytestmark = pytest.mark.browser

UNIT = "01_containers_and_arrays"
SIZE = 3


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose small class is graded, with its report."""
    folder = tmp_path_factory.mktemp("instructor") / "course"
    folder.mkdir()
    make_class(folder, UNIT, SIZE)
    for words in (("grade", UNIT), ("report", UNIT)):
        command = [sys.executable, "-m", "autograder", *words]
        done = subprocess.run(command, cwd=folder, env=demo.environment(folder), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return folder


def test_the_formgrader_shows_the_class_and_its_scores(browser, server: str, token: str, screenshots: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{server}lab?token={token}")  # who comes from JupyterLab is known to the formgrader
    page.goto(f"{server}formgrader/gradebook/{UNIT}/{UNIT}")
    page.locator("tbody a").first.wait_for()
    page.screenshot(path=screenshots / "formgrader.png")
    scores = page.locator("tbody tr td:nth-child(3)").all_inner_texts()
    assert len(scores) == SIZE
    assert "15 / 15" in scores
    page.locator("tbody a").first.click()
    verdict = page.locator("text=right on").or_(page.locator("text=wrong on")).first
    verdict.wait_for()
    page.screenshot(path=screenshots / "formgrader-submission.png")
    page.close()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 800), ("light", 400), ("light", 390)])
def test_the_report_can_be_read_by_everybody(browser, graded: Path, screenshots: Path, theme: str, width: int) -> None:
    """On a wide screen, a narrow one and a phone; no text without contrast, nothing wider than the page, nothing fetched."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    [report] = (graded / "reports").glob("*.html")
    page.goto(report.as_uri())
    page.screenshot(path=screenshots / f"report-{theme}-{width}.png", full_page=True)
    contrast, text = page.locator("body").evaluate(CONTRAST)
    assert contrast >= 4.5, f"{text!r} has a contrast of {contrast:.1f}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tables = "[...document.querySelectorAll('.wide')].filter(one => one.scrollWidth > one.clientWidth).length"
    assert page.evaluate(tables) == 0, "a table does not fit"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert page.locator("img:not([alt]), svg:not([role=img]):not([aria-hidden=true])").count() == 0
    page.close()
