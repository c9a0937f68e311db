"""Compare two descriptions and say, in the words a good teacher would choose, what differs."""

from __future__ import annotations

import cmath
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from course_utils.describe import OBJECTS, Description
from course_utils.limits import MOST_COUNTED
from course_utils.words import with_article, write_key


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
    (
        "float",
        "int",
    ): "`/` always gives a float, and so does np.ceil; `//` divides whole numbers, and int(...) makes an int of it.",
    ("str", "path"): "pathlib.Path(...) makes a path of a string.",
    ("list", "set"): "set(...) makes a set of a list.",
    ("set", "list"): "list(...) makes a list of a set; sorted(...) also gives it an order.",
    ("str", "int"): "int(...) makes a number of its digits.",
}

SETS = ("set", "frozenset")

SAYS_NOTHING = "It is not the value asked for."  # beyond what the two values show

#: The Python type of a NumPy number, by its dtype's kind.
_PYTHONS = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex", "U": "str"}

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
        asked = "a NumPy array" if wanted == "array" else NAMES.get(wanted, wanted)
        words = f"It is a TensorFlow tensor, and {asked} is asked for: .numpy() turns it into NumPy's."
        return Difference(words, where)
    if wanted in ("int", "float", "bool", "complex"):
        return _compare_number(yours, expected, settings, where)
    if wanted == "array":
        return _compare_array(yours, expected, settings, where)
    if wanted == "str" and yours.get("scalar") and yours["value"].dtype.kind == "U":
        yours = {"type": "str", "value": yours["value"].item()}  # a NumPy string counts as the string that it holds
    if not _is_of_type(yours, expected):
        return Difference(_wrong_type(yours, expected), where)
    if wanted in ("list", "tuple"):
        return _compare_sequence(yours, expected, settings, where)
    if wanted in SETS:
        return _compare_set(yours, expected, settings, where)
    if wanted == "dict":
        return _compare_dict(yours, expected, settings, where)
    if wanted == "model":
        return _compare_model(yours, expected, settings, where)
    if wanted == "str" and yours["value"] != expected["value"]:
        return Difference(_about_text(yours["value"], expected["value"], where), where)
    if yours.get("value", yours.get("text")) != expected.get("value", expected.get("text")):
        return Difference(SAYS_NOTHING, where)
    return None


def _is_of_type(yours: Description, expected: Description) -> bool:
    """Whether it is of the type asked for; a frozen set is a set."""
    return yours["type"] == expected["type"] or (yours["type"] in SETS and expected["type"] in SETS)


def _is_array_of_objects(described: Description) -> bool:
    """Whether it is an array that holds no numbers: its items are described one by one."""
    return described.get("class", "").startswith(OBJECTS)


def _not_the_number(value: Any, target: Any, where: str) -> Difference:
    """In a container both numbers are written: it may be long, and its beginning alone be seen."""
    short = where and not any(isinstance(n, int) and n.bit_length() > 64 for n in (value, target))
    return Difference(f"It is {_plain(value)}; {_plain(target)} expected." if short else SAYS_NOTHING, where)


def _compare_number(yours: Description, expected: Description, settings: dict, where: str) -> Difference | None:
    wanted, kind = expected["type"], _plain_type(yours)
    value: Any = yours.get("value")
    if yours["type"] == "array" and value.ndim == 0:  # a NumPy scalar counts as the Python number it holds
        value = value.item()
    allowed = {"int": ("int",), "bool": ("bool",), "float": ("float", "int"), "complex": ("complex", "float", "int")}
    if kind not in allowed[wanted]:
        return Difference(_wrong_type(yours, expected), where)
    target = expected["value"]
    if wanted in ("int", "bool"):
        return None if value == target else _not_the_number(value, target, where)
    if isinstance(value, int) and value.bit_length() > 1000:  # no float is as large, and comparing would raise
        return Difference(SAYS_NOTHING, where)
    if wanted == "complex":
        a, b = (complex(*v) if isinstance(v, list) else complex(v) for v in (value, target))
        return None if _near(a, b, settings) else Difference(SAYS_NOTHING, where)
    if math.isnan(value) or math.isnan(target):
        if math.isnan(value) == math.isnan(target):
            return None
        words = "It is NaN (not a number): look for 0/0, inf - inf or the logarithm of a negative number."
        return Difference(words if math.isnan(value) else "NaN is expected here.", where)
    within = settings["atol"] + settings["rtol"] * abs(target)  # a share of infinity is infinity: that is no tolerance
    close = value == target or (math.isfinite(target) and abs(value - target) <= within)
    return None if close else _not_the_number(value, target, where)


def _near(value: complex, target: complex, settings: dict) -> bool:
    """Whether two complex numbers are equal within the tolerance; NaN and infinity are equal to themselves alone."""
    parts = (value.real, target.real), (value.imag, target.imag)
    if value == target or not (cmath.isfinite(value) and cmath.isfinite(target)):
        return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in parts)
    away, size = (math.hypot(z.real, z.imag) for z in (value - target, target))  # `abs` raises where it overflows
    return away <= settings["atol"] + settings["rtol"] * size


def _compare_array(yours: Description, expected: Description, settings: dict, where: str) -> Difference | None:
    import numpy as np

    if yours["type"] != "array":
        return Difference(_wrong_type(yours, expected), where)
    mine, target = yours["value"], expected["value"]
    if yours.get("scalar") and not expected.get("scalar"):
        return Difference(f"It is a single number, and an array of shape {target.shape} is asked for.", where)
    if mine.shape != target.shape:
        return Difference(_about_shapes(mine.shape, target.shape) + _too_many_or_few(mine, target), where)
    if words := _about_nan(mine, target) or _about_dtypes(mine.dtype, target.dtype, settings["dtype"]):
        return Difference(words, where)
    whole = mine.dtype.kind in "iu" and target.dtype.kind in "iu" and settings["atol"] < 1
    if target.dtype.kind in "bU" or whole:  # a share of a large whole number would let its neighbours through
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
    pairs = enumerate(zip(mine, target, strict=True))
    found = next((d for i, (a, b) in pairs if (d := difference(a, b, settings, f"{where}[{i}]"))), None)
    yours_by, target_by = list(map(identity, mine)), list(map(identity, target))
    if found and yours_by != target_by and sorted(yours_by) == sorted(target_by):  # [1.0] for [1] is no other order
        return Difference("It has the right items in another order.", where)
    return found


def _compare_set(yours: Description, expected: Description, settings: dict, where: str) -> Difference | None:
    mine, target = ({identity(item): item for item in side["items"]} for side in (yours, expected))
    missing, extra = _unpaired(mine, target, settings)
    if not missing and not extra:
        return None
    words = [f"Missing: {_listed(missing)}."] * bool(missing) + [f"Not asked for: {_listed(extra)}."] * bool(extra)
    return Difference(" ".join(words), where)


def _compare_dict(yours: Description, expected: Description, settings: dict, where: str) -> Difference | None:
    mine, target = ({identity(key): (key, item) for key, item in side["items"]} for side in (yours, expected))
    missing, extra = ([a[k][0] for k in a if k not in b] for a, b in ((target, mine), (mine, target)))
    if missing or extra:
        words = [f"Missing keys: {_listed(missing)}."] * bool(missing) + [
            f"Keys not asked for: {_listed(extra)}."
        ] * bool(extra)
        return Difference(" ".join(words), where)
    for name, (key, item) in target.items():
        if found := difference(mine[name][1], item, settings, f"{where}[{write_key(key)}]"):
            return found
    return None


def _unpaired(mine: dict, target: dict, settings: dict) -> tuple[list[Description], list[Description]]:
    """Of two sets by identity, the members that only the second and only the first has, but for rounding."""
    missing = sorted((target[k] for k in target if k not in mine), key=_order)
    extra = sorted((mine[k] for k in mine if k not in target), key=_order)
    if len(missing) == len(extra) and all(same(a, b, settings) for a, b in zip(extra, missing, strict=True)):
        return [], []
    return missing, extra


def _listed(items: list[Description]) -> str:
    return ", ".join(map(write_key, items[:5])) + (", ..." if len(items) > 5 else "")


def identity(described: Description) -> str:
    """A text that two described values share just where Python calls them equal: 1, 1.0, True and np.int64(1) do.

    Texts, because a hostile set of numbers that all have one hash would take for ever to look up; a text's hash is drawn
    anew for each process.
    """
    kind = described["type"]
    if kind == "array" and described["value"].ndim == 0 and described["value"].dtype.kind in "biufcU":
        return _identity_of(described["value"].item())
    if kind == "array":
        array = described["value"]
        return _framed("array", [str(array.shape), array.dtype.name, array.tobytes().hex()])
    if kind in ("bool", "int", "float", "str"):
        return _identity_of(described["value"])
    if kind == "complex":
        return _identity_of(complex(*described["value"]))
    if kind in SETS:
        return _framed("set", sorted(map(identity, described["items"])))
    if kind in ("list", "tuple"):
        return _framed(kind, map(identity, described["items"]))
    if kind == "dict":
        return _framed(kind, sorted(identity(key) + identity(item) for key, item in described["items"]))
    value = described.get("value", described.get("text", ""))
    return _framed(kind, [value.hex() if isinstance(value, bytes) else str(value)])


def _identity_of(value: Any) -> str:
    """The identity of one number or text."""
    if isinstance(value, str):
        return _framed("str", [value])
    if isinstance(value, complex):
        if value.imag:
            return _framed("complex", [_identity_of(value.real), _identity_of(value.imag)])
        value = value.real
    if isinstance(value, float) and not value.is_integer():
        return _framed("number", [value.hex()])  # NaN is equal to NaN here: no learner should have to explain it
    return _framed("number", [hex(int(value))])


def _framed(kind: str, parts: Iterable[str]) -> str:
    """Each part after its length, so that no two lists of them give the same text."""
    return f"{kind}({''.join(f'{len(part)}:{part}' for part in parts)})"


def _order(described: Description) -> tuple:
    """By what members of a set are sorted, so that those that are equal but for rounding stand at the same place."""
    kind: str = described["type"]
    value: Any = described.get("value")
    if kind == "array" and value.ndim == 0:
        kind, value = "float", value.item()
    if kind in ("bool", "int", "float") and isinstance(value, int | float) and value == value:
        return (0, value, "")
    if kind in ("tuple", "list"):
        return (1, 0, tuple(map(_order, described["items"])))
    return (2, 0, identity(described))


#: Objects that make their items only when asked.
_LAZY = (
    "generator",
    "map",
    "zip",
    "filter",
    "range",
    "dict_keys",
    "dict_values",
    "dict_items",
    "enumerate",
    "reversed",
)


def _wrong_type(yours: Description, expected: Description) -> str:
    name, asked = _type_name(yours), NAMES.get(expected["type"], expected["type"])
    if yours["type"] == "NoneType":
        return f"It returned None, and {asked} is expected. Does every path end in `return`?"
    if yours["type"] == "object" and yours.get("class") in _LAZY:
        make = {"tuple": "tuple", "set": "set", "frozenset": "frozenset"}.get(expected["type"], "list")
        lazy = f"It is a {yours['class']}, which makes its items only when asked: {make}(...) makes"
        return f"{lazy} {NAMES[make]} of it."
    if yours["type"] == "object" and yours.get("class") in _FUNCTIONS:
        return f"It is a function, and {asked} is expected: are the parentheses of a call missing?"
    if _is_array_of_objects(yours) and expected["type"] == "array":
        need = "`.astype(...)` gives it another, where its rows are equally long and hold nothing else than numbers."
        return f"It is {name}, and an array of numbers is expected. {need}"
    pair = (_plain_type(yours), expected["type"])
    remedy = REMEDIES.get(pair, "") if _is_a_number(yours, pair) else ""
    return f"It is {name}, and {asked} is expected. {remedy}".rstrip()


def _is_a_number(described: Description, pair: tuple[str, str]) -> bool:
    """False for what stands in a whole number's place and would make none: a float with a fraction, a string of no digits."""
    if pair == ("float", "int"):
        return _is_integral(described)
    return pair != ("str", "int") or str(described["value"]).strip().lstrip("+-").isdecimal()  # NumPy's strings as well


def _is_integral(described: Description) -> bool:
    """Whether a float is a whole number, so that only its type is wrong."""
    value = described["value"]
    return float(value.item() if hasattr(value, "item") else value).is_integer()


def _type_name(described: Description) -> str:
    """What it is, to a learner: "an int", "a NumPy int64", "a deque"."""
    kind = described.get("class", "")
    if _is_array_of_objects(described):
        return f"an {kind}"
    if described.get("tensor"):
        return "a TensorFlow tensor"
    if described.get("scalar"):
        return f"a NumPy {described['value'].dtype.name}"
    if described["type"] == "array" and described["value"].ndim == 0:
        return "a NumPy array of no dimension"
    return with_article(kind) if kind else NAMES.get(described["type"], f"a {described['type']}")


def _plain_type(described: Description) -> str:
    """The Python type that a NumPy scalar stands for; otherwise its own."""
    if _is_array_of_objects(described):
        return "array"
    if described["type"] == "array" and described["value"].ndim == 0:
        return _PYTHONS.get(described["value"].dtype.kind, "array")
    return described["type"]


def _about_shapes(mine: tuple, target: tuple) -> str:
    return f"Its shape is {mine}; {target} expected."  # what all wrong shapes have in common: course_utils.clues


FEW = 5  # numbers that a sentence lists


def _too_many_or_few(mine: Any, target: Any) -> str:
    """Of two lists of whole numbers, which of them are too many or missing, where these are few."""
    if not (mine.ndim == target.ndim == 1 and mine.dtype.kind in "iu" and target.dtype.kind in "iu"):
        return ""
    if max(mine.size, target.size) > MOST_COUNTED:
        return ""
    a, b = Counter(mine.tolist()), Counter(target.tolist())
    found = (("Too many", sorted((a - b).elements())), ("Missing", sorted((b - a).elements())))
    if any(len(numbers) > FEW for _, numbers in found):
        return ""
    return "".join(f" {what}: {', '.join(map(str, numbers))}." for what, numbers in found if numbers)


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


def _about_text(mine: str, target: str, where: str = "") -> str:
    if mine.strip() == target.strip():
        return "Only white space at the ends differs."
    if mine.lower() == target.lower():
        return "Only upper and lower case differ."
    if where and max(len(mine), len(target)) <= SHORT_TEXT:
        return f"It is {mine!r}; {target!r} expected."
    return "It is not the text asked for."


SHORT_TEXT = 40  # characters, of texts in a container that are written side by side


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _plain(value: Any) -> str:
    """A number as a person writes it: 0.25, 3, True."""
    item = value.item() if hasattr(value, "item") else value
    return f"{item:.6g}" if isinstance(item, float) else repr(item)
