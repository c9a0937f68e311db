"""A typed prediction as what was observed: so that it is judged as an answer is, by the same comparison, with the same hints."""

from __future__ import annotations

import ast
import re
from typing import Any

from course_utils.describe import Description, describe
from course_utils.limits import MAX_TYPED
from course_utils.observe import Observation

HOW = "Type a value as Python writes it: `5`, `0.25`, `(2, 3)`, `[1, 2]`, `'word'`; or the name of an error, `ValueError`."
#: Three digits are enough for a number that was worked out by hand.
TOLERANCE = {"rtol": 2e-3, "atol": 1e-3}

_ERROR = re.compile(r"(?:raises?\s+)?(?P<name>[A-Z]\w*Error)\b")
_ARRAY = re.compile(r"(?:np\.|numpy\.)?array\((?P<inside>.*)\)", re.S)


class Unclear(ValueError):
    """What was typed is no value; the message says how to type one."""


def as_observed(text: str, expected: Observation) -> Observation:
    """What would have been observed of an answer that gives what was typed. Raises Unclear."""
    text = text.strip()
    if not text:
        raise Unclear(HOW)
    if len(text) > MAX_TYPED:
        raise Unclear(f"That has {len(text)} characters; {MAX_TYPED} are the most.")
    if error := _ERROR.match(text):
        return {"outcome": "raised", "error": {"types": [error["name"], "Exception"], "message": ""}}
    # Where an error is right, any value is wrong; a word without quotation marks is one, else asking for them would tell.
    no_value: Description = {"type": "str" if text.isidentifier() else "NoneType"}
    wanted = expected.get("value", no_value)
    return {"outcome": "returned", "value": describe(_as(_value(text, wanted), wanted))}


def _value(text: str, wanted: Description) -> Any:
    """The Python value that a text writes; a text itself where one is wanted and no quotation marks are there."""
    array = _ARRAY.fullmatch(text)
    try:
        return ast.literal_eval(array["inside"] if array else text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        if wanted["type"] == "str":
            return text
    raise Unclear(HOW)


def _as(value: Any, wanted: Description) -> Any:
    """A typed value as the sort that is wanted, where only its writing differs: lists for an array, 5 for 5.0."""
    if wanted["type"] == "array":
        return _as_array(value, wanted)
    if wanted["type"] == "float" and type(value) is int:
        return float(value)
    if wanted["type"] in ("list", "tuple") and type(value) in (list, tuple) and len(value) == len(wanted["items"]):
        return type(value)(_as(item, one) for item, one in zip(value, wanted["items"], strict=True))
    if wanted["type"] == "dict" and type(value) is dict:
        floats = any(item["type"] == "float" for _, item in wanted["items"])
        return {key: float(item) if floats and type(item) is int else item for key, item in value.items()}
    return value


def _as_array(value: Any, wanted: Description) -> Any:
    import numpy as np

    if not isinstance(value, list | tuple | int | float | bool):
        raise Unclear(f"An array is wanted here: type it as nested lists. {HOW}")
    try:
        array = np.array(value)
    except ValueError:
        raise Unclear("The rows of an array are all of one length; these are not.") from None
    if array.dtype.kind not in "biuf":
        raise Unclear(f"An array of numbers is wanted here. {HOW}")
    kind = wanted["value"].dtype
    whole = kind.kind in "biu" and array.dtype.kind == "f"  # a fraction where there is none stays what it is
    array = array if whole or not _fits(array, kind) else array.astype(kind)
    return array[()] if wanted.get("scalar") else array


def _fits(array: Any, kind: Any) -> bool:
    """Whether numbers are the same in a dtype: 300 is not in a byte."""
    import numpy as np

    return kind.kind == "f" or bool(np.array_equal(array.astype(kind), array))
