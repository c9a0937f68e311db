"""A model is judged by what it is and does: a subclass, an object, a name or an argument that changes nothing costs nothing."""

import functools

import numpy as np
import pytest

from course_utils import data, values
from course_utils.describe import describe
from course_utils.expect import accuracy, model, unmet
from course_utils.judge import judge
from course_utils.models import interview
from course_utils.verdict import as_text

keras = pytest.importorskip("keras")
layers, losses = keras.layers, keras.losses


class Net(keras.Sequential):
    pass


class Up(layers.Conv2DTranspose):
    pass


class Block(layers.Layer):
    """A learner's own layer, which holds one of Keras's."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x):
        return self.inner(x)


class OwnMetric(keras.metrics.BinaryAccuracy):
    pass


class OwnLoss(losses.Loss):
    def call(self, true, predicted):
        return keras.ops.mean(keras.ops.square(true - predicted), axis=-1)


class Doubled(losses.MeanSquaredError):
    def call(self, true, predicted):
        return 2 * super().call(true, predicted)


class OwnSGD(keras.optimizers.SGD):
    pass


def mean_squared_error(true, predicted):
    """No mean squared error."""
    return keras.ops.mean(keras.ops.abs(true - predicted) ** 3, axis=-1)


def described(loss="mse", metrics=(), optimizer="sgd", made=None):
    made = made or keras.Sequential([keras.Input((4,)), layers.Dense(1, "sigmoid")])
    made.compile(optimizer, loss, metrics=list(metrics))
    return interview(made, values.ask(), {}, values.restore)


BINARY, SPARSE, SQUARES = "binary_crossentropy", "sparse_categorical_crossentropy", "mean_squared_error"

LOSSES = [
    *(
        (BINARY, told)
        for told in (BINARY, "BinaryCrossentropy", losses.binary_crossentropy, losses.BinaryCrossentropy())
    ),
    (BINARY, losses.BinaryCrossentropy(from_logits=False, label_smoothing=0.0, axis=-1, name="b")),
    (BINARY, functools.partial(losses.binary_crossentropy, from_logits=False)),
    (BINARY, lambda true, predicted: losses.binary_crossentropy(true, predicted)),
    *((SPARSE, told) for told in (SPARSE, losses.sparse_categorical_crossentropy)),
    (SPARSE, losses.SparseCategoricalCrossentropy(from_logits=False, ignore_class=None, name="loss")),
    (SPARSE, lambda true, predicted: losses.sparse_categorical_crossentropy(true, predicted)),
    *((SQUARES, told) for told in ("mse", "MSE", SQUARES, "MeanSquaredError", losses.mean_squared_error, OwnLoss())),
    (SQUARES, losses.MeanSquaredError(name="x", reduction="sum_over_batch_size")),
    (SQUARES, ["mse"]),
    (SQUARES, lambda true, predicted: (true - predicted) ** 2),
]


@pytest.mark.parametrize(("wanted", "told"), LOSSES)
def test_a_loss_is_known_however_it_is_told(wanted, told):
    assert unmet(model(loss=[wanted]), described(told)) is None


@pytest.mark.parametrize(
    "told", ["mae", losses.MeanAbsoluteError(name=SQUARES), mean_squared_error, Doubled(), lambda true, predicted: true]
)
def test_another_loss_is_wrong_whatever_its_name(told):
    assert unmet(model(loss=[SQUARES]), described(told)).symptom == "wrong loss"


@pytest.mark.parametrize(
    "told",
    [
        losses.BinaryCrossentropy(from_logits=True, name="b"),
        functools.partial(losses.binary_crossentropy, from_logits=True),
        lambda true, predicted: losses.binary_crossentropy(true, predicted, from_logits=True),
    ],
)
def test_a_loss_from_logits_is_known_too(told):
    assert described(told)["compiled"]["from_logits"] is True


@pytest.mark.parametrize(
    "told",
    [
        *(
            "accuracy",
            "acc",
            "binary_accuracy",
            "BinaryAccuracy",
            keras.metrics.binary_accuracy,
            OwnMetric(name="mine"),
        ),
        keras.metrics.BinaryAccuracy(name="right", threshold=0.5),
        keras.metrics.SparseCategoricalAccuracy("share"),
        keras.metrics.MeanMetricWrapper(keras.metrics.binary_accuracy, name="m"),
        lambda true, predicted: keras.metrics.binary_accuracy(true, predicted),
    ],
)
def test_a_metric_is_known_however_it_is_told(told):
    assert unmet(model(metrics=["accuracy"]), described(metrics=[told])) is None


@pytest.mark.parametrize(
    "told", ["mae", keras.metrics.MeanAbsoluteError(name="accuracy_of_sorts"), keras.metrics.AUC()]
)
def test_another_metric_is_wrong_whatever_its_name(told):
    assert unmet(model(metrics=["accuracy"]), described(metrics=[told])).symptom == "wrong metrics"


@pytest.mark.parametrize(
    "told",
    [lambda: "sgd", lambda: "SGD", lambda: keras.optimizers.SGD(name="mine"), lambda: OwnSGD(), lambda: wrapped()],
)
def test_an_optimizer_is_known_however_it_is_told(told):
    wanted = model(optimizer={"name": "SGD", "learning_rate": 0.01, "momentum": 0.0})
    assert unmet(wanted, described(optimizer=told())) is None


def wrapped():
    return keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())


def test_a_class_derived_from_keras_is_what_it_is_derived_from():
    net = Net([keras.Input((8, 8, 1)), layers.Conv2D(2, 3), Up(3, 3)])
    wanted = {"made": "Sequential", "layers": {"Conv2D": 1, "Conv2DTranspose": 1}}
    assert unmet(model(**wanted), interview(net, values.ask(), {}, values.restore)) is None
    inputs = keras.Input((4,))
    made = type("Own", (keras.Model,), {})(inputs, layers.Dense(1)(inputs))
    assert unmet(model(made="Functional"), interview(made, values.ask(), {}, values.restore)) is None
    found = unmet(model(made="Sequential"), interview(made, values.ask(), {}, values.restore))
    assert found.symptom == "made otherwise"


def test_what_a_layer_of_ones_own_holds_is_counted():
    net = keras.Sequential([keras.Input((4,)), Block(layers.Dense(3)), Block(Block(layers.Dropout(0.5)))])
    seen = interview(net, values.ask(), {}, values.restore)
    assert unmet(model(layers={"Dense": 1, "Dropout": 1}), seen) is None
    assert unmet(model(without=["Dropout"]), seen).symptom == "wrong layers"


def pack_with(expectation):
    probe = {"args": [], "kwargs": {}}
    settings = {"kind": "function", "fresh": False}
    return {
        **{"id": "score", "settings": settings, "probes": [probe], "expected": [{"expect": expectation}]},
        **{
            "parameters": [],
            "rules": [],
            "mistakes": [{"name": "m", "hint": "Train it.", "symptom": "too low", "observations": []}],
        },
    }


@pytest.mark.parametrize(("right", "said"), [(95, "95.0%"), (60, "60.0%")])
def test_the_score_that_was_reached_stands_beside_what_was_asked(right, said):
    labels = np.arange(100) % 2
    answer = np.where(np.arange(100) < right, labels, 1 - labels).astype(float)
    observation = {"outcome": "returned", "value": {"type": "array", "value": answer}}
    text = as_text(judge(pack_with(accuracy(labels, at_least=0.9)), [observation]))
    assert f"It is right about {said} of the 100 held-out examples; at least 90.0% is asked for." in text
    assert ("Train it." in text) == (right < 90)


def test_a_score_just_below_is_not_shown_as_what_was_asked():
    labels = np.arange(10_000) % 2
    answer = np.where(np.arange(10_000) < 8999, labels, 1 - labels).astype(float)
    found = unmet(accuracy(labels, at_least=0.9), {"type": "array", "value": answer})
    assert "right about 89.99% of the 10000 held-out examples; at least 90.00% is asked for" in found.words


@pytest.mark.parametrize(("canonical", "refused"), [(True, True), (False, False)])
def test_what_is_too_good_depends_on_the_edition_of_the_data_set(monkeypatch, canonical, refused):
    monkeypatch.setattr(data, "is_canonical", lambda name: canonical)
    monkeypatch.setattr("course_utils.expect.restore", lambda labels: np.arange(100) % 2)
    answer = np.where(np.arange(100) < 92, np.arange(100) % 2, 1 - np.arange(100) % 2).astype(float)
    band = accuracy(values.dataset("reuters", "train", "y"), at_least=0.5, at_most=0.9, at_most_on_substitute=0.95)
    found = unmet(band, {"type": "array", "value": answer})
    assert (found is not None and found.symptom == "too good") == refused


@pytest.mark.parametrize(
    ("probabilities", "symptom", "words"),
    [
        (np.eye(3)[:, :2], "wrong shape", "(3, 2); (3, 3) expected"),
        (np.eye(3) * [[1.0], [0.5], [1.0]], "not a distribution", "from 0.5 to 1"),
        (np.pad(np.eye(3), [(0, 0), (0, 2)]), "", ""),  # more classes than came may be known
    ],
)
def test_probabilities_of_classes_have_one_for_each_and_add_up_to_1(probabilities, symptom, words):
    found = unmet(accuracy([0, 1, 2], 0.5, distribution=True), describe(probabilities))
    assert (found.symptom if found else "") == symptom
    assert not found or words in found.words
