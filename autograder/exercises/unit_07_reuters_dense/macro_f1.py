import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import GUESS

FEW_Y, FEW_P = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
NONE_Y, NONE_P = np.array([0, 0, 0, 1, 2, 2]), np.array([0, 0, 0, 0, 2, 0])


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
        probe(np.array([1, 1, 2, 2, 2, 7]), np.array([1, 2, 2, 2, 7, 1])),
        probe(np.array([5, 5]), np.array([6, 6])),
    ]

    def hidden(rng):
        for classes, size in ((46, 150), (4, 40), (10, 60), (3, 12)):
            weights = 1 / np.arange(1, classes + 1)
            y = rng.choice(classes, size=size, p=weights / weights.sum())
            p = np.where(rng.random(size) < 0.7, y, rng.choice(classes, size=size, p=weights / weights.sum()))
            y[y == 2], p[0] = 0, classes + 3  # a class that is never true, and a gap in the numbers
            p[p == 1], y[1] = 0, 1  # one that is never said
            yield probe(y, p)

    micro = mistake(
        "That is the micro average: all stories in one pot. With one topic a story it is nothing but the accuracy, and "
        "the large topics drown the small ones. Work out F1 for each class, then take the plain mean.",
        lambda y, p: float(np.mean(y == p)),
    )

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

    every_number_nan = mistake(
        "You go through all numbers up to a fixed one (46?), and those that occur on neither side are 0 / 0: NaN. Go through the classes "
        "that occur in y or in p.",
        lambda y, p: float("nan"),
    )

    @mistake(
        "You take the plain mean of precision and recall, (p + r) / 2. F1 is their harmonic mean, 2 p r / (p + r): it is small if one "
        "of them is."
    )
    def arithmetic_mean(y, p):
        scores = []
        for c in np.union1d(y, p):
            right = np.sum((y == c) & (p == c))
            scores.append((right / max(1, np.sum(p == c)) + right / max(1, np.sum(y == c))) / 2)
        return float(np.mean(scores))

    @mistake("The 2 of F1 = 2 p r / (p + r) is missing: every class gets half of its score.")
    def half(y, p):
        return MacroF1.oracle(y, p) / 2


def hits(y, p):
    """(classes in y or p, right answers of each, how often p says it, how often it is true)."""
    classes = np.union1d(y, p)
    both = [np.array([((y == c) & (p == c)).sum(), (p == c).sum(), (y == c).sum()]) for c in classes]
    right, said, true = np.array(both).T
    return classes, right, said, true


def f1_of(right, said, true):
    """2 * right / (said + true): 0, and never 0/0, for a class that occurs on one side only."""
    return 2 * right / (said + true)
