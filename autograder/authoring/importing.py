"""`autograder import`: an existing nbgrader course's source notebooks as lessons, which are built and graded as all others.

A graded cell keeps nbgrader's metadata, in its cell marker, and its source with solutions, asserts and hidden tests; so it is
released as nbgrader releases it, and earns what nbgrader gives. A notebook of an assignment is a unit; other files lie in a
folder beside the lesson, and the build puts them beside the notebooks. The source folder is read alone, never written to.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from autograder.authoring import unit_list
from autograder.authoring.lesson import MARKER, TAGS, BadLesson, lesson_path, lesson_units, look_at
from autograder.exercises import units as units_with_exercises
from autograder.limits import MAX_BESIDE_BYTES
from course_utils import files
from course_utils.refused import Refused

#: Of a cell's metadata in the source what a lesson keeps.
_FIELDS = ("grade", "grade_id", "locked", "points", "schema_version", "solution", "task")
#: What nbgrader makes of tests by running the solution, as it releases.
_AUTOTEST = re.compile(r"^\s*### (HASHED )?AUTOTEST\b", re.M)
_MINUTES = 60  # of a unit of which nobody has said how long it takes
_IGNORED = (".ipynb_checkpoints", "__pycache__", ".DS_Store", ".git", "timestamp.txt")


@dataclass
class Source:
    """A source notebook that can be imported: the unit that it becomes, its lesson's text, and the files beside it."""

    path: Path
    unit: str
    title: str
    text: str = ""
    beside: dict[str, bytes] = field(default_factory=dict)
    graded: int = 0
    points: float = 0.0


class Unfit(Refused):
    """A notebook cannot be imported; the message names it and says why."""


def import_course(source: Path) -> Iterator[tuple[str, bool]]:
    """Import every notebook of every assignment of `source`; yields a line for each, and whether it went well.

    `source` is a course with a folder source/, that folder, or one assignment's. Raises Refused where it holds none.
    """
    number = max((int(unit[:2]) for unit in {*lesson_units(), *units_with_exercises()}), default=0)
    for folder in _assignments(source):
        notebooks = sorted(folder.glob("*.ipynb"))
        beside, left_out = _beside(folder)
        for why in left_out:
            yield why, False
        for path in notebooks:
            words = (
                [folder.name, path.stem]
                if len(notebooks) > 1 or _name(folder.name) != _name(path.stem)
                else [folder.name]
            )
            if number == 99:
                raise Refused(f"{path}: there are 99 units, and a unit's number has two digits")
            try:
                found = _read(path, f"{number + 1:02}_{_name('_'.join(words))}", beside)
                _write(found)
            except Unfit as error:
                yield str(error), False
                continue
            number += 1
            yield f"{path}: {found.unit}, {found.graded} graded cells, {found.points:g} points", True
    if source_files := [
        path.name for path in sorted(_root_of(source).glob("*.ipynb")) if path.parent not in _assignments(source)
    ]:
        yield (
            f"{', '.join(source_files)}: in no assignment's folder; nbgrader releases none of them, and they are left out",
            True,
        )


def _root_of(source: Path) -> Path:
    return source / "source" if (source / "source").is_dir() else source


def _assignments(source: Path) -> list[Path]:
    root = _root_of(source)
    if not root.is_dir():
        raise Refused(
            f"there is no folder {source}. Name the folder of an nbgrader course, its source/, or one assignment's folder"
        )
    folders = sorted(
        path for path in root.iterdir() if path.is_dir() and path.name not in _IGNORED and any(path.glob("*.ipynb"))
    )
    found = folders or ([root] if any(root.glob("*.ipynb")) else [])
    if not found:
        raise Refused(f"{root} has no notebook: an nbgrader course keeps them as source/ASSIGNMENT/NOTEBOOK.ipynb")
    return found


def _beside(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The files of an assignment that are no notebooks, by their paths in it; and a line for each that is not taken."""
    found, left_out, size = {}, [], 0
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix == ".ipynb" or set(inside.parts) & set(_IGNORED) or path.is_dir():
            continue
        if path.is_symlink() or not path.is_file():
            left_out.append(f"{path}: not a plain file; it is left out")
        elif (size := size + path.stat().st_size) > MAX_BESIDE_BYTES:
            left_out.append(
                f"{path}: with it the files beside a notebook are more than {MAX_BESIDE_BYTES / 1e6:g} MB; it is left out"
            )
            size -= path.stat().st_size
        else:
            found[inside.as_posix()] = path.read_bytes()
    return found, left_out


def _read(path: Path, unit: str, beside: dict[str, bytes]) -> Source:
    """A source notebook as a lesson. Raises Unfit."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises what it likes
        raise Unfit(f"{path}: not a notebook that nbformat can read: {str(error).splitlines()[0][:120]}") from None
    kernel = notebook.metadata.get("kernelspec", {})
    language = kernel.get("language") or notebook.metadata.get("language_info", {}).get("name") or "python"
    if language.lower() not in ("python", "python3", "ipython"):
        name = kernel.get("display_name") or language
        raise Unfit(f"{path}: its kernel is {name!r}, and the grader runs Python; grade it with `nbgrader autograde`")
    found = Source(path, unit, _title(notebook, path), beside=dict(beside))
    for place, cell in enumerate(notebook.cells, 1):
        _settle(found, cell, place)
    found.text = _text(notebook)
    _require_same(found, notebook)
    return found


def _settle(found: Source, cell: Any, place: int) -> None:
    """Bring a cell's metadata to nbgrader's present form, and into the form of a lesson. Raises Unfit, naming the cell."""
    from nbgrader.nbgraderformat import MetadataValidator

    where = f"{found.path}: cell {place}"
    if "nbgrader" in cell.metadata:
        cell = MetadataValidator().upgrade_cell_metadata(cell)
        facts = cell.metadata.get("nbgrader", {})
        if any(facts.get(name) for name in ("grade", "solution", "locked", "task")):
            facts = {"task": False, **{name: facts[name] for name in _FIELDS if name in facts}}
            if not facts.get("grade_id"):
                raise Unfit(f"{where} is graded and has no grade_id; give it one with nbgrader's Create Assignment")
            if facts["grade"] or facts["task"]:
                found.graded, found.points = found.graded + 1, found.points + float(facts.get("points", 0))
            cell.metadata["nbgrader"] = facts
        else:
            del cell.metadata["nbgrader"]
    if cell.cell_type == "code" and _AUTOTEST.search(cell.source):
        raise Unfit(
            f"{where} has AUTOTEST lines, which nbgrader turns into tests as it releases; write the asserts that they stand for"
        )
    if tags := [tag for tag in cell.metadata.get("tags", ()) if tag in TAGS]:
        cell.metadata["tags"] = tags
    else:
        cell.metadata.pop("tags", None)
    for name, bundle in cell.pop("attachments", {}).items():  # a lesson is text: a picture in it becomes a file
        data = next(iter(bundle.values()))
        at = f"attached/{place}_{re.sub(r'[^A-Za-z0-9._-]', '-', name)}"
        found.beside[at] = base64.b64decode(data) if isinstance(data, str) else str(data).encode()
        cell.source = cell.source.replace(f"attachment:{name}", at)


def _text(notebook: Any) -> str:
    """The notebook as a lesson's text: cells with markers, and nbgrader's metadata in these."""
    import jupytext

    plain = nbformat.v4.new_notebook(cells=notebook.cells)
    plain.metadata = {"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "nbgrader,tags,-all"}}
    return jupytext.writes(plain, fmt="py:percent")


def _require_same(found: Source, notebook: Any) -> None:
    """Raise Unfit where the lesson would not give the same cells again."""
    import jupytext

    again = jupytext.reads(found.text, fmt="py:percent").cells
    if len(again) != len(notebook.cells) or not MARKER.match(found.text.split("\n", 1)[0]):
        raise Unfit(
            f"{found.path}: as text it has {len(again)} cells and not {len(notebook.cells)}: is a `# %%` inside a cell?"
        )
    for place, (is_, was) in enumerate(zip(again, notebook.cells, strict=True), 1):
        kept = is_.metadata.get("nbgrader") == was.metadata.get("nbgrader")
        if is_.cell_type != was.cell_type or is_.source.strip() != was.source.strip() or not kept:
            raise Unfit(
                f"{found.path}: cell {place} cannot be written as a lesson's text and read again: {was.source.strip()[:60]!r}"
            )


def _title(notebook: Any, path: Path) -> str:
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^#{1,2} (.+)$", texts, re.M)
    return heading[1].strip() if heading else path.stem.replace("_", " ")


def _name(text: str) -> str:
    """A unit's name of the words of folders and files: small letters and digits with _ between; it begins with a letter."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return (name if name[:1].isalpha() else f"unit_{name}".rstrip("_"))[:60].rstrip("_")


def _write(found: Source) -> None:
    """Write the lesson and what lies beside it, and enter the unit. Raises Unfit, with nothing written, where it is no lesson."""
    path = lesson_path(found.unit)
    files.write(path, found.text.encode())
    try:
        look_at(path)
    except BadLesson as error:
        path.unlink()
        raise Unfit(f"{found.path}: it cannot be written as a lesson: {error}") from None
    for name, data in found.beside.items():
        files.write(path.with_suffix("") / name, data)
    told = unit_list.SOURCE.read_text(encoding="utf-8").rstrip() if unit_list.SOURCE.exists() else ""
    entry = unit_list.entry(
        unit_list.Unit(found.unit, found.title, f"work through {json.dumps(found.path.stem)[1:-1]}", _MINUTES)
    )
    files.write(unit_list.SOURCE, "\n\n".join(filter(None, [told, entry.rstrip()])).encode() + b"\n")


__all__ = ["import_course"]
