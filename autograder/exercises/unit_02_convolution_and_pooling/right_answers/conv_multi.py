"""Right answers to `conv_multi`, each written in another way."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def one_einsum(x, w, b):
    windows = sliding_window_view(np.asarray(x, dtype=float), w.shape[:2], axis=(0, 1))
    return np.einsum("ijcab,abcf->ijf", windows, w) + b


def one_matrix_product(x, w, b):
    size, filters = w.shape[0], w.shape[3]
    height, width = x.shape[0] - size + 1, x.shape[1] - size + 1
    patches = [x[i : i + size, j : j + size].ravel() for i in range(height) for j in range(width)]
    return (np.array(patches, dtype=float) @ w.reshape(-1, filters) + b).reshape(height, width, filters)


def shifted_images(x, w, b):
    size, filters = w.shape[0], w.shape[3]
    height, width = x.shape[0] - size + 1, x.shape[1] - size + 1
    maps = np.zeros((height, width, filters)) + b
    for i in range(size):
        for j in range(size):
            maps += x[i : i + height, j : j + width].astype(float) @ w[i, j]
    return maps


def six_plain_loops(x, w, b):
    size, _, channels, filters = w.shape
    height, width = len(x) - size + 1, len(x[0]) - size + 1
    maps = np.empty((height, width, filters))
    for f in range(filters):
        for row in range(height):
            for column in range(width):
                total = float(b[f])
                for i in range(size):
                    for j in range(size):
                        for c in range(channels):
                            total += float(x[row + i, column + j, c]) * float(w[i, j, c, f])
                maps[row, column, f] = total
    return maps


def map_by_map(x, w, b):
    def one_map(filter, bias):
        windows = sliding_window_view(x.astype(float), filter.shape)[:, :, 0]
        return (windows * filter).sum(axis=(2, 3, 4)) + bias

    return np.dstack([one_map(w[..., f], b[f]) for f in range(w.shape[-1])])


def in_float32_until_the_end(x, w, b):
    windows = sliding_window_view(np.float32(x), w.shape[:2], axis=(0, 1))
    return np.float64(np.einsum("ijcab,abcf->ijf", windows, np.float32(w)) + np.float32(b))


def with_tensordot(x, w, b):
    windows = sliding_window_view(x, w.shape[:3]).squeeze(axis=2)
    return np.tensordot(windows.astype(float), w.astype(float), axes=([2, 3, 4], [0, 1, 2])) + b.reshape(1, 1, -1)
