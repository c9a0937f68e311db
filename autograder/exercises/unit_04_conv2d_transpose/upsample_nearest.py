import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import ENLARGE, NO_LIBRARY, TWO, small

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
        probe(np.array([[[1.5], [2.0]], [[0.0], [4.0]], [[3.0], [1.0]]], np.float32), 2),
        probe(np.array([[3, 1, 4], [1, 5, 9]]), 3),
    ]

    def hidden(rng):
        for f in (2, 3, 4):
            yield probe(small(rng, 3, 4), f)
            yield probe(np.round(rng.normal(size=(2, 3, 3)), 3), f)
        yield probe(rng.integers(0, 256, (4, 3), dtype=np.uint8), 2)
        yield probe(rng.normal(size=(2, 2, 1)).astype(np.float32), 2)

    tiled = mistake(
        "`np.tile` lays whole copies of the picture side by side. Here every single pixel is to be repeated: look at "
        "`np.repeat`.",
        lambda x, f: np.tile(x, (f, f) + (1,) * (x.ndim - 2)),
    )
    tiled_along_the_last_axes = mistake(
        "`np.tile` lays whole copies of the picture side by side, and with two numbers it does so along the *last* two "
        "axes. Here every single pixel is to be repeated: look at `np.repeat`.",
        lambda x, f: np.tile(x, (f, f)),
    )
    rows_only = mistake(
        "Your picture only grows downwards: the columns are to be repeated as well.",
        lambda x, f: x.repeat(f, axis=0),
    )
    columns_only = mistake(
        "Your picture only grows to the right: the rows are to be repeated as well.",
        lambda x, f: x.repeat(f, axis=1),
    )

    @mistake(
        "You left zeros between the pixels: a bed of nails. It is one step of the transposed convolution; nearest "
        "neighbour fills the whole block with the pixel."
    )
    def bed_of_nails(x, f):
        large = np.zeros((x.shape[0] * f, x.shape[1] * f, *x.shape[2:]), x.dtype)
        large[::f, ::f] = x
        return large

    flattened = mistake(
        "`np.repeat` without an axis flattens the array first. Repeat along axis 0, and what comes out along axis 1.",
        lambda x, f: np.repeat(x, f),
    )

    @mistake("The channels were repeated too. Only the first two axes grow; the third one, where there is one, stays.")
    def last_axis_too(x, f):
        for axis in range(x.ndim):
            x = x.repeat(f, axis=axis)
        return x
