"""Right answers to `label_weights`, each written in another way."""

import numpy as np


def vectorized(y, predicted):
    own = y.sum(axis=0)
    missed = ((y == 1) & (predicted == 0)).sum(axis=0)
    return 1 + 2 * missed / np.maximum(own, 1)


def label_by_label(y, predicted):
    weights = np.ones(y.shape[1])
    for label in range(y.shape[1]):
        own = y[:, label] == 1
        if own.any():
            weights[label] += 2 * np.mean(predicted[own, label] == 0)
    return weights


def by_recall(y, predicted):
    from sklearn.metrics import recall_score

    recall = recall_score(y, predicted, average=None, zero_division=1)
    return 1 + 2 * (1 - np.atleast_1d(recall)) if y.shape[1] > 1 else vectorized(y, predicted)


def with_divide(y, predicted):
    own = np.count_nonzero(y, axis=0).astype(float)
    missed = np.count_nonzero(y > predicted, axis=0)
    return np.divide(2 * missed, own, out=np.zeros(len(own)), where=own > 0) + 1


def from_what_was_found(y, predicted):
    own = y.sum(axis=0, dtype=float)
    own[own == 0] = np.nan
    found = (y.astype(bool) & predicted.astype(bool)).sum(axis=0) / own
    return np.nan_to_num(3 - 2 * found, nan=1.0)


def text_by_text(y, predicted):
    own, missed = [0] * y.shape[1], [0] * y.shape[1]
    for row, said in zip(y.tolist(), predicted.tolist()):
        for label, has in enumerate(row):
            own[label] += has
            missed[label] += has and not said[label]
    return np.array([1 + 2 * m / o if o else 1.0 for m, o in zip(missed, own)])
