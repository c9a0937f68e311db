"""nbgrader's gradebook without the rest of nbgrader: what every command of ours needs, and starts with.

`import nbgrader` imports its four server extensions, and with them a web server, nbconvert and every command: half a
second in which an instructor waits. The gradebook needs none of that. So the package is there at first without its
`__init__` having run; that runs when something else of it is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any


def _import_below(package: str, name: str) -> Any:
    """The module `package.name`; the package's own `__init__` is put off until an attribute of it is asked for."""
    spec = importlib.util.find_spec(package)
    if package in sys.modules or spec is None:
        return importlib.import_module(f"{package}.{name}")
    module = sys.modules[package] = importlib.util.module_from_spec(spec)
    importing = True

    def __getattr__(attribute: str) -> Any:
        if importing:  # `from . import utils` asks before it imports
            raise AttributeError(attribute)
        del module.__getattr__
        spec.loader.exec_module(module)
        return getattr(module, attribute)

    module.__getattr__ = __getattr__
    try:
        return importlib.import_module(f"{package}.{name}")
    finally:
        importing = False


_api = _import_below("nbgrader", "api")
Gradebook, MissingEntry = _api.Gradebook, _api.MissingEntry
compute_checksum = _api.utils.compute_checksum

__all__ = ["Gradebook", "MissingEntry", "compute_checksum"]
