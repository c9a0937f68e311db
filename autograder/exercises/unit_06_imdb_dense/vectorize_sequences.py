import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import ENCODE, multi_hot


@exercise("vectorize_sequences", points=3, objective=ENCODE, dtype="exact", fresh=True)
class VectorizeSequences:
    """One row for each review, with 1 in the columns of the ids that occur in it and 0 elsewhere."""

    def oracle(seqs, dimension=10_000, dtype="float32"):
        return multi_hot(seqs, dimension, dtype)

    examples = [
        probe([[1, 3]], 5),
        probe([[0, 2, 2, 2], [3]], 4),
        probe([[1, 4, 4], [], [2, 1]], 7, "uint8"),
        probe([[0, 1], [1, 1]], dimension=3, dtype="float64"),
        probe([[0, 2], [1, 3, 0], [2]], 4),
    ]

    def hidden(rng):
        for dtype in ("float32", "uint8", "float64", "float32", "bool"):
            dimension = int(rng.integers(6, 40))
            lengths = rng.integers(0, 30, size=rng.integers(2, 9))
            yield probe([rng.integers(0, dimension - 1, size=n).tolist() for n in [*lengths, 25]], dimension, dtype)
        yield probe([np.sort(rng.integers(0, 10_000, size=150)).tolist() for _ in range(2)])

    @mistake(
        "You count: an id that comes three times gives 3. Here a row only says which words occur, so it holds 0s and 1s. "
        "(`+= 1` counts; so does np.bincount.)"
    )
    def counts(seqs, dimension=10_000, dtype="float32"):
        rows = np.zeros((len(seqs), dimension), dtype)
        for row, seq in zip(rows, seqs, strict=True):
            for i in seq:
                row[i] += 1
        return rows

    @mistake(
        "Two things: you count how often an id comes (a row only says whether, 0 or 1), and the dtype is float64, NumPy's "
        "default, whatever was asked for: pass `dtype` on to np.zeros."
    )
    def counts_in_float64(seqs, dimension=10_000, dtype="float32"):
        return np.stack([np.bincount(np.array(s, dtype=int), minlength=dimension) for s in seqs]).astype("float64")

    always_float64 = mistake(
        "The numbers are right; the dtype is float64, NumPy's default, whatever was asked for. At the size of this data set "
        "that is 2 GB a split, eight times what uint8 takes. Pass `dtype` on to np.zeros.",
        lambda seqs, dimension=10_000, dtype="float32": multi_hot(seqs, dimension, "float64"),
    )
    always_float32 = mistake(
        "The numbers are right; the dtype is float32 even where another was asked for. Pass `dtype` on to np.zeros.",
        lambda seqs, dimension=10_000, dtype="float32": multi_hot(seqs, dimension, "float32"),
    )

    @mistake(
        "Your rows are only as wide as the largest id of these reviews. The next batch would have another width: use `dimension`."
    )
    def width_from_data(seqs, dimension=10_000, dtype="float32"):
        return multi_hot(seqs, 1 + max(max(s, default=0) for s in seqs), dtype)

    one_column_left = mistake(
        "Every 1 is one column too far left: id 3 belongs into column 3, counted from 0.",
        lambda seqs, dimension=10_000, dtype="float32": np.roll(multi_hot(seqs, dimension, dtype), -1, axis=1),
    )
    transposed = mistake(
        "Rows and columns are swapped: one *row* for each review, one *column* for each id.",
        lambda seqs, dimension=10_000, dtype="float32": multi_hot(seqs, dimension, dtype).T.copy(),
    )
    last_id_only = mistake(
        "Each row marks only the last id of its review. `rows[i, seq] = 1` marks them all at once.",
        lambda seqs, dimension=10_000, dtype="float32": multi_hot([s[-1:] for s in seqs], dimension, dtype),
    )

    padding_left_out = mistake(
        "You leave id 0 out. Here it has its column like any other id: whatever occurs in the review is marked.",
        lambda seqs, dimension=10_000, dtype="float32": multi_hot(
            [[i for i in s if i] for s in seqs], dimension, dtype
        ),
    )
    one_row_for_all = mistake(
        "Every id of every review is marked in all rows: the rows are one and the same, as `[[0] * n] * m` makes them, or you write "
        "into all of them at once (`rows[:, seq]`). Each review has a row of its own.",
        lambda seqs, dimension=10_000, dtype="float32": multi_hot(
            [[i for seq in seqs for i in seq]] * len(seqs), dimension, dtype
        ),
    )
    one_column_right = mistake(
        "Every 1 is one column too far right: id 3 belongs into column 3, counted from 0.",
        lambda seqs, dimension=10_000, dtype="float32": np.roll(multi_hot(seqs, dimension, dtype), 1, axis=1),
    )

    @mistake(
        "Your rows hold the ids themselves. A row has a column for each possible id, with a 1 in the columns of those that occur."
    )
    def ids_themselves(seqs, dimension=10_000, dtype="float32"):
        rows = np.zeros((len(seqs), dimension), dtype)
        for row, seq in zip(rows, seqs, strict=True):
            row[: len(seq)] = seq
        return rows
