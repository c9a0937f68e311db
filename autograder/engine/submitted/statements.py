"""A cell's source taken apart without running it: its top-level statements, the names they bind, read and delete.

For code that the grader did not write: IPython's magics are tolerated, what cannot be parsed is one opaque piece, and the
work grows linearly with the source.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.limits import MAX_SOURCE

_MAGIC = re.compile(
    r"^([ \t]*)(?:(?:[A-Za-z_][\w, ]{0,200}=[ \t]*)?[%!].*|\?{1,2}[\w.%]+|[\w.]{1,200}\?{1,2})[ \t]*$", re.M
)
_CELL_MAGIC = re.compile(r"\s*%%(?P<name>\w+)")
_RUNS_PYTHON = {"time", "timeit", "capture", "prun"}  # cell magics whose body is the notebook's own Python
_RESET = re.compile(r"^\s*%reset(?:_selective)?\b")


@dataclass(frozen=True)
class Piece:
    """One or more top-level statements as they stand in the cell, and what they do to names."""

    source: str
    binds: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()  # of what it binds: only a stub, `...` or a body that holds nothing else
    reads: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    resets: bool = False  # IPython's %reset, which takes all names away
    stars: bool = False  # `from ... import *`, which may bind anything
    functions: tuple[str, ...] = field(default=())  # that it defines by `def`


def pieces(source: str) -> list[Piece]:
    """The cell's pieces in their order; a cell that cannot be parsed, or has a magic for all of it, is one piece."""
    magic = _CELL_MAGIC.match(source)
    if len(source) > MAX_SOURCE or (magic and magic["name"] not in _RUNS_PYTHON):
        return [Piece(source)]
    text = _MAGIC.sub(r"\1pass", source)
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [Piece(source)]
    if magic:
        return [_whole(source, statements)]
    lines = source.splitlines(keepends=True)
    groups = list(_by_lines(statements))
    if len(lines) != len(text.splitlines()):  # a form feed within a line, or the like
        return [_whole(source, statements)]
    return [_piece("".join(lines[first - 1 : last]).rstrip("\n"), group) for first, last, group in groups]


def parses(source: str) -> bool:
    """Whether a text is Python that binds something, and not merely prose."""
    return any(piece.binds for piece in pieces(source))


def _by_lines(statements: list[ast.stmt]) -> Iterator[tuple[int, int, list[ast.stmt]]]:
    """First line, last line and statements of each group that shares no line with another."""
    group: list[ast.stmt] = []
    first = last = 0
    for statement in statements:
        begins = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
        if group and begins > last:
            yield first, last, group
            group = []
        first = first if group else begins
        last = max(last, statement.end_lineno or begins)
        group.append(statement)
    if group:
        yield first, last, group


def _whole(source: str, statements: list[ast.stmt]) -> Piece:
    return _piece(source, statements)


def _piece(source: str, statements: list[ast.stmt]) -> Piece:
    binds, reads, deletes, stars = set(), set(), set(), False
    for statement in statements:
        for node in _outside_functions(statement):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                binds.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                binds.add(node.id)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
                deletes.add(node.id)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                binds |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        reads |= _read_from_outside(statement)
    stars = "*" in binds
    binds.discard("*")
    stubs = {name for statement in statements for name in _stubs(statement)}
    functions = tuple(s.name for s in statements if isinstance(s, ast.FunctionDef | ast.ClassDef))
    return Piece(
        source,
        frozenset(binds),
        frozenset(stubs),
        frozenset(reads),
        frozenset(deletes),
        bool(_RESET.match(source)),
        stars,
        functions,
    )


def _read_from_outside(statement: ast.stmt) -> set[str]:
    """The names that a statement reads; of a function those that are neither its parameters nor given in it."""
    loaded: set[str] = set()
    given: set[str] = set()
    in_function = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
    for node in ast.walk(statement):
        if isinstance(node, ast.arg):
            given.add(node.arg)
        elif isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else given).add(node.id)
    return loaded - given if in_function else loaded


def _outside_functions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes that run when the statement does: not the bodies of functions, lambdas and classes."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            todo += node.decorator_list
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            todo += ast.iter_child_nodes(node)


def _stubs(statement: ast.stmt) -> list[str]:
    """The names that a statement gives to a stub: a function that does nothing, or `...` itself."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        idle = all(
            isinstance(s, ast.Pass) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
            for s in statement.body
        )
        return [statement.name] if idle else []
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
        if statement.value.value is ... or statement.value.value is None:
            return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return []
