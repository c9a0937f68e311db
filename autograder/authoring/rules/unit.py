"""A unit as the rules see it: its lesson, its exercises, its entry, each read when a rule first asks for it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.lesson import BadLesson, Cell, Lesson, lesson_path, look_at
from autograder.authoring.unit_list import SOURCE as UNITS
from autograder.authoring.unit_list import Unit as Entry
from autograder.authoring.unit_list import read_units
from autograder.exercise import Exercise
from autograder.exercises import load_exercises
from autograder.exercises import units as units_with_exercises

__all__ = ["UNITS", "Unit"]


class Unit:
    """One unit, looked at."""

    def __init__(self, name: str) -> None:
        self.name = name

    @functools.cached_property
    def path(self) -> Path:
        """Where its lesson lies."""
        return lesson_path(self.name)

    @functools.cached_property
    def lesson(self) -> Lesson:
        """Its lesson, with the problems that reading it found. Raises BadLesson where there is none."""
        if not self.path.exists():
            raise BadLesson(
                self.path,
                1,
                f"there is no such file, and unit {self.name} has exercises; write the lesson, or remove them",
            )
        return look_at(self.path)

    @functools.cached_property
    def exercises(self) -> dict[str, Exercise]:
        """Its exercises. Raises BadExercise."""
        return load_exercises(self.name) if self.name in units_with_exercises() else {}

    @functools.cached_property
    def entry(self) -> Entry:
        """What units.toml says of it. Raises BadLesson."""
        return read_units()[self.name]

    @property
    def texts(self) -> list[Cell]:
        """The text cells of its lesson."""
        return [cell for cell in self.lesson.cells if cell.kind == "markdown"]

    @property
    def code(self) -> list[Cell]:
        """The code cells of its lesson."""
        return [cell for cell in self.lesson.cells if cell.kind == "code"]

    @functools.cached_property
    def headings(self) -> list[tuple[int, int, str]]:
        """(line, level, text) of every heading of the lesson outside code fences."""
        return list(self._headings())

    def _headings(self) -> Iterator[tuple[int, int, str]]:
        for cell in self.texts:
            fenced = False
            for number, line in enumerate(cell.source.splitlines(), cell.line):
                fenced ^= line.startswith("```")
                marks = len(line) - len(line.lstrip("#"))
                if not fenced and 1 <= marks <= 6 and line[marks : marks + 1] == " " and line[marks:].strip():
                    yield number, marks, line[marks + 1 :]

    def wrong(self, line: int, words: str) -> BadLesson:
        """A problem of the lesson, to be yielded."""
        return BadLesson(self.path, line, words)
