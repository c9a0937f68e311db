"""A course's secret decides what is asked where learners do not see it, and never whether a right answer is right."""

from dataclasses import replace

import pytest

from autograder.authoring.lesson import lesson_units
from autograder.authoring.packing import make_hidden_pack
from autograder.exercises import load_exercises
from autograder.limits import ANSWER_SECONDS
from course_utils.judge import RIGHT, judge
from course_utils.observe import observe

SECRETS = ("first", "second")


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("unit", lesson_units())
def test_right_answers_are_right_whatever_the_secret(unit, secret, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", secret)
    refused = []
    for exercise in load_exercises(unit).values():
        if exercise.settings["kind"] != "function" or exercise.settings["time_limit"] > ANSWER_SECONDS:
            continue  # what builds or trains a network takes seconds for each, and is proven with one secret
        pack = make_hidden_pack(replace(exercise, mistakes=()))
        for name, answer in exercise.right_answers.items():
            verdict = judge({**pack, "rules": []}, observe(answer, pack))
            if verdict.status != RIGHT:
                refused.append((exercise.id, name, verdict.words))
    assert refused == []
