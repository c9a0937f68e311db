"""What a project's recipes reach on its held-out texts: a balanced baseline, and from several seeds the bands of the grader."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring.project.texts import Part, Prepared
from autograder.engine.run.limits import CELL_SECONDS
from autograder.limits import TRAININGS_IN_A_CELL
from course_utils.limits import BATCH
from course_utils.refused import Refused

ROOM = 0.05  # below the lowest accuracy that a right answer reached; two standard errors where they are more
ENOUGH = 0.8  # to ask of made-up texts, which are there to find slips: a weak network that learns will do
BASELINE, CNN = "baseline_model", "cnn_model"
Recipe = Callable[..., Any]
Track = Callable[[list[Any]], Iterable[Any]]


@dataclass(frozen=True)
class Run:
    """One training to come: whose recipe (`who`), of which exercise, from which seed."""

    exercise: str
    who: str
    recipe: Recipe
    seed: int


@dataclass(frozen=True)
class Reached:
    """What a training gave: the accuracies on made-up and on held-out texts, and the processor's seconds of the latter."""

    run: Run
    made_up: float
    held_out: float
    balanced: float
    seconds: float


def linear(prepared: Prepared) -> dict[str, float]:
    """A support vector machine on TF-IDF whose classes weigh the same: its accuracy and balanced accuracy on held-out texts.

    Beside them `most_frequent`, the accuracy of whoever always says the commonest class.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    how = {"analyzer": "char", "ngram_range": (1, 2)} if prepared.by_characters else {}
    machine = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, **how), LinearSVC(class_weight="balanced", random_state=0)
    )
    said = machine.fit(prepared.training.texts, prepared.training.y).predict(prepared.held_out.texts)
    y, commonest = prepared.held_out.y, np.bincount(prepared.training.y).argmax()
    return {
        "accuracy": float((said == y).mean()),
        "balanced_accuracy": balanced_accuracy(y, said),
        "most_frequent": float((y == commonest).mean()),
    }


def balanced_accuracy(y: np.ndarray, said: np.ndarray) -> float:
    """The mean over the classes that occur in y of the share of their texts that get their class."""
    return float(np.mean([(said[y == label] == label).mean() for label in np.unique(y)]))


def calibrate(
    runs: list[Run], prepared: Prepared, made_up: tuple[Part, Part], folder: Path, track: Track
) -> list[Reached]:
    """Train every recipe, on made-up texts and on those of the project, and measure it. `track` may show a progress bar."""
    import keras

    found = []
    for number, run in enumerate(track(runs)):
        path = folder / f"{number}.keras"
        on_made_up, _, _ = _trained(run, *made_up, path)
        found.append(Reached(run, on_made_up, *_trained(run, prepared.training, prepared.held_out, path)))
        keras.backend.clear_session()
    return found


def _trained(run: Run, training: Part, held_out: Part, path: Path) -> tuple[float, float, float]:
    """Accuracy, balanced accuracy and the processor's seconds of one training. What it is warned of is no matter here."""
    import keras

    keras.utils.set_random_seed(run.seed)
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = run.recipe(training.texts, training.y, *([path] if run.exercise == CNN else []))
    said = _said(model, held_out.texts)
    seconds = time.process_time() - began
    return float((said == held_out.y).mean()), balanced_accuracy(held_out.y, said), seconds


def _said(model: Any, texts: list[str]) -> np.ndarray:
    """The class that a model gives each text: (n,). Called, not by `predict`, which would trace a function for each model."""
    import tensorflow as tf

    rows = [
        np.asarray(model(tf.constant(texts[at : at + BATCH]), training=False)) for at in range(0, len(texts), BATCH)
    ]
    return np.concatenate(rows).argmax(axis=1)


def band(reached: Iterable[float], texts: int, guess: float = 0.0) -> float | None:
    """The least accuracy that the grader asks for, with two digits: ROOM below the lowest reached, or two standard errors.

    It does not go down to what a `guess` may get by luck, two standard errors above its accuracy; None where that leaves less
    than two standard errors of room. The standard error of a share p of n independent texts is sqrt(p (1 - p) / n).
    """
    lowest = min(reached)
    wide = _two_errors(lowest, texts)
    lucky = math.ceil(100 * (guess + _two_errors(guess, texts)) - 1e-9) / 100 if guess else 0.0
    if _down(lowest - wide) < lucky:
        return None
    return max(_down(lowest - max(ROOM, wide)), lucky)


def _two_errors(share: float, texts: int) -> float:
    """Two standard errors of a share, with one more right and one more wrong text: not 0 where all are right."""
    p = (share * texts + 1) / (texts + 2)
    return 2 * math.sqrt(p * (1 - p) / texts)


def _down(share: float) -> float:
    return math.floor(100 * share + 1e-9) / 100


def bands(found: list[Reached], prepared: Prepared, made_up: int, most_frequent: float) -> dict[str, dict[str, float]]:
    """For each exercise the least accuracy on the examples and on the held-out texts.

    Raises Refused where a right answer cannot be told from a guess, or takes too long for a cell.
    """
    slowest = max(found, key=lambda one: one.seconds)
    if slowest.seconds > CELL_SECONDS / TRAININGS_IN_A_CELL:
        words = f"{slowest.run.exercise} trains for {slowest.seconds:.0f} s of the processor ({slowest.run.who})"
        raise Refused(
            f"{words}; {CELL_SECONDS / TRAININGS_IN_A_CELL:.0f} s are the most: give it fewer or shorter texts"
        )
    asked = {}
    for exercise in (BASELINE, CNN):
        of_it = [one for one in found if one.run.exercise == exercise]
        at_least = band([one.held_out for one in of_it], len(prepared.held_out), most_frequent)
        of_examples = band([one.made_up for one in of_it], made_up)
        if at_least is None or of_examples is None:
            worst = min(of_it, key=lambda one: one.held_out)
            words = f"{exercise} ({worst.run.who}) gets {worst.held_out:.3f} of the held-out texts right, and to always say "
            words += (
                f"the commonest class gets {most_frequent:.3f}: with room for chance, one cannot be told from the other"
            )
            raise Refused(f"{words}. Take more texts, fewer classes, or fewer texts of the commonest one")
        asked[exercise] = {"examples": min(ENOUGH, of_examples), "held_out": at_least}
    return asked
