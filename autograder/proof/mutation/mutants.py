"""Mutants of a solution: copies with one small thing wrong, made by Cosmic Ray's operators and some of our own.

Only what stands between the solution's markers is mutated: the rest of the cell is given to the learner. Binary operators,
comparisons and signs become the two or three others that a person would write by mistake, not all that there are: of the
eleven that could stand for a `+`, most fail on the first probe and prove nothing.
"""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from parso.tree import BaseNode, NodeOrLeaf

from autograder.authoring.lesson import BEGIN, END
from autograder.proof.mutation.operators import NARROW, WIDE, ReplaceFunction
from autograder.proof.mutation.overwritten import overwritten

_BINARY = (
    *("Add_Sub", "Add_Mul", "Sub_Add", "Sub_Mul", "Mul_Add", "Mul_Div", "Div_Mul", "Div_FloorDiv", "FloorDiv_Div"),
    *("FloorDiv_Mod", "Mod_FloorDiv", "Mod_Add", "Pow_Mul", "BitAnd_BitOr", "BitOr_BitAnd", "BitXor_BitAnd"),
    *("LShift_RShift", "RShift_LShift"),
)
_COMPARISONS = (
    *("Eq_NotEq", "Eq_LtE", "NotEq_Eq", "NotEq_Lt", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE"),
    *("GtE_Gt", "GtE_Lt", "Is_IsNot", "IsNot_Is"),
)
#: Mutants of one cell. A solution that gives fewer is mutated by the wider operators too.
ENOUGH = 20
#: Cosmic Ray's operators that are used here, by its own names.
COSMIC_RAY = (
    *(f"core/ReplaceBinaryOperator_{pair}" for pair in _BINARY),
    *(f"core/ReplaceComparisonOperator_{pair}" for pair in _COMPARISONS),
    *("core/ReplaceUnaryOperator_Delete_USub", "core/ReplaceUnaryOperator_Delete_Not"),
    *("core/AddNot", "core/ReplaceAndWithOr", "core/ReplaceOrWithAnd"),
    *("core/ReplaceTrueWithFalse", "core/ReplaceFalseWithTrue"),
    *("core/ReplaceBreakWithContinue", "core/ReplaceContinueWithBreak", "core/ZeroIterationForLoop"),
    *("core/NumberReplacer", "core/ExceptionReplacer"),
)


@dataclass(frozen=True)
class Mutant:
    """A solution cell with one thing changed."""

    operator: str
    was: str  # the lines that differ, joined and stripped: in the solution
    becomes: str  # and in the mutant
    source: str  # of the whole cell

    def __str__(self) -> str:
        return f"{self.was}  ->  {self.becomes}"


def mutants_of(source: str) -> list[Mutant]:
    """All mutants of a solution cell's source that can be compiled and differ from it and from one another."""
    found: dict[str, Mutant] = {}
    _collect(found, source, [cosmic_ray.plugins.get_operator(name) for name in COSMIC_RAY])
    _collect(found, source, NARROW)
    if len(found) < ENOUGH:
        _collect(found, source, WIDE)
    if len(found) < ENOUGH:
        _collect(found, source, [cosmic_ray.plugins.get_operator(name) for name in _all_replacements()])
    return list(found.values())


def _collect(found: dict[str, Mutant], source: str, operators: Iterable[type[Operator]]) -> None:
    """Add the mutants that these operators make to those found, which are kept by what Python makes of them."""
    marked, original, fillings = _solution_lines(source), _essence(source), overwritten(source)
    for kind in operators:
        operator = kind()
        nodes = [node for node in ast_nodes(get_ast(source)) for _ in operator.mutation_positions(node)]
        for occurrence, node in enumerate(nodes):
            if node.start_pos[0] not in marked or _is_said(node):
                continue
            if kind is ReplaceFunction and node.start_pos in fillings:
                continue  # what an array is filled with before every element is written is no mistake
            mutated = mutate_code(source, operator, occurrence)
            essence = _essence(mutated) if mutated else None
            if essence not in (None, original):
                found.setdefault(essence, Mutant(kind.__name__, *_difference(source, mutated), mutated))


def _is_said(node: NodeOrLeaf) -> bool:
    """Whether a node is part of the words of an error: they are nobody's business."""
    raising = node.search_ancestor("raise_stmt")
    called = raising.children[1] if raising else None
    return isinstance(called, BaseNode) and node is not called and node is not called.children[0]


def _all_replacements() -> list[str]:
    """Cosmic Ray's replacements of binary operators and comparisons, all of them."""
    return [
        n for n in sorted(cosmic_ray.plugins.operator_names()) if "BinaryOperator" in n or "ComparisonOperator" in n
    ]


def _solution_lines(source: str) -> set[int]:
    """The numbers, from 1, of the lines between solution markers."""
    inside, found = False, set()
    for number, line in enumerate(source.splitlines(), 1):
        if BEGIN in line or END in line:
            inside = BEGIN in line
        elif inside:
            found.add(number)
    return found


def _essence(source: str) -> str | None:
    """What Python makes of the source, whatever its spaces and brackets; None where it cannot be compiled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # `0(x)` deserves one, and fails soon enough
        try:
            compile(source, "<mutant>", "exec")
            return ast.dump(ast.parse(source))
        except (SyntaxError, ValueError):
            return None


def _difference(before: str, after: str) -> tuple[str, str]:
    """The lines that differ, stripped and joined: before, after."""
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in ("- ", "+ ")]
    was, becomes = (" ".join(line[2:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return was, becomes
