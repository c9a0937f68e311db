"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

from autograder.exercise import probe

from .shared import distinct


def out_size_t(rng):
    for n in (2, 3, 4, 5):  # hidden ones have 6 or more, or 1
        for padding in ("valid", "same"):
            yield probe(n, int(rng.integers(3, 6)), 3, padding)
            yield probe(n, int(rng.integers(4, 8)), 2, padding)
            yield probe(n, 2, 4, padding)


def overlap_counts(rng):
    for n, k, s in (
        *((2, 3, 1), (2, 2, 2), (2, 1, 2), (2, 1, 3), (2, 1, 1), (3, 2, 1)),
        *((3, 1, 1), (1, 4, 3), (1, 2, 2), (1, 3, 3), (1, 2, 1), (1, 4, 1)),
    ):
        yield probe(n, k, s)


def upsample_nearest(rng):
    for _ in range(6):
        yield probe(rng.integers(1, 10, (1, 3)), 2)
        yield probe(rng.integers(1, 10, (2, 2)), 2)


def max_pool_switches(rng):
    for _ in range(5):
        yield probe(rng.integers(0, 10, (2, 4)), 2)
        yield probe(rng.permutation(10)[:8].reshape(4, 2), 2)
        yield probe(-1 - rng.integers(0, 9, (2, 5)), 2)


def conv2d_transpose(rng):
    for _ in range(5):
        yield probe(rng.integers(1, 5, (1, 2)), distinct(rng, 1, 2))
        yield probe(rng.integers(1, 5, (1, 2)), distinct(rng, 1, 3), stride=2)
        yield probe(rng.integers(1, 5, (1, 3)), distinct(rng, 1, 2), stride=3)
