"""Every link inside the course leads somewhere: to a file that is there, and in it to the cell, heading or anchor it names."""

from pathlib import Path

import pytest

from autograder.authoring.lesson import lesson_units
from autograder.authoring.links import dead_links, jupyter_anchor, links, texts
from autograder.authoring.rules.links import lead_somewhere
from autograder.authoring.rules.unit import Unit
from autograder.course import NOTEBOOKS, ROOT, SOLUTIONS
from course_utils.start_page import PAGE, WELCOME, StartPage, read_map

PAGES = sorted(
    [
        *(path for folder in (NOTEBOOKS, SOLUTIONS) for path in folder.rglob("*.ipynb") if ".ipynb_" not in str(path)),
        *(path for folder in (NOTEBOOKS, SOLUTIONS, ROOT / "docs") for path in folder.glob("*.md")),
        *ROOT.glob("*.md"),
    ]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    assert [dead for text in texts(page) for dead in dead_links(text, page)] == []


@pytest.mark.parametrize("unit", lesson_units())
def test_links_of_a_lesson_lead_somewhere_once_it_is_built(unit):
    """So that an author need not build to know."""
    assert [str(dead) for dead in lead_somewhere(Unit(unit))] == []


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
