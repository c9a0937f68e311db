"""Train one model on pairs of texts: to tell classes, or a number. Beside it, always, five counts and a linear model."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from course_utils.refused import Refused
from course_utils.zoo import overlap
from course_utils.zoo.classifier import TextClassifier, TextModel, TextScorer
from course_utils.zoo.pair_networks import build_pairs
from course_utils.zoo.text import pair_pipeline
from course_utils.zoo.text.read import Labelled
from course_utils.zoo.training.batches import fed
from course_utils.zoo.training.scores import targets
from course_utils.zoo.training.train import AT_A_TIME, Plan, Trained, fitted, remarks_on

BATCH = 64  # pairs at a time, if nothing else is asked for


def train_pairs(
    name: str,
    training: Labelled,
    validation: Labelled,
    plan: Plan | None = None,
    *,
    number: bool = False,
    vectors: Any = None,
    say: Any = None,
) -> Trained[TextModel]:
    """Train the model of pairs called `name`. `number`: labels are numbers, and such a one is answered; else they are classes.

    `vectors` and `say` as for `train`. Raises Refused for data from which nothing can be learned.
    """
    plan = plan or Plan()
    plan = replace(plan, batch=plan.batch or BATCH)
    names = training.names
    if len({float(name) for name in names} if number else names) < 2:
        raise Refused(f"All pairs have the label {names[0]!r}. At least two different labels are needed.")
    if not number:  # a label that nobody teaches cannot be answered; remarks_on names it
        checked = validation.take([at for at, (label,) in enumerate(validation.labels) if label in names])
    else:
        checked = validation
    keras.utils.set_random_seed(plan.seed)
    began = time.process_time()
    texts = pair_pipeline.made_for(training.pairs, plan.length, least=plan.least)
    y, y_val = (answers(one, names, number) for one in (training, checked))
    network = build_pairs(
        name,
        vocabulary=texts.each.vocabulary,
        length=texts.each.width,
        vectors=texts.each.vectors(vectors, plan.seed)[0] if vectors else None,
        learning_rate=plan.learning_rate,
        **_kind(y, names, number),
        **plan.options,
    )
    to_learn = fed(texts, training.pairs, y, plan.batch or BATCH, plan.seed)
    to_check = fed(texts, checked.pairs, y_val, AT_A_TIME)
    bar = say and say(plan.epochs, -(-len(training) // (plan.batch or BATCH)))
    history, stopped = fitted(network, to_learn, to_check, plan, bar)
    outputs = network.predict(to_check["x"], batch_size=to_check.get("batch_size"), verbose=0)
    score = pearson(y_val, outputs[:, 0]) if number else float((outputs.argmax(axis=1) == y_val).mean())
    model = TextScorer(network, texts, name) if number else TextClassifier(network, texts, names, model=name)
    remarks = [] if number else remarks_on(training, validation)
    return Trained(model, history, time.process_time() - began, stopped, score, remarks)


def beside(training: Labelled, validation: Labelled, number: bool = False) -> float:
    """The score on validation pairs of a linear model on five counts of either pair: what every network is to be held against."""
    names = training.names
    x, x_val = (overlap.counts(one.pairs) for one in (training, validation))
    y, y_val = (answers(one, names, number) for one in (training, validation))
    found = overlap.linear(number).fit(x, y).predict(x_val)
    return pearson(y_val, found) if number else float((found == y_val).mean())


def answers(data: Labelled, names: list[str], number: bool) -> np.ndarray:
    """What is to be learned: numbers (pairs,) float32, or places in `names` (pairs,) int64."""
    if number:
        return np.array([float(label) for (label,) in data.labels], "float32")
    return targets(data.labels, names).argmax(axis=1)


def pearson(y: np.ndarray, predicted: np.ndarray) -> float:
    """Pearson's correlation, from -1 to 1; 0 where either has one value only, and nothing goes along with anything."""
    y, predicted = (one - one.mean() for one in (y.astype("float64"), predicted.astype("float64")))
    size = float(np.sqrt((y @ y) * (predicted @ predicted)))
    return float(y @ predicted) / size if size > 0 else 0.0


def _kind(y: np.ndarray, names: list[str], number: bool) -> dict[str, Any]:
    """What comes out of the network: classes with their shares, or a number with its mean and its spread."""
    if number:
        return {"number": (float(y.mean()), float(y.std()))}
    return {"classes": len(names), "share": np.bincount(y, minlength=len(names)) / len(y)}
