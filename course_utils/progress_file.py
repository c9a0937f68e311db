"""The learner's own progress: what `check` found last, kept in one file on this machine, and shown on the start page.

The file, progress.json in the course's folder, is for the learner alone: it holds no code and no name, nothing reads it but the
start page, and deleting it begins afresh. It is not needed for anything: where it cannot be kept, `check` works as well.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils import files
from course_utils.limits import PROGRESS_LOCK_SECONDS

if TYPE_CHECKING:
    from course_utils.judge import Verdict

FILE = "progress.json"
FORMAT = 1
ABOUT = "What check() found last, for the start page. It never leaves this machine. Delete this file to begin afresh."

#: Folders of the course that hold the work of others: the author's, and what learners handed in.
OF_OTHERS = {"solutions", "submitted", "autograded", "feedback", "demo", "dist", "tests"}

_said: set[str] = set()


class Unreadable(ValueError):
    """The file is there and is not what `record` writes; the message says what is wrong with it."""


def record(unit: str, verdict: Verdict) -> None:
    """Note a verdict on an exercise of `unit`, where this is a learner's session; otherwise do nothing.

    An exercise that was never attempted is not noted. Nothing is raised: what keeps the file from being written is said
    once, in a line.
    """
    if "NBGRADER_EXECUTION" in os.environ or not _in_a_session():
        return
    path = None
    try:
        path = progress_file(unit)
        if path:
            _note(path, unit, verdict.exercise, verdict.status, round(verdict.share, 3))
    except Exception as error:  # whatever it is: a lost note must not cost a learner the verdict
        why = error if isinstance(error, Unreadable) else getattr(error, "strerror", None) or type(error).__name__
        _say(f"Your progress is not kept in {path or FILE}: {why}.")


def progress_file(unit: str = "*") -> Path | None:
    """Where progress is kept: the file that COURSE_PROGRESS names, else progress.json in the course's folder.

    None where there is no such folder, where COURSE_PROGRESS is empty, and for work in a folder of others.
    """
    chosen = os.environ.get("COURSE_PROGRESS")
    if chosen is not None:
        return Path(chosen).expanduser().absolute() if chosen else None
    folder = course_folder(unit)
    if folder is None:
        return None
    here = Path.cwd()
    inside = here.relative_to(folder).parts if here.is_relative_to(folder) else ()
    return None if inside and inside[0] in OF_OTHERS else folder / FILE


def course_folder(unit: str = "*") -> Path | None:
    """The nearest folder above the working directory that has notebooks/UNIT, else the one that this helper lies in."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[1]):
        if any((folder / "notebooks").glob(f"{unit}/*.ipynb")):
            return folder
    return None


def read(path: Path | None) -> dict[str, dict[str, dict[str, Any]]]:
    """What is noted: unit -> exercise -> its entry; {} without a file. Raises Unreadable, or OSError.

    An entry has `now` (the status of the latest verdict), `share` (of the examples passed, from 0 to 1), `checked` (when), and
    `first_right` (when it was right for the first time; not there if it never was).
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8")) if path else {}
    except FileNotFoundError:
        return {}
    except json.JSONDecodeError as error:
        words = f"it is damaged (line {error.lineno}, column {error.colno}); repair it, or delete it to begin afresh"
        raise Unreadable(words) from None
    except UnicodeDecodeError:
        raise Unreadable("it is damaged (not a text); delete it to begin afresh") from None
    if not data:
        return {}
    units = data.get("units") if isinstance(data, dict) and data.get("format") == FORMAT else None
    if not isinstance(units, dict) or not all(
        isinstance(table, dict) and all(isinstance(entry, dict) for entry in table.values()) for table in units.values()
    ):
        raise Unreadable("it is not laid out as this version of the course does it; delete it to begin afresh")
    return units


def _note(path: Path, unit: str, exercise: str, status: str, share: float) -> None:
    """Put one entry into the file, one process at a time. Raises Unreadable, or OSError."""
    from filelock import FileLock

    from course_utils.judge import NOT_ATTEMPTED, RIGHT

    untouched = status == NOT_ATTEMPTED
    if untouched and not path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=PROGRESS_LOCK_SECONDS):
        units = read(path)
        before = units.get(unit, {}).get(exercise, {})
        if untouched and not before:
            return
        now = datetime.now().isoformat(" ", "minutes")
        entry = {**before, "now": status, "share": share, "checked": now}
        if status == RIGHT:
            entry.setdefault("first_right", now)
        units.setdefault(unit, {})[exercise] = entry
        told = json.dumps({"about": ABOUT, "format": FORMAT, "units": units}, indent=1, ensure_ascii=False) + "\n"
        files.write(path, told.encode(), mode=0o600, alone=True)


def _in_a_session() -> bool:
    """Whether this is a notebook (or IPython), and no program or test that happens to call `check`."""
    shell = sys.modules.get("IPython.core.interactiveshell")
    return bool(shell and shell.InteractiveShell.initialized())


def _say(line: str) -> None:
    if line not in _said:
        _said.add(line)
        print(line, flush=True)
