"""Comparing says what differs in the words that help."""

import enum
import sys
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from course_utils.compare import difference, same
from course_utils.describe import describe
from tests.doubles import processor_time

STRICT = {"rtol": 1e-6, "atol": 1e-8, "dtype": "exact"}
KIND = {**STRICT, "dtype": "kind"}

Size = namedtuple("Size", "height width")


class Pixels(int):
    pass


class Level(enum.IntEnum):
    LOW = 1


class Colour(enum.StrEnum):
    RED = "red"


class Grid(np.ndarray):
    pass


class Here(PurePosixPath):
    pass


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
        ({0.0, 1}, {0, 1.0}),
        ({0.1 + 0.2, 5}, {5, 0.3}),
        ({(1, 0.1 + 0.2)}, {(1.0, 0.3)}),
        ({float("nan")}, {float("nan")}),
        (frozenset({1, 2}), {1, 2}),
        ({1.0: "a", (0, 1): "b"}, {1: "a", (0.0, 1): "b"}),
        (Pixels(5), 5),
        (Level.LOW, 1),
        (Colour.RED, "red"),
        (Size(1, 2), (1, 2)),
        (Fraction(1, 4), 0.25),
        (Decimal("0.25"), 0.25),
        (defaultdict(int, a=1), {"a": 1}),
        (OrderedDict(b=2, a=1), {"a": 1, "b": 2}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (UserDict(a=1), {"a": 1}),
        (ChainMap({"a": 1}), {"a": 1}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (deque([1, 2]), [1, 2]),
        (np.array([1, "a"], object), [1, "a"]),
        (pd.DataFrame({"a": ["x", "y"]}), {"a": ["x", "y"]}),
        (UserList([1, 2]), [1, 2]),
        (UserString("a"), "a"),
        (np.ma.array([1.0, 2.0]), np.array([1.0, 2.0])),
        (np.array([1, 2]).view(Grid), np.array([1, 2])),
        (np.array([1.0, 2.0], ">f4"), np.array([1.0, 2.0])),
        (bytearray(b"ab"), b"ab"),
        (Here("a/b"), PurePosixPath("a/b")),
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
        ("no number", 3, "It is a string, and an int is expected."),
        ([1, 2], np.array([1, 2]), "np.array(...)"),
        (np.array([1, 2]), [1, 2], ".tolist()"),
        ([1, 2], (1, 2), "tuple(...)"),
        ((1, 2), [1, 2], "Did a comma slip in"),
        ((n for n in [1]), [1], "list(...)"),
        (len, 3, "parentheses of a call"),
        ([1], [1, 2], "It has 1 item; 2 expected"),
        ([2, 1], [1, 2], "another order"),
        ([1.0, 2.0], [1, 2], "[0] It is a float"),  # in their order: only the types differ
        ([[1, 2], [3, 5]], [[1, 2], [3, 4]], "[1][1] It is 5; 4 expected."),
        ({"a": 1}, {"a": 1, "b": 2}, "Missing keys: 'b'"),
        ({"a": 1, "c": 2}, {"a": 1}, "not asked for: 'c'"),
        ({"a": 2}, {"a": 1}, "['a'] It is 2; 1 expected."),
        ({1, 5}, {1, 2}, "Missing: 2. Not asked for: 5."),
        ("Film", "film", "upper and lower case"),
        ("film ", "film", "white space"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "Its shape is"),
        (np.zeros((4, 4)), np.zeros((3, 3)), "(4, 4); (3, 3) expected."),
        (np.zeros((1, 3)), np.zeros(3), "Its shape is (1, 3); (3,) expected."),
        (np.float64(1), np.zeros((1, 1)), "single number"),
        (np.array([1.0]), np.array([1]), "It holds floats (dtype float64); integers (int64) expected"),
        (np.array([np.nan, 1.0]), np.array([0.0, 1.0]), "NaN in 1 of 2 places"),
        (np.array([np.nan]), np.array([1]), "all NaN"),
        (float("nan"), 1.0, "look for 0/0"),
        (27.6, float("inf"), "It is not the value"),
        (float("inf"), 27.6, "It is not the value"),
        (np.array([1, 2, 4]), np.array([1, 2, 3]), "1 of 3 values differ. The first at [2]: 4, expected 3"),
        (np.array([5, 6]), np.array([1, 2]), "All of its values differ"),
        (np.array([10**9 + 1]), np.array([10**9]), "1 of 1 values differ"),
        (Pixels(5), "5", "It is a Pixels, and a string is expected"),
        (np.int64(5), "5", "It is a NumPy int64, and a string is expected"),
        (np.float64(3.0), 3, "It is a NumPy float64, and an int is expected. `/` always gives a float"),
        (2.5, 3, "It is a float, and an int is expected."),
        (Fraction(3), 3, "It is a Fraction, and an int is expected"),
        (deque([1]), (1,), "It is a deque, and a tuple is expected"),
        (range(2), [0, 1], "list(...) makes a list of it"),
        ({1: 2}.keys(), {1}, "set(...) makes a set of it"),
        (
            np.array([1, 2], object),
            np.array([1, 2]),
            "It is an array of dtype object, and an array of numbers is expected",
        ),
        (np.array(["2026-11-26"], "M8[D]"), np.array([1]), "array of dtype datetime64[D], and an array of numbers"),
        (np.array([1, 2], object), (1, 2), "It is an array of dtype object, and a tuple is expected"),
        (np.ma.array([1.0, 2.0], mask=[0, 1]), np.array([1.0, 2.0]), "It is a MaskedArray"),
        ({1, 2.5}, {1, 2}, "Missing: 2. Not asked for: 2.5."),
        ({1, "1"}, {1}, "Not asked for: '1'."),
        ({0.1: 1}, {0.2: 1}, "Missing keys: 0.2. Keys not asked for: 0.1."),
        ({1.0: 2}, {1: 1}, "[1] It is 2; 1 expected."),
        (set(range(9)), set(), "Not asked for: 0, 1, 2, 3, 4, ..."),
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


@pytest.mark.parametrize("kind", ["set", "dict"])
def test_many_numbers_of_one_hash_are_compared_in_a_time_that_grows_as_they_do(kind):
    def seconds(n):
        numbers = [{"type": "int", "value": i * sys.hash_info.modulus} for i in range(n)]  # the hash of each is 0
        items = numbers if kind == "set" else [[number, number] for number in numbers]
        there, back = {"type": kind, "items": items}, {"type": kind, "items": items[::-1]}
        assert same(there, back, KIND)
        return min(processor_time(lambda: same(there, back, KIND)) for _ in range(3))

    assert seconds(16_000) < 10 * seconds(4_000) + 0.1  # 16 times as long if it looked at each pair
