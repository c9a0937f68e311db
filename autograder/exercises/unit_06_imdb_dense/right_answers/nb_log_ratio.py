"""Right answers to `nb_log_ratio`, each written in another way."""

import numpy as np


def with_shares(x, y, alpha=1.0):
    p = alpha + x[y == 1].sum(axis=0)
    q = alpha + x[y == 0].sum(axis=0)
    return np.log((p / p.sum()) / (q / q.sum()))


def with_products(x, y, alpha=1.0):
    counts = np.stack([1 - y, y]) @ x + alpha
    logs = np.log(counts) - np.log(counts.sum(axis=1, keepdims=True))
    return logs[1] - logs[0]


def one_word_at_a_time(x, y, alpha=1.0):
    import math

    words = x.shape[1]
    counts = [[alpha] * words, [alpha] * words]
    for row, label in zip(x, y, strict=True):
        for word in range(words):
            counts[label][word] += row[word]
    blame, praise = ([count / sum(each) for count in each] for each in counts)
    return np.array([math.log(p / q) for p, q in zip(praise, blame, strict=True)])


def with_masks(x, y, alpha=1.0):
    def share(mask):
        counts = np.where(mask[:, None], x, 0).sum(0) + alpha
        return counts / np.sum(counts)

    return np.log(share(y == 1)) - np.log(share(y != 1))


def with_groupby(x, y, alpha=1.0):
    import pandas as pd

    counts = pd.DataFrame(x).groupby(np.asarray(y)).sum() + alpha
    shares = counts.div(counts.sum(axis=1), axis=0)
    return np.log(shares.loc[1] / shares.loc[0]).to_numpy()


def totals_with_added_alphas(x, y, alpha=1.0):
    praise, blame = x[y.astype(bool)], x[~y.astype(bool)]
    p = (praise.sum(axis=0) + alpha) / (praise.sum() + alpha * x.shape[1])
    q = (blame.sum(axis=0) + alpha) / (blame.sum() + alpha * x.shape[1])
    return np.log(p) - np.log(q)


def in_float32(x, y, alpha=1.0):
    x = x.astype("float32")
    p, q = (x[y == label].sum(axis=0) + np.float32(alpha) for label in (1, 0))
    return np.log(p / p.sum()) - np.log(q / q.sum())
