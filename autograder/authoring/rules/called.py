"""Which names `forbid_calls` can see called, and why not the others: `course_utils.watch` would pass over them in silence."""

from __future__ import annotations

import builtins
import difflib
import importlib
import importlib.util
import sys
import types
from typing import Any

import numpy as np

from autograder.authoring.light import HEAVY
from autograder.exercise import OTHER_LIBRARIES
from course_utils.callables import ALIASES, codes_of

#: Types whose methods a bare name may mean.
_TYPES = (list, dict, set, str, tuple, bytes)


def why_not(name: str, defined: set[str]) -> str:
    """Why `forbid_calls(name)` would see nothing, and what to write instead; "" where it sees. `defined`: what the lesson defines."""
    head, dot, rest = name.partition(".")
    if not name or not all(part.isidentifier() for part in name.split(".")):
        return 'it takes names as they are written in code: "cv2", "np.convolve", "builtins.sorted"'
    if not dot and name in defined:
        return ""
    if not dot and hasattr(builtins, name):
        return (
            _why_no_object(getattr(builtins, name), f"builtins.{name}")
            or f'a builtin is named with its module: "builtins.{name}"'
        )
    module = ALIASES.get(head, head)
    if module in OTHER_LIBRARIES and (not dot or not _is_installed(module) or module in HEAVY):
        return ""
    if not _is_installed(module):
        return _why_nothing(name, head, rest, defined)
    if not dot or module in HEAVY:  # whose parts cannot be looked at without importing it
        return ""
    thing: Any = importlib.import_module(module)
    for part in rest.split("."):
        before = thing
        thing = getattr(before, part, None)
        if thing is None and isinstance(before, types.ModuleType):
            thing = _submodule(f"{before.__name__}.{part}")
        if thing is None:
            near = difflib.get_close_matches(part, dir(before), 1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            return f"{getattr(before, '__name__', before)} has no {part!r}{meant}"
    return _why_no_object(thing, name)


def _is_installed(module: str) -> bool:
    try:
        return module in sys.modules or importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _submodule(name: str) -> types.ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _why_nothing(name: str, head: str, rest: str, defined: set[str]) -> str:
    """Why a name that belongs to no module is none."""
    methods = [f'"builtins.{kind.__name__}.{name}"' for kind in _TYPES if hasattr(kind, name)]
    methods += [f'"np.ndarray.{name}"'] if hasattr(np.ndarray, name) else []
    if not rest and methods:
        return f"a method is named with its class: {' or '.join(methods[:3])}"
    if rest and hasattr(builtins, head) and isinstance(getattr(builtins, head), type):
        return f'a method of a builtin class is named with its module: "builtins.{name}"'
    known = [*OTHER_LIBRARIES, *sys.stdlib_module_names, *ALIASES, "numpy", "matplotlib", *defined]
    near = difflib.get_close_matches(head, known, 1)
    meant = f"; did you mean {near[0]!r}?" if near else ""
    return f"no module called {head!r} is installed, and the lesson defines no function of this name{meant}"


def _why_no_object(thing: Any, name: str) -> str:
    """Why a call of this object leaves no trace; "" where it leaves one."""
    if isinstance(thing, types.ModuleType):
        return ""
    if not callable(thing):
        return f"{name} is not called: it is of type {type(thing).__name__}"
    if isinstance(thing, type):
        begins = [vars(one).get(special) for one in thing.__mro__[:-1] for special in ("__init__", "__new__")]
        if any(isinstance(one, types.FunctionType | staticmethod) for one in begins):
            return ""
        return f"{name} is a type made in C, and a call of it leaves no trace; say it in the text, and judge the answer's value"
    if isinstance(thing, types.BuiltinFunctionType | types.MethodDescriptorType) or codes_of(thing):
        return ""
    return f"{name} is of type {type(thing).__name__}, and a call of it leaves no trace; say it in the text, and judge the answer's value"
