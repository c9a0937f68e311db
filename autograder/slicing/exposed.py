"""Names that a cell may read before it has given them to something itself: only for these does it need earlier cells.

The bodies of functions count where they are defined: they may be called from there on. ("Upward exposed uses", Aho, Lam, Sethi
and Ullman, *Compilers*, 2nd edition, section 9.2.5, of whole cells.)
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from autograder.slicing import reading

_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def exposed(tree: ast.Module) -> set[str]:
    """The names that a cell may read before it has given them to something, in whatever branch."""
    reader = _Reader()
    reader.follow(tree.body, set())
    return reader.found


class _Reader:
    """Follows statements in their order; `found` are the names read by now that were not certainly given before."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def follow(self, body: Iterable[ast.stmt], given: set[str]) -> set[str]:
        """The names that are certainly given to something after these statements, of which `given` were before."""
        for statement in body:
            given = self._after(statement, given)
        return given

    def _read(self, node: ast.AST | None, given: set[str]) -> None:
        if node is not None:
            self.found |= loads(node) - given

    def _after(self, statement: ast.stmt, given: set[str]) -> set[str]:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            self._read(statement.value, given)
            self._read(getattr(statement, "annotation", None), given)
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                self._read(target, given)  # of `a[i] = 0` both a and i
            certain = isinstance(statement, ast.Assign) or statement.value is not None
            return given | {name for target in targets for name in _names_of(target)} if certain else given
        if isinstance(statement, ast.AugAssign):
            self._read(statement, given)
            return given
        if isinstance(statement, ast.For):
            self._read(statement.iter, given)
            self._read(statement.target, given)
            self.follow(statement.body, given | set(_names_of(statement.target)))
            self.follow(statement.orelse, given)
            return given  # there may be nothing to go through
        if isinstance(statement, ast.While):
            self._read(statement.test, given)
            self.follow(statement.body, given)
            self.follow(statement.orelse, given)
            return given
        if isinstance(statement, ast.If):
            self._read(statement.test, given)
            return self.follow(statement.body, given) & self.follow(statement.orelse, given)
        if isinstance(statement, ast.With):
            for item in statement.items:
                self._read(item.context_expr, given)
                given = given | set(_names_of(item.optional_vars) if item.optional_vars else ())
            self.follow(statement.body, given)
            return given  # it may hold an error back, and with it what would have come
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return given | {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
        if isinstance(statement, _DEFS):
            self._read(statement, given)
            return given | {statement.name}
        return self._after_any_other(statement, given)

    def _after_any_other(self, statement: ast.stmt, given: set[str]) -> set[str]:
        """After a `try`, a class, a deletion, an expression: no name is certainly given."""
        if isinstance(statement, ast.Try):
            self.follow(statement.body, given)
            for handler in statement.handlers:
                self._read(handler.type, given)
                self.follow(handler.body, given | ({handler.name} if handler.name else set()))
            self.follow(statement.orelse, given)
            self.follow(statement.finalbody, given)
            return given
        self._read(statement, given)
        if isinstance(statement, ast.Delete):
            gone = {name for target in statement.targets for name in _names_of(target)}
            self.found |= gone - given
            return given - gone
        return given


def _names_of(target: ast.expr) -> list[str]:
    """The names that an assignment gives to something; not those of which an item or attribute is stored."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, ast.Tuple | ast.List):
        return [name for part in target.elts for name in _names_of(part)]
    return _names_of(target.value) if isinstance(target, ast.Starred) else []


def loads(node: ast.AST) -> set[str]:
    """The global names that are read in a node, also in the bodies of functions in it."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    if isinstance(node, ast.AugAssign):
        return _of_children(node) | set(_names_of(node.target))
    if isinstance(node, _COMPREHENSIONS):
        own = {name for each in node.generators for name in _names_of(each.target)}
        first = loads(node.generators[0].iter)
        return first | (_of_children(node) - own)
    if isinstance(node, ast.Lambda):
        return _of_children(node.args) | (loads(node.body) - reading.parameters(node.args))
    if isinstance(node, _DEFS):
        outside = _of_children(node.args).union(*map(loads, node.decorator_list))
        outside |= loads(node.returns) if node.returns else set()
        return outside | (set().union(*map(loads, node.body)) - _own(node))
    return _of_children(node)


def _of_children(node: ast.AST) -> set[str]:
    return set().union(*map(loads, ast.iter_child_nodes(node)))


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names that are surely the function's own wherever they stand in it; what may be another's is left out."""
    inside = [node for statement in function.body for node in ast.walk(statement)]
    if any(isinstance(node, ast.Global) for node in inside):
        return set()
    scopes = (*_DEFS, ast.ClassDef, ast.Lambda, *_COMPREHENSIONS)  # what is stored in these is theirs
    if any(isinstance(node, scopes) for node in inside):
        return reading.parameters(function.args)
    stored = {n.id for n in inside if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    return stored | reading.parameters(function.args)
