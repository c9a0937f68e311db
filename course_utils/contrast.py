"""Which examples fail, and what they have that the others do not: a fact about the inputs, such as "where `stride` is above 1"."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from course_utils.compare import identity
from course_utils.describe import Description
from course_utils.limits import MAX_WORDS, MOST_VALUES

LEAST_PASSING = 2  # examples that are right; with fewer, nearly everything would tell them apart
LEAST_ON_EACH_SIDE = 3  # examples that are wrong, and right, of a property that any argument may have by chance
NAMED_AT_ONCE = 2  # that tell them apart; where there are more, nobody knows which of them matters


def contrast(
    parameters: list[str], probes: list[dict], failures: Any, refused: Any = (), *, only_sure: bool = False
) -> str:
    """What all failing probes have and no other has, in words; "" where nothing tells them apart.

    Where a single probe fails, much tells it apart by chance: then only what stands out counts, such as an empty input. What any
    array or list may hold counts only with enough examples on both sides, and not with `only_sure`: where something else is said.
    `refused`: the probes that ask for an error.
    """
    failing = set(failures)
    aside = set() if failing & {*refused} else {*refused}  # to refuse what is to be refused says nothing of the values
    if said := _of_the_only(parameters, [(i in failing, probe) for i, probe in enumerate(probes) if i not in aside]):
        return said
    if len(probes) - len(failing) < LEAST_PASSING:
        return ""
    more = dict.fromkeys(name for probe in probes for name in probe["kwargs"] if name not in parameters)
    names, arguments = [*parameters, *more], [_by_name(probe, parameters) for probe in probes]

    def tells_apart(property: Property) -> bool:
        return all(_safely(property.test, args) == (i in failing) for i, args in enumerate(arguments))

    several = len(failing) > 1
    enough = not only_sure and min(len(failing), len(probes) - len(failing)) >= LEAST_ON_EACH_SIDE
    found = []
    for name in names:
        of_one = _of_one(name, [args[name] for args in arguments if name in args])
        offered = (one for one in of_one if one.stands_out or (several and (enough or not one.common)))
        found += list(filter(tells_apart, offered))[:1]
    if len(found) > 1:
        found = [one for one in found if one.chosen]
    if not found and several:
        words = [one for name in names for one in _of_words(name, arguments) if tells_apart(one)]
        found = words if len(words) <= NAMED_AT_ONCE else []
    if not found and several:
        found = list(filter(tells_apart, _of_two(names)))[:1]
    if not found or len(found) > NAMED_AT_ONCE:
        return ""
    return f"It is wrong only where {' and '.join(one.words for one in found)}, and right elsewhere."


def _of_the_only(parameters: list[str], tried: list[tuple[bool, dict]]) -> str:
    """For which values of its one argument, a number, it is right, and for which it is wrong."""
    arguments = [_by_name(probe, parameters) for _, probe in tried]
    if len(parameters) != 1 or any([*args] != parameters for args in arguments):
        return ""
    name = parameters[0]
    try:
        values = [_number(args[name]) for args in arguments]
    except TypeError:
        return ""
    wrong, right = (
        sorted({value for value, (fails, _) in zip(values, tried, strict=True) if fails == which})
        for which in (True, False)
    )
    if not right or len(wrong) + len(right) < LEAST_VALUES or {*wrong} & {*right}:
        return ""
    if right[-1] < wrong[0]:
        words = f"right up to `{name}` = {right[-1]} and wrong from {wrong[0]} on"
    elif wrong[-1] < right[0]:
        words = f"wrong up to `{name}` = {wrong[-1]} and right from {right[0]} on"
    elif not any(wrong[0] < value < wrong[-1] for value in right):
        between = f"from `{name}` = {wrong[0]} to {wrong[-1]}" if len(wrong) > 1 else f"for `{name}` = {wrong[0]}"
        words = f"wrong {between} and right elsewhere"
    elif len(right) <= MOST_VALUES:
        words = f"right for `{name}` = {_listed(right)} and wrong elsewhere"
    elif len(wrong) <= MOST_VALUES:
        words = f"wrong for `{name}` = {_listed(wrong)} and right elsewhere"
    else:
        return ""
    return f"Of the examples it is {words}."


LEAST_VALUES = 4  # examples that there must be


def _listed(values: list) -> str:
    *first, last = map(str, values)
    return f"{', '.join(first)} and {last}" if first else last


def _by_name(probe: dict, parameters: list[str]) -> dict[str, Description]:
    return {**dict(zip(parameters, probe["args"], strict=False)), **probe["kwargs"]}


def _safely(test: Callable[[dict], Any], args: dict) -> bool:
    try:
        return bool(test(args))
    except (KeyError, TypeError, ValueError, IndexError):  # the property does not apply to this probe
        return False


@dataclass(frozen=True)
class Property:
    """What may be said of a probe's arguments, and whether it stands out even where a single probe has it."""

    words: str
    test: Callable[[dict], Any]
    stands_out: bool = False
    common: bool = False  # whether any argument may have it by chance, as an array that holds a number above 1
    chosen: bool = False  # whether somebody chose it, as `padding='same'`: other properties may be there by chance


def _of_words(name: str, arguments: list[dict]) -> Iterator[Property]:
    """The words that an argument holds, however deep: the names of layers and of their settings, say."""
    found = dict.fromkeys(word for args in arguments if name in args for word in _words(args[name]))
    for word in found if len(found) <= MAX_WORDS else ():
        yield Property(f"`{name}` has {word!r}", _named(name, _has(word)))


def _words(described: Description) -> Iterator[str]:
    if "items" in described:
        for item in described["items"]:
            for part in item if described["type"] == "dict" else [item]:
                yield from _words(part)
    elif _is_word(described):
        yield described["value"]


def _of_two(names: list[str]) -> Iterator[Property]:
    for a in names:
        for b in names:
            if a != b:
                yield Property(f"`{a}` is larger than `{b}`", _compared(a, b, lambda m, n: m > n))
                yield Property(f"`{b}` does not divide `{a}`", _compared(a, b, lambda m, n: m % (n or 1)))


def _named(name: str, test: Callable[[Any], Any]) -> Callable[[dict], Any]:
    """The test, of the argument of this name."""
    return lambda args: test(args[name])


def _has(word: str) -> Callable[[Description], bool]:
    return lambda described: word in set(_words(described))


def _is(value: Description) -> Callable[[Description], bool]:
    return lambda described: identity(described) == identity(value)


def _of(take: Callable[[Description], Any], test: Callable[[Any], Any]) -> Callable[[Description], Any]:
    return lambda described: test(take(described))


def _compared(a: str, b: str, test: Callable[[int, int], Any]) -> Callable[[dict], Any]:
    return lambda args: test(_int(args[a]), _int(args[b]))


def _of_one(name: str, values: list[Description]) -> Iterator[Property]:
    """What may be said of one argument, the simplest first."""
    kinds = {value["type"] for value in values}
    for value in {identity(v): v for v in values if v["type"] in ("bool", "NoneType") or _is_word(v)}.values():
        words = f"`{name}` is {value.get('value')!r}"
        yield Property(words, _named(name, _is(value)), stands_out=True, chosen=True)
    scalar = any(value.get("scalar") for value in values)
    for offered, tests, take in (
        ("str" in kinds, _OF_TEXTS, _text),
        (scalar or kinds & {"int", "float"}, _OF_NUMBERS, _number),
        ("array" in kinds, _OF_ARRAYS, _array),
        (kinds & {"list", "tuple", "set", "dict"}, _OF_ITEMS, lambda described: described),
    ):
        for words, test, stands_out in tests if offered else ():
            common = tests is _OF_ARRAYS or tests is _OF_ITEMS
            yield Property(f"`{name}` {words}", _named(name, _of(take, test)), stands_out, common)
    if scalar:
        yield Property(f"`{name}` is a NumPy number", _named(name, lambda described: described.get("scalar")), True)
    yield Property(f"`{name}` is given", lambda args: name in args, stands_out=True, chosen=True)


def _is_word(described: Description) -> bool:
    return described["type"] == "str" and 0 < len(described["value"]) <= 20 and described["value"].isidentifier()


def _text(described: Description) -> str:
    if described["type"] != "str":
        raise TypeError
    return described["value"]


def _number(described: Description) -> Any:
    if described.get("scalar"):
        return described["value"].item()
    if described["type"] not in ("int", "float"):
        raise TypeError
    return described["value"]


def _int(described: Description) -> int:
    if described["type"] != "int":
        raise TypeError
    return described["value"]


def _array(described: Description) -> Any:
    if described["type"] != "array" or described.get("scalar"):
        raise TypeError
    return described["value"]


def _items(described: Description) -> list:
    """The items of a container; of a dict its values."""
    items = described["items"]
    return [value for _, value in items] if described["type"] == "dict" else items


def _deep(described: Description) -> Iterator[Description]:
    """All numbers and texts that a container holds, however deep."""
    if "items" in described:
        for item in _items(described):
            yield from _deep(item)
    else:
        yield described


def _repeats(items: list) -> bool:
    return len({*map(identity, items)}) < len(items)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_OF_TEXTS: tuple[tuple[str, Callable[[str], Any], bool], ...] = (
    ("is empty", lambda t: not t, True),
    ("has capital letters", lambda t: t != t.lower(), True),
    (
        "has more than one space, or a new line, between words",
        lambda t: len(t.split()) > 1 and " ".join(t.split()) != t.strip(),
        True,
    ),
    ("has a space at its beginning or end", lambda t: t != t.strip(), False),
    ("has digits", lambda t: any(c.isdigit() for c in t), True),
    ("has letters beyond a to z", lambda t: any(c.isalpha() and not c.isascii() for c in t), True),
)
_OF_NUMBERS: tuple[tuple[str, Callable[[Any], Any], bool], ...] = (
    ("is negative", lambda n: n < 0, True),
    ("is 0", lambda n: n == 0, True),
    ("is 1", lambda n: n == 1, False),
    ("is above 1", lambda n: _is_whole(n) and n > 1, True),
    ("is not whole", lambda n: n != math.floor(n), True),
)
_OF_ARRAYS: tuple[tuple[str, Callable[[Any], Any], bool], ...] = (
    ("is empty", lambda a: a.size == 0, True),
    ("is not square", lambda a: a.ndim >= 2 and a.shape[0] != a.shape[1], True),
    ("has more than one channel", lambda a: a.ndim == 3 and a.shape[2] > 1, True),
    ("has one row", lambda a: a.ndim >= 2 and len(a) == 1, False),
    ("has more than one row", lambda a: a.ndim >= 2 and len(a) > 1, False),
    ("holds negative numbers", lambda a: a.size and a.min() < 0, False),
    ("holds fractions", lambda a: a.dtype.kind == "f" and (a != a.round()).any(), False),
    ("is of uint8", lambda a: a.dtype.name == "uint8", True),
    ("is an array of floats", lambda a: a.dtype.kind == "f", False),
    ("has two axes", lambda a: a.ndim == 2, False),
    ("has three axes", lambda a: a.ndim == 3, False),
    ("holds a number more than once", lambda a: a.ndim == 1 and len({*a.tolist()}) < a.size, False),
    ("holds numbers above 1", lambda a: a.size and a.max() > 1, False),
)
_OF_ITEMS: tuple[tuple[str, Callable[[Description], Any], bool], ...] = (
    ("is empty", lambda d: not d["items"], True),
    ("has one item", lambda d: len(d["items"]) == 1, False),
    ("has more than one item", lambda d: len(d["items"]) > 1, False),
    ("has more than two items", lambda d: len(d["items"]) > 2, False),
    ("holds something empty", lambda d: any(i.get("items") == [] for i in _items(d)), True),
    (
        "is empty, or holds something empty",
        lambda d: not d["items"] or any(i.get("items") == [] for i in _items(d)),
        True,
    ),
    (
        "holds an item more than once",
        lambda d: _repeats(_items(d)) or any("items" in i and _repeats(_items(i)) for i in _items(d)),
        False,
    ),
    ("holds a 0", lambda d: any(v["type"] == "int" and v["value"] == 0 for v in _deep(d)), False),
    ("holds NaN", lambda d: any(v["type"] == "float" and v["value"] != v["value"] for v in _deep(d)), True),
    ("is a tuple", lambda d: d["type"] == "tuple", False),
    ("is a set", lambda d: d["type"] == "set", False),
    ("holds texts", lambda d: any(v["type"] == "str" for v in _deep(d)), False),
)
