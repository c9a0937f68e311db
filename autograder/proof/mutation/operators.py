"""Mutation operators that Cosmic Ray lacks, in its own form: statements, arguments, calls, texts, names, operands.

Each works on a parso tree: `mutation_positions` says how often a node can be mutated, `mutate` does it the n-th time.
"""

from __future__ import annotations

from collections.abc import Iterator

import parso.python.tree as tree
from cosmic_ray.operators.operator import Example, Operator

Node = tree.PythonBaseNode


class RemoveStatement(Operator):
    """A line that does nothing: `pass` in its place. Docstrings and imports stay."""

    _KEPT = ("import_name", "import_from", "pass_stmt", "string", "strings")

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """The statement's place, where `node` is a line with one simple statement."""
        if node.type == "simple_stmt" and node.children[0].type not in self._KEPT and node.children[0] != "...":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Put `pass` for the statement."""
        first = node.get_first_leaf()
        node.children[0] = _in_place_of(node.children[0], tree.Keyword("pass", first.start_pos, first.prefix))
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("x = 1\n", "pass\n"),)


def _arguments(node: Node) -> list[int]:
    """The places among `node`'s children of a call's arguments, where `node` holds those of a call with several."""
    if node.type != "arglist":
        return []
    return [i for i, child in enumerate(node.children) if child != "," and child.type != "comment"]


class SwapArguments(Operator):
    """Two neighbouring positional arguments of a call change places."""

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """A place for each pair that can be swapped."""
        for _ in self._pairs(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Swap the pair, with the spaces before each left where they were."""
        i, j = self._pairs(node)[index]
        first, second = node.children[i], node.children[j]
        one, two = first.get_first_leaf(), second.get_first_leaf()
        one.prefix, two.prefix = two.prefix, one.prefix
        node.children[i], node.children[j] = second, first
        return node

    def _pairs(self, node: Node) -> list[tuple[int, int]]:
        places = [i for i in _arguments(node) if node.children[i].type != "argument"]
        return [(i, j) for i, j in zip(places, places[1:], strict=False) if j == i + 2]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("f(a, b, c)", "f(b, a, c)"), Example("f(a, b, c)", "f(a, c, b)", occurrence=1))


class RemoveArgument(Operator):
    """A named argument of a call is forgotten, so that the called function's own default holds."""

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """A place for each named argument."""
        for _ in self._named(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Leave the argument out, and a comma with it."""
        if node.type == "trailer":
            del node.children[1]
            return node
        place = self._named(node)[index]
        del node.children[max(place - 1, 0) : max(place - 1, 0) + 2]
        return node

    def _named(self, node: Node) -> list[int]:
        if node.type == "trailer":  # of a call with one argument
            return [1] if len(node.children) == 3 and self._is_named(node.children[1]) else []
        return [i for i in _arguments(node) if self._is_named(node.children[i])]

    @staticmethod
    def _is_named(node: Node) -> bool:
        return node.type == "argument" and len(node.children) == 3 and node.children[1] == "="

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("f(a, axis=0)", "f(a)"), Example("f(axis=0)", "f()"))


class EmptyString(Operator):
    """A text becomes the empty one. Docstrings stay."""

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """The text's place."""
        if node.type == "string" and len(node.value) > 2 and node.parent.type != "simple_stmt":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Put `""` for the text."""
        return _in_place_of(node, tree.String('""', node.start_pos, node.prefix))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("x = 'max'", 'x = ""'),)


class RemoveMethodCall(Operator):
    """A method is not called: `text.lower()` becomes `text`."""

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """A place for each call of a method in a chain."""
        for _ in self._calls(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Take the name and the brackets out of the chain."""
        place = self._calls(node)[index]
        del node.children[place : place + 2]
        return node

    def _calls(self, node: Node) -> list[int]:
        """The places of `.name` with brackets after them; not of a module's functions, which RemoveCall sees to."""
        if node.type not in ("atom_expr", "power"):
            return []
        parts = node.children
        first = 2 if parts[0].type == "name" and parts[0].value in ("np", "tf", "keras", "math", "cv2", "re") else 1
        return [
            i
            for i, (name, brackets) in enumerate(zip(parts, parts[1:], strict=False))
            if i >= first and _begins(name, ".") and _begins(brackets, "(")
        ]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("text.lower().split()", "text.split()"), Example("x.y().z(1)", "x.y()", occurrence=1))


class RemoveCall(Operator):
    """A function is not called: `sorted(x, key=f)` becomes `x`, `np.abs(x)` too."""

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """The call's place, where its first argument is an expression."""
        if self._argument(node) is not None:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Put the first argument, in brackets, for the call."""
        rest, argument = self._argument(node)
        prefix = node.get_first_leaf().prefix
        argument.get_first_leaf().prefix = ""
        brackets = [tree.Operator("(", node.start_pos, prefix), argument, tree.Operator(")", node.end_pos)]
        node.children = [_in_place_of(node.children[0], tree.PythonNode("atom", brackets)), *rest]
        return node

    def _argument(self, node: Node) -> tuple | None:
        """What follows the call's brackets, and its first argument."""
        if node.type not in ("atom_expr", "power") or node.children[0].type != "name":
            return None
        calls = [i for i, child in enumerate(node.children) if _begins(child, "(")]
        if not calls or not all(_begins(child, ".") for child in node.children[1 : calls[0]]):
            return None
        inside = node.children[calls[0]].children[1:-1]
        first = inside[0].children[0] if inside and inside[0].type == "arglist" else inside[0] if inside else None
        if first is None or first.type == "argument":
            return None
        return node.children[calls[0] + 1 :], first

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("y = sorted(x, key=f)", "y = (x)"), Example("np.abs(x).sum()", "(x).sum()"))


class RemoveBound(Operator):
    """A slice loses its first or its last bound."""

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """A place for each bound."""
        for _ in self._bounds(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Take the bound out."""
        del node.children[self._bounds(node)[index]]
        return node

    def _bounds(self, node: Node) -> list[int]:
        if node.type != "subscript":
            return []
        return [i for i, child in enumerate(node.children) if child != ":" and child.type != "sliceop"]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("x[1:n]", "x[:n]"), Example("x[1:n]", "x[1:]", occurrence=1))


class ReplaceFunction(Operator):
    """A function's name becomes that of its neighbour in the manual: `max` becomes `min`."""

    PAIRS = (
        *(
            "max min",
            "argmax argmin",
            "sum mean",
            "any all",
            "zeros ones",
            "ceil floor",
            "lower upper",
            "append insert",
        ),
        *("rows columns", "width height", "log log1p", "sorted reversed", "split rsplit", "union intersection"),
        *("maximum minimum", "add subtract", "exp expm1", "median mean", "rint trunc", "repeat tile", "rglob glob"),
        *("startswith endswith", "most_common elements", "lstrip rstrip", "shuffle permutation"),
    )
    OTHER = {one: other for pair in PAIRS for one, other in (pair.split(), pair.split()[::-1])}

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """The name's place."""
        if node.type == "name" and node.value in self.OTHER and not node.is_definition():
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Put the neighbour's name."""
        return _in_place_of(node, tree.Name(self.OTHER[node.value], node.start_pos, node.prefix))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("y = x.max()", "y = x.min()"),)


class ReplaceName(Operator):
    """A variable of the function becomes the next one of the same function, in order of appearance."""

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """The place of a name that is read."""
        if self._next(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Put the next variable's name."""
        return _in_place_of(node, tree.Name(self._next(node), node.start_pos, node.prefix))

    def _next(self, node: Node) -> str | None:
        if node.type != "name" or node.is_definition() or _begins(node.parent, "."):
            return None
        if node.parent.type == "argument" and node.parent.children[0] is node and node.parent.children[1] == "=":
            return None
        function = tree.search_ancestor(node, "funcdef")
        if function is None:
            return None
        names = list(dict.fromkeys(found.value for found in _names(function.children[2:]) if found.is_definition()))
        if node.value not in names or len(names) == 1:
            return None
        return names[(names.index(node.value) + 1) % len(names)]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("def f(a, b):\n    return a\n", "def f(a, b):\n    return b\n"),)


class RemoveOperand(Operator):
    """The second operand of a sum, a product or a condition is forgotten."""

    def mutation_positions(self, node: Node) -> Iterator[tuple]:
        """The place of `a op b`."""
        if node.type in ("arith_expr", "term", "and_test", "or_test", "expr", "and_expr") and len(node.children) >= 3:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Take the operator and what follows it out."""
        del node.children[1:3]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("y = a + b", "y = a"), Example("a and b and c", "a and c"))


def _in_place_of(old: Node, new: Node) -> Node:
    new.parent = old.parent  # the walk goes on after a mutation, and looks at parents
    return new


def _begins(node: Node, sign: str) -> bool:
    """Whether `node` is a trailer that begins with this sign: `.name`, `(...)` or `[...]`."""
    return node.type == "trailer" and node.children[0] == sign


def _names(nodes: list) -> Iterator[tree.Name]:
    for node in nodes:
        if node.type == "name":
            yield node
        elif hasattr(node, "children"):
            yield from _names(node.children)


#: All of them; those of WIDE are needed where a solution is so short that the others find little to change.
NARROW = (
    *(RemoveStatement, SwapArguments, RemoveArgument, EmptyString),
    *(RemoveMethodCall, RemoveCall, RemoveBound, ReplaceFunction),
)
WIDE = (ReplaceName, RemoveOperand)
