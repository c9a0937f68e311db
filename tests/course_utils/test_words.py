"""Two values that differ are never shown by the same words, and what differs can be read."""

import collections
import enum
import fractions
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from course_utils.compare import difference
from course_utils.describe import describe
from course_utils.judge import WRONG, Verdict
from course_utils.verdict import as_html, as_text
from course_utils.words import write_call, write_pair

EXACT = {"rtol": 0.0, "atol": 0.0, "dtype": "exact"}


class Pixels(int):
    pass


class Colour(enum.StrEnum):
    RED = "red"


def image(at, value):
    made = np.zeros((6, 9), np.uint8)
    made[at] = value
    return made


def long_text(end):
    return "a" * 500 + end


SHOWN = [
    (image((2, 3), 7), image((2, 3), 9), "with np.uint8(7) at [2, 3]", "with np.uint8(9) at [2, 3]"),
    (np.float64(3.0), 3, "np.float64(3.0)", "3"),
    (np.int64(1), "1", "np.int64(1)", "'1'"),
    (np.array("dict"), 5, "array('dict', dtype=<U4)", "5"),
    (Pixels(5), "5", "Pixels(5)", "'5'"),
    (0.1 + 0.2, 0.3, "0.30000000000000004", "0.3"),
    (np.float32([1]), np.array([1.0]), "array([1.0], dtype=float32)", "array([1.0], dtype=float64)"),
    (np.zeros(60), np.zeros(60, np.float32), "a (60,) array of float64", "a (60,) array of float32"),
    ([np.int64(1)], ["1"], "[1]", "['1']"),
    (list(range(100)), [*range(99), 7], "with 99 at [99]", "with 7 at [99]"),
    (long_text("x"), long_text("y"), "with 'x' at [500:]", "with 'y' at [500:]"),
    (long_text(""), long_text("y"), "with '' at [500:]", "with 'y' at [500:]"),
    ({"key": [1] * 99 + [2]}, {"key": [1] * 99 + [3]}, "with 2 at ['key'][99]", "with 3 at ['key'][99]"),
    (
        {"a": [1] * 99, "b": {"c": 2, "d": 3}},
        {"b": {"d": 3, "c": 4}, "a": [1] * 99},
        "with 2 at ['b']['c']",
        "with 4 at ['b']['c']",
    ),
    ([1] * 99, [1] * 100, "with 99 at [its length]", "with 100 at [its length]"),
    (collections.Counter("a"), {"a": 1.5}, "{'a': 1}", "{'a': 1.5}"),
    (fractions.Fraction(1, 3), "0.333333", "Fraction(0.3333333333333333)", "'0.333333'"),
    ((1,), [1], "(1,)", "[1]"),
    (math.nan, 0.0, "nan", "0.0"),
]


@pytest.mark.parametrize(("yours", "expected", "first", "second"), SHOWN)
def test_what_differs_can_be_read(yours, expected, first, second):
    mine, target = write_pair(describe(yours), describe(expected))
    assert mine.endswith(first)
    assert target.endswith(second)


def test_a_numpy_number_in_a_call_is_shown_as_one():
    probe = {"args": [describe(np.int64(1))], "kwargs": {"y": describe(np.float32(0.5)), "z": describe(np.array([1]))}}
    assert write_call("label", probe) == "label(np.int64(1), y=np.float32(0.5), z=[1])"


numbers = st.one_of(st.integers(), st.floats(), st.booleans(), st.complex_numbers())
scalars = (
    arrays.from_dtype(np.dtype("int64")) | arrays.from_dtype(np.dtype("float32")) | arrays.from_dtype(np.dtype("bool"))
)
ones = (
    st.none()
    | numbers
    | scalars
    | st.text()
    | st.binary(max_size=30)
    | st.builds(Pixels, st.integers(0, 3))
    | st.just(Colour.RED)
)
dtypes = st.sampled_from(["uint8", "int64", "float32", "float64", "complex128", "bool", "U3"])
grids = dtypes.flatmap(lambda dtype: arrays.arrays(dtype, arrays.array_shapes(max_dims=3, max_side=8), fill=None))
values = st.recursive(
    ones | grids,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        | st.sets(st.integers() | st.floats() | st.text(max_size=3), max_size=3)
        | st.lists(st.integers(0, 3), min_size=60, max_size=70)
    ),
    max_leaves=6,
)


def nearly(value, how):
    """Something close to a value, which is hard to tell from it: another type, another digit, another end."""
    if isinstance(value, np.ndarray) and value.size:
        other = value.copy()
        other.flat[how % value.size] = value.dtype.type(how % 7) if value.dtype.kind != "U" else str(how % 7)
        return (
            other
            if how % 2
            else value.astype({"f": "float16", "i": "int8", "u": "int64"}.get(value.dtype.kind, value.dtype))
        )
    if isinstance(value, list) and value:
        return [*value[:-1], nearly(value[-1], how)] if how % 3 else [*value, how]
    if isinstance(value, dict) and value:
        last = list(value)[-1]
        return {**value, last: nearly(value[last], how)}
    if isinstance(value, str):
        return value + "x" if how % 2 else value[:-1]
    if isinstance(value, float | np.floating) and math.isfinite(value):
        return np.nextafter(value, np.inf) if how % 2 else str(value)
    if isinstance(value, int):
        return value + 1 if how % 2 else np.float64(float(value % 2**50))
    return value


@given(values, st.integers(0, 100), values)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@example({0.0: 1}, 0, {0: 2})
def test_two_values_that_differ_are_never_shown_alike(value, how, another):
    for mine, target in ((value, another), (value, nearly(value, how)), (nearly(value, how), value)):
        mine, target = describe(mine), describe(target)
        if difference(mine, target, EXACT) is None:
            continue
        first, second = write_pair(mine, target)
        assert first != second
        assert not first.endswith("(yours)")  # the last resort: every pair here has something that can be said
        verdict = Verdict("f", WRONG, yours=mine, expected=target, probe={"args": [], "kwargs": {}})
        assert first in as_text(verdict)
        as_html(verdict).encode()


def test_a_picture_is_not_the_only_thing_shown_where_only_the_type_differs():
    grey, floats = describe(np.zeros((9, 9), np.uint8)), describe(np.zeros((9, 9)))
    shown = as_html(Verdict("f", WRONG, yours=grey, expected=floats, probe={"args": [], "kwargs": {}}))
    assert "array of uint8" in shown
    assert "array of float64" in shown
