"""Signs in the text of an answer: lines that do something else than they seem to, whatever the exercise.

Only the source of the learner's own function is read; nothing is called. Each sign is true of the line that it quotes.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Callable, Collection, Iterator
from typing import Any

from course_utils.kinds import is_a
from course_utils.limits import MAX_QUOTED, MAX_SOURCE

#: Methods that change the object that they belong to and return None.
_IN_PLACE = ("append", "extend", "insert", "sort", "reverse", "update", "add", "discard", "clear", "shuffle", "fill")
#: Methods that give a copy: what is written into it is lost with it.
_COPIES = ("flatten", "copy", "tolist", "astype")
_MAKERS = ("zeros", "ones", "empty", "full")
_BYTES = ("uint8", "int8")


def signs_of(answer: Any, unneeded: Collection[str] = ()) -> list[str]:
    """What in an answer's source does something else than it seems to, in sentences; [] where its source cannot be read.

    `unneeded`: parameters that a right answer need not read.
    """
    if not is_a(answer, types.FunctionType):
        answer = inspect.getattr_static(answer, "__wrapped__", None)  # one that is asked often
    if not is_a(answer, types.FunctionType):
        return []
    try:
        source = textwrap.dedent(inspect.getsource(answer))[:MAX_SOURCE]
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError, ValueError, RecursionError):
        return []
    function = next((node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)), None)
    if function is None:
        return []
    lines = source.splitlines()
    modules = {name for name, value in answer.__globals__.items() if is_a(value, types.ModuleType)}
    found = [(node, words) for look in _LOOKS for node, words in look(function, modules)]
    found += [
        (None, f"Your function never uses its parameter `{name}`.") for name in unread(function) if name not in unneeded
    ]
    return [f"{words} In your line: `{_quoted(lines, node)}`." if node else words for node, words in found]


def _quoted(lines: list[str], node: ast.stmt | ast.expr) -> str:
    line = lines[node.lineno - 1].strip()
    return line if len(line) <= MAX_QUOTED else line[: MAX_QUOTED - 2] + " …"


Found = Iterator[tuple[ast.stmt | ast.expr | None, str]]


def _aliased_rows(function: ast.FunctionDef, modules: set[str]) -> Found:
    """`[[0] * 3] * 2`: one row, twice."""
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for side in (node.left, node.right):
                if isinstance(side, ast.List) and len(side.elts) == 1 and _makes_a_list(side.elts[0]):
                    yield (
                        node,
                        "`[[...] * n] * m` makes *one* row and m names for it: what is written into one row is in all of them.",
                    )


def _makes_a_list(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return isinstance(node.left, ast.List) or isinstance(node.right, ast.List)
    return isinstance(node, ast.List | ast.ListComp | ast.Dict | ast.Set)


def _written_into_a_copy(function: ast.FunctionDef, modules: set[str]) -> Found:
    """`x.flatten()[i] = 1`: the copy is lost with what was written into it."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Call):
                called = target.value.func
                if isinstance(called, ast.Attribute) and called.attr in _COPIES:
                    yield (
                        node,
                        f"`.{called.attr}()` makes a copy, and what is written into it is lost: nothing has a name for the copy.",
                    )


def _value_of_in_place(function: ast.FunctionDef, modules: set[str]) -> Found:
    """`y = x.sort()`: y is None."""
    alone = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Expr)}
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and id(node) not in alone):
            continue
        owner = node.func.value
        while isinstance(owner, ast.Attribute):
            owner = owner.value
        of_module = isinstance(owner, ast.Name) and owner.id in modules and node.func.attr != "shuffle"
        if node.func.attr in _IN_PLACE and not of_module:
            yield (
                node,
                f"`.{node.func.attr}(...)` changes the object before the point and returns None; here its result is used.",
            )


def _error_not_raised(function: ast.FunctionDef, modules: set[str]) -> Found:
    """`return ValueError(...)`, or `ValueError(...)` alone."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.Expr) and isinstance(node.value, ast.Call | ast.Name):
            called = node.value.func if isinstance(node.value, ast.Call) else node.value
            if isinstance(called, ast.Name) and called.id.endswith("Error"):
                how = "returned" if isinstance(node, ast.Return) else "made and dropped"
                yield node, f"The error is {how}, so nothing stops: `raise` before it raises it."


def _no_nan_by_equality(function: ast.FunctionDef, modules: set[str]) -> Found:
    """`x == np.nan` is never true."""
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and any(
            isinstance(side, ast.Attribute) and side.attr == "nan" for side in (node.left, *node.comparators)
        ):
            yield node, "NaN is equal to nothing, not even to itself: np.isnan(...) finds it."


def _leaves_in_the_first_round(function: ast.FunctionDef, modules: set[str]) -> Found:
    """A `return` that stands in a loop's body without a condition."""
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.While):
            last = node.body[-1]
            if isinstance(last, ast.Return) and not any(
                isinstance(n, ast.Continue) for part in node.body for n in ast.walk(part)
            ):
                yield last, "This `return` is inside the loop, so the loop ends in its first round."


def _kept_between_calls(function: ast.FunctionDef, modules: set[str]) -> Found:
    """`counts[word] = ...` where `counts` was made outside: what one call writes is still there in the next."""
    own = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    own |= {
        part.name for part in ast.walk(function) if isinstance(part, ast.FunctionDef | ast.ExceptHandler) and part.name
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            place = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _IN_PLACE:
            place = node.func.value
        else:
            continue
        if isinstance(place, ast.Name) and place.id not in own | modules:
            yield (
                node,
                f"`{place.id}` is made outside the function, so what one call writes into it is still there in the next one: make it "
                "inside.",
            )


def _bytes_that_wrap(function: ast.FunctionDef, modules: set[str]) -> Found:
    """A name that holds bytes and is multiplied or added."""
    small = {
        target.id: node
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _is_of_bytes(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Add | ast.Sub | ast.MatMult | ast.LShift):
            for side in (node.left, node.right):
                if isinstance(side, ast.Name) and side.id in small:
                    yield (
                        node,
                        f"`{side.id}` is of uint8, and a sum or product of such arrays is of uint8 again: it starts again at 0 "
                        "beyond 255. Compute in floats.",
                    )


def _is_of_bytes(node: ast.AST) -> bool:
    """Whether an expression ends in `.astype(np.uint8)` or is made with `dtype=np.uint8`."""
    if not isinstance(node, ast.Call):
        return False
    given = [*node.args, *(word.value for word in node.keywords if word.arg == "dtype")]
    made = isinstance(node.func, ast.Attribute) and node.func.attr in ("astype", "array", *_MAKERS)
    return made and any(_named(part) in _BYTES for part in given)


def _named(node: ast.AST) -> str:
    """The last part of a name, or a text: "uint8" for `np.uint8` and for "uint8"."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return node.id if isinstance(node, ast.Name) else ""


def unread(function: ast.FunctionDef) -> list[str]:
    """The parameters that the body never reads."""
    read = {
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }
    if "locals" in read or "vars" in read:
        return []
    spec = function.args
    named = [parameter.arg for parameter in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    return [name for name in named if name not in read and not name.startswith("_")]


#: What is looked for, the surest first.
_LOOKS: tuple[Callable[[ast.FunctionDef, set[str]], Found], ...] = (
    _aliased_rows,
    _written_into_a_copy,
    _value_of_in_place,
    _error_not_raised,
    _no_nan_by_equality,
    _leaves_in_the_first_round,
    _kept_between_calls,
    _bytes_that_wrap,
)
