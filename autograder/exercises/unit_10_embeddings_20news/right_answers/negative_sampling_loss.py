"""Right answers to `negative_sampling_loss`, each written in another way."""

import numpy as np


def with_logaddexp(center, context, negatives):
    return np.logaddexp(0, -center @ context) + np.logaddexp(0, negatives @ center).sum()


def one_negative_at_a_time(center, context, negatives):
    import math

    def softplus(z):
        return max(z, 0.0) + math.log1p(math.exp(-abs(z)))

    loss = softplus(-float(np.dot(center, context)))
    for negative in negatives:
        loss += softplus(float(np.dot(center, negative)))
    return loss


def labels_as_signs(center, context, negatives):
    rows = np.vstack([context, negatives])
    signs = np.array([1] + [-1] * len(negatives))
    z = signs * (rows @ center)
    return float((np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))).sum())


def with_log_expit(center, context, negatives):
    from scipy.special import log_expit

    return -(log_expit(np.dot(context, center)) + np.sum(log_expit(-np.dot(negatives, center))))


def with_keras(center, context, negatives):
    import keras

    z = np.concatenate([[center @ context], -(negatives @ center)])
    return float(-np.asarray(keras.ops.log_sigmoid(z.astype("float64"))).sum())


def as_cross_entropy(center, context, negatives):
    z = np.concatenate([[context], negatives]) @ center
    truth = np.zeros(len(z))
    truth[0] = 1
    return np.sum(np.maximum(z, 0) - z * truth + np.log1p(np.exp(-np.abs(z))))
