"""Right answers to `corr2d`, each written in another way."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view


def with_windows(x, k, stride=1, pad=0):
    k = np.asarray(k, dtype=float)
    windows = sliding_window_view(np.pad(np.asarray(x, dtype=float), pad), k.shape)
    return np.einsum("ijab,ab->ij", windows[::stride, ::stride], k)


def one_kernel_number_at_a_time(x, k, stride=1, pad=0):
    x = np.pad(np.asarray(x, dtype=float), pad)
    rows, columns = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    total = np.zeros((rows, columns))
    for (a, b), weight in np.ndenumerate(k):
        total += float(weight) * x[a : a + rows, b : b + columns]
    return total[::stride, ::stride].copy()


def four_plain_loops(x, k, stride=1, pad=0):
    (height, width), (a, b) = x.shape, k.shape
    result = []
    for top in range(-pad, height + pad - a + 1, stride):
        row = []
        for left in range(-pad, width + pad - b + 1, stride):
            total = 0.0
            for i in range(a):
                for j in range(b):
                    if 0 <= top + i < height and 0 <= left + j < width:
                        total += float(x[top + i, left + j]) * float(k[i, j])
            row.append(total)
        result.append(row)
    return np.array(result)


def one_matrix_product(x, k, stride=1, pad=0):
    x = np.pad(x, pad).astype(float)
    tops = range(0, x.shape[0] - k.shape[0] + 1, stride)
    lefts = range(0, x.shape[1] - k.shape[1] + 1, stride)
    patches = [x[i : i + k.shape[0], j : j + k.shape[1]].flatten() for i in tops for j in lefts]
    return (np.array(patches) @ k.flatten()).reshape(len(tops), len(lefts))


def with_strides(x, k, stride=1, pad=0):
    x, (a, b) = np.pad(x.astype(np.float64), ((pad, pad), (pad, pad))), k.shape
    height, width = 1 + (x.shape[0] - a) // stride, 1 + (x.shape[1] - b) // stride
    down, across = x.strides
    windows = as_strided(x, (height, width, a, b), (stride * down, stride * across, down, across))
    return np.multiply(windows, k).sum(axis=3).sum(axis=2)


def with_fourier_transforms(x, k, stride=1, pad=0):
    x = np.pad(x, pad)
    spectrum = np.fft.rfft2(x) * np.conj(np.fft.rfft2(k, s=x.shape))
    whole = np.fft.irfft2(spectrum, s=x.shape)
    return whole[: x.shape[0] - k.shape[0] + 1 : stride, : x.shape[1] - k.shape[1] + 1 : stride]


def in_float32_until_the_end(x, k, stride=1, pad=0):
    windows = sliding_window_view(np.pad(x, pad).astype(np.float32), k.shape)[::stride, ::stride]
    return np.einsum("ijab,ab->ij", windows, k.astype(np.float32)).astype(np.float64)


def row_by_row_in_whole_numbers_where_there_are(x, k, stride=1, pad=0):
    kind = np.result_type(x, k, np.int64)
    framed = np.zeros((len(x) + 2 * pad, len(x[0]) + 2 * pad), kind)
    framed[pad : pad + len(x), pad : pad + len(x[0])] = x

    def row(top):
        left = 0
        while left + k.shape[1] <= framed.shape[1]:
            yield np.vdot(framed[top : top + k.shape[0], left : left + k.shape[1]], k)
            left += stride

    return np.array([list(row(top)) for top in range(0, framed.shape[0] - k.shape[0] + 1, stride)], dtype=float)
