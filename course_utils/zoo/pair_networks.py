"""Build a model that reads two texts: from the ids of both to probabilities of classes, or to a number, compiled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from course_utils.zoo import pairs
from course_utils.zoo.models import PAIR_MODELS
from course_utils.zoo.networks import DIMENSION, RATE, begin_with, fitting, log_odds, refuse_unknown


def build_pairs(
    name: str,
    *,
    vocabulary: int,
    length: int,
    classes: int | None = None,
    number: tuple[float, float] | None = None,
    vectors: Any = None,
    tune_vectors: bool = True,
    dimension: int | None = None,
    share: Sequence[float] | None = None,
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule | None = None,
    jit_compile: bool | str = "auto",
    **options: Any,
) -> keras.Model:
    """A compiled model: [a, b], ids (batch, length) int32 each, 0 is padding -> probabilities (batch, classes) float32.

    With `number`, the mean and the standard deviation of the answers, in place of `classes`: -> a number (batch, 1) float32,
    trained by the mean squared error. `vocabulary`, `vectors`, `tune_vectors`, `dimension` and `share` are as in `zoo.build`;
    `options` are the model's own: see pairs.py. Raises ValueError for an unknown name, option or a size that does not fit.
    """
    _refuse_sizes(name, vocabulary, length, classes, number)
    features = getattr(pairs, PAIR_MODELS[name].function)
    refuse_unknown(name, features, options)
    rows = vocabulary + (name == "joint_bilstm")  # one more for the mark between the texts
    if vectors is not None:
        vectors = fitting(vectors, vocabulary)
        dimension = vectors.shape[1]
    a, b = (keras.Input((length,), dtype="int32", name=side) for side in ("a", "b"))
    words = keras.layers.Embedding(rows, dimension or DIMENSION, mask_zero=True, name="words")
    found = features(a, b, words, **options)
    if number is None:
        out = keras.layers.Dense(classes, "softmax", dtype="float32", name="classes")
        model = keras.Model([a, b], out(found), name=name)
        if share is not None:
            out.bias.assign(log_odds(share, multi_label=False))
    else:
        mean, spread = number
        standard = keras.layers.Dense(1, dtype="float32", name="number")(found)
        model = keras.Model([a, b], keras.layers.Rescaling(spread, mean, dtype="float32")(standard), name=name)
    if vectors is not None:
        begin_with(vectors, words)
    words.trainable = tune_vectors
    model.compile(
        keras.optimizers.Adam(RATE if learning_rate is None else learning_rate),
        loss="sparse_categorical_crossentropy" if number is None else "mean_squared_error",
        metrics=["accuracy"] if number is None else [keras.metrics.PearsonCorrelation(name="pearson")],
        jit_compile=jit_compile,
    )
    return model


def _refuse_sizes(
    name: str, vocabulary: int, length: int, classes: int | None, number: tuple[float, float] | None
) -> None:
    if name not in PAIR_MODELS:
        raise ValueError(f"there is no model of pairs {name!r}; the zoo has {', '.join(PAIR_MODELS)}")
    if (classes is None) == (number is None):
        raise ValueError(f"classes={classes}, number={number}: one of the two is needed")
    if vocabulary < 2 or length < 1 or (classes is not None and classes < 2):
        raise ValueError(f"vocabulary={vocabulary}, classes={classes}, length={length}: at least 2, 2 and 1 are needed")
    if number is not None and not number[1] > 0:
        raise ValueError(f"number={number}: the standard deviation of the answers must be above 0")
