import numpy as np
import scipy.ndimage

from autograder.exercise import exercise, mistake, probe

from .shared import FILTERS, NO_LIBRARY, image, inside_only, windows_of

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

    mirrored_border = mistake(
        "Your border mirrors the picture. The task asks to repeat the outermost pixels: `mode='edge'` of `np.pad`.",
        lambda x, k: median_of(x, k, mode="reflect"),
    )
    symmetric_border = mistake(
        "Your border mirrors the picture, its outermost pixel included: a b c becomes b a a b c c b. For k = 3 that is the same as "
        "repeating it, for a larger k it is not: a a a b c c c is asked for, `mode='edge'` of `np.pad`.",
        lambda x, k: median_of(x, k, mode="symmetric"),
    )
    wrapped_border = mistake(
        "Your border continues the picture at its other side. The task asks to repeat the outermost pixels: `mode='edge'` of "
        "`np.pad`.",
        lambda x, k: median_of(x, k, mode="wrap"),
    )
    windows_cut_off = mistake(
        "At the border your windows are cut off, so they hold fewer than k * k numbers. Repeat the outermost pixels first: "
        "`mode='edge'` of `np.pad`.",
        lambda x, k: cut_off(x, k, np.median),
    )
    windows_cut_off_and_sorted = mistake(
        windows_cut_off.hint, lambda x, k: cut_off(x, k, lambda window: np.sort(window, axis=None)[window.size // 2])
    )
    border_unchanged = mistake(
        "Your border pixels are left as they are. They have a median too: repeat the outermost pixels first, `mode='edge'` of "
        "`np.pad`.",
        lambda x, k: inside_only(x, np.ones((k, k)), np.median, None),
    )
    border_zero = mistake(
        "Your border is 0: the loop leaves it out. Its pixels have a median too: repeat the outermost pixels first, `mode='edge'` "
        "of `np.pad`.",
        lambda x, k: inside_only(x, np.ones((k, k)), np.median, 0),
    )

    too_early_in_the_order = mistake(
        "You sort the window, and take too early a value: `k // 2` is the middle of k numbers. A window has k * k of them, so "
        "its middle is at `k * k // 2`.",
        lambda x, k: np.sort(windows_of(np.pad(x, k // 2, mode="edge"), (k, k)).reshape(*x.shape, -1))[..., k // 2],
    )
    along_rows = mistake(
        "Your windows are k pixels wide and one pixel high. They are k x k: the pixels above and below count as well.",
        lambda x, k: np.median(
            windows_of(np.pad(x, ((0, 0), (k // 2, k // 2)), mode="edge"), (1, k)), axis=(2, 3)
        ).astype(x.dtype),
    )
    along_columns = mistake(
        "Your windows are k pixels high and one pixel wide. They are k x k: the pixels on both sides count as well.",
        lambda x, k: np.median(
            windows_of(np.pad(x, ((k // 2, k // 2), (0, 0)), mode="edge"), (k, 1)), axis=(2, 3)
        ).astype(x.dtype),
    )
    one_before_the_middle = mistake(
        "You take the pixel before the middle one. Of n sorted values, n odd, the middle one has the index n // 2.",
        lambda x, k: sorted_at(x, k, max(0, k * k // 2 - 1)),
    )
    one_after_the_middle = mistake(
        "You take the pixel after the middle one. Of n sorted values, n odd, the middle one has the index n // 2.",
        lambda x, k: sorted_at(x, k, min(k * k - 1, k * k // 2 + 1)),
    )
    without_sorting = mistake(
        "You take the pixel in the middle of the window as it lies. The median is the middle one of the *sorted* pixels.",
        lambda x, k: x.copy(),
    )

    @mistake(
        "You write into the picture that you still read: the next windows hold medians already. Read from one array and write into "
        "another."
    )
    def written_into_what_is_read(x, k):
        padded, result = np.pad(x, k // 2, mode="edge"), x.copy()
        for i, j in np.ndindex(x.shape):
            result[i, j] = padded[i + k // 2, j + k // 2] = np.median(padded[i : i + k, j : j + k])
        return result

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


def sorted_at(x, k, place):
    """Of the sorted pixels of each window the one at `place`."""
    windows = windows_of(np.pad(x, k // 2, mode="edge"), (k, k)).reshape(*x.shape, k * k)
    return np.sort(windows, axis=2)[:, :, place]


def cut_off(x, k, middle):
    """`middle` of what of each window lies inside the picture."""
    half, result = k // 2, x.copy()
    for i, j in np.ndindex(x.shape):
        result[i, j] = middle(x[max(0, i - half) : i + half + 1, max(0, j - half) : j + half + 1])
    return result


def median_of(x, k, **padding):
    """Median of each k x k window of x padded as asked, in the type of x."""
    windows = windows_of(np.pad(x, k // 2, **padding), (k, k))
    return np.median(windows, axis=(2, 3)).astype(x.dtype)
