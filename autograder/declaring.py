"""What may be wrong with a declaration of an exercise, each with its file and line. `autograder.exercise` asks, before it makes one."""

from __future__ import annotations

import ast
import inspect
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

from autograder.course import ROOT
from course_utils.refused import Refused


class BadExercise(Refused):
    """An exercise is declared wrongly, or cannot be packed; each line of the message names its file, line and id."""

    @property
    def problems(self) -> list[str]:
        """Each thing that is wrong, a line."""
        return [str(one) for one in self.args]

    def __str__(self) -> str:
        return "\n".join(self.problems)


def here(inside: str) -> str:
    """The file and the line of a declaration that is being made, by the module whose file is `inside`."""
    frame = inspect.currentframe()
    while frame and frame.f_code.co_filename in (inside, __file__):
        frame = frame.f_back
    return f"{shown(frame.f_code.co_filename)}:{frame.f_lineno}" if frame else ""


def shown(file: str | Path) -> str:
    """A file as people are told of it: from the course's folder on, where it lies there."""
    text = os.fspath(file)
    return os.path.relpath(text, ROOT) if Path(text).is_relative_to(ROOT) else text


def problems_of(cls: type, id: str, is_probe: type, known: set[str]) -> Iterator[str]:
    """What is wrong with a class that declares exercise `id`: `known` are its mistakes and right answers, and `oracle` and `hidden`."""
    source, first = inspect.getsourcelines(cls)
    file = shown(inspect.getsourcefile(cls) or "")
    tree = ast.parse(textwrap.dedent("".join(source))).body[0]
    assert isinstance(tree, ast.ClassDef)  # the source of a class is one
    members, lines = vars(cls), _lines(tree, first)

    def told(words: str, name: str = "") -> str:
        return f"{file}:{(lines.get(name) or [first + tree.lineno - 1])[-1]}: exercise {id!r}{words}"

    if not cls.__doc__:
        yield told(" has no docstring that says what is asked: write it below the line with `class`")
    for needed, form in (("examples", "examples = [probe(...), ...]"), ("hidden", "def hidden(rng): yield probe(...)")):
        if needed not in members:
            yield told(f" has no `{needed}`: {form}")
    shown_ones = members.get("examples", ())
    if not isinstance(shown_ones, list | tuple) or not all(isinstance(one, is_probe) for one in shown_ones):
        yield told(": examples are made by probe(...), one for each call, in a list", "examples")
    hidden = members.get("hidden")
    if hidden and (not callable(hidden) or list(inspect.signature(hidden).parameters) != ["rng"]):
        yield told(": `hidden` takes the generator from which it draws: def hidden(rng)", "hidden")
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name, places in lines.items():
        if name not in functions | known and not callable(members.get(name)):
            continue
        if len(places) > 1:
            yield told(f" declares `{name}` {len(places)} times; only the last would count", name)
        if name not in known:
            yield told(f": is `{name}` a @mistake(...) or a @right_answer? If neither, write it below the class", name)


def _lines(tree: ast.ClassDef, first: int) -> dict[str, list[int]]:
    """The names that a class binds by `def` and `=`, with their lines in the file."""
    found: dict[str, list[int]] = {}
    for node in tree.body:
        line = first + node.lineno - 1
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(line)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                for name in names:
                    if isinstance(name, ast.Name):
                        found.setdefault(name.id, []).append(line)
    return found
