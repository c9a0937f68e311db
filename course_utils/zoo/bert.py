"""BERT's encoder: Devlin, Chang, Lee and Toutanova (2019), BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding. NAACL. https://arxiv.org/abs/1810.04805; its blocks are those of Vaswani et al. (2017), https://arxiv.org/abs/1706.03762

    x = norm(word + place + segment)
    x = norm(x + attention(x))                  every place looks at every other; at no padding
    x = norm(x + W2 gelu(W1 x))                 each place by itself; the two lines repeat, once for each block

A vector for each place comes out. That of the first place, [CLS], or the mean over a text's places stands for the text.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.zoo.layers import register

EPSILON = 1e-12  # of the layer normalisations, as published
#: For which matrices begin with a deviation of 0.02; narrower ones begin with more, so that sums are as large.
PUBLISHED_WIDTH = 768
NEVER = -1e9  # the score of a place that must not be looked at


@register
class Places(keras.layers.Layer):
    """Ids and segments, both (batch, length) int32 -> vectors (batch, length, width): word + place + segment, normalised.

    Where an id is 0 there is padding: the mask says so to the layers that follow.
    """

    def __init__(self, vocabulary: int, width: int, places: int = 512, segments: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.sizes = {"vocabulary": vocabulary, "width": width, "places": places, "segments": segments}
        self.word = keras.layers.Embedding(vocabulary, width, embeddings_initializer="truncated_normal", name="word")
        self.place = keras.layers.Embedding(places, width, embeddings_initializer="truncated_normal", name="place")
        self.segment = keras.layers.Embedding(
            segments, width, embeddings_initializer="truncated_normal", name="segment"
        )
        self.norm = keras.layers.LayerNormalization(epsilon=EPSILON, name="norm")

    def build(self, ids_shape: tuple, segments_shape: tuple) -> None:
        """All three tables."""
        for table in (self.word, self.place, self.segment):
            table.build(ids_shape)
        self.norm.build((*ids_shape, self.sizes["width"]))

    def call(self, ids: Any, segments: Any) -> Any:
        """Add the three, then normalise. Raises ValueError for more places than there are vectors of places."""
        if (ids.shape[1] or 0) > self.sizes["places"]:
            raise ValueError(f"a text has {ids.shape[1]} places; {self.sizes['places']} are known")
        places = ops.arange(ops.shape(ids)[1])  # (length,)
        return self.norm(self.word(ids) + self.place(places)[None] + self.segment(segments))

    def compute_mask(self, ids: Any, segments: Any, mask: Any = None) -> Any:
        """(batch, length): True where there is a word."""
        return ops.not_equal(ids, 0)

    def compute_output_shape(self, ids_shape: tuple, segments_shape: tuple) -> tuple:
        """(batch, length, width)."""
        return (*ids_shape, self.sizes["width"])

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), **self.sizes}


@register
class Block(keras.layers.Layer):
    """Attention and two dense layers, each added to what it was given, then normalised: (batch, length, width) -> the same."""

    supports_masking = True

    def __init__(self, heads: int, hidden: int, dropout: float = 0.1, **options: Any) -> None:
        super().__init__(**options)
        self.sizes = {"heads": heads, "hidden": hidden, "dropout": dropout}
        self.heads = heads
        self.drop = keras.layers.Dropout(dropout, name="drop")
        self.norms = [keras.layers.LayerNormalization(epsilon=EPSILON, name=f"norm_{n}") for n in (1, 2)]

    def build(self, x_shape: tuple) -> None:
        """Query, key, value and out (width, width), up (width, hidden), down (hidden, width), each with a bias."""
        width, hidden = x_shape[-1], self.sizes["hidden"]
        if width % self.heads:
            raise ValueError(f"width={width} cannot be shared out among heads={self.heads}")
        begin = keras.initializers.TruncatedNormal(stddev=0.02 * (PUBLISHED_WIDTH / width) ** 0.5)
        outs = {"query": width, "key": width, "value": width, "out": width, "up": hidden, "down": width}
        for name, units in outs.items():
            initial = begin.clone()  # one that is shared would give equal matrices
            layer = keras.layers.Dense(units, kernel_initializer=initial, name=name)
            setattr(self, name, layer)
            layer.build((None, hidden if name == "down" else width))
        for norm in self.norms:
            norm.build(x_shape)

    def call(self, x: Any, mask: Any = None, training: bool = False) -> Any:
        """`mask`: (batch, length), False where there is padding, which nothing may look at."""
        x = self.norms[0](x + self.drop(self.out(self.attend(x, mask)[0]), training=training))
        change = self.down(ops.gelu(self.up(x), approximate=False))  # (batch, length, width)
        return self.norms[1](x + self.drop(change, training=training))

    def attend(self, x: Any, mask: Any = None) -> tuple[Any, Any]:
        """What each place takes from the others (batch, length, width), and the weights (batch, heads, place, looked at)."""
        query, key, value = (self._by_head(layer(x)) for layer in (self.query, self.key, self.value))
        size = query.shape[-1]
        scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))) * size**-0.5  # (batch, heads, length, length)
        scores = ops.cast(scores, "float32")
        if mask is not None:
            scores = ops.where(mask[:, None, None, :], scores, NEVER)
        weights = ops.cast(ops.softmax(scores, axis=-1), x.dtype)
        taken = ops.transpose(ops.matmul(weights, value), (0, 2, 1, 3))  # (batch, length, heads, size)
        return ops.reshape(taken, ops.shape(x)), weights

    def _by_head(self, x: Any) -> Any:
        """(batch, length, width) -> (batch, heads, length, width / heads)."""
        size = x.shape[-1] // self.heads
        return ops.transpose(ops.reshape(x, (-1, ops.shape(x)[1], self.heads, size)), (0, 2, 1, 3))

    def compute_output_shape(self, x_shape: tuple) -> tuple:
        """As it came."""
        return x_shape

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), **self.sizes}


def encoder(
    vocabulary: int,
    *,
    width: int = 128,
    blocks: int = 2,
    heads: int = 4,
    hidden: int | None = None,
    places: int = 512,
    dropout: float = 0.1,
) -> keras.Model:
    """From [ids, segments], both (batch, length) int32, to states (batch, length, width). `hidden` is 4 x width unless given."""
    ids = keras.Input((None,), dtype="int32", name="ids")
    segments = keras.Input((None,), dtype="int32", name="segments")
    x = Places(vocabulary, width, places, name="places")(ids, segments)
    x = keras.layers.Dropout(dropout, name="drop")(x)
    for number in range(blocks):
        x = Block(heads, hidden or 4 * width, dropout, name=f"block_{number}")(x)
    return keras.Model([ids, segments], x, name="encoder")


def copy_of(model: keras.Model) -> keras.Model:
    """An encoder with the same weights, to be trained while the first stays as it is."""
    other = keras.Model.from_config(model.get_config())
    other.set_weights(model.get_weights())
    return other


def attention(model: keras.Model, ids: Any, segments: Any = None) -> list[np.ndarray]:
    """Where an encoder looks: of each block (batch, heads, place, looked at), 1 in all for each place. `ids`: (batch, length)."""
    ids = ops.convert_to_tensor(ids, "int32")
    mask = ops.not_equal(ids, 0)
    x = model.get_layer("places")(ids, ops.zeros_like(ids) if segments is None else ops.convert_to_tensor(segments))
    found = []
    for block in (layer for layer in model.layers if isinstance(layer, Block)):
        found.append(ops.convert_to_numpy(block.attend(x, mask)[1]))
        x = block(x, mask=mask)
    return found
