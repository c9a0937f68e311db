"""`python -m course_utils.data [NAME ...]`: have the course's data ready; `--check` verifies what is cached.

Without a name only what the first lessons need is fetched: nobody waits for the sets of units that they do not open.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from course_utils.data import prepare
from course_utils.data.cache import DataUnavailable, cache_folders
from course_utils.data.imdb import derived_is_sound
from course_utils.data.manifest import DataSet, Embedded, data_folder, manifest_path, read_manifest
from course_utils.data.transport import wheels_kept
from course_utils.refused import run


def main(arguments: list[str] | None = None) -> int:
    """Prepare or check the named sets; 0: all is well, 1: a set cannot be had or a file is damaged, 2: no such set."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.data", description="Fetch the course's data sets.")
    words = "sets of data/manifest.toml, or all (default: those that are fetched ahead of the first lesson)"
    parser.add_argument("names", nargs="*", metavar="NAME", help=words)
    parser.add_argument("--check", action="store_true", help="only verify the cached files against the manifest")
    parser.add_argument(
        "--refresh", action="store_true", help="ask again for original files where a substitute is in use"
    )
    chosen = parser.parse_args(arguments)
    return run(lambda: _do(chosen), print, "Stopped. What was fetched so far is kept: the same command goes on.")


def _do(chosen: argparse.Namespace) -> int:
    sets = read_manifest()
    every = [name for name, one in sets.items() if one.when != "special"]
    names = [one for name in chosen.names for one in (every if name == "all" and name not in sets else [name])]
    for name in names:
        if name not in sets:
            print(f"there is no data set {name!r}; the manifest has {', '.join(sets)}")
            return 2
    if chosen.check:
        return max([check(sets[name]) for name in names or sets], default=0)
    # each set is attempted, whatever became of the one before it
    with wheels_kept():
        ahead = [name for name in every if sets[name].when == "ahead"]
        code = max([_prepare(name, chosen.refresh) for name in names or ahead], default=0)
    later = [name for name in every if name not in ahead and sets[name].megabytes]
    if later and not names:
        weight = sum(sets[name].megabytes for name in later)
        print(
            f"{', '.join(later)}: fetched when a unit first asks for them ({weight:.0f} MB in all); "
            "to have them now: python -m course_utils.data all"
        )
    return code


def check(data_set: DataSet) -> int:
    """Print a line on every cached file of a set; 1 if one is damaged."""
    damaged = 0
    for file in data_set.files:
        places = [path for name in file.names for path in _in_caches(name)]
        places += [path for source in file.sources if isinstance(source, Embedded) for path in _in_data(source)]
        for path in places:
            _, what = file.recognise(path)
            damaged |= what is None
            print(f"{data_set.name}: {path}: {what or 'DAMAGED: its sha256 is not in the manifest'}")
        if not places:
            print(f"{data_set.name}: {file.name}: not cached")
    for path in (
        path for folder in cache_folders() for path in sorted(folder.glob(f"{data_set.name}.from_text.*.npz"))
    ):
        sound = derived_is_sound(path)
        damaged |= not sound
        print(f"{data_set.name}: {path}: {'made from the text' if sound else 'DAMAGED'}")
    return int(damaged)


def _in_caches(name: str) -> list[Path]:
    return [path for folder in cache_folders() if (path := folder / name).is_file()]


def _in_data(source: Embedded) -> list[Path]:
    folders = dict.fromkeys((data_folder(), manifest_path().parent))
    return [path for folder in folders if (path := folder / source.path).is_file()][:1]


def _prepare(name: str, refresh: bool) -> int:
    try:
        prepare([name], refresh)
    except DataUnavailable as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
