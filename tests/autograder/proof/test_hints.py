"""Hints are true: an undeclared wrong answer is seldom told of a mistake that is not its own, and no probe asks for what nobody said."""

import os
import re
from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.authoring.packing import make_visible_pack
from autograder.exercise import probe
from autograder.exercises import load_exercises, units
from autograder.proof.hints import TOLERATED, count_hints
from autograder.proof.prove import prove_exercise
from course_utils.judge import judge
from course_utils.observe import observe
from course_utils.signs import signs_of
from course_utils.verdict import as_text
from tests.autograder.conftest import Double

slow = pytest.mark.skipif(
    not os.environ.get("COURSE_TEST_SLOW"), reason="it tries thousands of answers: COURSE_TEST_SLOW=1"
)


def counted(unit):
    counts = count_hints(unit)
    wrong, not_their_own = (sum(getattr(count, fact) for count in counts) for fact in ("wrong", "not_their_own"))
    assert wrong > 100
    return not_their_own / wrong, [line for count in counts for line in count.lines]


def test_undeclared_wrong_answers_are_seldom_told_of_a_mistake_that_is_not_their_own():
    share, lines = counted("01_containers_and_arrays")
    assert share <= TOLERATED, lines


@slow
@pytest.mark.parametrize("unit", units()[1:])
def test_in_every_unit_undeclared_wrong_answers_are_seldom_told_of_a_mistake_that_is_not_their_own(unit):
    share, lines = counted(unit)
    assert share <= TOLERATED, lines


def shortcomings(hidden, docstring, **more):
    """What is said of an exercise whose hidden probes are these, and whose lesson's function has this docstring."""

    def lessons_own(x):
        if isinstance(x, str):
            raise ValueError("no number")
        return x + x

    lessons_own.__doc__ = docstring
    found = prove_exercise(replace(Double, hidden=lambda rng: iter(hidden), oracle=lessons_own, **more), lessons_own)
    return [words for words in found.shortcomings if "no example" in words]


@pytest.mark.parametrize(
    ("asked", "kind", "named"),
    [
        ("text", "an error (ValueError)", "Twice x. Raises ValueError for a text."),
        (2.5, "`x` is a float", "Twice x, an int or a float."),
        (0, "`x` is 0", "Twice x, which may be 0."),
        (np.int64(4), "`x` is a NumPy number", "Twice x, an int or a NumPy integer."),
        (np.ones((2, 3), int), "`x` is not square", "Twice x, an (H, W) array."),
        ([], "`x` is empty", "Twice x, a list, perhaps empty."),
    ],
)
def test_a_hidden_probe_may_not_ask_for_what_no_example_and_no_line_of_the_docstring_shows(asked, kind, named):
    said = f"a hidden probe asks for what no example and no line of the docstring shows: {kind}"
    assert said in shortcomings([probe(12), probe(asked)], "Twice x.")
    assert said not in shortcomings([probe(12), probe(asked)], named)
    assert said not in shortcomings([probe(12), probe(asked)], "Twice x.", examples=[probe(3), probe(asked)])


SUMMARY = re.compile(r"<summary>If you see (.*?)</summary>")
QUOTED = re.compile(r'"([^"]+)"')


def quotes():
    """The exercises whose folded help quotes words of a verdict, each with these words."""
    for unit in units():
        lesson = read_lesson(lesson_path(unit))
        now = ""
        for cell in lesson.cells:
            now = cell.exercise or now
            for summary in SUMMARY.findall(cell.source.replace("&lt;", "<").replace("&gt;", ">")):
                for quoted in QUOTED.findall(summary):
                    yield pytest.param(unit, now, quoted, id=f"{unit[:2]} {now}: {quoted}")


@pytest.mark.parametrize(("unit", "id", "quoted"), [*quotes()])
def test_a_folded_help_quotes_words_that_its_mistakes_really_show(unit, id, quoted):
    """Of an exercise that trains or asks about models, the words stand in a hint; of all others, in what `check` says."""
    exercise = load_exercises(unit)[id]
    pack = {**make_visible_pack(exercise), "rules": []} if _is_quick(exercise) else None
    shown = []
    for mistake in exercise.mistakes:
        if pack is None:
            shown.append(mistake.hint)
        else:
            shown.append(as_text(judge(pack, observe(mistake.answer, pack), signs_of(mistake.answer))))
    said = "\n".join(shown)
    assert quoted in said or (pack is None and quoted in _what_expectations_say())


def _is_quick(exercise):
    return exercise.settings["kind"] == "function" and not any(one.ask for one in exercise.examples)


def _what_expectations_say():
    from course_utils import expect

    with open(expect.__file__, encoding="utf-8") as file:
        return file.read()
