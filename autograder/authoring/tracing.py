"""Trace a unit's solution: execute it as grading does, with a look at names, random states and settings after each cell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autograder.authoring.build import solution_path
from autograder.authoring.cells import cells_to_slice, code_cells, setup_among, source_of
from autograder.common.progress import Progress
from autograder.engine.run.runner import WarmParent, imported_modules
from autograder.engine.run.sandbox import Limits, missing
from autograder.limits import BUILD_CELL_SECONDS
from autograder.slicing import snapshot
from autograder.slicing.facts import TRACED, Facts, Traced
from autograder.slicing.needed import needed
from course_utils.refused import Refused

_NAME = "_snapshot_of_the_course"
_SEND = f"""\
def send(types, sys, text):
    module = types.ModuleType({_NAME!r})
    exec(compile(text, {_NAME!r}, "exec"), vars(module))
    sys.modules[{_NAME!r}] = module
    module.before = module.Before()
"""
_LOOK = f"__import__('sys').modules[{_NAME!r}].before.tell(globals())"
_MARK = "@facts "


def trace_solution(unit: str, progress: Progress | None = None, folder: Path = TRACED) -> list[str]:
    """Trace a unit's executed solution, unless that was done since its code changed; returns what was done, a line.

    A solution that cannot be traced is no error: then grading runs all cells of what is handed in.
    """
    notebook = json.loads(solution_path(unit).read_text(encoding="utf-8"))
    cells = code_cells(notebook)
    sources = [source_of(cell) for cell in cells]
    if Facts.load(unit, sources, folder) is not None:
        return []
    (progress or Progress()).say(f"{unit}: executed once more, to see what grading need not run")
    try:
        with WarmParent(imported_modules(sources), sandboxed=not missing()) as parent:
            facts = trace(parent, sources)
        for number, (cell, traced) in enumerate(zip(cells, facts.cells, strict=True), 1):
            if traced.failed and not any(output["output_type"] == "error" for output in cell["outputs"]):
                raise Refused(
                    f"its code cell {number} fails here, and did not when it was built: are its data and weights there?"
                )
        write_facts(unit, notebook, facts, folder)
    except Refused as error:
        (folder / f"{unit}.json").unlink(missing_ok=True)
        return [f"{unit}: not traced, so that grading runs all cells: {error}"]
    return [f"{unit}: traced, for grading to run only what answers need"]


def write_facts(unit: str, notebook: dict, facts: Facts, folder: Path = TRACED) -> None:
    """Keep what was traced of a solution, and which of its cells its own answers need."""
    cells = cells_to_slice(notebook)
    found = needed(cells, cells, facts, setup_among((cell.graded, cell.source) for cell in cells))
    replace(facts, needed=frozenset(found.run)).write(unit, folder)


def trace(parent: WarmParent, sources: Sequence[str]) -> Facts:
    """Execute a solution's code cells in a fork of `parent`, and return what each of them changed.

    Raises Refused where it does not run to its end.
    """
    text = Path(snapshot.__file__).read_text(encoding="utf-8")
    begin = f"{_SEND}send(__import__('types'), __import__('sys'), {text!r})\ndel send\n{_LOOK}"
    cells = [begin, *(cell for source in sources for cell in (source, _LOOK))]
    result = parent.run(
        cells, {}, Limits(cell_seconds=BUILD_CELL_SECONDS, notebook_seconds=len(cells) * BUILD_CELL_SECONDS)
    )
    found = []
    for place in range(1, len(cells), 2):
        failed = any(output["output_type"] == "error" for output in result.outputs.get(place, ()))
        found.append(Traced.of({**_facts_in(result.outputs.get(place + 1, ()), place // 2 + 1), "failed": failed}))
    return Facts(tuple(sources), tuple(found))


def _facts_in(outputs: Sequence[dict], number: int) -> dict:
    """What the look after a cell printed."""
    text = "".join(output["text"] for output in outputs if output["output_type"] == "stream")
    for line in text.splitlines():
        if line.startswith(_MARK):
            return json.loads(line.removeprefix(_MARK))
    raise Refused(f"the solution could not be traced beyond its code cell {number}: {str(outputs)[:300]}")
