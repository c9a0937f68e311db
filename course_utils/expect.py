"""Expectations: what must hold of an answer where no oracle can say what it equals, e.g. how accurate a model is.

An expectation is plain data, made by a function of this module and judged by `unmet`. Each failure has a symptom, a
short name by which an exercise can recognise a mistake and give it a hint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from course_utils.describe import Description, describe_argument, restore


@dataclass(frozen=True)
class Unmet:
    """Why an expectation is not met: its symptom and the words for the learner."""

    symptom: str
    words: str


def accuracy(labels: Any, at_least: float, at_most: float = 1.0) -> dict:
    """Probabilities for n texts or pictures whose accuracy lies in a band.

    `labels`: n integers, or a `course_utils.values.dataset` that gives them. With two classes the answer has shape
    (n,) or (n, 1), the probability of class 1; with more, (n, classes), and the largest counts.
    Symptoms: "wrong shape", "nan", "not probabilities", "constant", "reversed", "too low", "too good".
    """
    return {"expect": "accuracy", "labels": describe_argument(labels), "at_least": at_least, "at_most": at_most}


def unmet(expectation: dict, value: Description) -> Unmet | None:
    """Judge a described value by an expectation; None where it is met."""
    return {"accuracy": _judge_accuracy}[expectation["expect"]](expectation, value)


def _judge_accuracy(expectation: dict, value: Description) -> Unmet | None:
    import numpy as np

    labels = np.asarray(restore(expectation["labels"])).ravel()
    if value["type"] != "array":
        return Unmet("wrong shape", "Its predictions are not an array.")
    scores = value["value"]
    binary = labels.max(initial=1) <= 1
    if scores.shape[0:1] != labels.shape or scores.ndim > 2 or (binary and scores.size != labels.size):
        wanted = f"({len(labels)}, 1)" if binary else f"({len(labels)}, {labels.max() + 1})"
        return Unmet(
            "wrong shape", f"For {len(labels)} inputs it predicts an array of shape {scores.shape}; {wanted} expected."
        )
    if not np.isfinite(scores).all():
        return Unmet(
            "nan", "Its predictions contain NaN or infinity: training has diverged, or a layer divides by zero."
        )
    if scores.min() < 0 or scores.max() > 1:
        words = f"Its outputs run from {scores.min():.3g} to {scores.max():.3g}; probabilities lie between 0 and 1."
        return Unmet("not probabilities", words)
    classes = (scores.ravel() > 0.5).astype(int) if binary else scores.argmax(axis=1)
    reached = float((classes == labels).mean())
    said = f"It is right about {reached:.1%} of the {len(labels)} held-out examples"
    if (classes == classes[0]).all():
        return Unmet("constant", f"It gives every example the same class, {classes[0]}: it has learned nothing yet.")
    if binary and reached <= 1 - expectation["at_least"]:
        return Unmet("reversed", f"{said}: as reliably wrong as it should be right.")
    if reached < expectation["at_least"]:
        return Unmet("too low", f"{said}; at least {expectation['at_least']:.1%} can be had.")
    if reached > expectation["at_most"]:
        words = f"{said}; more than {expectation['at_most']:.1%} is too good to be true for this kind of model."
        return Unmet("too good", words)
    return None
