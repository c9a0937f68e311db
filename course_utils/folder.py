"""The working directory, held as what it is and not by its path.

Asking for a path takes the square of its depth where a system cannot tell it at once: seconds, in which nothing can be
interrupted, for a learner's three thousand folders within one another.
"""

from __future__ import annotations

import contextlib
import os

_BY_DESCRIPTOR = os.chdir in os.supports_fd
_FLAGS = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)


class WorkingFolder:
    """The working directory as it is now; it may be gone already. A context manager."""

    def __init__(self) -> None:
        self._mark, self._place = _mark(), None
        with contextlib.suppress(OSError):  # it is gone
            self._place = os.open(".", _FLAGS) if _BY_DESCRIPTOR else os.getcwd()

    def __enter__(self) -> WorkingFolder:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def is_left(self) -> bool:
        """Whether another one is the working directory now, or this one is gone since."""
        return _mark() != self._mark

    def go_back(self) -> bool:
        """Make it the working directory again; whether that could be done."""
        if self._place is None:
            return False
        with contextlib.suppress(OSError):
            if not _is_gone(os.stat(self._place)):
                os.chdir(self._place)
                return True
        return False

    def close(self) -> None:
        """Let go of it."""
        if isinstance(self._place, int):
            with contextlib.suppress(OSError):  # a learner's code closed everything
                os.close(self._place)
        self._place = None


def _mark() -> tuple | None:
    """What tells the working directory from others; None where there is none."""
    try:
        facts = os.stat(".")
    except OSError:
        return None
    return None if _is_gone(facts) else (facts.st_dev, facts.st_ino)


def _is_gone(facts: os.stat_result) -> bool:
    """Whether a directory was removed while somebody stood in it."""
    return facts.st_nlink == 0
