"""What a submitted notebook's source says of an answer, read outside the sandbox and without executing anything.

Rules about how an answer is written (no loops, no library that does it all) are kept by facts about its source. Those
that the sandbox reports could be forged, so the judge reads the notebook's own cells too, and a rule is broken when
either says so.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from course_utils.source import LOOPS_IN_DISGUISE, chain_of, chains_below, find_loops, imports_of

MAX_SOURCE = 2_000_000  # characters of a notebook's code that are read; the syntax tree takes a hundred times as much
UNREAD = {"read": False, "loops": [], "uses": []}


@dataclass
class _Names:
    """What the names of a notebook stand for after some of its cells: the last definition counts, as it does in Python."""

    code: dict[str, ast.AST] = field(default_factory=dict)  # functions, classes and other values
    library: dict[str, str] = field(default_factory=dict)  # "np" -> "numpy"
    stars: list[str] = field(default_factory=list)  # modules of which everything was imported

    def define(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                found = imports_of(statement)
                self.stars += [full.removesuffix(".*") for full in found.values() if full.endswith(".*")]
                self.library |= found
                for name in found:
                    self.code.pop(name, None)
            elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._bind(statement.name, statement)
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        self._bind(target.id, statement.value)
            for inner in ("body", "orelse", "finalbody", "handlers"):
                if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    blocks = getattr(statement, inner, [])
                    self.define(blocks if inner != "handlers" else [s for h in blocks for s in h.body])

    def _bind(self, name: str, code: ast.AST) -> None:
        self.code[name] = code
        self.library.pop(name, None)


def read_answers(cells: Iterable[tuple[str, str | None]]) -> dict[str, dict]:
    """Facts about each exercise's answer, in the form of `course_utils.source.read_source`, by the exercise's id.

    `cells` are (source, exercise id or None) of the code cells in their order. An answer that no cell defines by itself
    (made by `exec`, imported from a file) cannot be read, and its facts say so.
    """
    names, facts, room = _Names(), {}, MAX_SOURCE
    for source, id in cells:
        room -= len(source)
        statements = parse_cell(source) if room >= 0 else None
        if statements is None:
            continue
        names.define(statements)
        if id is not None:
            answer = next(_handed_in(statements, id), None)
            facts[id] = UNREAD if answer is None or room < 0 else _facts_of(answer, names)
    return facts


#: What IPython takes beside Python: prompts that were copied along, magics and shell commands (continued lines too), help.
_PROMPT = re.compile(r"^(?:In \[\d+\]: |>>> ?|\.\.\. ?|[ \t]+\.\.\.: ?)", re.MULTILINE)
_COMMAND = r"((?:[\w.,\[\]'\"* \t]+=[ \t]*)?[%!](?:[^\n]*\\\n)*[^\n]*|\?{1,2}[\w.*%]+[ \t]*|[%\w.*]+\?{1,2}[ \t]*)$"
_COMMANDS = (re.compile(r"^([ \t]*)" + _COMMAND, re.MULTILINE), re.compile("^()" + _COMMAND, re.MULTILINE))


def parse_cell(source: str) -> list[ast.stmt] | None:
    """A cell's statements, IPython's magics left out; None for a cell that Python could not run either.

    IPython itself is not asked: it reads a cell as many times as there are magics in it, and a hostile one for minutes.
    """
    if source.lstrip().startswith("%%"):  # %%time and its like run what is below
        source = source.lstrip().partition("\n")[2]
    plain = textwrap.dedent(_PROMPT.sub("", source))
    # the second way: an indented % may also be the remainder of a division that is written over several lines
    for text in (source, *(commands.sub(r"\1pass", plain) for commands in _COMMANDS)):
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.parse(text).body
    return None


def _handed_in(statements: list[ast.stmt], id: str) -> Iterator[ast.expr]:
    """The expressions that a test cell hands to `check` or `grade`."""
    for node in (node for statement in statements for node in ast.walk(statement)):
        if isinstance(node, ast.Call) and chain_of(node.func)[-1:] in (["grade"], ["check"]) and len(node.args) == 2:
            if isinstance(node.args[0], ast.Constant) and node.args[0].value == id:
                yield node.args[1]


def _facts_of(answer: ast.expr, names: _Names) -> dict:
    loops: list[str] = []
    uses: set[str] = set()
    read = False
    todo, seen = [answer], set()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        written = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
        read = read or written
        if written:
            loops += find_loops(node)
        inner = {name: full for one in ast.walk(node) for name, full in imports_of(one).items()}
        for chain, local in _chains(node, written):
            head, *rest = chain
            if local:
                continue
            if library := inner.get(head) or names.library.get(head):
                uses.add(".".join([library, *rest]))
            elif head in names.code:
                todo.append(names.code[head])
                uses.add(head)
            elif hasattr(builtins, head):
                uses.add(".".join(["builtins", *chain]))
            else:
                uses |= {".".join([module, *chain]) for module in names.stars}
    loops += [f"{name.partition('.')[2]}, a loop in disguise" for name in sorted(uses) if name in LOOPS_IN_DISGUISE]
    return {"read": read, "loops": loops, "uses": sorted(uses)} if read else UNREAD


def _chains(node: ast.AST, written: bool) -> list[tuple[list[str], bool]]:
    """Names that a piece of code refers to: all of a function's; of a value only a function it is, wraps or is made by.

    With each whether it is a local variable there.
    """
    if written:
        return list(chains_below(node))
    if isinstance(node, ast.Call):
        parts = [*node.args, *(keyword.value for keyword in node.keywords)]
        inner = [chain for part in parts for chain in _chains(part, isinstance(part, ast.Lambda))]
        return inner + ([(chain_of(node.func), False)] if inner and chain_of(node.func) else [])
    chain = chain_of(node)
    return [(chain, False)] if chain else []
