"""Where things are: the course's folder and what lies in it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from course_utils import files

ROOT = Path(os.environ.get("COURSE_ROOT", Path(__file__).resolve().parents[1]))
LESSONS = ROOT / "lessons"
SOLUTIONS = ROOT / "solutions"
NOTEBOOKS = ROOT / "notebooks"
HIDDEN_PACKS = Path(os.environ.get("COURSE_HIDDEN_PACKS", ROOT / "autograder" / "hidden"))
SECRET = ROOT / "autograder" / "course_secret.txt"


def course_secret() -> str:
    """What the hidden probes are drawn from: COURSE_SECRET, else a file made at first use and never committed."""
    if secret := os.environ.get("COURSE_SECRET"):
        return secret
    if not SECRET.exists():
        files.create(
            SECRET, f"{secrets.token_hex(16)}\n".encode(), mode=0o600
        )  # where another process was first, its counts
    return SECRET.read_text().strip()
