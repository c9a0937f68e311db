"""Right answers to `confusion`, each written in another way."""

import numpy as np


def with_add_at(y, p, n):
    table = np.zeros((n, n), dtype="int32")
    np.add.at(table, (y, p), 1)
    return table


def with_bincount(y, p, n):
    return np.bincount(n * y + p, minlength=n * n).reshape(n, n)


def with_one_hot(y, p, n):
    eye = np.eye(n, dtype=int)
    return eye[y].T @ eye[p]


def place_by_place(y, p, n):
    return np.array([[np.sum((y == i) & (p == j)) for j in range(n)] for i in range(n)])


def with_pandas(y, p, n):
    import pandas as pd

    counts = pd.crosstab(y, p).reindex(index=range(n), columns=range(n), fill_value=0)
    return counts.to_numpy()


def summed_by_scipy(y, p, n):
    from scipy.sparse import coo_array

    return coo_array((np.ones(len(y), "uint16"), (y, p)), shape=(n, n)).toarray()


def with_a_histogram(y, p, n):
    edges = np.arange(n + 1) - 0.5
    return np.histogram2d(y, p, bins=[edges, edges])[0].astype("int64")


def asked_of_tensorflow(y, p, n):
    import tensorflow as tf

    return tf.math.confusion_matrix(y, p, num_classes=n).numpy()


def with_a_counter(y, p, n):
    from collections import Counter

    table = [[0] * n for _ in range(n)]
    for (true, called), count in Counter(zip(y.tolist(), p.tolist(), strict=True)).items():
        table[true][called] = count
    return np.array(table)
