"""What each solution was built from, and so which of its cells a person has edited since: solutions/built_from.json.

For each cell of a solution there are three digests: of the lesson's cell, of what an author sees of it in the notebook, and
of the rest (grading metadata, hidden test, attachments, tags that no lesson has). With them the lesson and the notebook can
both be edited, and each cell is known to be as it was, edited here, edited there, or edited in both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.glossary import translations, unlink_terms, without_translations
from autograder.authoring.lesson import TAGS, Cell
from autograder.authoring.questions import unfold
from autograder.course import SOLUTIONS
from course_utils import files
from course_utils.edition.notebooks import sources

PLACE = SOLUTIONS / "built_from.json"
HIDDEN = re.compile(r"\n?^### BEGIN HIDDEN TESTS$.*?^### END HIDDEN TESTS$", re.S | re.M)
_DIGITS = 16  # of each cell's digests


@dataclass(frozen=True)
class Row:
    """One cell of a solution as it was built, or as it was pulled. `lesson` is "" where the lesson never had it so."""

    id: str
    lesson: str
    solution: str
    frame: str

    def matches(self, made: NotebookNode) -> bool:
        """Whether a notebook's cell is still this one."""
        return (self.solution, self.frame) == (seen_digest(made), frame_digest(made))


@dataclass(frozen=True)
class Record:
    """What is known of one unit: digests of its lesson's bytes, of its release's sources, of the code that was run; its rows."""

    lesson: str = ""
    notebook: str = ""
    code: str = ""
    rows: list[Row] = field(default_factory=list)


def read() -> dict[str, Record]:
    """Every unit's record; empty where nothing was built."""
    if not PLACE.exists():
        return {}
    return {unit: _record(told) for unit, told in json.loads(PLACE.read_text(encoding="utf-8")).items()}


def record_of(unit: str) -> Record:
    """A unit's record; an empty one where it was never built."""
    return read().get(unit, Record())


def note(unit: str, record: Record) -> None:
    """Write a unit's record beside the others, by atomic rename."""
    told = {name: _as_json(one) for name, one in sorted({**read(), unit: record}.items())}
    files.write(PLACE, (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())


def _record(told: dict | str) -> Record:
    if isinstance(told, str):  # the lesson's digest alone, as it was kept at first
        return Record(told)
    rows = [Row(id, *words.split("/")) for id, words in told["cells"].items()]
    return Record(told["lesson"], told["notebook"], told["code"], rows)


def _as_json(record: Record) -> dict:
    cells = {row.id: f"{row.lesson}/{row.solution}/{row.frame}" for row in record.rows}
    return {"lesson": record.lesson, "notebook": record.notebook, "code": record.code, "cells": cells}


def cell_digest(cell: Cell) -> str:
    """The digest of a lesson's cell: its kind, text and tags."""
    return text_digest(cell.kind, cell.source, cell.tags)


def text_digest(kind: str, source: str, tags: Iterable[str] = ()) -> str:
    """The digest of a cell's kind, text and tags."""
    told = "\n".join([kind, *sorted(tags), source])
    return files.digest(told.encode())[:_DIGITS]


def own_source(made: NotebookNode) -> str:
    """What an author wrote in a notebook's cell: without the hidden test and the links that the build added."""
    source = _without_hidden(made)
    return unlink_terms(unfold(source)) if made.cell_type == "markdown" else source


def _without_hidden(made: NotebookNode) -> str:
    return HIDDEN.sub("", made.source).rstrip("\n")


def own_tags(made: NotebookNode) -> list[str]:
    """The tags of a notebook's cell that a lesson can hold."""
    return [tag for tag in made.metadata.get("tags", []) if tag in TAGS]


def foreign_tags(made: NotebookNode) -> list[str]:
    """The tags of a notebook's cell that no lesson holds."""
    return [tag for tag in made.metadata.get("tags", []) if tag not in TAGS]


def seen_digest(made: NotebookNode) -> str:
    """The digest of what an author sees of a notebook's cell, save what the glossary adds: it may have changed since."""
    source = _without_hidden(made)
    seen = without_translations(unfold(source)) if made.cell_type == "markdown" else source
    return text_digest(made.cell_type, seen, own_tags(made))


def frame_digest(made: NotebookNode) -> str:
    """The digest of a notebook's cell apart from its text: what the build derives, and what no lesson can hold."""
    grading = {key: value for key, value in made.metadata.get("nbgrader", {}).items() if key != "checksum"}
    hidden = HIDDEN.search(made.source)
    told = [grading, hidden and hidden[0].strip(), made.get("attachments") or {}, foreign_tags(made)]
    if rows := translations(made.source):
        told.append(rows)
    return files.digest(json.dumps(told, sort_keys=True).encode())[:_DIGITS]


def rows_of(lesson_cells: list[Cell], notebook: NotebookNode) -> list[Row]:
    """The rows of a solution that was just made of these cells of a lesson."""
    return [
        Row(made.id, cell_digest(cell), seen_digest(made), frame_digest(made))
        for cell, made in zip(lesson_cells, notebook.cells, strict=True)
    ]


def sources_digest(notebook: bytes) -> str:
    """The digest of what is written in a notebook, whatever it showed when it ran."""
    return files.digest(json.dumps(sources(notebook)).encode())


def code_digest(notebook: NotebookNode) -> str:
    """The digest of a notebook's code, cell by cell: what its outputs come from."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return files.digest(json.dumps(code).encode())


def edits(rows: list[Row], stored: NotebookNode, fresh: NotebookNode) -> list[str]:
    """What a person did to a stored solution since, in words, save what the lesson, from which `fresh` was made, has too."""
    known = {row.id: row for row in rows}
    going = {(seen_digest(made), frame_digest(made)) for made in fresh.cells}
    found = []
    for number, made in enumerate(stored.cells, 1):
        row = known.get(made.get("id", ""))
        if (row and row.matches(made)) or (seen_digest(made), frame_digest(made)) in going:
            continue
        if row or made.source.strip():
            found.append(f"cell {number} (`{made.get('id', '')}`) was {'edited' if row else 'added'}")
    there = [made.get("id", "") for made in stored.cells]
    of_lesson = [made.id for made in fresh.cells]
    found += [f"`{row.id}` was removed" for row in rows if row.id not in there and row.id in of_lesson]
    as_built = [row.id for row in rows if row.id in there]
    now = [id for id in there if id in known]
    if as_built != now and now != [id for id in of_lesson if id in now]:
        found.append("cells were moved")
    return found


def lesson_digest(path: Path) -> str:
    """The sha256 of a lesson's bytes."""
    return files.digest(path.read_bytes())
