"""Runs among a solution's cells: tells what each of them changed of names, random states and settings of the process.

It is sent into the sandbox as text and imports nothing of the course. What a name stands for is made into a digest, into its
depths: arrays by their bytes, networks by their weights, objects by what is in them. Two digests differ where something was
changed in place. What cannot be looked into is vague: whoever reads it may have changed it.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import json
import os
import random
import re
import sys
import types
from collections import deque
from typing import Any

DEPTH = 60  # of values within values
PARTS = 3_000_000  # of one name: beyond that it is vague
_HIDDEN = re.compile(r"__\w+__|_+|_\d+|_i+|_i\d+|_oh|_ih|_dh|In|Out|get_ipython|exit|quit|open")
_PLAIN = (type(None), bool, int, float, complex, str, bytes, type(...), range)
_TO_TEXT = {type(None), bool, int, float, str}


class Vague(Exception):
    """A value that cannot be looked into."""


class Look:
    """One name's value: digest, the objects in it that can be changed, and the global names that functions in it read."""

    def __init__(self, value: Any) -> None:
        self._hash, self._left = hashlib.blake2b(digest_size=16), PARTS
        self._seen: dict[int, int] = {}
        self._alive: list[Any] = []  # what was made only to be looked at: its id must not be another one's meanwhile
        self.objects: set[int] = set()
        self.names: set[str] = set()
        self.plain = True  # nothing in it is of a library that draws random numbers
        self.drawn = False  # a picture, or a part of one, is in it
        try:
            self.walk(value, 0)
            self.digest = "" if self.drawn else self._hash.hexdigest()
        except (Vague, RecursionError, MemoryError):
            self.digest, self.plain, self.drawn = "", False, False
        except Exception:  # of a value's own methods
            self.digest, self.plain, self.drawn = "", False, False

    def say(self, *words: object) -> None:
        """Add to the digest."""
        self._hash.update(("\x00".join(map(str, words)) + "\x01").encode("utf-8", "surrogatepass"))

    def walk(self, value: Any, depth: int) -> None:
        """Look into a value. Raises Vague."""
        self._left -= 1
        kind = type(value)
        if self._left < 0 or depth > DEPTH:
            raise Vague
        if kind in _PLAIN:
            self.say(kind.__name__, repr(value))
            return
        if id(value) in self._seen:
            self.say("again", self._seen[id(value)])
            return
        self._seen[id(value)] = len(self._seen)
        self._alive.append(value)
        self.say(kind.__module__, kind.__qualname__)
        for test, look in _LOOKS:
            if test(value):
                look(self, value, depth + 1)
                if kind.__module__ == "__main__" and look is not _layer:  # of a class of the notebook's own
                    self.items(
                        [kind, *(part for pair in getattr(value, "__dict__", {}).items() for part in pair)], depth + 1
                    )
                return
        self.attributes(value, depth)

    def items(self, values: Any, depth: int) -> None:
        """Look into each, in order."""
        if not self._at_once(values):
            for value in values:
                self.walk(value, depth)
        self.say("end")

    def _at_once(self, values: Any) -> bool:
        """Look into many plain values as one text: a data set's words are millions, and a look at each takes a minute."""
        if not isinstance(values, list | tuple | deque) or not set(map(type, values)) <= _TO_TEXT:
            return False
        self._left -= len(values) // 20
        if self._left < 0:
            raise Vague
        self.say(*map(repr, values))
        return True

    def attributes(self, value: Any, depth: int) -> None:
        """Look into an object of any class. Raises Vague where it keeps its state where Python does not see it."""
        self.objects.add(id(value))
        kind = type(value)
        if hasattr(value, "__next__") or hasattr(value, "read") or any(map(_is_in_c, kind.__mro__)):
            raise Vague
        if kind.__module__ == "__main__":
            self.walk(kind, depth + 1)
        elif not _draws_nothing(kind.__module__):
            self.plain = False
        state = getattr(value, "__dict__", None)
        slots = [s for one in kind.__mro__ for s in _slots(one) if hasattr(value, s)]
        if state is None and not slots:
            raise Vague
        for name, part in sorted((state or {}).items()):
            self.say(name)
            self.walk(part, depth + 1)
        for name in slots:
            self.say(name)
            self.walk(getattr(value, name), depth + 1)


def _is_in_c(kind: type) -> bool:
    """Whether a class is written in C, and may keep what no attribute shows; of errors and of `object` it is known."""
    return kind is not object and not kind.__flags__ & 1 << 9 and not issubclass(kind, BaseException)


def _draws_nothing(module: str | None) -> bool:
    """Whether what a module defines draws from no random state that all cells share."""
    library = str(module).partition(".")[0]
    return library in ("__main__", "builtins", "course_utils", "functools", "numpy", "pandas") and ".zoo" not in str(
        module
    )


def _slots(kind: type) -> list[str]:
    names = vars(kind).get("__slots__", ())
    return [n for n in ([names] if isinstance(names, str) else names) if n not in ("__dict__", "__weakref__")]


def _module(look: Look, value: Any, depth: int) -> None:
    look.say(value.__name__)


def _class(look: Look, value: Any, depth: int) -> None:
    look.say(value.__module__, value.__qualname__)
    look.plain = look.plain and _draws_nothing(value.__module__)
    if value.__module__ == "__main__":
        look.objects.add(id(value))
        for base in value.__bases__:
            look.walk(base, depth)
        for name, part in sorted(vars(value).items()):
            if name not in ("__dict__", "__weakref__", "__doc__") and not name.startswith("_abc_"):
                look.say(name)
                look.walk(part, depth)


def _function(look: Look, value: Any, depth: int) -> None:
    look.say(value.__module__, value.__qualname__)
    look.plain = look.plain and _draws_nothing(value.__module__)
    is_ours = value.__globals__.get("__name__") == "__main__"
    if is_ours:
        _code(look, value.__code__)
    for part in (value.__defaults__, value.__kwdefaults__):
        look.walk(part, depth)
    if is_ours:
        look.items([part for pair in vars(value).items() for part in pair], depth)
    for cell in value.__closure__ or ():
        look.walk(_content(cell), depth)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # still empty
        return None


def _code(look: Look, code: types.CodeType) -> None:
    look.say(code.co_code.hex(), code.co_names, [c for c in code.co_consts if not isinstance(c, types.CodeType)])
    look.names.update(op.argval for op in dis.get_instructions(code) if op.opname.endswith(("_GLOBAL", "_NAME")))
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            _code(look, part)


def _method(look: Look, value: Any, depth: int) -> None:
    look.say(getattr(value, "__name__", ""))
    look.walk(getattr(value, "__self__", None), depth)
    if isinstance(value, types.MethodType):
        look.walk(value.__func__, depth)


def _partial(look: Look, value: Any, depth: int) -> None:
    look.items([value.func, value.args, value.keywords], depth)


def _wrapped(look: Look, value: Any, depth: int) -> None:
    look.items([getattr(value, "fget", None) or getattr(value, "__func__", None)], depth)


def _list(look: Look, value: Any, depth: int) -> None:
    if not isinstance(value, tuple):
        look.objects.add(id(value))
    look.items(value, depth)
    if type(value) not in (list, tuple, deque) and getattr(value, "__dict__", None):
        look.walk(vars(value), depth)


def _dict(look: Look, value: Any, depth: int) -> None:
    look.objects.add(id(value))
    look.walk(getattr(value, "default_factory", None), depth)
    look.items(list(value), depth)
    look.items(list(value.values()), depth)


def _set(look: Look, value: Any, depth: int) -> None:
    look.objects.add(id(value))
    try:
        look.items(sorted(value), depth)
    except TypeError:
        look.items(sorted(value, key=repr), depth)


def _array(look: Look, value: Any, depth: int) -> None:
    numpy = sys.modules["numpy"]
    root = value
    while getattr(root, "base", None) is not None:
        root = root.base
    look.objects.update((id(root), id(value)))
    look.say(value.dtype.str, value.shape)
    if value.dtype.hasobject:
        look.items(value.ravel().tolist(), depth)
    else:
        look._hash.update(numpy.ascontiguousarray(value).view(numpy.uint8).data if value.size else b"")


def _number(look: Look, value: Any, depth: int) -> None:
    look.say(value.dtype.str, value.tobytes().hex())


def _generator(look: Look, value: Any, depth: int) -> None:
    look.objects.add(id(value))
    kept = value.get_state(legacy=False) if hasattr(value, "get_state") else value.bit_generator.state
    look.items([kept], depth)


def _frame(look: Look, value: Any, depth: int) -> None:
    look.objects.add(id(value))
    look.items([list(value.axes)], depth) if hasattr(value, "axes") and value.ndim else None
    if value.ndim == 2:
        for place in range(value.shape[1]):
            look.walk(value.iloc[:, place].to_numpy(), depth)
    else:
        look.items([value.to_numpy(), getattr(value, "name", None)], depth)


def _index(look: Look, value: Any, depth: int) -> None:
    look.items([value.to_numpy(), list(value.names)], depth)


def _sparse(look: Look, value: Any, depth: int) -> None:
    look.objects.add(id(value))
    value = value if hasattr(value, "indptr") else value.tocoo()
    look.items([value.shape, value.data], depth)
    for part in ("indices", "indptr", "row", "col"):
        if hasattr(value, part):
            look.walk(getattr(value, part), depth)


def _tensor(look: Look, value: Any, depth: int) -> None:
    if not hasattr(value, "numpy"):
        raise Vague
    look.plain = False
    if hasattr(value, "assign"):
        look.objects.add(id(value))
    array = value.numpy()
    look.walk(array, depth)


def _layer(look: Look, value: Any, depth: int) -> None:
    """A layer, a model or an optimizer of Keras: its configuration, its variables and what may be trained."""
    look.plain = False
    parts = [value, *getattr(value, "_flatten_layers", lambda: [])()]
    look.objects.update(map(id, parts))
    look.say(json.dumps(value.get_config(), sort_keys=True, default=repr))
    look.say([getattr(part, "trainable", None) for part in parts])
    for variable in value.variables:
        look.objects.add(id(variable))
        look._hash.update(variable.numpy().tobytes())
    if hasattr(value, "stop_training"):
        look.say(value.stop_training, bool(getattr(value, "compiled", False)), str(getattr(value, "loss", None)))
    optimizer = getattr(value, "optimizer", None)
    if optimizer is not None:
        look.walk(optimizer, depth)
    if type(value).__module__ == "__main__":  # a class of the notebook's own keeps what it likes
        own = {name: part for name, part in vars(value).items() if not name.startswith("_") and name != "optimizer"}
        for name, part in (*vars(type(value)).items(), *own.items()):
            look.say(name)
            look.walk(part, depth)


def _compiled(look: Look, value: Any, depth: int) -> None:
    look.plain = False
    look.walk(value.python_function, depth)


def _picture(look: Look, value: Any, depth: int) -> None:
    """A figure, axes or what is drawn on them: nobody can look into it, but it changes nothing of what was drawn."""
    look.drawn = True
    look.plain = False


def _is_of(module: str, *names: str) -> Any:
    """A test for values of a library's classes, that does not import the library."""

    def test(value: Any) -> bool:
        library = sys.modules.get(module)
        return library is not None and isinstance(
            value, tuple(filter(None, (getattr(library, n, None) for n in names)))
        )

    return test


_METHODS = (types.MethodType, types.BuiltinFunctionType, types.MethodWrapperType)
_LOOKS: tuple[tuple[Any, Any], ...] = (
    (lambda v: isinstance(v, types.ModuleType), _module),
    (_is_of("matplotlib.artist", "Artist"), _picture),
    (lambda v: type(v).__module__.startswith("matplotlib."), _picture),
    (_is_of("course_utils.plot", "Unseen"), _picture),  # what stands for these where nobody looks at them
    (_is_of("numpy", "ndarray"), _array),
    (_is_of("numpy", "generic"), _number),
    (_is_of("numpy", "dtype", "ufunc"), lambda look, v, depth: look.say(repr(v))),
    (_is_of("numpy.random", "Generator", "RandomState"), _generator),
    (_is_of("pandas", "DataFrame", "Series"), _frame),
    (_is_of("pandas", "Index"), _index),
    (_is_of("scipy.sparse", "sparray", "spmatrix"), _sparse),
    (_is_of("keras", "Layer", "Optimizer"), _layer),
    (_is_of("keras.optimizers", "Optimizer"), _layer),
    (_is_of("tensorflow", "Tensor", "Variable"), _tensor),
    (lambda v: type(v).__module__.startswith("keras.src.backend") and hasattr(v, "assign"), _tensor),
    (lambda v: hasattr(type(v), "python_function") and hasattr(type(v), "get_concrete_function"), _compiled),
    (lambda v: isinstance(v, type), _class),
    (lambda v: isinstance(v, types.FunctionType), _function),
    (lambda v: isinstance(v, _METHODS), _method),
    (lambda v: isinstance(v, functools.partial), _partial),
    (lambda v: isinstance(v, property | staticmethod | classmethod), _wrapped),
    (lambda v: isinstance(v, list | tuple | deque), _list),
    (lambda v: isinstance(v, dict), _dict),
    (lambda v: isinstance(v, set | frozenset), _set),
    (lambda v: isinstance(v, int | float | complex | str | bytes), lambda look, v, depth: look.say(repr(v))),
    (lambda v: isinstance(v, slice), lambda look, v, depth: look.say(repr(v))),
    (lambda v: isinstance(v, types.GenericAlias | types.UnionType), lambda look, v, depth: look.say(repr(v))),
    (lambda v: isinstance(v, type(re.compile(""))), lambda look, v, depth: look.say(repr(v))),
)


def luck() -> str:
    """A digest of the random states that all cells share: Python's, NumPy's, TensorFlow's and Keras's."""
    look = Look([])
    look.walk(random.getstate(), 0)
    if "numpy" in sys.modules:
        look.walk(sys.modules["numpy"].random.get_state(legacy=False), 0)
    if "tensorflow" in sys.modules:
        context = sys.modules["tensorflow.python.eager.context"].context()
        look.say(context._seed, getattr(context, "_rng", None) and context._rng.getstate())
    if "keras" in sys.modules:
        state = sys.modules["keras.src.backend.common.global_state"]
        look.say(state.get_global_attribute("global_random_seed"))
        shared = state.get_global_attribute("global_seed_generator")
        look.say(shared is not None and shared.state.numpy().tolist())
    return look._hash.hexdigest()


def settings(home: str) -> dict[str, str]:
    """What cells can set for the whole process, by its name; of files those in the folder `home`."""
    found: dict[str, Any] = {
        "working folder": os.getcwd(),
        "environment": sorted(os.environ.items()),
        "sys.path": list(sys.path),
    }
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(home) for name in names]
    found["files"] = [(path, os.lstat(path).st_size, os.lstat(path).st_mtime_ns) for path in sorted(paths)]
    found["warnings"] = sys.modules["warnings"].filters if "warnings" in sys.modules else []
    found["recursion limit"] = sys.getrecursionlimit()
    if "matplotlib" in sys.modules:
        found["rcParams"] = dict(sys.modules["matplotlib"].rcParams)
    if "matplotlib.pyplot" in sys.modules:
        found["open figures"] = sys.modules["matplotlib.pyplot"].get_fignums()
    if "numpy" in sys.modules:
        found["NumPy"] = sys.modules["numpy"].get_printoptions(), sys.modules["numpy"].geterr()
    if "pandas" in sys.modules:
        found["pandas"] = sys.modules["pandas"]._config.config._global_config
    if "keras" in sys.modules:
        keras = sys.modules["keras"].config
        found["Keras"] = keras.floatx(), keras.epsilon(), keras.image_data_format(), keras.dtype_policy().name
    if "tensorflow" in sys.modules:
        threads = sys.modules["tensorflow"].config.threading
        found["threads"] = threads.get_inter_op_parallelism_threads(), threads.get_intra_op_parallelism_threads()
    return {name: repr(value) for name, value in found.items()}


class Before:
    """What was so when the last cell had run."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[int, str]] = {}
        self.luck, self.home = "", os.getcwd()
        self.settings: dict[str, str] = {}

    def tell(self, space: dict[str, Any]) -> None:
        """Print, as one line of JSON, what has changed since the last time."""
        looks = {name: Look(value) for name, value in list(space.items()) if not _HIDDEN.fullmatch(name)}
        values = {name: (id(space[name]), look.digest) for name, look in looks.items()}
        changed = [name for name in values.keys() | self.values.keys() if values.get(name) != self.values.get(name)]
        known = [name for name in sorted(changed) if name in looks]
        now, lucky = settings(self.home), luck()
        facts = {
            "changes": sorted(changed),
            "vague": [name for name in known if not looks[name].digest],
            "drawn": [name for name in known if looks[name].drawn],
            "inert": [name for name in known if looks[name].digest and not looks[name].objects],
            "plain": [name for name in known if looks[name].plain],
            "code": {name: sorted(looks[name].names) for name in known if looks[name].names},
            "shares": _shares(looks, set(known)),
            "sets": sorted(name for name in now if now[name] != self.settings.get(name)),
            "draws": lucky != self.luck,
        }
        self.values, self.luck, self.settings = values, lucky, now
        sys.stdout.write("\n@facts " + json.dumps(facts) + "\n")


def _shares(looks: dict[str, Look], changed: set[str]) -> list[list[str]]:
    """Names that lead to one object that can be changed, one of them a name that has changed."""
    by_object: dict[int, list[str]] = {}
    for name, look in looks.items():
        for one in look.objects:
            by_object.setdefault(one, []).append(name)
    groups = {tuple(sorted(names)) for names in by_object.values() if len(names) > 1 and changed & set(names)}
    return [list(group) for group in sorted(groups)]
