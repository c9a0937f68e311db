"""The functions that a lesson's solutions define, without its notebook: for whoever proves, measures or calibrates them."""

from __future__ import annotations

import ast
import importlib
import importlib.machinery
import importlib.util
import linecache
import sys
import traceback
from collections.abc import Callable
from typing import Any

from autograder.authoring.lesson import BadLesson, Lesson
from autograder.authoring.light import TooHeavy


def lesson_functions(lesson: Lesson, *, light: bool = False) -> dict[str, Callable]:
    """The functions that the lesson's solutions define, by exercise: run with the lesson's imports and nothing else.

    What the lesson imports of TensorFlow and Keras is imported where a function first uses it; if `light`, so is all but
    NumPy and the standard library. Raises BadLesson, with the line, where an import or a definition fails.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    imports = [
        (node, cell.line + node.lineno - 1)
        for cell in lesson.cells
        if cell.kind == "code" and (tree := _parse(cell.source))
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    for node, line in imports:
        if light and (missing := next((name for name in _tops(node) if not _is_there(name)), "")):
            raise BadLesson(
                lesson.path, line, f"there is no module {missing!r} here: is it spelled right, is it installed?"
            )
        if _is_tensorflow(node) or (light and not _is_light(node)):
            namespace |= _imported_later(node)
            continue
        try:
            exec(compile(ast.Module([node], []), str(lesson.path), "exec"), namespace)
        except TooHeavy:
            namespace |= _imported_later(node)
        except ImportError as error:
            words = f"a top-level import fails outside the notebook ({error}); put it inside a function or a try"
            raise BadLesson(lesson.path, line, words) from None
    for cell in lesson.cells:
        if cell.role != "solution":
            continue
        tree = _parse(cell.source)
        if tree is None:
            raise BadLesson(lesson.path, cell.line, "this solution is not Python alone, so it cannot be proven")
        definitions: list[ast.stmt] = [
            n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
        ]
        name = f"<{lesson.unit}: {cell.id}>"
        linecache.cache[name] = (len(cell.source), None, cell.source.splitlines(keepends=True), name)
        try:
            exec(compile(ast.Module(definitions, []), name, "exec"), namespace)
        except Exception as error:  # whatever an author's definitions do: a decorator, a default, an import
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
            line = cell.line + (frames[-1].lineno or 1) - 1 if frames else cell.line
            words = f"it fails by itself: {type(error).__name__}: {error}. It may use what the lesson imports, and other solutions"
            raise BadLesson(lesson.path, line, words) from error
    return {
        cell.exercise: namespace[cell.exercise]
        for cell in lesson.cells
        if cell.role == "solution" and callable(namespace.get(cell.exercise))
    }


class _Later:
    """Stands for a module, or for a name in it, that is imported when it is first used: TensorFlow takes seconds."""

    def __init__(self, module: str, name: str = "") -> None:
        self._module, self._name = module, name

    def _thing(self) -> Any:
        module = importlib.import_module(self._module)
        return getattr(module, self._name) if self._name else module

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._thing(), attribute)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._thing()(*args, **kwargs)


def _imported_later(node: ast.Import | ast.ImportFrom) -> dict[str, _Later]:
    """The names that an import of TensorFlow or Keras binds, without importing it."""
    if isinstance(node, ast.ImportFrom):
        return {alias.asname or alias.name: _Later(node.module or "", alias.name) for alias in node.names}
    return {
        alias.asname or alias.name.partition(".")[0]: _Later(
            alias.name if alias.asname else alias.name.partition(".")[0]
        )
        for alias in node.names
    }


def _parse(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:  # an IPython magic
        return None


def _tops(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The packages that an import is of, by their first names."""
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return [name.partition(".")[0] for name in names]


def _is_tensorflow(node: ast.Import | ast.ImportFrom) -> bool:
    return any(name in ("tensorflow", "keras") for name in _tops(node))


def _is_light(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether an import takes little time, or is of a constant, which nothing can stand for."""
    constants = isinstance(node, ast.ImportFrom) and any(alias.name.isupper() for alias in node.names)
    return constants or all(name == "numpy" or name in sys.stdlib_module_names for name in _tops(node))


def _is_there(name: str) -> bool:
    """Whether a package can be imported, without importing it."""
    try:
        found = name in sys.modules or importlib.machinery.PathFinder.find_spec(name)
        return bool(found or importlib.util.find_spec(name))
    except (ImportError, ValueError):
        return False
