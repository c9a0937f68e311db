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

CORNER = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]], np.uint8)


@exercise("erode", points=2, objective=FILTERS, rules=[NO_LIBRARY], dtype="exact", fresh=True)
class Erode:
    """Erosion: each pixel becomes the smallest under the element's ones; outside pixels are ignored; same shape, dtype."""

    def oracle(x, se):
        return cv2.erode(np.ascontiguousarray(x), np.asarray(se, np.uint8))

    examples = [
        probe(CORNER, np.ones((1, 3), np.uint8)),
        probe(BLOB, np.ones((3, 3), np.uint8)),
        probe(BLOB, HOOK),
        probe(GREY, PLUS),
        probe(GREY, np.array([[1, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0]], np.uint8)),
        probe(GREY, np.array([[0, 1, 1, 0, 1]], np.uint8)),
        probe(np.full((3, 4), 255, np.uint8), np.ones((3, 3), np.uint8)),
        probe(np.array([[7, 200], [90, 30]], np.uint8), np.ones((1, 1), np.uint8)),
        probe(MASK, PLUS),
        probe(MIXED, HOOK),
        probe(GREY, SIDES),
    ]

    hidden = pictures_and_elements

    swapped = mistake(
        "You took the largest value: that is dilation. Erosion keeps the smallest, so bright shapes shrink.",
        lambda x, se: morph(x, se, np.max, 0),
    )
    whole_rectangle = mistake(
        "You looked at every pixel of the window. Only those under a 1 of the structuring element count; "
        "the plus, for example, leaves out the corners.",
        lambda x, se: morph(x, np.ones_like(se), np.min, 255),
    )
    flipped = mistake(
        "Your structuring element is flipped. Lay it on as it is, its centre on the pixel.",
        lambda x, se: morph(x, se[::-1, ::-1], np.min, 255),
    )
    zero_border = mistake(
        "Zeros outside the picture eat its border. Pixels outside are to be ignored: "
        "pad with the largest value of the type instead, which never is the smallest.",
        lambda x, se: morph(x, se, np.min, 0),
    )
    valid_only = mistake(
        "Your result is smaller than the picture. Pad it by half the element's sides, so that the shape stays.",
        lambda x, se: windows_of(x, se.shape)[:, :, se > 0].min(axis=2),
    )

    @mistake(
        "You multiplied the window by the element, and the zeros of the element then won the minimum. "
        "Choose the pixels under the ones instead of multiplying."
    )
    def multiplied(x, se):
        rows, columns = se.shape[0] // 2, se.shape[1] // 2
        padded = np.pad(x, [(rows, rows), (columns, columns)], constant_values=255)
        return (windows_of(padded, se.shape) * se).min(axis=(2, 3))

    complement_of_a_mask = mistake(
        "`1 - x` turns a picture of 0 and 1 around, and no other one: in uint8, 1 - 200 is 57. Turn it around with 255 - x, or take "
        "the smallest pixel directly.",
        lambda x, se: 1 - morph(1 - x, se, np.max, 0),
    )
    border_unchanged = mistake(BORDER_LEFT_OUT, lambda x, se: inside_only(x, se, np.min, None))
    border_zero = mistake(BORDER_LEFT_OUT, lambda x, se: inside_only(x, se, np.min, 0))
    written_into_x = mistake(WRITTEN_WHILE_READ, lambda x, se: written_while_read(x, se, min))
    written_into_x_and_copied = mistake(WRITTEN_WHILE_READ, lambda x, se: written_while_read(x, se, min).copy())
    written_into_its_copy = mistake(WRITTEN_WHILE_READ, lambda x, se: written_while_read(x.copy(), se, min))
    border_of_ones = mistake(
        "Around your picture stand ones. They are the largest value of a mask of 0 and 1, not of a picture: pad with 255, the "
        "largest value of uint8.",
        lambda x, se: morph(x, se, np.min, 1),
    )
    transposed_element = mistake(TRANSPOSED_ELEMENT, lambda x, se: morph(x, transposed(se), np.min, 255))
    centre_counted = mistake(CENTRE_COUNTED, lambda x, se: np.minimum(x, morph(x, se, np.min, 255)))
    made_a_mask = mistake(
        "Your result holds 0 and 1 alone. A grey picture stays grey: keep the smallest pixel itself.",
        lambda x, se: (morph(x, se, np.min, 255) > 0).astype(x.dtype),
    )
