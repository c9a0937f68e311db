"""Right answers to `im2col`, each written in another way."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def with_windows(x, k, s):
    found = sliding_window_view(x, (k, k, x.shape[2]))[::s, ::s, 0]
    return found.reshape(found.shape[0] * found.shape[1], -1)


def with_an_index(x, k, s):
    height, width, channels = x.shape
    top = np.arange(0, height - k + 1, s)[:, None, None, None] + np.arange(k)[None, None, :, None]
    left = np.arange(0, width - k + 1, s)[None, :, None, None] + np.arange(k)[None, None, None, :]
    return x[top, left].reshape(-1, k * k * channels)


def one_tap_at_a_time(x, k, s):
    height, width, channels = x.shape
    rows, columns = (height - k) // s + 1, (width - k) // s + 1
    result = np.zeros((rows * columns, k * k * channels), x.dtype)
    for i in range(k):
        for j in range(k):
            part = x[i : i + (rows - 1) * s + 1 : s, j : j + (columns - 1) * s + 1 : s]
            at = (i * k + j) * channels
            result[:, at : at + channels] = part.reshape(-1, channels)
    return result


def stacked(x, k, s):
    rows, columns = ((n - k) // s + 1 for n in x.shape[:2])
    corners = (divmod(place, columns) for place in range(rows * columns))
    return np.stack([x[i * s : i * s + k, j * s : j * s + k, :].flatten() for i, j in corners])


def with_strides(x, k, s):
    height, width, channels = x.shape
    down, across, deep = x.strides
    shape = ((height - k) // s + 1, (width - k) // s + 1, k, k, channels)
    windows = np.lib.stride_tricks.as_strided(x, shape, (down * s, across * s, down, across, deep))
    return windows.reshape(-1, k * k * channels)


def number_by_number(x, k, s):
    height, width, channels = x.shape
    rows = []
    for i in range(0, height - k + 1, s):
        for j in range(0, width - k + 1, s):
            row = []
            for a in range(k):
                for b in range(k):
                    for c in range(channels):
                        row.append(x[i + a][j + b][c])
            rows.append(row)
    return np.array(rows)


def with_flat_positions(x, k, s):
    positions = np.arange(x.size).reshape(x.shape)
    corners = positions[: x.shape[0] - k + 1 : s, : x.shape[1] - k + 1 : s, 0].ravel()
    return x.ravel()[corners[:, None] + positions[:k, :k].ravel()]


def channel_by_channel(x, k, s):
    parts = [sliding_window_view(x[:, :, c], (k, k))[::s, ::s] for c in range(x.shape[2])]
    return np.concatenate([part.reshape(-1, k * k, 1) for part in parts], axis=2).reshape(-1, k * k * x.shape[2])
