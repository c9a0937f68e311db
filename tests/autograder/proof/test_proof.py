"""The graders are proven: every right answer accepted, every mistake rejected with the intended hint, in every unit."""

import pytest

from autograder.exercise import probe
from autograder.exercises import units
from autograder.proof.prove import lesson_functions, prove, prove_exercise
from tests.autograder.conftest import LESSON, Double


@pytest.mark.parametrize("unit", units())
def test_the_graders_of_the_unit_are_proven(unit):
    proofs = prove(unit)
    assert proofs
    assert {proof.exercise.id: proof.shortcomings for proof in proofs if not proof.holds} == {}


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
    from autograder.authoring.lesson import lesson_path, read_lesson

    functions = lesson_functions(read_lesson(lesson_path("01_containers_and_arrays")))
    assert functions["shape_of"]([[1, 2]]) == (1, 2)


def test_a_solution_with_an_ipython_magic_is_told_with_its_place(tmp_path):
    from autograder.authoring.lesson import BadLesson, read_lesson

    path = tmp_path / "01_small.py"
    path.write_text(LESSON.replace("    doubled = x + x\n", "    %time doubled = x + x\n"))
    with pytest.raises(BadLesson, match=r"01_small\.py:15: this solution is not Python alone"):
        lesson_functions(read_lesson(path))
