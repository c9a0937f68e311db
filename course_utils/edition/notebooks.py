"""What a notebook's bytes hold: what was written in it, and whether it was run."""

from __future__ import annotations

import json


def sources(data: bytes | None) -> list[tuple[str, str]] | None:
    """What was written in a notebook: kind and source of each cell that is not empty. Outputs do not count.

    None for what is no notebook.
    """
    if data is None:
        return None
    try:
        cells = json.loads(data)["cells"]
        found = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (TypeError, ValueError, KeyError, UnicodeDecodeError):
        return None
    return [(kind, source.rstrip()) for kind, source in found if source.strip()]


def has_outputs(data: bytes | None) -> bool:
    """Whether a notebook holds any outputs."""
    if data is None:
        return False
    try:
        return any(cell.get("outputs") for cell in json.loads(data)["cells"])
    except (TypeError, ValueError, KeyError, AttributeError):
        return False
