"""The folder of a notebook that runs where no sandbox can be made: removed with all that was made in it, however deep.

One whose grading was killed stays behind, and is removed when the next one is made.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import stat
import tempfile
import time
from collections.abc import Iterator

from autograder.engine.run.limits import FRESH_SECONDS

PREFIX = "grading_"


@contextlib.contextmanager
def scratch_folder() -> Iterator[str]:
    """A new folder for as long as the body lasts."""
    _remove_left_behind(tempfile.gettempdir())
    folder = tempfile.mkdtemp(prefix=PREFIX)
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until this process ends, however it ends
        yield folder
    finally:
        remove(folder)
        os.close(held)


@functools.cache
def _remove_left_behind(place: str) -> None:
    """Once in a process: what belongs to nobody who is alive."""
    with os.scandir(place) as entries:
        found = [entry.path for entry in entries if entry.name.startswith(PREFIX)]
    for folder in found:
        with contextlib.suppress(OSError):  # another user's, or held, or gone by now
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - os.fstat(held).st_mtime > FRESH_SECONDS:
                    remove(folder)
            finally:
                os.close(held)


def remove(folder: str) -> None:
    """Remove a folder and all below it; what cannot be removed stays.

    Each folder is first moved to the top, so that neither a path nor a recursion grows with the depth of a learner's tree.
    """
    todo, number = [folder], 0
    while todo:
        place = todo.pop()
        with contextlib.suppress(OSError):
            with os.scandir(place) as entries:
                inside = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries]
            for path, is_folder in inside:
                with contextlib.suppress(OSError):
                    if not is_folder:
                        os.unlink(path)
                        continue
                    number += 1
                    moved = os.path.join(folder, f".{number}-{time.time_ns()}")
                    os.chmod(path, stat.S_IRWXU)  # a learner may have closed it
                    os.rename(path, moved)
                    todo.append(moved)
            if place != folder:
                os.rmdir(place)
    with contextlib.suppress(OSError):
        os.rmdir(folder)
