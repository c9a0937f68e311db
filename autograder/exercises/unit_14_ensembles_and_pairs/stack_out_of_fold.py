import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.values import learner

from .shared import LEARN

#: Four texts in a row, each of another class than its neighbours: who has seen a text knows it, who has not is wrong.
LINE = np.array([[0.0], [1.0], [2.0], [3.0]])
TURNS = np.array([0, 1, 0, 1])
#: Six texts in three folds that do not stand side by side.
SIX = np.array([[0.0, 0.0], [5.0, 5.0], [0.0, 1.0], [5.0, 6.0], [1.0, 0.0], [6.0, 5.0]])
OF_SIX = np.array([0, 1, 2, 1, 0, 2])
MIXED = np.array([2, 0, 1, 1, 2, 0])


def two_folds(fit, x, y, folds):
    """Refuse a single fold: nothing would be left to learn from."""
    if len(np.unique(folds)) < 2:
        raise ValueError("there is one fold only, and nothing left to learn from")


@exercise("stack_out_of_fold", points=3, objective=LEARN, refuses=two_folds, dtype="any")
class StackOutOfFold:
    """(n, classes): what is said of each text by a model that has learned from all other folds, and has never seen it."""

    def oracle(fit, x, y, folds):
        from sklearn.base import BaseEstimator
        from sklearn.model_selection import PredefinedSplit, cross_val_predict

        class Estimator(BaseEstimator):
            def fit(self, x, y):
                self.answer_ = fit(x, y)
                return self

            def predict(self, x):
                return self.answer_(x)

        two_folds(fit, x, y, folds)
        numbers = np.unique(folds, return_inverse=True)[1]  # scikit-learn never asks about the texts of a fold -1
        return cross_val_predict(Estimator(), x, y, cv=PredefinedSplit(numbers))

    examples = [
        probe(learner("nearest", 2), LINE, TURNS, np.array([0, 1, 0, 1])),
        probe(learner("shares", 2), LINE, TURNS, np.array([0, 0, 1, 1])),
        probe(learner("shares", 3), SIX, OF_SIX, MIXED),
        probe(learner("nearest", 3), SIX, OF_SIX, MIXED),
        probe(learner("shares", 3), SIX, OF_SIX, np.array([5, 5, 9, 9, 9, 9])),
        probe(learner("shares", 3), SIX, OF_SIX, np.arange(6)),
        probe(learner("shares", 2), LINE, TURNS, np.array([1, 1, 1, 1])),
        probe(learner("shares", 4), LINE, np.array([0, 2, 2, 0]), np.array([4, 9, 9, 9])),
        probe(learner("shares", 3), SIX, OF_SIX, np.array([-2, 7, 7, -2, -2, 7])),
    ]

    def hidden(rng):
        for n, width, classes, folds in ((8, 2, 3, 2), (15, 3, 4, 5), (12, 1, 2, 3), (20, 4, 5, 4), (9, 2, 3, 9)):
            x, y = np.round(rng.normal(0, 3, (n, width)), 1), rng.integers(0, classes, n)
            some = rng.permutation(np.arange(n) % folds)
            for name in ("nearest", "shares"):
                yield probe(learner(name, classes), x, y, some)
        x, y = np.round(rng.normal(0, 3, (10, 2)), 1), rng.integers(0, 3, 10)
        yield probe(learner("shares", 4), x, y, np.where(np.arange(10) < 7, 3, 11))
        yield probe(learner("nearest", 3), x, y, rng.permutation([0, 0, 0, 0, 0, 0, 0, 2, 2, 7]))
        yield probe(learner("nearest", 3), x, y, rng.permutation([-5, -5, -5, -1, -1, -1, 2, 2, 2, 2]))
        yield probe(learner("nearest", 3), x, y, np.full(10, int(rng.integers(3, 90))))

    in_sample = mistake(
        "Your model has seen the texts that it is asked about. It remembers them, and who learns from its answers believes it too much.",
        lambda fit, x, y, folds: fit(x, y)(x),
    )
    fold_itself = mistake(
        "You learn from the fold itself, and ask about the same. Learn from the *others*.",
        lambda fit, x, y, folds: by_fold(fit, x, y, folds, learned=lambda fold: folds == fold),
    )
    one_fold_left_out = mistake(
        "One model, without one fold, answers for all texts in yours. Each fold has a model of its own, which has not seen this fold.",
        lambda fit, x, y, folds: fit(x[folds != folds[0]], y[folds != folds[0]])(x),
    )
    earlier_folds = mistake(
        "You learn from the folds before, as if the folds were days. Here all others are learned from, later ones too.",
        lambda fit, x, y, folds: by_fold(fit, x, y, folds, learned=lambda fold: folds < fold),
    )
    next_fold = mistake(
        "You learn from one other fold. Learn from *all* others together: a model that has seen more is more like the one that you use "
        "in the end.",
        lambda fit, x, y, folds: by_fold(
            fit, x, y, folds, learned=lambda fold: folds == np.roll(np.unique(folds), -1)[np.unique(folds) == fold]
        ),
    )
    learned_from_the_rest_asked_about_the_rest = mistake(
        "You ask a model about the texts that it has learned from. Ask it about those of the fold that was left out.",
        lambda fit, x, y, folds: by_fold(fit, x, y, folds, asked=lambda fold: folds != fold),
    )
    in_the_order_of_folds = mistake(
        "Your rows stand in the order of the folds. Row i belongs to text i: put the answers back where the texts came from.",
        lambda fit, x, y, folds: np.concatenate(
            [fit(x[folds != fold], y[folds != fold])(x[folds == fold]) for fold in np.unique(folds)]
        ),
    )
    a_column_a_label_met = mistake(
        "Your table has a column for each label that occurs in `y`. The answer of what `fit` has given says how many classes "
        "there are: by its width.",
        lambda fit, x, y, folds: as_wide_as_labels(fit, x, y, folds),
    )
    a_column_up_to_the_largest_label = mistake(
        "Your table has a column for each class up to the largest of `y`, and there may be more. The answer of what `fit` has given says "
        "how many there are: by its width.",
        lambda fit, x, y, folds: as_wide_as_labels(fit, x, y, folds, wide=np.max(y) + 1),
    )
    all_models_asked = mistake(
        "You take the mean of all models for each text, and most of them have seen it. Ask the one that has not.",
        lambda fit, x, y, folds: np.mean(
            [fit(x[folds != fold], y[folds != fold])(x) for fold in np.unique(folds)], axis=0
        ),
    )
    blocks = mistake(
        "Where the number changes you begin a new fold. Texts of one fold need not stand side by side: `folds == fold` finds them all.",
        lambda fit, x, y, folds: by_fold(fit, x, y, np.cumsum(np.diff(folds, prepend=folds[0]) != 0)),
    )
    from_zero_to_the_largest = mistake(
        "You go through the folds from 0 to the largest number, and a number may be negative. Go through those that occur: "
        "`np.unique(folds)`.",
        lambda fit, x, y, folds: by_fold(fit, x, y, folds, numbers=[fold for fold in np.unique(folds) if fold >= 0]),
    )
    by_turns = mistake(
        "You deal the texts out to folds in turn. `folds` says to which fold each text belongs.",
        lambda fit, x, y, folds: by_fold(fit, x, y, np.arange(len(y)) % len(np.unique(folds))),
    )
    roles_exchanged = mistake(
        "You learn from the fold, and ask about the others. Learn from all *others*, and ask about the fold.",
        lambda fit, x, y, folds: by_fold(
            fit, x, y, folds, learned=lambda fold: folds == fold, asked=lambda fold: folds != fold
        ),
    )
    counted_from_zero = mistake(
        "You go through the folds 0, 1, 2, ..., and here they have other numbers. Go through those that occur: `np.unique(folds)`.",
        lambda fit, x, y, folds: by_fold(fit, x, y, folds, numbers=range(len(np.unique(folds)))),
    )
    up_to_the_largest = mistake(
        "You leave the fold with the largest number out, so that its texts get no answer: `range(n)` ends before n.",
        lambda fit, x, y, folds: by_fold(fit, x, y, folds, numbers=np.unique(folds)[:-1]),
    )
    classes_chosen = mistake(
        "You return the class that is chosen. What is said of each class is asked for, (n, classes): a second model learns more from "
        "that.",
        lambda fit, x, y, folds: by_fold(fit, x, y, folds).argmax(axis=1),
    )
    rounded = mistake(
        "You keep 1 for the likeliest class and 0 for the others. Keep what was said: how sure it was tells the second model something.",
        lambda fit, x, y, folds: np.eye((found := by_fold(fit, x, y, folds)).shape[1])[found.argmax(axis=1)],
    )
    folds_by_place = mistake(
        "You cut the texts into equal parts, in their order. `folds` says to which part each text belongs.",
        lambda fit, x, y, folds: by_fold(fit, x, y, np.arange(len(y)) * len(np.unique(folds)) // len(y)),
    )
    leave_one_out = mistake(
        "You leave one text out at a time. A fold is left out as a whole: a text's own fold has no part in its answer.",
        lambda fit, x, y, folds: by_fold(fit, x, y, np.arange(len(y))),
    )
    one_fold_taken = mistake(
        "With a single fold nothing is left to learn from, and yours answers all the same. It should raise ValueError.",
        lambda fit, x, y, folds: by_fold(fit, x, y, folds),
        refuses=None,
    )


def as_wide_as_labels(fit, x, y, folds, wide=None):
    """What the models say, put into a table with a column for each label that occurs, or `wide` columns."""
    found = np.zeros((len(y), wide or len(np.unique(y))))
    for fold in np.unique(folds):
        found[folds == fold] = fit(x[folds != fold], y[folds != fold])(x[folds == fold])
    return found


def by_fold(fit, x, y, folds, learned=None, asked=None, numbers=None):
    """What the models say; `learned`, `asked`: which texts, for a fold; rows that nobody answers are 0."""
    classes = fit(x, y)(x).shape[1]
    found = np.zeros((len(y), classes))
    for fold in np.unique(folds) if numbers is None else numbers:
        of = learned(fold) if learned else folds != fold
        about = asked(fold) if asked else folds == fold
        found[about] = fit(x[of], y[of])(x[about])
    return found
