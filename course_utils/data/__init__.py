"""The course's data sets: fetched once, verified always, from the source that can be reached.

    (x_train, y_train), (x_test, y_test) = data.load_imdb(num_words=10_000)
    word_index = data.imdb_word_index()
    reviews = data.imdb_text()

`python -m course_utils.data` fetches everything ahead of time. What the sets are and where they come from stands in
data/manifest.toml. `COURSE_MIRROR`, a folder or an http address, is asked first; `COURSE_DATA` moves the data folder.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_utils.data.cache import DataUnavailable
    from course_utils.data.fetch import Found
    from course_utils.data.imdb import Reviews, imdb_text, imdb_word_index, load_imdb
    from course_utils.data.manifest import ManifestError
    from course_utils.values import Dataset

__all__ = [
    "DataUnavailable",
    "ManifestError",
    "Reviews",
    "imdb_text",
    "imdb_word_index",
    "load_imdb",
    "locate",
    "prepare",
    "resolve",
]

_ROOMS = {
    "DataUnavailable": "cache",
    "ManifestError": "manifest",
    "Reviews": "imdb",
    "imdb_text": "imdb",
    "imdb_word_index": "imdb",
    "load_imdb": "imdb",
}


def __getattr__(name: str) -> Any:
    """Import a loader at first use: the package itself costs nothing."""
    if name in _ROOMS:
        return getattr(importlib.import_module(f"course_utils.data.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'course_utils.data' has no attribute {name!r}; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__


def resolve(reference: Dataset) -> Any:
    """The value that a `course_utils.values.Dataset` stands for, freshly made; its set is read once a process.

    `imdb_ids` has the splits "train" and "test" and the columns "x" (a list of id lists; with the option
    encode="multi_hot" an (n, num_words) uint8 array) and "y" ((n,) int64); its option num_words is 10,000 unless given.
    `imdb_text` has the columns "text" (a list of str) and "label". Raises ValueError for what a set does not have,
    DataUnavailable where the set cannot be had.
    """
    from course_utils.data import imdb

    resolvers = {"imdb_ids": imdb.resolve_ids, "imdb_text": imdb.resolve_text}
    if reference.name not in resolvers:
        raise ValueError(f"there is no data set {reference.name!r} to resolve; there are {', '.join(resolvers)}")
    options = dict(reference.options)
    return resolvers[reference.name](reference.split, reference.column, reference.start, reference.stop, options)


def prepare(names: Iterable[str] | None = None, refresh: bool = False) -> dict[str, str]:
    """Fetch what is missing of these sets (all of the manifest if None); print and return a line each on the source.

    `refresh` asks for the original files again where a substitute is in use. Raises ValueError for a name that the
    manifest does not have, and DataUnavailable for the first set that cannot be had.
    """
    from course_utils.data import cache, imdb
    from course_utils.data.manifest import read_manifest

    if isinstance(names, str):
        names = [names]
    sets = read_manifest()
    lines = {}
    for name in list(sets) if names is None else names:
        if name not in sets:
            raise ValueError(f"there is no data set {name!r}; the manifest has {', '.join(sets)}")
        if name == "imdb_ids":
            lines[name] = imdb.prepare_ids(refresh)
        elif name == "imdb_text":
            lines[name] = imdb.prepare_text()
        else:
            files = locate(name)
            lines[name] = f"{name}: " + "; ".join(
                f"{file}: {found.what}, from {found.where}" for file, found in files.items()
            )
        cache.say(lines[name])
    return lines


def locate(name: str) -> dict[str, Found]:
    """Fetch a set's files where they are missing; file name -> verified file (`.path`, `.read()`).

    What a loader for a new set starts from. Raises DataUnavailable, ValueError for an unknown name.
    """
    from course_utils.data import fetch
    from course_utils.data.manifest import data_set

    wanted = data_set(name)
    try:
        return {file.name: fetch.find(file) for file in wanted.files}
    except fetch.Missing as missing:
        raise fetch.unavailable(wanted, missing.tried) from None
