"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

import numpy as np

from autograder.exercise import probe


def hierarchical_softmax(rng):
    """Trees that are given by the length of each path: at score 0 a turn is worth one half, at 100 it is certain."""
    three = np.array([[0, 0], [0, 1], [0, 1]]), np.array([[1, 0], [-1, 1], [-1, -1]])
    mirrored = three[0], -three[1]
    four = np.array([[0, 1], [0, 1], [0, 2], [0, 2]]), np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    for scores in ((100.0, 0.0), (-100.0, 0.0), (0.0, 100.0), (0.0, -100.0)):
        yield probe(*three, np.array(scores))
        yield probe(*mirrored, np.array(scores))
    for scores in ((0.0, 0.0, 0.0), (100.0, 0.0, 0.0), (-100.0, 0.0, 0.0), (0.0, 100.0, -100.0)):
        yield probe(*four, np.array(scores))


def textcnn_forward(rng):
    """Words of one number, filters of width 2."""
    for words, filters in [(2, 1), (3, 1), (3, 1), (4, 1), (3, 2), (2, 2)] * 2:
        x = rng.integers(0, 4, size=(words, 1)).astype(float)  # hidden ones are wider
        kernel = rng.integers(-1, 3, size=(2, 1, filters)).astype(float)
        yield probe(x, [kernel], [rng.integers(-4, 2, size=filters).astype(float)])
