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
from collections.abc import Iterator
from typing import Any

from course_utils.kinds import is_a


class Moment:
    """The notebook's names, those of modules in its folder, and the state of the process, as they are now.

    `main` is the module `__main__`; `folder` is where the files lie that were handed in.
    """

    def __init__(self, answer: Any, main: types.ModuleType, folder: str) -> None:
        spaces = {id(space): space for space in _namespaces(answer, main, folder)}
        self._bindings = [(space, dict(space)) for space in spaces.values()]
        self._main = main
        self._folders = [folder]
        with contextlib.suppress(OSError):  # the folder that it stands in is gone
            self._folders.insert(0, os.getcwd())
        self._path, self._environment = list(sys.path), dict(os.environ)
        self._depth = sys.getrecursionlimit()
        self._random = random.getstate()
        numpy = sys.modules.get("numpy")
        self._numpy = (numpy.random.get_state(legacy=False), numpy.geterr()) if numpy else None

    def put_back(self) -> None:
        """Make everything that was kept what it was."""
        sys.modules["__main__"] = self._main
        for space, bindings in self._bindings:
            _rebind(space, bindings)
        for folder in self._folders:
            with contextlib.suppress(OSError):  # it may be gone by now
                os.chdir(folder)
                break
        sys.path[:] = self._path
        if os.environ != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        with contextlib.suppress(RecursionError):
            sys.setrecursionlimit(self._depth)
        random.setstate(self._random)
        if self._numpy:
            numpy = sys.modules["numpy"]
            numpy.random.set_state(self._numpy[0])
            numpy.seterr(**self._numpy[1])


def _rebind(space: dict, bindings: dict) -> None:
    """Give names the values that they had. No name is missing in between: threads of the notebook may be at work."""
    for name in space.keys() - bindings.keys():
        space.pop(name, None)
    space.update(bindings)


def _namespaces(answer: Any, main: types.ModuleType, folder: str) -> Iterator[dict]:
    """The dicts in which an answer's global names are looked up, as far as the notebook can change them."""
    yield vars(main)
    while is_a(answer, functools.partial, types.MethodType):
        answer = answer.func if is_a(answer, functools.partial) else answer.__func__
    if is_a(answer, types.FunctionType):  # of `exec`, or of a script that was run
        yield answer.__globals__
    for module in list(sys.modules.values()):
        if isinstance(module, types.ModuleType):
            file = vars(module).get("__file__")
            if isinstance(file, str) and file.startswith(folder + os.sep):
                yield vars(module)
