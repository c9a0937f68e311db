"""What a notebook has set for the whole process neither changes a verdict nor is changed by one."""

import decimal
import locale
import random
import sys
import warnings

import numpy as np
import pytest

from autograder.exercise import SETTINGS
from course_utils import values
from course_utils.observe import observe_call
from course_utils.surroundings import ordinary
from course_utils.values import describe_argument


def seen(answer, *args, ask=None):
    probe = {"args": [describe_argument(arg) for arg in args], "kwargs": {}} | ({"ask": ask} if ask else {})
    return observe_call(answer, probe, {**SETTINGS, "time_limit": 60.0}, ["x"])


def default_policy():
    return keras.config.dtype_policy().name


#: A setting: how it is set, how it is read, a value that a learner may have chosen, and Python's or the library's own.
SETTINGS_OF = {
    "recursion": (sys.setrecursionlimit, sys.getrecursionlimit, 400, 1000),
    "digits": (sys.set_int_max_str_digits, sys.get_int_max_str_digits, 700, 4300),
    "random": (random.seed, lambda: random.getstate()[1][:3], 7, None),
    "numpy's random": (np.random.seed, lambda: np.random.get_state()[1][:3].tolist(), 7, None),
    "errors": (lambda kind: np.seterr(all=kind), lambda: np.geterr()["divide"], "raise", "warn"),
    "printing": (lambda n: np.set_printoptions(precision=n), lambda: np.get_printoptions()["precision"], 2, 8),
    "decimal": (lambda n: setattr(decimal.getcontext(), "prec", n), lambda: decimal.getcontext().prec, 3, 28),
    "warnings": (lambda kind: warnings.simplefilter(kind), lambda: warnings.filters[0][0], "error", "always"),
}


@pytest.fixture(autouse=True)
def put_back():
    """Whatever a test sets is put back: `ordinary` itself is the quickest way, and what it forgets fails here."""
    with ordinary():
        yield


@pytest.mark.parametrize("name", SETTINGS_OF)
def test_a_setting_of_pythons_or_numpys_is_ordinary_in_an_answer_and_kept_after_it(name):
    put, read, chosen, usual = SETTINGS_OF[name]
    found = []

    def answer(x):
        found.append(read())
        put({"errors": "ignore", "warnings": "ignore", "decimal": 9, "printing": 1, "digits": 800}.get(name, 2_000))

    put(chosen)
    before = read()
    seen(answer, 1)
    assert read() == before
    put(chosen if usual is None else usual)
    seen(answer, 1)
    assert found[0] == found[1]
    assert usual is None or found[0] == usual


def test_a_locale_is_kept_too():
    name = next((name for name in ("de_DE.UTF-8", "C.UTF-8") if _has(name)), None)
    if name is None:
        pytest.skip("this machine has no other locale")
    found = []
    locale.setlocale(locale.LC_NUMERIC, name)
    seen(lambda x: found.append(locale.setlocale(locale.LC_NUMERIC)), 1)
    assert (found[0], locale.setlocale(locale.LC_NUMERIC)) == ("C", name)


def _has(name):
    try:
        locale.setlocale(locale.LC_NUMERIC, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_NUMERIC, "C")
    return True


def test_an_answer_that_draws_gets_the_same_numbers_whatever_was_drawn_before():
    def draws(x):
        return [random.random(), float(np.random.rand())]

    first = seen(draws, 1)
    random.seed(9)
    np.random.seed(9)
    assert seen(draws, 1) == first


def test_less_depth_than_python_gives_is_raised_and_more_is_left():
    found = []
    sys.setrecursionlimit(5_000)
    seen(lambda x: found.append(sys.getrecursionlimit()), 1)
    assert found == [5_000]


keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

#: How a learner may have set Keras or TensorFlow: what sets it, and what it reads as.
KERAS = {
    "policy": (
        lambda: keras.mixed_precision.set_dtype_policy("mixed_float16"),
        lambda: keras.config.dtype_policy().name,
    ),
    "bfloat16": (lambda: keras.config.set_dtype_policy("bfloat16"), lambda: keras.config.dtype_policy().name),
    "float type": (lambda: keras.config.set_floatx("float64"), keras.config.floatx),
    "epsilon": (lambda: keras.config.set_epsilon(0.1), keras.config.epsilon),
    "channels": (lambda: keras.config.set_image_data_format("channels_first"), keras.config.image_data_format),
    "epochs": (lambda: keras.config.set_max_epochs(1), keras.config.max_epochs),
    "eager": (lambda: tf.config.run_functions_eagerly(True), tf.config.functions_run_eagerly),
    "device": (lambda: tf.device("/GPU:0").__enter__(), lambda: tf.zeros(1).device),
    "seed": (lambda: keras.utils.set_random_seed(5), lambda: keras.src.utils.rng_utils.get_random_seed()),
    "tensorflow's seed": (lambda: tf.random.set_seed(5), lambda: tf.random.get_global_generator and _tf_seed()),
}


def _tf_seed():
    from tensorflow.python.eager import context

    return context.global_seed(), context.context()._rng.getstate()


def network(x):
    inputs = keras.Input((6, 6, 1))
    seen = keras.layers.Conv2D(4, 3, activation="relu")(inputs)
    made = keras.Sequential([keras.Model(inputs, keras.layers.Flatten()(seen)), keras.layers.Dense(3, "softmax")])
    made.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return made


RNG = np.random.default_rng(0)
ASKED = values.ask(
    RNG.normal(size=(4, 6, 6, 1)).astype("float32"),
    fit=(RNG.normal(size=(8, 6, 6, 1)).astype("float32"), RNG.integers(0, 3, 8)),
    epochs=2,
    seed=3,
)


@pytest.fixture(scope="module")
def observed():
    return seen(network, 1, ask=ASKED)


@pytest.mark.parametrize("name", KERAS)
def test_a_setting_of_keras_changes_no_observation_and_is_changed_by_none(name, observed):
    put, read = KERAS[name]
    put()
    before = read()
    found = seen(network, 1, ask=ASKED)
    assert read() == before
    assert found["value"]["trained"]["history"] == observed["value"]["trained"]["history"]
    assert np.array_equal(found["value"]["predictions"][0]["value"], observed["value"]["predictions"][0]["value"])


@pytest.mark.parametrize("name", KERAS)
def test_what_an_answer_sets_in_keras_is_gone_after_it(name, observed):
    put, read = KERAS[name]
    tf.random.set_seed(1)
    before = read()

    def sets(x):
        put()
        return network(x)

    seen(sets, 1, ask=ASKED)
    assert read() == before


def test_an_answer_that_clears_the_session_clears_nobody_elses():
    keras.config.set_dtype_policy("mixed_bfloat16")
    outside = keras.layers.Dense(1).name
    assert seen(lambda x: keras.utils.clear_session(), 1)["outcome"] == "returned"
    assert keras.config.dtype_policy().name == "mixed_bfloat16"
    assert keras.layers.Dense(1).name != outside


def test_a_model_of_half_precision_gives_a_distribution_too():
    from course_utils.expect import model, unmet

    def halves(x):
        layers = [keras.layers.Dense(50, "softmax", dtype="float16")]
        return keras.Sequential([keras.Input((4,)), *layers])

    found = seen(halves, 1, ask=values.ask(RNG.normal(size=(40, 4)).astype("float32")))
    assert unmet(model(outputs="distribution"), found["value"], {"predict": [None]}) is None
