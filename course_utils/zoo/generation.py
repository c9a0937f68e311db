"""Write sequences with an encoder and a decoder: the likeliest next output each time, or by a beam of several beginnings.

Beam search keeps, after each output, the `width` likeliest beginnings; as Sutskever, Vinyals and Le (2014) use it, section 3.2,
https://arxiv.org/abs/1409.3215
"""

from __future__ import annotations

import numpy as np
from keras import ops

from course_utils.zoo.sequences import END, GO, PAD, Translator


def greedy(model: Translator, ids: np.ndarray, steps: int) -> np.ndarray:
    """The likeliest output at each step, for ids (texts, length): (texts, steps) int32, `L1 .. Ln _END _PAD`.

    `_PAD` and `_GO` are never written.
    """
    notes = model.read(ops.convert_to_tensor(ids))
    written = np.full((len(ids), 1), GO, "int32")
    for _ in range(steps):
        probabilities = ops.convert_to_numpy(model.write(ops.convert_to_tensor(written), notes)[0][:, -1])
        likeliest = probabilities[:, END:].argmax(axis=1) + END  # (texts,), after all that was written so far
        written = np.concatenate([written, likeliest[:, None].astype("int32")], axis=1)
    return until_end(written[:, 1:])


def until_end(outputs: np.ndarray) -> np.ndarray:
    """The same outputs (..., steps) int32, with padding after the first `_END` of each."""
    ended = np.cumsum(outputs == END, axis=-1) - (outputs == END)  # how many _END stand before
    return np.where(ended > 0, PAD, outputs).astype("int32")


def beam(model: Translator, ids: np.ndarray, steps: int, width: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest sequences that a beam finds, best first: (texts, width, steps) int32, and log p of each (texts, width).

    With width 1 it is `greedy`. A width of all sequences finds the likeliest of all. Where there are fewer sequences than
    `width`, the rows that are left have log p of -inf.
    """
    texts = len(ids)
    notes = model.read(ops.convert_to_tensor(np.repeat(ids, width, axis=0)))  # each text `width` times
    written = np.full((texts, width, 1), GO, "int32")
    scores = np.full((texts, width), -np.inf)
    scores[:, 0] = 0.0  # all beginnings are equal: one of them counts
    for _ in range(steps):
        inputs = ops.convert_to_tensor(written.reshape(texts * width, -1))
        probabilities = ops.convert_to_numpy(model.write(inputs, notes)[0][:, -1])
        new = scores[..., None] + _logs_of_next(probabilities.reshape(texts, width, -1), written[..., -1])
        best = np.argsort(-new.reshape(texts, -1), axis=1, kind="stable")[:, :width]  # of width * outputs
        before, output = np.divmod(best, new.shape[-1])
        written = np.concatenate([np.take_along_axis(written, before[..., None], axis=1), output[..., None]], axis=2)
        written, scores = written.astype("int32"), np.take_along_axis(new.reshape(texts, -1), best, axis=1)
    return written[..., 1:], scores


def _logs_of_next(probabilities: np.ndarray, last: np.ndarray) -> np.ndarray:
    """log p of each next output (texts, width, outputs). After `_END` comes `_PAD`, for certain: a sequence that has ended
    stays in the beam as it is, and its probability too.
    """
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities.astype("float64"))
    logs[..., [PAD, GO]] = -np.inf
    ended = np.isin(last, (END, PAD))
    logs[ended] = -np.inf
    logs[ended, PAD] = 0.0
    return logs


def attention(model: Translator, ids: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """Where the decoder looked when it wrote `outputs` (texts, steps): (texts, steps, length), of a Transformer's last block
    (texts, heads, steps, length). The weights of each step add up to 1. Raises ValueError for a model without attention.
    """
    before = np.concatenate([np.full((len(outputs), 1), GO), outputs[:, :-1]], axis=1).astype("int32")
    _, looks = model.write(ops.convert_to_tensor(before), model.read(ops.convert_to_tensor(ids)))
    if looks is None:
        raise ValueError(f"{model.name} was built with attention=False: it looks nowhere")
    return ops.convert_to_numpy(looks)


def right(outputs: np.ndarray, targets: np.ndarray) -> float:
    """The share of sequences (texts, steps) that are right as a whole, with their `_END`."""
    return float((outputs == targets).all(axis=1).mean())
