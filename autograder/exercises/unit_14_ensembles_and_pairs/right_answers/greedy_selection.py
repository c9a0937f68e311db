"""Right answers to `greedy_selection`, each written in another way."""

import numpy as np


def with_a_sum(probabilities, y, rounds):
    chosen, total, rows = [], np.zeros(probabilities.shape[1:]), np.arange(len(y))
    for _ in range(rounds):
        right = [y[rows, (total + each).argmax(axis=1)].mean() for each in probabilities]
        chosen.append(int(np.argmax(right)))
        total = total + probabilities[chosen[-1]]
    return chosen


def with_the_mean(probabilities, y, rounds):
    def share(members):
        likeliest = np.mean([probabilities[m] for m in members], axis=0).argmax(axis=-1)
        return np.mean([y[i, label] for i, label in enumerate(likeliest)])

    chosen = []
    while len(chosen) < rounds:
        chosen = [*chosen, max(range(len(probabilities)), key=lambda m: share([*chosen, m]))]
    return chosen


def all_members_at_once(probabilities, y, rounds):
    together, chosen = 0, []
    for _ in range(rounds):
        likeliest = (together + probabilities).argmax(axis=2)  # (members, n)
        right = np.take_along_axis(y[None], likeliest[..., None], axis=2)[..., 0].sum(axis=1)
        chosen += [right.argmax().item()]
        together = together + probabilities[chosen[-1]]
    return chosen


def by_counts(probabilities, y, rounds):
    counts, order = np.zeros(len(probabilities)), []
    for _ in range(rounds):
        best, found = -1, 0
        for member in range(len(probabilities)):
            counts[member] += 1
            summed = np.einsum("m,mnc->nc", counts, probabilities)
            right = sum(y[i][np.argmax(row)] == 1 for i, row in enumerate(summed))
            if right > best:
                best, found = right, member
            counts[member] -= 1
        counts[found] += 1
        order.append(found)
    return order


def recursive(probabilities, y, rounds):
    if rounds == 0:
        return []
    chosen = recursive(probabilities, y, rounds - 1)
    scores = []
    for member in range(probabilities.shape[0]):
        some = probabilities[[*chosen, member]].sum(axis=0)
        one_hot = np.zeros_like(some)
        one_hot[range(len(some)), some.argmax(1)] = 1
        scores.append((one_hot * y).sum())
    return [*chosen, scores.index(max(scores))]
