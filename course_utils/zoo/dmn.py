"""DMN: Kumar, Irsoy, Ondruska, Iyyer, Bradbury, Gulrajani, Zhong, Paulus and Socher (2016), Ask Me Anything: Dynamic Memory
Networks for Natural Language Processing. ICML. https://arxiv.org/abs/1506.07285

A story is read once, and looked through several times with the question in mind. What was found in one pass says what to look for
in the next: where the milk is, is where the one who has it went.

    f(i) = what sentence i says, and how long ago        a sum over its words, and a vector for its age
    q    = what is asked                                 a reader over the question's words
    z(i) = [f(i) * q; f(i) * m; |f(i) - q|; |f(i) - m|]  how near sentence i is to the question and to the memory m; m(0) = q
    g(i) = softmax over i of w . tanh(W z(i) + b)        the gates of a pass
    e    = sum of g(i) f(i)                              its episode
    m(t) = ReLU(W(t) [m(t - 1); e; q] + b(t))            the memory after pass t

The first paper reads on from sentence to sentence, which takes a step for each. Here all are read at once and told their age, as by
Sukhbaatar, Szlam, Weston and Fergus (2015), End-To-End Memory Networks, https://arxiv.org/abs/1503.08895, section 4.1. Sentences
as weighted sums, these z, softmax and ReLU are those of Xiong, Merity and Socher (2016), Dynamic Memory Networks for Visual and
Textual Question Answering, https://arxiv.org/abs/1603.01417. Where it is known which sentence holds the answer, the gates can be
taught as well (first paper, section 2.6).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from course_utils.zoo.layers import BySentence, register


@register
class PositionEncoding(keras.layers.Layer):
    """A sentence as a weighted sum of its words: (batch, sentences, words, channels) -> (batch, sentences, channels).

    weight(j, d) = (1 - j / M) - (d / D) (1 - 2 j / M) for word j of M and channel d of D, both counted from 1: the first channels
    listen to the first words, the last to the last. Sukhbaatar et al. (2015), section 4.1, https://arxiv.org/abs/1503.08895
    """

    supports_masking = True

    def call(self, x: Any, mask: Any = None) -> Any:
        """Two sums over the words, and each channel's share of them."""
        there = ops.ones(ops.shape(x)[:3], x.dtype) if mask is None else ops.cast(mask, x.dtype)
        count = ops.maximum(ops.sum(there, axis=2, keepdims=True), 1)  # M: (batch, sentences, 1)
        place = ops.cumsum(there, axis=2) / count  # j / M
        channel = ops.cast(ops.arange(1, x.shape[3] + 1), x.dtype) / x.shape[3]  # d / D
        weights = ops.stack([(1 - place) * there, (1 - 2 * place) * there], axis=2)  # (batch, sentences, 2, words)
        sums = ops.matmul(weights, x)  # (batch, sentences, 2, channels)
        return sums[:, :, 0] - channel * sums[:, :, 1]

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """(batch, sentences): True for a sentence with a word."""
        return None if mask is None else ops.any(mask, axis=2)

    def compute_output_shape(self, shape: tuple) -> tuple:
        """(batch, sentences, channels)."""
        return (*shape[:2], shape[3])


@register
class AddAge(keras.layers.Layer):
    """Add to each sentence a vector for its age: (batch, sentences, channels) -> the same. The last sentence has age 0.

    The vectors are learned. Padding behind a story makes no sentence older.
    """

    supports_masking = True

    def build(self, shape: tuple) -> None:
        """A vector for each age: (sentences, channels)."""
        small = keras.initializers.RandomNormal(stddev=0.2)
        self.kernel = self.add_weight(shape[1:], name="kernel", initializer=small)

    def call(self, x: Any, mask: Any = None) -> Any:
        """The age of a sentence is the number of those after it."""
        there = ops.ones(ops.shape(x)[:2], "int32") if mask is None else ops.cast(mask, "int32")
        age = ops.sum(there, axis=1, keepdims=True) - ops.cumsum(there, axis=1)  # (batch, sentences); 0 at padding
        return x + ops.cast(ops.take(self.kernel, age, axis=0), x.dtype)

    def compute_output_shape(self, shape: tuple) -> tuple:
        """As it came."""
        return shape


@register
class EpisodicMemory(keras.layers.Layer):
    """Several passes over the facts: (batch, sentences, units) and a question (batch, units) -> (batch, units) and the gates.

    The gates are (batch, passes, sentences), float32; those of a pass add up to 1, and are 0 at padding.
    """

    supports_masking = True

    def __init__(self, passes: int, **options: Any) -> None:
        super().__init__(**options)
        self.passes = passes

    def build(self, shapes: list) -> None:
        """One gate for all passes; an update of the memory for each."""
        units = shapes[1][-1]
        self.kernel = self.add_weight((4 * units, units), name="kernel", initializer="glorot_uniform")
        self.bias = self.add_weight((units,), name="bias", initializer="zeros")
        self.score = self.add_weight((units, 1), name="score", initializer="glorot_uniform")
        self.updates = []
        for number in range(self.passes):
            self.updates.append(
                keras.layers.Dense(units, activation="relu", dtype=self.dtype_policy, name=f"update_{number}")
            )
            self.updates[-1].build((None, 3 * units))

    def call(self, inputs: list, mask: Any = None) -> tuple[Any, Any]:
        """Gates, episode, memory, as often as there are passes."""
        facts, question = inputs
        there = None if mask is None else mask[0]
        memory, gates = question, []
        for update in self.updates:
            gates.append(self.gate(facts, memory, question, there))
            episode = ops.matmul(ops.cast(gates[-1], facts.dtype)[:, None], facts)[:, 0]  # (batch, units)
            memory = update(ops.concatenate([memory, episode, question], axis=-1))
        return memory, ops.stack(gates, axis=1)

    def gate(self, facts: Any, memory: Any, question: Any, there: Any = None) -> Any:
        """How much each sentence counts in a pass: (batch, sentences) float32. Where all is padding, all gates are 0."""
        memory, question = memory[:, None], question[:, None]  # (batch, 1, units), beside every sentence
        near = [facts * question, facts * memory, ops.abs(facts - question), ops.abs(facts - memory)]
        z = ops.concatenate(near, axis=-1)  # (batch, sentences, 4 * units)
        hidden = ops.tanh(ops.matmul(z, self.kernel) + self.bias)  # (batch, sentences, units)
        scores = ops.cast(ops.matmul(hidden, self.score)[..., 0], "float32")
        if there is None:
            return ops.softmax(scores, axis=-1)
        return ops.where(there, ops.softmax(ops.where(there, scores, -1e30), axis=-1), 0.0)

    def compute_mask(self, inputs: list, mask: Any = None) -> tuple[None, None]:
        """One vector is left, and nothing to mask."""
        return None, None

    def compute_output_shape(self, shapes: list) -> tuple[tuple, tuple]:
        """(batch, units) and (batch, passes, sentences)."""
        return shapes[1], (shapes[0][0], self.passes, shapes[0][1])

    def get_config(self) -> dict:
        """Its size, by which it is made again."""
        return {**super().get_config(), "passes": self.passes}


def answer(story: Any, question: Any, *, passes: int = 2, dropout: float = 0.0) -> tuple[Any, Any]:
    """Words' vectors (batch, sentences, words, channels) and (batch, words, channels) -> (batch, 2 * channels) and the gates.

    The first is what the answer is made of; the gates are (batch, passes, sentences).
    """
    if passes < 1:
        raise ValueError(f"passes={passes}: at least one is needed")
    facts = AddAge(name="facts")(keras.layers.Dropout(dropout)(PositionEncoding(name="sentences")(story)))
    asked = keras.layers.GRU(question.shape[-1], name="question")(question)
    memory, gates = EpisodicMemory(passes, name="memory")([facts, asked])
    return keras.layers.Dropout(dropout)(keras.layers.Concatenate()([memory, asked])), gates


def features(words: Any, ids: Any, *, sentence_length: int = 25, passes: int = 2, dropout: float = 0.3) -> Any:
    """(batch, sentences * sentence_length, channels) -> (batch, 2 * channels): a text that is its own question."""
    return answer(BySentence(sentence_length)(words), words, passes=passes, dropout=dropout)[0]


def gates(model: keras.Model, inputs: Any) -> Any:
    """Which sentences a model built of this counts in each pass: (texts, passes, sentences), a NumPy array.

    `inputs` as for `model.predict`.
    """
    return keras.Model(model.inputs, model.get_layer("memory").output[1]).predict(inputs, verbose=0)
