"""Where the thresholds of unit 05 come from: right answers and wrong ones, trained from many seeds. Run it by hand.

    python -m tests.lessons.calibration_05 build [SEEDS]            about 4 minutes for 24 seeds
    python -m tests.lessons.calibration_05 left_or_right [SEEDS]    about 10 minutes for 24 seeds
    python -m tests.lessons.calibration_05 left_or_right 24 8 16    seeds 8 to 15 only, to divide the work

Each line gives the mean, the standard deviation and the worst of what is compared with a threshold, and how many standard
deviations lie between the mean and the threshold: 3.1 of them are one failure in a thousand, if the values are normal.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from autograder.exercises import load_exercises
from autograder.exercises.unit_05_keras_life_cycle import build as built
from autograder.exercises.unit_05_keras_life_cycle import left_or_right as judged
from course_utils import models
from course_utils.expect import unmet
from course_utils.pictures import left_or_right
from course_utils.values import restore

DECLARED = load_exercises("05_keras_life_cycle")
SEEDS = 24
UNSEEN = 500  # pictures, as in the exercise


def report(name: str, values: list[float], threshold: float, larger_is_better: bool) -> None:
    """One line about the values of all seeds."""
    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1))
    worst = min(values) if larger_is_better else max(values)
    room = (mean - threshold if larger_is_better else threshold - mean) / spread
    print(
        f"{name:34} n {len(values):3}  mean {mean:.4f}  sd {spread:.4f}  worst {worst:.4f}  room {room:6.1f} sd",
        flush=True,
    )


def with_optimizer(kind: str, n_in: int, n_out: int, optimizer: str, **options: object) -> keras.Model:
    """The usual right answer with another optimizer, at its default learning rate."""
    network = built.made(kind, n_in, n_out, **options)
    told = ["accuracy"] if kind != "regression" else []
    network.compile(optimizer=optimizer, loss=network.loss, metrics=told)
    return network


RIGHT = {
    "16 relu, adam": built.made,
    "64 relu, adam": lambda *call: built.made(*call, width=64),
    "8 tanh, adam": lambda *call: built.made(*call, width=8, hidden="tanh"),
    "16 relu, rmsprop": lambda *call: with_optimizer(*call, "rmsprop"),
    "16 relu, sgd": lambda *call: with_optimizer(*call, "sgd"),
    "several layers": DECLARED["build"].right_answers["deep_with_objects"],
}


def build(seeds: range) -> None:
    """The share of the first epoch's loss that is left after the asked training, and any other reason to be rejected."""
    for kind in ("two", "many", "regression"):
        everything = []
        for name, answer in RIGHT.items():
            shares, reasons = [], []
            for seed in seeds:
                rng = np.random.default_rng(seed)
                n_in, n_out = int(rng.integers(3, 10)), {"two": 1, "many": 3, "regression": 2}[kind]
                probe = built.network(rng, kind, n_in, n_out)
                keras.utils.set_random_seed(seed)
                seen = models.interview(answer(kind, n_in, n_out), probe.ask, {}, restore)
                losses = seen["trained"]["history"]["loss"]
                shares.append(losses[-1] / losses[0])
                if found := unmet(probe.expect, seen, probe.ask):
                    reasons.append(found.symptom)
            report(f"{kind}: {name}", shares, built.LEARNS, larger_is_better=False)
            if reasons:
                print(f"    REJECTED {len(reasons)} times: {reasons}")
            everything += shares
        report(f"{kind}: all of them", everything, built.LEARNS, larger_is_better=False)


ARROWS = {
    "the lesson's": judged.convolutional,
    "flattened": DECLARED["left_or_right"].right_answers["flattened"],
    "memorises, 64 units, 4 epochs": DECLARED["left_or_right"].mistakes[0].answer,
    "memorises, 256 units, 25 epochs": lambda x, y: dense(x, y, 256, 25),
}


def dense(x: np.ndarray, y: np.ndarray, units: int, epochs: int) -> keras.Model:
    """A network without convolutions, trained for long."""
    layers = keras.layers
    return judged.fitted(
        x, y, [layers.Flatten(), layers.Dense(units, "relu"), layers.Dense(1, "sigmoid")], epochs, 1e-3, 64
    )


def arrows(seeds: range) -> None:
    """The accuracy on unseen pictures of right answers and of networks that memorise, each from its own training pictures."""
    for name, answer in ARROWS.items():
        reached = []
        for seed in seeds:
            x, y = left_or_right(2000, 1000 + seed)
            unseen, truth = left_or_right(UNSEEN, 500_000 + seed)
            keras.utils.set_random_seed(seed)
            network = answer(x, y)
            reached.append(float(((network.predict(unseen, verbose=0).ravel() > 0.5) == truth).mean()))
        report(f"left_or_right: {name}", reached, judged.SEEN, larger_is_better=True)
        print("   ", " ".join(f"{value:.3f}" for value in reached), flush=True)


def pictures_say_nothing_by_accident(n: int = 4000) -> None:
    """How well the mean picture alone tells the classes apart: a half would be nothing."""
    x, y = left_or_right(n, 7)
    unseen, truth = left_or_right(n, 8)
    template = x[y == 1].mean(axis=0) - x[y == 0].mean(axis=0)
    middle = np.median((x * template).sum(axis=(1, 2, 3)))
    print(f"mean picture: {(((unseen * template).sum(axis=(1, 2, 3)) > middle) == truth).mean():.3f}")


def main(which: str, seeds: str = str(SEEDS), start: str = "0", stop: str = "") -> None:
    """Calibrate one exercise."""
    chosen = range(int(start), int(stop or seeds))
    {"build": build, "left_or_right": arrows}[which](chosen)
    if which == "left_or_right":
        pictures_say_nothing_by_accident()


if __name__ == "__main__":
    main(*sys.argv[1:])
