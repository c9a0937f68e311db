import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import PREDICT

CENTER, CONTEXT = np.array([1.0, 2.0]), np.array([1.0, 0.5])
NEGATIVES = np.array([[0.5, -1.0], [1.0, 1.0], [-2.0, 0.0]])


@exercise("negative_sampling_loss", points=3, objective=PREDICT, rtol=1e-5, atol=1e-7)
class NegativeSamplingLoss:
    """-log sigmoid(center . context) - the sum over the negatives of log sigmoid(-center . negative), as a float."""

    def oracle(center, context, negatives):
        from scipy.special import log_expit

        return float(-log_expit(center @ context) - log_expit(-(negatives @ center)).sum())

    examples = [
        probe(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([[0.0, 2.0]])),
        probe(CENTER, CONTEXT, np.array([[0.5, -1.0]])),
        probe(CENTER, CONTEXT, NEGATIVES),
        probe(np.array([10.0, 0.0]), np.array([1.0, 0.0]), np.array([[5.0, 0.0]])),
        probe(np.array([30.0, 0.0]), np.array([-40.0, 0.0]), np.array([[0.0, 1.0], [20.0, 3.0]])),
    ]

    def hidden(rng):
        for d, k in ((2, 1), (3, 2), (5, 5), (16, 10), (100, 5)):
            yield probe(rng.normal(size=d), rng.normal(size=d), rng.normal(size=(k, d)))
        yield probe(rng.normal(size=4) * 200, rng.normal(size=4) * 200, rng.normal(size=(3, 4)) * 200)
        yield probe(np.full(3, 50.0), np.full(3, -40.0), np.full((2, 3), 30.0))

    sign_of_negatives = mistake(
        "The negatives are drawn towards the center, too: their products need a minus sign before the sigmoid. They should "
        "*not* be likely.",
        lambda center, context, negatives: losses(center @ context) + losses(negatives @ center).sum(),
    )

    @mistake(
        "A large product makes exp overflow, or the sigmoid 0 and its logarithm minus infinity. log(sigmoid(z)) is "
        "-log(1 + exp(-z)): np.logaddexp computes that without harm."
    )
    def overflow(center, context, negatives):
        with np.errstate(all="ignore"):
            return -np.log(1 / (1 + np.exp(-center @ context))) - np.log(1 / (1 + np.exp(negatives @ center))).sum()

    @mistake(
        "Rounding lost it: 1 - sigmoid(z) is 0 for a large z, and its logarithm minus infinity. 1 - sigmoid(z) is sigmoid(-z), and "
        "log(sigmoid(z)) is -log(1 + exp(-z)): np.logaddexp computes that without harm."
    )
    def one_minus_sigmoid(center, context, negatives):
        from scipy.special import expit

        with np.errstate(all="ignore"):
            return -np.log(expit(center @ context)) - np.log(1 - expit(negatives @ center)).sum()

    mean_for_sum = mistake(
        "You take the mean over the negatives. Their terms are added up: more negatives weigh more.",
        lambda center, context, negatives: losses(center @ context) + losses(-negatives @ center).mean(),
    )
    mean_of_all = mistake(
        "You take the mean of all terms. A loss of one pair is their sum.",
        lambda center, context, negatives: losses(np.append(-negatives @ center, center @ context)).mean(),
    )
    not_negated = mistake(
        "The sign is turned round: that is the log-likelihood, which should grow. A loss should fall: minus in front.",
        lambda center, context, negatives: -losses(center @ context) - losses(-negatives @ center).sum(),
    )
    without_positive = mistake(
        "Only the negatives count here. The pair that did occur is missing: -log sigmoid(center . context).",
        lambda center, context, negatives: losses(-negatives @ center).sum(),
    )
    without_negatives = mistake(
        "Only the pair that did occur counts here. Without negatives all vectors would become the same, and the loss 0.",
        lambda center, context, negatives: losses(center @ context),
    )
    negatives_with_context = mistake(
        "You multiply the negatives by the context. They stand in the context's place: multiply them by the *center*.",
        lambda center, context, negatives: losses(center @ context) + losses(-negatives @ context).sum(),
    )
    signs_swapped = mistake(
        "Both signs are turned round: the pair that did occur should be likely, sigmoid(+), the negatives unlikely, sigmoid(-).",
        lambda center, context, negatives: losses(-center @ context) + losses(negatives @ center).sum(),
    )
    negatives_added_first = mistake(
        "You add the negatives up before the sigmoid. Each of them is a question of its own, with a logarithm of its own.",
        lambda center, context, negatives: losses(center @ context) + losses(-(negatives @ center).sum()),
    )
    base_two = mistake(
        "That is the logarithm to base 2; np.log, the natural one, is asked for.",
        lambda center, context, negatives: NegativeSamplingLoss.oracle(center, context, negatives) / np.log(2),
    )


def losses(z):
    """-log sigmoid(z)."""
    return np.logaddexp(0, -np.asarray(z))
