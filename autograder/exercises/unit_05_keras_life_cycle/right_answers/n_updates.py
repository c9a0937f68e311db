"""Right answers to `n_updates`, each written in another way."""

import numpy as np


def with_range(n, batch, epochs):
    return len(range(0, n, batch)) * epochs


def with_ceil(n, batch, epochs):
    import math

    return math.ceil(n / batch) * epochs


def counted_in_a_loop(n, batch, epochs):
    updates = 0
    for _ in range(epochs):
        left = n
        while left > 0:
            left -= batch
            updates += 1
    return updates


def with_divmod(n, batch, epochs):
    full, rest = divmod(n, batch)
    return epochs * (full + (rest > 0))


def one_less_then_one_more(n, batch, epochs):
    return ((n - 1) // batch + 1) * epochs


def with_slices(n, batch, epochs):
    starts = np.arange(n)[::batch]
    return starts.size * epochs


def recursive(n, batch, epochs):
    def batches(left):
        return 1 if left <= batch else 1 + batches(left - batch)

    return batches(n) * epochs


def numpy_rounds_up(n, batch, epochs):
    return np.ceil(n / batch).astype(int) * epochs
