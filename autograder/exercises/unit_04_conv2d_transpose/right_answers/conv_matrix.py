"""Right answers to `conv_matrix`, each written in another way."""

import numpy as np


def four_dimensions(kernel, n):
    a, b = kernel.shape
    c = np.zeros((n - a + 1, n - b + 1, n, n))
    for row, column in np.ndindex(c.shape[:2]):
        c[row, column, row : row + a, column : column + b] = kernel
    return c.reshape(-1, n * n)


def one_weight_at_a_time(kernel, n):
    (a, b) = kernel.shape
    rows, columns = n - a + 1, n - b + 1
    c = np.zeros((rows * columns, n * n))
    for i in range(a):
        for j in range(b):
            for place in range(rows * columns):
                c[place, (place // columns + i) * n + place % columns + j] = float(kernel[i, j])
    return c


def sum_of_shifted_diagonals(kernel, n):
    a, b = kernel.shape
    return sum(
        float(weight) * np.kron(np.eye(n - a + 1, n, k=i), np.eye(n - b + 1, n, k=j))
        for (i, j), weight in np.ndenumerate(kernel)
    )


def with_windows_of_positions(kernel, n):
    pixels = np.arange(n * n).reshape(n, n)
    under = np.lib.stride_tricks.sliding_window_view(pixels, kernel.shape).reshape(-1, kernel.size)
    c = np.zeros((len(under), n * n))
    np.put_along_axis(c, under, np.broadcast_to(kernel.ravel(), under.shape), axis=1)
    return c


def rolled_and_stacked(kernel, n):
    a, b = kernel.shape
    first = np.pad(kernel, ((0, n - a), (0, n - b))).astype(float).ravel()
    return np.vstack([np.roll(first, i * n + j) for i in range(n - a + 1) for j in range(n - b + 1)])


def column_by_column_of_single_pixels(kernel, n):
    a, b = kernel.shape
    columns = []
    for pixel in range(n * n):
        row, column = divmod(pixel, n)
        answer = np.zeros((n - a + 1, n - b + 1))
        for i in range(a):
            for j in range(b):
                if 0 <= row - i <= n - a and 0 <= column - j <= n - b:
                    answer[row - i, column - j] = kernel[i, j]
        columns.append(answer.reshape(-1))
    return np.array(columns).T


def lists_of_floats(kernel, n):
    a, b = kernel.shape
    table = []
    for top in range(n - a + 1):
        for left in range(n - b + 1):
            line = [0.0] * (n * n)
            for i, weights in enumerate(kernel.tolist()):
                start = (top + i) * n + left
                line[start : start + b] = weights
            table.append(line)
    return np.array(table, dtype=np.float64)
