"""The class report says what the gradebook, the journal and the stored answers say, and nothing that it should not."""

import csv
import gzip
import io
import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from autograder.engine.record.answers import answers_path
from autograder.report import facts as reading
from autograder.report.facts import ClassFacts, GradedSubmission, Item, discrimination, read_class
from autograder.report.page import as_html, histogram
from autograder.report.table import as_csv
from course_utils.refused import Refused
from tests.autograder.engine.stubbed import UNIT, Stub, answer, grade, hand_in, make_course, notebook
from tests.autograder.engine.test_guarded import QUICK, spin

EXERCISES = {
    "double": SimpleNamespace(
        id="double",
        points=2.0,
        objective="double a number",
        mistakes=[SimpleNamespace(name="triple", hint="That is `3 * x`: three times.")],
    )
}
VOID = {"meta", "link", "line", "rect", "br"}


@pytest.fixture
def report(tmp_path, monkeypatch) -> ClassFacts:
    """Nine submissions: in turn right, the mistake `triple`, and four times, which no mistake explains; and one unreadable."""
    monkeypatch.setattr(reading, "load_exercises", lambda unit: EXERCISES)
    db_url = make_course(tmp_path, 9)
    hand_in(tmp_path, "student<b>", b"no notebook")
    grade(tmp_path, db_url, [Stub()])
    return read_class(tmp_path, db_url, UNIT)


def test_every_submission_has_its_points_and_state(report):
    seen = {one.student: (one.total, one.states["double"], one.mistakes) for one in report.submissions}
    assert seen["student00"] == (2.0, "right", {})
    assert seen["student01"] == (0.0, "wrong", {"double": "triple"})
    assert seen["student02"] == (0.0, "wrong", {})
    assert seen["student<b>"][:2] == (0.0, "no answer")
    assert report.items[0].states == {"right": 3, "partly right": 0, "wrong": 6, "not attempted": 0, "no answer": 1}
    assert report.items[0].mean_share == pytest.approx(0.3)


def test_recognised_mistakes_come_with_names_hint_and_code(report):
    (mistake,) = report.mistakes
    assert mistake.students == ["student01", "student04", "student07"]
    assert "three times" in mistake.hint
    assert "return 3 * x" in mistake.example


def test_equal_answers_that_nothing_explains_are_a_group(report):
    (group,) = report.groups
    assert group.students == ["student02", "student05", "student08"]
    assert "return 4 * x" in group.example


def test_failed_submissions_say_why(report):
    (failed,) = report.failed
    assert failed.student == "student<b>"
    assert "not a notebook" in failed.reasons[0]


def hard_to_digest(patch):
    honest = reading._what_came_back
    patch.setattr(
        reading, "_what_came_back", lambda seen: spin() if seen[0]["value"]["value"] == 21.0 else honest(seen)
    )


HOSTILE = {
    "answers that are missing": lambda path, patch: path.unlink(),
    "a bomb": lambda path, patch: path.write_bytes(gzip.compress(bytes(300 << 20), 1)),
    "deep": lambda path, patch: path.write_bytes(gzip.compress(b"[" * 500_000)),
    "hard to digest": lambda path, patch: hard_to_digest(patch),
}


@pytest.mark.parametrize("damage", HOSTILE.values(), ids=HOSTILE)
def test_who_cannot_be_read_within_the_limits_is_named_and_the_rest_comes(tmp_path, monkeypatch, damage):
    monkeypatch.setattr(reading, "load_exercises", lambda unit: EXERCISES)
    db_url = make_course(tmp_path, 9)
    hand_in(tmp_path, "hostile", notebook(answer(7)))
    grade(tmp_path, db_url, [Stub()])
    damage(answers_path(tmp_path, UNIT, "hostile"), monkeypatch)
    report = read_class(tmp_path, db_url, UNIT, QUICK)
    assert sum(report.totals) == 6.0
    (failed,) = report.failed
    assert failed.student == "hostile"
    assert failed.reasons[-1].startswith("its answers could not be read for this report: ")
    assert [group.students for group in report.groups] == [["student02", "student05", "student08"]]
    for text in (as_html(report), as_csv(report)):
        assert "its answers could not be read" in text


def spin_over(path, exercise):
    return spin() if "student01" in str(path) else "other code"


@pytest.mark.parametrize(
    "text", ["", '{"cells": 3}', '{"cells": ' + "[" * 500_000, '{"cells":[' + "[]," * 8_000_000 + "[]]}", None]
)
def test_code_that_cannot_be_read_is_not_shown_and_the_rest_comes(tmp_path, monkeypatch, text):
    monkeypatch.setattr(reading, "load_exercises", lambda unit: EXERCISES)
    db_url = make_course(tmp_path, 9)
    grade(tmp_path, db_url, [Stub()])
    path = tmp_path / "autograded" / "student01" / UNIT / f"{UNIT}.ipynb"
    if text is None:
        monkeypatch.setattr(reading, "_solution_source", spin_over)
    else:
        path.unlink()
        path.write_text(text)
    report = read_class(tmp_path, db_url, UNIT, QUICK)
    assert [mistake.example for mistake in report.mistakes] == [""]
    assert len(report.groups[0].example) > 3


def test_a_long_answer_is_shown_in_part(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook(answer(3) + "\n# x" * 10_000)))
    assert reading._solution_source(path, "double").endswith("more characters]")
    assert len(reading._solution_source(path, "double")) < 6_000


def test_discrimination_is_the_correlation_with_the_rest():
    rest = [float(n) for n in range(12)]
    assert discrimination(rest, rest) == pytest.approx(1)
    assert discrimination(rest, [-n for n in rest]) == pytest.approx(-1)
    assert discrimination(rest[:9], rest[:9]) is None
    assert discrimination([1.0] * 12, rest) is None


class Page(HTMLParser):
    """What a page holds: tags in order, text, attributes; raises where tags do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.found, self.text = [], [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_page_is_whole_in_itself_and_accessible(report):
    html = as_html(report)
    page = Page(html)
    assert not re.search(r"https?://|@import|url\(|<script", html)
    assert ("html", {"lang": "en"}) in page.found
    levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in zip(levels, levels[1:]))
    drawings = [attributes for tag, attributes in page.found if tag == "svg"]
    assert len(drawings) == 2
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in drawings)


def test_what_learners_wrote_is_text_and_not_html(report):
    html = as_html(report)
    assert "student<b>" not in html
    assert "student&lt;b&gt;" in html
    assert "<code>3 * x</code>" in html


def test_names_can_be_hidden_everywhere(report):
    hidden = report.without_names()
    for text in (as_html(hidden), as_csv(hidden)):
        assert "student0" not in text
        assert "learner 10" in text
    assert sorted(hidden.totals) == sorted(report.totals)
    assert hidden == report.without_names()


def test_the_table_has_a_row_a_submission(report):
    rows = list(csv.DictReader(io.StringIO(as_csv(report))))
    assert len(rows) == 10
    assert rows[1]["double mistake"] == "triple"
    assert rows[1]["double state"] == "wrong"
    assert "not a notebook" in next(row for row in rows if row["student"] == "student<b>")["remarks"]


def test_no_name_becomes_a_formula_in_a_spreadsheet():
    one = GradedSubmission("=HYPERLINK(1)", {"double": 2.0}, {"double": "right"}, {}, 0.1, {}, ["@sum"], True)
    item = Item("double", "double a number", 2.0, {"right": 1}, 1.0, None, None)
    text = as_csv(ClassFacts(UNIT, 2.0, [one], [item], [], []))
    assert "'=HYPERLINK(1)" in text
    assert "'@sum" in text


def test_every_submission_stands_in_the_histogram_once():
    for totals, most in (([0.0, 15.0, 14.9, 7.5], 15.0), ([2.0], 2.0), ([0.5, 1.0], 1.0), ([19.0, 18.0, 0.1], 19.0)):
        words = re.search(r'aria-label="([^"]*)"', histogram(totals, most))[1]
        assert sum(int(count) for count in re.findall(r": (\d+)", words)) == len(totals)


def test_a_unit_that_was_not_graded_says_what_to_do(tmp_path):
    db_url = make_course(tmp_path, 0)
    with pytest.raises(Refused, match="autograder grade 01_small"):
        read_class(tmp_path, db_url, UNIT)


def test_a_hint_is_set_as_hints_are_written():
    from autograder.report.page import _prose

    assert _prose("a *view* of `x`, 2 * 3 * 4 <b>") == "a <em>view</em> of <code>x</code>, 2 * 3 * 4 &lt;b&gt;"
