"""What are two texts to each other? Three models that read a pair, and two ways to compare the vectors of its texts.

joint_bilstm: one BiLSTM reads "a EOS b". Rocktäschel et al. (2016), https://arxiv.org/abs/1509.06664 (its reader, without attention).
two_cnn: a TextCNN reads each, with the same weights. Bromley et al. (1993) call such networks siamese.
two_bilstm: a BiLSTM reads each, with the same weights; the score u' M v. Lowe et al. (2015), https://aclanthology.org/W15-4640/

|u - v| and u * v: Tai, Socher and Manning (2015), https://aclanthology.org/P15-1150/. With u and v beside them: Conneau et al. (2017),
https://aclanthology.org/D17-1070/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from course_utils.zoo import textcnn, textrnn
from course_utils.zoo.layers import register

#: What `features=` may say -> which parts of a pair lie side by side.
FEATURES = {
    "concatenation": ("u", "v"),
    "difference": ("u", "v", "difference"),
    "product": ("u", "v", "product"),
    "symmetric": ("difference", "product"),
    "both": ("u", "v", "difference", "product"),
}


def pair_features(u: Any, v: Any) -> Any:
    """|u - v| beside u * v: (n, d), (n, d) -> (n, 2 d). The same when u and v change places."""
    return ops.concatenate([ops.abs(u - v), u * v], axis=-1)


def bilinear(u: Any, m: Any, v: Any) -> Any:
    """The scores u' M v of n pairs: (n, d), (d, e), (n, e) -> (n,). With several matrices, m (scores, d, e): (n, scores)."""
    if len(m.shape) == 2:
        return ops.sum(ops.matmul(u, m) * v, axis=-1)
    return ops.einsum("nd,kde,ne->nk", u, m, v)


@register
class Joined(keras.layers.Layer):
    """Ids of "a MARK b": (batch, length of a), (batch, length of b) -> (batch, both lengths + 1).

    The words of b follow the mark at once: the padding of both texts, id 0, stands at the end.
    """

    def __init__(self, mark: int, **options: Any) -> None:
        super().__init__(**options)
        self.mark = mark

    def call(self, texts: list) -> Any:
        """Beside each other, then padding behind everything else."""
        a, b = texts
        ids = ops.concatenate([a, ops.full_like(a[:, :1], self.mark), b], axis=1)
        places = ops.arange(ids.shape[1], dtype="int32")
        order = ops.argsort(places + ids.shape[1] * ops.cast(ids == 0, "int32"), axis=1)
        return ops.take_along_axis(ids, order, axis=1)

    def get_config(self) -> dict:
        """The mark, by which it is made again."""
        return {**super().get_config(), "mark": self.mark}


@register
class Compared(keras.layers.Layer):
    """Parts of a pair side by side: u (batch, d) and v (batch, d) -> (batch, d for each part). `parts`: as in FEATURES."""

    def __init__(self, parts: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.parts = tuple(parts)

    def call(self, pair: list) -> Any:
        """Nothing is learned here."""
        u, v = pair
        found = {"u": u, "v": v, "difference": ops.abs(u - v), "product": u * v}
        return ops.concatenate([found[part] for part in self.parts], axis=-1)

    def get_config(self) -> dict:
        """Its parts, by which it is made again."""
        return {**super().get_config(), "parts": list(self.parts)}


@register
class Bilinear(keras.layers.Layer):
    """Scores u' M v, a matrix M for each: u (batch, d) and v (batch, e) -> (batch, scores)."""

    def __init__(self, scores: int, **options: Any) -> None:
        if scores < 1:
            raise ValueError(f"scores={scores}: at least one is needed")
        super().__init__(**options)
        self.scores = scores

    def build(self, shapes: list) -> None:
        """M (scores, d, e)."""
        sizes = (self.scores, shapes[0][-1], shapes[1][-1])
        self.kernel = self.add_weight(sizes, name="kernel", initializer=keras.initializers.RandomNormal(stddev=0.1))

    def call(self, pair: list) -> Any:
        """As the function."""
        return bilinear(pair[0], self.kernel, pair[1])

    def get_config(self) -> dict:
        """Its size, by which it is made again."""
        return {**super().get_config(), "scores": self.scores}


def joint_bilstm(a: Any, b: Any, words: Any, *, units: int = 64, dropout: float = 0.5) -> Any:
    """Ids (batch, length) of both, the table of words' vectors -> (batch, 2 * units). The table's last row is the mark's."""
    joined = words(Joined(words.input_dim - 1, name="a_eos_b")([a, b]))  # (batch, 2 * length + 1, channels)
    return textrnn.features_v1(joined, units=units, dropout=dropout)


def two_cnn(
    a: Any,
    b: Any,
    words: Any,
    *,
    features: str = "both",
    widths: Sequence[int] = (1, 2, 3),
    filters: int = 100,
    hidden: int = 100,
    dropout: float = 0.5,
) -> Any:
    """Ids (batch, length) of both, the table of words' vectors -> (batch, hidden). `features`: a key of FEATURES."""
    text = keras.Input(a.shape[1:], dtype="int32", name="text")
    reader = keras.Model(text, textcnn.features(words(text), widths=widths, filters=filters, dropout=0.0))
    return _thought(_compared(reader(a), reader(b), features), hidden, dropout)


def two_bilstm(
    a: Any,
    b: Any,
    words: Any,
    *,
    features: str | None = None,
    scores: int = 4,
    units: int = 64,
    hidden: int = 100,
    dropout: float = 0.3,
) -> Any:
    """Ids (batch, length) of both, the table of words' vectors -> (batch, scores): u' M v alone, unless `features` are asked for."""
    text = keras.Input(a.shape[1:], dtype="int32", name="text")
    reader = keras.Model(text, textrnn.features_v1(words(text), units=units, dropout=0.0))
    u, v = reader(a), reader(b)
    drop = keras.layers.Dropout(dropout)
    score = Bilinear(scores, name="bilinear")([drop(u), drop(v)])  # gaps leave its mean as it is
    if features is None:
        return score
    return _thought(keras.layers.Concatenate()([score, _compared(u, v, features)]), hidden, dropout)


def _compared(u: Any, v: Any, features: str) -> Any:
    if features not in FEATURES:
        raise ValueError(f"features={features!r}: choose one of {', '.join(FEATURES)}")
    return Compared(FEATURES[features], name="compared")([u, v])


def _thought(pair: Any, hidden: int, dropout: float) -> Any:
    """A layer between what was found and the answer; with hidden=0 there is none.

    Dropout comes after u and v were compared: two different gaps would make equal texts differ.
    """
    pair = keras.layers.Dropout(dropout)(pair)
    if not hidden:
        return pair
    return keras.layers.Dropout(dropout)(keras.layers.Dense(hidden, activation="relu", name="hidden")(pair))
