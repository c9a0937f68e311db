"""HAN: Yang, Yang, Dyer, He, Smola and Hovy (2016), Hierarchical Attention Networks for Document Classification.
https://aclanthology.org/N16-1174/

Words make a sentence, and sentences make a text. A reader goes over the words of each sentence from both ends; attention says
which of them matter, and their weighted mean is the sentence. Another reader and another attention do the same with the sentences.
The weights can be looked at: `attention`.
"""

from __future__ import annotations

import weakref
from collections.abc import MutableMapping
from typing import Any

import keras
from keras import ops

from course_utils.zoo.layers import AttentionPool, register


@register
class IntoSentences(keras.layers.Layer):
    """Cut (batch, sentences * words, channels) into sentences: (batch * sentences, words, channels)."""

    supports_masking = True

    def __init__(self, words: int, **options: Any) -> None:
        super().__init__(**options)
        self.words = words

    def call(self, x: Any, mask: Any = None) -> Any:
        """The same numbers, one sentence a row."""
        return ops.reshape(x, (-1, self.words, x.shape[-1]))

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """The same marks, one sentence a row."""
        return None if mask is None else ops.reshape(mask, (-1, self.words))

    def compute_output_shape(self, shape: tuple) -> tuple:
        """(batch * sentences, words, channels)."""
        return None, self.words, shape[2]

    def get_config(self) -> dict:
        """Its size, by which it is made again."""
        return {**super().get_config(), "words": self.words}


@register
class IntoTexts(keras.layers.Layer):
    """Put sentences together again: (batch * sentences, channels) and the ids (batch, sentences * words) -> (batch, sentences, channels).

    A sentence in which every id is 0 is padding.
    """

    supports_masking = True

    def __init__(self, sentences: int, **options: Any) -> None:
        super().__init__(**options)
        self.sentences = sentences

    def call(self, inputs: list) -> Any:
        """The same numbers, one text a row."""
        return ops.reshape(inputs[0], (-1, self.sentences, inputs[0].shape[-1]))

    def compute_mask(self, inputs: list, mask: Any = None) -> Any:
        """(batch, sentences): True for a sentence with a word."""
        ids = inputs[1]
        return ops.any(ops.reshape(ids, (-1, self.sentences, ids.shape[1] // self.sentences)) != 0, axis=2)

    def compute_output_shape(self, shapes: list) -> tuple:
        """(batch, sentences, channels)."""
        return shapes[1][0], self.sentences, shapes[0][-1]

    def get_config(self) -> dict:
        """Its size, by which it is made again."""
        return {**super().get_config(), "sentences": self.sentences}


def features(words: Any, ids: Any, *, sentence_length: int = 25, units: int = 50, dropout: float = 0.3) -> Any:
    """(batch, sentences * sentence_length, channels) -> (batch, 2 * units)."""
    if ids.shape[1] % sentence_length:
        raise ValueError(f"length={ids.shape[1]} is no multiple of sentence_length={sentence_length}")
    by_sentence = IntoSentences(sentence_length)(words)
    states = _reader(units, "word_reader")(by_sentence)  # (batch * sentences, sentence_length, 2 * units)
    sentences, _ = AttentionPool(2 * units, name="word_attention")(states)
    by_text = IntoTexts(ids.shape[1] // sentence_length)([sentences, ids])
    states = _reader(units, "sentence_reader")(by_text)  # (batch, sentences, 2 * units)
    text, _ = AttentionPool(2 * units, name="sentence_attention")(states)
    return keras.layers.Dropout(dropout)(text)


def attention(model: keras.Model, ids: Any) -> tuple[Any, Any]:
    """Which words and sentences a HAN looks at: weights (texts, sentences, words) and (texts, sentences), as NumPy arrays.

    `ids` are (texts, length). The weights of a sentence's words add up to 1, and so do those of a text's sentences.
    """
    if model not in _WEIGHTS_OF:
        outputs = [model.get_layer(name).output[1] for name in ("word_attention", "sentence_attention")]
        _WEIGHTS_OF[model] = keras.Model(model.input, outputs)
    words, sentences = _WEIGHTS_OF[model].predict(ids, verbose=0)
    return words.reshape(len(ids), sentences.shape[1], -1), sentences


#: A HAN -> the model of the same layers that gives its weights. Kept, for each new one builds its graph anew, which takes longer than to
#: answer for a text.
_WEIGHTS_OF: MutableMapping[keras.Model, keras.Model] = weakref.WeakKeyDictionary()


def _reader(units: int, name: str) -> Any:
    return keras.layers.Bidirectional(keras.layers.GRU(units, return_sequences=True, name="gru"), name=name)
