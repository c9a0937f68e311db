import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import NO_LIBRARY, POOLING, image, windows_of

ANY_MODE = " And a mode that is neither 'max' nor 'average' should raise ValueError."

SIGNED = np.array([[-5, -2, -7, -4], [-1, -6, -3, -8], [-9, -4, -2, -6], [-3, -7, -5, -1]])


def unknown_mode(x, size, stride=None, mode="max"):
    """Refuse a mode that the exercise does not have."""
    if mode not in ("max", "average"):
        raise ValueError(f"mode is {mode!r}; it can be 'max' or 'average'")


@exercise("pool2d", points=3, objective=POOLING, rules=[NO_LIBRARY], refuses=unknown_mode, dtype="exact")
class Pool2d:
    """Largest number or mean of each size x size window of an (H, W) feature map; partial windows are dropped."""

    def oracle(x, size, stride=None, mode="max"):
        import tensorflow as tf

        unknown_mode(x, size, stride, mode)
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
        probe(np.array([[4, 1], [3, 2], [0, 5]]), 1),
        probe(np.array([[1.5, 2.0, -1.0], [0.0, 4.5, 3.0], [2.5, -2.0, 1.0]]), 3, mode="average"),
        probe(np.array([[200, 100, 7], [90, 250, 9]], np.uint8), 2, mode="average"),
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

    zero_padding = mistake(
        "You fill the last window with zeros. The map need not divide evenly: windows that do not fit are dropped. "
        "And where the numbers are negative, a padded zero would even win the maximum.",
        lambda x, size, stride=None, mode="max": partial_windows(x, size, stride, mode, 0.0),
    )
    zero_padding_in_any_mode = mistake(zero_padding.hint + ANY_MODE, zero_padding, refuses=None)
    rounded_up = mistake(
        "Your size is rounded up: you keep windows that hang over the edge. Only whole windows count, so the size is "
        "(H - size) // stride + 1, rounded down.",
        lambda x, size, stride=None, mode="max": partial_windows(x, size, stride, mode, np.nan),
    )
    rounded_up_in_any_mode = mistake(rounded_up.hint + ANY_MODE, rounded_up, refuses=None)

    @mistake(
        "Your maximum starts at 0, so no window can be negative. Start from the window's own numbers (or from minus "
        "infinity)."
    )
    def maximum_from_zero(x, size, stride=None, mode="max"):
        result = pooled(x, size, stride or size, mode)
        return np.maximum(result, 0.0) if mode == "max" else result

    stride_ignored = mistake(
        "Your windows never overlap: you ignore `stride` and always move by `size`. They overlap where stride < size.",
        lambda x, size, stride=None, mode="max": pooled(x, size, size, mode),
    )
    stride_ignored_in_any_mode = mistake(stride_ignored.hint + ANY_MODE, stride_ignored, refuses=None)
    stride_one = mistake(
        "Without a stride your window moves one pixel at a time. `stride=None` means: as many as the window is wide.",
        lambda x, size, stride=None, mode="max": pooled(x, size, stride or 1, mode),
    )
    ends_at_the_next_stride = mistake(
        "Your windows end where the next one begins: they are `stride` wide, and not `size`. A window that starts at row r ends "
        "before row r + size.",
        lambda x, size, stride=None, mode="max": of_other_size(x, size, stride or size, mode, stride or size),
    )
    mode_ignored = mistake(
        "You take the maximum in both modes. With `mode='average'` each window gives the mean of its numbers.",
        lambda x, size, stride=None, mode="max": pooled(x, size, stride or size, "max"),
    )
    sum_for_average = mistake(
        "You add up the window. Average pooling divides that sum by the size * size numbers in it.",
        lambda x, size, stride=None, mode="max": (
            pooled(x, size, stride or size, mode) * (size * size if mode == "average" else 1)
        ),
    )
    unknown_mode_accepted = mistake(
        "Your numbers are right, but with `mode='median'` you take the mean without a word. An unknown mode deserves a "
        "ValueError: a typing error would otherwise go unseen.",
        lambda x, size, stride=None, mode="max": pooled(x, size, stride or size, mode),
        refuses=None,
    )


def of_other_size(x, size, step, mode, side):
    """As many windows as windows of `size` give, each `side` wide, or cut off where the map ends."""
    result = np.zeros([(n - size) // step + 1 for n in np.shape(x)])
    for i, j in np.ndindex(*result.shape):
        window = x[i * step : i * step + side, j * step : j * step + side]
        result[i, j] = window.max() if mode == "max" else window.mean()
    return result


def pooled(x, size, step, mode):
    """Windows of size x size every `step` pixels, reduced to their largest number or their mean."""
    windows = windows_of(np.asarray(x, float), (size, size))[::step, ::step]
    return windows.max(axis=(2, 3)) if mode == "max" else windows.mean(axis=(2, 3))


def partial_windows(x, size, stride, mode, fill):
    """Pooling that rounds up: the image is filled at its end until the last, partial window is whole."""
    step = stride or size
    need = [max(0, -(-(n - size) // step) * step + size - n) for n in np.shape(x)]
    padded = np.pad(np.asarray(x, float), [(0, need[0]), (0, need[1])], constant_values=fill)
    windows = windows_of(padded, (size, size))[::step, ::step]
    return np.nanmax(windows, axis=(2, 3)) if mode == "max" else np.nanmean(windows, axis=(2, 3))
