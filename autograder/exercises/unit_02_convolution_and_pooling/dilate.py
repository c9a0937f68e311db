import cv2
import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import (
    BLOB,
    BORDER_LEFT_OUT,
    CENTRE_COUNTED,
    FILTERS,
    GREY,
    HOOK,
    MASK,
    MIXED,
    NO_LIBRARY,
    PLUS,
    SIDES,
    TRANSPOSED_ELEMENT,
    WRITTEN_WHILE_READ,
    inside_only,
    morph,
    pictures_and_elements,
    transposed,
    windows_of,
    written_while_read,
)


@exercise("dilate", points=1, objective=FILTERS, rules=[NO_LIBRARY], dtype="exact", fresh=True)
class Dilate:
    """Dilation: each pixel becomes the largest under the element's ones (element not flipped); same shape and dtype."""

    def oracle(x, se):
        return cv2.dilate(np.ascontiguousarray(x), np.asarray(se, np.uint8))

    examples = [
        probe(np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], np.uint8), HOOK),
        probe(BLOB, np.ones((3, 3), np.uint8)),
        probe(GREY, PLUS),
        probe(GREY, HOOK),
        probe(GREY, np.array([[1, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0]], np.uint8)),
        probe(GREY, np.array([[0, 1, 1, 0, 1]], np.uint8)),
        probe(np.full((3, 4), 0, np.uint8), np.ones((3, 3), np.uint8)),
        probe(np.array([[7, 200], [90, 30]], np.uint8), np.ones((1, 1), np.uint8)),
        probe(MASK, PLUS),
        probe(MIXED, HOOK),
        probe(GREY, SIDES),
    ]

    hidden = pictures_and_elements

    swapped = mistake(
        "You took the smallest value: that is erosion. Dilation keeps the largest, so bright shapes grow.",
        lambda x, se: morph(x, se, np.min, 255),
    )
    whole_rectangle = mistake(
        "You looked at every pixel of the window. Only those under a 1 of the structuring element count; "
        "the plus, for example, leaves out the corners.",
        lambda x, se: morph(x, np.ones_like(se), np.max, 0),
    )
    flipped = mistake(
        "Your structuring element is flipped. Textbooks and SciPy turn it by half for dilation, so that a single "
        "pixel grows into the element's own shape; OpenCV and this exercise lay it on as it is.",
        lambda x, se: morph(x, se[::-1, ::-1], np.max, 0),
    )
    valid_only = mistake(
        "Your result is smaller than the picture. Pad it by half the element's sides, so that the shape stays.",
        lambda x, se: windows_of(x, se.shape)[:, :, se > 0].max(axis=2),
    )
    bright_border = mistake(
        "Padding with the largest value belongs to erosion: here it wins everywhere along the border. "
        "Pixels outside are to be ignored: pad with 0, which never is the largest.",
        lambda x, se: morph(x, se, np.max, 255),
    )

    complement_of_a_mask = mistake(
        "`1 - x` turns a picture of 0 and 1 around, and no other one: in uint8, 1 - 200 is 57. Turn it around with 255 - x, or take "
        "the largest pixel directly.",
        lambda x, se: 1 - morph(1 - x, se, np.min, 255),
    )
    border_unchanged = mistake(BORDER_LEFT_OUT, lambda x, se: inside_only(x, se, np.max, None))
    border_zero = mistake(BORDER_LEFT_OUT, lambda x, se: inside_only(x, se, np.max, 0))
    written_into_x = mistake(WRITTEN_WHILE_READ, lambda x, se: written_while_read(x, se, max))
    written_into_x_and_copied = mistake(WRITTEN_WHILE_READ, lambda x, se: written_while_read(x, se, max).copy())
    written_into_its_copy = mistake(WRITTEN_WHILE_READ, lambda x, se: written_while_read(x.copy(), se, max))
    transposed_element = mistake(TRANSPOSED_ELEMENT, lambda x, se: morph(x, transposed(se), np.max, 0))
    centre_counted = mistake(CENTRE_COUNTED, lambda x, se: np.maximum(x, morph(x, se, np.max, 0)))
    made_a_mask = mistake(
        "Your result holds 0 and 1 alone. A grey picture stays grey: keep the largest pixel itself.",
        lambda x, se: (morph(x, se, np.max, 0) > 0).astype(x.dtype),
    )
