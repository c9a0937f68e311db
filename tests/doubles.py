"""What stands in for the slow and the dangerous in tests: a warm process that runs nothing, packs that no exercise made, a trap.

And what several folders of tests do alike: draw grids, wait until something is so.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograder.engine import coordinator
from autograder.engine.run.runner import Result
from course_utils.describe import decode, describe

SETTINGS = {
    **{"kind": "function", "time_limit": 5.0, "rtol": 1e-6, "atol": 0.0, "dtype": "kind", "fresh": False},
    "all_or_nothing": False,
}


class NoProcess:
    """Has a warm process's `run`, and runs nothing: a subclass says what the answers of a notebook give."""

    def run(self, cells: list[str], hidden: dict, limits: Any, files: dict) -> Result:
        """One notebook."""
        given = self.answers(cells, hidden, files)
        return Result({index: [] for index in range(len(cells))}, given, [each["answer"] for each in given], cpu=0.01)

    def answers(self, cells: list[str], hidden: dict, files: dict) -> list[dict]:
        """What leaves the notebook, an answer each."""
        raise NotImplementedError

    def kill(self) -> None:
        """Nothing runs."""

    stop = kill


def returned(value: Any) -> dict:
    """An observation of a call that returned a value."""
    return {"outcome": "returned", "value": describe(value)}


def make_pack(
    id: str, unit: str, inputs: Iterable[Any], expected: list[dict], points: float = 2.0, **others: Any
) -> dict:
    """A hidden pack of an exercise with one parameter, called once with each input."""
    return {
        **{"id": id, "unit": unit, "points": points, "objective": "double a number", "settings": SETTINGS, "rules": []},
        **{"parameters": ["x"], "probes": [{"args": [describe(x)], "kwargs": {}} for x in inputs]},
        **{"expected": expected, "mistakes": []},
        **others,
    }


def packs_of(raw: dict[str, dict]) -> coordinator.Packs:
    """A unit's packs as the coordinator reads them from their files."""
    digest = hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
    return coordinator.Packs(raw, {id: decode(pack) for id, pack in raw.items()}, digest)


class Trap:
    """Unpickling this creates a folder, so that a test can see that it happened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def grids(lowest: int, highest: int) -> st.SearchStrategy[np.ndarray]:
    """Small arrays of whole numbers, (H, W), whose sides lie between these."""
    sides, seeds = st.integers(lowest, highest), st.integers(0, 2**32 - 1)
    return st.builds(lambda *shape, seed: np.random.default_rng(seed).integers(-9, 10, shape), sides, sides, seed=seeds)


def wait_for(what: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Look until `what()` is true; return it."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.005)
    return found


def processor_time(action: Callable[[], Any]) -> float:
    """Seconds of the processor that `action()` takes, without Python's garbage collection.

    That goes through all objects now and then, the tests' own among them: beside a large library it takes half a second.
    """
    gc.disable()
    began = time.process_time()
    try:
        action()
        return time.process_time() - began
    finally:
        gc.enable()
