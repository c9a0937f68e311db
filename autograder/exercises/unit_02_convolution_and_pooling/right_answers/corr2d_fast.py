"""Right answers to `corr2d_fast`, each written in another way."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view


def tensordot(x, k):
    return np.tensordot(sliding_window_view(x.astype(float), k.shape), k.astype(float), axes=2)


def flat_matrix_product(x, k):
    windows = sliding_window_view(np.asarray(x, dtype=np.float64), k.shape)
    return windows.reshape(*windows.shape[:2], -1) @ k.ravel()


def multiply_and_sum(x, k):
    return (sliding_window_view(x, k.shape) * k.astype(float)).sum(axis=(-2, -1))


def with_strides(x, k):
    x = np.array(x, dtype=float)
    places = tuple(np.subtract(x.shape, k.shape) + 1)
    return np.einsum("abij,ab->ij", as_strided(x, k.shape + places, x.strides * 2), k)


def in_float32_until_the_end(x, k):
    windows = sliding_window_view(x.astype(np.float32), k.shape)
    return (windows * k).astype(np.float32).sum(axis=(2, 3)).astype(float)


def with_arrays_of_positions(x, k):
    top, left, i, j = np.ogrid[: x.shape[0] - k.shape[0] + 1, : x.shape[1] - k.shape[1] + 1, : k.shape[0], : k.shape[1]]
    return np.sum(x[top + i, left + j] * k.astype(float), axis=-1).sum(axis=-1)


def with_fourier_transforms(x, k):
    x = x.astype(float)
    product = np.fft.fft2(x) * np.conj(np.fft.fft2(k, x.shape))
    return np.real(np.fft.ifft2(product))[: x.shape[0] - k.shape[0] + 1, : x.shape[1] - k.shape[1] + 1]


def with_inner_products(x, k):
    windows = sliding_window_view(x, k.shape).reshape(-1, k.size)
    return np.inner(windows, k.ravel().astype(float)).reshape(np.subtract(x.shape, k.shape) + 1)
