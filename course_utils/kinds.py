"""What an object is, without asking it: a learner's class may lie about itself, raise, or never answer.

`isinstance` asks an object for its `__class__`, and a class's name, bases and hash may be its metaclass's own. What is here looks
at the true type alone, so that nothing of a learner's runs.
"""

from __future__ import annotations

import types
from typing import Any

from course_utils.limits import MAX_NAME

_mro = type.__dict__["__mro__"].__get__
_name = type.__dict__["__name__"].__get__


class TimeUp(BaseException):
    """Raised inside an answer that ran out of time; not an Exception, so that `except Exception` lets it through."""


def is_a(value: Any, *kinds: type) -> bool:
    """Whether the true type of `value` is one of these classes or derived from one."""
    return any(type.__subclasscheck__(kind, type(value)) for kind in kinds)


def lineage(value: Any) -> tuple[type, ...]:
    """The true type of `value` and all that it is derived from, nearest first."""
    return _mro(type(value))


def class_name(kind: type) -> str:
    """The name that a class was given, cut at MAX_NAME."""
    return readable(_name(kind))[:MAX_NAME]


def module_of(kind: type) -> str:
    """The first part of the name of the module that a class says it is from: "numpy"; "" where it says nothing."""
    name = type.__dict__["__dict__"].__get__(kind).get("__module__")
    return name.partition(".")[0] if type(name) is str else ""


def callable_name(value: Any) -> str:
    """The name of a function, a method of Python's own making, a class or a module; "" for anything else."""
    if is_a(value, types.MethodType):
        value = value.__func__
    if is_a(value, types.FunctionType, types.BuiltinFunctionType):
        name = value.__name__
    elif is_a(value, type):
        name = _name(value)
    elif is_a(value, types.ModuleType):
        name = vars(types.ModuleType)["__dict__"].__get__(value).get("__name__")
    else:
        return ""
    return readable(str.__str__(name))[:MAX_NAME] if is_a(name, str) else ""


def readable(text: str) -> str:
    r"""Text that can be written anywhere: a lone surrogate, which no file takes, as its number ("\ud800")."""
    return str.__str__(text).encode("utf-8", "backslashreplace").decode()
