"""The exercises, a module per unit (`unit_02_convolution_and_pooling` declares those of that lesson)."""

from __future__ import annotations

import importlib
import traceback
from functools import lru_cache
from pathlib import Path

from autograder.exercise import BadExercise, Exercise
from course_utils.refused import Refused

FOLDER = Path(__file__).parent


def units() -> list[str]:
    """The units that have exercises, in order: ["01_containers_and_arrays", ...]."""
    return sorted(path.stem.removeprefix("unit_") for path in FOLDER.glob("unit_*.py"))


def find_unit(text: str) -> str:
    """The unit that `text` means: its full name or the beginning of it, such as "02". Raises Refused otherwise."""
    found = [unit for unit in units() if unit == text] or [unit for unit in units() if unit.startswith(text)]
    if len(found) != 1:
        what = "several units" if found else "no unit"
        raise Refused(f"{what} called {text!r}; there are: {', '.join(units())}")
    return found[0]


@lru_cache
def load_exercises(unit: str) -> dict[str, Exercise]:
    """The exercises of a unit by id, in the order of their declarations."""
    try:
        module = importlib.import_module(f"autograder.exercises.unit_{unit}")
    except SyntaxError as error:
        raise BadExercise(f"{error.filename}:{error.lineno}: {error.msg}") from None
    except (TypeError, ValueError, NameError, AttributeError) as error:  # a slip in a declaration
        frames = traceback.extract_tb(error.__traceback__)
        line = next((frame.lineno for frame in reversed(frames) if frame.filename.endswith(f"unit_{unit}.py")), 1)
        raise BadExercise(f"{FOLDER / f'unit_{unit}.py'}:{line}: {type(error).__name__}: {error}") from error
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    ids = [exercise.id for exercise in found]
    if repeated := {id for id in ids if ids.count(id) > 1}:
        raise BadExercise(f"{module.__file__}:1: declares {', '.join(sorted(repeated))} more than once")
    return {exercise.id: exercise for exercise in found}
