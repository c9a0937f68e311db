"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

import numpy as np

from autograder.exercise import probe


def skipgram_pairs(rng):
    for text, window in (
        ("we sing", 1),
        ("up up away", 1),
        ("hot tea", 3),
        ("so so", 2),
        ("one", 1),
        ("go on now", 1),
        ("red fox ran", 1),
        ("ha ha ha", 1),
    ):
        yield probe(text.split(), window)


def nearest(rng):
    words = ["east", "north", "west", "south"]
    compass = np.array([[5.0, 1.0], [0.0, 1.0], [-2.0, 0.5], [1.0, -3.0]])
    for word in words:
        for k in (1, 2, 3):
            yield probe(word, words, compass, k)
