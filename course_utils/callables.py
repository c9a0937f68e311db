"""What a callable is called where it is defined, what code it runs first, and whether that code is a library's.

For whoever watches calls (`course_utils.watch`). Nothing of a learner's runs for any of this: an object may answer questions with
anything, or never.
"""

from __future__ import annotations

import functools
import inspect
import os
import site
import sys
import sysconfig
import types
from collections.abc import Iterator
from typing import Any

from course_utils.kinds import class_name, module_of
from course_utils.limits import MOST_WRAPPERS

#: How the names of modules are usually shortened.
ALIASES = {"np": "numpy", "tf": "tensorflow"}
_MADE_BY_CLASS_STATEMENT = 1 << 9  # Py_TPFLAGS_HEAPTYPE
_FOR_OTHERS = {"threading", "concurrent.futures.thread", "functools", "contextlib", "unittest.mock", "operator"}


def calls_for_others(frame: types.FrameType) -> bool:
    """Whether a frame is of a library's function whose work is to call what it was given."""
    name = frame.f_code.co_qualname
    return frame.f_globals.get("__name__") in _FOR_OTHERS or name.startswith("vectorize.") or name == "apply_along_axis"


def is_among(full: str, targets: frozenset[str]) -> bool:
    """Whether a full name is one of these, or of something in one of these."""
    return any(full == target or full.startswith(target + ".") for target in targets)


def full_names(name: str) -> frozenset[str]:
    """ "np.convolve" -> {"numpy.convolve", "numpy._core.numeric.convolve"}: how it may be called where it is defined."""
    head, dot, tail = name.partition(".")
    full = ALIASES.get(head, head) + dot + tail
    parts = full.split(".")
    for count in range(len(parts), 0, -1):
        if found := sys.modules.get(".".join(parts[:count])):
            for part in parts[count:]:
                found = getattr(found, part, None)
            return frozenset({full, *_defined_as(found)})
    return frozenset({full})


def _defined_as(thing: Any) -> Iterator[str]:
    if type(thing) is types.BuiltinFunctionType:
        yield name_of_builtin(thing)
    if isinstance(thing, type):
        for member in vars(thing).values():
            if isinstance(member, types.FunctionType):
                yield f"{member.__globals__.get('__name__')}.{thing.__qualname__}"
        yield f"{thing.__module__}.{thing.__qualname__}"
        return
    for code in codes_of(thing):
        if module := _module_of(thing):
            yield f"{module}.{code.co_qualname}"


def _module_of(thing: Any) -> str | None:
    for _ in range(MOST_WRAPPERS):
        if type(thing) is types.FunctionType:
            return thing.__globals__.get("__name__")
        thing = _wrapped(thing)
    return None


def as_learners_write(full: str, name: str) -> str:
    """A callable's name without a library's private parts: scipy.signal._signaltools.correlate2d -> scipy.signal.correlate2d.

    What a decorator put in a function's place has a name that says nothing: then it is the library alone.
    """
    if "." in name:
        return name
    parts = full.split(".")
    if "<locals>" in parts:
        parts = parts[:1]
    if parts[0] == "numpy":  # NumPy's own functions are preceded by one that looks at the arguments: _shape_dispatcher
        parts[-1] = parts[-1].removesuffix("_dispatcher").lstrip("_")
        return ".".join(["np", *parts[-1:]] if len(parts) > 1 else ["np"])
    return ".".join(part for part in parts if not part.startswith("_") and part != "src")


def class_called(full: str, callee: types.FrameType | None) -> str:
    """The class a library's special method was called for, or else `full`: `Conv2D(...)` begins in a method of its base Layer."""
    if callee is None:
        return full
    code = callee.f_code
    if not code.co_argcount or not code.co_name.startswith("__"):
        return full
    first: Any = callee.f_locals.get(code.co_varnames[0])
    kind = first if issubclass(type(first), type) else type(first)
    module = type.__dict__["__dict__"].__get__(kind).get("__module__")
    same = type(module) is str and module.partition(".")[0] == full.partition(".")[0]
    return f"{module}.{class_name(kind)}" if same else full


def name_of_builtin(function: Any) -> str:
    """The full name of a function in C: numpy.array, numpy.ndarray.sum, cv2.filter2D."""
    owner, name = getattr(function, "__self__", None), getattr(function, "__qualname__", "")
    if type(owner) is types.ModuleType:
        return f"{vars(owner).get('__name__')}.{name}"
    module = getattr(function, "__module__", None)
    if owner is not None and not isinstance(module, str):
        module = type.__dict__["__module__"].__get__(type(owner))  # whatever a learner's class says of itself
    return f"{module or _home_of(function)}.{name}"


def _home_of(function: Any) -> str | None:
    """Where a function lives that does not tell: OpenCV's do not."""
    module = sys.modules.get("cv2")
    return "cv2" if module and function in _functions_in(module) else None


@functools.cache
def _functions_in(module: types.ModuleType) -> frozenset:
    return frozenset(value for value in vars(module).values() if type(value) is types.BuiltinFunctionType)


def codes_of(thing: Any) -> list[types.CodeType]:
    """The code that a callable runs first: a function's, of what a partial or a decorator wraps, of a class's call."""
    found: list[types.CodeType] = []
    for _ in range(MOST_WRAPPERS):
        kind = type(thing)
        if kind is types.FunctionType:
            found.append(thing.__code__)
        elif kind is types.MethodType:
            thing = thing.__func__
            continue
        elif issubclass(kind, functools.partial):
            thing = functools.partial.func.__get__(thing)
            continue
        elif not issubclass(kind, type):
            call = inspect.getattr_static(kind, "__call__", None)
            found += [call.__code__] if type(call) is types.FunctionType else []
        inner = _wrapped(thing)
        if inner is None or inner is thing:
            break
        thing = inner
    return found


def _wrapped(thing: Any) -> Any:
    """What a decorated function wraps, or what NumPy's functions in C hand on to; None where there is no such thing."""
    try:
        inner = inspect.getattr_static(thing, "__wrapped__", None)
    except Exception:
        inner = None
    flags = type.__dict__["__flags__"].__get__(type(thing))
    numpys = module_of(type(thing)) == "numpy" and not flags & _MADE_BY_CLASS_STATEMENT
    return getattr(thing, "_implementation", None) if inner is None and numpys else inner


@functools.cache
def _libraries() -> tuple[str, ...]:
    """The folders of code that is nobody's answer, the course's own among them: in the sandbox `print` writes to the engine."""
    paths = sysconfig.get_paths()
    course = os.path.dirname(os.path.dirname(__file__))
    found = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    found += [*site.getsitepackages(), site.getusersitepackages()]
    found += [os.path.join(course, package) for package in ("course_utils", "autograder")]
    return tuple(sorted({form(path) + os.sep for path in found for form in (str, os.path.realpath)}))


#: The answers that exercises declare, right and wrong ones: proofs watch them as they would a learner's.
_DECLARED = os.path.join(os.path.dirname(os.path.dirname(__file__)), "autograder", "exercises", "")


def _is_of_library(file: str) -> bool:
    return file.startswith(_libraries()) and not file.startswith(_DECLARED)


def is_own(code: types.CodeType, namespace: dict) -> bool:
    """Whether code is a learner's: of a cell, of a file beside the notebook, made by either; or declared by an exercise."""
    name = code.co_filename
    if name.startswith("<frozen "):
        return False
    if name.startswith("<") and not name.startswith("<ipython-input"):  # made by exec: whose is told by where it runs
        file = getattr(sys.modules.get(str(namespace.get("__name__"))), "__file__", None)
        return not (isinstance(file, str) and _is_of_library(file))
    return not _is_of_library(name)
