import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.exercise import exercise, mistake, probe

from .shared import BY_HAND, MATRIX


def numbered(*shape):
    """An array whose numbers are all different, so that every order shows."""
    return np.arange(1, 1 + math.prod(shape)).reshape(shape)


@exercise("im2col", points=3, objective=MATRIX, rules=[BY_HAND], dtype="exact")
class Im2col:
    """The k x k windows of x (H, W, C), every s pixels, as rows of a (places, k k C) matrix, channels last."""

    def oracle(x, k, s):
        import tensorflow as tf

        size = k * k * x.shape[2]
        pick = tf.reshape(tf.eye(size, dtype=tf.float64), (k, k, x.shape[2], size))  # filter i picks number i
        picked = tf.nn.conv2d(tf.constant(x[None].astype(float)), pick, strides=s, padding="VALID").numpy()
        return picked.reshape(-1, size).astype(x.dtype)

    examples = [
        probe(numbered(2, 3, 1), 2, 1),
        probe(numbered(3, 4, 2), 2, 1),
        probe((numbered(5, 4, 1) * 3 % 20).astype(np.uint8), 3, 1),
        probe(numbered(5, 6, 1), 2, 2),
        probe(numbered(6, 8, 3) / 4, 3, 2),
        probe(numbered(3, 3, 2), 3, 1),
    ]

    def hidden(rng):
        for k, s, channels in ((1, 1, 3), (2, 1, 2), (3, 1, 1), (3, 2, 2), (2, 3, 4), (4, 2, 3), (5, 1, 2)):
            height, width = (int(n) for n in rng.integers(6, 10, 2))
            yield probe(
                rng.permutation(numbered(height, width + 1, channels).ravel()).reshape(height, -1, channels), k, s
            )
        yield probe(np.round(rng.normal(size=(7, 9, 3)), 3), 3, 2)
        yield probe(rng.integers(0, 256, (6, 5, 3), dtype=np.uint8), 2, 1)
        yield probe(rng.permutation(numbered(3, 4, 2).ravel()).reshape(3, 4, 2), 3, 2)
        yield probe(rng.normal(size=(4, 4, 2)).astype(np.float32), 4, 1)

    channels_first = mistake(
        "Your channels come first in each row: all of one channel, then all of the next. The weights of a layer are "
        "(k, k, C, F), so a row runs through a pixel's channels before it goes on to the next pixel.",
        lambda x, k, s: np.moveaxis(windows_of(x, k, s), 4, 2).reshape(-1, k * k * x.shape[2]),
    )
    transposed = mistake(
        "Your matrix is transposed: windows are its columns. Here each window is a row, (places, k k C).",
        lambda x, k, s: windows_of(x, k, s).reshape(-1, k * k * x.shape[2]).T.copy(),
    )
    window_transposed = mistake(
        "Each window is turned: you go down its columns before its rows. Read it like a page, row by row.",
        lambda x, k, s: windows_of(x, k, s).swapaxes(2, 3).reshape(-1, k * k * x.shape[2]),
    )
    places_transposed = mistake(
        "Your windows come column by column. The place moves across first, then down, like reading.",
        lambda x, k, s: windows_of(x, k, s).swapaxes(0, 1).reshape(-1, k * k * x.shape[2]),
    )
    stride_ignored = mistake(
        "You ignore the stride: the window moves s pixels at a time, in both directions.",
        lambda x, k, s: windows_of(x, k, 1).reshape(-1, k * k * x.shape[2]),
    )
    not_flattened = mistake(
        "Your windows are not flattened: a row holds its k * k * C numbers one after the other. `reshape` or `ravel`.",
        lambda x, k, s: windows_of(x, k, s).reshape(-1, k, k, x.shape[2]),
    )

    @mistake("Your windows are in rows and columns still: places are to follow one another in one axis.")
    def grid_kept(x, k, s):
        found = windows_of(x, k, s)
        return found.reshape(*found.shape[:2], -1)

    @mistake("The last row and column of windows are missing: a window of k can start at 0 up to and including n - k.")
    def one_window_short(x, k, s):
        tops, lefts = (range(0, n - k, s) for n in x.shape[:2])
        return np.array([x[i : i + k, j : j + k].ravel() for i in tops for j in lefts])

    first_channel = mistake(
        "Your windows look at the first channel only. Take all of them: `x[rows, columns]` leaves the last axis whole.",
        lambda x, k, s: windows_of(x[:, :, :1], k, s).reshape(-1, k * k),
    )
    moves_by_the_kernel = mistake(
        "Your windows lie side by side: you move by k, not by s. The stride says how far they are apart.",
        lambda x, k, s: windows_of(x, k, k).reshape(-1, k * k * x.shape[2]),
    )

    @mistake(
        "Your last windows hang over the edge, where a slice is cut short. The last one starts at n - k: as many windows as "
        "(n - k) // s + 1, down and across."
    )
    def over_the_edge(x, k, s):
        return np.array(
            [x[i : i + k, j : j + k].ravel() for i in range(0, x.shape[0], s) for j in range(0, x.shape[1], s)]
        )

    @mistake(
        "You count the places with the height in both directions. The picture need not be square: its width says how many go across."
    )
    def height_twice(x, k, s):
        count = (x.shape[0] - k) // s + 1
        return np.array([x[i * s : i * s + k, j * s : j * s + k].ravel() for i in range(count) for j in range(count)])

    @mistake(
        "The number of windows is right, but they start one pixel after the other: the window of place i starts at i * s."
    )
    def stride_not_in_the_slice(x, k, s):
        rows, columns = ((n - k) // s + 1 for n in x.shape[:2])
        return np.array([x[i : i + k, j : j + k].ravel() for i in range(rows) for j in range(columns)])

    float_rows = mistake(
        "The right numbers as float64: `np.zeros` makes floats unless it is told another dtype. Pass `x.dtype` on.",
        lambda x, k, s: windows_of(x, k, s).reshape(-1, k * k * x.shape[2]).astype(float),
    )


def windows_of(x, k, s):
    """(rows, columns, k, k, C) windows of x (H, W, C), every s-th in both directions."""
    return np.moveaxis(sliding_window_view(x, (k, k), axis=(0, 1))[::s, ::s], 2, 4)
