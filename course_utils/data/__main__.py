"""`python -m course_utils.data [NAME ...]`: have the course's data ready; `--check` verifies what is cached."""

from __future__ import annotations

import argparse
import sys

from course_utils.data import prepare
from course_utils.data.cache import DataUnavailable, cache_folders, sha256_of
from course_utils.data.imdb import derived_is_sound
from course_utils.data.manifest import DataSet, ManifestError, read_manifest


def main(arguments: list[str] | None = None) -> int:
    """Prepare or check the named sets; 0: all is well, 1: a set cannot be had or a file is damaged, 2: no such set."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.data", description="Fetch the course's data sets.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="sets of data/manifest.toml (default: all)")
    parser.add_argument("--check", action="store_true", help="only verify the cached files against the manifest")
    parser.add_argument(
        "--refresh", action="store_true", help="ask again for original files where a substitute is in use"
    )
    chosen = parser.parse_args(arguments)
    try:
        sets = read_manifest()
    except ManifestError as error:
        print(error)
        return 1
    for name in chosen.names:
        if name not in sets:
            print(f"there is no data set {name!r}; the manifest has {', '.join(sets)}")
            return 2
    names = chosen.names or list(sets)
    # each set is attempted, whatever became of the one before it
    return max([check(sets[name]) if chosen.check else _prepare(name, chosen.refresh) for name in names], default=0)


def check(data_set: DataSet) -> int:
    """Print a line on every cached file of a set; 1 if one is damaged."""
    damaged = 0
    for file in data_set.files:
        paths = [path for folder in cache_folders() if (path := folder / file.name).is_file()]
        for path in paths:
            what = file.accepted.get(sha256_of(path))
            damaged |= what is None
            print(f"{data_set.name}: {path}: {what or 'DAMAGED: its sha256 is not in the manifest'}")
        if not paths:
            print(f"{data_set.name}: {file.name}: not cached")
    for path in (
        path for folder in cache_folders() for path in sorted(folder.glob(f"{data_set.name}.from_text.*.npz"))
    ):
        sound = derived_is_sound(path)
        damaged |= not sound
        print(f"{data_set.name}: {path}: {'made from the text' if sound else 'DAMAGED'}")
    return int(damaged)


def _prepare(name: str, refresh: bool) -> int:
    try:
        prepare([name], refresh)
    except DataUnavailable as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
