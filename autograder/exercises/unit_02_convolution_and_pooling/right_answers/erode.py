"""Right answers to `erode`, each written in another way."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def with_windows(x, se):
    half = [(n // 2, n // 2) for n in se.shape]
    padded = np.pad(x, half, constant_values=np.iinfo(x.dtype).max)
    return sliding_window_view(padded, se.shape)[:, :, se.astype(bool)].min(axis=-1)


def pixel_by_pixel(x, se):
    result = np.empty_like(x)
    top, left = se.shape[0] // 2, se.shape[1] // 2
    for row, column in np.ndindex(x.shape):
        under = [
            x[row + i - top, column + j - left]
            for i, j in np.argwhere(se)
            if 0 <= row + i - top < x.shape[0] and 0 <= column + j - left < x.shape[1]
        ]
        result[row, column] = min(under)
    return result


def with_shifted_pictures(x, se):
    (height, width), (a, b) = x.shape, se.shape
    framed = np.full((height + a - 1, width + b - 1), 255, np.uint8)
    framed[a // 2 : a // 2 + height, b // 2 : b // 2 + width] = x
    smallest = np.full_like(x, 255)
    for i in range(a):
        for j in range(b):
            if se[i, j]:
                smallest = np.minimum(smallest, framed[i : i + height, j : j + width])
    return smallest


def with_infinity(x, se):
    half = [(n // 2, n // 2) for n in se.shape]
    windows = sliding_window_view(np.pad(x.astype(float), half, constant_values=np.inf), se.shape)
    return np.where(se, windows, np.inf).min(axis=(2, 3)).astype(np.uint8)


def with_masked_arrays(x, se):
    a, b = se.shape[0] // 2, se.shape[1] // 2
    inside = sliding_window_view(np.pad(np.ones(x.shape, bool), ((a, a), (b, b))), se.shape)
    windows = sliding_window_view(np.pad(x, ((a, a), (b, b))), se.shape)
    counted = np.ma.masked_array(windows, mask=~(inside & (se == 1)))
    return np.asarray(counted.min(axis=(2, 3)), dtype="uint8")


def dilation_of_the_negative(x, se):
    padded = np.pad(255 - x, [(n // 2, n // 2) for n in se.shape])
    return 255 - (sliding_window_view(padded, se.shape) * se.astype(np.uint8)).max(axis=3).max(axis=2)
