"""The source of a declared answer, as a learner would have written it into a notebook."""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Iterator
from typing import Any


def own_source(name: str, answer: Any) -> str | None:
    """A declared answer's source as a learner would write it; None for one that needs more of its module than NumPy."""
    answer = inspect.unwrap(answer)
    if not inspect.isfunction(answer):
        return None
    if answer.__name__ == "<lambda>":
        declared = ast.walk(ast.parse(inspect.getsource(inspect.getmodule(answer))))  # type: ignore[arg-type]  # it has one
        lambdas = [n for n in declared if isinstance(n, ast.Lambda) and n.lineno == answer.__code__.co_firstlineno]
        if len(lambdas) != 1:
            return None
        text = f"def {name}({ast.unparse(lambdas[0].args)}):\n    return {ast.unparse(lambdas[0].body)}\n"
    else:
        lines = textwrap.dedent(inspect.getsource(answer)).splitlines()
        start = next(place for place, line in enumerate(lines) if line.startswith("def "))
        text = "\n".join(lines[start:]).replace(f"def {answer.__name__}(", f"def {name}(", 1)
    needed = set(_names(answer.__code__)) & set(answer.__globals__)
    return None if needed - {"np"} or answer.__closure__ else "import numpy as np\n\n" + text


def _names(code: types.CodeType) -> Iterator[str]:
    """The names that code uses, and functions and generators within it, which have code of their own."""
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from _names(part)
