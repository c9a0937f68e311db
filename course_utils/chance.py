"""Ask a function that draws lots many times over, so that it can be judged by how often it gives what."""

from __future__ import annotations

import copy
import functools
import inspect
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from course_utils.observe import is_stub

#: What is said of an answer whose chance comes from elsewhere.
NOT_FROM_RNG = "two generators of the same seed gave different outcomes: let all chance come from `rng`"
LEAST_CALLS = 500  # of which it is said whether places were drawn one by one: in fewer they may vary by chance
SURE = 6.0  # standard errors: by chance alone a mean is not so far off
REPEATED = 50  # calls that are made twice, to see whether all chance comes from `rng`


#: Makes of all outcomes, and of the arguments as they were given, what is compared in place of the share of each outcome.
Told = Callable[[list, tuple, dict[str, Any]], dict]


def often(function: Callable, told: Told | None = None) -> Callable:
    """`function`, which draws with a NumPy Generator called `rng`, ready to be asked often.

    Called as usual, with a Generator, it does what it did. Where an argument is {"seed": 5, "times": 20_000} instead, it is
    called that many times on equal arguments, with one generator of that seed, and the share of each outcome comes back:
    a dict, outcome -> float; a list counts as a tuple, a NumPy number as the Python number that it holds. If a call changes
    an argument, so is the caller's, once all is done. An untouched stub, or what cannot be called, is returned as it came;
    a partial, a bound method or any other object that can be called is asked like a function.
    With `told`, what it makes of the outcomes comes back.

    Raises ValueError where two generators of one seed give different outcomes: then not all chance comes from `rng`.
    """
    if type(function) is _Often:  # handed over with `often` once more: an error is still told with its own line
        function = function._function
    return function if not callable(function) or is_stub(function) else _Often(function, told)


def masked_often(function: Callable) -> Callable:
    """`often` for a function that hides words: (ids, rng, vocabulary_size, special) -> (shown, targets).

    ids, shown and targets: arrays of one shape, targets -1 where nothing is asked; special: dict, name -> id, with "[MASK]".
    What comes back are shares by name: of words that are asked about, of what is shown in their places, and of what should not
    be. Raises ValueError where the outcome is not two arrays of that shape.
    """
    return often(function, _of_masks)


def pairs_often(function: Callable) -> Callable:
    """`often` for a function that makes pairs: (documents, rng) -> list of tuples (a, b, is_next).

    What comes back, by name: the share of each list of first sentences, in their order; the share of each number of true pairs
    in a call; how often a call gives each pair, on average; and where two false pairs follow each other, how often the second
    sentence of both is the same. Raises ValueError where the outcome is no list of triples.
    """
    return often(function, _of_pairs)


def _of_pairs(outcomes: list, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
    if not all(isinstance(each, tuple) and all(_is_triple(pair) for pair in each) for each in outcomes):
        raise ValueError("a list of tuples (a, b, is_next) is expected, with is_next 1 or 0")
    in_turn = [two for each in outcomes for two in pairwise(each)]
    alike = [one[1] == other[1] for one, other in in_turn if not one[2] and not other[2]]
    return {
        "first sentences": _counted([tuple(a for a, _, _ in each) for each in outcomes]),
        "true pairs in a call": _counted([sum(is_next for *_, is_next in each) for each in outcomes]),
        "each pair in a call": _counted([pair for each in outcomes for pair in each], calls=len(outcomes)),
        "of two false pairs in turn: the same sentence": sum(alike) / max(len(alike), 1),
    }


def _is_triple(pair: Any) -> bool:
    return isinstance(pair, tuple) and len(pair) == 3 and pair[2] in (0, 1)


def _of_masks(outcomes: list, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    arguments = dict(zip(("ids", "rng", "vocabulary_size", "special"), args, strict=False)) | kwargs
    ids, special = np.asarray(arguments["ids"]), arguments["special"]
    shown, targets = _two_arrays(outcomes, ids.shape)
    words = np.broadcast_to(~np.isin(ids, list(special.values())), shown.shape)
    asked, as_mask, changed = targets != -1, shown == special["[MASK]"], shown != ids
    of_words, another = asked & words, asked & words & changed & ~as_mask
    true = np.broadcast_to(ids, shown.shape)

    def share(of: Any, among: Any) -> float:
        return round(float(of[among].mean()), 4) if among.any() else 0.0

    of_calls = [shown[i][another[i]] for i in range(len(shown)) if another[i].sum() > 1]
    alike = [bool((each == each[0]).all()) for each in of_calls]
    return {
        "all calls are alike": len(shown) > 1 and bool((shown == shown[0]).all() and (targets == targets[0]).all()),
        "each word is chosen by itself": _each_by_itself(asked & words, words),
        "what each is shown as, by itself": _each_by_itself(as_mask & of_words, of_words),
        "words asked about": share(asked, words),
        "of these: shown as [MASK]": share(as_mask, of_words),
        "of these: as another word": share(changed & ~as_mask, of_words),
        "of these: as it is": share(~changed, of_words),
        "of these: target is another": share(targets != true, of_words),
        "other words that came": np.unique(shown[another]).tolist(),
        "a call has one other word for all": bool(alike) and sum(alike) > len(alike) / 2,
        "special places asked about": share(asked, ~words),
        "changed, and not asked": share(changed, ~asked),
    }


def _each_by_itself(hit: Any, among: Any) -> bool:
    """Whether the number of hits in a call varies from call to call as where each is drawn by itself: as a binomial number does.

    hit, among: (calls, ...) arrays of booleans, hits only where `among` is true. Drawn together, for a row or a batch, they vary
    more; counted out, less. How far the mean of all calls may be off is known from how they differ.
    """
    calls = len(hit)
    hits, most = (each.reshape(calls, -1).sum(axis=1) for each in (hit, among))
    chance = hits.sum() / max(most.sum(), 1)
    off = (hits - chance * most) ** 2 - chance * (1 - chance) * most
    return calls < LEAST_CALLS or bool(abs(off.mean()) <= SURE * off.std() / calls**0.5 + 1e-9)


def _two_arrays(outcomes: list, shape: tuple) -> list:
    """What is shown, and the targets, of all outcomes: two arrays (times, *shape)."""
    import numpy as np

    try:
        both = [np.array([each[part] for each in outcomes]) for part in range(max(map(len, outcomes)))]
    except (IndexError, KeyError, TypeError, ValueError):  # no tuple, rows of different lengths, no numbers
        both = []
    whole = all(each.dtype.kind in "iub" or not each.size for each in both)
    if not whole or [each.shape for each in both] != [(len(outcomes), *shape)] * 2:
        raise ValueError(
            f"two arrays of whole numbers, both of the shape {shape} of ids, are expected: shown and targets "
            "(`.astype(int)` makes whole numbers of floats)"
        )
    return both


class _Often:
    """A function and the way to ask it often."""

    def __init__(self, function: Callable, told: Told | None = None) -> None:
        functools.update_wrapper(self, function)
        self._function, self._told = function, told
        if inspect.isfunction(function):
            self.__code__ = function.__code__  # so that an error is told with its line of the function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = _by_place(args, kwargs)
        at = next((place for place, value in given.items() if _are_lots(value)), None)
        return self._function(*args, **kwargs) if at is None else _shares(self._function, args, kwargs, at, self._told)


def _by_place(args: tuple, kwargs: dict[str, Any]) -> dict[int | str, Any]:
    """All arguments, by their position or name."""
    given: dict[int | str, Any] = {}
    given.update(enumerate(args))
    given.update(kwargs.items())
    return given


def _are_lots(value: Any) -> bool:
    return type(value) is dict and value.keys() == {"seed", "times"}


def _shares(
    function: Callable, args: tuple, kwargs: dict[str, Any], at: int | str, told: Told | None
) -> dict[Any, float] | None:
    """What comes of many calls; `at`: the place or the name of the argument that says how many, in place of a Generator."""
    import numpy as np

    given = _by_place(args, kwargs)
    lots = given.pop(at)
    drawn: list[list] = []
    after: dict[int | str, Any] = {}
    for calls in (lots["times"], min(REPEATED, lots["times"])):
        rng, outcomes = np.random.default_rng(lots["seed"]), []
        for _ in range(calls):
            mine = {place: copy.copy(value) for place, value in given.items()}
            now = {**mine, at: rng}
            outcome = function(*(now[place] for place in range(len(args))), **{name: now[name] for name in kwargs})
            if outcome is None:
                return None
            outcomes.append(_plain(outcome))
            after |= {place: value for place, value in mine.items() if _differs(value, given[place])}
        drawn.append(outcomes)
    if drawn[0][: len(drawn[1])] != drawn[1]:
        raise ValueError(NOT_FROM_RNG)
    found = _counted(drawn[0]) if told is None else told(drawn[0], args, kwargs)
    for place, value in after.items():
        _make_equal(given[place], value)
    return found


def _counted(outcomes: list, calls: int | None = None) -> dict[Any, float]:
    """The share of each outcome, or how often it came in each of so many calls."""
    counts = Counter(outcomes)
    return {outcome: counts[outcome] / (calls or len(outcomes)) for outcome in sorted(counts, key=_in_order)}


def _plain(outcome: Any) -> Any:
    """An outcome as something that can be counted."""
    if callable(getattr(outcome, "tolist", None)):  # a NumPy number or array
        outcome = outcome.tolist()
    return tuple(map(_plain, outcome)) if isinstance(outcome, list | tuple) else outcome


def _in_order(outcome: Any) -> tuple:
    """Numbers by their size, then everything else by what is written."""
    return (0, outcome, "") if isinstance(outcome, int | float) else (1, 0, repr(outcome))


def _differs(one: Any, other: Any) -> bool:
    if hasattr(one, "tolist"):
        one, other = one.tolist(), other.tolist()
    return isinstance(one, list | dict) and one != other


def _make_equal(given: Any, value: Any) -> None:
    """Change the caller's own list, dict or array as a call changed its copy."""
    if hasattr(given, "tolist"):
        given[...] = value
        return
    given.clear()
    given.update(value) if isinstance(given, dict) else given.extend(value)
