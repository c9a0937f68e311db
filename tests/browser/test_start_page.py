"""The start page as a learner meets it: JupyterLab opens on it, it shows what checks found, and it leads to the units."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.learner import CONTRAST, OPENING, Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = pytest.mark.browser

UNIT, EXERCISE = "02_convolution_and_pooling", "conv2d_true"
RIGHT = """def conv2d_true(x, k):
    windows = sliding_window_view(x.astype(float), k.shape)
    return np.einsum("rcij,ij->rc", windows, k[::-1, ::-1])"""
WRONG = RIGHT.replace("[::-1, ::-1]", "")

#: The texts in an element that stick out of it, to the left or to the right.
CUT_OFF = """root => [...root.querySelectorAll('span, a, strong')].filter(e => {
    const [box, room] = [e.getBoundingClientRect(), root.getBoundingClientRect()]
    return box.right > room.right + 1 || box.left < room.left - 1
}).map(e => e.textContent)"""

#: The labels of exercises that lie over another one.
OVERLAPS = """root => {
    const boxes = [...root.querySelectorAll('span')].map(e => [e.textContent, e.getBoundingClientRect()])
    const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
    return boxes.flatMap(([text, a], i) => boxes.slice(i + 1).filter(([, b]) => over(a, b)).map(([other]) => text + other))
}"""


class Opened:
    """A JupyterLab in which the start page, and what it leads to, is open."""

    choose = Notebook.choose

    def __init__(self, browser, address: str, token: str) -> None:
        """Open the address that `make lab` opens in the browser."""
        self.address, self.token = address, token
        self.page = browser.new_page(viewport={"width": 1280, "height": 800})
        self.page.set_default_timeout(30_000)
        self.page.goto(f"{address}?token={token}")
        self.map = self.page.locator(".jp-NotebookPanel .jp-OutputArea-output .start-page")
        self.map.wait_for(timeout=OPENING)

    def refresh(self) -> None:
        """One click, and wait until the page has been shown anew."""
        self.map.evaluate("e => e.dataset.old = true")
        self.map.get_by_role("button", name="Refresh").click()
        self.page.locator(".start-page:not([data-old])").wait_for(timeout=OPENING)

    def mark(self, exercise: str) -> str:
        """What stands on the label of an exercise: "✗ corr2d (was ✓)"."""
        link = self.page.get_by_role("link", name=exercise, exact=True)
        return self.map.locator("span", has=link).inner_text()

    def back(self) -> None:
        """Go back to the start page's tab."""
        self.page.locator(".lm-TabBar-tab", has_text="start.ipynb").click()
        self.map.wait_for()

    def arrive(self, text: str, kind: str) -> None:
        """Wait until a cell of the notebook in front, of this kind and with this text, is in the window."""
        cell = self.page.locator(f".jp-NotebookPanel:not(.lm-mod-hidden) .jp-{kind}Cell", has_text=text)
        cell.wait_for(timeout=OPENING)
        in_window(cell)

    def settle(self) -> None:
        """Wait until the notebook in front has been as high for two seconds: formulas and pictures are drawn one by one."""
        self.page.wait_for_function(
            """() => {
                const box = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer");
                if (!window.settled || window.settled.height !== box.scrollHeight)
                    window.settled = { height: box.scrollHeight, since: Date.now() };
                return Date.now() - window.settled.since > 2000;
            }""",
            polling=100,
        )

    def theme(self, name: str) -> None:
        """Change to the theme "Light" or "Dark"."""
        if name.lower() not in self.page.locator("body").get_attribute("data-jp-theme-name").lower():
            self.choose("Settings", "Theme", f"JupyterLab {name}")
            self.page.locator(f"body[data-jp-theme-name='JupyterLab {name}']").wait_for(state="attached")


@pytest.fixture(scope="module")
def opened(browser, lab: str, token: str) -> Iterator[Opened]:
    """The start page of a course in which nobody has done anything yet."""
    lab = Opened(browser, lab, token)
    yield lab
    lab.page.close(run_before_unload=False)


@pytest.fixture
def unit(browser, lab: str, course: Path, token: str) -> Iterator[Notebook]:
    """A unit in a second tab of the browser, its first cell run."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(30_000)
    notebook = Notebook(page, lab, course / "notebooks" / UNIT / f"{UNIT}.ipynb", token)
    notebook.open()
    notebook.run_first()
    yield notebook
    page.close(run_before_unload=False)


def test_jupyterlab_opens_on_the_map_and_asks_nothing(opened: Opened, course: Path) -> None:
    assert opened.page.url.partition("?")[0].endswith("/lab/tree/start.ipynb")
    assert opened.page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts() == []
    text = opened.map.inner_text()
    for path in (course / "notebooks").glob("*/*.ipynb"):
        assert f"\n… 0 of {checks(path)} right {path.stem[:2]} " in text
    assert opened.mark(EXERCISE) == f"… {EXERCISE}"


def in_window(element: Locator) -> None:
    """Wait until an element is in the window; one that JupyterLab draws anew meanwhile is looked for anew."""
    from playwright.sync_api import expect

    expect(element).to_be_in_viewport(timeout=20_000)


def checks(path: Path) -> int:
    """How many exercises of a notebook have a check."""
    entries = [cell["metadata"].get("nbgrader", {}) for cell in json.loads(path.read_text())["cells"]]
    return sum(entry.get("grade", False) and not entry["solution"] for entry in entries)


def test_what_a_check_finds_is_on_the_page_after_one_click(opened: Opened, unit: Notebook, course: Path) -> None:
    """Wrong, then right, then wrong again: and that it was right before."""
    shown = []
    for answer in (WRONG, RIGHT, WRONG):
        unit.answer(EXERCISE, answer)
        opened.refresh()
        shown.append(opened.mark(EXERCISE))
    assert shown == [f"✗ {EXERCISE}", f"✓ {EXERCISE}", f"✗ {EXERCISE} (was ✓)"]
    assert opened.page.locator(".jp-Dialog").count() == 0
    assert set(json.loads((course / "progress.json").read_text())["units"][UNIT]) == {EXERCISE}


def test_the_page_can_be_read_light_and_dark_wide_and_narrow(opened: Opened, course: Path, screenshots: Path) -> None:
    """With marks of all kinds on it."""
    path = course / "progress.json"
    before = path.read_bytes() if path.exists() else None
    now = dict(zip(("corr2d", "conv_multi", "erode", "pool2d"), ("right", "crashed", "right", "wrong"), strict=True))
    entries = {
        name: {"now": status, "checked": "2026-01-01", "first_right": "2026-01-01"} for name, status in now.items()
    }
    units = {UNIT: entries, "01_containers_and_arrays": {"set_ops": {"now": "right"}}}
    path.write_text(json.dumps({"format": 1, "units": units}))
    try:
        opened.refresh()
    finally:
        path.write_bytes(before) if before else path.unlink()
    opened.map.locator("summary").click()
    for theme in ("Dark", "Light"):
        opened.theme(theme)
        for width in (800, 1280):
            opened.page.set_viewport_size({"width": width, "height": 800})
            opened.page.locator(".jp-NotebookPanel h1").first.scroll_into_view_if_needed()
            file = screenshots / f"start-{theme.lower()}-{width}.png"
            opened.page.screenshot(path=file, animations="disabled")
            contrast, text = opened.map.evaluate(CONTRAST)
            assert contrast >= 4.5, f"{text!r} has a contrast of {contrast:.1f} in the {theme} theme; see {file}"
            assert opened.map.evaluate(CUT_OFF) == [], file
            assert opened.map.evaluate(OVERLAPS) == [], file


def test_a_unit_opens_and_an_exercise_at_its_cell(opened: Opened) -> None:
    opened.map.get_by_role("link", name="02 Convolve and pool by hand").last.click()
    opened.arrive("In this notebook you build", "Markdown")
    # Here all cells are always drawn (windowingMode none), so that a notebook that is still opening shifts below the window;
    # with JupyterLab's own setting the exercise is found at the first opening, too.
    opened.page.locator(
        ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator[data-status=idle]"
    ).wait_for()
    opened.settle()
    opened.back()
    opened.map.get_by_role("link", name="pool2d", exact=True).last.click()  # the first is below "Come back to"
    opened.arrive("def pool2d(x, size", "Code")


def test_the_glossary_opens_as_a_page_and_leads_to_where_a_term_appears(opened: Opened, screenshots: Path) -> None:
    opened.back()
    opened.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-RenderedMarkdown a", has_text="glossary").click()
    glossary = opened.page.locator(".jp-MarkdownViewer .jp-RenderedMarkdown")
    glossary.get_by_text("A small array of weights that slides over an input.").wait_for(timeout=OPENING)
    assert "卷積核 · 커널" in glossary.inner_text()
    glossary.get_by_role("link", name="S", exact=True).click()
    letter = glossary.locator("[data-jupyter-id=letter-s]")
    in_window(letter)
    opened.page.screenshot(path=screenshots / "glossary.png", animations="disabled")
    entry = glossary.locator("p", has_text="How far a window moves at each step.")
    entry.get_by_role("link", name="Find the bug").click()
    opened.arrive("is how far the window moves at each step", "Markdown")


def test_a_term_in_a_notebook_leads_to_its_entry(opened: Opened) -> None:
    """The notebook and the glossary are those that the tests above have left open."""
    kernel = opened.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").get_by_role("link", name="kernel", exact=True)
    entry = opened.page.locator(".jp-MarkdownViewer [data-jupyter-id=kernel]")
    for last in (
        False,
        True,
    ):  # JupyterLab may draw the page anew after it has moved to the entry: who is not there clicks again
        opened.page.locator(".lm-TabBar-tab", has_text=UNIT[:14]).first.click()
        kernel.first.click()
        try:
            in_window(entry)
            break
        except AssertionError:
            if last:
                raise
