import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import LOSE

ONE_HOT = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]])
TAGS = np.array([[1, 1, 0], [0, 0, 0], [0, 1, 1], [1, 0, 0]])


@exercise("loss_for", points=2, objective=LOSE, all_or_nothing=True)
class LossFor:
    """The name of the Keras loss that goes with a task and with labels of this form."""

    def oracle(task, labels):
        """NumPy's view of labels: which loss they go with; ValueError where none fits."""
        labels = np.asarray(labels)
        zero_one = np.isin(labels, (0, 1)).all()
        table = labels.ndim == 2 and labels.shape[1] > 1
        whole = (labels == np.round(labels)).all() and (labels >= 0).all()
        fits = {
            ("two", "binary_crossentropy"): zero_one and not table,
            ("many", "categorical_crossentropy"): table and zero_one and (labels.sum(axis=-1) == 1).all(),
            ("many", "sparse_categorical_crossentropy"): not table and whole,
            ("several", "binary_crossentropy"): table and zero_one,
            ("regression", "mean_squared_error"): True,
        }
        found = [loss for (name, loss), fit in fits.items() if name == task and fit]
        if not found:
            raise ValueError(f"{task!r} does not go with these labels")
        return found[0]

    examples = [
        probe("two", np.array([0, 1, 1])),
        probe("many", np.array([2, 0, 1, 1])),
        probe("many", ONE_HOT),
        probe("many", np.array([[2], [0], [1]])),
        probe("several", TAGS),
        probe("regression", np.array([1.5, -0.2])),
        probe("many", TAGS),
        probe("two", np.array([0, 2, 1])),
        probe("ranking", np.array([0, 1, 1])),
        probe("two", np.array([[0], [1]])),
        probe("two", np.array([[0, 1], [1, 0]])),
        probe("several", np.array([0, 1, 1])),
        probe("several", np.array([[0, 2], [1, 0]])),
        probe("several", np.array([[1, 0], [1, 1]])),
        probe("many", np.array([[0, 1, 0], [0, 0, 0]])),
        probe("many", np.array([[0.25, 0.75], [0.5, 0.5]])),
        probe("regression", np.array([[0.5, 1.0], [2.0, -1.0]])),
        probe("many", np.array([0, 1, 1, 0])),
        # as many ones as rows, and no row one-hot
        probe("many", np.array([[1, 1], [0, 0]])),
        # a 1 in every row, and in one of them two
        probe("many", np.array([[1, 1, 0], [0, 1, 0]])),
        # each row happens to have a single 1
        probe("several", ONE_HOT),
        # only one of the two labels occurs
        probe("two", np.array([0, 0])),
        probe("two", np.array([1.0, 1.0, 1.0])),
        probe("several", np.array([[1, 1], [1, 1]])),
        probe("several", np.array([[0, 0, 0]])),
        # fractions between 0 and 1
        probe("two", np.array([0.5, 1.0])),
        probe("several", np.array([[0.5, 0.0], [1.0, 1.0]])),
        probe("two", np.array([-1, 1, 1])),
        probe("several", np.array([[-1, 1], [1, 1]])),
        probe("many", np.array([[2, -1], [0, 1]])),
        # one example only
        probe("many", np.array([[1, 0, 0]])),
        probe("many", np.array([3])),
        probe("regression", np.array([0, 1, 1])),
        probe("regression", np.array([[2.5], [1.0]])),
        probe("many", np.array([[0, 1], [1, 0], [1, 0]])),
    ]

    def hidden(rng):
        yield probe("many", rng.integers(0, 10, 40))
        yield probe("many", np.eye(7)[rng.integers(0, 7, 30)])
        yield probe("many", rng.integers(0, 6, (20, 1)).astype("float32"))
        yield probe("two", rng.integers(0, 2, (12, 1)))
        yield probe("several", (rng.random((25, 5)) < 0.4).astype("float32"))
        yield probe("regression", rng.normal(size=(9, 3)))
        yield probe("regression", rng.integers(0, 2, 9))
        yield probe("many", rng.random((8, 4)))
        yield probe("many", np.array([[0.25, 0.75], [0.5, 0.5], [1, 0]]))  # rows with the sum 1, and not one-hot
        yield probe("many", np.array([[0, 1, 0], [0, 0, 0], [1, 0, 0]]))
        yield probe("many", np.array([0, 1, *rng.integers(0, 2, 6)]))
        yield probe("two", np.eye(2)[rng.integers(0, 2, 6)])
        yield probe("several", np.array([[1, 1], *rng.integers(0, 2, (6, 2))]))
        yield probe("several", rng.integers(0, 2, 6))
        yield probe("several", np.array([[0, 1, 2], [1, 0, 0]]))
        yield probe("many", np.array([[1, 1, 0], [0, 0, 0], [0, 0, 1]]))
        yield probe("two", np.ones((int(rng.integers(2, 9)), 1), "float32"))
        yield probe("two", np.zeros(int(rng.integers(3, 9)), "float32"))
        yield probe("several", np.ones((3, int(rng.integers(2, 5))), "int32"))
        yield probe("several", np.zeros((2, int(rng.integers(2, 5))), "float32"))
        yield probe("two", np.round(rng.uniform(0.1, 0.9, 5), 2))
        yield probe("several", np.round(rng.uniform(0.1, 0.9, (3, 2)), 2))
        yield probe("", rng.integers(0, 2, 9))
        yield probe("binary", np.eye(3)[rng.integers(0, 3, 9)])

    @mistake(
        "For many classes you always take the *sparse* loss. Sparse means that a label is one integer. A one-hot row is a "
        "whole row a label: plain categorical_crossentropy wants that."
    )
    def always_sparse(task, labels):
        found = LossFor.oracle(task, labels)
        return "sparse_categorical_crossentropy" if task == "many" else found

    never_sparse = mistake(
        "For many classes you always take categorical_crossentropy. It wants one-hot rows; integers are what the *sparse* one "
        "is for.",
        lambda task, labels: LossFor.oracle(task, labels).replace("sparse_", ""),
    )

    @mistake(
        "Labels of shape (n, 1) are still one integer a label: look at the number of *columns*, not only at the number of axes."
    )
    def column_as_one_hot(task, labels):
        found = LossFor.oracle(task, labels)
        return found.replace("sparse_", "") if np.ndim(labels) == 2 else found

    @mistake(
        "Where an example may have several labels at once, every column is a yes-or-no question of its own: "
        "binary_crossentropy. A softmax with categorical_crossentropy makes the labels compete for a single 1."
    )
    def several_compete(task, labels):
        found = LossFor.oracle(task, labels)
        return "categorical_crossentropy" if task == "several" else found

    @mistake(
        "All names are right, but labels that do not fit the task pass unnoticed. Raise ValueError: for `many`, a row must "
        "hold exactly one 1; for `two`, a label is 0 or 1."
    )
    def trusts_everything(task, labels):
        if task == "many":
            table = np.ndim(labels) == 2 and np.shape(labels)[1] > 1
            return "categorical_crossentropy" if table else "sparse_categorical_crossentropy"
        return LossFor.oracle(task, labels) if task != "two" else "binary_crossentropy"

    @mistake(
        "You count the ones of the whole table. One-hot is said of each *row*: every one of them holds a single 1, labels.sum(axis=1) == 1."
    )
    def ones_of_the_whole_table(task, labels):
        if task == "many" and table_of_zeros_and_ones(labels) and labels.sum() == len(labels):
            return "categorical_crossentropy"
        return LossFor.oracle(task, labels)

    @mistake(
        "You ask whether there is a 1 in each row, and there may be two. One-hot is exactly one: labels.sum(axis=1) == 1."
    )
    def a_one_in_each_row(task, labels):
        if task == "many" and table_of_zeros_and_ones(labels) and (labels.max(axis=1) == 1).all():
            return "categorical_crossentropy"
        return LossFor.oracle(task, labels)

    @mistake(
        "For `several` you refuse rows that hold a single 1. An example may have several labels, and it may have one: any table of 0 and 1 "
        "will do."
    )
    def several_must_have_several(task, labels):
        if task == "several" and is_table(labels) and (labels.sum(axis=1) == 1).all():
            raise ValueError(task)
        return LossFor.oracle(task, labels)

    @mistake(
        "You add up the columns (axis=0). A row is an example, and each row holds a single 1: labels.sum(axis=1) == 1."
    )
    def ones_of_each_column(task, labels):
        if task == "many" and table_of_zeros_and_ones(labels):
            if not (labels.sum(axis=0) == 1).all():
                raise ValueError(task)
            return "categorical_crossentropy"
        return LossFor.oracle(task, labels)

    @mistake(
        "You ask for both labels, 0 and 1. In a small batch all may be 0, or all 1: ask whether there is any *other* number, as "
        "np.isin(labels, [0, 1]).all() does."
    )
    def both_labels_must_occur(task, labels):
        found = LossFor.oracle(task, labels)
        if task in ("two", "several") and set(np.unique(labels).tolist()) != {0, 1}:
            raise ValueError(task)
        return found

    @mistake(
        "A label of 0.5 is neither 0 nor 1, and you let it through: that a number lies between 0 and 1 is not enough."
    )
    def fractions_for_two_and_several(task, labels):
        if task in ("two", "several") and ((labels >= 0) & (labels <= 1)).all():
            labels = np.round(labels)
        return LossFor.oracle(task, labels)

    @mistake(
        "A label of 0.5 is neither 0 nor 1, and you let it through: that a number lies between 0 and 1 is not enough, not for `many` "
        "either, where the numbers of a row may add up to 1."
    )
    def fractions_everywhere(task, labels):
        if ((labels >= 0) & (labels <= 1)).all():
            if task in ("two", "several"):
                labels = np.round(labels)
            elif task == "many" and np.ndim(labels) == 2 and np.allclose(labels.sum(axis=-1), 1):
                return "categorical_crossentropy"
        return LossFor.oracle(task, labels)

    @mistake(
        "For `several`, one column, or none, passes: each example then has one yes-or-no question, and that is `two`. Raise ValueError."
    )
    def several_of_one_column(task, labels):
        return LossFor.oracle("two" if task == "several" and not is_table(labels) else task, labels)

    @mistake(
        "You refuse labels of shape (n, 1). A single column is as good as none: look at the number of *columns*, not only at the number "
        "of axes."
    )
    def column_refused(task, labels):
        if task in ("two", "many") and np.ndim(labels) == 2 and np.shape(labels)[1] == 1:
            raise ValueError(task)
        return LossFor.oracle(task, labels)

    @mistake(
        "You refuse labels of shape (n, 1) for `many`: a column of integers is no table of one-hot rows. Look at the number of *columns*, "
        "not only at the number of axes."
    )
    def column_refused_for_many(task, labels):
        if task == "many" and np.ndim(labels) == 2 and not (np.asarray(labels).sum(axis=1) == 1).all():
            raise ValueError(task)
        found = LossFor.oracle(task, labels)
        return found.replace("sparse_", "") if task == "many" and np.ndim(labels) == 2 else found

    short_names = mistake(
        'Those are the right losses by their short names. "mse" is fine for compile; asked for here is the full name, '
        '"mean_squared_error".',
        lambda task, labels: LossFor.oracle(task, labels).replace("mean_squared_error", "mse"),
    )
    any_task = mistake(
        "A task that is not in the table should raise ValueError; you hand out a loss for it all the same.",
        lambda task, labels: LossFor.oracle(task if task in ("two", "many", "several") else "regression", labels),
    )


def is_table(labels):
    """Whether labels have more than one column."""
    return np.ndim(labels) == 2 and np.shape(labels)[1] > 1


def table_of_zeros_and_ones(labels):
    """Whether labels have more than one column, and hold 0 and 1 only."""
    return is_table(labels) and np.isin(labels, (0, 1)).all()
