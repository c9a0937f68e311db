"""The graders are proven: every right answer accepted, every mistake rejected with the intended hint, in every unit."""

import functools
import math
import os
import re
import subprocess
import sys

import pytest

from autograder.authoring.functions import lesson_functions
from autograder.authoring.lesson import BadLesson, lesson_path, read_lesson
from autograder.exercise import forbid_calls, probe
from autograder.exercises import load_exercises, units
from autograder.proof.prove import prove, prove_exercise
from tests.autograder.conftest import LESSON, Double


@functools.cache
def functions_of(unit):
    return lesson_functions(read_lesson(lesson_path(unit)))


@pytest.mark.parametrize(("unit", "id"), [(unit, id) for unit in units() for id in load_exercises(unit)])
def test_its_grader_is_proven(unit, id):
    assert prove_exercise(load_exercises(unit)[id], functions_of(unit).get(id)).shortcomings == []


def test_a_unit_is_proven_exercise_by_exercise():
    proofs = prove("01_containers_and_arrays")
    assert [proof.exercise.id for proof in proofs] == list(load_exercises("01_containers_and_arrays"))
    assert all(proof.holds for proof in proofs)


def test_a_proof_that_falls_short_says_why():
    from dataclasses import replace

    def lessons_own(x):
        return x + x

    assert prove_exercise(Double, lessons_own).holds
    short = replace(Double, mistakes=Double.mistakes[:2], right_answers={})
    assert [s[:30] for s in prove_exercise(short, lessons_own).shortcomings] == [
        "0 right answers besides the le",
        "2 mistakes; 3 needed",
    ]
    wrong = replace(Double, right_answers={**Double.right_answers, "wrong": lambda x: x})
    assert any("right answer `wrong` is rejected" in s for s in prove_exercise(wrong, lessons_own).shortcomings)
    line = wrong.right_answers["wrong"].__code__.co_firstlineno
    assert any(f"test_proof.py:{line})" in s for s in prove_exercise(wrong, lessons_own).shortcomings)
    accepted = replace(
        Double, mistakes=[*Double.mistakes, replace(Double.mistakes[0], name="none", answer=lessons_own)]
    )
    assert any("mistake `none` is accepted" in s for s in prove_exercise(accepted, lessons_own).shortcomings)
    hidden_by = replace(Double.mistakes[0], name="twin", hint="Another hint.")
    unclear = replace(Double, mistakes=[*Double.mistakes, hidden_by])
    assert any("`twin` gets the hint of `squared`" in s for s in prove_exercise(unclear, lessons_own).shortcomings)
    easy = replace(Double, hidden=lambda rng: iter([probe(3.0), probe(4)]))
    assert "who knows the examples by heart, and else guesses, earns 50% of the points" in (
        prove_exercise(easy, lessons_own).shortcomings
    )
    strict = replace(easy, settings={**easy.settings, "all_or_nothing": True})  # half of the calls are no point then
    assert not any("by heart" in words for words in prove_exercise(strict, lessons_own).shortcomings)
    assert "the lesson's solution defines no function" in prove_exercise(Double, None).shortcomings[0]


def test_a_lessons_functions_are_those_of_its_solution_cells():
    functions = lesson_functions(read_lesson(lesson_path("01_containers_and_arrays")))
    assert functions["shape_of"]([[1, 2]]) == (1, 2)


def test_a_solution_with_an_ipython_magic_is_told_with_its_place(tmp_path):
    path = tmp_path / "01_small.py"
    path.write_text(LESSON.replace("    doubled = x + x\n", "    %time doubled = x + x\n"))
    with pytest.raises(BadLesson, match=r"01_small\.py:15: this solution is not Python alone"):
        lesson_functions(read_lesson(path))


MEASURED = """
import keras  # before an answer's clock runs
from autograder.exercises import load_exercises
from course_utils.judge import judge
from course_utils.observe import observe
from course_utils.packs import read_pack

pack = read_pack("08_char_cnn", "frame_lengths")
answer = load_exercises("08_char_cnn")["frame_lengths"].right_answers["measured_on_keras_layers"]
print(judge(pack, observe(answer, pack)).status)
"""


@pytest.mark.tensorflow
def test_a_right_answer_is_right_where_onednn_is_on():
    """TensorFlow then raises AbortedError for a pooling that leaves no frame, and gives an empty array otherwise."""
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": "1"}
    ran = subprocess.run([sys.executable, "-c", MEASURED], env=environment, capture_output=True, text=True)
    assert ran.stdout.strip() == "right", ran.stderr


def test_a_mistake_that_is_accepted_is_told_with_its_place_and_the_call_that_shows_it():
    from dataclasses import replace

    def wrong_from_ten_on(x):
        return 2 * x if x < 10 else x

    unseen = replace(
        Double, mistakes=[*Double.mistakes, replace(Double.mistakes[0], name="late", answer=wrong_from_ten_on)]
    )
    (told,) = (words for words in prove_exercise(unseen, lambda x: x + x).shortcomings if "`late`" in words)
    place = f"tests/autograder/proof/test_proof.py:{wrong_from_ten_on.__code__.co_firstlineno}"
    assert re.search(rf"accepted on the visible probes \({place}\): it is wrong on probe\(\d\d\); put that", told)
    right = replace(
        Double, mistakes=[*Double.mistakes, replace(Double.mistakes[0], name="none", answer=lambda x: x + x)]
    )
    assert any(
        "no draw of `hidden` shows it either" in words for words in prove_exercise(right, lambda x: x + x).shortcomings
    )


def test_the_call_that_tells_two_mistakes_apart_is_named():
    from dataclasses import replace

    def as_squared_below_ten(x):
        return x**2 if x < 10 else x

    twin = replace(Double.mistakes[0], name="twin", hint="Another hint.", answer=as_squared_below_ten)
    unclear = replace(Double, mistakes=[*Double.mistakes, twin])
    (told,) = (words for words in prove_exercise(unclear, lambda x: x + x).shortcomings if "`twin`" in words)
    assert re.search(r"gets the hint of `squared` .* They differ on probe\(\d\d\)", told)


def test_a_rule_that_nothing_breaks_or_that_passes_over_its_own_breach_falls_short():
    from dataclasses import replace

    def forbidding(*names, broken_by=None):
        return replace(Double, rules=[forbid_calls(*names, hint="No.", said="by hand", broken_by=broken_by)])

    def shortcomings(exercise):
        return prove_exercise(exercise, lambda x: x + x).shortcomings

    assert shortcomings(forbidding("math.pow", broken_by=lambda x: math.pow(x, 1))) == []
    assert any("no mistake breaks the rule 'by hand'" in words for words in shortcomings(forbidding("math.pow")))
    silent = forbidding("pow", broken_by=lambda x: math.pow(x, 1))
    assert any("is passed over in silence" in words for words in shortcomings(silent))
    breaking = replace(Double.mistakes[0], answer=lambda x: math.pow(x, 2))
    declared = forbidding("math.pow")
    assert shortcomings(replace(declared, mistakes=[breaking, *declared.mistakes[1:]])) == []
