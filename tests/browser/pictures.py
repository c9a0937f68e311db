"""`python -m tests.browser.pictures`: the pictures of README and of the release note, taken in a browser from what is there now.

They are `docs/verdict.png`, a wrong answer's verdict in JupyterLab, and `docs/site.png`, a page of the site (`make site` first).
"""

from __future__ import annotations

import io
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from autograder.common.browser import chromium, jupyter_lab
from autograder.course import ROOT
from tests.browser.learner import Notebook
from tests.browser.test_units import UNITS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DOCS = ROOT / "docs"
UNIT = "02_convolution_and_pooling"
LESSON = "11_text_zoo"
SHARP = 2  # pixels of a picture for each of the page
DRAWN = "main img[src^='data:image/svg']"  # an explorer's picture
MARGIN = 24  # pixels of a picture, white


def verdict(browser: Browser) -> bytes:
    """What a learner is told of an answer that flips the kernel."""
    with tempfile.TemporaryDirectory() as folder:
        course, token = Path(folder) / "course", secrets.token_hex(16)
        shutil.copytree(ROOT / "notebooks", course / "notebooks", ignore=shutil.ignore_patterns(".*"))
        with jupyter_lab(course, token) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=SHARP)
            notebook = Notebook(page, address, course / "notebooks" / UNIT / f"{UNIT}.ipynb", token)
            notebook.open()
            notebook.run_first()
            notebook.answer(UNITS[UNIT].exercise, UNITS[UNIT].wrong)
            shown = notebook.verdict(UNITS[UNIT].exercise)
            page.mouse.move(0, 0)
            taken = shown.screenshot(animations="disabled")
            notebook.close()
    return taken


def site(browser: Browser) -> bytes:
    """A page of the site, where a network shows what it looks at."""
    page = browser.new_page(viewport={"width": 1280, "height": 760}, device_scale_factor=1)
    page.goto((ROOT / "dist" / "site" / "notebooks" / LESSON / f"{LESSON}.html").as_uri())
    page.add_style_tag(content="* { scroll-behavior: auto !important }")
    page.locator(DRAWN).first.evaluate("e => e.scrollIntoView({block: 'center'})")
    taken = page.screenshot(animations="disabled")
    page.close()
    return taken


def main() -> None:
    """Take both, and keep each with no more colours than it needs."""
    with chromium() as browser:
        for name, take in (("verdict", verdict), ("site", site)):
            whole = Image.open(io.BytesIO(take(browser))).convert("RGB")
            picture = ImageOps.expand(whole, MARGIN if name == "verdict" else 0, "white").quantize(128)
            picture.save(DOCS / f"{name}.png", optimize=True)
            print(DOCS / f"{name}.png", (DOCS / f"{name}.png").stat().st_size)


if __name__ == "__main__":
    main()
