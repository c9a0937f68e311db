"""What lies in a submitted folder beside the notebook: plain files of bounded size are taken, all else is left out by name.

Links are never followed, pipes and sockets never opened, and no folder is so large or so full that the notebook is not read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.limits import MAX_BESIDE_BYTES, MAX_BESIDE_ENTRIES, MAX_BESIDE_FILES, MAX_NAMED

SILENT = (".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db")
#: Folders of an installed environment or of a program's own records: no answer needs them, and they have thousands of files.
ENVIRONMENTS = (
    ".venv",
    "venv",
    ".env",
    ".git",
    ".hg",
    "node_modules",
    ".conda",
    ".tox",
    ".mypy_cache",
    ".idea",
    ".vscode",
)


@dataclass
class Beside:
    """The files that count, by relative path and with their sizes, smallest first; and what is left out, by the reason."""

    files: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def leave_out(self, reason: str, name: str) -> None:
        """Note a file or folder that is not taken."""
        self.left_out.setdefault(reason, []).append(name)

    def remark(self) -> str:
        """What was left out, one sentence; "" where that is nothing."""
        parts = [f"{_listed(names)} ({reason})" for reason, names in self.left_out.items()]
        return f"left out beside the notebook: {'; '.join(parts)}" if parts else ""


def look_beside(folder: Path, apart: str = "") -> Beside:
    """What lies in a folder, without reading any of it; `apart` is the notebook's own name, which counts by itself."""
    found, sizes = Beside(), {}
    for count, (name, entry) in enumerate(_walk(folder, "", found)):
        if count == MAX_BESIDE_ENTRIES:
            found.leave_out(f"of the folder's contents only the first {MAX_BESIDE_ENTRIES} were looked at", "the rest")
            break
        kind = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISLNK(kind):
            found.leave_out("links are not followed", name)
        elif not stat.S_ISREG(kind):
            found.leave_out("not a plain file", name)
        elif name != apart:
            sizes[name] = entry.stat(follow_symlinks=False).st_size
    room = MAX_BESIDE_BYTES
    for name, size in sorted(sizes.items(), key=lambda pair: (pair[0] != "timestamp.txt", pair[1], pair[0])):
        if len(found.files) == MAX_BESIDE_FILES:
            found.leave_out(f"more than {MAX_BESIDE_FILES} files", name)
        elif size > room:
            found.leave_out(f"more than {MAX_BESIDE_BYTES >> 20} MB in all", f"{name} of {size / 2**20:.0f} MB")
        else:
            found.files[name] = size
            room -= size
    return found


def read_plain(path: Path, most: int) -> bytes:
    """A plain file's bytes. Raises OSError where it is none, cannot be read, or is larger."""
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError("it is not a plain file")
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError("it is larger than it was")
    return data


def read_beside(folder: Path, apart: str = "") -> tuple[dict[str, bytes], Beside]:
    """The files that count, with their contents, and the account of what lies there."""
    found, files = look_beside(folder, apart), {}
    for name, size in list(found.files.items()):
        try:
            files[name] = read_plain(folder / name, size)
        except OSError as error:
            del found.files[name]
            found.leave_out(f"cannot be read: {error.strerror or error}", name)
    return files, found


def _walk(folder: Path, prefix: str, found: Beside) -> Iterator[tuple[str, os.DirEntry]]:
    """Everything in a folder that is no folder, by relative path; links to folders among it."""
    try:
        with os.scandir(folder) as entries:
            here = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        found.leave_out(f"cannot be read: {error.strerror}", prefix.rstrip("/") or ".")
        return
    names = {entry.name for entry in here}
    if prefix and "pyvenv.cfg" in names:
        found.leave_out("an installed environment", prefix)
        return
    for entry in here:
        if entry.name in SILENT:
            continue
        if not entry.is_dir(follow_symlinks=False):
            yield prefix + entry.name, entry
        elif entry.name in ENVIRONMENTS:
            found.leave_out(
                "an installed environment" if "env" in entry.name else "a program's own folder",
                f"{prefix}{entry.name}/",
            )
        elif prefix.count("/") < 20:
            yield from _walk(folder / entry.name, f"{prefix}{entry.name}/", found)
        else:
            found.leave_out("folders nested too deeply", f"{prefix}{entry.name}/")


def _listed(names: list[str]) -> str:
    """Names for a line that a person reads: the first few, whatever is in them."""
    shown = [name if name.isprintable() else ascii(name)[1:-1] for name in names[:MAX_NAMED]]
    shown = [name if len(name) <= 60 else f"{name[:57]}..." for name in shown]
    return ", ".join(shown) + (f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else "")
