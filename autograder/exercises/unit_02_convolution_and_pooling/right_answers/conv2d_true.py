"""Right answers to `conv2d_true`, each written in another way."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def half_turn(x, k):
    windows = sliding_window_view(np.asarray(x, dtype=float), k.shape)
    return np.einsum("ijab,ab->ij", windows, np.rot90(k, 2).astype(float))


def from_the_definition(x, k):
    (height, width), (a, b) = x.shape, k.shape
    result = np.zeros((height - a + 1, width - b + 1))
    for i, j in np.ndindex(result.shape):
        result[i, j] = sum(float(x[i + a - 1 - m, j + b - 1 - n]) * float(k[m, n]) for m in range(a) for n in range(b))
    return result


def with_a_function_of_its_own(x, k):
    def slide(x, k):
        (height, width), (a, b) = x.shape, k.shape
        return [[np.sum(x[i : i + a, j : j + b] * k) for j in range(width - b + 1)] for i in range(height - a + 1)]

    return np.array(slide(x.astype(float), np.flipud(np.fliplr(k))))


def in_float32_until_the_end(x, k):
    windows = sliding_window_view(x.astype("float32"), k.shape)
    return np.tensordot(windows, np.flip(k).astype("float32")).astype("float64")


def stamping_the_kernel(x, k):
    (height, width), (a, b) = x.shape, k.shape
    full = np.zeros((height + a - 1, width + b - 1))
    for (row, column), pixel in np.ndenumerate(x):
        full[row : row + a, column : column + b] += float(pixel) * k
    return full[a - 1 : height, b - 1 : width]


def with_fourier_transforms(x, k):
    product = np.fft.fft2(x) * np.fft.fft2(k, x.shape)
    return np.fft.ifft2(product).real[k.shape[0] - 1 :, k.shape[1] - 1 :]


def walking_the_kernel_backwards(x, k):
    x, k = np.asarray(x, float), np.asarray(k, float)
    rows, columns = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    result = np.zeros([rows, columns])
    for i, kernel_row in enumerate(reversed(k)):
        for j, weight in enumerate(reversed(kernel_row)):
            result = result + weight * x[i : i + rows, j : j + columns]
    return result
