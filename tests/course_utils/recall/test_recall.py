"""Checkpoints and practice as learners meet them: what is kept, what is said, when it comes again, and what is not believed."""

import contextlib
import json
import random
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils import checking, practice, progress_file, question
from course_utils.describe import describe
from course_utils.judge import RIGHT, WRONG, Verdict, judge
from course_utils.limits import MAX_TYPED
from course_utils.packs import read_pack
from course_utils.progress_file import CHECKS, PRACTICE, QUESTIONS
from course_utils.recall import catalogue, leitner
from course_utils.recall.catalogue import practised, read_questions
from course_utils.recall.choices import AS_DATA, Choice
from course_utils.recall.due import MOST, what_is_due
from course_utils.recall.practice import CLOSED, ELSEWHERE, NothingToPractise, Practice, draw
from course_utils.recall.questions import UnknownQuestion
from course_utils.recall.typed import Unclear, as_observed
from course_utils.start_page import StartPage, read_map

SETTINGS = {"kind": "function", "dtype": "kind", "fresh": False, "all_or_nothing": False, "time_limit": 5.0}
UNIT, ID = "02_convolution_and_pooling", "one_filter"
TODAY = date(2026, 3, 10)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course in which a learner has a notebook open that cannot be clicked."""
    for unit in read_map():
        (tmp_path / "notebooks" / unit).mkdir(parents=True)
        (tmp_path / "notebooks" / unit / f"{unit}.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("COURSE_WIDGETS", "0")
    monkeypatch.setattr(progress_file, "_in_a_session", lambda: True)
    monkeypatch.setattr(progress_file, "_said", set())
    monkeypatch.setattr(checking, "_unit", UNIT)
    monkeypatch.setattr(checking, "_right", set())
    return tmp_path


@pytest.fixture
def live(course, monkeypatch):
    """The same where it can be clicked; what is displayed is kept in a list."""
    from IPython import display

    monkeypatch.setenv("COURSE_WIDGETS", "1")
    shown = []

    class Handle:
        def __init__(self, thing):
            self.thing = thing

        def update(self, thing):
            self.thing = thing

    def keep(thing, display_id=False):
        shown.append(Handle(thing))
        return shown[-1]

    monkeypatch.setattr(display, "display", keep)
    return shown


def asked():
    return read_questions(UNIT)[ID]


# Checkpoints


def test_where_nothing_can_be_clicked_it_says_where_the_options_are(course, capsys):
    question(ID)
    assert "folded in the text above" in capsys.readouterr().out
    assert not (course / "progress.json").exists()


def test_a_question_that_nobody_asks_is_told(course):
    with pytest.raises(UnknownQuestion, match=r"no question 'two'; this unit asks: one_filter, padded_maximum"):
        question("two")


def widgets_of(form):
    radio, button = form.children[1:]
    return radio, button


def test_a_choice_is_told_kept_and_put_into_the_output(live, course):
    question(ID)
    form, below = live
    radio, button = widgets_of(form.thing)
    assert button.disabled
    assert AS_DATA not in below.thing._repr_mimebundle_()
    assert "not graded" in repr(below.thing)
    radio.index = 0
    assert not button.disabled
    assert AS_DATA not in below.thing._repr_mimebundle_(), "nothing is told before it is answered"
    button.click()
    data = below.thing._repr_mimebundle_()
    assert data[AS_DATA] == {"unit": UNIT, "question": ID, "of": asked()["of"], "first": 0, "last": 0}
    assert "Mistaken idea: One channel instead of three." in data["text/plain"]
    assert "Mistaken idea: <strong>One channel instead of three.</strong>" in data["text/html"]
    radio.index = 1
    button.click()
    assert live[1].thing._repr_mimebundle_()[AS_DATA]["first"] == 0
    assert "right" in repr(live[1].thing)
    assert "Mistaken idea" not in repr(live[1].thing)
    kept = progress_file.read(course / "progress.json", QUESTIONS)[UNIT][ID]
    assert (kept["first"], kept["last"], kept["of"]) == (0, 1, asked()["of"])
    assert len(live) == 2, "the buttons are not drawn anew, so the keyboard's focus stays"


def test_the_choice_is_there_again_when_the_cell_is_run_again(live, course):
    question(ID)
    radio, button = widgets_of(live[0].thing)
    radio.index = 2
    button.click()
    live.clear()
    question(ID)
    assert widgets_of(live[0].thing)[0].index == 2
    assert live[1].thing._repr_mimebundle_()[AS_DATA]["last"] == 2


def test_the_form_says_more_to_who_cannot_click_it(live):
    question(ID)
    bundle = live[0].thing._repr_mimebundle_()
    assert "folded in the text above" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


#: What an entry, or an output of a notebook, may hold that is no choice.
NO_CHOICE = {
    "nothing": None,
    "a list": [1],
    "other options": {"first": 0, "last": 0, "of": "0" * 12},
    "no such option": {"first": 0, "last": 9},
    "a negative place": {"first": -1, "last": 0},
    "a float": {"first": 0.0, "last": 1.0},
    "a truth": {"first": True, "last": False},
    "text": {"first": "0", "last": "<script>"},
    "one alone": {"last": 1},
}


@pytest.mark.parametrize("told", NO_CHOICE.values(), ids=NO_CHOICE)
def test_what_is_no_choice_is_none(told):
    data = {"of": asked()["of"], "unit": UNIT, "question": ID, **told} if isinstance(told, dict) else told
    assert Choice.from_entry(UNIT, ID, data, asked()).last is None
    assert Choice.from_data(data, UNIT, read_questions(UNIT)) is None


@pytest.mark.parametrize(
    "change", [{"unit": "03_conv_arithmetic"}, {"question": "another"}, {"question": ["one_filter"]}]
)
def test_a_choice_of_another_unit_or_question_is_none(change):
    data = {"unit": UNIT, "question": ID, "of": asked()["of"], "first": 1, "last": 1}
    assert Choice.from_data(data, UNIT, read_questions(UNIT)).last == 1
    assert Choice.from_data({**data, **change}, UNIT, read_questions(UNIT)) is None


# What is typed


def expected(value):
    return {"outcome": "returned", "value": describe(value)}


def accepted(text, value):
    settings = {**SETTINGS, "rtol": 1e-6, "atol": 1e-8}
    one = {"args": [], "kwargs": {}}
    pack = {
        "id": "f",
        "parameters": [],
        "settings": settings,
        "rules": [],
        "probes": [one],
        "expected": [expected(value)],
        "mistakes": [],
    }
    return judge(pack, [as_observed(text, expected(value))]).status == RIGHT


TYPED = [
    ("5", 5, True), (" 5 ", 5, True), ("5.0", 5, False), ("6", 5, False), ("5", 5.0, True), ("0.5", 0.5, True),
    ("(2, 3)", (2, 3), True), ("2, 3", (2, 3), True), ("[2, 3]", (2, 3), False), ("(2, 3)", (2, 3.0), True),
    ("'int'", "int", True), ("int", "int", True), ("str", "int", False), ("the film", "the film", True),
    ("[[1, 2], [3, 4]]", np.array([[1.0, 2], [3, 4]]), True), ("np.array([[1, 2]])", np.array([[1, 2]]), True),
    ("[1, 2]", np.array([[1, 2]]), False), ("[1.5]", np.array([1]), False), ("[300]", np.array([44], np.uint8), False),
    ("{'a': 1}", {"a": 1}, True), ("{}", {}, True), ("True", True, True), ("1", True, False), ("None", None, True),
    ("[[1, 2], [3, 4]]", [np.array([1, 2]), np.array([3, 4])], True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "right"), TYPED)
def test_a_typed_value_counts_as_what_it_writes(text, value, right):
    assert accepted(text, value) == right


@pytest.mark.parametrize("text", ["", "  ", "len([1])", "__import__('os')", "1 +", "(" * 300, "9" * (MAX_TYPED + 1)])
def test_what_is_no_value_is_told_and_never_run(text):
    with pytest.raises(Unclear):
        as_observed(text, expected(5))


@pytest.mark.parametrize("text", ["[[1], [2, 3]]", "'word'", "{1: 2}", "['a']"])
def test_what_is_no_array_is_told(text):
    with pytest.raises(Unclear):
        as_observed(text, expected(np.array([1])))


@given(st.text(max_size=40))
def test_whatever_is_typed_there_is_an_answer(text):
    for value in (5, "word", np.array([[1.5]]), (1, [2.0])):
        with contextlib.suppress(Unclear):
            assert as_observed(text, expected(value))["outcome"] in ("returned", "raised")


def test_a_bare_word_where_an_error_is_right_is_wrong_and_not_unclear():
    """To ask for quotation marks would tell that no text is right."""
    refusal = {"outcome": "raised", "error": {"types": ["ValueError"], "message": ""}}
    assert as_observed("tuple", refusal) == as_observed("'tuple'", refusal)
    with pytest.raises(Unclear):
        as_observed("two words", refusal)


def test_an_error_is_predicted_by_its_name():
    assert as_observed("ValueError", expected(1)) == as_observed("raises ValueError: no", expected(1))
    assert as_observed("ValueError", expected(1))["outcome"] == "raised"


# Practice


def test_practice_opens_once_the_check_is_right(live, course, capsys, monkeypatch):
    practice("corr2d")
    assert capsys.readouterr().out.strip() == CLOSED
    progress_file.record(UNIT, Verdict("corr2d", WRONG, 1, 5))
    practice("corr2d")
    assert capsys.readouterr().out.strip() == CLOSED
    assert live == []
    progress_file.record(UNIT, Verdict("corr2d", RIGHT, 5, 5))
    practice("corr2d")
    assert len(live) == 1
    live.clear()
    monkeypatch.setenv("COURSE_PROGRESS", "")  # nothing is kept: then what this session saw counts
    practice("corr2d")
    assert live == []
    monkeypatch.setattr(checking, "_right", {"corr2d"})
    practice("corr2d")
    assert len(live) == 1


def test_enter_hands_over_what_is_typed_and_leaving_the_line_does_not(live):
    """As front ends send it: at Enter first that it was pressed, then the text; elsewhere the text alone."""
    progress_file.record(UNIT, Verdict("corr2d", RIGHT, 5, 5))
    practice("corr2d")
    call, row, said = live[0].thing.children[1:]
    line, button, another = row.children
    line.value = "no idea"
    assert said.value == ""
    button.click()
    assert "Type a value" in said.value
    line._handle_string_msg(line, {"event": "submit"}, [])
    line.value = "[[-1000]]"
    assert "✗ not quite" in said.value
    before = call.value
    another.click()
    assert (line.value, said.value) == ("", "")
    assert call.value != before


def test_practice_says_the_same_wherever_nothing_can_be_clicked(course, capsys):
    for status in (WRONG, RIGHT):
        progress_file.record(UNIT, Verdict("corr2d", status, 5, 5))
        practice("corr2d")
    assert capsys.readouterr().out == f"{ELSEWHERE}\n" * 2


def test_what_cannot_be_practised_is_told(course, monkeypatch):
    with pytest.raises(NothingToPractise, match=r"no practice for 'nothing'; there is for: .*corr2d"):
        practice("nothing")
    monkeypatch.setattr(checking, "_unit", None)
    with pytest.raises(NothingToPractise, match="no practice for 'sobel_edges'"):
        practice("sobel_edges")


@pytest.fixture
def sizes(course):
    """Practice of sizes, its first question known."""
    return Practice("03_conv_arithmetic", "out_size", random.Random(1))


def kept(course, id="out_size"):
    return progress_file.read(course / "progress.json", PRACTICE)["03_conv_arithmetic"][id]


def test_a_right_prediction_comes_again_later_and_a_wrong_one_sooner(sizes, course):
    said = sizes.answer(sizes.expected)
    assert "✓ right" in said
    assert (kept(course)["box"], kept(course)["right"]) == (2, True)
    assert kept(course)["due"] == str(date.today() + timedelta(2))
    sizes.next()
    assert "✗ not quite" in sizes.answer("-1")
    assert (kept(course)["box"], kept(course)["right"]) == (1, False)


def test_of_a_prediction_nothing_is_said_that_is_true_of_functions_alone(course):
    asked = Practice("01_containers_and_arrays", "shape_of", random.Random(1))
    while not asked.expected.startswith("raises"):
        asked.next()
    assert "returned" not in asked.answer("(3,)")
    while asked.expected.startswith("raises"):
        asked.next()
    assert "It raised" not in asked.answer("ValueError")


def test_only_the_first_prediction_to_a_question_counts(sizes, course):
    sizes.answer("-1")
    assert "✓ right" in sizes.answer(sizes.expected)
    assert kept(course)["right"] is False


def test_an_unclear_answer_is_none(sizes, course):
    with pytest.raises(Unclear):
        sizes.answer("who knows")
    assert "box" not in kept(course)


def test_a_mistake_is_named_by_its_hint(course):
    """As a check would: who forgets that only whole moves count predicts what that gives."""
    bank = read_pack("03_conv_arithmetic", "out_size", catalogue.BANKS)
    mistake = next(one for one in bank["mistakes"] if one["name"] == "no_floor")
    place = next(i for i, seen in enumerate(mistake["observations"]) if seen["outcome"] == "returned")
    sizes = Practice("03_conv_arithmetic", "out_size")
    sizes._place = place
    said = sizes.answer(repr(mistake["observations"][place]["value"]["value"]))
    assert "Only whole moves count" in said


def test_what_was_typed_is_escaped(sizes):
    assert "<script>" not in sizes.answer("'<script>alert(1)</script>'")


@pytest.mark.parametrize("path", sorted(catalogue.BANKS.glob("*/*.json")), ids=lambda path: path.stem)
def test_every_question_of_every_bank_can_be_answered_as_it_is_shown(path, course):
    """Whoever types what the bank writes is right; whoever types something else is not."""
    asked_ = Practice(path.parent.name, path.stem)
    for place in range(len(asked_._bank["probes"])):
        asked_._place = place
        assert len(asked_.call) < 200
        assert "✓ right" in asked_.answer(asked_.expected.removeprefix("raises ")), asked_.call
        assert "✓ right" not in asked_.answer("'something else'" if asked_.expected[:1] == "'" else "KeyError")


@given(st.integers(1, 40), st.integers(0, 2**32))
def test_a_question_does_not_come_again_before_half_of_them_did(count, seed):
    chance, asked_ = random.Random(seed), []
    for _ in range(3 * count):
        asked_.append(draw(count, asked_, chance))
    for i, place in enumerate(asked_):
        assert place not in asked_[max(0, i - count // 2) : i]
    assert set(asked_) <= set(range(count))


# When it comes again


def test_the_boxes_wait_longer_and_longer():
    entry, day, waits = {}, TODAY, []
    for _ in range(7):
        entry = leitner.after(entry, True, day)
        waits.append((leitner.due_of(entry) - day).days)
        day = leitner.due_of(entry)
    assert waits == [2, 4, 8, 16, 16, 16, 16]
    assert leitner.after(entry, False, day) == {"box": 1, "due": str(day + timedelta(1)), "right": False}


def test_practising_before_it_is_due_moves_nothing():
    entry = leitner.after({}, True, TODAY)
    assert leitner.after(entry, True, TODAY + timedelta(1)) == entry
    assert leitner.after(entry, False, TODAY + timedelta(1))["box"] == 1


@pytest.mark.parametrize(
    "entry", [{}, {"box": 99}, {"box": "2"}, {"box": True, "due": 5}, {"due": "soon"}, {"due": None}]
)
def test_an_odd_entry_begins_afresh(entry):
    assert leitner.after(entry, True, TODAY)["box"] == 2
    assert leitner.urgency(entry, None, TODAY) is None


def proposals(checks=None, practice=None, questions=None, today=TODAY):
    parts = {CHECKS: {UNIT: checks or {}}, PRACTICE: {UNIT: practice or {}}, QUESTIONS: {UNIT: questions or {}}}
    return what_is_due(parts, list(read_map()), today)


def test_nothing_is_due_before_anything_was_done():
    assert proposals() == []
    assert proposals(checks={"corr2d": {"now": WRONG}}) == []


def test_what_was_right_is_due_from_the_next_day():
    noted = {"corr2d": {"now": RIGHT, "first_right": f"{TODAY} 10:00"}}
    assert proposals(checks=noted) == []
    (due,) = proposals(checks=noted, today=TODAY + timedelta(1))
    assert (due.unit, due.cell, due.name, due.why) == (UNIT, "practice_corr2d", "corr2d", "due today")
    (due,) = proposals(checks=noted, today=TODAY + timedelta(4))
    assert due.why == "due since 3 days"


def test_what_was_wrong_comes_first_then_what_waits_longest():
    noted = {
        "corr2d": leitner.after({}, True, TODAY - timedelta(9)),
        "pool2d": leitner.after({}, False, TODAY),
        "erode": leitner.after({}, True, TODAY - timedelta(3)),
    }
    wrong = {ID: {"first": 0, "last": 0, "of": asked()["of"]}}
    found = proposals(practice=noted, questions=wrong)
    assert [due.name for due in found] == ["pool2d", "a checkpoint", "corr2d", "erode"]
    assert found[1].cell == f"question_{ID}"
    right = {ID: {"first": 0, "last": 1, "of": asked()["of"]}}
    assert [due.name for due in proposals(questions=right)] == []


def test_not_too_much_is_proposed_at_a_time():
    noted = {id: leitner.after({}, False, TODAY) for id in practised(UNIT)}
    assert len(practised(UNIT)) > MOST
    assert len(proposals(practice=noted)) == MOST


def test_the_start_page_leads_there():
    noted = {"corr2d": {"now": RIGHT, "first_right": f"{TODAY} 10:00"}}
    due = proposals(checks=noted, today=TODAY + timedelta(1))
    shown = StartPage(read_map(), {}, due=due)
    assert f'href="notebooks/{UNIT}/{UNIT}.ipynb#cell-id=practice_corr2d"' in shown._repr_html_()
    assert "Come back to: corr2d in 02 " in repr(shown)
    assert "Come back to" not in StartPage(read_map(), {})._repr_html_()


# The file


def test_a_part_of_the_file_leaves_the_others_alone(course):
    progress_file.record(UNIT, Verdict("corr2d", RIGHT, 5, 5))
    progress_file.note(QUESTIONS, UNIT, ID, lambda entry: {"first": 0})
    progress_file.note(PRACTICE, UNIT, "corr2d", lambda entry: {"box": 2})
    progress_file.note(PRACTICE, UNIT, "corr2d", lambda entry: {**entry, "right": True})
    data = json.loads((course / "progress.json").read_text())
    assert data["units"][UNIT]["corr2d"]["now"] == RIGHT
    assert data["questions"] == {UNIT: {ID: {"first": 0}}}
    assert data["practice"] == {UNIT: {"corr2d": {"box": 2, "right": True}}}


def test_a_file_of_before_is_read_and_a_damaged_part_is_told(course):
    path = course / "progress.json"
    path.write_text(json.dumps({"format": 1, "units": {UNIT: {"corr2d": {"now": RIGHT}}}}))
    assert progress_file.read(path, QUESTIONS) == {}
    assert progress_file.entry_of(CHECKS, UNIT, "corr2d") == {"now": RIGHT}
    path.write_text(json.dumps({"format": 1, "units": {}, "questions": {UNIT: [1]}}))
    with pytest.raises(progress_file.Unreadable):
        progress_file.read(path)
    assert progress_file.entry_of(QUESTIONS, UNIT, ID) == {}
