"""Right answers to `attention_pool`, each written in another way."""

import numpy as np


def minus_infinity_for_padding(h, w, b, u, mask):
    scores = np.where(mask, np.tanh(h @ w + b) @ u, -np.inf)
    largest = np.where(mask.any(axis=1, keepdims=True), scores.max(axis=1, keepdims=True), 0)
    raised = np.exp(scores - largest)
    weights = raised / np.maximum(raised.sum(axis=1, keepdims=True), 1)  # the largest raises to 1
    return (weights[..., None] * h).sum(axis=1), weights


def text_by_text(h, w, b, u, mask):
    pooled, weights = np.zeros((len(h), h.shape[2])), np.zeros(mask.shape)
    for text in range(len(h)):
        words = h[text][mask[text]]  # (words, d)
        if len(words) == 0:
            continue
        scores = np.tanh(words @ w + b) @ u
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        weights[text, mask[text]] = shares
        pooled[text] = shares @ words
    return pooled, weights


def with_einsum(h, w, b, u, mask):
    hidden = np.tanh(np.einsum("tld,dk->tlk", h, w) + b)
    scores = np.einsum("tlk,k->tl", hidden, u) - 1e9 * (1 - mask.astype(float))
    weights = np.exp(scores - scores.max(axis=1)[:, None]) * mask
    weights = weights / np.where(mask.any(axis=1), weights.sum(axis=1), 1)[:, None]
    return np.einsum("tl,tld->td", weights, h), weights


def with_scipy(h, w, b, u, mask):
    from scipy.special import softmax

    hidden = np.tanh(h @ w + b)
    scores = np.where(mask, (hidden * u).sum(axis=-1), -1e30)
    weights = softmax(scores, axis=1) * mask
    return (weights[:, None] @ h)[:, 0], weights


def with_keras(h, w, b, u, mask):
    import keras
    from keras import ops

    hidden = ops.tanh(ops.matmul(h.astype("float32"), w.astype("float32")) + b.astype("float32"))
    scores = ops.squeeze(ops.matmul(hidden, u.astype("float32")[:, None]), axis=-1)
    scores = ops.where(mask, scores, -1e30)
    weights = ops.where(mask, keras.activations.softmax(scores), 0.0)
    pooled = ops.sum(ops.expand_dims(weights, -1) * h.astype("float32"), axis=1)
    return np.array(pooled), np.array(weights)


def masked_arrays(h, w, b, u, mask):
    scores = np.ma.array(np.tanh(h @ w + b) @ u, mask=~mask)
    raised = np.ma.exp(scores - scores.max(axis=1, keepdims=True)).filled(0.0)
    total = raised.sum(axis=1, keepdims=True)
    weights = np.divide(raised, total, out=np.zeros_like(raised), where=total > 0)
    return np.matmul(weights[:, np.newaxis, :], h).squeeze(1), weights


def in_plain_python(h, w, b, u, mask):
    from math import exp, tanh

    d, k = w.shape
    all_pooled, all_weights = [], []
    for text, of_words in zip(h.tolist(), mask.tolist()):
        scores = [sum(u[j] * tanh(sum(word[i] * w[i, j] for i in range(d)) + b[j]) for j in range(k)) for word in text]
        largest = max((s for s, is_word in zip(scores, of_words) if is_word), default=0.0)
        raised = [exp(s - largest) if is_word else 0.0 for s, is_word in zip(scores, of_words)]
        weights = [r / (sum(raised) or 1.0) for r in raised]
        all_weights.append(weights)
        all_pooled.append([sum(a * word[i] for a, word in zip(weights, text)) for i in range(d)])
    return np.array(all_pooled), np.array(all_weights)


def logarithm_of_the_sum(h, w, b, u, mask):
    from scipy.special import logsumexp

    scores = np.tanh(h @ w + b) @ u
    weights = np.zeros(mask.shape)
    for row in np.flatnonzero(mask.any(axis=1)):
        words = mask[row]
        weights[row, words] = np.exp(scores[row, words] - logsumexp(scores[row, words]))
    return np.add.reduce(weights[:, :, None] * h, axis=1), weights
