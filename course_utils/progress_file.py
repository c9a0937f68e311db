"""The learner's own progress: what `check` found last, what was chosen at checkpoints, and when what was practised.

It is one file on this machine, shown on the start page. The file, progress.json in the course's folder, is for the learner
alone: it holds no code and no name, and deleting it begins afresh. It is not needed for anything: where it cannot be kept,
`check`, `question` and `practice` work as well.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils import files
from course_utils.course import this_course
from course_utils.limits import MAX_PROGRESS, PROGRESS_LOCK_SECONDS
from course_utils.on_hub import on_hub

if TYPE_CHECKING:
    from collections.abc import Callable

    from course_utils.judge import Verdict

Entry = dict[str, Any]

FILE = "progress.json"
FORMAT = 1
ABOUT = "What check() found last, and your practice, for the start page. It never leaves this machine. Delete this file to begin afresh."
#: The parts of the file, each a table: unit -> id -> entry. Those of exercises, of checkpoint questions, of practice.
CHECKS, QUESTIONS, PRACTICE = "units", "questions", "practice"

#: Folders of the course that hold the work of others: the author's, and what learners handed in.
OF_OTHERS = {"solutions", "submitted", "autograded", "feedback", "demo", "dist", "tests"}

_said: set[str] = set()


class Unreadable(ValueError):
    """The file is there and is not what `record` writes; the message says what is wrong with it."""


def record(unit: str, verdict: Verdict) -> None:
    """Note a verdict on an exercise of `unit`; one that was never attempted is not noted. See `note`."""
    from course_utils.judge import NOT_ATTEMPTED, RIGHT

    untouched = verdict.status == NOT_ATTEMPTED

    def change(before: Entry) -> Entry | None:
        if untouched and not before:
            return None
        now = minute()
        entry = {**before, "now": verdict.status, "share": round(verdict.share, 3), "checked": now}
        return {**entry, "first_right": entry.get("first_right", now)} if verdict.status == RIGHT else entry

    note(CHECKS, unit, verdict.exercise, change, begins=not untouched)


def note(part: str, unit: str, id: str, change: Callable[[Entry], Entry | None], begins: bool = True) -> None:
    """Change one entry of a part of the file, where this is a learner's session; otherwise do nothing.

    `change` takes the entry there is, {} without one, and gives the new one, None to leave it. Unless it `begins` the file,
    nothing is done where there is none. Nothing is raised: what keeps the file from being written is said once, in a line.
    """
    if "NBGRADER_EXECUTION" in os.environ or not _in_a_session():
        return
    path = None
    try:
        path = progress_file(unit)
        if path and (begins or path.exists()):
            _change(path, part, unit, id, change)
    except Exception as error:  # whatever it is: a lost note must not cost a learner the verdict
        why = error if isinstance(error, Unreadable) else getattr(error, "strerror", None) or type(error).__name__
        _say(f"Your progress is not kept in {path or FILE}: {why}.")


def minute() -> str:
    """Now, as entries tell times: "2026-03-01 14:05"."""
    return datetime.now().isoformat(" ", "minutes")


def entry_of(part: str, unit: str, id: str) -> Entry:
    """The entry of one id; {} where there is none, or where the file cannot be read."""
    try:
        return read(progress_file(unit), part).get(unit, {}).get(id, {})
    except (Unreadable, OSError):
        return {}


def progress_file(unit: str = "*") -> Path | None:
    """Where progress is kept: the file that COURSE_PROGRESS names, else progress.json in the course's folder.

    None where there is no such folder, where COURSE_PROGRESS is empty, and for work in a folder of others. On a hub, where the
    helper lies in a copy of the course that all share, it is kept in the learner's own copy in the home, else in the home.
    """
    chosen = os.environ.get("COURSE_PROGRESS")
    if chosen is not None:
        return Path(chosen).expanduser().absolute() if chosen else None
    folder = course_folder(unit)
    if on_hub() and not (folder and os.access(folder, os.W_OK)):
        own = Path.home() / this_course().slug
        return (own if (own / "notebooks").is_dir() else Path.home()) / FILE
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


def read(path: Path | None, part: str = CHECKS) -> dict[str, dict[str, Entry]]:
    """What is noted in a part of the file: unit -> id -> its entry; {} without a file. Raises Unreadable, or OSError.

    An exercise's entry has `now` (the status of the latest verdict), `share` (of the examples passed, from 0 to 1), `checked`
    (when), and `first_right` (when it was right for the first time; not there if it never was). A question's is described in
    `course_utils.recall.choices`, a practised exercise's in `course_utils.recall.leitner`.
    """
    return read_parts(path)[part]


def read_parts(path: Path | None) -> dict[str, dict[str, dict[str, Entry]]]:
    """All parts of the file, each as `read` gives it. Raises Unreadable, or OSError."""
    empty: dict[str, Any] = {part: {} for part in (CHECKS, QUESTIONS, PRACTICE)}
    text = files.read(path) if path else None
    if text is None:
        return empty
    if len(text) > MAX_PROGRESS:
        raise Unreadable(f"it is larger than {MAX_PROGRESS >> 20} MB, which no progress is; delete it to begin afresh")
    try:
        data = json.loads(text.decode("utf-8"))
    except RecursionError:
        raise Unreadable("it is damaged (nested too deeply); delete it to begin afresh") from None
    except json.JSONDecodeError as error:
        words = f"it is damaged (line {error.lineno}, column {error.colno}); repair it, or delete it to begin afresh"
        raise Unreadable(words) from None
    except UnicodeDecodeError:
        raise Unreadable("it is damaged (not a text); delete it to begin afresh") from None
    if not data:
        return empty
    known = isinstance(data, dict) and data.get("format") == FORMAT and CHECKS in data
    parts = {part: data.get(part, {}) for part in empty} if known else {}
    if not parts or not all(map(_is_table, parts.values())):
        raise Unreadable("it is not laid out as this version of the course does it; delete it to begin afresh")
    return parts


def _is_table(part: Any) -> bool:
    """Whether this is unit -> id -> entry."""
    return isinstance(part, dict) and all(
        isinstance(table, dict) and all(isinstance(entry, dict) for entry in table.values()) for table in part.values()
    )


def _change(path: Path, part: str, unit: str, id: str, change: Callable[[Entry], Entry | None]) -> None:
    """Change one entry of the file, one process at a time. Raises Unreadable, or OSError."""
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=PROGRESS_LOCK_SECONDS):
        parts = read_parts(path)
        entry = change(dict(parts[part].get(unit, {}).get(id, {})))
        if entry is None:
            return
        parts[part].setdefault(unit, {})[id] = entry
        kept = {name: table for name, table in parts.items() if table or name == CHECKS}
        told = json.dumps({"about": ABOUT, "format": FORMAT, **kept}, indent=1, ensure_ascii=False) + "\n"
        files.write(path, told.encode(), mode=0o600, alone=True)


def _in_a_session() -> bool:
    """Whether this is a notebook (or IPython), and no program or test that happens to call `check`."""
    shell = sys.modules.get("IPython.core.interactiveshell")
    return bool(shell and shell.InteractiveShell.initialized())


def _say(line: str) -> None:
    if line not in _said:
        _said.add(line)
        print(line, flush=True)
