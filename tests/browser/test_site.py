"""The course's pages as people read them: wide and on a phone, by day and by night; the search; the buttons; hints that unfold."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser.learner import CONTRAST
from tests.built_site import EDITION, needs_sphinx

pytestmark = [pytest.mark.browser, needs_sphinx]

UNIT = "05_keras_life_cycle"
LESSON = f"notebooks/{UNIT}/{UNIT}.html"
#: Their screenshots are kept, to be looked at.
LOOKED_AT = ("index.html", LESSON, "notebooks/glossary.html", "docs/instructor.html")
#: Levels of the headings that are seen, in order. (Each page has a second title, which only print shows.)
LEVELS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
    .filter(e => e.checkVisibility()).map(e => Number(e.tagName[1]))"""
#: Of pictures and drawings what has no words for those who cannot see it.
WITHOUT_WORDS = "img:not([alt]), main img[alt=''], main svg:not([role=img]):not([aria-hidden=true])"
AT_ONCE = "*, *::before, *::after { transition: none !important; animation: none !important }"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where a web server gives the pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@contextlib.contextmanager
def opened(browser, theme: str = "light", width: int = 1280) -> Iterator:
    """A tab, and the addresses that it has asked for."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_default_timeout(20_000)
    try:
        yield page, asked
    finally:
        page.close()


@pytest.mark.parametrize(
    ("theme", "width", "all_pages"),
    [("light", 1280, False), ("dark", 1280, True), ("light", 400, True), ("dark", 400, False)],
)
def test_every_page_can_be_read_by_everybody(browser, address, site, screenshots, theme, width, all_pages) -> None:
    """No text without contrast, no picture without words, one title, no level of headings left out, nothing wider than the page."""
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html") if "_static" not in path.parts)
    assert len(pages) > 25
    with opened(browser, theme, width) as (page, asked):
        for path in pages:
            if not (all_pages or path in LOOKED_AT):
                continue
            page.goto(address + path)
            page.add_style_tag(content=AT_ONCE)
            if path in LOOKED_AT:
                page.screenshot(path=screenshots / f"site-{Path(path).stem}-{theme}-{width}.png")
            assert page.locator("html").get_attribute("data-theme") == theme
            contrast, text = page.locator("body").evaluate(CONTRAST)
            assert contrast >= 4.5, f"{path}: {text!r} has a contrast of {contrast:.1f}"
            assert page.locator(WITHOUT_WORDS).count() == 0, path
            levels = page.evaluate(LEVELS)
            assert levels.count(1) == 1, f"{path}: {levels.count(1)} titles"
            assert [pair for pair in zip(levels, levels[1:]) if pair[1] > pair[0] + 1] == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert [url for url in asked if not url.startswith((address, "data:"))] == []


def test_the_button_makes_it_dark_and_it_stays_so_on_the_next_page(browser, address) -> None:
    with opened(browser) as (page, _):
        page.goto(address)
        background = "getComputedStyle(document.body).backgroundColor"
        by_day = page.evaluate(background)
        page.locator(".theme-switch-button").locator("visible=true").click()
        page.get_by_role("button", name="Dark").or_(page.get_by_text("Dark", exact=True)).first.click()
        page.goto(address + LESSON)
        page.locator("html[data-theme=dark]").wait_for()
        assert page.evaluate(background) != by_day


def test_the_search_finds_a_word_of_a_lesson(browser, address, screenshots) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}search.html?q=checkerboard")
        results = page.locator("#search-results ul.search li")
        results.first.wait_for()
        page.screenshot(path=screenshots / "site-search.png")
        results.get_by_role("link", name="Run a convolution backwards").first.click()
        page.wait_for_url("**/04_conv2d_transpose.html*")


def test_a_hint_is_folded_and_unfolds(browser, address) -> None:
    with opened(browser, width=400) as (page, _):
        page.goto(address + LESSON)
        hint = page.locator("details", has=page.get_by_text("Hint 1", exact=True)).first
        assert not hint.locator("p").first.is_visible()
        hint.locator("summary").click()
        assert hint.locator("p").first.is_visible()


def test_the_rocket_opens_the_units_notebook_elsewhere(browser, address, screenshots) -> None:
    with opened(browser) as (page, _):
        page.goto(address + LESSON)
        page.locator(".dropdown-launch-buttons > button").click()
        page.screenshot(path=screenshots / "site-rocket.png")
        links = page.locator(".dropdown-launch-buttons a")
        assert [text.strip() for text in links.all_inner_texts()] == ["Binder", "JupyterHub", "Colab"]
        assert EDITION.colab(UNIT) in [link.get_attribute("href") for link in links.all()]


def test_a_term_leads_to_the_glossary_and_from_there_to_the_lesson(browser, address) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}notebooks/02_convolution_and_pooling/02_convolution_and_pooling.html")
        page.locator("main").get_by_role("link", name="kernel", exact=True).first.click()
        page.wait_for_url("**/glossary.html#glossary-kernel")
        place = page.locator("#glossary-kernel")
        place.wait_for()
        assert place.evaluate("e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().top < innerHeight")
        page.locator("main").get_by_role("link", name="Slide a kernel").first.click()
        page.wait_for_url("**/02_convolution_and_pooling.html#*")
