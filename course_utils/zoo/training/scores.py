"""How good answers are, with an interval; and whether two sets of answers differ by more than chance.

Targets and predictions are 0/1 arrays (texts, labels); with one label a text each row has a single 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

RESAMPLES = 2_000
LEVEL = 0.95


def targets(labels: Sequence[Sequence[str]], names: Sequence[str]) -> np.ndarray:
    """Labels as (texts, names) 0/1 uint8; a label that is not in `names` is left out."""
    places = {name: place for place, name in enumerate(names)}
    found = np.zeros((len(labels), len(names)), "uint8")
    for row, each in enumerate(labels):
        for name in each:
            if name in places:
                found[row, places[name]] = 1
    return found


def accuracy(y: np.ndarray, predicted: np.ndarray) -> float:
    """The share of texts whose labels are all right."""
    return float((y == predicted).all(axis=1).mean())


def micro_f1(y: np.ndarray, predicted: np.ndarray) -> float:
    """2 TP / (2 TP + FP + FN) over all texts and labels; 0 where there is neither a label nor an answer."""
    wrong = int((y != predicted).sum())
    both = int((y & predicted).sum())
    return 2 * both / (2 * both + wrong) if both or wrong else 0.0


def macro_f1(y: np.ndarray, predicted: np.ndarray) -> float:
    """The mean over the labels of each label's F1, so that a rare label counts as much as a common one; 0 for one that is never met."""
    y, predicted = y.astype(bool), predicted.astype(bool)
    both = (y & predicted).sum(axis=0)
    all_told = y.sum(axis=0) + predicted.sum(axis=0)
    return float(np.where(all_told > 0, 2 * both / np.maximum(all_told, 1), 0).mean())


def thresholds_by_label(y: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """(labels,): for each label, the probability of a validation text that is the best threshold for its F1; 1.0 for one without texts.

    All probabilities that occur are tried, by one sort a label. What `decide` and `probabilities >= thresholds` take.
    """
    found = np.ones(y.shape[1])
    for label in range(y.shape[1]):
        order = np.argsort(-probabilities[:, label], kind="stable")
        right, p = y[order, label].cumsum(), probabilities[order, label]
        f1 = 2 * right / (np.arange(1, len(p) + 1) + max(int(right[-1]), 1))
        f1[:-1][p[1:] == p[:-1]] = -1  # texts as likely are given the label together
        if right[-1]:
            found[label] = p[int(f1.argmax())]
    return found


def best_threshold(y: np.ndarray, probabilities: np.ndarray) -> float:
    """The threshold from 0.05 to 0.95 with the best micro-F1; 0.5 costs several points where labels are rare."""
    grid = np.round(np.arange(0.05, 0.96, 0.025), 3)
    return float(max(grid, key=lambda one: micro_f1(y, decide(probabilities, one))))


def decide(probabilities: np.ndarray, threshold: float | np.ndarray | None) -> np.ndarray:
    """(texts, labels) 0/1: the likeliest label, and with a threshold, or one a label, every label that reaches it."""
    chosen = np.zeros(probabilities.shape, "uint8")
    chosen[np.arange(len(probabilities)), probabilities.argmax(axis=1)] = 1
    return chosen if threshold is None else chosen | (probabilities >= threshold).astype("uint8")


def interval(y: np.ndarray, predicted: np.ndarray, score: Callable = accuracy, seed: int = 0) -> tuple[float, float]:
    """A 95% interval of a score by the percentile bootstrap over texts. Efron (1979), https://doi.org/10.1214/aos/1176344552

    `predicted` (texts, labels), or (seeds, texts, labels): then that of the mean over the seeds, on the texts drawn.
    """
    return percentiles([_mean(score, y, predicted, rows) for rows in _resampled(len(y), seed)])


def paired_difference(
    y: np.ndarray, a: np.ndarray, b: np.ndarray, score: Callable = accuracy, seed: int = 0
) -> tuple[float, float, float]:
    """score(a) - score(b) and its 95% interval by the paired bootstrap: both answered the same texts, so both are drawn together.

    Each of `a` and `b` (texts, labels), or (seeds, texts, labels): then its mean over the seeds.
    """
    draws = _resampled(len(y), seed)
    low, high = percentiles([_mean(score, y, a, rows) - _mean(score, y, b, rows) for rows in draws])
    every = np.arange(len(y))
    return _mean(score, y, a, every) - _mean(score, y, b, every), low, high


def _mean(score: Callable, y: np.ndarray, predicted: np.ndarray, rows: np.ndarray) -> float:
    seeds = predicted if predicted.ndim == 3 else predicted[None]
    return float(np.mean([score(y[rows], each[rows]) for each in seeds]))


def mcnemar(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """The two-sided p-value of McNemar's exact test: of the texts that one got right and the other wrong, is half each's?

    McNemar (1947), https://doi.org/10.1007/BF02295996
    """
    from scipy.stats import binomtest

    right_a, right_b = (y == a).all(axis=1), (y == b).all(axis=1)
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0


def _resampled(count: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, count, count) for _ in range(RESAMPLES)]


def percentiles(values: Sequence[float] | np.ndarray) -> tuple[float, float]:
    """The ends of the interval in which LEVEL of the values lie, as much outside on either side."""
    low, high = np.percentile(values, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)
