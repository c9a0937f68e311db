"""Right answers to `sobel_edges`, each written in another way."""

import math
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Gradient(NamedTuple):
    """A tuple whose items have names, which right answers may return."""

    gx: np.ndarray
    gy: np.ndarray
    magnitude: np.ndarray


def with_slices(image):
    p = np.pad(image.astype(float), 1, mode="reflect")
    right_left = p[:, 2:] - p[:, :-2]
    below_above = p[2:] - p[:-2]
    gx = right_left[:-2] + 2 * right_left[1:-1] + right_left[2:]
    gy = below_above[:, :-2] + 2 * below_above[:, 1:-1] + below_above[:, 2:]
    return gx, gy, np.sqrt(gx**2 + gy**2)


def with_windows(image):
    padded = np.pad(np.asarray(image, dtype=np.float64), 1, mode="reflect")
    windows = sliding_window_view(padded, (3, 3))
    kernel = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    gx = np.tensordot(windows, kernel, axes=2)
    gy = np.tensordot(windows, kernel.T, axes=2)
    return gx, gy, np.hypot(gx, gy)


def with_one_complex_kernel(image):
    kernel = np.array([[-1 - 1j, -2j, 1 - 1j], [-2, 0, 2], [-1 + 1j, 2j, 1 + 1j]])
    padded = np.pad(image, pad_width=((1, 1), (1, 1)), mode="reflect")
    gradient = (sliding_window_view(padded, (3, 3)) * kernel).sum(axis=(2, 3))
    return gradient.real, gradient.imag, abs(gradient)


def smoothed_then_differenced(image):
    image = image.astype(np.float64)
    rows, columns = (np.abs(n - 1 - np.abs(np.arange(-1, n + 1) - n + 1)) for n in image.shape)
    mirrored = image[np.ix_(rows, columns)]

    def smooth(x):
        return x[:-2] + 2 * x[1:-1] + x[2:]

    gx = smooth(mirrored)[:, 2:] - smooth(mirrored)[:, :-2]
    gy = smooth(mirrored.T).T
    gy = gy[2:] - gy[:-2]
    return Gradient(gx=gx, gy=gy, magnitude=np.linalg.norm([gx, gy], axis=0))


def pixel_by_pixel(image):
    weights = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    padded = np.pad(image, 1, "reflect").tolist()
    gx, gy, magnitude = np.zeros(image.shape), np.zeros(image.shape), np.zeros(image.shape)
    for r, c in np.ndindex(image.shape):
        for i in range(3):
            for j in range(3):
                gx[r, c] += weights[i][j] * padded[r + i][c + j]
                gy[r, c] += weights[j][i] * padded[r + i][c + j]
        magnitude[r, c] = math.sqrt(gx[r, c] ** 2 + gy[r, c] ** 2)
    return gx, gy, magnitude


def in_float32_until_the_end(image):
    padded = np.pad(image.astype(np.float32), 1, mode="reflect")
    across, down = padded[:, 2:] - padded[:, :-2], padded[2:] - padded[:-2]
    gx = across[:-2] + 2 * across[1:-1] + across[2:]
    gy = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    return tuple(each.astype(np.float64) for each in (gx, gy, np.sqrt(gx**2 + gy**2)))


def with_matrices(image):
    def band(n, weights):
        matrix = np.zeros((n, n + 2))
        for offset, weight in enumerate(weights):
            matrix += weight * np.eye(n, n + 2, offset)
        return matrix

    height, width = image.shape
    padded = np.pad(image / 1.0, 1, mode="reflect").astype(float)
    gx = band(height, [1, 2, 1]) @ padded @ band(width, [-1, 0, 1]).T
    gy = band(height, [-1, 0, 1]) @ padded @ band(width, [1, 2, 1]).T
    return (gx, gy, (gx * gx + gy * gy) ** 0.5)
