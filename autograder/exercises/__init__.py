"""The course's exercises, a folder per unit (`unit_02_convolution_and_pooling` declares those of that lesson), a file per exercise.

unit_NN_slug/__init__.py             EXERCISES: the ids, in the order of the lesson; CONTEST, where the class is ranked
unit_NN_slug/shared.py               what several exercises of the unit use
unit_NN_slug/<id>.py                 one exercise: what is asked, oracle, examples, hidden, mistakes
unit_NN_slug/practice.py             a function for each exercise that can be practised: id(rng) yields probe(...)
unit_NN_slug/right_answers/<id>.py   every function there is a right answer to it, but those whose names begin with _
"""

from __future__ import annotations

import importlib
import inspect
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from autograder.course import EXERCISES, LESSONS
from autograder.declaring import BadExercise, shown
from autograder.exercise import Exercise
from course_utils.refused import Refused

FOLDER = EXERCISES
__path__ = [str(FOLDER)]  # its modules are those of the course, wherever this package lies


def units() -> list[str]:
    """The units that have exercises, in order: ["01_containers_and_arrays", ...]."""
    return sorted(path.parent.name.removeprefix("unit_") for path in FOLDER.glob("unit_*/__init__.py"))


def all_units() -> list[str]:
    """The units, in order: with those that were imported, whose notebooks may have tests of nbgrader's kind alone."""
    return sorted({*units(), *(path.stem for path in LESSONS.glob("[0-9][0-9]_*.py"))})


def find_unit(text: str) -> str:
    """The unit that `text` means: its full name or the beginning of it, such as "02". Raises Refused otherwise."""
    known = all_units()
    found = [unit for unit in known if unit == text] or [unit for unit in known if unit.startswith(text)]
    if len(found) != 1:
        what = "several units" if found else "no unit"
        raise Refused(f"{what} called {text!r}; there are: {', '.join(known)}")
    return found[0]


def unit_folder(unit: str) -> Path:
    """Where the exercises of a unit are declared."""
    return FOLDER / f"unit_{unit}"


def unit_sources(unit: str) -> list[Path]:
    """Every file by which a unit's exercises are declared, right answers included."""
    return sorted(unit_folder(unit).rglob("*.py"))


@lru_cache
def load_exercises(unit: str) -> dict[str, Exercise]:
    """The exercises of a unit by id, in the order of its EXERCISES; {} of an imported unit that declares none.

    Raises BadExercise for a slip in a declaration.
    """
    if unit not in units() and unit in all_units():
        return {}
    ids, listing = exercise_ids(unit), shown(unit_folder(unit) / "__init__.py")
    beside = {path.stem for path in unit_folder(unit).glob("*.py")} - {"__init__", "shared", "practice"}
    problems = []
    if repeated := {id for id in ids if ids.count(id) > 1}:
        problems.append(f"{listing}:1: EXERCISES has {', '.join(sorted(repeated))} more than once")
    if unlisted := beside - set(ids):
        problems.append(f"{listing}:1: EXERCISES does not list {', '.join(sorted(unlisted))}")
    found: dict[str, Exercise] = {}
    drawn: dict[str, Callable] = {}
    for id in dict.fromkeys([*ids, *sorted(unlisted)]):
        try:
            found[id] = _load(unit, id)
        except BadExercise as error:
            problems += error.problems
    if (unit_folder(unit) / "practice.py").exists():
        try:
            drawn = _functions_of(_imported(unit, "practice"))
        except BadExercise as error:
            problems += error.problems
    if unknown := set(drawn) - set(ids):
        place = shown(unit_folder(unit) / "practice.py")
        problems.append(f"{place}:1: {', '.join(sorted(unknown))}: no exercise is called so")
    if problems:
        raise BadExercise(*dict.fromkeys(problems))
    return {id: replace(one, practice=drawn.get(id)) for id, one in found.items()}


def exercise_ids(unit: str) -> list[str]:
    """What a unit's EXERCISES lists. Raises BadExercise where that is no list of names."""
    ids = getattr(_imported(unit), "EXERCISES", [])
    if not isinstance(ids, list | tuple) or not all(isinstance(id, str) for id in ids):
        place = shown(unit_folder(unit) / "__init__.py")
        raise BadExercise(f'{place}:1: EXERCISES is {ids!r}; it is a list of ids: EXERCISES = ["moving_average"]')
    return list(ids)


def contests() -> dict[str, tuple[str, str]]:
    """Unit -> the exercise whose saved models are ranked and the one shown beside, of the units whose CONTEST names them."""
    declared = {unit: getattr(_imported(unit), "CONTEST", None) for unit in units()}
    return {unit: pair for unit, pair in declared.items() if pair}


def _load(unit: str, id: str) -> Exercise:
    """An exercise with the right answers beside it."""
    path = unit_folder(unit) / f"{id}.py"
    if not path.exists():
        raise BadExercise(f"{shown(path)}:1: there is no such file, and EXERCISES lists {id!r}")
    declared = [
        value
        for value in vars(_imported(unit, id)).values()
        if isinstance(value, Exercise) and Path(value.file) == path
    ]
    if [exercise.id for exercise in declared] != [id]:
        found = ", ".join(repr(exercise.id) for exercise in declared) or "none"
        raise BadExercise(f"{shown(path)}:1: it is to declare one exercise, {id!r}, and declares {found}")
    right = declared[0].right_answers
    if (path.parent / "right_answers" / path.name).exists():
        right = {**right, **_functions_of(_imported(unit, f"right_answers.{id}"))}
    return replace(declared[0], right_answers=right)


def _functions_of(module: ModuleType) -> dict[str, Callable]:
    """The functions that a module defines, in order, but those whose names begin with _."""
    own = {name: value for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__}
    return {
        name: value
        for name, value in own.items()
        if callable(value) and not inspect.isclass(value) and not name.startswith("_")
    }


def _imported(unit: str, name: str = "") -> ModuleType:
    """A module of a unit. Raises BadExercise, naming file and line, for a slip in what is declared there."""
    folder = unit_folder(unit)
    try:
        return importlib.import_module(".".join(filter(None, [f"autograder.exercises.unit_{unit}", name])))
    except SyntaxError as error:
        raise BadExercise(f"{shown(error.filename or folder)}:{error.lineno}: {error.msg}") from None
    except BadExercise:
        raise
    except Exception as error:  # whatever an author's declaration does when it is read
        frames = traceback.extract_tb(error.__traceback__)
        places = [
            f"{shown(frame.filename)}:{frame.lineno}" for frame in frames if Path(frame.filename).is_relative_to(folder)
        ]
        raise BadExercise(f"{(places or [f'{shown(folder)}:1'])[-1]}: {type(error).__name__}: {error}") from error
