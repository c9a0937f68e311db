"""Right answers to `overlap_counts`, each written in another way."""

import numpy as np

from ..shared import whole


def one_axis_times_the_other(n, k, s):
    along = np.zeros((n - 1) * s + k, int)
    for start in range(0, n * s, s):
        along[start : start + k] += 1
    return np.outer(along, along)


def by_counting(n, k, s):
    size = (n - 1) * s + k
    reach = [sum(0 <= place - i * s < k for i in range(n)) for place in range(size)]
    return np.array([[up * across for across in reach] for up in reach])


def ones_run_backwards(n, k, s):
    return whole(np.ones((n, n)), np.ones((k, k)), s).astype(int)


def stamp_by_stamp_as_uint8(n, k, s):
    size = (n - 1) * s + k
    counts = np.zeros((size, size), np.uint8)
    for i in range(0, size - k + 1, s):
        for j in range(0, size - k + 1, s):
            counts[i : i + k, j : j + k] += 1
    return counts


def with_bincount(n, k, s):
    along = np.bincount((np.arange(n)[:, None] * s + np.arange(k)).ravel())
    return along.reshape(-1, 1) @ along.reshape(1, -1)


def closed_form(n, k, s):
    place = np.arange((n - 1) * s + k)
    last = np.minimum(place // s, n - 1)
    first = np.maximum(np.ceil((place - k + 1) / s), 0)
    along = (last - first + 1).clip(0).astype(np.int32)
    return np.multiply.outer(along, along)


def with_a_mask_for_each_stamp(n, k, s):
    place = np.arange((n - 1) * s + k)
    under = (place >= s * np.arange(n)[:, None]) & (place < s * np.arange(n)[:, None] + k)
    return np.einsum("ip,jq->pq", under.astype(int), under.astype(int))
