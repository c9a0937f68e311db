"""What all wrong results of an answer have in common, in words: facts that hold on every probe on which it fails.

No exercise declares these: a sum in place of a mean, a row that was lost, rows that are one and the same, a number that
went round at 256, and which examples it is that fail. A clue is given only where it is true of every failing probe.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from course_utils.compare import identity, same
from course_utils.contrast import contrast
from course_utils.describe import Description
from course_utils.limits import MAX_COMPARED
from course_utils.places import elsewhere, other_shape

WIDEST_BORDER = 3  # rows and columns on each side
LEAST_INSIDE = 4  # numbers that are right and not at the border, of all failing examples


def clue(pack: dict, observations: list[dict], failures: Any) -> str:
    """A sentence that is true of all failing probes, what comes out first and then which inputs fail; "" where there is none."""
    refused = [i for i, expected in enumerate(pack["expected"]) if "value" not in expected and "expect" not in expected]
    said = _of_results(pack, observations, failures)
    where = contrast(pack["parameters"], pack["probes"], failures, refused, only_sure=bool(said))
    return " ".join(filter(None, [said, where]))


def _of_results(pack: dict, observations: list[dict], failures: Any) -> str:
    pairs = _pairs(pack, observations, failures)
    if not pairs:
        return ""
    looks = (_argument, _of_dtypes, _of_texts, _of_lists, _of_tables, _of_numbers)
    said = next((words for look in looks if (words := look(pack, pairs))), "")
    return " ".join(filter(None, [said, _of_places(pairs)]))


def _pairs(pack: dict, observations: list[dict], failures: Any) -> list:
    """(yours, expected, probe) of all that fails; [] where something is no value."""
    pairs = []
    for i in failures:
        seen, expected = observations[i], pack["expected"][i]
        if "value" not in seen or "value" not in expected:
            return []
        pairs.append((seen["value"], expected["value"], pack["probes"][i]))
    return pairs


def is_one_change(pack: dict, observations: list[dict], failures: Any) -> bool:
    """Whether all that fails is what is expected, changed in one way that can be named: nothing else needs to be asked."""
    parts = [part for mine, target, _ in _pairs(pack, observations, failures) for part in _parts(mine, target)]
    differing = [part for part in parts if part is None or _differ(*part)]
    numbers = [part for part in differing if part is not None]
    if not numbers or len(numbers) < len(differing) or sum(b.size for _, b in numbers) > MAX_COMPARED:
        return False
    looks = (_changed, _factor, _offset, _changed_by_a_curve, _axes_reversed, _moved)
    return all(a.shape == b.shape for a, b in numbers) and any(look(numbers) for look in looks)


def _of_places(pairs: list) -> str:
    """Of results that are tuples, one part is wrong, the same in all, and the others are right."""
    if not all(a["type"] == b["type"] == "tuple" and len(a["items"]) == len(b["items"]) for a, b, _ in pairs):
        return ""
    wrong = {
        tuple(i for i, (one, other) in enumerate(zip(a["items"], b["items"], strict=True)) if not same(one, other))
        for a, b, _ in pairs
    }
    if len(wrong) != 1 or wrong == {()} or any(len(b["items"]) < 2 for _, b, _ in pairs):
        return ""
    places = wrong.pop()
    return f"Only its part [{places[0]}] is wrong." if len(places) == 1 else _of_lengths(places, pairs)


def _of_lengths(places: tuple[int, ...], pairs: list) -> str:
    """Of results that are tuples, some parts have too many items, and others too few."""
    said = []
    for i in places:
        sides = [(_flat(a["items"][i]), _flat(b["items"][i])) for a, b, _ in pairs]
        lists = [(a, b) for a, b in sides if a is not None and b is not None and len(a) != len(b)]
        if len(lists) == len(sides) and all(_is_within(a, b) for a, b in lists):
            said.append(f"in its part [{i}] items are missing")
        elif len(lists) == len(sides) and all(_is_within(b, a) for a, b in lists):
            said.append(f"in its part [{i}] are items that are not asked for")
        else:
            return ""
    words = " and ".join(said)
    return f"{words[:1].upper()}{words[1:]}; the others are right."


def _flat(described: Description) -> list | None:
    """The items of a list, or of an array of one axis, as something that can be compared; None for what is neither."""
    if described["type"] == "array":
        return described["value"].tolist() if described["value"].ndim == 1 else None
    return [*map(identity, described["items"])] if described["type"] in ("list", "tuple") else None


def _argument(pack: dict, pairs: list) -> str:
    """It returns one of its arguments."""
    for place, name in enumerate(pack["parameters"]):
        given = [p["kwargs"].get(name, p["args"][place] if place < len(p["args"]) else None) for _, _, p in pairs]
        if all(
            arg is not None
            and "ref" not in arg
            and arg["type"] == mine["type"]  # np.array(True) is equal to 1, and is not the 1 that came
            and identity(arg) == identity(mine)
            for arg, (mine, _, _) in zip(given, pairs, strict=True)
        ):
            return f"It returns its argument `{name}` as it came."
    return ""


def _of_dtypes(pack: dict, pairs: list) -> str:
    """Arrays that have one dtype always, where each is to have its own."""
    if not all(a["type"] == b["type"] == "array" for a, b, _ in pairs):
        return ""
    mine, targets = ({side[i]["value"].dtype.name for side in pairs} for i in (0, 1))
    if len(mine) != 1 or len(targets) < 2 or targets & mine or pack["settings"]["dtype"] != "exact":
        return ""
    return f"Your result is of {mine.pop()} always. The dtype that is expected differs from example to example."


def _of_texts(pack: dict, pairs: list) -> str:
    if not all(a["type"] == b["type"] == "str" for a, b, _ in pairs):
        return ""
    texts = [(a["value"], b["value"]) for a, b, _ in pairs]
    if all("".join(a.split()) == "".join(b.split()) for a, b in texts):
        glued = all(len(a.split()) < len(b.split()) for a, b in texts)
        return (
            "Words run together: only the spaces between them are missing."
            if glued
            else "Only the white space differs."
        )
    if all(a == b[::-1] for a, b in texts):
        return "It is the expected text, backwards."
    words = [(a.split(), b.split()) for a, b in texts]
    if all(a != b and sorted(a) == sorted(b) for a, b in words):
        return "The words are right, and their order is not."
    for missing in (True, False):
        (few, many) = (0, 1) if missing else (1, 0)
        if all(len(pair[few]) < len(pair[many]) and _is_within(pair[few], pair[many]) for pair in words):
            left = _left_over(words[0][few], words[0][many])
            what = "Some of the words are missing" if missing else "It has words that are not asked for"
            return f"{what}; the rest is right. In this example: {', '.join(map(repr, left[:4]))}."
    return _of_characters(texts)


def _of_characters(texts: list[tuple[str, str]]) -> str:
    """Characters that all texts have and should not, or should have and have not; "" where these are many."""
    said = []
    for mine, other, words in ((0, 1, "It has {}, which the expected text has not."), (1, 0, "It lacks {}.")):
        only = [sorted({*pair[mine]} - {*pair[other]}) for pair in texts]
        found = dict.fromkeys(c for characters in only for c in characters)
        if all(only) and len(found) <= NAMED:
            said.append(words.format(" and ".join(map(_name_of, found))))
    return " ".join(said)


NAMED = 3  # characters


def _name_of(character: str) -> str:
    names = {" ": "spaces", "\n": "new lines", "\t": "tabs", "'": "the apostrophe"}
    return names.get(character, f"'{character}'")


def _is_within(few: list, many: list) -> bool:
    """Whether the items of `few` stand in `many` in the same order."""
    rest = iter(many)
    return all(item in rest for item in few)


def _left_over(few: list, many: list) -> list:
    """The items of `many` that `few`, which stands within it, leaves out."""
    left, place = [], 0
    for item in many:
        if place < len(few) and few[place] == item:
            place += 1
        else:
            left.append(item)
    return left


def _of_lists(pack: dict, pairs: list) -> str:
    """Lists and tuples of other lengths."""
    if not all(
        a["type"] in ("list", "tuple") and b["type"] == a["type"] and len(a["items"]) != len(b["items"])
        for a, b, _ in pairs
    ):
        return ""
    sides = [([*map(identity, a["items"])], [*map(identity, b["items"])]) for a, b, _ in pairs]
    for few, many, what in ((0, 1, "is missing"), (1, 0, "is one too many")):
        if not all(len(s[few]) < len(s[many]) for s in sides):
            continue
        for test, words in (
            (lambda a, b: a == b[:-1], f"The last item {what}; the others are right."),
            (lambda a, b: a == b[1:], f"The first item {what}; the others are right."),
            (
                _is_within,
                f"{'Items are missing' if few == 0 else 'It has items that are not asked for'}; the others are right.",
            ),
        ):
            if all(s[few] and test(s[few], s[many]) for s in sides):
                return words
    return ""


def _of_tables(pack: dict, pairs: list) -> str:
    """Dicts of columns: rows that are missing or too many, or that stand in another order."""
    sides = [(_rows(a), _rows(b)) for a, b, _ in pairs]
    tables = [(a, b) for a, b in sides if a is not None and b is not None]
    if len(tables) < len(sides):
        return ""
    if all(len(a) > len(b) and _is_within(b, a) for a, b in tables):
        return "It has rows that are not asked for; the others are right."
    if all(len(a) < len(b) and _is_within(a, b) for a, b in tables):
        return "Rows are missing; the others are right."
    if all(a == b for a, b in tables):
        return ""  # something else is wrong with them
    if all(sorted(a) == sorted(b) for a, b in tables):
        return "The rows are right, and their order is not."
    if all(len(a) == len(b) for a, b in tables):
        return "It has as many rows as it should, and some of them are others."
    return ""


def _rows(described: Description) -> list[tuple[str, ...]] | None:
    """The rows of a dict of lists that are equally long; None for what is none."""
    if described["type"] != "dict" or len(described["items"]) < 2:
        return None
    columns = [value for _, value in sorted(described["items"], key=lambda item: identity(item[0]))]
    if any(column["type"] != "list" for column in columns) or len({len(column["items"]) for column in columns}) != 1:
        return None
    return [*zip(*(map(identity, column["items"]) for column in columns), strict=True)]


def _of_numbers(pack: dict, pairs: list) -> str:
    """What holds of all parts that hold numbers and differ."""
    parts, sizes, as_large = [], [], []
    for mine, target, probe in pairs:
        found = list(_parts(mine, target))
        if any(part is None for part in found):
            return ""
        differing = [part for part in found if part is not None and _differ(*part)]
        parts += differing
        given = [*probe["args"], *probe["kwargs"].values()]
        sizes += [set().union(*map(_sizes_of, given))] * len(differing)
        pictures = {arg["value"].shape[:2] for arg in given if arg["type"] == "array" and arg["value"].ndim > 1}
        as_large += [mine.ndim > 1 and mine.shape[:2] in pictures for mine, _ in differing]
    if not parts or sum(b.size for _, b in parts) > MAX_COMPARED:
        return ""
    alike = all(a.shape == b.shape for a, b in parts)
    last: list[Callable] = [
        _last_left_at_zero,
        lambda parts: _border(parts, as_large),
        _where,
        _of_last_axis,
        lambda parts: _mean_or_sum(parts, sizes),
        _wrong_ones,
    ]
    looks = [*_ALIKE, *last] if alike else _OTHER_SHAPES
    return next((words for look in looks if (words := look(parts))), "")


def _parts(mine: Description, target: Description) -> Iterator[tuple[Any, Any] | None]:
    """Pairs of arrays at the same places of two values; None for a part that holds no numbers on both sides."""
    a, b = _as_array(mine), _as_array(target)
    if a is not None and b is not None:
        yield a, b
    elif (
        mine["type"] == target["type"]
        and mine["type"] in ("list", "tuple")
        and len(mine["items"]) == len(target["items"])
    ):
        for one, other in zip(mine["items"], target["items"], strict=True):
            yield from _parts(one, other)
    elif mine["type"] == target["type"] == "dict":
        other = {identity(key): value for key, value in target["items"]}
        for key, value in mine["items"]:
            yield from _parts(value, other[identity(key)]) if identity(key) in other else [None]
    elif identity(mine) != identity(target):
        yield None


def _as_array(described: Description) -> Any:
    """A number, an array of numbers or nested lists of numbers as an array; None for what is neither."""
    import numpy as np

    kind = described["type"]
    if kind == "array":
        return described["value"] if described["value"].dtype.kind in "biuf" else None
    if kind in ("int", "float", "bool"):
        value = described["value"]
        return np.array(value) if not isinstance(value, int) or abs(value) < 2**62 else None
    if kind in ("list", "tuple") and described["items"]:
        if any(item["type"] == "array" for item in described["items"]):
            return None  # each of these arrays is a part by itself
        items = [_as_array(item) for item in described["items"]]
        if all(item is not None and item.shape == items[0].shape for item in items):
            return np.array(items)
    return None


def _differ(a: Any, b: Any) -> bool:
    return a.shape != b.shape or not _close(a, b)


def _close(a: Any, b: Any) -> bool:
    import numpy as np

    with np.errstate(all="ignore"):
        return a.shape == b.shape and bool(np.allclose(_float(a), _float(b), rtol=1e-5, atol=1e-7, equal_nan=True))


def _float(a: Any) -> Any:
    return a.astype(float)


def _everywhere(change: Callable[[Any], Any]) -> Callable[[Any, Any], bool]:
    """Whether what is expected, changed so, is what was given."""
    import numpy as np

    def test(a: Any, b: Any) -> bool:
        with np.errstate(all="ignore"):
            return _close(a, change(_float(b)))

    return test


def _each(words: str, test: Callable[[Any, Any], bool]) -> Callable[[list], str]:
    """A look that says `words` where the test holds of every part."""
    return lambda parts: words if all(test(a, b) for a, b in parts) else ""


def _are_booleans(parts: list) -> bool:
    return all(part.dtype.kind == "b" for pair in parts for part in pair)


def _changed(parts: list) -> str:
    """Results that are the expected ones, changed by one function."""
    import numpy as np

    if _are_booleans(parts):
        opposite = all((a != b).all() for a, b in parts)
        return "Each is the opposite of what is expected: True and False are exchanged." if opposite else ""
    changes: list[tuple[str, Callable[[Any], Any]]] = [
        ("Every number has the other sign.", lambda b: -b),
        *([] if _all_one_digit(parts) else [("Each is 1 minus what is expected.", lambda b: 1 - b)]),
        ("Negative numbers became 0.", lambda b: np.maximum(b, 0)),
        ("Numbers lost their sign.", np.abs),
        (
            "The fractions are cut off: somewhere the numbers become whole numbers (`//`, int(...), an array of ints).",
            np.trunc,
        ),
        ("The numbers are rounded, and they should not be.", np.round),
        *(
            (
                f"The numbers are rounded to {n} {'decimal' if n == 1 else 'decimals'}, and they should not be.",
                partial(np.round, decimals=n),
            )
            for n in (1, 2, 3, 4)
        ),
        ("The numbers are rounded up, and they should not be.", np.ceil),
        ("The numbers are rounded down, and they should not be.", np.floor),
    ]
    return _by_one_of(changes, parts)


def _changed_by_a_curve(parts: list) -> str:
    """The same for functions that are nearly a sum or a product where numbers are small: so these are looked for before."""
    import numpy as np

    if _are_booleans(parts):
        opposite = all((a != b).all() for a, b in parts)
        return "Each is the opposite of what is expected: True and False are exchanged." if opposite else ""
    changes: list[tuple[str, Callable[[Any], Any]]] = [
        ("It is the logarithm of what is expected.", np.log),
        ("It is what is expected before the logarithm: e to the power of it.", np.exp),
        ("It is the square of what is expected: a root is missing.", np.square),
        ("It is the root of what is expected.", np.sqrt),
        ("It is 1 divided by what is expected.", lambda b: 1 / b),
    ]
    return "" if _all_one_digit(parts) else _by_one_of(changes, parts)


def _all_one_digit(parts: list) -> bool:
    """Whether 0 alone is expected, or 1 alone: too many functions make 1 or 0 of it."""
    import numpy as np

    return any(all(np.array_equal(_float(b), np.full(b.shape, digit)) for _, b in parts) for digit in (0.0, 1.0))


def _by_one_of(changes: list[tuple[str, Callable[[Any], Any]]], parts: list) -> str:
    return next((words for words, change in changes if all(_everywhere(change)(a, b) for a, b in parts)), "")


def _factors(parts: list) -> list[float]:
    """By what each part is larger than the expected one, where it is the same for all of its numbers; [] where it is not."""
    import numpy as np

    factors = []
    for a, b in parts:
        a, b = _float(a).ravel(), _float(b).ravel()
        if not np.isfinite(a).all() or not np.isfinite(b).all() or not (b != 0).any():
            return []
        at = np.argmax(np.abs(b))
        factor = a[at] / b[at]
        if factor == 0 or not np.allclose(a, factor * b, rtol=1e-5, atol=1e-9):
            return []
        factors.append(float(factor))
    return factors if sum(b.size for _, b in parts) > 1 else []


def _factor(parts: list) -> str:
    """Each number is a multiple of the expected one, the same for all."""
    import numpy as np

    factors = _factors(parts)
    if not factors or not np.allclose(factors, factors[0]):
        return ""
    numbers = np.concatenate([_float(b).ravel() for _, b in parts])
    if np.allclose(numbers, numbers[0]) and not _is_plain(factors[0]):
        return ""  # one number times anything is any other number
    which = "Each number is" if any(b.size > 1 for _, b in parts) else "Each time it is"
    percent = {100: ": is it percent, and a share is asked for?", 0.01: ": is it a share, and percent is asked for?"}
    return f"{which} {_times(factors[0])} what is expected{percent.get(round(factors[0], 6), '.')}"


def _is_plain(factor: float) -> bool:
    """Whether it is a small whole number, or 1 divided by one, or a power of ten."""
    return any(abs(f - round(f)) < 1e-4 and round(f) in (*range(2, 13), 100, 1000) for f in (factor, 1 / factor))


def _mean_or_sum(parts: list, sizes: list[set[int]]) -> str:
    """Each result is too large, or too small, by a number of things that its own input has, not by the same one each time."""
    factors = _factors(parts)
    if not factors or len({round(f, 6) for f in factors}) == 1:
        return ""
    for which, words in (
        (factors, "Each result is too large by the number of something in its input ({}): a sum in place of a mean?"),
        (
            [1 / f for f in factors],
            "Each result is too small by the number of something in its input ({}): a mean in place of a sum, or one division "
            "too many?",
        ),
    ):
        if all(abs(f - round(f)) < 1e-4 and round(f) in near for f, near in zip(which, sizes, strict=True)):
            return words.format(", ".join(f"{round(f)} times" for f in which[:3]))
    return ""


def _sizes_of(described: Any) -> set[int]:
    """How many things an argument has: the sides of an array and their products, the lengths of lists."""
    if described["type"] == "array":
        shape = described["value"].shape
        return {math.prod(shape[i:j]) for i in range(len(shape)) for j in range(i + 1, len(shape) + 1)}
    if described["type"] in ("list", "tuple"):
        return {len(described["items"])}.union(*map(_sizes_of, described["items"]))
    return set()


def _times(factor: float) -> str:
    for value, words in (
        (math.log(2), "ln 2 times"),
        (1 / math.log(2), "1 / ln 2 times"),
        (1 / math.log(10), "1 / ln 10 times"),
    ):
        if math.isclose(factor, value, rel_tol=1e-4):
            return words
    if factor < 1 and abs(1 / factor - round(1 / factor)) < 1e-4:
        return "half of" if round(1 / factor) == 2 else f"1/{round(1 / factor)} of"
    return "twice" if math.isclose(factor, 2, rel_tol=1e-5) else f"{factor:.6g} times"


def _offset(parts: list) -> str:
    """Every number is too large, or too small, by the same."""
    import numpy as np

    away = np.concatenate([(_float(a) - _float(b)).ravel() for a, b in parts])
    if away.size < 2 or not np.isfinite(away).all() or not np.allclose(away, away[0], rtol=1e-6, atol=1e-9):
        return ""
    which = "Every number is" if any(b.size > 1 for _, b in parts) else "Each time it is"
    return f"{which} {abs(away[0]):.6g} too {'large' if away[0] > 0 else 'small'}."


def _wrong_ones(parts: list) -> str:
    """Of several numbers, those that are wrong are all too large, or all too small; by the same, perhaps."""
    import numpy as np

    away, right = [], 0
    for a, b in parts:
        off = (_float(a) - _float(b)).ravel()
        wrong = ~np.isclose(_float(a), _float(b), equal_nan=True).ravel()
        away.append(off[wrong])
        right += int((~wrong).sum())
    wrongs = np.concatenate(away)
    if wrongs.size < 2 or not np.isfinite(wrongs).all() or not ((wrongs > 0).all() or (wrongs < 0).all()):
        return ""
    if _are_booleans(parts):
        return f"Each wrong value is {wrongs[0] > 0}; the others are right." if right else ""
    large = "large" if wrongs[0] > 0 else "small"
    if np.allclose(wrongs, wrongs[0], rtol=1e-6, atol=1e-9):
        return f"Each wrong number is {abs(wrongs[0]):.6g} too {large}; the others are right."
    if all(b.size == 1 for _, b in parts):
        return f"Each time it is too {large}."
    return f"The wrong numbers are all too {large}{'; the others are right' if right else ''}."


def _wraps(a: Any, b: Any) -> bool:
    """Whether whole numbers differ by multiples of 256 alone."""
    import numpy as np

    if (
        a.dtype.kind not in "iuf"
        or b.dtype.kind not in "iuf"
        or not (np.isfinite(_float(a)).all() and np.isfinite(_float(b)).all())
    ):
        return False
    away = _float(a) - _float(b)
    return bool((away != 0).any() and np.allclose(away % 256, 0))


def _one_row(a: Any, b: Any) -> bool:
    """Whether all rows are the same, and should not be."""
    return (
        a.ndim >= 2
        and len(a) > 1
        and all(_close(a[0], row) for row in a[1:])
        and not all(_close(b[0], row) for row in b[1:])
    )


def _first_rows_only(a: Any, b: Any) -> bool:
    """Whether the first rows are right and nothing is in the rest."""
    if not a.ndim or len(a) < 2 or not (_float(b)[-1] != 0).any():
        return False
    right = next((i for i, (mine, target) in enumerate(zip(a, b, strict=True)) if not _close(mine, target)), len(a))
    return 0 < right < len(a) and not a[right:].any()


def _last_left_at_zero(parts: list) -> str:
    """The last column, and the last row perhaps, hold zeros where others are asked for; all the rest is right.

    Rows alone are told by `_first_rows_only`.
    """
    import numpy as np

    left, some_right = {"row": False, "column": False}, False
    for a, b in parts:
        if a.ndim != 2:
            return ""
        row, column = (bool(_float(b)[last].any() and not a[last].any()) for last in (np.s_[-1], np.s_[:, -1]))
        rest = np.s_[: -1 if row else None, : -1 if column else None]
        if not (row or column) or not _close(a[rest], b[rest]):
            return ""
        left = {"row": left["row"] or row, "column": left["column"] or column}
        some_right = some_right or bool(a[rest].any())
    if not some_right or not left["column"]:
        return ""
    what = "The last row and the last column are" if left["row"] else "The last column is"
    return f"{what} left at 0, the rest is right: does a loop stop one step too early?"


def _border(parts: list, as_large: list[bool]) -> str:
    """The inside of a picture is right, and what is wrong lies near its edge; said where there is enough inside to tell."""
    import numpy as np

    if not all(as_large):
        return ""
    inside = []
    for a, b in parts:
        rows, columns = a.shape[:2]
        right = np.isclose(_float(a), _float(b), rtol=1e-5, atol=1e-7, equal_nan=True)
        down, across = np.nonzero(~right.reshape(rows, columns, -1).all(axis=2))
        # how far each wrong place is from the edge, along the axis along which it is nearer
        near = [np.minimum(place, size - 1 - place) for place, size in ((down, rows), (across, columns))]
        width = int(np.minimum(*near).max()) + 1
        inside.append(max(0, rows - 2 * width) * max(0, columns - 2 * width))
        if width > WIDEST_BORDER:
            return ""
    if sum(inside) < LEAST_INSIDE or 2 * inside.count(0) > len(inside):
        return ""
    return (
        "The inside is right. What is wrong lies at the border, where a window reaches beyond the edge: which numbers does it meet "
        "there?"
    )


def _moved(parts: list) -> str:
    """Everything stands one place further along an axis."""
    import numpy as np

    for axis in range(min(b.ndim for _, b in parts)):
        for step, way in ((1, "further on"), (-1, "too early")):
            kept, from_ = (slice(1, None), slice(None, -1)) if step > 0 else (slice(None, -1), slice(1, None))
            if all(
                b.shape[axis] > 2 and _close(np.moveaxis(a, axis, 0)[kept], np.moveaxis(b, axis, 0)[from_])
                for a, b in parts
            ):
                return f"Everything stands one place {way} along axis {axis}."
    return ""


def _axes_reversed(parts: list) -> str:
    import numpy as np

    for words, change in (
        ("Rows and columns are exchanged: it is transposed.", lambda b: b.T if b.ndim == 2 else None),
        ("The first axis runs backwards.", lambda b: b[::-1] if b.ndim else None),
        ("The last axis runs backwards.", lambda b: b[..., ::-1] if b.ndim else None),
        ("All axes run backwards: it is turned by 180 degrees.", lambda b: np.flip(b) if b.ndim else None),
    ):
        if all((changed := change(b)) is not None and _close(a, changed) for a, b in parts):
            return words
    return ""


def _all_zero(a: Any, b: Any) -> bool:
    return not a.any()


def _constant(a: Any, b: Any) -> bool:
    return (
        a.size > 3
        and _close(a, a.ravel()[:1].repeat(a.size).reshape(a.shape))
        and not _close(b, b.ravel()[:1].repeat(b.size).reshape(b.shape))
    )


def _where(parts: list) -> str:
    """The values that differ are those that are negative, or those that are 0, and no others."""
    import numpy as np

    for words, test in (("negative number", lambda b: b < 0), ("0", lambda b: b == 0)):
        marks = [(test(_float(b)), ~np.isclose(_float(a), _float(b), equal_nan=True)) for a, b in parts]
        if (
            all((wrong == here).all() and not here.all() for here, wrong in marks)
            and sum(w.sum() for _, w in marks) > 1
        ):
            return f"It is wrong exactly where a {words} is expected."
    return ""


def _of_last_axis(parts: list) -> str:
    """Some places of the last axis, the same in all parts, are right and the others are wrong: channels, say."""
    import numpy as np

    if any(b.ndim < 2 for _, b in parts):
        return ""
    wrong = [(~np.isclose(_float(a), _float(b), equal_nan=True)).any(axis=tuple(range(b.ndim - 1))) for a, b in parts]
    for right in (0, -1):
        if all(len(w) > 1 and not w[right] and np.delete(w, right).all() for w in wrong):
            return f"Only [..., {right}] is right: of the last axis, the {'first' if right == 0 else 'last'} place."
    return ""


def _squeezed(a: Any, b: Any) -> bool:
    return tuple(n for n in a.shape if n != 1) == tuple(n for n in b.shape if n != 1)


def _reversed_shape(a: Any, b: Any) -> bool:
    return a.ndim == b.ndim and sorted(a.shape) == sorted(b.shape)


def _same_order(a: Any, b: Any) -> bool:
    return a.size == b.size and _close(a.ravel(), b.ravel())


def _cut(parts: list) -> str:
    """It is the beginning, the end or the middle of what is expected; or the other way round."""
    if any(a.ndim != b.ndim or not a.ndim for a, b in parts):
        return ""
    for small, large, words in ((0, 1, "missing"), (1, 0, "too many")):
        if not all(
            all(m <= n for m, n in zip(p[small].shape, p[large].shape, strict=True)) and p[small].size for p in parts
        ):
            continue
        for where, start in (
            ("at the end", lambda m, n: 0),
            ("at the beginning", lambda m, n: n - m),
            ("on each side", lambda m, n: (n - m) // 2),
        ):
            if all(
                _close(
                    p[small],
                    p[large][
                        tuple(
                            slice(start(m, n), start(m, n) + m)
                            for m, n in zip(p[small].shape, p[large].shape, strict=True)
                        )
                    ],
                )
                for p in parts
            ):
                axes = {
                    i
                    for p in parts
                    for i, (m, n) in enumerate(zip(p[small].shape, p[large].shape, strict=True))
                    if m != n
                }
                along = " and ".join(str(i) for i in sorted(axes))
                return f"What overlaps is right; along axis {along}, places are {words} {where}."
    return ""


def _sizes(parts: list) -> str:
    """Along which axis the size is wrong, if it is so for all."""
    if any(a.ndim != b.ndim for a, b in parts):
        return (
            "It has other axes than expected: compare the two shapes."
            if all(a.ndim != b.ndim for a, b in parts)
            else ""
        )
    axes = [{i for i, (m, n) in enumerate(zip(a.shape, b.shape, strict=True)) if m != n} for a, b in parts]
    for axis in sorted(set.intersection(*axes)):
        away = {a.shape[axis] - b.shape[axis] for a, b in parts}
        if len(away) == 1 and len(parts) > 1:
            n = away.pop()
            return f"Along axis {axis} there {'is' if abs(n) == 1 else 'are'} always {abs(n)} too {'many' if n > 0 else 'few'}."
        if all(n > 0 for n in away) or all(n < 0 for n in away):
            return f"Along axis {axis} there are too {'many' if max(away) > 0 else 'few'}."
    return ""


def _nothing(parts: list) -> str:
    """All is 0, or False, where something else should be."""
    if not all(_all_zero(a, b) for a, b in parts):
        return ""
    zero = "False" if _are_booleans(parts) else "0"
    return f"Everything is {zero}." if any(b.size > 1 for _, b in parts) else f"Each time it is {zero}."


#: Looks at parts of equal shapes, and at parts some of whose shapes differ; what says most comes first.
_ALIKE: tuple[Callable[[list], str], ...] = (
    _nothing,
    _changed,
    _factor,
    _offset,
    _changed_by_a_curve,
    _each(
        "Your numbers differ from the expected ones by multiples of 256: they were computed or stored in uint8, which starts again at 0 "
        "beyond 255. Compute in floats, and keep the results in floats.",
        _wraps,
    ),
    _each(
        "All rows of your result are the same. Was one row made and used for all of them, as `[[0] * n] * m` does?",
        _one_row,
    ),
    _each("The first rows are right, and the rest is 0: does the loop end too early?", _first_rows_only),
    _axes_reversed,
    _each("The same number stands everywhere.", _constant),
    _moved,
    lambda parts: elsewhere(parts, _close),
)
_OTHER_SHAPES: tuple[Callable[[list], str], ...] = (
    _each("Rows and columns are exchanged: it is transposed.", lambda a, b: a.ndim == b.ndim == 2 and _close(a.T, b)),
    _each(
        "The numbers are right, and in the right order: only an axis of length one is too many or missing.",
        lambda a, b: _squeezed(a, b) and _same_order(a, b),
    ),
    _each("The numbers are right, and in the right order: only the shape is another one.", _same_order),
    lambda parts: other_shape(parts, _close),
    _each("An axis of length one is too many or missing.", _squeezed),
    _each("The sizes are right, and their order is not: which axis comes first?", _reversed_shape),
    _cut,
    _sizes,
)
