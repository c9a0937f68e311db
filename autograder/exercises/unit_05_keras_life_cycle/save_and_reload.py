import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils import values
from course_utils.expect import model
from course_utils.values import ask, temporary

from .shared import SAVE, softmax


def dense_model(rng, sizes, functional=False, last="softmax", loss="categorical_crossentropy", updates=7):
    """A model with NumPy's weights as an argument, (n, inputs) to show it, and what NumPy says that it predicts."""
    layers, weights, x = [], [], rng.normal(size=(24, sizes[0])).astype("float32")
    outputs = x.astype("float64")
    for i, (before, units) in enumerate(zip(sizes, sizes[1:], strict=False)):
        ends = i == len(sizes) - 2
        w, b = rng.normal(0, 0.7, (before, units)).astype("float32"), rng.normal(0, 0.3, units).astype("float32")
        layers.append(("Dense", {"units": units, "activation": last if ends else "tanh"}))
        weights += [w, b]
        outputs = outputs @ w + b
        outputs = np.tanh(outputs) if not ends else softmax(outputs) if last == "softmax" else outputs
    compiled = {"optimizer": "adam", "loss": loss}
    given = values.model(sizes[:1], *layers, weights=weights, compile=compiled, functional=functional, updates=updates)
    return given, x, outputs


def to_save(rng, sizes, **options):
    """A probe for `save_and_reload`: the model, a path, and what must hold of what comes back and of the file."""
    given, x, outputs = dense_model(rng, sizes, **options)
    return probe(
        given,
        temporary("model.keras"),
        ask=ask(x, saved="path"),
        expect=model(
            predictions=[outputs],
            compiled=True,
            updates=(given.updates, given.updates),
            saved=model(predictions=[outputs], compiled=True),
        ),
    )


@exercise("save_and_reload", points=2, objective=SAVE, fresh=True, all_or_nothing=True, time_limit=15.0)
class SaveAndReload:
    """Save a model to a `.keras` file and return what is loaded from it: another model with the same predictions."""

    examples = [
        to_save(np.random.default_rng(71), (4, 3)),
        to_save(np.random.default_rng(72), (3, 5, 1), functional=True, last=None, loss="mse", updates=12),
    ]

    def hidden(rng):
        yield to_save(rng, (6, 8, 4), updates=int(rng.integers(20, 90)))
        yield to_save(rng, (5, 7, 2), functional=True, last=None, loss="mse", updates=3)

    @mistake(
        "You return the model that you were given. It has never been away: whether the file can be loaded is not known. "
        "Return what keras.models.load_model(path) gives.",
        symptom="shared",
    )
    def the_same_one(model, path):
        model.save(path)
        return model

    @mistake(
        "Was it saved under another name, or are only its weights saved? model.save(path) writes the whole model to the path that is "
        "given. Weights alone (`.weights.h5`) do not say which layers they belong to.",
        symptom="no file",
    )
    def weights_without_architecture(model, path):
        weights = path.with_suffix(".weights.h5")
        model.save_weights(weights)
        copy = twin(model, weights=False)
        copy.load_weights(weights)
        return copy

    @mistake(
        "The layers are the same, the weights are not: an architecture (get_config, to_json, clone_model) starts again from "
        "random numbers. Load the whole file.",
        symptom="other predictions",
    )
    def architecture_without_weights(model, path):
        model.save(path)
        return twin(model, weights=False)

    @mistake(
        "The model came back without its loss and optimizer, so that training cannot go on: compile=False (or a copy that was "
        "never compiled) leaves them out.",
        symptom="not compiled",
    )
    def without_compile(model, path):
        import keras

        model.save(path)
        return keras.models.load_model(path, compile=False)

    @mistake(
        "The optimizer has forgotten what it had learned: it was compiled anew. A `.keras` file keeps the optimizer's state "
        "too; leave compile to load_model.",
        symptom="wrong updates",
    )
    def compiled_anew(model, path):
        import keras

        model.save(path)
        loaded = keras.models.load_model(path)
        loaded.compile("adam", model.loss)
        return loaded

    @mistake(
        "What lies at `path` is no model that Keras can load. Pickled objects, text or weights under that name will not do: "
        "model.save(path) writes the file.",
        symptom="file cannot be loaded",
    )
    def json_at_the_path(model, path):
        path.write_text(model.to_json())
        return twin(model)

    returns_nothing = mistake(
        "The methods `save`, `load_weights` and `compile` return None. keras.models.load_model(path) gives a model: return that.",
        lambda model, path: model.save(path),
        symptom="not a model",
    )

    @mistake(
        "What came back predicts rightly, but the file holds other weights: it was written before they were in place, or from "
        "another model.",
        symptom="saved: other predictions",
    )
    def saves_a_fresh_one(model, path):
        twin(model, weights=False).save(path)
        return twin(model)


def twin(original, weights=True):
    """A model of the same layers, with the same weights or with fresh ones, compiled."""
    import keras

    copy = keras.models.clone_model(original)
    if weights:
        copy.set_weights(original.get_weights())
    copy.compile("adam", original.loss)
    copy.optimizer.build(copy.trainable_variables)
    copy.optimizer.iterations.assign(original.optimizer.iterations)
    return copy
