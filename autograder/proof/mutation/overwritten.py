"""Arrays of which every element is written before any is read: what they are filled with at first is nobody's mistake."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_FILLED = ("zeros", "ones", "empty")


def overwritten(source: str) -> set[tuple[int, int]]:
    """Where the names `zeros`, `ones` and `empty` stand, as (line, column), whose array loops fill wholly afterwards.

    Only what can be read off is found: `a = np.zeros((m, n))`, and below it loops over `range(m)` and `range(n)`, or over
    `np.ndindex(a.shape)`, that do nothing with `a` but to write `a[i, j]` each time.
    """
    found = set()
    for block in _blocks(ast.parse(source)):
        for place, node in enumerate(block):
            made = _made(node)
            if made is None:
                continue
            name, call, sizes = made
            for after in block[place + 1 :]:
                if isinstance(after, ast.For) and _fills(after, name, sizes):
                    assert isinstance(call.func, ast.Attribute)  # `_made` has looked
                    end = call.func.end_col_offset or 0
                    found.add((call.func.end_lineno or 0, end - len(call.func.attr)))
                if _names(after) & {name, *_names(call.args[0])}:
                    break
    return found


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                yield block


def _made(node: ast.stmt) -> tuple[str, ast.Call, list[str]] | None:
    """The name, the call and the sizes of `name = np.zeros(sizes)`; None for another statement."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
        return None
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
        return None
    if call.func.attr not in _FILLED or ast.unparse(call.func.value) not in ("np", "numpy"):
        return None
    shape = call.args[0]
    sizes = shape.elts if isinstance(shape, ast.Tuple) else [shape]
    return node.targets[0].id, call, [ast.unparse(size) for size in sizes]


def _fills(loop: ast.For, name: str, sizes: list[str]) -> bool:
    """Whether a loop writes every element of the array, and does nothing else with it."""
    if any(isinstance(node, ast.Break | ast.Continue | ast.Return) for node in ast.walk(loop)):
        return False
    index: list[str] = []
    block: list[ast.stmt] = [loop]
    while len(index) < len(sizes):
        inner = next((node for node in block if isinstance(node, ast.For)), None)
        if inner is None or inner.orelse:
            return False
        over = ast.unparse(inner.iter)
        if over in (f"np.ndindex({name}.shape)", f"np.ndindex(*{name}.shape)") and not index:
            index, block = [ast.unparse(inner.target).strip("()")], inner.body
            break
        axis = len(index)
        if over not in (
            f"range({sizes[axis]})",
            f"range({name}.shape[{axis}])",
            *([f"range(len({name}))"] if not axis else []),
        ):
            return False
        index, block = [*index, ast.unparse(inner.target)], inner.body
    written = [
        target
        for node in block
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript) and ast.unparse(target.value) == name
        if ast.unparse(target.slice).strip("()") == ", ".join(index)
    ]
    reads = [node for node in ast.walk(loop) if isinstance(node, ast.Name) and node.id == name]
    of_shape = sum(
        isinstance(node, ast.Attribute) and node.attr == "shape" and ast.unparse(node.value) == name
        for node in ast.walk(loop)
    ) + ast.unparse(loop).count(f"range(len({name}))")
    stored = {node.id for node in ast.walk(loop) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    in_sizes = {node.id for size in sizes for node in ast.walk(ast.parse(size)) if isinstance(node, ast.Name)}
    return len(written) == 1 and len(reads) == 1 + of_shape and not stored & in_sizes


def _names(node: ast.AST) -> set[str]:
    """The names that a piece of code uses."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
