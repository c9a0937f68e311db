"""Puzzles that need just what one model has. Each takes a generator and a number of texts, and gives ids (texts, 25) and labels
(texts,), 0 or 1. Words 1, 2 and 3 mean something, those from 10 on fill a text; id 0 is padding.

`reverse` gives sequences to be written backwards instead, and their answers.

Where order counts, no word that matters stands among the first or the last four: a filter would see the edge beside it.
"""

from __future__ import annotations

import numpy as np

WORDS = 40  # ids; those below 10 mean something, the others fill a text
LENGTH = 25
EDGE = 4
SYMBOLS = 23  # ids of `reverse`; 0, 1 and 2 are those of padding, _GO and _END
REVERSED = 8  # symbols of a sequence at most

Texts = tuple[np.ndarray, np.ndarray]


def fill(rng: np.random.Generator, texts: int) -> np.ndarray:
    """Texts that say nothing: (texts, 25) int32."""
    return rng.integers(10, WORDS, (texts, LENGTH)).astype("int32")


def word_present(rng: np.random.Generator, texts: int) -> Texts:
    """Whether word 1 stands anywhere."""
    ids, y = fill(rng, texts), rng.integers(0, 2, texts)
    places = rng.integers(1, LENGTH, texts)
    ids[np.arange(texts), places] = np.where(y, 1, ids[np.arange(texts), places])
    return ids, y


def phrase(rng: np.random.Generator, texts: int) -> Texts:
    """Whether 1 2 stand side by side in this order; otherwise the same words stand as 2 1."""
    ids, y = fill(rng, texts), rng.integers(0, 2, texts)
    places, rows = rng.integers(EDGE, LENGTH - EDGE - 1, texts), np.arange(texts)
    ids[rows, places], ids[rows, places + 1] = np.where(y, 1, 2), np.where(y, 2, 1)
    return ids, y


def order(rng: np.random.Generator, texts: int) -> Texts:
    """Whether 1 comes before 2, with at least eight words between: more than any filter sees at a time."""
    ids, y = fill(rng, texts), rng.integers(0, 2, texts)
    rows, first = np.arange(texts), rng.integers(EDGE, EDGE + 4, texts)
    second = first + rng.integers(9, LENGTH - 2 * EDGE - 3, texts)
    ids[rows, first], ids[rows, second] = np.where(y, 1, 2), np.where(y, 2, 1)
    return ids, y


def two_sides(rng: np.random.Generator, texts: int) -> Texts:
    """What stands on the two sides of word 3, anywhere: 1 before and 2 after it, or 2 before and 1 after it."""
    ids, y = fill(rng, texts), rng.integers(0, 2, texts)
    rows, middle = np.arange(texts), rng.integers(EDGE + 7, LENGTH - EDGE - 7, texts)
    ids[rows, middle] = 3
    ids[rows, middle - rng.integers(5, 8, texts)] = np.where(y, 1, 2)
    ids[rows, middle + rng.integers(5, 8, texts)] = np.where(y, 2, 1)
    return ids, y


def one_sentence(rng: np.random.Generator, texts: int) -> Texts:
    """Five sentences of five words: whether 1 and 2 stand in the same one; otherwise they stand in two."""
    ids, y = fill(rng, texts), rng.integers(0, 2, texts)
    rows = np.arange(texts)
    sentence = rng.integers(0, 5, texts)
    other = np.where(y, sentence, (sentence + rng.integers(1, 5, texts)) % 5)
    ids[rows, sentence * 5 + rng.integers(0, 3, texts)] = 1
    ids[rows, other * 5 + rng.integers(3, 5, texts)] = 2
    return ids, y


def reverse(rng: np.random.Generator, texts: int) -> Texts:
    """Sequences to be written backwards: ids and answers, both (texts, REVERSED) int32, of ids from 3 to SYMBOLS - 1.

    They have from half of REVERSED to all of it; 0 follows. A symbol may come twice.
    """
    ids = rng.integers(3, SYMBOLS, (texts, REVERSED)).astype("int32")
    lengths = rng.integers(REVERSED // 2, REVERSED + 1, texts)
    answers = np.zeros_like(ids)
    for row, length in enumerate(lengths):
        ids[row, length:] = 0
        answers[row, :length] = ids[row, :length][::-1]
    return ids, answers
