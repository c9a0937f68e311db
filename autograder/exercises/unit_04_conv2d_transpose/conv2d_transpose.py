import numpy as np
import scipy.signal

from autograder.exercise import exercise, mistake, probe

from .shared import BACKWARDS, COUNT, NO_CONVOLVE, NO_LIBRARY, TWO, distinct, small, whole


@exercise("conv2d_transpose", points=3, objective=BACKWARDS, rules=[NO_LIBRARY, NO_CONVOLVE])
class Conv2dTranspose:
    """Transposed convolution of an (H, W) map with an (a, b) kernel: the adjoint of `corr2d` with this stride and pad."""

    def oracle(y, k, stride=1, pad=0):
        import tensorflow as tf

        y, k = np.asarray(y, float), np.asarray(k, float)
        shape = [(n - 1) * stride + size - 2 * pad for n, size in zip(y.shape, k.shape, strict=True)]
        x = tf.nn.conv2d_transpose(
            y[None, :, :, None], k[:, :, None, None], [1, *shape, 1], stride, [[0, 0], [pad, pad], [pad, pad], [0, 0]]
        ).numpy()[0, :, :, 0]
        # The adjoint identity <C z, y> = <z, C-transpose y>, with SciPy's correlation as C, must hold for any z.
        z = np.random.default_rng(0).normal(size=shape)
        forward = scipy.signal.correlate2d(np.pad(z, pad), k, mode="valid")[::stride, ::stride]
        if not np.isclose((forward * y).sum(), (z * x).sum(), atol=1e-9):
            raise ArithmeticError("tf.nn.conv2d_transpose is not the adjoint of SciPy's correlation here")
        return x

    examples = [
        probe(np.array([[1, 2]]), np.array([[1, 10], [100, 0]])),
        probe(TWO, np.array([[1, 0], [2, -1]])),
        probe(np.array([[200, 10], [0, 90]], np.uint8), np.array([[2, 1], [0, 3]], np.uint8)),
        probe(TWO, COUNT, stride=2),
        probe(np.array([[1, 0, 2], [0, 3, -1]]), np.array([[0, 1, 2], [2, 2, 0], [0, 1, 3]]), stride=2, pad=1),
        probe(np.array([[0.5, 2.0], [1.0, -1.5]]), np.array([[1.0, 2.0], [3.0, 4.0]]), stride=3),
        probe(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 2, 0, 3], [0, 1, 4, 1]]), stride=2),
        probe(np.array([[3]]), np.array([[1, 2], [3, 4], [5, 6]]), stride=4),
        probe(np.array([[1, 2], [3, 4]]), np.array([[2]]), stride=2),
        probe(np.array([[3, 1, 2]]), np.array([[0.5, 0.25]])),
        probe(np.array([[1, 2], [3, 4], [5, 6]]), np.arange(25).reshape(5, 5) % 7, stride=2, pad=2),
    ]

    def hidden(rng):
        for stride, pad in ((1, 0), (1, 1), (2, 0), (2, 1), (3, 2), (3, 0)):
            yield probe(small(rng, 4, 3), distinct(rng, 3, 3), stride=stride, pad=pad)
        yield probe(small(rng, 2, 5), distinct(rng, 4, 2), stride=2)
        yield probe(np.round(rng.normal(size=(3, 3)), 3), np.round(rng.normal(size=(2, 3)), 3), stride=2)
        yield probe(rng.integers(100, 256, (3, 4), dtype=np.uint8), distinct(rng, 2, 2).astype(np.uint8))
        yield probe(small(rng, 1, 1), distinct(rng, 3, 4), stride=2)
        yield probe(small(rng, 3, 2), distinct(rng, 5, 3), stride=2, pad=2)
        yield probe(small(rng, 2, 3), distinct(rng, 1, 1), stride=2)

    @mistake(
        "You solved for the input that would have given this map: that is an inverse. Running backwards multiplies "
        "with the transpose: each number of the map stamps its multiple of the kernel, and the stamps add up."
    )
    def inverse(y, k, stride=1, pad=0):
        shape = cut(whole(y, k, stride), pad).shape
        columns = [
            scipy.signal.correlate2d(np.pad(x, pad), np.asarray(k, float), mode="valid")[::stride, ::stride].ravel()
            for x in np.eye(shape[0] * shape[1]).reshape(-1, *shape)
        ]
        return (np.linalg.pinv(np.stack(columns, axis=1)) @ np.ravel(y)).reshape(shape)

    flipped = mistake(
        "Your kernel is flipped. Each number stamps the kernel as it is: the first weight lands top left. (Only the "
        "other view, a window that slides over the spread-out map, needs it turned by half.)",
        lambda y, k, stride=1, pad=0: cut(whole(y, k[::-1, ::-1], stride), pad),
    )

    @mistake(
        "Stamps that overlap replace one another here; they have to be added. Look for an `=` that should be `+=`."
    )
    def overwritten(y, k, stride=1, pad=0):
        total = np.zeros(whole(y, k, stride).shape)
        for (row, column), value in np.ndenumerate(np.asarray(y, float)):
            total[row * stride : row * stride + k.shape[0], column * stride : column * stride + k.shape[1]] = value * k
        return cut(total, pad)

    cropped = mistake(
        "What hangs over is cut off: your result has n * stride rows and columns. The last stamp needs room as well, "
        "so there are (n - 1) * stride + k.",
        lambda y, k, stride=1, pad=0: cut(whole(y, k, stride)[: y.shape[0] * stride, : y.shape[1] * stride], pad),
    )
    pad_ignored = mistake(
        "Your result ignores `pad`: it is cut off on all four sides, after all stamps are down.",
        lambda y, k, stride=1, pad=0: whole(y, k, stride),
    )
    pad_added = mistake(
        "You put zeros around the result. `pad` is what the forward convolution added to its input; running backwards, "
        "that rim is taken off again.",
        lambda y, k, stride=1, pad=0: np.pad(whole(y, k, stride), pad),
    )

    @mistake("You cut the rim off below and to the right only. `pad` rows and columns go on all four sides.")
    def cut_at_the_end(y, k, stride=1, pad=0):
        total = whole(y, k, stride)
        return total[: total.shape[0] - 2 * pad, : total.shape[1] - 2 * pad]

    stride_ignored = mistake(
        "Your result ignores `stride`: here it says how far apart the stamps of neighbours are, so it makes the result "
        "larger.",
        lambda y, k, stride=1, pad=0: cut(whole(y, k, 1), pad),
    )

    @mistake(
        "That is the convolution forwards: it makes the map smaller. Backwards, each number becomes a whole kernel."
    )
    def forwards(y, k, stride=1, pad=0):
        padded = np.pad(np.asarray(y, float), [(max(pad, k.shape[0] - y.shape[0]),) * 2, (max(pad, k.shape[1]),) * 2])
        return scipy.signal.correlate2d(padded, np.asarray(k, float), mode="valid")[::stride, ::stride]

    @mistake(
        "Integer overflow: map and kernel are both uint8 here, where 200 * 2 has no room and wraps around. Turn one of "
        "them into floats before you multiply."
    )
    def overflow(y, k, stride=1, pad=0):
        total = np.zeros(whole(y, k, stride).shape)
        for (row, column), value in np.ndenumerate(y):
            with np.errstate(over="ignore"):
                stamp = value * k
            total[row * stride : row * stride + k.shape[0], column * stride : column * stride + k.shape[1]] += stamp
        return cut(total, pad)

    kept_type = mistake(
        "Your result has the type of the map, and a uint8 cell has no room for a sum above 255. The task asks for "
        "float64: `np.zeros(shape)` has it, `np.zeros_like(y)` has not.",
        lambda y, k, stride=1, pad=0: cut(whole(y, k, stride), pad).astype(np.int64).astype(y.dtype),
    )
    slice_to_minus_zero = mistake(
        "Nothing is left where the padding is 0: `total[0:-0]` is `total[0:0]`, which is empty. Write the end of the slice "
        "as `total.shape[0] - pad`.",
        lambda y, k, stride=1, pad=0: whole(y, k, stride)[pad:-pad, pad:-pad],
    )
    zeros_behind_the_last = mistake(
        "You spread the map out with zeros behind its last number as well. They stand between neighbours only: n numbers "
        "with stride - 1 zeros between them are (n - 1) * stride + 1 long.",
        lambda y, k, stride=1, pad=0: cut(np.pad(whole(y, k, stride), (0, stride - 1)), pad),
    )
    one_stride_too_long = mistake(
        "Your result is one stride too long: n stamps are only n - 1 strides apart, and the last one is as long as the "
        "kernel.",
        lambda y, k, stride=1, pad=0: cut(np.pad(whole(y, k, stride), (0, stride)), pad),
    )


def cut(total, pad):
    """`pad` rows and columns taken off on all four sides."""
    return total[pad : total.shape[0] - pad, pad : total.shape[1] - pad]
