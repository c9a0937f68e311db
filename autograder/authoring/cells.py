"""A notebook's cells as files hold them: those that are executed, their source and name, the exercise that a test is of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from autograder.authoring.lesson import checked_id
from autograder.slicing.needed import Cell

Node = TypeVar("Node", bound=dict)  # a notebook's cells are of its own class: plain dicts, or nbformat's nodes


def code_cells(notebook: Node) -> list[Node]:
    """The cells that are executed, in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def source_of(cell: dict) -> str:
    """A cell's source as one string (notebook files also hold it as a list of lines)."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else source


def exercise_of(cell: dict) -> str | None:
    """The exercise whose test cell this is, or None."""
    entry = cell.get("metadata", {}).get("nbgrader")
    if not entry or not entry.get("grade") or entry.get("solution"):
        return None
    return checked_id(source_of(cell))


def grade_id(cell: Any) -> str:
    """nbgrader's id of a cell; "" for a cell without one."""
    entry = cell["metadata"].get("nbgrader")
    return str(entry.get("grade_id", "")) if isinstance(entry, dict) else ""


def setup_among(cells: Iterable[tuple[str, str]]) -> str:
    """Of code cells, (nbgrader's id, source) each, the set-up cell: the plain one that calls `start`; "" where there is none."""
    return next((source for id, source in cells if not id and "\nstart(" in "\n" + source), "")


def cells_to_slice(notebook: dict) -> list[Cell]:
    """The code cells of a notebook, as what chooses among them takes them."""
    return [Cell(source_of(cell), grade_id(cell), bool(exercise_of(cell))) for cell in code_cells(notebook)]
