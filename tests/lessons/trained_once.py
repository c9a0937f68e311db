"""What a unit's solution has trained in this test run, its untouched notebook gets as it came out, and does not train again.

With `environment`, a notebook's kernel executes this file when it starts. The kernel of a solution trains as ever, and
keeps what came of it: a file for each call of `fit`, named after all that it depends on: the network, its numbers and its
optimizer's, what it was compiled with, the data, the state of chance. The kernel of an untouched notebook (READ) looks there
first. What is not there to the last bit, it trains itself: nothing is taken on trust but that the same training gives the same
network, to which nbval holds every solution.

Not kept, and so trained in both: what an answer trains while its check looks on, what is quick, and whatever could do something
that its description does not tell (a learner's layer, loss or callback; data that come from a generator). A data set of the
course's own is told by what it holds, and left as the training left it.
"""

import functools
import hashlib
import inspect
import os
import pickle
import re
import sys
import time
from pathlib import Path

FOLDER, READ, FROM = "COURSE_TEST_TRAINED", "COURSE_TEST_TRAINED_READ", "COURSE_TEST_TRAINED_FROM"
#: Seconds of the processor. What takes less is trained again, also since lessons measure such trainings by the clock.
LEAST = 1.0
_KNOWN = ("keras.", "course_utils.")  # whose code is the same in both kernels


class Unknown(Exception):
    """This training depends on something that has no description."""


class Once:
    """Keeps trainings in a folder; gives them back where `read`."""

    def __init__(self, folder, read, least=LEAST):
        self.folder, self.read, self.least = Path(folder), read, least

    def fit(self, train, model, *args, **kwargs):
        """What `train`, which is Keras's own `fit`, does with this model."""
        try:
            called = inspect.signature(train).bind(model, *args, **kwargs)
            called.apply_defaults()
            kept = self.folder / name_of(model, called.arguments)
        except Unknown:
            return train(model, *args, **kwargs)
        callbacks, drawn = called.arguments["callbacks"] or [], data_sets(called.arguments)
        if self.read and kept.exists():
            return put_back(pickle.loads(kept.read_bytes()), model, callbacks, drawn)
        before = time.process_time()
        history = train(model, *args, **kwargs)
        if not self.read and time.process_time() - before >= self.least:
            partial = kept.with_suffix(f".{os.getpid()}")
            partial.write_bytes(pickle.dumps(outcome(model, history, callbacks, drawn)))
            partial.replace(kept)
        return history


def name_of(model, arguments):
    """A digest of all that a training depends on. Raises Unknown."""
    if in_a_check() or not model.built or not getattr(model, "compiled", False) or arguments["verbose"] != 0:
        raise Unknown
    layers = list(model._flatten_layers())
    told = model._compile_config.config
    require_known([*layers, *layers_parts(layers), *flat(told), *(arguments["callbacks"] or [])])
    model.optimizer.build(model.trainable_variables)
    try:
        made_of = nameless(model.get_config()), nameless(model.get_compile_config())
    except Exception as error:  # a class that tells nothing of itself
        raise Unknown from error
    rest = {key: value for key, value in arguments.items() if key not in ("self", "callbacks")}
    digest = hashlib.sha256()
    for part in (
        type(model).__qualname__,
        made_of,
        [variable.trainable for variable in model.variables],
        [layer.trainable for layer in layers],
        numbers(model),
        [(type(one).__qualname__, state_of(one)) for one in arguments["callbacks"] or []],
        plain(rest),
        chance(),
    ):
        digest.update(pickle.dumps(part))
    return digest.hexdigest()


def outcome(model, history, callbacks, drawn=()):
    """All that a training changed; `drawn`: its data sets that draw."""
    return {
        "numbers": numbers(model),
        "history": state_of(history),
        "callbacks": [state_of(one) for one in callbacks],
        "drawn": [state_of(one) for one in drawn],
        "stop": model.stop_training,
        "chance": chance(),
    }


def put_back(kept, model, callbacks, drawn=()):
    """Leave all as the training left it; the History that `fit` returns."""
    import keras

    for variable, value in zip(variables(model), kept["numbers"], strict=True):
        variable.assign(value)
    for callback, state in zip(callbacks, kept["callbacks"], strict=True):
        callback.set_model(model)
        callback.__dict__.update(state)
    for one, state in zip(drawn, kept["drawn"], strict=True):
        one.__dict__.update(state)
    model.stop_training = kept["stop"]
    model.history = keras.callbacks.History()
    model.history.set_model(model)
    model.history.__dict__.update(kept["history"])
    set_chance(kept["chance"])
    return model.history


def variables(model):
    return [*model.variables, *model.optimizer.variables]


def numbers(model):
    """The network's numbers and its optimizer's. What metrics hold is made anew in each epoch."""
    return [variable.numpy() for variable in variables(model)]


def chance():
    """The state of TensorFlow's and of Keras's generators: a training shuffles with one, and drops out with the other."""
    from keras.src.random.seed_generator import global_seed_generator
    from tensorflow.python.eager import context

    here = context.context()
    return here._seed, here._rng.getstate(), global_seed_generator().state.numpy()


def set_chance(state):
    from keras.src.random.seed_generator import global_seed_generator
    from tensorflow.python.eager import context

    here = context.context()
    here._seed = state[0]
    here._rng.setstate(state[1])
    global_seed_generator().state.assign(state[2])


def in_a_check():
    """Whether an answer is being called."""
    frame = sys._getframe()
    while frame:
        if frame.f_globals.get("__name__") == "course_utils.observe":
            return True
        frame = frame.f_back
    return False


def require_known(things):
    """Raise Unknown for an object or a function of the notebook's own."""
    for thing in things:
        module = getattr(inspect.unwrap(thing), "__module__", None) if inspect.isroutine(thing) else None
        module = module or type(thing).__module__
        if not f"{module}.".startswith((*_KNOWN, "builtins.", "numpy.", "tensorflow.", "functools.")):
            raise Unknown
        if isinstance(thing, functools.partial) or getattr(thing, "__name__", "") == "<lambda>":
            raise Unknown


def layers_parts(layers):
    """What of a layer could be a function, or an object, of the notebook's own: its activation, its regularizers."""
    names = ("activation", "function", "kernel_regularizer", "activity_regularizer", "bias_regularizer", "_standardize")
    return [part for layer in layers for name in names if (part := getattr(layer, name, None)) is not None]


def flat(told):
    """The leaves of lists and dicts."""
    if isinstance(told, dict):
        told = list(told.values())
    return [leaf for each in told for leaf in flat(each)] if isinstance(told, list | tuple) else [told]


def nameless(config):
    """A configuration with the names in it replaced by numbers: Keras counts on from what else a kernel has made."""
    names = {}

    def collect(value):
        if isinstance(value, dict):
            if isinstance(value.get("name"), str):
                names.setdefault(value["name"], f"name {len(names)}")
            for each in value.values():
                collect(each)
        elif isinstance(value, list | tuple):
            for each in value:
                collect(each)

    def replace(value):
        if isinstance(value, dict):
            return [(key, replace(each)) for key, each in value.items()]
        if isinstance(value, list | tuple):
            return [replace(each) for each in value]
        return names.get(value, value) if isinstance(value, str) else plain(value)

    collect(config)
    return replace(config)


def state_of(thing):
    """What a callback holds, but for its model."""
    held = {key: value for key, value in vars(thing).items() if key not in ("_model", "model")}
    try:
        pickle.dumps(held)
    except Exception as error:  # whatever an object raises that cannot be kept
        raise Unknown from error
    return held


def data_sets(arguments):
    """The course's own data sets among a training's arguments: they draw what comes, and remember what they drew."""
    import keras

    sets = [one for one in arguments.values() if isinstance(one, keras.utils.PyDataset)]
    return [one for one in sets if type(one).__module__.startswith("course_utils.")]


def plain(value):
    """Data as what has one spelling in pickle. Raises Unknown for what is no data."""
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return [(plain(key), plain(each)) for key, each in value.items()]
    kind = f"{type(value).__module__}.{type(value).__name__}"
    if kind == "numpy.ndarray" and not value.dtype.hasobject:
        return str(value.dtype), value.shape, value.tobytes()
    if re.fullmatch(r"numpy\.\w+", kind):
        return kind, str(value)
    if kind.startswith("tensorflow.") and hasattr(value, "numpy"):
        return plain(value.numpy())
    if data_sets({"": value}):
        return kind, pickle.dumps(state_of(value))
    raise Unknown


def prepare(folder):
    """Write what kernels execute when they start, where `environment` sends them."""
    startup = Path(folder) / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    code = f"exec(compile(open({__file__!r}).read(), {__file__!r}, 'exec'), {{'__name__': 'in a kernel'}})\n"
    (startup / "trained_once.py").write_text(code, encoding="utf-8")


def environment(folder, read=False, least=LEAST):
    """The variables with which a kernel keeps trainings of `least` seconds or more in the folder, or reads them there."""
    ipython = str(Path(folder) / "ipython")
    return {"IPYTHONDIR": ipython, FOLDER: str(folder), READ: "1" if read else "", FROM: str(least)}


def watch_a_kernel(shell):
    """As soon as a cell has imported Keras, `fit` is ours."""
    once = Once(os.environ[FOLDER], bool(os.environ[READ]), float(os.environ[FROM]))

    def after_a_cell(result):
        if "keras" not in sys.modules or not hasattr(sys.modules["keras"], "Model"):
            return
        shell.events.unregister("post_run_cell", after_a_cell)
        trainer = sys.modules["keras"].Model
        trained = trainer.fit

        @functools.wraps(trained)
        def fit(self, *args, **kwargs):
            return once.fit(trained, self, *args, **kwargs)

        trainer.fit = fit

    shell.events.register("post_run_cell", after_a_cell)


if __name__ == "in a kernel" and os.environ.get(FOLDER):
    watch_a_kernel(get_ipython())  # noqa: F821
