"""Right answers to `causal_mask`, each written in another way."""

import numpy as np


def lower_triangle(n):
    return np.tril(np.ones((n, n), dtype=bool))


def by_comparing(n):
    places = np.arange(n)
    return places[:, None] >= places


def with_tri(n):
    return np.tri(n, dtype=bool)


def turned_upper(n):
    return ~np.triu(np.ones((n, n), bool), k=1)


def row_by_row(n):
    mask = np.zeros((n, n), bool)
    for i in range(n):
        mask[i, : i + 1] = True
    return mask


def of_lists(n):
    return np.array([[j <= i for j in range(n)] for i in range(n)])


def from_indices(n):
    return np.fromfunction(lambda i, j: j <= i, (n, n))
