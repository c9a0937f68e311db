"""Notebooks run beside one another; one whose time ran out by the clock is run once more while no other one does."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any


class Gate:
    """Shared by the threads of one grading: many pass at a time, or one alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside, self._waiting, self._alone = 0, 0, False

    def beside(self, run: Callable) -> Callable:
        """`run` as one of many."""
        return self._held(self._many, run)

    def alone(self, run: Callable) -> Callable:
        """`run` as the only one: it waits until the others have ended, and those that come wait for it."""
        return self._held(self._one, run)

    @staticmethod
    def _held(enter: Callable, run: Callable) -> Callable:
        def held(*job: Any) -> Any:
            with enter():
                return run(*job)

        return held

    @contextlib.contextmanager
    def _many(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._alone and not self._waiting)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def _one(self) -> Iterator[None]:
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: not self._alone and not self._inside)
            self._waiting -= 1
            self._alone = True
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
