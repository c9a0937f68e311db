"""Right answers to `to_grayscale`, each written in another way."""

import cv2
import numpy as np
from PIL import Image

from ..to_grayscale import BT601


def with_integers(image):
    r, g, b = (image[..., channel].astype(np.int64) for channel in range(3))
    return ((299 * r + 587 * g + 114 * b + 500) // 1000).astype(np.uint8)


def with_einsum_and_no_rounding(image):
    return np.einsum("hwc,c->hw", image / 255, BT601 * 255).astype("uint8")


def with_opencv_on_bgr(image):
    return cv2.cvtColor(np.ascontiguousarray(image[..., ::-1]), cv2.COLOR_BGR2GRAY)


def with_pillow(image):
    return np.asarray(Image.fromarray(image).convert("L"))


def with_a_weighted_average(image):
    return np.average(image, axis=2, weights=[0.299, 0.587, 0.114]).round().astype(np.uint8)


def in_float32_and_clipped(image):
    grey = sum(np.float32(w) * image[:, :, i] for i, w in enumerate((0.299, 0.587, 0.114)))
    return np.clip(np.round(grey), 0, 255).astype(np.uint8)


def pixel_by_pixel(image):
    rows = [[round(0.299 * int(r) + 0.587 * int(g) + 0.114 * int(b)) for r, g, b in row] for row in image]
    return np.array(rows, dtype=np.uint8)
