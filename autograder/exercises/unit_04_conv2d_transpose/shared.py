"""What several exercises of the unit use: their objectives, rules and small maps, and what mistakes are made of."""

import numpy as np

from autograder.exercise import OTHER_LIBRARIES, forbid_calls

MATRIX = "write a convolution as a matrix, every weight in its place"
BACKWARDS = "run a convolution backwards by stamping its kernel"
SIZES = "predict the size of what comes out, and where its stamps overlap"
ENLARGE = "enlarge a feature map without a checkerboard"
SWITCHES = "pool with switches, and put every maximum back where it was"
PIXELS = "build a network that labels every pixel"


def _by_scipy(*args, **named):
    """An answer that breaks the rule below."""
    import scipy.ndimage

    return scipy.ndimage.uniform_filter1d([1.0, 2.0, 3.0], 2)


NO_LIBRARY = forbid_calls(
    *OTHER_LIBRARIES,
    "course_utils",
    hint="This one is by hand, so that you see every step: plain Python and NumPy, no other library and no explorer. "
    "The libraries come afterwards, to agree with you.",
    said="plain Python and NumPy, no other library",
    broken_by=_by_scipy,
)
NO_CONVOLVE = forbid_calls(
    *("np.convolve", "np.correlate"),
    hint="This one is by hand, so that you see every step: stamp, or slide, by yourself.",
    said="neither `np.convolve` nor `np.correlate`",
    broken_by=lambda *args, **named: np.convolve([1, 2], [1, 1]),
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


def whole(y, k, stride):
    """The transposed convolution before anything is cut off, for the mistakes: ((H - 1) s + a, (W - 1) s + b)."""
    rows, columns = ((n - 1) * stride + size for n, size in zip(y.shape, k.shape, strict=True))
    total = np.zeros((rows, columns))
    for (i, j), weight in np.ndenumerate(np.asarray(k, float)):
        (h, w) = y.shape
        total[i : i + (h - 1) * stride + 1 : stride, j : j + (w - 1) * stride + 1 : stride] += weight * y
    return total


def blocks(x, size):
    """The windows, flattened: (H // size, W // size, size * size)."""
    rows, columns = (n // size for n in x.shape)
    cut_to_fit = x[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return cut_to_fit.swapaxes(1, 2).reshape(rows, columns, size * size)


def flat(x, size, inside):
    """Flat positions in x of the places `inside` its windows, (H // size, W // size) numbers from 0 to size^2 - 1."""
    rows, columns = np.indices(inside.shape)
    return (rows * size + inside // size) * x.shape[1] + columns * size + inside % size
