"""Right answers to `ngram_ids`, each written in another way."""

from course_utils.zoo.text.tokens import SEPARATOR, fnv1a, fnv1a_of_all


def with_a_loop(tokens, n, buckets, first):
    found = []
    for i in range(len(tokens) - n + 1):
        key = SEPARATOR.join(token.encode("utf-8") for token in tokens[i : i + n])
        found.append(first + fnv1a(key) % buckets)
    return found


def with_zip(tokens, n, buckets, first):
    runs = zip(*(tokens[shift:] for shift in range(n)), strict=False)
    return [fnv1a(SEPARATOR.join(map(str.encode, run))) % buckets + first for run in runs]


def joined_as_text(tokens, n, buckets, first):
    starts = range(max(len(tokens) - n + 1, 0))
    return [first + fnv1a("\x1f".join(tokens[i : i + n]).encode()) % buckets for i in starts]


def all_at_once(tokens, n, buckets, first):
    import numpy as np

    keys = [SEPARATOR.join(token.encode() for token in tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
    return [int(each) + first for each in fnv1a_of_all(keys) % np.uint64(buckets)]


def a_window_that_moves(tokens, n, buckets, first):
    from collections import deque

    window, found = deque(maxlen=n), []
    for token in tokens:
        window.append(token.encode())
        if len(window) == n:
            found.append(first + fnv1a(SEPARATOR.join(window)) % buckets)
    return found


def by_itself(tokens, n, buckets, first):
    if len(tokens) < n:
        return []
    here = first + fnv1a(SEPARATOR.join(token.encode() for token in tokens[:n])) % buckets
    return [here, *by_itself(tokens[1:], n, buckets, first)]
