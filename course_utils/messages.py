"""What the messages of Python's and NumPy's own errors mean, in plain words, and what to look at.

An explanation says what holds whenever the message appears. It names no cause that the message does not show.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from course_utils.words import with_article

Words = str | Callable[[re.Match], str]


def _by_axes(found: re.Match) -> str:
    """The shapes of an assignment, and the first axis along which they differ."""
    mine, room = found[1], found[2]
    said = (
        f"What stands on the right has the shape {mine}, and the place on the left into which it is written has {room}."
    )
    pairs = list(zip(_sizes(mine), _sizes(room), strict=False))
    axis = next((i for i, (a, b) in enumerate(pairs) if a not in (b, 1)), None)
    if len(_sizes(mine)) != len(_sizes(room)) or axis is None:
        return said
    numbers, places = _counted(pairs[axis][0], "number"), _counted(pairs[axis][1], "place")
    meet = "meets" if pairs[axis][0] == 1 else "meet"
    return f"{said} Along axis {axis}, {numbers} {meet} {places}: where do these two lengths come from?"


def _counted(count: int | str, noun: str) -> str:
    """ "1 place", "2 places"; the plural of axis is axes."""
    return f"{count} {noun if int(count) == 1 else re.sub('is$', 'e', noun) + 's'}"


def _sizes(shape: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", shape)]


def _reshaped(found: re.Match) -> str:
    shape = found[2].replace("newaxis", "-1")  # NumPy writes -1 so
    asked = re.findall(r"-?\d+", shape)
    if "-1" in asked and "0" in asked:
        return (
            f"In the shape {shape} any size would do in place of -1, since there are 0 numbers: write the size itself."
        )
    if "-1" in asked:
        return f"{found[1]} numbers do not fill the shape {shape} evenly: the sizes must divide {found[1]}."
    room = math.prod(map(int, asked))
    return f"The new shape has room for {room} numbers, and there are {found[1]}."


def _attribute(found: re.Match) -> str:
    kind, name = found[1], found[2]
    if kind == "NoneType":
        return _NONE
    if kind in ("list", "tuple") and name in _OF_ARRAYS:
        return f"A {kind} has no `{name}`; an array has, and np.array(...) makes one of it."
    if kind == "ndarray" and name in ("append", "extend", "insert"):
        return "An array does not grow: collect the items in a list, and make an array of it at the end."
    return f"It is {with_article(kind)}, which has no `{name}`: print its type before this line."


def _operands(found: re.Match) -> str:
    sign, left, right = found[1], found[2], found[3]
    if "NoneType" in (left, right):
        return _NONE
    if called := [kind for kind in (left, right) if kind in _CALLED]:
        return f"`{sign}` is given {with_article(called[0])} itself, not its result: is a pair of parentheses missing?"
    if left == right:  # neither can be turned into what it is already
        return f"There is no `{sign}` for two values of the type {left}."
    return f"`{sign}` does not work between {with_article(left)} and {with_article(right)}: turn one into the other's type."


def _out_of_bounds(found: re.Match) -> str:
    index, axis, size = int(found[1]), int(found[2]), int(found[3])
    places = f"has the places 0 to {size - 1}" if size else "is empty"
    return f"Axis {axis} of this array {places}, and the index is {index}. Is it the axis that you mean?"


_OF_ARRAYS = (
    "shape",
    "ndim",
    "size",
    "dtype",
    "astype",
    "sum",
    "mean",
    "max",
    "min",
    "argmax",
    "ravel",
    "flatten",
    "T",
)
_CALLED = ("function", "method", "builtin_function_or_method", "method_descriptor")
_NONE = (
    "Something here is None. Methods that change a list, a dict or a set (`sort`, `append`, `update`, `add`) return None, "
    "and so does a function that ends without `return`."
)
_WHOLE = "A whole number is needed here, and this is a float: `/` gives a float, `//` a whole number."

#: By the kind of the message: what it looks like, and what to say of it.
_MEANINGS: tuple[tuple[str, str, Words], ...] = (
    ("assignment", r"could not broadcast input array from shape (\(.*?\)) into shape (\(.*?\))", _by_axes),
    (
        "assignment",
        r"value array of shape (\(.*?\)) could not be broadcast to indexing result of shape (\(.*?\))",
        _by_axes,
    ),
    (
        "broadcast",
        r"operands could not be broadcast together with (?:remapped )?shapes ((?:\(.*?\) ?)+)",
        lambda m: (
            f"The shapes {' and '.join(re.findall(r'[(].*?[)]', m[1])[:2])} do not fit together. NumPy compares them from the last "
            "number on: the two must be equal, or one of them 1."
        ),
    ),
    (
        "in place",
        r"non-broadcastable output operand with shape (\(.*?\)) doesn't match the broadcast shape (\(.*?\))",
        lambda m: f"`+=` and its like keep the shape of what stands on the left, {m[1]}, and the result has {m[2]}.",
    ),
    (
        "ragged",
        r"inhomogeneous shape",
        "The items of this list, or tuple, differ in shape, so they make no array. Is one of them meant? Else print the shape of each "
        "one: which is smaller than the others? At an edge, a slice that goes beyond the end is cut short.",
    ),
    (
        "several for one",
        r"setting an array element with a sequence",
        "One place of an array was given several numbers.",
    ),
    (
        "stack",
        r"all input arrays must have the same shape",
        "NumPy stacks arrays of one shape only, and these have several shapes.",
    ),
    (
        "concatenate",
        r"(?:dimensions except for the concatenation axis must match|must have same number of dimensions)",
        "Arrays are joined along one axis, and in all the others their shapes must agree: print the shape of each.",
    ),
    ("index", r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", _out_of_bounds),
    (
        "end",
        r"(?:list|tuple|string) (?:assignment )?index out of range",
        "There are fewer items than the index says: positions count from 0, so the last is one less than the length. What is empty "
        "has no item at all.",
    ),
    (
        "axes",
        r"array is (\d+)-dimensional, but (\d+) were indexed",
        lambda m: f"The index names {_counted(m[2], 'axis')}, and the array has {m[1]}: print its shape.",
    ),
    (
        "axis",
        r"axis (-?\d+) is out of bounds for array of dimension (\d+)",
        lambda m: f"The array has {_counted(m[2], 'axis')}, counted from 0: there is no axis {m[1]}.",
    ),
    (
        "truth",
        r"truth value of an array",
        "`if`, `and`, `or`, `not` and Python's own `max`, `min` and `sorted` need one True or False, and a comparison of arrays gives "
        "many. `.all()` or `.any()` makes one of them; `&` and `|` work number by number, as np.maximum and np.minimum do.",
    ),
    (
        "product",
        r"(?:matmul: .*mismatch in its core dimension|shapes? .* not aligned|shape-mismatch for sum)",
        "In a matrix product, the last size of the first array must be the first size of the second one: print both shapes.",
    ),
    ("reshape", r"cannot reshape array of size (\d+) into shape (\(.*?\))", _reshaped),
    (
        "unpack",
        r"not enough values to unpack \(expected (?:at least )?(\d+), got (\d+)\)",
        lambda m: (
            f"The number of names on the left is {m[1]}, and the right side has {_counted(m[2], 'value')}. What does it hold?"
        ),
    ),
    (
        "unpack",
        r"too many values to unpack \(expected (\d+)",
        lambda m: f"The number of names on the left is {m[1]}, and the right side has more values. What does it hold?",
    ),
    (
        "list by tuple",
        r"list indices must be integers or slices, not tuple",
        "A list of lists takes one index after the other, `a[i][j]`. `a[i, j]` is for arrays.",
    ),
    ("float index", r"(?:only integers, slices|indices must be integers|cannot be interpreted as an integer)", _WHOLE),
    ("float index", r"integer argument expected, got float|slice indices must be integers", _WHOLE),
    (
        "unhashable",
        r"unhashable type: '([\w.]+)'",
        lambda m: (
            f"A key of a dict, or a member of a set, may not be something that can change, as {with_article(m[1])} can."
        ),
    ),
    ("none", r"'NoneType' object", _NONE),
    (
        "number as items",
        r"'(?:numpy\.)?(int\d*|float\d*|bool)' object is not (?:subscriptable|iterable)",
        "It is a single number here, and it is used as if it had items.",
    ),
    (
        "operands",
        r"unsupported operand type\(s\) for (\S+): '([\w.]+)' and '([\w.]+)'",
        _operands,
    ),
    (
        "operands",
        r"can only concatenate (\w+) \(not \"([\w.]+)\"\)",
        lambda m: f"`+` joins {with_article(m[1])} to {with_article(m[1])} only, and this is {with_article(m[2])}.",
    ),
    ("attribute", r"'([\w.]+)' object has no attribute '(\w+)'", _attribute),
    (
        "cast",
        r"Cannot cast ufunc '\w+' output from dtype\('(\w+)'\) to dtype\('(\w+)'\)",
        lambda m: f"`+=` and its like keep the dtype of what stands on the left, {m[2]}, and the result is {m[1]}.",
    ),
    (
        "too large",
        r"Python integer (-?\d+) out of bounds for (\w+)",
        lambda m: f"An array of {m[2]} cannot hold {m[1]}: give it a dtype with a larger range.",
    ),
    (
        "empty",
        r"(?:max|min)\(\) (?:arg is an empty sequence|iterable argument is empty)|zero-size array to reduction|empty sequence",
        "There is nothing here to choose from: the input, or what was kept of it, is empty.",
    ),
    (
        "one number",
        r"only (?:length-1|0-dimensional|size-1) arrays can be converted|only integer scalar arrays can be converted",
        "One number is needed here, and this is a whole array, or a list.",
    ),
    (
        "no function",
        r"'([\w.]+)' object is not callable",
        lambda m: (
            f"Parentheses stand behind {with_article(m[1])}, which is no function. Are brackets meant, `[...]`? Or was the name of a "
            "function (`max`, `sum`, `list`) given to a value?"
        ),
    ),
    (
        "no length",
        r"object of type '([\w.]+)' has no len\(\)",
        lambda m: _NONE if m[1] == "NoneType" else f"It is {with_article(m[1])}, which has no length.",
    ),
    (
        "rounding",
        r"type ([\w.]+) doesn't define __round__ method",
        lambda m: (
            f"`round` takes one number, and this is {with_article(m[1].rpartition('.')[2])}."
            + (" np.rint rounds every number of an array." if m[1].endswith("ndarray") else "")
        ),
    ),
    (
        "a layer's shape",
        r"Cannot convert '(\d+)' to a shape",
        lambda m: f"A shape is a tuple, also that of a single axis: ({m[1]},), with a comma.",
    ),
    (
        "a layer's size",
        r"invalid value for (?:`?units`?|`?filters`?), expected a positive integer. Received: \w+=([1-9]\d*)\b",
        lambda m: f"This {m[1]} is a number of NumPy's or a float: `int(...)` makes an int of it.",
    ),
    (
        "as many labels",
        r"inconsistent numbers of samples: \[(\d+), (\d+)\]",
        lambda m: (
            f"One has {_counted(m[1], 'row')} and the other {m[2]}: what is learned from needs a label for each of its rows."
        ),
    ),
    (
        "a layer for a tensor",
        r"Only input tensors may be passed",
        "A layer stands where the result of a layer is needed: call it on what comes before, `layer(x)`.",
    ),
    ("negative size", r"negative dimensions are not allowed", "A size became negative: print it before this line."),
    (
        "chances",
        r"[Pp]robabilities do not sum to 1",
        "The chances of a draw must add up to 1: divide them by their sum.",
    ),
    ("not in list", r"is not in list|x not in list", "What is looked for is not in the list."),
    ("logarithm", r"math domain error|expected a positive input", "This number has no logarithm, or no root."),
    ("dict changed", r"changed size during iteration", "The loop goes over what it changes: let it go over a copy."),
    ("digits", r"invalid literal for int|could not convert string to float", "This text is not a number."),
    (
        "opencv's types",
        r"OpenCV.*(?:depth|Unsupported)",
        "OpenCV does not take every dtype (its colour conversions: uint8, uint16, float32).",
    ),
    (
        "key",
        r"^KeyError: (?!'(?:pop from an empty set|popitem\(\): ))(.*)",
        lambda m: (
            f"The dict has no key {m[1]}, or the set no such member. `in` tests it, and a dict's `get` gives a default instead."
        ),
    ),
    ("zero", r"^ZeroDivisionError", "What it divides by is 0 for this input."),
)


def kind_of(error: dict) -> str:
    """What sort of error was observed: "own" where the answer's own `raise` or `assert` made it; else the kind of its message and
    the numbers in it, such as the two shapes that do not fit; "" for a message that is none of these.
    """
    if "kind" in error:
        return error["kind"]
    if re.search(r"(?:^|:\s*)(?:raise|assert)\b", error.get("code", "")):
        return "own"
    for kind, pattern, _ in _MEANINGS:
        if found := re.search(pattern, _whole(error)):
            return " ".join([kind, *re.findall(r"-?\d+", found[0])])
    return ""


def explanation(error: dict | None) -> str:
    """What the message of an observed error means, in plain words; "" where there is nothing to add."""
    if not error or kind_of(error) in ("own", ""):
        return ""
    for _, pattern, words in _MEANINGS:
        if found := re.search(pattern, _whole(error)):
            return words if isinstance(words, str) else words(found)
    return ""


def _whole(error: dict) -> str:
    return f"{error['types'][0]}: {' '.join(error['message'].split())}"
