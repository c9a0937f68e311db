"""What several models of the zoo share: one vector of many, where id 0 is padding and padding changes nothing.

Shapes are written as (batch, length, channels). A mask is (batch, length), True where there is a word.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

PACKAGE = "zoo"  # under which a saved model finds what it is made of

register = keras.saving.register_keras_serializable(PACKAGE)


@register
class MaskedMean(keras.layers.Layer):
    """The mean of a text's vectors: (batch, length, channels) -> (batch, channels); zeros for a text without a word."""

    supports_masking = True

    def call(self, x: Any, mask: Any = None) -> Any:
        """Sum over the words divided by their number, at least 1."""
        if mask is None:
            return ops.mean(x, axis=1)
        weights = ops.cast(mask, x.dtype)[:, None]  # (batch, 1, length)
        return ops.matmul(weights, x)[:, 0] / ops.maximum(ops.sum(weights, axis=2), 1)

    def compute_mask(self, x: Any, mask: Any = None) -> None:
        """One vector is left, and nothing to mask."""

    def compute_output_shape(self, shape: tuple) -> tuple:
        """(batch, channels)."""
        return shape[0], shape[2]


@register
class MaxOverTime(keras.layers.Layer):
    """The largest value of each channel: (batch, length, channels) -> (batch, channels); zeros for a text without a word."""

    supports_masking = True

    def call(self, x: Any, mask: Any = None) -> Any:
        """The maximum over the words; Keras's own `GlobalMaxPooling1D` takes padding for words."""
        if mask is None:
            return ops.max(x, axis=1)
        mask = mask[..., None]  # (batch, length, 1)
        lowest = -6e4 if keras.backend.standardize_dtype(x.dtype) == "float16" else -1e30
        return ops.where(ops.any(mask, axis=1), ops.max(ops.where(mask, x, lowest), axis=1), 0)

    def compute_mask(self, x: Any, mask: Any = None) -> None:
        """One vector is left, and nothing to mask."""

    def compute_output_shape(self, shape: tuple) -> tuple:
        """(batch, channels)."""
        return shape[0], shape[2]


@register
class AttentionPool(keras.layers.Layer):
    """A weighted mean whose weights are learned: (batch, length, channels) -> (batch, channels) and weights (batch, length).

    score = context . tanh(W h + b), weights = softmax of the scores over the words. Yang et al. (2016), equations 5-7.
    """

    supports_masking = True

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units

    def build(self, shape: tuple) -> None:
        """W (channels, units), b (units,), context (units,)."""
        self.kernel = self.add_weight((shape[-1], self.units), name="kernel", initializer="glorot_uniform")
        self.bias = self.add_weight((self.units,), name="bias", initializer="zeros")
        self.context = self.add_weight((self.units, 1), name="context", initializer="glorot_uniform")

    def call(self, h: Any, mask: Any = None) -> tuple[Any, Any]:
        """Padding has weight 0; where all is padding, all weights are 0."""
        hidden = ops.tanh(ops.matmul(h, self.kernel) + self.bias)  # (batch, length, units)
        scores = ops.cast(ops.matmul(hidden, self.context)[..., 0], "float32")  # (batch, length)
        if mask is not None:
            scores = ops.where(mask, scores, -1e30)
        weights = ops.softmax(scores, axis=-1)
        if mask is not None:
            weights = ops.where(mask, weights, 0.0)
        weights = ops.cast(weights, h.dtype)
        return ops.sum(h * weights[..., None], axis=1), weights

    def compute_mask(self, h: Any, mask: Any = None) -> tuple[None, None]:
        """One vector is left, and nothing to mask."""
        return None, None

    def compute_output_shape(self, shape: tuple) -> tuple[tuple, tuple]:
        """(batch, channels) and (batch, length)."""
        return (shape[0], shape[2]), shape[:2]

    def get_config(self) -> dict:
        """Its size, by which it is made again."""
        return {**super().get_config(), "units": self.units}


@register
class BySentence(keras.layers.Layer):
    """Cut a text into sentences of so many places: (batch, sentences * words, channels) -> (batch, sentences, words, channels).

    Raises ValueError where the text's length is no multiple of `words`.
    """

    supports_masking = True

    def __init__(self, words: int, **options: Any) -> None:
        super().__init__(**options)
        self.words = words

    def build(self, shape: tuple) -> None:
        """Nothing to learn."""
        if shape[1] % self.words:
            raise ValueError(f"length={shape[1]} is no multiple of sentence_length={self.words}")

    def call(self, x: Any, mask: Any = None) -> Any:
        """The same numbers, one sentence a row."""
        return ops.reshape(x, (-1, x.shape[1] // self.words, self.words, x.shape[2]))

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """The same marks, one sentence a row."""
        return None if mask is None else ops.reshape(mask, (-1, mask.shape[1] // self.words, self.words))

    def compute_output_shape(self, shape: tuple) -> tuple:
        """(batch, sentences, words, channels)."""
        return shape[0], shape[1] // self.words, self.words, shape[2]

    def get_config(self) -> dict:
        """Its size, by which it is made again."""
        return {**super().get_config(), "words": self.words}
