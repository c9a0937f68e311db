import numpy as np
import scipy.ndimage

from autograder.exercise import exercise, mistake, probe

from .shared import FILTERS, NO_LIBRARY, image, windows_of

SPECK = np.array([[10, 10, 12], [11, 255, 12], [10, 13, 0]], np.uint8)


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
        probe(np.array([[3, 9, 1, 7]], np.int16), 3),
        probe(np.array([[5, 1, 8], [2, 9, 4]], np.float32), 5),
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

    mean = mistake(
        "You took the mean. One wild pixel pulls a mean along; the median, the middle one of the sorted values, does "
        "not mind it.",
        lambda x, k: windows_of(np.pad(x, k // 2, mode="edge"), (k, k)).mean(axis=(2, 3)).astype(x.dtype),
    )
    mean_as_float = mistake(
        "You took the mean (and it is a float, even where the picture has integers). One wild pixel pulls a mean "
        "along; the median, the middle one of the sorted values, does not mind it.",
        lambda x, k: windows_of(np.pad(x, k // 2, mode="edge"), (k, k)).mean(axis=(2, 3)),
    )
    median_as_float = mistake(
        "Your values are right, their type is not: `np.median` always gives float64. The middle one of an odd number "
        "of pixels is one of them, so the picture's own type holds it.",
        lambda x, k: np.median(windows_of(np.pad(x, k // 2, mode="edge"), (k, k)), axis=(2, 3)),
    )
    zero_border = mistake(
        "Zeros around the picture darken its border. Repeat the outermost pixels instead: `mode='edge'` of `np.pad`.",
        lambda x, k: median_of(x, k),
    )

    @mistake(
        "Your border mirrors the picture. The task asks to repeat the outermost pixels: `mode='edge'` of `np.pad`."
    )
    def mirrored_border(x, k):
        rows, columns = (np.abs((n - 1) - np.abs(np.arange(-(k // 2), n + k // 2) - (n - 1))) for n in x.shape)
        return np.median(windows_of(x[np.ix_(rows, columns)], (k, k)), axis=(2, 3)).astype(x.dtype)

    valid_only = mistake(
        "Your result is smaller than the picture. Pad it by k // 2 pixels on every side before you slide.",
        lambda x, k: np.median(windows_of(x, (k, k)), axis=(2, 3)).astype(x.dtype),
    )

    @mistake(
        "You took the median along the rows and then along the columns. The median of medians is not the median: "
        "sort all k * k values of a window together."
    )
    def rows_then_columns(x, k):
        windows = windows_of(np.pad(x, k // 2, mode="edge"), (k, k))
        return np.median(np.median(windows, axis=3), axis=2).astype(x.dtype)


def median_of(x, k, **padding):
    """Median of each k x k window of x padded as asked, in the type of x."""
    windows = windows_of(np.pad(x, k // 2, **padding), (k, k))
    return np.median(windows, axis=(2, 3)).astype(x.dtype)
