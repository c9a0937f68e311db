"""With two classes a project asks for a probability a class, as with more; other exercises ask for one number."""

import numpy as np
import pytest

from course_utils.describe import describe
from course_utils.expect import accuracy, unmet

TRUTH = np.array([0, 1, 1, 0])
FOUR_RIGHT = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.7, 0.3]])


def judged(scores, **asked):
    return unmet(accuracy(TRUTH, 0.9, **asked), describe(scores))


def test_two_columns_are_judged_by_the_larger():
    assert judged(FOUR_RIGHT, classes=2) is None
    assert judged(FOUR_RIGHT[:, ::-1], classes=2).symptom in ("too low", "reversed")
    assert judged(FOUR_RIGHT, classes=2, distribution=True) is None
    assert judged(FOUR_RIGHT / 2, classes=2, distribution=True).symptom == "not a distribution"


@pytest.mark.parametrize(
    ("scores", "asked"),
    [
        (FOUR_RIGHT[:, 1], {"classes": 2}),
        (FOUR_RIGHT, {}),
        (FOUR_RIGHT[:, :1], {"classes": 2}),
        (np.pad(FOUR_RIGHT, [(0, 0), (0, 1)]), {"classes": 2}),
    ],
    ids=["one number where two are asked for", "two where one is", "one column", "a column too many"],
)
def test_another_shape_is_told(scores, asked):
    found = judged(scores, **asked)
    assert found.symptom == "wrong shape"
    assert ("(4, 2)" if asked else "(4, 1)") in found.words.partition("shape")[2]


def test_one_number_is_still_asked_for_elsewhere():
    assert judged(FOUR_RIGHT[:, 1]) is None
    assert judged(FOUR_RIGHT[:, 1:]) is None
