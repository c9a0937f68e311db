import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import ENCODE, rows_of


def outside(y, n):
    """Refuse a label that is not one of 0 to n - 1."""
    if any(not 0 <= label < n for label in y):
        raise ValueError("a label is outside")


@exercise(
    "one_hot",
    points=2,
    objective=ENCODE,
    refuses=outside,
    time_limit=20.0,  # the first answer to need Keras imports it
)
class OneHot:
    """One row for each label: 1 in the label's column, 0 in the n - 1 others."""

    def oracle(y, n):
        outside(y, n)
        return rows_of(y, n)

    examples = [
        probe(np.array([2, 0]), 4),
        probe(np.array([1]), 2),
        probe(np.array([0, 2, 2, 1, 0]), 3),
        probe(np.array([1, 1, 0]), 6),
        probe(np.array([3, 1, 0]), 3),
        probe(np.array([0, -1]), 2),
        probe(np.array([3, 0]), 3),
        probe(np.array([-2, 1]), 4),
    ]

    def hidden(rng):
        for n in (46, 3, 7, 20):
            yield probe(rng.integers(0, n - 1, size=rng.integers(5, 40)), n)
        yield probe(rng.permutation(9), 9)
        yield probe(np.array([4, 46]), 46)
        yield probe(np.array([-3, 1]), 5)

    width_from_subset = mistake(
        "Your rows are as wide as the largest label of *these* stories plus one. A validation part without the rarest topic would "
        "then get narrower rows than the training part, and no network fits both. The width is `n`, always.",
        lambda y, n: rows_of(y, max(y) + 1),
    )
    width_from_subset_unchecked = mistake(
        "Two things: the rows are as wide as the largest label of these stories plus one instead of `n`, and a label that "
        "is not 0 to n - 1 goes through unnoticed.",
        lambda y, n: np.eye(max(y) + 1, dtype="float32")[y],
        refuses=None,
    )
    columns_that_occur = mistake(
        "Your rows have a column only for the labels that occur in this subset. Column 5 then means another topic in each subset.",
        lambda y, n: (np.asarray(y)[:, None] == np.unique(y)).astype("float32"),
    )
    counted_from_one = mistake(
        "Every 1 is one column too far left: topics are numbered from 0, so label 0 belongs into column 0.",
        lambda y, n: np.roll(rows_of(y, n), -1, axis=1),
    )
    transposed = mistake(
        "Rows and columns are swapped: one *row* for each story, one *column* for each topic.",
        lambda y, n: rows_of(y, n).T.copy(),
    )
    label_as_value = mistake(
        "The label itself stands in its column, where a 1 should. Topic 3 would count three times as much as topic 1, and "
        "topic 0 not at all.",
        lambda y, n: rows_of(y, n) * np.asarray(y)[:, None],
    )
    thermometer = mistake(
        "You fill every column up to the label, so label 3 contains label 1. Topics have no order: only the label's own column is 1.",
        lambda y, n: np.cumsum(rows_of(y, n)[:, ::-1], axis=1)[:, ::-1].copy(),
    )
    unchecked = mistake(
        "The rows are right, but not every label is refused that should be. An index of -1 quietly means the last column, and too "
        "large a label gives an IndexError: look at y.min() and y.max() first, and raise ValueError.",
        lambda y, n: np.eye(n, dtype="float32")[y],
        refuses=None,
    )
    negative_accepted = mistake(
        "The rows are right. A label of -1 becomes the last topic, though: refuse what is below 0 as well.",
        lambda y, n: np.eye(n, dtype="float32")[y],
        refuses=lambda y, n: outside(np.maximum(y, 0), n),
    )
    integers = mistake(
        "The numbers are right, but these are integers (or booleans): float32, please, as Keras' losses want them.",
        lambda y, n: rows_of(y, n).astype(int),
    )
    width_from_distinct = mistake(
        "Your rows are as wide as the number of labels that *occur* in these stories. A part without topic 0 has fewer of them, and then "
        "label 1 has no column. The width is `n`, always.",
        lambda y, n: np.eye(len(np.unique(y)), dtype="float32")[y],
        refuses=None,
    )
    always_46 = mistake(
        "Your rows are always 46 wide. The width is the argument `n`; and a label that is not below `n` should raise ValueError.",
        lambda y, n: np.eye(46, dtype="float32")[y],
        refuses=None,
    )
    all_rows = mistake(
        "Every row gets a 1 in the columns of *all* the labels: `rows[:, y]` means all rows. Pair them up, row i with label i: "
        "`rows[np.arange(len(y)), y]`.",
        lambda y, n: np.tile(rows_of(y, n).max(axis=0), (len(y), 1)),
    )
