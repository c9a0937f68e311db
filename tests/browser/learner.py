"""What a learner does with a notebook in JupyterLab, and what they see: one class, driven by Playwright."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

OPENING = 60_000  # milliseconds; a busy machine takes ten seconds
RUNNING = 300_000  # for all cells of a unit; the longest trains its networks for a minute and a half

BEGUN = """() => [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')]
    .some(prompt => /\\[(\\*|\\d+)\\]/.test(prompt.textContent))"""
ALL_DONE = """() => {
    const busy = document.querySelector('.jp-NotebookPanel .jp-Notebook-ExecutionIndicator')?.dataset.status !== 'idle'
    const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')]
    return !busy && prompts.every(prompt => /\\[\\d+\\]/.test(prompt.textContent))
}"""

#: The smallest contrast (WCAG 2) of any text inside an element with what lies behind it, and that text.
CONTRAST = """root => {
    const numbers = colour => {
        const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number)
        return [r, g, b, a]
    }
    const over = ([r, g, b, a], below) => [r, g, b].map((x, i) => a * x + (1 - a) * below[i])
    const behind = element => {
        const layers = []
        for (let e = element; e; e = e.parentElement) layers.push(numbers(getComputedStyle(e).backgroundColor))
        return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255])
    }
    const opacity = element => element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1
    const light = colour => {
        const [r, g, b] = colour.map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
    }
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    let worst = [21, '']
    while (texts.nextNode()) {
        const text = texts.currentNode.textContent.trim(), element = texts.currentNode.parentElement
        if (!text) continue
        const ground = behind(element), [r, g, b, a] = numbers(getComputedStyle(element).color)
        const two = [light(over([r, g, b, a * opacity(element)], ground)), light(ground)]
        const ratio = Math.max(...two) / Math.min(...two)
        if (ratio < worst[0]) worst = [ratio, text]
    }
    return worst
}"""


class Notebook:
    """A released notebook, open in a tab of the browser."""

    def __init__(self, page: Page, address: str, path: Path, token: str) -> None:
        """`address` is JupyterLab's, `path` the notebook's inside the course, `token` what JupyterLab asks for."""
        self.page, self.address, self.token = page, address, token
        self.unit = path.stem
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        self.panel = page.locator(".jp-NotebookPanel")
        self.questions: list[str] = []  # what popped up at the opening

    def open(self) -> None:
        """Open the notebook by its address and wait until its kernel is ready; try again once."""
        from playwright.sync_api import TimeoutError

        place = (
            f"lab/workspaces/{self.unit}/tree/notebooks/{self.unit}/{self.unit}.ipynb"  # no other unit in the window
        )
        for last in (False, True):
            try:
                self.page.goto(f"{self.address}{place}?token={self.token}")
                self.page.wait_for_function(
                    "n => document.querySelectorAll('.jp-Notebook .jp-Cell').length === n",
                    arg=len(self.cells),
                    timeout=OPENING,
                )
                self.panel.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=OPENING)
                break
            except TimeoutError:
                if last:
                    raise
        self.questions = self.pop_ups()

    def pop_ups(self) -> list[str]:
        """The text of every dialog and notification in the window."""
        return self.page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts()

    def close(self) -> None:
        """Close the tab and end the kernel, which holds the unit's memory."""
        headers = {"Authorization": f"token {self.token}"}
        for session in self.page.request.get(f"{self.address}api/sessions", headers=headers).json():
            self.page.request.delete(f"{self.address}api/sessions/{session['id']}", headers=headers)
        self.page.close(run_before_unload=False)

    def choose(self, *path: str) -> None:
        """Choose an entry of the menus, e.g. `choose("Run", "Run All Cells")`."""
        self.page.locator(".lm-MenuBar-item", has_text=path[0]).first.click()
        for i, label in enumerate(path[1:]):
            entry = self.page.locator(".lm-Menu").nth(i).locator(".lm-Menu-item", has_text=label).first
            entry.hover()
            entry.click()

    def run_all(self) -> None:
        """Run all cells, and wait until the last one is done."""
        from playwright.sync_api import TimeoutError

        for last in (False, False, True):  # right after an opening JupyterLab may drop what is chosen
            self.choose("Run", "Run All Cells")
            try:
                self.page.wait_for_function(BEGUN, timeout=10_000)
                break
            except TimeoutError:
                if last:
                    raise
        self.page.wait_for_function(ALL_DONE, timeout=RUNNING, polling=250)

    def run_first(self) -> None:
        """Run the set-up cell alone."""
        self.run(next(cell["id"] for cell in self.cells if cell["cell_type"] == "code"))

    def cell(self, id: str) -> Locator:
        """The cell with this id in the notebook's file: an exercise's is its name, its check's is `test_` and the name."""
        [index] = [i for i, cell in enumerate(self.cells) if cell["id"] == id]
        return self.panel.locator(".jp-Notebook .jp-Cell").nth(index)

    def write(self, id: str, source: str) -> None:
        """Replace what stands in a cell, by keyboard."""
        editor = self.cell(id).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)
        written = editor.evaluate("e => [...e.querySelectorAll('.cm-line')].map(line => line.textContent).join('\\n')")
        assert written == source, f"the editor holds\n{written}"

    def run(self, id: str) -> None:
        """Run one cell and wait for its end."""
        from playwright.sync_api import TimeoutError

        cell = self.cell(id)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.text_content()
        for last in (False, False, True):  # right after an opening JupyterLab may drop what is pressed
            accept = self.page.locator(".jp-Dialog .jp-mod-accept")
            if accept.count():  # or ask for a kernel that is slow to start
                accept.first.click()
            cell.locator(".jp-InputArea-editor").click()
            self.page.keyboard.press("ControlOrMeta+Enter")
            try:
                self.page.wait_for_function(
                    "([element, before]) => element.textContent !== before",
                    arg=[prompt.element_handle(), before],
                    timeout=5_000,
                )
                break
            except TimeoutError:
                if last:
                    raise AssertionError(f"cell {id} would not run; the window shows {self.pop_ups()}") from None
        self.page.wait_for_function(
            "element => /\\[\\d+\\]/.test(element.textContent)", arg=prompt.element_handle(), timeout=60_000
        )

    def answer(self, exercise: str, source: str) -> str:
        """Write an answer, run it and its check; the text of the verdict."""
        self.write(exercise, source)
        self.run(exercise)
        self.run(f"test_{exercise}")
        return self.verdict(exercise).inner_text()

    def verdict(self, exercise: str) -> Locator:
        """The verdict below an exercise's check."""
        return self.cell(f"test_{exercise}").locator(".jp-OutputArea .verdict")

    def checks(self) -> list[str]:
        """The names of the unit's checked exercises, in order; not of those that are graded by hand."""
        entries = [(cell["id"], cell["metadata"].get("nbgrader", {})) for cell in self.cells]
        return [id.removeprefix("test_") for id, entry in entries if entry.get("grade") and not entry["solution"]]

    def validate(self) -> str:
        """Press nbgrader's Validate button; the text of what it answers.

        A press may be lost: the toolbar is drawn anew when the kernel's state changes. Then the button still says Validate, and
        is pressed once more. Where JupyterLab saves by itself at that moment, it takes its own copy on the disk for a stranger's
        and asks which to keep: the one that is open.
        """
        from playwright.sync_api import TimeoutError

        message = self.page.locator(".jp-Dialog #validation-message")
        at_work = self.panel.get_by_text(re.compile("^(Saving|Validating)"))
        self.panel.get_by_text("Validate", exact=True).click()
        try:
            at_work.or_(self.page.locator(".jp-Dialog")).first.wait_for(timeout=20_000)
        except TimeoutError:
            self.panel.get_by_text("Validate", exact=True).click()
        keep = self.page.locator(".jp-Dialog button", has_text="Overwrite")
        try:
            message.or_(keep).first.wait_for(timeout=RUNNING)
            if keep.count():
                keep.click()
            message.wait_for(timeout=RUNNING)
        except TimeoutError:
            words = f"the button says {at_work.all_inner_texts() or 'Validate'}, the window shows {self.pop_ups()}"
            raise AssertionError(f"no answer from Validate; {words}") from None
        text = message.inner_text()
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        message.wait_for(state="detached")
        return text

    def look(self, element: Locator, theme: str, width: int, file: Path) -> tuple[float, str]:
        """Show an element in a theme ("Light" or "Dark") and a window width, and keep a picture of the window.

        Gives the worst contrast of a text in the element, and that text.
        """
        self.page.set_viewport_size({"width": width, "height": 800})
        if theme.lower() != self.page.locator("body").get_attribute("data-jp-theme-name").split()[-1].lower():
            self.choose("Settings", "Theme", f"JupyterLab {theme}")
            self.page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']").wait_for(state="attached")
        element.evaluate("e => e.scrollIntoView({block: 'center'})")
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=file, animations="disabled")
        return tuple(element.evaluate(CONTRAST))
