"""Unit 02: convolution, filters and pooling by hand.

What every exercise of this unit keeps to:

- filters that multiply and add (`corr2d`, `conv2d_true`, `conv_multi`, `corr2d_fast`, `sobel_edges`, `pool2d`) return
  float64, so that nothing overflows; filters that pick a value (`erode`, `dilate`, `median_filter`) keep the type;
- a window always lies whole inside the (padded) image, so sizes are rounded down;
- a kernel or structuring element is laid on as it is, never flipped, but in `conv2d_true`.
"""

import functools
import math
import statistics
from typing import NamedTuple

import cv2
import numpy as np
import scipy.ndimage
import scipy.signal
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from autograder.exercise import OTHER_LIBRARIES, exercise, forbid_calls, forbid_loops, mistake, probe, right_answer
from course_utils import explore

SLIDE = "slide a kernel over an image, as it is or flipped"
CHANNELS = "turn the channels of an image into feature maps"
WINDOWS = "trade loops for windows and one einsum"
FILTERS = "filter a picture for its edges, its noise and its shapes"
POOLING = "shrink a feature map by pooling"

NO_LIBRARY = forbid_calls(
    *OTHER_LIBRARIES,
    "course_utils",
    hint="This one is by hand, so that you see every step: plain Python and NumPy, no other library. "
    "You will use the libraries soon enough, and know what they do.",
    said="plain Python and NumPy, no other library",
)
NO_CONVOLVE = forbid_calls(
    *("np.convolve", "np.correlate"),
    hint="This one is by hand, so that you see every step: slide, multiply and add yourself.",
    said="neither `np.convolve` nor `np.correlate`",
)
BY_HAND = [NO_LIBRARY, NO_CONVOLVE]
# Sums of products in float32 are right as well, and their last digits are not float64's.
AS_EXACT_AS_FLOAT32 = {"dtype": "exact", "rtol": 1e-5, "atol": 1e-4}
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


@exercise("corr2d", points=3, objective=SLIDE, rules=BY_HAND, **AS_EXACT_AS_FLOAT32)
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
        yield probe(image(rng, 2, 3, "ints"), asymmetric(rng, 3, 4), pad=1)
        yield probe(image(rng, 6, 6, "ints"), asymmetric(rng, 2, 3), stride=7)
        yield probe(image(rng, 1, 5, "ints"), asymmetric(rng, 1, 2))
        yield probe(image(rng, 5, 4, "floats").astype(np.float32), asymmetric(rng, 3, 2), stride=2)

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

    @right_answer
    def one_matrix_product(x, k, stride=1, pad=0):
        x = np.pad(x, pad).astype(float)
        tops = range(0, x.shape[0] - k.shape[0] + 1, stride)
        lefts = range(0, x.shape[1] - k.shape[1] + 1, stride)
        patches = [x[i : i + k.shape[0], j : j + k.shape[1]].flatten() for i in tops for j in lefts]
        return (np.array(patches) @ k.flatten()).reshape(len(tops), len(lefts))

    @right_answer
    def with_strides(x, k, stride=1, pad=0):
        x, (a, b) = np.pad(x.astype(np.float64), ((pad, pad), (pad, pad))), k.shape
        height, width = 1 + (x.shape[0] - a) // stride, 1 + (x.shape[1] - b) // stride
        down, across = x.strides
        windows = as_strided(x, (height, width, a, b), (stride * down, stride * across, down, across))
        return np.multiply(windows, k).sum(axis=3).sum(axis=2)

    @right_answer
    def with_fourier_transforms(x, k, stride=1, pad=0):
        x = np.pad(x, pad)
        spectrum = np.fft.rfft2(x) * np.conj(np.fft.rfft2(k, s=x.shape))
        whole = np.fft.irfft2(spectrum, s=x.shape)
        return whole[: x.shape[0] - k.shape[0] + 1 : stride, : x.shape[1] - k.shape[1] + 1 : stride]

    @right_answer
    def in_float32_until_the_end(x, k, stride=1, pad=0):
        windows = sliding_window_view(np.pad(x, pad).astype(np.float32), k.shape)[::stride, ::stride]
        return np.einsum("ijab,ab->ij", windows, k.astype(np.float32)).astype(np.float64)

    @right_answer
    def row_by_row_in_whole_numbers_where_there_are(x, k, stride=1, pad=0):
        kind = np.result_type(x, k, np.int64)
        framed = np.zeros((len(x) + 2 * pad, len(x[0]) + 2 * pad), kind)
        framed[pad : pad + len(x), pad : pad + len(x[0])] = x

        def row(top):
            left = 0
            while left + k.shape[1] <= framed.shape[1]:
                yield np.vdot(framed[top : top + k.shape[0], left : left + k.shape[1]], k)
                left += stride

        return np.array([list(row(top)) for top in range(0, framed.shape[0] - k.shape[0] + 1, stride)], dtype=float)


@exercise("conv2d_true", points=1, objective=SLIDE, rules=BY_HAND, **AS_EXACT_AS_FLOAT32)
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
        yield probe(image(rng, 6, 5), asymmetric(rng, 2, 3).astype(np.uint8))
        yield probe(image(rng, 3, 4, "ints"), asymmetric(rng, 3, 4))
        yield probe(image(rng, 5, 1, "ints"), asymmetric(rng, 3, 1))

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

    @right_answer
    def with_a_function_of_its_own(x, k):
        def slide(x, k):
            (height, width), (a, b) = x.shape, k.shape
            return [[np.sum(x[i : i + a, j : j + b] * k) for j in range(width - b + 1)] for i in range(height - a + 1)]

        return np.array(slide(x.astype(float), np.flipud(np.fliplr(k))))

    @right_answer
    def in_float32_until_the_end(x, k):
        windows = sliding_window_view(x.astype("float32"), k.shape)
        return np.tensordot(windows, np.flip(k).astype("float32")).astype("float64")

    @right_answer
    def stamping_the_kernel(x, k):
        (height, width), (a, b) = x.shape, k.shape
        full = np.zeros((height + a - 1, width + b - 1))
        for (row, column), pixel in np.ndenumerate(x):
            full[row : row + a, column : column + b] += float(pixel) * k
        return full[a - 1 : height, b - 1 : width]

    @right_answer
    def with_fourier_transforms(x, k):
        product = np.fft.fft2(x) * np.fft.fft2(k, x.shape)
        return np.fft.ifft2(product).real[k.shape[0] - 1 :, k.shape[1] - 1 :]

    @right_answer
    def walking_the_kernel_backwards(x, k):
        x, k = np.asarray(x, float), np.asarray(k, float)
        rows, columns = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
        result = np.zeros([rows, columns])
        for i, kernel_row in enumerate(reversed(k)):
            for j, weight in enumerate(reversed(kernel_row)):
                result = result + weight * x[i : i + rows, j : j + columns]
        return result


def per_channel(x, w):
    """Each channel filtered by each filter's slice, not yet summed: (H, W, C), (k, k, C, F) -> (H', W', C, F)."""
    windows = sliding_window_view(np.asarray(x, float), w.shape[:2], axis=(0, 1))  # (H', W', C, k, k)
    return np.einsum("ijcab,abcf->ijcf", windows, np.asarray(w, float))


def filter_bank(rng, size, channels, filters):
    """Random weights (size, size, channels, filters) of small integers as float64."""
    return rng.integers(-4, 5, (size, size, channels, filters)).astype(float)


@exercise("conv_multi", points=3, objective=CHANNELS, rules=BY_HAND, **AS_EXACT_AS_FLOAT32)
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
        small, weights = image(rng, 3, 6).reshape(3, 3, 2), rng.integers(0, 200, (3, 3, 2, 2))
        yield probe(small, weights.astype(np.uint8), np.array([200, 100], np.uint8))
        yield probe(image(rng, 1, 6, "ints").reshape(1, 3, 2), filter_bank(rng, 1, 2, 2), np.array([3.0, -1.0]))

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

    @right_answer
    def six_plain_loops(x, w, b):
        size, _, channels, filters = w.shape
        height, width = len(x) - size + 1, len(x[0]) - size + 1
        maps = np.empty((height, width, filters))
        for f in range(filters):
            for row in range(height):
                for column in range(width):
                    total = float(b[f])
                    for i in range(size):
                        for j in range(size):
                            for c in range(channels):
                                total += float(x[row + i, column + j, c]) * float(w[i, j, c, f])
                    maps[row, column, f] = total
        return maps

    @right_answer
    def map_by_map(x, w, b):
        def one_map(filter, bias):
            windows = sliding_window_view(x.astype(float), filter.shape)[:, :, 0]
            return (windows * filter).sum(axis=(2, 3, 4)) + bias

        return np.dstack([one_map(w[..., f], b[f]) for f in range(w.shape[-1])])

    @right_answer
    def in_float32_until_the_end(x, w, b):
        windows = sliding_window_view(np.float32(x), w.shape[:2], axis=(0, 1))
        return np.float64(np.einsum("ijcab,abcf->ijf", windows, np.float32(w)) + np.float32(b))

    @right_answer
    def with_tensordot(x, w, b):
        windows = sliding_window_view(x, w.shape[:3]).squeeze(axis=2)
        return np.tensordot(windows.astype(float), w.astype(float), axes=([2, 3, 4], [0, 1, 2])) + b.reshape(1, 1, -1)


@exercise(
    "corr2d_fast",
    points=2,
    objective=WINDOWS,
    rules=[
        forbid_loops("No Python loop in this one, and no comprehension: let NumPy make the windows and do the sums."),
        *BY_HAND,
        forbid_calls(
            "corr2d",
            hint="Write this one without calling your loops: make the windows, then their sums of products.",
            said="no call of `corr2d`",
        ),
    ],
    **AS_EXACT_AS_FLOAT32,
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
        yield probe(image(rng, 4, 6, "ints"), asymmetric(rng, 4, 1))
        yield probe(image(rng, 1, 4, "ints"), asymmetric(rng, 1, 3))
        yield probe(image(rng, 5, 4, "floats").astype(np.float32), asymmetric(rng, 2, 2).astype(np.float32))

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

    @right_answer
    def with_strides(x, k):
        x = np.array(x, dtype=float)
        places = tuple(np.subtract(x.shape, k.shape) + 1)
        return np.einsum("abij,ab->ij", as_strided(x, k.shape + places, x.strides * 2), k)

    @right_answer
    def in_float32_until_the_end(x, k):
        windows = sliding_window_view(x.astype(np.float32), k.shape)
        return (windows * k).astype(np.float32).sum(axis=(2, 3)).astype(float)

    @right_answer
    def with_arrays_of_positions(x, k):
        top, left, i, j = np.ogrid[
            : x.shape[0] - k.shape[0] + 1, : x.shape[1] - k.shape[1] + 1, : k.shape[0], : k.shape[1]
        ]
        return np.sum(x[top + i, left + j] * k.astype(float), axis=-1).sum(axis=-1)

    @right_answer
    def with_fourier_transforms(x, k):
        x = x.astype(float)
        product = np.fft.fft2(x) * np.conj(np.fft.fft2(k, x.shape))
        return np.real(np.fft.ifft2(product))[: x.shape[0] - k.shape[0] + 1, : x.shape[1] - k.shape[1] + 1]

    @right_answer
    def with_inner_products(x, k):
        windows = sliding_window_view(x, k.shape).reshape(-1, k.size)
        return np.inner(windows, k.ravel().astype(float)).reshape(np.subtract(x.shape, k.shape) + 1)


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


@exercise("pool2d", points=3, objective=POOLING, rules=[NO_LIBRARY], dtype="exact")
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
        yield probe(image(rng, 3, 5, "floats"), 3, stride=1, mode="average")
        for mode in ("sum", "avg", "Max", ""):
            yield probe(image(rng, 4, 4), 2, mode=mode)

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

    @right_answer
    def growing_lists(x, size, stride=None, mode="max"):
        if mode != "max" and mode != "average":
            raise ValueError("unknown mode " + str(mode))
        if stride is None:
            stride = size
        rows = []
        for top in range(0, x.shape[0] - size + 1, stride):
            row = []
            for left in range(0, x.shape[1] - size + 1, stride):
                numbers = [float(x[i, j]) for i in range(top, top + size) for j in range(left, left + size)]
                row.append(max(numbers) if mode == "max" else sum(numbers) / len(numbers))
            rows.append(row)
        return np.array(rows)

    @right_answer
    def with_match_and_strides(x, size, stride=None, mode="max"):
        step, x = stride or size, np.array(x, dtype=np.float64)
        shape = [(n - size) // step + 1 for n in x.shape]
        windows = as_strided(x, (*shape, size, size), tuple(step * s for s in x.strides) + x.strides)
        match mode:
            case "max":
                return windows.max(axis=(-1, -2))
            case "average":
                return windows.mean(axis=(-1, -2))
            case _:
                raise ValueError(f"no mode {mode}")

    @right_answer
    def rows_then_columns(x, size, stride=None, mode="max"):
        reducers = {"max": np.max, "average": np.average}
        if mode not in reducers:
            raise ValueError(f"mode must be one of {list(reducers)}")
        step = size if stride is None else stride

        def pool_rows(x):
            return np.array([reducers[mode](x[top : top + size], axis=0) for top in range(0, len(x) - size + 1, step)])

        return pool_rows(pool_rows(x).T).T * 1.0

    @right_answer
    def filling_an_array(x, size, stride=None, mode="max"):
        if mode == "max":
            start, combine, last = -np.inf, np.maximum, lambda total: total
        elif mode == "average":
            start, combine, last = 0.0, np.add, lambda total: total / (size * size)
        else:
            raise ValueError(mode)
        stride = stride or size
        result = np.full(((x.shape[0] - size + stride) // stride, (x.shape[1] - size + stride) // stride), start)
        for i, j in np.ndindex(size, size):
            part = x[i::stride, j::stride][: result.shape[0], : result.shape[1]]
            combine(result, part, out=result)
        return last(result)


EDGE = np.array([[10, 10, 200, 200], [10, 10, 200, 200], [10, 60, 250, 200], [90, 10, 30, 0]], np.uint8)


def gradients(padded):
    """gx, gy and their length from an image that already has its border of one pixel."""
    gx, gy = correlate(padded, SOBEL_X), correlate(padded, SOBEL_Y)
    return gx, gy, np.hypot(gx, gy)


class Gradient(NamedTuple):
    """A tuple whose items have names, which right answers may return."""

    gx: np.ndarray
    gy: np.ndarray
    magnitude: np.ndarray


@exercise("sobel_edges", points=2, objective=FILTERS, rules=BY_HAND, **AS_EXACT_AS_FLOAT32)
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
        yield probe(image(rng, 2, 2))
        yield probe(rng.random((2, 5), dtype=np.float32))

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

    @right_answer
    def with_one_complex_kernel(image):
        kernel = np.array([[-1 - 1j, -2j, 1 - 1j], [-2, 0, 2], [-1 + 1j, 2j, 1 + 1j]])
        padded = np.pad(image, pad_width=((1, 1), (1, 1)), mode="reflect")
        gradient = (sliding_window_view(padded, (3, 3)) * kernel).sum(axis=(2, 3))
        return gradient.real, gradient.imag, abs(gradient)

    @right_answer
    def smoothed_then_differenced(image):
        image = image.astype(np.float64)
        rows, columns = (np.abs(n - 1 - np.abs(np.arange(-1, n + 1) - n + 1)) for n in image.shape)
        mirrored = image[np.ix_(rows, columns)]

        def smooth(x):
            return x[:-2] + 2 * x[1:-1] + x[2:]

        gx = smooth(mirrored)[:, 2:] - smooth(mirrored)[:, :-2]
        gy = smooth(mirrored.T).T
        gy = gy[2:] - gy[:-2]
        return Gradient(gx=gx, gy=gy, magnitude=np.linalg.norm([gx, gy], axis=0))

    @right_answer
    def pixel_by_pixel(image):
        weights = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
        padded = np.pad(image, 1, "reflect").tolist()
        gx, gy, magnitude = np.zeros(image.shape), np.zeros(image.shape), np.zeros(image.shape)
        for r, c in np.ndindex(image.shape):
            for i in range(3):
                for j in range(3):
                    gx[r, c] += weights[i][j] * padded[r + i][c + j]
                    gy[r, c] += weights[j][i] * padded[r + i][c + j]
            magnitude[r, c] = math.sqrt(gx[r, c] ** 2 + gy[r, c] ** 2)
        return gx, gy, magnitude

    @right_answer
    def in_float32_until_the_end(image):
        padded = np.pad(image.astype(np.float32), 1, mode="reflect")
        across, down = padded[:, 2:] - padded[:, :-2], padded[2:] - padded[:-2]
        gx = across[:-2] + 2 * across[1:-1] + across[2:]
        gy = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
        return tuple(each.astype(np.float64) for each in (gx, gy, np.sqrt(gx**2 + gy**2)))

    @right_answer
    def with_matrices(image):
        def band(n, weights):
            matrix = np.zeros((n, n + 2))
            for offset, weight in enumerate(weights):
                matrix += weight * np.eye(n, n + 2, offset)
            return matrix

        height, width = image.shape
        padded = np.pad(image / 1.0, 1, mode="reflect").astype(float)
        gx = band(height, [1, 2, 1]) @ padded @ band(width, [-1, 0, 1]).T
        gy = band(height, [-1, 0, 1]) @ padded @ band(width, [1, 2, 1]).T
        return (gx, gy, (gx * gx + gy * gy) ** 0.5)


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
    for shape in ((3, 3), (3, 5), (5, 3), (1, 3), (3, 1)):
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
    yield probe(image(rng, 8, 4), PLUS)
    yield probe(image(rng, 4, 6), HOOK.astype(np.int64))
    yield probe(image(rng, 1, 5), np.array([[0, 1, 1]], np.uint8))
    yield probe(image(rng, 2, 3), next(elements(rng)).repeat(3, axis=0))  # higher than the picture
    yield probe(image(rng, 3, 3), np.ones((1, 1), np.uint8))
    for outermost, other in ((255, 254), (0, 1)):  # what is as bright, or as dark, as what is ignored
        plain = np.full((5, 6), outermost, np.uint8)
        plain[1, 4] = other
        yield probe(plain, np.ones((3, 3), np.uint8))


@exercise("erode", points=2, objective=FILTERS, rules=[NO_LIBRARY], dtype="exact", fresh=True)
class Erode:
    """Erosion: each pixel becomes the smallest under the element's ones; outside pixels are ignored; same shape, dtype."""

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

    @right_answer
    def with_shifted_pictures(x, se):
        (height, width), (a, b) = x.shape, se.shape
        framed = np.full((height + a - 1, width + b - 1), 255, np.uint8)
        framed[a // 2 : a // 2 + height, b // 2 : b // 2 + width] = x
        smallest = np.full_like(x, 255)
        for i in range(a):
            for j in range(b):
                if se[i, j]:
                    smallest = np.minimum(smallest, framed[i : i + height, j : j + width])
        return smallest

    @right_answer
    def with_infinity(x, se):
        half = [(n // 2, n // 2) for n in se.shape]
        windows = sliding_window_view(np.pad(x.astype(float), half, constant_values=np.inf), se.shape)
        return np.where(se, windows, np.inf).min(axis=(2, 3)).astype(np.uint8)

    @right_answer
    def with_masked_arrays(x, se):
        a, b = se.shape[0] // 2, se.shape[1] // 2
        inside = sliding_window_view(np.pad(np.ones(x.shape, bool), ((a, a), (b, b))), se.shape)
        windows = sliding_window_view(np.pad(x, ((a, a), (b, b))), se.shape)
        counted = np.ma.masked_array(windows, mask=~(inside & (se == 1)))
        return np.asarray(counted.min(axis=(2, 3)), dtype="uint8")

    @right_answer
    def dilation_of_the_negative(x, se):
        padded = np.pad(255 - x, [(n // 2, n // 2) for n in se.shape])
        return 255 - (sliding_window_view(padded, se.shape) * se.astype(np.uint8)).max(axis=3).max(axis=2)


@exercise("dilate", points=1, objective=FILTERS, rules=[NO_LIBRARY], dtype="exact", fresh=True)
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

    @right_answer
    def window_times_element(x, se):
        half = [(n // 2,) * 2 for n in se.shape]
        return np.max(sliding_window_view(np.pad(x, half), se.shape) * se, axis=(2, 3)).astype(x.dtype)

    @right_answer
    def pixel_by_pixel(x, se):
        (height, width), (a, b) = x.shape, se.shape
        padded = np.pad(x, ((a // 2, a // 2), (b // 2, b // 2)), mode="constant")
        rows = [
            [padded[row : row + a, column : column + b][se.astype(bool)].max() for column in range(width)]
            for row in range(height)
        ]
        return np.array(rows, np.uint8)

    @right_answer
    def with_shifted_pictures(x, se):
        padded = np.pad(x, [(se.shape[0] // 2,), (se.shape[1] // 2,)])
        shifted = (padded[i : i + x.shape[0], j : j + x.shape[1]] for i, j in np.argwhere(se))
        return functools.reduce(np.maximum, shifted).copy()

    @right_answer
    def spreading_every_pixel(x, se):
        grown = np.zeros_like(x)
        for row, column in np.ndindex(*x.shape):
            for i, j in zip(*np.nonzero(se)):
                r, c = row - (i - se.shape[0] // 2), column - (j - se.shape[1] // 2)
                if 0 <= r < x.shape[0] and 0 <= c < x.shape[1]:
                    grown[r, c] = max(grown[r, c], x[row, column])
        return grown


SPECK = np.array([[10, 10, 12], [11, 255, 12], [10, 13, 0]], np.uint8)


def median_of(x, k, **padding):
    """Median of each k x k window of x padded as asked, in the type of x."""
    windows = windows_of(np.pad(x, k // 2, **padding), (k, k))
    return np.median(windows, axis=(2, 3)).astype(x.dtype)


@exercise("median_filter", points=2, objective=FILTERS, rules=[NO_LIBRARY], dtype="exact", fresh=True)
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
        yield probe(image(rng, 1, 6), 3)
        yield probe(image(rng, 2, 6, "floats").astype(np.float32), 3)
        yield probe(image(rng, 5, 4, "ints").astype(np.int16), 5)

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

    @right_answer
    def partitioned(x, k):
        windows = sliding_window_view(np.pad(x, k // 2, mode="edge"), (k, k))
        middle = k * k // 2
        return np.partition(windows.reshape(*x.shape, -1), middle, axis=2)[:, :, middle]

    @right_answer
    def with_the_standard_library(x, k):
        padded = np.pad(x, k // 2, "edge")
        return np.array(
            [
                [statistics.median(padded[i : i + k, j : j + k].ravel().tolist()) for j in range(x.shape[1])]
                for i in range(x.shape[0])
            ],
            dtype=x.dtype,
        )

    @right_answer
    def median_of_shifted_pictures(x, k):
        height, width = x.shape
        padded = np.pad(x, ((k // 2, k // 2), (k // 2, k // 2)), mode="edge")
        shifted = [padded[i : i + height, j : j + width] for i in range(k) for j in range(k)]
        return np.median(np.stack(shifted), axis=0).astype(x.dtype)

    @right_answer
    def fiftieth_percentile(x, k):
        result = np.zeros_like(x)
        padded = np.pad(x, (k - 1) // 2, mode="edge")
        for (row, column), _ in np.ndenumerate(x):
            result[row, column] = np.percentile(padded[row : row + k, column : column + k], 50)
        return result
