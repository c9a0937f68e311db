"""What grading keeps of answers, described as data: for judging again, for the report, and to explain points. No code runs."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any


def answers_path(root: Path, unit: str, student: str) -> Path:
    """Where the answers of a submission lie."""
    return root / "answers" / unit / f"{student}.json.gz"


def read_answers(root: Path, unit: str, student: str) -> dict[str, Any] | None:
    """The stored answers of a submission; None where there are none, or where they are damaged.

    {"answers": [{"answer": id, "observations": [...]}, ...], "sealed": [id, ...], "reason": why the notebook ended, or "",
    "probes": {id: digest of what it was called with}}; within an answer nothing is to be believed.
    """
    try:
        stored = json.loads(gzip.decompress(answers_path(root, unit, student).read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    whole = isinstance(stored, dict) and isinstance(stored.get("answers"), list)
    return stored if whole else None
