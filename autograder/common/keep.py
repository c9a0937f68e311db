"""Nothing that a person wrote is overwritten without a copy: what is there is kept beside, and what we wrote is known by its digest.

The digests of what commands have written on this machine lie in `.written.json` in the course's folder, which git does not
keep; of files that were never written here git's last commit says what they were.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from course_utils import files

WRITTEN = ".written.json"
_SIGNATURE = "\n<!-- as written: {} -->\n"
_SIGNED = len(_SIGNATURE.format("0" * 64))
KEPT = "kept"  # the folder of copies that must not lie beside what they are copies of


def keep(path: Path, place: Path | None = None) -> Path:
    """Copy a file to NAME.orig beside it, or to `place`; where that is taken, to a name with _2, _3, ... Returns where.

    Where one of these holds the same bytes already, no further copy is made.
    """
    return files.write_new(place or path.with_name(f"{path.name}.orig"), path.read_bytes())


def write_made(
    path: Path,
    data: bytes,
    root: Path,
    is_ours: Callable[[bytes], bool] = lambda data: False,
    place: Path | None = None,
) -> Path | None:
    """Write a file that a command makes; what a person wrote there is kept beside. Returns the copy's path, if there is one.

    It is a person's unless it was written by this function, is what git has, or is one that `is_ours` recognises.
    """
    there = files.read(path)
    kept = None
    if (
        there is not None
        and there != data
        and not (_is_written(path, there, root) or is_ours(there) or _is_in_git(path, there))
    ):
        kept = keep(path, place)
    if there != data:
        files.write(path, data)
    _note(path, data, root)
    return kept


@contextlib.contextmanager
def keeping(paths: Iterable[Path], root: Path) -> Iterator[None]:
    """Within it, other code may write or remove these files: of each that a person wrote and that is so lost, keep a copy."""
    before = {path: path.read_bytes() for path in paths}
    theirs = {path for path, data in before.items() if not _is_written(path, data, root)}
    yield
    for path, data in before.items():
        if files.read(path) == data:
            continue
        if path in theirs and not _is_in_git(path, data):
            files.write_new(path.with_name(f"{path.name}.orig"), data)
        if path.exists():
            _note(path, path.read_bytes(), root)


def signed(page: str) -> str:
    """An HTML page with its own digest in a comment at the end."""
    return f"{page}{_SIGNATURE.format(files.digest(page.encode()))}"


def is_signed(data: bytes) -> bool:
    """Whether an HTML page is still as it was signed."""
    page, digest = data[:-_SIGNED], data[-_SIGNED:]
    return digest == _SIGNATURE.format(files.digest(page)).encode()


def kept_words(path: Path, kept: Path | None) -> list[str]:
    """The line that tells of a copy; none where there is none."""
    return [f"{path.name} had been edited by hand; the edited file is kept: {kept}"] if kept else []


def _written(root: Path) -> dict[str, str]:
    try:
        return json.loads((root / WRITTEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or damaged: then more copies are kept than need be
        return {}


def _key(path: Path, root: Path) -> str:
    path, root = path.resolve(), root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _is_written(path: Path, data: bytes, root: Path) -> bool:
    return _written(root).get(_key(path, root)) == files.digest(data)


def _note(path: Path, data: bytes, root: Path) -> None:
    told, digest = _written(root), files.digest(data)
    if told.get(_key(path, root)) != digest:
        told = {key: noted for key, noted in told.items() if (root / key).exists()} | {_key(path, root): digest}
        files.write(root / WRITTEN, (json.dumps(dict(sorted(told.items())), indent=1) + "\n").encode())


def _is_in_git(path: Path, data: bytes) -> bool:
    """Whether git's last commit has the file with these bytes: then they are not lost."""
    try:
        done = subprocess.run(
            ["git", "-C", path.parent, "show", f"HEAD:./{path.name}"], capture_output=True, check=False
        )
    except OSError:  # no git here
        return False
    return done.returncode == 0 and done.stdout == data


if (
    __name__ == "__main__"
):  # before another program writes over a file: `python -m autograder.common.keep requirements.lock`
    for name in sys.argv[1:]:
        if (given := Path(name)).exists() and not _is_in_git(given, given.read_bytes()):
            print(f"{given} is kept as {keep(given)}")
