import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import GUESS


@exercise("permutation_baseline", points=2, objective=GUESS)
class PermutationBaseline:
    """The expected accuracy when the labels themselves, well shuffled, are the answers."""

    def oracle(y):
        return float(np.mean(np.equal.outer(y, y)))

    examples = [
        probe(np.array([3, 3, 3, 4])),
        probe(np.array([0, 1, 1, 1, 2])),
        probe(np.array([7, 7, 7])),
        probe(np.array([0, 5, 0, 9, 0, 0, 5, 0, 0, 0])),
        probe(np.array([2, 1, 2, 5, 5, 2])),
        probe(np.array([8])),
    ]

    def hidden(rng):
        for classes, skew in ((46, 1.2), (3, 0.5), (10, 2.0), (20, 1.0)):
            p = 1 / np.arange(1, classes + 1) ** skew
            yield probe(rng.choice(classes, size=int(rng.integers(20, 200)), p=p / p.sum()))
        yield probe(np.repeat([2, 30, 4], [1, 2, 17]))

    one_over_classes = mistake(
        "1 / 46, or one over the number of classes, is what an unloaded die scores. Shuffled labels are not such a die: they "
        "say the commonest topic as often as it occurs, and are right more often for it.",
        lambda y: 1 / len(np.unique(y)),
    )
    one_over_46 = mistake(
        "1 / 46 is what an unloaded die with 46 sides scores. Shuffled labels say the commonest topic most often.",
        lambda y: 1 / 46,
    )
    one_over_largest = mistake(
        "One over the largest label plus one is what an unloaded die scores. Shuffled labels say the commonest topic most often.",
        lambda y: 1 / (max(y) + 1),
    )
    majority = mistake(
        "That is the share of the commonest class: what you score by saying *always* the same. Shuffled labels say it only as "
        "often as it occurs. Both are baselines; here the second is asked for.",
        lambda y: float(shares(y).max()),
    )

    @mistake(
        "You leave out that a label may stay where it was. After a shuffle each place holds each of the n labels equally often, "
        "its own included: square the shares."
    )
    def never_its_own(y):
        counts = np.unique(y, return_counts=True)[1]
        return float((counts * (counts - 1)).sum() / (len(y) * max(1, len(y) - 1)))

    one_shuffle = mistake(
        "That is the result of one particular shuffle; another one gives another number. Asked for is the mean over all of "
        "them, and it needs no random numbers: add up the squares of the shares.",
        lambda y: float(np.mean(np.random.default_rng(0).permutation(y) == y)),
    )
    gini = mistake(
        "1 minus the sum of squares is how often the shuffled labels are *wrong* (the Gini impurity).",
        lambda y: float(1 - (shares(y) ** 2).sum()),
    )
    counts_squared = mistake(
        "You add up the squares of the counts. Divide the counts by the number of labels first.",
        lambda y: float((np.unique(y, return_counts=True)[1] ** 2).sum()),
    )
    mean_of_squares = mistake(
        "The squares of the shares are added up, not averaged: every class can give a hit.",
        lambda y: float((shares(y) ** 2).mean()),
    )
    divided_once = mistake(
        "You divide by the number of labels once. Each share is a count over that number, and the shares are squared: divide twice.",
        lambda y: float((np.unique(y, return_counts=True)[1] ** 2).sum() / len(y)),
    )
    list_of_shares = mistake(
        "You have the share of each class. Square them and add them up: one number is asked for.",
        lambda y: shares(y),
    )


def shares(y):
    """The share of each class that occurs."""
    return np.unique(y, return_counts=True)[1] / len(y)
