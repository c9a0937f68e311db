"""lessons/units.toml: what each unit is called, what one does in it, and how many minutes it takes; and the table made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from autograder.authoring.lesson import EXERCISE_HEADING, BadLesson, Lesson, lesson_path, lesson_units, read_lesson
from autograder.authoring.toml_files import line_of, read_toml
from autograder.course import LESSONS

SOURCE = LESSONS / "units.toml"
_KINDS = {"title": str, "words": str, "minutes": int}
_HEAD = "| unit | you will | minutes | points |\n|---|---|---|---|\n"


@dataclass(frozen=True)
class Unit:
    """A unit as people first meet it: a short title, what one does in it, and the minutes it takes."""

    name: str
    title: str
    words: str
    minutes: int


def read_units() -> dict[str, Unit]:
    """Every unit that has a lesson, by name, in order. Raises BadLesson, naming the unit, where one is not told or not right."""
    told = read_toml(SOURCE)
    for name in told.keys() - set(lesson_units()):
        line = line_of(SOURCE, name)
        raise BadLesson(SOURCE, line, f"there is no lessons/{name}.py; remove the unit [{json.dumps(name)}]")
    return {name: _unit(name, told.get(name)) for name in lesson_units()}


def _unit(name: str, fields: Any) -> Unit:
    if fields is None:
        words = f'has nothing on {name}; add: [{json.dumps(name)}], and below it title = "...", words = "..." and minutes = 60'
        raise BadLesson(SOURCE, 1, words)
    if not isinstance(fields, dict):
        raise BadLesson(SOURCE, 1, f"{name} is {fields!r}; it is a table: [{json.dumps(name)}]")
    for field, kind in _KINDS.items():
        if not isinstance(fields.get(field), kind) or not fields[field]:
            example = "60" if kind is int else '"..."'
            line = line_of(SOURCE, name, field)
            raise BadLesson(SOURCE, line, f"{field} of {name} is {fields.get(field)!r}; write: {field} = {example}")
    if unknown := fields.keys() - _KINDS.keys():
        one = sorted(unknown)[0]
        raise BadLesson(SOURCE, line_of(SOURCE, name, one), f"{name} has {one!r}; known are: {', '.join(_KINDS)}")
    return Unit(name, **fields)


def entry(unit: Unit) -> str:
    """A unit as units.toml has it."""
    facts = {field: json.dumps(getattr(unit, field), ensure_ascii=False) for field in _KINDS}
    return "\n".join([f"[{json.dumps(unit.name)}]", *(f"{field} = {value}" for field, value in facts.items())]) + "\n"


def exercises_of(lesson: Lesson) -> list[dict]:
    """The id, points and minutes of each exercise of a lesson, in order, and whether a person grades it."""
    by_hand = {cell.exercise for cell in lesson.cells if cell.role == "manual"}
    return [
        {
            "id": found["id"],
            "points": float(found["points"]),
            "minutes": int(found["minutes"]),
            "by_hand": found["id"] in by_hand,
        }
        for cell in lesson.cells
        if cell.kind == "markdown"
        for found in EXERCISE_HEADING.finditer(cell.source)
    ]


def table(units: Iterable[str] | None = None) -> str:
    """The table of these units (all without a name) in Markdown, with links to the notebooks, as seen from the course's folder.

    Several units end with a row of their sums.
    """
    told = read_units()
    chosen = [told[unit] for unit in (told if units is None else units)]
    points = [_points(unit) for unit in chosen]
    rows = [_row(unit, earned) for unit, earned in zip(chosen, points, strict=True)]
    if len(chosen) > 1:
        rows.append(f"| all {len(chosen)} | | {sum(unit.minutes for unit in chosen):,} | {sum(points):g} |\n")
    return _HEAD + "".join(rows)


def _points(unit: Unit) -> float:
    lesson = read_lesson(lesson_path(unit.name))
    of_exercises = sum(exercise["points"] for exercise in exercises_of(lesson))
    return of_exercises + sum(cell.nbgrader.get("points", 0) for cell in lesson.cells)


def _row(unit: Unit, points: float) -> str:
    title, words = (text.replace("|", "\\|") for text in (unit.title, unit.words))  # P(A|B) is no two columns
    link = f"[{unit.name[:2]} {title}](notebooks/{unit.name}/{unit.name}.ipynb)"
    return f"| {link} | {words} | {unit.minutes} | {points:g} |\n"
