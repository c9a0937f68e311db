"""Right answers to `encode_pair`, each written in another way."""


def one_by_one(a, b, length):
    if length < 3:
        raise ValueError("no room for the marks")
    a, b = list(a), list(b)
    while len(a) + len(b) + 3 > length:
        if len(b) > len(a):
            b.pop()
        else:
            a.pop()
    ids = [101, *a, 102, *b, 102]
    segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
    mask = [1] * len(ids)
    padding = [0] * (length - len(ids))
    return ids + padding, segments + padding, mask + padding


def at_once(a, b, length):
    room = length - 3
    if room < 0:
        raise ValueError(f"length={length}")
    keep = min(len(a), max(room - len(b), room // 2))
    a, b = a[:keep], b[: room - keep]
    used = len(a) + len(b) + 3
    ids = [101, *a, 102, *b, 102, *[0] * (length - used)]
    segments = [int(len(a) + 2 <= place < used) for place in range(length)]
    return ids, segments, [int(place < used) for place in range(length)]


def with_numpy(a, b, length):
    import numpy as np

    if length < 3:
        raise ValueError("too short")
    a, b = a[:], b[:]
    while len(a) + len(b) > length - 3:
        longer = a if len(a) >= len(b) else b
        del longer[-1]
    row = np.zeros((3, length), int)
    text = [101, *a, 102, *b, 102]
    row[0, : len(text)] = text
    row[1, len(a) + 2 : len(text)] = 1
    row[2, : len(text)] = 1
    return tuple(row.tolist())


def with_itertools(a, b, length):
    from itertools import chain, islice, repeat

    if length <= 2:
        raise ValueError("[CLS] and two [SEP] do not fit")
    surplus = max(len(a) + len(b) - (length - 3), 0)
    keep_a, keep_b = len(a), len(b)
    for _ in range(surplus):
        keep_a, keep_b = (keep_a - 1, keep_b) if keep_a >= keep_b else (keep_a, keep_b - 1)
    text = [101, *a[:keep_a], 102, *b[:keep_b], 102]
    parts = text, [0] * (keep_a + 2) + [1] * (keep_b + 1), [1] * len(text)
    return tuple(list(islice(chain(part, repeat(0)), length)) for part in parts)


def place_by_place(a, b, length):
    if length < 3:
        raise ValueError("length")
    n, m = len(a), len(b)
    while n + m + 3 > length:
        if n < m:
            m -= 1
        else:
            n -= 1
    ids, segments, mask = [], [], []
    for place in range(length):
        if place == 0:
            here = 101, 0, 1
        elif place <= n:
            here = a[place - 1], 0, 1
        elif place == n + 1:
            here = 102, 0, 1
        elif place <= n + 1 + m:
            here = b[place - n - 2], 1, 1
        elif place == n + m + 2:
            here = 102, 1, 1
        else:
            here = 0, 0, 0
        ids.append(here[0])
        segments.append(here[1])
        mask.append(here[2])
    return ids, segments, mask
