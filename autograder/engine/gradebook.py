"""nbgrader's gradebook without the rest of nbgrader: what every command of ours needs, and starts with.

`import nbgrader` imports its four server extensions, and with them a web server, nbconvert and every command: half a
second in which an instructor waits. The gradebook needs none of that. So the package is there at first without its
`__init__` having run; that runs as soon as something else of the package is asked for, and before it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class _AlreadyLoaded(Loader):
    """Gives an import that was under way the module that came into being meanwhile."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class _PutOff(MetaPathFinder):
    """A package whose `__init__` is still to run: when an attribute or another module of it is asked for."""

    def __init__(self, spec: ModuleSpec) -> None:
        self._spec = spec
        self._module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)

    def watch(self) -> None:
        """From now on, run it when it is needed."""
        self._module.__getattr__ = self._attribute
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Asked for each module that is not loaded yet."""
        if not name.startswith(f"{self._spec.name}."):
            return None
        self._run()
        loaded = sys.modules.pop(name, None)  # it is put back by the import; left there it would be loaded once more
        return ModuleSpec(name, _AlreadyLoaded(loaded)) if loaded else None

    def _attribute(self, name: str) -> Any:
        self._run()
        return getattr(self._module, name)

    def _run(self) -> None:
        sys.meta_path.remove(self)
        del self._module.__getattr__
        self._spec.loader.exec_module(self._module)


def _import_below(package: str, name: str) -> Any:
    """The module `package.name`; the package's own `__init__` is put off until it is needed."""
    spec = importlib.util.find_spec(package) if package not in sys.modules else None
    if spec is None:
        return importlib.import_module(f"{package}.{name}")
    put_off = _PutOff(spec)
    module = importlib.import_module(f"{package}.{name}")
    put_off.watch()
    return module


_api = _import_below("nbgrader", "api")
Gradebook, MissingEntry = _api.Gradebook, _api.MissingEntry
compute_checksum = _api.utils.compute_checksum

__all__ = ["Gradebook", "MissingEntry", "compute_checksum"]
