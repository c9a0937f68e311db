import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import NO_LIBRARY, SWITCHES, blocks, flat

POOLED_MAP = np.array([[1, 3, -2, -4], [5, -1, -3, -1], [0, 2, 6, 1], [4, 2, 0, 1]])
TIES = np.array([[7, 7, 0, 2, 9], [7, 1, 4, 4, 9], [7, 3, 5, 5, 9]])


@exercise("max_pool_switches", points=3, objective=SWITCHES, rules=[NO_LIBRARY])
class MaxPoolSwitches:
    """Maxima of the whole size x size windows of an (H, W) map, side by side, and the flat position of each in the map."""

    def oracle(x, size):
        import tensorflow as tf

        x = np.asarray(x)
        pooled, at = tf.nn.max_pool_with_argmax(x[None, :, :, None].astype(float), size, size, padding="VALID")
        return pooled.numpy()[0, :, :, 0].astype(x.dtype), at.numpy()[0, :, :, 0]

    examples = [
        probe(np.array([[1, 3], [5, 2]]), 2),
        probe(POOLED_MAP, 2),
        probe(TIES, 2),
        probe(np.array([[0.5, 2.5, 1.0], [0.25, -1.0, 2.5], [2.5, 0.0, 1.5]]), 3),
        probe(-1 - POOLED_MAP.T**2, 2),
        probe(np.array([[3, 1, 2], [7, 0, 5]]), 1),
        probe(np.array([[3, 200, 7, 1], [0, 9, 255, 8], [4, 4, 1, 2]], np.uint8), 3),
    ]

    def hidden(rng):
        yield probe(rng.permutation(36).reshape(6, 6) - 40, 2)
        yield probe(rng.permutation(63).reshape(7, 9), 3)
        yield probe(rng.integers(0, 3, (6, 8)), 2)
        yield probe(rng.integers(-2, 1, (5, 7)), 2)
        yield probe(np.round(rng.normal(size=(4, 6)), 3), 2)
        yield probe(rng.integers(0, 4, (9, 8), dtype=np.uint8), 4)
        yield probe(rng.permutation(12).reshape(3, 4), 1)

    @mistake(
        "Every switch points to the top left corner of its window. It is to say where in the window the maximum was."
    )
    def top_left(x, size):
        windows = blocks(x, size)
        return windows.max(axis=2), flat(x, size, np.zeros(windows.shape[:2], int))

    @mistake(
        "Where several pixels are the largest, you take the last one. The first one counts, row by row, as in "
        "`argmax` and TensorFlow; `>=` in a comparison would explain it."
    )
    def last_of_equals(x, size):
        windows = blocks(x, size)
        return windows.max(axis=2), flat(x, size, size * size - 1 - windows[:, :, ::-1].argmax(axis=2))

    inside_the_window = mistake(
        "Your switches count inside the window, from 0 to size * size - 1. They are to be positions in the whole map: "
        "row * width + column.",
        lambda x, size: (blocks(x, size).max(axis=2), blocks(x, size).argmax(axis=2)),
    )

    @mistake(
        "Your switches count down the columns: column * height + row. The flat position of a pixel counts along the "
        "rows, as `ravel` does: row * width + column."
    )
    def column_by_column(x, size):
        at = flat(x, size, blocks(x, size).argmax(axis=2))
        return blocks(x, size).max(axis=2), at % x.shape[1] * x.shape[0] + at // x.shape[1]

    @mistake(
        "You looked for the maximum in the whole map, and found an equal number in another window. Look for it inside "
        "its own window, then add where that begins."
    )
    def searched_everywhere(x, size):
        pooled = blocks(x, size).max(axis=2)
        return pooled, np.array([[int((x == value).argmax()) for value in row] for row in pooled])

    @mistake(
        "Your rows are as wide as the windows make them, not as the map: with columns left over, a row of the map is "
        "still x.shape[1] wide."
    )
    def width_of_the_windows(x, size):
        at = flat(x, size, blocks(x, size).argmax(axis=2))
        return blocks(x, size).max(axis=2), at // x.shape[1] * (x.shape[1] // size * size) + at % x.shape[1]

    @mistake(
        "A window of negative numbers has a negative maximum. Your search starts from 0; begin with the first pixel of "
        "the window."
    )
    def starts_from_zero(x, size):
        windows = blocks(x, size)
        at = np.where(windows.max(axis=2) > 0, windows.argmax(axis=2), 0)
        return np.maximum(windows.max(axis=2), 0), flat(x, size, at)

    @mistake(
        "Your switches are pairs of row and column. A switch is one number, the flat position: row * width + column."
    )
    def pairs(x, size):
        at = flat(x, size, blocks(x, size).argmax(axis=2))
        return blocks(x, size).max(axis=2), np.stack(np.divmod(at, x.shape[1]), axis=-1)

    @mistake(
        "You also pool the windows that hang over the edge. What fills no whole window is dropped: there are "
        "H // size rows of windows."
    )
    def rounds_up(x, size):
        rows, columns = (-(-n // size) for n in x.shape)
        pooled, at = np.zeros((rows, columns), x.dtype), np.zeros((rows, columns), int)
        for row, column in np.ndindex(rows, columns):
            window = x[row * size : (row + 1) * size, column * size : (column + 1) * size]
            down, across = np.unravel_index(window.argmax(), window.shape)
            pooled[row, column] = window.max()
            at[row, column] = (row * size + down) * x.shape[1] + column * size + across
        return pooled, at

    @mistake("You return the switches first. The maxima come first, then the switches.")
    def the_other_way_round(x, size):
        windows = blocks(x, size)
        return flat(x, size, windows.argmax(axis=2)), windows.max(axis=2)
