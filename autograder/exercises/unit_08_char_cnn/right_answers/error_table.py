"""Right answers to `error_table`, each written in another way."""

import numpy as np


def with_numpy(y, predictions, published):
    table = []
    for name, classes in predictions.items():
        if len(classes) != len(y):
            raise ValueError(name)
        error = np.mean(np.asarray(classes) != np.asarray(y))
        table.append((name, 100 * error, 196 * np.sqrt(error * (1 - error) / len(y)), published.get(name)))
    return sorted(table, key=lambda row: row[1])


def sorted_names(y, predictions, published):
    n = len(y)
    for classes in predictions.values():
        if len(classes) != n:
            raise ValueError("lengths differ")
    wrong = {name: int((classes != y).sum()) for name, classes in predictions.items()}
    rows = []
    for name in sorted(wrong, key=wrong.get):
        e = wrong[name] / n
        rows.append((name, e * 100, 1.96 * 100 * (e * (1 - e) / n) ** 0.5, published.get(name, None)))
    return rows


def refused_by_zip(y, predictions, published):
    def row(name, classes):
        wrong = [a != b for a, b in zip(classes, y, strict=True)]
        e = sum(wrong) / len(wrong)
        return name, 100 * e, 100 * 1.96 * (e * (1 - e) / len(wrong)) ** 0.5, published.get(name)

    rows = [row(name, classes) for name, classes in predictions.items()]
    rows.sort(key=lambda each: each[1])
    return rows


def scored_by_sklearn(y, predictions, published):
    from sklearn.metrics import zero_one_loss

    rows = []
    for name in predictions:
        e = zero_one_loss(y, predictions[name])
        margin = 1.96 * np.std(y != predictions[name]) / np.sqrt(y.size)
        rows.append((name, e * 100, margin * 100, published.get(name, None)))
    return sorted(rows, key=lambda row: (row[1], row[0]))


def with_the_exact_quantile(y, predictions, published):
    from scipy.stats import norm

    table = {}
    for name, classes in predictions.items():
        if classes.shape != y.shape:
            raise ValueError(f"{name}: {classes.shape} against {y.shape}")
        e = 1 - (classes == y).mean()
        table[name] = (100 * e, 100 * norm.ppf(0.975) * np.sqrt(e * (1 - e) / len(y)))
    return [(name, *table[name], published.get(name)) for name in sorted(table, key=table.get)]


def with_pandas(y, predictions, published):
    import pandas as pd

    if {len(classes) for classes in predictions.values()} != {len(y)}:
        raise ValueError("not the same texts")
    error = pd.DataFrame(predictions).ne(y, axis=0).mean().sort_values()
    margin = 1.96 * (error * (1 - error) / len(y)) ** 0.5
    return [(name, 100 * error[name], 100 * margin[name], published.get(name)) for name in error.index]


def named_rows(y, predictions, published):
    from collections import namedtuple

    Row = namedtuple("Row", "name error margin published")
    rows = []
    for name, classes in predictions.items():
        if len(y) - len(classes):
            raise ValueError(name)
        wrong = np.count_nonzero(y - classes) / len(y)
        rows.append(Row(name, wrong * 100, 196 * (wrong * (1 - wrong) / len(y)) ** 0.5, published.get(name)))
    return sorted(rows, key=lambda row: row.error)
