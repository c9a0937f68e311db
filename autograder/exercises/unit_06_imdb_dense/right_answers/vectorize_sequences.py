"""Right answers to `vectorize_sequences`, each written in another way."""

import numpy as np


def nested_loops(seqs, dimension=10_000, dtype="float32"):
    rows = np.zeros((len(seqs), dimension), dtype=dtype)
    for i, seq in enumerate(seqs):
        for j in seq:
            rows[i, j] = 1
    return rows


def all_at_once(seqs, dimension=10_000, dtype="float32"):
    rows = np.zeros((len(seqs), dimension), dtype=dtype)
    which = np.repeat(np.arange(len(seqs)), [len(s) for s in seqs])
    rows[which, np.array([i for s in seqs for i in s], dtype=int)] = 1
    return rows


def counted_then_capped(seqs, dimension=10_000, dtype="float32"):
    counted = [np.bincount(np.array(s, dtype=int), minlength=dimension) > 0 for s in seqs]
    return np.stack(counted).astype(dtype)


def with_isin(seqs, dimension=10_000, dtype="float32"):
    return np.array([np.isin(range(dimension), seq) for seq in seqs]).astype(dtype)


def by_columns(seqs, dimension=10_000, dtype="float32"):
    columns = np.zeros((dimension, len(seqs)), dtype)
    for i, seq in enumerate(seqs):
        for j in set(seq):
            columns[j, i] = True
    return columns.T


def with_sparse_rows(seqs, dimension=10_000, dtype="float32"):
    import scipy.sparse

    pairs = np.array([(i, j) for i, seq in enumerate(seqs) for j in set(seq)])
    ones = np.ones(len(pairs), dtype)
    return scipy.sparse.csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(seqs), dimension)).toarray()


def with_binarizer(seqs, dimension=10_000, dtype="float32"):
    from sklearn.preprocessing import MultiLabelBinarizer

    return MultiLabelBinarizer(classes=range(dimension)).fit_transform(seqs).astype(dtype)
