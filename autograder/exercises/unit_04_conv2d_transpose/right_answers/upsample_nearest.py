"""Right answers to `upsample_nearest`, each written in another way."""

import numpy as np


def by_indices(x, f):
    rows, columns = np.arange(x.shape[0] * f) // f, np.arange(x.shape[1] * f) // f
    return x[rows][:, columns]


def with_loops(x, f):
    large = np.empty((x.shape[0] * f, x.shape[1] * f, *x.shape[2:]), x.dtype)
    for row in range(large.shape[0]):
        for column in range(large.shape[1]):
            large[row, column] = x[row // f, column // f]
    return large


def broadcast(x, f):
    h, w, *rest = x.shape
    return np.broadcast_to(x[:, None, :, None], (h, f, w, f, *rest)).reshape(h * f, w * f, *rest).copy()


def with_kron(x, f):
    block = np.ones((f, f), x.dtype) if x.ndim == 2 else np.ones((f, f, 1), x.dtype)
    return np.kron(x, block)


def filled_step_by_step(x, f):
    large = np.zeros((f * x.shape[0], f * x.shape[1], *x.shape[2:]), dtype=x.dtype)
    for i in range(f):
        for j in range(f):
            large[i::f, j::f] = x
    return large


def row_by_row(x, f):
    lines = []
    for line in x:
        wide = np.stack([pixel for pixel in line for _ in range(f)])
        lines.extend([wide] * f)
    return np.array(lines)


def one_axis_after_the_other(x, f):
    for axis in 0, 1:
        x = np.take(x, [place // f for place in range(x.shape[axis] * f)], axis=axis)
    return x
