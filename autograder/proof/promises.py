"""What hidden probes ask for and learners cannot know: an error, a type or an edge that no example and no line of the docstring shows.

Who is right on all examples and loses points on the rest has been told too little. So each kind of input that a hidden probe has
is to be seen in an example, or to be named in the text that learners get.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from course_utils.describe import Description

#: What may be special about an argument, whatever its name: the kind, how to tell it, and how a docstring names it.
_Kind = tuple[str, Callable[[Description], bool], str]

#: Any of these words says that a docstring allows every type of numbers.
_ANY_NUMBERS = r"any dtype|dtype of x|type of x|same dtype|integers or floats|of the dtype"


def _array(described: Description) -> Any:
    return described["value"] if described["type"] == "array" and not described.get("scalar") else None


def _is_array(described: Description, test: Callable[[Any], Any]) -> bool:
    array = _array(described)
    return array is not None and bool(test(array))


def _number(described: Description) -> Any:
    return described["value"] if described["type"] in ("int", "float") else None


def _is_empty(described: Description) -> bool:
    if described["type"] == "array":
        return described["value"].size == 0
    return described.get("items") == [] or described.get("value") == ""


_KINDS: tuple[_Kind, ...] = (
    ("empty", _is_empty, r"\bempty\b|\[\]|\{\}|\(\)|''|without"),
    ("a tuple", lambda d: d["type"] == "tuple", r"\btuples?\b|\(\w+, "),
    ("a set", lambda d: d["type"] in ("set", "frozenset"), r"\bsets?\b"),
    ("a float", lambda d: d["type"] == "float", r"\bfloats?\b|\bnumbers?\b|share|between 0 and 1"),
    ("a NumPy number", lambda d: bool(d.get("scalar")), r"NumPy"),
    (
        "below 0",
        lambda d: (n := _number(d)) is not None and n < 0,
        r"below 0|negative|-\d|at least|unless|anything else",
    ),
    ("0", lambda d: (n := _number(d)) is not None and n == 0, r"\b0\b|zero|unless"),
    ("NaN", lambda d: (n := _number(d)) is not None and n != n, r"NaN|nan\b"),
    ("not square", lambda d: _is_array(d, lambda a: a.ndim >= 2 and a.shape[0] != a.shape[1]), r"\((\w+), (?!\1\b)\w+"),
    ("of several channels", lambda d: _is_array(d, lambda a: a.ndim == 3 and a.shape[2] > 1), r"C\b|channels|3\)"),
    (
        "of negative numbers",
        lambda d: _is_array(d, lambda a: a.size and a.min() < 0),
        r"integers|floats|numbers|array|logits",
    ),
    (
        "of bytes",
        lambda d: _is_array(d, lambda a: a.dtype.name == "uint8"),
        rf"uint8|bytes|{_ANY_NUMBERS}",
    ),
    (
        "of fractions",
        lambda d: _is_array(d, lambda a: a.dtype.kind == "f" and (a != a.round()).any()),
        rf"floats?|numbers|probabilit|tensor|array\b|{_ANY_NUMBERS}",
    ),
)


def unseen_kinds(pack: dict, docstring: str) -> list[str]:
    """What hidden probes of a pack ask for that neither an example nor the docstring shows, in words; without repeats."""
    shown = pack["shown"]
    known = {kind for i in range(shown) for kind, _ in _kinds(pack, i)}
    told: dict[str, None] = {}
    for i in range(shown, len(pack["probes"])):
        for kind, named in _kinds(pack, i):
            if kind not in known and not re.search(named, docstring):
                told[kind] = None
    return list(told)


def _kinds(pack: dict, i: int) -> Iterator[tuple[str, str]]:
    """What one probe asks for, each with the pattern by which a docstring names it."""
    probe, expected = pack["probes"][i], pack["expected"][i]
    error = expected["error"]["types"][0] if expected.get("outcome") == "raised" else ""
    expectation = expected.get("expect", {})
    error = expectation["type"] if expectation.get("expect") == "raises" else error
    if error:
        yield f"an error ({error})", rf"[Rr]aises? {error}|raises {error}|{error} (?:for|unless|where|when)"
        return  # what is special about its arguments is why it is refused
    names = dict(zip(pack["parameters"], probe["args"], strict=False)) | probe["kwargs"]
    for name, described in names.items():
        for kind, is_so, named in _KINDS:
            if is_so(described):
                yield f"`{name}` is {kind}", named
