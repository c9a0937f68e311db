import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import LEARN

#: Four texts, three labels: of the first label half is missed, of the second nothing, of the third all.
TRUE = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 1], [0, 0, 1]])
SAID = np.array([[1, 1, 1], [0, 0, 1], [0, 1, 0], [1, 0, 0]])
#: Nobody has the second label, and it is said twice.
UNUSED = np.array([[1, 0], [1, 0], [1, 0], [0, 0]]), np.array([[1, 1], [1, 0], [0, 0], [1, 1]])
#: Of the second text nothing is said; half of the first label is missed, and two thirds of the second.
SILENT = np.array([[1, 1], [1, 1], [1, 1], [1, 0]]), np.array([[0, 1], [0, 0], [1, 0], [1, 0]])


@exercise("label_weights", points=2, objective=LEARN)
class LabelWeights:
    """For each label 1 + 2 * error, (labels,): error is the share of its own texts for which it was not said."""

    def oracle(y, predicted):
        weights = []
        for label in range(y.shape[1]):
            own = [text for text in range(y.shape[0]) if y[text, label] == 1]
            missed = [text for text in own if predicted[text, label] == 0]
            weights.append(1 + 2 * (len(missed) / len(own) if own else 0.0))
        return np.array(weights)

    examples = [
        probe(TRUE, SAID),
        probe(TRUE, TRUE),
        probe(TRUE, 1 - TRUE),
        probe(*UNUSED),
        probe(*SILENT),
        probe(np.array([[1], [1], [1], [1], [0]]), np.array([[0], [1], [1], [1], [0]])),
        probe(np.array([[1, 0, 1, 0]]), np.array([[1, 1, 0, 0]])),
        probe(TRUE.astype("uint8"), SAID.astype("uint8")),
    ]

    def hidden(rng):
        for n, labels, share, right in (
            (12, 3, 0.5, 0.7),
            (6, 6, 0.6, 0.5),
            (40, 6, 0.2, 0.6),
            (25, 4, 0.4, 0.9),
            (200, 8, 0.1, 0.3),
        ):
            y = (rng.random((n, labels)) < share).astype(int)
            yield probe(y, np.where(rng.random(y.shape) < right, y, 1 - y))
        y = (rng.random((300, 3)) < 0.95).astype("uint8")  # more misses than a uint8 can count
        yield probe(y, (rng.random(y.shape) < 0.02).astype("uint8"))
        y = (rng.random((20, 4)) < 0.4).astype("uint8")
        y[:, 2] = 0
        yield probe(y, (rng.random(y.shape) < 0.5).astype("uint8"))
        yield probe(np.zeros((2, 2), int), np.array([[0, 1], [0, 0]]))

    accuracy_for_error = mistake(
        "You take the share that was *right*, so that the next model learns most where nothing is left to learn. The error counts.",
        lambda y, predicted: 1 + 2 * share(y, y * predicted),
    )
    count_for_share = mistake(
        "You count the misses. A label with a thousand texts has more misses than a label with ten, even where it is known better: divide "
        "by how many texts have the label.",
        lambda y, predicted: 1.0 + 2 * (y.astype(int) * (1 - predicted.astype(int))).sum(axis=0),
    )
    share_of_all_texts = mistake(
        "You divide by the number of all texts. Then a rare label has hardly any error, however often it is missed: divide by how many "
        "texts *have* the label.",
        lambda y, predicted: 1 + 2 * (y * (1 - predicted)).sum(axis=0) / len(y),
    )
    wrong_either_way = mistake(
        "You count as errors, too, where the label was said and is not there. Only the label's own texts count here: of these, those for "
        "which it was not said.",
        lambda y, predicted: 1 + 2 * share(y, (y != predicted).astype(int)),
    )
    all_disagreements = mistake(
        "That is the share of all texts for which truth and answer differ. Only the label's own texts count.",
        lambda y, predicted: 1 + 2 * (y != predicted).mean(axis=0),
    )
    false_alarms = mistake(
        "That is the share of *said* labels that are wrong. Of a label's *own* texts, count those for which it was not said.",
        lambda y, predicted: 1 + 2 * share(predicted, predicted * (1 - y)),
    )
    over_labels = mistake(
        "You have a number for each text. A weight for each *label* is asked for: axis 0 are the texts, and goes.",
        lambda y, predicted: 1 + 2 * share(y.T, (y * (1 - predicted)).T),
    )
    error_alone = mistake(
        "Your weights are 2 * error. Then a label that is known well has the weight 0, and the next model forgets it: 1 + 2 * error.",
        lambda y, predicted: 2 * share(y, y * (1 - predicted)),
    )
    not_doubled = mistake(
        "Your weights are 1 + error. It is 1 + 2 * error.",
        lambda y, predicted: 1 + share(y, y * (1 - predicted)),
    )
    the_error = mistake(
        "That is the error of each label. The weight is 1 + 2 * error.",
        lambda y, predicted: share(y, y * (1 - predicted)),
    )
    sum_doubled = mistake(
        "You double the sum: 2 * (1 + error). The product comes first: 1 + 2 * error.",
        lambda y, predicted: 2 * (1 + share(y, y * (1 - predicted))),
    )
    none_is_nan = mistake(
        "A label that no text has gives 0 / 0, which is NaN, and NaN in a weight is NaN in every loss. Its error is 0, its weight 1.",
        lambda y, predicted: (
            1
            + 2 * np.where((own := y.sum(axis=0)) == 0, np.nan, (y * (1 - predicted)).sum(axis=0) / np.maximum(own, 1))
        ),
    )
    none_is_missed = mistake(
        "A label that no text has gets the largest weight in yours. Nothing of it was missed: its weight is 1.",
        lambda y, predicted: 1 + 2 * np.where(y.sum(axis=0) == 0, 1.0, share(y, y * (1 - predicted))),
    )
    none_is_zero = mistake(
        "A label that no text has gets the weight 0 in yours. It is 1 + 2 * error, and the error is 0.",
        lambda y, predicted: np.where(y.sum(axis=0) == 0, 0.0, 1 + 2 * share(y, y * (1 - predicted))),
    )
    none_is_left_out = mistake(
        "A label that no text has is left out of yours, so that every label behind it gets the weight of another one.",
        lambda y, predicted: (1 + 2 * share(y, y * (1 - predicted)))[y.any(axis=0)],
    )
    smoothed = mistake(
        "You add something to the count or to what divides it, so that 0 / 0 cannot happen. Then every other error is a little off as "
        "well.",
        lambda y, predicted: 1 + 2 * (y * (1 - predicted)).sum(axis=0) / (y.sum(axis=0) + 1),
    )
    one_number = mistake(
        "You have one weight for all labels. Each has an error of its own: sum over axis 0 only.",
        lambda y, predicted: np.full(y.shape[1], 1 + 2 * float((y * (1 - predicted)).sum() / max(y.sum(), 1))),
    )
    evens_out = mistake(
        "You add up y - predicted, so that a label said in vain, -1, evens out one that was missed. Only the misses count.",
        lambda y, predicted: 1 + 2 * (y.astype(int) - predicted).sum(axis=0) / np.maximum(y.sum(axis=0), 1),
    )
    evens_out_and_wraps = mistake(
        "You add up y - predicted. A label said in vain gives -1, or 255 where the arrays are of uint8, as here. Count the misses: "
        "y is 1 and predicted is 0.",
        lambda y, predicted: 1 + 2 * (y - predicted).sum(axis=0) / np.maximum(y.sum(axis=0), 1),
    )
    wraps = mistake(
        "The arrays are of uint8 here, in which 0 - 1 is 255. Compare, and do not subtract: y is 1 and predicted is 0.",
        lambda y, predicted: 1 + 2 * np.maximum(y - predicted, 0).sum(axis=0) / np.maximum(y.sum(axis=0), 1),
    )
    counts_compared = mistake(
        "You compare how often a label is there with how often it is said. It may be said of *other* texts: look at each text.",
        lambda y, predicted: 1 + 2 * share(y, np.maximum(y.sum(axis=0) - predicted.sum(axis=0, dtype=int), 0)[None]),
    )
    silent_texts_left_out = mistake(
        "Texts of which nothing was said are left out in yours. Of these all labels were missed.",
        lambda y, predicted: 1 + 2 * share(y[predicted.any(axis=1)], (y * (1 - predicted))[predicted.any(axis=1)]),
    )
    whole_rows = mistake(
        "You count all labels of a text as missed if one of its row is wrong. Each label is looked at by itself.",
        lambda y, predicted: 1 + 2 * share(y, y * (y != predicted).any(axis=1, keepdims=True)),
    )
    mean_is_one = mistake(
        "You divide the weights by their mean. Nothing is divided at the end: 1 + 2 * error.",
        lambda y, predicted: (found := LabelWeights.oracle(y, predicted)) / found.mean(),
    )
    adds_up_to_one = mistake(
        "Your weights add up to 1. Here they are 1 at least, and 3 at most.",
        lambda y, predicted: (found := LabelWeights.oracle(y, predicted)) / found.sum(),
    )


def share(of, some):
    """For each column `some` by `of`, 0 where there is none."""
    own = of.sum(axis=0)
    return np.where(own == 0, 0.0, some.sum(axis=0) / np.maximum(own, 1))
