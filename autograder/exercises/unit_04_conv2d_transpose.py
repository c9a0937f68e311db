"""Unit 04: convolution run backwards, upsampling, unpooling, and a network that labels every pixel.

What every exercise of this unit keeps to:

- `conv2d_transpose` is the adjoint of the correlation of unit 02: same kernel, never flipped, the same stride and
  padding; `pad` is what the *forward* convolution put around its input, so it is cut off here;
- its size is (n - 1) s + k - 2 p, as short as it can be; Keras' layer never goes below n s, which `out_size_t` tells;
- a switch is a flat position, row * width + column, in the map that was pooled.
"""

import numpy as np
import scipy.signal

from autograder.exercise import OTHER_LIBRARIES, exercise, forbid_calls, mistake, probe, right_answer
from course_utils.expect import model
from course_utils.values import ask

MATRIX = "write a convolution as a matrix, every weight in its place"
BACKWARDS = "run a convolution backwards by stamping its kernel"
SIZES = "predict the size of what comes out, and where its stamps overlap"
ENLARGE = "enlarge a feature map without a checkerboard"
SWITCHES = "pool with switches, and put every maximum back where it was"
PIXELS = "build a network that labels every pixel"

NO_LIBRARY = forbid_calls(
    *OTHER_LIBRARIES,
    "course_utils",
    hint="This one is by hand, so that you see every step: plain Python and NumPy, no other library and no explorer. "
    "The libraries come afterwards, to agree with you.",
    said="plain Python and NumPy, no other library",
)
NO_CONVOLVE = forbid_calls(
    *("np.convolve", "np.correlate"),
    hint="This one is by hand, so that you see every step: stamp, or slide, by yourself.",
    said="neither `np.convolve` nor `np.correlate`",
)

COUNT = np.arange(1, 10).reshape(3, 3)
TWO = np.array([[1, 2], [3, 4]])


def small(rng, *shape):
    """Random integers from -9 to 9, none of them 0, so that each one leaves a trace."""
    return rng.integers(1, 10, shape) * rng.choice([-1, 1], shape)


def distinct(rng, *shape):
    """A kernel of different integers that no flip and no transposition leaves as it was."""
    size = int(np.prod(shape))
    return (rng.permutation(size) + 1).reshape(shape)


def positions(kernel, n):
    """For each place of the window: flat positions of the pixels under it, in the order of the kernel's weights."""
    a, b = kernel.shape
    inside = (np.arange(a)[:, None] * n + np.arange(b)).ravel()
    return [row * n + column + inside for row in range(n - a + 1) for column in range(n - b + 1)]


def matrix(kernel, n):
    """C, for the mistakes that change it: ((n - a + 1)(n - b + 1), n * n)."""
    found = positions(kernel, n)
    c = np.zeros((len(found), n * n))
    for line, places in zip(c, found, strict=True):
        line[places] = kernel.ravel()
    return c


@exercise("conv_matrix", points=2, objective=MATRIX, rules=[NO_LIBRARY])
class ConvMatrix:
    """The matrix C with C @ x.ravel() = valid correlation of an (n, n) image x with an (a, b) kernel, row by row."""

    def oracle(kernel, n):
        pixels = np.eye(n * n).reshape(n * n, n, n)  # an image for each pixel: what it does is a column of C
        return np.stack(
            [scipy.signal.correlate2d(x, np.asarray(kernel, float), mode="valid").ravel() for x in pixels], axis=1
        )

    examples = [
        probe(TWO, 3),
        probe(COUNT, 4),
        probe(np.array([[1, 2, 3], [4, 5, 6]]), 4),
        probe(np.array([[7]]), 2),
    ]

    def hidden(rng):
        for a, b, n in ((3, 3, 4), (2, 2, 4), (3, 3, 6), (1, 3, 4), (3, 1, 5), (2, 3, 5), (4, 4, 4)):
            yield probe(distinct(rng, a, b), n)
        yield probe(np.round(rng.normal(size=(3, 3)), 3), 5)

    @mistake(
        "That is C-transpose. C itself has a row for each place of the window and a column for each pixel, so that it "
        "takes an image and gives a feature map."
    )
    def transposed(kernel, n):
        return matrix(kernel, n).T

    @mistake(
        "The rows of the kernel follow one another without a gap. In the flat image the pixel below is n places away, "
        "not k: between two rows of the kernel there are n - k zeros."
    )
    def no_gap(kernel, n):
        a, b = kernel.shape
        c = np.zeros(((n - a + 1) * (n - b + 1), n * n))
        for place, line in enumerate(c):
            start = place // (n - b + 1) * n + place % (n - b + 1)
            line[start : start + kernel.size] = kernel.ravel()
        return c

    @mistake(
        "A column is missing: C-transpose has one row less than the image has pixels, as in the handout. Where a window "
        "stops and its next row begins, two different pixels were taken for one."
    )
    def printed_band(kernel, n):
        c = matrix(kernel, n)
        gap = min(kernel.shape[1], n * n - 2)
        c[:, gap] += c[:, gap + 1]
        return np.delete(c, gap + 1, axis=1)

    @mistake(
        "Each row is the one above, shifted by one. That holds while the window moves across; at the end of a row of "
        "places it jumps to the next row of pixels, so the shift is larger there."
    )
    def always_shifted_by_one(kernel, n):
        c = matrix(kernel, n)
        return np.stack([np.roll(c[0], place) for place in range(len(c))])

    @mistake(
        "Your kernel is flipped: that is the matrix of true convolution. Here the top left weight meets the window's "
        "top left pixel."
    )
    def flipped(kernel, n):
        return matrix(kernel[::-1, ::-1], n)

    @mistake("You read the kernel column by column. Both image and kernel are flattened row by row, as `ravel` does.")
    def column_by_column(kernel, n):
        found = positions(kernel, n)
        c = np.zeros((len(found), n * n))
        for line, places in zip(c, found, strict=True):
            line[places] = kernel.ravel(order="F")
        return c

    @mistake(
        "One place is missing along each side: a window of k fits at n - k + 1 places along n pixels, not at n - k."
    )
    def places_off_by_one(kernel, n):
        a, b = kernel.shape
        whole = matrix(kernel, n).reshape(n - a + 1, n - b + 1, n * n)
        return whole[: n - a, : n - b].reshape((n - a) * (n - b), n * n)

    @mistake(
        "You have a row for every pixel. A row belongs to a place of the window, and a window lies whole inside the image: "
        "there are n - k + 1 places along each side, so fewer rows than columns."
    )
    def row_for_every_pixel(kernel, n):
        c = np.zeros((n * n, n * n))
        for places in positions(kernel, n):
            c[places[0], places] = kernel.ravel()
        return c

    @right_answer
    def four_dimensions(kernel, n):
        a, b = kernel.shape
        c = np.zeros((n - a + 1, n - b + 1, n, n))
        for row, column in np.ndindex(c.shape[:2]):
            c[row, column, row : row + a, column : column + b] = kernel
        return c.reshape(-1, n * n)

    @right_answer
    def one_weight_at_a_time(kernel, n):
        (a, b) = kernel.shape
        rows, columns = n - a + 1, n - b + 1
        c = np.zeros((rows * columns, n * n))
        for i in range(a):
            for j in range(b):
                for place in range(rows * columns):
                    c[place, (place // columns + i) * n + place % columns + j] = float(kernel[i, j])
        return c

    @right_answer
    def sum_of_shifted_diagonals(kernel, n):
        a, b = kernel.shape
        return sum(
            float(weight) * np.kron(np.eye(n - a + 1, n, k=i), np.eye(n - b + 1, n, k=j))
            for (i, j), weight in np.ndenumerate(kernel)
        )

    @right_answer
    def with_windows_of_positions(kernel, n):
        pixels = np.arange(n * n).reshape(n, n)
        under = np.lib.stride_tricks.sliding_window_view(pixels, kernel.shape).reshape(-1, kernel.size)
        c = np.zeros((len(under), n * n))
        np.put_along_axis(c, under, np.broadcast_to(kernel.ravel(), under.shape), axis=1)
        return c

    @right_answer
    def rolled_and_stacked(kernel, n):
        a, b = kernel.shape
        first = np.pad(kernel, ((0, n - a), (0, n - b))).astype(float).ravel()
        return np.vstack([np.roll(first, i * n + j) for i in range(n - a + 1) for j in range(n - b + 1)])

    @right_answer
    def column_by_column_of_single_pixels(kernel, n):
        a, b = kernel.shape
        columns = []
        for pixel in range(n * n):
            row, column = divmod(pixel, n)
            answer = np.zeros((n - a + 1, n - b + 1))
            for i in range(a):
                for j in range(b):
                    if 0 <= row - i <= n - a and 0 <= column - j <= n - b:
                        answer[row - i, column - j] = kernel[i, j]
            columns.append(answer.reshape(-1))
        return np.array(columns).T

    @right_answer
    def lists_of_floats(kernel, n):
        a, b = kernel.shape
        table = []
        for top in range(n - a + 1):
            for left in range(n - b + 1):
                line = [0.0] * (n * n)
                for i, weights in enumerate(kernel.tolist()):
                    start = (top + i) * n + left
                    line[start : start + b] = weights
                table.append(line)
        return np.array(table, dtype=np.float64)


def whole(y, k, stride):
    """The transposed convolution before anything is cut off, for the mistakes: ((H - 1) s + a, (W - 1) s + b)."""
    rows, columns = ((n - 1) * stride + size for n, size in zip(y.shape, k.shape, strict=True))
    total = np.zeros((rows, columns))
    for (i, j), weight in np.ndenumerate(np.asarray(k, float)):
        (h, w) = y.shape
        total[i : i + (h - 1) * stride + 1 : stride, j : j + (w - 1) * stride + 1 : stride] += weight * y
    return total


def cut(total, pad):
    """`pad` rows and columns taken off on all four sides."""
    return total[pad : total.shape[0] - pad, pad : total.shape[1] - pad]


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

    @mistake(
        "Your kernel is flipped. Each number stamps the kernel as it is: the first weight lands top left. (Only the "
        "other view, a window that slides over the spread-out map, needs it turned by half.)"
    )
    def flipped(y, k, stride=1, pad=0):
        return cut(whole(y, k[::-1, ::-1], stride), pad)

    @mistake(
        "Stamps that overlap replace one another here; they have to be added. Look for an `=` that should be `+=`."
    )
    def overwritten(y, k, stride=1, pad=0):
        total = np.zeros(whole(y, k, stride).shape)
        for (row, column), value in np.ndenumerate(np.asarray(y, float)):
            total[row * stride : row * stride + k.shape[0], column * stride : column * stride + k.shape[1]] = value * k
        return cut(total, pad)

    @mistake(
        "What hangs over is cut off: your result has n * stride rows and columns. The last stamp needs room as well, "
        "so there are (n - 1) * stride + k."
    )
    def cropped(y, k, stride=1, pad=0):
        return cut(whole(y, k, stride)[: y.shape[0] * stride, : y.shape[1] * stride], pad)

    @mistake("Your result ignores `pad`: it is cut off on all four sides, after all stamps are down.")
    def pad_ignored(y, k, stride=1, pad=0):
        return whole(y, k, stride)

    @mistake(
        "You put zeros around the result. `pad` is what the forward convolution added to its input; running backwards, "
        "that rim is taken off again."
    )
    def pad_added(y, k, stride=1, pad=0):
        return np.pad(whole(y, k, stride), pad)

    @mistake("You cut the rim off below and to the right only. `pad` rows and columns go on all four sides.")
    def cut_at_the_end(y, k, stride=1, pad=0):
        total = whole(y, k, stride)
        return total[: total.shape[0] - 2 * pad, : total.shape[1] - 2 * pad]

    @mistake(
        "Your result ignores `stride`: here it says how far apart the stamps of neighbours are, so it makes the result "
        "larger."
    )
    def stride_ignored(y, k, stride=1, pad=0):
        return cut(whole(y, k, 1), pad)

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

    @mistake(
        "Your result has the type of the map, and a uint8 cell has no room for a sum above 255. The task asks for "
        "float64: `np.zeros(shape)` has it, `np.zeros_like(y)` has not."
    )
    def kept_type(y, k, stride=1, pad=0):
        return cut(whole(y, k, stride), pad).astype(np.int64).astype(y.dtype)

    @mistake(
        "Nothing is left where the padding is 0: `total[0:-0]` is `total[0:0]`, which is empty. Write the end of the slice "
        "as `total.shape[0] - pad`."
    )
    def slice_to_minus_zero(y, k, stride=1, pad=0):
        return whole(y, k, stride)[pad:-pad, pad:-pad]

    @mistake(
        "You spread the map out with zeros behind its last number as well. They stand between neighbours only: n numbers "
        "with stride - 1 zeros between them are (n - 1) * stride + 1 long."
    )
    def zeros_behind_the_last(y, k, stride=1, pad=0):
        return cut(np.pad(whole(y, k, stride), (0, stride - 1)), pad)

    @mistake(
        "Your result is one stride too long: n stamps are only n - 1 strides apart, and the last one is as long as the "
        "kernel."
    )
    def one_stride_too_long(y, k, stride=1, pad=0):
        return cut(np.pad(whole(y, k, stride), (0, stride)), pad)

    @right_answer
    def spread_and_slide(y, k, stride=1, pad=0):
        (a, b), (h, w) = k.shape, y.shape
        wide = np.zeros(((h - 1) * stride + 2 * a - 1, (w - 1) * stride + 2 * b - 1))
        wide[a - 1 : a - 1 + (h - 1) * stride + 1 : stride, b - 1 : b - 1 + (w - 1) * stride + 1 : stride] = y
        windows = np.lib.stride_tricks.sliding_window_view(wide, (a, b))
        total = np.einsum("ijab,ab->ij", windows, k[::-1, ::-1].astype(float))
        return total[pad : total.shape[0] - pad or None, pad : total.shape[1] - pad or None]

    @right_answer
    def one_output_at_a_time(y, k, stride=1, pad=0):
        (h, w), (a, b) = y.shape, k.shape
        result = np.zeros(((h - 1) * stride + a - 2 * pad, (w - 1) * stride + b - 2 * pad))
        for row, column in np.ndindex(result.shape):
            for i in range(h):
                for j in range(w):
                    p, q = row + pad - i * stride, column + pad - j * stride
                    if 0 <= p < a and 0 <= q < b:
                        result[row, column] += float(y[i, j]) * float(k[p, q])
        return result

    @right_answer
    def with_the_matrix(y, k, stride=1, pad=0):
        (h, w), (a, b) = y.shape, k.shape
        rows, columns = (h - 1) * stride + a, (w - 1) * stride + b
        c = np.zeros((h * w, rows, columns))
        for place in range(h * w):
            top, left = place // w * stride, place % w * stride
            c[place, top : top + a, left : left + b] = k
        full = (c.reshape(h * w, -1).T @ y.ravel().astype(float)).reshape(rows, columns)
        return full[pad : rows - pad, pad : columns - pad]

    @right_answer
    def one_weight_at_a_time(y, k, stride=1, pad=0):
        y = y.astype(float)
        total = np.zeros([(n - 1) * stride + size for n, size in zip(y.shape, k.shape, strict=True)])
        reach = [(n - 1) * stride + 1 for n in y.shape]
        for i in range(k.shape[0]):
            for j in range(k.shape[1]):
                total[i : i + reach[0] : stride, j : j + reach[1] : stride] += k[i, j] * y
        return total[pad:, pad:] if pad == 0 else total[pad:-pad, pad:-pad]

    @right_answer
    def gathered_with_less_padding(y, k, stride=1, pad=0):
        a, b = k.shape
        spread = np.zeros(((y.shape[0] - 1) * stride + 1, (y.shape[1] - 1) * stride + 1))
        spread[::stride, ::stride] = y
        spread = np.pad(spread, [(a - 1 - pad, a - 1 - pad), (b - 1 - pad, b - 1 - pad)])
        turned = np.rot90(k, 2)
        rows, columns = spread.shape[0] - a + 1, spread.shape[1] - b + 1
        return np.array([[np.sum(spread[i : i + a, j : j + b] * turned) for j in range(columns)] for i in range(rows)])

    @right_answer
    def added_at_positions(y, k, stride=1, pad=0):
        h, w, a, b = *y.shape, *k.shape
        rows = np.arange(h)[:, None, None, None] * stride + np.arange(a)[:, None]
        columns = np.arange(w)[:, None, None] * stride + np.arange(b)
        total = np.zeros(((h - 1) * stride + a, (w - 1) * stride + b))
        np.add.at(total, (rows, columns), y[:, :, None, None] * k.astype(np.float64))
        return np.ascontiguousarray(total[pad : len(total) - pad, pad : total.shape[1] - pad])

    @right_answer
    def as_a_gradient(y, k, stride=1, pad=0):
        y, k = np.float64(y), np.float64(k)
        shape = [(n - 1) * stride + size for n, size in zip(y.shape, k.shape, strict=True)]
        gradient = np.zeros(shape)
        for row, column in np.ndindex(*shape):
            pixel = np.zeros(shape)
            pixel[row, column] = 1
            windows = np.lib.stride_tricks.sliding_window_view(pixel, k.shape)[::stride, ::stride]
            gradient[row, column] = np.einsum("ijab,ab,ij", windows, k, y)
        return gradient[pad : shape[0] - pad, pad : shape[1] - pad]

    @right_answer
    def rows_of_dictionaries(y, k, stride=1, pad=0):
        from collections import defaultdict

        sums = defaultdict(float)
        for (i, j), value in np.ndenumerate(y):
            for (p, q), weight in np.ndenumerate(k):
                sums[i * stride + p - pad, j * stride + q - pad] += float(value) * float(weight)
        height = (y.shape[0] - 1) * stride + k.shape[0] - 2 * pad
        width = (y.shape[1] - 1) * stride + k.shape[1] - 2 * pad
        return np.array([[sums[row, column] for column in range(width)] for row in range(height)])


@exercise("out_size_t", points=1, objective=SIZES)
class OutSizeT:
    """How long Keras' Conv2DTranspose makes an axis of n, with a kernel of k, a stride of s, 'valid' or 'same'."""

    def oracle(n, k, s, padding):
        import keras

        layer = keras.layers.Conv2DTranspose(1, k, strides=s, padding=padding)
        return int(layer.compute_output_shape((1, n, n, 1))[1])

    examples = [
        probe(5, 3, 1, "valid"),
        probe(5, 3, 2, "same"),
        probe(5, 3, 2, "valid"),
        probe(5, 3, 1, "same"),
        probe(4, 2, 3, "valid"),
        probe(3, 6, 2, "valid"),
    ]

    def hidden(rng):
        for k, s in ((3, 1), (4, 2), (5, 2), (2, 2), (1, 3), (2, 4), (7, 3), (2, 5)):
            for padding in ("valid", "same"):
                yield probe(int(rng.integers(6, 40)), k, s, padding)
        yield probe(1, 4, 2, "valid")
        yield probe(2, 4, 3, "valid")
        yield probe(1, 4, 2, "same")

    @mistake(
        "Right but where the kernel is smaller than the stride. (n - 1) s + k is the shortest input that this forward "
        "formula takes back to n; Keras' layer never gives less than n s, and fills up with zeros."
    )
    def inverts_the_formula(n, k, s, padding):
        return n * s if padding == "same" else (n - 1) * s + k

    @mistake(
        "That is the size of the convolution forwards. Backwards, it grows: the first number needs a whole kernel, each "
        "further one adds a stride."
    )
    def forwards(n, k, s, padding):
        return -(-n // s) if padding == "same" else max(0, (n - k) // s + 1)

    @mistake("You treat 'valid' like 'same'. Nothing is cut off in 'valid': the last stamp is there to its end.")
    def always_same(n, k, s, padding):
        return n * s

    @mistake("You treat 'same' like 'valid'. In 'same' the size is n times the stride, whatever the kernel.")
    def always_valid(n, k, s, padding):
        return n * s + max(k - s, 0)

    @mistake("In 'same' you left the size as it was; that holds for stride 1 only. It becomes n times the stride.")
    def same_is_n(n, k, s, padding):
        return n if padding == "same" else n * s + max(k - s, 0)

    @mistake("One stride too many in 'valid': n stamps are only n - 1 strides apart, and the last one is k long.")
    def one_stride_too_many(n, k, s, padding):
        return n * s if padding == "same" else n * s + k

    @right_answer
    def the_larger_of_both(n, k, s, padding):
        return n * s if padding == "same" else max((n - 1) * s + k, n * s)

    @right_answer
    def by_cases(n, k, s, padding):
        if padding == "valid" and k > s:
            return (n - 1) * s + k
        return s * n

    @right_answer
    def stamp_by_stamp(n, k, s, padding):
        covered = set()
        for i in range(n):
            covered |= set(range(i * s, i * s + (s if padding == "same" else max(k, s))))
        return len(covered | set(range(n * s)))

    @right_answer
    def with_recursion(n, k, s, padding):
        if n > 1:
            return s + OutSizeT.right_answers["with_recursion"](n - 1, k, s, padding)
        return s if padding == "same" or k < s else k

    @right_answer
    def with_a_table_of_functions(n, k, s, padding):
        sizes = {"same": lambda: n * s, "valid": lambda: (n - 1) * s + sorted((k, s))[-1]}
        return sizes[padding]()

    @right_answer
    def as_numpy_int(n, k, s, padding):
        overhang = np.clip(k - s, 0, None) * (padding == "valid")
        return np.int64(n * s) + overhang

    @right_answer
    def asked_of_the_layer(n, k, s, padding):
        from keras import layers, ops

        return layers.Conv2DTranspose(2, k, s, padding)(ops.ones((1, n, 1, 1))).shape[1]


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

    examples = [probe(2, 2, 1), probe(2, 3, 2), probe(2, 2, 3), probe(3, 4, 2), probe(3, 5, 2)]

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

    @mistake(
        "You counted along one axis only. The map has two; the count of a place is that of its row times its column."
    )
    def one_axis(n, k, s):
        return whole(np.ones((1, n)), np.ones((1, k)), s)[0].astype(int)

    @mistake("You marked what is covered instead of counting how often. Look for an `=` that should be `+=`.")
    def covered(n, k, s):
        return np.minimum(whole(np.ones((n, n)), np.ones((k, k)), s), 1).astype(int)

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

    @mistake(
        "Your counts are right, and they are floats. A count is an integer: `.astype(int)`, or `np.zeros(..., int)`."
    )
    def floats(n, k, s):
        return whole(np.ones((n, n)), np.ones((k, k)), s)

    @mistake(
        "Your array is one stride too long: n stamps are only n - 1 strides apart, and the last one is k long. The last "
        "rows and columns are never covered."
    )
    def one_stride_too_long(n, k, s):
        return np.pad(whole(np.ones((n, n)), np.ones((k, k)), s), (0, s)).astype(int)

    @right_answer
    def one_axis_times_the_other(n, k, s):
        along = np.zeros((n - 1) * s + k, int)
        for start in range(0, n * s, s):
            along[start : start + k] += 1
        return np.outer(along, along)

    @right_answer
    def by_counting(n, k, s):
        size = (n - 1) * s + k
        reach = [sum(0 <= place - i * s < k for i in range(n)) for place in range(size)]
        return np.array([[up * across for across in reach] for up in reach])

    @right_answer
    def ones_run_backwards(n, k, s):
        return whole(np.ones((n, n)), np.ones((k, k)), s).astype(int)

    @right_answer
    def stamp_by_stamp_as_uint8(n, k, s):
        size = (n - 1) * s + k
        counts = np.zeros((size, size), np.uint8)
        for i in range(0, size - k + 1, s):
            for j in range(0, size - k + 1, s):
                counts[i : i + k, j : j + k] += 1
        return counts

    @right_answer
    def with_bincount(n, k, s):
        along = np.bincount((np.arange(n)[:, None] * s + np.arange(k)).ravel())
        return along.reshape(-1, 1) @ along.reshape(1, -1)

    @right_answer
    def closed_form(n, k, s):
        place = np.arange((n - 1) * s + k)
        last = np.minimum(place // s, n - 1)
        first = np.maximum(np.ceil((place - k + 1) / s), 0)
        along = (last - first + 1).clip(0).astype(np.int32)
        return np.multiply.outer(along, along)

    @right_answer
    def with_a_mask_for_each_stamp(n, k, s):
        place = np.arange((n - 1) * s + k)
        under = (place >= s * np.arange(n)[:, None]) & (place < s * np.arange(n)[:, None] + k)
        return np.einsum("ip,jq->pq", under.astype(int), under.astype(int))


CHANNELS = np.array([[[1, 10], [2, 20]], [[3, 30], [4, 40]]])


@exercise("upsample_nearest", points=1, objective=ENLARGE, rules=[NO_LIBRARY], dtype="exact")
class UpsampleNearest:
    """Each pixel of an (H, W) or (H, W, C) array becomes a block of f x f equal ones; the type stays."""

    def oracle(x, f):
        import keras

        x = np.asarray(x)
        batch = x.reshape(1, *x.shape[:2], -1).astype(float)
        large = np.asarray(keras.layers.UpSampling2D(f, interpolation="nearest", dtype="float64")(batch))[0]
        return large.reshape(*large.shape[:2], *x.shape[2:]).astype(x.dtype)

    examples = [
        probe(TWO, 2),
        probe(np.array([[0.5, 2.0, -1.0]]), 3),
        probe(CHANNELS, 2),
        probe(np.array([[10, 200], [30, 250], [0, 7]], np.uint8), 1),
    ]

    def hidden(rng):
        for f in (2, 3, 4):
            yield probe(small(rng, 3, 4), f)
            yield probe(np.round(rng.normal(size=(2, 3, 3)), 3), f)
        yield probe(rng.integers(0, 256, (4, 3), dtype=np.uint8), 2)
        yield probe(rng.normal(size=(2, 2, 1)).astype(np.float32), 2)

    @mistake(
        "`np.tile` lays whole copies of the picture side by side. Here every single pixel is to be repeated: look at "
        "`np.repeat`."
    )
    def tiled(x, f):
        return np.tile(x, (f, f) + (1,) * (x.ndim - 2))

    @mistake(
        "`np.tile` lays whole copies of the picture side by side, and with two numbers it does so along the *last* two "
        "axes. Here every single pixel is to be repeated: look at `np.repeat`."
    )
    def tiled_along_the_last_axes(x, f):
        return np.tile(x, (f, f))

    @mistake("Your picture only grows downwards: the columns are to be repeated as well.")
    def rows_only(x, f):
        return x.repeat(f, axis=0)

    @mistake("Your picture only grows to the right: the rows are to be repeated as well.")
    def columns_only(x, f):
        return x.repeat(f, axis=1)

    @mistake(
        "You left zeros between the pixels: a bed of nails. It is one step of the transposed convolution; nearest "
        "neighbour fills the whole block with the pixel."
    )
    def bed_of_nails(x, f):
        large = np.zeros((x.shape[0] * f, x.shape[1] * f, *x.shape[2:]), x.dtype)
        large[::f, ::f] = x
        return large

    @mistake(
        "`np.repeat` without an axis flattens the array first. Repeat along axis 0, and what comes out along axis 1."
    )
    def flattened(x, f):
        return np.repeat(x, f)

    @mistake("The channels were repeated too. Only the first two axes grow; the third one, where there is one, stays.")
    def last_axis_too(x, f):
        for axis in range(x.ndim):
            x = x.repeat(f, axis=axis)
        return x

    @right_answer
    def by_indices(x, f):
        rows, columns = np.arange(x.shape[0] * f) // f, np.arange(x.shape[1] * f) // f
        return x[rows][:, columns]

    @right_answer
    def with_loops(x, f):
        large = np.empty((x.shape[0] * f, x.shape[1] * f, *x.shape[2:]), x.dtype)
        for row in range(large.shape[0]):
            for column in range(large.shape[1]):
                large[row, column] = x[row // f, column // f]
        return large

    @right_answer
    def broadcast(x, f):
        h, w, *rest = x.shape
        return np.broadcast_to(x[:, None, :, None], (h, f, w, f, *rest)).reshape(h * f, w * f, *rest).copy()

    @right_answer
    def with_kron(x, f):
        block = np.ones((f, f), x.dtype) if x.ndim == 2 else np.ones((f, f, 1), x.dtype)
        return np.kron(x, block)

    @right_answer
    def filled_step_by_step(x, f):
        large = np.zeros((f * x.shape[0], f * x.shape[1], *x.shape[2:]), dtype=x.dtype)
        for i in range(f):
            for j in range(f):
                large[i::f, j::f] = x
        return large

    @right_answer
    def row_by_row(x, f):
        lines = []
        for line in x:
            wide = np.stack([pixel for pixel in line for _ in range(f)])
            lines.extend([wide] * f)
        return np.array(lines)

    @right_answer
    def one_axis_after_the_other(x, f):
        for axis in 0, 1:
            x = np.take(x, [place // f for place in range(x.shape[axis] * f)], axis=axis)
        return x


POOLED_MAP = np.array([[1, 3, -2, -4], [5, -1, -3, -1], [0, 2, 6, 1], [4, 2, 0, 1]])
TIES = np.array([[7, 7, 0, 2, 9], [7, 1, 4, 4, 9], [7, 3, 5, 5, 9]])


def blocks(x, size):
    """The windows, flattened: (H // size, W // size, size * size)."""
    rows, columns = (n // size for n in x.shape)
    cut_to_fit = x[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return cut_to_fit.swapaxes(1, 2).reshape(rows, columns, size * size)


def flat(x, size, inside):
    """Flat positions in x of the places `inside` its windows, (H // size, W // size) numbers from 0 to size^2 - 1."""
    rows, columns = np.indices(inside.shape)
    return (rows * size + inside // size) * x.shape[1] + columns * size + inside % size


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

    @mistake(
        "Your switches count inside the window, from 0 to size * size - 1. They are to be positions in the whole map: "
        "row * width + column."
    )
    def inside_the_window(x, size):
        return blocks(x, size).max(axis=2), blocks(x, size).argmax(axis=2)

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

    @right_answer
    def window_by_window(x, size):
        rows, columns = x.shape[0] // size, x.shape[1] // size
        pooled, switches = np.zeros((rows, columns), x.dtype), np.zeros((rows, columns), int)
        for row in range(rows):
            for column in range(columns):
                best = (row * size, column * size)
                for i in range(row * size, row * size + size):
                    for j in range(column * size, column * size + size):
                        if x[i, j] > x[best]:
                            best = (i, j)
                pooled[row, column], switches[row, column] = x[best], best[0] * x.shape[1] + best[1]
        return pooled, switches

    @right_answer
    def with_positions_beside(x, size):
        rows, columns = x.shape[0] // size, x.shape[1] // size

        def windows(of):
            of = of[: rows * size, : columns * size].reshape(rows, size, columns, size)
            return of.transpose(0, 2, 1, 3).reshape(rows, columns, -1)

        values, places = windows(x), windows(np.arange(x.size).reshape(x.shape))
        best = values.argmax(axis=-1)[..., None]
        return np.take_along_axis(values, best, -1)[..., 0], np.take_along_axis(places, best, -1)[..., 0]

    @right_answer
    def with_unravel_index_and_lists(x, size):
        pooled, switches = [], []
        for top in range(0, x.shape[0] - size + 1, size):
            pooled.append([])
            switches.append([])
            for left in range(0, x.shape[1] - size + 1, size):
                window = x[top : top + size, left : left + size]
                down, across = np.unravel_index(np.argmax(window), window.shape)
                pooled[-1].append(window[down, across])
                switches[-1].append(np.ravel_multi_index((top + down, left + across), x.shape))
        return np.array(pooled), np.array(switches)

    @right_answer
    def switches_first_as_int32(x, size):
        width = x.shape[1]
        corners = np.arange(x.size).reshape(x.shape)[: -size + 1 or None : size, : -size + 1 or None : size]
        inside = (np.arange(size)[:, None] * width + np.arange(size)).ravel()
        places = corners[:, :, None] + inside  # (rows, columns, size * size)
        best = x.ravel()[places].argmax(axis=2)
        switches = (corners + inside[best]).astype(np.int32)
        return x.ravel()[switches], switches

    @right_answer
    def from_minus_infinity(x, size):
        rows, columns = x.shape[0] // size, x.shape[1] // size
        pooled, switches = np.full((rows, columns), -np.inf), np.full((rows, columns), -1)
        for row, column in np.ndindex(rows * size, columns * size):
            place = row // size, column // size
            if x[row, column] > pooled[place]:
                pooled[place] = x[row, column]
                switches[place] = row * x.shape[1] + column
        return pooled.astype(x.dtype), switches

    @right_answer
    def with_the_largest_key(x, size):
        def position(row, column):
            inside = [(row * size + i, column * size + j) for i in range(size) for j in range(size)]
            best = max(inside, key=lambda place: x[place])
            return best[0] * x.shape[1] + best[1]

        rows, columns = (n // size for n in x.shape)
        switches = np.array([[position(row, column) for column in range(columns)] for row in range(rows)])
        return np.take(x, switches), switches


def unpool_probe(rng, shape, size, values=None):
    """Numbers that go back up through the switches of a random map of `shape`."""
    x = rng.permutation(shape[0] * shape[1]).reshape(shape)
    switches = flat(x, size, blocks(x, size).argmax(axis=2))
    return probe(small(rng, *switches.shape) if values is None else values(switches.shape), switches, shape)


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

    @right_answer
    def with_put(y, switches, shape):
        result = np.zeros(shape, dtype=y.dtype)
        np.put(result, switches, y)
        return result

    @right_answer
    def with_rows_and_columns(y, switches, shape):
        result = np.zeros(shape, dtype=y.dtype)
        for place in np.ndindex(y.shape):
            row, column = divmod(int(switches[place]), shape[1])
            result[row, column] = y[place]
        return result

    @right_answer
    def through_a_flat_view(y, switches, shape):
        result = np.zeros(shape[0] * shape[1], y.dtype)
        result[switches] = y
        return result.reshape(shape)

    @right_answer
    def with_unravel_index(y, switches, shape):
        result = np.full(shape, 0, dtype=y.dtype)
        result[np.unravel_index(switches, shape)] = y
        return result

    @right_answer
    def with_bincount(y, switches, shape):
        summed = np.bincount(switches.flatten(), weights=y.flatten(), minlength=np.prod(shape))
        return summed.reshape(shape).astype(y.dtype)

    @right_answer
    def with_a_dictionary(y, switches, shape):
        values = dict(zip(switches.ravel().tolist(), y.ravel().tolist(), strict=True))
        height, width = shape
        rows = [[values.get(row * width + column, 0) for column in range(width)] for row in range(height)]
        return np.array(rows, y.dtype)

    @right_answer
    def with_a_matrix_of_zeros_and_ones(y, switches, shape):
        at = switches.reshape(-1, 1) == np.arange(shape[0] * shape[1])  # (numbers, pixels)
        return (y.ravel() @ at.astype(y.dtype)).reshape(shape)


def looked_at(shape, sides, classes=3, fit=False):
    """A probe that asks for a network for `shape` and shows it two pictures of each of `sides`, (H, W) pairs.

    With `fit` the network is also trained a little on bright and dark squares, so that a loss can fall.
    """
    rng = np.random.default_rng(sum(side[0] + 7 * side[1] for side in sides))
    batches = [rng.normal(size=(2, *side, shape[2])).astype("float32") for side in sides]
    expected = model(
        input_shape=shape,
        output_shape=(*shape[:2], classes),
        predicted=[(2, *side, classes) for side in sides],
        outputs="distribution",
        layers={"Conv2DTranspose": (1, 20)},
        without=["Flatten", "Dense"],
        parameters=(1, 100_000),
        learns=0.9 if fit else None,
    )
    training = {}
    if fit:
        labels = rng.integers(0, 3, (12, 4, 4)).repeat(4, axis=1).repeat(4, axis=2)  # (12, 16, 16)
        pictures = (labels[..., None] - 1.0) + rng.normal(0, 0.3, (*labels.shape, shape[2]))
        training = {
            "fit": (np.round(pictures, 2).astype("float32"), labels.astype("uint8")),
            "epochs": 30,  # with sigmoids between its layers a network hardly moves for the first fifteen
            "batch_size": 4,
            "learning_rate": 0.01,
            "compile": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"},
        }
    return probe(shape, ask=ask(*batches, **training), expect=expected)


@exercise("build_fcn", points=3, objective=PIXELS, time_limit=30.0, all_or_nothing=True)
class BuildFcn:
    """A Keras model from pictures of input_shape to the probabilities of three classes for every pixel."""

    examples = [
        looked_at((8, 8, 1), [(8, 8)]),
        looked_at((12, 20, 3), [(12, 20)]),
        looked_at((None, None, 1), [(16, 16), (8, 24)], fit=True),
    ]

    def hidden(rng):
        yield looked_at((16, 12, 2), [(16, 12)])
        yield looked_at((4, 28, 1), [(4, 28)])
        yield looked_at((None, None, 3), [(16, 16), (20, 4)], fit=True)

    @mistake(
        "It loses the size: what went down has to come up again, by as much, so that there is a label for every pixel. "
        "`padding='same'` in every layer keeps the arithmetic simple: each stride of 2 or pooling by 2 on the way down "
        "needs one stride of 2 on the way up, and the last layer has three filters.",
        symptom="wrong output shape",
    )
    def loses_the_size(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(8, 3, strides=2, activation="relu"),
                layers.Conv2DTranspose(8, 3, strides=2, activation="relu"),
                layers.Conv2D(3, 1, activation="softmax"),
            ]
        )

    @mistake(
        "The three numbers of a pixel do not add up to 1. Its classes exclude one another: end with a softmax, over the "
        "last axis, not with a sigmoid.",
        symptom="not a distribution",
    )
    def sigmoid(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2D(3, 1, activation="sigmoid"),
            ]
        )

    @mistake(
        "The last layer has no activation that makes probabilities of its numbers: give it `activation='softmax'`.",
        symptom="not probabilities",
    )
    def no_activation(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2DTranspose(3, 4, strides=2, padding="same"),
            ]
        )

    @mistake(
        "Fully convolutional means convolutions from beginning to end, at least one of them a `Conv2DTranspose` on the "
        "way up, and neither `Flatten` nor `Dense`, which would tie it to one size.",
        symptom="wrong layers",
    )
    def upsampled_without_transpose(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(8, 3, padding="same", activation="relu"),
                layers.MaxPooling2D(2),
                layers.UpSampling2D(2),
                layers.Conv2D(3, 3, padding="same", activation="softmax"),
            ]
        )

    @mistake(
        "That is far more than three small layers need: at most 100,000 parameters are allowed. A few dozen filters a "
        "layer are plenty.",
        symptom="wrong parameters",
    )
    def too_large(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(128, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2DTranspose(128, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2D(3, 1, activation="softmax"),
            ]
        )

    @mistake("A function gives back what stands after `return`: end with the model itself.", symptom="not a model")
    def returns_a_tensor(input_shape):
        import keras

        inputs = keras.Input(input_shape)
        hidden = keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(inputs)
        hidden = keras.layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="softmax")(hidden)
        keras.Model(inputs, hidden)

    @right_answer
    def pooled_and_functional(input_shape):
        import keras

        layers = keras.layers
        inputs = keras.Input(input_shape)
        hidden = layers.Conv2D(12, 3, padding="same", activation="relu")(inputs)
        hidden = layers.MaxPooling2D(2)(hidden)
        hidden = layers.Conv2D(12, 3, padding="same", activation="relu")(hidden)
        hidden = layers.Conv2DTranspose(3, 2, strides=2)(hidden)
        return keras.Model(inputs, layers.Softmax()(hidden))

    @right_answer
    def down_and_up_twice(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(8, 5, strides=2, padding="same", activation="relu"),
                layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2DTranspose(8, 4, strides=2, padding="same", activation="relu"),
                layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="softmax"),
            ]
        )

    @right_answer
    def with_a_shortcut(input_shape):
        import keras

        layers = keras.layers
        inputs = keras.Input(input_shape)
        fine = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
        coarse = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(fine)
        back = layers.Conv2DTranspose(8, 2, strides=2, padding="same", activation="relu")(coarse)
        joined = layers.Concatenate()([fine, back])
        return keras.Model(inputs, layers.Conv2D(3, 1, activation="softmax")(joined))

    @right_answer
    def built_layer_by_layer(input_shape):
        import keras

        model = keras.models.Sequential()
        model.add(keras.layers.Input(shape=input_shape))
        for filters in (8, 16):
            model.add(keras.layers.SeparableConv2D(filters, (3, 3), padding="same"))
            model.add(keras.layers.BatchNormalization())
            model.add(keras.layers.LeakyReLU())
            model.add(keras.layers.AveragePooling2D((2, 2)))
        model.add(keras.layers.UpSampling2D((4, 4)))
        model.add(keras.layers.Conv2DTranspose(3, (3, 3), padding="same"))
        model.add(keras.layers.Activation("softmax"))
        return model

    @right_answer
    def one_model_inside_another(input_shape):
        import keras

        layers = keras.layers
        down = keras.Sequential([layers.Conv2D(12, 4, strides=4, activation="gelu"), layers.Dropout(0.1)])
        up = keras.Sequential([layers.Conv2DTranspose(12, 4, strides=4, activation="elu"), layers.Conv2D(3, 1)])
        inputs = keras.Input(shape=input_shape)
        return keras.Model(inputs=inputs, outputs=keras.ops.softmax(up(down(inputs)), axis=-1))

    @right_answer
    def compiled_with_another_optimizer(input_shape):
        import keras

        layers = keras.layers
        model = keras.Sequential(
            [
                layers.Input(input_shape),
                layers.Rescaling(0.5),
                layers.Conv2D(6, 3, strides=2, padding="same", activation="tanh", kernel_regularizer="l2"),
                layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="softmax"),
            ]
        )
        model.compile("rmsprop", loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
        return model

    @right_answer
    def a_class_of_its_own(input_shape):
        import keras

        class Labeller(keras.Model):
            def __init__(self):
                super().__init__()
                self.down = keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")
                self.up = keras.layers.Conv2DTranspose(3, 2, strides=2, activation="softmax")

            def call(self, pictures):
                return self.up(self.down(pictures))

        model = Labeller()
        model.build((None, *input_shape))
        return model

    @right_answer
    def slow_to_learn(input_shape):
        import keras

        down = [keras.layers.Conv2D(8, 3, 2, "same", activation="sigmoid") for _ in range(2)]
        up = [keras.layers.Conv2DTranspose(8, 3, 2, "same", activation="sigmoid") for _ in range(2)]
        last = keras.layers.Conv2D(3, 1, activation="softmax")
        return keras.Sequential([keras.Input(input_shape), *down, *up, last])

    @right_answer
    def as_small_as_it_gets(input_shape):
        import keras

        inputs = keras.Input(input_shape)
        grey = keras.layers.Conv2D(2, 1, activation="relu")(inputs)
        return keras.Model(inputs, keras.layers.Conv2DTranspose(3, 1, activation="softmax")(grey))
