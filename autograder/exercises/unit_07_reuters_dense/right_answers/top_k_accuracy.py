"""Right answers to `top_k_accuracy`, each written in another way."""

import numpy as np


def with_argsort(y, p, k):
    if k < 1 or k > p.shape[1]:
        raise ValueError("k")
    best = np.argsort(p, axis=1)[:, -k:]
    return (best == y[:, None]).any(axis=1).mean()


def with_partition(y, p, k):
    if not 0 < k <= p.shape[1]:
        raise ValueError(k)
    best = np.argpartition(-p, k - 1, axis=1)[:, :k]
    return sum(label in row for label, row in zip(y, best, strict=True)) / len(y)


def counting_the_better_ones(y, p, k):
    stories, classes = p.shape
    if k not in range(1, classes + 1):
        raise ValueError(f"k={k}, and there are {classes} classes")
    own = p[np.arange(stories), y]
    return np.count_nonzero((p > own[:, None]).sum(axis=1) < k) / stories


def row_by_row(y, p, k):
    if k < 1:
        raise ValueError("k is too small")
    if k > len(p[0]):
        raise ValueError("k is too large")
    hits = 0
    for label, row in zip(y, p.tolist(), strict=True):
        best = sorted(range(len(row)), key=row.__getitem__, reverse=True)
        hits += label in best[:k]
    return hits / len(y)


def above_the_threshold(y, p, k):
    sensible = 1 <= k <= p.shape[1]
    if not sensible:
        raise ValueError(k)
    threshold = np.sort(p, axis=1)[:, -k]
    return np.mean(np.take_along_axis(p, y[:, None], 1)[:, 0] >= threshold)


def asked_of_keras(y, p, k):
    import keras

    if k <= 0 or k > p.shape[1]:
        raise ValueError("no such k")
    return float(keras.ops.mean(keras.metrics.sparse_top_k_categorical_accuracy(y, p.astype("float32"), k)))


def asked_of_sklearn(y, p, k):
    from sklearn.metrics import top_k_accuracy_score

    if not 0 < k < p.shape[1] + 1:
        raise ValueError(k)
    return top_k_accuracy_score(y, p, k=k, labels=range(p.shape[1]))


def from_ranks(y, p, k):
    from scipy.stats import rankdata

    if k < 1 or p.shape[1] < k:
        raise ValueError("k")
    place = rankdata(-p, axis=1)[range(len(y)), y]
    return (place <= k).mean()
