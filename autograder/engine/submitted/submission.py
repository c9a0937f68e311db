"""Read a submission defensively: whatever lies in its folder, the answer is a notebook or a reason."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from autograder.common.names import why_no_id
from autograder.common.times import STAMP, Time, read_stamp
from autograder.engine.submitted.beside import read_beside, read_plain
from autograder.engine.submitted.stored import TooLarge, strip_stored
from autograder.limits import MAX_CELL, MAX_CELLS, MAX_NOTEBOOK, MAX_NOTEBOOK_PARTS, MAX_TOKENS

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
class Folder:
    """The bytes of a submission's folder, read once: those that are graded are those that the journal's key is of."""

    name: str  # of the notebook's file
    notebook: bytes | None = None  # None where there is no such file
    files: dict[str, bytes] = field(default_factory=dict)  # beside it
    left_out: list[str] = field(default_factory=list)  # what was not taken, a sentence each
    unreadable: str = ""  # why nothing of it can be read


@dataclass
class Content:
    """What was submitted: the notebook, other files, the time."""

    notebook: dict
    files: dict[str, bytes] = field(default_factory=dict)
    time: Time | None = None  # when it was handed in; None where there is no timestamp.txt
    left_out: list[str] = field(default_factory=list)  # what was not taken, a sentence each


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


def read_folder(submission: Submission) -> Folder:
    """Read a submission's folder into memory."""
    folder = Folder(submission.path.name)
    try:
        folder.notebook, folder.files, folder.left_out = _read_folder(submission)
    except Unreadable as error:
        folder.unreadable = str(error)
    return folder


def fingerprint(folder: Folder) -> str:
    """A digest of a submission's bytes; of what stands in their way where they cannot be read."""
    digest = hashlib.sha256()
    for name, data in [("", folder.notebook or b""), *sorted(folder.files.items())]:
        digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        digest.update(data)
    about = [folder.notebook is None, folder.left_out, folder.unreadable]
    digest.update(str(about).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def parse_submission(folder: Folder) -> Content:
    """What a folder's bytes hold, checked. Raises Unreadable, with the reason, for what cannot be graded.

    The folder lets go of the notebook's bytes, which are many beside what is parsed of them.
    """
    if folder.unreadable:
        raise Unreadable(folder.unreadable)
    data, folder.notebook = folder.notebook, None
    if data is None:
        others = sorted(other for other in folder.files if other.endswith(".ipynb"))
        hint = f"; there is {others[0] if others[0].isprintable() else ascii(others[0])}" if others else ""
        raise Unreadable(f"no file {folder.name} was submitted{hint}")
    stamp = folder.files.get(STAMP)
    time = read_stamp(stamp) if stamp is not None else None
    return Content(parse_notebook(data), folder.files, time, folder.left_out)


def parse_notebook(data: bytes) -> dict:
    """A notebook of nbformat 4 from its bytes, with the fields that grading needs in their place. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("the notebook is empty")
    data = with_few_parts(data)
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


def with_few_parts(data: bytes) -> bytes:
    """A notebook's bytes, without what is stored in it where it has more parts than can be gone through. Raises Unreadable."""
    if _parts(data) > MAX_NOTEBOOK_PARTS:  # of stored outputs, most likely, which are not graded
        data = _without_stored(data)
    if _parts(data) > MAX_NOTEBOOK_PARTS:
        raise Unreadable(f"its JSON has more than {MAX_NOTEBOOK_PARTS} parts")
    return data


def _parts(data: bytes) -> int:
    return sum(map(data.count, (b",", b"[", b"{")))


def _without_stored(data: bytes) -> bytes:
    try:
        return strip_stored(io.BytesIO(data).read, MAX_NOTEBOOK, MAX_TOKENS)
    except TooLarge:
        return data


def _clean_cell(cell: object, number: int) -> dict:
    """A cell with only the fields of its type, outputs cleared."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        raise Unreadable(f"cell {number} is not a cell of a notebook")
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"cell {number} has a source that is not text")
    if len(source) > MAX_CELL:
        raise Unreadable(f"cell {number} has {len(source)} characters; the most accepted is {MAX_CELL}")
    source = source.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
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
            free = itertools.chain([f"cell-{number}"], (f"cell-{number}-{again}" for again in itertools.count(2)))
            cell["id"] = next(id for id in free if id not in taken)
        taken.add(cell["id"])


def _read_folder(submission: Submission) -> tuple[bytes | None, dict[str, bytes], list[str]]:
    """The notebook's bytes (None: there is none), the files beside it, and a sentence for each thing that was left out."""
    folder = submission.folder
    for path in (folder.parent, folder):
        if path.is_symlink() or not path.is_dir():
            raise Unreadable(f"{path.name} is {'a link' if path.is_symlink() else 'no folder'}")
    files, beside = read_beside(folder, submission.path.name)
    data, words = read_notebook(submission.path)
    return data, files, [words for words in (words, beside.remark()) if words]


def read_notebook(path: Path) -> tuple[bytes | None, str]:
    """A notebook file without what is too large of its stored outputs, and a sentence where that is so. Raises Unreadable.

    None where there is no file.
    """
    if not os.path.lexists(path):
        return None, ""
    if path.is_symlink():
        raise Unreadable(f"{path.name!r} is a link; only plain files are accepted")
    if not path.is_file():
        raise Unreadable(f"{path.name!r} is not a plain file")
    size = path.stat().st_size
    try:
        if size <= MAX_NOTEBOOK:
            return read_plain(path, MAX_NOTEBOOK), ""
        with open(path, "rb") as file:
            return strip_stored(file.read, MAX_NOTEBOOK, MAX_TOKENS), about_stored(size)
    except TooLarge:
        raise Unreadable(
            f"{path.name!r} has {size / 2**20:.0f} MB, stored outputs not counted more than the {MAX_NOTEBOOK >> 20} accepted"
        ) from None
    except OSError as error:
        raise Unreadable(f"{path.name!r} cannot be read: {error.strerror or error}") from None


def about_stored(size: int) -> str:
    """What is said of a notebook file whose stored outputs were left out."""
    return f"the notebook has {size / 2**20:.0f} MB; the outputs stored in it were left out before it was read"
