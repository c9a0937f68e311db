"""Refuse to release what is stale: a notebook or an example pack that is not what its lesson and its exercises say."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring import build, built_from
from autograder.authoring.banks import bank_probes
from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.authoring.questions import questions_of
from autograder.course import ROOT
from autograder.exercise import Exercise, Probe
from autograder.exercises import load_exercises
from course_utils.describe import encode
from course_utils.edition.contents import EditionError
from course_utils.packs import EXAMPLES
from course_utils.recall import catalogue
from course_utils.values import describe_argument


def require_current(unit: str) -> None:
    """Raise EditionError when the unit's notebook or packs are stale, BadLesson when they would show a solution."""
    lesson, exercises = read_lesson(lesson_path(unit)), load_exercises(unit)
    remedy = f"run `autograder build {unit[:2]}`, then release"
    solution = build.solution_path(unit)
    if not solution.is_file() or built_from.record_of(unit).lesson != built_from.lesson_digest(lesson.path):
        raise EditionError(f"lessons/{unit}.py is newer than its notebook: {remedy}")
    stored = nbformat.read(solution, as_version=4)
    if _facts(stored) != _facts(build.make_solution(lesson, exercises)):
        raise EditionError(f"solutions/{unit} is not what its lesson and exercises say: {remedy}")
    notebook = build.notebook_path(unit)
    if not notebook.is_file():
        raise EditionError(f"notebooks/{unit} is not built: {remedy}")
    released = nbformat.read(notebook, as_version=4)
    if _sources(released) != _sources(as_released(stored)):
        raise EditionError(f"notebooks/{unit} is not what nbgrader makes of its solution: {remedy}")
    build.require_no_leak(lesson, released)
    for id, exercise in exercises.items():
        if not _is_current(EXAMPLES / unit / f"{id}.json", exercise, exercise.examples):
            raise EditionError(f"the examples of {id!r} in unit {unit} are not those of its exercise: {remedy}")
        asked = bank_probes(exercise)
        if asked and not _is_current(catalogue.BANKS / unit / f"{id}.json", replace(exercise, rules=[]), asked):
            raise EditionError(f"the bank of {id!r} in unit {unit} is not what its practice draws: {remedy}")
    if catalogue.read_questions(unit) != questions_of(lesson):
        raise EditionError(f"the questions of unit {unit} are not those of its lesson: {remedy}")


def _facts(notebook: NotebookNode) -> list:
    return [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


def _sources(notebook: NotebookNode) -> list:
    return [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells]


def as_released(solution: NotebookNode) -> NotebookNode:
    """A solution without its solutions, hidden tests and schemes of marking, by nbgrader's own steps and this course's settings."""
    notebook = copy.deepcopy(solution)
    for step in _steps():
        notebook, _ = step.preprocess(notebook, {})
    return notebook


@cache
def _steps() -> list:
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
    from traitlets.config import PyFileConfigLoader

    settings = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
    return [step(config=settings) for step in (ClearSolutions, ClearHiddenTests, ClearMarkScheme)]


def _is_current(path: Path, exercise: Exercise, asked: list[Probe]) -> bool:
    """Whether a pack asks these probes, as its exercise does, and hints as it does. What the oracle says is not computed again.

    A bank has the hints alone of the mistakes that are wrong on it.
    """
    if not path.is_file():
        return False
    pack = json.loads(path.read_text(encoding="utf-8"))
    probes = [
        {
            "args": [describe_argument(argument) for argument in probe.args],
            "kwargs": {name: describe_argument(argument) for name, argument in probe.kwargs.items()},
            **({"ask": probe.ask} if probe.ask else {}),
        }
        for probe in asked
    ]
    told = {"points": exercise.points, "settings": exercise.settings, "rules": exercise.rules, "probes": probes}
    hints = [[mistake.name, mistake.hint] for mistake in exercise.mistakes]
    shown = [[mistake["name"], mistake["hint"]] for mistake in pack["mistakes"]]
    same = all(_plain(encode(value)) == _plain(pack[key]) for key, value in told.items())
    return same and (hints == shown if asked is exercise.examples else all(hint in hints for hint in shown))


def _plain(value: object) -> str:
    """As JSON, with floats to nine digits: the last bits differ from machine to machine, and so do arrays' bytes."""
    text = json.dumps(_without_arrays(value), sort_keys=True)
    return re.sub(r"-?\d+\.\d{9,}(e-?\d+)?", lambda found: f"{float(found[0]):.9g}", text)


def _without_arrays(value: object) -> object:
    if isinstance(value, dict):
        aside = "value" if value.get("type") == "array" and "float" in str(value.get("dtype")) else None
        return {key: _without_arrays(item) for key, item in value.items() if key != aside}
    return [_without_arrays(item) for item in value] if isinstance(value, list) else value
