"""docs/limits.md: every limit with its value and its reason, as the modules of limits have them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import autograder.engine.run.limits
import autograder.limits
import course_utils.limits
from autograder.common.keep import write_made
from autograder.course import ROOT

PAGE = ROOT / "docs" / "limits.md"
MODULES = (autograder.limits, autograder.engine.run.limits, course_utils.limits)

_HEAD = """# Limits

Seconds, memory and sizes, each with its reason. Made by `make build` from the modules that are named here: change a limit there.
"""
_LIMIT = re.compile(r"(?:# (?P<above>.+)\n)?^(?P<name>[A-Z]\w*) = [^#\n]+?(?:  # (?P<beside>.+))?$", re.M)


class Limit(NamedTuple):
    """One limit: its name, its value, and what it holds and why."""

    name: str
    value: float
    words: str


def write_page(path: Path = PAGE) -> Path:
    """Write the page; returns its path."""
    write_made(path, limits_page().encode(), ROOT)
    return path


def limits_page() -> str:
    """The page's text."""
    parts = [_HEAD]
    for module in MODULES:
        parts.append(f"\n## `{module.__name__.replace('.', '/')}.py`\n")
        for heading, limits in groups(module):
            parts.append(f"\n{heading}\n\n| limit | value | what it holds, and why |\n|---|--:|---|\n")
            parts += [f"| `{limit.name}` | {shown(limit.value)} | {limit.words} |\n" for limit in limits]
    return "".join(parts)


def groups(module: ModuleType) -> Iterator[tuple[str, list[Limit]]]:
    """The limits of a module under the headings that it gives them: comments between empty lines."""
    below_its_docstring = inspect.getsource(module).split('"""')[2]
    blocks = below_its_docstring.strip().split("\n\n")
    for heading, block in zip(blocks[::2], blocks[1::2], strict=True):
        found = [
            Limit(row["name"], getattr(module, row["name"]), row["above"] or row["beside"] or "")
            for row in _LIMIT.finditer(block)
        ]
        yield " ".join(heading.replace("# ", "").split()), found


def shown(value: float) -> str:
    """A number as people read it: 33554432 is 32 MB."""
    for unit, size in (("GB", 2**30), ("MB", 2**20)):
        if isinstance(value, int) and value >= size and value % size == 0:
            return f"{value // size:,} {unit}"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
