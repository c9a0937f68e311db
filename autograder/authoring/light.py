"""Without the libraries that take seconds to import: an author who asks what is wrong does not wait for them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from typing import Any

HEAVY = ("tensorflow", "keras", "torch", "jax")


class TooHeavy(Exception):
    """What was about to be run needs a library that takes seconds to import."""


class _Refuses(MetaPathFinder):
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Refuse the import of a heavy library, and leave every other to those whose work it is."""
        if name.partition(".")[0] in HEAVY:
            raise TooHeavy(name)


@contextlib.contextmanager
def without_heavy_libraries() -> Iterator[None]:
    """Within, the import of a heavy library that is not there yet raises TooHeavy."""
    refuses = _Refuses()
    sys.meta_path.insert(0, refuses)
    try:
        yield
    finally:
        sys.meta_path.remove(refuses)
