"""What a notebook's bytes hold: what was written in it, and whether it was run."""

from __future__ import annotations

import json

#: What the bytes of no notebook make of reading them as one.
_NO_NOTEBOOK = (TypeError, ValueError, KeyError, AttributeError, RecursionError)


def sources(data: bytes | None) -> list[tuple[str, str]] | None:
    """What was written in a notebook: kind and source of each cell that is not empty. Outputs do not count.

    None for what is no notebook.
    """
    if data is None:
        return None
    try:
        cells = json.loads(data)["cells"]
        found = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except _NO_NOTEBOOK:
        return None
    return [(kind, source.rstrip()) for kind, source in found if source.strip()]


def has_outputs(data: bytes | None) -> bool:
    """Whether a notebook holds any outputs."""
    if data is None:
        return False
    try:
        return any(cell.get("outputs") for cell in json.loads(data)["cells"])
    except _NO_NOTEBOOK:
        return False


def released_as_one(mine: bytes, new: bytes) -> bool:
    """Whether two notebooks come from one release, whatever was written in them since: nbgrader signs a release's graded cells."""
    first, second = _signatures(mine), _signatures(new)
    return bool(first) and first == second


def _signatures(data: bytes) -> dict[str, str]:
    """nbgrader's name of each cell that it has signed -> the checksum of the cell as it was released."""
    try:
        told = [cell["metadata"].get("nbgrader", {}) for cell in json.loads(data)["cells"]]
        return {entry["grade_id"]: entry["checksum"] for entry in told if "checksum" in entry}
    except _NO_NOTEBOOK:
        return {}
