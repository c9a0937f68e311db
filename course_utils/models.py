"""Keras models as plain data: what a model is made of, and what it does with the inputs that a probe asks about.

A model that an answer returns is judged by how it behaves. `interview` runs in the process that runs the answer: it shows the
model the probe's inputs, trains it for a few steps where the probe asks for that, loads the file that it was saved to, and
writes all this down:

    type                "model"
    class               "Sequential" or "Functional", also of what is derived from them, or the learner's own class
    inputs, outputs     lists of shapes, the batch axis first: [[None, 4]]; None where the model does not say
    parameters          how many numbers it holds; `trainable`: how many of them training may change
    layers              [{"class": "Dense", "units": 3, "activation": "relu", "output": [None, 3], "parameters": 15}, ...]; a
                        class derived from one of Keras's under that one's name; the layers inside a learner's own after it
    compiled            None, or {"loss": "mean_squared_error", "from_logits": False, "optimizer": "Adam",
                        "learning_rate": 0.001, "momentum": 0.0, "updates": 0, "metrics": ["accuracy"]}
    predictions         described arrays, one for each input that the probe asks about
    trained             None, or {"history": {"loss": [...]}, "predictions": [...]}: the same after `fit`
    saved               None, or the description of the model that `keras.models.load_model` makes of the file
    problem             None, or {"step": "predict", "fit" or "load", "error": "ValueError", "message": ...}

Everything here comes from a learner's objects, so that none of it is to be believed: a class may report any number of
parameters. `check_model` says whether it has the form above; what is worth points are predictions on inputs that the learner
has not seen. A model itself never leaves its process, and the judge loads none.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import math
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from course_utils.describe import Describer, Description, TooLarge, describe
from course_utils.kinds import class_name, is_a, lineage, readable
from course_utils.limits import BATCH, MAX_EPOCHS, MAX_LAYERS, MAX_METRICS, MAX_NUMBERS

STEPS = ("predict", "fit", "load")

#: Of a layer's configuration what a teacher would look at; numbers, words, or lists of numbers.
OPTIONS = (
    *("units", "filters", "kernel_size", "strides", "padding", "dilation_rate", "pool_size", "size", "rate"),
    *("activation", "use_bias", "return_sequences", "go_backwards", "input_dim", "output_dim", "mask_zero"),
    *("kernel_regularizer", "bias_regularizer", "activity_regularizer", "merge_mode", "num_heads", "key_dim"),
    *("axis", "trainable"),
)

_KEYS = {
    *("type", "class", "problem", "predictions", "trained", "inputs", "outputs", "parameters", "trainable"),
    *("layers", "compiled", "saved"),
}


class Interviewed:
    """A model that an answer returned, and what was written down about it while the answer's time was running."""

    def __init__(self, model: Any, description: Description) -> None:
        self.model, self.description = model, description


def is_model(value: Any) -> bool:
    """Whether `value` is a Keras model. Imports nothing: where Keras is not loaded, nothing is one."""
    keras = sys.modules.get("keras")
    return keras is not None and hasattr(keras, "Model") and is_a(value, keras.Model)


def is_history(value: Any) -> bool:
    """Whether `value` is what `fit` returns."""
    keras = sys.modules.get("keras")
    return keras is not None and hasattr(keras, "callbacks") and is_a(value, keras.callbacks.History)


def describe_answer(value: Any, roots: tuple = ()) -> Description:
    """As `course_utils.describe.describe`, with Keras models by their facts, and the History that `fit` returns by its dict."""
    return describe(value, roots, (_keras,))


def _keras(describer: Describer, value: Any, depth: int) -> Description | None:
    if is_model(value):
        return describe_model(value)
    if is_history(value):
        return {**describer.describe(value.history, depth + 1), "class": "History"}
    return None


def describe_model(model: Any) -> Description:
    """What a model is made of; it is shown no input."""
    return _begun(model) | _facts(model) | {"saved": None}


def _begun(model: Any) -> Description:
    return {"type": "model", "class": _model_class(model), "problem": None, "predictions": [], "trained": None}


def interview(model: Any, asked: dict, named: dict[str, Any], make: Callable[[Description], Any]) -> Description:
    """What a model is made of and what it does with what is `asked` (see `course_utils.values.ask`).

    `named` are the answer's arguments by name: `asked["saved"]` is the name of the one that is a path. `make` makes the inputs
    and targets that are described (`course_utils.values.restore`). Raises TooLarge where the model has too many layers or
    predicts too many numbers. Any other error of the model's is written down as its problem.
    """
    described = _begun(model)
    inputs = [make(each) for each in asked["predict"]]
    described["predictions"] = _attempt(described, "predict", lambda: _predict_all(model, inputs)) or []
    if (fit := asked["fit"]) and not described["problem"]:
        train = functools.partial(_train, model, fit, inputs, make)
        described["trained"] = _attempt(described, "fit", train)
    described |= _facts(model)
    described["saved"] = _saved(described, asked, named, make) if asked["saved"] else None
    return described


def make_model(recipe: dict, weights: list | None) -> Any:
    """The Keras model that a described `course_utils.values.Model` stands for, with these arrays as its weights."""
    import keras

    inputs = keras.Input(tuple(recipe["input_shape"]))
    layers = [getattr(keras.layers, name)(**options) for name, options in recipe["layers"]]
    if recipe["functional"]:
        outputs = inputs
        for layer in layers:
            outputs = layer(outputs)
        model = keras.Model(inputs, outputs)
    else:
        model = keras.Sequential([inputs, *layers])
    if weights is not None:
        model.set_weights(weights)
    if recipe["compile"]:
        model.compile(**recipe["compile"])
        model.optimizer.build(model.trainable_variables)
        model.optimizer.iterations.assign(recipe["updates"])
    return model


def as_metric(answer: Any) -> Callable:
    """What a metric of the learner's own gives when Keras itself evaluates with it, batch by batch.

    The returned function takes targets and predictions, (n, ...) arrays, and the size of a batch, and gives a float. `answer` is
    a function of (y_true, y_pred), or a `keras.metrics.Metric` or a class of it.
    """

    def evaluate(y_true: Any, y_pred: Any, batch: int) -> float:
        import keras

        inputs = keras.Input(y_pred.shape[1:])
        model = keras.Model(inputs, keras.layers.Identity()(inputs))
        model.compile(loss="mse", metrics=[answer() if is_a(answer, type) else answer])
        found = model.evaluate(y_pred, y_true, batch_size=int(batch), verbose=0, return_dict=True)
        return next(float(value) for name, value in found.items() if name != "loss")

    return evaluate


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Keras (and with it TensorFlow) before the body; put Python's and NumPy's generators back after it.

    A seeded answer gets the same verdict each time, whatever a notebook drew before. Keras is imported here, so that an
    answer's time limit need not pay for it.
    """
    import random

    import keras
    import numpy

    python, legacy = random.getstate(), numpy.random.get_state()
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(python)
        numpy.random.set_state(legacy)


def _attempt(described: Description, step: str, run: Callable[[], Any]) -> Any:
    try:
        return run()
    except TooLarge:
        raise
    except Exception as error:  # whatever a learner's model raises is a fact about it
        message = _quietly(functools.partial(_message_of, error)) or ""
        described["problem"] = {"step": step, "error": class_name(type(error))[:80], "message": message}
        return None


def _message_of(error: Exception) -> str:
    return readable(" ".join(str(error)[:2000].split())[:300])


def _predict_all(model: Any, inputs: list) -> list[Description]:
    return [describe(_predict(model, each)) for each in inputs]


def _predict(model: Any, inputs: Any) -> Any:
    """The model's outputs for a batch of inputs, dropout off; called directly, which spares the seconds of `predict`."""
    import numpy

    parts, room = [], MAX_NUMBERS
    for start in range(0, len(inputs), BATCH):
        outputs = model(inputs[start : start + BATCH], training=False)
        if isinstance(outputs, list | tuple) and len(outputs) == 1:
            outputs = outputs[0]
        if isinstance(outputs, list | tuple | dict):
            raise ValueError(f"the model has {len(outputs)} outputs; one is asked for")
        size = math.prod(getattr(outputs, "shape", ()))
        room -= size
        if room < 0:
            raise TooLarge(f"the model predicts more than {MAX_NUMBERS:,} numbers for {len(inputs)} inputs")
        parts.append(_plain_floats(numpy.asarray(outputs)))
    return numpy.concatenate(parts)


def _plain_floats(outputs: Any) -> Any:
    """Numbers of TensorFlow's own short floats (bfloat16), which NumPy does not know, as float32."""
    return outputs if outputs.dtype.kind in "biufcU" else outputs.astype("float32")


def _train(model: Any, fit: dict, inputs: list, make: Callable[[Description], Any]) -> dict:
    """Train for the asked epochs, batch by batch: for a few small batches `fit` itself takes four times as long."""
    import numpy

    x, y = make(fit["x"]), make(fit["y"])
    if fit["compile"]:
        model.compile(**fit["compile"])
    if fit["learning_rate"]:
        with contextlib.suppress(TypeError):  # a schedule of the learner's own stays
            model.optimizer.learning_rate = fit["learning_rate"]
    order, history = numpy.random.default_rng(0), []
    for _ in range(fit["epochs"]):
        model.reset_metrics()
        rows = order.permutation(len(x))
        for start in range(0, len(x), fit["batch_size"]):
            batch = rows[start : start + fit["batch_size"]]
            told = model.train_on_batch(x[batch], y[batch], return_dict=True)
        history.append({str(name)[:80]: float(value) for name, value in list(told.items())[:MAX_METRICS]})
    curves = {name: [epoch[name] for epoch in history[:MAX_EPOCHS]] for name in history[0]}
    return {"history": curves, "predictions": _predict_all(model, inputs)}


def _saved(
    described: Description, asked: dict, named: dict[str, Any], make: Callable[[Description], Any]
) -> Description | None:
    import keras

    path = Path(named[asked["saved"]])
    if not path.exists():
        return None
    loaded = _attempt(described, "load", lambda: keras.models.load_model(path))
    return None if loaded is None else interview(loaded, {**asked, "fit": None, "saved": None}, named, make)


def _facts(model: Any) -> dict:
    layers: list[dict] = []
    for layer in _layers(model):
        if len(layers) == MAX_LAYERS:
            raise TooLarge(f"the model has more than {MAX_LAYERS} layers")
        layers.append(_layer(layer))
    return {
        "inputs": _shapes(_quietly(lambda: model.input_shape)),
        "outputs": _shapes(_quietly(lambda: model.output_shape)),
        "parameters": _count(_quietly(lambda: model.weights)),
        "trainable": _count(_quietly(lambda: model.trainable_weights)),
        "layers": layers,
        "compiled": _quietly(lambda: _compiled(model)) if getattr(model, "compiled", False) else None,
    }


def _layers(model: Any, depth: int = 0) -> Iterator[Any]:
    """The layers in order, those of a model used as a layer in its place, those of a learner's own layer after it.

    Inputs are no layers.
    """
    inside = (lambda: iter(model.layers)) if is_model(model) else (lambda: iter(model._layers))
    for layer in itertools.islice(_quietly(inside) or (), MAX_LAYERS + 1):
        if is_model(layer) and depth < 10:
            yield from _layers(layer, depth + 1)
        elif keras_class(layer) != "InputLayer":
            yield layer
            if keras_class(layer) == "Layer" and depth < 10:  # a learner's own, which may hold others
                yield from _layers(layer, depth + 1)


def _layer(layer: Any) -> dict:
    config = _quietly(layer.get_config) or {}
    facts = {name: _option(config[name]) for name in OPTIONS if isinstance(config, dict) and name in config}
    facts |= {"class": _class_of(layer), "parameters": _count(_quietly(lambda: layer.weights))}
    shapes = _shapes(_quietly(lambda: tuple(layer.output.shape)))
    return {**facts, "output": shapes[0] if shapes else None}


def _option(value: Any) -> Any:
    """A configured value as plain data: a number, a word, or a list of numbers; a serialised object by its name."""
    if isinstance(value, dict):
        config = value.get("config")
        return str(config if isinstance(config, str) else value.get("class_name"))[:80]
    if isinstance(value, list | tuple):
        return [item for item in value[:10] if type(item) in (int, float)]
    if value is None or type(value) in (bool, float) or (type(value) is int and abs(value) < 2**53):
        return value
    return str(value)[:80]


def _compiled(model: Any) -> dict:
    import keras

    config = model._compile_config.config if getattr(model, "_compile_config", None) else {}
    losses = _flat(model.loss)
    loss = losses[0] if len(losses) == 1 else model.loss
    loss, from_logits = _told_loss(keras.losses.get(loss) if is_a(loss, str) else loss)
    optimizer = model.optimizer
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # what a policy of mixed precision wraps it in
    metrics = [each for key in ("metrics", "weighted_metrics") for each in _flat(config.get(key) or [])]
    return {
        "loss": loss,
        "from_logits": from_logits,
        "optimizer": _class_of(optimizer),
        "learning_rate": float(optimizer.learning_rate),
        "momentum": float(getattr(optimizer, "momentum", 0.0)),
        "updates": int(optimizer.iterations),
        "metrics": [_told_metric(each) for each in metrics[:MAX_METRICS]],
    }


def _flat(told: Any) -> list:
    """What `compile` was told, as a flat list: one thing, or a list or dict of them, an entry for each output."""
    if isinstance(told, dict):
        told = list(told.values())
    return [one for each in told for one in _flat(each)] if isinstance(told, list | tuple) else [told]


def keras_class(thing: Any) -> str:
    """The name of the nearest class of Keras's own that `thing` is derived from; "" where it is from none."""
    return next((class_name(kind) for kind in lineage(thing) if _is_kerass(kind)), "")[:80]


def _is_kerass(kind: type) -> bool:
    module = type.__dict__["__dict__"].__get__(kind).get("__module__")
    own = type(module) is str and module.startswith("keras.")
    return own and getattr(sys.modules.get(module), class_name(kind), None) is kind


#: What Keras derives its classes from; a class derived from one of these directly is the learner's own.
_BASES = ("", "Layer", "Model", "Optimizer", "Loss", "LossFunctionWrapper", "Metric", "Mean", "MeanMetricWrapper")


def _class_of(thing: Any) -> str:
    """The class that a layer or an optimizer is to be called by: that of Keras which it is or is derived from."""
    name = keras_class(thing)
    return class_name(type(thing))[:80] if name in _BASES else name


def _model_class(model: Any) -> str:
    name = keras_class(model)
    return name if name in ("Sequential", "Functional") else class_name(type(model))[:80]


def _told_loss(loss: Any) -> tuple[str, bool]:
    """The name of Keras's function that a loss is or computes, and whether it takes logits; else the name it was given."""
    options: dict = {}
    for _ in range(10):
        if is_a(loss, functools.partial):
            options = {**loss.keywords, **options}
            loss = loss.func
        elif keras_class(loss) not in _BASES and callable(getattr(loss, "fn", None)) and not _own_call(loss):
            options = {**getattr(loss, "_fn_kwargs", {}), **options}
            loss = loss.fn
    if loss is None:
        return "None", False
    if _of_kerass_module(loss):
        return _given_name(loss), bool(options.get("from_logits", False))
    return _computed(functools.partial(loss, **options) if options else loss, _LOSSES) or (_own_name(loss), False)


def _own_call(loss: Any) -> bool:
    """Whether a class derived from one of Keras's losses computes something of its own."""
    kinds = itertools.takewhile(lambda kind: not _is_kerass(kind), lineage(loss))
    return any({"call", "__call__"} & set(type.__dict__["__dict__"].__get__(kind)) for kind in kinds)


def _told_metric(metric: Any) -> str:
    """What a metric is: as it was told in a word, the class or function of Keras that it is, or what it computes."""
    if is_a(metric, str):
        return str.__str__(metric)[:80]
    name = keras_class(metric)
    if name == "MeanMetricWrapper" and not _own_call(metric):
        return _told_metric(metric._fn)
    if name not in _BASES:
        return _snake(name)
    if _of_kerass_module(metric) or name or not callable(metric):
        return _given_name(metric)
    return (_computed(metric, _METRICS) or (_given_name(metric), False))[0]


def _of_kerass_module(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith("keras.")


def _own_name(loss: Any) -> str:
    """The name of a loss that computes nothing of Keras's, told apart from Keras's where it has the same."""
    import keras

    name = _given_name(loss)
    return f"{name} (your own)" if callable(getattr(keras.losses, name, None)) else name


def _given_name(thing: Any) -> str:
    name = getattr(thing, "__name__", None) or getattr(thing, "name", None)
    return (str.__str__(name) if is_a(name, str) else class_name(type(thing)))[:80]


def _snake(name: str) -> str:
    """BinaryAccuracy -> binary_accuracy, KLDivergence -> kl_divergence."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


_LOSSES = (
    *("binary_crossentropy", "sparse_categorical_crossentropy", "categorical_crossentropy"),
    *("mean_squared_error", "mean_absolute_error"),
)
_METRICS = ("binary_accuracy", "sparse_categorical_accuracy", "categorical_accuracy", *_LOSSES[3:])


def _computed(function: Any, names: tuple[str, ...]) -> tuple[str, bool] | None:
    """The function of Keras's that a learner's own computes the same as, on a few numbers, and whether from logits."""
    import keras
    import numpy

    rng = numpy.random.default_rng(0)
    for name in names:
        true, predicted = _sample(name, rng)
        its = getattr(keras.losses, name, None) or getattr(keras.metrics, name)
        found = _quietly(functools.partial(lambda *tensors: _mean(function(*tensors)), true, predicted))
        for from_logits in (False, True) if name.endswith("crossentropy") else (False,):
            told = {"from_logits": True} if from_logits else {}
            if found is not None and abs(found - _mean(its(true, predicted, **told))) < 1e-5:
                return name, from_logits
    return None


def _sample(name: str, rng: Any) -> tuple[Any, Any]:
    """Targets and predictions, tensors of the form that a loss or metric of this name takes."""
    import keras
    import numpy

    predicted = rng.uniform(0.05, 0.95, (32, 4)).astype("float32")
    classes = rng.integers(0, 4, 32)
    if name.startswith("binary"):
        true, predicted = (classes[:, None] > 1).astype("float32"), predicted[:, :1]
    elif name.startswith("sparse"):
        true, predicted = classes[:, None].astype("float32"), predicted / predicted.sum(axis=1, keepdims=True)
    elif name.startswith("categorical"):
        true, predicted = numpy.eye(4, dtype="float32")[classes], predicted / predicted.sum(axis=1, keepdims=True)
    else:
        true = rng.normal(size=predicted.shape).astype("float32")
    return keras.ops.convert_to_tensor(true), keras.ops.convert_to_tensor(predicted)


def _mean(values: Any) -> float:
    import numpy

    return float(numpy.mean(numpy.asarray(values)))


def _shapes(shape: Any) -> list[list[int | None]] | None:
    """A shape, or several, as lists; None for what is none."""
    if isinstance(shape, dict):
        shape = list(shape.values())
    if not isinstance(shape, list | tuple) or len(shape) > 100:
        return None
    several = [list(each) for each in shape if isinstance(each, list | tuple)] or [list(shape)]
    return [each for each in several if _is_shape(each)] or None


def _count(weights: Any) -> int:
    return sum(math.prod(int(n) for n in w.shape) for w in weights or ())


def _quietly(look: Callable[[], Any]) -> Any:
    """What `look` gives, or None where the model has no answer (a model that was never built has no shapes)."""
    try:
        return look()
    except Exception:
        return None


def check_model(described: Any, check: Callable[[Any], None], depth: int = 0) -> None:
    """Raise ValueError unless this is a description that `interview` makes. `check` does the same for an array.

    Takes anything: a forged description comes here first.
    """
    _require(isinstance(described, dict) and described.get("type") == "model" and depth < 2, "no model")
    _require(set(described) == _KEYS, "a model with other facts")
    _require(isinstance(described["class"], str), "a class name that is not text")
    problem = described["problem"]
    if problem is not None:
        _require(isinstance(problem, dict) and set(problem) == {"step", "error", "message"}, "no problem")
        _require(problem["step"] in STEPS, "a problem at no step")
        _require(isinstance(problem["error"], str) and isinstance(problem["message"], str), "a problem without words")
    _check_predictions(described["predictions"], check)
    if described["trained"] is not None:
        _require(_is_dict(described["trained"], {"history", "predictions"}), "no training")
        history = described["trained"]["history"]
        _require(isinstance(history, dict) and len(history) <= MAX_METRICS, "no history")
        for values in history.values():
            _require(isinstance(values, list) and len(values) <= MAX_EPOCHS, "no history")
            _require(all(type(value) is float for value in values), "a history without numbers")
        _check_predictions(described["trained"]["predictions"], check)
    for key in ("inputs", "outputs"):
        shapes = described[key]
        _require(shapes is None or (isinstance(shapes, list) and all(map(_is_shape, shapes))), f"no {key}")
    _require(_is_count(described["parameters"]) and _is_count(described["trainable"]), "no parameters")
    _require(isinstance(described["layers"], list) and len(described["layers"]) <= MAX_LAYERS, "no layers")
    for layer in described["layers"]:
        _check_layer(layer)
    if described["compiled"] is not None:
        _check_compiled(described["compiled"])
    if described["saved"] is not None:
        check_model(described["saved"], check, depth + 1)


def _check_predictions(predictions: Any, check: Callable[[Any], None]) -> None:
    _require(isinstance(predictions, list) and len(predictions) <= 100, "no predictions")
    for each in predictions:
        check(each)
        _require(each["type"] == "array" and each["value"].size <= MAX_NUMBERS, "predictions that are not an array")


def _check_layer(layer: Any) -> None:
    _require(isinstance(layer, dict) and isinstance(layer.get("class"), str), "no layer")
    _require(set(layer) <= {*OPTIONS, "class", "parameters", "output"}, "a layer with other facts")
    _require(_is_count(layer.get("parameters")), "a layer without parameters")
    _require(layer.get("output") is None or _is_shape(layer["output"]), "a layer without a shape")
    for name in OPTIONS:
        value = layer.get(name)
        numbers = isinstance(value, list) and len(value) <= 10 and all(type(n) in (int, float) for n in value)
        _require(value is None or numbers or type(value) in (bool, int, float, str), "an option that is not a value")


def _check_compiled(compiled: Any) -> None:
    facts = {
        "loss": str,
        "from_logits": bool,
        "optimizer": str,
        "learning_rate": float,
        "momentum": float,
        "updates": int,
    }
    _require(_is_dict(compiled, {*facts, "metrics"}), "not compiled")
    _require(all(type(compiled[name]) is kind for name, kind in facts.items()), "compiled with other facts")
    metrics = compiled["metrics"]
    _require(isinstance(metrics, list) and len(metrics) <= MAX_METRICS, "no metrics")
    _require(all(isinstance(name, str) for name in metrics), "a metric without a name")


def _is_dict(value: Any, keys: set[str]) -> bool:
    return isinstance(value, dict) and set(value) == keys


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, list) and len(shape) <= 20 and all(n is None or _is_count(n) for n in shape)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**62


def _require(holds: bool, words: str) -> None:
    if not holds:
        raise ValueError(words)
