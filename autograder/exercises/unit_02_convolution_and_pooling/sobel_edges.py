import cv2
import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import AS_EXACT_AS_FLOAT32, BY_HAND, FILTERS, correlate, image

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
SOBEL_Y = SOBEL_X.T

EDGE = np.array([[10, 10, 200, 200], [10, 10, 200, 200], [10, 60, 250, 200], [90, 10, 30, 0]], np.uint8)


@exercise("sobel_edges", points=2, objective=FILTERS, rules=BY_HAND, **AS_EXACT_AS_FLOAT32)
class SobelEdges:
    """Sobel's gradient of an (H, W) image: the tuple (gx, gy, magnitude), each (H, W) float64, border reflect-101."""

    def oracle(image):
        x = np.asarray(image, np.float64)
        gx = cv2.Sobel(x, cv2.CV_64F, 1, 0, ksize=3, borderType=cv2.BORDER_REFLECT_101)
        gy = cv2.Sobel(x, cv2.CV_64F, 0, 1, ksize=3, borderType=cv2.BORDER_REFLECT_101)
        return gx, gy, np.sqrt(gx**2 + gy**2)

    examples = [
        probe(np.array([[0, 0, 9], [0, 0, 9], [4, 0, 9]], np.uint8)),
        probe(EDGE),
        probe(np.array([[0.5, 1.0, 0.0, 0.25], [1.0, 0.0, 0.5, 0.5], [0.0, 0.25, 1.0, 0.75]])),
        probe(np.array([[10, 200], [60, 30]], np.uint8)),
        probe(np.array([[0.5, 0.0, 1.0, 0.25, 0.5], [1.0, 0.5, 0.0, 0.75, 0.0]], np.float32)),
    ]

    def hidden(rng):
        for height, width in ((3, 3), (5, 7), (8, 4), (12, 12)):
            yield probe(image(rng, height, width))
        for height, width in ((4, 6), (7, 5)):
            yield probe(np.round(rng.random((height, width)), 3))
        yield probe(image(rng, 2, 2))
        yield probe(rng.random((2, 5), dtype=np.float32))

    @mistake(
        "Everything below 0 is cut off, and everything above 255: the picture was still uint8 when you filtered it. "
        "An edge from light to dark has a negative gradient, and it is lost. Turn the picture into floats first."
    )
    def clipped(image):
        gx, gy, _ = gradients(np.pad(image, 1, mode="reflect"))
        if image.dtype == np.uint8:
            gx, gy = gx.clip(0, 255), gy.clip(0, 255)
        return gx, gy, np.hypot(gx, gy)

    @mistake(
        "Your differences wrap around: uint8 has no negative numbers, so 10 - 200 becomes 66. Turn the picture into "
        "floats before you subtract."
    )
    def wrapped(image):
        gx, gy, _ = gradients(np.pad(image, 1, mode="reflect"))
        if image.dtype == np.uint8:
            gx, gy = gx % 256, gy % 256
        return gx, gy, np.hypot(gx, gy)

    zero_border = mistake(
        "Your picture is surrounded by zeros, which draws a false edge all around it. The task asks for reflect-101: "
        "`np.pad(..., mode='reflect')` mirrors the picture at its outermost pixels.",
        lambda image: gradients(np.pad(image, 1)),
    )
    repeated_border = mistake(
        "Your border repeats the outermost pixels; reflect-101 mirrors at them: a b c becomes b a b c b.",
        lambda image: gradients(np.pad(image, 1, mode="edge")),
    )
    no_border = mistake(
        "There is no border: your maps are two rows and two columns smaller than the picture. Pad it by one first.",
        lambda image: gradients(image),
    )

    @mistake(
        "gx and gy are swapped. gx is how much brighter it gets to the right, so it finds upright edges; gy is how "
        "much brighter it gets downwards."
    )
    def axes_swapped(image):
        gx, gy, magnitude = gradients(np.pad(image, 1, mode="reflect"))
        return gy, gx, magnitude

    @mistake(
        "Your signs are reversed: the kernels are flipped, or their minus signs are on the wrong side. Brighter to "
        "the right is positive in gx, brighter downwards is positive in gy."
    )
    def signs_reversed(image):
        gx, gy, magnitude = gradients(np.pad(image, 1, mode="reflect"))
        return -gx, -gy, magnitude

    @mistake("Your magnitude adds |gx| and |gy|. The length of the arrow (gx, gy) is sqrt(gx**2 + gy**2).")
    def sum_of_absolutes(image):
        gx, gy, _ = gradients(np.pad(image, 1, mode="reflect"))
        return gx, gy, np.abs(gx) + np.abs(gy)

    @mistake("Your kernels weigh all three rows alike: those are Prewitt's. Sobel's middle row counts twice.")
    def prewitt(image):
        padded, prewitt_x = np.pad(image, 1, mode="reflect"), np.array([[-1, 0, 1]] * 3)
        gx, gy = correlate(padded, prewitt_x), correlate(padded, prewitt_x.T)
        return gx, gy, np.hypot(gx, gy)


def gradients(padded):
    """gx, gy and their length from an image that already has its border of one pixel."""
    gx, gy = correlate(padded, SOBEL_X), correlate(padded, SOBEL_Y)
    return gx, gy, np.hypot(gx, gy)
