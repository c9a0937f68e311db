"""Changes to files after which, whenever they are interrupted, either the old file or the new one is there, and never half of one."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import datetime
from pathlib import Path

PARTIAL = ".edition-partial"


def read(path: Path) -> bytes | None:
    """The file's bytes; None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write(path: Path, data: bytes) -> None:
    """Write under a temporary name, and move it to its own once it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def write_new(path: Path, data: bytes) -> Path:
    """Write beside whatever is there: at `path`, or at `path` with _2, _3, ... if that name is taken. Returns where.

    Where one of them holds the same bytes already, as after an interruption, nothing is written.
    """
    number, place = 1, path
    while (there := read(place)) is not None:
        if there == data:
            return place
        number += 1
        place = path.with_name(f"{path.stem}_{number}{path.suffix}")
    write(place, data)
    return place


def clear_partial(folder: Path) -> None:
    """Remove what a killed process has left half written in this folder."""
    for path in folder.glob(f".*{PARTIAL}"):
        path.unlink(missing_ok=True)


def today() -> str:
    """The date in a file's name: 2026-11-21."""
    return datetime.now().strftime("%Y-%m-%d")


def sources(data: bytes | None) -> list[tuple[str, str]] | None:
    """What was written in a notebook: kind and source of each cell that is not empty. Outputs do not count.

    None for what is no notebook.
    """
    try:
        cells = json.loads(data)["cells"]
        found = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (TypeError, ValueError, KeyError, UnicodeDecodeError):
        return None
    return [(kind, source.rstrip()) for kind, source in found if source.strip()]


def outputs(data: bytes | None) -> bool:
    """Whether a notebook holds any outputs."""
    try:
        return any(cell.get("outputs") for cell in json.loads(data)["cells"])
    except (TypeError, ValueError, KeyError, AttributeError):
        return False
