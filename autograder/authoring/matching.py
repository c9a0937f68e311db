"""A lesson held against its exercises: every one is there, none is unknown, each heading tells its points."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.authoring.lesson import EXERCISE_HEADING, BadLesson, Cell, Lesson
from autograder.exercise import Exercise


def check_lesson(lesson: Lesson, exercises: dict[str, Exercise]) -> None:
    """Raise BadLesson for the first of the problems, if there is any."""
    for problem in lesson_problems(lesson, exercises):
        raise problem


def lesson_problems(lesson: Lesson, exercises: dict[str, Exercise]) -> Iterator[BadLesson]:
    """All in which a lesson and its exercises do not match."""
    for cell in lesson.cells:
        if cell.role == "manual" and cell.exercise in exercises:
            words = f"exercise {cell.exercise!r} is declared, and so judged by its probes; it cannot be graded by hand"
            yield BadLesson(lesson.path, cell.line, words)
    tests = {cell.exercise: cell for cell in lesson.cells if cell.role == "test"}
    for id, cell in tests.items():
        if id not in exercises:
            known = ", ".join(exercises) or "none"
            yield BadLesson(lesson.path, cell.line, f"unknown exercise {id!r}; unit {lesson.unit} declares: {known}")
    headings = _headings(lesson)
    for id, exercise in exercises.items():
        if id not in tests:
            place = ":".join(exercise.place.rpartition("/")[2].split(":")[:2])
            yield BadLesson(lesson.path, 1, f'exercise {id!r} ({place}) has no cell that calls check("{id}", ...)')
        if id not in headings:
            words = f"no heading `### Exercise: `{id}` ({exercise.points:g} points, about N minutes, easy|medium|hard)`"
            yield BadLesson(lesson.path, tests[id].line if id in tests else 1, words)
            continue
        line, points = headings[id]
        if points != exercise.points:
            words = f"the heading of {id!r} says {points:g} points; the exercise gives {exercise.points:g}"
            yield BadLesson(lesson.path, line, words)


def _headings(lesson: Lesson) -> dict[str, tuple[int, float]]:
    """The line and the points of each exercise's heading."""
    return {
        found["id"]: (line_in(cell, found.start()), float(found["points"]))
        for cell in lesson.cells
        if cell.kind == "markdown"
        for found in EXERCISE_HEADING.finditer(cell.source)
    }


def line_in(cell: Cell, place: int) -> int:
    """The line of the file in which a cell's character stands."""
    return cell.line + cell.source[:place].count("\n")
