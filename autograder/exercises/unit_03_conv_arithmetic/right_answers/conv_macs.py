"""Right answers to `conv_macs`, each written in another way."""

import math

import numpy as np


def by_ranges(in_shape, filters, kernel_size, strides=1, padding="valid"):
    height, width, channels = in_shape
    lost = kernel_size - 1 if padding == "valid" else 0
    places = len(range(0, height - lost, strides)) * len(range(0, width - lost, strides))
    return places * channels * filters * kernel_size**2


def by_weights_times_places(in_shape, filters, kernel_size, strides=1, padding="valid"):
    weights = np.ones((kernel_size, kernel_size, in_shape[2], filters))
    n = np.array(in_shape[:2])
    grid = -(-n // strides) if padding == "same" else 1 + (n - kernel_size) // strides
    return int(weights.sum()) * int(grid[0] * grid[1])


def one_ceiling_for_both(in_shape, filters, kernel_size, strides=1, padding="valid"):
    starts = in_shape[:2] if padding == "same" else [n - kernel_size + 1 for n in in_shape[:2]]
    height, width = (math.ceil(n / strides) for n in starts)
    return height * width * filters * kernel_size * kernel_size * in_shape[2]


def with_the_zeros_of_same(in_shape, filters, kernel_size, strides=1, padding="valid"):
    def places(n):
        zeros = max(0, (math.ceil(n / strides) - 1) * strides + kernel_size - n) if padding == "same" else 0
        return (n + zeros - kernel_size) // strides + 1

    return math.prod([places(in_shape[0]), places(in_shape[1]), filters, kernel_size**2, in_shape[2]])


def by_slicing_a_picture(in_shape, filters, kernel_size, strides=1, padding="valid"):
    picture = np.empty(in_shape)
    if padding == "valid":
        picture = picture[kernel_size - 1 :, kernel_size - 1 :]
    return picture[::strides, ::strides].size * filters * kernel_size**2


def window_by_window(in_shape, filters, kernel_size, strides=1, padding="valid"):
    rows, columns, channels = in_shape
    count = row = 0
    while row + (kernel_size if padding == "valid" else 1) <= rows:
        column = 0
        while column + (kernel_size if padding == "valid" else 1) <= columns:
            count += kernel_size * kernel_size * channels
            column += strides
        row += strides
    return count * filters


def as_numpy_int(in_shape, filters, kernel_size, strides=1, padding="valid"):
    lost = {"same": 0, "valid": kernel_size - 1}[padding]
    grid = np.ceil((np.array(in_shape[:2]) - lost) / strides).astype(int)
    return np.prod([*grid, in_shape[2], filters, kernel_size, kernel_size])
