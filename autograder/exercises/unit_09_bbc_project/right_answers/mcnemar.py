"""Right answers to `mcnemar`, each written in another way."""

import numpy as np

from ..mcnemar import sign_test


def by_coefficients(y, a, b):
    right_a, right_b = a == y, b == y
    only_a, only_b = int(np.sum(right_a & ~right_b)), int(np.sum(~right_a & right_b))
    return only_a, only_b, sign_test(only_a, only_a + only_b)


def with_the_distribution(y, a, b):
    from scipy.stats import binom

    only_a = np.sum((a == y) > (b == y))
    only_b = np.sum((a == y) < (b == y))
    return only_a, only_b, min(1.0, 2 * binom.cdf(min(only_a, only_b), only_a + only_b, 0.5))


def article_by_article(y, a, b):
    from math import comb

    only_a = only_b = 0
    for truth, said_a, said_b in zip(y, a, b, strict=True):
        if said_a == truth != said_b:
            only_a += 1
        elif said_b == truth != said_a:
            only_b += 1
    n = only_a + only_b
    if only_a == only_b:
        return only_a, only_b, 1.0
    return only_a, only_b, sum(comb(n, i) for i in range(max(only_a, only_b), n + 1)) / 2 ** (n - 1)


def as_unlikely_or_more(y, a, b):
    from scipy.stats import binom

    only_a, only_b = np.count_nonzero((a == y) & (b != y)), np.count_nonzero((b == y) & (a != y))
    chances = binom.pmf(np.arange(only_a + only_b + 1), only_a + only_b, 0.5)
    return only_a, only_b, chances[chances <= chances[only_a] * (1 + 1e-9)].sum()


def exactly(y, a, b):
    from fractions import Fraction

    better = (a == y).astype(int) - (b == y).astype(int)
    only_a, only_b = (better == 1).sum(), (better == -1).sum()
    row = [Fraction(1)]
    for _ in range(only_a + only_b):  # Pascal's triangle, halved in each row
        row = [(left + right) / 2 for left, right in zip([0, *row], [*row, 0], strict=True)]
    return int(only_a), int(only_b), float(min(1, 2 * sum(row[: min(only_a, only_b) + 1])))


def from_the_table(y, a, b):
    from scipy.stats import binomtest
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix(a == y, b == y, labels=[False, True])
    only_a, only_b = table[1, 0], table[0, 1]
    if only_a + only_b == 0:
        return 0, 0, 1.0
    return only_a, only_b, binomtest(min(only_a, only_b), only_a + only_b, alternative="two-sided").pvalue


def with_pandas(y, a, b):
    import pandas as pd
    from scipy.special import bdtr

    right = pd.DataFrame({"a": a == y, "b": b == y})
    only = [len(right.query("a and not b")), len(right.query("b and not a"))]
    p = 1.0 if only[0] == only[1] else 2 * bdtr(min(only), sum(only), 0.5)
    return (*only, p)
