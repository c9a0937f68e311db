"""Where the checkpoint questions and the banks of practice lie, and how the questions are read. Quick to import."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from course_utils.course import content_folder
from course_utils.refused import Refused

FORMAT = 1
QUESTIONS = content_folder() / "questions"  # a file for each unit
BANKS = content_folder() / "banks"  # a folder for each unit, a pack for each exercise


def read_questions(unit: str, folder: Path = QUESTIONS) -> dict[str, dict]:
    """A unit's questions by id: `cell`, `asked`, `of`, and `options` with `text`, `right`, `feedback`, `misconception`.

    {} where it has none. Raises Refused for a file of another format.
    """
    path = folder / f"{unit}.json"
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=16)
def _read(path: Path, modified: int) -> dict[str, dict]:
    told = json.loads(path.read_text(encoding="utf-8"))
    if told.get("format") != FORMAT:
        raise Refused(f"{path} has format {told.get('format')!r}; this version of the course reads format {FORMAT}")
    return told["questions"]


def practised(unit: str, folder: Path = BANKS) -> list[str]:
    """The exercises of a unit that can be practised."""
    return sorted(path.stem for path in (folder / unit).glob("*.json"))
