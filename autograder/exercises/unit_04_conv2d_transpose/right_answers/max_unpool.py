"""Right answers to `max_unpool`, each written in another way."""

import numpy as np


def with_put(y, switches, shape):
    result = np.zeros(shape, dtype=y.dtype)
    np.put(result, switches, y)
    return result


def with_rows_and_columns(y, switches, shape):
    result = np.zeros(shape, dtype=y.dtype)
    for place in np.ndindex(y.shape):
        row, column = divmod(int(switches[place]), shape[1])
        result[row, column] = y[place]
    return result


def through_a_flat_view(y, switches, shape):
    result = np.zeros(shape[0] * shape[1], y.dtype)
    result[switches] = y
    return result.reshape(shape)


def with_unravel_index(y, switches, shape):
    result = np.full(shape, 0, dtype=y.dtype)
    result[np.unravel_index(switches, shape)] = y
    return result


def with_bincount(y, switches, shape):
    summed = np.bincount(switches.flatten(), weights=y.flatten(), minlength=np.prod(shape))
    return summed.reshape(shape).astype(y.dtype)


def with_a_dictionary(y, switches, shape):
    values = dict(zip(switches.ravel().tolist(), y.ravel().tolist(), strict=True))
    height, width = shape
    rows = [[values.get(row * width + column, 0) for column in range(width)] for row in range(height)]
    return np.array(rows, y.dtype)


def with_a_matrix_of_zeros_and_ones(y, switches, shape):
    at = switches.reshape(-1, 1) == np.arange(shape[0] * shape[1])  # (numbers, pixels)
    return (y.ravel() @ at.astype(y.dtype)).reshape(shape)
