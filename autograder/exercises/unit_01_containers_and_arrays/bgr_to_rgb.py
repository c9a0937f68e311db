import cv2
import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import BLOCK, IMAGES

PAIR = np.array([[[255, 0, 0], [10, 20, 30]]], np.uint8)  # a blue pixel and a dark one, in OpenCV's order


@exercise("bgr_to_rgb", points=2, objective=IMAGES, dtype="exact", fresh=True)
class BgrToRgb:
    """A new (H, W, 3) array with its first and third channel exchanged."""

    def oracle(image):
        return np.take(image, [2, 1, 0], axis=-1)

    examples = [
        probe(PAIR),
        probe(BLOCK),
        probe((BLOCK[:, :2] / 255).astype(np.float32)),
        probe(np.array([[[1, 2, 3]], [[4, 5, 600]]])),
    ]

    def hidden(rng):
        for h, w in ((1, 2), (2, 1), (3, 3), (4, 2), (5, 7)):
            yield probe(rng.integers(0, 256, size=(h, w, 3), dtype=np.uint8))
        yield probe(rng.random((3, 4, 3), dtype=np.float32))
        yield probe(rng.integers(0, 2**16, size=(2, 3, 3), dtype=np.uint16))

    flips_rows = mistake(
        "You turned the picture upside down: `image[::-1]` reverses axis 0, the rows. The channels are the last axis.",
        lambda image: image[::-1].copy(),
    )
    flips_columns = mistake(
        "You mirrored the picture: that reverses axis 1, the columns. The channels are the last axis.",
        lambda image: image[:, ::-1].copy(),
    )
    flips_everything = mistake(
        "You reversed all three axes: the colours are right, and the picture stands on its head. Only the last axis turns.",
        lambda image: image[::-1, ::-1, ::-1].copy(),
    )

    @mistake(
        "You wrote into the caller's own array: `rgb = image` makes a second name, not a second picture. "
        "Start from `image.copy()`, or build a new array."
    )
    def changes_its_input(image):
        image[...] = image[..., ::-1].copy()
        return image

    returns_a_view = mistake(
        "The right colours, but still the caller's memory: a slice is a *view*, so painting on your result would paint on "
        "their picture. Add `.copy()`.",
        lambda image: image[..., ::-1],
    )

    @mistake(
        "First and third channel are now equal: the first assignment wrote over what the second one wanted to read. "
        "Exchange both at once, or read from the original."
    )
    def loses_a_channel(image):
        rgb = image.copy()
        rgb[..., 0] = rgb[..., 2]
        rgb[..., 2] = rgb[..., 0]
        return rgb

    rolls = mistake(
        "This *rolls* the channels around by one. Blue and red change places, green stays in the middle.",
        lambda image: np.roll(image, 1, axis=-1),
    )

    rows_for_channels = mistake(
        "`image[0]` is the first *row* of the picture. The blue channel is image[..., 0]: the channels are the last axis.",
        lambda image: np.stack([image[2], image[1], image[0]], axis=-1),
    )

    @mistake(
        "Your channel in the middle is 0 everywhere: green stays where it is, and has to be copied like the other two."
    )
    def without_green(image):
        rgb = np.zeros_like(image)
        rgb[..., 0] = image[..., 2]
        rgb[..., 2] = image[..., 0]
        return rgb

    opencv = mistake(
        "The colours are right, but cv2.cvtColor takes uint8, uint16 and float32 only, and this picture is of another dtype. An "
        "index turns the channels of any array.",
        lambda image: cv2.cvtColor(image, cv2.COLOR_BGR2RGB),
    )
    floats = mistake(
        "The right numbers as float64: `np.zeros` makes floats unless it is told another dtype. `np.zeros_like(image)` keeps the "
        "picture's.",
        lambda image: image[..., ::-1].astype(float),
    )
    rolls_back = mistake(
        "This *rolls* the channels around by one, to green, red, blue. Blue and red change places, green stays in the middle.",
        lambda image: np.roll(image, -1, axis=-1),
    )
