"""`nbgrader collect` from an exchange that every learner writes into: plain files of their own alone come, and nobody stops the others.

nbgrader follows links, with the instructor's rights: a learner would hand in a link to the gradebook or to the secret of the hidden
probes, and read it when they are graded. It takes what one learner has put there in another's name, and a pipe ends it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import ignore_patterns

from autograder.common.finding import user_name
from autograder.common.names import why_no_id
from autograder.limits import CHUNK_OF_ARCHIVE, MAX_PATH_PARTS, MAX_UNPACKED_FILES
from course_utils.terminal import shown

_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class CollectPlain(ExchangeCollect):
    """Collects as nbgrader does; what is odd is left out, with a warning that names it."""

    src_records: list[dict[str, Any]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """As nbgrader; what nobody can have handed in as it lies there belongs to a learner without a name."""
        if why := self._why_not(path):
            self.log.warning("%s is not collected: %s", shown(path), why)
            return {"username": "", "filename": os.path.basename(path), "timestamp": datetime.min}
        return super()._path_to_record(path)

    def _why_not(self, path: str) -> str:
        student, *others = os.path.basename(path).rsplit("+", 3)
        if why := why_no_id(student):
            return f"{shown(student)!r} is no student's id: {why}"
        if len(others) < 2:
            return "its name tells no time"
        try:
            super()._path_to_record(path)
        except Exception:  # whatever a time that is none makes of nbgrader's reading
            return "its name tells no time"
        about = os.lstat(path)
        if not stat.S_ISDIR(about.st_mode):
            return "it is a link" if stat.S_ISLNK(about.st_mode) else "it is no folder"
        owner = user_name(about.st_uid)
        if self.check_owner and owner != student:
            return (
                f"it is said to be from {student} and belongs to {owner}. Where learners have no accounts of their own on this"
                " machine, write c.ExchangeCollect.check_owner = False into nbgrader_config.py"
            )
        return ""

    def init_src(self) -> None:
        """As nbgrader, without what is left out."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the plain files, each from the folder that it was found in: nothing is followed, also where it changes meanwhile."""
        made, room, files = Path(dest), 1000 * self.coursedir.max_dir_size, 0
        made.mkdir(parents=True)
        for inside, names, folder in self._folders(src):
            place = made / inside
            place.mkdir(exist_ok=True)
            for name in names:
                files += 1
                try:
                    if files > MAX_UNPACKED_FILES:
                        raise OSError(f"more than {MAX_UNPACKED_FILES} files")
                    room -= _copy(name, folder, place / name, room)
                except OSError as error:
                    self.log.warning(
                        "%s is left out: %s", shown(os.path.join(src, inside, name)), error.strerror or error
                    )
        if self.coursedir.groupshared:
            for place in (made, *made.rglob("*")):
                place.chmod(place.stat().st_mode | (0o2770 if place.is_dir() else 0o660))

    def _folders(self, src: str) -> Iterator[tuple[str, list[str], int]]:
        """Each folder's path below `src`, the names that are wanted in it, and the open folder itself."""
        of_course = self.coursedir
        ignored = ignore_patterns(of_course.ignore, of_course.include, of_course.max_file_size, self.log)

        def tell(error: OSError) -> None:
            self.log.warning("%s is left out: %s", shown(error.filename), error.strerror or error)

        for path, folders, names, folder in os.fwalk(src, follow_symlinks=False, onerror=tell):
            inside = os.path.relpath(path, src)
            unwanted = set(ignored(path, [*folders, *names]))
            links = {
                name for name in folders if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
            }
            folders[:] = sorted(set(folders) - unwanted - links) if inside.count(os.sep) < MAX_PATH_PARTS else []
            yield inside, sorted({*names, *links} - unwanted), folder


def _copy(name: str, folder: int, place: Path, most: int) -> int:
    """Copy a plain file of an open folder; returns its size. Raises OSError for anything else, and for one that is larger."""
    if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        raise OSError("a link")
    with open(os.open(name, _READ, dir_fd=folder), "rb") as source:
        about = os.fstat(source.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError("not a plain file")
        if about.st_size > most:
            raise OSError("with it the submission is larger than CourseDirectory.max_dir_size")
        with place.open("xb") as target:
            left = about.st_size  # and no more: somebody may go on writing
            while data := source.read(min(left, CHUNK_OF_ARCHIVE)):
                target.write(data)
                left -= len(data)
    return about.st_size
