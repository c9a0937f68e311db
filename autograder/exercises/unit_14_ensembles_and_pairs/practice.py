"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

import numpy as np

from autograder.exercise import probe


def soft_vote(rng):
    """Two or three members, one text, whole numbers whose mean is whole."""
    for _ in range(6):
        first, second = rng.integers(-5, 9, (2, 1, 2))
        yield probe(np.stack([first, second + (first + second) % 2])[:, None, 0:1].astype(float).reshape(2, 1, 2))
    for weights in ([3, 1], [1, 3], [1, 0], [2, 2], [0, 5], [1, 1]):
        second = rng.integers(-4, 5, (1, 2))
        first = second + 4 * rng.integers(-2, 3, (1, 2))
        yield probe(np.stack([first, second]).astype(float), np.array(weights, float))


def label_weights(rng):
    """Four texts, two labels, shares that are halves."""
    for _ in range(12):
        y = np.array([[1, 0], [1, 1], [0, 1], [0, 0]])[rng.permutation(4)]
        yield probe(y, rng.integers(0, 2, y.shape))


def pair_features(rng):
    """One pair of two whole numbers each."""
    for _ in range(12):
        yield probe(rng.integers(-4, 6, (1, 2)).astype(float), rng.integers(-4, 6, (1, 2)).astype(float))


def bilinear(rng):
    """One pair, and a matrix of small whole numbers."""
    for _ in range(12):
        yield probe(*(rng.integers(-2, 4, shape).astype(float) for shape in ((1, 2), (2, 2), (1, 2))))


def parse_label_file(rng):
    """Two lines each, as they stand in files."""
    for lines in (
        ["__label__joy thank you", "__label__anger stop it"],
        ["__label__joy __label__love sweet", "__label__fear run"],
        ["thank you", "__label__joy great"],
        ["__label__joy a __label__fear b", "__label__love c"],
        ["", "nothing here"],
        ["__label__joy", "x __label__fear"],
        ["__label__ joy", "__label__fear dark"],
        ["   ", "__label__joy __label__joyful day"],
        ["__label__fear\tdark", "label joy"],
        ["__label__a b", "b __label__a"],
    ):
        yield probe(lines)
