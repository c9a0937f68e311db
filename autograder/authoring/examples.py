"""The examples in the docstrings of a lesson's solutions, run: what learners read below `>>>` is what the solution gives."""

from __future__ import annotations

import ast
import contextlib
import doctest
import inspect
import io
from collections.abc import Callable, Iterator
from typing import Any

from autograder.authoring.functions import lesson_functions
from autograder.authoring.lesson import BadLesson, Lesson
from autograder.authoring.light import TooHeavy, without_heavy_libraries
from course_utils.refused import Refused


def wrong_examples(lesson: Lesson, *, heavy: bool = False) -> Iterator[Refused]:
    """What is wrong with a lesson's examples, each with its line; those that need a heavy library are left out, unless `heavy`."""
    with contextlib.nullcontext() if heavy else without_heavy_libraries():
        try:
            functions = lesson_functions(lesson, light=not heavy)
        except Refused as error:
            yield error
            return
        for id, function in functions.items():
            yield from _wrong_in(lesson, id, inspect.unwrap(function))


def _wrong_in(lesson: Lesson, id: str, function: Callable) -> Iterator[Refused]:
    import numpy as np

    text, first = function.__doc__ or "", _line_of_docstring(lesson, id)
    found: list[tuple[int, str]] = []
    try:
        test = doctest.DocTestParser().get_doctest(text, {**function.__globals__, "np": np}, id, None, 0)
    except ValueError as error:
        yield BadLesson(lesson.path, first, f"the example in the docstring of {id}: {error}")
        return
    runner = _Runner(found)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        runner.run(test, out=lambda words: None)
    for line, words in found:
        yield BadLesson(lesson.path, first + line, f"the example in the docstring of {id} {words}")


class _Runner(doctest.DocTestRunner):
    """Notes what differs, each with its line in the docstring."""

    def __init__(self, found: list[tuple[int, str]]) -> None:
        super().__init__(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
        self._found = found

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        """A value that is another one."""
        said, gives = (" ".join(text.split()) or "nothing" for text in (example.want, got))
        self._found.append((example.lineno, f"says {said}, and the solution gives {gives}"))

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
    ) -> None:
        """An error that it does not tell of; what is too heavy to run is none."""
        if not issubclass(exc_info[0], TooHeavy):
            self._found.append((example.lineno, f"raises {exc_info[0].__name__}: {exc_info[1]}"))


def _line_of_docstring(lesson: Lesson, id: str) -> int:
    """The line of the file in which the docstring of a solution's function begins."""
    for cell in lesson.cells:
        if cell.role == "solution" and cell.exercise == id:
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.FunctionDef) and node.name == id:
                    return cell.line + node.body[0].lineno - 1
    return 1
