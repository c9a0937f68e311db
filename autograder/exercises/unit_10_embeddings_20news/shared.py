"""What several exercises of the unit use: their objectives, a few words with vectors, and cosines."""

import numpy as np

AVERAGE = "average the vectors of a text's words, padding left out"
PREDICT = "make the pairs that skip-gram learns from, and compute the loss of negative sampling"
LOOK = "load word vectors, and find neighbours and analogies among them"
STRIP = "take out of a post what gives its newsgroup away"
TRAIN = "train a network that averages word vectors, and say who beats it and why"

#: Vectors that can be checked by hand. "giant" points almost as "queen" does and is much longer.
WORDS = ["king", "queen", "man", "woman", "giant", "prince"]
VECTORS = np.array([[3.0, 1.0], [3.0, -1.0], [1.0, 1.0], [1.0, -1.0], [9.0, -1.0], [2.0, 1.0]])

VOCABULARY = ["ice", "snow", "rain", "sun", "bus", "car", "train", "ship", "cat", "dog", "cow", "hen", "bread", "milk"]


def cosines(vectors, target):
    """The cosine of each row with the target, one after the other: a list."""
    from math import sqrt

    def size(v):
        return sqrt(sum(float(x) * float(x) for x in v))

    return [
        sum(float(x) * float(t) for x, t in zip(v, target, strict=True)) / (size(v) * size(target)) for v in vectors
    ]


def ranked(scores, words, left_out=()):
    """The words by their scores, the largest first, without those at the places in `left_out`."""
    order = sorted(range(len(words)), key=lambda i: -scores[i])
    return [words[i] for i in order if i not in left_out]


def a_vocabulary(rng, count, dimension):
    """(words, vectors): words in random order, vectors of very different lengths."""
    words = [f"{VOCABULARY[i % len(VOCABULARY)]}{i // len(VOCABULARY) or ''}" for i in rng.permutation(count)]
    return words, rng.normal(size=(count, dimension)) * rng.uniform(0.2, 5.0, size=(count, 1))
