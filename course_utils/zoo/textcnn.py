"""TextCNN: Kim (2014), Convolutional Neural Networks for Sentence Classification. https://aclanthology.org/D14-1181/

A filter slides over a text and answers, at each place, how much the next few words are like what it looks for. Of its answers
over the whole text only the largest counts: that the phrase occurs, not where, nor how often.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from course_utils.zoo.layers import register


@register
class Phrases(keras.layers.Layer):
    """Filters of one width and their strongest answers: (batch, length, channels) -> (batch, filters), each at least 0.

    A window begins at each word; beyond the end of a text it sees zeros, however many places of padding follow.
    """

    supports_masking = True

    def __init__(self, filters: int, width: int, **options: Any) -> None:
        super().__init__(**options)
        self.filters, self.width = filters, width

    def build(self, shape: tuple) -> None:
        """The filters (width, channels, filters) and a bias for each."""
        self.kernel = self.add_weight(
            (self.width, shape[-1], self.filters), name="kernel", initializer="glorot_uniform"
        )
        self.bias = self.add_weight((self.filters,), name="bias", initializer="zeros")

    def call(self, x: Any, mask: Any = None) -> Any:
        """The maximum over time of ReLU(x * kernel + bias)."""
        if mask is not None:
            x = x * ops.cast(mask, x.dtype)[..., None]
        x = ops.pad(x, [[0, 0], [0, self.width - 1], [0, 0]])  # (batch, length + width - 1, channels)
        found = ops.relu(ops.conv(x, self.kernel, padding="valid") + self.bias)  # (batch, length, filters)
        if mask is not None:
            found = found * ops.cast(mask, found.dtype)[..., None]  # at least 0 elsewhere, so these never win
        return ops.max(found, axis=1)

    def compute_mask(self, x: Any, mask: Any = None) -> None:
        """One vector is left, and nothing to mask."""

    def compute_output_shape(self, shape: tuple) -> tuple:
        """(batch, filters)."""
        return shape[0], self.filters

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), "filters": self.filters, "width": self.width}


def features(words: Any, *, widths: Sequence[int] = (3, 4, 5), filters: int = 100, dropout: float = 0.5) -> Any:
    """(batch, length, channels) -> (batch, len(widths) * filters), with the paper's sizes."""
    found = [Phrases(filters, width, name=f"phrases_of_{width}")(words) for width in widths]
    joined = keras.layers.Concatenate()(found) if len(found) > 1 else found[0]
    return keras.layers.Dropout(dropout)(joined)
