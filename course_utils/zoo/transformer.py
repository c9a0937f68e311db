"""Transformer: Vaswani et al. (2017), Attention Is All You Need. NeurIPS. https://arxiv.org/abs/1706.03762

Its encoder reads all words at once: each looks at every other (`bert.Block`), and only what is added to its vector says where it
stands. A text is the mean of what comes out.

    PE(place, 2 i) = sin(place / 10000^(2 i / width)),   PE(place, 2 i + 1) = cos(place / 10000^(2 i / width))    (section 3.5)
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.zoo.bert import Block
from course_utils.zoo.layers import MaskedMean, register

SLOWEST = 10_000.0  # of the waves: the last pair goes round once in about 2 pi times as many places


def sinusoid(length: int, width: int) -> np.ndarray:
    """A vector for each place: (length, width) float32, sines at even and cosines at odd numbers."""
    angles = np.arange(length)[:, None] / SLOWEST ** (np.arange(0, width, 2) / width)  # (length, half of the width)
    waves = np.zeros((length, width), "float32")
    waves[:, 0::2] = np.sin(angles)
    waves[:, 1::2] = np.cos(angles)[:, : width // 2]
    return waves


@register
class AddPlaces(keras.layers.Layer):
    """Add to each vector where it stands: (batch, length, width) -> the same. Vectors are multiplied by sqrt(width) before."""

    supports_masking = True

    def call(self, x: Any) -> Any:
        """The waves are as large as 1; without the factor they would be louder than the words."""
        number = np.arange(width := x.shape[2])
        rates = (SLOWEST ** -((number - number % 2) / width)).astype("float32")
        angles = ops.cast(ops.arange(ops.shape(x)[1]), "float32")[:, None] * rates  # (length, width)
        waves = ops.where(number % 2 == 0, ops.sin(angles), ops.cos(angles))  # those of `sinusoid`, for any length
        return x * float(np.sqrt(width)) + ops.cast(waves, x.dtype)[None]

    def compute_output_shape(self, shape: tuple) -> tuple:
        """As it came."""
        return shape


def features(
    words: Any,
    *,
    width: int = 64,
    blocks: int = 1,
    heads: int = 4,
    hidden: int = 128,
    places: bool = True,
    dropout: float = 0.1,
) -> Any:
    """(batch, length, channels) -> (batch, width). Without `places` it cannot tell two orders of the same words apart."""
    x = keras.layers.Dense(width, name="narrowed")(words)  # (batch, length, width), which the heads share out
    x = keras.layers.Dropout(dropout)(AddPlaces()(x) if places else x)
    for number in range(blocks):
        x = Block(heads, hidden, dropout, name=f"block_{number}")(x)
    return keras.layers.Dropout(dropout)(MaskedMean()(x))
