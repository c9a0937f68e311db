"""Right answers to `dmn_gate`, each written in another way."""

import numpy as np


def all_sentences_at_once(c, m, q, weights):
    w, b, u = weights
    near = np.concatenate([c * q, c * m, np.abs(c - q), np.abs(c - m)], axis=1)
    scores = np.tanh(near @ w + b) @ u
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()


def sentence_by_sentence(c, m, q, weights):
    w, b, u = weights
    scores = []
    for fact in c:
        near = np.hstack((fact * q, fact * m, abs(fact - q), abs(fact - m)))
        scores.append(u @ np.tanh(w.T @ near + b))
    scores = np.array(scores, float)
    return np.exp(scores - np.logaddexp.reduce(scores))


def four_products(c, m, q, weights):
    from scipy.special import softmax

    w, b, u = weights
    of_q, of_m, from_q, from_m = np.split(w, 4)
    hidden = (c * q) @ of_q + (c * m) @ of_m + np.abs(c - q) @ from_q + np.abs(c - m) @ from_m + b
    return softmax(np.tanh(hidden) @ u)


def question_and_memory_together(c, m, q, weights):
    w, b, u = weights
    both = np.stack([q, m])  # (2, d)
    products = (c[:, None] * both).reshape(len(c), -1)
    distances = np.fabs(c[:, None] - both).reshape(len(c), -1)
    scores = np.einsum("nk,k->n", np.tanh(np.hstack([products, distances]) @ w + b), u)
    shares = np.exp(scores - np.max(scores))
    return shares / np.sum(shares)


def with_keras(c, m, q, weights):
    from keras import ops

    c, m, q, w, b, u = (ops.convert_to_tensor(np.asarray(part, "float32")) for part in (c, m, q, *weights))
    near = ops.concatenate([c * q, c * m, ops.abs(c - q), ops.abs(c - m)], axis=-1)
    return np.array(ops.softmax(ops.matmul(ops.tanh(ops.matmul(near, w) + b), u)))


def in_plain_python(c, m, q, weights):
    from math import exp, tanh

    w, b, u = (part.tolist() for part in weights)
    scores = []
    for fact in c.tolist():
        near = [x * y for x, y in zip(fact, q)] + [x * y for x, y in zip(fact, m)]
        near += [max(x - y, y - x) for x, y in zip(fact, q)] + [max(x - y, y - x) for x, y in zip(fact, m)]
        hidden = [tanh(sum(z * w[i][j] for i, z in enumerate(near)) + b[j]) for j in range(len(b))]
        scores.append(sum(a * z for a, z in zip(u, hidden)))
    raised = [exp(score - max(scores)) for score in scores]
    return np.array([one / sum(raised) for one in raised])
