"""Descriptions as a person would write them: `[[1, 2], [3, 4]]`, `a (7, 5) array of float64`, `corr2d(x, k, stride=2)`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from course_utils.describe import Description
from course_utils.limits import MAX_KEY, MAX_LENGTH, MAX_SHOWN_NUMBERS


def write_value(described: Description, exact: bool = False) -> str:
    """One line for a described value, cut at MAX_LENGTH. `exact`: with its type and every digit, as in np.int64(1)."""
    text = _write(described, exact)
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 2] + _CUT


def write_key(described: Description) -> str:
    """A key of a dict or a member of a set, as short as it can be read."""
    text = _write(described, False)
    return text if len(text) <= MAX_KEY else text[: MAX_KEY - 2] + " …"


def write_pair(yours: Description, expected: Description) -> tuple[str, str]:
    """One line each for two values that differ, never the same: with types and digits, or from where they differ on."""
    expected = _in_order(expected, yours)
    sorts = _sort(yours), _sort(expected)
    same_sort = sorts[0] == sorts[1] or sorts in _COUNTS_AS
    write = write_value if same_sort else _write_titled  # the type is the point
    short = write(yours), write(expected)
    if short[0] != short[1]:
        return short
    if short[0].endswith(_CUT) and (parts := _where_they_differ(yours, expected)):
        return parts
    exact = write_value(yours, exact=True), write_value(expected, exact=True)
    if exact[0] != exact[1]:
        return exact
    place, a, b = _first_difference(yours, expected)
    parts = write_value(a, exact=True), write_value(b, exact=True)
    if place and parts[0] != parts[1]:  # the values themselves are written alike
        return f"{exact[0]}, with {parts[0]} at {place}", f"{exact[1]}, with {parts[1]} at {place}"
    if place and (parts := (_write_shape(a), _write_shape(b)))[0] != parts[1]:
        return f"{parts[0]} at {place}", f"{parts[1]} at {place}"
    return f"{exact[0]} (yours)", f"{exact[1]} (another)"


def _in_order(described: Description, model: Description) -> Description:
    """The same value, its dicts' keys in the order of `model`'s, or a long one would be cut before what differs is reached."""
    if described["type"] != model["type"] or described["type"] not in ("dict", "list", "tuple"):
        return described
    items, like = described["items"], model["items"]
    if described["type"] != "dict":
        return {**described, "items": [*map(_in_order, items, like), *items[len(like) :]]}
    of_key, order = {write_key(key): [key, item] for key, item in items}, [write_key(key) for key, _ in like]
    if len(of_key) < len(items) or sorted(of_key) != sorted(order):
        return described
    pairs = ((of_key[key], item) for key, (_, item) in zip(order, like, strict=True))
    return {**described, "items": [[key, _in_order(item, other)] for (key, item), other in pairs]}


_CUT = " …"  # what is longer than a line ends in this


def _where_they_differ(yours: Description, expected: Description) -> tuple[str, str] | None:
    """Of two long values whose beginnings are written alike, the first parts that differ by more than rounding."""
    place, a, b = _first_difference(_rounded(yours), _rounded(expected))
    for write in (write_value, _write_shape):
        if place and write(a) != write(b):
            start = write_value(yours)[:BEGINNING].rstrip(" ,") + _CUT
            return f"{start}, with {write(a)} at {place}", f"{start}, with {write(b)} at {place}"
    return None


BEGINNING = 40  # characters of a long value that are the same on both sides


def _write_shape(described: Description) -> str:
    if described["type"] != "array":
        return write_value(described)
    return f"an array of shape {described['value'].shape}"


def _rounded(described: Description) -> Description:
    """The same value, its floats without the digits that rounding errors change."""
    if described["type"] == "float":
        return {**described, "value": round(described["value"], ROUNDED)}
    if described["type"] == "array" and described["value"].dtype.kind == "f":
        import numpy as np

        with np.errstate(all="ignore"):
            return {**described, "value": described["value"].round(ROUNDED)}
    if described["type"] in ("list", "tuple"):
        return {**described, "items": [_rounded(item) for item in described["items"]]}
    if described["type"] == "dict":
        return {**described, "items": [[key, _rounded(item)] for key, item in described["items"]]}
    return described


ROUNDED = 7  # decimals


def _write_titled(described: Description) -> str:
    """A value with its own type, but not with those of its items."""
    if "items" not in described:
        return write_value(described, exact=True)
    text = write_value(described)
    return f"{described['class']}({text})" if described.get("class") else text


def write_call(name: str, probe: dict) -> str:
    """The call of a probe as a learner would type it, arrays as nested lists, a NumPy number as np.int64(1)."""

    def write(arg: Description) -> str:
        return write_value(arg, exact=bool(arg.get("scalar")))

    keywords = [f"{key}={write(arg)}" for key, arg in probe["kwargs"].items()]
    return f"{name}({', '.join([*map(write, probe['args']), *keywords])})"


def with_article(noun: str) -> str:
    """ "an int", "a list"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def write_number(value: Any) -> str:
    """A number with at most six digits that matter: 0.333333, 12, 3.0, nan, True."""
    item = value.item() if hasattr(value, "item") else value
    if not isinstance(item, float) or not math.isfinite(item):
        return str(item)
    return f"{item:.1f}" if item == int(item) and abs(item) < 1e6 else f"{item:.6g}"


def _sort(described: Description) -> str:
    """What sort of value it is: a NumPy number is of the sort of the Python number that it counts as."""
    kind = described["type"]
    if kind == "array" and described["value"].ndim == 0:
        kind = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex", "U": "str"}[
            described["value"].dtype.kind
        ]
    return "set" if kind == "frozenset" else kind


#: A number of the first sort is as good as one of the second where the second is asked for.
_COUNTS_AS = {("int", "float"), ("int", "complex"), ("float", "complex")}


def _first_difference(yours: Description, expected: Description) -> tuple[str, Description, Description]:
    """Where two values of one form first differ, and what is there; the place is "" where that cannot be said."""
    place = ""
    while found := next((part for part in _parts(yours, expected) if not _alike(*part[1:])), None):
        place, yours, expected = f"{place}[{found[0]}]", *found[1:]
    return place, yours, expected


def _parts(yours: Description, expected: Description) -> Iterator[tuple[str, Description, Description]]:
    """The parts of two values that stand at the same place; those of arrays and texts only where they differ."""
    kinds = yours["type"], expected["type"]
    if kinds == ("array", "array"):
        a, b = yours["value"], expected["value"]
        if a.ndim and a.shape == b.shape:
            for index in _unequal(a, b)[:1].tolist():
                mine, other = ({"type": "array", "value": side[tuple(index)], "scalar": True} for side in (a, b))
                yield ", ".join(map(str, index)), mine, other
    elif kinds == ("str", "str") and len(yours["value"]) > 1:
        at = next((i for i, (a, b) in enumerate(zip(yours["value"], expected["value"], strict=False)) if a != b), None)
        at = min(len(yours["value"]), len(expected["value"])) if at is None else at
        if at or len(yours["value"]) != len(expected["value"]):
            mine, other = ({"type": "str", "value": side["value"][at : at + 20]} for side in (yours, expected))
            yield f"{at}:", mine, other
    elif all("items" in side for side in (yours, expected)):
        pairs = zip(yours["items"], expected["items"], strict=False)
        if kinds == ("dict", "dict"):
            for (key, a), (_, b) in pairs:
                yield write_key(key), a, b
        else:
            yield from ((str(i), a, b) for i, (a, b) in enumerate(pairs))
        a, b = len(yours["items"]), len(expected["items"])
        if a != b:
            yield "its length", {"type": "int", "value": a}, {"type": "int", "value": b}


def _unequal(a: Any, b: Any) -> Any:
    """The indices, an (n, ndim) array, where two arrays of one shape are unequal; NaN is equal to NaN."""
    import numpy as np

    return np.argwhere((a != b) & ~((a != a) & (b != b)))


def _alike(a: Any, b: Any) -> bool:
    """Whether two descriptions, or parts of them, hold the same; NaN is equal to NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_alike(value, b[key]) for key, value in a.items())
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_alike, a, b))
    if hasattr(a, "dtype"):
        return a.shape == b.shape and a.dtype == b.dtype and not len(_unequal(a, b))
    return a == b or (a != a and b != b)


def _write(described: Description, exact: bool) -> str:
    kind = described["type"]
    if kind == "array":
        text = _write_array(described, exact)
    elif kind == "int":
        text = _write_int(described["value"])
    elif kind == "float":
        text = repr(float(described["value"])) if exact else write_number(described["value"])
    elif kind in ("list", "tuple", "set", "frozenset", "dict"):
        text = _write_items(kind, described, exact)
    else:
        text = _write_other(kind, described)
    named = exact and described.get("class") and kind not in ("object", "model")
    return f"{described['class']}({text})" if named else text


def _write_other(kind: str, described: Description) -> str:
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
    if kind == "learner":
        return f"the learner {described['ref']['name']!r} of {described['ref']['classes']} classes"
    if kind == "steps":
        rows = "; ".join(f"{so_far}: {[round(p, 3) for p in row]}" for so_far, row in described["table"])
        return f"a step with the chances {rows}"
    if kind == "model recipe":
        return f"a model of {' -> '.join(name for name, _ in described['layers'])}"
    if kind == "model":
        return f"<{described['class']}: {_shape(described['inputs'])} to {_shape(described['outputs'])}>"
    if kind == "object":
        return f"<{described['text']}>"
    if kind == "complex":
        return repr(complex(*described["value"]))
    return "None" if kind == "NoneType" else repr(described["value"])


def _write_int(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # more digits than sys.set_int_max_str_digits lets through
        return hex(value)


def _shape(shapes: list | None) -> str:
    return " and ".join(str(tuple(shape)) for shape in shapes) if shapes else "unknown shape"


def _write_items(kind: str, described: Description, exact: bool) -> str:
    if kind == "dict":
        pairs = (f"{_write(key, exact)}: {_write(value, exact)}" for key, value in described["items"])
        return "{" + _joined(pairs) + "}"
    inner = _joined(_write(item, exact) for item in described["items"])
    if kind == "list":
        return f"[{inner}]"
    if kind == "tuple":
        return f"({inner},)" if len(described["items"]) == 1 else f"({inner})"
    return f"{{{inner}}}" if kind == "set" and inner else f"{kind}({'{' + inner + '}' if inner else ''})"


def _joined(parts: Iterable[str]) -> str:
    """The parts with commas between them, as many as will be read: the rest would be cut anyway."""
    kept, length = [], 0
    for part in parts:
        kept.append(part)
        length += len(part) + 2
        if length > MAX_LENGTH:
            break
    return ", ".join(kept)


def _write_array(described: Description, exact: bool) -> str:
    array = described["value"]
    if array.ndim == 0:
        if not exact:
            return _scalar(array)
        if not described.get("scalar") and not described.get("tensor"):
            return f"array({_digits(array)}, dtype={array.dtype})"
        return f"np.{array.dtype.name if array.dtype.kind != 'U' else 'str_'}({_digits(array)})"
    large = f"a {array.shape} array of {array.dtype}" if array.size > MAX_SHOWN_NUMBERS else ""
    if not exact:
        return large or _nested(array, _scalar)
    text = large or f"array({_nested(array, _digits)}, dtype={array.dtype})"
    return f"tensor: {text}" if described.get("tensor") else text


def _scalar(array: Any) -> str:
    return repr(array.item()) if array.dtype.kind == "U" else write_number(array.item())


def _digits(array: Any) -> str:
    """A number with every digit that its dtype has."""
    return str(array[()]) if array.dtype.kind in "fc" else repr(array.item())


def _nested(array: Any, write: Callable[[Any], str]) -> str:
    if array.ndim == 0:
        return write(array)
    return "[" + ", ".join(_nested(row, write) for row in array) + "]"
