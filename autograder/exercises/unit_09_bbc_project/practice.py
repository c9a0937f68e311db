"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

from autograder.exercise import probe


def standardize(rng):
    for text in (
        "Up, up and AWAY!",
        "A 3-1 win",
        "It's not U.S. law",
        "£5m (or so)",
        "10% off: NOW",
        "e-mail\nme",
        "Zoë's café",
        "  two   gaps ",
        "3.5 million",
        "...",
        "AT&T",
        "what?Really",
    ):
        yield probe(text)
