import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import CONFUSE


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
        probe(np.array([3, 0, 3, 1]), np.array([3, 3, 0, 1]), 4),
        probe(np.array([0]), np.array([0]), 3),
    ]

    def hidden(rng):
        for n, size in ((46, 80), (4, 60), (7, 30), (3, 12)):
            yield probe(rng.integers(0, n - 1, size=size), rng.integers(0, n - 1, size=size), n)
        yield probe(np.repeat([1, 4], [9, 3]), np.repeat([4, 0, 1], [5, 4, 3]), 6)

    transposed = mistake(
        "Transposed: rows are the true topics, columns the predicted ones. Otherwise `acq` taken for `earn` reads as the reverse.",
        lambda y, p, n: counted(p, y, n),
    )

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

    floats = mistake(
        "The counts are right, but they are floats: say np.zeros((n, n), dtype=int).",
        lambda y, p, n: counted(y, p, n).astype(float),
    )

    @mistake("The right answers are missing: they stand on the diagonal of the table.")
    def errors_only(y, p, n):
        table = counted(y, p, n)
        return table - np.diag(np.diag(table))

    transposed_floats = mistake(
        "Two things: rows are the true topics and columns the predicted ones, yours is transposed; and these are floats, so say "
        "np.zeros((n, n), dtype=int).",
        lambda y, p, n: counted(p, y, n).astype(float),
    )

    @mistake(
        "Two things: `table[y, p] += 1` adds 1 to a place only once, however often the pair occurs (a loop, or np.add.at, counts every "
        "time); and these are floats, so say np.zeros((n, n), dtype=int)."
    )
    def each_pair_once_floats(y, p, n):
        table = np.zeros((n, n))
        table[y, p] += 1
        return table


def counted(y, p, n):
    """Brute force: the table of counts, row by row."""
    return np.array([[sum(a == i and b == j for a, b in zip(y, p, strict=True)) for j in range(n)] for i in range(n)])
