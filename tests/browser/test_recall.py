"""Checkpoints and practice in JupyterLab, by keyboard alone, on a light and on a dark page; and what a saved notebook keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from course_utils.packs import read_pack
from course_utils.recall.catalogue import BANKS
from course_utils.recall.choices import AS_DATA
from course_utils.recall.practice import CLOSED
from course_utils.words import write_call, write_value
from tests.browser.learner import OPENING, Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = pytest.mark.browser

UNIT, ASKED, EXERCISE = "02_convolution_and_pooling", "one_filter", "corr2d"
RIGHT = """def corr2d(x, k, stride=1, pad=0):
    windows = sliding_window_view(np.pad(x.astype(float), pad), k.shape)
    return np.einsum("rcij,ij->rc", windows, k)[::stride, ::stride]"""


@pytest.fixture(scope="module")
def notebook(browser, lab: str, course: Path, token: str) -> Iterator[Notebook]:
    """The unit, its first cell run; the other tests of this folder use the same course."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(30_000)
    path = course / "notebooks" / UNIT / f"{UNIT}.ipynb"
    before = path.read_bytes()
    opened = Notebook(page, lab, path, token)
    opened.open()
    opened.run_first()
    yield opened
    opened.close()
    path.write_bytes(before)
    (course / "progress.json").unlink(missing_ok=True)


def focused(notebook: Notebook) -> str:
    """What the keyboard would act on: the text of its label, or of itself."""
    return notebook.page.evaluate("() => (document.activeElement.closest('label') ?? document.activeElement).innerText")


def press(notebook: Notebook, *keys: str) -> None:
    for key in keys:
        notebook.page.keyboard.press(key)


def shown(cell: Locator, text: str) -> None:
    cell.get_by_text(text).first.wait_for(timeout=OPENING)


def test_a_checkpoint_is_answered_by_keyboard_and_saved(notebook: Notebook, course: Path, screenshots: Path) -> None:
    """Tab goes from option to option, Space chooses one, Enter on *Answer* answers; the output keeps what was chosen."""
    notebook.run(f"question_{ASKED}")
    cell = notebook.cell(f"question_{ASKED}")
    shown(cell, "Your choice is not graded.")
    assert cell.get_by_role("radio").count() == 4
    answer = cell.get_by_role("button", name="Answer")
    assert answer.is_disabled()
    cell.get_by_role("radio", name="A. 9").focus()
    press(notebook, "Tab", "Tab")
    assert focused(notebook) == "C. 72"
    press(notebook, "Space")
    notebook.page.wait_for_function("button => !button.disabled", arg=answer.element_handle())
    press(notebook, "Tab", "Tab")
    assert focused(notebook) == "Answer"
    press(notebook, "Enter")
    shown(cell, "All filters counted, and one channel.")
    assert focused(notebook) == "Answer", "who answers once more need not look for the button"
    for theme, width in (("Dark", 800), ("Light", 1280)):
        file = screenshots / f"checkpoint-{theme.lower()}-{width}.png"
        contrast, text = notebook.look(cell.locator(".jp-OutputArea").first, theme, width, file)
        assert contrast >= 4.5, f"{text!r} has a contrast of {contrast:.1f} in the {theme} theme; see {file}"
    cell.get_by_role("radio", name="B. 27").check()
    answer.click()
    shown(cell, "You chose B: 27")
    (kept,) = saved(notebook, course, f"question_{ASKED}")
    assert (kept["question"], kept["first"], kept["last"]) == (ASKED, 2, 1)
    noted = json.loads((course / "progress.json").read_text())["questions"][UNIT][ASKED]
    assert (noted["first"], noted["last"]) == (2, 1)


def saved(notebook: Notebook, course: Path, id: str) -> list[dict]:
    """The choices in the saved notebook's outputs of a cell."""
    path = course / "notebooks" / UNIT / f"{UNIT}.ipynb"
    before = path.stat().st_mtime_ns
    notebook.choose("File", "Save Notebook")
    cells = written(notebook, path, before)["cells"]
    outputs = next(cell["outputs"] for cell in cells if cell["id"] == id)
    return [output["data"][AS_DATA] for output in outputs if AS_DATA in output.get("data", {})]


def written(notebook: Notebook, path: Path, before: int) -> dict:
    """The notebook that the server has written since its file had the time `before`.

    The server empties the file and then fills it: what is read in between is no JSON, and is read again.
    """
    problem = "it was not written"
    for _ in range(300):
        if path.stat().st_mtime_ns != before:
            try:
                return json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                problem = f"what was written cannot be read: {error}"
        notebook.page.wait_for_timeout(100)
    raise AssertionError(f"{path.name}, 30 seconds after it was saved: {problem}")


def test_practice_asks_once_the_check_is_right_and_enter_answers(notebook: Notebook, screenshots: Path) -> None:
    """The prediction is typed, Enter hands it over, Tab leads to another question; nothing is run."""
    notebook.run(f"practice_{EXERCISE}")
    cell = notebook.cell(f"practice_{EXERCISE}")
    shown(cell, CLOSED)
    assert "right on all" in notebook.answer(EXERCISE, RIGHT)
    notebook.run(f"practice_{EXERCISE}")
    line = cell.get_by_role("textbox", name="Your answer:")
    line.wait_for()
    line.focus()
    notebook.page.keyboard.type("no idea")
    press(notebook, "Enter")
    shown(cell, "Type a value as Python writes it")
    press(notebook, "ControlOrMeta+a")
    notebook.page.keyboard.type("[[-1000]]")
    press(notebook, "Enter")
    shown(cell, "✗ not quite")
    for theme, width in (("Dark", 800), ("Light", 1280)):
        file = screenshots / f"practice-{theme.lower()}-{width}.png"
        contrast, text = notebook.look(cell.locator(".jp-OutputArea").first, theme, width, file)
        assert contrast >= 4.5, f"{text!r} has a contrast of {contrast:.1f} in the {theme} theme; see {file}"
    before = cell.locator("code").first.inner_text()
    line.focus()
    press(notebook, "Tab", "Tab")
    assert focused(notebook) == "Another question"
    press(notebook, "Enter")
    notebook.page.wait_for_function(
        "([code, before]) => code() !== before".replace("code()", "code.querySelector('code').innerText"),
        arg=[cell.locator(".recall").element_handle(), before],
    )
    line.focus()
    notebook.page.keyboard.type(value_of(cell.locator("code").first.inner_text()))
    press(notebook, "Enter")
    shown(cell, "✓ right")


def value_of(call: str) -> str:
    """What the bank says that a call gives."""
    bank = read_pack(UNIT, EXERCISE, BANKS)
    calls = [write_call(EXERCISE, probe) for probe in bank["probes"]]
    return write_value(bank["expected"][calls.index(call)]["value"])
