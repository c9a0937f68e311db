from functools import cache

import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.expect import accuracy
from course_utils.values import dataset

from .shared import TRAIN


def held_out(start, stop):
    """A probe of rows `start` to `stop` of the test set, as zeros and ones, with the band for their accuracy.

    Eight seeds of the lesson's network, retrained for 2 to 6 epochs, gave 0.859 to 0.898 on slices of 5,000 test rows;
    four seeds trained for 20 epochs gave at most 0.855 on the first two slices.
    """
    labels = dataset("imdb_ids", "test", "y", start, stop)
    rows = dataset("imdb_ids", "test", "x", start, stop, encode="multi_hot")
    return probe(rows, expect=accuracy(labels=labels, at_least=0.856, at_most=0.93))


@exercise("final_model", points=4, objective=TRAIN, kind="model", time_limit=30.0)
class FinalModel:
    """A trained network that takes (n, 10000) rows of zeros and ones and returns (n, 1) probabilities of praise."""

    examples = [held_out(0, 5000)]

    def hidden(rng):
        from course_utils import data

        tested = len(data.resolve(dataset("imdb_ids", "test", "y")))
        yield held_out(5000, 10_000) if tested >= 10_000 else held_out(2500, 5000)  # the substitute has 5,000 test rows

    @mistake(
        "It has learned the opposite: where it sees praise there is blame. 1 is positive; look for a swapped label, or for "
        "`1 - p` somewhere.",
        symptom="reversed",
    )
    def labels_reversed():
        weights, bias = regression()
        return LinearScorer(-weights, -bias)

    softmax_of_one = mistake(
        "One answer for everybody usually means: not trained yet, or a last layer that is a softmax over one unit (always 1). "
        "Use Dense(1, activation='sigmoid'), and call fit.",
        lambda: LinearScorer(np.zeros(10_000, "float32"), 0.0, np.ones_like),
        symptom="constant",
    )

    @mistake(
        "Those are logits: the last layer has no sigmoid. Add activation='sigmoid' to it (and compile with the plain "
        "'binary_crossentropy').",
        symptom="not probabilities",
    )
    def logits():
        weights, bias = regression()
        return LinearScorer(weights, bias, lambda z: z)

    @mistake(
        "Two columns are a softmax over two classes. Here one unit with a sigmoid is enough: p for praise, 1 - p for blame.",
        symptom="wrong shape",
    )
    def two_columns():
        weights, bias = regression()
        return LinearScorer(weights, bias, lambda z: np.hstack([1 - sigmoid(z), sigmoid(z)]))

    hardly_trained = mistake(
        "It should do better. The usual reasons: far too many epochs (look at the validation curve), far too few, rows and "
        "labels that do not belong together, or weights never trained at all.",
        lambda: LinearScorer(*regression(rows=400, strength=1.0)),
        symptom="too low",
    )
    diverged = mistake(
        "NaN spreads: a single one in the weights makes every prediction NaN. Try a smaller learning rate.",
        lambda: LinearScorer(np.full(10_000, np.nan, "float32"), 0.0),
        symptom="nan",
    )
    trained_on_the_test_set = mistake(
        "Were the test reviews among those you trained on? Then this says how well it remembers, and nothing about new reviews.",
        lambda: LinearScorer(*regression("test", 5000, 10.0)),
        symptom="too good",
    )


class LinearScorer:
    """Stands in for a trained network: the sigmoid of a weighted sum of the words, offered as Keras' `predict`."""

    def __init__(self, weights, bias, last_step=None):
        self.weights, self.bias, self.last_step = weights, bias, last_step

    def predict(self, x, verbose=0):
        """Probabilities of shape (n, 1) for (n, words) rows, or what `last_step` makes of the sums."""
        sums = (np.asarray(x, dtype="float32") @ self.weights + self.bias)[:, None]
        return (self.last_step or sigmoid)(sums)


def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow."""
    return 0.5 * (1 + np.tanh(z / 2))


@cache
def sparse_split(split):
    """(x, y) of a split of the reviews: SciPy CSR rows of zeros and ones, 10,000 wide, and labels."""
    import scipy.sparse

    from course_utils import data

    ids, labels = getattr(data.load_imdb(num_words=10_000), split)
    once = [np.unique(review) for review in ids]
    starts = np.concatenate([[0], np.cumsum([len(review) for review in once])]).astype("int32")
    columns = np.concatenate(once).astype("int32")  # some of scikit-learn's solvers take no wider indices
    rows = scipy.sparse.csr_array((np.ones(len(columns), "float32"), columns, starts), shape=(len(once), 10_000))
    return rows, np.asarray(labels)


@cache
def regression(split="train", rows=None, strength=0.05):
    """(weights, bias) of a logistic regression on the first `rows` reviews of a split."""
    from sklearn.linear_model import LogisticRegression

    x, y = sparse_split(split)
    fitted = LogisticRegression(C=strength, max_iter=200, tol=1e-3).fit(x[:rows], y[:rows])
    return fitted.coef_[0].astype("float32"), float(fitted.intercept_[0])
