"""Where things are: the course's folder and what lies in it. Importing this where there is no course is refused."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from course_utils import files
from course_utils.course import FILE, content_folder, find_course, no_course, this_course


def _root() -> Path:
    folder = find_course()
    if folder is None or not (folder / FILE).is_file():
        raise no_course()
    return folder


ROOT = _root()
COURSE = this_course()
LESSONS = ROOT / "lessons"
SOLUTIONS = ROOT / "solutions"
NOTEBOOKS = ROOT / "notebooks"
EXERCISES, CONTENT, PRIVATE = (ROOT / COURSE.folders[name] for name in ("exercises", "content", "private"))
EQUIVALENT, TRACED = (ROOT / COURSE.folders[name] for name in ("equivalent", "traced"))
HIDDEN_PACKS = Path(os.environ.get("COURSE_HIDDEN_PACKS", PRIVATE / "hidden"))
SECRET = PRIVATE / "course_secret.txt"
#: The folder of the kit's checkout, or the one that it is installed into.
KIT = Path(__file__).resolve().parents[1]

if ROOT != KIT:  # for the kernels and the warm processes that are started from here, in folders of their own
    os.environ.setdefault("COURSE_ROOT", str(ROOT))
    os.environ.setdefault("COURSE_CONTENT", str(content_folder()))
    if (ROOT / "data" / "manifest.toml").is_file():
        os.environ.setdefault("COURSE_DATA", str(ROOT / "data"))


def course_secret() -> str:
    """What the hidden probes are drawn from: COURSE_SECRET, else a file made at first use and never committed."""
    if secret := os.environ.get("COURSE_SECRET"):
        return secret
    if not SECRET.exists():
        files.create(
            SECRET, f"{secrets.token_hex(16)}\n".encode(), mode=0o600
        )  # where another process was first, its counts
    return SECRET.read_text().strip()
