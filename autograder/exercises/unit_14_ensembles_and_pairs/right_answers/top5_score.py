"""Right answers to `top5_score`, each written in another way."""

import math


def counts_at_positions(relevant, ranked):
    at = [0] * 5
    for own, five in zip(relevant, ranked):
        for place, label in enumerate(five[:5]):
            if label in own:
                at[place] += 1
    labels = sum(map(len, relevant))
    p = sum(count / len(relevant) / math.log(place + 2) for place, count in enumerate(at))
    r = sum(at) / labels if labels else 0
    return 0.0 if p + r == 0 else p * r / (p + r)


def hit_by_hit(relevant, ranked):
    gain = found = 0.0
    for i, own in enumerate(relevant):
        for position in range(1, min(5, len(ranked[i])) + 1):
            if ranked[i][position - 1] in own:
                gain += 1 / math.log(position + 1)
                found += 1
    if not found:
        return 0.0
    p, r = gain / len(relevant), found / sum(len(own) for own in relevant)
    return p * r / (p + r)


def with_numpy(relevant, ranked):
    import numpy as np

    hits = np.zeros((len(relevant), 5))
    for row, own, five in zip(hits, relevant, ranked):
        found = np.isin(five[:5], list(own))
        row[: len(found)] = found
    p = (hits.mean(axis=0) / np.log(np.arange(2, 7))).sum()
    r = hits.sum() / max(sum(len(own) for own in relevant), 1)
    return float(p * r / (p + r)) if p * r > 0 else 0.0


def as_harmonic(relevant, ranked):
    n = len(relevant)
    discounts = [1 / math.log(k) for k in (2, 3, 4, 5, 6)]
    gains = [sum(d for d, label in zip(discounts, five) if label in own) for own, five in zip(relevant, ranked)]
    found = sum(len(own.intersection(five[:5])) for own, five in zip(relevant, ranked))
    if found == 0:
        return 0.0
    return 1 / (n / sum(gains) + sum(len(own) for own in relevant) / found)


def refused_by_try(relevant, ranked):
    p = 0
    for k in range(5):
        right = [five[k] in own for own, five in zip(relevant, ranked) if k < len(five)]
        p += sum(right) / len(relevant) / math.log1p(k + 1)
    hits = [len(set(five[:5]) & own) for own, five in zip(relevant, ranked)]
    try:
        r = sum(hits) / sum(len(own) for own in relevant)
        return p * r / (p + r)
    except ZeroDivisionError:
        return 0.0
