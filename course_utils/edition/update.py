"""Bring a learner's folder to a newer edition, without touching a notebook that holds work.

The order makes it safe to stop at any moment: each file is replaced at once, what a learner changed or ran is copied away
before, and `edition.json` is written last. Until then the next run sees the old edition and does what is still to be done.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from course_utils import files
from course_utils.edition.contents import LIST, NOTEBOOKS, RELEASED, Edition
from course_utils.edition.fetch import fetch
from course_utils.edition.notebooks import has_outputs, released_as_one, sources

KEPT = "kept"  # the folder of what was replaced though a learner had changed it or run it
NEW, SAME, UNTOUCHED, RUN, WORK, NO_NEWS, REMOVED = "new", "same", "untouched", "run", "work", "no news", "removed"


@dataclass
class Done:
    """What an update did, and said of it."""

    replaced: list[str] = field(default_factory=list)  # paths, new ones included
    said: list[str] = field(default_factory=list)


def update(root: Path, old: Edition, address: str) -> list[str]:
    """Bring the folder `root`, which holds the edition `old`, to the one at `address`; returns what was done, a line each.

    Raises EditionError, with nothing changed, where there is no sound edition; OSError where the disk refuses.
    """
    new, contents = fetch(address, root)
    if not new.address:  # released without one: the place that has served so far
        new = Edition(new.files, old.address)
    done = Done()
    _clear_partial(root, {*old.files, *new.files, LIST})
    notebooks = [path for path in contents if path.startswith(NOTEBOOKS)]
    released = [path for path in contents if path.startswith(RELEASED)]
    own = contents.keys() - {*notebooks, *released}
    for path in sorted(
        own, key=lambda path: (path in old.files, path)
    ):  # first the new ones: what has changed may need them
        _bring_own(root, path, contents[path], old, done)
    for path in notebooks:
        _bring_notebook(root, path, contents[path], old, done)
    for path in released:  # after the notebooks that they are compared with
        files.write_changed(root / path, contents[path])
    _let_go(root, old, new, done)
    files.write_changed(root / LIST, new.as_json())
    return _summary(old, new, done)


def _clear_partial(root: Path, paths: set[str]) -> None:
    """Remove what an update that was killed left half written; what a notebook writes meanwhile into `root` is not touched."""
    kept = {path for path in (root / KEPT).rglob("*") if path.is_dir()}
    for path in kept | {root / KEPT} | {root / path if "/" not in path else (root / path).parent for path in paths}:
        files.clear_partial(path)


def standing(mine: bytes | None, new: bytes, old_digest: str | None, released: bytes | None) -> str:
    """How a learner's notebook stands to a new version: one of the words above.

    `released` is the old version as it was released, where that is still known, `old_digest` its sha256.
    """
    if mine is None:
        return REMOVED if old_digest else NEW
    if mine == new:
        return SAME
    if files.digest(mine) == old_digest:
        return UNTOUCHED
    written = sources(mine)
    if written is not None:
        if written == sources(new):
            return SAME
        if written == sources(released):
            return RUN
    if old_digest is None and released_as_one(mine, new):
        return NO_NEWS  # it was fetched through nbgrader's exchange before the edition had it
    unchanged = files.digest(new) == old_digest or (sources(new) is not None and sources(new) == sources(released))
    return NO_NEWS if unchanged else WORK


def _bring_own(root: Path, path: str, data: bytes, old: Edition, done: Done) -> None:
    """A file of the course's own, no notebook: the new one takes its place; one that a learner changed is kept aside."""
    mine = files.read(root / path)
    if mine == data:
        return
    if mine is not None and files.digest(mine) != old.files.get(path):
        kept = _keep(root, path, mine)
        done.said.append(f"{path}: the course's own is in its place again; yours, which differed, is {kept}")
    files.write(root / path, data)
    done.replaced.append(path)


def _bring_notebook(root: Path, path: str, data: bytes, old: Edition, done: Done) -> None:
    mine, name = files.read(root / path), PurePosixPath(path).name
    found = standing(mine, data, old.files.get(path), _released(root, path, old))
    if found == RUN and mine is not None and has_outputs(mine):
        kept = _keep(root, path, mine)
        done.said.append(f"{name}: replaced by its new version; you had only run it, and what it showed is in {kept}")
    if found in (NEW, UNTOUCHED, RUN):
        files.write(root / path, data)
        done.replaced.append(path)
    if found == WORK:
        beside = _set_beside(root / path, data)
        done.said.append(
            f"{name}: your work stays as it is; the new version is beside it: {beside.relative_to(root).as_posix()}"
        )
    if found == REMOVED:
        unit = PurePosixPath(path).stem
        back = f"; python course.py reset {unit[:2]} brings it back" if unit[:2].isdigit() else ""
        done.said.append(f"{name}: you have removed it, so it is not brought{back}")


def _released(root: Path, path: str, old: Edition) -> bytes | None:
    """The old version of a notebook as it was released; None where that is not kept, or is not it."""
    data = files.read(root / (RELEASED + path))
    return data if data is not None and files.digest(data) == old.files.get(path) else None


def _set_beside(path: Path, data: bytes) -> Path:
    """Write the new version of a worked-on notebook beside it, unless it is there already. Returns where it is."""
    for there in sorted(path.parent.glob(f"{path.stem}_new_version_of_*{path.suffix}")):
        mine = files.read(there)
        if mine == data or (sources(mine) is not None and sources(mine) == sources(data)):
            return there
    return files.write_new(path.with_name(f"{path.stem}_new_version_of_{files.today()}{path.suffix}"), data)


def _keep(root: Path, path: str, data: bytes) -> str:
    inside = PurePosixPath(path)
    place = root / KEPT / inside.with_name(f"{inside.stem}_{files.today()}{inside.suffix}")
    return files.write_new(place, data).relative_to(root).as_posix()


def _let_go(root: Path, old: Edition, new: Edition, done: Done) -> None:
    """Remove what belongs to the course no more: not a notebook, nor what a notebook that is still here needs."""
    here = {unit for unit in old.units if (root / NOTEBOOKS / unit / f"{unit}.ipynb").exists()}
    for unit in sorted(here - set(new.units)):
        done.said.append(f"{unit}.ipynb: no longer part of the course; yours stays where it is")
    for path in sorted(old.files.keys() - new.files.keys()):
        if path.startswith(NOTEBOOKS) or here & set(PurePosixPath(path).parts):
            continue
        mine = files.read(root / path)
        if mine is None:
            continue
        if files.digest(mine) != old.files[path]:
            done.said.append(
                f"{path}: no longer part of the course; yours, which differed, is {_keep(root, path, mine)}"
            )
        (root / path).unlink()
        with contextlib.suppress(OSError):  # the folder holds something else
            (root / path).parent.rmdir()
        done.replaced.append(path)


def _summary(old: Edition, new: Edition, done: Done) -> list[str]:
    if not done.replaced and old.version == new.version:
        return [*done.said, f"You have the newest edition ({new.version})."]
    notebooks = sorted(PurePosixPath(path).stem for path in done.replaced if path.startswith(NOTEBOOKS))
    own = len(done.replaced) - len(notebooks)
    told = [f"{own} file{'s' * (own != 1)} of the helper and its data"] * bool(own)
    told += [f"in notebooks/ {', '.join(notebooks)}"] * bool(notebooks)
    versions = f"edition {old.version}" + (f" -> {new.version}" if new.version != old.version else " repaired")
    lines = [f"{versions}: brought {' and '.join(told) or 'no change to your files'}", *done.said]
    if done.replaced:
        lines.append("Is a notebook open? Reload it (File > Reload Notebook from Disk) and restart its kernel.")
    if {"requirements.lock", "pyproject.toml"} & set(done.replaced):
        lines.append("The packages have changed too: the next `python course.py lab` installs them.")
    return lines
