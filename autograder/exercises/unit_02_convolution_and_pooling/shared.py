"""What several exercises of the unit use: their objectives, rules, pictures and kernels, and what mistakes are made of."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.exercise import OTHER_LIBRARIES, forbid_calls, probe
from course_utils import explore

SLIDE = "slide a kernel over an image, as it is or flipped"
CHANNELS = "turn the channels of an image into feature maps"
WINDOWS = "trade loops for windows and one einsum"
FILTERS = "filter a picture for its edges, its noise and its shapes"
POOLING = "shrink a feature map by pooling"


def _by_scipy(*args, **named):
    """An answer that breaks the rule below."""
    import scipy.ndimage

    return scipy.ndimage.uniform_filter1d([1.0, 2.0, 3.0], 2)


NO_LIBRARY = forbid_calls(
    *OTHER_LIBRARIES,
    "course_utils",
    hint="This one is by hand, so that you see every step: plain Python and NumPy, no other library. "
    "You will use the libraries soon enough, and know what they do.",
    said="plain Python and NumPy, no other library",
    broken_by=_by_scipy,
)
NO_CONVOLVE = forbid_calls(
    *("np.convolve", "np.correlate"),
    hint="This one is by hand, so that you see every step: slide, multiply and add yourself.",
    said="neither `np.convolve` nor `np.correlate`",
    broken_by=lambda *args, **named: np.convolve([1, 2], [1, 1]),
)
BY_HAND = [NO_LIBRARY, NO_CONVOLVE]
# Sums of products in float32 are right as well, and their last digits are not float64's.
AS_EXACT_AS_FLOAT32 = {"dtype": "exact", "rtol": 1e-5, "atol": 1e-4}
# The two worked examples of the lesson, and an image and kernel of bytes whose products leave the range of a byte.
TWO_DIAGONALS, FIVE_BY_FIVE = (np.array(explore.IMAGES[name]) for name in ("two diagonals", "five by five"))
DIAGONAL, ARROW = (np.array(explore.KERNELS[name]) for name in ("diagonal", "arrow"))
BYTES = np.array([[200, 10, 90], [30, 250, 120], [70, 60, 255]], np.uint8)
BYTE_KERNEL = np.array([[1, 2], [3, 0]], np.uint8)


def windows_of(x, shape):
    """Every window of `shape` of x (H, W): (H - a + 1, W - b + 1, a, b)."""
    return sliding_window_view(np.asarray(x), shape)


def correlate(x, k):
    """Valid cross-correlation in float64, the building block of the mistakes."""
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


BLOB = np.array([[0, 0, 0, 0, 0], [0, 1, 1, 1, 0], [0, 1, 1, 1, 1], [0, 1, 1, 1, 0]], np.uint8)
MASK = 255 * BLOB  # a mask as OpenCV writes it
MIXED = np.array([[0, 1, 200, 1], [1, 0, 90, 1], [255, 3, 0, 1]], np.uint8)  # zeros and ones among greys
PLUS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
HOOK = np.array(
    [[0, 1, 1], [0, 1, 0], [0, 0, 0]], np.uint8
)  # its turns, its flips and its transpose are eight different ones
SIDES = np.array([[1, 0, 1]], np.uint8)  # its centre does not count
GREY = np.array([[50, 20, 90, 70], [10, 80, 30, 60], [99, 40, 75, 5]], np.uint8)


def morph(x, se, pick, outside):
    """`pick` (np.min or np.max) over the pixels under the ones of `se`, with `outside` around the picture."""
    rows, columns = se.shape[0] // 2, se.shape[1] // 2
    padded = np.pad(x, [(rows, rows), (columns, columns)], constant_values=outside)
    return pick(windows_of(padded, se.shape)[:, :, se > 0], axis=2)


def inside_only(x, se, pick, border):
    """`pick` where the whole element lies inside the picture; elsewhere `border`, or the picture's own pixel where that is None."""
    result = x.copy() if border is None else np.full_like(x, border)
    rows, columns = se.shape[0] // 2, se.shape[1] // 2
    for i in range(rows, x.shape[0] - rows):
        for j in range(columns, x.shape[1] - columns):
            window = x[i - rows : i + rows + 1, j - columns : j + columns + 1]
            result[i, j] = pick(window[se > 0])
    return result


def written_while_read(x, se, pick):
    """Each pixel is replaced in the very picture from which the next windows are read."""
    rows, columns = se.shape[0] // 2, se.shape[1] // 2
    for i, j in np.ndindex(x.shape):
        under = [
            x[r, c]
            for u, v in np.argwhere(se > 0)
            if 0 <= (r := i + u - rows) < x.shape[0] and 0 <= (c := j + v - columns) < x.shape[1]
        ]
        if under:
            x[i, j] = pick(under)
    return x


WRITTEN_WHILE_READ = (
    "You write into the picture that you still read: the next windows hold numbers that are new already. Read from one array and "
    "write into another, such as np.zeros_like(x)."
)
BORDER_LEFT_OUT = (
    "Your border pixels are left out: the element does not lie wholly inside the picture there, and it is to be used all the same, "
    "on those of its pixels that are inside."
)


KERNEL_IN_INTEGERS = (
    "The kernel's fractions are cut off before you multiply: 0.5 becomes 0. Turn image and kernel into floats, not into "
    "integers."
)
TRANSPOSED_ELEMENT = (
    "Your structuring element is transposed: its rows meet the columns of the window. Lay it on as it is, its centre on "
    "the pixel."
)
CENTRE_COUNTED = "You count the pixel itself always. Only the pixels under a 1 of the structuring element count, and its centre may be 0."


def in_integers(x, k):
    """The correlation of what is left of image and kernel as integers."""
    return correlate(np.trunc(x), np.trunc(k))


def transposed(se):
    """A square element, transposed; any other as it is: its transpose would not fit the same border."""
    return se.T if se.shape[0] == se.shape[1] else se


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
        yield probe(255 * (rng.random((6, 5)) < 0.6).astype(np.uint8), element)
        yield probe(rng.choice([0, 1, 1, 7, 200, 255], (5, 7)).astype(np.uint8), element)
    yield probe(image(rng, 5, 5), HOOK)
    yield probe(image(rng, 4, 5), SIDES)
    yield probe(image(rng, 5, 4), np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.uint8))
    yield probe(image(rng, 8, 4), PLUS)
    yield probe(image(rng, 4, 6), HOOK.astype(np.int64))
    yield probe(image(rng, 1, 5), np.array([[0, 1, 1]], np.uint8))
    yield probe(image(rng, 2, 3), next(elements(rng)).repeat(3, axis=0))  # higher than the picture
    yield probe(image(rng, 3, 3), np.ones((1, 1), np.uint8))
    for outermost, other in ((255, 254), (0, 1)):  # what is as bright, or as dark, as what is ignored
        plain = np.full((5, 6), outermost, np.uint8)
        plain[1, 4] = other
        yield probe(plain, np.ones((3, 3), np.uint8))
