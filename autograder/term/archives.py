"""Unpack what strangers zipped: member by member, so that a bad one is left out by name and all others come.

What a learner, and a whole download, may unpack to is bounded in bytes, files and depth; no name leads out of the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import tempfile
import zipfile
from collections import defaultdict, deque
from collections.abc import Iterator
from pathlib import Path

from nbgrader.plugins import ExtractorPlugin
from traitlets import Any as AnyTrait

from autograder.common.names import composed
from autograder.limits import (
    CHUNK_OF_ARCHIVE,
    MAX_ARCHIVE_DEPTH,
    MAX_NAME,
    MAX_PATH,
    MAX_PATH_PARTS,
    MAX_RATIO,
    MAX_RUN_BYTES,
    MAX_RUN_FILES,
    MAX_UNPACKED,
    MAX_UNPACKED_FILES,
    RATIO_FROM,
)
from course_utils.refused import disk_refusal
from course_utils.terminal import is_unseen


class Bad(Exception):
    """Why an archive, or a member of one, is left out."""


class CarefulExtractor(ExtractorPlugin):
    """nbgrader's extractor, for archives that strangers made: none may fill the disk, none stops the others."""

    problems = AnyTrait()  # path -> why it was not unpacked, or not wholly
    members = AnyTrait()  # (name in the download's own zip, why it was left out)
    log_lines = AnyTrait()  # all that was left out, and why
    whose = AnyTrait(None, allow_none=True)  # path below the extracted folder -> key of the learner whose it is

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack the LMS's own archives, copy other files, then unpack the archives that learners handed in."""
        self.problems, self.members, self.log_lines = {}, [], []
        self._bytes: defaultdict[str, int] = defaultdict(int)  # unpacked so far, by learner; "" is all of them
        self._files: defaultdict[str, int] = defaultdict(int)
        source, target = Path(archive_path), Path(extracted_path)
        target.mkdir(parents=True, exist_ok=True)
        for path in plain_files(source, self.problems):
            folder = target / path.parent.relative_to(source)
            folder.mkdir(parents=True, exist_ok=True)
            if path.suffix.lower() == ".zip":
                self._unpack(path, folder / own_folder(path), None)
            else:
                shutil.copy(path, folder)
        self._unpack_learners(target)

    def _unpack_learners(self, target: Path) -> None:
        found = deque(
            (path, 1) for path in sorted(target.rglob("*")) if path.suffix.lower() == ".zip" and path.is_file()
        )
        while found:
            path, depth = found.popleft()
            if depth > MAX_ARCHIVE_DEPTH:
                self._tell(path, f"an archive {MAX_ARCHIVE_DEPTH} archives deep: it was not looked at")
                continue
            folder = path.parent / own_folder(path)
            if os.path.lexists(folder):  # a file of that name, or the folder of another archive
                folder = Path(tempfile.mkdtemp(prefix=f"{folder.name[:60]}-", dir=path.parent))
            self._unpack(path, folder, self._learner(path, target))
            inside = sorted(folder.rglob("*")) if folder.is_dir() else []
            found.extend((one, depth + 1) for one in inside if one.suffix.lower() == ".zip" and one.is_file())

    def _learner(self, path: Path, target: Path) -> str:
        relative = path.relative_to(target)
        return (self.whose and self.whose(relative)) or relative.as_posix()

    def _unpack(self, path: Path, folder: Path, learner: str | None) -> None:
        """Unpack one archive: a learner's, or (None) the download itself."""
        try:
            with zipfile.ZipFile(path) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
                if learner is not None:
                    self._check_whole(path, members, learner)
                bad = list(self._members(archive, members, folder, learner))
        except Bad as error:
            self._tell(path, f"an archive that was not unpacked: {error}")
        except Exception as error:  # whatever a broken archive makes the library raise
            if isinstance(error, OSError) and disk_refusal(error):
                raise
            self._tell(path, f"an archive that cannot be unpacked: {error}")
        else:
            self.log_lines += [f"{path.name}: {name}: {why}" for name, why in bad]
            if learner is None:
                self.members += bad
            elif bad:
                name, why = bad[0]
                self.problems[path] = (
                    f"an archive of {len(members)} files, of which {len(bad)} were left out: {name} ({why})"
                )

    def _tell(self, path: Path, why: str) -> None:
        self.problems[path] = why
        self.log_lines.append(f"{path.name}: {why}")

    def _check_whole(self, path: Path, members: list[zipfile.ZipInfo], learner: str) -> None:
        """Refuse an archive before a byte of it is written. The library reads no more of a member than it announces."""
        total = sum(member.file_size for member in members)
        if self._bytes[learner] + total > MAX_UNPACKED:
            raise Bad(f"it unpacks to more than {MAX_UNPACKED / 2**30:.3g} GB, counted with this learner's others")
        if self._files[learner] + len(members) > MAX_UNPACKED_FILES:
            raise Bad(f"it holds {len(members)} files; at most {MAX_UNPACKED_FILES} from one learner are accepted")
        if total > RATIO_FROM and total > MAX_RATIO * path.stat().st_size:
            raise Bad(f"it would grow to {total // max(1, path.stat().st_size)} times its size, which no work does")
        if any(member.flag_bits & 1 for member in members):
            raise Bad("it is encrypted")

    def _members(
        self, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path, learner: str | None
    ) -> Iterator[tuple[str, str]]:
        """Write each member; yields those that are left out, with the reason."""
        folder.mkdir(parents=True, exist_ok=True)
        for member in members:
            try:
                self._check_member(member, learner)
                _write(archive, member, _place(folder, member))
            except Bad as error:
                yield member.filename, str(error)
            except (
                Exception
            ) as error:  # whatever a broken member makes the library raise; a full disk is another matter
                if isinstance(error, OSError) and disk_refusal(error):
                    raise
                yield member.filename, f"it is broken: {error}"

    def _check_member(self, member: zipfile.ZipInfo, learner: str | None) -> None:
        if len(member.filename) > MAX_PATH:
            raise Bad(f"its name has {len(member.filename)} characters; at most {MAX_PATH} are taken")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise Bad("a link" if kind == stat.S_IFLNK else "no plain file")
        if member.flag_bits & 1:
            raise Bad("it is encrypted")
        size = member.file_size
        if learner is None and size > MAX_UNPACKED:
            raise Bad(f"it unpacks to more than {MAX_UNPACKED / 2**30:.3g} GB")
        if learner is None and size > RATIO_FROM and size > MAX_RATIO * max(1, member.compress_size):
            raise Bad(f"it would grow to {size // max(1, member.compress_size)} times its size, which no work does")
        for key in (learner, ""):
            if key is not None:
                self._bytes[key] += size
                self._files[key] += 1
        if self._bytes[""] > MAX_RUN_BYTES or self._files[""] > MAX_RUN_FILES:
            raise Bad("this download holds more than a class can have written; collect the rest by itself")


def plain_files(root: Path, problems: dict[Path, str]) -> Iterator[Path]:
    """The plain files below a folder, in order; what else lies there goes into `problems`, and is not opened."""
    for parent, folders, names in os.walk(
        root, onerror=lambda error: problems.update({Path(error.filename): "a folder that cannot be read"})
    ):
        folders.sort()
        for name in sorted([*names, *folders]):
            path = Path(parent) / name
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                problems[path] = "a link"
            elif not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                problems[path] = "a pipe, a socket or a device, not a file"
            elif stat.S_ISREG(mode) and not os.access(path, os.R_OK):
                problems[path] = "a file that cannot be read"
            elif stat.S_ISREG(mode):
                yield path


def copy_tree(source: Path, target: Path, problems: dict[Path, str]) -> None:
    """Copy the plain files of a folder. What cannot be copied is put into `problems` by its place in `target`."""
    found: dict[Path, str] = {}
    target.mkdir(parents=True)
    for number, path in enumerate(plain_files(source, found), 1):
        if number > MAX_RUN_FILES:
            raise Bad(f"{source} holds more than {MAX_RUN_FILES} files; name the folder of the class itself")
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    problems.update({target / path.relative_to(source): why for path, why in found.items()})


def own_folder(path: Path) -> str:
    """The name of the folder that an archive is unpacked into."""
    return _safe_name(path.stem.strip(". ") or "archive")


def mended(name: str) -> str:
    """A zip's name as it was meant, cut at MAX_PATH: Python reads as code page 437 what is UTF-8 and not marked so."""
    with contextlib.suppress(UnicodeError):
        name = name.encode("cp437").decode("utf-8")
    return composed(name)


def _place(folder: Path, member: zipfile.ZipInfo) -> Path:
    """Where a member goes: below the folder, by a name that every program takes. Raises Bad."""
    name = mended(member.filename).replace("\\", "/")
    parts = [part for part in name.split("/", MAX_PATH_PARTS) if part not in ("", ".")]
    if ".." in parts or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise Bad("its name leads out of the folder")
    if not parts or "/" in parts[-1]:
        raise Bad(f"its name has no file in it, or more than {MAX_PATH_PARTS} folders")
    return folder.joinpath(*map(_safe_name, parts))


def _safe_name(name: str) -> str:
    """A name without what nobody sees, and no longer than systems take; its beginning tells whose it is, and stays."""
    name = "".join(c for c in name if not is_unseen(c)) or "_"
    if name in (".", ".."):
        return "_"
    data = os.fsencode(name) if name.isascii() else name.encode("utf-8", "replace")
    if len(data) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
    mark = f"-{hashlib.sha256(data).hexdigest()[:8]}{ending}"
    return data[: MAX_NAME - len(mark.encode())].decode("utf-8", "ignore") + mark


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise Bad("a file stands where its folder should be") from None
    if place.is_dir():
        raise Bad("a folder has its name")
    place = _free(place)  # twice the same name: both come, and the later one counts as a later version
    with archive.open(member) as data:
        try:
            with place.open("xb") as file:
                shutil.copyfileobj(data, file, CHUNK_OF_ARCHIVE)
        except BaseException:
            place.unlink(missing_ok=True)
            raise


def _free(place: Path) -> Path:
    number, free = 1, place
    while os.path.lexists(free):
        number += 1
        if number > 99:  # the next search would be longer than all before
            raise Bad("a hundred files have its name")
        free = place.with_name(f"{place.stem}-{number}{place.suffix}")
    return free


def shown_members(members: list[tuple[str, str]], most: int = 50) -> Iterator[tuple[str, str]]:
    """The members that were left out, a line each; where they are very many, the first of them and a count."""
    yield from ((mended(name), why) for name, why in members[:most])
    if len(members) > most:
        yield f"{len(members) - most} more", "left out of the download; collect.log names them"
