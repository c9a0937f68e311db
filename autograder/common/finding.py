"""One thing that was looked at on this machine, and what everybody on it may do with a file."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

#: What grading leaves in a course's folder, and no learner may read.
OF_A_CLASS = ("gradebook.db", "submitted", "autograded", "feedback", "answers", "grading_logs", "reports")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was found, and the remedy where it is not."""

    name: str
    well: bool
    found: str
    remedy: str = ""


def readable_by_others(path: Path) -> bool:
    """Whether the system lets everybody read a file or list a folder, by its mode and those of the folders above it."""
    return allowed_to_others(path, stat.S_IROTH)


def allowed_to_others(path: Path, bits: int) -> bool:
    """Whether everybody has all of these rights to a file or folder, such as `stat.S_IROTH | stat.S_IXOTH`, and gets there."""
    try:
        path = path.resolve(strict=True)
        return os.name == "posix" and _way_is_open(path) and path.stat().st_mode & bits == bits
    except OSError:  # there is none, or we may not see it ourselves
        return False


def _way_is_open(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)


def user_name(number: int) -> str:
    """The name of a user of this system (not of Windows) by the number that files have; "user 1234" where it has none."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
