"""TextRNN, both of them: a text read word by word, from either end, by an LSTM (Hochreiter and Schmidhuber 1997).

Version 1: embedding, BiLSTM, both directions concatenated, averaged over the words, softmax.
Version 2: embedding, BiLSTM, dropout, both directions concatenated, an LSTM over these, dropout, a dense layer, softmax.

Bidirectional reading: Graves and Schmidhuber (2005), https://doi.org/10.1016/j.neunet.2005.06.042
"""

from __future__ import annotations

from typing import Any

import keras

from course_utils.zoo.layers import MaskedMean


def features_v1(words: Any, *, units: int = 64, dropout: float = 0.5) -> Any:
    """(batch, length, channels) -> (batch, 2 * units): the mean of what both readers know at each word."""
    states = _both_ways(units)(words)  # (batch, length, 2 * units)
    return keras.layers.Dropout(dropout)(MaskedMean()(states))


def features_v2(words: Any, *, units: int = 64, dropout: float = 0.5) -> Any:
    """(batch, length, channels) -> (batch, units): what a third reader knows after the last word of the others' notes."""
    states = keras.layers.Dropout(dropout)(_both_ways(units)(words))  # (batch, length, 2 * units)
    last = keras.layers.LSTM(2 * units, name="reader_of_both")(states)  # (batch, 2 * units)
    return keras.layers.Dense(units, activation="relu", name="summary")(keras.layers.Dropout(dropout)(last))


def _both_ways(units: int) -> Any:
    """A reader from each end; padding is skipped, so that the one from the end begins at the last word."""
    return keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True, name="lstm"), name="readers")
