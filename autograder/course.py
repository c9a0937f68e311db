"""Where things are: the course's folder and what lies in it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

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
        partial = SECRET.with_suffix(f".{os.getpid()}.partial")
        partial.write_text(secrets.token_hex(16) + "\n")
        partial.chmod(0o600)
        try:
            os.link(partial, SECRET)  # fails where another process was first: its secret counts
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return SECRET.read_text().strip()
