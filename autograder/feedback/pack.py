"""The zip of feedback pages that an LMS takes back for a whole class: each page under the name of the file that was downloaded.

Moodle (*Upload multiple feedback files in a zip*) reads whose a file is from its folder, `Full Name_1234567_assignsubmission_file_`;
Canvas (*Upload Submissions*) from the numbers in its name, `familygiven_501_70001_...`. `autograder collect` has kept both.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.common.keep import kept_words, write_made
from autograder.engine.command import Course, course_root
from autograder.term.lms import find
from autograder.term.lms.canvas import NAME
from course_utils.refused import Refused

#: What `autograder collect` writes for each of its runs: who handed in which file, as the LMS named it.
COLLECTED = "collected.json"
_WHEN = (2020, 1, 1, 0, 0, 0)  # of every file in the zip: the same pages are the same zip


def write_zip(
    unit: str, target: str, pages: dict[str, Path], to: Path | None = None, root: Path | None = None
) -> Iterator[str]:
    """Write it; yields what to tell. Raises Refused, with the remedy, where nothing tells whose a page is to the LMS."""
    course = Course.load(course_root(root))
    names = downloaded_names(course.root, unit, target)
    named = {student: _inside(target, names[student], unit) for student in pages if student in names}
    if not any(named.values()):
        raise Refused(
            f"nothing of {unit} was collected from {find(target).name} here, and the zip needs the names of that download;"
            f" run: autograder collect {unit.partition('_')[0]} SUBMISSIONS.zip --from {target}"
        )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, name in sorted(named.items()):
            if name:
                archive.writestr(zipfile.ZipInfo(name, _WHEN), pages[student].read_bytes(), zipfile.ZIP_DEFLATED)
    path = to or course.root / "feedback" / f"{unit}_{target}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = write_made(path, made.getvalue(), course.root)
    yield from kept_words(path, kept)
    if without := [student for student in pages if not named.get(student)]:
        yield f"not in the zip, not collected from {find(target).name}: {', '.join(without)}"
    yield f"{path}: {sum(map(bool, named.values()))} pages"
    yield {
        "moodle": "next, in Moodle: the assignment, View all submissions, Upload multiple feedback files in a zip",
        "canvas": "next, in Canvas: the assignment, Upload Submissions, this zip; each page becomes a comment",
    }[target]


def downloaded_names(root: Path, unit: str, target: str) -> dict[str, str]:
    """student -> the path of what was collected last, as the LMS named it in its download."""
    found: dict[str, str] = {}
    for path in sorted((root / "downloaded" / unit).glob(f"*/{COLLECTED}")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            if told["source"] == target:
                found |= {str(student): str(name) for student, name in told["files"].items()}
        except (OSError, ValueError, LookupError, TypeError, AttributeError):  # damaged: then that run tells nothing
            continue
    return found


def _inside(target: str, name: str, unit: str) -> str:
    """What a page is called in the zip; "" where the download's name is not one of the LMS's."""
    page = f"feedback_{unit}.html"
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    for part in parts:
        if target == "moodle" and "_assignsubmission_" in part:
            return f"{part.partition('_assignsubmission_')[0]}_assignsubmission_file_/{page}"
        if target == "canvas" and (match := NAME.fullmatch(part)):
            return f"{part[: match.start('file')]}{page}"
    return ""
