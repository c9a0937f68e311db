"""Which exercise and which probes assess each objective: a table for all units, made from the exercises themselves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.common.keep import write_made
from autograder.course import ROOT
from autograder.exercise import Exercise, hidden_probes
from autograder.exercises import load_exercises, units
from course_utils.refused import Refused

TABLE = ROOT / "docs" / "traceability.md"

_HEAD = """# What assesses what

Each unit's objectives, the exercises that assess them, and with how many calls: examples that learners see, and hidden
probes, drawn anew from each course's own secret. `mistakes` are the wrong answers that get a hint of their own, `right
answers` those that are proven to be accepted, besides the lesson's. Made by `make build` from `autograder/exercises/`.
"""
_COLUMNS = "| objective | exercise | points | examples | hidden probes | mistakes | right answers |\n|---|---|--:|--:|--:|--:|--:|"


def write_table(built: list[str], path: Path = TABLE) -> Path:
    """Write the part of each unit that was `built`, and keep those of the others; returns the table's path.

    Raises Refused for an objective that nothing assesses.
    """
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = {part[:2]: f"\n## {part}" for part in before.split("\n## ")[1:]}
    parts |= {unit[:2]: unit_table(unit) for unit in built}
    text = _HEAD + "".join(parts[unit[:2]] for unit in units() if unit[:2] in parts)
    write_made(path, text.encode(), ROOT)
    return path


def unit_table(unit: str) -> str:
    """A unit's part: a row an exercise, by objective in the order of the lesson."""
    lesson, exercises = read_lesson(lesson_path(unit)), load_exercises(unit)
    objectives = lesson.objectives()
    assessed = {exercise.objective for exercise in exercises.values()}
    for exercise in exercises.values():
        if exercise.objective not in objectives:
            raise Refused(
                f"{exercise.place}: {exercise.objective!r} is not an objective of the lesson. The lesson has: {objectives}"
            )
    for objective in objectives:
        if objective not in assessed:
            raise Refused(
                f"{lesson.path}:1: no exercise assesses the objective {objective!r}; theirs are: {sorted(assessed)}"
            )
    rows = [
        _row(objective if first else "", exercise)
        for objective in objectives
        for first, exercise in _mark_first(e for e in exercises.values() if e.objective == objective)
    ]
    points = sum(exercise.points for exercise in exercises.values())
    title = f"\n## {unit.partition('_')[0]} {lesson.title()}\n\n{len(exercises)} exercises, {points:g} points.\n\n"
    return title + "\n".join([_COLUMNS, *rows]) + "\n"


def _mark_first(exercises: Iterable[Exercise]) -> list[tuple[bool, Exercise]]:
    return [(index == 0, exercise) for index, exercise in enumerate(exercises)]


def _row(objective: str, exercise: Exercise) -> str:
    hidden = len(hidden_probes(exercise, "any secret gives as many"))
    counts = (
        f"{exercise.points:g}",
        len(exercise.examples),
        hidden,
        len(exercise.mistakes),
        len(exercise.right_answers),
    )
    return f"| {objective} | `{exercise.id}` | " + " | ".join(map(str, counts)) + " |"
