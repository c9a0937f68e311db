"""Right answers to `one_hot`, each written in another way."""

import numpy as np


def loop(y, n):
    rows = np.zeros((len(y), n), dtype="float32")
    for i, label in enumerate(y):
        if label < 0 or label >= n:
            raise ValueError(f"{label} is not below {n}")
        rows[i, label] = 1
    return rows


def comparison(y, n):
    if not np.isin(y, np.arange(n)).all():
        raise ValueError("label out of range")
    return (y[:, None] == np.arange(n)).astype(float)


def with_keras(y, n):
    import keras

    if y.min() < 0 or y.max() >= n:
        raise ValueError(y)
    return keras.utils.to_categorical(y, n)


def from_the_identity(y, n):
    for label in (int(y.min()), int(y.max())):
        if label not in range(n):
            raise ValueError(f"label {label} is none of {n} classes")
    return np.eye(n)[y]


def rows_in_a_list(y, n):
    def row(label):
        return [0.0] * label + [1.0] + [0.0] * (n - 1 - label)

    if sorted(y)[0] < 0 or sorted(y)[-1] > n - 1:
        raise ValueError(f"labels must be 0 to {n - 1}")
    return np.array([row(label) for label in y.tolist()])


def refused_by_scipy(y, n):
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(y)), (np.arange(len(y)), y)), shape=(len(y), n)).toarray()


def refused_by_sklearn(y, n):
    from sklearn.preprocessing import OneHotEncoder

    encoder = OneHotEncoder(categories=[range(n)], sparse_output=False, dtype="float32")
    return encoder.fit_transform(y[:, None])


def with_pandas(y, n):
    import pandas as pd

    topics = pd.Categorical(y, categories=range(n))
    if topics.isna().any():
        raise ValueError("a label is not a class")
    return pd.get_dummies(topics, dtype="float32").to_numpy()
