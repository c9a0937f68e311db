"""What an encoder and a decoder share: sequences with a beginning and an end, teacher forcing, its loss, and how well it does.

A decoder writes one output after another. It is given those before, `_GO L1 .. Ln _PAD`, and is to give the next,
`L1 .. Ln _END _PAD`. While it is trained, those before are the right ones: teacher forcing, Williams and Zipser (1989),
https://doi.org/10.1162/neco.1989.1.2.270
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.zoo.layers import register

PAD, GO, END = 0, 1, 2  # ids of every output's vocabulary
FIRST = 3  # the id of the first output that says something


def shift(sequences: Sequence[Sequence[int]] | np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """What a decoder is given and what it is to give, both (sequences, steps) int32. Where ids are 0 there is padding.

    A sequence with `steps` outputs or more loses its last ones; `_END` stays. [[5, 7]], 4 -> [[1, 5, 7, 0]] and [[5, 7, 2, 0]].
    Raises ValueError for fewer than 1 step.
    """
    if steps < 1:
        raise ValueError(f"steps={steps}: at least 1 is needed, for _END")
    inputs, targets = (np.full((len(sequences), steps), PAD, "int32") for _ in range(2))
    for row, each in enumerate(sequences):
        kept = [int(one) for one in each if one != PAD][: steps - 1]
        inputs[row, : len(kept) + 1] = [GO, *kept]
        targets[row, : len(kept) + 1] = [*kept, END]
    return inputs, targets


class Translator(keras.Model):
    """An encoder and a decoder: from [ids (batch, length), inputs (batch, steps)], both int32, to probabilities of the next
    output (batch, steps, outputs) float32.
    """

    @abstractmethod
    def read(self, ids: Any, training: bool = False) -> dict[str, Any]:
        """What the encoder hands over, for ids (batch, length)."""

    @abstractmethod
    def write(self, inputs: Any, notes: dict[str, Any], training: bool = False) -> tuple[Any, Any]:
        """Probabilities (batch, steps, outputs) after inputs (batch, steps); and the weights with which the decoder looked
        at each word of the source, (batch, steps, length), or (batch, heads, steps, length); None where it cannot.
        """

    def call(self, given: Any, training: bool = False) -> Any:
        """Read all ids, then write with teacher forcing."""
        ids, inputs = given
        return self.write(inputs, self.read(ids, training), training)[0]

    def to_learn(self, learning_rate: float, smoothing: float = 0.0) -> None:
        """Compile it with Adam, for targets (batch, steps)."""
        self.compile(keras.optimizers.Adam(learning_rate), loss=Smoothed(smoothing), metrics=[TeacherForced()])


@register
class Smoothed(keras.losses.Loss):
    """Cross-entropy of targets (batch, steps), padding left out, by probabilities (batch, steps, outputs).

    With label smoothing, a share of each target is spread over all outputs, so that no answer pays for being quite sure:
    Szegedy et al. (2016), https://arxiv.org/abs/1512.00567; Vaswani et al. (2017), section 5.4, take 0.1.
    """

    def __init__(self, smoothing: float = 0.0, name: str = "smoothed", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.smoothing = smoothing

    def call(self, targets: Any, probabilities: Any) -> Any:
        """(batch, steps): 0 at padding, the others weighted so that the mean over all places is the mean over outputs."""
        logs = ops.log(ops.maximum(probabilities, 1e-9))  # (batch, steps, outputs)
        right = ops.one_hot(ops.cast(targets, "int32"), logs.shape[-1], dtype=logs.dtype)
        wanted = (1 - self.smoothing) * right + self.smoothing / logs.shape[-1]
        counts = ops.cast(ops.not_equal(targets, PAD), logs.dtype)
        return -ops.sum(wanted * logs, axis=-1) * counts / ops.maximum(ops.mean(counts), 1e-9)

    def get_config(self) -> dict:
        """By which it is made again."""
        return {**super().get_config(), "smoothing": self.smoothing}


@register
class TeacherForced(keras.metrics.Mean):
    """The share of targets that are the likeliest output, padding left out, where all outputs before were the right ones.

    It says little of what a decoder writes by itself, after its own outputs.
    """

    def __init__(self, name: str = "teacher_forced", **options: Any) -> None:
        super().__init__(name=name, **options)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Targets (batch, steps), probabilities (batch, steps, outputs)."""
        targets = ops.cast(y_true, "int32")
        right = ops.equal(ops.cast(ops.argmax(y_pred, axis=-1), "int32"), targets)
        super().update_state(ops.cast(right, "float32"), ops.cast(ops.not_equal(targets, PAD), "float32"))
