"""Right answers to `sample_geometric`, each written in another way."""

import numpy as np

from course_utils.chance import often

from ..shared import geometric, pick


@often
def by_choice(p, rng, most):
    weights = p ** np.arange(most + 1)
    return int(rng.choice(most + 1, p=weights / weights.sum()))


@often
def throw_again(p, rng, most):
    while True:
        k = 0
        while k <= most and rng.random() < p:
            k += 1
        if k <= most:
            return k


@often
def inverted(p, rng, most):
    sums = np.cumsum(p ** np.arange(most + 1))
    return np.searchsorted(sums, rng.random() * sums[-1], side="right")


@often
def numpys_draws(p, rng, most):
    k = most + 1
    while k > most:
        k = rng.geometric(1 - p) - 1
    return k


@often
def largest_of_a_multinomial(p, rng, most):
    weights = np.array([p**k for k in range(most + 1)])
    return rng.multinomial(1, weights / weights.sum()).argmax()


@often
def by_logarithm(p, rng, most):
    from math import log

    share = rng.random() * (1 - p ** (most + 1))
    return int(log(1 - share) / log(p))


@often
def with_recursion(p, rng, most):
    if most == 0 or rng.random() < (1 - p) / (1 - p ** (most + 1)):
        return 0
    return 1 + pick(rng, geometric(p, most - 1))


@often
def accepted_or_not(p, rng, most):
    while True:
        k = int(rng.integers(most, endpoint=True))
        if rng.uniform() <= p**k:
            return k


@often
def from_a_list(p, rng, most):
    total = sum(p**k for k in range(most + 1))
    return rng.choice(list(range(most + 1)), p=[p**k / total for k in range(most + 1)])
