import numpy as np

from autograder.exercise import OTHER_LIBRARIES, exercise, forbid_calls, mistake, probe

from .shared import LOSE, softmax


def _by_scipy(z, y):
    """An answer that breaks the rule below."""
    import scipy.special

    return scipy.special.logsumexp(z), z


NO_LIBRARIES = forbid_calls(
    *OTHER_LIBRARIES,
    hint="Write it yourself: NumPy is enough, and the point is to see what the libraries do.",
    said="plain Python and NumPy, no other library",
    broken_by=_by_scipy,
)


@exercise("softmax_cross_entropy", points=3, objective=LOSE, rules=[NO_LIBRARIES], rtol=1e-4, atol=1e-6)
class SoftmaxCrossEntropy:
    """The mean cross-entropy of the softmax of logits z, and its gradient with respect to z."""

    def oracle(z, y):
        """TensorFlow's loss and gradient, in float64."""
        import tensorflow as tf

        logits = tf.Variable(np.asarray(z, "float64"))
        with tf.GradientTape() as tape:
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=np.asarray(y), logits=logits)
            loss = tf.reduce_mean(each)
        return float(loss), tape.gradient(loss, logits).numpy()

    examples = [
        probe(np.array([[0.0, 0.0]]), np.array([1])),
        probe(np.array([[1.0, 3.0, 2.0], [0.5, 0.0, -0.5]]), np.array([1, 2])),
        probe(np.array([[1000.0, 0.0], [-1000.0, -1003.0]]), np.array([1, 1])),
        probe(np.array([[0.5, 2.0, -1.0, 0.0]]), np.array([3])),
        probe(np.array([[3, 1], [0, 2], [1, 1]], np.float32), np.array([0, 0, 1])),
    ]

    def hidden(rng):
        for n, k, size in ((1, 3, 1), (4, 5, 3), (16, 10, 2), (3, 2, 400), (7, 46, 20), (5, 4, 0.1)):
            yield probe(rng.normal(0, size, (n, k)), rng.integers(0, k, n))

    @mistake(
        "Overflow: exp(1000) is infinity, and infinity over infinity is NaN. Subtract each row's largest logit before exp: a "
        "softmax does not change when the same number is taken from all."
    )
    def overflow(z, y):
        with np.errstate(all="ignore"):
            powers = np.exp(z)
            p = powers / powers.sum(axis=1, keepdims=True)
            rows = np.arange(len(y))
            loss = -np.log(p[rows, y]).mean()
            p[rows, y] -= 1
            return float(loss), p / len(y)

    @mistake(
        "The loss is a mean over N examples, so 1/N stands in front of its gradient too. Without it, the step would grow with "
        "the size of the batch."
    )
    def gradient_without_mean(z, y):
        loss, grad = in_logs(z, y)
        return loss, grad * len(y)

    @mistake("You add the losses up; asked for is their mean over the N examples, in the loss and in the gradient.")
    def sums(z, y):
        loss, grad = in_logs(z, y)
        return loss * len(y), grad * len(y)

    @mistake("The loss is right. Its gradient has the opposite sign: softmax minus one-hot, not one-hot minus softmax.")
    def opposite_sign(z, y):
        loss, grad = in_logs(z, y)
        return loss, -grad

    softmax_as_gradient = mistake(
        "Your gradient is the softmax itself, over N. Take 1 away in the column of each true class: the gradient of -z[y] is "
        "missing.",
        lambda z, y: (in_logs(z, y)[0], softmax(z) / len(y)),
    )

    @mistake(
        "You subtract the largest logit of the *whole array*. A row that lies far below it then becomes all zeros, and log 0 "
        "is minus infinity. Subtract each row's own largest."
    )
    def largest_of_all(z, y):
        with np.errstate(all="ignore"):
            powers = np.exp(z - z.max())
            p = powers / powers.sum(axis=1, keepdims=True)
            rows = np.arange(len(y))
            loss = -np.log(p[rows, y]).mean()
            p[rows, y] -= 1
            return float(loss), p / len(y)

    @mistake(largest_of_all.hint)
    def largest_of_all_in_logs(z, y):
        with np.errstate(all="ignore"):
            shifted = z - z.max()
            log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            grad = np.exp(log_p)
            grad[np.arange(len(y)), y] -= 1
            return float(-log_p[np.arange(len(y)), y].mean()), grad / len(y)

    @mistake(
        "The gradient is right. The loss is divided by N times K, as `.mean()` over all numbers does: there are N examples, and each has "
        "one loss."
    )
    def loss_over_classes(z, y):
        loss, grad = in_logs(z, y)
        return loss / z.shape[1], grad

    @mistake("The gradient is right. You add the losses up; asked for is their mean over the N examples.")
    def loss_added_up(z, y):
        loss, grad = in_logs(z, y)
        return loss * len(y), grad

    @mistake(
        "You divide by N times K, as `.mean()` over all numbers does. There are N examples, and each has one loss."
    )
    def mean_over_classes(z, y):
        loss, grad = in_logs(z, y)
        return loss / z.shape[1], grad / z.shape[1]

    @mistake(
        "The gradient is right. The loss lacks its minus sign: log p is negative, and a loss should be large where p is small."
    )
    def negative_loss(z, y):
        loss, grad = in_logs(z, y)
        return -loss, grad

    @mistake(
        "exp no longer overflows, but log p is -infinity where p has become 0. Stay with logs: log p = z - max - log(sum exp(z - "
        "max))."
    )
    def log_of_zero(z, y):
        p = softmax(z)
        with np.errstate(divide="ignore"):
            return float(-np.log(p[np.arange(len(y)), y]).mean()), in_logs(z, y)[1]

    epsilon_in_the_log = mistake(
        "The small constant inside the logarithm hides the infinity, and gives a wrong loss where p is almost 0. Stay with "
        "logs: log p = z - max - log(sum exp(z - max)).",
        lambda z, y: with_constant(z, y, 1e-12),
    )
    epsilon_of_1e_7 = mistake(epsilon_in_the_log.hint, lambda z, y: with_constant(z, y, 1e-7))
    epsilon_of_1e_8 = mistake(epsilon_in_the_log.hint, lambda z, y: with_constant(z, y, 1e-8))
    epsilon_of_1e_9 = mistake(epsilon_in_the_log.hint, lambda z, y: with_constant(z, y, 1e-9))
    epsilon_of_1e_10 = mistake(epsilon_in_the_log.hint, lambda z, y: with_constant(z, y, 1e-10))
    epsilon_of_1e_15 = mistake(epsilon_in_the_log.hint, lambda z, y: with_constant(z, y, 1e-15))
    epsilon_of_1e_16 = mistake(epsilon_in_the_log.hint, lambda z, y: with_constant(z, y, 1e-16))

    @mistake(
        "`grad[:, y]` takes *all* of the labels' columns in every row. Pair them up, row by row: grad[np.arange(len(y)), y]."
    )
    def all_columns(z, y):
        loss, grad = in_logs(z, y)
        everywhere = grad + np.eye(z.shape[1])[y] / len(y)
        everywhere[:, y] -= 1 / len(y)
        return loss, everywhere

    @mistake("You go down the columns (axis=0). Each *row* is an example, whose probabilities add up to 1: axis=1.")
    def over_examples(z, y):
        shifted = z - z.max(axis=0, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
        grad = np.exp(log_p)
        grad[np.arange(len(y)), y] -= 1
        return float(-log_p[np.arange(len(y)), y].mean()), grad / len(y)

    each_loss = mistake(
        "The gradient is right. The loss is to be one number, the mean over the batch; yours has one for each example.",
        lambda z, y: (in_losses(z, y), in_logs(z, y)[1]),
    )
    base_two = mistake(
        "That is the base-2 logarithm. Here, and in Keras, it is the natural one, np.log.",
        lambda z, y: (in_logs(z, y)[0] / float(np.log(2)), in_logs(z, y)[1]),
    )


def in_logs(z, y):
    """The loss and its gradient, for the mistakes: theirs are to be found by the probes, not by the rule about libraries."""
    largest = z.max(axis=1, keepdims=True)
    log_p = z - largest - np.log(np.exp(z - largest).sum(axis=1, keepdims=True))
    grad = np.exp(log_p)
    grad[np.arange(len(y)), y] -= 1
    return float(-log_p[np.arange(len(y)), y].mean()), grad / len(y)


def with_constant(z, y, small):
    """The loss with a small constant in its logarithm, beside the right gradient."""
    p = softmax(z)
    return float(-np.log(p[np.arange(len(y)), y] + small).mean()), in_logs(z, y)[1]


def in_losses(z, y):
    """The loss of each example."""
    return np.array([in_logs(z[i : i + 1], y[i : i + 1])[0] for i in range(len(y))])
