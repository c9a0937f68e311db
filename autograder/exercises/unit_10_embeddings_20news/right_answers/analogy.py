"""Right answers to `analogy`, each written in another way."""

import numpy as np


def with_unit_vectors(a, b, c, words, vectors):
    i, j, k = (words.index(each) for each in (a, b, c))
    target = vectors[j] - vectors[i] + vectors[k]
    scores = vectors @ target / np.linalg.norm(vectors, axis=1)
    scores[[i, j, k]] = -np.inf
    return words[scores.argmax()]


def first_that_was_not_asked(a, b, c, words, vectors):
    at = {word: i for i, word in enumerate(words)}
    target = vectors[at[b]] + vectors[at[c]] - vectors[at[a]]
    unit = vectors / np.sqrt(np.sum(vectors**2, axis=1, keepdims=True))
    for i in np.argsort(-(unit @ target)):
        if words[i] not in (a, b, c):
            return words[i]


def one_word_at_a_time(a, b, c, words, vectors):
    table = {word: vector.tolist() for word, vector in zip(words, vectors)}
    target = [y - x + z for x, y, z in zip(table[a], table[b], table[c])]
    best, answer = -2.0, None
    for word, vector in table.items():
        if word in {a, b, c}:
            continue
        dot = sum(p * q for p, q in zip(vector, target))
        score = dot / (sum(p * p for p in vector) ** 0.5 * sum(q * q for q in target) ** 0.5)
        if score > best:
            best, answer = score, word
    return answer


def with_scipy(a, b, c, words, vectors):
    from scipy.spatial.distance import cdist

    rows = [words.index(a), words.index(b), words.index(c)]
    target = np.array([-1, 1, 1]) @ vectors[rows]
    others = np.setdiff1d(np.arange(len(words)), rows)
    return words[others[cdist(target[None], vectors[others], "cosine").argmin()]]


def with_a_mask(a, b, c, words, vectors):
    names = np.array(words)
    target = (vectors[names == b] - vectors[names == a] + vectors[names == c])[0]
    cosine = np.einsum("nd,d->n", vectors, target) / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(target))
    return str(names[np.where(np.isin(names, [a, b, c]), -2, cosine).argmax()])


def with_max(a, b, c, words, vectors):
    def vector(word):
        return vectors[words.index(word)]

    target = vector(b) - vector(a) + vector(c)
    others = set(words) - {a, b, c}
    return max(others, key=lambda word: vector(word) @ target / np.linalg.norm(vector(word)))
