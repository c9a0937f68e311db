"""What nbgrader has no setting for, done before it grades the first notebook; and the hidden packs."""

from __future__ import annotations

import fnmatch
import os
from datetime import datetime
from pathlib import Path

import nbgrader.converters.base
from nbgrader import utils

from autograder.common.times import stamp_in
from autograder.engine.submitted.beside import look_beside
from course_utils.terminal import shown


def before_grading(assignment: str, **_: object) -> None:
    """nbgrader's hook before the first notebook of an assignment is graded: what it has no setting for, and the hidden packs."""
    read_times_as_we_do()
    nbgrader.converters.base.find_all_files = plain_files
    ensure_hidden_packs(assignment)


def plain_files(path: str, exclude: list[str] | None = None) -> list[str]:
    """The files that nbgrader copies of a submitted folder: those that the engine takes, and no others.

    Its own `find_all_files` gives links too, whose targets are then copied, and pipes, at which its copying fails.
    """
    files = [os.path.join(path, name) for name in look_beside(Path(path)).files]
    return [file for file in files if not utils.is_ignored(file, exclude)]


def ensure_hidden_packs(assignment: str) -> None:
    """Build the hidden packs of an assignment that has none yet, or whose exercises have changed since.

    An assignment that is none of our units needs none. Raises SystemExit when building fails: nbgrader goes on after any
    other error of a hook, and every answer would score 0.
    """
    from autograder.authoring.packing import refresh_hidden_packs
    from autograder.exercises import units

    for unit in fnmatch.filter(units(), assignment):
        try:
            refresh_hidden_packs(unit)
        except Exception as error:
            raise SystemExit(
                f"the hidden probes of {unit} could not be made, so nothing was graded: {error}"
            ) from error


def read_times_as_we_do() -> None:
    """Let nbgrader read a timestamp.txt as `autograder grade` does.

    nbgrader takes an unknown zone for UTC and 02.03. for 3 February without a word, and ends at what it cannot read.
    """
    from nbgrader.coursedir import CourseDirectory

    def existing_timestamp(course: CourseDirectory, folder: str) -> datetime | None:
        time = stamp_in(Path(folder))
        if time and time.remark:
            course.log.warning("%s: %s", folder, shown(time.remark))
        return time.when if time else None

    CourseDirectory.get_existing_timestamp = existing_timestamp
