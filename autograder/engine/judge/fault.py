"""What went first wrong with a notebook where points are missing: a kind by name, so that a table can say it in a few words."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from autograder.authoring.cells import code_cells, exercise_of, source_of
from autograder.engine.run.ended import End
from autograder.engine.run.runner import Result
from autograder.limits import MAX_OUTPUT_TEXT, MAX_WORDS


class Fault(StrEnum):
    """Kinds of faults."""

    SYNTAX = "syntax"  # a cell is no Python
    CRASHED = "crashed"  # a cell ended with an error
    TIME = "time"  # a cell or an answer ran out of time
    MEMORY = "memory"
    ENDED = "ended"  # its process ended: a cell's own doing, or too much came out of it


_SYNTAX = ("SyntaxError", "IndentationError", "TabError")
_ENDS = {End.CELL_TIME: Fault.TIME, End.ALL_TIME: Fault.TIME, End.MEMORY: Fault.MEMORY, End.KILLED: None}


def find_fault(notebook: dict, result: Result) -> dict[str, Any]:
    """The fault of a run: its kind, the number of the code cell where it is known, and a learner's line or error there.

    The end of the process comes first, then what ran out of time, then the first error of a cell that is no test. {}: none.
    """
    if result.ended and (kind := _ENDS.get(result.ended.kind, Fault.ENDED)):
        return _fault(kind, result.at)
    for at in result.interrupted:
        return _fault(Fault.TIME, at)
    for at in result.left_out:
        return _fault(Fault.ENDED, at)
    for number, cell in enumerate(code_cells(notebook)):
        for output in cell["outputs"]:
            if output["output_type"] == "error" and not exercise_of(cell):
                kind = Fault.SYNTAX if output["ename"] in _SYNTAX else Fault.CRASHED
                line = _line(output, source_of(cell)) or f"{output['ename']}: {output['evalue']}"
                return _fault(kind, number, line)
    return {}


def _fault(kind: Fault, at: int | str | None, line: str = "") -> dict[str, Any]:
    line = " ".join(line.split())[:MAX_WORDS]
    return {"kind": kind.value, "at": at + 1 if isinstance(at, int) else at or "", "line": line}


def _line(output: dict, source: str) -> str:
    """The learner's own line that an error's traceback points at; "" where it points at none of this cell."""
    told = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(map(str, output.get("traceback", ())))[:MAX_OUTPUT_TEXT])
    lines = {line.strip() for line in source.splitlines() if line.strip()}
    found = [line.strip() for line in re.findall(r"^-+> *\d+ (.+)$", told, re.MULTILINE)]
    return next((line for line in found if line in lines), "")
