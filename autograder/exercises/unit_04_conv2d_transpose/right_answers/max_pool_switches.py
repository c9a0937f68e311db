"""Right answers to `max_pool_switches`, each written in another way."""

import numpy as np


def window_by_window(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    pooled, switches = np.zeros((rows, columns), x.dtype), np.zeros((rows, columns), int)
    for row in range(rows):
        for column in range(columns):
            best = (row * size, column * size)
            for i in range(row * size, row * size + size):
                for j in range(column * size, column * size + size):
                    if x[i, j] > x[best]:
                        best = (i, j)
            pooled[row, column], switches[row, column] = x[best], best[0] * x.shape[1] + best[1]
    return pooled, switches


def with_positions_beside(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size

    def windows(of):
        of = of[: rows * size, : columns * size].reshape(rows, size, columns, size)
        return of.transpose(0, 2, 1, 3).reshape(rows, columns, -1)

    values, places = windows(x), windows(np.arange(x.size).reshape(x.shape))
    best = values.argmax(axis=-1)[..., None]
    return np.take_along_axis(values, best, -1)[..., 0], np.take_along_axis(places, best, -1)[..., 0]


def with_unravel_index_and_lists(x, size):
    pooled, switches = [], []
    for top in range(0, x.shape[0] - size + 1, size):
        pooled.append([])
        switches.append([])
        for left in range(0, x.shape[1] - size + 1, size):
            window = x[top : top + size, left : left + size]
            down, across = np.unravel_index(np.argmax(window), window.shape)
            pooled[-1].append(window[down, across])
            switches[-1].append(np.ravel_multi_index((top + down, left + across), x.shape))
    return np.array(pooled), np.array(switches)


def switches_first_as_int32(x, size):
    width = x.shape[1]
    corners = np.arange(x.size).reshape(x.shape)[: -size + 1 or None : size, : -size + 1 or None : size]
    inside = (np.arange(size)[:, None] * width + np.arange(size)).ravel()
    places = corners[:, :, None] + inside  # (rows, columns, size * size)
    best = x.ravel()[places].argmax(axis=2)
    switches = (corners + inside[best]).astype(np.int32)
    return x.ravel()[switches], switches


def from_minus_infinity(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    pooled, switches = np.full((rows, columns), -np.inf), np.full((rows, columns), -1)
    for row, column in np.ndindex(rows * size, columns * size):
        place = row // size, column // size
        if x[row, column] > pooled[place]:
            pooled[place] = x[row, column]
            switches[place] = row * x.shape[1] + column
    return pooled.astype(x.dtype), switches


def with_the_largest_key(x, size):
    def position(row, column):
        inside = [(row * size + i, column * size + j) for i in range(size) for j in range(size)]
        best = max(inside, key=lambda place: x[place])
        return best[0] * x.shape[1] + best[1]

    rows, columns = (n // size for n in x.shape)
    switches = np.array([[position(row, column) for column in range(columns)] for row in range(rows)])
    return np.take(x, switches), switches
