"""EntNet: Henaff, Weston, Szlam, Bordes and LeCun (2017), Tracking the World State with Recurrent Entity Networks. ICLR.
https://arxiv.org/abs/1612.03969

A memory of several blocks, each for something that a story tells of. A block has a key w, which is learned and stays, and a state h,
which sentences change. Sentence s opens those blocks whose key or state is like it:

    s   = sum over its words i of f(i) * e(i)                 f, the position mask, is learned: a number for each place and channel
    g_j = sigmoid(s . h_j + s . w_j)                          the gate of block j (equation 2)
    c_j = phi(U h_j + V w_j + W s)                            what it might remember (equation 3)
    h_j = (h_j + g_j c_j) / |h_j + g_j c_j|                   and what it does: only the direction is kept (equations 4 and 5)

The question q looks for the blocks that know:

    p_j = softmax over j of q . h_j,   u = sum of p_j h_j,   y = R phi(q + H u)     (equation 6)

phi is a ReLU whose slope below 0 is learned for each channel. Story and question are read with a position mask each.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from course_utils.zoo.layers import BySentence, MaskedMean, register

LEAST = 1e-4  # under a root: the length of a vector of zeros has no gradient


@register
class PositionMask(keras.layers.Layer):
    """A sentence as a sum of its words, each channel weighed by place: (..., words, channels) -> (..., channels)."""

    supports_masking = True

    def build(self, shape: tuple) -> None:
        """f (words, channels), ones: training begins with a plain sum."""
        self.kernel = self.add_weight(shape[-2:], name="kernel", initializer="ones")

    def call(self, x: Any, mask: Any = None) -> Any:
        """Padding has no part in it."""
        weighed = x * self.kernel
        if mask is not None:
            weighed = weighed * ops.cast(mask, x.dtype)[..., None]
        return ops.sum(weighed, axis=-2)

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """True for a sentence with a word. A single sentence, such as a question, is never padding."""
        return None if mask is None or len(mask.shape) < 3 else ops.any(mask, axis=-1)

    def compute_output_shape(self, shape: tuple) -> tuple:
        """(..., channels)."""
        return (*shape[:-2], shape[-1])


@register
class EntityCell(keras.layers.Layer):
    """All blocks, and what one sentence does to them: (batch, channels) -> the gates (batch, blocks).

    Its state is (batch, blocks * channels); a story begins with the keys in it.
    """

    def __init__(self, blocks: int, channels: int, **options: Any) -> None:
        super().__init__(**options)
        self.blocks, self.channels = blocks, channels
        self.state_size, self.output_size = blocks * channels, blocks

    def build(self, shape: tuple) -> None:
        """The keys (blocks, channels), three matrices (channels, channels) and the slopes (channels,)."""
        square = (self.channels, self.channels)
        as_long_as_states = keras.initializers.RandomNormal(stddev=self.channels**-0.5)  # about 1
        self.keys = self.add_weight((self.blocks, self.channels), name="keys", initializer=as_long_as_states)
        self.of_state = self.add_weight(square, name="of_state", initializer="glorot_uniform")  # U
        self.of_key = self.add_weight(square, name="of_key", initializer="glorot_uniform")  # V
        self.of_sentence = self.add_weight(square, name="of_sentence", initializer="glorot_uniform")  # W
        self.slope = self.add_weight((self.channels,), name="slope", initializer="ones")

    def get_initial_state(self, batch_size: Any = None) -> Any:
        """The keys, for each story: (batch, blocks * channels)."""
        return ops.tile(ops.reshape(self.keys, (1, -1)), (batch_size, 1))

    def call(self, sentence: Any, states: list, training: bool = False) -> tuple[Any, list]:
        """One sentence more."""
        before = ops.reshape(states[0], (-1, self.blocks, self.channels))
        keys = ops.cast(self.keys, sentence.dtype)
        gates = ops.sigmoid(ops.matmul(before + keys, sentence[..., None])[..., 0])  # s . h + s . w: (batch, blocks)
        seen = ops.matmul(sentence, self.of_sentence)[:, None]  # (batch, 1, channels), the same for all blocks
        # a block a row: with more axes, XLA cannot go backwards through the loop over the sentences
        known = ops.matmul(ops.reshape(states[0], (-1, self.channels)), self.of_state)
        known = ops.reshape(known, (-1, self.blocks, self.channels))
        new = parametric_relu(known + ops.matmul(keys, self.of_key) + seen, self.slope)
        after = unit(before + gates[..., None] * new)
        return gates, [ops.reshape(after, (-1, self.state_size))]

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), "blocks": self.blocks, "channels": self.channels}


def parametric_relu(x: Any, slope: Any) -> Any:
    """x where it is positive, slope * x elsewhere."""
    return ops.maximum(x, 0) + ops.cast(slope, x.dtype) * ops.minimum(x, 0)


def unit(x: Any) -> Any:
    """Vectors of the same directions, of length 1."""
    wide = ops.cast(x, "float32")
    return ops.cast(wide * ops.rsqrt(ops.sum(wide * wide, axis=-1, keepdims=True) + LEAST**2), x.dtype)


@register
class Answer(keras.layers.Layer):
    """What the blocks know of a question: states (batch, blocks * channels) and (batch, channels) -> (batch, channels)."""

    def build(self, shapes: list) -> None:
        """H (channels, channels) and the slopes (channels,)."""
        channels = shapes[1][-1]
        self.kernel = self.add_weight((channels, channels), name="kernel", initializer="glorot_uniform")
        self.slope = self.add_weight((channels,), name="slope", initializer="ones")

    def call(self, inputs: list) -> Any:
        """Look for the question in all blocks, and add what is found to it."""
        states, question = inputs
        blocks = ops.reshape(states, (-1, states.shape[1] // question.shape[1], question.shape[1]))
        scores = ops.cast(ops.matmul(blocks, question[..., None])[..., 0], "float32")  # (batch, blocks)
        shares = ops.cast(ops.softmax(scores, axis=-1), question.dtype)
        found = ops.matmul(shares[:, None], blocks)[:, 0]  # u: (batch, channels)
        return parametric_relu(question + ops.matmul(found, self.kernel), self.slope)

    def compute_output_shape(self, shapes: list) -> tuple:
        """(batch, channels)."""
        return shapes[1]


def read(sentences: Any, question: Any, *, blocks: int = 20, dropout: float = 0.0) -> Any:
    """Sentences (batch, sentences, channels) and a question (batch, channels) -> (batch, channels), of which the answer is made."""
    if blocks < 1:
        raise ValueError(f"blocks={blocks}: at least one is needed")
    cell = EntityCell(blocks, sentences.shape[-1], name="blocks")
    reader = keras.layers.RNN(cell, return_sequences=True, return_state=True, zero_output_for_mask=True, name="memory")
    _, states = reader(keras.layers.Dropout(dropout)(sentences))
    return keras.layers.Dropout(dropout)(Answer(name="answer")([states, question]))


def answer(story: Any, question: Any, *, blocks: int = 20, dropout: float = 0.0) -> tuple[Any, None]:
    """Words' vectors (batch, sentences, words, channels) and (batch, words, channels) -> (batch, channels); no gates to teach."""
    sentences = PositionMask(name="sentences")(story)
    return read(sentences, PositionMask(name="question")(question), blocks=blocks, dropout=dropout), None


def features(words: Any, ids: Any, *, sentence_length: int = 25, blocks: int = 20, dropout: float = 0.3) -> Any:
    """(batch, sentences * sentence_length, channels) -> (batch, channels): a text whose question is the mean of its sentences."""
    sentences = PositionMask(name="sentences")(BySentence(sentence_length)(words))
    return read(sentences, MaskedMean(name="question")(sentences), blocks=blocks, dropout=dropout)


def gates(model: keras.Model, inputs: Any) -> Any:
    """How far each sentence opens each block: (texts, sentences, blocks) from 0 to 1, a NumPy array; 0 at padding.

    `inputs` as for `model.predict`.
    """
    return keras.Model(model.inputs, model.get_layer("memory").output[0]).predict(inputs, verbose=0)
