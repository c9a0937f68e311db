"""Right answers to `nce_loss`, each written in another way."""

import numpy as np


def with_logaddexp(score, noise_scores, noise_counts):
    offset = np.log(noise_counts)
    return np.logaddexp(0, offset[0] - score) + np.logaddexp(0, noise_scores - offset[1:]).sum()


def one_class_at_a_time(score, noise_scores, noise_counts):
    import math

    def softplus(z):
        return max(z, 0.0) + math.log1p(math.exp(-abs(z)))

    loss = softplus(math.log(noise_counts[0]) - score)
    for each, count in zip(noise_scores, noise_counts[1:], strict=True):
        loss += softplus(each - math.log(count))
    return loss


def with_log_expit(score, noise_scores, noise_counts):
    from scipy.special import log_expit

    z = np.append(score, noise_scores) - np.log(noise_counts)
    z[1:] *= -1
    return float(-log_expit(z).sum())


def with_keras(score, noise_scores, noise_counts):
    import keras

    z = np.concatenate([[score], noise_scores]) - np.log(noise_counts)
    signs = np.array([-1.0] + [1.0] * len(noise_scores))
    return float(np.asarray(keras.ops.softplus((signs * z).astype("float64"))).sum())


def as_shares(score, noise_scores, noise_counts):
    """e^s / (e^s + k q), with logarithms from beginning to end."""
    counts = np.log(noise_counts)
    true = score - np.logaddexp(score, counts[0])
    false = counts[1:] - np.logaddexp(noise_scores, counts[1:])
    return float(-(true + false.sum()))


def as_cross_entropy(score, noise_scores, noise_counts):
    z = np.hstack([score, noise_scores]) - np.log(noise_counts)
    truth = np.eye(1, len(z))[0]
    return np.sum(np.maximum(z, 0) - z * truth + np.log1p(np.exp(-np.abs(z))))
