"""Right answers to `out_size_t`, each written in another way."""

import numpy as np


def the_larger_of_both(n, k, s, padding):
    return n * s if padding == "same" else max((n - 1) * s + k, n * s)


def by_cases(n, k, s, padding):
    if padding == "valid" and k > s:
        return (n - 1) * s + k
    return s * n


def stamp_by_stamp(n, k, s, padding):
    covered = set()
    for i in range(n):
        covered |= set(range(i * s, i * s + (s if padding == "same" else max(k, s))))
    return len(covered | set(range(n * s)))


def with_recursion(n, k, s, padding):
    if n > 1:
        return s + with_recursion(n - 1, k, s, padding)
    return s if padding == "same" or k < s else k


def with_a_table_of_functions(n, k, s, padding):
    sizes = {"same": lambda: n * s, "valid": lambda: (n - 1) * s + sorted((k, s))[-1]}
    return sizes[padding]()


def as_numpy_int(n, k, s, padding):
    overhang = np.clip(k - s, 0, None) * (padding == "valid")
    return np.int64(n * s) + overhang


def asked_of_the_layer(n, k, s, padding):
    from keras import layers, ops

    return layers.Conv2DTranspose(2, k, s, padding)(ops.ones((1, n, 1, 1))).shape[1]
