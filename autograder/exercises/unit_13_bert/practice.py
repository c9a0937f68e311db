"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

import numpy as np

from autograder.exercise import probe

PIECES = {"read", "reading", "re", "##ad", "##er", "##ing", "##s", "##a", "w", "##rite", "write", "ten", "##ten"}


def wordpiece(rng):
    """Words of a small vocabulary: whole ones, pieces, and some that have none."""
    for word in ("reading", "reads", "reader", "readers", "writing", "writes", "written", "tens", "rewrite", "rereads"):
        yield probe(word, PIECES)


def pool(rng):
    """Two places of two whole numbers, and sometimes one of padding."""
    for how in ("mean", "max", "cls") * 4:
        states = rng.integers(-4, 9, (1, 3, 2)).astype(float)
        states[0, 1] += (states[0, 0] + states[0, 1]) % 2  # means are whole
        yield probe(states, np.array([[True, True, False]]), how)
    for a, b in ((3, 4), (4, -3), (0, 2), (-8, 6)):
        yield probe(np.array([[[a, b], [9, 9]]], float), np.array([[True, False]]), "unit")
