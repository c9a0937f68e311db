"""Answers as plain data: `describe` turns what a learner's code returns into dicts that can be stored and compared.

A description is a dict with a `type` and what that type needs:

    {"type": "int", "value": 5}                      also float, str, bool, NoneType, complex
    {"type": "list", "items": [...]}                 also tuple, set, frozenset
    {"type": "dict", "items": [[key, value], ...]}
    {"type": "array", "value": ndarray}              `scalar` where it was a NumPy scalar, `tensor` where TensorFlow's
    {"type": "path", "value": "deep/b.png"}
    {"type": "model", ...}                           a Keras model, by `course_utils.models.describe_answer`
    {"type": "object", "text": "<function f>"}       anything else: never its code, never a pickle

`class` names a subclass: a Counter is {"type": "dict", ..., "class": "Counter"}, a deque or UserList a list, a Fraction a float.

`encode` and `decode` turn descriptions into JSON and back: arrays as base64 of their bytes, NaN and infinities as text.
"""

from __future__ import annotations

import base64
import itertools
import sys
from collections import UserList, UserString, deque
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from course_utils.kinds import TimeUp, callable_name, class_name, is_a, lineage, module_of
from course_utils.limits import MAX_BITS, MAX_BYTES, MAX_DEPTH, MAX_ITEMS, MAX_NAME, MAX_PARTS, MAX_TEXT

Description = dict[str, Any]
#: A look at one object, at a depth, by a describer that describes what the object holds.
Look = Callable[["Describer", Any, int], "Description | None"]

_Collection = list | tuple | set | frozenset | deque

OBJECTS = "array of dtype"  # how the class begins of an array that holds no numbers

_SIMPLE_DTYPES = frozenset("biufc")


class TooLarge(ValueError):
    """An answer is too large or too deep to be described."""


def describe(value: Any, roots: tuple = (), also: tuple[Look, ...] = ()) -> Description:
    """Describe `value` as plain data. Paths are given relative to the first of `roots` that contains them.

    `also` are looks at objects of a library that this module knows nothing of, as `course_utils.models` has one; each gives a
    description, or None for what is not its own.

    An object is described by what it is, not by what it says of itself: a subclass of `int`, `str` or `list` as the number,
    text or items that it holds (`class` names it); a class's own `__len__`, `__iter__` or `__repr__` is not asked. Only a
    mapping that is no dict has to be, and what goes wrong there is written down. Raises TooLarge, and nothing else, where a
    container, text or array exceeds this module's limits.
    """
    return Describer(roots, also).describe(value, 0)


class Describer:
    """Describes one value, within one budget of parts and bytes for all that it holds."""

    def __init__(self, roots: tuple, also: tuple[Look, ...]) -> None:
        self.roots, self.also, self.parts, self.bytes = roots, also, MAX_PARTS, MAX_BYTES

    def describe(self, value: Any, depth: int) -> Description:
        if depth > MAX_DEPTH:
            raise TooLarge(f"the answer is nested more than {MAX_DEPTH} levels deep")
        self.parts -= 1
        if self.parts < 0:
            raise TooLarge(f"the answer has more than {MAX_PARTS:,} parts")
        if value is None:
            return {"type": "NoneType"}
        try:
            return self._plain(value, type(value), depth) or self._foreign(value, depth)
        except (TooLarge, TimeUp, KeyboardInterrupt):
            raise
        except BaseException as error:  # a class of the learner's own may raise anything, SystemExit included
            kind = class_name(type(value))
            return {"type": "object", "class": kind, "text": f"{kind} that raises {class_name(type(error))}"}

    def _plain(self, value: Any, kind: type, depth: int) -> Description | None:
        """Python's own types and what is derived from them; runs nothing of the object's."""
        if kind is bool:
            return {"type": "bool", "value": value}
        if _is_numpys(kind):
            return None
        if issubclass(kind, int):
            return _named({"type": "int", "value": _small(int.__index__(value))}, kind, int)
        if issubclass(kind, float):
            return _named({"type": "float", "value": float.__float__(value)}, kind, float)
        if issubclass(kind, complex):
            parts = [complex.real.__get__(value), complex.imag.__get__(value)]
            return _named({"type": "complex", "value": parts}, kind, complex)
        if issubclass(kind, str):
            return _named({"type": "str", "value": self._text(str.__str__(value))}, kind, str)
        for base in (bytes, bytearray):
            if issubclass(kind, base):
                _require_room(base.__len__(value), MAX_TEXT, "bytes")
                return {"type": "bytes", "value": bytes(base.__getitem__(value, slice(None)))}
        for collection in (list, tuple, set, frozenset, deque):
            if issubclass(kind, collection):
                return self._items(value, kind, collection, depth)
        if issubclass(kind, dict):
            _require_room(dict.__len__(value), MAX_ITEMS, "entries")
            return _named(self._entries(dict.items(value), depth), kind, dict)
        return None

    def _items(self, value: Any, kind: type, base: type[_Collection], depth: int) -> Description:
        _require_room(base.__len__(value), MAX_ITEMS, "items")
        items = [self.describe(item, depth + 1) for item in base.__iter__(value)]
        if base in (set, frozenset):
            items = sorted(items, key=repr)
        name = "list" if base is deque else base.__name__
        return _named({"type": name, "items": items}, kind, list if base is deque else base)

    def _entries(self, pairs: Iterable[tuple], depth: int) -> Description:
        items = [[self.describe(key, depth + 1), self.describe(item, depth + 1)] for key, item in pairs]
        return {"type": "dict", "items": items}

    def _text(self, text: str) -> str:
        _require_room(len(text), MAX_TEXT, "characters")
        for root in self.roots:  # temporary folders have another name each time
            text = text.replace(str(root), "<folder>")
        return text

    def _foreign(self, value: Any, depth: int) -> Description:
        """Objects of classes that are not built in; what is run here is a library's, or the learner's own."""
        if is_a(value, PurePath):
            return {"type": "path", "value": _relative(PurePath(PurePath.__str__(value)), self.roots)}
        if is_a(value, UserList, UserString):
            held = self.describe(object.__getattribute__(value, "data"), depth + 1)
            return held if held["type"] == "object" else {**held, "class": class_name(type(value))}
        if is_a(value, Mapping, MappingProxyType):
            pairs = itertools.islice(value.items(), MAX_ITEMS + 1)
            entries = self._entries(pairs, depth)
            _require_room(len(entries["items"]), MAX_ITEMS, "entries")
            return {**entries, "class": class_name(type(value))}
        found = self._fraction(value) or self._array_like(value, depth)
        found = found or next((seen for look in self.also if (seen := look(self, value, depth))), None)
        return found or _describe_object(value)

    def _fraction(self, value: Any) -> Description | None:
        """A Fraction or a Decimal: a number like a float, under its own name."""
        for module, name in (("fractions", "Fraction"), ("decimal", "Decimal")):
            if module in sys.modules and is_a(value, getattr(sys.modules[module], name)):
                return {"type": "float", "value": float(value), "class": class_name(type(value))}
        return None

    def _array_like(self, value: Any, depth: int) -> Description | None:
        """Arrays and what converts to one: NumPy, TensorFlow, pandas, sparse matrices."""
        numpy = sys.modules.get("numpy")
        if numpy is None:
            return None
        if is_a(value, numpy.ma.MaskedArray) and numpy.ma.MaskedArray.mask.__get__(value).any():
            hidden = int(numpy.ma.MaskedArray.mask.__get__(value).sum())
            return {"type": "object", "class": "MaskedArray", "text": f"masked array, {hidden} of its values hidden"}
        if is_a(value, numpy.ndarray, numpy.generic):
            described = self._array(numpy.asarray(value), depth)
            scalar = described["type"] == "array" and is_a(value, numpy.generic)
            return {**described, "scalar": True} if scalar else described
        modules = {module_of(base) for base in lineage(value)}
        if modules & {"tensorflow", "keras"} and callable(getattr(value, "numpy", None)):
            return {**self._array(numpy.asarray(value.numpy()), depth), "tensor": True}
        if "pandas" in modules:
            return self._table(value, {class_name(base) for base in lineage(value)}, depth)
        if "scipy" in modules and callable(getattr(value, "tocoo", None)):
            rows, columns = value.shape
            if rows * columns * value.dtype.itemsize > MAX_BYTES:
                raise TooLarge(f"the answer is a sparse {rows} x {columns} matrix")
            return {**self._array(value.toarray(), depth), "class": "sparse matrix"}
        return None

    def _table(self, value: Any, names: set[str], depth: int) -> Description | None:
        """pandas: a Series or Index as its array, a DataFrame as a dict of its columns."""
        if names & {"Series", "Index"}:
            return {**self._array(value.to_numpy(), depth), "class": class_name(type(value))}
        if "DataFrame" in names:
            columns = ((name, value[name].to_numpy()) for name in itertools.islice(value.columns, MAX_ITEMS))
            return {**self._entries(columns, depth), "class": "DataFrame"}
        return None

    def _array(self, value: Any, depth: int) -> Description:
        import numpy

        value = numpy.asarray(value)
        if value.nbytes > MAX_BYTES:
            raise TooLarge(
                f"the answer is an array of {value.nbytes / 2**20:.0f} MB; the largest accepted is {MAX_BYTES >> 20}"
            )
        self.bytes -= value.nbytes
        if self.bytes < 0:
            raise TooLarge(f"the answer's arrays take more than {MAX_BYTES >> 20} MB")
        if value.dtype.kind in _SIMPLE_DTYPES:
            native = value.dtype.newbyteorder("=")
            return {"type": "array", "value": numpy.array(value, dtype=native, order="C", copy=True, subok=False)}
        if value.dtype.kind in "US":
            return {"type": "array", "value": value.astype(str)}
        if value.ndim == 0:
            return self.describe(value.item(), depth + 1)
        _require_room(len(value), MAX_ITEMS, "items")
        items = [self.describe(item, depth + 1) for item in value]
        return {"type": "list", "items": items, "class": f"{OBJECTS} {value.dtype}"[:MAX_NAME]}


def _describe_object(value: Any) -> Description:
    kind = class_name(type(value))
    if is_a(value, Enum):  # its name, as the enumeration itself keeps it
        name = object.__getattribute__(value, "_name_")
        return {"type": "object", "text": f"{kind}.{name}"[:MAX_NAME] if type(name) is str else kind, "class": kind}
    return {"type": "object", "text": f"{kind} {callable_name(value)}".strip()[:MAX_NAME], "class": kind}


def _named(described: Description, kind: type, base: type) -> Description:
    """Note a subclass (`Counter` is a dict), so that words can name it; it compares as its base."""
    return described if kind is base else {**described, "class": class_name(kind)}


def _is_numpys(kind: type) -> bool:
    """Whether it is a NumPy scalar's type: np.float64 is derived from float, np.str_ from str."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(kind, numpy.generic)


def _small(number: int) -> int:
    if number.bit_length() > MAX_BITS:
        raise TooLarge(f"the answer is an integer of more than {MAX_BITS} bits")
    return number


def _require_room(size: int, limit: int, what: str) -> None:
    if size > limit:
        raise TooLarge(f"the answer has {size} {what}; the most accepted is {limit}")


def _relative(path: PurePath, roots: tuple) -> str:
    for root in roots:
        if path.is_absolute() and path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.as_posix() if not roots else f"(outside the folder) {path.as_posix()}"


def encode(described: Any) -> Any:
    """Turn a description (or lists and dicts of them) into what `json` can write."""
    if isinstance(described, dict):
        if described.get("type") == "array":
            array = described["value"]
            if array.dtype.kind == "U":
                return {**described, "dtype": "str", "shape": list(array.shape), "value": array.ravel().tolist()}
            code = base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()
            return {**described, "dtype": array.dtype.name, "shape": list(array.shape), "value": code}
        return {key: encode(value) for key, value in described.items()}
    if isinstance(described, list):
        return [encode(value) for value in described]
    if isinstance(described, bytes):
        return {"base64": base64.b64encode(described).decode()}
    if isinstance(described, float) and (described != described or described in (float("inf"), float("-inf"))):
        return {"float": repr(described)}
    return described


def decode(data: Any, depth: int = 0) -> Any:
    """The inverse of `encode`. Raises ValueError, naming what is malformed; it never runs code from the data."""
    if depth > 4 * MAX_DEPTH:
        raise ValueError("the stored description is nested too deeply")
    if isinstance(data, list):
        return [decode(value, depth + 1) for value in data]
    if not isinstance(data, dict):
        return data
    if data.keys() == {"base64"}:
        return base64.b64decode(data["base64"], validate=True)
    if data.keys() == {"float"}:
        return float(data["float"])
    if data.get("type") == "array":
        return _decode_array(data)
    return {key: decode(value, depth + 1) for key, value in data.items()}


def _decode_array(data: dict) -> Description:
    import numpy

    rest = {key: value for key, value in data.items() if key not in ("dtype", "shape", "value")}
    shape = tuple(data["shape"])
    if not all(isinstance(n, int) and n >= 0 for n in shape):
        raise ValueError(f"an array cannot have the shape {shape}")
    if not isinstance(data["dtype"], str) or len(data["dtype"]) > 20:  # NumPy reads a list of a million fields too
        raise ValueError("an array's dtype is a short name")
    if data["dtype"] == "str":
        texts = data["value"]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError("an array of strings is made of a list of them")
        if 4 * len(texts) * max(map(len, texts), default=0) > MAX_BYTES:  # each takes as much room as the longest
            raise ValueError(f"an array of strings takes more than {MAX_BYTES >> 20} MB")
        return {**rest, "value": numpy.array(texts, dtype=str).reshape(shape)}
    dtype = numpy.dtype(data["dtype"])
    if dtype.kind not in _SIMPLE_DTYPES:
        raise ValueError(f"an array cannot have the dtype {data['dtype']!r}")
    raw = base64.b64decode(data["value"], validate=True)
    return {**rest, "value": numpy.frombuffer(raw, dtype.newbyteorder("<")).astype(dtype).reshape(shape)}
