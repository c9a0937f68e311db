"""What an answer's source says: the loops it writes and the library names it uses, for tasks that forbid a shortcut."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
import types
from collections.abc import Iterator
from typing import Any

_LOOPS = {
    ast.For: "for",
    ast.AsyncFor: "for",
    ast.While: "while",
    ast.ListComp: "a list comprehension",
    ast.SetComp: "a set comprehension",
    ast.DictComp: "a dict comprehension",
    ast.GeneratorExp: "a generator",
}
LOOPS_IN_DISGUISE = ("numpy.vectorize", "numpy.frompyfunc", "numpy.apply_along_axis", "numpy.fromiter", "builtins.map")


def read_source(answer: Any) -> dict:
    """Facts about the source of `answer` and of the learner's own functions and classes that it uses.

    Returns {"read": bool, "loops": ["for in line 3", ...], "uses": ["scipy.signal.correlate2d", ...]}.
    """
    loops: list[str] = []
    uses: set[str] = set()
    todo, seen = _functions_of(answer), set()
    while todo:
        function = inspect.unwrap(todo.pop())
        if id(function) in seen or not isinstance(function, types.FunctionType):
            continue
        seen.add(id(function))
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        except (OSError, TypeError, SyntaxError):
            return {"read": False, "loops": [], "uses": []}
        loops += find_loops(tree)
        names, own = _resolve_names(tree, function)
        uses |= names
        todo += own
    loops += [f"{name.partition('.')[2]}, a loop in disguise" for name in sorted(uses) if name in LOOPS_IN_DISGUISE]
    return {"read": bool(seen), "loops": loops, "uses": sorted(uses)}


def _functions_of(answer: Any) -> list[types.FunctionType]:
    """The functions that an answer is written with: itself, what a partial wraps, a method, all methods of a class."""
    if isinstance(answer, types.FunctionType):
        return [answer]
    if isinstance(answer, functools.partial):
        return _functions_of(answer.func)
    if isinstance(answer, types.MethodType):
        return _functions_of(answer.__func__)
    kind = answer if isinstance(answer, type) else type(answer)
    members = (getattr(member, "__func__", member) for member in vars(kind).values())  # of static and class methods
    return [
        member for member in members if isinstance(member, types.FunctionType) and member.__module__ == kind.__module__
    ]


def broken_rule(rules: list[dict], facts: dict | None) -> str | None:
    """The words for the first rule that the facts break, or None."""
    for rule in rules:
        if not facts or not facts["read"]:
            return "Its source could not be read, and this task has a rule about how it is written. Run the cell that defines it."
        if rule["rule"] == "loops" and facts["loops"]:
            return f"{rule['hint']} Yours has {facts['loops'][0]}."
        if rule["rule"] == "names":
            found = [use for use in facts["uses"] if any(_matches(use, name) for name in rule["names"])]
            if found:
                return f"{rule['hint']} Yours uses {found[0]}."
    return None


def _matches(use: str, name: str) -> bool:
    head, _, tail = name.partition(".")
    full = {"np": "numpy", "tf": "tensorflow"}.get(head, head) + (f".{tail}" if tail else "")
    return use == full or use.startswith(full + ".")


def find_loops(tree: ast.AST) -> list[str]:
    """The loops in a piece of source, in words."""
    return [
        f"{'`' + word + '`' if word in ('for', 'while') else word} in its line {getattr(node, 'lineno', 1)}"
        for node in ast.walk(tree)
        if (word := _LOOPS.get(type(node)))
    ]


def _resolve_names(tree: ast.AST, function: types.FunctionType) -> tuple[set[str], list]:
    """Full names of what the code refers to (`np.pad` -> "numpy.pad"), and the learner's own functions among it."""
    import builtins

    bound = dict(vars(builtins)) | function.__globals__
    closure = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    bound |= {name: cell.cell_contents for name, cell in closure if _filled(cell)}
    for node in ast.walk(tree):  # imports written inside the function
        bound |= {name: _Named(full) for name, full in imports_of(node).items()}
    names: set[str] = set()
    own = []
    for chain, local in chains_below(tree):
        if local or chain[0] not in bound:
            continue
        target = bound[chain[0]]
        if getattr(target, "__module__", None) == function.__module__ and (found := _functions_of(target)):
            own += found
            names.add(chain[0])
        elif base := _full_name(target):
            names.add(".".join([base, *chain[1:]]))
    return names, own


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def chains_below(node: ast.AST) -> Iterator[tuple[list[str], bool]]:
    """Every chain of names in a piece of source, and whether its first name is a local variable where it stands."""
    todo: list[tuple[ast.AST, frozenset[str]]] = [(node, frozenset())]
    while todo:
        one, local = todo.pop()
        if chain := chain_of(one):
            yield chain, chain[0] in local
        around, inside = _parts(one)
        todo += [(part, local) for part in around]
        if inside:
            bound = local | _bound_in(one)
            todo += [(part, bound) for part in inside]


def _parts(node: ast.AST) -> tuple[list[ast.AST], list[ast.AST]]:
    """What of a piece of source is evaluated among the names around it, and what among names of its own."""
    if isinstance(node, _FUNCTIONS):
        around = [*node.args.defaults, *filter(None, node.args.kw_defaults), *getattr(node, "decorator_list", [])]
        return around, node.body if isinstance(node.body, list) else [node.body]
    if isinstance(node, _COMPREHENSIONS):
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        first, *others = node.generators
        inside = [*results, *first.ifs, *(part for other in others for part in (other.iter, *other.ifs))]
        return [first.iter], inside
    return list(ast.iter_child_nodes(node)), []


def _bound_in(node: ast.AST) -> frozenset[str]:
    """The names of a function's or a comprehension's own: parameters and targets; not what is imported or made global."""
    if isinstance(node, _COMPREHENSIONS):
        return frozenset(n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name))
    found = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    elsewhere: set[str] = set()
    todo = list(node.body) if isinstance(node.body, list) else [node.body]
    while todo:
        one = todo.pop()
        elsewhere |= set(imports_of(one)) | (set(one.names) if isinstance(one, ast.Global) else set())
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.add(one.id)
        elif isinstance(one, ast.ExceptHandler | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and one.name:
            found.add(one.name)
        if not isinstance(one, (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef)):  # those have names of their own
            todo += ast.iter_child_nodes(one)
    return frozenset(found - elsewhere)


def imports_of(node: ast.AST) -> dict[str, str]:
    """What an import statement binds: name -> full name, e.g. {"np": "numpy"}; nothing for other nodes."""
    if isinstance(node, ast.Import):
        return {
            (a.asname or a.name.partition(".")[0]): a.name if a.asname else a.name.partition(".")[0] for a in node.names
        }
    if isinstance(node, ast.ImportFrom):
        return {(a.asname or a.name): f"{node.module}.{a.name}" for a in node.names}
    return {}


class _Named(str):
    """The full name of something imported inside a function."""


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def chain_of(node: ast.AST) -> list[str]:
    """["np", "linalg", "norm"] for `np.linalg.norm`; empty for what is not a chain of names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []


def _full_name(target: Any) -> str | None:
    if isinstance(target, _Named):
        return str(target)
    if isinstance(target, types.ModuleType):
        return target.__name__
    module, name = getattr(target, "__module__", None), getattr(target, "__name__", None)
    return f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else None
