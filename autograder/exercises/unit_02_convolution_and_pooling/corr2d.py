import numpy as np
import scipy.signal

from autograder.exercise import exercise, mistake, probe

from .shared import (
    ARROW,
    AS_EXACT_AS_FLOAT32,
    BY_HAND,
    BYTE_KERNEL,
    BYTES,
    DIAGONAL,
    FIVE_BY_FIVE,
    KERNEL_IN_INTEGERS,
    SLIDE,
    TWO_DIAGONALS,
    asymmetric,
    correlate,
    image,
    in_integers,
    windows_of,
)


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
        probe(np.array([[5, 0, 1], [2, 4, 3]], np.float32), np.array([[2]])),
        probe(
            np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9], [2, 4, 6]]),
            np.array([[1, -2, 3], [0, 1, 1], [2, 0, 1], [1, 1, 0]]),
        ),
        probe(np.array([[1, 2], [3, 4]]), np.array([[1, 0, 2], [0, 3, 1]]), pad=1),
        probe(np.arange(24).reshape(4, 6) % 5, np.array([[1, 2], [3, 0]]), stride=3),
        probe(np.array([[4, 1, 3], [2, 5, 0]]), np.array([[0.5, 0.25]])),
    ]

    def hidden(rng):
        yield probe(TWO_DIAGONALS, DIAGONAL)
        for kind in ("bytes", "ints", "floats"):
            yield probe(image(rng, 6, 8, kind), asymmetric(rng, 3, 3))
            yield probe(image(rng, 7, 5, kind), asymmetric(rng, 2, 3), stride=2, pad=1)
        yield probe(image(rng, 9, 8), asymmetric(rng, 3, 2).astype(np.uint8), stride=3, pad=2)
        yield probe(image(rng, 4, 4), np.array([[3]], np.uint8))
        yield probe(image(rng, 5, 6), asymmetric(rng, 3, 2) / 4)
        yield probe(image(rng, 6, 5, "ints"), asymmetric(rng, 2, 3) / 4, stride=2, pad=1)
        yield probe(image(rng, 3, 5, "ints"), asymmetric(rng, 3, 5))
        yield probe(image(rng, 2, 3, "ints"), asymmetric(rng, 3, 4), pad=1)
        yield probe(image(rng, 6, 6, "ints"), asymmetric(rng, 2, 3), stride=7)
        yield probe(image(rng, 1, 5, "ints"), asymmetric(rng, 1, 2))
        yield probe(image(rng, 5, 4, "floats").astype(np.float32), asymmetric(rng, 3, 2), stride=2)

    flipped = mistake(
        "Your kernel is flipped: that is true convolution. Cross-correlation lays the kernel on the window as it is: "
        "its top left number meets the window's top left pixel.",
        lambda x, k, stride=1, pad=0: correlate(np.pad(x, pad), k[::-1, ::-1])[::stride, ::stride],
    )
    border_off_by_one = mistake(
        "You stop one window too early: the last row and the last column of the result are missing. Along n pixels "
        "a window of k fits at n - k + 1 places; with n = 5 and k = 3 it can start at 0, 1 and 2.",
        lambda x, k, stride=1, pad=0: correlate(np.pad(x, pad), k)[:-1:stride, :-1:stride],
    )

    @mistake(
        "Your result has one row and one column too few. `(n - k) // stride` counts the moves of the window; the place "
        "where it starts is to be counted as well."
    )
    def moves_for_places(x, k, stride=1, pad=0):
        whole = correlate(np.pad(x, pad), k)
        rows, columns = ((n - 1) // stride for n in whole.shape)
        return whole[::stride, ::stride][:rows, :columns]

    stride_on_rows = mistake(
        "Your stride moves the window down, but not across: with stride 2 the window also skips every other column.",
        lambda x, k, stride=1, pad=0: correlate(np.pad(x, pad), k)[::stride],
    )
    stride_on_columns = mistake(
        "Your stride moves the window across, but not down: with stride 2 the window also skips every other row.",
        lambda x, k, stride=1, pad=0: correlate(np.pad(x, pad), k)[:, ::stride],
    )
    stride_ignored = mistake(
        "Your result ignores `stride`: with stride 2 the window moves two pixels at a time, in both directions.",
        lambda x, k, stride=1, pad=0: correlate(np.pad(x, pad), k),
    )
    pad_ignored = mistake(
        "Your result ignores `pad`: put that many zeros on all four sides of the image before you slide.",
        lambda x, k, stride=1, pad=0: correlate(x, k)[::stride, ::stride],
    )
    pad_after_only = mistake(
        "Your zeros are only below and to the right of the image. `pad` zeros go on all four sides, so the image "
        "starts at row `pad` and column `pad` of the padded array.",
        lambda x, k, stride=1, pad=0: correlate(np.pad(x, (0, 2 * pad)), k)[::stride, ::stride],
    )

    @mistake(
        "Integer overflow: image and kernel are both uint8 here, so NumPy also multiplies in uint8, where "
        "200 * 3 = 600 becomes 600 - 512 = 88. Turn the numbers into floats before you multiply."
    )
    def overflow(x, k, stride=1, pad=0):
        return (windows_of(np.pad(x, pad), k.shape) * k).sum(axis=(2, 3)).astype(float)[::stride, ::stride]

    kept_type = mistake(
        "Your result has the type of the image. A uint8 cell has no room for a number above 255 or below 0, so it "
        "wraps around. The task asks for float64: choose the result's type yourself, not with `zeros_like` or "
        "`x.dtype`.",
        lambda x, k, stride=1, pad=0: correlate(np.pad(x, pad), k)[::stride, ::stride].astype(np.int64).astype(x.dtype),
    )

    stored_in_the_type_of_the_image = mistake(
        "The array that you fill has the type of the image, so each sum is squeezed into it: integers cut fractions off, and a uint8 "
        "starts again at 0 beyond 255. Make it an array of floats: np.zeros((rows, columns)).",
        lambda x, k, stride=1, pad=0: (
            correlate(np.pad(x, pad), k)[::stride, ::stride].astype(np.int64).astype(x.dtype).astype(float)
            if x.dtype.kind in "iu"
            else correlate(np.pad(x, pad), k)[::stride, ::stride]
        ),
    )
    stored_in_integers = mistake(
        "The array that you fill holds integers, which cut fractions off. A picture of integers may meet a kernel of fractions: make it an "
        "array of floats, np.zeros((rows, columns)).",
        lambda x, k, stride=1, pad=0: (
            np.trunc(correlate(np.pad(x, pad), k)[::stride, ::stride])
            if x.dtype.kind in "iu"
            else correlate(np.pad(x, pad), k)[::stride, ::stride]
        ),
    )
    kernel_in_integers = mistake(
        KERNEL_IN_INTEGERS, lambda x, k, stride=1, pad=0: in_integers(np.pad(x, pad), k)[::stride, ::stride]
    )
    kernel_in_the_type_of_the_image = mistake(
        KERNEL_IN_INTEGERS,
        lambda x, k, stride=1, pad=0: correlate(np.pad(x, pad), k.astype(x.dtype))[::stride, ::stride],
    )
    edge_repeated = mistake(
        "Around the image you repeat its outermost pixels. `pad` is the width of a frame of *zeros*.",
        lambda x, k, stride=1, pad=0: correlate(np.pad(x, pad, mode="edge"), k)[::stride, ::stride],
    )
    square_result = mistake(
        "You use the height of the image for both sides of the result. The image need not be square: its width gives the columns.",
        lambda x, k, stride=1, pad=0: of_size(x, k, stride, pad, as_many_columns=True),
    )
    square_kernel = mistake(
        "You use the height of the kernel for both of its sides. A kernel need not be square: it has k.shape[1] columns.",
        lambda x, k, stride=1, pad=0: of_size(x, k, stride, pad, square=True),
    )


def of_size(x, k, stride, pad, as_many_columns=False, square=False):
    """The correlation by loops, with as many columns as rows in the result, or in the kernel, if one says so."""
    padded = np.pad(np.asarray(x, float), pad)
    a, b = k.shape[0], k.shape[0] if square else k.shape[1]
    down = (padded.shape[0] - a) // stride + 1
    across = down if as_many_columns else (padded.shape[1] - b) // stride + 1
    result = np.zeros((down, across))
    for i, j in np.ndindex(down, across):
        result[i, j] = (padded[i * stride : i * stride + a, j * stride : j * stride + b] * k).sum()
    return result
