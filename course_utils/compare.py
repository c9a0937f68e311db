"""Compare two descriptions and say, in the words a good teacher would choose, what differs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from course_utils.describe import Description


@dataclass(frozen=True)
class Difference:
    """What differs between an answer and what was expected, and where inside a container: `['a'][2]`, or ""."""

    words: str
    where: str = ""


#: How a description's type is called when speaking to a learner.
NAMES = {
    "NoneType": "None",
    "int": "an int",
    "float": "a float",
    "complex": "a complex number",
    "bool": "a bool",
    "str": "a string",
    "bytes": "bytes",
    "list": "a list",
    "tuple": "a tuple",
    "set": "a set",
    "frozenset": "a frozenset",
    "dict": "a dict",
    "array": "a NumPy array",
    "path": "a pathlib.Path",
    "model": "a Keras model",
}

#: Remedies for the confusions of type that learners make most, by (yours, expected).
REMEDIES = {
    ("list", "array"): "np.array(...) makes an array of a list.",
    ("tuple", "array"): "np.array(...) makes an array of a tuple.",
    ("array", "list"): "An array's .tolist() makes a list.",
    ("list", "tuple"): "tuple(...) makes a tuple of a list.",
    ("tuple", "list"): "list(...) makes a list of a tuple. Did a comma slip in after `return ...`?",
    ("float", "int"): "`/` always gives a float; `//` divides whole numbers.",
    ("str", "path"): "pathlib.Path(...) makes a path of a string.",
    ("list", "set"): "set(...) makes a set of a list.",
    ("set", "list"): "list(...) makes a list of a set; sorted(...) also gives it an order.",
    ("str", "int"): "int(...) makes a number of its digits.",
}

_FUNCTIONS = ("function", "builtin_function_or_method", "method")
_LENIENT = {"rtol": 1e-6, "atol": 1e-8, "dtype": "kind"}


def same(yours: Description, expected: Description, settings: dict = _LENIENT) -> bool:
    """Whether the two descriptions are equal under the settings' tolerance."""
    return difference(yours, expected, settings) is None


def difference(
    yours: Description, expected: Description, settings: dict = _LENIENT, where: str = ""
) -> Difference | None:
    """The first difference between two descriptions, or None. Settings: `rtol`, `atol`, `dtype` ("kind" or "exact")."""
    wanted = expected["type"]
    if yours.get("tensor") and not expected.get("tensor"):
        return Difference(
            "It is a TensorFlow tensor, and a NumPy array is asked for: .numpy() turns it into one.", where
        )
    if wanted in ("int", "float", "bool", "complex"):
        return _compare_number(yours, expected, settings, where)
    if wanted == "array":
        return _compare_array(yours, expected, settings, where)
    if wanted == "str" and yours.get("scalar") and yours["value"].dtype.kind == "U":
        yours = {"type": "str", "value": yours["value"].item()}  # a NumPy string counts as the string that it holds
    if yours["type"] != wanted:
        return Difference(_wrong_type(yours, expected), where)
    if wanted in ("list", "tuple"):
        return _compare_sequence(yours, expected, settings, where)
    if wanted in ("set", "frozenset"):
        return _compare_set(yours, expected, where)
    if wanted == "dict":
        return _compare_dict(yours, expected, settings, where)
    if wanted == "model":
        return _compare_model(yours, expected, settings, where)
    if wanted == "str" and yours["value"] != expected["value"]:
        return Difference(_about_text(yours["value"], expected["value"]), where)
    if yours.get("value", yours.get("text")) != expected.get("value", expected.get("text")):
        return Difference("It is not the value asked for.", where)
    return None


def _compare_number(yours: Description, expected: Description, settings: dict, where: str) -> Difference | None:
    wanted, kind, value = expected["type"], yours["type"], yours.get("value")
    if kind == "array" and value.ndim == 0:  # a NumPy scalar counts as the Python number it holds
        kind = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}.get(value.dtype.kind, "array")
        value = value.item()
    allowed = {"int": ("int",), "bool": ("bool",), "float": ("float", "int"), "complex": ("complex", "float", "int")}
    if kind not in allowed[wanted]:
        return Difference(_wrong_type({**yours, "type": kind}, expected), where)
    target = expected["value"]
    if wanted in ("int", "bool"):
        return None if value == target else Difference("It is not the value asked for.", where)
    if isinstance(value, int) and value.bit_length() > 1000:  # no float is as large, and comparing would raise
        return Difference("It is not the value asked for.", where)
    if wanted == "complex":
        value, target = (complex(*v) if isinstance(v, list) else complex(v) for v in (value, target))
        close = abs(value - target) <= settings["atol"] + settings["rtol"] * abs(target)
        return None if close else Difference("It is not the value asked for.", where)
    if math.isnan(value) or math.isnan(target):
        if math.isnan(value) == math.isnan(target):
            return None
        words = "It is NaN (not a number): look for 0/0, inf - inf or the logarithm of a negative number."
        return Difference(words if math.isnan(value) else "NaN is expected here.", where)
    within = settings["atol"] + settings["rtol"] * abs(target)  # a share of infinity is infinity: that is no tolerance
    close = value == target or (math.isfinite(target) and abs(value - target) <= within)
    return None if close else Difference("It is not the value asked for.", where)


def _compare_array(yours: Description, expected: Description, settings: dict, where: str) -> Difference | None:
    import numpy as np

    if yours["type"] != "array":
        return Difference(_wrong_type(yours, expected), where)
    mine, target = yours["value"], expected["value"]
    if yours.get("scalar") and not expected.get("scalar"):
        return Difference(f"It is a single number, and an array of shape {target.shape} is asked for.", where)
    if mine.shape != target.shape:
        return Difference(_about_shapes(mine.shape, target.shape), where)
    if words := _about_nan(mine, target) or _about_dtypes(mine.dtype, target.dtype, settings["dtype"]):
        return Difference(words, where)
    if target.dtype.kind in "bU":
        wrong = mine != target
    else:
        with np.errstate(all="ignore"):
            wrong = ~np.isclose(mine, target, rtol=settings["rtol"], atol=settings["atol"], equal_nan=True)
    if not wrong.any():
        return None
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = (
        f" The first at {list(first)}: {_plain(mine[first])}, expected {_plain(target[first])}." if mine.ndim else ""
    )
    count = (
        "All of its values differ."
        if wrong.all() and wrong.size > 1
        else f"{wrong.sum()} of {wrong.size} values differ."
    )
    return Difference(count + place, where)


def _compare_model(yours: Description, expected: Description, settings: dict, where: str) -> Difference | None:
    """Two models by what they take, give and hold; layers are not compared, since two ways may lead to the same."""
    if yours["problem"] and not expected["problem"]:
        return Difference(about_problem(yours["problem"]), where)
    for key, words in (
        ("inputs", "It takes inputs of shape {}; {} expected."),
        ("outputs", "It gives {}; {} expected."),
    ):
        if yours[key] != expected[key]:
            return Difference(words.format(write_shapes(yours[key]), write_shapes(expected[key])), where)
    for key, words in (("parameters", "parameters"), ("trainable", "trainable parameters")):
        if yours[key] != expected[key]:
            return Difference(f"It has {yours[key]:,} {words}; {expected[key]:,} expected.", where)
    if (yours["compiled"] is None) != (expected["compiled"] is None):
        return Difference("It is not compiled." if expected["compiled"] else "It is compiled; it should not be.", where)
    pairs = [(yours["predictions"], expected["predictions"])]
    if yours["trained"] and expected["trained"]:
        pairs.append((yours["trained"]["predictions"], expected["trained"]["predictions"]))
    for mine, target in pairs:
        if len(mine) != len(target):
            return Difference(f"It predicts for {len(mine)} of {len(target)} batches.", where)
        found = next(
            (d for a, b in zip(mine, target, strict=True) if (d := _compare_array(a, b, settings, where))), None
        )
        if found:
            return Difference(f"It predicts other numbers. {found.words}", where)
    return None


def about_problem(problem: dict) -> str:
    """What went wrong when a model was shown inputs, trained or loaded, in a sentence."""
    message = problem["message"]
    said = f"{problem['error']}: {message[:200].rstrip('.')}{'...' if len(message) > 200 else '.'}"
    doing = {
        "predict": "Shown a batch of inputs, the model raised",
        "fit": "Trained for a few steps, the model raised",
        "load": "The file that it wrote cannot be loaded by keras.models.load_model:",
    }
    return f"{doing[problem['step']]} {said}"


def write_shapes(shapes: list | None) -> str:
    """Shapes as Keras writes them, the batch axis as None: (None, 4)."""
    if not shapes:
        return "a shape that it does not know"
    return " and ".join(str(tuple(shape)) for shape in shapes)


def _compare_sequence(yours: Description, expected: Description, settings: dict, where: str) -> Difference | None:
    mine, target = yours["items"], expected["items"]
    if len(mine) != len(target):
        return Difference(f"It has {_count(len(mine), 'item')}; {len(target)} expected.", where)
    differences = [
        difference(a, b, settings, f"{where}[{i}]") for i, (a, b) in enumerate(zip(mine, target, strict=True))
    ]
    found = next((d for d in differences if d), None)
    if found and sorted(map(repr, mine)) == sorted(map(repr, target)):
        return Difference("It has the right items in another order.", where)
    return found


def _compare_set(yours: Description, expected: Description, where: str) -> Difference | None:
    mine, target = ({repr(_value(i)) for i in d["items"]} for d in (yours, expected))
    if mine == target:
        return None
    missing, extra = sorted(target - mine)[:5], sorted(mine - target)[:5]
    words = [f"Missing: {', '.join(missing)}."] * bool(missing) + [f"Not asked for: {', '.join(extra)}."] * bool(extra)
    return Difference(" ".join(words), where)


def _compare_dict(yours: Description, expected: Description, settings: dict, where: str) -> Difference | None:
    mine, target = ({repr(_value(k)): v for k, v in d["items"]} for d in (yours, expected))
    missing, extra = [k for k in target if k not in mine][:5], [k for k in mine if k not in target][:5]
    if missing or extra:
        words = [f"Missing keys: {', '.join(missing)}."] * bool(missing) + [
            f"Keys not asked for: {', '.join(extra)}."
        ] * bool(extra)
        return Difference(" ".join(words), where)
    for key, value in target.items():
        if found := difference(mine[key], value, settings, f"{where}[{key}]"):
            return found
    return None


def _wrong_type(yours: Description, expected: Description) -> str:
    name = NAMES.get(yours["type"], f"a {yours.get('class', yours['type'])}")
    if yours.get("class", "").startswith("array of dtype"):
        name = f"an {yours['class']} (its rows differ in length or hold mixed things)"
    if yours["type"] == "NoneType":
        return f"It returned None, and {NAMES.get(expected['type'], expected['type'])} is expected. Does every path end in `return`?"
    if yours["type"] == "object" and yours.get("class") in (
        "generator",
        "map",
        "zip",
        "filter",
        "dict_keys",
        "dict_values",
    ):
        return f"It is a {yours['class']}, which makes its items only when asked: list(...) makes a list of it."
    if yours["type"] == "object" and yours.get("class") in _FUNCTIONS:
        return f"It is a function, and {NAMES.get(expected['type'], expected['type'])} is expected: are the parentheses of a call missing?"
    remedy = REMEDIES.get((yours["type"], expected["type"]), "")
    return f"It is {name}, and {NAMES.get(expected['type'], expected['type'])} is expected. {remedy}".rstrip()


def _about_shapes(mine: tuple, target: tuple) -> str:
    words = f"Its shape is {mine}; {target} expected."
    if len(mine) == len(target) and sorted(mine) == sorted(target):
        return words + " The sizes are right, their order is not: which axis comes first?"
    if len(mine) == len(target) and all(abs(a - b) == 1 for a, b in zip(mine, target, strict=True) if a != b):
        return words + " One off: count the first and the last position again."
    if tuple(n for n in mine if n != 1) == tuple(n for n in target if n != 1):
        return words + " An axis of length one is too many or too few."
    return words


def _about_nan(mine: Any, target: Any) -> str | None:
    import numpy as np

    unexpected = np.isnan(mine) if mine.dtype.kind in "fc" else np.zeros(mine.shape, bool)
    if target.dtype.kind in "fc":
        unexpected &= ~np.isnan(target)
    if not unexpected.any():
        return None
    words = "all NaN" if unexpected.all() else f"NaN in {unexpected.sum()} of {mine.size} places"
    return f"It is {words} (not a number): look for 0/0, inf - inf or log(0)."


def _about_dtypes(mine: Any, target: Any, strictness: str) -> str | None:
    families = {
        "i": "integers",
        "u": "integers",
        "f": "floats",
        "b": "booleans",
        "c": "complex numbers",
        "U": "strings",
    }
    if strictness == "exact" and mine != target:
        return f"Its dtype is {mine}; {target} expected. .astype(...) converts."
    if strictness == "any" and mine.kind in "biuf" and target.kind in "biuf":
        return None
    if families[mine.kind] != families[target.kind]:
        return f"It holds {families[mine.kind]} (dtype {mine}); {families[target.kind]} ({target}) expected."
    return None


def _about_text(mine: str, target: str) -> str:
    if mine.strip() == target.strip():
        return "Only white space at the ends differs."
    if mine.lower() == target.lower():
        return "Only upper and lower case differ."
    return "It is not the text asked for."


def _value(described: Description) -> Any:
    """A hashable stand-in for a described key or set member, in which 1 and np.int64(1) are equal."""
    if described["type"] in ("tuple", "frozenset", "list"):
        return tuple(_value(item) for item in described["items"])
    value = described.get("value", described.get("text"))
    return value.item() if described["type"] == "array" and value.ndim == 0 else value


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _plain(value: Any) -> str:
    """A number as a person writes it: 0.25, 3, True."""
    item = value.item() if hasattr(value, "item") else value
    return f"{item:.6g}" if isinstance(item, float) else repr(item)
