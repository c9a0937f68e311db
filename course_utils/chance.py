"""Ask a function that draws lots many times over, so that it can be judged by how often it gives what."""

from __future__ import annotations

import copy
import functools
import inspect
from collections import Counter
from collections.abc import Callable
from typing import Any

from course_utils.observe import is_stub

#: What is said of an answer whose chance comes from elsewhere.
NOT_FROM_RNG = "two generators of the same seed gave different outcomes: let all chance come from `rng`"
REPEATED = 50  # calls that are made twice, to see whether all chance comes from `rng`


def often(function: Callable) -> Callable:
    """`function`, which draws with a NumPy Generator called `rng`, ready to be asked often.

    Called as usual, with a Generator, it does what it did. Where `rng` is {"seed": 5, "times": 20_000} instead, it is called
    that many times on equal arguments, with one generator of that seed, and the share of each outcome comes back:
    a dict, outcome -> float; a list counts as a tuple, a NumPy number as the Python number that it holds. If a call changes
    an argument, so is the caller's, once all is done. An untouched stub, or what is no function, is returned as it came.

    Raises ValueError where two generators of one seed give different outcomes: then not all chance comes from `rng`.
    """
    return function if not inspect.isfunction(function) or is_stub(function) else _Often(function)


class _Often:
    """A function and the way to ask it often."""

    def __init__(self, function: Callable) -> None:
        functools.update_wrapper(self, function)
        self._function, self._signature = function, inspect.signature(function)
        self.__code__ = function.__code__  # so that an error is told with its line of the function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            bound = self._signature.bind(*args, **kwargs).arguments
        except TypeError:
            return self._function(*args, **kwargs)  # Python's own words about what is missing or too many
        lots = bound.get("rng")
        return _shares(self._function, bound, **lots) if isinstance(lots, dict) else self._function(*args, **kwargs)


def _shares(function: Callable, arguments: dict[str, Any], seed: int, times: int) -> dict[Any, float] | None:
    import numpy as np

    given = {name: value for name, value in arguments.items() if name != "rng"}
    drawn: list[list] = []
    after: dict[str, Any] = {}
    for calls in (times, min(REPEATED, times)):
        rng, outcomes = np.random.default_rng(seed), []
        for _ in range(calls):
            mine = {name: copy.copy(value) for name, value in given.items()}
            outcome = function(**mine, rng=rng)
            if outcome is None:
                return None
            outcomes.append(_plain(outcome))
            after |= {name: value for name, value in mine.items() if _differs(value, given[name])}
        drawn.append(outcomes)
    if drawn[0][: len(drawn[1])] != drawn[1]:
        raise ValueError(NOT_FROM_RNG)
    for name, value in after.items():
        _make_equal(given[name], value)
    counts = Counter(drawn[0])
    return {outcome: counts[outcome] / times for outcome in sorted(counts, key=_in_order)}


def _plain(outcome: Any) -> Any:
    """An outcome as something that can be counted."""
    if callable(getattr(outcome, "tolist", None)):  # a NumPy number or array
        outcome = outcome.tolist()
    return tuple(map(_plain, outcome)) if isinstance(outcome, list | tuple) else outcome


def _in_order(outcome: Any) -> tuple:
    """Numbers by their size, then everything else by what is written."""
    return (0, outcome, "") if isinstance(outcome, int | float) else (1, 0, repr(outcome))


def _differs(one: Any, other: Any) -> bool:
    return isinstance(one, list | dict) and one != other


def _make_equal(given: list | dict, value: list | dict) -> None:
    """Change the caller's own list or dict as a call changed its copy."""
    given.clear()
    given.update(value) if isinstance(given, dict) else given.extend(value)
