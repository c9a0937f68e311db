"""The page that a learner gets back: understandable without the instructor, and nothing of the grader's on it."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_output

from autograder.cleaning import clean_html, markdown_html
from autograder.course import ROOT
from autograder.demo import command as demo
from autograder.demo.learners import CLASS, UNIT_01, Learner, put_first
from autograder.engine.judge.guarded import Bounds
from autograder.exercise import hidden_probes
from autograder.exercises import load_exercises
from autograder.feedback import in_time
from autograder.feedback.page import _own_lines, _plain
from autograder.plugins.hide_tests import HideTests
from tests.autograder.term import small_term as term
from tests.autograder.term.small_term import open_gradebook

EXTRA = Learner(
    "nell<b>",
    UNIT_01,
    "writes HTML and scripts, prints its inputs, and raises where files are",
    answers={
        "word_counts": "def word_counts(text):\n    print('SEEN', text)\n    return {text: 1}",
        "set_ops": "import numpy as np\n\ndef set_ops(a, b):\n    return 1\n\nnp.linalg.inv(np.zeros((2, 2)))",
        "shape_of": "from IPython.display import HTML, display\n\ndef shape_of(nested):\n"
        "    display(HTML('<script>alert(1)</script>'))\n    return open('/nowhere/at/all')",
    },
    changes=(put_first("my_own = 'a cell of my own'  # <script>alert(2)</script>"),),
)
LEARNERS = [one for one in CLASS if one.unit == UNIT_01 and one.instead is None] + [EXTRA]


class Page(HTMLParser):
    """What a browser would make of a page: its text, its tags, what it would load."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.text, self.tags, self.loads, self.ids, self.links = "", [], [], set(), set()
        self._hidden = 0
        self.feed(self.source)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.tags.append((tag, facts))
        self._hidden += tag in ("style", "script")
        self.loads += [facts[name] for name in ("src", "srcset", "data") if facts.get(name)]
        if tag == "link":
            self.loads.append(facts.get("href", ""))
        self.ids.add(facts.get("id"))
        if tag == "a":
            self.links.add(facts["href"])

    def handle_endtag(self, tag):
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data):
        self.text += "" if self._hidden else data

    def exercise(self, id):
        """The text of one exercise's section."""
        found = re.search(rf'<section id="{id}">(.*?)</section>', self.source, re.S)[1]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Unit 01's part of the demo's class, graded by the engine, and nbgrader's feedback: name -> page."""
    folder = term.make_course(tmp_path_factory.mktemp("feedback") / "course")
    with open_gradebook(folder) as gradebook:
        gradebook.update_or_create_assignment(UNIT_01, duedate=demo.DUE.replace(tzinfo=None))
    for one in LEARNERS:
        demo.hand_in(one, folder / "release" / UNIT_01, folder / "submitted")
    settings = {"cwd": folder, "env": demo.environment(folder), "capture_output": True, "text": True}
    done = subprocess.run([sys.executable, "-m", "autograder", "grade", "01", "--jobs", "2"], **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    done = subprocess.run([sys.executable, "-m", "nbgrader", "generate_feedback", UNIT_01], **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    return {one.name: Page(folder / "feedback" / one.name / UNIT_01 / f"{UNIT_01}.html") for one in LEARNERS}


def test_points_and_how_each_exercise_went(pages):
    text = pages["ben"].text
    table = re.sub(r"\s+", " ", text.split("how it went")[1].split("in all")[0])
    assert "literal_type Round 1: four boxes 1 of 1 ✓ all points".replace(" ", "") in table.replace(" ", "")
    assert "stack_batchRound4:text,film,sound0of3…notattempted" in table.replace(" ", "")
    scores = [float(value) for value in re.findall(r"(\d[\d.]*) of \d", table)]
    assert len(scores) == len(term.exercises(UNIT_01))
    assert f"{sum(scores):g} of 15 points" in text


def test_a_wrong_answer_has_its_example_its_hint_and_its_code(pages):
    section = pages["ben"].exercise("word_counts")
    assert re.search(r"wrong on \d of \d examples", section)
    assert "Turn the text into lower case before you count." in section
    assert section.count("Turn the text into lower case") == 1  # said once, though check and grader both say it
    assert re.search(r"was tried on other inputs as well, and was right on \d+ of \d+ calls", section)
    assert "word = piece.strip(string.punctuation)" in section
    assert "It raised AttributeError" in pages["eli"].exercise("set_ops")
    assert "right on all of them" in pages["gus"].exercise("word_counts")


def test_a_cell_that_failed_shows_its_error(pages):
    section = pages["eli"].exercise("word_counts")
    assert "No answer, NameError: name 'word_counts' is not defined." in section.replace("&#39;", "'").replace(
        "&#x27;", "'"
    )
    assert "SyntaxError: expected" in section
    assert "def word_counts(text)" in section


def test_lateness_and_what_was_noticed_are_told(pages):
    assert "Handed in 1 day 1 hour late: 3 points were taken." in pages["lea"].text
    assert "12 of 15 points" in pages["lea"].text
    assert "set_ops: this test was edited; it was graded by the one released" in pages["hana"].text
    assert "test_set_ops" not in pages["hana"].text


def test_a_page_loads_nothing_and_runs_nothing(pages):
    """It is one file, which a learner may open from a mail; what a learner wrote is shown and never run."""
    for page in pages.values():
        assert all(address.startswith("data:image/") for address in page.loads), page.loads
        policy = next(facts["content"] for tag, facts in page.tags if "content-security-policy" in str(facts).lower())
        assert policy.startswith("default-src 'none'")
        assert "script" not in [tag for tag, _ in page.tags]
        assert not [name for _, facts in page.tags for name in facts if name.startswith("on")]
    assert "a cell of my own" in pages["nell<b>"].text
    assert "alert(2)" in pages["nell<b>"].text


def test_no_hidden_probe_no_hidden_test_and_no_place_of_the_grader(pages):
    probes = set()
    for id in ("word_counts", "literal_type"):
        exercise = load_exercises(UNIT_01)[id]
        shown = {probe.args[0] for probe in exercise.examples}
        probes |= {probe.args[0] for probe in hidden_probes(exercise, demo.SECRET)} - shown
    lines = [line for text in probes for line in text.splitlines() if len(line) > 12]
    assert len(lines) > 5
    secrets = ["HIDDEN TESTS", "from autograder", "grade(", str(ROOT), sys.prefix, "site-packages", *lines]
    for name, page in pages.items():
        assert [secret for secret in secrets if secret in page.text or secret in page.source] == [], name


def test_it_can_be_read_by_everybody(pages):
    """On a telephone, in the dark, with a screen reader: sizes, colours, alt texts, headings, links that lead somewhere."""
    for page in pages.values():
        assert '<html lang="en">' in page.source
        assert "width=device-width" in page.source
        assert "prefers-color-scheme: dark" in page.source
        assert all(facts.get("alt") for tag, facts in page.tags if tag == "img")
        assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= page.ids
        assert [tag for tag, _ in page.tags].count("h1") == 1


def contrast(first: str, second: str) -> float:
    """The ratio by which WCAG 2 compares two colours (#rrggbb)."""

    def light(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    a, b = light(first), light(second)
    return max(a, b) / min(a, b)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_of_text_stands_out_from_both_backgrounds(pages, theme):
    blocks = re.findall(r":root \{(.*?)\}", pages["ben"].source, re.S)
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", blocks[theme == "dark"]))
    text = colours.keys() - {"paper", "panel", "line"}
    assert len(text) == 11
    for name in text:
        assert min(contrast(colours[name], colours[under]) for under in ("paper", "panel")) >= 4.5, name


def test_written_answers_and_comments(tmp_path, monkeypatch):
    """An answer that a person grades: it waits, then has points and a comment; one left as it came has none to wait for."""
    unit, id = "09_bbc_project", "report"
    folder = term.make_course(tmp_path / "course")
    term.install_stub(monkeypatch, {unit: term.make_packs(unit)})
    monkeypatch.chdir(folder)
    term.hand_in(folder, "ada", unit, term.all_right(unit))
    term.hand_in(folder, "ben", unit, {})
    assert term.run("grade", "09")[0] == 0

    def feedback():
        result = demo.open_api(folder).generate_feedback(unit, force=True)
        assert result["success"], result["log"]
        return [Page(folder / "feedback" / name / unit / f"{unit}.html") for name in ("ada", "ben")]

    ada, ben = feedback()
    assert "1 of your answers waits for a person to read it" in ada.text
    assert "– of 10 points" in ada.exercise(id)
    assert "I found that it depends." in ada.exercise(id)
    assert "waits" not in ben.text
    assert "0 of 10 points" in ben.exercise(id)
    with open_gradebook(folder) as gradebook:
        gradebook.find_grade(id, unit, unit, "ada").manual_score = 7.5
        gradebook.find_comment(
            id, unit, unit, "ada"
        ).manual_comment = "Good, *but* look at `n`. <script>alert(3)</script>"
        gradebook.db.commit()
    ada, _ = feedback()
    assert "waits" not in ada.text
    assert "7.5 of 10 points" in ada.exercise(id)
    assert "A comment for you" in ada.exercise(id)
    assert "Good, but look at n." in ada.exercise(id)
    assert not (folder / "kept").exists(), "pages that nobody edited are made anew"
    for mark in ("Well done, by hand.", "And once more."):
        page = folder / "feedback" / "ada" / unit / f"{unit}.html"
        page.write_text(page.read_text().replace("</body>", f"<p>{mark}</p></body>"))
        assert mark not in feedback()[0].text
    kept = [path.read_text() for path in (folder / "kept").rglob("*.html")]
    assert len(kept) == 2
    assert all(any(mark in text for text in kept) for mark in ("Well done, by hand.", "And once more."))


def test_a_traceback_keeps_the_learners_lines_only():
    lines = [
        "---------------------------------------------------------------------------",
        "LinAlgError                               Traceback (most recent call last)",
        "Cell In[3], line 2\n      1 import numpy as np\n----> 2 \x1b[31mnp\x1b[39m.linalg.inv(np.zeros((2, 2)))",
        f"File {sys.prefix}/lib/numpy/linalg.py:609, in inv(a)\n    608 secret = 1\n--> 609 raise",
        "LinAlgError: Singular matrix",
    ]
    shown = _own_lines(new_output("error", ename="LinAlgError", evalue="Singular matrix", traceback=lines))
    assert "np.linalg.inv(np.zeros((2, 2)))" in shown
    assert shown.endswith("LinAlgError: Singular matrix")
    for gone in ("609", "secret", sys.prefix, "\x1b", "File "):
        assert gone not in shown


def test_what_a_learners_code_displays_is_shown_and_does_nothing():
    shown = '<div class="verdict" style="display:flex;gap:18px;background:rgba(213,94,0,.30)"><b>yours</b>'
    image = '<img src="data:image/png;base64,AAAA" alt="yours: 2 by 2" width="10" height="10">'
    hostile = '<meta http-equiv="refresh" content="0;url=//x"><form action="//x"><svg onload="f()"></svg><a href="javascript:f()">'
    clean = clean_html(f"{shown}{image}{hostile}<td onclick='f()'>1</td></div><script>f()</script>")
    for kept in ("display: flex", "gap: 18px", "rgba(213,94,0,.30)", "<b>yours</b>", "data:image/png;base64,AAAA"):
        assert kept in clean
    for gone in ("<meta", "<form", "<svg", "<script", "onload", "onclick", "javascript:"):
        assert gone not in clean


@given(st.text())
def test_markdown_of_any_kind_makes_no_script(text):
    made = markdown_html(f"<script>{text}</script>\n\n{text}")
    assert "<script" not in made.lower()


def test_places_are_left_out_of_words():
    assert _plain(f"cannot open {ROOT}/autograder/hidden/x.json") == "cannot open …/autograder/hidden/x.json"


def test_the_hidden_tests_are_gone_before_the_page_is_made():
    """Whatever the page shows: its source does not hold them."""
    config = demo.open_api(ROOT).config
    steps = [str(step) for step in config.GenerateFeedback.preprocessors]
    assert steps.index("autograder.plugins.hide_tests.HideTests") < steps.index("autograder.feedback.ForLearners")
    cell = nbformat.v4.new_code_cell("check(1)\n### BEGIN HIDDEN TESTS\ngrade(1)\n### END HIDDEN TESTS")
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "schema_version": 3, "grade_id": "x"}
    assert HideTests().preprocess_cell(cell, {}, 0)[0].source == "check(1)"


def test_a_text_that_takes_too_long_is_shown_as_it_was_written_and_the_others_are_laid_out(monkeypatch):
    def slow(text):
        while "slow" in text:
            pass
        return f"<b>{text}</b>"

    monkeypatch.setitem(in_time.WAYS, "markdown", slow)
    pages = in_time.Pages(Bounds(step=0.5, whole=0.5))
    assert pages.show("markdown", "quick") == "<b>quick</b>"
    assert pages.show("markdown", "slow <script>") == "<pre>slow &lt;script&gt;</pre>"
    assert pages.show("markdown", "quick") == "<b>quick</b>"
    late = in_time.Pages(Bounds(step=0.5, whole=0.5), seconds=-1)
    assert late.show("markdown", "quick") == "<pre>quick</pre>"
