"""Answers as plain data: `describe` turns what a learner's code returns into dicts that can be stored and compared.

A description is a dict with a `type` and what that type needs:

    {"type": "int", "value": 5}                      also float, str, bool, NoneType, complex
    {"type": "list", "items": [...]}                 also tuple, set, frozenset
    {"type": "dict", "items": [[key, value], ...]}
    {"type": "array", "value": ndarray}              `scalar` where it was a NumPy scalar, `tensor` where TensorFlow's
    {"type": "path", "value": "deep/b.png"}
    {"type": "model", ...}                           a Keras model, as `course_utils.models` describes it
    {"type": "object", "text": "<function f>"}       anything else: never its code, never a pickle

`encode` and `decode` turn descriptions into JSON and back: arrays as base64 of their bytes, NaN and infinities as text.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

Description = dict[str, Any]

MAX_DEPTH = 20  # deeper nesting is cut: a list that contains itself has no bottom
MAX_ITEMS = 100_000  # in one container
MAX_BYTES = 256 * 2**20  # of one array
MAX_TEXT = 100_000  # characters of one string

_SIMPLE_DTYPES = frozenset("biufc")


class TooLarge(ValueError):
    """An answer is too large or too deep to be described."""


def describe(value: Any, roots: tuple = (), depth: int = 0) -> Description:
    """Describe `value` as plain data. Paths are given relative to the first of `roots` that contains them.

    Raises TooLarge where a container, string or array exceeds this module's limits.
    """
    if depth > MAX_DEPTH:
        raise TooLarge(f"the answer is nested more than {MAX_DEPTH} levels deep")
    if value is None:
        return {"type": "NoneType"}
    kind = type(value)
    if kind is bool:
        return {"type": "bool", "value": value}
    if kind is int:
        if abs(value) >= 1 << 4096:
            raise TooLarge("the answer is an integer of more than 4096 bits")
        return {"type": "int", "value": value}
    if kind is float:
        return {"type": "float", "value": value}
    if kind is complex:
        return {"type": "complex", "value": [value.real, value.imag]}
    if isinstance(value, str) and not _from_numpy(value):
        text = _bounded(str(value), MAX_TEXT, "characters")
        for root in roots:  # temporary folders have another name each time
            text = text.replace(str(root), "<folder>")
        return _named({"type": "str", "value": text}, kind, str)
    if isinstance(value, bytes | bytearray):
        return {"type": "bytes", "value": bytes(_bounded(value, MAX_TEXT, "bytes"))}
    if isinstance(value, PurePath):
        return {"type": "path", "value": _relative(value, roots)}
    for base in (list, tuple):
        if isinstance(value, base):
            items = [describe(item, roots, depth + 1) for item in _bounded(value, MAX_ITEMS, "items")]
            return _named({"type": base.__name__, "items": items}, kind, base)
    for base in (set, frozenset):
        if isinstance(value, base):
            items = [describe(item, roots, depth + 1) for item in _bounded(value, MAX_ITEMS, "items")]
            return _named({"type": base.__name__, "items": sorted(items, key=repr)}, kind, base)
    if isinstance(value, Mapping):
        items = [
            [describe(key, roots, depth + 1), describe(item, roots, depth + 1)]
            for key, item in _bounded(value, MAX_ITEMS, "entries").items()
        ]
        return _named({"type": "dict", "items": items}, kind, dict)
    return _describe_array(value, roots, depth) or _describe_keras(value, roots, depth) or _describe_object(value)


def _describe_keras(value: Any, roots: tuple, depth: int) -> Description | None:
    """A Keras model by its facts, the History that `fit` returns by its dict."""
    if "keras" not in sys.modules:
        return None
    from course_utils import models

    if models.is_model(value):
        return models.describe_model(value)
    if models.is_history(value):
        return {**describe(value.history, roots, depth + 1), "class": "History"}
    return None


def _describe_array(value: Any, roots: tuple, depth: int) -> Description | None:
    """Arrays and what converts to one without running foreign code: NumPy, TensorFlow, pandas, sparse matrices."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if isinstance(value, numpy.ndarray | numpy.generic):
        described = _array(value, roots, depth)
        return {**described, "scalar": True} if isinstance(value, numpy.generic) else described
    module = type(value).__module__.partition(".")[0]
    if module in ("tensorflow", "keras") and callable(getattr(value, "numpy", None)):
        return {**_array(numpy.asarray(value.numpy()), roots, depth), "tensor": True}
    if module == "pandas" and type(value).__name__ in ("Series", "Index"):
        return {**_array(value.to_numpy(), roots, depth), "class": type(value).__name__}
    if module == "pandas" and type(value).__name__ == "DataFrame":
        columns = [[describe(name), describe(value[name].to_numpy(), roots, depth + 1)] for name in value.columns]
        return {"type": "dict", "items": columns, "class": "DataFrame"}
    if module == "scipy" and callable(getattr(value, "tocoo", None)):
        rows, columns = value.shape
        if rows * columns * value.dtype.itemsize > MAX_BYTES:
            raise TooLarge(f"the answer is a sparse {rows} x {columns} matrix")
        return {**_array(value.toarray(), roots, depth), "class": "sparse matrix"}
    return None


def _array(value: Any, roots: tuple, depth: int) -> Description:
    import numpy

    value = numpy.asarray(value)
    if value.nbytes > MAX_BYTES:
        raise TooLarge(
            f"the answer is an array of {value.nbytes / 2**20:.0f} MB; the largest accepted is {MAX_BYTES >> 20}"
        )
    if value.dtype.kind in _SIMPLE_DTYPES:
        native = value.dtype.newbyteorder("=")
        return {"type": "array", "value": numpy.array(value, dtype=native, order="C", copy=True, subok=False)}
    if value.dtype.kind in "US":
        return {"type": "array", "value": value.astype(str)}
    if value.ndim == 0:
        return _describe_object(value.item())
    items = [describe(item, roots, depth + 1) for item in _bounded(value, MAX_ITEMS, "items")]
    return {"type": "list", "items": items, "class": f"array of dtype {value.dtype}"}


def _describe_object(value: Any) -> Description:
    name = getattr(value, "__name__", None)
    text = type(value).__name__ + (f" {name}" if isinstance(name, str) else "")
    return {"type": "object", "text": text[:200], "class": type(value).__name__[:200]}


def _named(described: Description, kind: type, base: type) -> Description:
    """Note a subclass (`Counter` is a dict), so that words can name it; it compares as its base."""
    return described if kind is base else {**described, "class": kind.__name__[:200]}


def _from_numpy(value: Any) -> bool:
    return type(value).__module__ == "numpy"


def _bounded(value: Any, limit: int, what: str) -> Any:
    if len(value) > limit:
        raise TooLarge(f"the answer has {len(value)} {what}; the most accepted is {limit}")
    return value


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


def restore(described: Description, workspace: Any = None) -> Any:
    """The value that a description stands for, freshly made: what a probe's argument becomes when an answer is called.

    `workspace` (`course_utils.values.Workspace`) holds the temporary folders of `tree` arguments.
    Raises ValueError for a description that stands for no value (an `object`).
    """
    kind = described["type"]
    if kind == "NoneType":
        return None
    if kind == "complex":
        return complex(*described["value"])
    if kind in ("bool", "int", "float", "str", "bytes"):
        return described["value"]
    if kind in ("list", "tuple", "set", "frozenset"):
        items = [restore(item, workspace) for item in described["items"]]
        return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](items)
    if kind == "dict":
        return {restore(key): restore(item, workspace) for key, item in described["items"]}
    if kind == "array" and described.get("tensor"):
        import tensorflow

        return tensorflow.constant(described["value"])
    if kind == "array":
        array = described["value"].copy()
        return array[()] if described.get("scalar") else array
    if kind == "path":
        from pathlib import Path

        return Path(described["value"])
    if kind == "tree":
        from course_utils.values import Tree

        return workspace.folder(Tree(described["files"]))
    if kind == "dataset":
        from course_utils import data
        from course_utils.values import Dataset

        return data.resolve(Dataset(**described["ref"]))
    if kind == "drawn":
        from course_utils import pictures

        return pictures.resolve(**described["ref"])
    if kind == "temporary":
        from course_utils.values import Temporary

        return workspace.path(Temporary(**described["ref"]))
    if kind == "model recipe":
        from course_utils import models

        return models.make_model(described)
    raise ValueError(f"a description of type {kind!r} stands for no value")


def describe_argument(value: Any) -> Description:
    """Describe a probe's argument: like `describe`; what `course_utils.values` makes when needed stays a reference."""
    from course_utils.values import Dataset, Drawn, Model, Temporary, Tensor, Tree

    if isinstance(value, Tree):
        return {"type": "tree", "files": dict(value.files)}
    if isinstance(value, Dataset):
        return {"type": "dataset", "ref": {**vars(value), "options": dict(value.options)}}
    if isinstance(value, Drawn):
        return {"type": "drawn", "ref": {**vars(value), "options": dict(value.options)}}
    if isinstance(value, Temporary):
        return {"type": "temporary", "ref": dict(vars(value))}
    if isinstance(value, Tensor):
        import numpy

        return {**describe(numpy.asarray(value.array)), "tensor": True}
    if isinstance(value, Model):
        import numpy

        recipe = {**vars(value), "type": "model recipe", "input_shape": list(value.input_shape)}
        recipe["layers"] = [[name, dict(options)] for name, options in value.layers]
        recipe["compile"] = dict(value.compile) if value.compile else None
        recipe["weights"] = None if value.weights is None else [describe(numpy.asarray(w)) for w in value.weights]
        return recipe
    described = describe(value)
    if described["type"] in ("object", "model"):
        raise ValueError(
            f"a probe cannot hold {value!r}: only plain values, containers, arrays, and what course_utils.values makes"
        )
    return described
