"""Right answers to `entnet_update`, each written in another way."""

import numpy as np


def all_blocks_at_once(h, keys, s, u, v, w):
    gates = 1 / (1 + np.exp(-(h @ s + keys @ s)))
    new = h + gates[:, None] * np.maximum(h @ u + keys @ v + s @ w, 0)
    return new / np.linalg.norm(new, axis=1, keepdims=True), gates


def block_by_block(h, keys, s, u, v, w):
    states, gates = np.zeros(h.shape), np.zeros(len(h))
    for j in range(len(h)):
        gates[j] = 1 / (1 + np.exp(-s @ (h[j] + keys[j])))
        candidate = u.T @ h[j] + v.T @ keys[j] + w.T @ s
        state = h[j] + gates[j] * np.where(candidate > 0, candidate, 0)
        states[j] = state / np.sqrt(np.sum(state**2))
    return states, gates


def with_scipy_and_einsum(h, keys, s, u, v, w):
    from scipy.special import expit

    gates = expit(np.einsum("bd,d->b", h + keys, s))
    candidates = np.einsum("bi,ij->bj", h, u) + np.einsum("bi,ij->bj", keys, v) + np.einsum("i,ij->j", s, w)
    new = h + np.einsum("b,bj->bj", gates, candidates.clip(min=0))
    return new / np.sqrt(np.einsum("bj,bj->b", new, new))[:, None], gates


def one_matrix_for_all(h, keys, s, u, v, w):
    read = np.hstack([h, keys, np.tile(s, (len(h), 1))])
    gates = 0.5 * (1 + np.tanh(((h + keys) * s).sum(axis=1) / 2))  # the sigmoid, written with tanh
    new = h + gates.reshape(-1, 1) * np.maximum(0, read @ np.vstack([u, v, w]))
    return (new.T / np.linalg.norm(new, axis=1)).T, gates


def with_keras(h, keys, s, u, v, w):
    from keras import ops

    h, keys, s, u, v, w = (ops.convert_to_tensor(np.asarray(part, "float32")) for part in (h, keys, s, u, v, w))
    gates = ops.sigmoid(ops.matmul(h + keys, s))
    new = h + gates[:, None] * ops.relu(ops.matmul(h, u) + ops.matmul(keys, v) + ops.matmul(s[None], w))
    return np.array(new / ops.norm(new, axis=1, keepdims=True)), np.array(gates)


def in_plain_python(h, keys, s, u, v, w):
    from math import exp, sqrt

    d, states, gates = len(s), [], []
    for state, key in zip(h.tolist(), keys.tolist()):
        gate = 1 / (1 + exp(-sum(s[i] * (state[i] + key[i]) for i in range(d))))
        new = []
        for j in range(d):
            candidate = sum(state[i] * u[i, j] + key[i] * v[i, j] + s[i] * w[i, j] for i in range(d))
            new.append(state[j] + gate * max(candidate, 0.0))
        length = sqrt(sum(number * number for number in new))
        states.append([number / length for number in new])
        gates.append(gate)
    return np.array(states), np.array(gates)
