import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import NO_LIBRARY, SWITCHES, blocks, flat, small


@exercise("max_unpool", points=2, objective=SWITCHES, rules=[NO_LIBRARY], dtype="exact")
class MaxUnpool:
    """Zeros of the given shape, with each number of y at the flat position that its switch says; y's type stays."""

    def oracle(y, switches, shape):
        import tensorflow as tf

        flat_map = tf.scatter_nd(np.ravel(switches)[:, None], np.ravel(y), [int(np.prod(shape))])
        return flat_map.numpy().reshape(shape)

    examples = [
        probe(np.array([[5]]), np.array([[2]]), (2, 2)),
        probe(np.array([[5, -1], [4, 6]]), np.array([[4, 7], [12, 10]]), (4, 4)),
        probe(np.array([[1.5, -2.25]]), np.array([[6, 2]]), (3, 5)),
        probe(np.array([[7, 8, 9]], np.uint8), np.array([[7, 2, 11]]), (2, 6)),
        probe(np.array([[1.5, 2.5], [0.5, 4.0]], np.float32), np.array([[0, 3], [9, 6]]), (4, 3)),
        probe(np.array([[0, -2]]), np.array([[1, 2]]), (1, 4)),
    ]

    def hidden(rng):
        for shape, size in (((4, 4), 2), ((6, 4), 2), ((5, 7), 2), ((9, 6), 3), ((3, 8), 1)):
            yield unpool_probe(rng, shape, size)
        yield unpool_probe(rng, (6, 6), 2, lambda shape: np.round(rng.normal(size=shape) / 2, 3))
        yield unpool_probe(rng, (4, 8), 4, lambda shape: rng.integers(1, 256, shape, dtype=np.uint8))
        yield unpool_probe(rng, (6, 4), 2, lambda shape: rng.normal(size=shape).astype(np.float32))

    @mistake(
        "You put each number in the top left corner of its window: a bed of nails. The switch says where in the map it "
        "belongs."
    )
    def top_left(y, switches, shape):
        result = np.zeros(shape, y.dtype)
        (h, w), (rows, columns) = shape, y.shape
        result[: rows * (h // rows) : h // rows, : columns * (w // columns) : w // columns] = y
        return result

    @mistake(
        "You filled each window with its number. Unpooling puts it in one place, where the maximum was; the others are "
        "0."
    )
    def everywhere(y, switches, shape):
        (h, w), (rows, columns) = shape, y.shape
        large = y.repeat(h // rows, axis=0).repeat(w // columns, axis=1)
        return np.pad(large, [(0, h - large.shape[0]), (0, w - large.shape[1])])

    @mistake(
        "Your switches are read down the columns. A flat position is row * width + column: row is `switch // width`, "
        "column is `switch % width`."
    )
    def column_by_column(y, switches, shape):
        result = np.zeros(shape, y.dtype)
        result.T.flat[switches.ravel()] = y.ravel()
        return result

    @mistake(
        "You divide the position by the height. A row is as long as the map is wide, so row and column come from "
        "`divmod(switch, shape[1])`."
    )
    def divided_by_the_height(y, switches, shape):
        result = np.zeros(shape, y.dtype)
        for value, switch in zip(y.ravel(), switches.ravel(), strict=True):
            row, column = divmod(int(switch), shape[0])
            result[row % shape[0], column % shape[1]] = value
        return result

    @mistake(
        "Your result is not of the shape that was asked for. The third argument has it: pooling drops rows that fill no "
        "window, and only the shape knows of them."
    )
    def shape_ignored(y, switches, shape):
        rows, columns = y.shape[0] * (shape[0] // y.shape[0]), y.shape[1] * (shape[1] // y.shape[1])
        result = np.zeros((rows, columns), y.dtype)
        result.flat[switches.ravel() % result.size] = y.ravel()
        return result

    @mistake("Your result cuts off what comes after the point: it is made of integers. Give it the type of y.")
    def integers(y, switches, shape):
        result = np.zeros(shape, int)
        result.flat[switches.ravel()] = y.astype(int).ravel()
        return result

    @mistake("Your result is flat. Fold it: `reshape(shape)`.")
    def unfolded(y, switches, shape):
        result = np.zeros(shape[0] * shape[1], y.dtype)
        result[switches.ravel()] = y.ravel()
        return result

    @mistake(
        "Your result is always a float array. The numbers of y are only moved, not computed with: keep their type, "
        "`np.zeros(shape, y.dtype)`."
    )
    def always_floats(y, switches, shape):
        result = np.zeros(shape)
        result.flat[switches.ravel()] = y.ravel()
        return result


def unpool_probe(rng, shape, size, values=None):
    """Numbers that go back up through the switches of a random map of `shape`."""
    x = rng.permutation(shape[0] * shape[1]).reshape(shape)
    switches = flat(x, size, blocks(x, size).argmax(axis=2))
    return probe(small(rng, *switches.shape) if values is None else values(switches.shape), switches, shape)
