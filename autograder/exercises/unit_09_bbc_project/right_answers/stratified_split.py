"""Right answers to `stratified_split`, each written in another way."""

import numpy as np


def with_masks(y, order, share=0.2):
    test = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        rows = order[y[order] == label]
        test[rows[: round(share * len(rows))]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def counting(y, order, share=0.2):
    room = {label: round(share * n) for label, n in zip(*np.unique(y, return_counts=True), strict=True)}
    train, test = [], []
    for row in order:
        if room[y[row]] > 0:
            room[y[row]] -= 1
            test.append(row)
        else:
            train.append(row)
    return np.array(sorted(train)), np.array(sorted(test))


def with_pandas(y, order, share=0.2):
    import pandas as pd

    in_order = pd.Series(y[order], index=order)
    test = (
        in_order.groupby(in_order)
        .apply(lambda rows: rows.index[: round(share * len(rows))].tolist())
        .explode()
        .dropna()
    )
    test = np.array(sorted(test), dtype="int32")
    return np.delete(np.arange(len(y)), test), test


def sorted_by_class(y, order, share=0.2):
    by_class = sorted(order, key=lambda row: y[row])  # a stable sort: within a class as in `order`
    train, test, start = [], [], 0
    for size in np.bincount(y).tolist():
        cut = start + round(share * size)
        test += by_class[start:cut]
        train += by_class[cut : start + size]
        start += size
    return np.sort(train), np.sort(test)


def with_sets(y, order, share=0.2):
    from collections import defaultdict

    rows = defaultdict(list)
    for row in order.tolist():
        rows[y[row].item()].append(row)
    test = {row for group in rows.values() for row in group[: round(share * len(group))]}
    train = set(order.tolist()) - test
    return tuple(np.array(sorted(part)) for part in (train, test))


def by_rank_within_the_class(y, order, share=0.2):
    same = y[:, None] == y
    place = np.argsort(order)
    rank = (same & (place[None, :] < place[:, None])).sum(axis=1)  # how many of the class come before
    for_test = rank < np.round(share * same.sum(axis=1))
    return np.nonzero(~for_test)[0], np.nonzero(for_test)[0]


def with_a_generator(y, order, share=0.2):
    def first_rows():
        for label in set(y):
            rows = [row for row in order if y[row] == label]
            yield from rows[: round(len(rows) * share)]

    test = np.fromiter(first_rows(), dtype="uint16")
    test.sort()
    return np.array([row for row in range(len(y)) if row not in test]), test
