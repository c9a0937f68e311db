"""The functions that a lesson's solutions define, without its notebook: for whoever proves, measures or calibrates them."""

from __future__ import annotations

import ast
import importlib
import linecache
from collections.abc import Callable
from typing import Any

from autograder.authoring.lesson import BadLesson, Lesson


def lesson_functions(lesson: Lesson) -> dict[str, Callable]:
    """The functions that the lesson's solutions define, by exercise: run with the lesson's imports and nothing else.

    What the lesson imports of TensorFlow and Keras is imported where a function first uses it.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    imports = [
        node
        for cell in lesson.cells
        if cell.kind == "code" and (tree := _parse(cell.source))
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    for node in imports:
        if _is_tensorflow(node):
            namespace |= _imported_later(node)
            continue
        try:
            exec(compile(ast.Module([node], []), str(lesson.path), "exec"), namespace)
        except ImportError as error:
            words = f"a top-level import fails outside the notebook ({error}); put it inside a function or a try"
            raise BadLesson(lesson.path, 1, words) from None
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
        exec(compile(ast.Module(definitions, []), name, "exec"), namespace)
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


def _is_tensorflow(node: ast.Import | ast.ImportFrom) -> bool:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return any(name.partition(".")[0] in ("tensorflow", "keras") for name in names)
