"""Several models as one: summed logits, greedy selection from a library of models, stacking.

soft_vote           the weighted sum of the members' logits
greedy_selection    Caruana, Niculescu-Mizil, Crew and Ksikes (2004), https://doi.org/10.1145/1015330.1015432: add, with
                    replacement, whichever model helps the ensemble most on texts that none was trained on
stack_out_of_fold   Wolpert (1992), https://doi.org/10.1016/S0893-6080(05)80023-1: what a second model may learn from are
                    answers to texts that the first had not seen when it gave them
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from course_utils.zoo.training.ranking import top5

SMALLEST = 1e-6  # probabilities nearer to 0 or 1 have this one's log-odds


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """Logits of independent labels, log(p / (1 - p)), of the same shape, float64."""
    p = np.clip(np.asarray(probabilities, "float64"), SMALLEST, 1 - SMALLEST)
    return np.log(p / (1 - p))


def soft_vote(logits: np.ndarray, weights: Sequence[float] | np.ndarray | None = None) -> np.ndarray:
    """(members, texts, classes) -> (texts, classes): the sum over the members, times weights that add up to 1.

    `weights` (members,), at least 0, in any measure; all members count the same if left out.
    Raises ValueError where they do not fit.
    """
    logits = np.asarray(logits)
    if logits.ndim != 3:
        raise ValueError(f"logits have shape {logits.shape}; (members, texts, classes) is needed")
    w = np.ones(len(logits)) if weights is None else np.asarray(weights, "float64")
    if w.shape != (len(logits),) or (w < 0).any() or not w.sum():
        raise ValueError(f"weights={weights!r}: {len(logits)} numbers from 0 on are needed, one of them above 0")
    return np.tensordot(w / w.sum(), logits, axes=1)


def greedy_selection(
    probabilities: np.ndarray,
    y: np.ndarray,
    rounds: int,
    score: Callable[[np.ndarray, np.ndarray], float] = top5,
) -> np.ndarray:
    """How often each member is taken: (members,) int64, `rounds` in all.

    Each round takes the member with which the mean of all taken so far has the best `score(y, probabilities)`, the first of
    several as good; a member may be taken again. `probabilities` (members, texts, classes) and `y` (texts, classes) are of
    validation texts: neither those that the members learned from nor those that are measured on.
    Raises ValueError for less than one round.
    """
    if rounds < 1:
        raise ValueError(f"rounds={rounds}: at least 1 is needed")
    probabilities = np.asarray(probabilities)
    taken = np.zeros(len(probabilities), "int64")
    total = np.zeros(probabilities.shape[1:])
    for done in range(rounds):
        scores = [score(y, (total + member) / (done + 1)) for member in probabilities]
        best = int(np.argmax(scores))
        taken[best] += 1
        total += probabilities[best]
    return taken


def stack_out_of_fold(
    fit: Callable[[Any, np.ndarray], Callable[[Any], np.ndarray]],
    x: Any,
    y: np.ndarray,
    folds: int | Iterable[tuple[np.ndarray, np.ndarray]],
) -> np.ndarray:
    """Answers to every text by a model that was not trained on it: (texts, ...).

    `fit(x, y)` trains a fresh model and returns its `predict(x)`. `x` can be indexed by an array of places, or is a list.
    `folds`: how many, of consecutive texts, or (places to train on, places to answer) as scikit-learn's `split` gives them.
    Raises ValueError where some text is answered more than once, or not at all, or was trained on.
    """
    pairs = list(_consecutive(len(y), folds) if isinstance(folds, int) else folds)
    answered = np.concatenate([held_out for _, held_out in pairs])
    if not np.array_equal(np.sort(answered), np.arange(len(y))):
        raise ValueError(f"the folds answer {len(answered)} texts; each of the {len(y)} is to be answered once")
    found: np.ndarray | None = None
    for learned, held_out in pairs:
        if np.intersect1d(learned, held_out).size:
            raise ValueError("a fold trains on a text that it is to answer")
        predicted = np.asarray(fit(_rows(x, learned), y[learned])(_rows(x, held_out)))
        if found is None:
            found = np.zeros((len(y), *predicted.shape[1:]), predicted.dtype)
        found[held_out] = predicted
    return np.zeros(0) if found is None else found


def _consecutive(count: int, folds: int) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    """As scikit-learn's `KFold` without shuffling."""
    if not 2 <= folds <= count:
        raise ValueError(f"folds={folds}: from 2 to {count} (one a text) are possible")
    for held_out in np.array_split(np.arange(count), folds):
        yield np.setdiff1d(np.arange(count), held_out), held_out


def _rows(x: Any, places: np.ndarray) -> Any:
    return [x[place] for place in places] if isinstance(x, list | tuple) else x[places]
