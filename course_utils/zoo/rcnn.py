"""RCNN: Lai, Xu, Liu and Zhao (2015), Recurrent Convolutional Neural Networks for Text Classification. AAAI.
https://ojs.aaai.org/index.php/AAAI/article/view/9513

Each word is described by itself and by what stands on its two sides:

    left(i)  = f(W_l left(i - 1)  + W_sl e(i - 1))        all words before it (equation 1)
    right(i) = f(W_r right(i + 1) + W_sr e(i + 1))        all words after it (equation 2)
    y(i)     = tanh(W [left(i); e(i); right(i)] + b)      (equations 3 and 4)

and a text by the largest value of each channel of y over its words (equation 5).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from course_utils.zoo.layers import MaxOverTime, register


@register
class Sides(keras.layers.Layer):
    """What stands on either side of each word: (batch, length, channels) -> twice (batch, length, units).

    The word itself is in neither. Beside the first and after the last word stands a vector of zeros.
    """

    supports_masking = True

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.before = keras.layers.SimpleRNN(units, return_sequences=True, name="before")
        self.after = keras.layers.SimpleRNN(units, return_sequences=True, go_backwards=True, name="after")

    def build(self, shape: tuple) -> None:
        """Both readers."""
        self.before.build(shape)
        self.after.build(shape)

    def call(self, words: Any, mask: Any = None) -> tuple[Any, Any]:
        """Shift the words by one place, so that a reader at word i has seen the words up to its neighbour."""
        before, after = words[:, :-1], words[:, 1:]
        if mask is not None:  # after the last word stands padding, which has a vector as well
            after = after * ops.cast(mask[:, 1:], words.dtype)[..., None]
        # What stands before a word is never padding, so this reader needs no mask: places behind the text are left out later.
        left = self.before(ops.pad(before, [[0, 0], [1, 0], [0, 0]]))
        right = self.after(ops.pad(after, [[0, 0], [0, 1], [0, 0]]), mask=mask)
        return left, ops.flip(right, axis=1)  # a reader that goes backwards answers from the end on

    def compute_mask(self, words: Any, mask: Any = None) -> tuple[Any, Any]:
        """That of the words."""
        return mask, mask

    def compute_output_shape(self, shape: tuple) -> tuple[tuple, tuple]:
        """Twice (batch, length, units)."""
        return (*shape[:2], self.units), (*shape[:2], self.units)

    def get_config(self) -> dict:
        """Its size, by which it is made again."""
        return {**super().get_config(), "units": self.units}


def features(words: Any, *, units: int = 64, channels: int = 100, dropout: float = 0.5) -> Any:
    """(batch, length, embedding) -> (batch, channels)."""
    left, right = Sides(units, name="sides")(words)
    beside = keras.layers.Concatenate()([left, words, right])  # (batch, length, units + embedding + units)
    y = keras.layers.Dense(channels, activation="tanh", name="word_in_context")(beside)
    return keras.layers.Dropout(dropout)(MaxOverTime()(y))
