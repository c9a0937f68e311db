"""Mutation operators that Cosmic Ray lacks, in its own form: statements, arguments, calls, texts, names, operands.

Each works on a parso tree: `mutation_positions` says how often a node can be mutated, `mutate` does it the n-th time.
"""

from __future__ import annotations

from collections.abc import Iterator

import parso.python.tree as tree
from cosmic_ray.operators.operator import Example, Operator
from parso.tree import BaseNode, NodeOrLeaf


class RemoveStatement(Operator):
    """A line that does nothing: `pass` in its place. Docstrings and imports stay."""

    _KEPT = ("import_name", "import_from", "pass_stmt", "string", "strings")

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """The statement's place, where `node` is a line with one simple statement."""
        children = _children(node, "simple_stmt")
        if children and children[0].type not in self._KEPT and not _is(children[0], "..."):
            yield node.start_pos, node.end_pos

    def mutate(self, node: BaseNode, index: int) -> BaseNode:
        """Put `pass` for the statement."""
        first = node.get_first_leaf()
        node.children[0] = _in_place_of(node.children[0], tree.Keyword("pass", first.start_pos, first.prefix))
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("x = 1\n", "pass\n"),)


def _arguments(node: NodeOrLeaf) -> list[int]:
    """The places among `node`'s children of a call's arguments, where `node` holds those of a call with several."""
    children = _children(node, "arglist")
    return [i for i, child in enumerate(children) if not _is(child, ",") and child.type != "comment"]


class SwapArguments(Operator):
    """Two neighbouring positional arguments of a call change places."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """A place for each pair that can be swapped."""
        for _ in self._pairs(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: BaseNode, index: int) -> BaseNode:
        """Swap the pair, with the spaces before each left where they were."""
        i, j = self._pairs(node)[index]
        first, second = node.children[i], node.children[j]
        one, two = first.get_first_leaf(), second.get_first_leaf()
        one.prefix, two.prefix = two.prefix, one.prefix
        node.children[i], node.children[j] = second, first
        return node

    def _pairs(self, node: NodeOrLeaf) -> list[tuple[int, int]]:
        children = _children(node, "arglist")
        places = [i for i in _arguments(node) if children[i].type != "argument"]
        return [(i, j) for i, j in zip(places, places[1:], strict=False) if j == i + 2]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("f(a, b, c)", "f(b, a, c)"), Example("f(a, b, c)", "f(a, c, b)", occurrence=1))


class RemoveArgument(Operator):
    """A named argument of a call is forgotten, so that the called function's own default holds."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """A place for each named argument."""
        for _ in self._named(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: BaseNode, index: int) -> BaseNode:
        """Leave the argument out, and a comma with it."""
        if node.type == "trailer":
            del node.children[1]
            return node
        place = self._named(node)[index]
        del node.children[max(place - 1, 0) : max(place - 1, 0) + 2]
        return node

    def _named(self, node: NodeOrLeaf) -> list[int]:
        if children := _children(node, "trailer"):  # of a call with one argument
            return [1] if len(children) == 3 and self._is_named(children[1]) else []
        children = _children(node, "arglist")
        return [i for i in _arguments(node) if self._is_named(children[i])]

    @staticmethod
    def _is_named(node: NodeOrLeaf) -> bool:
        children = _children(node, "argument")
        return len(children) == 3 and _is(children[1], "=")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("f(a, axis=0)", "f(a)"), Example("f(axis=0)", "f()"))


class EmptyString(Operator):
    """A text becomes the empty one. Docstrings stay."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """The text's place."""
        if isinstance(node, tree.String) and len(node.value) > 2 and not _children(node.parent, "simple_stmt"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: tree.String, index: int) -> NodeOrLeaf:
        """Put `""` for the text."""
        return _in_place_of(node, tree.String('""', node.start_pos, node.prefix))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("x = 'max'", 'x = ""'),)


class RemoveMethodCall(Operator):
    """A method is not called: `text.lower()` becomes `text`."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """A place for each call of a method in a chain."""
        for _ in self._calls(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: BaseNode, index: int) -> BaseNode:
        """Take the name and the brackets out of the chain."""
        place = self._calls(node)[index]
        del node.children[place : place + 2]
        return node

    def _calls(self, node: NodeOrLeaf) -> list[int]:
        """The places of `.name` with brackets after them; not of a module's functions, which RemoveCall sees to."""
        parts = _children(node, "atom_expr", "power")
        called = parts[0] if parts else None
        of_module = isinstance(called, tree.Name) and called.value in ("np", "tf", "keras", "math", "cv2", "re")
        first = 2 if of_module else 1
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

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """The call's place, where its first argument is an expression."""
        if self._argument(node) is not None:
            yield node.start_pos, node.end_pos

    def mutate(self, node: BaseNode, index: int) -> BaseNode:
        """Put the first argument, in brackets, for the call."""
        found = self._argument(node)
        assert found is not None  # the node's place was found by it
        rest, argument = found
        prefix = node.get_first_leaf().prefix
        argument.get_first_leaf().prefix = ""
        brackets = [tree.Operator("(", node.start_pos, prefix), argument, tree.Operator(")", node.end_pos)]
        node.children = [_in_place_of(node.children[0], tree.PythonNode("atom", brackets)), *rest]
        return node

    def _argument(self, node: NodeOrLeaf) -> tuple[list[NodeOrLeaf], NodeOrLeaf] | None:
        """What follows the call's brackets, and its first argument."""
        parts = _children(node, "atom_expr", "power")
        if not parts or parts[0].type != "name":
            return None
        calls = [i for i, part in enumerate(parts) if _begins(part, "(")]
        if not calls or not all(_begins(part, ".") for part in parts[1 : calls[0]]):
            return None
        inside = _children(parts[calls[0]], "trailer")[1:-1]
        if not inside:
            return None
        first = next(iter(_children(inside[0], "arglist")), inside[0])
        return None if first.type == "argument" else (parts[calls[0] + 1 :], first)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("y = sorted(x, key=f)", "y = (x)"), Example("np.abs(x).sum()", "(x).sum()"))


class RemoveBound(Operator):
    """A slice loses its first or its last bound."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """A place for each bound."""
        for _ in self._bounds(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: BaseNode, index: int) -> BaseNode:
        """Take the bound out."""
        del node.children[self._bounds(node)[index]]
        return node

    def _bounds(self, node: NodeOrLeaf) -> list[int]:
        children = _children(node, "subscript")
        return [i for i, child in enumerate(children) if not _is(child, ":") and child.type != "sliceop"]

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

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """The name's place."""
        if isinstance(node, tree.Name) and node.value in self.OTHER and not node.is_definition():
            yield node.start_pos, node.end_pos

    def mutate(self, node: tree.Name, index: int) -> NodeOrLeaf:
        """Put the neighbour's name."""
        return _in_place_of(node, tree.Name(self.OTHER[node.value], node.start_pos, node.prefix))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("y = x.max()", "y = x.min()"),)


class ReplaceName(Operator):
    """A variable of the function becomes the next one of the same function, in order of appearance."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """The place of a name that is read."""
        if self._next(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: tree.Name, index: int) -> NodeOrLeaf:
        """Put the next variable's name."""
        other = self._next(node)
        assert other is not None  # the node's place was found by it
        return _in_place_of(node, tree.Name(other, node.start_pos, node.prefix))

    def _next(self, node: NodeOrLeaf) -> str | None:
        if not isinstance(node, tree.Name) or node.is_definition() or _begins(node.parent, "."):
            return None
        argument = _children(node.parent, "argument")
        if argument and argument[0] is node and _is(argument[1], "="):
            return None
        function = node.search_ancestor("funcdef")
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

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple]:
        """The place of `a op b`."""
        if len(_children(node, "arith_expr", "term", "and_test", "or_test", "expr", "and_expr")) >= 3:
            yield node.start_pos, node.end_pos

    def mutate(self, node: BaseNode, index: int) -> BaseNode:
        """Take the operator and what follows it out."""
        del node.children[1:3]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example("y = a + b", "y = a"), Example("a and b and c", "a and c"))


def _in_place_of(old: NodeOrLeaf, new: NodeOrLeaf) -> NodeOrLeaf:
    new.parent = old.parent  # the walk goes on after a mutation, and looks at parents
    return new


def _children(node: NodeOrLeaf | None, *kinds: str) -> list[NodeOrLeaf]:
    """The children of a node of one of these kinds; none of any other, of a leaf, or above the root."""
    return node.children if isinstance(node, BaseNode) and node.type in kinds else []


def _is(node: NodeOrLeaf, sign: str) -> bool:
    """Whether `node` is this operator or keyword."""
    return isinstance(node, tree.Operator | tree.Keyword) and node.value == sign


def _begins(node: NodeOrLeaf | None, sign: str) -> bool:
    """Whether `node` is a trailer that begins with this sign: `.name`, `(...)` or `[...]`."""
    children = _children(node, "trailer")
    return bool(children) and _is(children[0], sign)


def _names(nodes: list[NodeOrLeaf]) -> Iterator[tree.Name]:
    for node in nodes:
        if isinstance(node, tree.Name):
            yield node
        elif isinstance(node, BaseNode):
            yield from _names(node.children)


#: All of them; those of WIDE are needed where a solution is so short that the others find little to change.
NARROW = (
    *(RemoveStatement, SwapArguments, RemoveArgument, EmptyString),
    *(RemoveMethodCall, RemoveCall, RemoveBound, ReplaceFunction),
)
WIDE = (ReplaceName, RemoveOperand)
