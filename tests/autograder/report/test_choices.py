"""The report counts what a class chose at the checkpoints, and believes nothing that a notebook says."""

import json

import pytest

from autograder.report import facts as reading
from autograder.report.choices import choices_in, count
from autograder.report.facts import read_class
from autograder.report.page import as_html
from course_utils.recall.choices import AS_DATA
from tests.autograder.engine.stubbed import UNIT, Stub, answer, grade, hand_in, make_course, notebook
from tests.autograder.report.test_report import EXERCISES

QUESTIONS = {
    "twice": {
        "cell": "question_twice",
        "asked": "What is *twice* `x`?",
        "of": "0123456789ab",
        "options": [
            {"text": "`x ** 2`", "right": False, "feedback": "...", "misconception": "Twice taken for <squared>."},
            {"text": "`x + x`", "right": True, "feedback": "Yes.", "misconception": ""},
            {"text": "`x + 2`", "right": False, "feedback": "...", "misconception": "Two more."},
        ],
    }
}


def told(first, last, **change):
    return {"unit": UNIT, "question": "twice", "of": "0123456789ab", "first": first, "last": last, **change}


def with_output(data, **change):
    """A submission whose set-up cell holds this output."""
    written = notebook(answer(2))
    written["cells"][0]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {AS_DATA: data}, **change}
    ]
    return written


def read(tmp_path, content):
    return choices_in(hand_in(tmp_path, "ada", content), UNIT, QUESTIONS)


def test_a_saved_choice_is_read(tmp_path):
    assert read(tmp_path, with_output(told(0, 1))) == {"twice": (0, 1)}
    assert read(tmp_path, notebook(answer(2))) == {}


HOSTILE = {
    "no notebook": b"no notebook",
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "deep": b'{"cells":' + b"[" * 100_000,
    "cells of no cell": b'{"cells": [1, null, "x", {"outputs": 3}, {"outputs": [4, {"data": []}]}]}',
    "another unit": with_output(told(0, 1, unit="02_other")),
    "another question": with_output(told(0, 1, question="__class__")),
    "a question that is none": with_output(told(0, 1, question={"a": 1})),
    "other options": with_output(told(0, 1, of="x")),
    "no such option": with_output(told(0, 3)),
    "a huge number": with_output(told(0, 10**30)),
    "text": with_output(told("<script>alert(1)</script>", 0)),
    "a list of choices": with_output([told(0, 1)]),
    "no data": with_output("<b>"),
    "a thousand outputs before": {
        **(written := with_output(told(0, 1))),
        "cells": [{**written["cells"][0], "outputs": [{}] * 1000 + written["cells"][0]["outputs"]}],
    },
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_choice_is_passed_over(tmp_path, content):
    assert read(tmp_path, content) == {}


def test_a_link_and_a_missing_file_are_passed_over(tmp_path):
    there = hand_in(tmp_path, "ada", with_output(told(0, 1)))
    there.rename(tmp_path / "kept.ipynb")
    assert choices_in(there, UNIT, QUESTIONS) == {}
    there.symlink_to(tmp_path / "kept.ipynb")
    assert choices_in(there, UNIT, QUESTIONS) == {}


def test_choices_are_counted_by_option():
    (asked,) = count(QUESTIONS, {"ada": {"twice": (0, 1)}, "bob": {"twice": (0, 0)}, "eve": {}})
    assert [(option.first, option.last) for option in asked.options] == [
        (["ada", "bob"], ["bob"]), ([], ["ada"]), ([], []),
    ]  # fmt: skip
    assert asked.answered == 2


def test_the_report_shows_which_misconceptions_the_class_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "load_exercises", lambda unit: EXERCISES)
    monkeypatch.setattr(reading, "read_questions", lambda unit: QUESTIONS)
    db_url = make_course(tmp_path, 0)
    hand_in(tmp_path, "ada", with_output(told(0, 1)))
    hand_in(tmp_path, "b<i>b", with_output(told(0, 0)))
    hand_in(tmp_path, "eve", with_output(told(0, 3, text="<script>alert(1)</script>")))
    grade(tmp_path, db_url, [Stub()])
    report = read_class(tmp_path, db_url, UNIT)
    shown = as_html(report)
    assert "<strong>What is <em>twice</em> <code>x</code>?</strong> 2 of 3 answered." in shown
    assert "Twice taken for &lt;squared&gt;." in shown
    assert "still: b&lt;i&gt;b" in shown
    assert "alert(1)" not in shown
    assert all(one.total == 2.0 for one in report.submissions), "no point depends on it"
    nameless = as_html(report.without_names())
    assert "b&lt;i&gt;b" not in nameless
    assert "still: learner" in nameless


def test_a_unit_without_questions_has_no_such_section(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "load_exercises", lambda unit: EXERCISES)
    db_url = make_course(tmp_path, 1)
    grade(tmp_path, db_url, [Stub()])
    assert "Checkpoints" not in as_html(read_class(tmp_path, db_url, UNIT))


def test_a_notebook_keeps_a_choice_when_it_is_written_and_read():
    import nbformat

    written = nbformat.from_dict(with_output(told(0, 1)))
    again = json.loads(nbformat.writes(nbformat.reads(nbformat.writes(written), as_version=4)))
    assert again["cells"][0]["outputs"][0]["data"][AS_DATA] == told(0, 1)
