"""Right answers to `nearest`, each written in another way."""

import numpy as np


def with_unit_vectors(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    order = np.argsort(-unit @ unit[words.index(word)])
    return [words[i] for i in order if words[i] != word][:k]


def only_the_rows_divided(word, words, vectors, k):
    scores = vectors @ vectors[words.index(word)] / np.sqrt((vectors**2).sum(axis=1))
    scores[words.index(word)] = -np.inf
    return [words[i] for i in scores.argsort()[::-1][:k]]


def with_sorted(word, words, vectors, k):
    table = dict(zip(words, vectors))
    target = table.pop(word)

    def cosine(each):
        return np.dot(table[each], target) / np.linalg.norm(table[each]) / np.linalg.norm(target)

    return sorted(table, key=cosine, reverse=True)[:k]


def with_scipy(word, words, vectors, k):
    from scipy.spatial.distance import cdist

    at = words.index(word)
    distances = cdist(vectors[at][None], vectors, "cosine")[0]
    distances[at] = 3
    return [words[i] for i in np.argsort(distances)[:k]]


def with_heap(word, words, vectors, k):
    from heapq import nlargest

    target = vectors[words.index(word)]
    scored = [(v @ target / np.linalg.norm(v), each) for v, each in zip(vectors, words) if each != word]
    return [each for _, each in nlargest(k, scored)]


def with_sklearn(word, words, vectors, k):
    from sklearn.metrics.pairwise import cosine_similarity

    i = list(words).index(word)
    similar = np.delete(cosine_similarity(vectors[[i]], vectors)[0], i)
    return list(np.delete(np.array(words), i)[np.argsort(similar)[: -k - 1 : -1]])


def distances_between_unit_vectors(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    order = np.argsort(np.linalg.norm(unit - unit[words.index(word)], axis=1))
    return [words[i] for i in order if i != words.index(word)][:k]
