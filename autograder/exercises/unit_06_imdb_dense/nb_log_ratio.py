import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import WEIGH

BAGS = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 1]])
PRAISE = np.array([1, 1, 0])


@exercise("nb_log_ratio", points=3, objective=WEIGH, rtol=1e-4, atol=1e-5)
class NbLogRatio:
    """For each column, the log of its smoothed share in positive rows over its smoothed share in negative rows."""

    def oracle(x, y, alpha=1.0):
        from sklearn.naive_bayes import MultinomialNB

        bayes = MultinomialNB(alpha=alpha).fit(x, y)
        negative, positive = bayes.feature_log_prob_  # the classes in order: 0, then 1
        return positive - negative

    examples = [
        probe(np.array([[1, 0], [0, 1]]), np.array([1, 0])),
        probe(BAGS, PRAISE),
        probe(BAGS, PRAISE, alpha=0.5),
        probe(np.array([[1, 1, 1, 0], [0, 1, 0, 1], [0, 1, 1, 1], [0, 0, 0, 1]]), np.array([0, 1, 1, 1]), 2.0),
    ]

    def hidden(rng):
        for alpha in (1.0, 0.1, 2.5, 1.0, 0.5, 3.0):
            rows, columns = rng.integers(6, 25, size=2)
            x = (rng.random((rows, columns)) < 0.4).astype(float)
            x[:, 0] = 0  # a word that no review has
            y = np.array([0, 1, 1, *rng.integers(0, 2, size=rows - 3)])
            x[y == 0, 1] = 0  # a word that no negative review has
            yield probe(x, y, alpha)

    @mistake(
        "Unsmoothed: a word that one class never uses gives log 0, which is minus infinity (or 0/0). One rare word would then "
        "outvote a whole review. Add `alpha` to every count before you divide."
    )
    def unsmoothed(x, y, alpha=1.0):
        with np.errstate(divide="ignore", invalid="ignore"):
            p, q = x[y == 1].sum(axis=0), x[y == 0].sum(axis=0)
            return np.log(p / p.sum()) - np.log(q / q.sum())

    reversed_ratio = mistake(
        "The sign is turned round: words of praise should be positive. Positive class over negative class, not the reverse.",
        lambda x, y, alpha=1.0: -NbLogRatio.oracle(x, y, alpha),
    )
    not_normalised = mistake(
        "You compare counts, not shares. If one class simply has more words than the other, all its words look telling: "
        "divide each class's smoothed counts by their sum first.",
        lambda x, y, alpha=1.0: np.log(alpha + x[y == 1].sum(axis=0)) - np.log(alpha + x[y == 0].sum(axis=0)),
    )

    @mistake(
        "You add `alpha` to each count, but divide by the sum of the *unsmoothed* counts: the shares no longer add up to 1."
    )
    def totals_unsmoothed(x, y, alpha=1.0):
        p, q = x[y == 1].sum(axis=0), x[y == 0].sum(axis=0)
        return np.log((alpha + p) / p.sum()) - np.log((alpha + q) / q.sum())

    no_logarithm = mistake(
        "The logarithm is missing: a ratio of 1 means `no difference`, and only its log puts that at 0.",
        lambda x, y, alpha=1.0: np.exp(NbLogRatio.oracle(x, y, alpha)),
    )
    base_two = mistake(
        "That is the base-2 logarithm. Natural logarithms, np.log, are asked for.",
        lambda x, y, alpha=1.0: NbLogRatio.oracle(x, y, alpha) / np.log(2),
    )

    @mistake(
        "You divide by the number of *reviews* of a class: the share of reviews with the word (Bernoulli naive Bayes). Asked "
        "for is the share among all the words of a class: divide by the sum of its smoothed counts."
    )
    def bernoulli(x, y, alpha=1.0):
        p = (alpha + x[y == 1].sum(axis=0)) / (2 * alpha + (y == 1).sum())
        q = (alpha + x[y == 0].sum(axis=0)) / (2 * alpha + (y == 0).sum())
        return np.log(p / q)

    alpha_ignored = mistake(
        "Your smoothing is always 1. Add the argument `alpha` instead.",
        lambda x, y, alpha=1.0: NbLogRatio.oracle(x, y, 1.0),
    )
