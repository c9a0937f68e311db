import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import LOOK, VECTORS, WORDS, a_vocabulary, cosines, ranked


@exercise("nearest", points=2, objective=LOOK)
class Nearest:
    """The k words whose vectors have the largest cosine to that of `word`, the largest first, without `word` itself."""

    def oracle(word, words, vectors, k):
        from sklearn.neighbors import NearestNeighbors

        at = words.index(word)
        others = [i for i in range(len(words)) if i != at]
        model = NearestNeighbors(metric="cosine", algorithm="brute").fit(vectors[others])
        found = model.kneighbors(vectors[at : at + 1], n_neighbors=k, return_distance=False)
        return [words[others[i]] for i in found[0]]

    examples = [
        probe("man", WORDS, VECTORS, 1),
        probe("queen", WORDS, VECTORS, 2),
        probe("woman", WORDS, VECTORS, 3),
        probe("giant", WORDS, VECTORS, 5),
    ]

    def hidden(rng):
        for count, dimension, k in ((6, 2, 3), (20, 4, 1), (30, 8, 5), (14, 3, 13), (60, 25, 10)):
            words, vectors = a_vocabulary(rng, count, dimension)
            yield probe(words[int(rng.integers(count))], words, vectors, k)

    not_normalised = mistake(
        "Those are the largest dot products: long vectors win, wherever they point. A cosine is the product of vectors of "
        "length 1: divide by both lengths.",
        lambda word, words, vectors, k: nearby(word, words, vectors @ vectors[words.index(word)], k),
    )
    euclidean = mistake(
        "Those are the smallest distances. Asked for is the largest cosine: the direction counts, the length does not.",
        lambda word, words, vectors, k: nearby(
            word, words, -np.linalg.norm(vectors - vectors[words.index(word)], axis=1), k
        ),
    )
    itself_first = mistake(
        "The nearest word is the word itself, with a cosine of 1. Leave it out, and give k others.",
        lambda word, words, vectors, k: ranked(cosines(vectors, vectors[words.index(word)]), words)[:k],
    )
    one_too_few = mistake(
        "The word itself is gone, but it took one of the k places: take k + 1 first, or leave it out before you count.",
        lambda word, words, vectors, k: [
            each for each in ranked(cosines(vectors, vectors[words.index(word)]), words)[:k] if each != word
        ],
    )
    farthest = mistake(
        "Those are the *least* similar words: np.argsort sorts upwards. Sort the negated cosines, or turn the order round.",
        lambda word, words, vectors, k: ranked(
            [-c for c in cosines(vectors, vectors[words.index(word)])], words, {words.index(word)}
        )[:k],
    )
    ascending = mistake(
        "The right words, with the most similar *last*. Turn the order round.",
        lambda word, words, vectors, k: Nearest.oracle(word, words, vectors, k)[::-1],
    )
    ascending_with_itself = mistake(
        "np.argsort sorts upwards: the most similar word is last, and it is the word itself. Turn the order round, and leave the "
        "word out.",
        lambda word, words, vectors, k: ranked(cosines(vectors, vectors[words.index(word)]), words)[:k][::-1],
    )
    places = mistake(
        "Those are the places of the words. The words themselves are asked for: words[i].",
        lambda word, words, vectors, k: [words.index(each) for each in Nearest.oracle(word, words, vectors, k)],
    )
    with_cosines = mistake(
        "The words are right; their cosines are not asked for. Return a list of words.",
        lambda word, words, vectors, k: [
            (each, cosines(vectors[[words.index(each)]], vectors[words.index(word)])[0])
            for each in Nearest.oracle(word, words, vectors, k)
        ],
    )
    over_columns = mistake(
        "You divide each *column* by its length. It is the rows, one for each word, that should have length 1: axis=1, "
        "keepdims=True.",
        lambda word, words, vectors, k: nearby(word, words, columns_of_one(vectors, words.index(word)), k),
    )


def nearby(word, words, scores, k):
    """The k words with the largest scores, without the word."""
    return ranked(scores, words, {words.index(word)})[:k]


def columns_of_one(vectors, at):
    """Dot products after each column was divided by its length."""
    scaled = vectors / np.linalg.norm(vectors, axis=0)
    return scaled @ scaled[at]
