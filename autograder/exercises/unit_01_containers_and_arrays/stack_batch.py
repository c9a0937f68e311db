import cv2
import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import IMAGES


def picture(seed, height, width):
    """A (height, width, 3) picture without a 0 in it, so that padding shows."""
    return np.random.default_rng(seed).integers(1, 256, size=(height, width, 3), dtype=np.uint8)


@exercise("stack_batch", points=3, objective=IMAGES, dtype="exact")
class StackBatch:
    """Pictures of different sizes as one float32 batch in 0..1, padded with zeros below and on the right."""

    def oracle(images):
        height = max(len(image) for image in images)
        width = max(len(image[0]) for image in images)
        batch = [
            [
                [
                    [float(v) / 255 for v in image[row][column]]
                    if row < len(image) and column < len(image[0])
                    else [0.0, 0.0, 0.0]
                    for column in range(width)
                ]
                for row in range(height)
            ]
            for image in images
        ]
        return np.array(batch, np.float32)

    examples = [
        probe([np.full((1, 1, 3), 255, np.uint8), np.full((1, 2, 3), 51, np.uint8)]),
        probe([picture(1, 2, 2), picture(2, 1, 2)]),
        probe([picture(3, 1, 3), picture(4, 3, 2), picture(5, 2, 1)]),
        probe([]),
    ]

    def hidden(rng):
        for count in (1, 2, 2, 3, 5):
            sizes = rng.integers(1, 6, size=(count, 2))
            yield probe([rng.integers(1, 256, size=(h, w, 3), dtype=np.uint8) for h, w in sizes])
        yield probe([rng.integers(1, 256, size=(h, w, 3), dtype=np.uint8) for h, w in ((2, 5), (4, 3), (1, 1))])
        yield probe([rng.integers(1, 256, size=(2, 3, 3), dtype=np.uint8) for _ in range(3)])
        yield probe([])

    stacks_as_they_are = mistake(
        "NumPy stacks only what has one shape, and these pictures have several. Make a batch of zeros that is large enough, then "
        "write each picture into its corner.",
        lambda images: np.stack(images).astype(np.float32) / 255,
    )

    @mistake(
        "You stretched the smaller pictures. The task asks to leave every pixel as it is, and to fill up with zeros."
    )
    def resizes(images):
        height, width = (max(image.shape[axis] for image in images) for axis in (0, 1))
        return padded([resized(image, height, width) for image in images])

    @mistake(
        "You cut the larger pictures down to the smallest. Nothing may be lost: fill the smaller ones up with zeros."
    )
    def crops(images):
        height, width = (min(image.shape[axis] for image in images) for axis in (0, 1))
        return padded([image[:height, :width] for image in images])

    float64 = mistake(
        "The right numbers as float64, twice the memory for nothing: `image / 255` makes float64, and so does `np.zeros` "
        "unless you say `np.float32`.",
        lambda images: padded(images, np.float64),
    )
    stays_uint8 = mistake(
        "Your batch still holds uint8 values from 0 to 255. The task asks for float32 from 0 to 1.",
        lambda images: padded(images, np.uint8, scale=1),
    )
    not_scaled = mistake(
        "float32, as asked, but from 0 to 255. A network's input is small numbers: divide by 255.",
        lambda images: padded(images, scale=1),
    )
    fractions_into_uint8 = mistake(
        "Everything is 0: the batch was uint8 when you wrote the fractions into it. Make it float32 from the start.",
        lambda images: padded(images, np.uint8).astype(np.float32),
    )
    padded_at_the_start = mistake(
        "Your zeros are above and to the left. Each picture starts in the top left corner, at row 0 and column 0.",
        lambda images: padded([image[::-1, ::-1] for image in images])[:, ::-1, ::-1].copy(),
    )
    channels_first = mistake(
        "The channels come first in your batch: (N, 3, H, W) is PyTorch's order. Here it is (N, H, W, 3), Keras' order.",
        lambda images: np.moveaxis(padded(images), -1, 1).copy(),
    )

    largest_shape = mistake(
        "`max` of the shapes compares their first numbers first: (3, 2, 3) is larger than (1, 3, 3), although 2 is not the largest "
        "width. Take the largest height and the largest width each by itself.",
        lambda images: into(max(image.shape for image in images)[:2], images),
    )
    width_first = mistake(
        "Height and width of your batch are exchanged: its shape is (N, H, W, 3), the height first.",
        lambda images: into(sizes_of(images)[::-1], images),
    )
    empty_batch = mistake(
        "The batch is right. For an empty list, the task asks for `raise ValueError(...)` instead of an empty batch.",
        lambda images: into(sizes_of(images) if images else (0, 0), images),
    )
    own_maximum = mistake(
        "You divide each picture by its own largest value, so a dark picture becomes bright. Divide all of them by 255.",
        lambda images: padded([image * (255 / image.max()) for image in images]),
    )


def padded(images, dtype=np.float32, scale=255):
    """The batch as it should be, of another type or on another scale if one is given."""
    height, width = (max(image.shape[axis] for image in images) for axis in (0, 1))
    batch = np.zeros((len(images), height, width, 3), dtype)
    for n, image in enumerate(images):
        batch[n, : image.shape[0], : image.shape[1]] = image / scale if scale > 1 else image
    return batch


def resized(image, height, width):
    """The picture stretched to this size."""
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST)


def sizes_of(images):
    """The largest height and the largest width. Raises ValueError where there are no pictures."""
    return tuple(max(image.shape[axis] for image in images) for axis in (0, 1))


def into(size, images):
    """The pictures, scaled, in the corners of a batch of this height and width."""
    batch = np.zeros((len(images), *size, 3), np.float32)
    for n, image in enumerate(images):
        batch[n, : image.shape[0], : image.shape[1]] = image / 255
    return batch
