"""Right answers to `hierarchical_softmax`, each written in another way."""

import numpy as np


def with_where(paths, signs, scores):
    turns = 1 / (1 + np.exp(-signs * scores[paths]))
    return np.where(signs == 0, 1, turns).prod(axis=1)


def with_loops(paths, signs, scores):
    import math

    found = []
    for nodes, turns in zip(paths, signs, strict=True):
        p = 1.0
        for node, turn in zip(nodes, turns, strict=True):
            if turn:
                p /= 1 + math.exp(-turn * scores[node])
        found.append(p)
    return np.array(found)


def with_logarithms(paths, signs, scores):
    return np.exp(-(np.logaddexp(0, -signs * scores[paths]) * (signs != 0)).sum(axis=1))


def left_and_right_apart(paths, signs, scores):
    from scipy.special import expit

    left = expit(np.asarray(scores))[paths]  # (classes, depth)
    return np.choose(signs + 1, [1 - left, np.ones_like(left), left]).prod(axis=1)


def from_the_root_down(paths, signs, scores):
    p = np.ones(len(paths))
    for step in range(paths.shape[1]):
        node, sign = paths[:, step], signs[:, step]
        p = np.where(sign == 0, p, p / (1 + np.exp(-sign * scores[node])))
    return p


def with_masked_arrays(paths, signs, scores):
    turns = np.ma.masked_array(1 / (1 + np.exp(-signs * scores[paths])), mask=signs == 0)
    return np.asarray(np.ma.prod(turns, axis=1))
