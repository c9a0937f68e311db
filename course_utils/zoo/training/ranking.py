"""The top-5 score of labels in order of likelihood, its interval, and whether two models' scores differ by more than chance.

The score is that of a competition on questions from Zhihu (2017), which the older collection used throughout:

    P(pos)    = share of the texts whose label at place pos = 1 .. 5 is right
    P         = sum over pos of P(pos) / ln(pos + 1)
    R         = labels found among the five, of all texts together, / all labels
    score     = P R / (P + R)

It is no share: with one label a text the best is 1.443 / 2.443 = 0.591, since a right label at the first place counts 1 / ln 2.
"""

from __future__ import annotations

import functools

import numpy as np

from course_utils.zoo.training.scores import RESAMPLES, percentiles

PLACES = 5
AT_A_TIME = 100  # resamples that lie in memory together


def ranked(probabilities: np.ndarray, most: int = PLACES) -> np.ndarray:
    """The likeliest labels of each text by number, the likeliest first: (texts, most); the smaller number where two are as likely."""
    return np.argsort(-np.asarray(probabilities, "float64"), axis=1, kind="stable")[:, :most]


def contributions(relevant: np.ndarray, order: np.ndarray) -> np.ndarray:
    """What each text adds to the score: (texts, 3), its part of P, its labels found among the five, and its labels.

    `relevant` is 0/1 (texts, labels), `order` (texts, 5 or more) numbers of labels, the likeliest first.
    """
    relevant, order = np.asarray(relevant), np.asarray(order)[:, :PLACES]
    if len(relevant) != len(order):
        raise ValueError(f"there are labels of {len(relevant)} texts and answers to {len(order)}")
    hits = np.take_along_axis(relevant, order, axis=1).astype("float64")  # (texts, 5)
    by_place = 1 / np.log(np.arange(hits.shape[1]) + 2)
    return np.stack([hits @ by_place, hits.sum(axis=1), relevant.sum(axis=1)], axis=1)


def top5_score(relevant: np.ndarray, ranked: np.ndarray) -> float:
    """The score of labels in order, arguments as for `contributions`; 0 where nothing is found."""
    return float(_score(contributions(relevant, ranked).mean(axis=0)))


def top5(y: np.ndarray, probabilities: np.ndarray) -> float:
    """The score of probabilities (texts, labels) for labels 0/1 (texts, labels)."""
    return top5_score(y, ranked(probabilities))


def ceiling(y: np.ndarray) -> float:
    """The score of whoever knows all labels: what is at most to be had."""
    return top5(y, y)


def top5_interval(parts: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """A 95% interval of the score by the percentile bootstrap over texts, from `contributions` (texts, 3).

    Several seeds of a model: (seeds, texts, 3); then of the mean of their scores.
    """
    draws = _resampled(parts if parts.ndim == 3 else parts[None], seed).mean(axis=1)
    return percentiles(draws)


def top5_difference(a: np.ndarray, b: np.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """score(a) - score(b) and its 95% interval by the paired bootstrap: the same texts are drawn for both.

    `a` and `b` are `contributions` (texts, 3) to the same texts, or (seeds, texts, 3) for means over the seeds.
    """
    a, b = (one if one.ndim == 3 else one[None] for one in (a, b))
    draws = _resampled(a, seed).mean(axis=1) - _resampled(b, seed).mean(axis=1)
    measured = _score(a.mean(axis=1)).mean() - _score(b.mean(axis=1)).mean()
    return float(measured), *percentiles(draws)


def _score(sums: np.ndarray) -> np.ndarray:
    """(..., 3), P, found and labels a text -> (...)."""
    p, found, labels = np.moveaxis(np.asarray(sums, "float64"), -1, 0)
    r = found / np.where(labels > 0, labels, 1)
    return np.where(p + r > 0, p * r / np.where(p + r > 0, p + r, 1), 0.0)


def _resampled(parts: np.ndarray, seed: int) -> np.ndarray:
    """Scores of texts drawn anew: (resamples, seeds). How often each text is drawn, times what it adds: a product of matrices."""
    seeds, texts, _ = parts.shape
    flat = np.moveaxis(parts, 0, 1).reshape(texts, -1)  # (texts, seeds * 3)
    times = _times(texts, seed)
    sums = [times[at : at + AT_A_TIME].astype("float64") @ flat for at in range(0, RESAMPLES, AT_A_TIME)]
    return _score(np.concatenate(sums).reshape(RESAMPLES, seeds, 3) / texts)


@functools.lru_cache(2)
def _times(texts: int, seed: int) -> np.ndarray:
    """How often each text is drawn in each resample: (resamples, texts) uint16; a table asks for the same draws again and again."""
    rng = np.random.default_rng(seed)
    found = np.empty((RESAMPLES, texts), "uint16")
    for row in found:
        row[:] = np.bincount(rng.integers(0, texts, texts), minlength=texts)
    return found
