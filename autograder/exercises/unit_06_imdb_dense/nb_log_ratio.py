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
        probe(np.array([[3, 0, 1], [0, 2, 0], [1, 0, 0]]), np.array([1, 0, 1])),
        probe(np.array([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 3.0]]), np.array([1, 0, 0, 0]), 0.1),
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

    @mistake(
        "You divide by the number of *reviews* of a class. Divide by the sum of its smoothed counts: the shares of all words then add "
        "up to 1."
    )
    def by_reviews(x, y, alpha=1.0):
        return of_shares(x, y, alpha, lambda counts, rows: (counts + alpha) / (len(rows) + alpha))

    @mistake(
        "You add `alpha` to the sum of all words once. It is added to every column, so the sum grows by alpha for each word: add it "
        "first, then sum."
    )
    def alpha_once(x, y, alpha=1.0):
        return of_shares(x, y, alpha, lambda counts, rows: (counts + alpha) / (counts.sum() + alpha))

    @mistake("You add `alpha` to the shares. It belongs to the counts, before they are divided by their sum.")
    def alpha_to_the_shares(x, y, alpha=1.0):
        return of_shares(x, y, alpha, lambda counts, rows: counts / counts.sum() + alpha)

    @mistake("You add up with the mean. `alpha` belongs to the *sums* of the columns: with means it weighs far more.")
    def means(x, y, alpha=1.0):
        return of_shares(
            x, y, alpha, lambda counts, rows: (counts / len(rows) + alpha) / (counts / len(rows) + alpha).sum()
        )

    @mistake("You count in how many reviews a word occurs. x may hold counts above 1: add them up as they are.")
    def zeros_and_ones(x, y, alpha=1.0):
        return NbLogRatio.oracle((x > 0).astype(int), y, alpha)

    @mistake(
        "You divide praise by praise and blame together. The ratio is praise over blame, each as a share of its own class."
    )
    def share_of_praise(x, y, alpha=1.0):
        p, q = (alpha + x[y == label].sum(axis=0) for label in (1, 0))
        return np.log(p / (p + q))

    @mistake("You add up along each review (axis=1). Each *word* needs a sum: add the reviews of a class up, axis=0.")
    def along_the_review(x, y, alpha=1.0):
        p, q = (alpha + x[y == label].sum(axis=1) for label in (1, 0))
        return np.log((p / p.sum()) / (q / q.sum()))


def of_shares(x, y, alpha, share):
    """The log ratio of what `share` makes of the counts of a class, and of its rows."""
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = (share(x[y == label].sum(axis=0), x[y == label]) for label in (1, 0))
        return np.log(p / q)
