"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

import numpy as np

from autograder.exercise import probe

from .shared import asymmetric


def _picture(rng, height, width):
    return rng.integers(0, 5, (height, width))


def corr2d(rng):
    for _ in range(6):
        yield probe(_picture(rng, 2, 3), asymmetric(rng, 2, 2))
        yield probe(_picture(rng, 1, 5), asymmetric(rng, 1, 3), stride=2)
    for _ in range(4):
        yield probe(_picture(rng, 1, 2), asymmetric(rng, 1, 2), pad=1)
        yield probe(_picture(rng, 3, 3), asymmetric(rng, 2, 2), stride=2)


def conv2d_true(rng):
    for _ in range(8):
        yield probe(_picture(rng, 2, 3), asymmetric(rng, 2, 2))
        yield probe(_picture(rng, 1, 4), asymmetric(rng, 1, 3))


def erode(rng):
    for _ in range(8):
        yield probe(rng.integers(1, 10, (1, 5), dtype=np.uint8), np.ones((1, 3), np.uint8))
        yield probe(rng.integers(1, 10, (1, 4), dtype=np.uint8), np.array([[0, 1, 1]], np.uint8))


def dilate(rng):
    for _ in range(8):
        yield probe(rng.integers(1, 10, (1, 5), dtype=np.uint8), np.ones((1, 3), np.uint8))
        yield probe(rng.integers(1, 10, (1, 4), dtype=np.uint8), np.array([[0, 1, 1]], np.uint8))


def median_filter(rng):
    for _ in range(6):
        yield probe(rng.integers(0, 10, (1, 5)), 3)
        yield probe(rng.integers(0, 10, (2, 3)), 3)


def pool2d(rng):
    for _ in range(5):
        yield probe(rng.integers(-9, 10, (2, 5)), 2)
        yield probe(2 * rng.integers(0, 5, (2, 4)), 2, mode="average")
        yield probe(rng.integers(-9, 10, (2, 4)), 2, stride=1)
    yield probe(rng.integers(-9, 0, (3, 3)), 2)
    yield probe(rng.integers(0, 9, (2, 3)), 2, mode="maximum")
