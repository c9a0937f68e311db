import numpy as np

from autograder.exercise import exercise, mistake, probe
from autograder.exercises.unit_09_bbc_project.shared import CLASSES, made_up, secret_split
from course_utils.expect import accuracy

from .shared import CHOOSE

#: What the grader wants, on the real articles and on the substitute's posts. The models of the lesson reach 0.95 and more on the
#: former. A bag of 4,000 words and one layer reaches 0.96 and 0.92.
AT_LEAST, AT_LEAST_ON_SUBSTITUTE = 0.93, 0.85


def judged(at_least, texts, labels, new, truth):
    """A probe that hands texts and labels over, and asks about new texts, whose labels stay behind."""
    return probe(texts, np.asarray(labels), list(new), expect=accuracy(np.asarray(truth), at_least))


@exercise("zoo_entry", points=4, objective=CHOOSE, time_limit=90.0)
class ZooEntry:
    """(m, 5) probabilities of the classes of m new texts, by a model of one's own choice that learns from texts and labels."""

    examples = [judged(0.6, *made_up(300, 1), *made_up(100, 2))]

    def hidden(rng):
        texts, labels, shown, truth, canonical = secret_split()
        yield judged(AT_LEAST if canonical else AT_LEAST_ON_SUBSTITUTE, texts, labels, shown.tolist(), truth)

    for_training_texts = mistake(
        "For m new texts an array of shape (m, 5) is wanted: a row for each of `new`, a column for each class. Are these the answers "
        "for the training texts, or numbers of classes (an argmax)?",
        lambda texts, labels, new: counted(texts, labels)(texts),
        symptom="wrong shape",
    )
    untrained = mistake(
        "One answer for every text: the model was not trained, or all words are unknown to its vocabulary. It is made from `texts`.",
        lambda texts, labels, new: np.full((len(new), CLASSES), 1 / CLASSES),
        symptom="constant",
    )
    scores = mistake(
        "These are no probabilities: scores of a last layer without softmax, or distances to a border (`decision_function`).",
        lambda texts, labels, new: np.log(counted(texts, labels)(new) + 1e-9),
        symptom="not probabilities",
    )
    labels_out_of_order = mistake(
        "It hardly knows more than chance, or learned too little. Enough epochs? A learning rate that is neither tiny nor huge? Are "
        "texts and labels still in the same order?",
        lambda texts, labels, new: counted(texts, np.sort(labels))(new),
        symptom="too low",
    )
    nan = mistake(
        "NaN: a learning rate that is far too large, or a mean over a text without a word (0 / 0).",
        lambda texts, labels, new: np.full((len(new), CLASSES), np.nan),
        symptom="nan",
    )


def counted(texts, labels):
    """A function from texts to probabilities: naive Bayes on weighted counts of words."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(sublinear_tf=True), MultinomialNB(alpha=0.1)).fit(texts, labels).predict_proba
