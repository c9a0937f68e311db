"""Puzzles that need just what one model has. Each takes a generator and a number of texts, and gives ids (texts, 25) and labels
(texts,), 0 or 1. Words 1, 2 and 3 mean something, those from 10 on fill a text; id 0 is padding.

`reverse` gives sequences to be written backwards instead, and their answers.

Where order counts, no word that matters stands among the first or the last four: a filter would see the edge beside it.

`same_word` gives two texts, [a, b], ids (texts, PAIR_LENGTH) each, and labels.

Puzzles of stories give story (texts, sentences, 2), question (texts, 1) and the places of the two sentences that hold the answer
(texts, 2), the second found by the first; and answers (texts,) from 0 to 3.
"""

from __future__ import annotations

import numpy as np

WORDS = 40  # ids; those below 10 mean something, the others fill a text
LENGTH = 25
EDGE = 4
SYMBOLS = 23  # ids of `reverse`; 0, 1 and 2 are those of padding, _GO and _END
PAIR_LENGTH = 8  # words of either text of a pair
REVERSED = 8  # symbols of a sequence at most
PEOPLE, THINGS, PLACES = 1, 4, 8  # the first of 3 people, of 4 things and of 4 places, in a story
STORY_WORDS = 12  # ids of stories

Texts = tuple[np.ndarray, np.ndarray]
Stories = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


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


def masked(rng: np.random.Generator, texts: int) -> Texts:
    """Word 3 hides one of 1 and 2, and y says which: 0 or 1. It is the one that stands elsewhere, at least eight words away.

    Who reads each place by itself can only guess.
    """
    ids, y = fill(rng, texts), rng.integers(0, 2, texts)
    rows, first = np.arange(texts), rng.integers(EDGE, EDGE + 4, texts)
    second = first + rng.integers(9, LENGTH - 2 * EDGE - 3, texts)
    hidden_first = rng.random(texts) < 0.5
    ids[rows, np.where(hidden_first, first, second)] = 3
    ids[rows, np.where(hidden_first, second, first)] = 1 + y
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


def same_word(rng: np.random.Generator, texts: int, keys: int = 6) -> tuple[list[np.ndarray], np.ndarray]:
    """Whether the same one of the words from 1 to `keys` stands somewhere in a and somewhere in b: [a, b] and labels (texts,).

    Each key is as frequent in both classes, so that neither text by itself says anything.
    """
    y, key = rng.integers(0, 2, texts), rng.integers(0, keys, texts)
    other = np.where(y, key, (key + rng.integers(1, keys, texts)) % keys)
    pair = []
    for found in (key, other):
        ids = rng.integers(10, WORDS, (texts, PAIR_LENGTH)).astype("int32")
        ids[np.arange(texts), rng.integers(0, PAIR_LENGTH, texts)] = 1 + found
        pair.append(ids)
    return pair, y


def last_place(rng: np.random.Generator, texts: int) -> Stories:
    """Six sentences of who went where: where is one of the people now? What was last said of the person holds."""
    who, where = rng.integers(0, 3, (texts, 6)), rng.integers(0, 4, (texts, 6))
    rows, asked = np.arange(texts), who[np.arange(texts), rng.integers(0, 6, texts)]
    last = 5 - (who == asked[:, None])[:, ::-1].argmax(axis=1)
    story = np.stack([PEOPLE + who, PLACES + where], axis=2).astype("int32")
    return story, (PEOPLE + asked[:, None]).astype("int32"), np.stack([last, last], axis=1), where[rows, last]


def two_facts(rng: np.random.Generator, texts: int) -> Stories:
    """Six sentences in any order, three of who has what and three of who is where: where is one of the things?"""
    people = np.arange(3)[None].repeat(texts, axis=0)
    things, places = (rng.permuted(np.arange(4)[None].repeat(texts, axis=0), axis=1)[:, :3] for _ in range(2))
    told = np.concatenate(
        [np.stack([PEOPLE + people, first + other], axis=2) for first, other in ((THINGS, things), (PLACES, places))],
        axis=1,
    )
    order = rng.permuted(np.arange(6)[None].repeat(texts, axis=0), axis=1)  # which sentence stands where
    at = order.argsort(axis=1)  # where each sentence stands
    rows, asked = np.arange(texts), rng.integers(0, 3, texts)  # the person who has the thing
    story = np.take_along_axis(told, order[..., None], axis=1).astype("int32")
    supporting = np.stack([at[rows, asked], at[rows, asked + 3]], axis=1)
    return story, (THINGS + things[rows, asked])[:, None].astype("int32"), supporting, places[rows, asked]
