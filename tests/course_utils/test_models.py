"""Keras models as answers: seen where the answer runs, judged elsewhere by what was written down, whoever wrote it."""

import copy
import json
import subprocess
import sys

import numpy as np
import pytest

from autograder.authoring.packing import make_hidden_pack, make_visible_pack
from autograder.engine.judge.judging import check_description, check_observation, hidden_of
from autograder.exercise import exercise, mistake, probe, right_answer
from autograder.proof.prove import Proof, _prove_mistakes, _prove_right_answers
from course_utils import models, values
from course_utils.describe import decode, encode
from course_utils.expect import accuracy, all_of, model, raises, unmet
from course_utils.judge import CRASHED, RIGHT, WRONG, judge
from course_utils.observe import observe
from course_utils.packs import write_pack

keras = pytest.importorskip("keras")
layers = keras.layers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 4)).astype("float32")
SIGNS = (X[:, 0] > 0).astype(int)
WEIGHTS = [RNG.normal(size=shape).astype("float32") for shape in ((4, 3), (3,), (3, 1), (1,))]
PREDICTED = np.tanh(X @ WEIGHTS[0] + WEIGHTS[1]) @ WEIGHTS[2] + WEIGHTS[3]
GIVEN = values.model(
    (4,),
    ("Dense", {"units": 3, "activation": "tanh"}),
    ("Dense", {"units": 1}),
    weights=WEIGHTS,
    compile={"optimizer": "adam", "loss": "mse"},
    updates=7,
)


def network(last, units=1, hidden="relu", loss=None, n_in=4):
    """A small network, compiled where a loss is given."""
    made = keras.Sequential([keras.Input((n_in,)), layers.Dense(16, hidden), layers.Dense(units, last)])
    if loss:
        made.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return made


def binary(last="sigmoid", hidden="relu", loss="binary_crossentropy"):
    return lambda n_in: network(last, 1, hidden, loss, n_in)


@exercise("build", points=2, objective="build", time_limit=20.0)
class Build:
    """A network for two classes."""

    examples = [
        probe(
            4,
            ask=values.ask(X, fit=(X, SIGNS[:, None].astype("float32")), epochs=20, batch_size=8),
            expect=model(
                input_shape=(4,),
                output_shape=(1,),
                outputs="probabilities",
                nonlinear=True,
                loss=["binary_crossentropy"],
                metrics=["accuracy"],
                learns=0.95,
                accuracy=accuracy(SIGNS, at_least=0.7),
            ),
        )
    ]

    def hidden(rng):
        yield from Build.examples

    softmax = mistake("s", symptom="softmax of one")(binary("softmax"))
    logits = mistake("l", symptom="not probabilities")(binary(None))
    no_activation = mistake("n", symptom="linear")(binary(hidden=None))
    not_compiled = mistake("c", symptom="not compiled")(binary(loss=None))
    squared = mistake("q", symptom="wrong loss")(binary(loss="mse"))
    nothing = mistake("0", symptom="not a model")(lambda n_in: None)
    usual = right_answer(binary())
    gentle = right_answer(binary(hidden="tanh"))


@exercise("save_and_reload", points=2, objective="save", fresh=True, time_limit=20.0)
class SaveAndReload:
    """What is in the file, loaded."""

    examples = [
        probe(
            GIVEN,
            values.temporary("m.keras"),
            ask=values.ask(X, saved="path"),
            expect=model(predictions=[PREDICTED], updates=(7, 7), saved=model(predictions=[PREDICTED])),
        )
    ]

    def hidden(rng):
        yield from SaveAndReload.examples

    @mistake("The same one.", symptom="shared")
    def same(model, path):
        model.save(path)
        return model

    @mistake("No architecture.", symptom="file cannot be loaded")
    def weights_only(model, path):
        model.save_weights(str(path).replace(".keras", ".weights.h5"))
        path.write_bytes(b"weights")
        return clone(model)

    @mistake("No file.", symptom="no file")
    def no_file(model, path):
        return clone(model)

    @right_answer
    def usual(model, path):
        model.save(path)
        return keras.models.load_model(path)

    @right_answer
    def with_text(model, path):
        keras.saving.save_model(model, str(path))
        return keras.saving.load_model(str(path))


def clone(original):
    made = keras.models.clone_model(original)
    made.set_weights(original.get_weights())
    made.compile("adam", "mse")
    made.optimizer.build(made.trainable_variables)
    made.optimizer.iterations.assign(7)
    return made


def through(pack, answer):
    """The observations as they leave a sandbox."""
    seen = decode(json.loads(json.dumps(encode(observe(answer, pack)))))
    for each in seen:
        check_observation(each)
    return seen


def verdict(pack, answer):
    return judge(pack, through(pack, answer))


@pytest.mark.parametrize("declared", [Build, SaveAndReload], ids=lambda e: e.id)
def test_right_models_are_accepted_and_each_mistake_gets_its_hint(declared):
    proof = Proof(declared)
    pack = make_visible_pack(declared)
    _prove_right_answers(proof, {"visible": pack, "hidden": pack}, declared.right_answers["usual"])
    _prove_mistakes(proof, {"visible": pack, "hidden": pack})
    needed = [line for line in proof.shortcomings if "needed" not in line]
    assert needed == []


def look(made, *inputs, **asked):
    return models.interview(made, values.ask(*inputs, **asked), {}, values.restore)


def test_a_model_is_described_by_what_it_is_made_of():
    inside = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, "relu", kernel_regularizer="l2"), layers.Dropout(0.5)]
    )
    inputs = keras.Input((4,))
    made = keras.Model(inputs, layers.Dense(2)(inside(inputs)))
    seen = models.describe_answer(made)
    assert (seen["class"], seen["inputs"], seen["outputs"]) == ("Functional", [[None, 4]], [[None, 2]])
    assert (seen["parameters"], seen["trainable"], seen["compiled"]) == (4 * 3 + 3 + 3 * 2 + 2, 23, None)
    assert [layer["class"] for layer in seen["layers"]] == ["Dense", "Dropout", "Dense"]
    first = seen["layers"][0]
    assert (first["units"], first["activation"], first["kernel_regularizer"]) == (3, "relu", "L2")
    assert (first["output"], first["parameters"]) == ([None, 3], 15)
    check_description(decode(json.loads(json.dumps(encode(seen)))))


def test_compiling_is_described_by_names():
    made = network(None)
    made.compile(keras.optimizers.SGD(0.5), keras.losses.MeanSquaredError(), metrics=["mae", sum])
    assert look(made)["compiled"] == {
        "loss": "mean_squared_error",
        "from_logits": False,
        "optimizer": "SGD",
        "learning_rate": 0.5,
        "momentum": 0.0,
        "updates": 0,
        "metrics": ["mae", "sum"],
    }
    made.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    assert look(made)["compiled"]["from_logits"] is True


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        (lambda: keras.optimizers.SGD(0.01, momentum=0.9), None),
        (lambda: keras.optimizers.Adam(0.01), "is Adam; SGD is asked for"),
        (lambda: "sgd", "momentum is 0; 0.9 is asked for"),
        (lambda: keras.optimizers.SGD(0.1, 0.9), "learning rate is 0.1; 0.01 is asked for"),
    ],
)
def test_an_optimizer_can_be_asked_for(optimizer, words):
    made = network(None)
    made.compile(optimizer(), "mse")
    wanted = model(optimizer={"name": "SGD", "learning_rate": 0.01, "momentum": 0.9}, varies=False)
    found = unmet(wanted, look(made), {})
    assert (found is None) if words is None else (found.symptom == "wrong optimizer" and words in found.words)


@pytest.mark.parametrize("loss", ["mse", ["mse"], {"out": keras.losses.MeanSquaredError()}])
@pytest.mark.parametrize("metrics", [["acc"], [["acc"]], {"out": ["acc"]}, {"out": "BinaryAccuracy"}])
def test_a_loss_and_metrics_told_by_output_are_the_same(loss, metrics):
    inputs = keras.Input((4,))
    made = keras.Model(inputs, layers.Dense(1, name="out")(inputs))
    made.compile("adam", loss, metrics=metrics)
    seen = models.describe_answer(made)
    assert unmet(model(loss=["mean_squared_error"], metrics=["accuracy"]), seen) is None
    assert unmet(model(metrics=["mae"]), seen).symptom == "wrong metrics"


def test_a_history_is_its_dict():
    history = network("sigmoid", loss="mse").fit(X, SIGNS, verbose=0)
    seen = models.describe_answer(history)
    assert seen["class"] == "History"
    assert {key["value"] for key, _ in seen["items"]} == {"accuracy", "loss"}


def test_training_counts_steps_and_changes_predictions():
    seen = look(network(None, loss="mse"), X, fit=(X, X[:, :1]), epochs=3, batch_size=16)
    assert len(seen["trained"]["history"]["loss"]) == 3
    assert seen["compiled"]["updates"] == 3 * 3
    assert not np.array_equal(seen["predictions"][0]["value"], seen["trained"]["predictions"][0]["value"])


def test_an_unbuilt_model_is_built_by_what_it_is_shown():
    made = keras.Sequential([layers.Dense(2)])
    assert look(made)["inputs"] is None
    assert look(made, X)["inputs"] == [[40, 4]] or look(made, X)["inputs"] == [[None, 4]]


def test_the_same_seed_gives_the_same_weights_and_leaves_the_learners_generators_alone():
    pack = make_visible_pack(Build)
    np.random.seed(3)
    expected = np.random.random(2)[1]
    np.random.seed(3)
    np.random.random()
    first, second = (through(pack, binary())[0]["value"]["predictions"][0]["value"] for _ in range(2))
    assert np.array_equal(first, second)
    assert np.random.random() == expected


JUDGED = {
    "wrong output shape": (network("softmax", 3), {"predicted": [(40, 2)]}),
    "wrong input shape": (network("softmax", 3), {"input_shape": (5,)}),
    "not a distribution": (network("sigmoid", 3), {"outputs": "distribution"}),
    "not probabilities": (network(None, 3), {"outputs": "distribution"}),
    "squashed": (network("tanh", 3), {"outputs": "real"}),
    "clipped": (network("relu", 8), {"outputs": "real"}),
    "constant": (network("softmax"), {}),
    "linear": (network("softmax", 3, None), {"outputs": "distribution", "nonlinear": True}),
    "wrong parameters": (network(None), {"parameters": (1, 96)}),
    "wrong layers": (network(None), {"layers": {"Dense": 3}}),
    "wrong activations": (network("softmax", 3, None), {"outputs": "distribution", "activations": 1}),
    "not compiled": (network(None), {"loss": ["mse"]}),
}


@pytest.mark.parametrize("symptom", JUDGED)
def test_a_symptom_is_told(symptom):
    made, wanted = JUDGED[symptom]
    asked = values.ask(X * 100 if wanted.get("outputs") == "real" else X)
    found = unmet(model(**wanted), models.interview(made, asked, {}, values.restore), asked)
    assert (found.symptom, found.words[-1]) == (symptom, ".")


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (network(None), {"outputs": "real", "nonlinear": True}),
        (network("softmax", 3), {"outputs": "distribution", "nonlinear": True, "parameters": 4 * 16 + 16 + 16 * 3 + 3}),
        (network("sigmoid", 3), {"outputs": "probabilities", "nonlinear": True, "layers": {"Dense": (1, 2)}}),
    ],
)
def test_nothing_is_held_against_a_good_model(made, wanted):
    asked = values.ask(X * 100 if wanted["outputs"] == "real" else X)
    assert unmet(model(**wanted), models.interview(made, asked, {}, values.restore), asked) is None


def test_expectations_combine():
    seen = look(network(None), X)
    assert unmet(all_of(model(), model(parameters=3)), seen).symptom == "wrong parameters"
    assert unmet(all_of(model(), model()), seen) is None
    assert unmet(raises(), seen).symptom == "accepts"


@exercise("refuse", points=1, objective="refuse")
class Refuse:
    """ValueError for anything."""

    examples = [probe(3, expect=raises())]
    hidden = None
    usual = right_answer(lambda n: [][n])


def test_a_refusal_can_be_expected():
    pack = make_visible_pack(Refuse)

    def refuses(n):
        raise ValueError("no")

    assert verdict(pack, refuses).status == RIGHT
    assert verdict(pack, lambda n: n).status == WRONG
    assert "IndexError" in verdict(pack, lambda n: [][n]).words


class Liar(keras.Model):
    """Reports nothing as it is."""

    def __init__(self, call):
        super().__init__()
        self.dense, self.how = layers.Dense(1, "sigmoid"), call

    def call(self, x, training=None):
        return self.how(self.dense(x))

    layers = property(lambda self: 1 / 0)
    input_shape = property(lambda self: "huge")
    output_shape = property(lambda self: [[2**80]])

    def count_params(self):
        return 10**400


HOSTILE = {
    "lies": lambda y: y,
    "raises": lambda y: [][3],
    "no array": lambda y: "nothing",
    "two outputs": lambda y: [y, y],
    "too large": lambda y: keras.ops.zeros((1, 3000, 3000)),
    "NaN": lambda y: y * np.nan,
    "leaves": lambda y: sys.exit(),
}


@pytest.mark.parametrize("call", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_model_is_wrong_and_says_why(call):
    told = verdict(make_visible_pack(Build), lambda n_in: Liar(call))
    assert told.status in (WRONG, CRASHED)
    assert told.passed == 0
    assert told.words


def test_a_model_that_learns_for_ever_runs_out_of_time():
    pack = copy.deepcopy(make_visible_pack(Build))
    pack["settings"]["time_limit"] = 1.0
    pack["probes"][0]["ask"]["fit"]["epochs"] = 10**6
    assert "1 seconds" in verdict(pack, binary()).words


def nodes(data, path=()):
    """Every place in a description that a forger could write to."""
    for key in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield (*path, key)
        yield from nodes(data[key], (*path, key))


def test_a_forged_description_is_refused_or_wrong_but_never_raises_anything_else():
    pack = make_visible_pack(Build)
    honest = json.loads(json.dumps(encode(observe(binary(), pack))))
    forgeries = [None, -1, 2**70, "x", [], {}, [[[]]], {"type": "model"}, {"float": "nan"}, True, [None] * 5]
    for path in nodes(honest[0]["value"]):
        for forgery in forgeries:
            seen = copy.deepcopy(honest)
            place = seen[0]["value"]
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = forgery
            try:
                seen = decode(seen)
                check_observation(seen[0])
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
                continue
            told = judge(pack, seen)
            if path[0] in ("predictions", "type") and path[-1] == "value":
                assert told.status != RIGHT


def test_what_is_expected_stays_outside_the_sandbox():
    raw = json.loads(json.dumps(encode(make_hidden_pack(Build))))
    inside = hidden_of({"build": raw})["build"]
    assert inside["probes"][0]["ask"]["fit"]["epochs"] == 20
    assert "expect" not in json.dumps(inside)
    labels = encode(accuracy(SIGNS, at_least=0.7))["labels"]["value"]
    assert labels in json.dumps(raw["expected"])
    assert labels not in json.dumps(inside)


def test_a_judge_imports_no_keras(tmp_path):
    """Not to judge a model, not to read a probe that holds one."""
    for declared in (Build, SaveAndReload):
        pack = make_visible_pack(declared)
        seen = observe(declared.right_answers["usual"], pack)
        write_pack(pack, tmp_path)
        (tmp_path / f"{declared.id}.seen").write_text(json.dumps(encode(seen)))
    script = """
import json, sys
from pathlib import Path
from autograder.engine.judge.judging import check_observation
from course_utils.describe import decode
from course_utils.judge import judge
from course_utils.packs import read_pack
from course_utils.verdict import as_html
folder = Path(sys.argv[1])
for seen in folder.glob("*.seen"):
    observations = decode(json.loads(seen.read_text()))
    for each in observations:
        check_observation(each)
    verdict = judge(read_pack(sys.argv[2], seen.stem, folder), observations)
    assert verdict.status == "right", verdict
    as_html(verdict)
assert not {"tensorflow", "keras"} & set(sys.modules)
"""
    command = [sys.executable, "-c", script, str(tmp_path), Build.unit]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_probe_holds_no_living_model():
    from course_utils.values import describe_argument

    with pytest.raises(ValueError, match="cannot hold"):
        describe_argument(network(None))


def test_tensors_and_temporary_paths_are_made_for_the_call():
    seen = {}

    def answer(t, path):
        seen.update(t=type(t).__module__.partition(".")[0], absent=not path.exists(), at=path.parent.is_dir())
        return path.name

    from course_utils.observe import observe_call
    from course_utils.values import describe_argument

    args = [describe_argument(values.tensor([[1.0]])), describe_argument(values.temporary("m.keras"))]
    told = observe_call(answer, {"args": args, "kwargs": {}}, {"kind": "function", "time_limit": 5.0}, ["t", "path"])
    assert told["value"] == {"type": "str", "value": "m.keras"}
    assert seen == {"t": "tensorflow", "absent": True, "at": True}


@exercise("mean_pred", points=1, objective="metric", kind="metric", rtol=1e-5, time_limit=10.0)
class MeanPred:
    """The mean of all predictions."""

    oracle = staticmethod(lambda y_true, y_pred, batch: float(y_pred.mean())).__func__
    examples = [probe(np.zeros((5, 1)), np.array([[1.0], [1], [1], [1], [0]]), batch=4)]
    hidden = None

    @mistake("Per batch.")
    def per_batch(y_true, y_pred):
        return keras.ops.mean(y_pred)


class Mean(keras.metrics.Metric):
    """The same, as a class of one's own."""

    def __init__(self, name="mean_of_all"):
        super().__init__(name=name)
        self.total, self.seen = (self.add_weight(initializer="zeros", name=part) for part in ("total", "seen"))

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(keras.ops.sum(y_pred))
        self.seen.assign_add(keras.ops.cast(keras.ops.size(y_pred), "float32"))

    def result(self):
        return self.total / self.seen


RIGHT_METRICS = {
    "one an example": lambda y_true, y_pred: keras.ops.mean(y_pred, axis=-1),
    "a class": Mean,
    "an object": Mean(),
}


@pytest.mark.parametrize("metric", RIGHT_METRICS.values(), ids=RIGHT_METRICS.keys())
def test_a_metric_is_judged_by_what_keras_makes_of_it(metric):
    assert verdict(make_visible_pack(MeanPred), metric).status == RIGHT


def test_a_metric_that_averages_batches_gets_its_hint():
    told = verdict(make_visible_pack(MeanPred), MeanPred.mistakes[0].answer)
    assert (told.status, told.mistake) == (WRONG, "per_batch")
