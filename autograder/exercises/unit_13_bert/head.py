import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.expect import accuracy

from .shared import FEW

#: What the grader wants. Linear heads reach 0.8 to 0.95 on these vectors, the nearest mean 0.72 to 0.87, chance 0.25.
AT_LEAST = 0.7
WIDTH, CLASSES, APART = 40, 4, 0.45
#: Where classes lie further apart: linear heads reach 0.97 and more, the nearest mean 0.91 and more; who standardises new vectors
#: by what these have in common, 0.57 to 0.9.
FURTHER, AT_LEAST_THERE = 0.8, 0.85


def made_up(rng, n, held_out, classes=CLASSES, apart=APART):
    """Vectors of length 1, as an encoder might give them: classes that overlap, in directions that are not equally long.

    Returns vectors (n, 40) float32, labels (n,), and the same of as many held-out ones as are asked for.
    """
    spread = np.geomspace(2.0, 0.25, WIDTH)  # a few directions have most of what varies
    turn = np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0]
    means = rng.normal(0, apart, (classes, WIDTH)) * np.sqrt(spread)
    labels = rng.permutation(np.arange(n + held_out) % classes)
    vectors = (means[labels] + rng.normal(size=(len(labels), WIDTH)) * spread + 0.5) @ turn
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("float32")
    return vectors[:n], labels[:n], vectors[n:], labels[n:]


def few_labels(rng, n, held_out):
    """A probe that hands vectors and labels over, and asks about new vectors, whose labels stay behind."""
    vectors, labels, new, truth = made_up(rng, n, held_out)
    return probe(vectors, labels, new, expect=accuracy(truth, AT_LEAST, distribution=True))


def two_of_them(rng, n, classes):
    """The same of another number of classes, further apart, and new vectors of the first two alone: each is judged by itself."""
    vectors, labels, new, truth = made_up(rng, n, 40 * classes, classes, FURTHER)
    new, truth = new[truth < 2], truth[truth < 2]
    return probe(vectors, labels, new, expect=accuracy(truth, AT_LEAST_THERE, distribution=True, classes=classes))


@exercise("head", points=3, objective=FEW, time_limit=60.0, all_or_nothing=True)
class Head:
    """(m, classes) probabilities for m new vectors, by a head that learns from a few labelled vectors."""

    examples = [few_labels(np.random.default_rng(1), 160, 120), two_of_them(np.random.default_rng(6), 160, 5)]

    def hidden(rng):
        for n in (160, 200, 240):
            yield few_labels(rng, n, 200)
        for classes in (3, 5, 6):
            yield two_of_them(rng, 40 * classes, classes)

    for_training_vectors = mistake(
        "For m new vectors an array (m, classes) is wanted: a row for each of `new`, a column for each class that `labels` has. Are these "
        "the answers for the training vectors, numbers of classes (an argmax), or four columns whatever the labels are?",
        lambda vectors, labels, new: nearest(vectors, labels)(vectors),
        symptom="wrong shape",
    )
    untrained = mistake(
        "One answer for every vector: the head was not trained.",
        lambda vectors, labels, new: np.full((len(new), labels.max() + 1), 1 / (labels.max() + 1)),
        symptom="constant",
    )
    scores = mistake(
        "These are no probabilities: scores of a last layer without softmax, or distances to a border (`decision_function`).",
        lambda vectors, labels, new: 10 * nearest(vectors, labels)(new) - 3,
        symptom="not probabilities",
    )
    rows = mistake(
        "The probabilities of *one* vector add up to 1: each row. A sigmoid gives each class a probability of its own, and a softmax over "
        "axis 0 makes the columns add up to 1; a softmax over the classes is wanted, axis 1.",
        lambda vectors, labels, new: (p := nearest(vectors, labels)(new)) / p.sum(axis=0),
        symptom="not a distribution",
    )
    too_little = mistake(
        "Four classes by chance are 25 of a hundred. Is it about that, or a little more? Then it learned too little: vectors of length 1 "
        "have small numbers, so take a weak penalty (a large `C`) or many steps with a rate that is not tiny; and see that vectors and "
        "labels are still in the same order. Is only the second example wrong, where all new vectors are of two classes? Then yours judges "
        "a vector by the other new ones: standardise by the labelled ones alone. Is it far less? Then something is the wrong way round: is "
        "the largest *distance* taken for "
        "the likeliest class?",
        lambda vectors, labels, new: nearest(vectors, np.sort(labels))(new),
        symptom="too low",
    )
    nan = mistake(
        "NaN: a learning rate that is far too large, a logarithm of 0, or a division by 0.",
        lambda vectors, labels, new: np.full((len(new), labels.max() + 1), np.nan),
        symptom="nan",
    )


def nearest(vectors, labels):
    """A function from vectors to probabilities: the nearer the mean of a class, the likelier."""
    means = np.stack([vectors[labels == label].mean(axis=0) for label in range(labels.max() + 1)])

    def probabilities(new):
        raised = np.exp(-10 * ((new[:, None] - means) ** 2).sum(axis=2))
        return raised / raised.sum(axis=1, keepdims=True)

    return probabilities
