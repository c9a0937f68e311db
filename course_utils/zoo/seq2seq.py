"""Sequence to sequence: Sutskever, Vinyals and Le (2014), https://arxiv.org/abs/1409.3215, a reader and a writer; read from both
ends, with attention, as Bahdanau, Cho and Bengio (2015), https://arxiv.org/abs/1409.0473; attention after the writer's step and
by a matrix, as Luong, Pham and Manning (2015), https://aclanthology.org/D15-1166/

    h(j)    = [forward(j); backward(j)]                 a GRU from each end over the source
    s(0)    = tanh(W_s [forward(last); backward(first)])
    s(t)    = GRU(s(t - 1), y(t - 1))                   the writer, after the output before
    a(t, j) = softmax over j of s(t) . W_a h(j)         how much output t looks at word j
    c(t)    = sum over j of a(t, j) h(j)
    p(t)    = softmax(W_p tanh(W_c [c(t); s(t)] + b_c) + b_p)
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from course_utils.zoo.layers import register
from course_utils.zoo.sequences import Translator


@register
class Seq2Seq(Translator):
    """GRUs with attention; without `attention` the writer knows of the source only what its first state holds."""

    def __init__(
        self,
        vocabulary: int,
        outputs: int,
        dimension: int = 64,
        units: int = 64,
        attention: bool = True,
        dropout: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.settings: dict[str, Any] = {
            "vocabulary": vocabulary,
            "outputs": outputs,
            "dimension": dimension,
            "units": units,
            "attention": attention,
            "dropout": dropout,
        }
        layers = keras.layers
        self.words = layers.Embedding(vocabulary, dimension, name="words")
        gru = layers.GRU(units, return_sequences=True, return_state=True, name="gru")
        self.reader = layers.Bidirectional(gru, name="reader")
        self.first = layers.Dense(units, activation="tanh", use_bias=False, name="first_state")
        self.written = layers.Embedding(outputs, dimension, name="written")
        self.writer = layers.GRU(units, return_sequences=True, name="writer")
        self.drop = layers.Dropout(dropout, name="drop")
        self.score: Any = layers.Dense(units, use_bias=False, name="score") if attention else None
        self.join = layers.Dense(units, activation="tanh", name="join")
        self.out = layers.Dense(outputs, activation="softmax", dtype="float32", name="out")
        self._build_all(dimension, units)

    def _build_all(self, dimension: int, units: int) -> None:
        for table in (self.words, self.written):
            table.build((None, None))
        for gru in (self.reader, self.writer):
            gru.build((None, None, dimension))
        self.first.build((None, 2 * units))
        if self.score is not None:
            self.score.build((None, None, 2 * units))
        self.join.build((None, None, 3 * units if self.score is not None else units))
        self.out.build((None, None, units))
        self.built = True

    def read(self, ids: Any, training: bool = False) -> dict[str, Any]:
        """States (batch, length, 2 * units), which of them are words, and the writer's first state (batch, units)."""
        mask = ops.not_equal(ids, 0)
        words = self.drop(self.words(ids), training=training)
        states, forward, backward = self.reader(words, mask=mask)
        return {"states": states, "mask": mask, "first": self.first(ops.concatenate([forward, backward], axis=-1))}

    def write(self, inputs: Any, notes: dict[str, Any], training: bool = False) -> tuple[Any, Any]:
        """Probabilities (batch, steps, outputs) and the weights (batch, steps, length), None without attention."""
        written = self.drop(self.written(inputs), training=training)
        s = self.writer(written, initial_state=notes["first"])  # (batch, steps, units)
        weights = None
        heard = s
        if self.score is not None:
            weights = self.attend(s, notes["states"], notes["mask"])
            heard = ops.concatenate([ops.matmul(weights, notes["states"]), s], axis=-1)  # (batch, steps, 3 * units)
        return self.out(self.drop(self.join(heard), training=training)), weights

    def attend(self, s: Any, states: Any, mask: Any) -> Any:
        """Weights (batch, steps, length): padding has 0; where all is padding, all weights are 0."""
        scores = ops.matmul(s, ops.transpose(self.score(states), (0, 2, 1)))  # (batch, steps, length)
        weights = ops.softmax(ops.where(mask[:, None], ops.cast(scores, "float32"), -1e30), axis=-1)
        return ops.cast(ops.where(mask[:, None], weights, 0.0), s.dtype)

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), **self.settings}


def translator(
    vocabulary: int,
    outputs: int,
    *,
    dimension: int = 64,
    units: int = 64,
    attention: bool = True,
    dropout: float = 0.0,
    smoothing: float = 0.0,
    learning_rate: float = 3e-3,
) -> Seq2Seq:
    """A compiled model: [ids (batch, length), inputs (batch, steps)] -> probabilities (batch, steps, outputs); see `sequences`."""
    model = Seq2Seq(vocabulary, outputs, dimension, units, attention, dropout, name="seq2seq")
    model.to_learn(learning_rate, smoothing)
    return model
