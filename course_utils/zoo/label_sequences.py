"""A text's labels written as a sequence, `_GO L1 L2 .. _END`, by the reader and writer of `seq2seq`: a classifier whose labels know
of each other. A set has no order and a sequence has one: labels are written by their numbers, the smallest first.

The probability of a class is that it is written at all, whatever stands before it:

    P(class) = sum over outputs t, and beginnings L1 .. L(t - 1) without it, of p(L1 .. L(t - 1)) p(class | L1 .. L(t - 1))

Of the beginnings, a beam keeps the `width` likeliest; with all of them the sum is exact, with fewer it is a lower bound. With one
label a text there is one output and no `_END`: its probabilities, those of the classes made to add up to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.zoo.layers import register
from course_utils.zoo.seq2seq import Seq2Seq
from course_utils.zoo.sequences import END, FIRST, GO, PAD, Smoothed


@register
class LabelSequences(keras.Model):
    """Ids (batch, length), 0 is padding -> probabilities (batch, classes). Class c is output c + 3 of its `translator`.

    While it is trained with several labels a text, it gives what was read instead, and is taught the right sequences. Of a
    text with more than `most` labels, the last ones are not written.
    """

    def __init__(
        self,
        vocabulary: int,
        classes: int,
        multi_label: bool = False,
        most: int = 4,
        width: int = 4,
        sizes: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.settings: dict[str, Any] = {
            "vocabulary": vocabulary,
            "classes": classes,
            "multi_label": multi_label,
            "most": most,
            "width": width,
            "sizes": dict(sizes or {}),
        }
        self.most, self.width = (min(most, classes), min(width, classes)) if multi_label else (1, 1)
        self.translator = Seq2Seq(vocabulary, classes + FIRST, name="translator", **(sizes or {}))
        self.built = True

    def call(self, ids: Any, training: bool = False) -> Any:
        """Probabilities; while several labels a text are learned, what `translator.read` gives."""
        notes = self.translator.read(ids, training)
        if not self.settings["multi_label"]:
            probabilities = self.presence(notes, training)
            return probabilities / ops.sum(probabilities, axis=1, keepdims=True)
        return notes if training else self.presence(notes)

    def presence(self, notes: dict[str, Any], training: bool = False) -> Any:
        """The probability that each class is written: (batch, classes), by a beam."""
        classes, width = self.settings["classes"], self.width
        notes = {name: ops.repeat(each, width, axis=0) for name, each in notes.items()}  # (batch * width, ...)
        rows = ops.shape(notes["first"])[0]
        inputs = ops.full((rows, 1), GO, dtype="int32")
        held = ops.zeros((rows // width, width, classes))  # 1 for a class that a beginning has
        likely = ops.one_hot(ops.zeros((rows // width,), "int32"), width)  # p of each beginning: at first there is one
        found = ops.zeros((rows // width, classes))
        for _ in range(self.most):
            p = self.translator.write(inputs, notes, training)[0][:, -1, FIRST:]  # (batch * width, classes)
            new = likely[..., None] * ops.reshape(p, ops.shape(held)) * (1 - held)
            found = found + ops.sum(new, axis=1)
            likely, best = ops.top_k(ops.reshape(new, (-1, width * classes)), width)  # (batch, width)
            before, label = best // classes, best % classes
            written = ops.take_along_axis(ops.reshape(inputs, (-1, width, inputs.shape[1])), before[..., None], axis=1)
            inputs = ops.reshape(
                ops.concatenate([written, label[..., None] + FIRST], axis=2), (-1, inputs.shape[1] + 1)
            )
            held = ops.take_along_axis(held, before[..., None], axis=1) + ops.one_hot(label, classes)
        return found

    def as_sequences(self, y: Any) -> tuple[Any, Any]:
        """Labels (batch, classes) 0/1 as inputs and targets (batch, most + 1), as `sequences.shift` makes them."""
        ones = ops.cast(ops.greater(y, 0.5), "int32")
        by_number = ops.cast(ones * 2 * ones.shape[1] - ops.arange(ones.shape[1]), "float32")
        labels = ops.cast(ops.top_k(by_number, self.most)[1], "int32") + FIRST  # (batch, most): those with a 1 first
        count = ops.minimum(ops.sum(ones, axis=1, keepdims=True), self.most)
        place = ops.arange(self.most + 1)[None]
        labels = ops.where(place[:, :-1] < count, labels, PAD)
        start, end = ops.full_like(count, GO), ops.where(place == count, END, PAD)
        return ops.concatenate([start, labels], axis=1), ops.pad(labels, [[0, 0], [0, 1]]) + end

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):  # type: ignore[no-untyped-def]  # Keras's
        """With several labels a text, the cross-entropy of the outputs of the right sequences, after the right ones before."""
        if not self.settings["multi_label"]:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        notes = y_pred if isinstance(y_pred, dict) else self.translator.read(x)
        inputs, targets = self.as_sequences(y)
        return Smoothed()(targets, self.translator.write(inputs, notes, training)[0], sample_weight)

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), **self.settings}


def classifier(
    vocabulary: int,
    classes: int,
    dimension: int,
    multi_label: bool,
    share: Sequence[float] | None,
    *,
    units: int = 64,
    attention: bool = True,
    dropout: float = 0.3,
    most: int = 4,
    width: int = 4,
) -> tuple[LabelSequences, keras.layers.Layer]:
    """The model, not yet compiled, and its table of words. `share`: how often each class occurs; `most`: labels of a text."""
    if most < 1 or width < 1:
        raise ValueError(f"most={most}, width={width}: at least 1 is needed")
    sizes = {"dimension": dimension, "units": units, "attention": attention, "dropout": dropout}
    model = LabelSequences(vocabulary, classes, multi_label, most, width, sizes, name="seq2seq")
    if share is not None:  # an output is one of a text's labels or, once a text, its end
        often = np.array([0, 0, 1.0, *share])
        model.translator.out.bias.assign(np.log(np.clip(often / often.sum(), 1e-6, 1)))
    return model, model.translator.words
