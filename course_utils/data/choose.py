"""The original files of a set, or the sets that its substitute is made of: whichever can be had.

What is on this disk comes first. A cached substitute is only taken where it was chosen before, the originals having been
out of reach: the same cached files may stand in for several sets.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from course_utils.data import cache, fetch
from course_utils.data.manifest import DataSet, data_set
from course_utils.data.transport import wheels_kept


@dataclass(frozen=True)
class Choice:
    """Verified files by name, and one line on where they came from. `canonical` is False for a substitute's files."""

    files: Mapping[str, fetch.Found]
    canonical: bool
    source: str


def choose(
    name: str,
    refresh: bool = False,
    agree: Callable[[Mapping[str, fetch.Found]], str] | None = None,
) -> Choice:
    """The files of the set `name`, or of the sets that stand in for it, fetched where they are missing.

    `refresh` asks again for the originals where a substitute is in use. `agree` looks at a set of original files and says
    why they do not belong together, or "". Raises DataUnavailable, listing what was tried.
    """
    wanted = data_set(name)
    origins = [data_set(origin) for origin in wanted.substitute.origins] if wanted.substitute else []
    tried: list[tuple[str, str, str]] = []

    def originals(**where: bool) -> Choice | None:
        try:
            files = {file.name: fetch.find(file, **where) for file in wanted.files}
        except fetch.Missing as missing:
            tried.extend(missing.tried)
            return None
        if complaint := agree(files) if agree else "":
            tried.append((name, "the files found", complaint))
            return None
        _settle(name, substitute=False)
        return Choice(files, True, original_line(name, files))

    def substitutes(**where: bool) -> Choice | None:
        try:
            files = {file.name: fetch.find(file, **where) for origin in origins for file in origin.files}
        except fetch.Missing as missing:
            tried.extend(missing.tried)
            return None
        _settle(name, substitute=True)
        return Choice(files, False, substitute_line(wanted))

    found = originals(remote=False)
    if not found and origins and not refresh and _settled(name):
        found = substitutes(remote=False)
    found = found or originals() or (originals(local=False) if agree else None)
    if not found and origins:
        with wheels_kept():  # the substitute's files lie in one wheel
            found = substitutes()
    if not found:
        raise fetch.unavailable(wanted, tried)
    return found


def original_line(name: str, files: Mapping[str, fetch.Found]) -> str:
    """What the files are and where they came from, in one line; what several share is said once."""
    kinds = list(dict.fromkeys(file.what for file in files.values()))
    places = list(dict.fromkeys(file.where for file in files.values()))
    return f"{name}: {'; '.join(kinds)}, from {' and '.join(places)}."


def substitute_line(wanted: DataSet) -> str:
    """That a substitute is in use, and how it differs, in one line."""
    return f"{wanted.name}: a substitute, {wanted.stand_in.differs}."


def _marker(name: str) -> str:
    return f"{name}.substitute"


def _settled(name: str) -> bool:
    return any((folder / _marker(name)).is_file() for folder in cache.cache_folders())


def _settle(name: str, substitute: bool) -> None:
    """Note which of the two is in use. Where nothing can be written, the sources are simply asked each time."""
    with contextlib.suppress(OSError, cache.DataUnavailable):
        if substitute and not _settled(name):
            (cache.writable_cache() / _marker(name)).write_text("the original files were out of reach\n")
        elif not substitute:
            for folder in cache.cache_folders():
                (folder / _marker(name)).unlink(missing_ok=True)
