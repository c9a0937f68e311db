"""Ordinary surroundings: what a notebook has set for the whole process neither changes a verdict nor is changed by one.

A learner may have called `np.seterr(all="raise")`, `keras.mixed_precision.set_dtype_policy(...)` or `random.seed(3)`, in a cell
above or in the answer itself. While an answer is called and judged such settings are as Python, NumPy, Keras and TensorFlow have
them at first, and random numbers begin from the same seed; afterwards they are as they were. What is not imported is left alone.
"""

from __future__ import annotations

import contextlib
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from course_utils.limits import LEAST_RECURSION

#: NumPy's own way to print and to take errors.
_PRINTING = {
    **{"precision": 8, "threshold": 1000, "edgeitems": 3, "linewidth": 75, "suppress": False, "nanstr": "nan"},
    **{"infstr": "inf", "sign": "-", "formatter": None, "floatmode": "maxprec", "legacy": False},
}
_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}

#: Keras's settings that a fresh session does not have. What it needs to load a learner's own layers stays, and so do the
#: counters by which it names layers: two of one name cannot stand in one model.
_SCOPES = (
    *("dtype_policy", "distribution", "autocast_scope", "stateless_scope", "symbolic_scope", "in_tf_graph_scope"),
    *(
        "name_scope_stack",
        "remat_scope_stack",
        "current_call_ctx",
        "tracking_on",
        "flash_attention",
        "use_legacy_config",
    ),
    *("global_seed_generator", "global_random_seed"),
)
_CONFIG = {
    "_FLOATX": "float32",
    "_EPSILON": 1e-7,
    "_IMAGE_DATA_FORMAT": "channels_last",
    "_MAX_EPOCHS": None,
    "_MAX_STEPS_PER_EPOCH": None,
}


@contextlib.contextmanager
def ordinary() -> Iterator[None]:
    """Ordinary surroundings in the body; also a decorator. Nothing is raised where something cannot be set or put back."""
    saved = [undo for setting in _SETTINGS if (undo := _begin(setting))]
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # our own code's, in judging and drawing; an answer's are caught where it is called
        try:
            yield
        finally:
            for undo in reversed(saved):
                _quietly(undo)


def _begin(setting: Callable[..., Callable]) -> Callable[[], None] | None:
    """Put one setting into order; return what puts it back, or None where its modules are not imported or are in disorder."""
    modules = [sys.modules.get(name) for name in _NEEDS.get(setting, ())]
    if None in modules:
        return None
    with contextlib.suppress(Exception):
        return setting(*modules)
    return None


def _quietly(change: Callable[[], Any]) -> None:
    with contextlib.suppress(Exception):
        change()


def _set(change: Callable[[], Any], undo: Callable[[], Any]) -> Callable[[], None]:
    """Make the change; return what undoes it."""
    _quietly(change)
    return undo


def _depth() -> Callable[[], None]:
    was = sys.getrecursionlimit()
    return _set(lambda: sys.setrecursionlimit(max(was, LEAST_RECURSION)), lambda: sys.setrecursionlimit(was))


def _digits() -> Callable[[], None]:
    was = sys.get_int_max_str_digits()
    usual = sys.int_info.default_max_str_digits
    return _set(lambda: sys.set_int_max_str_digits(usual), lambda: sys.set_int_max_str_digits(was))


def _random() -> Callable[[], None]:
    was = random.getstate()
    return _set(lambda: random.seed(0), lambda: random.setstate(was))


def _decimal(decimal: Any) -> Callable[[], None]:
    was, traps = decimal.getcontext(), [decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow]
    usual = decimal.Context(28, decimal.ROUND_HALF_EVEN, -999999, 999999, 1, 0, [], traps)
    return _set(lambda: decimal.setcontext(usual), lambda: decimal.setcontext(was))


def _locale(locale: Any) -> Callable[[], None]:
    """All but the encoding of characters, which is the system's."""
    kinds = (locale.LC_NUMERIC, locale.LC_TIME, locale.LC_COLLATE, locale.LC_MONETARY)
    was = {kind: name for kind in kinds if (name := locale.setlocale(kind)) != "C"}

    def put(names: dict) -> None:
        for kind in kinds:
            if locale.setlocale(kind) != names.get(kind, "C"):
                locale.setlocale(kind, names.get(kind, "C"))

    return _set(lambda: put({}), lambda: put(was))


def _numpy(numpy: Any) -> Callable[[], None]:
    printing, errors = numpy.get_printoptions(), numpy.geterr()
    luck = numpy.random.get_state(legacy=False)

    def put(printing: dict, errors: dict) -> None:  # to set what is set already would take most of the time
        if any(numpy.get_printoptions().get(name) != value for name, value in printing.items()):
            _quietly(lambda: numpy.set_printoptions(**printing))
        if numpy.geterr() != errors:
            numpy.seterr(**errors)

    def change() -> None:
        put(_PRINTING, _ERRORS)
        numpy.random.seed(0)

    def undo() -> None:
        put(printing, errors)
        numpy.random.set_state(luck)

    return _set(change, undo)


def _keras_config(config: Any) -> Callable[[], None]:
    was = {name: getattr(config, name) for name in _CONFIG if hasattr(config, name)}

    def put(values: dict[str, Any]) -> None:
        for name in was:
            setattr(config, name, values[name])

    return _set(lambda: put(_CONFIG), lambda: put(was))


def _keras_state(state: Any) -> Callable[[], None]:
    """Keras's scopes and policies; an answer that calls `clear_session` throws all of them away."""
    tracker, settings = state.GLOBAL_STATE_TRACKER, state.GLOBAL_SETTINGS_TRACKER
    was = {name: value.copy() if type(value) in (list, dict) else value for name, value in vars(tracker).items()}

    def undo() -> None:
        state.GLOBAL_STATE_TRACKER, state.GLOBAL_SETTINGS_TRACKER = tracker, settings
        vars(tracker).clear()
        vars(tracker).update(was)

    return _set(lambda: [vars(tracker).pop(name, None) for name in _SCOPES], undo)


def _eagerly(tensorflow: Any) -> Callable[[], None]:
    was = tensorflow.config.functions_run_eagerly()

    def run(eagerly: bool) -> None:
        if tensorflow.config.functions_run_eagerly() != eagerly:
            tensorflow.config.run_functions_eagerly(eagerly)

    return _set(lambda: run(False), lambda: run(was))


def _tensorflow(module: Any) -> Callable[[], None]:
    """TensorFlow's seed, its generator and the device that a scope has chosen; nothing here starts TensorFlow."""
    context = module.context_safe()
    if context is None:
        return lambda: None
    its, seed, here = getattr(context, "_rng", None), context._seed, context._thread_local_data
    luck = its if isinstance(its, random.Random) else None
    state = luck.getstate() if luck is not None else None
    device = here.device_name, here.device_spec

    def undo() -> None:
        context._seed = seed
        if luck is not None and state is not None:
            context._rng = luck
            luck.setstate(state)
        here.device_name, here.device_spec = device

    def change() -> None:
        from tensorflow.python.framework.device_spec import DeviceSpecV2

        if here.device_name:
            here.device_name, here.device_spec = "", DeviceSpecV2.from_string("")

    return _set(change, undo)


_SETTINGS = (_depth, _digits, _random, _decimal, _locale, _numpy, _keras_config, _keras_state, _eagerly, _tensorflow)

#: The modules that a setting is about; without arguments it is about Python itself.
_NEEDS = {
    _decimal: ("decimal",),
    _locale: ("locale",),
    _numpy: ("numpy",),
    _keras_config: ("keras.src.backend.config",),
    _keras_state: ("keras.src.backend.common.global_state",),
    _eagerly: ("tensorflow",),
    _tensorflow: ("tensorflow.python.eager.context",),
}
