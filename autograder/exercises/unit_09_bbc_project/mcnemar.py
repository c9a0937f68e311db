import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import COMPARE

TRUTH = np.array([0, 1, 2, 0, 1, 2, 0, 1])


@exercise("mcnemar", points=3, objective=COMPARE)
class Mcnemar:
    """(only_a, only_b, p): how many articles only one of the two gets right, and McNemar's exact two-sided p."""

    def oracle(y, a, b):
        from scipy.stats import binomtest

        only_a, only_b = int(((a == y) & (b != y)).sum()), int(((a != y) & (b == y)).sum())
        return only_a, only_b, float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0

    examples = [
        probe(np.array([0, 1, 1]), np.array([0, 1, 1]), np.array([0, 0, 0])),
        probe(TRUTH, np.array([0, 1, 2, 0, 1, 2, 0, 0]), np.array([1, 0, 0, 0, 2, 0, 1, 1])),
        probe(TRUTH, np.array([0, 1, 2, 0, 1, 0, 1, 2]), np.array([1, 2, 1, 0, 1, 0, 0, 0])),
        probe(TRUTH, np.array([0, 1, 2, 0, 1, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 0, 2, 1])),
        probe(TRUTH, np.array([0, 1, 0, 0, 2, 2, 0, 2]), np.array([0, 1, 2, 1, 1, 2, 0, 0])),
        probe(np.array([0, 1, 2]), np.array([0, 1, 2]), np.array([0, 1, 2])),
        probe(np.array([4, 4, 0]), np.array([1, 4, 2]), np.array([2, 4, 3])),
        probe(np.array([0, 1, 2, 0]), np.array([0, 1, 0, 1]), np.array([1, 0, 2, 0])),
        probe(np.array([0, 1, 1]), np.array([1, 1, 0]), np.array([0, 0, 1])),
    ]

    def hidden(rng):
        for n, good, better in ((40, 0.7, 0.8), (200, 0.9, 0.96), (426, 0.97, 0.975), (426, 0.9, 0.97), (30, 0.5, 0.5)):
            y = rng.integers(0, 5, size=n)
            a, b = (
                np.where(rng.random(n) < share, y, (y + rng.integers(1, 5, size=n)) % 5) for share in (good, better)
            )
            yield probe(y, a, b)
        y = rng.integers(0, 5, size=20)  # as many for one as for the other
        a, b = y.copy(), y.copy()
        a[:3], b[-3:] = (y[:3] + 1) % 5, (y[-3:] + 2) % 5
        yield probe(y, a, b)

    @mistake(
        "You compare two accuracies as if two classes had sat two examinations. It was the same examination: only the articles "
        "on which the two differ say who is better. Count those that only one of them gets right."
    )
    def unpaired(y, a, b):
        from scipy.stats import fisher_exact

        right = int((a == y).sum()), int((b == y).sum())
        return *right, float(fisher_exact([[right[0], len(y) - right[0]], [right[1], len(y) - right[1]]])[1])

    counts_but_unpaired = mistake(
        "The counts are right, but p is that of an unpaired test on two accuracies. Both judged the same articles: under the "
        "null hypothesis each article of the two counts is a toss of a coin.",
        lambda y, a, b: (*Mcnemar.oracle(y, a, b)[:2], Mcnemar.mistakes[0].answer(y, a, b)[2]),
    )

    @mistake(
        "That is one tail: the chance of at most this many. The other one could have been the better too: double it."
    )
    def one_sided(y, a, b):
        from scipy.stats import binom

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, float(binom.cdf(min(only_a, only_b), only_a + only_b, 0.5))

    @mistake("Twice the tail is more than 1 where both counts are equal, or 0. No probability is: cap it at 1.")
    def above_one(y, a, b):
        from scipy.stats import binom

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, 2 * float(binom.cdf(min(only_a, only_b), only_a + only_b, 0.5))

    @mistake(
        "Where both counts are equal, twice the tail is more than 1: the case in the middle is in both tails. Cap it at 1."
    )
    def above_one_in_a_tie(y, a, b):
        from scipy.stats import binom

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        tosses = only_a + only_b
        return only_a, only_b, 2 * float(binom.cdf(min(only_a, only_b), tosses, 0.5)) if tosses else 1.0

    @mistake(
        "You take the chance of exactly this result. Asked for is the chance of this *or one that is further from the middle*: add up "
        "the chances of 0, 1, ..., to the smaller count."
    )
    def this_result_alone(y, a, b):
        from math import comb

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        tosses = only_a + only_b
        return only_a, only_b, min(1.0, 2 * comb(tosses, only_a) / 2**tosses)

    @mistake(
        "That asks only whether `a` is better (alternative='greater'). The test has two sides: `b` could have been the better one too."
    )
    def only_whether_a_is_better(y, a, b):
        from scipy.stats import binom

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, float(binom.sf(only_a - 1, only_a + only_b, 0.5))

    @mistake(
        "That asks only whether `b` is better (alternative='less'). The test has two sides: `a` could have been the better one too."
    )
    def only_whether_b_is_better(y, a, b):
        from scipy.stats import binom

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, float(binom.cdf(only_a, only_a + only_b, 0.5))

    @mistake(
        "Without an article that only one of them gets right there is nothing to toss, and scipy's binomtest refuses 0 tosses. p is 1.0 "
        "then: return it before."
    )
    def no_tosses(y, a, b):
        only_a, only_b, p = Mcnemar.oracle(y, a, b)
        if only_a + only_b == 0:
            raise ValueError("n must be an integer not less than 1.")
        return only_a, only_b, p

    @mistake(
        "That is the chi-square approximation. With so few articles on which they differ it is too sure of itself: add up the "
        "binomial probabilities, which is exact."
    )
    def chi_square(y, a, b):
        from scipy.stats import chi2

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        differing = only_a + only_b
        return only_a, only_b, float(chi2.sf((only_a - only_b) ** 2 / differing, 1)) if differing else 1.0

    @mistake(
        "That is the chi-square approximation, with the correction for few articles. Add up the binomial probabilities: that is exact."
    )
    def corrected_chi_square(y, a, b):
        from scipy.stats import chi2

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        differing = only_a + only_b
        away = max(0, abs(only_a - only_b) - 1)
        return only_a, only_b, float(chi2.sf(away**2 / differing, 1)) if differing else 1.0

    @mistake(
        "The number of tosses is too large: where both are wrong, and say different things, neither has won. Toss only for "
        "articles that exactly one of them gets right."
    )
    def all_disagreements(y, a, b):
        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, sign_test(min(only_a, only_b), int((a != b).sum()))

    @mistake(
        "You toss for every article. Those that both get right, or both wrong, say nothing: toss only for those that exactly one of "
        "them gets right."
    )
    def all_articles(y, a, b):
        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, sign_test(min(only_a, only_b), len(y))

    @mistake("The two counts are swapped: first the articles that only `a` gets right.")
    def swapped(y, a, b):
        only_a, only_b, p = Mcnemar.oracle(y, a, b)
        return only_b, only_a, p

    counts_all_right = mistake(
        "p is right, but the counts are those of all right answers. The two counts asked for leave out what both get right.",
        lambda y, a, b: (int((a == y).sum()), int((b == y).sum()), Mcnemar.oracle(y, a, b)[2]),
    )

    @mistake("That is the statistic of a chi-square test. Asked for is a probability: the exact binomial p.")
    def statistic(y, a, b):
        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, (only_a - only_b) ** 2 / (only_a + only_b) if only_a + only_b else 1.0


def sign_test(k, n):
    """The two-sided exact p of k of n at one half, by adding up binomial coefficients."""
    from math import comb

    tail = sum(comb(n, i) for i in range(min(k, n - k) + 1))
    return min(1.0, 2 * tail / 2**n)
