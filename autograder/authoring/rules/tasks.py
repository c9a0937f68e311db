"""Rules of an exercise's cells: its hints, its docstring and the examples in it, its test, and that its rules are told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autograder.authoring.examples import wrong_examples
from autograder.authoring.lesson import BEGIN, EXERCISE_HEADING, Cell
from autograder.authoring.matching import line_in
from autograder.authoring.rules.unit import Unit
from course_utils.refused import Refused

#: What stands below each exercise, folded, and how it is written.
HELP = {
    "Hint 1": "<details><summary>Hint 1</summary>...</details>",
    "Hint 2": "<details><summary>Hint 2</summary>...</details>",
    "If you see": '<details><summary>If you see "..."</summary>...</details>',
}


def has_help(unit: Unit) -> Iterator[Refused]:
    """Every exercise has two hints, and a help by symptom."""
    for id in unit.exercises:
        place = next((i for i, cell in enumerate(unit.texts) if _heading(cell, id)), None)
        if place is None:
            continue  # `written.matches` says so
        heading = _heading(unit.texts[place], id)
        assert heading is not None  # it is what was looked for
        line = line_in(unit.texts[place], heading.start())
        rest = "\n".join(
            [unit.texts[place].source[heading.end() :], *(cell.source for cell in unit.texts[place + 1 :])]
        )
        section = rest.split("\n### ")[0].split("\n## ")[0]
        for needed, form in HELP.items():
            if needed not in section:
                yield unit.wrong(
                    line, f"exercise {id!r} has no {needed!r} before the next heading; below its check stands: {form}"
                )


def _heading(cell: Cell, id: str) -> re.Match | None:
    return next((found for found in EXERCISE_HEADING.finditer(cell.source) if found["id"] == id), None)


def has_docstring(unit: Unit) -> Iterator[Refused]:
    """What learners are given says what the function is to do."""
    for cell in unit.code:
        if cell.role != "solution":
            continue
        for node in _statements(cell.source):
            if isinstance(node, ast.FunctionDef) and node.name == cell.exercise:
                line = cell.line + node.lineno - 1
                text = ast.get_docstring(node)
                shown = cell.source.partition(BEGIN)[0].splitlines()
                if not text:
                    words = "has no docstring: it gives shapes, types, errors and an example, and stands before the solution's marker"
                    yield unit.wrong(line, f"{node.name} {words}")
                elif node.body[0].lineno > len(shown):
                    yield unit.wrong(
                        line, f"the docstring of {node.name} stands inside the solution: learners would not get it"
                    )


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:  # `written.is_python` says so
        return []


def test_is_alone(unit: Unit) -> Iterator[Refused]:
    """A test cell has its `check` and nothing else: grading puts it back to that, and calls what stands there."""
    for cell in unit.code:
        found = _statements(cell.source)
        checks = [node for node in found if _calls(node, "check")]
        for node in found:
            line = cell.line + node.lineno - 1
            if cell.role == "test" and node not in checks:
                said = ast.unparse(node).splitlines()[0]
                yield unit.wrong(
                    line,
                    f"`{said}` stands beside check(...); a test cell has that and nothing else. Give it a cell above",
                )
        for node in checks[1:]:
            yield unit.wrong(
                cell.line + node.lineno - 1,
                "a second check(...) in the cell; each has a cell of its own, below its solution",
            )
        for node in checks[:1]:
            yield from _checked_wrongly(unit, cell, node)


def _checked_wrongly(unit: Unit, cell: Cell, node: ast.stmt) -> Iterator[Refused]:
    call = node.value if isinstance(node, ast.Expr) else None
    assert isinstance(call, ast.Call)  # `_calls` has looked
    line = cell.line + node.lineno - 1
    first = call.args[0] if call.args else None
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        yield unit.wrong(
            line, 'check(...) names its exercise first, as a text: check("moving_average", moving_average)'
        )
    elif len(call.args) != 2 or call.keywords:
        yield unit.wrong(line, f'check takes the exercise and the answer: check("{first.value}", {first.value})')


def _calls(node: ast.stmt, name: str) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name


def task_text(unit: Unit, exercise: str) -> tuple[str, int]:
    """What an exercise's text says before its stub (its section, and the stub's docstring), and its line; "" without one."""
    cells = unit.lesson.cells
    place = next((i for i, cell in enumerate(cells) if cell.role == "solution" and cell.exercise == exercise), None)
    if place is None:
        return "", 1
    first = next((i for i in range(place, -1, -1) if f"Exercise: `{exercise}`" in cells[i].source), place)
    shown = [cell.source for cell in cells[first:place]] + [cells[place].source.partition(BEGIN)[0]]
    return " ".join(" ".join(shown).replace("**", "").split()), cells[first].line


def rules_are_said(unit: Unit) -> Iterator[Refused]:
    """Each rule of an exercise is said before its stub: nothing is taken from a learner for what was not asked."""
    for id, exercise in unit.exercises.items():
        text, line = task_text(unit, id)
        for rule in exercise.rules if text else ():
            if not rule["said"] or rule["said"].casefold() not in text.casefold():
                words = f"{id!r} has a rule, and its text before the stub does not say {rule['said']!r}, word for word (`said` of the rule)"
                yield unit.wrong(line, words)


def examples_are_true(unit: Unit) -> Iterator[Refused]:
    """What a learner reads below `>>>` is what the solution gives; where that takes TensorFlow, `make test` looks."""
    yield from wrong_examples(unit.lesson)
