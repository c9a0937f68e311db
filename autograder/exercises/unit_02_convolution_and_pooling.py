"""Unit 02: convolution, filters and pooling by hand.

What every exercise of this unit keeps to:

- filters that multiply and add (`corr2d`, `conv2d_true`, `conv_multi`, `corr2d_fast`, `sobel_edges`, `pool2d`) return
  float64, so that nothing overflows; filters that pick a value (`erode`, `dilate`, `median_filter`) keep the type;
- a window always lies whole inside the (padded) image, so sizes are rounded down;
- a kernel or structuring element is laid on as it is, never flipped, but in `conv2d_true`.
"""

import cv2
import numpy as np
import scipy.ndimage
import scipy.signal
from numpy.lib.stride_tricks import sliding_window_view

from autograder.exercise import exercise, forbid_calls, forbid_loops, mistake, probe, right_answer
from course_utils import explore

SLIDE = "slide a kernel over an image, as it is or flipped"
CHANNELS = "turn the channels of an image into feature maps"
WINDOWS = "trade loops for windows and one einsum"
FILTERS = "filter a picture for its edges, its noise and its shapes"
POOLING = "shrink a feature map by pooling"

LIBRARIES = ("cv2", "scipy", "skimage", "tensorflow", "tf", "keras", "torch", "course_utils", "np.convolve")
BY_HAND = forbid_calls(
    *LIBRARIES,
    hint="This one is by hand, so that you see every step: NumPy arrays only, no library that filters for you. "
    "You will use the libraries soon enough, and know what they do.",
)
NO_SHORTCUT = forbid_calls(
    *LIBRARIES,
    "corr2d",
    hint="Write this one without a filtering library and without calling your loops: windows, then sums of products.",
)

# The two worked examples of the lesson, and an image and kernel of bytes whose products leave the range of a byte.
TWO_DIAGONALS, FIVE_BY_FIVE = (np.array(explore.IMAGES[name]) for name in ("two diagonals", "five by five"))
DIAGONAL, ARROW = (np.array(explore.KERNELS[name]) for name in ("diagonal", "arrow"))
BYTES = np.array([[200, 10, 90], [30, 250, 120], [70, 60, 255]], np.uint8)
BYTE_KERNEL = np.array([[1, 2], [3, 0]], np.uint8)

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
SOBEL_Y = SOBEL_X.T


def windows_of(x, shape):
    """Every window of `shape` of x (H, W): (H - a + 1, W - b + 1, a, b)."""
    return sliding_window_view(np.asarray(x), shape)


def correlate(x, k):
    """Valid cross-correlation in float64, the building block of the mistakes below."""
    return np.tensordot(windows_of(np.asarray(x, float), np.shape(k)), np.asarray(k, float), axes=2)


def image(rng, height, width, kind="bytes"):
    """A random (height, width) picture: `bytes` (uint8 over its whole range), `ints` (small, signed) or `floats`."""
    if kind == "bytes":
        return rng.integers(0, 256, (height, width), dtype=np.uint8)
    if kind == "ints":
        return rng.integers(-9, 10, (height, width))
    return np.round(rng.normal(size=(height, width)), 3)


def asymmetric(rng, *shape):
    """A random kernel of small integers that no flip and no transposition leaves as it was."""
    size = int(np.prod(shape))
    return (rng.permutation(size) - size // 3).reshape(shape)


@exercise("corr2d", points=3, objective=SLIDE, rules=[BY_HAND])
class Corr2d:
    """Valid cross-correlation of an (H, W) image with an (a, b) kernel, with a stride and zero padding."""

    def oracle(x, k, stride=1, pad=0):
        padded = np.pad(np.asarray(x, float), pad)
        return scipy.signal.correlate2d(padded, np.asarray(k, float), mode="valid")[::stride, ::stride]

    examples = [
        probe(np.array([[1, 2, 0], [0, 1, 3]]), np.array([[1, 0], [2, -1]])),
        probe(BYTES, BYTE_KERNEL),
        probe(FIVE_BY_FIVE, ARROW),
        probe(np.array([[1.5, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [0.0, -1.0]]), pad=1),
        probe(TWO_DIAGONALS, ARROW[:2], stride=2, pad=1),
    ]

    def hidden(rng):
        yield probe(TWO_DIAGONALS, DIAGONAL)
        for kind in ("bytes", "ints", "floats"):
            yield probe(image(rng, 6, 8, kind), asymmetric(rng, 3, 3))
            yield probe(image(rng, 7, 5, kind), asymmetric(rng, 2, 3), stride=2, pad=1)
        yield probe(image(rng, 9, 8), asymmetric(rng, 3, 2).astype(np.uint8), stride=3, pad=2)
        yield probe(image(rng, 4, 4), np.array([[3]], np.uint8))
        yield probe(image(rng, 3, 5, "ints"), asymmetric(rng, 3, 5))

    @mistake(
        "Your kernel is flipped: that is true convolution. Cross-correlation lays the kernel on the window as it is: "
        "its top left number meets the window's top left pixel."
    )
    def flipped(x, k, stride=1, pad=0):
        return correlate(np.pad(x, pad), k[::-1, ::-1])[::stride, ::stride]

    @mistake(
        "You stop one window too early: the last row and the last column of the result are missing. Along n pixels "
        "a window of k fits at n - k + 1 places; with n = 5 and k = 3 it can start at 0, 1 and 2."
    )
    def border_off_by_one(x, k, stride=1, pad=0):
        return correlate(np.pad(x, pad), k)[:-1:stride, :-1:stride]

    @mistake(
        "Your result has one row and one column too few. `(n - k) // stride` counts the moves of the window; the place "
        "where it starts is to be counted as well."
    )
    def moves_for_places(x, k, stride=1, pad=0):
        whole = correlate(np.pad(x, pad), k)
        rows, columns = ((n - 1) // stride for n in whole.shape)
        return whole[::stride, ::stride][:rows, :columns]

    @mistake(
        "Your stride moves the window down, but not across: with stride 2 the window also skips every other column."
    )
    def stride_on_rows(x, k, stride=1, pad=0):
        return correlate(np.pad(x, pad), k)[::stride]

    @mistake("Your stride moves the window across, but not down: with stride 2 the window also skips every other row.")
    def stride_on_columns(x, k, stride=1, pad=0):
        return correlate(np.pad(x, pad), k)[:, ::stride]

    @mistake("Your result ignores `stride`: with stride 2 the window moves two pixels at a time, in both directions.")
    def stride_ignored(x, k, stride=1, pad=0):
        return correlate(np.pad(x, pad), k)

    @mistake("Your result ignores `pad`: put that many zeros on all four sides of the image before you slide.")
    def pad_ignored(x, k, stride=1, pad=0):
        return correlate(x, k)[::stride, ::stride]

    @mistake(
        "Your zeros are only below and to the right of the image. `pad` zeros go on all four sides, so the image "
        "starts at row `pad` and column `pad` of the padded array."
    )
    def pad_after_only(x, k, stride=1, pad=0):
        return correlate(np.pad(x, (0, 2 * pad)), k)[::stride, ::stride]

    @mistake(
        "Integer overflow: image and kernel are both uint8 here, so NumPy also multiplies in uint8, where "
        "200 * 3 = 600 becomes 600 - 512 = 88. Turn the numbers into floats before you multiply."
    )
    def overflow(x, k, stride=1, pad=0):
        return (windows_of(np.pad(x, pad), k.shape) * k).sum(axis=(2, 3)).astype(float)[::stride, ::stride]

    @mistake(
        "Your result has the type of the image. A uint8 cell has no room for a number above 255 or below 0, so it "
        "wraps around. The task asks for float64: choose the result's type yourself, not with `zeros_like` or "
        "`x.dtype`."
    )
    def kept_type(x, k, stride=1, pad=0):
        return correlate(np.pad(x, pad), k)[::stride, ::stride].astype(np.int64).astype(x.dtype)

    @right_answer
    def with_windows(x, k, stride=1, pad=0):
        k = np.asarray(k, dtype=float)
        windows = sliding_window_view(np.pad(np.asarray(x, dtype=float), pad), k.shape)
        return np.einsum("ijab,ab->ij", windows[::stride, ::stride], k)

    @right_answer
    def one_kernel_number_at_a_time(x, k, stride=1, pad=0):
        x = np.pad(np.asarray(x, dtype=float), pad)
        rows, columns = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
        total = np.zeros((rows, columns))
        for (a, b), weight in np.ndenumerate(k):
            total += float(weight) * x[a : a + rows, b : b + columns]
        return total[::stride, ::stride].copy()

    @right_answer
    def four_plain_loops(x, k, stride=1, pad=0):
        (height, width), (a, b) = x.shape, k.shape
        result = []
        for top in range(-pad, height + pad - a + 1, stride):
            row = []
            for left in range(-pad, width + pad - b + 1, stride):
                total = 0.0
                for i in range(a):
                    for j in range(b):
                        if 0 <= top + i < height and 0 <= left + j < width:
                            total += float(x[top + i, left + j]) * float(k[i, j])
                row.append(total)
            result.append(row)
        return np.array(result)


@exercise("conv2d_true", points=1, objective=SLIDE, rules=[BY_HAND])
class Conv2dTrue:
    """True convolution, valid: the kernel is flipped up-down and left-right, then slid."""

    def oracle(x, k):
        return scipy.signal.convolve2d(np.asarray(x, float), np.asarray(k, float), mode="valid")

    examples = [
        probe(np.array([[1, 2, 0], [0, 1, 3], [4, 0, 1]]), np.array([[1, 0], [2, -1]])),
        probe(FIVE_BY_FIVE, ARROW),
        probe(np.array([[1, 0, 0, 2, 1], [0, 3, 0, 1, 0], [2, 0, 1, 0, 4]]), np.array([[1, 2, 0], [0, 4, -1]])),
    ]

    def hidden(rng):
        for shape in ((2, 2), (3, 3), (3, 2), (1, 4)):
            yield probe(image(rng, 6, 7, "ints"), asymmetric(rng, *shape))
            yield probe(image(rng, 5, 8, "floats"), asymmetric(rng, *shape))
        yield probe(image(rng, 5, 5), asymmetric(rng, 3, 3).astype(np.int16))

    @mistake(
        "Your kernel is not flipped: that is cross-correlation, `corr2d`. True convolution first turns the kernel "
        "upside down and left to right, which is half a turn."
    )
    def unflipped(x, k):
        return correlate(x, k)

    @mistake(
        "You transposed the kernel. A transpose swaps rows and columns, which mirrors it along its diagonal; "
        "the flip reverses the rows and also reverses the columns."
    )
    def transposed(x, k):
        return correlate(x, k.T)

    @mistake("You reversed the rows of the kernel only; its columns are to be reversed as well.")
    def rows_only(x, k):
        return correlate(x, k[::-1])

    @mistake("You reversed the columns of the kernel only; its rows are to be reversed as well.")
    def columns_only(x, k):
        return correlate(x, k[:, ::-1])

    @mistake("You turned the kernel by a quarter. Reversing rows and columns is half a turn, two quarters.")
    def quarter_turn(x, k):
        return correlate(x, np.rot90(k))

    @mistake(
        "You flipped the image. In the valid part that gives the right numbers in reversed order: flip the kernel."
    )
    def flipped_image(x, k):
        return correlate(np.asarray(x)[::-1, ::-1], k)

    @right_answer
    def half_turn(x, k):
        windows = sliding_window_view(np.asarray(x, dtype=float), k.shape)
        return np.einsum("ijab,ab->ij", windows, np.rot90(k, 2).astype(float))

    @right_answer
    def from_the_definition(x, k):
        (height, width), (a, b) = x.shape, k.shape
        result = np.zeros((height - a + 1, width - b + 1))
        for i, j in np.ndindex(result.shape):
            result[i, j] = sum(
                float(x[i + a - 1 - m, j + b - 1 - n]) * float(k[m, n]) for m in range(a) for n in range(b)
            )
        return result


def per_channel(x, w):
    """Each channel filtered by each filter's slice, not yet summed: (H, W, C), (k, k, C, F) -> (H', W', C, F)."""
    windows = sliding_window_view(np.asarray(x, float), w.shape[:2], axis=(0, 1))  # (H', W', C, k, k)
    return np.einsum("ijcab,abcf->ijcf", windows, np.asarray(w, float))


def filter_bank(rng, size, channels, filters):
    """Random weights (size, size, channels, filters) of small integers as float64."""
    return rng.integers(-4, 5, (size, size, channels, filters)).astype(float)


@exercise("conv_multi", points=3, objective=CHANNELS, rules=[BY_HAND])
class ConvMulti:
    """Feature maps of an (H, W, C) image under (k, k, C, F) filters and F biases: (H - k + 1, W - k + 1, F)."""

    def oracle(x, w, b):
        import tensorflow as tf

        batch = tf.constant(np.asarray(x, float)[None])
        maps = tf.nn.conv2d(batch, tf.constant(np.asarray(w, float)), strides=1, padding="VALID")
        return tf.nn.bias_add(maps, tf.constant(np.asarray(b, float))).numpy()[0]

    examples = [
        probe(
            np.array([[[1, 2], [0, 1]], [[3, 0], [1, 1]]]),
            np.array([[[[1], [2]], [[0], [1]]], [[[-1], [0]], [[3], [1]]]]),
            np.array([10]),
        ),
        probe(
            np.arange(24).reshape(3, 4, 2) % 7,
            np.array([[[[1, 0], [2, 1]], [[0, 3], [1, 0]]], [[[-1, 2], [0, 1]], [[3, 0], [1, -2]]]]),
            np.array([10, -20]),
        ),
        probe(
            np.arange(48).reshape(4, 4, 3) % 11 - 4.0,
            (np.arange(54).reshape(3, 3, 3, 2) * 5 % 9 - 3.0),
            np.array([0.5, -0.25]),
        ),
    ]

    def hidden(rng):
        for size, channels, filters in ((2, 3, 4), (3, 2, 1), (3, 3, 5), (1, 4, 2), (2, 1, 3)):
            bias = rng.permutation(filters) + 1.0
            yield probe(
                image(rng, 5, 6 * channels).reshape(5, 6, channels), filter_bank(rng, size, channels, filters), bias
            )
        for size in (2, 3):
            yield probe(
                np.round(rng.normal(size=(6, 4, 3)), 3), filter_bank(rng, size, 3, 3), np.array([-2.0, 0.0, 7.0])
            )

    @mistake(
        "The sum over the channels is missing: you keep one map for every pair of channel and filter. A filter looks "
        "at all channels at once and gives one number for each place."
    )
    def channel_sum_missing(x, w, b):
        return per_channel(x, w) + b

    @mistake("Your filters only look at the first channel. Each has a slice for every channel; add up what they give.")
    def first_channel_only(x, w, b):
        return per_channel(x, w)[:, :, 0] + b

    @mistake("You average over the channels. A filter adds up what its slices give; there is no division.")
    def channel_mean(x, w, b):
        return per_channel(x, w).mean(axis=2) + b

    @mistake(
        "You add the bias once per pixel of the window, so it counts k * k * C times. "
        "It is added once to each number of the feature map, after the sum."
    )
    def bias_per_pixel(x, w, b):
        return per_channel(x, w).sum(axis=2) + np.prod(w.shape[:3]) * b

    @mistake("You add the bias once per channel, so it counts C times. Add it after the sum over the channels, once.")
    def bias_per_channel(x, w, b):
        return (per_channel(x, w) + b).sum(axis=2)

    @mistake("The bias is missing: each filter adds its own number to its whole feature map.")
    def bias_forgotten(x, w, b):
        return per_channel(x, w).sum(axis=2)

    @mistake("Your filters are flipped. A network's layer correlates: it lays each filter on the window as it is.")
    def flipped(x, w, b):
        return per_channel(x, w[::-1, ::-1]).sum(axis=2) + b

    @mistake("Your feature maps come first: (F, H', W'). In this course, as in TensorFlow, channels are the last axis.")
    def channels_first(x, w, b):
        return np.moveaxis(per_channel(x, w).sum(axis=2) + b, 2, 0)

    @right_answer
    def one_einsum(x, w, b):
        windows = sliding_window_view(np.asarray(x, dtype=float), w.shape[:2], axis=(0, 1))
        return np.einsum("ijcab,abcf->ijf", windows, w) + b

    @right_answer
    def one_matrix_product(x, w, b):
        size, filters = w.shape[0], w.shape[3]
        height, width = x.shape[0] - size + 1, x.shape[1] - size + 1
        patches = [x[i : i + size, j : j + size].ravel() for i in range(height) for j in range(width)]
        return (np.array(patches, dtype=float) @ w.reshape(-1, filters) + b).reshape(height, width, filters)

    @right_answer
    def shifted_images(x, w, b):
        size, filters = w.shape[0], w.shape[3]
        height, width = x.shape[0] - size + 1, x.shape[1] - size + 1
        maps = np.zeros((height, width, filters)) + b
        for i in range(size):
            for j in range(size):
                maps += x[i : i + height, j : j + width].astype(float) @ w[i, j]
        return maps


@exercise(
    "corr2d_fast",
    points=2,
    objective=WINDOWS,
    rules=[
        forbid_loops("No Python loop in this one, and no comprehension: let NumPy make the windows and do the sums."),
        NO_SHORTCUT,
    ],
)
class Corr2dFast:
    """Valid cross-correlation of an (H, W) image with an (a, b) kernel, without a Python loop."""

    def oracle(x, k):
        return scipy.signal.correlate2d(np.asarray(x, float), np.asarray(k, float), mode="valid")

    examples = [
        probe(np.array([[1, 2, 0], [0, 1, 3]]), np.array([[1, 0], [2, -1]])),
        probe(BYTES, BYTE_KERNEL),
        probe(FIVE_BY_FIVE, ARROW),
        probe(np.array([[1.0, 0.5, 2.0, 1.0], [0.0, 3.0, 0.25, 1.0]]), np.array([[1.0, -1.0, 2.0]])),
    ]

    def hidden(rng):
        for kind in ("bytes", "ints", "floats"):
            yield probe(image(rng, 7, 9, kind), asymmetric(rng, 3, 3))
            yield probe(image(rng, 6, 5, kind), asymmetric(rng, 2, 4))
        yield probe(image(rng, 30, 40), asymmetric(rng, 5, 5).astype(np.uint8))
        yield probe(image(rng, 4, 4), asymmetric(rng, 4, 4))

    @mistake(
        "Wrong axes: you pair the window's rows with the kernel's columns, so the kernel is transposed. The letters "
        "of a window's two axes and those of the kernel must come in the same order."
    )
    def transposed_kernel(x, k):
        return np.einsum("ijab,ba->ij", windows_of(np.asarray(x, float), k.shape), np.asarray(k, float))

    @mistake("Wrong axes: rows and columns of your result are swapped. Place (row, column) comes first, in that order.")
    def transposed_result(x, k):
        return correlate(x, k).T

    @mistake(
        "Wrong axes: you added up the places and kept the window. Sum over the last two axes of the windows, "
        "those of the kernel, and keep the first two."
    )
    def sums_over_places(x, k):
        return (windows_of(np.asarray(x, float), k.shape) * k).sum(axis=(0, 1))

    @mistake("The sum is missing: each window still holds its products. Add them up to one number.")
    def sum_missing(x, k):
        return windows_of(np.asarray(x, float), k.shape) * k

    @mistake("Your kernel is flipped: that is true convolution. Lay it on the window as it is.")
    def flipped(x, k):
        return correlate(x, k[::-1, ::-1])

    @mistake(
        "Integer overflow: with a uint8 image and a uint8 kernel `einsum` also adds in uint8, and 600 becomes 88. "
        "Turn the image into floats before you make the windows."
    )
    def overflow(x, k):
        return np.einsum("ijab,ab->ij", windows_of(x, k.shape), k)

    @mistake(
        "Integer overflow: image and kernel are both uint8 here, so NumPy also multiplies in uint8, where "
        "200 * 3 = 600 becomes 88. Turn the image into floats before you multiply."
    )
    def overflow_in_products(x, k):
        return (windows_of(x, k.shape) * k).sum(axis=(2, 3))

    @right_answer
    def tensordot(x, k):
        return np.tensordot(sliding_window_view(x.astype(float), k.shape), k.astype(float), axes=2)

    @right_answer
    def flat_matrix_product(x, k):
        windows = sliding_window_view(np.asarray(x, dtype=np.float64), k.shape)
        return windows.reshape(*windows.shape[:2], -1) @ k.ravel()

    @right_answer
    def multiply_and_sum(x, k):
        return (sliding_window_view(x, k.shape) * k.astype(float)).sum(axis=(-2, -1))


ZERO_PADDING = (
    "You fill the last window with zeros. The map need not divide evenly: windows that do not fit are dropped. "
    "And where the numbers are negative, a padded zero would even win the maximum."
)
ROUNDED_UP = (
    "Your size is rounded up: you keep windows that hang over the edge. Only whole windows count, so the size is "
    "(H - size) // stride + 1, rounded down."
)
STRIDE_IGNORED = (
    "Your windows never overlap: you ignore `stride` and always move by `size`. They overlap where stride < size."
)
ANY_MODE = " And a mode that is neither 'max' nor 'average' should raise ValueError."

SIGNED = np.array([[-5, -2, -7, -4], [-1, -6, -3, -8], [-9, -4, -2, -6], [-3, -7, -5, -1]])


def pooled(x, size, step, mode):
    """Windows of size x size every `step` pixels, reduced to their largest number or their mean."""
    windows = windows_of(np.asarray(x, float), (size, size))[::step, ::step]
    return windows.max(axis=(2, 3)) if mode == "max" else windows.mean(axis=(2, 3))


def known(mode):
    """Refuse a mode that the exercise does not have, as a right answer would."""
    if mode not in ("max", "average"):
        raise ValueError(f"mode is {mode!r}; it can be 'max' or 'average'")


def partial_windows(x, size, stride, mode, fill):
    """Pooling that rounds up: the image is filled at its end until the last, partial window is whole."""
    step = stride or size
    need = [max(0, -(-(n - size) // step) * step + size - n) for n in np.shape(x)]
    padded = np.pad(np.asarray(x, float), [(0, need[0]), (0, need[1])], constant_values=fill)
    windows = windows_of(padded, (size, size))[::step, ::step]
    return np.nanmax(windows, axis=(2, 3)) if mode == "max" else np.nanmean(windows, axis=(2, 3))


@exercise("pool2d", points=3, objective=POOLING, rules=[BY_HAND])
class Pool2d:
    """Largest number or mean of each size x size window of an (H, W) feature map; partial windows are dropped."""

    def oracle(x, size, stride=None, mode="max"):
        import tensorflow as tf

        if mode not in ("max", "average"):
            raise ValueError(f"mode is {mode!r}; it can be 'max' or 'average'")
        batch = tf.constant(np.asarray(x, float)[None, :, :, None])
        # not tf.nn.pool, which refuses strides larger than the window
        pool = {"max": tf.nn.max_pool2d, "average": tf.nn.avg_pool2d}[mode]
        return pool(batch, size, stride or size, "VALID").numpy()[0, :, :, 0]

    examples = [
        probe(np.array([[1, 2], [3, 5]]), 2, mode="average"),
        probe(SIGNED, 2),
        probe(np.array([[7, -1, 2, 8, -3], [3, 4, 0, -6, 5], [-2, -9, -4, 6, 1]]), 2),
        probe(np.array([[7, 1, 2, 8, 3], [3, 4, 0, 6, 5], [2, 9, 4, 6, 1], [5, 0, 3, 2, 7]]), 3, stride=1),
        probe(
            np.array([[7, 1, 2, 8, 3], [3, 4, 0, 6, 5], [2, 9, 4, 6, 1], [5, 0, 3, 2, 7]]), 2, stride=3, mode="average"
        ),
        # larger than the others, so that a learner who got both wrong is first shown a number
        probe(
            np.array([[7, 1, 2, 8, 3, 6], [3, 4, 0, 6, 5, 2], [2, 9, 4, 6, 1, 0], [5, 0, 3, 2, 7, 4]]), 2, mode="median"
        ),
    ]

    def hidden(rng):
        for mode in ("max", "average"):
            yield probe(image(rng, 6, 8, "ints"), 2, mode=mode)
            yield probe(image(rng, 7, 9, "floats") - 5.0, 2, mode=mode)
            yield probe(image(rng, 8, 7), 3, stride=2, mode=mode)
            yield probe(image(rng, 7, 8), 2, stride=3, mode=mode)
        yield probe(-1.0 - np.abs(image(rng, 5, 5, "floats")), 3)
        yield probe(image(rng, 4, 6, "ints"), 1)
        yield probe(image(rng, 4, 4), 2, mode="sum")

    @mistake(ZERO_PADDING)
    def zero_padding(x, size, stride=None, mode="max"):
        known(mode)
        return partial_windows(x, size, stride, mode, 0.0)

    @mistake(ZERO_PADDING + ANY_MODE)
    def zero_padding_in_any_mode(x, size, stride=None, mode="max"):
        return partial_windows(x, size, stride, mode, 0.0)

    @mistake(ROUNDED_UP)
    def rounded_up(x, size, stride=None, mode="max"):
        known(mode)
        return partial_windows(x, size, stride, mode, np.nan)

    @mistake(ROUNDED_UP + ANY_MODE)
    def rounded_up_in_any_mode(x, size, stride=None, mode="max"):
        return partial_windows(x, size, stride, mode, np.nan)

    @mistake(
        "Your maximum starts at 0, so no window can be negative. Start from the window's own numbers (or from minus "
        "infinity)."
    )
    def maximum_from_zero(x, size, stride=None, mode="max"):
        known(mode)
        result = pooled(x, size, stride or size, mode)
        return np.maximum(result, 0.0) if mode == "max" else result

    @mistake(STRIDE_IGNORED)
    def stride_ignored(x, size, stride=None, mode="max"):
        known(mode)
        return pooled(x, size, size, mode)

    @mistake(STRIDE_IGNORED + ANY_MODE)
    def stride_ignored_in_any_mode(x, size, stride=None, mode="max"):
        return pooled(x, size, size, mode)

    @mistake(
        "Without a stride your window moves one pixel at a time. `stride=None` means: as many as the window is wide."
    )
    def stride_one(x, size, stride=None, mode="max"):
        known(mode)
        return pooled(x, size, stride or 1, mode)

    @mistake("You take the maximum in both modes. With `mode='average'` each window gives the mean of its numbers.")
    def mode_ignored(x, size, stride=None, mode="max"):
        known(mode)
        return pooled(x, size, stride or size, "max")

    @mistake("You add up the window. Average pooling divides that sum by the size * size numbers in it.")
    def sum_for_average(x, size, stride=None, mode="max"):
        known(mode)
        return pooled(x, size, stride or size, mode) * (size * size if mode == "average" else 1)

    @mistake(
        "Your numbers are right, but with `mode='median'` you take the mean without a word. An unknown mode deserves a "
        "ValueError: a typing error would otherwise go unseen."
    )
    def unknown_mode_accepted(x, size, stride=None, mode="max"):
        return pooled(x, size, stride or size, mode)

    @right_answer
    def with_windows(x, size, stride=None, mode="max"):
        reduce = {"max": np.max, "average": np.mean}.get(mode)
        if reduce is None:
            raise ValueError("mode must be 'max' or 'average'")
        step = size if stride is None else stride
        windows = sliding_window_view(x, (size, size))[::step, ::step]
        return reduce(windows, axis=(2, 3)).astype(float)

    @right_answer
    def shifted_maps(x, size, stride=None, mode="max"):
        if mode not in {"max", "average"}:
            raise ValueError(mode)
        step = stride or size
        height, width = ((n - size) // step + 1 for n in x.shape)
        shifted = [
            x[i : i + step * (height - 1) + 1 : step, j : j + step * (width - 1) + 1 : step].astype(float)
            for i in range(size)
            for j in range(size)
        ]
        return np.max(shifted, axis=0) if mode == "max" else sum(shifted) / size**2


EDGE = np.array([[10, 10, 200, 200], [10, 10, 200, 200], [10, 60, 250, 200], [90, 10, 30, 0]], np.uint8)


def gradients(padded):
    """gx, gy and their length from an image that already has its border of one pixel."""
    gx, gy = correlate(padded, SOBEL_X), correlate(padded, SOBEL_Y)
    return gx, gy, np.hypot(gx, gy)


@exercise("sobel_edges", points=2, objective=FILTERS, rules=[BY_HAND], rtol=1e-6, atol=1e-6)
class SobelEdges:
    """Sobel's gradient of an (H, W) image: the tuple (gx, gy, magnitude), each (H, W) float64, border reflect-101."""

    def oracle(image):
        x = np.asarray(image, np.float64)
        gx = cv2.Sobel(x, cv2.CV_64F, 1, 0, ksize=3, borderType=cv2.BORDER_REFLECT_101)
        gy = cv2.Sobel(x, cv2.CV_64F, 0, 1, ksize=3, borderType=cv2.BORDER_REFLECT_101)
        return gx, gy, np.sqrt(gx**2 + gy**2)

    examples = [
        probe(np.array([[0, 0, 9], [0, 0, 9], [4, 0, 9]], np.uint8)),
        probe(EDGE),
        probe(np.array([[0.5, 1.0, 0.0, 0.25], [1.0, 0.0, 0.5, 0.5], [0.0, 0.25, 1.0, 0.75]])),
    ]

    def hidden(rng):
        for height, width in ((3, 3), (5, 7), (8, 4), (12, 12)):
            yield probe(image(rng, height, width))
        for height, width in ((4, 6), (7, 5)):
            yield probe(np.round(rng.random((height, width)), 3))

    @mistake(
        "Everything below 0 is cut off, and everything above 255: the picture was still uint8 when you filtered it. "
        "An edge from light to dark has a negative gradient, and it is lost. Turn the picture into floats first."
    )
    def clipped(image):
        gx, gy, _ = gradients(np.pad(image, 1, mode="reflect"))
        if image.dtype == np.uint8:
            gx, gy = gx.clip(0, 255), gy.clip(0, 255)
        return gx, gy, np.hypot(gx, gy)

    @mistake(
        "Your differences wrap around: uint8 has no negative numbers, so 10 - 200 becomes 66. Turn the picture into "
        "floats before you subtract."
    )
    def wrapped(image):
        gx, gy, _ = gradients(np.pad(image, 1, mode="reflect"))
        if image.dtype == np.uint8:
            gx, gy = gx % 256, gy % 256
        return gx, gy, np.hypot(gx, gy)

    @mistake(
        "Your picture is surrounded by zeros, which draws a false edge all around it. The task asks for reflect-101: "
        "`np.pad(..., mode='reflect')` mirrors the picture at its outermost pixels."
    )
    def zero_border(image):
        return gradients(np.pad(image, 1))

    @mistake("Your border repeats the outermost pixels; reflect-101 mirrors at them: a b c becomes b a b c b.")
    def repeated_border(image):
        return gradients(np.pad(image, 1, mode="edge"))

    @mistake(
        "There is no border: your maps are two rows and two columns smaller than the picture. Pad it by one first."
    )
    def no_border(image):
        return gradients(image)

    @mistake(
        "gx and gy are swapped. gx is how much brighter it gets to the right, so it finds upright edges; gy is how "
        "much brighter it gets downwards."
    )
    def axes_swapped(image):
        gx, gy, magnitude = gradients(np.pad(image, 1, mode="reflect"))
        return gy, gx, magnitude

    @mistake(
        "Your signs are reversed: the kernels are flipped, or their minus signs are on the wrong side. Brighter to "
        "the right is positive in gx, brighter downwards is positive in gy."
    )
    def signs_reversed(image):
        gx, gy, magnitude = gradients(np.pad(image, 1, mode="reflect"))
        return -gx, -gy, magnitude

    @mistake("Your magnitude adds |gx| and |gy|. The length of the arrow (gx, gy) is sqrt(gx**2 + gy**2).")
    def sum_of_absolutes(image):
        gx, gy, _ = gradients(np.pad(image, 1, mode="reflect"))
        return gx, gy, np.abs(gx) + np.abs(gy)

    @mistake("Your kernels weigh all three rows alike: those are Prewitt's. Sobel's middle row counts twice.")
    def prewitt(image):
        padded, prewitt_x = np.pad(image, 1, mode="reflect"), np.array([[-1, 0, 1]] * 3)
        gx, gy = correlate(padded, prewitt_x), correlate(padded, prewitt_x.T)
        return gx, gy, np.hypot(gx, gy)

    @right_answer
    def with_slices(image):
        p = np.pad(image.astype(float), 1, mode="reflect")
        right_left = p[:, 2:] - p[:, :-2]
        below_above = p[2:] - p[:-2]
        gx = right_left[:-2] + 2 * right_left[1:-1] + right_left[2:]
        gy = below_above[:, :-2] + 2 * below_above[:, 1:-1] + below_above[:, 2:]
        return gx, gy, np.sqrt(gx**2 + gy**2)

    @right_answer
    def with_windows(image):
        padded = np.pad(np.asarray(image, dtype=np.float64), 1, mode="reflect")
        windows = sliding_window_view(padded, (3, 3))
        kernel = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
        gx = np.tensordot(windows, kernel, axes=2)
        gy = np.tensordot(windows, kernel.T, axes=2)
        return gx, gy, np.hypot(gx, gy)


BLOB = np.array([[0, 0, 0, 0, 0], [0, 1, 1, 1, 0], [0, 1, 1, 1, 1], [0, 1, 1, 1, 0]], np.uint8)
PLUS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
HOOK = np.array([[0, 1, 0], [0, 1, 1], [0, 0, 0]], np.uint8)  # no flip and no turn leaves it as it was
GREY = np.array([[50, 20, 90, 70], [10, 80, 30, 60], [99, 40, 75, 5]], np.uint8)
CORNER = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]], np.uint8)


def morph(x, se, pick, outside):
    """`pick` (np.min or np.max) over the pixels under the ones of `se`, with `outside` around the picture."""
    rows, columns = se.shape[0] // 2, se.shape[1] // 2
    padded = np.pad(x, [(rows, rows), (columns, columns)], constant_values=outside)
    return pick(windows_of(padded, se.shape)[:, :, se > 0], axis=2)


def elements(rng):
    """Structuring elements of several shapes, their centre always set."""
    for shape in ((3, 3), (3, 5), (5, 3), (1, 3)):
        element = (rng.random(shape) < 0.45).astype(np.uint8)
        element[shape[0] // 2, shape[1] // 2] = 1
        element[0, 0], element[-1, -1] = 1, 0  # so that half a turn shows
        yield element


def pictures_and_elements(rng):
    """Probes for erosion and dilation: masks and grey pictures under several elements."""
    for element in elements(rng):
        yield probe((rng.random((7, 8)) < 0.6).astype(np.uint8), element)
        yield probe(image(rng, 6, 7), element)
    yield probe(image(rng, 5, 5), HOOK)


@exercise("erode", points=2, objective=FILTERS, rules=[BY_HAND])
class Erode:
    """Erosion: each pixel becomes the smallest under the element's ones; outside pixels are ignored; same shape, "
    "dtype."""

    def oracle(x, se):
        return cv2.erode(np.ascontiguousarray(x), np.asarray(se, np.uint8))

    examples = [
        probe(CORNER, np.ones((1, 3), np.uint8)),
        probe(BLOB, np.ones((3, 3), np.uint8)),
        probe(BLOB, HOOK),
        probe(GREY, PLUS),
    ]
    hidden = pictures_and_elements

    @mistake("You took the largest value: that is dilation. Erosion keeps the smallest, so bright shapes shrink.")
    def swapped(x, se):
        return morph(x, se, np.max, 0)

    @mistake(
        "You looked at every pixel of the window. Only those under a 1 of the structuring element count; "
        "the plus, for example, leaves out the corners."
    )
    def whole_rectangle(x, se):
        return morph(x, np.ones_like(se), np.min, 255)

    @mistake("Your structuring element is flipped. Lay it on as it is, its centre on the pixel.")
    def flipped(x, se):
        return morph(x, se[::-1, ::-1], np.min, 255)

    @mistake(
        "Zeros outside the picture eat its border. Pixels outside are to be ignored: "
        "pad with the largest value of the type instead, which never is the smallest."
    )
    def zero_border(x, se):
        return morph(x, se, np.min, 0)

    @mistake("Your result is smaller than the picture. Pad it by half the element's sides, so that the shape stays.")
    def valid_only(x, se):
        return windows_of(x, se.shape)[:, :, se > 0].min(axis=2)

    @mistake(
        "You multiplied the window by the element, and the zeros of the element then won the minimum. "
        "Choose the pixels under the ones instead of multiplying."
    )
    def multiplied(x, se):
        rows, columns = se.shape[0] // 2, se.shape[1] // 2
        padded = np.pad(x, [(rows, rows), (columns, columns)], constant_values=255)
        return (windows_of(padded, se.shape) * se).min(axis=(2, 3))

    @right_answer
    def with_windows(x, se):
        half = [(n // 2, n // 2) for n in se.shape]
        padded = np.pad(x, half, constant_values=np.iinfo(x.dtype).max)
        return sliding_window_view(padded, se.shape)[:, :, se.astype(bool)].min(axis=-1)

    @right_answer
    def pixel_by_pixel(x, se):
        result = np.empty_like(x)
        top, left = se.shape[0] // 2, se.shape[1] // 2
        for row, column in np.ndindex(x.shape):
            under = [
                x[row + i - top, column + j - left]
                for i, j in np.argwhere(se)
                if 0 <= row + i - top < x.shape[0] and 0 <= column + j - left < x.shape[1]
            ]
            result[row, column] = min(under)
        return result


@exercise("dilate", points=1, objective=FILTERS, rules=[BY_HAND])
class Dilate:
    """Dilation: each pixel becomes the largest under the element's ones (element not flipped); same shape and dtype."""

    def oracle(x, se):
        return cv2.dilate(np.ascontiguousarray(x), np.asarray(se, np.uint8))

    examples = [
        probe(np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], np.uint8), HOOK),
        probe(BLOB, np.ones((3, 3), np.uint8)),
        probe(GREY, PLUS),
        probe(GREY, HOOK),
    ]
    hidden = pictures_and_elements

    @mistake("You took the smallest value: that is erosion. Dilation keeps the largest, so bright shapes grow.")
    def swapped(x, se):
        return morph(x, se, np.min, 255)

    @mistake(
        "You looked at every pixel of the window. Only those under a 1 of the structuring element count; "
        "the plus, for example, leaves out the corners."
    )
    def whole_rectangle(x, se):
        return morph(x, np.ones_like(se), np.max, 0)

    @mistake(
        "Your structuring element is flipped. Textbooks and SciPy turn it by half for dilation, so that a single "
        "pixel grows into the element's own shape; OpenCV and this exercise lay it on as it is."
    )
    def flipped(x, se):
        return morph(x, se[::-1, ::-1], np.max, 0)

    @mistake("Your result is smaller than the picture. Pad it by half the element's sides, so that the shape stays.")
    def valid_only(x, se):
        return windows_of(x, se.shape)[:, :, se > 0].max(axis=2)

    @mistake(
        "Padding with the largest value belongs to erosion: here it wins everywhere along the border. "
        "Pixels outside are to be ignored: pad with 0, which never is the largest."
    )
    def bright_border(x, se):
        return morph(x, se, np.max, 255)

    @right_answer
    def with_windows(x, se):
        half = [(n // 2, n // 2) for n in se.shape]
        return sliding_window_view(np.pad(x, half), se.shape)[:, :, se.astype(bool)].max(axis=-1)

    @right_answer
    def erosion_of_the_negative(x, se):
        top = np.iinfo(x.dtype).max
        padded = np.pad(top - x, [(n // 2, n // 2) for n in se.shape], constant_values=top)
        return top - np.where(se > 0, sliding_window_view(padded, se.shape), top).min(axis=(2, 3))


SPECK = np.array([[10, 10, 12], [11, 255, 12], [10, 13, 0]], np.uint8)


def median_of(x, k, **padding):
    """Median of each k x k window of x padded as asked, in the type of x."""
    windows = windows_of(np.pad(x, k // 2, **padding), (k, k))
    return np.median(windows, axis=(2, 3)).astype(x.dtype)


@exercise("median_filter", points=2, objective=FILTERS, rules=[BY_HAND])
class MedianFilter:
    """Median of each k x k window (k odd) of an (H, W) image whose border pixels are repeated; same shape and dtype."""

    def oracle(x, k):
        return scipy.ndimage.median_filter(x, size=k, mode="nearest")

    examples = [
        probe(SPECK, 3),
        probe(np.array([[0.5, 2.25, 0.25, 1.0], [1.0, 0.0, 4.5, 0.75], [3.0, 0.125, 0.5, 2.0]]), 3),
        probe(np.array([[1, 9, 2, 8, 3], [7, 4, 6, 5, 0], [2, 8, 1, 9, 4], [6, 3, 7, 0, 5]]), 5),
        probe(np.array([[1, 9], [7, 4]]), 1),
    ]

    def hidden(rng):
        for k in (3, 5):
            for kind in ("bytes", "ints", "floats"):
                yield probe(image(rng, 7, 8, kind), k)
        yield probe(image(rng, 4, 9), 7)
        yield probe(image(rng, 3, 3), 1)

    @mistake(
        "You took the mean. One wild pixel pulls a mean along; the median, the middle one of the sorted values, does "
        "not mind it."
    )
    def mean(x, k):
        return windows_of(np.pad(x, k // 2, mode="edge"), (k, k)).mean(axis=(2, 3)).astype(x.dtype)

    @mistake(
        "You took the mean (and it is a float, even where the picture has integers). One wild pixel pulls a mean "
        "along; the median, the middle one of the sorted values, does not mind it."
    )
    def mean_as_float(x, k):
        return windows_of(np.pad(x, k // 2, mode="edge"), (k, k)).mean(axis=(2, 3))

    @mistake(
        "Your values are right, their type is not: `np.median` always gives float64. The middle one of an odd number "
        "of pixels is one of them, so the picture's own type holds it."
    )
    def median_as_float(x, k):
        return np.median(windows_of(np.pad(x, k // 2, mode="edge"), (k, k)), axis=(2, 3))

    @mistake(
        "Zeros around the picture darken its border. Repeat the outermost pixels instead: `mode='edge'` of `np.pad`."
    )
    def zero_border(x, k):
        return median_of(x, k)

    @mistake(
        "Your border mirrors the picture. The task asks to repeat the outermost pixels: `mode='edge'` of `np.pad`."
    )
    def mirrored_border(x, k):
        rows, columns = (np.abs((n - 1) - np.abs(np.arange(-(k // 2), n + k // 2) - (n - 1))) for n in x.shape)
        return np.median(windows_of(x[np.ix_(rows, columns)], (k, k)), axis=(2, 3)).astype(x.dtype)

    @mistake("Your result is smaller than the picture. Pad it by k // 2 pixels on every side before you slide.")
    def valid_only(x, k):
        return np.median(windows_of(x, (k, k)), axis=(2, 3)).astype(x.dtype)

    @mistake(
        "You took the median along the rows and then along the columns. The median of medians is not the median: "
        "sort all k * k values of a window together."
    )
    def rows_then_columns(x, k):
        windows = windows_of(np.pad(x, k // 2, mode="edge"), (k, k))
        return np.median(np.median(windows, axis=3), axis=2).astype(x.dtype)

    @right_answer
    def sorted_windows(x, k):
        windows = sliding_window_view(np.pad(x, k // 2, mode="edge"), (k, k))
        return np.sort(windows.reshape(*x.shape, k * k), axis=-1)[..., k * k // 2]

    @right_answer
    def pixel_by_pixel(x, k):
        half = k // 2
        result = np.empty_like(x)
        for row, column in np.ndindex(x.shape):
            rows = np.clip(np.arange(row - half, row + half + 1), 0, x.shape[0] - 1)
            columns = np.clip(np.arange(column - half, column + half + 1), 0, x.shape[1] - 1)
            result[row, column] = np.median(x[np.ix_(rows, columns)])
        return result
