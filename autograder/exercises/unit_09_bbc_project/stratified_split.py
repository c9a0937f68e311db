import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import LOOK, both, taken

TWO_CLASSES = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
SHUFFLED = np.array([7, 2, 9, 0, 4, 3, 8, 1, 6, 5])


@exercise("stratified_split", points=3, objective=LOOK)
class StratifiedSplit:
    """(train, test): ascending row numbers; of each class the first round(share * n) rows in `order` are for testing."""

    def oracle(y, order, share=0.2):
        return both(taken(y, order, share), len(y))

    examples = [
        probe(np.array([0, 0, 1, 1]), np.array([1, 3, 2, 0]), 0.5),
        probe(TWO_CLASSES, SHUFFLED, 0.25),
        probe(TWO_CLASSES, SHUFFLED[::-1].copy()),
        probe(np.array([2, 0, 1, 1, 0, 2, 2, 0, 1, 0, 0]), np.array([10, 2, 8, 4, 0, 6, 9, 1, 3, 5, 7]), share=0.4),
        probe(np.array([3, 3, 3, 7, 7, 7, 7, 3]), np.array([5, 0, 7, 2, 4, 1, 6, 3]), 0.3),
        probe(np.array([1, 1, 1, 1, 1, 0, 0]), np.array([6, 3, 0, 5, 2, 4, 1]), 0.2),
        probe(np.array([0, 0, 0, 0, 0, 1, 1, 1]), np.array([4, 7, 1, 0, 6, 2, 5, 3]), 0.5),
    ]

    def hidden(rng):
        for share in (0.2, 0.3, 0.15, 0.45):
            sizes = rng.integers(7, 40, size=rng.integers(2, 6))
            y = np.repeat(np.arange(len(sizes)), sizes)
            yield probe(y, rng.permutation(len(y)), share)
            y = rng.permutation(y)
            yield probe(y, rng.permutation(len(y)), share=share)
            few = np.append(y, [50, 50] if share < 0.25 else [50])  # a class of which no row is for testing
            yield probe(few, rng.permutation(len(few)), share)

    slice_of_the_file = mistake(
        "You cut the rows as they lie in the file. A file sorted by class then gives a test with the last classes only. Go "
        "through the rows in the given `order`, class by class.",
        lambda y, order, share=0.2: both(range(len(y) - round(share * len(y)), len(y)), len(y)),
    )
    file_order = mistake(
        "You take each class's rows in the order of the file, whatever `order` says. Neighbours in a file are often alike "
        "(a series, a day, a reporter): take them as `order` names them.",
        lambda y, order, share=0.2: both(taken(y, np.arange(len(y)), share), len(y)),
    )
    not_stratified = mistake(
        "That is a random split, but not a stratified one: the classes' shares are left to chance. Take the share of each "
        "class separately.",
        lambda y, order, share=0.2: both(order[: round(share * len(y))].tolist(), len(y)),
    )
    swapped = mistake(
        "The two are swapped: first the rows for training, then those for testing.",
        lambda y, order, share=0.2: StratifiedSplit.oracle(y, order, share)[::-1],
    )
    overlap = mistake(
        "The rows for testing are also among those for training. A model is then examined on what it has learned by heart. "
        "Take them out.",
        lambda y, order, share=0.2: (np.arange(len(y)), StratifiedSplit.oracle(y, order, share)[1]),
    )

    @mistake("int() cuts off: of 1.6 rows it makes 1. Round to the nearest: round(share * n).")
    def rounds_down(y, order, share=0.2):
        test = []
        for label in np.unique(y):
            rows = [i for i in order.tolist() if y[i] == label]
            test += rows[: int(share * len(rows))]
        return both(test, len(y))

    @mistake(
        "The last class is left out: no row of it is for testing. `range(y.max())` ends before the largest label; go through np.unique(y)."
    )
    def last_class_left_out(y, order, share=0.2):
        test = []
        for label in np.unique(y)[:-1]:
            rows = [i for i in order.tolist() if y[i] == label]
            test += rows[: round(share * len(rows))]
        return both(test, len(y))

    last_of_order = mistake(
        "You take the *last* rows of each class in `order` for testing; the first ones are asked for.",
        lambda y, order, share=0.2: both(taken(y, order[::-1], share), len(y)),
    )

    @mistake("The right rows, but not in ascending order. np.sort at the end makes two splits easy to compare.")
    def not_sorted(y, order, share=0.2):
        test = taken(y, order, share)
        return np.array([i for i in order.tolist() if i not in test]), np.array(test)

    @mistake("Those are places in `order`. Asked for are the row numbers that stand there: order[place].")
    def places(y, order, share=0.2):
        at = np.argsort(order)
        return tuple(np.sort(at[rows]) for rows in StratifiedSplit.oracle(y, order, share))

    @mistake("You round up. Round to the nearest whole number: round(share * n).")
    def rounds_up(y, order, share=0.2):
        test = []
        for label in np.unique(y):
            rows = [i for i in order.tolist() if y[i] == label]
            test += rows[: -int(-share * len(rows) // 1)]
        return both(test, len(y))

    fixed_share = mistake(
        "Your share is always 0.2. It is an argument: `share`.",
        lambda y, order, share=0.2: StratifiedSplit.oracle(y, order),
    )
    share_for_training = mistake(
        "You take `share` of each class for training. It is the share that is for testing.",
        lambda y, order, share=0.2: both(taken(y, order, 1 - share), len(y)),
    )

    @mistake("You take at least one row of each class. Where round(share * n) is 0, none of this class is for testing.")
    def at_least_one(y, order, share=0.2):
        test = []
        for label in np.unique(y):
            rows = [i for i in order.tolist() if y[i] == label]
            test += rows[: max(1, round(share * len(rows)))]
        return both(test, len(y))

    @mistake(
        "You take the same *number* of rows of each class. It is the same share of each: count the rows of each class, round(share * n)."
    )
    def same_number(y, order, share=0.2):
        labels, test = np.unique(y), []
        for label in labels:
            rows = [i for i in order.tolist() if y[i] == label]
            test += rows[: round(share * len(y) / len(labels))]
        return both(test, len(y))

    @mistake(
        "You round a half up. `round` takes it to the even neighbour: round(2.5) is 2, as the task's formula has it."
    )
    def half_up(y, order, share=0.2):
        test = []
        for label in np.unique(y):
            rows = [i for i in order.tolist() if y[i] == label]
            test += rows[: int(share * len(rows) + 0.5)]
        return both(test, len(y))

    labels_from_zero = mistake(
        "You go through the labels 0, 1, 2, ..., as many as there are classes. A class may have any number as its label: np.unique(y) "
        "has those that occur.",
        lambda y, order, share=0.2: both([i for i in taken(y, order, share) if y[i] < len({*y.tolist()})], len(y)),
    )
    labels_to_four = mistake(
        "You go through labels from 0 to a fixed number. Others may occur: np.unique(y) has those that do.",
        lambda y, order, share=0.2: both([i for i in taken(y, order, share) if y[i] < 5], len(y)),
    )
