"""Rules without which nothing else can be looked at: the lesson can be read, the exercises are declared, and each has the other."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.authoring.banks import check_practice
from autograder.authoring.matching import lesson_problems
from autograder.authoring.questions import question_problems
from autograder.authoring.rules.unit import Unit
from autograder.declaring import BadExercise
from course_utils.refused import Refused


def reads(unit: Unit) -> Iterator[Refused]:
    """The lesson can be split into cells, each with its role."""
    try:
        yield from unit.lesson.problems
    except Refused as error:
        yield error


def is_declared(unit: Unit) -> Iterator[Refused]:
    """Every exercise is declared without a slip."""
    try:
        _ = unit.exercises
    except BadExercise as error:
        yield from (BadExercise(line) for line in error.problems)


def is_entered(unit: Unit) -> Iterator[Refused]:
    """units.toml says what the unit is called, what one does in it, and how long it takes."""
    if not unit.path.exists():
        return  # `reads` says so
    try:
        _ = unit.entry
    except Refused as error:
        yield error


def matches(unit: Unit) -> Iterator[Refused]:
    """Every exercise has its cells in the lesson, and its heading tells its points."""
    yield from lesson_problems(unit.lesson, unit.exercises)
    try:
        check_practice(unit.lesson, unit.exercises)
    except Refused as error:
        yield error


def asks(unit: Unit) -> Iterator[Refused]:
    """Questions have their form."""
    yield from question_problems(unit.lesson)


def is_python(unit: Unit) -> Iterator[Refused]:
    """A code cell is Python, but for the lines that are IPython's (`%timeit`, `!ls`, `x?`)."""
    for cell in unit.code:
        lines = cell.source.split("\n")
        if lines[0].startswith("%%"):
            continue
        plain = [
            f"{line[: len(line) - len(line.lstrip())]}pass"
            if line.lstrip()[:1] in ("%", "!") or line.rstrip()[-1:] == "?"
            else line
            for line in lines
        ]
        try:
            ast.parse("\n".join(plain))
        except SyntaxError as error:
            yield unit.wrong(cell.line + (error.lineno or 1) - 1, f"this is not Python: {error.msg}")
