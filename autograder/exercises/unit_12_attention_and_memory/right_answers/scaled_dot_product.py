"""Right answers to `scaled_dot_product`, each written in another way."""

import numpy as np


def minus_infinity_first(q, k, v, mask):
    scores = np.where(mask, q @ k.T / np.sqrt(q.shape[-1]), -np.inf)
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = raised / raised.sum(axis=-1, keepdims=True)
    return weights @ v, weights


def query_by_query(q, k, v, mask):
    taken, weights = np.zeros((len(q), v.shape[1])), np.zeros((len(q), len(k)))
    for i, query in enumerate(q):
        seen = np.flatnonzero(mask[i])
        scores = k[seen] @ query / len(query) ** 0.5
        shares = np.exp(scores - scores.max())
        weights[i, seen] = shares / shares.sum()
        taken[i] = weights[i] @ v
    return taken, weights


def with_einsum_and_scipy(q, k, v, mask):
    from scipy.special import softmax

    scores = np.einsum("qd,kd->qk", q, k) * q.shape[1] ** -0.5
    weights = softmax(scores + np.where(mask, 0.0, -np.inf), axis=1)
    return np.einsum("qk,ke->qe", weights, v), weights


def scaled_before(q, k, v, mask):
    smaller = np.asarray(q, float) / np.sqrt(q.shape[1])
    scores = np.ma.array(smaller @ k.T, mask=~mask)
    raised = np.ma.exp(scores - scores.max(axis=1, keepdims=True)).filled(0.0)
    weights = raised / raised.sum(axis=1)[:, None]
    return weights.dot(v), weights


def with_keras(q, k, v, mask):
    from keras import ops

    scores = ops.matmul(q.astype("float32"), k.T.astype("float32")) / float(np.sqrt(q.shape[1]))
    weights = ops.where(mask, ops.softmax(ops.where(mask, scores, -1e30), axis=-1), 0.0)
    return np.array(ops.matmul(weights, v.astype("float32"))), np.array(weights)


def in_plain_python(q, k, v, mask):
    from math import exp, sqrt

    taken, weights = [], []
    for query, allowed in zip(q.tolist(), mask.tolist()):
        scores = [sum(a * b for a, b in zip(query, key)) / sqrt(len(query)) for key in k.tolist()]
        largest = max(score for score, may in zip(scores, allowed) if may)
        raised = [exp(score - largest) if may else 0.0 for score, may in zip(scores, allowed)]
        weights.append([one / sum(raised) for one in raised])
        taken.append([sum(w * value[j] for w, value in zip(weights[-1], v)) for j in range(v.shape[1])])
    return np.array(taken), np.array(weights)


def transposed_table(q, k, v, mask):
    scores = k @ q.T / np.sqrt(k.shape[1])  # (keys, queries)
    scores = np.where(mask.T, scores, -1e30)
    raised = np.exp(scores - scores.max(axis=0)) * mask.T
    weights = (raised / raised.sum(axis=0)).T
    return weights @ v, weights
