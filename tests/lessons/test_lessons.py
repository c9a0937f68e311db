"""Every lesson keeps the anatomy that learners rely on, and every goal it sets is assessed: it keeps the rules that `lint` knows."""

import pytest

from autograder.authoring import rules
from autograder.authoring.examples import wrong_examples
from autograder.authoring.lesson import lesson_units, read_lesson
from autograder.authoring.rules.unit import Unit
from autograder.course import LESSONS
from course_utils.refused import Refused

UNITS = lesson_units()
EVERY = [*rules.FIRST, *rules.RULES]


@pytest.fixture(params=UNITS)
def lesson(request):
    return read_lesson(LESSONS / f"{request.param}.py")


@pytest.fixture(scope="module")
def looked_at():
    """Each unit, read once for all rules."""
    return {unit: Unit(unit) for unit in UNITS}


def test_there_are_lessons():
    assert {"01_containers_and_arrays", "02_convolution_and_pooling", "06_imdb_dense"} <= set(UNITS)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}")
def test_every_unit_keeps(rule, unit, looked_at):
    assert [str(problem) for problem in rule(looked_at[unit])] == []


def test_the_table_of_what_assesses_what_is_up_to_date(lesson):
    from autograder.authoring.traceability import TABLE, unit_table

    assert unit_table(lesson.unit) in TABLE.read_text(encoding="utf-8"), "it is not: run `make build`"


def test_an_objective_that_nothing_assesses_is_told(lesson, monkeypatch):
    from autograder.authoring import traceability

    monkeypatch.setattr(type(lesson), "objectives", lambda self: ["fly"])
    with pytest.raises(Refused, match=f"{lesson.unit}.*objective"):
        traceability.unit_table(lesson.unit)


def test_the_examples_in_docstrings_are_true(lesson):
    """What a learner reads below `>>>` is what the solution gives; here TensorFlow may be imported for it."""
    assert [str(wrong) for wrong in wrong_examples(lesson, heavy=True)] == []
