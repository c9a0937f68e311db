"""Mutants: each operator makes what it says, a mutant that no probe rejects is told, and a sample of all is rejected."""

import textwrap

import pytest
from cosmic_ray.mutating import mutate_code

from autograder.exercises import units
from autograder.proof.mutation import prove as prove_mutants
from autograder.proof.mutation.mutants import mutants_of
from autograder.proof.mutation.operators import NARROW, WIDE

SAMPLE = 3  # of each exercise; `make prove-all` takes them all

CLAMP = textwrap.dedent('''
    def clamp(x, low=0):
        """x, or `low` where x is less."""
        ### BEGIN SOLUTION
        if x < low:
            return low
        return x
        ### END SOLUTION
''').strip()


@pytest.mark.parametrize("operator", [*NARROW, *WIDE], ids=lambda operator: operator.__name__)
def test_an_operator_does_what_its_examples_say(operator):
    for example in operator.examples():
        mutated = mutate_code(example.pre_mutation_code, operator(), example.occurrence)
        assert mutated == example.post_mutation_code


def test_mutants_change_one_line_of_the_solution_and_nothing_that_was_given():
    found = mutants_of(CLAMP)
    changes = {(mutant.was, mutant.becomes) for mutant in found}
    assert ("if x < low:", "if x <= low:") in changes
    assert ("return low", "pass") in changes
    assert not any("def clamp" in mutant.was or "docstring" in mutant.was for mutant in found)
    assert len({mutant.source for mutant in found}) == len(found)


def test_a_mutant_of_the_same_meaning_is_none():
    source = "def f(x):\n    ### BEGIN SOLUTION\n    return x - 1\n    ### END SOLUTION"
    assert all(mutant.becomes != "return x -  1" for mutant in mutants_of(source))


def test_a_survivor_is_told_until_it_is_listed_with_a_reason_and_a_stale_line_is_told_too(monkeypatch, tmp_path):
    unit = "01_containers_and_arrays"  # it needs no TensorFlow: its warm processes start in a second
    whole = prove_mutants._read_equivalent(unit)["word_counts"]
    survivor = {(entry["was"], entry["becomes"]) for entry in whole}
    assert survivor
    only = {id: one for id, one in prove_mutants.load_exercises(unit).items() if id == "word_counts"}
    monkeypatch.setattr(prove_mutants, "load_exercises", lambda unit: only)
    kept = [m for m in mutants_of_exercise(unit, "word_counts") if (m.was, m.becomes) in survivor][:1]
    rejected = next(m for m in mutants_of_exercise(unit, "word_counts") if (m.was, m.becomes) not in survivor)
    monkeypatch.setattr(prove_mutants, "mutants_of", lambda source: [*kept, rejected])
    monkeypatch.setattr(prove_mutants, "EQUIVALENT", tmp_path)

    def proof(*listed, of_last=""):
        text = "\n".join(
            f"[[word_counts]]\nwas = {was!r}\nbecomes = {becomes!r}\nwhy = {why!r}" for was, becomes, why in listed
        )
        (tmp_path / f"{unit}.toml").write_text(f"{text}\n{of_last}")
        [found] = prove_mutants.prove_mutants(unit)
        return found

    found = proof()
    assert (found.mutants, found.rejected, found.equivalent, len(found.shortcomings)) == (2, 1, 0, 1)
    assert kept[0].becomes in found.shortcomings[0]
    lines = (kept[0].was, kept[0].becomes)
    assert proof((*lines, "it is written over")).holds
    assert not proof((*lines, "")).holds, "a line without a reason counts as none"
    both = (*lines, "it is written over"), (rejected.was, rejected.becomes, "no")
    assert proof(*both).shortcomings == [f"listed as equivalent, but not a survivor: {rejected.becomes}"]
    assert proof(*both, of_last="by_secret = true").holds


def mutants_of_exercise(unit, exercise):
    from autograder.authoring.lesson import lesson_path, read_lesson

    return mutants_of(read_lesson(lesson_path(unit)).cell_of(exercise, "solution").source)


@pytest.mark.parametrize("unit", units())
def test_a_sample_of_the_units_mutants_is_rejected(unit):
    proofs = prove_mutants.prove_mutants(unit, SAMPLE)
    assert all(proof.mutants for proof in proofs)
    assert {proof.exercise.id: proof.shortcomings for proof in proofs if not proof.holds} == {}


FILLED = """def f(m, n):
    ### BEGIN SOLUTION
    a = np.zeros((m, n))
    for i in range(m):
        for j in range(n):
            a[i, j] = i + j
    ### END SOLUTION
    return a
"""


@pytest.mark.parametrize(
    ("old", "new", "is_made"),
    [
        ("", "", False),
        ("for i in range(m):\n        for j in range(n):", "for i, j in np.ndindex(a.shape):\n        if True:", True),
        ("for i in range(m):\n        for j in range(n):\n    ", "for i, j in np.ndindex(a.shape):\n", False),
        ("range(n)", "range(n - 1)", True),
        ("a[i, j] = i", "a[i, j] += i", True),
        ("a[i, j] = i + j", "a[i, j] = a[i, j] + j", True),
        ("a[i, j] = i + j", "a[j, i] = i + j", True),
        ("            a[i, j]", "            if j:\n                a[i, j]", True),
        ("            a[i, j]", "            if j: break\n            a[i, j]", True),
        ("    for i in", "    n = n + 1\n    for i in", True),
    ],
)
def test_what_an_array_is_filled_with_before_all_of_it_is_written_is_no_mutant(old, new, is_made):
    assert old in FILLED
    becomes = [mutant.becomes for mutant in mutants_of(FILLED.replace(old, new, 1))]
    assert any("np.ones" in words for words in becomes) == is_made
