"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

from autograder.exercise import probe


def shift_decoder(rng):
    """Labels beyond those that hidden probes have."""
    for count, length in ((1, 3), (2, 3), (2, 5), (3, 3), (3, 4), (0, 2), (4, 3), (1, 2), (2, 2), (3, 6)):
        yield probe([int(label) for label in rng.permutation(range(40, 60))[:count]], length)
