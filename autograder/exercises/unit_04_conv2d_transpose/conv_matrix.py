import numpy as np
import scipy.signal

from autograder.exercise import exercise, mistake, probe

from .shared import COUNT, MATRIX, NO_LIBRARY, TWO, distinct


@exercise("conv_matrix", points=2, objective=MATRIX, rules=[NO_LIBRARY])
class ConvMatrix:
    """The matrix C with C @ x.ravel() = valid correlation of an (n, n) image x with an (a, b) kernel, row by row."""

    def oracle(kernel, n):
        pixels = np.eye(n * n).reshape(n * n, n, n)  # an image for each pixel: what it does is a column of C
        return np.stack(
            [scipy.signal.correlate2d(x, np.asarray(kernel, float), mode="valid").ravel() for x in pixels], axis=1
        )

    examples = [
        probe(TWO, 3),
        probe(COUNT, 4),
        probe(np.array([[1, 2, 3], [4, 5, 6]]), 4),
        probe(np.array([[7]]), 2),
        probe(np.array([[1.5], [-2.0]]), 3),
        probe(TWO, 2),
        probe(np.array([[5, 0, 7]]), 4),
    ]

    def hidden(rng):
        for a, b, n in ((3, 3, 4), (2, 2, 4), (3, 3, 6), (1, 3, 4), (3, 1, 5), (2, 3, 5), (4, 4, 4)):
            yield probe(distinct(rng, a, b), n)
        yield probe(np.round(rng.normal(size=(3, 3)), 3), 5)

    transposed = mistake(
        "That is C-transpose. C itself has a row for each place of the window and a column for each pixel, so that it "
        "takes an image and gives a feature map.",
        lambda kernel, n: matrix(kernel, n).T,
    )

    @mistake(
        "The rows of the kernel follow one another without a gap. In the flat image the pixel below is n places away, "
        "not k: between two rows of the kernel there are n - k zeros."
    )
    def no_gap(kernel, n):
        a, b = kernel.shape
        c = np.zeros(((n - a + 1) * (n - b + 1), n * n))
        for place, line in enumerate(c):
            start = place // (n - b + 1) * n + place % (n - b + 1)
            line[start : start + kernel.size] = kernel.ravel()
        return c

    @mistake(
        "A column is missing: C-transpose has one row less than the image has pixels, as in the handout. Where a window "
        "stops and its next row begins, two different pixels were taken for one."
    )
    def printed_band(kernel, n):
        c = matrix(kernel, n)
        gap = min(kernel.shape[1], n * n - 2)
        c[:, gap] += c[:, gap + 1]
        return np.delete(c, gap + 1, axis=1)

    @mistake(
        "Each row is the one above, shifted by one. That holds while the window moves across; at the end of a row of "
        "places it jumps to the next row of pixels, so the shift is larger there."
    )
    def always_shifted_by_one(kernel, n):
        c = matrix(kernel, n)
        return np.stack([np.roll(c[0], place) for place in range(len(c))])

    flipped = mistake(
        "Your kernel is flipped: that is the matrix of true convolution. Here the top left weight meets the window's "
        "top left pixel.",
        lambda kernel, n: matrix(kernel[::-1, ::-1], n),
    )

    @mistake("You read the kernel column by column. Both image and kernel are flattened row by row, as `ravel` does.")
    def column_by_column(kernel, n):
        found = positions(kernel, n)
        c = np.zeros((len(found), n * n))
        for line, places in zip(c, found, strict=True):
            line[places] = kernel.ravel(order="F")
        return c

    @mistake(
        "One place is missing along each side: a window of k fits at n - k + 1 places along n pixels, not at n - k."
    )
    def places_off_by_one(kernel, n):
        a, b = kernel.shape
        whole = matrix(kernel, n).reshape(n - a + 1, n - b + 1, n * n)
        return whole[: n - a, : n - b].reshape((n - a) * (n - b), n * n)

    @mistake(
        "You have a row for every pixel. A row belongs to a place of the window, and a window lies whole inside the image: "
        "there are n - k + 1 places along each side, so fewer rows than columns."
    )
    def row_for_every_pixel(kernel, n):
        c = np.zeros((n * n, n * n))
        for places in positions(kernel, n):
            c[places[0], places] = kernel.ravel()
        return c


def positions(kernel, n):
    """For each place of the window: flat positions of the pixels under it, in the order of the kernel's weights."""
    a, b = kernel.shape
    inside = (np.arange(a)[:, None] * n + np.arange(b)).ravel()
    return [row * n + column + inside for row in range(n - a + 1) for column in range(n - b + 1)]


def matrix(kernel, n):
    """C, for the mistakes that change it: ((n - a + 1)(n - b + 1), n * n)."""
    found = positions(kernel, n)
    c = np.zeros((len(found), n * n))
    for line, places in zip(c, found, strict=True):
        line[places] = kernel.ravel()
    return c
