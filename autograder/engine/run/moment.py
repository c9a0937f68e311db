"""What an answer finds around it, kept when its test cell runs, and put back before it is called on the hidden probes.

Between the two the rest of the notebook runs: it may give a helper's name to something else, draw random numbers, or go to
another folder. In JupyterLab the answer is called at its test cell, and knows nothing of that. Only bindings are put back,
into the namespaces that were there: functions and classes stay the objects that they are, and so can be pickled.
"""

from __future__ import annotations

import contextlib
import functools
import os
import random
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from course_utils.folder import WorkingFolder

PutBack = Callable[[], object]


class Moment:
    """The notebook's names, those of modules in its folder, and the state of the process, as they are now.

    `main` is the module `__main__`; `folder` is where the files lie that were handed in. A part that cannot be kept or put
    back, because the notebook has replaced what keeps it, is left as it is: the answer is called in any case.
    """

    def __init__(self, answer: Any, main: types.ModuleType, folder: str) -> None:
        self._parts: list[PutBack] = []
        names = functools.partial(_names, answer, main, folder)
        for keep in (names, functools.partial(_folder, folder), _path, _environment, _depth, _luck, _numpy):
            with contextlib.suppress(Exception):
                self._parts.append(keep())

    def put_back(self) -> None:
        """Make everything that was kept what it was."""
        for put_back in self._parts:
            with contextlib.suppress(Exception):
                put_back()


def _names(answer: Any, main: types.ModuleType, folder: str) -> PutBack:
    spaces = {id(space): space for space in _namespaces(answer, main, folder)}
    kept = [(space, dict(space)) for space in spaces.values()]

    def put_back() -> None:
        sys.modules["__main__"] = main
        for space, bindings in kept:
            _rebind(space, bindings)

    return put_back


def _rebind(space: dict, bindings: dict) -> None:
    """Give names the values that they had. No name is missing in between: threads of the notebook may be at work."""
    for name in space.keys() - bindings.keys():
        space.pop(name, None)
    space.update(bindings)


def _namespaces(answer: Any, main: types.ModuleType, folder: str) -> Iterator[dict]:
    """The dicts in which an answer's global names are looked up, as far as the notebook can change them."""
    yield vars(main)
    while isinstance(answer, functools.partial | types.MethodType):
        answer = answer.func if isinstance(answer, functools.partial) else answer.__func__
    if isinstance(answer, types.FunctionType):  # of `exec`, or of a script that was run
        yield answer.__globals__
    for module in list(sys.modules.values()):
        if isinstance(module, types.ModuleType):
            file = vars(module).get("__file__")
            if isinstance(file, str) and file.startswith(folder + os.sep):
                yield vars(module)


def _folder(folder: str) -> PutBack:
    here = WorkingFolder()

    def put_back() -> None:
        if not here.go_back():  # it is gone
            os.chdir(folder)

    return put_back


def _path() -> PutBack:
    kept = list(sys.path)
    return lambda: sys.path.__setitem__(slice(None), kept)


def _environment() -> PutBack:
    kept = dict(os.environ)

    def put_back() -> None:
        if os.environ != kept:
            os.environ.clear()
            os.environ.update(kept)

    return put_back


def _depth() -> PutBack:
    return functools.partial(sys.setrecursionlimit, sys.getrecursionlimit())


def _luck() -> PutBack:
    return functools.partial(random.setstate, random.getstate())


def _numpy() -> PutBack:
    numpy = sys.modules["numpy"]
    state, errors = numpy.random.get_state(legacy=False), numpy.geterr()

    def put_back() -> None:
        numpy.random.set_state(state)
        numpy.seterr(**errors)

    return put_back
