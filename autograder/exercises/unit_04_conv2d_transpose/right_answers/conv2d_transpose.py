"""Right answers to `conv2d_transpose`, each written in another way."""

import numpy as np


def spread_and_slide(y, k, stride=1, pad=0):
    (a, b), (h, w) = k.shape, y.shape
    wide = np.zeros(((h - 1) * stride + 2 * a - 1, (w - 1) * stride + 2 * b - 1))
    wide[a - 1 : a - 1 + (h - 1) * stride + 1 : stride, b - 1 : b - 1 + (w - 1) * stride + 1 : stride] = y
    windows = np.lib.stride_tricks.sliding_window_view(wide, (a, b))
    total = np.einsum("ijab,ab->ij", windows, k[::-1, ::-1].astype(float))
    return total[pad : total.shape[0] - pad or None, pad : total.shape[1] - pad or None]


def one_output_at_a_time(y, k, stride=1, pad=0):
    (h, w), (a, b) = y.shape, k.shape
    result = np.zeros(((h - 1) * stride + a - 2 * pad, (w - 1) * stride + b - 2 * pad))
    for row, column in np.ndindex(result.shape):
        for i in range(h):
            for j in range(w):
                p, q = row + pad - i * stride, column + pad - j * stride
                if 0 <= p < a and 0 <= q < b:
                    result[row, column] += float(y[i, j]) * float(k[p, q])
    return result


def with_the_matrix(y, k, stride=1, pad=0):
    (h, w), (a, b) = y.shape, k.shape
    rows, columns = (h - 1) * stride + a, (w - 1) * stride + b
    c = np.zeros((h * w, rows, columns))
    for place in range(h * w):
        top, left = place // w * stride, place % w * stride
        c[place, top : top + a, left : left + b] = k
    full = (c.reshape(h * w, -1).T @ y.ravel().astype(float)).reshape(rows, columns)
    return full[pad : rows - pad, pad : columns - pad]


def one_weight_at_a_time(y, k, stride=1, pad=0):
    y = y.astype(float)
    total = np.zeros([(n - 1) * stride + size for n, size in zip(y.shape, k.shape, strict=True)])
    reach = [(n - 1) * stride + 1 for n in y.shape]
    for i in range(k.shape[0]):
        for j in range(k.shape[1]):
            total[i : i + reach[0] : stride, j : j + reach[1] : stride] += k[i, j] * y
    return total[pad:, pad:] if pad == 0 else total[pad:-pad, pad:-pad]


def gathered_with_less_padding(y, k, stride=1, pad=0):
    a, b = k.shape
    spread = np.zeros(((y.shape[0] - 1) * stride + 1, (y.shape[1] - 1) * stride + 1))
    spread[::stride, ::stride] = y
    spread = np.pad(spread, [(a - 1 - pad, a - 1 - pad), (b - 1 - pad, b - 1 - pad)])
    turned = np.rot90(k, 2)
    rows, columns = spread.shape[0] - a + 1, spread.shape[1] - b + 1
    return np.array([[np.sum(spread[i : i + a, j : j + b] * turned) for j in range(columns)] for i in range(rows)])


def added_at_positions(y, k, stride=1, pad=0):
    h, w, a, b = *y.shape, *k.shape
    rows = np.arange(h)[:, None, None, None] * stride + np.arange(a)[:, None]
    columns = np.arange(w)[:, None, None] * stride + np.arange(b)
    total = np.zeros(((h - 1) * stride + a, (w - 1) * stride + b))
    np.add.at(total, (rows, columns), y[:, :, None, None] * k.astype(np.float64))
    return np.ascontiguousarray(total[pad : len(total) - pad, pad : total.shape[1] - pad])


def as_a_gradient(y, k, stride=1, pad=0):
    y, k = np.float64(y), np.float64(k)
    shape = [(n - 1) * stride + size for n, size in zip(y.shape, k.shape, strict=True)]
    gradient = np.zeros(shape)
    for row, column in np.ndindex(*shape):
        pixel = np.zeros(shape)
        pixel[row, column] = 1
        windows = np.lib.stride_tricks.sliding_window_view(pixel, k.shape)[::stride, ::stride]
        gradient[row, column] = np.einsum("ijab,ab,ij", windows, k, y)
    return gradient[pad : shape[0] - pad, pad : shape[1] - pad]


def rows_of_dictionaries(y, k, stride=1, pad=0):
    from collections import defaultdict

    sums = defaultdict(float)
    for (i, j), value in np.ndenumerate(y):
        for (p, q), weight in np.ndenumerate(k):
            sums[i * stride + p - pad, j * stride + q - pad] += float(value) * float(weight)
    height = (y.shape[0] - 1) * stride + k.shape[0] - 2 * pad
    width = (y.shape[1] - 1) * stride + k.shape[1] - 2 * pad
    return np.array([[sums[row, column] for column in range(width)] for row in range(height)])
