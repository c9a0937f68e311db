"""Comparing says what differs in the words that help."""

import numpy as np
import pytest

from course_utils.compare import difference, same
from course_utils.describe import describe

STRICT = {"rtol": 1e-6, "atol": 1e-8, "dtype": "exact"}
KIND = {**STRICT, "dtype": "kind"}


def words(yours, expected, settings=KIND):
    found = difference(describe(yours), describe(expected), settings)
    return f"{found.where} {found.words}".strip() if found else None


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        (np.int64(3), 3),
        (np.array(3), 3),
        (3, 3.0),
        (0.1 + 0.2, 0.3),
        (np.float32(0.25), 0.25),
        (np.True_, True),
        (float("nan"), float("nan")),
        (np.array([1, 2], np.int32), np.array([1, 2], np.int64)),
        ([np.int64(1), 2], [1, 2]),
        (np.str_("left"), "left"),
        (list(np.array(["b", "a"])), ["b", "a"]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({np.int64(1)}, {1}),
    ],
)
def test_equal_answers_written_differently_are_the_same(yours, expected):
    assert same(describe(yours), describe(expected), KIND)


@pytest.mark.parametrize(
    ("yours", "expected", "said"),
    [
        (None, 3, "Does every path end in `return`"),
        (3.0, 3, "`//` divides whole numbers"),
        (True, 1, "It is a bool, and an int is expected"),
        ("3", 3, "int(...)"),
        ([1, 2], np.array([1, 2]), "np.array(...)"),
        (np.array([1, 2]), [1, 2], ".tolist()"),
        ([1, 2], (1, 2), "tuple(...)"),
        ((1, 2), [1, 2], "Did a comma slip in"),
        ((n for n in [1]), [1], "list(...)"),
        (len, 3, "parentheses of a call"),
        ([1], [1, 2], "It has 1 item; 2 expected"),
        ([2, 1], [1, 2], "another order"),
        ([[1, 2], [3, 5]], [[1, 2], [3, 4]], "[1][1] It is not the value"),
        ({"a": 1}, {"a": 1, "b": 2}, "Missing keys: 'b'"),
        ({"a": 1, "c": 2}, {"a": 1}, "not asked for: 'c'"),
        ({"a": 2}, {"a": 1}, "['a'] It is not the value"),
        ({1, 5}, {1, 2}, "Missing: 2. Not asked for: 5."),
        ("Film", "film", "upper and lower case"),
        ("film ", "film", "white space"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "which axis comes first"),
        (np.zeros((4, 4)), np.zeros((3, 3)), "One off"),
        (np.zeros((1, 3)), np.zeros(3), "axis of length one"),
        (np.float64(1), np.zeros((1, 1)), "single number"),
        (np.array([1.0]), np.array([1]), "It holds floats (dtype float64); integers (int64) expected"),
        (np.array([np.nan, 1.0]), np.array([0.0, 1.0]), "NaN in 1 of 2 places"),
        (np.array([np.nan]), np.array([1]), "all NaN"),
        (float("nan"), 1.0, "look for 0/0"),
        (27.6, float("inf"), "It is not the value"),
        (float("inf"), 27.6, "It is not the value"),
        (np.array([1, 2, 4]), np.array([1, 2, 3]), "1 of 3 values differ. The first at [2]: 4, expected 3"),
        (np.array([5, 6]), np.array([1, 2]), "All of its values differ"),
    ],
)
def test_a_difference_is_told_in_words_that_help(yours, expected, said):
    assert said in words(yours, expected)


def test_an_exact_dtype_is_asked_for_by_name():
    assert "uint8 expected" in words(np.zeros(2, int), np.zeros(2, np.uint8), STRICT)


def test_tolerance_is_the_exercises():
    assert words(np.array([1.01]), np.array([1.0]), {**KIND, "rtol": 0.1}) is None
    assert words(np.array([1.01]), np.array([1.0]))


@pytest.mark.tensorflow
def test_a_tensor_is_not_an_array():
    import tensorflow as tf

    assert ".numpy()" in words(tf.constant([1.0]), np.array([1.0]))
