"""Practice: banks of questions that one can answer in the head, and that say nothing of hidden probes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring import banks, packing
from autograder.authoring.banks import bank_probes, build_banks, check_practice, make_bank, require_apart
from autograder.authoring.lesson import BadLesson, lesson_path, lesson_units, read_lesson
from autograder.authoring.packing import as_call, make_hidden_pack
from autograder.exercise import BadExercise, Probe, hidden_probes, practice_probes, probe
from autograder.exercises import load_exercises
from course_utils.describe import encode
from course_utils.judge import RIGHT, judge
from course_utils.observe import observe
from course_utils.packs import read_pack
from course_utils.recall import catalogue
from tests.autograder.conftest import LESSON, Double

UNITS = lesson_units()


def many(rng):
    for x in range(200, 212):
        yield probe(x)


PRACTISED = replace(Double, unit="01_small", practice=many)


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_practised_is_offered_in_the_lesson(unit):
    check_practice(read_lesson(lesson_path(unit)), load_exercises(unit))


def test_each_of_the_first_nine_units_has_practice():
    without = [unit for unit in UNITS[:9] if not any(one.practice for one in load_exercises(unit).values())]
    assert without == []


@pytest.mark.parametrize("unit", UNITS)
def test_banks_ask_what_is_declared_and_nothing_that_is_shown_or_hidden(unit):
    """Read from what is committed, and held against hidden probes of courses that no bank was held against."""
    exercises = {id: exercise for id, exercise in load_exercises(unit).items() if exercise.practice}
    assert catalogue.practised(unit) == sorted(exercises)
    for id, exercise in exercises.items():
        bank = json.loads((catalogue.BANKS / unit / f"{id}.json").read_text())
        probes = bank_probes(exercise)
        told = json.loads(json.dumps(encode([packing.describe_probe(one) for one in probes])))
        assert bank["probes"] == told, f"{unit}/{id}.json is not built: run `make build`"
        assert bank["rules"] == []
        require_apart(exercise, probes, id)


@pytest.mark.parametrize("unit", UNITS)
def test_right_answers_agree_with_the_banks_and_mistakes_do_not(unit):
    """As a learner's own function would, who runs it to see whether the bank is right."""
    for id in catalogue.practised(unit):
        bank, exercise = read_pack(unit, id, catalogue.BANKS), load_exercises(unit)[id]
        for answer in [*exercise.right_answers.values()][:2]:
            assert judge(bank, observe(answer, bank)).status == RIGHT, f"{unit}/{id}"
        for mistake in bank["mistakes"]:
            seen = [told for told in mistake["observations"] if told["outcome"] != "skipped"]
            assert seen, f"{unit}/{id}: {mistake['name']} is wrong nowhere"


def test_a_bank_has_the_oracles_values_and_what_mistakes_give_where_they_are_wrong(tmp_path):
    bank = make_bank(PRACTISED)
    assert [told["value"]["value"] for told in bank["expected"]] == [2 * x for x in range(200, 212)]
    assert {mistake["name"] for mistake in bank["mistakes"]} == {"squared", "plus_two", "as_text"}
    two = replace(PRACTISED, practice=lambda rng: (probe(x) for x in range(-2, 8) if x not in (3, -1)))
    squared = next(mistake for mistake in make_bank(two)["mistakes"] if mistake["name"] == "squared")
    calls = [one["args"][0]["value"] for one in make_bank(two)["probes"]]
    skipped = [x for x, seen in zip(calls, squared["observations"], strict=True) if seen["outcome"] == "skipped"]
    assert skipped == [0, 2], "there a square is twice the number, and the hint would be wrong"


def refused(practice, words):
    with pytest.raises(BadExercise, match=words):
        make_bank(replace(PRACTISED, practice=practice))


def test_what_does_not_belong_into_a_bank_is_refused():
    refused(lambda rng: (probe(3) for _ in range(20)), "has 1 different questions")
    refused(lambda rng: (probe(x) for x in [*range(200, 210), 3]), r"double\(3\) is an example")
    refused(lambda rng: (probe(x) for x in range(10, 50)), r"is what a hidden probe may be; \d+ of 40")
    refused(lambda rng: (probe([x] * 40) for x in range(200, 210)), "nobody can predict")
    refused(lambda rng: iter([1] * 9), "what probe")


def test_a_call_is_the_same_however_its_arguments_are_written():
    exercise = load_exercises("03_conv_arithmetic")["out_size"]
    calls = [probe(7, 3, 1), probe(7, 3), probe(7, k=3, s=1), probe(n=7, k=3, p=0)]
    assert len({as_call(exercise, one) for one in calls}) == 1
    assert as_call(exercise, probe(7, 3)) != as_call(exercise, probe(7, 3, 2))


def test_hidden_packs_leave_out_what_a_bank_holds(monkeypatch):
    """Whatever the course's secret is: nobody gets points for having practised."""
    monkeypatch.setenv("COURSE_SECRET", "a course of its own")
    (drawn,) = hidden_probes(PRACTISED, "a course of its own")
    assert len(make_hidden_pack(PRACTISED)["probes"]) == 3
    met = replace(PRACTISED, practice=lambda rng: iter([Probe((), {"x": drawn.args[0]})]))
    assert len(make_hidden_pack(met)["probes"]) == 2


def test_the_same_bank_comes_of_every_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(banks, "load_exercises", lambda unit: {"double": PRACTISED})
    written = []
    for secret in ("one", "two"):
        monkeypatch.setenv("COURSE_SECRET", secret)
        (path,) = build_banks("01_small", tmp_path)
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert len(read_pack("01_small", "double", tmp_path)["probes"]) == 12
    monkeypatch.setattr(banks, "load_exercises", lambda unit: {"double": Double})
    assert build_banks("01_small", tmp_path) == []
    assert not path.exists()


CELL = '# %%\npractice("double")\n\n'
WRONG = {
    "of no exercise": (CELL.replace("double", "treble"), "no practice for 'treble'"),
    "twice": (CELL + CELL, "stands twice"),
    "nowhere": ("", "no cell that calls practice"),
}


@pytest.mark.parametrize(("cells", "words"), WRONG.values(), ids=WRONG)
def test_cells_that_practise_are_held_against_the_exercises(lesson_file, cells, words):
    lesson_file.write_text(LESSON.replace("# %% [markdown]\n# ## Recap", f"{cells}# %% [markdown]\n# ## Recap"))
    with pytest.raises(BadLesson, match=words):
        check_practice(read_lesson(lesson_file), {"double": PRACTISED})


def test_a_practice_of_no_exercise_is_refused(monkeypatch):
    from autograder import exercises

    class Module:
        @staticmethod
        def nothing(rng):
            return iter(())

    monkeypatch.setattr(exercises, "_functions_of", lambda module: {"nothing": Module.nothing})
    load = exercises.load_exercises.__wrapped__
    with pytest.raises(BadExercise, match=r"practice\.py:1: nothing: no exercise is called so"):
        load("03_conv_arithmetic")


def test_drawing_needs_no_more_than_its_seed():
    exercise = load_exercises("02_convolution_and_pooling")["corr2d"]
    first, second = practice_probes(exercise), practice_probes(exercise)
    assert all(
        np.array_equal(a, b)
        for one, two in zip(first, second, strict=True)
        for a, b in zip(one.args, two.args, strict=True)
    )
