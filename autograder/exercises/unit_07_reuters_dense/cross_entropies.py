import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import ENCODE, rows_of

THREE = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])
FOUR = np.array([[0.7, 0.1, 0.1, 0.1], [0.05, 0.9, 0.03, 0.02], [0.25, 0.25, 0.4, 0.1]])
SURE = np.array([[0.0, 1.0, 0.0], [0.2, 0.5, 0.3]])


@exercise("cross_entropies", points=3, objective=ENCODE, rtol=1e-4, atol=1e-5)
class CrossEntropies:
    """-log of the probability that each story's own topic was given; labels are integers or one-hot rows."""

    def oracle(p, y):
        import keras

        per_story = (
            keras.losses.sparse_categorical_crossentropy if y.ndim == 1 else keras.losses.categorical_crossentropy
        )
        return np.asarray(per_story(y, p.astype("float32")), dtype=float)

    examples = [
        probe(THREE, np.array([0, 2])),
        probe(THREE, np.array([[1, 0, 0], [0, 0, 1]])),
        probe(FOUR, np.array([0, 1, 2])),
        probe(FOUR, rows_of([3, 1, 0], 4)),
        probe(SURE, np.array([0, 1])),
        probe(SURE[::-1].copy(), rows_of([1, 0], 3)),
        probe(np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.1, 0.8, 0.1]]), np.array([1, 2, 0])),
        probe(np.array([[0.1, 0.2, 0.3, 0.4]]), np.array([3])),
        probe(np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.1, 0.8, 0.1]]), rows_of([1, 2, 0], 3)),
        probe(np.array([[0.25, 0.75], [1.0, 1e-12]]), np.array([0, 1])),
    ]

    def hidden(rng):
        for n, classes in ((5, 46), (12, 4), (6, 6), (30, 10)):
            p, y = distributions(rng, n, classes), rng.integers(0, classes, size=n)
            yield probe(p, y)
            yield probe(p[::-1].copy(), rows_of(y, classes))
        yield probe(np.array([[0.4, 0.6, 0.0], [0.3, 0.7, 1e-13], [0.6, 0.4, 0.0]]), np.array([0, 2, 1]))
        p = np.eye(5)[[0, 2, 4]]
        yield probe(p, np.array([0, 3, 4]))

    zeros_only = mistake(
        "You change only probabilities that are exactly 0. Any that is below 1e-7 is clipped to it: np.maximum(p, 1e-7).",
        lambda p, y: -np.log((as_rows(p, y) * np.where(p == 0, 1e-7, p)).sum(axis=1)),
    )
    mean_over_classes = mistake(
        "You divide by the number of classes (`.mean` over each row). All other columns are 0 only because their label is 0; they "
        "are no losses of their own. Add up each row: the loss of a story is -log of *one* probability.",
        lambda p, y: -(as_rows(p, y) * clipped_logs(p)).mean(axis=1),
    )
    mean_over_stories = mistake(
        "That is one number, the mean over the stories. It is what `fit` reports; asked for is the loss of each story, shape (n,).",
        lambda p, y: float(-(as_rows(p, y) * clipped_logs(p)).sum(axis=1).mean()),
    )

    @mistake(
        "A probability of exactly 0 for the right topic gives an infinite loss, or 0 times infinity, NaN. Clip p to at "
        "least 1e-7 before you take the log, as Keras does."
    )
    def unclipped(p, y):
        with np.errstate(divide="ignore", invalid="ignore"):
            return -np.log((as_rows(p, y) * p).sum(axis=1))

    @mistake(
        "A probability of exactly 0 meets a label of 0: 0 times minus infinity is NaN. Clip p to at least 1e-7 before you "
        "take the log, as Keras does."
    )
    def unclipped_product(p, y):
        with np.errstate(divide="ignore", invalid="ignore"):
            return -(as_rows(p, y) * np.log(p)).sum(axis=1)

    no_minus = mistake(
        "The sign: the log of a probability is negative, and a loss is something to make small. Put a minus in front.",
        lambda p, y: (as_rows(p, y) * clipped_logs(p)).sum(axis=1),
    )
    base_two = mistake(
        "That is the base-2 logarithm. Keras' losses use the natural one, np.log.",
        lambda p, y: -(as_rows(p, y) * clipped_logs(p)).sum(axis=1) / np.log(2),
    )

    @mistake(
        "`p[:, y]` takes *all* of the labels' columns from every row: an (n, n) table. Pair them up, row i with label i: "
        "`p[np.arange(n), y]`."
    )
    def all_pairs(p, y):
        y = y.argmax(axis=1) if y.ndim == 2 else y
        return -clipped_logs(p)[:, y]

    one_hot_only = mistake(
        "This only fits one-hot labels. Integers are multiplied with whole columns as if they were weights: a loss that does "
        "not match its labels. Look at `y.ndim` first; integers only pick a column.",
        lambda p, y: -(y * clipped_logs(p)).sum(axis=1),
    )
    integers_only = mistake(
        "This only fits integer labels. One-hot rows are not column numbers: where `y.ndim` is 2, multiply and add up each "
        "row, or take y.argmax(axis=1) first.",
        lambda p, y: -clipped_logs(p)[np.arange(len(p)), y],
    )

    @mistake(
        "That is the *binary* cross-entropy: it also adds log(1 - p) of every other topic, as if a story could have several. "
        "With exactly one topic a story, only the probability of that topic counts."
    )
    def binary(p, y):
        hot, q = as_rows(p, y), np.clip(p, 1e-7, 1 - 1e-7)
        return -(hot * np.log(q) + (1 - hot) * np.log(1 - q)).sum(axis=1)

    largest = mistake(
        "You take the log of the *largest* probability, whatever the label says: a network that is sure would never lose.",
        lambda p, y: -clipped_logs(p).max(axis=1),
    )
    one_minus = mistake(
        "That is 1 - p of the right topic. Cross-entropy is -log p: it grows without bound as p goes to 0.",
        lambda p, y: 1 - (as_rows(p, y) * p).sum(axis=1),
    )

    @mistake(
        "For integer labels this is right, but for two things. One-hot rows are labels as well: where `y.ndim` is 2, multiply and add up "
        "each row. And a probability of exactly 0 has to be clipped to 1e-7 before the log, or the loss is infinite."
    )
    def integers_only_unclipped(p, y):
        with np.errstate(divide="ignore"):
            return -np.log(p[np.arange(len(p)), y])

    @mistake(
        "This only fits one-hot labels. Integers are multiplied with whole columns as if they were weights: a loss that does "
        "not match its labels. Look at `y.ndim` first. And clip p to at least 1e-7 before you take the log."
    )
    def one_hot_only_unclipped(p, y):
        with np.errstate(divide="ignore", invalid="ignore"):
            return -(y * np.log(p)).sum(axis=1)

    over_stories = mistake(
        "You add up down the columns, over the stories. The loss of a story is the sum along its own row: axis=1.",
        lambda p, y: -(as_rows(p, y) * clipped_logs(p)).sum(axis=0),
    )
    base_ten = mistake(
        "That is the decimal logarithm, np.log10. Keras' losses use the natural one, np.log.",
        lambda p, y: -(as_rows(p, y) * clipped_logs(p)).sum(axis=1) / np.log(10),
    )
    clipped_lower = mistake(
        "Nearly: the clipping is at another number. Keras clips probabilities to at least 1e-7, which makes a loss of 16.1 at most.",
        lambda p, y: -(as_rows(p, y) * np.log(np.clip(p, 1e-15, 1))).sum(axis=1),
    )


def distributions(rng, n, classes):
    """n rows of probabilities over the classes, none of them tiny: (n, classes)."""
    raw = rng.uniform(0.05, 1, size=(n, classes))
    return raw / raw.sum(axis=1, keepdims=True)


def clipped_logs(p):
    """log p, where p is at least Keras' 1e-7."""
    return np.log(np.clip(p, 1e-7, 1))


def as_rows(p, y):
    """The labels as one-hot rows, whichever way they came."""
    return rows_of(y, p.shape[1]) if y.ndim == 1 else y
