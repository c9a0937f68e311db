"""Right answers to `macro_f1`, each written in another way."""

import numpy as np


def with_sets(y, p):
    total = 0
    classes = set(y.tolist()) | set(p.tolist())
    for c in classes:
        right = sum(1 for a, b in zip(y, p, strict=True) if a == b == c)
        wrong = sum(1 for a, b in zip(y, p, strict=True) if (a == c) != (b == c))
        total += 2 * right / (2 * right + wrong)
    return total / len(classes)


def precision_and_recall(y, p):
    scores = []
    for c in np.unique(np.concatenate([y, p])):
        right = np.sum((y == c) & (p == c))
        precision = right / np.sum(p == c) if np.any(p == c) else 0.0
        recall = right / np.sum(y == c) if np.any(y == c) else 0.0
        scores.append(2 * precision * recall / (precision + recall) if right else 0.0)
    return np.mean(scores)


def asked_of_sklearn(y, p):
    from sklearn.metrics import f1_score

    return f1_score(y, p, average="macro")


def from_the_table(y, p):
    classes, both = np.unique(np.stack([y, p]), return_inverse=True)
    table = np.zeros((len(classes), len(classes)))
    np.add.at(table, tuple(both.reshape(2, -1)), 1)
    return (2 * table.diagonal() / (table.sum(axis=0) + table.sum(axis=1))).mean()


def with_counters(y, p):
    from collections import Counter

    true, said = Counter(y.tolist()), Counter(p.tolist())
    right = Counter(c for c, d in zip(y.tolist(), p.tolist(), strict=True) if c == d)
    classes = true | said
    return sum(2 * right[c] / (true[c] + said[c]) for c in classes) / len(classes)


def harmonic_means(y, p):
    from statistics import harmonic_mean, mean

    def f1(c):
        precision = float(np.mean(y[p == c] == c)) if c in p else 0.0
        recall = float(np.mean(p[y == c] == c)) if c in y else 0.0
        return harmonic_mean([precision, recall])

    return mean(f1(c) for c in set(y) | set(p))


def nan_made_zero(y, p):
    classes = np.union1d(y, p)[:, None]
    right = ((y == classes) & (p == classes)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        precision, recall = right / (p == classes).sum(axis=1), right / (y == classes).sum(axis=1)
        return np.nan_to_num(2 * precision * recall / (precision + recall)).mean()
