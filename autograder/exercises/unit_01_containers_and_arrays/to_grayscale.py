import cv2
import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import BLOCK, IMAGES

BT601 = np.array([0.299, 0.587, 0.114])  # the weights of red, green and blue
PRIMARIES = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 100, 60]]], np.uint8)
BRIGHT = np.array([[[200, 180, 40], [90, 90, 90]], [[255, 255, 255], [12, 200, 250]]], np.uint8)


@exercise("to_grayscale", points=2, objective=IMAGES, dtype="exact", rtol=0.0, atol=1.0)
class ToGrayscale:
    """The brightness of an RGB picture: (H, W, 3) uint8 to (H, W) uint8, with the weights of ITU-R BT.601."""

    def oracle(image):
        return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)

    examples = [probe(PRIMARIES), probe(BRIGHT), probe(BLOCK[:, ::-1] * np.uint8(2))]

    def hidden(rng):
        for h, w in ((1, 3), (3, 1), (2, 2), (4, 5), (6, 3), (8, 8)):
            yield probe(rng.integers(0, 256, size=(h, w, 3), dtype=np.uint8))
        yield probe(np.full((2, 3, 3), rng.integers(100, 256), np.uint8))

    plain_mean = mistake(
        "You average the three channels. The eye does not: it finds green brightest and blue darkest, hence the weights.",
        lambda image: rounded(image.mean(axis=-1)),
    )
    bgr_order = mistake(
        "Red and blue have each other's weight: those are the weights for BGR. This picture is RGB, so red comes first.",
        lambda image: rounded(image @ BT601[::-1]),
    )

    @mistake(
        "Your sum overflowed: uint8 ends at 255 and starts again at 0, so 200 + 100 is 44. Let the sum happen in floats "
        "(multiply by the weights first), and go back to uint8 at the end. (And the three channels do not weigh the same.)"
    )
    def overflows(image):
        with np.errstate(over="ignore"):
            return (image[..., 0] + image[..., 1] + image[..., 2]) // 3

    bt709 = mistake(
        "Those are the weights of BT.709 (high-definition video, scikit-image's `rgb2gray`). The task asks for BT.601.",
        lambda image: rounded(image @ np.array([0.2125, 0.7154, 0.0721])),
    )
    stays_float = mistake(
        "The right brightness, as floats. A picture with values from 0 to 255 is stored as uint8: round, then `astype`.",
        lambda image: image @ BT601,
    )
    scaled_then_cut = mistake(
        "Nearly everything is 0: you scaled to 0..1 and *then* went to uint8, which cuts every fraction off. "
        "Keep the scale of 0 to 255.",
        lambda image: (image / 255 @ BT601).astype(np.uint8),
    )
    three_equal_channels = mistake(
        "Your result is still (H, W, 3), the same grey three times. A grey picture has one number a pixel: (H, W).",
        lambda image: np.stack([rounded(image @ BT601)] * 3, axis=-1),
    )
    plain_mean_as_float = mistake(
        "You average the three channels, which the eye does not: it finds green brightest and blue darkest, hence the weights. "
        "And the result is to be uint8: round, then `astype`.",
        lambda image: image.mean(axis=-1),
    )

    rows_for_channels = mistake(
        "`image[0]` is the first *row* of the picture. The red channel is image[..., 0]: the channels are the last axis.",
        lambda image: rounded(0.299 * image[0] + 0.587 * image[1] + 0.114 * image[2]),
    )
    whole_weights_overflow = mistake(
        "Your weights are whole numbers of uint8, and so are their products with the pixels: they start again at 0 beyond 255. "
        "Work in floats.",
        lambda image: ((image * (BT601 * 256).astype(np.uint8)).sum(axis=-1) // 256).astype(np.uint8),
    )
    keeps_an_axis = mistake(
        "The right numbers in the shape (H, W, 1). A grey picture has two axes, (H, W): `keepdims`, or `[..., None]`, keeps a third.",
        lambda image: rounded(image @ BT601)[..., None],
    )


def rounded(values):
    """To the nearest number, as uint8."""
    return np.rint(values).astype(np.uint8)
