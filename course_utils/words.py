"""Descriptions as a person would write them: `[[1, 2], [3, 4]]`, `a (7, 5) array of float64`, `corr2d(x, k, stride=2)`."""

from __future__ import annotations

import math
from typing import Any

from course_utils.describe import Description

MAX_NUMBERS = 40  # an array with more numbers is named by its shape
MAX_LENGTH = 160  # characters of one value


def write_value(described: Description) -> str:
    """One line for a described value, cut at MAX_LENGTH."""
    text = _write(described)
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 2] + " …"


def write_call(name: str, probe: dict) -> str:
    """The call of a probe as a learner would type it, arrays as nested lists."""
    positional = [write_value(arg) for arg in probe["args"]]
    keywords = [f"{key}={write_value(arg)}" for key, arg in probe["kwargs"].items()]
    return f"{name}({', '.join(positional + keywords)})"


def with_article(noun: str) -> str:
    """ "an int", "a list"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def write_number(value: Any) -> str:
    """A number with at most six digits that matter: 0.333333, 12, 3.0, nan, True."""
    item = value.item() if hasattr(value, "item") else value
    if not isinstance(item, float) or not math.isfinite(item):
        return str(item)
    return f"{item:.1f}" if item == int(item) and abs(item) < 1e6 else f"{item:.6g}"


def _write(described: Description) -> str:
    kind = described["type"]
    if kind == "array":
        return _write_array(described)
    if kind == "float":
        return write_number(described["value"])
    if kind in ("list", "tuple", "set", "frozenset"):
        return _write_items(kind, described)
    if kind == "dict":
        return "{" + ", ".join(f"{_write(key)}: {_write(value)}" for key, value in described["items"]) + "}"
    if kind == "path":
        return f"Path({described['value']!r})"
    if kind == "tree":
        return f"a folder with {', '.join(described['files']) or 'nothing in it'}"
    if kind == "dataset":
        ref = described["ref"]
        return f"rows {ref['start']} to {ref['stop']} of {ref['name']}'s {ref['split']} set"
    if kind == "drawn":
        ref = described["ref"]
        what = "pictures" if ref["column"] == "x" else "labels"
        return f"{ref['n']} {what} of {ref['name']}"
    if kind == "temporary":
        return repr(described["ref"]["name"]) if described["ref"]["text"] else f"Path({described['ref']['name']!r})"
    if kind == "model recipe":
        return f"a model of {' -> '.join(name for name, _ in described['layers'])}"
    if kind == "model":
        return f"<{described['class']}: {_shape(described['inputs'])} to {_shape(described['outputs'])}>"
    if kind == "object":
        return f"<{described['text']}>"
    if kind == "complex":
        return repr(complex(*described["value"]))
    return "None" if kind == "NoneType" else repr(described["value"])


def _shape(shapes: list | None) -> str:
    return " and ".join(str(tuple(shape)) for shape in shapes) if shapes else "unknown shape"


def _write_items(kind: str, described: Description) -> str:
    inner = ", ".join(_write(item) for item in described["items"])
    if kind == "list":
        return f"[{inner}]"
    if kind == "tuple":
        return f"({inner},)" if len(described["items"]) == 1 else f"({inner})"
    return f"{{{inner}}}" if kind == "set" and inner else f"{kind}({'{' + inner + '}' if inner else ''})"


def _write_array(described: Description) -> str:
    array = described["value"]
    if array.ndim == 0:
        return write_number(array.item())
    if array.size > MAX_NUMBERS:
        return f"a {array.shape} array of {array.dtype}"
    return _nested(array)


def _nested(array: Any) -> str:
    if array.ndim == 0:
        return write_number(array.item())
    return "[" + ", ".join(_nested(row) for row in array) + "]"
