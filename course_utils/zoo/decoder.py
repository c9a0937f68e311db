"""The Transformer's other half: Vaswani et al. (2017), Attention Is All You Need. https://arxiv.org/abs/1706.03762, section 3.1

A decoder's block looks at the outputs before, then at the source, then thinks about each place by itself:

    x = norm(x + own(x, x))                 no place may look at a later one: the causal mask
    x = norm(x + source(x, encoder's x))    queries from what is written, keys and values from what was read
    x = norm(x + W2 relu(W1 x))

The encoder's blocks are `bert.Block`.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from course_utils.zoo.bert import EPSILON, Block
from course_utils.zoo.layers import register
from course_utils.zoo.sequences import PAD, Translator
from course_utils.zoo.transformer import AddPlaces


def causal_mask(steps: Any) -> Any:
    """(steps, steps), True where the place of a row may look: at itself and at those before."""
    places = ops.arange(steps)
    return ops.greater_equal(places[:, None], places[None])


@register
class DecoderBlock(keras.layers.Layer):
    """What is written (batch, steps, width) and the source (batch, length, width) -> (batch, steps, width), and the weights over
    the source (batch, heads, steps, length).
    """

    def __init__(self, heads: int, hidden: int, dropout: float = 0.1, **options: Any) -> None:
        super().__init__(**options)
        self.settings = {"heads": heads, "hidden": hidden, "dropout": dropout}
        self.drop = keras.layers.Dropout(dropout, name="drop")
        self.norms = [keras.layers.LayerNormalization(epsilon=EPSILON, name=f"norm_{n}") for n in (1, 2, 3)]
        self.up = keras.layers.Dense(hidden, activation="relu", name="up")

    def build(self, x_shape: tuple, source_shape: tuple) -> None:
        """Two attentions, each with query, key, value and output; up (width, hidden) and down (hidden, width)."""
        width, heads = x_shape[-1], self.settings["heads"]
        self.own, self.source = (
            keras.layers.MultiHeadAttention(heads, width // heads, name=name) for name in ("own", "source")
        )
        self.own.build(x_shape, x_shape)
        self.source.build(x_shape, source_shape)
        self.down = keras.layers.Dense(width, name="down")
        self.up.build(x_shape)
        self.down.build((*x_shape[:-1], self.settings["hidden"]))
        for norm in self.norms:
            norm.build(x_shape)

    def call(self, x: Any, source: Any, before: Any, words: Any, training: bool = False) -> tuple[Any, Any]:
        """`before` (batch, steps, steps) and `words` (batch, 1, length): True where a place may look, at either."""
        taken = self.own(x, x, attention_mask=before, training=training)
        x = self.norms[0](x + self.drop(taken, training=training))
        taken, looks = self.source(x, source, attention_mask=words, return_attention_scores=True, training=training)
        x = self.norms[1](x + self.drop(taken, training=training))
        return self.norms[2](x + self.drop(self.down(self.up(x)), training=training)), looks

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), **self.settings}


@register
class Transformer(Translator):
    """Encoder and decoder. `places=False`: neither knows where a word stands. `causal=False`: a place sees the outputs after it,
    and so, while it is trained, the very one that it is to give.
    """

    def __init__(
        self,
        vocabulary: int,
        outputs: int,
        width: int = 64,
        blocks: int = 1,
        heads: int = 4,
        hidden: int = 128,
        places: bool = True,
        causal: bool = True,
        dropout: float = 0.0,
        **options: Any,
    ) -> None:
        if width % heads:
            raise ValueError(f"width={width} cannot be shared out among heads={heads}")
        super().__init__(**options)
        self.settings: dict[str, Any] = {
            "vocabulary": vocabulary,
            "outputs": outputs,
            "width": width,
            "blocks": blocks,
            "heads": heads,
            "hidden": hidden,
            "places": places,
            "causal": causal,
            "dropout": dropout,
        }
        self.words = keras.layers.Embedding(vocabulary, width, name="words")
        self.written = keras.layers.Embedding(outputs, width, name="written")
        self.add_places = AddPlaces(name="places") if places else None
        self.drop = keras.layers.Dropout(dropout, name="drop")
        self.encoder = [Block(heads, hidden, dropout, name=f"encoder_{n}") for n in range(blocks)]
        self.decoder = [DecoderBlock(heads, hidden, dropout, name=f"decoder_{n}") for n in range(blocks)]
        self.out = keras.layers.Dense(outputs, activation="softmax", dtype="float32", name="out")
        for table in (self.words, self.written):
            table.build((None, None))
        for block in self.encoder:
            block.build((None, None, width))
        for block in self.decoder:
            block.build((None, None, width), (None, None, width))
        self.out.build((None, None, width))
        self.built = True

    def read(self, ids: Any, training: bool = False) -> dict[str, Any]:
        """Vectors (batch, length, width), and which of them are words."""
        mask = ops.not_equal(ids, PAD)
        x = self._placed(self.words(ids), training)
        for block in self.encoder:
            x = block(x, mask=mask, training=training)
        return {"states": x, "mask": mask}

    def write(self, inputs: Any, notes: dict[str, Any], training: bool = False) -> tuple[Any, Any]:
        """Probabilities (batch, steps, outputs), and the last block's weights over the source (batch, heads, steps, length)."""
        before = ops.not_equal(inputs, PAD)[:, None]  # (batch, 1, steps)
        if self.settings["causal"]:
            before = ops.logical_and(before, causal_mask(ops.shape(inputs)[1])[None])  # (batch, steps, steps)
        x, looks = self._placed(self.written(inputs), training), None
        for block in self.decoder:
            x, looks = block(x, notes["states"], before, notes["mask"][:, None], training=training)
        return self.out(x), looks

    def _placed(self, x: Any, training: bool) -> Any:
        return self.drop(x if self.add_places is None else self.add_places(x), training=training)

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), **self.settings}


def translator(
    vocabulary: int,
    outputs: int,
    *,
    smoothing: float = 0.1,
    learning_rate: float = 3e-3,
    **sizes: Any,
) -> Transformer:
    """A compiled `Transformer` of these sizes: [ids (batch, length), inputs (batch, steps)] -> probabilities (batch, steps, outputs)."""
    model = Transformer(vocabulary, outputs, name="transformer", **sizes)
    model.to_learn(learning_rate, smoothing)
    return model
