"""An untouched notebook gets the trained networks of its solution, to the last bit, and only where nothing differs."""

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from tests.lessons.trained_once import Once, Unknown, environment, name_of, prepare

pytestmark = pytest.mark.tensorflow


def network(rate=0.01, seed=1, units=4, dropout=0.5, **compiled):
    import keras

    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(units, "relu"), keras.layers.Dropout(dropout), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile(**{"optimizer": keras.optimizers.Adam(rate), "loss": "mse", **compiled})
    return model


X = np.random.default_rng(1).normal(size=(40, 3)).astype("float32")
Y = X.sum(axis=1)
HOW = {"epochs": 3, "batch_size": 8, "verbose": 0}


def refuse(self, x=None, y=None, batch_size=None, epochs=1, verbose="auto", callbacks=None, **options):
    raise AssertionError("it was trained")


def everything(model, history):
    values = [variable.numpy() for variable in (*model.variables, *model.optimizer.variables)]
    return [*values, history.history, history.epoch]


def test_what_was_trained_is_put_back_to_the_last_bit_and_what_comes_after_goes_on_alike(tmp_path):
    import keras

    class Fresh:
        """A solution's kernel, then an untouched notebook's, which has made other networks before."""

        def __init__(self, read):
            self.once = Once(tmp_path, read, least=0)
            if read:
                network()
            self.model = network()
            self.stop = keras.callbacks.EarlyStopping("loss", patience=1)

    solution, untouched = Fresh(False), Fresh(True)
    fit = keras.Model.fit
    results = []
    for one in (solution, untouched):
        one.model = network()
        trained = fit if one is solution else with_the_signature_of(fit, refuse)
        history = one.once.fit(trained, one.model, X, Y, validation_data=(X, Y), callbacks=[one.stop], **HOW)
        first = everything(one.model, history)
        assert one.model.history is history
        again = fit(one.model, X, Y, **HOW)
        results.append([*first, one.stop.best, one.stop.best_epoch, *everything(one.model, again)])
    assert len(list(tmp_path.iterdir())) == 1
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_equal(ours, theirs)


def test_what_a_data_set_of_the_courses_has_drawn_counts_and_it_is_left_as_a_training_leaves_it(tmp_path):
    import keras

    from course_utils.zoo import bert, pretraining

    texts = [f"{first} and {second}" for first in "abcd" for second in "efgh"]

    def begin(seed=3):
        keras.utils.set_random_seed(1)
        pieces = pretraining.whole_words(texts)
        model = pretraining.Pretraining(bert.encoder(len(pieces.vocabulary), width=8, blocks=1, heads=1))
        batches = pretraining.Batches(pieces, texts, texts[::-1], length=12, batch=8, seed=seed)
        pretraining.compile_for(model, 4)
        return model, batches

    fit, results = keras.Model.fit, []
    for read in (False, True):
        once, (model, batches) = Once(tmp_path, read, least=0), begin()
        history = once.fit(with_the_signature_of(fit, refuse) if read else fit, model, batches, epochs=2, verbose=0)
        results.append([*everything(model, history), batches.order, *everything(model, fit(model, batches, verbose=0))])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_equal(ours, theirs)
    names = [named(*begin(seed), y=None) for seed in (3, 3, 4)]
    assert names[0] == names[1] != names[2]


def with_the_signature_of(function, other):
    """Called as the other, but whoever asks sees the parameters of the first."""
    import functools

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        return other(*args, **kwargs)

    return wrapped


def named(model, x=X, y=Y, **options):
    """The name under which a training would be kept."""
    import inspect

    import keras

    called = inspect.signature(keras.Model.fit).bind(model, x, y, **{**HOW, **options})
    called.apply_defaults()
    return name_of(model, called.arguments)


def test_the_same_training_has_the_same_name_and_any_other_another():
    import keras

    def after_a_draw():
        model = network()
        keras.random.normal((1,))
        return model

    def frozen():
        model = network()
        model.layers[0].trainable = False
        model.compile(keras.optimizers.Adam(0.01), "mse")
        return model

    def moved():
        model = network()
        model.layers[0].bias.assign_add([0, 0, 0, 1e-6])
        return model

    assert named(network()) == named(network())
    others = [
        named(network(rate=0.02)),
        named(network(seed=2)),
        named(network(units=5)),
        named(network(dropout=0.4)),
        named(network(loss="mae")),
        named(network(optimizer="sgd")),
        named(network(metrics=["mae"])),
        named(after_a_draw()),
        named(frozen()),
        named(moved()),
        named(network(), x=X + np.float32(1e-6) * (X[0, 0] == X)),
        named(network(), y=Y[::-1].copy()),
        named(network(), epochs=4),
        named(network(), batch_size=9),
        named(network(), shuffle=False),
        named(network(), validation_data=(X, Y)),
        named(network(), callbacks=[keras.callbacks.EarlyStopping("loss", patience=1)]),
        named(network(), callbacks=[keras.callbacks.EarlyStopping("loss", patience=2)]),
        named(network()),
    ]
    assert len(set(others)) == len(others)


def test_what_a_notebook_has_written_itself_has_no_name():
    import keras

    class Own(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    class Watch(keras.callbacks.Callback):
        pass

    model = keras.Sequential([keras.Input((3,)), Own(), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    unbuilt = keras.Sequential([keras.layers.Dense(1)])
    unbuilt.compile("adam", "mse")
    bent = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation=lambda x: x)])
    bent.compile("adam", "mse")
    for refused, options in [
        (model, {}),
        (unbuilt, {}),
        (bent, {}),
        (network(loss=lambda y, p: y - p), {}),
        (network(metrics=[lambda y, p: y - p]), {}),
        (network(), {"callbacks": [Watch()]}),
        (network(), {"x": iter([X])}),
    ]:
        with pytest.raises(Unknown):
            named(refused, **options)


def test_a_kernel_reads_what_another_one_kept(tmp_path, monkeypatch):
    """The name `fit` stays with Keras's own words, and nothing comes into the notebook's namespace."""
    import os

    cells = [
        "import keras, numpy as np",
        "keras.utils.set_random_seed(1)\nmodel = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n"
        "model.compile('adam', 'mse')\nx = np.ones((64, 3))\n"
        "history = model.fit(x, x, epochs=2, verbose=0)",
        "print(model.get_weights()[0].ravel().tolist(), history.history['loss'][-1])\n"
        "print(sorted(set(globals()) & {'Once', 'FOLDER', 'once', 'watch_a_kernel'}), keras.Model.fit.__name__)",
    ]
    said = []
    prepare(tmp_path)
    for read in (False, True):
        for name, value in environment(tmp_path, read, least=0).items():
            monkeypatch.setenv(name, value)
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
        said.append(notebook.cells[2].outputs[0].text)
        if not read:
            [kept] = [path for path in tmp_path.iterdir() if path.is_file()]
            os.utime(kept, (1, 1))
    assert said[0] == said[1]
    assert said[0].endswith("[] fit\n")
    assert kept.stat().st_mtime == 1
