import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import MANY


@exercise("nce_loss", points=3, objective=MANY, rtol=1e-5, atol=1e-7)
class NceLoss:
    """-log sigmoid(s - log k q) of the true class, minus the sum over the noise of log(1 - sigmoid(s - log k q)), as a float."""

    def oracle(score, noise_scores, noise_counts):
        from scipy.special import log_expit

        true = score - np.log(noise_counts[0])
        false = np.asarray(noise_scores) - np.log(noise_counts[1:])
        return float(-log_expit(true) - log_expit(-false).sum())

    examples = [
        probe(np.log(2), np.array([0.0]), np.array([1.0, 1.0])),
        probe(1.0, np.array([0.5]), np.array([2.0, 0.5])),
        probe(-0.5, np.array([2.0, -1.0, 0.25]), np.array([0.6, 1.5, 0.9, 3.0])),
        probe(2.0, np.array([45.0, 1.0]), np.array([0.1, 1.9, 0.5])),
        probe(-800.0, np.array([750.0, 3.0]), np.array([0.5, 1.0, 0.5])),
    ]

    def hidden(rng):
        for k in (1, 2, 5, 10, 25):
            yield probe(float(rng.normal()), rng.normal(size=k), k * rng.dirichlet(np.ones(k + 1)))
        yield probe(float(rng.normal() * 500), rng.normal(size=4) * 500, rng.uniform(0.1, 3, size=5))
        yield probe(-900.0, np.full(3, 900.0), np.full(4, 0.75))

    counts_forgotten = mistake(
        "log(k q) is forgotten: a class that is drawn often as noise would be held down for that alone. Take it off each score "
        "before the sigmoid.",
        lambda score, noise_scores, noise_counts: losses(score) + losses(-noise_scores).sum(),
    )
    added = mistake(
        "log(k q) is added. It is taken off: the more often a class is noise, the less its score proves.",
        lambda score, noise_scores, noise_counts: (
            losses(score + np.log(noise_counts[0])) + losses(-noise_scores - np.log(noise_counts[1:])).sum()
        ),
    )
    without_the_logarithm = mistake(
        "You take the counts off as they are. Scores are logarithms, so it is log(k q) that is taken off.",
        lambda score, noise_scores, noise_counts: (
            losses(score - noise_counts[0]) + losses(noise_counts[1:] - noise_scores).sum()
        ),
    )
    noise_alone_corrected = mistake(
        "The true class has a count, too, the first one: it may be drawn as noise as well. Take its logarithm off its score.",
        lambda score, noise_scores, noise_counts: losses(score) + losses(np.log(noise_counts[1:]) - noise_scores).sum(),
    )
    true_alone_corrected = mistake(
        "Only the true class is corrected by its count. Each class of noise has one, too.",
        lambda score, noise_scores, noise_counts: losses(score - np.log(noise_counts[0])) + losses(-noise_scores).sum(),
    )
    counts_shifted = mistake(
        "Counts and classes are shifted by one place: noise_counts[0] is that of the true class, noise_counts[1:] are those of the "
        "noise. You use the last one for the true class.",
        lambda score, noise_scores, noise_counts: (
            losses(score - np.log(noise_counts[-1])) + losses(np.log(noise_counts[:-1]) - noise_scores).sum()
        ),
    )
    mean_for_sum = mistake(
        "You take the mean over the noise. Its terms are added up: k q says how often a class is expected among *all* k draws.",
        lambda score, noise_scores, noise_counts: (
            losses(score - np.log(noise_counts[0])) + losses(np.log(noise_counts[1:]) - noise_scores).mean()
        ),
    )
    mean_of_all = mistake(
        "You take the mean of all terms. The loss of one text is their sum.",
        lambda score, noise_scores, noise_counts: (
            NceLoss.oracle(score, noise_scores, noise_counts) / (1 + len(noise_scores))
        ),
    )
    sign_of_noise = mistake(
        "The classes of noise are taken for true ones: theirs is log(1 - sigmoid(z)), which is log sigmoid(-z).",
        lambda score, noise_scores, noise_counts: (
            losses(score - np.log(noise_counts[0])) + losses(noise_scores - np.log(noise_counts[1:])).sum()
        ),
    )
    not_negated = mistake(
        "The sign is turned round: that is the log-likelihood, which should grow. A loss should fall: minus in front.",
        lambda score, noise_scores, noise_counts: -NceLoss.oracle(score, noise_scores, noise_counts),
    )
    without_noise = mistake(
        "Only the true class counts here. Without noise every score would grow for ever.",
        lambda score, noise_scores, noise_counts: losses(score - np.log(noise_counts[0])),
    )
    without_the_true_class = mistake(
        "Only the noise counts here. The term of the true class is missing.",
        lambda score, noise_scores, noise_counts: losses(np.log(noise_counts[1:]) - noise_scores).sum(),
    )

    @mistake(
        "A large score makes exp overflow, or the sigmoid 0 and its logarithm minus infinity. -log(sigmoid(z)) is "
        "log(1 + exp(-z)): np.logaddexp computes that without harm."
    )
    def overflow(score, noise_scores, noise_counts):
        z = np.concatenate([[score], noise_scores]) - np.log(noise_counts)
        with np.errstate(all="ignore"):
            return -np.log(1 / (1 + np.exp(-z[0]))) - np.log(1 / (1 + np.exp(z[1:]))).sum()

    @mistake(
        "Rounding lost it: 1 - sigmoid(z) is 0 for a large z, and its logarithm minus infinity. 1 - sigmoid(z) is sigmoid(-z), "
        "whose -log is log(1 + exp(z)): np.logaddexp computes that without harm."
    )
    def one_minus_sigmoid(score, noise_scores, noise_counts):
        from scipy.special import expit

        z = np.concatenate([[score], noise_scores]) - np.log(noise_counts)
        with np.errstate(all="ignore"):
            return -np.log(expit(z[0])) - np.log(1 - expit(z[1:])).sum()

    softmax_of_these = mistake(
        "That is a softmax over the classes that were drawn. Here each class is asked by itself: real or noise?",
        lambda score, noise_scores, noise_counts: softmaxed(
            np.concatenate([[score], noise_scores]) - np.log(noise_counts)
        ),
    )


def losses(z):
    """-log sigmoid(z)."""
    return np.logaddexp(0, -np.asarray(z))


def softmaxed(z):
    """-log of the first one's share in a softmax."""
    return float(np.logaddexp.reduce(z) - z[0])
