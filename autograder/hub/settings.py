"""What `autograder hub` was told, kept beside what it wrote, so that `autograder doctor --hub` looks at the same hub."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.course import COURSE
from course_utils.refused import Refused

FOLDER, FILE = "hub", "hub.json"


@dataclass(frozen=True)
class Hub:
    """Where things are on the hub's machine: absolute paths."""

    shared: str  # the folder that learners can read: the edition, and these settings
    exchange: str
    course: str  # the instructor's own
    python: str  # the instructor's, in which the course is installed
    instructors: list[str]
    learners_python: str = ""  # "" for the hub's own
    mirror: str = ""

    @property
    def folder(self) -> Path:
        """Where the settings lie."""
        return Path(self.shared) / FOLDER

    @property
    def edition(self) -> Path:
        """Where the edition lies that learners get."""
        return Path(self.shared) / COURSE.slug

    def as_json(self) -> bytes:
        """The text of the file."""
        return (json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def read_hub(shared: Path) -> Hub:
    """What was told for the hub whose shared folder this is. Raises Refused where nothing, or something else, is there."""
    path = shared / FOLDER / FILE
    try:
        return Hub(**json.loads(path.read_text(encoding="utf-8", errors="surrogatepass")))
    except FileNotFoundError:
        remedy = "run autograder hub --exchange DIR first, or say with --course-at where it has put its settings"
        raise Refused(f"there is no {path}: {remedy}") from None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise Refused(f"{path} cannot be read ({error}): run autograder hub --exchange DIR anew") from None
