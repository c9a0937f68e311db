"""Whether what is checked is what the learner wrote last: a cell with an error in its spelling leaves the function of before."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from course_utils.limits import MAX_SOURCE, SAME_NAME


def about_last_cell(name: str, others: Iterable[str] = ()) -> str:
    """That the cell which was to define `name` was not understood, or defines another name; "" where it did define it.

    `others`: names that are answers of their own, however alike they are.
    """
    for cell in reversed(_cells_run()):
        if re.search(rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b", cell, re.M):
            return "" if _is_python(cell) else _NOT_READ.format(name=name)
        defined = re.findall(r"^def[ \t]+(\w+)", cell, re.M)
        if mine := next((other for other in defined if other not in others and _alike(other, name)), None):
            return _ANOTHER.format(name=name, mine=mine)
    return ""


_NOT_READ = (
    "This is about `{name}` as it was before: the cell with `def {name}` was run again and ended in a SyntaxError, so nothing in it "
    "counts yet."
)
_ANOTHER = "This is about `{name}` as it was before: a cell that was run later defines `{mine}`, which is another name."


def _cells_run() -> list[str]:
    """The cells of this session that were run, in order; [] outside of a notebook."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    told = shell.user_ns.get("In") if shell else None
    return [cell[:MAX_SOURCE] for cell in told if type(cell) is str] if type(told) is list else []


def _is_python(cell: str) -> bool:
    try:
        ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _alike(one: str, other: str) -> bool:
    """Whether two names are one, but for a letter or an underscore."""
    a, b = (name.lower().replace("_", "") for name in (one, other))
    return a == b or (min(len(a), len(b)) >= SAME_NAME and SequenceMatcher(None, a, b).ratio() > 1 - 1 / SAME_NAME)
