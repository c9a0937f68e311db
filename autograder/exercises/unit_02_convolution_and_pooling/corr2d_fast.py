import numpy as np
import scipy.signal

from autograder.exercise import exercise, forbid_calls, forbid_loops, mistake, probe

from .shared import (
    ARROW,
    AS_EXACT_AS_FLOAT32,
    BY_HAND,
    BYTE_KERNEL,
    BYTES,
    FIVE_BY_FIVE,
    KERNEL_IN_INTEGERS,
    WINDOWS,
    asymmetric,
    correlate,
    image,
    in_integers,
    windows_of,
)


@exercise(
    "corr2d_fast",
    points=2,
    objective=WINDOWS,
    rules=[
        forbid_loops(
            "No Python loop in this one, and no comprehension: let NumPy make the windows and do the sums.",
            broken_by=lambda x, k: [row.sum() for row in x],
        ),
        *BY_HAND,
        forbid_calls(
            "corr2d",
            hint="Write this one without calling your loops: make the windows, then their sums of products.",
            said="no call of `corr2d`",
            broken_by=lambda x, k: corr2d(x, k),
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
        probe(np.array([[1, 2], [3, 4], [5, 7]], np.float32), np.array([[2], [1]], np.float32)),
        probe(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 0, 2], [3, -1, 1]])),
        probe(np.array([[4, 1, 3], [2, 5, 0]]), np.array([[0.5, 0.25]])),
    ]

    def hidden(rng):
        for kind in ("bytes", "ints", "floats"):
            yield probe(image(rng, 7, 9, kind), asymmetric(rng, 3, 3))
            yield probe(image(rng, 6, 5, kind), asymmetric(rng, 2, 4))
        yield probe(image(rng, 30, 40), asymmetric(rng, 5, 5).astype(np.uint8))
        yield probe(image(rng, 4, 4), asymmetric(rng, 4, 4))
        yield probe(image(rng, 5, 4), asymmetric(rng, 2, 3) / 4)
        yield probe(image(rng, 4, 6, "ints"), asymmetric(rng, 4, 1))
        yield probe(image(rng, 1, 4, "ints"), asymmetric(rng, 1, 3))
        yield probe(image(rng, 5, 4, "floats").astype(np.float32), asymmetric(rng, 2, 2).astype(np.float32))

    transposed_kernel = mistake(
        "Wrong axes: you pair the window's rows with the kernel's columns, so the kernel is transposed. The letters "
        "of a window's two axes and those of the kernel must come in the same order.",
        lambda x, k: np.einsum("ijab,ba->ij", windows_of(np.asarray(x, float), k.shape), np.asarray(k, float)),
    )
    transposed_result = mistake(
        "Wrong axes: rows and columns of your result are swapped. Place (row, column) comes first, in that order.",
        lambda x, k: correlate(x, k).T,
    )
    sums_over_places = mistake(
        "Wrong axes: you added up the places and kept the window. Sum over the last two axes of the windows, "
        "those of the kernel, and keep the first two.",
        lambda x, k: (windows_of(np.asarray(x, float), k.shape) * k).sum(axis=(0, 1)),
    )
    sum_missing = mistake(
        "The sum is missing: each window still holds its products. Add them up to one number.",
        lambda x, k: windows_of(np.asarray(x, float), k.shape) * k,
    )
    kernel_in_integers = mistake(KERNEL_IN_INTEGERS, lambda x, k: in_integers(x, k))
    kernel_in_the_type_of_the_image = mistake(KERNEL_IN_INTEGERS, lambda x, k: correlate(x, k.astype(x.dtype)))
    flipped = mistake(
        "Your kernel is flipped: that is true convolution. Lay it on the window as it is.",
        lambda x, k: correlate(x, k[::-1, ::-1]),
    )
    overflow = mistake(
        "Integer overflow: with a uint8 image and a uint8 kernel `einsum` also adds in uint8, and 600 becomes 88. "
        "Turn the image into floats before you make the windows.",
        lambda x, k: np.einsum("ijab,ab->ij", windows_of(x, k.shape), k),
    )
    overflow_in_products = mistake(
        "Integer overflow: image and kernel are both uint8 here, so NumPy also multiplies in uint8, where "
        "200 * 3 = 600 becomes 88. Turn the image into floats before you multiply.",
        lambda x, k: (windows_of(x, k.shape) * k).sum(axis=(2, 3)),
    )


def corr2d(x, k):
    """Stands for a learner's own function of this name, which the rule forbids to call."""
    return correlate(x, k)
