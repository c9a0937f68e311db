"""Answers become plain data and come back; what cannot be stored is refused by name."""

import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils.compare import same
from course_utils.describe import TooLarge, decode, describe, encode
from course_utils.values import restore

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20)
KEYS = st.integers() | st.text(max_size=8) | st.booleans()
NESTED = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.sets(st.integers(), max_size=4)
    ),
    max_leaves=12,
)
DTYPES = st.sampled_from(["bool", "uint8", "int16", "int64", "float32", "float64", ">i4", "<f8", "complex64"])


@given(NESTED)
def test_a_value_survives_the_way_through_json(value):
    stored = json.dumps(encode(describe(value)))
    described = decode(json.loads(stored))
    assert same(described, describe(value))
    assert json.dumps(encode(describe(restore(described)))) == stored


@given(hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)))
def test_an_array_keeps_shape_dtype_and_bits(array):
    back = restore(decode(json.loads(json.dumps(encode(describe(array))))))
    assert back.shape == array.shape
    assert back.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(back, array)


def test_a_described_array_is_a_copy():
    array = np.zeros(3)
    described = describe(array)
    array[0] = 1
    assert described["value"][0] == 0


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Counter("aab"), "dict"),
        (np.float32(2), "array"),
        (pd.Series([1, 2]), "array"),
        (pd.DataFrame({"a": [1]}), "dict"),
        (scipy.sparse.eye(2).tocsr(), "array"),
        (np.array(["a", "bc"]), "array"),
        (np.array([[1], [1, 2]], dtype=object), "list"),
        ((n for n in "ab"), "object"),
        (len, "object"),
    ],
)
def test_libraries_objects_are_described_as_what_they_hold(value, kind):
    assert describe(value)["type"] == kind


def test_paths_are_told_relative_to_the_probes_folder(tmp_path):
    assert describe(tmp_path / "a" / "b.png", (tmp_path,))["value"] == "a/b.png"
    assert describe(str(tmp_path / "b.png"), (tmp_path,))["value"] == "<folder>/b.png"
    assert "outside" in describe(Path("/elsewhere/b.png"), (tmp_path,))["value"]


def test_a_list_that_holds_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(TooLarge, match="levels deep"):
        describe(loop)


@pytest.mark.parametrize("huge", [[0] * 100_001, "x" * 100_001, 1 << 5000, np.broadcast_to(0.0, (20_000, 20_000))])
def test_what_is_too_large_is_refused_with_its_size(huge):
    with pytest.raises(TooLarge, match=r"\d"):
        describe(huge)


@pytest.mark.parametrize(
    "data",
    [
        {"type": "array", "dtype": "object", "shape": [1], "value": ""},
        {"type": "array", "dtype": "float64", "shape": [2], "value": "AAAA"},
        {"type": "array", "dtype": "float64", "shape": [-1], "value": ""},
        {"type": "array", "dtype": "V8", "shape": [0], "value": ""},
    ],
)
def test_a_malformed_array_is_refused(data):
    with pytest.raises((ValueError, TypeError)):
        decode(data)


def test_a_bottomless_file_is_refused():
    nested = 0
    for _ in range(500):
        nested = [nested]
    with pytest.raises(ValueError, match="nested"):
        decode(nested)


def test_nan_and_infinities_are_stored_as_text():
    values = [math.nan, math.inf, -math.inf]
    assert "NaN" not in json.dumps(encode(describe(values)))
    assert repr(restore(decode(encode(describe(values))))) == repr(values)
