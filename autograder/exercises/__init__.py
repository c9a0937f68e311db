"""The exercises, a module per unit (`unit_02_convolution_and_pooling` declares those of that lesson)."""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import Path

from autograder.exercise import Exercise

FOLDER = Path(__file__).parent


def units() -> list[str]:
    """The units that have exercises, in order: ["01_containers_and_arrays", ...]."""
    return sorted(path.stem.removeprefix("unit_") for path in FOLDER.glob("unit_*.py"))


def find_unit(text: str) -> str:
    """The unit that `text` means: its full name or the beginning of it, such as "02". Raises LookupError otherwise."""
    found = [unit for unit in units() if unit == text] or [unit for unit in units() if unit.startswith(text)]
    if len(found) != 1:
        what = "several units" if found else "no unit"
        raise LookupError(f"{what} called {text!r}; there are: {', '.join(units())}")
    return found[0]


@lru_cache
def load_exercises(unit: str) -> dict[str, Exercise]:
    """The exercises of a unit by id, in the order of their declarations."""
    module = importlib.import_module(f"autograder.exercises.unit_{unit}")
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    ids = [exercise.id for exercise in found]
    if repeated := {id for id in ids if ids.count(id) > 1}:
        raise ValueError(f"unit {unit} declares {', '.join(sorted(repeated))} more than once")
    return {exercise.id: exercise for exercise in found}
