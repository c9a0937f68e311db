"""A notebook's cells as files hold them: those that are executed, their source, the exercise that a test is of."""

from __future__ import annotations

from autograder.authoring.lesson import checked_id


def code_cells(notebook: dict) -> list[dict]:
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
