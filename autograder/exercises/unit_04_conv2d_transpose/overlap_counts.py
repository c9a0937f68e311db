import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import NO_CONVOLVE, NO_LIBRARY, SIZES, whole


@exercise("overlap_counts", points=2, objective=SIZES, rules=[NO_LIBRARY, NO_CONVOLVE])
class OverlapCounts:
    """How many stamps cover each place when an n x n map is run backwards through a k x k kernel with stride s."""

    def oracle(n, k, s):
        import tensorflow as tf

        size = (n - 1) * s + k
        ones = tf.nn.conv2d_transpose(
            tf.ones((1, n, n, 1)), tf.ones((k, k, 1, 1)), [1, size, size, 1], s, padding="VALID"
        )
        return np.rint(ones.numpy()[0, :, :, 0]).astype(int)

    examples = [
        probe(2, 2, 1),
        probe(2, 3, 2),
        probe(2, 2, 3),
        probe(3, 4, 2),
        probe(3, 5, 2),
        probe(1, 3, 2),
        probe(2, 1, 4),
    ]

    def hidden(rng):
        for k, s in ((3, 2), (2, 2), (3, 1), (4, 3), (5, 2), (6, 2), (3, 4)):
            yield probe(int(rng.integers(3, 7)), k, s)
        yield probe(1, 3, 2)
        yield probe(4, 1, 1)
        yield probe(3, 1, 2)

    @mistake(
        "The same count everywhere. It holds at most in the middle: towards the rim fewer stamps reach a place, and if "
        "the stride does not divide the kernel, neighbours differ in the middle as well."
    )
    def uniform(n, k, s):
        size = (n - 1) * s + k
        return np.full((size, size), -(-k // s)) ** 2

    @mistake(
        "You added the counts of rows and columns. A place in reach of 2 rows and 2 columns of stamps lies under 2 * 2 "
        "of them: multiply."
    )
    def added(n, k, s):
        along = whole(np.ones((1, n)), np.ones((1, k)), s)[0].astype(int)
        return along[:, None] + along

    one_axis = mistake(
        "You counted along one axis only. The map has two; the count of a place is that of its row times its column.",
        lambda n, k, s: whole(np.ones((1, n)), np.ones((1, k)), s)[0].astype(int),
    )
    covered = mistake(
        "You marked what is covered instead of counting how often. Look for an `=` that should be `+=`.",
        lambda n, k, s: np.minimum(whole(np.ones((n, n)), np.ones((k, k)), s), 1).astype(int),
    )

    @mistake("What hangs over is cut off: you kept n * s rows and columns, and there are (n - 1) * s + k.")
    def cropped(n, k, s):
        counts = whole(np.ones((n, n)), np.ones((k, k)), s).astype(int)
        return np.pad(counts, (0, max(0, s - k)))[: n * s, : n * s]

    @mistake(
        "Your map goes on for ever: the pattern in the middle is right, but at the rim there are no stamps from outside."
    )
    def no_rim(n, k, s):
        along = np.array([len(range(place % s, k, s)) for place in range((n - 1) * s + k)])
        return along[:, None] * along

    floats = mistake(
        "Your counts are right, and they are floats. A count is an integer: `.astype(int)`, or `np.zeros(..., int)`.",
        lambda n, k, s: whole(np.ones((n, n)), np.ones((k, k)), s),
    )
    one_stride_too_long = mistake(
        "Your array is one stride too long: n stamps are only n - 1 strides apart, and the last one is k long. The last "
        "rows and columns are never covered.",
        lambda n, k, s: np.pad(whole(np.ones((n, n)), np.ones((k, k)), s), (0, s)).astype(int),
    )
