"""Right answers to `bilinear`, each written in another way."""

import numpy as np


def product_then_sum(u, m, v):
    return ((u @ m) * v).sum(axis=1)


def einsum(u, m, v):
    return np.einsum("nd,de,ne->n", u, m, v, optimize=True)


def pair_by_pair(u, m, v):
    return np.array([a @ m @ b for a, b in zip(u, v)])


def from_the_other_side(u, m, v):
    return np.sum(u * (v @ m.T), axis=-1)


def with_batches(u, m, v):
    return (u[:, None, :] @ m @ v[:, :, None]).reshape(len(u))


def diagonal_of_all(u, m, v):
    return np.diagonal(u @ m @ v.T).copy()


def with_loops(u, m, v):
    scores = []
    for n in range(len(u)):
        total = 0.0
        for i in range(m.shape[0]):
            for j in range(m.shape[1]):
                total += u[n, i] * m[i, j] * v[n, j]
        scores.append(total)
    return np.array(scores, float)


def as_outer_products(u, m, v):
    outer = u[:, :, None] * v[:, None, :]  # (n, d, e)
    return (outer * m).reshape(len(u), m.size).sum(axis=1)
