"""Which names a cell may make lead to one object, read from its source: statement by statement, and what is only looked at left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.slicing import reading

#: Methods of figures and axes: what is drawn stays as it is.
DRAWS = re.compile(
    r"ax\w+|bar\w*|set\w*|plot|scatter|legend|imshow|hist\w*|text|annotate|invert_\w+|grid|errorbar|tick_params|fill_\w+"
)
#: Methods that keep figures of what they are given, and nothing of itself.
LEARNS = reading.words("adapt fit fit_transform partial_fit set_weights train_on_batch")
#: Built-in functions that keep nothing of what they are given, and whose result is new.
_FIGURES = reading.words("bool float format hash int isinstance issubclass len print range repr str")
#: What makes a figure and its axes.
_SUBPLOTS = ("course_utils.plot.subplots", "matplotlib.pyplot.subplots")


@dataclass(frozen=True)
class Join:
    """Names that a statement gives to something or stores into, and those whose values may be in what it gives or stores."""

    given: frozenset[str]
    flows: frozenset[str]


def joins(tree: ast.Module, known: dict[str, str]) -> tuple[Join, ...]:
    """Those of all statements of a cell. `known`: name -> dotted name of what it is imported as."""
    return tuple(join for join in _Joins(known).of(tree.body) if join.given | join.flows)


class _Joins:
    def __init__(self, known: dict[str, str]) -> None:
        self._known = known
        self._pictures: set[str] = (
            set()
        )  # figures and axes that this cell has made: nothing of what is drawn goes into them

    def of(self, body: Iterable[ast.stmt]) -> Iterator[Join]:
        for statement in body:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    yield from self._given(target, statement.value)
            elif isinstance(statement, ast.AnnAssign | ast.AugAssign) and statement.value:
                yield from self._given(statement.target, statement.value)
            elif isinstance(statement, ast.For):
                yield from self._gone_through(statement.target, statement.iter)
                yield from self.of([*statement.body, *statement.orelse])
            elif isinstance(statement, ast.If | ast.While):
                yield from self._named_within(statement.test)
                yield from self.of([*statement.body, *statement.orelse])
            elif isinstance(statement, ast.With):
                for item in statement.items:
                    yield Join(_given(item.optional_vars), self._flowing(item.context_expr))
                yield from self.of(statement.body)
            elif isinstance(statement, ast.Try):
                parts = [handler.body for handler in statement.handlers]
                for part in (statement.body, *parts, statement.orelse, statement.finalbody):
                    yield from self.of(part)
            else:
                yield Join(_given(statement), self._flowing(statement))

    def _given(self, target: ast.expr, value: ast.expr) -> Iterator[Join]:
        """What an assignment makes of its target: part by part where both sides are written so."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for part, its in zip(target.elts, value.elts, strict=True):
                yield from self._given(part, its)
            return
        if isinstance(value, ast.Call) and reading.dotted(value.func, self._known) in _SUBPLOTS:
            self._pictures |= _given(target)
        yield Join(_given(target) | _given(value), self._flowing(value) | self._flowing(target))

    def _gone_through(self, target: ast.expr, items: ast.expr) -> Iterator[Join]:
        """What a loop makes of its target: of each part of `for a, b in zip(x, y)` from its own part."""
        called = items.func.id if isinstance(items, ast.Call) and isinstance(items.func, ast.Name) else ""
        parts: list[ast.expr | None] = list(items.args) if isinstance(items, ast.Call) else []
        if called == "enumerate" and parts:
            parts = [None, parts[0]]
        by_parts = called in ("zip", "enumerate") and not any(isinstance(part, ast.Starred) for part in parts)
        if by_parts and isinstance(target, ast.Tuple) and len(target.elts) == len(parts):
            for part, its in zip(target.elts, parts, strict=True):
                yield from self._gone_through(part, its) if its else (Join(_given(part), frozenset()),)
            return
        if reading.root(items) in self._pictures and not isinstance(items, ast.Call):
            self._pictures |= _given(target)
        yield Join(_given(target) | _given(items), self._flowing(items))

    def _named_within(self, test: ast.expr) -> Iterator[Join]:
        for node in ast.walk(test):
            if isinstance(node, ast.NamedExpr):
                yield Join(_given(node), self._flowing(node.value))

    def _flowing(self, tree: ast.AST) -> frozenset[str]:
        """The names whose values may become, or be kept in, what other names stand for; not those of which only figures are made."""
        found: set[str] = set()
        todo: list[ast.AST] = [tree]
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Call):
                todo += self._kept(node)
            elif isinstance(node, ast.If | ast.While):
                todo += [*node.body, *node.orelse, *(n for n in ast.walk(node.test) if isinstance(n, ast.NamedExpr))]
            elif not isinstance(node, ast.Compare | ast.JoinedStr):
                todo += ast.iter_child_nodes(node)
        return frozenset(found)

    def _kept(self, call: ast.Call) -> Iterable[ast.AST]:
        """The parts of a call that may be kept in its result, or in what it is called on."""
        called = call.func
        if not isinstance(called, ast.Attribute):
            return ast.iter_child_nodes(call) if reading.dotted(called, {}) not in _FIGURES or _keeps(call) else ()
        if called.attr in reading.FRESH and not _keeps(call):
            return ()
        drawn = DRAWS.fullmatch(called.attr) and (called.attr[:3] != "set" or reading.root(called) in self._pictures)
        return [called] if drawn or called.attr in LEARNS else ast.iter_child_nodes(call)


def _given(node: ast.AST | None) -> frozenset[str]:
    """The names in a node that are given to something, or of whose value a part is stored."""
    found = set()
    for each in ast.walk(node) if node else ():
        if isinstance(each, ast.Name | ast.Attribute | ast.Subscript) and not isinstance(each.ctx, ast.Load):
            found.add(reading.root(each))
    return frozenset(found - {""})


def _keeps(call: ast.Call) -> bool:
    """Whether a call whose result is new may all the same keep something: where to write is given to it, or a name is made."""
    return any(keyword.arg in ("out", None) for keyword in call.keywords) or any(
        isinstance(node, ast.NamedExpr | ast.Lambda) for node in ast.walk(call)
    )
