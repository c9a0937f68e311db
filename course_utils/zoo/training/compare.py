"""Compare models on one set of texts: the same split for all, several seeds, intervals, and a paired test against the best.

Each model is trained in a process of its own, so that its peak memory is its own, and a model that fails does not end the rest.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.refused import Refused
from course_utils.zoo.models import entry
from course_utils.zoo.text.read import Labelled
from course_utils.zoo.text.split import split
from course_utils.zoo.training import linear
from course_utils.zoo.training.scores import accuracy, interval, mcnemar, micro_f1, paired_difference, targets

HELD_OUT = 0.2  # of the texts, to measure on; half as many of the rest to stop by and to choose a threshold


@dataclass
class Line:
    """What is known of one model: its scores by seed, and its predictions 0/1 (seeds, texts, labels)."""

    name: str
    parameters: int
    seconds: float  # of the processor, a mean over the seeds
    megabytes: float  # peak memory of its process
    predictions: np.ndarray
    failed: str = ""


@dataclass
class Comparison:
    """All models on the same held-out texts."""

    y: np.ndarray
    names: list[str]
    score_name: str
    lines: list[Line] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    stopped: bool = False  # by Ctrl-C, before the last model

    @property
    def score(self) -> Callable:
        """What is compared: accuracy, or micro-F1 with several labels a text."""
        return micro_f1 if self.score_name == "micro-F1" else accuracy

    def rows(self) -> list[dict[str, Any]]:
        """A row a model, the best first: score, interval, spread over seeds, difference from the best and its p-value."""
        done = [line for line in self.lines if not line.failed]
        scored = sorted(done, key=lambda line: -self._mean(line))
        return [self._row(line, scored[0]) for line in scored]

    def _mean(self, line: Line) -> float:
        return float(np.mean([self.score(self.y, each) for each in line.predictions]))

    def _row(self, line: Line, best: Line) -> dict[str, Any]:
        scores = [self.score(self.y, each) for each in line.predictions]
        low, high = interval(self.y, line.predictions, self.score)
        difference, below, above = paired_difference(self.y, line.predictions, best.predictions, self.score)
        facts = {
            "model": line.name,
            "score": float(np.mean(scores)),
            "low": low,
            "high": high,
            "spread": float(np.ptp(scores)),
        }
        facts |= {
            "seeds": len(scores),
            "parameters": line.parameters,
            "seconds": line.seconds,
            "megabytes": line.megabytes,
        }
        facts |= {"difference": difference, "below": below, "above": above}
        return facts | {"p": None if line is best else mcnemar(self.y, line.predictions[0], best.predictions[0])}


def compare(
    models: Sequence[str],
    data: Labelled,
    seeds: Sequence[int] = (0, 1, 2),
    options: dict[str, Any] | None = None,
    say: Callable[[str], object] | None = None,
    glove: bool = False,
) -> Comparison:
    """Train each of `models` with each seed and measure it on texts that none has seen; TF-IDF and a linear model beside them.

    `glove`: begin with GloVe's vectors of English words. Ctrl-C ends it and keeps the models that are done; where none is, it goes
    on to the caller. Raises Refused where there is too little to hold out.
    """
    for name in models:
        entry(name)
    rest, test = split(data, HELD_OUT, seed=0)
    training, validation = split(rest, HELD_OUT / 2, seed=0)
    if not len(test) or not len(validation):
        raise Refused(f"{len(data)} different texts are too few to hold some out; 20 a label are a beginning.")
    names = training.names
    found = Comparison(targets(test.labels, names), names, "micro-F1" if data.several else "accuracy")
    found.remarks.append(f"{len(training)} texts to train on, {len(validation)} to stop by, {len(test)} to measure on.")
    if glove:
        found.remarks.append("The networks begin with GloVe's vectors of English words.")
    parts = {"training": training, "validation": validation, "test": test}
    for name in (all_names := [linear.NAME, *models]):
        if say:
            say(name)
        try:
            found.lines.append(_in_a_process(name, parts, seeds, options or {}, glove))
        except KeyboardInterrupt:
            if not found.lines:
                raise
            found.stopped = True
            missing = ", ".join(all_names[len(found.lines) :])
            found.remarks.append(f"Stopped while {name} was trained. Not in the table: {missing}.")
            break
    return found


def _in_a_process(
    name: str, parts: dict[str, Labelled], seeds: Sequence[int], options: dict[str, Any], glove: bool
) -> Line:
    """Train and measure in a fresh Python; what it wrote is read back. A failure is a line as well."""
    with tempfile.TemporaryDirectory(prefix="zoo-") as folder:
        order, result = Path(folder, "order.json"), Path(folder, "result.npz")
        facts = {"name": name, "seeds": list(seeds), "options": options, "glove": glove, "result": str(result)}
        order.write_text(json.dumps({**facts, "parts": {key: asdict(part) for key, part in parts.items()}}), "utf-8")
        command = [sys.executable, "-m", "course_utils.zoo.training.compare", str(order)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode or not result.exists():
            last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
            return Line(name, 0, 0.0, 0.0, np.zeros((0, 0, 0), "uint8"), failed=last[:200])
        with np.load(result) as kept:
            return Line(
                name, int(kept["parameters"]), float(kept["seconds"]), float(kept["megabytes"]), kept["predictions"]
            )


def _work(order: dict[str, Any]) -> None:
    """In the fresh process: train with every seed, write predictions and what it took."""
    parts = {
        key: Labelled(part["texts"], [tuple(one) for one in part["labels"]]) for key, part in order["parts"].items()
    }
    if order["name"] == linear.NAME:
        predicted, facts = linear.predictions(parts["training"], parts["validation"], parts["test"])
        predictions, parameters, seconds = [predicted], facts["parameters"], facts["seconds"]
    else:
        predictions, parameters, seconds = _train_all(order, parts)
    most = peak_memory() / 2**20
    np.savez_compressed(
        order["result"], predictions=np.stack(predictions), parameters=parameters, seconds=seconds, megabytes=most
    )


def _train_all(order: dict[str, Any], parts: dict[str, Labelled]) -> tuple[list[np.ndarray], int, float]:
    from course_utils.zoo.training.scores import decide
    from course_utils.zoo.training.train import Plan, train

    vectors = None
    if order["glove"]:
        from course_utils.data.vectors import load_vectors

        vectors = load_vectors()
    predictions, seconds, parameters = [], [], 0
    for seed in order["seeds"]:
        plan = Plan(seed=seed, **order["options"])
        trained = train(order["name"], parts["training"], parts["validation"], plan, vectors=vectors)
        answers = trained.classifier.predict_probabilities(parts["test"].texts)
        predictions.append(decide(answers, trained.classifier.threshold))
        seconds.append(trained.seconds)
        parameters = trained.classifier.network.count_params()
    return predictions, parameters, float(np.mean(seconds))


def peak_memory() -> float:
    """Bytes that this process has held at most."""
    import psutil

    try:
        import resource
    except ImportError:  # Windows
        return psutil.Process().memory_info().peak_wset
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if psutil.MACOS else most * 1024  # Linux counts kilobytes


if __name__ == "__main__":
    _work(json.loads(Path(sys.argv[1]).read_text("utf-8")))
