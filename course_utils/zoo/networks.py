"""Build any model of the zoo: from ids of words to probabilities of classes, compiled."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from course_utils.zoo.fasttext import FastText
from course_utils.zoo.models import entry

#: Learning rates, if nothing else is asked for. fastText's are high: a text's gradient is shared out among all its words, and a
#: batch takes the mean of its texts.
RATE, FASTTEXT_RATES = 1e-3, {"sgd": 5.0, "adam": 0.01}
DIMENSION, FASTTEXT_DIMENSION = 100, 16  # numbers of a word, where no vectors are given
FASTTEXT_STEPS = 32  # of training in one call of TensorFlow: they are so short that calling takes a third of their time


def build(
    name: str,
    *,
    vocabulary: int,
    classes: int,
    length: int,
    multi_label: bool = False,
    vectors: Any = None,
    tune_vectors: bool = True,
    dimension: int | None = None,
    share: Sequence[float] | None = None,
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule | None = None,
    jit_compile: bool | str = "auto",
    **options: Any,
) -> keras.Model:
    """A compiled model: ids (batch, length) int32, 0 is padding -> probabilities (batch, classes) float32.

    `vocabulary` ids, 0 among them; `vectors` (vocabulary, dimension) to begin with, row 0 unused, which stay as they are
    where `tune_vectors` is False; else `dimension` numbers drawn for each word. `share`: how often each class occurs; the
    output's bias begins at its log-odds, so that training begins with what is known without reading. Labels are integers
    (batch,), with `multi_label` 0/1 (batch, classes). `options` are the model's own: see its file.
    Raises ValueError for an unknown name, option or a size that does not fit.
    """
    if vocabulary < 2 or classes < 2 or length < 1:
        raise ValueError(f"vocabulary={vocabulary}, classes={classes}, length={length}: at least 2, 2 and 1 are needed")
    if vectors is not None:
        vectors = fitting(vectors, vocabulary)
        dimension = vectors.shape[1]
    if name == "fasttext":
        model, words = _fasttext(vocabulary, classes, dimension or FASTTEXT_DIMENSION, multi_label, share, options)
    else:
        dimension = dimension if entry(name).pieces else dimension or DIMENSION  # pieces bring their own along
        model, words = _network(name, vocabulary, classes, length, dimension, multi_label, share, options)
    if learning_rate is None:
        learning_rate = getattr(model, "rate", None)  # of a model that knows its own
    if vectors is not None:
        begin_with(vectors, words)
    words.trainable = words.trainable and tune_vectors
    by_samples = options.get("loss", "softmax") != "softmax"  # such a loss knows nothing of most classes: no accuracy
    by_sequence = name == "seq2seq" and multi_label  # nor does one of outputs, one after another
    model.compile(
        optimizer=_optimizer(name, learning_rate, options.get("optimizer", "sgd")),
        loss="binary_crossentropy" if multi_label else "sparse_categorical_crossentropy",
        metrics=[] if by_samples or by_sequence else ["binary_accuracy" if multi_label else "accuracy"],
        jit_compile=jit_compile,
        steps_per_execution=FASTTEXT_STEPS if name == "fasttext" and keras.backend.backend() == "tensorflow" else 1,
    )
    return model


def fitting(vectors: Any, vocabulary: int) -> np.ndarray:
    """Vectors (vocabulary, dimension) float32 to begin with. Raises ValueError for another shape."""
    found = np.asarray(vectors, "float32")
    if found.ndim != 2 or len(found) != vocabulary:
        raise ValueError(f"vectors have shape {found.shape}; ({vocabulary}, dimension) is needed")
    return found


def begin_with(vectors: np.ndarray, words: keras.layers.Layer) -> None:
    """Put vectors into the first rows of a table of words; rows behind them, which stand for no word, stay as they are."""
    weights = words.get_weights()[0]
    weights[: len(vectors)] = vectors
    words.set_weights([weights])


def log_odds(share: Sequence[float], multi_label: bool) -> np.ndarray:
    """The bias at which an output layer gives each class the probability that it has before anything is read: (classes,)."""
    p = np.clip(np.asarray(share, "float64"), 1e-6, 1 - 1e-6)
    return (np.log(p / (1 - p)) if multi_label else np.log(p / p.sum())).astype("float32")


def _network(
    name: str,
    vocabulary: int,
    classes: int,
    length: int,
    dimension: int | None,
    multi_label: bool,
    share: Sequence[float] | None,
    options: dict[str, Any],
) -> tuple[keras.Model, keras.layers.Layer]:
    found = entry(name)
    features: Callable = getattr(importlib.import_module(f"course_utils.zoo.{found.module}"), found.function)
    refuse_unknown(name, features, options)
    if found.whole:
        return features(vocabulary, classes, dimension, multi_label, share, **options)
    ids = keras.Input((length,), dtype="int32", name="ids")
    words = keras.layers.Embedding(vocabulary, dimension or DIMENSION, mask_zero=True, name="words")
    of_text = features(words(ids), ids, **options) if found.sentences else features(words(ids), **options)
    out = keras.layers.Dense(classes, "sigmoid" if multi_label else "softmax", dtype="float32", name="classes")
    model = keras.Model(ids, out(of_text), name=name)
    if share is not None:
        out.bias.assign(log_odds(share, multi_label))
    return model, words


def _fasttext(
    vocabulary: int,
    classes: int,
    dimension: int,
    multi_label: bool,
    share: Sequence[float] | None,
    options: dict[str, Any],
) -> tuple[keras.Model, keras.layers.Layer]:
    known = {"loss", "buckets", "noise", "seed", "optimizer"}
    if strange := sorted(set(options) - known):
        raise ValueError(f"fasttext has no option {strange[0]!r}; it has {', '.join(sorted(known))}")
    rest = {name: options[name] for name in ("noise", "seed") if name in options}
    counts = None if share is None else [float(each) for each in share]
    model = FastText(
        vocabulary + options.get("buckets", 0),
        classes,
        dimension,
        options.get("loss", "softmax"),
        multi_label,
        counts,
        name="fasttext",
        **rest,
    )
    if share is not None and model.settings["loss_by"] != "hierarchical":
        model.out.bias.assign(log_odds(share, multi_label))
    return model, model.embedding


def refuse_unknown(name: str, features: Callable, options: dict[str, Any]) -> None:
    """Raise ValueError for an option that the function `features`, of the model called `name`, does not have."""
    known = [one.name for one in inspect.signature(features).parameters.values() if one.kind == one.KEYWORD_ONLY]
    if strange := sorted(set(options) - set(known)):
        raise ValueError(f"{name} has no option {strange[0]!r}; it has {', '.join(known)}")


def _optimizer(name: str, rate: Any, kind: str) -> keras.optimizers.Optimizer:
    """Adam; for fastText, if not asked otherwise, plain gradient descent, which touches only the rows of a batch's words."""
    if name != "fasttext":
        return keras.optimizers.Adam(RATE if rate is None else rate)
    if kind not in FASTTEXT_RATES:
        raise ValueError(f"optimizer={kind!r}: choose one of {', '.join(FASTTEXT_RATES)}")
    rate = FASTTEXT_RATES[kind] if rate is None else rate
    return keras.optimizers.SGD(rate) if kind == "sgd" else keras.optimizers.Adam(rate)
