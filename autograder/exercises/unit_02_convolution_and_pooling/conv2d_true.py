import numpy as np
import scipy.signal

from autograder.exercise import exercise, mistake, probe

from .shared import (
    ARROW,
    AS_EXACT_AS_FLOAT32,
    BY_HAND,
    FIVE_BY_FIVE,
    KERNEL_IN_INTEGERS,
    SLIDE,
    asymmetric,
    correlate,
    image,
    in_integers,
)


@exercise("conv2d_true", points=1, objective=SLIDE, rules=BY_HAND, **AS_EXACT_AS_FLOAT32)
class Conv2dTrue:
    """True convolution, valid: the kernel is flipped up-down and left-right, then slid."""

    def oracle(x, k):
        return scipy.signal.convolve2d(np.asarray(x, float), np.asarray(k, float), mode="valid")

    examples = [
        probe(np.array([[1, 2, 0], [0, 1, 3], [4, 0, 1]]), np.array([[1, 0], [2, -1]])),
        probe(FIVE_BY_FIVE, ARROW),
        probe(np.array([[1, 0, 0, 2, 1], [0, 3, 0, 1, 0], [2, 0, 1, 0, 4]]), np.array([[1, 2, 0], [0, 4, -1]])),
        # wide and high enough for the kernel's transpose as well: who takes that is shown numbers
        probe(np.array([[1, 2, 1], [3, 5, 0], [0, 4, 2]]), np.array([[1, 2], [0, 3], [4, -1]])),
        probe(np.array([[200, 10, 3, 9], [30, 250, 7, 1], [5, 80, 2, 60]], np.uint8), np.array([[2, 0, 1]], np.uint8)),
        probe(np.array([[4, 1, 3], [2, 5, 0]]), np.array([[0.5, 0.25]])),
    ]

    def hidden(rng):
        for shape in ((2, 2), (3, 3), (3, 2), (1, 4)):
            yield probe(image(rng, 6, 7, "ints"), asymmetric(rng, *shape))
            yield probe(image(rng, 5, 8, "floats"), asymmetric(rng, *shape))
        yield probe(image(rng, 5, 5), asymmetric(rng, 3, 3).astype(np.int16))
        yield probe(image(rng, 6, 5), asymmetric(rng, 2, 3).astype(np.uint8))
        yield probe(image(rng, 3, 4, "ints"), asymmetric(rng, 3, 4))
        yield probe(image(rng, 4, 5, "ints"), asymmetric(rng, 2, 3) / 4)
        yield probe(image(rng, 5, 1, "ints"), asymmetric(rng, 3, 1))

    unflipped = mistake(
        "Your kernel is not flipped: that is cross-correlation, `corr2d`. True convolution first turns the kernel "
        "upside down and left to right, which is half a turn.",
        lambda x, k: correlate(x, k),
    )
    transposed = mistake(
        "You transposed the kernel. A transpose swaps rows and columns, which mirrors it along its diagonal; "
        "the flip reverses the rows and also reverses the columns.",
        lambda x, k: correlate(x, k.T),
    )
    flipped_and_transposed = mistake(
        "Your kernel is flipped and, besides, transposed: rows and columns are exchanged. Reversing the rows and the columns, "
        "k[::-1, ::-1], is all that is needed.",
        lambda x, k: correlate(x, k[::-1, ::-1].T),
    )
    kernel_in_integers = mistake(KERNEL_IN_INTEGERS, lambda x, k: in_integers(x, k[::-1, ::-1]))
    rows_only = mistake(
        "You reversed the rows of the kernel only; its columns are to be reversed as well.",
        lambda x, k: correlate(x, k[::-1]),
    )
    columns_only = mistake(
        "You reversed the columns of the kernel only; its rows are to be reversed as well.",
        lambda x, k: correlate(x, k[:, ::-1]),
    )
    quarter_turn = mistake(
        "You turned the kernel by a quarter. Reversing rows and columns is half a turn, two quarters.",
        lambda x, k: correlate(x, np.rot90(k)),
    )
    flipped_image = mistake(
        "You flipped the image. In the valid part that gives the right numbers in reversed order: flip the kernel.",
        lambda x, k: correlate(np.asarray(x)[::-1, ::-1], k),
    )
