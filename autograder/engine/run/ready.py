"""What a warm parent has ready before it forks: modules imported and data sets read, once for a class in place of once a notebook.

It is named by words, which travel to the process and to other machines: `scipy.signal` is imported; `later:keras` is imported when
a notebook comes that imports it, for only some do; `data:newsgroups` is a loader of `course_utils.data`, whose set is read.
None of it may start a thread, or run an operation of TensorFlow: the warm parent asserts it.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import re
from collections.abc import Collection, Iterable, Sequence

LATER, DATA = "later:", "data:"

_IMPORTED = re.compile(r"^\s*(?:import|from)\s+([A-Za-z_]\w*)", re.MULTILINE)


def ready_for(modules: Iterable[str], some: Collection[str] | None, loaders: Iterable[str]) -> tuple[str, ...]:
    """The words for `modules`, of which all notebooks need `some` (None: all of them), and for the data sets of `loaders`."""
    words = [name if some is None or name in some else LATER + name for name in modules]
    return (*words, *(DATA + name for name in loaders))


def modules_of(words: Iterable[str]) -> list[str]:
    """The modules that words name, those for later among them."""
    return [word.removeprefix(LATER) for word in words if not word.startswith(DATA)]


def loaders_in(sources: Iterable[str]) -> tuple[str, ...]:
    """The loaders of `course_utils.data` that cells call without arguments or with those that make no other set of it."""
    from course_utils import data

    found: dict[str, None] = {}
    for source in sources:
        with contextlib.suppress(SyntaxError):  # an IPython magic
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "data":
                    found |= dict.fromkeys([node.attr] * data.can_read_ahead(node.attr))
    return tuple(found)


def imported_by(sources: Iterable[str]) -> tuple[str, ...]:
    """The packages that sources import, as far as a look at their lines tells; it takes no millisecond for a notebook."""
    return tuple(sorted({name for source in sources for name in _IMPORTED.findall(source)}))


class Ready:
    """What one process has ready, and takes up when a notebook needs it."""

    def __init__(self, words: Sequence[str]) -> None:
        self._later = [word.removeprefix(LATER) for word in words if word.startswith(LATER)]
        self._take_up(word for word in words if not word.startswith(LATER))

    def take_up(self, packages: Collection[str]) -> None:
        """Import what was left for later of these packages. Nothing else is imported, whatever is asked for."""
        asked = [name for name in self._later if name.partition(".")[0] in packages]
        if asked:
            self._later = [name for name in self._later if name not in asked]
            self._take_up(asked)

    def _take_up(self, words: Iterable[str]) -> None:
        gc.disable()  # an import makes many objects and no garbage
        for word in words:
            if word.startswith(DATA):
                _read(word.removeprefix(DATA))
            else:
                _import(word)
        gc.freeze()  # a collection in a child would visit, and so copy, all that was imported: 0.2 s a notebook
        gc.enable()


def _import(name: str) -> None:
    """Import a module, or the module in which a name is: what `from ... import` takes may be either, and may be loaded late.

    Where there is none the notebook that needs it will say so itself.
    """
    try:
        importlib.import_module(name)
    except ImportError:
        module, _, part = name.rpartition(".")
        with contextlib.suppress(ImportError):
            getattr(importlib.import_module(module or name), part, None)


def _read(loader: str) -> None:
    """Read a data set that lies on this disk; a notebook that needs it and finds that it cannot be had says so itself."""
    from course_utils import data

    with contextlib.suppress(Exception):
        data.read_ahead(loader)
