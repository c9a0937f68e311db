"""Every link inside the course leads somewhere: to a file that is there, and in it to the cell, heading or anchor it names."""

import html
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from autograder.authoring.glossary import link_terms
from autograder.authoring.lesson import lesson_path, lesson_units, read_lesson
from autograder.course import NOTEBOOKS, ROOT, SOLUTIONS
from course_utils.start_page import PAGE, WELCOME, StartPage, read_map

#: What is not ours to look at: code, in blocks and in lines.
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.S | re.M)
MARKDOWN_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HTML_LINK = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=[\"']([^\"']+)[\"']")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)  # https:, mailto:, data:

PAGES = sorted(
    [
        *(path for folder in (NOTEBOOKS, SOLUTIONS) for path in folder.rglob("*.ipynb") if ".ipynb_" not in str(path)),
        *(path for folder in (NOTEBOOKS, SOLUTIONS, ROOT / "docs") for path in folder.glob("*.md")),
        *ROOT.glob("*.md"),
    ]
)


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def texts(path):
    """The Markdown of a page."""
    if path.suffix == ".ipynb":
        return ["".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "markdown"]
    return [path.read_text(encoding="utf-8")]


def links(text):
    """Where a text's links inside the course lead, as they are written."""
    found = MARKDOWN_LINK.findall(CODE.sub("", text)) + [html.unescape(link) for link in HTML_LINK.findall(text)]
    return [link for link in found if not ELSEWHERE.match(link)]


def jupyter_anchor(heading):
    """The id that JupyterLab gives a heading: its text as it is shown, with `-` for each space."""
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading)
    return shown.strip().replace(" ", "-")


def github_anchor(heading):
    """The id that GitHub gives a heading: small letters, digits, `-` for each space."""
    return re.sub(r"[^\w\- ]", "", jupyter_anchor(heading).replace("-", " ").lower()).replace(" ", "-")


@cache
def anchors(path):
    """What can stand behind the # of a link to a page."""
    found = set()
    for text in texts(path):
        prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
        found |= set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", prose))
        for heading in re.findall(r"^#{1,6} (.+?)\s*$", prose, re.M):
            found |= {jupyter_anchor(heading)} | ({github_anchor(heading)} if path.suffix == ".md" else set())
    if path.suffix == ".ipynb":
        found |= {f"cell-id={cell['id']}" for cell in cells(path)}
    return found


def dead_links(text, page):
    """The links of a text on a page that lead nowhere, each with what is wrong."""
    dead = []
    for link in links(text):
        place, _, anchor = link.partition("#")
        target = (page.parent / unquote(place)).resolve() if place else page
        if place.startswith("/") or not target.exists():
            dead.append(f"{link}: there is no such file")
        elif not target.is_relative_to(ROOT) and page.is_relative_to(ROOT):
            dead.append(f"{link}: it leaves the course")
        elif anchor and unquote(anchor) not in anchors(target):
            dead.append(f"{link}: there is no such place in it")
    return dead


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    assert [dead for text in texts(page) for dead in dead_links(text, page)] == []


@pytest.mark.parametrize("unit", lesson_units())
def test_links_of_a_lesson_lead_somewhere_once_it_is_built(unit):
    """So that an author need not build to know."""
    page = NOTEBOOKS / unit / f"{unit}.ipynb"
    lesson = link_terms(read_lesson(lesson_path(unit)))
    headings = {
        jupyter_anchor(heading)
        for cell in lesson.cells
        if cell.kind == "markdown"
        for heading in re.findall(r"^#{1,6} (.+)$", cell.source, re.M)
    }
    for cell in lesson.cells:
        if cell.kind == "markdown":
            within = [link for link in links(cell.source) if link.startswith("#")]
            assert [link for link in within if unquote(link[1:]) not in headings] == []
            assert [dead for dead in dead_links(cell.source, page) if not dead.startswith("#")] == []


def test_links_of_the_start_page_lead_to_each_unit_and_exercise():
    page = ROOT / PAGE
    units = read_map()
    shown = StartPage(units, {})._repr_html_()
    assert dead_links(shown, page) + dead_links(WELCOME, page) == []
    for unit, facts in units.items():
        assert f"notebooks/{unit}/{unit}.ipynb" in links(shown)
        for exercise in facts["exercises"]:
            assert f"notebooks/{unit}/{unit}.ipynb#cell-id={exercise['id']}" in links(shown)


def test_every_page_is_looked_at():
    names = [page.relative_to(ROOT).as_posix() for page in PAGES]
    assert {"README.md", "notebooks/glossary.md", "solutions/glossary.md"} <= set(names)
    for unit in lesson_units():
        assert f"notebooks/{unit}/{unit}.ipynb" in names
        assert f"solutions/{unit}/{unit}.ipynb" in names
    found = [link for page in PAGES for text in texts(page) for link in links(text)]
    assert sum("#cell-id=" in link for link in found) > 200
    assert any(link.startswith("../0") for link in found)


def test_a_dead_link_is_found(tmp_path):
    page = Path(tmp_path / "page.md")
    page.write_text("# One: `two` & three\n\n<a id='no'></a><a id=\"four\"></a>\n\n```\n# Five\n```\n")
    good = "[a](page.md) [b](#One:-two-&-three) [c](page.md#four) [d](https://x.org) `[e](f)` [g](#one-two--three)"
    assert dead_links(good, page) == []
    for bad in ("[a](pages.md)", "[a](#five)", "[a](page.md#six)", "<a href='x.md'>a</a>", '[a](/page.md "b")'):
        assert len(dead_links(bad, page)) == 1, bad


def test_anchors_are_those_of_jupyterlab():
    """As JupyterLab 4 makes them of what is shown of a heading."""
    assert jupyter_anchor("Along which `axis`?") == "Along-which-axis?"
    assert jupyter_anchor("Exercise: `corr2d` (3 points)") == "Exercise:-corr2d-(3-points)"
    assert jupyter_anchor("*One* [two](three.md)") == "One-two"
