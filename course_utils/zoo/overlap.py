"""Five counts of a pair of texts that need no training, and a linear model on them: what a network of pairs is held against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils.zoo.text.tokens import words

COUNTS = ("shared", "of a in b", "of b in a", "longer", "one denies")
#: English words that deny; in other languages the last count is 0.
DENIALS = {"no", "not", "nobody", "nothing", "none", "never", "nowhere", "neither", "nor", "without", "cannot"}
DENIALS |= {"isn't", "aren't", "don't", "doesn't"}


def counts(pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    """(pairs, 5) float64, in the order of COUNTS.

    Different words in both texts as a share of those in either, of those of a and of those of b; how many words b is longer
    than a; and 1 where just one of the two has a word that denies.
    """
    return np.array([_counts(words(a), words(b)) for a, b in pairs], "float64").reshape(-1, len(COUNTS))


def _counts(a: Sequence[str], b: Sequence[str]) -> list[float]:
    of_a, of_b = set(a), set(b)
    both = len(of_a & of_b)
    shares = [both / max(len(one), 1) for one in (of_a | of_b, of_a, of_b)]
    return [*shares, len(b) - len(a), bool(of_a & DENIALS) != bool(of_b & DENIALS)]


def linear(number: bool = False) -> Any:
    """A model for `fit(counts, answers)` and `predict(counts)`: logistic regression, of numbers linear regression."""
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LinearRegression() if number else LogisticRegression(C=10, max_iter=1_000))
