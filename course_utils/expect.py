"""Expectations: what must hold of an answer where no oracle can say what it equals, e.g. how accurate a model is.

An expectation is plain data, made by a function of this module and judged by `unmet`. Each failure has a symptom, a
short name by which an exercise can recognise a mistake and give it a hint.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.compare import NAMES, about_problem, difference, write_shapes
from course_utils.describe import Description
from course_utils.values import describe_argument, restore
from course_utils.words import write_number


@dataclass(frozen=True)
class Unmet:
    """Why an expectation is not met: its symptom and the words for the learner."""

    symptom: str
    words: str


def accuracy(
    labels: Any,
    at_least: float,
    at_most: float = 1.0,
    at_most_on_substitute: float | None = None,
    distribution: bool = False,
    classes: int | None = None,
) -> dict:
    """Probabilities for n texts or pictures whose accuracy lies in a band.

    `labels`: n integers, or a `course_utils.values.dataset` that gives them. `at_most_on_substitute` takes the place of
    `at_most` where the substitute of that data set is in use. With two classes the answer has shape
    (n,) or (n, 1), the probability of class 1; with more, or where `classes` says how many, (n, classes), and the largest
    counts. With `distribution` the probabilities of each row add up to 1.
    Symptoms: "wrong shape", "nan", "not probabilities", "not a distribution", "constant", "reversed", "too low", "too good".
    """
    band = {"expect": "accuracy", "labels": describe_argument(labels), "at_least": at_least, "at_most": at_most}
    if at_most_on_substitute is not None:
        band["at_most_on_substitute"] = at_most_on_substitute
    if classes is not None:
        band["classes"] = classes
    return {**band, "distribution": True} if distribution else band


def raises(error: str = "ValueError") -> dict:
    """The call is refused: it raises this error or one derived from it. Symptoms: "accepts", "raises another"."""
    return {"expect": "raises", "type": error}


def all_of(*expectations: dict) -> dict:
    """Every one of these holds; the first that does not is told."""
    return {"expect": "all of", "expectations": list(expectations)}


#: What `model(outputs=...)` may say of the numbers that a model predicts.
OUTPUTS = ("distribution", "probabilities", "real")


@dataclass(frozen=True, kw_only=True)
class ModelAsked:
    """What `model(...)` may ask of a Keras model; what is not given is not asked."""

    made: str | None = None  # "Sequential" or "Functional"
    input_shape: Sequence[int | None] | None = None  # without the batch axis; None is any size
    output_shape: Sequence[int | None] | None = None  # likewise
    #: The shape of the outputs for each batch that was asked about, batch axis included.
    predicted: Sequence[Sequence[int | None]] | None = None
    #: "distribution" (0 to 1, a sum of 1 along the last axis), "probabilities" (0 to 1) or "real": no bound, after the asked
    #: `fit` where there is one. Let its targets lie well beyond -1 and 1, or its inputs be many tens.
    outputs: str | None = None
    #: Its outputs (logits, for probabilities) are no affine function of its inputs: show it at least twice as many inputs as
    #: they have numbers.
    nonlinear: bool = False
    varies: bool = True  # its outputs differ from input to input
    parameters: int | tuple[int, int] | None = None  # a number, or the least and the most
    trainable: int | tuple[int, int] | None = None  # likewise
    layers: Mapping[str, int | tuple[int, int]] | None = None  # how many of a class, as in {"Dense": (1, 9)}
    activations: int | None = None  # least number of layers before the last with an activation, or that are one
    without: Sequence[str] = ()  # classes of layers that it may not have
    compiled: bool = False
    loss: Sequence[str] = ()  # accepted names, as in "binary_crossentropy"
    #: Of its "name", "learning_rate" and "momentum" those that matter, as in {"name": "SGD", "momentum": 0.9}.
    optimizer: Mapping[str, float | str] | None = None
    metrics: Sequence[str] = ()  # names that it must have
    updates: tuple[int, int] | None = None  # least and most steps of its optimizer
    learns: float | None = None  # after the asked `fit` the loss is at most this share of the first epoch's
    predictions: Sequence[Any] | None = None  # the arrays that it must predict, one a batch
    rtol: float = 1e-4  # of `predictions`
    atol: float = 1e-5  # likewise
    #: An `accuracy(...)` for its (last) predictions on the first batch, after the asked `fit` where there is one.
    accuracy: dict | None = None
    saved: dict | None = None  # a `model(...)` that must hold of the model in the file that it was saved to

    def as_data(self) -> dict:
        """The expectation as plain data. Raises ValueError where `outputs` is none of OUTPUTS."""
        if self.outputs not in (None, *OUTPUTS):
            raise ValueError(f"outputs={self.outputs!r}; it is one of {', '.join(OUTPUTS)}")
        written = {
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "output_shape": None if self.output_shape is None else list(self.output_shape),
            "predicted": None if self.predicted is None else [list(shape) for shape in self.predicted],
            "parameters": _band(self.parameters),
            "trainable": _band(self.trainable),
            "layers": {name: _band(count) for name, count in (self.layers or {}).items()},
            "without": list(self.without),
            "compiled": self.compiled or bool(self.loss or self.optimizer or self.metrics or self.updates),
            "loss": list(self.loss),
            "optimizer": dict(self.optimizer or {}),
            "metrics": list(self.metrics),
            "updates": _band(self.updates),
            "predictions": None if self.predictions is None else [describe_argument(each) for each in self.predictions],
        }
        asked = {"expect": "model"} | vars(self) | written
        return {key: part for key, part in asked.items() if key != "activations" or part is not None}


def model(**asked: Any) -> dict:
    """A Keras model, returned by the answer, of which all that is asked for holds: the fields of `ModelAsked`, by name.

    The probe's `ask` says what it was shown.

    Symptoms, in this order: "not a model", "made otherwise", "does not run", "wrong input shape", "wrong output shape",
    "nan", "softmax of one", "not probabilities", "not a distribution", "squashed", "clipped", "constant", "linear", "wrong
    parameters", "wrong layers", "wrong activations", "other predictions", "not compiled", "wrong loss", "from logits",
    "wrong optimizer", "wrong metrics", "wrong updates", "cannot be trained", "does not learn", those of `accuracy`, "no
    file", "file cannot be loaded", and those of `saved` after the word "saved: ".
    """
    return ModelAsked(**asked).as_data()


def _band(count: int | tuple[int, int] | None) -> list[int] | None:
    return None if count is None else [count, count] if isinstance(count, int) else list(count)


def unmet(expectation: dict, value: Description, asked: dict | None = None) -> Unmet | None:
    """Judge a described value by an expectation; None where it is met. `asked`: what the probe asked of a model."""
    kind = expectation["expect"]
    if kind == "raises":
        return Unmet("accepts", f"It should refuse this input by raising {expectation['type']}; it returned a value.")
    if kind == "all of":
        return next((found for each in expectation["expectations"] if (found := unmet(each, value, asked))), None)
    if kind == "model":
        return _judge_model(expectation, value, asked)
    return _judge_accuracy(expectation, value)


def _judge_model(expectation: dict, value: Description, asked: dict | None) -> Unmet | None:
    if value["type"] != "model":
        return Unmet("not a model", _not_a_model(value))
    problem = value["problem"]
    if expectation["made"] and value["class"] != expectation["made"]:
        return Unmet("made otherwise", _made_otherwise(expectation["made"], value["class"]))
    if found := _judge_inputs(expectation, value, asked or {}):
        return found
    if problem and problem["step"] == "predict":
        return Unmet("does not run", about_problem(problem))
    looks = (_judge_shapes, _judge_outputs, _judge_facts, _judge_predictions, _judge_compiled, _judge_training)
    for look in looks:
        if found := look(expectation, value, asked or {}):
            return found
    return _judge_saved(expectation, value, asked) if expectation["saved"] else None


def _not_a_model(value: Description) -> str:
    kind, name = value["type"], NAMES.get(value["type"], value["type"])
    if kind == "NoneType":
        return "It returned None: is `return model` missing?"
    if value.get("class") == "History":
        return "It returned the History of `fit`, not the model: `fit` trains the model in place, and it is the model that is asked for."
    if kind == "object":
        name = f"<{value.get('text', 'something')}>"
    return f"It returned {name}; a Keras model is asked for."


def _made_otherwise(wanted: str, name: str) -> str:
    how = {
        "Sequential": "a keras.Sequential, a list of layers,",
        "Functional": "a functional model, keras.Model(inputs, outputs),",
    }
    return f"It is of class {name[:40]}; {how[wanted]} is asked for here."


def _judge_inputs(expectation: dict, value: Description, asked: dict) -> Unmet | None:
    return _judge_shape("input", "takes inputs of", expectation["input_shape"], value["inputs"], asked)


def _judge_shape(name: str, verb: str, wanted: list | None, shapes: list | None, asked: dict) -> Unmet | None:
    if wanted is None or (not shapes and asked.get("predict")):  # its predictions will show
        return None
    if not shapes:
        return Unmet(f"wrong {name} shape", f"It does not know its {name} shape: begin with keras.Input(...).")
    if len(shapes) == 1 and _fits(shapes[0][1:], wanted):
        return None
    any_size = " (None: any size)" if None in wanted else ""
    words = f"It {verb} shape {write_shapes(shapes)}; {(None, *wanted)} expected{any_size}."
    return Unmet(f"wrong {name} shape", words)


def _judge_shapes(expectation: dict, value: Description, asked: dict) -> Unmet | None:
    if found := _judge_shape("output", "gives outputs of", expectation["output_shape"], value["outputs"], asked):
        return found
    for seen, wanted in zip(value["predictions"], expectation["predicted"] or [], strict=False):
        shape = seen["value"].shape
        if not _fits(shape, wanted):
            return Unmet("wrong output shape", f"Its outputs have shape {shape}; {_written(wanted)} expected.")
    if asked.get("predict") is not None and len(value["predictions"]) != len(asked["predict"]):
        return Unmet("does not run", "It gave no outputs for some of the inputs.")
    return None


def _fits(shape: Sequence[int | None], wanted: Sequence[int | None]) -> bool:
    return len(shape) == len(wanted) and all(w is None or n == w for n, w in zip(shape, wanted, strict=True))


def _written(shape: Sequence[int | None]) -> str:
    return f"({', '.join('any' if n is None else str(n) for n in shape)}{',' if len(shape) == 1 else ''})"


def _judge_outputs(expectation: dict, value: Description, asked: dict) -> Unmet | None:
    import numpy as np

    for i, seen in enumerate(value["predictions"]):
        outputs = seen["value"]
        if outputs.dtype.kind not in "fiub":
            return Unmet("does not run", f"Its outputs are of dtype {outputs.dtype}; numbers are expected.")
        rounding = _rounding(outputs.dtype)
        outputs = outputs.astype(float)
        if not np.isfinite(outputs).all():
            return Unmet("nan", "Its outputs contain NaN or infinity.")
        if expectation["outputs"] != "real" and (found := _judge_range(expectation["outputs"], outputs, rounding)):
            return found
        if expectation["varies"] and len(outputs) > 1 and np.ptp(outputs, axis=0).max(initial=0) < 1e-6:
            said = (
                f"({write_number(outputs.ravel()[0])}, ...)"
                if outputs[0].size > 1
                else write_number(outputs.ravel()[0])
            )
            return Unmet(
                "constant", f"It answers {said} whatever it is shown: its output does not depend on its input."
            )
        if expectation["nonlinear"]:
            inputs = np.asarray(restore(asked["predict"][i]), float)
            if len(inputs) == len(outputs) and _is_affine(inputs, _undo(expectation["outputs"], outputs)):
                words = "It is a linear function of its input, however many layers it has: between them there is no activation."
                return Unmet("linear", words)
    if expectation["outputs"] == "real" and _last_activation(value) != "linear":
        return _judge_range("real", _last_outputs(value))
    return None


def _last_activation(value: Description) -> str | None:
    """The activation that the last layer reports, if it does: a weak network's numbers may be small without one."""
    return value["layers"][-1].get("activation") if value["layers"] else None


def _last_outputs(value: Description) -> Any:
    """All numbers that a model predicted, after training where it was trained."""
    import numpy as np

    predictions = (value["trained"] or value)["predictions"]
    return np.concatenate([seen["value"].astype(float).ravel() for seen in predictions] or [np.zeros(0)])


def _rounding(dtype: Any) -> float:
    """How far from 1 a sum of probabilities may be: a layer of half precision keeps three digits."""
    return 1e-2 if dtype.kind == "f" and dtype.itemsize < 4 else 1e-4


def _judge_range(kind: str | None, outputs: Any, rounding: float = 1e-4) -> Unmet | None:
    import numpy as np

    low, high = (float(outputs.min(initial=np.inf)), float(outputs.max(initial=-np.inf)))
    runs = f"Its outputs run from {low:.3g} to {high:.3g}"
    if kind in ("probabilities", "distribution"):
        if kind == "probabilities" and low > 1 - 1e-6 and high < 1 + 1e-6:
            return Unmet(
                "softmax of one",
                "Its output is 1 whatever it is shown, the only value that a softmax over one unit has.",
            )
        if low < 0 or high > 1 + 1e-6:
            return Unmet("not probabilities", f"{runs}; probabilities lie between 0 and 1.")
        sums = outputs.sum(axis=-1)
        if kind == "distribution" and np.abs(sums - 1).max(initial=0) > rounding:
            words = f"Its outputs for one input add up to {write_number(float(sums.ravel()[0]))}; over exclusive classes they add up to 1."
            return Unmet("not a distribution", words)
    if kind == "real" and outputs.size:
        if (outputs == 0).mean() > 0.05 and low == 0:
            return Unmet(
                "clipped",
                f"{runs}, and {(outputs == 0).mean():.0%} of them are exactly 0: no negative number comes through.",
            )
        if low >= -1 and high <= 1:
            return Unmet(
                "squashed",
                f"{runs}, although larger numbers are asked for: the last activation lets nothing else through.",
            )
    return None


def _undo(kind: str | None, outputs: Any) -> Any:
    """The logits of probabilities, so that only what comes before the last activation is looked at."""
    import numpy as np

    if kind is None or kind == "real":
        return outputs
    p = np.clip(outputs, 1e-7, 1 - 1e-7)
    if kind == "distribution":
        logs = np.log(p)
        return logs - logs.mean(axis=-1, keepdims=True)
    return np.log(p) - np.log1p(-p)


def _is_affine(inputs: Any, outputs: Any) -> bool:
    """Whether least squares explains the outputs by the inputs and a constant, but for rounding."""
    import numpy as np

    table = np.column_stack([inputs.reshape(len(inputs), -1), np.ones(len(inputs))])
    targets = outputs.reshape(len(outputs), -1)
    if len(table) <= table.shape[1]:
        return False  # too few inputs to tell
    left = targets - table @ np.linalg.lstsq(table, targets, rcond=None)[0]
    spread = (targets - targets.mean(axis=0)).std()
    return bool(left.std() < 1e-3 * spread)


def _judge_facts(expectation: dict, value: Description, asked: dict) -> Unmet | None:
    for key, words in (("parameters", "parameters"), ("trainable", "trainable parameters")):
        band, count = expectation[key], value[key]
        if band and not band[0] <= count <= band[1]:
            return Unmet("wrong parameters", f"It has {count:,} {words}; {_band_words(band)} expected.")
    classes = [layer["class"] for layer in value["layers"]]
    for name, band in expectation["layers"].items():
        if not band[0] <= classes.count(name) <= band[1]:
            return Unmet(
                "wrong layers", f"It has {classes.count(name)} layers of class {name}; {_band_words(band)} expected."
            )
    if found := next((name for name in expectation["without"] if name in classes), None):
        return Unmet("wrong layers", f"It has a {found} layer, which the task rules out.")
    bent = sum(_has_activation(layer) for layer in value["layers"][:-1])
    if bent < (least := expectation.get("activations") or 0):
        words = f"Of its layers before the last, {bent} have an activation; {least} expected."
        return Unmet("wrong activations", words)
    return None


def _has_activation(layer: dict) -> bool:
    return layer.get("activation") not in (None, "linear") or layer["class"] in _ACTIVATIONS


#: Layers that are nothing but an activation.
_ACTIVATIONS = ("ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")


def _band_words(band: list[int]) -> str:
    return f"{band[0]:,}" if band[0] == band[1] else f"{band[0]:,} to {band[1]:,}"


def _judge_compiled(expectation: dict, value: Description, asked: dict) -> Unmet | None:
    compiled = value["compiled"]
    if not expectation["compiled"]:
        return None
    if compiled is None:
        return Unmet("not compiled", "It is not compiled: without a loss and an optimizer, `fit` cannot begin.")
    if expectation["loss"] and compiled["loss"] not in expectation["loss"]:
        accepted = " or ".join(f"`{name}`" for name in expectation["loss"])
        return Unmet("wrong loss", f"Its loss is `{compiled['loss'][:60]}`; {accepted} expected.")
    if compiled["from_logits"] and expectation["outputs"] in ("distribution", "probabilities"):
        words = "Its loss is given from_logits=True, but its outputs are probabilities already: that is a softmax or sigmoid twice."
        return Unmet("from logits", words)
    if unlike := _unlike(compiled, expectation.get("optimizer", {})):
        return Unmet("wrong optimizer", unlike)
    missing = [name for name in expectation["metrics"] if not _measures(compiled["metrics"], name)]
    if missing:
        return Unmet("wrong metrics", f"Its metrics are {compiled['metrics']}; `{missing[0]}` is missing.")
    band = expectation["updates"]
    if band and not band[0] <= compiled["updates"] <= band[1]:
        return Unmet(
            "wrong updates", f"Its optimizer has made {compiled['updates']:,} steps; {_band_words(band)} expected."
        )
    return None


def _unlike(compiled: dict, wanted: dict) -> str:
    """How the optimizer differs from the one that is wanted, in words; empty where it does not."""
    if wanted.get("name") not in (None, compiled["optimizer"]):
        return f"Its optimizer is {compiled['optimizer']}; {wanted['name']} is asked for."
    for fact in ("learning_rate", "momentum"):
        if fact in wanted and not math.isclose(compiled[fact], wanted[fact], rel_tol=1e-3):  # kept in float32
            return f"Its optimizer's {fact.replace('_', ' ')} is {compiled[fact]:.4g}; {wanted[fact]:.4g} is asked for."
    return ""


#: Short names of losses and metrics.
_SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "acc": "accuracy"}


def _measures(metrics: list[str], wanted: str) -> bool:
    """Whether a metric is among them; accuracy has many names, such as "acc", "binary_accuracy" and "BinaryAccuracy"."""
    named = [_SHORT.get(name.lower(), name.lower()) for name in metrics]
    wanted = _SHORT.get(wanted, wanted)
    return wanted in named or (wanted == "accuracy" and any(name.endswith("accuracy") for name in named))


def _judge_predictions(expectation: dict, value: Description, asked: dict) -> Unmet | None:
    if expectation["predictions"] is None:
        return None
    for seen, wanted in zip(value["predictions"], expectation["predictions"], strict=False):
        found = difference(seen, wanted, {"rtol": expectation["rtol"], "atol": expectation["atol"], "dtype": "any"})
        if found:
            return Unmet("other predictions", f"It predicts other numbers than it should. {found.words}")
    return None


def _judge_training(expectation: dict, value: Description, asked: dict) -> Unmet | None:
    problem, trained = value["problem"], value["trained"]
    if problem and problem["step"] == "fit":
        return Unmet("cannot be trained", about_problem(problem))
    if expectation["learns"] is not None:
        losses = (trained or {"history": {}})["history"].get("loss", [])
        if not losses:
            return Unmet("cannot be trained", "After training, no loss was reported.")
        if any(math.isnan(loss) or math.isinf(loss) for loss in losses):
            return Unmet("nan", "Its loss became NaN or infinite while it was trained.")
        if losses[-1] > expectation["learns"] * losses[0]:
            return Unmet("does not learn", _loss_reached(expectation, losses))
    if expectation["accuracy"]:
        predictions = (trained or value)["predictions"]
        if not predictions:
            return Unmet("does not run", "It predicted nothing.")
        return _judge_accuracy(expectation["accuracy"], predictions[0])
    return None


def _judge_saved(expectation: dict, value: Description, asked: dict | None) -> Unmet | None:
    problem = value["problem"]
    if problem and problem["step"] == "load":
        return Unmet("file cannot be loaded", about_problem(problem))
    if value["saved"] is None:
        return Unmet("no file", "There is no file at the path that it was given.")
    found = _judge_model(expectation["saved"], value["saved"], asked)
    return Unmet(f"saved: {found.symptom}", f"About the model in the file: {found.words}") if found else None


#: Symptoms of an answer whose score falls short, or goes beyond what can be.
SCORED = ("too low", "too good", "reversed", "constant", "does not learn")


def score(expectation: dict, value: Description) -> str:
    """What was reached beside what was asked, in a sentence: an accuracy, or a loss; "" for what has no score."""
    if reached := accuracy_of(expectation, value):
        return reached
    if expectation["expect"] != "model" or value["type"] != "model" or expectation["learns"] is None:
        return ""
    losses = (value["trained"] or {"history": {}})["history"].get("loss", [])
    return _loss_reached(expectation, losses) if losses and all(map(math.isfinite, losses)) else ""


def accuracy_of(expectation: dict, value: Description) -> str:
    """The accuracy that was reached beside the one asked for, in a sentence; "" where none is asked for."""
    if expectation["expect"] == "all of":
        return " ".join(filter(None, (accuracy_of(each, value) for each in expectation["expectations"])))
    if expectation["expect"] == "accuracy":
        found = _classes(expectation, value)
        return "" if isinstance(found, Unmet) else "; ".join(_accuracy_reached(expectation, found))
    if expectation["expect"] != "model" or value["type"] != "model" or not expectation["accuracy"]:
        return ""
    predictions = (value["trained"] or value)["predictions"]
    return accuracy_of(expectation["accuracy"], predictions[0]) if predictions else ""


def _loss_reached(expectation: dict, losses: list[float]) -> str:
    words = f"Trained for {len(losses)} epochs its loss went from {losses[0]:.4g} to {losses[-1]:.4g}"
    return f"{words}; it should fall below {expectation['learns'] * losses[0]:.4g}."


@dataclass(frozen=True)
class _Classes:
    """The classes that probabilities decide for, beside the labels: two arrays of n."""

    found: Any
    labels: Any
    binary: bool

    @property
    def share(self) -> float:
        return float((self.found == self.labels).mean())


def _accuracy_reached(expectation: dict, classes: _Classes) -> tuple[str, str]:
    """What was reached and what is asked, a clause each, with as many digits as tell them apart."""
    reached, asked = classes.share, expectation["at_least"]
    digits = 1
    while reached < asked and digits < 4 and f"{reached:.{digits}%}" == f"{asked:.{digits}%}":
        digits += 1
    said = f"It is right about {reached:.{digits}%} of the {len(classes.labels)} held-out examples"
    return said, f"at least {asked:.{digits}%} is asked for."


def _classes(expectation: dict, value: Description) -> _Classes | Unmet:
    """What the answer's probabilities decide for, or why they are none."""
    import numpy as np

    labels = np.asarray(restore(expectation["labels"])).ravel()
    if value["type"] != "array" or value["value"].dtype.kind not in "biuf":
        return Unmet("wrong shape", "Its predictions are not an array of numbers.")
    scores = value["value"]
    columns = expectation.get("classes") or int(labels.max(initial=1)) + 1
    binary = "classes" not in expectation and columns == 2
    if not _fits_labels(scores, labels, binary, expectation.get("classes")):
        wanted = f"({len(labels)}, {1 if binary else columns})"
        words = f"For {len(labels)} inputs it predicts an array of shape {scores.shape}; {wanted} expected."
        return Unmet("wrong shape", words)
    if not np.isfinite(scores).all():
        words = "Its predictions contain NaN or infinity: training has diverged, or a layer divides by zero."
        return Unmet("nan", words)
    if scores.min() < 0 or scores.max() > 1 + 1e-6:
        words = f"Its outputs run from {scores.min():.3g} to {scores.max():.3g}; probabilities lie between 0 and 1."
        return Unmet("not probabilities", words)
    sums = scores.sum(axis=-1)
    if expectation.get("distribution") and not binary and not np.allclose(sums, 1, atol=1e-3):
        words = f"Its rows add up to numbers from {sums.min():.3g} to {sums.max():.3g}; the probabilities of a row add up to 1."
        return Unmet("not a distribution", words)
    return _Classes((scores.ravel() > 0.5).astype(int) if binary else scores.argmax(axis=1), labels, binary)


def _fits_labels(scores: Any, labels: Any, binary: bool, classes: int | None = None) -> bool:
    """Whether there are probabilities for each label: (n,) or (n, 1) for two classes, (n, classes) for more.

    Where nothing says how many classes there are, there may be more than those that occur among the labels.
    """
    if not scores.size or scores.shape[0:1] != labels.shape:
        return False
    if binary:
        return scores.size == labels.size and scores.ndim <= 2
    return scores.ndim == 2 and (scores.shape[1] == classes if classes else scores.shape[1] > labels.max())


def _most_honest(expectation: dict) -> float:
    """The accuracy above which an answer is too good to be true, on the edition of the data set that is in use."""
    if "at_most_on_substitute" not in expectation:
        return expectation["at_most"]
    from course_utils import data

    canonical = data.is_canonical(expectation["labels"]["ref"]["name"])
    return expectation["at_most" if canonical else "at_most_on_substitute"]


def _judge_accuracy(expectation: dict, value: Description) -> Unmet | None:
    classes = _classes(expectation, value)
    if isinstance(classes, Unmet):
        return classes
    said, asked = _accuracy_reached(expectation, classes)
    words = f"{said}; {asked}"
    if (classes.found == classes.found[0]).all():
        same = f"It gives every example the same class, {classes.found[0]}: it tells none from another."
        return Unmet("constant", same)
    if classes.binary and classes.share <= 1 - expectation["at_least"]:
        return Unmet("reversed", f"{said}: as reliably wrong as it should be right.")
    if classes.share < expectation["at_least"]:
        return Unmet("too low", words)
    most_honest = _most_honest(expectation)
    if classes.share > most_honest:
        most = f"more than {most_honest:.1%} is too good to be true for this kind of model."
        return Unmet("too good", f"{said}; {most}")
    return None
