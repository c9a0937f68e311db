"""The site, as it is read from its files: nothing that learners must not see, every link leads somewhere, every picture has its text."""

import html
import re

import pytest

from autograder.authoring.lesson import lesson_path, lesson_units, read_lesson
from autograder.site import leaks, make
from autograder.site.leaks import require_no_leak, text_of
from autograder.site.lesson_page import beside
from autograder.site.links import Pages
from autograder.site.sources import gather
from course_utils.refused import Refused
from tests.built_site import EDITION, HUB, needs_sphinx
from tests.leaks import lines_shown, long_arguments_shown

UNITS = lesson_units()
LESSON = "notebooks/02_convolution_and_pooling/02_convolution_and_pooling"
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "from autograder", "grade(")


def _own(site):
    """Its files but those of the theme and of Sphinx."""
    return [path for path in sorted(site.rglob("*")) if path.is_file() and "_static" not in path.parts]


@pytest.fixture(scope="module")
def texts(site):
    """path -> what every file of it says that is text: pages, the search's index, the list of its places."""
    return {path.relative_to(site).as_posix(): text_of(path) for path in _own(site) if path.suffix in leaks.TEXTS}


# what is not for learners' eyes


@needs_sphinx
def test_no_line_of_an_exercise_or_of_a_solution_stands_anywhere_in_it(texts):
    assert {"index.html", "searchindex.js", f"{LESSON}.html", "docs/instructor.html"} <= texts.keys()
    assert lines_shown("\n".join(texts.values())) == []


@needs_sphinx
def test_no_long_hidden_probe_stands_anywhere_in_it(texts):
    assert long_arguments_shown("\n".join(texts.values())) == []


@needs_sphinx
def test_no_marker_of_a_solution_or_a_grader_stands_on_a_units_page(texts):
    for unit in UNITS:
        assert [marker for marker in MARKERS if marker in texts[f"notebooks/{unit}/{unit}.html"]] == [], unit


@needs_sphinx
def test_sphinx_gives_no_source_of_a_page_away(site):
    kinds = {path.suffix for path in _own(site)}
    assert kinds <= {".html", ".js", ".inv", ".png", ".buildinfo", ""}
    assert [path.name for path in site.rglob("*.ipynb")] == []


def test_what_would_leak_is_found_with_the_page_that_has_it(tmp_path, monkeypatch):
    """Also where the code is coloured, on a page for others, and in what the search fetches."""
    solution = next(cell for cell in read_lesson(lesson_path(UNITS[1])).cells if cell.role == "solution")
    coloured = "\n".join(f"<span class='k'>{html.escape(line)}</span>" for line in solution.stem)
    for name, text in (("docs.html", coloured), (f"{UNITS[1]}.html", coloured), ("index.js", "\n".join(solution.stem))):
        (tmp_path / name).write_text(text)
        with pytest.raises(Refused, match=rf"^{name} would show the solution of '{solution.exercise}'"):
            require_no_leak(tmp_path, UNITS)
        (tmp_path / name).write_text("<p>Nothing.</p>")
    require_no_leak(tmp_path, UNITS)
    (tmp_path / "secret.txt").write_text("0123456789abcdef\n")
    monkeypatch.setattr(leaks, "SECRET", tmp_path / "secret.txt")
    with pytest.raises(Refused, match=r"^secret\.txt would show the course's secret"):
        require_no_leak(tmp_path, UNITS)


# what is in it


@needs_sphinx
def test_solutions_are_stubs_and_the_rest_of_a_lesson_is_there(texts, site):
    page = (site / f"{LESSON}.html").read_text()
    assert "...  # your code here" in texts[f"{LESSON}.html"]
    assert page.count('class="verdict"') > 8
    assert page.count("data:image/png;base64,") + page.count("<img") > 8
    assert page.count("<details>") == page.count("</details>") > 20
    assert not re.search(r"<details[^>]* open", page)


@needs_sphinx
def test_every_link_within_it_leads_to_a_page_and_a_place(site):
    pages = {path: path.read_text() for path in _own(site) if path.suffix == ".html"}
    ids = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}
    followed = 0
    for path, text in pages.items():
        for link in re.findall(r'<(?:a|link|img|script)\b[^>]*?\b(?:href|src)="([^"]+)"', text):
            if re.match(r"[a-z]+:", link):
                continue
            place, _, anchor = html.unescape(link).partition("#")
            led = (path.parent / place.partition("?")[0]).resolve() if place else path
            assert led.is_file(), f"{path.name}: {link}"
            assert not anchor or led not in ids or anchor in ids[led], f"{path.name}: {link}"
            followed += 1
    assert followed > 2000


@needs_sphinx
def test_a_term_leads_to_its_entry_and_an_entry_to_its_cell(site):
    assert 'href="../glossary.html#glossary-kernel"' in (site / f"{LESSON}.html").read_text()
    glossary = (site / "notebooks/glossary.html").read_text()
    assert re.search(r'href="02_convolution_and_pooling/02_convolution_and_pooling\.html#[a-z-]+-1"', glossary)


@needs_sphinx
def test_each_unit_opens_in_colab_on_binder_and_on_the_hub(site):
    for unit in UNITS:
        page = html.unescape((site / f"notebooks/{unit}/{unit}.html").read_text())
        path = f"lab/tree/notebooks/{unit}/{unit}.ipynb"
        assert f'href="{EDITION.colab(unit)}"' in page
        assert f'href="https://mybinder.org/v2/gh/a-school/edition/spring?urlpath={path}"' in page
        assert f'href="{HUB}/hub/user-redirect/git-pull?repo=https' in page
        assert "python course.py lab" in text_of(site / f"notebooks/{unit}/{unit}.html")


@needs_sphinx
def test_nothing_is_fetched_from_elsewhere(site):
    for path in site.rglob("*.html"):
        loaded = re.findall(r'<(?:link|img|script|iframe)\b[^>]*?\b(?:href|src)="(https?:[^"]+)"', path.read_text())
        assert loaded == [], path.name


@needs_sphinx
def test_formulas_are_set_without_a_script(site):
    page = (site / "notebooks/12_attention_and_memory/12_attention_and_memory.html").read_text()
    assert page.count("<math") > 10
    assert not re.search(r"<script[^>]*mathjax", page, re.I)


# how it is made


def test_its_pages_are_those_of_the_units_asked_for():
    found = gather(["02_convolution_and_pooling"])
    index = found["index.md"].decode()
    assert [path for path in found if path.endswith(".ipynb")] == [f"{LESSON}.ipynb"]
    assert f"02 Convolve and pool by hand <{LESSON}>" in index
    assert "01 Hold data" not in index
    assert b"03_conv_arithmetic.ipynb" not in found[f"{LESSON}.ipynb"], "the link to what is not there is words alone"
    assert b"rocket" not in found[f"{LESSON}.ipynb"], "without an edition's address nothing opens elsewhere"


def test_a_lesson_says_how_to_work_in_it_also_in_a_course_without_these_docs():
    for known, words in (
        (("docs/installing.md",), "[install the course](../../docs/installing.md)"),
        ((), "\ninstall the course"),
    ):
        assert f"{words} and run `python course.py lab`." in beside(f"{LESSON}.ipynb", Pages(frozenset(known)), [])


def test_what_is_no_site_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "find_spec", lambda name: True)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match="holds no site: move it away"):
        make.make_site(UNITS, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_is_missing_is_named_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"the site needs sphinx, myst_nb, .*pip install 'pixels-to-paragraphs\[site\]'"):
        make.make_site(UNITS, tmp_path / "site")


@needs_sphinx
def test_a_dead_link_is_refused_and_the_site_before_stays(tmp_path, monkeypatch, capfd):
    (tmp_path / "index.html").write_text("before")
    (tmp_path / make.MARK).touch()
    sources = {"conf.py": b"", "index.md": b"# A\n\n[to nowhere](#nowhere)\n"}
    monkeypatch.setattr(make, "gather", lambda *_: {**sources, "conf.py": b"extensions = ['myst_parser']"})
    with pytest.raises(Refused, match="Sphinx has refused the site"):
        make.make_site([], tmp_path)
    assert "nowhere" in capfd.readouterr().err
    assert (tmp_path / "index.html").read_text() == "before"
