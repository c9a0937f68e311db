"""Which files of a data set are on this disk, each with its hash: what hidden packs and graders of several machines compare."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from course_utils.data import cache, fetch, manifest, prepare


def files_of(name: str, in_sight: Callable[[Path], bool] | None = None) -> dict:
    """The hashes of a set's files: {"files": [sha256, ...]}, or {"lacks": why they cannot be read}.

    Fetches the set where it can be had. Where the course has to make it of others, their names and files stand after "made of".
    `in_sight` says whether a notebook's sandbox can see a file; without it all can be seen.
    """
    made_of: list[str] = []
    try:
        files = _located(name)
        if files is None:
            prepare([name])
            files = _located(name)
        if files is None:
            origins = manifest.data_set(name).stand_in.origins
            made_of = ["made of", *origins]
            files = [file for origin in origins for file in _located(origin) or []]
    except (cache.DataUnavailable, cache.SourceFailed, manifest.ManifestError, OSError, ValueError) as error:
        return {"lacks": " ".join(str(error).split("\n")[0].split())}
    hidden = [str(path) for path, _ in files if in_sight and not in_sight(path)]
    if hidden:
        return {
            "lacks": f"{hidden[0]} is not within sight of a sandbox: set COURSE_DATA to a folder that can be written to"
        }
    return {"files": made_of + [digest for _, digest in files]}


def is_here(name: str) -> bool:
    """Whether all files of a set are on this disk."""
    with contextlib.suppress(cache.DataUnavailable, OSError):
        return _located(name) is not None
    return False


def _located(name: str) -> list[tuple[Path, str]] | None:
    """The files of a set on this disk, each with its hash; None where one is missing."""
    found = []
    for file in manifest.data_set(name).files:
        embedded = any(isinstance(source, manifest.Embedded) for source in file.sources)
        try:
            one = fetch.find(file, remote=embedded)
        except fetch.Missing:
            return None
        found.append((one.path, one.sha256))
    return found
