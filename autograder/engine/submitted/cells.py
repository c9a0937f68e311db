"""A notebook's cells as files hold them: those that are executed, their source, the exercise that a test is of."""

from __future__ import annotations

from typing import TypeVar

from autograder.authoring.lesson import checked_id

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
