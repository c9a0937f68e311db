"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

import numpy as np

from autograder.exercise import probe


def n_updates(rng):
    for batch in (5, 10, 20, 25, 50):  # hidden ones have other batches
        yield probe(int(batch * rng.integers(2, 5)), batch, int(rng.integers(2, 5)))
        yield probe(int(batch * rng.integers(2, 5) + rng.integers(1, batch)), batch, int(rng.integers(2, 5)))
    yield probe(7, 10, 3)
    yield probe(101, 100, 2)


def early_stop(rng):
    for patience in (1, 2, 3):
        for _ in range(5):
            yield probe([float(v) for v in rng.integers(1, 10, size=6) / 10], patience)


def loss_for(rng):
    one_hot = np.eye(3, dtype=int)
    for task, labels in (
        ("two", [1, 1, 0, 0]),
        ("two", [1, 2, 2]),
        ("two", [[0], [1], [0]]),
        ("two", [[0, 1], [1, 0], [0, 1]]),
        ("many", [4, 1, 3]),
        ("many", [[4], [1], [3]]),
        ("many", one_hot[[2, 0]]),
        ("many", [[0, 1, 1], [1, 0, 0]]),
        ("several", [[0, 1, 1], [1, 0, 0]]),
        ("several", one_hot[[2, 0]]),
        ("several", [[0, 0, 3]]),
        ("regression", [3, 1, 2]),
        ("regression", [0.5, 0.25]),
        ("classes", [0, 1]),
    ):
        yield probe(task, np.array(labels))
