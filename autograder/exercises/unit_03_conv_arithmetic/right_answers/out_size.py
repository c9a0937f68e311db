"""Right answers to `out_size`, each written in another way."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def by_walking(n, k, s=1, p=0, d=1):
    places, start = 0, -p
    while start + (k - 1) * d <= n + p - 1:
        places += 1
        start += s
    if places == 0:
        raise ValueError("the kernel does not fit")
    return places


def by_counting_a_range(n, k, s=1, p=0, d=1):
    starts = range(0, n + 2 * p - (k - 1) * d, s)
    if not starts:
        raise ValueError(f"{k} does not fit on {n}")
    return len(starts)


def with_windows(n, k, s=1, p=0, d=1):
    # NumPy raises ValueError for a window larger than the row
    return len(sliding_window_view(np.zeros(n + 2 * p), d * (k - 1) + 1)[::s])


def with_recursion(n, k, s=1, p=0, d=1):
    def places(room):
        if room < 0:
            return 0
        return 1 + places(room - s)

    if found := places(n + 2 * p - d * (k - 1) - 1):
        return found
    raise ValueError("no place")


def floor_of_a_float(n, k, s=1, p=0, d=1):
    size = math.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1
    if size < 1:
        raise ValueError(f"n = {n}, k = {k}, s = {s}, p = {p}, d = {d}: nothing is left")
    return size


def as_numpy_int_and_own_error(n, k, s=1, p=0, d=1):
    class DoesNotFit(ValueError):
        pass

    taps = np.arange(k) * d - p
    if taps[-1] >= n + p:
        raise DoesNotFit(k, n)
    return np.ceil((n + p - taps[-1]) / s).astype(np.int32)
