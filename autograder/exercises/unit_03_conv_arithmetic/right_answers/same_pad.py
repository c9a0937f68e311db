"""Right answers to `same_pad`, each written in another way."""

import numpy as np


def by_trying(n, k, s):
    places = len(range(0, n, s))
    total = 0
    while (n + total - k) // s + 1 < places or n + total < k:
        total += 1
    return total // 2, (total + 1) // 2


def by_remainder(n, k, s):
    total = max(k - (n % s or s), 0)
    return total // 2, total - total // 2


def zero_by_zero(n, k, s):
    before, after = 0, 0
    while before + n + after < (len(range(0, n, s)) - 1) * s + k:
        if after > before:
            before += 1
        else:
            after += 1
    return before, after


def end_of_the_last_window(n, k, s):
    *_, last = range(0, n, s)
    half, odd = divmod(max(0, last + k - n), 2)
    return half, half + odd


def with_recursion_and_a_named_tuple(n, k, s):
    from collections import namedtuple

    def missing(pixels):
        return missing(pixels - s) if pixels > s else max(0, k - pixels)

    zeros = missing(n)
    return namedtuple("Zeros", "before after")(before=zeros // 2, after=-(-zeros // 2))


def as_numpy_ints(n, k, s):
    zeros = max(0, (int(np.ceil(n / s)) - 1) * s + k - n)
    return tuple(np.array([zeros, zeros + 1], np.int16) // 2)
