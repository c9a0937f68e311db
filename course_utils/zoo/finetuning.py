"""BERT for a task with labels: Devlin, Chang, Lee and Toutanova (2019), section 3.2. https://arxiv.org/abs/1810.04805

An encoder that has read much, and a layer on top that gives classes. What is to be learned is a choice:

    "head"   the layer on top alone       the encoder's vectors are computed once, before the first epoch: seconds an epoch
    "last"   and the encoder's last block  what the blocks below give is computed once
    "all"    and everything below          most time, most memory; a small learning rate, or what was learned before is lost

    model = fine_tuned(encoder, classes=3, tune="last")
    model.fit([ids, segments], y, epochs=5)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.limits import MAX_KEPT
from course_utils.zoo import bert, minilm
from course_utils.zoo.by_length import in_batches
from course_utils.zoo.layers import MaskedMean, register
from course_utils.zoo.networks import log_odds

TUNED = ("head", "last", "all")
POOLED = ("mean", "first")
RATES = {"head": 1e-2, "last": 3e-4, "all": 5e-5}  # of Adam, if nothing else is asked for
BATCH = 32


@register
class FineTuned(keras.Model):
    """Ids (batch, length), or [ids, segments], int32, 0 is padding -> probabilities (batch, classes) float32.

    `tune`: what is trained, of TUNED; the layers of `encoder` are set so, and it is trained in place. `pool`: the "mean" over
    a text's places, or the "first", [CLS]. Raises ValueError for another word.
    """

    def __init__(
        self,
        encoder: keras.Model,
        classes: int,
        tune: str = "last",
        pool: str = "mean",
        multi_label: bool = False,
        dropout: float = 0.1,
        **options: Any,
    ) -> None:
        for name, value, known in (("tune", tune, TUNED), ("pool", pool, POOLED)):
            if value not in known:
                raise ValueError(f"{name}={value!r}: choose one of {', '.join(known)}")
        super().__init__(**options)
        self.settings: dict[str, Any] = {
            "classes": classes,
            "tune": tune,
            "pool": pool,
            "multi_label": multi_label,
            "dropout": dropout,
        }
        self.encoder = encoder
        self.mean, self.drop = MaskedMean(name="mean"), keras.layers.Dropout(dropout, name="drop")
        self.out = keras.layers.Dense(classes, "sigmoid" if multi_label else "softmax", dtype="float32", name="classes")
        self.out.build((None, encoder.output.shape[-1]))
        for layer in encoder.layers:
            learns = tune == "all" or (tune == "last" and layer is encoder.layers[-1])
            layer.trainable = (
                not learns
            )  # the layers inside hear of a change only, and a loaded layer may say so already
            layer.trainable = learns
        self.built = True

    @property
    def rate(self) -> float:
        """A learning rate that fits what is trained."""
        return RATES[self.settings["tune"]]

    @property
    def still(self) -> int:
        """How many of the encoder's blocks, from the first on, are not trained."""
        blocks = len(self._blocks)
        return {"head": blocks, "last": max(blocks - 1, 0), "all": 0}[self.settings["tune"]]

    @property
    def _blocks(self) -> list[Any]:
        return [layer for layer in self.encoder.layers if layer.name.startswith("block_")]

    def call(self, inputs: Any, training: bool = False) -> Any:
        """What is not trained drops nothing out. A dictionary, as `kept` gives it, is what the blocks that stay have made."""
        if not isinstance(inputs, dict):
            text = self._read(*_both(inputs), training)
        elif "text" in inputs:
            text = inputs["text"]
        else:
            text = self._above(inputs["states"], inputs["mask"], training)
        return self.out(self.drop(text, training=training))

    def _read(self, ids: Any, segments: Any, training: bool) -> Any:
        mask = ops.not_equal(ids, 0)
        x = self.encoder.get_layer("places")(ids, segments)
        x = self.encoder.get_layer("drop")(x, training=training and self.settings["tune"] == "all")
        for block in self._blocks[: self.still]:
            x = block(x, mask=mask, training=False)
        return self._above(x, mask, training)

    def _above(self, x: Any, mask: Any, training: bool) -> Any:
        """States (batch, length, width) below what is trained -> texts (batch, width)."""
        for block in self._blocks[self.still :]:
            x = block(x, mask=mask, training=training)
        return self.mean(x, mask=mask) if self.settings["pool"] == "mean" else x[:, 0]

    def kept(self, ids: np.ndarray, segments: np.ndarray) -> dict[str, np.ndarray]:
        """What the layers that stay as they are give, computed once: "text" (texts, width) where only the head is trained,
        else "states" (texts, length, width) and "mask" (texts, length).
        """
        if self.settings["tune"] == "head":
            states = self.encoder.output
            below = keras.Model(
                self.encoder.inputs, self.mean(states) if self.settings["pool"] == "mean" else states[:, 0]
            )
            return {"text": in_batches(below.predict_on_batch, ids, segments)}
        layer = self._blocks[self.still - 1] if self.still else self.encoder.get_layer("drop")
        below = keras.Model(self.encoder.inputs, layer.output)
        return {"states": in_batches(below.predict_on_batch, ids, segments), "mask": ids != 0}

    def fit(self, x: Any = None, y: Any = None, *, validation_data: Any = None, **options: Any) -> Any:
        """Keras's; but what stays as it is is computed once, before the first epoch, where memory has room for it."""
        if self._has_room_for(x):
            x = self.kept(*_both(x))
            if validation_data is not None and self._has_room_for(validation_data[0]):
                validation_data = (self.kept(*_both(validation_data[0])), *validation_data[1:])
        return super().fit(x, y, validation_data=validation_data, **options)

    def predict(self, x: Any, batch_size: int | None = None, **options: Any) -> np.ndarray:
        """Keras's; arrays in batches of texts of about the same length, so that short texts take little time."""
        if not _are_arrays(x):
            return super().predict(x, batch_size=batch_size, **options)
        found = in_batches(self.predict_on_batch, *_both(x), batch_size or BATCH)
        return found.reshape(len(found), self.settings["classes"])

    def _has_room_for(self, x: Any) -> bool:
        if self.settings["tune"] == "all" or not _are_arrays(x):
            return False
        ids, _ = _both(x)
        vectors = len(ids) if self.settings["tune"] == "head" else ids.size
        return 4 * vectors * self.encoder.output.shape[-1] <= MAX_KEPT

    def get_config(self) -> dict:
        """The encoder's configuration and its own, by which it is made again."""
        return {"encoder": keras.saving.serialize_keras_object(self.encoder), "name": self.name, **self.settings}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict | None = None) -> FineTuned:
        """Make it again."""
        config = dict(config)
        encoder = keras.saving.deserialize_keras_object(config.pop("encoder"), custom_objects=custom_objects)
        return cls(encoder, **config)


def _are_arrays(x: Any) -> bool:
    return all(isinstance(one, np.ndarray) for one in (x if isinstance(x, list | tuple) else [x]))


def _both(x: Any) -> tuple[Any, Any]:
    """Ids and segments; all of a text is its first where they are not told."""
    if isinstance(x, list | tuple):
        ids, segments = x
        return ids, segments
    return x, ops.zeros_like(x) if keras.ops.is_tensor(x) else np.zeros_like(x)


def fine_tuned(
    encoder: keras.Model,
    classes: int,
    *,
    tune: str = "last",
    pool: str = "mean",
    multi_label: bool = False,
    dropout: float = 0.1,
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule | None = None,
) -> FineTuned:
    """A `FineTuned`, see there, compiled with Adam. `learning_rate`: RATES[tune] if not said.

    Labels are integers (batch,), with `multi_label` 0/1 (batch, classes).
    """
    model = FineTuned(encoder, classes, tune, pool, multi_label, dropout)
    model.compile(
        keras.optimizers.Adam(model.rate if learning_rate is None else learning_rate),
        loss="binary_crossentropy" if multi_label else "sparse_categorical_crossentropy",
        metrics=["binary_accuracy" if multi_label else "accuracy"],
    )
    return model


def for_texts(
    vocabulary: int,
    classes: int,
    width: int | None,
    multi_label: bool,
    share: Sequence[float] | None,
    *,
    weights: str | None = "minilm",
    tune: str = "last",
    pool: str = "mean",
    dropout: float = 0.1,
    blocks: int | None = None,
    heads: int | None = None,
    hidden: int | None = None,
) -> tuple[FineTuned, keras.layers.Layer]:
    """The zoo's bert, not compiled, and its table of words: MiniLM with its weights, or with `weights=None` an encoder that has
    read nothing, whose `sizes` are those of `bert.encoder`.

    Raises ValueError for a vocabulary or sizes that the weights are not for, DataUnavailable where they cannot be had.
    """
    asked = {"width": width, "blocks": blocks, "heads": heads, "hidden": hidden}
    sizes = {key: value for key, value in asked.items() if value is not None}
    if weights is None:
        encoder = bert.encoder(vocabulary, dropout=dropout, **sizes)
    else:
        _refuse_other(vocabulary, weights, sizes)
        encoder = minilm.fresh()
    model = FineTuned(encoder, classes, tune, pool, multi_label, dropout, name="bert")
    if share is not None:
        model.out.bias.assign(log_odds(share, multi_label))
    return model, encoder.get_layer("places").word


def _refuse_other(vocabulary: int, weights: str, sizes: dict[str, int]) -> None:
    """Raise ValueError for what MiniLM's weights are not for."""
    if weights != "minilm":
        raise ValueError(f"weights={weights!r}: choose 'minilm', or None for a network that has read nothing")
    if sizes:
        names = ["vectors and dimension" if name == "width" else name for name in sizes]
        raise ValueError(f"MiniLM's sizes are fixed, and it has vectors of its own: leave {', '.join(names)} out")
    if vocabulary != minilm.PIECES:
        raise ValueError(f"vocabulary={vocabulary}: MiniLM has {minilm.PIECES:,} pieces; text.pieces makes their ids")
