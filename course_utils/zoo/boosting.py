"""Boosting with weights for labels: the next member looks harder at the labels that those before it miss.

After AdaBoost (Freund and Schapire 1997, https://doi.org/10.1006/jcss.1997.1504), with a weight a label in place of one a text: of
some thousand texts a label has, a single one may be labelled wrongly, and a weight of its own would learn that by heart.

    error(label)  = share of the texts with this label to which it is not given
    weight(label) = 1 + factor * error(label)
    weight(text)  = mean weight of its labels

The control that counts is as many members with other seeds, all weights alike (`factor=0`): any sum of several is better than one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_utils.zoo.ensemble import log_odds, soft_vote
from course_utils.zoo.training.scores import best_threshold, decide

FACTOR = 2.0


@dataclass(frozen=True)
class Boosted:
    """The sum of all members: probabilities (texts, labels), and the weights (rounds, labels) with which each was trained."""

    validation: np.ndarray
    others: np.ndarray
    weights: np.ndarray


def label_weights(y: np.ndarray, predicted: np.ndarray, factor: float = FACTOR) -> np.ndarray:
    """(labels,): 1 + `factor` times a label's error, the share of its texts to which it is not given; 1 where it has no text.

    `y` and `predicted` are 0/1 (texts, labels).
    """
    y, predicted = np.asarray(y, bool), np.asarray(predicted, bool)
    if y.shape != predicted.shape:
        raise ValueError(f"y has shape {y.shape}, predicted {predicted.shape}: both are (texts, labels)")
    error = (y & ~predicted).sum(axis=0) / np.maximum(y.sum(axis=0), 1)
    return 1 + factor * error


def text_weights(y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(texts,) float32, of mean 1: the mean weight of each text's labels; that of all labels for a text without one."""
    labels = y.sum(axis=1)
    found = np.where(labels > 0, y @ weights / np.maximum(labels, 1), weights.mean())
    return (found / found.mean()).astype("float32")


def boost(
    fit: Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]],
    y: np.ndarray,
    y_validation: np.ndarray,
    rounds: int = 3,
    factor: float = FACTOR,
) -> Boosted:
    """Train `rounds` members one after another, and add their log-odds up.

    `fit(weights, number)` trains member `number` with weights (texts,) for the training texts, and returns its probabilities
    for the validation texts, on which the next one's weights are measured, and for others. `y` and `y_validation` are 0/1
    (texts, labels). Raises ValueError for less than one round.
    """
    if rounds < 1:
        raise ValueError(f"rounds={rounds}: at least 1 is needed")
    by_label = [np.ones(y.shape[1])]
    validation: list[np.ndarray] = []
    others: list[np.ndarray] = []
    for number in range(rounds):
        for kept, found in zip((validation, others), fit(text_weights(y, by_label[-1]), number), strict=True):
            kept.append(log_odds(found))
        so_far = _probabilities(validation)
        given = decide(so_far, best_threshold(y_validation, so_far))
        by_label.append(label_weights(y_validation, given, factor))
    return Boosted(_probabilities(validation), _probabilities(others), np.stack(by_label[:rounds]))


def _probabilities(members: list[np.ndarray]) -> np.ndarray:
    return (1 / (1 + np.exp(-soft_vote(np.stack(members))))).astype("float32")
