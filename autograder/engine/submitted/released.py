"""What was released of a unit, as the gradebook knows it, and how a submission's cells are put back to it.

nbgrader's own step goes wrong, and loses the whole submission or even stops the class, on a graded cell that was copied,
on one from another notebook, on metadata that were edited, and on a test that was deleted together with its solution.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.authoring.cells import grade_id
from autograder.authoring.lesson import checked_id
from autograder.exercises import load_exercises, units

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

_BEGIN, _END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


@dataclass(frozen=True)
class ReleasedCell:
    """A graded cell as released: its nbgrader metadata and its source (hidden tests included)."""

    facts: dict[str, Any]
    source: str

    @property
    def name(self) -> str:
        """nbgrader's grade_id."""
        return self.facts["grade_id"]

    @property
    def called(self) -> str:
        """What to call it: the exercise that it tests, or its own name."""
        return (self.facts["locked"] and checked_id(self.source)) or self.name


@dataclass(frozen=True)
class Release:
    """The graded cells of one released notebook, in their order."""

    cells: dict[str, ReleasedCell] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)  # the id by which an exercise was released before -> its id

    @classmethod
    def load(cls, gradebook: Gradebook, unit: str, notebook: str) -> Release:
        """Read it from the gradebook, where `nbgrader generate_assignment` has put it."""
        stored = gradebook.find_notebook(notebook, unit)
        points = {cell.name: cell.max_score for cell in (*stored.grade_cells, *stored.task_cells)}
        tasks = {cell.name for cell in stored.task_cells}
        solutions = {cell.name for cell in stored.solution_cells}
        cells = {}
        for cell in stored.source_cells:
            facts = {
                "grade_id": cell.name,
                "grade": cell.name in points and cell.name not in tasks,
                "solution": cell.name in solutions,
                "task": cell.name in tasks,
                "locked": bool(cell.locked),
                "schema_version": 3,
                "cell_type": cell.cell_type,
                "checksum": cell.checksum,
            }
            if cell.name in points:
                facts["points"] = points[cell.name]
            cells[cell.name] = ReleasedCell(facts, cell.source)
        return cls(cells, renamed_in(unit))


def renamed_in(unit: str) -> dict[str, str]:
    """The exercises of a unit that were released by another id: that id -> the one of today."""
    if unit not in units():  # an assignment of nbgrader's own
        return {}
    return {one.renamed_from: id for id, one in load_exercises(unit).items() if one.renamed_from}


def put_back(notebook: Any, release: Release) -> list[str]:
    """Put a submission's graded cells back to what was released: once each, complete, every test as it was.

    Changes `notebook` (nbformat 4, its own class or plain dicts) in place; returns a remark for what was not as released.
    """
    remarks: list[str] = []
    renamed = rename(notebook, release)
    names = [grade_id(cell) for cell in notebook["cells"]]
    last = {name: place for place, name in enumerate(names)}
    for place, (cell, name) in enumerate(zip(notebook["cells"], names, strict=True)):
        if "nbgrader" not in cell["metadata"]:
            continue
        released = release.cells.get(name)
        if released is not None and place < last[name]:
            remarks.append(f"{released.called}: this cell was copied; its last copy counts")
            released = None
        if released is None:
            del cell["metadata"]["nbgrader"]
            continue
        _restore_cell(cell, released, remarks)
    _put_back_missing(notebook, release, remarks)
    remarks += [_bind(notebook, old, new) for old, new in renamed.items()]
    return list(dict.fromkeys(remarks))


def rename(notebook: Any, release: Release) -> dict[str, str]:
    """Give the cells of exercises that were released by another id the ids of today; returns those names, the old one -> the new one."""
    present, found = {grade_id(cell) for cell in notebook["cells"]}, {}
    for old, new in release.renamed.items():
        for cell in notebook["cells"]:
            name = re.sub(rf"^(test_)?{re.escape(old)}(_\d+)?$", rf"\g<1>{new}\g<2>", grade_id(cell))
            if name in release.cells and name not in present and grade_id(cell) not in release.cells:
                cell["metadata"]["nbgrader"]["grade_id"] = name
                found[old] = new
    return found


def _bind(notebook: Any, old: str, new: str) -> str:
    """Let the learner's function, which keeps its name, have the new one too: in a cell before its test. Returns a remark."""
    names = [grade_id(cell) for cell in notebook["cells"]]
    tests = [place for place, name in enumerate(names) if name == f"test_{new}"]
    solutions = [place for place, name in enumerate(names) if name == new]
    make = type(notebook)
    source = f"{new} = {old}  # the exercise was called {old} when this notebook was released"
    made = make(
        {"cell_type": "code", "id": _free_id(notebook, f"{new}-was-{old}"), "metadata": make(), "source": source}
    )
    set_type(made, "code")
    notebook["cells"].insert(tests[0] if tests else solutions[-1] + 1 if solutions else len(names), made)
    return f"{new}: it was called {old} when this notebook was released; what stands there counts"


def _restore_cell(cell: Any, released: ReleasedCell, remarks: list[str]) -> None:
    facts = released.facts
    cell["metadata"]["nbgrader"] = type(cell["metadata"])(facts)
    if cell["cell_type"] != facts["cell_type"]:
        remarks.append(f"{released.called}: its type was changed; it was put back")
        set_type(cell, facts["cell_type"])
    if facts["locked"]:
        before = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if before.strip() not in (without_hidden_tests(released.source).strip(), released.source.strip()):
            remarks.append(f"{released.called}: this test was edited; it was graded by the one released")
        cell["source"] = released.source


def _put_back_missing(notebook: Any, release: Release, remarks: list[str]) -> None:
    """Put each missing test back behind the graded cell that came before it, or else before the one that came after."""
    order = list(release.cells)
    make = type(notebook)
    for place, (name, released) in enumerate(release.cells.items()):
        present = {grade_id(cell): i for i, cell in enumerate(notebook["cells"]) if "nbgrader" in cell["metadata"]}
        if name in present or "points" not in released.facts:
            continue
        later = [present[other] for other in order[place + 1 :] if other in present]
        if place and order[place - 1] in present:
            position = present[order[place - 1]] + 1
        else:  # its solution may stand in an ordinary cell now: late enough to come after that
            position = min(later, default=len(notebook["cells"]))
        metadata = make({"deletable": False, "editable": False, "nbgrader": make(released.facts)})
        made = make(
            {"cell_type": "markdown", "id": _free_id(notebook, name), "metadata": metadata, "source": released.source}
        )
        set_type(made, released.facts["cell_type"])
        notebook["cells"].insert(position, made)
        remarks.append(f"{released.called}: this test was deleted; it was put back")


def set_type(cell: Any, kind: str) -> None:
    """Make a cell one of another type, with the fields that nbformat asks of that type."""
    cell["cell_type"] = kind
    if kind == "code":
        cell.setdefault("outputs", [])
        cell.setdefault("execution_count", None)
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _free_id(notebook: Any, name: str) -> str:
    taken = {cell.get("id") for cell in notebook["cells"]}
    base = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)[:60]
    return next(
        id for id in itertools.chain([base], (f"{base[:55]}-{n}" for n in itertools.count(2))) if id not in taken
    )


def without_hidden_tests(source: str) -> str:
    """A test cell's source as it was released."""
    kept, inside = [], False
    for line in source.split("\n"):
        if _BEGIN in line or _END in line:
            inside = _BEGIN in line
        elif not inside:
            kept.append(line)
    return "\n".join(kept)
