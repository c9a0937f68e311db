"""Right answers to `encoder_block`, each written in another way."""

import numpy as np


def in_arrays(x, mask, weights):
    from scipy.special import erf

    n, length, width = x.shape
    heads = weights["heads"]

    def dense(z, name):
        return z @ weights[name][0] + weights[name][1]

    def norm(z, name):
        z = (z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-12)
        return z * weights[name][0] + weights[name][1]

    q, k, v = (dense(x, name).reshape(n, length, heads, -1).swapaxes(1, 2) for name in ("query", "key", "value"))
    scores = q @ k.swapaxes(2, 3) / np.sqrt(q.shape[-1])
    scores = np.where(mask[:, None, None], scores, -np.inf)
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    taken = (shares @ v).swapaxes(1, 2).reshape(n, length, width)
    x = norm(x + dense(taken, "out"), "norm_1")
    hidden = dense(x, "up")
    return norm(x + dense(hidden * (1 + erf(hidden / 2**0.5)) / 2, "down"), "norm_2")


def head_by_head(x, mask, weights):
    from scipy.special import softmax
    from scipy.stats import norm as gauss

    width = x.shape[2]
    size = width // weights["heads"]
    out = []
    for text, there in zip(np.asarray(x, float), mask):
        taken = np.zeros_like(text)
        for head in range(weights["heads"]):
            part = slice(head * size, (head + 1) * size)
            q, k, v = (text @ weights[name][0][:, part] + weights[name][1][part] for name in ("query", "key", "value"))
            scores = q @ k.T / size**0.5
            scores[:, ~there] = -1e30
            taken[:, part] = softmax(scores, axis=1) @ v
        text = text + taken @ weights["out"][0] + weights["out"][1]
        text = _normalised(text, *weights["norm_1"])
        hidden = text @ weights["up"][0] + weights["up"][1]
        text = text + (hidden * gauss.cdf(hidden)) @ weights["down"][0] + weights["down"][1]
        out.append(_normalised(text, *weights["norm_2"]))
    return np.stack(out)


def padding_left_out(x, mask, weights):
    from math import erf

    gelu = np.vectorize(lambda z: z * 0.5 * (1 + erf(z * 0.5**0.5)), otypes=[float])
    n, length, width = x.shape
    heads, size = weights["heads"], width // weights["heads"]
    result = np.empty((n, length, width))
    for t in range(n):
        seen = x[t][mask[t]]
        q = (x[t] @ weights["query"][0] + weights["query"][1]).reshape(length, heads, size)
        k = (seen @ weights["key"][0] + weights["key"][1]).reshape(-1, heads, size)
        v = (seen @ weights["value"][0] + weights["value"][1]).reshape(-1, heads, size)
        z = np.einsum("qhs,khs->hqk", q, k) * size**-0.5
        z = np.exp(z - z.max(axis=2)[..., None])
        z = z / z.sum(axis=2)[..., None]
        mixed = np.einsum("hqk,khs->qhs", z, v).reshape(length, width)
        a = _normalised(x[t] + mixed @ weights["out"][0] + weights["out"][1], *weights["norm_1"])
        b = gelu(a @ weights["up"][0] + weights["up"][1]) @ weights["down"][0] + weights["down"][1]
        result[t] = _normalised(a + b, *weights["norm_2"])
    return result


def with_einsum(x, mask, weights):
    from scipy.special import log_softmax, ndtr

    width, heads = x.shape[-1], weights["heads"]

    def project(name):
        kernel, bias = weights[name]
        return np.einsum("btw,whs->bhts", x, kernel.reshape(width, heads, -1)) + bias.reshape(1, heads, 1, -1)

    q, k, v = project("query"), project("key"), project("value")
    z = np.einsum("bhqs,bhks->bhqk", q, k) / np.sqrt(width / heads) - 1e15 * ~mask[:, None, None, :]
    kernel, bias = weights["out"]
    x = x + np.einsum("bhqk,bhks,hsw->bqw", np.exp(log_softmax(z, axis=-1)), v, kernel.reshape(heads, -1, width)) + bias
    x = _normalised(x, *weights["norm_1"])
    u = np.einsum("btw,wh->bth", x, weights["up"][0]) + weights["up"][1]
    return _normalised(x + (u * ndtr(u)) @ weights["down"][0] + weights["down"][1], *weights["norm_2"])


def with_keras(x, mask, weights):
    import keras
    from keras import ops

    n, length, width = x.shape
    heads = weights["heads"]
    x = ops.convert_to_tensor(x, "float64")

    def dense(name, z):
        return ops.matmul(z, weights[name][0]) + weights[name][1]

    def norm(name, z):
        mean, variance = ops.moments(z, axes=[-1], keepdims=True)
        return (z - mean) * ops.rsqrt(variance + 1e-12) * weights[name][0] + weights[name][1]

    def split(name):
        return ops.transpose(ops.reshape(dense(name, x), (n, length, heads, width // heads)), (0, 2, 1, 3))

    scores = ops.matmul(split("query"), ops.transpose(split("key"), (0, 1, 3, 2))) / (width // heads) ** 0.5
    shares = ops.softmax(ops.where(mask[:, None, None, :], scores, -1e30), axis=-1)
    taken = ops.reshape(ops.transpose(ops.matmul(shares, split("value")), (0, 2, 1, 3)), (n, length, width))
    x = norm("norm_1", x + dense("out", taken))
    x = norm("norm_2", x + dense("down", keras.activations.gelu(dense("up", x))))
    return np.array(x)


def _normalised(z, scale, shift):
    return (z - z.mean(axis=-1)[..., None]) / np.sqrt(z.var(axis=-1)[..., None] + 1e-12) * scale + shift
