"""Right answers to `dilate`, each written in another way."""

import functools

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def with_windows(x, se):
    half = [(n // 2, n // 2) for n in se.shape]
    return sliding_window_view(np.pad(x, half), se.shape)[:, :, se.astype(bool)].max(axis=-1)


def erosion_of_the_negative(x, se):
    top = np.iinfo(x.dtype).max
    padded = np.pad(top - x, [(n // 2, n // 2) for n in se.shape], constant_values=top)
    return top - np.where(se > 0, sliding_window_view(padded, se.shape), top).min(axis=(2, 3))


def window_times_element(x, se):
    half = [(n // 2,) * 2 for n in se.shape]
    return np.max(sliding_window_view(np.pad(x, half), se.shape) * se, axis=(2, 3)).astype(x.dtype)


def pixel_by_pixel(x, se):
    (height, width), (a, b) = x.shape, se.shape
    padded = np.pad(x, ((a // 2, a // 2), (b // 2, b // 2)), mode="constant")
    rows = [
        [padded[row : row + a, column : column + b][se.astype(bool)].max() for column in range(width)]
        for row in range(height)
    ]
    return np.array(rows, np.uint8)


def with_shifted_pictures(x, se):
    padded = np.pad(x, [(se.shape[0] // 2,), (se.shape[1] // 2,)])
    shifted = (padded[i : i + x.shape[0], j : j + x.shape[1]] for i, j in np.argwhere(se))
    return functools.reduce(np.maximum, shifted).copy()


def spreading_every_pixel(x, se):
    grown = np.zeros_like(x)
    for row, column in np.ndindex(*x.shape):
        for i, j in zip(*np.nonzero(se)):
            r, c = row - (i - se.shape[0] // 2), column - (j - se.shape[1] // 2)
            if 0 <= r < x.shape[0] and 0 <= c < x.shape[1]:
                grown[r, c] = max(grown[r, c], x[row, column])
    return grown
