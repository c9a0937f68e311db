"""Changes to files after which, whenever they are interrupted, either the old file or the new one is there, and never half of one.

All that the course writes and somebody reads again is written here.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from course_utils.limits import REPLACE_SECONDS

ON_WINDOWS = os.name == "nt"


def read(path: Path) -> bytes | None:
    """The file's bytes; None where there is none. Raises OSError for a pipe or a device too, which might never end."""
    try:
        with open(path, "rb", opener=lambda name, how: os.open(name, how | getattr(os, "O_NONBLOCK", 0))) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.EINVAL, "it is no plain file", str(path))
            return file.read()
    except FileNotFoundError:
        return None


def write(path: Path, data: bytes, *, mode: int | None = None, alone: bool = False) -> None:
    """Write a whole file or nothing. Options as for `replacing`; raises OSError, and leaves nothing behind then."""
    with replacing(path, mode=mode, alone=alone) as file:
        file.write(data)


def write_changed(path: Path, data: bytes) -> bool:
    """Write a file that does not hold these bytes already; returns whether it was written."""
    if changed := read(path) != data:
        write(path, data)
    return changed


def write_new(path: Path, data: bytes) -> Path:
    """Write beside whatever is there: at `path`, or at `path` with _2, _3, ... if that name is taken. Returns where.

    Where one of them holds the same bytes already, as after an interruption, nothing is written.
    """
    number, place = 1, path
    while (there := read(place)) is not None:
        if there == data:
            return place
        number += 1
        place = path.with_name(f"{path.stem}_{number}{path.suffix}")
    write(place, data)
    return place


def create(path: Path, data: bytes, *, mode: int | None = None) -> bool:
    """Write a whole file where there is none yet; False where another process was first, whose file stays."""
    with _beside(path, mode) as (partial, file):
        file.write(data)
        _settle(partial, file, mode)
        try:
            os.link(partial, path)
        except FileExistsError:
            return False
    return True


@contextlib.contextmanager
def replacing(path: Path, *, mode: int | None = None, alone: bool = False) -> Iterator[BinaryIO]:
    """A file to write beside `path`; it takes its place once all of it is on the disk, and goes if anything is raised.

    `mode`: its permissions. `alone`: the caller holds a lock, so that no other process writes this path meanwhile. Then what
    a killed process left is written over; otherwise it stays until `clear_partial`.
    """
    with _beside(path, mode, alone) as (partial, file):
        yield file
        _settle(partial, file, mode)
        file.close()  # an open file cannot be moved on Windows
        _take_place(partial, path)


def clear_partial(path: Path) -> None:
    """Remove what killed processes have left half written of this file, or of all files of this folder."""
    folder, name = (path, "*") if path.is_dir() else (path.parent, f"{_short(path)}*")
    for partial in folder.glob(f".{name}.partial"):
        partial.unlink(missing_ok=True)


def digest(data: bytes) -> str:
    """The sha256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def today() -> str:
    """The date in a file's name: 2026-11-21."""
    return datetime.now().strftime("%Y-%m-%d")


@contextlib.contextmanager
def _beside(path: Path, mode: int | None, alone: bool = False) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in the folder of `path`, and where it is; it is gone at the end, if it still has that name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = "" if alone else f".{os.urandom(6).hex()}"
    partial = path.with_name(f".{_short(path)}{own}.partial")
    if alone:
        partial.unlink(missing_ok=True)
    try:
        with open(partial, "xb", opener=lambda name, how: os.open(name, how, 0o666 if mode is None else 0o600)) as file:
            yield partial, file
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _settle(partial: Path, file: BinaryIO, mode: int | None) -> None:
    """Have the disk hold what was written; otherwise a machine that fails now may come back with an empty file."""
    file.flush()
    os.fsync(file.fileno())
    if mode is not None:
        partial.chmod(mode)


def _take_place(partial: Path, path: Path) -> None:
    """Replace a file. Windows refuses it while another program reads that file, as a second notebook or a virus scanner may."""
    end = time.monotonic() + REPLACE_SECONDS
    while True:
        try:
            os.replace(partial, path)
            return
        except PermissionError:
            if not ON_WINDOWS or time.monotonic() > end:
                raise
            time.sleep(REPLACE_SECONDS / 50)


def _short(path: Path) -> str:
    """What stands for a file's name, which may itself be as long as the system takes."""
    return digest(os.fsencode(path.name))[:16]
