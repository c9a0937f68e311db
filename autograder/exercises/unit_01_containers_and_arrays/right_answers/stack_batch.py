"""Right answers to `stack_batch`, each written in another way."""

import cv2
import numpy as np


def with_pad(images):
    height = max(image.shape[0] for image in images)
    width = max(image.shape[1] for image in images)
    grown = [
        np.pad(image, ((0, height - image.shape[0]), (0, width - image.shape[1]), (0, 0))).astype("float32")
        for image in images
    ]
    return np.stack(grown) / np.float32(255)


def with_borders(images):
    if not images:
        raise ValueError("an empty list of pictures has no size")
    height, width = np.max([image.shape[:2] for image in images], axis=0)
    grown = []
    for image in images:
        below, right = int(height - image.shape[0]), int(width - image.shape[1])
        grown.append(cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT, value=0))
    return np.array(grown).astype(np.float32) / 255


def filled_then_divided(images):
    heights, widths, _ = zip(*[image.shape for image in images])
    batch = np.zeros((len(images), max(heights), max(widths), 3), dtype="float32")
    for n in range(len(images)):
        batch[n, : heights[n], : widths[n], :] = images[n]
    batch /= 255
    return batch


def with_blocks_of_zeros(images):
    if len(images) == 0:
        raise ValueError("no pictures")
    tallest = sorted(len(image) for image in images)[-1]
    widest = sorted(image.shape[1] for image in images)[-1]
    grown = []
    for image in images:
        image = np.hstack([image, np.zeros((image.shape[0], widest - image.shape[1], 3))])
        image = np.vstack([image, np.zeros((tallest - image.shape[0], widest, 3))])
        grown.append(image * (1 / 255))
    return np.float32(grown)


def pixel_by_pixel(images):
    rows = max([image.shape[0] for image in images])
    columns = max([image.shape[1] for image in images])
    batch = np.zeros([len(images), rows, columns, 3])
    for n, image in enumerate(images):
        for row, column in np.ndindex(image.shape[:2]):
            batch[n, row, column] = image[row, column] / 255.0
    return batch.astype(np.float32)


def with_a_mask(images):
    rows, columns = np.max([image.shape[:2] for image in images], axis=0)
    batch = []
    for image in images:
        row, column = np.ogrid[:rows, :columns]
        inside = (row < image.shape[0]) & (column < image.shape[1])
        stretched = image[np.minimum(row, len(image) - 1), np.minimum(column, image.shape[1] - 1)]
        batch.append(np.where(inside[..., None], stretched / 255, 0))
    return np.stack(batch).astype("f4")
