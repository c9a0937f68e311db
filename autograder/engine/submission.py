"""Read a submission defensively: whatever lies in its folder, the answer is a notebook or a reason."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from autograder.names import why_no_id
from autograder.times import STAMP, Time, read_stamp

MAX_NOTEBOOK = 32 * 2**20  # bytes
MAX_FILES = 32 * 2**20  # bytes of all other files together
MAX_CELLS = 2_000
MAX_PARTS = 4_000_000  # commas and brackets of the notebook's JSON: parsed, each takes much more than its byte
MAX_CELL = 1_000_000  # characters of one cell's source
AGAIN = "save it in JupyterLab and hand it in again"


class Unreadable(ValueError):
    """A submission that cannot be graded; the message is a reason that a person can act on."""


@dataclass
class Submission:
    """One learner's folder for one unit, found but not yet read."""

    student: str
    unit: str
    folder: Path

    @property
    def path(self) -> Path:
        """Where the notebook should lie."""
        return self.folder / f"{self.unit}.ipynb"


@dataclass
class Content:
    """What was submitted: the notebook, other files, the time."""

    notebook: dict
    files: dict[str, bytes] = field(default_factory=dict)
    time: Time | None = None  # when it was handed in; None where there is no timestamp.txt


def find_submissions(root: Path, unit: str) -> list[Submission]:
    """The submissions of a unit below root/submitted, by student, names that are no names left out."""
    folder = root / "submitted"
    if not folder.is_dir():
        return []
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            inner = folder / entry.name / unit
            if not why_no_id(entry.name) and os.path.lexists(inner):
                found.append(Submission(entry.name, unit, inner))
    return sorted(found, key=lambda submission: submission.student)


def find_misnamed(root: Path, unit: str) -> dict[str, str]:
    """Folders below root/submitted that hold the unit and whose names no gradebook should hold: shown name -> reason."""
    folder = root / "submitted"
    names = os.listdir(folder) if folder.is_dir() else []
    odd = [name for name in sorted(names) if why_no_id(name) and not name.startswith(".")]
    return {
        ascii(name)[1:-1][:60]: f"its folder's name cannot be a learner's id: {why_no_id(name)}; rename the folder"
        for name in odd
        if os.path.lexists(folder / name / unit)
    }


def fingerprint(submission: Submission) -> str:
    """A digest of the submission's bytes; of what stands in their way where they cannot be read."""
    digest = hashlib.sha256()
    try:
        for name, data in sorted(_read_folder(submission).items()):
            digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
            digest.update(data)
    except Unreadable as error:
        digest.update(str(error).encode())
    return digest.hexdigest()


def read_submission(submission: Submission) -> Content:
    """Read and check a submission. Raises Unreadable, with the reason, for one that cannot be graded."""
    files = _read_folder(submission)
    name = submission.path.name
    if name not in files:
        others = sorted(other for other in files if other.endswith(".ipynb"))
        hint = f"; there is {others[0] if others[0].isprintable() else ascii(others[0])}" if others else ""
        raise Unreadable(f"no file {name} was submitted{hint}")
    notebook = parse_notebook(files.pop(name))
    stamp = files.get(STAMP)
    return Content(notebook, files, read_stamp(stamp) if stamp is not None else None)


def parse_notebook(data: bytes) -> dict:
    """A notebook of nbformat 4 from its bytes, with the fields that grading needs in their place. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("the notebook is empty")
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_PARTS:
        raise Unreadable(f"its JSON has more than {MAX_PARTS} parts")
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"not a notebook: byte {error.start} is not UTF-8 text; {AGAIN}") from None
    except RecursionError:
        raise Unreadable("not a notebook: its JSON is nested too deeply") from None
    except json.JSONDecodeError as error:
        broken = f"its JSON is broken in line {error.lineno}, {error.msg.partition(' (')[0]}"
        raise Unreadable(f"not a notebook: {broken}; {AGAIN}") from None
    except ValueError:  # what else json raises
        raise Unreadable("not a notebook: it holds a number of thousands of digits") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Unreadable("not a notebook of format 4: it has no list of cells")
    if notebook.get("nbformat") != 4:
        raise Unreadable(f"a notebook of format {ascii(notebook.get('nbformat'))[:20]}; format 4 is expected: {AGAIN}")
    if len(notebook["cells"]) > MAX_CELLS:
        raise Unreadable(f"it has {len(notebook['cells'])} cells; the most accepted is {MAX_CELLS}")
    cells = [_clean_cell(cell, number) for number, cell in enumerate(notebook["cells"], 1)]
    _make_ids_unique(cells)
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _clean_cell(cell: object, number: int) -> dict:
    """A cell with only the fields of its type, outputs cleared."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        raise Unreadable(f"cell {number} is no cell of a notebook")
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"cell {number} has a source that is no text")
    if len(source) > MAX_CELL:
        raise Unreadable(f"cell {number} has {len(source)} characters; the most accepted is {MAX_CELL}")
    source = source.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    kept = {key: metadata[key] for key in ("deletable", "editable") if isinstance(metadata.get(key), bool)}
    if isinstance(metadata.get("nbgrader"), dict):  # only its name is read: the rest comes from what was released
        kept["nbgrader"] = {"grade_id": str(metadata["nbgrader"].get("grade_id", ""))[:200]}
    clean = {"cell_type": cell["cell_type"], "id": cell.get("id"), "metadata": kept, "source": source}
    return clean | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})


def _make_ids_unique(cells: list[dict]) -> None:
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        if (
            not isinstance(cell["id"], str)
            or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
            or cell["id"] in taken
        ):
            cell["id"] = f"cell-{number}"
            while cell["id"] in taken:
                cell["id"] += "-2"
        taken.add(cell["id"])


def _read_folder(submission: Submission) -> dict[str, bytes]:
    """Every regular file of the folder, by relative path. Links and odd things are refused by name."""
    folder = submission.folder
    for path in (folder.parent, folder):
        if path.is_symlink() or not path.is_dir():
            raise Unreadable(f"{path.name} is {'a link' if path.is_symlink() else 'no folder'}")
    files: dict[str, bytes] = {}
    room = MAX_FILES
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in (".ipynb_checkpoints", "__pycache__"))
        for name in sorted(folders + names):
            path = Path(parent) / name
            relative = path.relative_to(folder).as_posix()
            information = path.lstat()
            if stat.S_ISLNK(information.st_mode):
                raise Unreadable(f"{relative!r} is a link; only plain files are accepted")
            if stat.S_ISDIR(information.st_mode):
                continue
            if not stat.S_ISREG(information.st_mode):
                raise Unreadable(f"{relative!r} is no plain file")
            limit = MAX_NOTEBOOK if path == submission.path else room
            if information.st_size > limit:
                raise Unreadable(
                    f"{relative!r} has {information.st_size / 2**20:.0f} MB; the most accepted is {limit >> 20}"
                )
            try:
                files[relative] = path.read_bytes()
            except OSError as error:
                raise Unreadable(f"{relative!r} cannot be read: {error.strerror}") from None
            room -= 0 if path == submission.path else information.st_size
    return files
