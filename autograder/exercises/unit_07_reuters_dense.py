"""Unit 07: one-hot labels and their loss, what guessing scores, figures for unequal classes, and a network for 46 topics."""

from functools import cache

import numpy as np

from autograder.exercise import exercise, mistake, probe, right_answer
from course_utils.expect import accuracy
from course_utils.values import dataset

ENCODE = "turn class numbers into one-hot rows, and choose the loss that matches the labels"
GUESS = "say what guessing would score, and see behind an accuracy where classes are unequal"
CONFUSE = "find out which topics are taken for which"
NARROW = "say what gets through a layer that is too narrow"
TRAIN = "train a network that sorts newswires it has never seen"


def rows_of(y, n):
    """Brute force: 1 where the column's number is the label."""
    return np.array([[float(c == label) for c in range(n)] for label in y], "float32").reshape(len(y), n)


def refuse_outside(y, n):
    """Raise ValueError for a label that is not one of 0 to n - 1."""
    if any(not 0 <= label < n for label in y):
        raise ValueError("a label is outside")


@exercise("one_hot", points=2, objective=ENCODE, time_limit=20.0)  # the first answer to need Keras imports it
class OneHot:
    """One row for each label: 1 in the label's column, 0 in the n - 1 others."""

    def oracle(y, n):
        refuse_outside(y, n)
        return rows_of(y, n)

    examples = [
        probe(np.array([2, 0]), 4),
        probe(np.array([1]), 2),
        probe(np.array([0, 2, 2, 1, 0]), 3),
        probe(np.array([1, 1, 0]), 6),
        probe(np.array([3, 1, 0]), 3),
        probe(np.array([0, -1]), 2),
    ]

    def hidden(rng):
        for n in (46, 3, 7, 20):
            yield probe(rng.integers(0, n - 1, size=rng.integers(5, 40)), n)
        yield probe(rng.permutation(9), 9)
        yield probe(np.array([4, 46]), 46)
        yield probe(np.array([-3, 1]), 5)

    @mistake(
        "Your rows are as wide as the largest label of *these* stories plus one. A validation part without the rarest topic would "
        "then get narrower rows than the training part, and no network fits both. The width is `n`, always."
    )
    def width_from_subset(y, n):
        refuse_outside(y, n)
        return rows_of(y, max(y) + 1)

    @mistake(
        "Two things: the rows are as wide as the largest label of these stories plus one instead of `n`, and a label that "
        "is not 0 to n - 1 goes through unnoticed."
    )
    def width_from_subset_unchecked(y, n):
        return np.eye(max(y) + 1, dtype="float32")[y]

    @mistake(
        "Your rows have a column only for the labels that occur in this subset. Column 5 then means another topic in each subset."
    )
    def columns_that_occur(y, n):
        refuse_outside(y, n)
        return (np.asarray(y)[:, None] == np.unique(y)).astype("float32")

    @mistake("Every 1 is one column too far left: topics are numbered from 0, so label 0 belongs into column 0.")
    def counted_from_one(y, n):
        refuse_outside(y, n)
        return np.roll(rows_of(y, n), -1, axis=1)

    @mistake("Rows and columns are swapped: one *row* for each story, one *column* for each topic.")
    def transposed(y, n):
        refuse_outside(y, n)
        return rows_of(y, n).T.copy()

    @mistake(
        "The label itself stands in its column, where a 1 should. Topic 3 would count three times as much as topic 1, and "
        "topic 0 not at all."
    )
    def label_as_value(y, n):
        refuse_outside(y, n)
        return rows_of(y, n) * np.asarray(y)[:, None]

    @mistake(
        "You fill every column up to the label, so label 3 contains label 1. Topics have no order: only the label's own column is 1."
    )
    def thermometer(y, n):
        refuse_outside(y, n)
        return np.cumsum(rows_of(y, n)[:, ::-1], axis=1)[:, ::-1].copy()

    @mistake(
        "The rows are right, but not every label is refused that should be. An index of -1 quietly means the last column, and too "
        "large a label gives an IndexError: look at y.min() and y.max() first, and raise ValueError."
    )
    def unchecked(y, n):
        return np.eye(n, dtype="float32")[y]

    @mistake("The rows are right. A label of -1 becomes the last topic, though: refuse what is below 0 as well.")
    def negative_accepted(y, n):
        if max(y) >= n:
            raise ValueError("too large")
        return np.eye(n, dtype="float32")[y]

    @mistake(
        "The numbers are right, but these are integers (or booleans): float32, please, as Keras' losses want them."
    )
    def integers(y, n):
        refuse_outside(y, n)
        return rows_of(y, n).astype(int)

    @mistake(
        "Your rows are as wide as the number of labels that *occur* in these stories. A part without topic 0 has fewer of them, and then "
        "label 1 has no column. The width is `n`, always."
    )
    def width_from_distinct(y, n):
        return np.eye(len(np.unique(y)), dtype="float32")[y]

    @mistake(
        "Your rows are always 46 wide. The width is the argument `n`; and a label that is not below `n` should raise ValueError."
    )
    def always_46(y, n):
        return np.eye(46, dtype="float32")[y]

    @mistake(
        "Every row gets a 1 in the columns of *all* the labels: `rows[:, y]` means all rows. Pair them up, row i with label i: "
        "`rows[np.arange(len(y)), y]`."
    )
    def all_rows(y, n):
        refuse_outside(y, n)
        return np.tile(rows_of(y, n).max(axis=0), (len(y), 1))

    @right_answer
    def loop(y, n):
        rows = np.zeros((len(y), n), dtype="float32")
        for i, label in enumerate(y):
            if label < 0 or label >= n:
                raise ValueError(f"{label} is not below {n}")
            rows[i, label] = 1
        return rows

    @right_answer
    def comparison(y, n):
        if not np.isin(y, np.arange(n)).all():
            raise ValueError("label out of range")
        return (y[:, None] == np.arange(n)).astype(float)

    @right_answer
    def with_keras(y, n):
        import keras

        if y.min() < 0 or y.max() >= n:
            raise ValueError(y)
        return keras.utils.to_categorical(y, n)

    @right_answer
    def from_the_identity(y, n):
        for label in (int(y.min()), int(y.max())):
            if label not in range(n):
                raise ValueError(f"label {label} is none of {n} classes")
        return np.eye(n)[y]

    @right_answer
    def rows_in_a_list(y, n):
        def row(label):
            return [0.0] * label + [1.0] + [0.0] * (n - 1 - label)

        if sorted(y)[0] < 0 or sorted(y)[-1] > n - 1:
            raise ValueError(f"labels must be 0 to {n - 1}")
        return np.array([row(label) for label in y.tolist()])

    @right_answer
    def refused_by_scipy(y, n):
        from scipy.sparse import csr_array

        return csr_array((np.ones(len(y)), (np.arange(len(y)), y)), shape=(len(y), n)).toarray()

    @right_answer
    def refused_by_sklearn(y, n):
        from sklearn.preprocessing import OneHotEncoder

        encoder = OneHotEncoder(categories=[range(n)], sparse_output=False, dtype="float32")
        return encoder.fit_transform(y[:, None])

    @right_answer
    def with_pandas(y, n):
        import pandas as pd

        topics = pd.Categorical(y, categories=range(n))
        if topics.isna().any():
            raise ValueError("a label is not a class")
        return pd.get_dummies(topics, dtype="float32").to_numpy()


def distributions(rng, n, classes):
    """n rows of probabilities over the classes, none of them tiny: (n, classes)."""
    raw = rng.uniform(0.05, 1, size=(n, classes))
    return raw / raw.sum(axis=1, keepdims=True)


THREE = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])
FOUR = np.array([[0.7, 0.1, 0.1, 0.1], [0.05, 0.9, 0.03, 0.02], [0.25, 0.25, 0.4, 0.1]])
SURE = np.array([[0.0, 1.0, 0.0], [0.2, 0.5, 0.3]])


def clipped_logs(p):
    """log p, where p is at least Keras' 1e-7."""
    return np.log(np.clip(p, 1e-7, 1))


def as_rows(p, y):
    """The labels as one-hot rows, whichever way they came."""
    return rows_of(y, p.shape[1]) if y.ndim == 1 else y


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
    ]

    def hidden(rng):
        for n, classes in ((5, 46), (12, 4), (6, 6), (30, 10)):
            p, y = distributions(rng, n, classes), rng.integers(0, classes, size=n)
            yield probe(p, y)
            yield probe(p[::-1].copy(), rows_of(y, classes))
        p = np.eye(5)[[0, 2, 4]]
        yield probe(p, np.array([0, 3, 4]))

    @mistake(
        "You divide by the number of classes (`.mean` over each row). All other columns are 0 only because their label is 0; they "
        "are no losses of their own. Add up each row: the loss of a story is -log of *one* probability."
    )
    def mean_over_classes(p, y):
        return -(as_rows(p, y) * clipped_logs(p)).mean(axis=1)

    @mistake(
        "That is one number, the mean over the stories. It is what `fit` reports; asked for is the loss of each story, shape (n,)."
    )
    def mean_over_stories(p, y):
        return float(-(as_rows(p, y) * clipped_logs(p)).sum(axis=1).mean())

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

    @mistake(
        "The sign: the log of a probability is negative, and a loss is something to make small. Put a minus in front."
    )
    def no_minus(p, y):
        return (as_rows(p, y) * clipped_logs(p)).sum(axis=1)

    @mistake("That is the base-2 logarithm. Keras' losses use the natural one, np.log.")
    def base_two(p, y):
        return -(as_rows(p, y) * clipped_logs(p)).sum(axis=1) / np.log(2)

    @mistake(
        "`p[:, y]` takes *all* of the labels' columns from every row: an (n, n) table. Pair them up, row i with label i: "
        "`p[np.arange(n), y]`."
    )
    def all_pairs(p, y):
        y = y.argmax(axis=1) if y.ndim == 2 else y
        return -clipped_logs(p)[:, y]

    @mistake(
        "This only fits one-hot labels. Integers are multiplied with whole columns as if they were weights: a loss that does "
        "not match its labels. Look at `y.ndim` first; integers only pick a column."
    )
    def one_hot_only(p, y):
        return -(y * clipped_logs(p)).sum(axis=1)

    @mistake(
        "This only fits integer labels. One-hot rows are not column numbers: where `y.ndim` is 2, multiply and add up each "
        "row, or take y.argmax(axis=1) first."
    )
    def integers_only(p, y):
        return -clipped_logs(p)[np.arange(len(p)), y]

    @mistake(
        "That is the *binary* cross-entropy: it also adds log(1 - p) of every other topic, as if a story could have several. "
        "With exactly one topic a story, only the probability of that topic counts."
    )
    def binary(p, y):
        hot, q = as_rows(p, y), np.clip(p, 1e-7, 1 - 1e-7)
        return -(hot * np.log(q) + (1 - hot) * np.log(1 - q)).sum(axis=1)

    @mistake(
        "You take the log of the *largest* probability, whatever the label says: a network that is sure would never lose."
    )
    def largest(p, y):
        return -clipped_logs(p).max(axis=1)

    @mistake("That is 1 - p of the right topic. Cross-entropy is -log p: it grows without bound as p goes to 0.")
    def one_minus(p, y):
        return 1 - (as_rows(p, y) * p).sum(axis=1)

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

    @mistake("You add up down the columns, over the stories. The loss of a story is the sum along its own row: axis=1.")
    def over_stories(p, y):
        return -(as_rows(p, y) * clipped_logs(p)).sum(axis=0)

    @mistake("That is the decimal logarithm, np.log10. Keras' losses use the natural one, np.log.")
    def base_ten(p, y):
        return -(as_rows(p, y) * clipped_logs(p)).sum(axis=1) / np.log(10)

    @mistake(
        "Nearly: the clipping is at another number. Keras clips probabilities to at least 1e-7, which makes a loss of 16.1 at most."
    )
    def clipped_lower(p, y):
        return -(as_rows(p, y) * np.log(np.clip(p, 1e-15, 1))).sum(axis=1)

    @right_answer
    def picked(p, y):
        if y.ndim == 2:
            y = y.argmax(axis=1)
        return -np.log(np.maximum(p[np.arange(len(p)), y], 1e-7))

    @right_answer
    def with_a_loop(p, y):
        losses = []
        for row, label in zip(p, y, strict=True):
            right = row[label] if np.ndim(label) == 0 else row @ label
            losses.append(-np.log(max(right, 1e-7)))
        return np.array(losses)

    @right_answer
    def with_epsilon(p, y):
        return -(as_rows(p, y) * np.log(p + 1e-7)).sum(axis=1)

    @right_answer
    def asked_of_keras(p, y):
        import keras

        if y.ndim == 1:
            return keras.losses.sparse_categorical_crossentropy(y, p).numpy()
        return keras.losses.categorical_crossentropy(y, p).numpy()

    @right_answer
    def with_a_mask(p, y):
        hot = y == 1 if y.ndim == 2 else np.eye(p.shape[1], dtype=bool)[y]
        return -np.log(p[hot].clip(1e-7))

    @right_answer
    def along_the_axis(p, y):
        p = np.clip(p, 1e-7, 1 - 1e-7)
        if y.shape == p.shape:
            return np.negative(np.log(np.sum(p * y, axis=-1)))
        return np.log(1 / np.take_along_axis(p, y[:, None], axis=1))[:, 0]

    @right_answer
    def as_float32(p, y):
        p = p.astype("float32")
        rows = y if len(y.shape) > 1 else (y[:, None] == np.arange(p.shape[1])).astype("float32")
        return -np.einsum("nc,nc->n", rows, np.log(np.maximum(p, np.float32(1e-7))))

    @right_answer
    def turned_into_numbers_first(p, y):
        import math

        labels = y.tolist() if y.ndim == 1 else [row.index(max(row)) for row in y.tolist()]
        return np.fromiter((-math.log(max(row[c], 1e-7)) for row, c in zip(p.tolist(), labels, strict=True)), float)


def shares(y):
    """The share of each class that occurs."""
    return np.unique(y, return_counts=True)[1] / len(y)


@exercise("permutation_baseline", points=2, objective=GUESS)
class PermutationBaseline:
    """The expected accuracy when the labels themselves, well shuffled, are the answers."""

    def oracle(y):
        return float(np.mean(np.equal.outer(y, y)))

    examples = [
        probe(np.array([3, 3, 3, 4])),
        probe(np.array([0, 1, 1, 1, 2])),
        probe(np.array([7, 7, 7])),
        probe(np.array([0, 5, 0, 9, 0, 0, 5, 0, 0, 0])),
    ]

    def hidden(rng):
        for classes, skew in ((46, 1.2), (3, 0.5), (10, 2.0), (20, 1.0)):
            p = 1 / np.arange(1, classes + 1) ** skew
            yield probe(rng.choice(classes, size=int(rng.integers(20, 200)), p=p / p.sum()))
        yield probe(np.repeat([2, 30, 4], [1, 2, 17]))

    @mistake(
        "1 / 46, or one over the number of classes, is what an unloaded die scores. Shuffled labels are not such a die: they "
        "say the commonest topic as often as it occurs, and are right more often for it."
    )
    def one_over_classes(y):
        return 1 / len(np.unique(y))

    @mistake("1 / 46 is what an unloaded die with 46 sides scores. Shuffled labels say the commonest topic most often.")
    def one_over_46(y):
        return 1 / 46

    @mistake(
        "One over the largest label plus one is what an unloaded die scores. Shuffled labels say the commonest topic most often."
    )
    def one_over_largest(y):
        return 1 / (max(y) + 1)

    @mistake(
        "That is the share of the commonest class: what you score by saying *always* the same. Shuffled labels say it only as "
        "often as it occurs. Both are baselines; here the second is asked for."
    )
    def majority(y):
        return float(shares(y).max())

    @mistake(
        "You leave out that a label may stay where it was. After a shuffle each place holds each of the n labels equally often, "
        "its own included: square the shares."
    )
    def never_its_own(y):
        counts = np.unique(y, return_counts=True)[1]
        return float((counts * (counts - 1)).sum() / (len(y) * max(1, len(y) - 1)))

    @mistake(
        "That is the result of one particular shuffle; another one gives another number. Asked for is the mean over all of "
        "them, and it needs no random numbers: add up the squares of the shares."
    )
    def one_shuffle(y):
        return float(np.mean(np.random.default_rng(0).permutation(y) == y))

    @mistake("1 minus the sum of squares is how often the shuffled labels are *wrong* (the Gini impurity).")
    def gini(y):
        return float(1 - (shares(y) ** 2).sum())

    @mistake("You add up the squares of the counts. Divide the counts by the number of labels first.")
    def counts_squared(y):
        return float((np.unique(y, return_counts=True)[1] ** 2).sum())

    @mistake("The squares of the shares are added up, not averaged: every class can give a hit.")
    def mean_of_squares(y):
        return float((shares(y) ** 2).mean())

    @mistake(
        "You divide by the number of labels once. Each share is a count over that number, and the shares are squared: divide twice."
    )
    def divided_once(y):
        return float((np.unique(y, return_counts=True)[1] ** 2).sum() / len(y))

    @mistake("You have the share of each class. Square them and add them up: one number is asked for.")
    def list_of_shares(y):
        return shares(y)

    @right_answer
    def with_bincount(y):
        return ((np.bincount(y) / len(y)) ** 2).sum()

    @right_answer
    def with_counter(y):
        from collections import Counter

        n = len(y)
        return sum((count / n) ** 2 for count in Counter(y.tolist()).values())

    @right_answer
    def with_pandas(y):
        import pandas as pd

        return pd.Series(y).value_counts(normalize=True).pow(2).sum()

    @right_answer
    def mean_over_stories(y):
        return sum(np.mean(y == label) for label in y) / len(y)

    @right_answer
    def pairs_that_agree(y):
        return np.mean(y[:, None] == y)

    @right_answer
    def exactly(y):
        from fractions import Fraction
        from itertools import groupby

        runs = [len(list(run)) for _, run in groupby(sorted(y.tolist()))]
        return float(sum(Fraction(run, len(y)) ** 2 for run in runs))

    @right_answer
    def share_times_itself(y):
        share = np.array([(y == c).sum() for c in set(y.tolist())]) / y.size
        return share @ share


FEW_Y, FEW_P = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
NONE_Y, NONE_P = np.array([0, 0, 0, 1, 2, 2]), np.array([0, 0, 0, 0, 2, 0])


def hits(y, p):
    """(classes in y or p, right answers of each, how often p says it, how often it is true)."""
    classes = np.union1d(y, p)
    both = [np.array([((y == c) & (p == c)).sum(), (p == c).sum(), (y == c).sum()]) for c in classes]
    right, said, true = np.array(both).T
    return classes, right, said, true


def f1_of(right, said, true):
    """2 * right / (said + true): 0, and never 0/0, for a class that occurs on one side only."""
    return 2 * right / (said + true)


@exercise("macro_f1", points=3, objective=GUESS)
class MacroF1:
    """The mean of the F1 scores of all classes that occur in y or in p; a class without a right answer has F1 0."""

    def oracle(y, p):
        from sklearn.metrics import f1_score

        return float(f1_score(y, p, average="macro", zero_division=0))

    examples = [
        probe(FEW_Y, FEW_P),
        probe(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1])),
        probe(NONE_Y, NONE_P),
        probe(np.array([4, 4, 4, 9, 9]), np.array([4, 4, 2, 9, 4])),
        probe(np.array([0, 0, 0, 0, 3]), np.array([0, 0, 0, 0, 0])),
    ]

    def hidden(rng):
        for classes, size in ((46, 150), (4, 40), (10, 60), (3, 12)):
            weights = 1 / np.arange(1, classes + 1)
            y = rng.choice(classes, size=size, p=weights / weights.sum())
            p = np.where(rng.random(size) < 0.7, y, rng.choice(classes, size=size, p=weights / weights.sum()))
            y[y == 2], p[0] = 0, classes + 3  # a class that is never true, and a gap in the numbers
            p[p == 1], y[1] = 0, 1  # one that is never said
            yield probe(y, p)

    @mistake(
        "That is the micro average: all stories in one pot. With one topic a story it is nothing but the accuracy, and "
        "the large topics drown the small ones. Work out F1 for each class, then take the plain mean."
    )
    def micro(y, p):
        return float(np.mean(y == p))

    @mistake(
        "You weigh each class by its size, so the large topics drown the small ones again. Macro means a plain mean: every "
        "class counts the same."
    )
    def weighted(y, p):
        _, right, said, true = hits(y, p)
        return float((f1_of(right, said, true) * true).sum() / true.sum())

    @mistake(
        "A class that is never predicted (or never true) is 0 / 0 somewhere, and one NaN makes the whole mean NaN. Such a "
        "class has no right answer, so its F1 is 0. Written as 2 * right / (said + true), it is never 0 / 0."
    )
    def empty_class_is_nan(y, p):
        _, right, said, true = hits(y, p)
        with np.errstate(all="ignore"):
            precision, recall = right / said, right / true
            return float((2 * precision * recall / (precision + recall)).mean())

    @mistake(
        "You leave out the classes with 0 / 0 (np.nanmean, or a filter). Those are just the ones that the network never gets "
        "right: they count, with F1 0."
    )
    def empty_class_left_out(y, p):
        _, right, said, true = hits(y, p)
        with np.errstate(all="ignore"):
            precision, recall = right / said, right / true
            return float(np.nanmean(2 * precision * recall / (precision + recall)))

    @mistake(
        "You also count numbers between 0 and the largest that no story has and nobody predicted. A class that occurs neither in "
        "y nor in p has no F1: leave it out."
    )
    def all_numbers(y, p):
        _, right, said, true = hits(y, p)
        return float(f1_of(right, said, true).sum() / (max(y.max(), p.max()) + 1))

    @mistake(
        "You average over the classes that are *predicted*. A topic that the network never names would not count against it: "
        "take all classes of y and p."
    )
    def predicted_classes_only(y, p):
        _, right, said, true = hits(y, p)
        return float(f1_of(right, said, true)[said > 0].mean())

    @mistake(
        "You average over the classes of y only. A topic that is named but never true is an error as well: take all classes of "
        "y and p."
    )
    def true_classes_only(y, p):
        _, right, said, true = hits(y, p)
        return float(f1_of(right, said, true)[true > 0].mean())

    @mistake("That is the mean recall, also called balanced accuracy: it never looks at what is named too often.")
    def recall_only(y, p):
        _, right, _, true = hits(y, p)
        return float((right / np.maximum(true, 1))[true > 0].mean())

    @mistake("That is the mean precision: it never looks at the stories of a class that were missed.")
    def precision_only(y, p):
        _, right, said, _ = hits(y, p)
        return float((right / np.maximum(said, 1)).mean())

    @mistake(
        "You average precision and recall over the classes first, and make one F1 of the two means. F1 first, then the mean."
    )
    def f1_of_means(y, p):
        _, right, said, true = hits(y, p)
        precision, recall = (right / np.maximum(said, 1)).mean(), (right / np.maximum(true, 1)).mean()
        return float(2 * precision * recall / (precision + recall))

    @mistake(
        "You go through all numbers up to a fixed one (46?), and those that occur on neither side are 0 / 0: NaN. Go through the classes "
        "that occur in y or in p."
    )
    def every_number_nan(y, p):
        return float("nan")

    @right_answer
    def with_sets(y, p):
        total = 0
        classes = set(y.tolist()) | set(p.tolist())
        for c in classes:
            right = sum(1 for a, b in zip(y, p, strict=True) if a == b == c)
            wrong = sum(1 for a, b in zip(y, p, strict=True) if (a == c) != (b == c))
            total += 2 * right / (2 * right + wrong)
        return total / len(classes)

    @right_answer
    def precision_and_recall(y, p):
        scores = []
        for c in np.unique(np.concatenate([y, p])):
            right = np.sum((y == c) & (p == c))
            precision = right / np.sum(p == c) if np.any(p == c) else 0.0
            recall = right / np.sum(y == c) if np.any(y == c) else 0.0
            scores.append(2 * precision * recall / (precision + recall) if right else 0.0)
        return np.mean(scores)

    @right_answer
    def asked_of_sklearn(y, p):
        from sklearn.metrics import f1_score

        return f1_score(y, p, average="macro")

    @right_answer
    def from_the_table(y, p):
        classes, both = np.unique(np.stack([y, p]), return_inverse=True)
        table = np.zeros((len(classes), len(classes)))
        np.add.at(table, tuple(both.reshape(2, -1)), 1)
        return (2 * table.diagonal() / (table.sum(axis=0) + table.sum(axis=1))).mean()

    @right_answer
    def with_counters(y, p):
        from collections import Counter

        true, said = Counter(y.tolist()), Counter(p.tolist())
        right = Counter(c for c, d in zip(y.tolist(), p.tolist(), strict=True) if c == d)
        classes = true | said
        return sum(2 * right[c] / (true[c] + said[c]) for c in classes) / len(classes)

    @right_answer
    def harmonic_means(y, p):
        from statistics import harmonic_mean, mean

        def f1(c):
            precision = float(np.mean(y[p == c] == c)) if c in p else 0.0
            recall = float(np.mean(p[y == c] == c)) if c in y else 0.0
            return harmonic_mean([precision, recall])

        return mean(f1(c) for c in set(y) | set(p))

    @right_answer
    def nan_made_zero(y, p):
        classes = np.union1d(y, p)[:, None]
        right = ((y == classes) & (p == classes)).sum(axis=1)
        with np.errstate(invalid="ignore"):
            precision, recall = right / (p == classes).sum(axis=1), right / (y == classes).sum(axis=1)
            return np.nan_to_num(2 * precision * recall / (precision + recall)).mean()


def counted(y, p, n):
    """Brute force: the table of counts, row by row."""
    return np.array([[sum(a == i and b == j for a, b in zip(y, p, strict=True)) for j in range(n)] for i in range(n)])


@exercise("confusion", points=2, objective=CONFUSE)
class Confusion:
    """An (n, n) table of counts: in row i and column j the stories of topic i that were taken for topic j."""

    def oracle(y, p, n):
        from sklearn.metrics import confusion_matrix

        return confusion_matrix(y, p, labels=np.arange(n))

    examples = [
        probe(np.array([0, 0, 1]), np.array([0, 1, 1]), 2),
        probe(np.array([0, 1, 1, 1, 2]), np.array([0, 2, 2, 1, 0]), 3),
        probe(np.array([1, 1, 0]), np.array([1, 0, 1]), 5),
        probe(np.array([2, 2, 2, 2, 0]), np.array([2, 1, 1, 1, 1]), 4),
    ]

    def hidden(rng):
        for n, size in ((46, 80), (4, 60), (7, 30), (3, 12)):
            yield probe(rng.integers(0, n - 1, size=size), rng.integers(0, n - 1, size=size), n)
        yield probe(np.repeat([1, 4], [9, 3]), np.repeat([4, 0, 1], [5, 4, 3]), 6)

    @mistake(
        "Transposed: rows are the true topics, columns the predicted ones. Otherwise `acq` taken for `earn` reads as the reverse."
    )
    def transposed(y, p, n):
        return counted(p, y, n)

    @mistake(
        "Each place is counted at most once: `table[y, p] += 1` adds 1 to a place once, however often the pair occurs. "
        "np.add.at(table, (y, p), 1) counts every time; so does a loop."
    )
    def each_pair_once(y, p, n):
        table = np.zeros((n, n), int)
        table[y, p] += 1
        return table

    @mistake(
        "The table has only as many rows and columns as occur here. It is (n, n), so that any two can be compared."
    )
    def size_from_data(y, p, n):
        m = max(y.max(), p.max()) + 1
        return counted(y, p, m)

    @mistake(
        "You divide each row by its sum. Shares are a good thing to look at, but counts are asked for: they also show how large a "
        "class is, and an empty row is not NaN."
    )
    def row_shares(y, p, n):
        table = counted(y, p, n)
        with np.errstate(invalid="ignore"):
            return table / table.sum(axis=1, keepdims=True)

    @mistake("The counts are right, but they are floats: say np.zeros((n, n), dtype=int).")
    def floats(y, p, n):
        return counted(y, p, n).astype(float)

    @mistake("The right answers are missing: they stand on the diagonal of the table.")
    def errors_only(y, p, n):
        table = counted(y, p, n)
        return table - np.diag(np.diag(table))

    @mistake(
        "Two things: rows are the true topics and columns the predicted ones, yours is transposed; and these are floats, so say "
        "np.zeros((n, n), dtype=int)."
    )
    def transposed_floats(y, p, n):
        return counted(p, y, n).astype(float)

    @mistake(
        "Two things: `table[y, p] += 1` adds 1 to a place only once, however often the pair occurs (a loop, or np.add.at, counts every "
        "time); and these are floats, so say np.zeros((n, n), dtype=int)."
    )
    def each_pair_once_floats(y, p, n):
        table = np.zeros((n, n))
        table[y, p] += 1
        return table

    @right_answer
    def with_add_at(y, p, n):
        table = np.zeros((n, n), dtype="int32")
        np.add.at(table, (y, p), 1)
        return table

    @right_answer
    def with_bincount(y, p, n):
        return np.bincount(n * y + p, minlength=n * n).reshape(n, n)

    @right_answer
    def with_one_hot(y, p, n):
        eye = np.eye(n, dtype=int)
        return eye[y].T @ eye[p]

    @right_answer
    def place_by_place(y, p, n):
        return np.array([[np.sum((y == i) & (p == j)) for j in range(n)] for i in range(n)])

    @right_answer
    def with_pandas(y, p, n):
        import pandas as pd

        counts = pd.crosstab(y, p).reindex(index=range(n), columns=range(n), fill_value=0)
        return counts.to_numpy()

    @right_answer
    def summed_by_scipy(y, p, n):
        from scipy.sparse import coo_array

        return coo_array((np.ones(len(y), "uint16"), (y, p)), shape=(n, n)).toarray()

    @right_answer
    def with_a_histogram(y, p, n):
        edges = np.arange(n + 1) - 0.5
        return np.histogram2d(y, p, bins=[edges, edges])[0].astype("int64")

    @right_answer
    def asked_of_tensorflow(y, p, n):
        import tensorflow as tf

        return tf.math.confusion_matrix(y, p, num_classes=n).numpy()

    @right_answer
    def with_a_counter(y, p, n):
        from collections import Counter

        table = [[0] * n for _ in range(n)]
        for (true, called), count in Counter(zip(y.tolist(), p.tolist(), strict=True)).items():
            table[true][called] = count
        return np.array(table)


TOP_P = np.array([[0.6, 0.3, 0.1], [0.5, 0.2, 0.3], [0.1, 0.7, 0.2]])
TOP_Y = np.array([1, 2, 1])


def places(y, p):
    """How many classes are more probable than each story's own: (n,)."""
    own = p[np.arange(len(y)), y]
    return (p > own[:, None]).sum(axis=1)


def refuse_k(p, k):
    """Raise ValueError unless 1 <= k <= classes."""
    if not 1 <= k <= p.shape[1]:
        raise ValueError(f"k={k}")


@exercise("top_k_accuracy", points=2, objective=GUESS)
class TopKAccuracy:
    """The share of stories whose topic is among the k most probable ones."""

    def oracle(y, p, k):
        import keras

        if k < 1 or k > p.shape[-1]:
            raise ValueError("k is 1 to the number of classes")
        return float(np.mean(keras.ops.convert_to_numpy(keras.ops.in_top_k(y, p.astype("float32"), k))))

    examples = [
        probe(TOP_Y, TOP_P, 1),
        probe(TOP_Y, TOP_P, 2),
        probe(np.array([0, 0, 2, 2, 1]), np.vstack([TOP_P, [[0.25, 0.35, 0.4], [0.45, 0.2, 0.35]]]), 2),
        probe(
            np.array([3, 0, 1, 2, 3]),
            np.array([[4, 3, 2, 1], [1, 2, 3, 4], [4, 2, 3, 1], [2, 1, 3, 4], [2, 1, 4, 3]]) / 10,
            3,
        ),
        probe(TOP_Y, TOP_P, 3),
        probe(TOP_Y, TOP_P, 0),
    ]

    def hidden(rng):
        for n, classes, k in ((50, 46, 5), (30, 6, 2), (30, 6, 4), (20, 10, 1), (40, 4, 3)):
            p = np.stack([rng.permutation(classes) + 1.0 for _ in range(n)])
            y = np.where(rng.random(n) < 0.4, p.argmax(axis=1), rng.integers(0, classes, size=n))
            yield probe(y, p / p.sum(axis=1, keepdims=True), k)
        yield probe(TOP_Y, TOP_P, 4)
        yield probe(TOP_Y[:2], np.stack([rng.permutation(5), rng.permutation(5)]) / 10, 4)  # k above the stories
        yield probe(np.tile(TOP_Y, 2), np.tile(TOP_P, (2, 1)), 5)  # k above the classes, not above the stories

    @mistake("Only the most probable topic counts here, whatever k says. Look at the first k places.")
    def top_one(y, p, k):
        refuse_k(p, k)
        return float(np.mean(places(y, p) < 1))

    @mistake(
        "np.argsort puts the *smallest* first, so those are the k least probable topics. Sort -p instead, or take the last k columns."
    )
    def least_probable(y, p, k):
        refuse_k(p, k)
        return float(np.mean(places(y, p) >= p.shape[1] - k))

    @mistake("You only ask whether the topic is in place k exactly. Places 1 to k all count.")
    def exactly_place_k(y, p, k):
        refuse_k(p, k)
        return float(np.mean(places(y, p) == k - 1))

    @mistake("One place too many: with k = 1 the second best would count as well.")
    def one_too_many(y, p, k):
        refuse_k(p, k)
        return float(np.mean(places(y, p) <= k))

    @mistake("That is how many stories, not their share: divide by their number.")
    def how_many(y, p, k):
        refuse_k(p, k)
        return int(np.sum(places(y, p) < k))

    @mistake(
        "You compare *places* with topics: np.argsort gives the topics in order, so test whether y is one of its first k."
    )
    def compares_places(y, p, k):
        refuse_k(p, k)
        return float(np.mean(np.argsort(np.argsort(-p, axis=1), axis=1)[:, :k] == y[:, None]))

    @mistake(
        "You divide by n times k. A story's topic can be only one of its first k: add up the hits of a row (`.any(axis=1)`) "
        "before you take the mean."
    )
    def mean_over_places(y, p, k):
        refuse_k(p, k)
        return float(np.mean(places(y, p) < k)) / k

    @mistake("You sort down the columns, over the stories. Sort each row (axis=1), over the topics.")
    def sorts_stories(y, p, k):
        refuse_k(p, k)
        order = np.argsort(-p, axis=0)[:, : min(k, p.shape[1])]
        return float(np.mean([label in row for label, row in zip(y, order, strict=True)]))

    @mistake(
        "The shares are right, but a k that makes no sense (0, or more than there are topics) should raise ValueError."
    )
    def any_k(y, p, k):
        return float(np.mean(places(y, p) < k))

    @mistake(
        "The shares are right, but a k that makes no sense should raise ValueError. (Your k = 0 gives 1.0: a slice [-0:] is everything.)"
    )
    def any_k_from_the_end(y, p, k):
        return float(np.mean(places(y, p) < k)) if k else 1.0

    @mistake(
        "np.argsort puts the *smallest* first, so those are the k least probable topics: sort -p instead. And a k that makes no sense "
        "should raise ValueError."
    )
    def least_probable_unchecked(y, p, k):
        return float(np.mean(places(y, p) >= p.shape[1] - k))

    @mistake(
        "That is how many stories, not their share: divide by their number. And a k that makes no sense should raise ValueError."
    )
    def how_many_unchecked(y, p, k):
        return int(np.sum(places(y, p) < k))

    @mistake(
        "Only the most probable topic counts here, whatever k says. Look at the first k places; k = 0 should raise ValueError."
    )
    def top_one_unchecked(y, p, k):
        return float(np.mean(places(y, p) < 1))

    @right_answer
    def with_argsort(y, p, k):
        if k < 1 or k > p.shape[1]:
            raise ValueError("k")
        best = np.argsort(p, axis=1)[:, -k:]
        return (best == y[:, None]).any(axis=1).mean()

    @right_answer
    def with_partition(y, p, k):
        if not 0 < k <= p.shape[1]:
            raise ValueError(k)
        best = np.argpartition(-p, k - 1, axis=1)[:, :k]
        return sum(label in row for label, row in zip(y, best, strict=True)) / len(y)

    @right_answer
    def counting_the_better_ones(y, p, k):
        stories, classes = p.shape
        if k not in range(1, classes + 1):
            raise ValueError(f"k={k}, and there are {classes} classes")
        own = p[np.arange(stories), y]
        return np.count_nonzero((p > own[:, None]).sum(axis=1) < k) / stories

    @right_answer
    def row_by_row(y, p, k):
        if k < 1:
            raise ValueError("k is too small")
        if k > len(p[0]):
            raise ValueError("k is too large")
        hits = 0
        for label, row in zip(y, p.tolist(), strict=True):
            best = sorted(range(len(row)), key=row.__getitem__, reverse=True)
            hits += label in best[:k]
        return hits / len(y)

    @right_answer
    def above_the_threshold(y, p, k):
        sensible = 1 <= k <= p.shape[1]
        if not sensible:
            raise ValueError(k)
        threshold = np.sort(p, axis=1)[:, -k]
        return np.mean(np.take_along_axis(p, y[:, None], 1)[:, 0] >= threshold)

    @right_answer
    def asked_of_keras(y, p, k):
        import keras

        if k <= 0 or k > p.shape[1]:
            raise ValueError("no such k")
        return float(keras.ops.mean(keras.metrics.sparse_top_k_categorical_accuracy(y, p.astype("float32"), k)))

    @right_answer
    def asked_of_sklearn(y, p, k):
        from sklearn.metrics import top_k_accuracy_score

        if not 0 < k < p.shape[1] + 1:
            raise ValueError(k)
        return top_k_accuracy_score(y, p, k=k, labels=range(p.shape[1]))

    @right_answer
    def from_ranks(y, p, k):
        from scipy.stats import rankdata

        if k < 1 or p.shape[1] < k:
            raise ValueError("k")
        place = rankdata(-p, axis=1)[range(len(y)), y]
        return (place <= k).mean()


@exercise("bottleneck_sweep", points=3, objective=NARROW)
class BottleneckSweep:
    """For each width w of the second layer: the parameters of 10000-64-w-46, and the rank that the scores can have at most."""

    def oracle(widths):
        rng = np.random.default_rng(0)
        rows = []
        for w in widths:
            sizes = [10_000, 64, w, 46]
            arrays = [(a, b) for a, b in zip(sizes, sizes[1:], strict=False)] + [(b,) for b in sizes[1:]]
            narrow = np.maximum(rng.normal(size=(600, w)), 0)  # (stories, w), after the relu
            scores = narrow @ rng.normal(size=(w, 46))
            rows.append([sum(int(np.prod(shape)) for shape in arrays), np.linalg.matrix_rank(scores)])
        return np.array(rows)

    examples = [probe([4]), probe([4, 64]), probe([1, 16, 46]), probe([128])]

    def hidden(rng):
        yield probe([2, 8, 32])
        for _ in range(3):
            yield probe(sorted(int(w) for w in rng.integers(1, 200, size=4)))
        yield probe([int(rng.integers(47, 64)), int(rng.integers(65, 100)), 3])

    @mistake("The biases are missing: each layer has one more number for every unit. 64 + w + 46 of them in all.")
    def no_biases(widths):
        return np.array([[10_000 * 64 + 64 * w + w * 46, min(w, 46)] for w in widths])

    @mistake(
        "The last layer still has 64 inputs in your count. It reads what the narrow layer gives out: w numbers, so w * 46 weights."
    )
    def output_reads_64(widths):
        return np.array([[640_064 + 65 * w + 65 * 46, min(w, 46)] for w in widths])

    @mistake(
        "You put the narrow layer in *addition* to the two of 64. It takes the place of the second one: 10000-64-w-46."
    )
    def one_layer_more(widths):
        return np.array([[640_064 + 65 * 64 + 65 * w + 46 * (w + 1), min(w, 46)] for w in widths])

    @mistake("You narrow the *first* layer. The one before the output is meant: 10000-64-w-46.")
    def first_layer_narrow(widths):
        return np.array([[10_001 * w + 64 * (w + 1) + 65 * 46, min(w, 46)] for w in widths])

    @mistake(
        "The parameters are right. The rank cannot be more than 46, though: a table with 46 columns has no more than 46 "
        "independent ones, however wide the layer before it."
    )
    def rank_uncapped(widths):
        return np.array([[640_110 + 111 * w, w] for w in widths])

    @mistake(
        "The parameters are right. You give a network with a wide layer the rank 64: the scores have only 46 columns, so "
        "46 is the end."
    )
    def rank_capped_at_64(widths):
        return np.array([[640_110 + 111 * w, min(w, 64)] for w in widths])

    @mistake(
        "One too many: the biases are the same for every story and were taken off. What is left is a product of w numbers a story "
        "with w rows of weights, so its rank is w at most."
    )
    def rank_with_bias(widths):
        return np.array([[640_110 + 111 * w, min(w + 1, 46)] for w in widths])

    @mistake("The rank of the scores is not always 46: all that the last layer knows of a story are w numbers.")
    def rank_always_46(widths):
        return np.array([[640_110 + 111 * w, 46] for w in widths])

    @mistake("The two columns are swapped: parameters first, then the rank.")
    def columns_swapped(widths):
        return np.array([[min(w, 46), 640_110 + 111 * w] for w in widths])

    @mistake("Rows and columns are swapped: one row for each width.")
    def transposed(widths):
        return np.array([[640_110 + 111 * w, min(w, 46)] for w in widths]).T.copy()

    @mistake(
        "Two things: the biases are missing, one for every unit, 64 + w + 46 of them; and the rank ends at 46, since the scores have no "
        "more columns."
    )
    def no_biases_rank_uncapped(widths):
        return np.array([[10_000 * 64 + 64 * w + w * 46, w] for w in widths])

    @mistake("The numbers are right, but they are floats. Parameters and ranks are counted: integers, please.")
    def floats(widths):
        return np.array([[640_110.0 + 111 * w, min(w, 46)] for w in widths])

    @mistake("The biases of the narrow layer are missing: w of them. The other two layers are right.")
    def narrow_without_bias(widths):
        return np.array([[640_110 + 110 * w, min(w, 46)] for w in widths])

    @right_answer
    def with_keras(widths):
        import keras

        rng, rows = np.random.default_rng(1), []
        for w in widths:
            layers = [keras.layers.Dense(units) for units in (64, w, 46)]
            model = keras.Sequential([keras.Input((10_000,)), *layers])
            rank = np.linalg.matrix_rank(rng.normal(size=(500, w)) @ rng.normal(size=(w, 46)))
            rows.append((model.count_params(), rank))
        return np.array(rows)

    @right_answer
    def by_formula(widths):
        w = np.array(widths)
        return np.stack([10_000 * 64 + 64 + 64 * w + w + w * 46 + 46, np.minimum(w, 46)], axis=1)

    @right_answer
    def rank_of_keras_weights(widths):
        import keras

        def measured(w):
            body = keras.Sequential([keras.Input((64,)), keras.layers.Dense(w), keras.layers.Dense(46)])
            return [10_001 * 64 + body.count_params(), np.linalg.matrix_rank(body.get_weights()[-2])]

        return np.array([measured(w) for w in widths], dtype="int32")

    @right_answer
    def layer_by_layer(widths):
        result = np.zeros((len(widths), 2), dtype=int)
        for row, w in zip(result, widths, strict=True):
            units = 10_000
            for wider in (64, w, 46):
                row[0] += units * wider + wider
                units = wider
            row[1] = 46 if w > 46 else w
        return result

    @right_answer
    def a_column_each(widths):
        return np.column_stack([[640_110 + 111 * w for w in widths], [min(w, 64, 46) for w in widths]])

    @right_answer
    def with_recursion(widths):
        def rows(first, *others):
            row = (640_064 + 65 * first + 46 * first + 46, sorted([first, 46])[0])
            return [row, *rows(*others)] if others else [row]

        return np.array(rows(*widths), dtype="uint32")

    @right_answer
    def with_pandas(widths):
        import pandas as pd

        frame = pd.DataFrame({"w": widths})
        frame["parameters"] = 10_001 * 64 + 65 * frame.w + (frame.w + 1) * 46
        frame["rank"] = frame.w.clip(upper=46)
        return frame[["parameters", "rank"]].to_numpy()


class LinearScorer:
    """Stands in for a trained network: scores that are weighted sums of the words, offered as Keras' `predict`."""

    def __init__(self, weights, bias, last_step=None, idf=None):
        self.weights, self.bias, self.last_step, self.idf = weights, bias, last_step, idf

    def predict(self, x, verbose=0):
        """Probabilities of shape (n, 46) for (n, words) rows, or what `last_step` makes of the scores."""
        rows = np.asarray(x, dtype="float32")
        if self.idf is not None:
            rows = rows * self.idf
            rows /= np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-9)
        return (self.last_step or softmax)(rows @ self.weights + self.bias)


def softmax(z):
    """exp(z), over its sum along each row, without overflow."""
    raised = np.exp(z - z.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


@cache
def sparse_split(split):
    """(x, y) of a split of the newswires: SciPy CSR rows of zeros and ones, 10,000 wide, and labels."""
    import scipy.sparse

    from course_utils import data

    ids, labels = getattr(data.load_reuters(num_words=10_000), split)
    once = [np.unique(story) for story in ids]
    starts = np.concatenate([[0], np.cumsum([len(story) for story in once])]).astype(
        "int32"
    )  # LinearSVC takes no int64
    columns = np.concatenate(once).astype("int32")
    rows = scipy.sparse.csr_array((np.ones(len(columns), "float32"), columns, starts), shape=(len(once), 10_000))
    return rows, np.asarray(labels)


@cache
def linear(split="train", rows=None, strength=0.02, weighted=False):
    """(weights (10000, 46), bias (46,), idf or None) of a linear support vector machine on the first `rows` stories."""
    from sklearn.preprocessing import normalize
    from sklearn.svm import LinearSVC

    x, y = (part[:rows] for part in sparse_split(split))
    idf = None
    if weighted:
        idf = np.log(x.shape[0] / (1 + x.sum(axis=0))).clip(min=0).astype("float32")
        x = normalize(x.multiply(idf).tocsr())
    fitted = LinearSVC(C=strength, tol=1e-2, max_iter=5000).fit(x, y)
    weights, bias = (
        np.zeros((10_000, 46), "float32"),
        np.full(46, -9.0, "float32"),
    )  # -9: a topic that never occurs there
    weights[:, fitted.classes_], bias[fitted.classes_] = fitted.coef_.T, fitted.intercept_
    return weights, bias, idf


#: What nobody reaches by honest work. On the canonical stories a linear SVM on TF-IDF has 0.83, and as many as one in ten carry
#: another's text; on the substitute it has 0.96. What learners see has to hold on both.
TOO_GOOD = 0.97
TOO_GOOD_CANONICAL = 0.89


def held_out(start, stop=None, at_most=TOO_GOOD):
    """A probe of rows `start` to `stop` of the test set, as zeros and ones, with the band for their accuracy."""
    labels = dataset("reuters", "test", "y", start, stop)
    rows = dataset("reuters", "test", "x", start, stop, encode="multi_hot")
    return probe(rows, expect=accuracy(labels=labels, at_least=0.77, at_most=at_most))


@exercise("final_model", points=4, objective=TRAIN, kind="model", time_limit=30.0)
class FinalModel:
    """A trained network that takes (n, 10000) rows of zeros and ones and returns (n, 46) probabilities of the topics."""

    examples = [held_out(0, 1000)]

    def hidden(rng):
        from course_utils import data

        canonical = data.load_reuters().canonical
        yield held_out(1000, at_most=TOO_GOOD_CANONICAL if canonical else TOO_GOOD)

    @mistake(
        "One topic for everybody usually means: not trained yet, or a last layer with a single unit. 46 topics need Dense(46, "
        "activation='softmax') at the end.",
        symptom="constant",
    )
    def untrained():
        return LinearScorer(np.zeros((10_000, 46), "float32"), np.zeros(46, "float32"))

    @mistake(
        "Two ways lead there: the last layer has no softmax, so these are logits; or these are topic numbers (an argmax), where "
        "probabilities are asked for. Add activation='softmax' to the last layer and leave the argmax to the reader.",
        symptom="not probabilities",
    )
    def logits():
        weights, bias, _ = linear()
        return LinearScorer(weights, bias, lambda z: z)

    @mistake(
        "For n stories an array of shape (n, 46) is wanted: one row a story, one column a topic. Is the input one row of 10,000 a story, "
        "and is the last layer Dense(46)?",
        symptom="wrong shape",
    )
    def wrong_shape():
        weights, bias, _ = linear()
        return LinearScorer(weights, bias, lambda z: softmax(z).T)

    @mistake(
        "It should do better. The usual reasons: too few epochs (look at the validation curve), a hidden layer narrower than the 46 "
        "topics, a loss that does not match the labels, stories and labels that do not belong together, or labels counted from 1.",
        symptom="too low",
    )
    def hardly_trained():
        return LinearScorer(*linear(rows=60)[:2])

    @mistake(
        "NaN spreads: a single one in the weights makes every prediction NaN. Try a smaller learning rate.",
        symptom="nan",
    )
    def diverged():
        return LinearScorer(np.full((10_000, 46), np.nan, "float32"), np.zeros(46, "float32"))

    @mistake(
        "Were the test stories among those you trained on? Then this says how well it remembers, and nothing about new stories. On "
        "the canonical stories it cannot even be had: some carry another's text, and no honest reader guesses their topic.",
        symptom="too good",
    )
    def trained_on_the_test_set():
        return LinearScorer(*linear("test", strength=1.0)[:2])

    @right_answer
    def support_vectors():
        weights, bias, _ = linear()
        return LinearScorer(weights, bias)

    @right_answer
    def support_vectors_on_weighted_words():
        weights, bias, idf = linear(strength=1.0, weighted=True)
        return LinearScorer(weights, bias, idf=idf)

    @right_answer
    def naive_bayes():
        from sklearn.naive_bayes import MultinomialNB

        x, y = sparse_split("train")
        fitted = MultinomialNB(alpha=0.05, fit_prior=False).fit(x, y)
        return LinearScorer(fitted.feature_log_prob_.T, fitted.class_log_prior_)

    @right_answer
    def sequential_network():
        import keras

        x, y = (part[-4000:] for part in sparse_split("train"))
        keras.utils.set_random_seed(0)
        network = keras.Sequential([keras.Input((10_000,)), keras.layers.Dense(64, "relu"), keras.layers.Dropout(0.3)])
        network.add(keras.layers.Dense(46, "softmax"))
        network.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy")
        network.fit(x.toarray(), y, epochs=4, batch_size=128, verbose=0)
        return network

    @right_answer
    def functional_network_for_rows():
        import keras

        x, y = (part[:4000] for part in sparse_split("train"))
        keras.utils.set_random_seed(0)
        story = keras.Input((10_000,), dtype="float32")
        hidden = keras.layers.Activation("tanh")(keras.layers.Dense(100)(keras.layers.UnitNormalization()(story)))
        network = keras.Model(story, keras.layers.Softmax()(keras.layers.Dense(46)(hidden)))
        network.compile(keras.optimizers.RMSprop(5e-3), keras.losses.CategoricalCrossentropy())
        network.fit(x.toarray(), keras.utils.to_categorical(y, 46), epochs=6, batch_size=100, verbose=0)
        return network

    @right_answer
    def network_of_one_layer():
        import keras

        weights, bias, _ = linear()
        network = keras.Sequential([keras.Input((10_000,)), keras.layers.Dense(46, activation="softmax")])
        network.set_weights([weights, bias])
        return network
