"""The source of a declared answer, as a learner would have written it into a notebook."""

from __future__ import annotations

import ast
import inspect
import textwrap
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
    needed = set(answer.__code__.co_names) & set(answer.__globals__)
    return None if needed - {"np"} or answer.__closure__ else "import numpy as np\n\n" + text
