"""`autograder import`: an existing nbgrader course's source notebooks as lessons, which are built and graded as all others.

A graded cell keeps nbgrader's metadata, in its cell marker, and its source with solutions, asserts and hidden tests; so it is
released as nbgrader releases it, and earns what nbgrader gives. A notebook of an assignment is a unit; other files lie in a
folder beside the lesson, and the build puts them beside the notebooks. The source folder is read alone, never written to.
"""

from __future__ import annotations

import base64
import binascii
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.authoring import unit_list
from autograder.authoring.lesson import MARKER, TAGS, BadLesson, lesson_path, lesson_units, look_at
from autograder.authoring.toml_files import read_toml
from autograder.common.decoding import decode_unicode
from autograder.exercises import units as units_with_exercises
from autograder.limits import MAX_BESIDE_BYTES, MAX_BESIDE_FILES, MAX_CELL, MAX_CELLS, MAX_ID, MAX_NAME, MAX_TITLE
from course_utils import files
from course_utils.edition.contents import NOTEBOOKS, odd_path
from course_utils.refused import Refused, disk_refusal
from course_utils.terminal import is_unseen, shown

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
    ids: dict[str, str] = field(default_factory=dict)  # grade_id -> the cell that has it


class Unfit(Refused):
    """A notebook cannot be imported; the message names it and says why."""


def import_course(source: Path) -> Iterator[tuple[str, bool]]:
    """Import every notebook of every assignment of `source`; yields a line for each, and whether it went well.

    `source` is a course with a folder source/, that folder, or one assignment's. Raises Refused where it holds none.
    """
    number = max((int(unit[:2]) for unit in {*lesson_units(), *units_with_exercises()}), default=0)
    for folder in _assignments(source):
        if folder.is_symlink() and folder != source:
            yield f"{folder}: a link, and it is left out; import the folder that it leads to", False
            continue
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
    found: dict[str, bytes] = {}
    left_out, size = [], 0
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix == ".ipynb" or set(inside.parts) & set(_IGNORED) or (path.is_dir() and not path.is_symlink()):
            continue
        if path.is_symlink() or not path.is_file():
            left_out.append(f"{path}: not a plain file; it is left out")
        elif path.name.startswith("."):
            left_out.append(f"{path}: its name begins with a dot, and learners get no such file; it is left out")
        elif odd := odd_path([f"{NOTEBOOKS}{inside.as_posix()}"]):
            left_out.append(f"{path}: learners cannot get it: {odd}; it is left out. Rename it")
        elif len(found) == MAX_BESIDE_FILES:
            left_out.append(f"{path}: one of more than {MAX_BESIDE_FILES} files, and the rest is left out")
            break
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
    notebook, language = _parse(path)
    if language.lower() not in ("python", "python3", "ipython"):
        raise Unfit(
            f"{path}: its kernel is {language!r}, and the grader runs Python; grade it with `nbgrader autograde`"
        )
    found = Source(path, unit, "", beside=dict(beside))
    for place, cell in enumerate(notebook.cells, 1):
        _settle(found, cell, place)
    found.title = _title(notebook, path)
    found.text = _text(notebook)
    _require_same(found, notebook)
    return found


def _parse(path: Path) -> tuple[Any, str]:
    """A notebook of any format as one of nbformat 4 with what is kept of it, in the right form; and its language. Raises Unfit."""
    if path.is_symlink() or not path.is_file():  # a link leads anywhere, and a pipe never ends
        raise Unfit(f"{path}: not a plain file; it is left out")
    try:
        notebook = nbformat.convert(nbformat.reader.reads(decode_unicode(path.read_bytes())), 4)
        language = _language(notebook.metadata)
        notebook.metadata = NotebookNode()
        for cell in notebook.cells:
            if cell.cell_type == "code":  # a lesson keeps no outputs, and old programs wrote some that are none
                cell.outputs, cell.execution_count = [], None
            if not isinstance(cell.metadata.get("tags"), list):
                cell.metadata.pop("tags", None)
            cell.pop("id", None)
        notebook.nbformat_minor = 4  # the last in which cells need no id: a lesson gives them theirs
        nbformat.validate(notebook, relax_add_props=True)
    except Exception as error:  # nbformat raises what it likes, of what is no notebook
        raise Unfit(
            f"{path}: not a notebook that nbformat can read: {_words(error)}; save it anew in JupyterLab"
        ) from None
    if not notebook.cells:
        raise Unfit(f"{path}: it has no cells")
    if len(notebook.cells) > MAX_CELLS:
        raise Unfit(
            f"{path}: it has {len(notebook.cells)} cells, and none of more than {MAX_CELLS} is graded; divide it"
        )
    return notebook, language


def _words(error: Exception) -> str:
    """What a library says of a value, in a line, and where it stands: jsonschema tells the two apart."""
    words = (str(getattr(error, "message", error)).splitlines() or [""])[0] or type(error).__name__
    place = "/".join(map(str, getattr(error, "absolute_path", ())))
    return f"{words[:160]}{f' ({place})' if place else ''}"


def _language(metadata: Any) -> str:
    """Python, or what the kernel is called that a notebook wants; what is told in another form than Jupyter's tells nothing."""
    kernel, info = (
        metadata[name] if isinstance(metadata.get(name), dict) else {} for name in ("kernelspec", "language_info")
    )
    language = kernel.get("language") or info.get("name") or "python"
    is_python = str(language).lower() in ("python", "python3", "ipython")
    return "python" if is_python else str(kernel.get("display_name") or language)


def _settle(found: Source, cell: Any, place: int) -> None:
    """Bring a cell's metadata to nbgrader's present form, and into the form of a lesson. Raises Unfit, naming the cell."""
    where = f"{found.path}: cell {place}"
    if len(cell.source) > MAX_CELL:
        raise Unfit(
            f"{where} has {len(cell.source)} characters, and none of more than {MAX_CELL} is graded; shorten it"
        )
    if odd := next((c for c in cell.source if c == "\0" or "\ud800" <= c <= "\udfff"), ""):
        raise Unfit(f"{where} holds {shown(odd)}, which is no letter; take it out")
    if "nbgrader" in cell.metadata:
        _settle_graded(found, cell, where)
    if cell.cell_type == "code" and _AUTOTEST.search(cell.source):
        raise Unfit(
            f"{where} has AUTOTEST lines, which nbgrader turns into tests as it releases; write the asserts that they stand for"
        )
    if tags := [tag for tag in cell.metadata.get("tags", ()) if tag in TAGS]:
        cell.metadata["tags"] = tags
    else:
        cell.metadata.pop("tags", None)
    for name, bundle in cell.pop("attachments", {}).items():  # a lesson is text: a picture in it becomes a file
        at = f"attached/{place}_{re.sub(r'[^A-Za-z0-9._-]', '-', name)[-MAX_NAME + 20 :]}"
        data = next(iter(bundle.values()), "")
        try:
            found.beside[at] = base64.b64decode("".join(data) if isinstance(data, list) else data)
        except (binascii.Error, ValueError, TypeError):
            raise Unfit(f"{where} has the attachment {name[:60]!r}, which is no picture; take it out") from None
        cell.source = cell.source.replace(f"attachment:{name}", at)


def _settle_graded(found: Source, cell: Any, where: str) -> None:
    """What nbgrader knows of a cell, in its present form and as its own rules want it. Raises Unfit."""
    from nbgrader.nbgraderformat import MetadataValidator

    if not isinstance(cell.metadata["nbgrader"], dict):
        del cell.metadata["nbgrader"]
        return
    rules = MetadataValidator()
    try:
        cell = rules.upgrade_cell_metadata(cell)
        facts = cell.metadata.get("nbgrader", {})
        if not any(facts.get(name) for name in ("grade", "solution", "locked", "task")):
            cell.metadata.pop("nbgrader", None)
            return
        facts = dict.fromkeys(("task", "grade", "solution", "locked"), False) | {
            name: facts[name] for name in _FIELDS if name in facts
        }
        if not facts.get("grade_id"):
            raise Unfit(f"{where} is graded and has no grade_id; give it one with nbgrader's Create Assignment")
        cell.metadata["nbgrader"] = facts
        rules.validate_cell(cell)
    except Unfit:
        raise
    except Exception as error:  # nbgrader's own errors, jsonschema's, and what odd values make of the conversion
        raise Unfit(
            f"{where} has metadata that nbgrader refuses: {_words(error)}; see to it in nbgrader's Create Assignment"
        ) from None
    id = facts["grade_id"]
    if len(id) > MAX_ID or any(map(is_unseen, id)):
        raise Unfit(
            f"{where} has the grade_id {id[:60]!r}; give it one of letters and digits, of at most {MAX_ID} characters"
        )
    if first := found.ids.get(id):
        raise Unfit(
            f"{where} has the grade_id {id!r}, which {first} has already; nbgrader knows a cell by it: give it another"
        )
    found.ids[id] = where.rpartition(": ")[2]
    if facts["grade"] or facts["task"]:
        points = facts.get("points", 0)
        if not points <= sys.float_info.max:  # infinite, no number, or larger than any
            raise Unfit(f"{where} has {str(points)[:20]} points; give it a number that can be added up")
        found.graded, found.points = found.graded + 1, found.points + float(points)


def _text(notebook: Any) -> str:
    """The notebook as a lesson's text: cells with markers, and nbgrader's metadata in these."""
    import jupytext

    plain = nbformat.v4.new_notebook(cells=notebook.cells, nbformat_minor=4)
    plain.metadata = {"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "nbgrader,tags,-all"}}
    return jupytext.writes(plain, fmt="py:percent")


def _require_same(found: Source, notebook: Any) -> None:
    """Raise Unfit where the lesson would not give the same cells again."""
    import jupytext

    again = jupytext.reads(found.text, fmt="py:percent").cells
    first = notebook.cells[0]
    if first.cell_type == "raw" and first.source.lstrip().startswith("---"):
        raise Unfit(
            f"{found.path}: cell 1 is raw text between lines of ---, the head of another program's page; take it out"
        )
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
    headings = (heading.strip() for heading in re.findall(r"^#{1,2} (.+)$", texts, re.M))
    title = next(filter(None, headings), path.stem.replace("_", " "))
    return shown("".join(title.split("\0")))[:MAX_TITLE].strip() or "Unit"


def _name(text: str) -> str:
    """A unit's name of the words of folders and files: small letters and digits with _ between; it begins with a letter."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return (name if name[:1].isalpha() else f"unit_{name}".rstrip("_"))[:60].rstrip("_")


def _write(found: Source) -> None:
    """Write the lesson and what lies beside it, and enter the unit. Raises Unfit, with nothing written, where it is no lesson."""
    path = lesson_path(found.unit)
    folder = path.with_suffix("")
    if found.beside and folder.exists():
        raise Unfit(f"{found.path}: its files would come into {folder}, which is there already; move that away")
    units = read_toml(unit_list.SOURCE)  # before anything is written: it may be broken
    try:
        files.write(path, found.text.encode())
        if problems := look_at(path).problems:
            raise problems[0]
        for name, data in found.beside.items():
            files.write(folder / name, data)
        if found.unit not in units:
            _enter(found)
    except (BadLesson, OSError) as error:
        path.unlink(missing_ok=True)
        if found.beside:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            why = disk_refusal(error) or error.strerror or error
            raise Unfit(f"{found.path}: {error.filename or path} cannot be written: {why}") from None
        raise Unfit(f"{found.path}: it cannot be written as a lesson: {error}") from None


def _enter(found: Source) -> None:
    """Enter the unit in the list of units."""
    told = unit_list.SOURCE.read_text(encoding="utf-8").rstrip() if unit_list.SOURCE.exists() else ""
    unit = unit_list.Unit(found.unit, found.title, f"work through {shown(found.path.stem)[:MAX_TITLE]}", _MINUTES)
    files.write(unit_list.SOURCE, "\n\n".join(filter(None, [told, unit_list.entry(unit).rstrip()])).encode() + b"\n")


__all__ = ["import_course"]
