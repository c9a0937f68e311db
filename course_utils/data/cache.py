"""The folder of fetched files: who may write where, one process at a time, and never half a file.

Nothing unverified is ever seen under a file's own name: what arrives goes to a temporary name beside it, is looked at,
and only then moved there. A lock makes a second process wait and then find the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from course_utils import files
from course_utils.course import this_course
from course_utils.data.manifest import data_folder
from course_utils.limits import DATA_LOCK_SECONDS
from course_utils.refused import Refused, disk_refusal

_said: set[str] = set()


class DataUnavailable(Refused):
    """A data set cannot be had here; the message lists what was tried, why it failed, and what to do."""


class SourceFailed(Exception):
    """One source did not give the file; the message is the short reason. A `loud` one is worth a notice of its own."""

    def __init__(self, reason: str, loud: bool = False) -> None:
        super().__init__(reason)
        self.loud = loud


class NoFolder(DataUnavailable):
    """No folder can be written to; the message lists those tried."""


def say(line: str) -> None:
    """Print a notice once per process, on stdout: nbgrader takes anything on stderr for a failed test."""
    if line not in _said:
        _said.add(line)
        print(line, flush=True)


@contextlib.contextmanager
def unsaid() -> Iterator[None]:
    """Print no notice, and remember none as printed: what is read ahead gives its notice when somebody asks for it."""
    before = set(_said)
    with contextlib.redirect_stdout(io.StringIO()):
        yield
    _said.intersection_update(before)


def sha256_of(path: Path) -> str:
    """The file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cache_folders() -> list[Path]:
    """Where cached files are looked for: the course's own cache, then this user's."""
    import platformdirs

    return [data_folder() / "cache", Path(platformdirs.user_cache_dir(this_course().slug, appauthor=False))]


def writable_cache() -> Path:
    """The first cache folder that can be written to, created if need be. Raises NoFolder if there is none."""
    refused = []
    for folder in cache_folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError as error:
            refused.append(f"{folder} ({disk_reason(error)})")
    raise NoFolder(
        f"no folder to keep data in: {'; '.join(refused)}. Set COURSE_DATA to a folder that you may write to"
    )


def disk_reason(error: OSError) -> str:
    """Why the disk refused, in a few words."""
    return disk_refusal(error) or error.strerror or str(error) or type(error).__name__


def cached(name: str, sound: Callable[[Path], bool]) -> Path | None:
    """The cached file of this name, if it is sound. A damaged one is reported, and removed where that is possible."""
    for folder in cache_folders():
        path = folder / name
        if not path.is_file():
            continue
        if _is(sound, path):
            return path
        say(f"{name}: the cached file is damaged or not the listed one; it is not used")
        with contextlib.suppress(OSError, NoFolder), lock(name):
            if path.is_file() and _is(sound, path):  # it may be a new one by now
                return path
            path.unlink(missing_ok=True)
    return None


def _is(sound: Callable[[Path], bool], path: Path) -> bool:
    try:
        return sound(path)
    except OSError:  # unreadable is as good as damaged
        return False


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold the lock of one cached file, across processes. Raises SourceFailed when another holds it too long."""
    from filelock import FileLock, Timeout

    # one object a file and process, so that a function that holds the lock may call another that takes it
    guard = FileLock(str(writable_cache() / f".{name}.lock"), is_singleton=True)
    try:
        guard.acquire(timeout=0.5)
    except Timeout:
        say(f"{name}: another process is fetching it; waiting")
        try:
            guard.acquire(timeout=DATA_LOCK_SECONDS)
        except Timeout:
            raise SourceFailed(
                f"another process held {guard.lock_file} for {DATA_LOCK_SECONDS // 60} minutes"
            ) from None
    try:
        yield
    finally:
        guard.release()


def write_atomically(name: str, write: Callable[[IO[bytes]], Any], sound: Callable[[Path], object]) -> Path:
    """Write a cached file under a temporary name, have `sound` look at it, and only then move it to its own name.

    Call it with the file's lock held. What `write` or `sound` raises passes through, and leaves nothing behind; a disk
    that refuses raises DataUnavailable.
    """
    folder = writable_cache()
    try:
        with files.replacing(folder / name, mode=0o644, alone=True) as file:  # readable: a cache may be a class's
            write(file)
            file.flush()
            sound(Path(file.name))
    except OSError as error:
        raise DataUnavailable(
            f"{name} could not be kept in {folder}: {disk_reason(error)}. "
            "Make room there, or set COURSE_DATA to a folder with room that you may write to"
        ) from error
    return folder / name
