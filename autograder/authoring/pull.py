"""Take edits made to a solution notebook in JupyterLab back into the lesson's text, losing nothing.

Lesson and notebook are merged cell by cell: what was edited, added, removed or moved in the notebook since it was built comes
into the lesson, and what was edited in the lesson stays. A cell that was edited in both stays as the lesson has it, and the
notebook's is set aside in a file. What a lesson cannot hold (an attachment, other points, an edited hidden test) is refused by
name. At the end the lesson is formatted as `make lint` wants it.
"""

from __future__ import annotations

import difflib
import subprocess
import sys
import tempfile
from bisect import bisect_left
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from autograder.authoring import built_from, glossary
from autograder.authoring.build import hidden_test, make_solution, solution_path
from autograder.authoring.built_from import (
    HIDDEN,
    Row,
    cell_digest,
    foreign_tags,
    frame_digest,
    own_source,
    own_tags,
    seen_digest,
)
from autograder.authoring.glossary import changed_translations
from autograder.authoring.lesson import TAGS, BadLesson, Cell, Lesson, lesson_path, read_lesson, slug_id
from autograder.authoring.wrap import wrap_lesson
from autograder.common.keep import keep
from autograder.course import ROOT
from autograder.exercise import Exercise
from autograder.exercises import load_exercises
from course_utils import files

SET_ASIDE = ".set_aside"


class Pulled(NamedTuple):
    """What was done, in words, and the file of what could not be merged, if there is one."""

    words: str
    set_aside: Path | None = None


@dataclass
class Block:
    """A cell of the merged lesson: its text, the lesson's cell that it is or stands for, the notebook's cell that it came from."""

    text: str
    cell: int | None = None
    made: str | None = None  # the notebook cell's id


@dataclass
class Merge:
    """A merged lesson: its blocks, how much of the notebook came in, and what clashes (where, the notebook's cell or None)."""

    blocks: list[Block] = field(default_factory=list)
    changed: int = 0
    clashes: list[tuple[str, NotebookNode | None]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The lesson's text: each cell followed by a blank line unless it has one."""
        texts = [
            block.text if block.text.endswith("\n\n") else block.text.rstrip("\n") + "\n\n" for block in self.blocks
        ]
        return "".join(texts).rstrip("\n") + "\n"


def pull(unit: str, force: bool = False) -> Pulled:
    """Write the notebook's edits into the lesson, and what was edited in both into a file beside it.

    With `force` the notebook's cells win where both were edited, and the lesson is kept as NN_slug.py.orig. Raises
    BadLesson, with nothing written, for what a lesson cannot hold.
    """
    lesson, exercises = read_lesson(lesson_path(unit)), load_exercises(unit)
    notebook = _read_notebook(unit)
    record = built_from.record_of(unit)
    rows = record.rows or _rows_of_unedited(lesson, exercises, record.lesson, force)
    require_holdable(notebook, rows, lesson, exercises)
    merge = merge_cells(lesson, notebook, rows, force)
    if not merge.changed and not merge.clashes:
        return Pulled(f"{unit}: the solution has no edits that the lesson does not have")
    said = []
    if merge.changed:
        said.append(f"{unit}: {merge.changed} cell{'s' if merge.changed > 1 else ''} pulled into {lesson.path.name}")
        said += _write_lesson(lesson, merge, edited=force or record.lesson != built_from.lesson_digest(lesson.path))
    aside = _set_aside(lesson, merge) if merge.clashes else None
    if aside:
        said.append(
            f"{unit}: {len(merge.clashes)} more cannot be merged, because the lesson was edited in the same place. The "
            f"lesson's text stays; the notebook's is in {aside}: take over what you want, then delete that file"
        )
    built_from.note(unit, replaced(record, rows=_rows_after(read_lesson(lesson.path), notebook, rows, merge)))
    said.append(f"next: autograder build {unit.partition('_')[0]}")
    return Pulled("\n".join(said), aside)


def _read_notebook(unit: str) -> NotebookNode:
    path = solution_path(unit)
    if not path.exists():
        raise BadLesson(path, 1, f"there is no solution yet; run: autograder build {unit.partition('_')[0]}")
    try:
        return nbformat.read(path, as_version=4)
    except nbformat.reader.NotJSONError:
        raise BadLesson(path, 1, "this is not a notebook; take it from git, or delete it and build again") from None


def _rows_of_unedited(lesson: Lesson, exercises: dict[str, Exercise], built: str, force: bool) -> list[Row]:
    """The rows of a solution of which only the lesson's digest was noted: those of the lesson, where it is still that one."""
    if built != built_from.lesson_digest(lesson.path) and not force:
        words = (
            "it is not known from which text of the lesson the solution was built, so they cannot be merged. "
            f"`--force` takes the solution's cells; the lesson is then kept as {lesson.path.name}.orig"
        )
        raise BadLesson(lesson.path, 1, words)
    return built_from.rows_of(lesson.cells, make_solution(lesson, exercises))


def require_holdable(notebook: NotebookNode, rows: list[Row], lesson: Lesson, exercises: dict[str, Exercise]) -> None:
    """Raise BadLesson, naming the cell, where the notebook was given something that a lesson cannot hold."""
    frames, cells = {row.id: row.frame for row in rows}, {slug_id(cell.id): cell for cell in lesson.cells}
    for number, made in enumerate(notebook.cells, 1):
        id = made.get("id", "")
        if frames.get(id) != frame_digest(made) and (problem := _problem(made, cells.get(id), exercises)):
            raise BadLesson(solution_path(lesson.unit), number, f"cell {number} {problem}")


def _problem(made: NotebookNode, cell: Cell | None, exercises: dict[str, Exercise]) -> str:
    """What of a notebook's cell a lesson cannot hold; "" where there is nothing."""
    if made.get("attachments"):
        name = next(iter(made.attachments))
        return f"has a picture attached ({name}); a lesson holds text: draw it in a code cell"
    if tags := foreign_tags(made):
        return f"has the tag {tags[0]!r}; a lesson holds only {', '.join(TAGS)}: remove it in the notebook"
    if cell is not None and (names := changed_translations(made.source, cell.source)):
        return f"names {names[0]!r} in other words; its Chinese and Korean are set in lessons/{glossary.SOURCE.name}, or in the lesson"
    if cell is None or cell.role != "test" or cell.exercise not in exercises:
        return ""
    place = f"where {cell.exercise!r} is declared"
    points = made.metadata.get("nbgrader", {}).get("points")
    if points != exercises[cell.exercise].points:
        return f"gives {points} points; points are set {place}"
    hidden = HIDDEN.search(made.source)
    if hidden and hidden[0].strip() != hidden_test(cell).strip():
        return f"has an edited hidden test; hidden probes are set {place}"
    return ""


# The merge


def merge_cells(lesson: Lesson, notebook: NotebookNode, rows: list[Row], force: bool = False) -> Merge:
    """Merge by cell: `rows` say what both were. The order is the lesson's; cells that the notebook moved go along."""
    partner, same = _align(rows, lesson.cells)
    numbers = {made.get("id", ""): number for number, made in enumerate(notebook.cells)}
    stays = _in_order(rows, notebook)
    new = set(numbers) - stays  # what is to be put in: cells without a row, and moved ones
    merge = Merge([Block(cell.text, index) for index, cell in enumerate(lesson.cells)])
    for position, row in enumerate(rows):
        index = partner.get(position)
        cell = lesson.cells[index] if index is not None else None
        made = notebook.cells[numbers[row.id]] if row.id in numbers else None
        wins = _who_wins(row, cell, position in same, made, moved=row.id not in stays)
        if wins == CLASH and not force:
            merge.clashes.append((_clash(row, cell, made, numbers.get(row.id, 0)), made))
            new.discard(row.id)
        elif wins in (CLASH, NOTEBOOK):
            _take(merge, row, index, made if row.id in stays else None, new)
        elif wins == AGREED and index is not None:
            merge.blocks[index].made = row.id
    _add_new(merge, lesson, notebook, {row.id: partner.get(at) for at, row in enumerate(rows)}, new)
    merge.blocks = [block for block in merge.blocks if block.text]
    return merge


LESSON, NOTEBOOK, AGREED, CLASH = "lesson", "notebook", "agreed", "clash"


def _who_wins(row: Row, cell: Cell | None, is_same: bool, made: NotebookNode | None, moved: bool) -> str:
    """Whose version of a cell that both had is taken; `cell` and `made` are None where it was removed."""
    was_edited = made is None or moved or row.solution != seen_digest(made)
    if cell is None:
        return CLASH if made is not None and row.solution != seen_digest(made) else LESSON
    if not was_edited:
        return AGREED if is_same else LESSON
    if made is not None and not moved and cell_digest(cell) == seen_digest(made):
        return AGREED
    return NOTEBOOK if is_same else CLASH


def _clash(row: Row, cell: Cell | None, made: NotebookNode | None, number: int) -> str:
    """Where and why both sides cannot be had, for people."""
    did = "removed" if made is None else "edited or moved"
    theirs = "removed from the lesson" if cell is None else f"edited in the lesson (line {cell.line})"
    return f"`{row.id}`{f' (cell {number + 1})' if made is not None else ''}: {did} in the notebook, {theirs}"


def _take(merge: Merge, row: Row, index: int | None, made: NotebookNode | None, new: set[str]) -> None:
    """Take the notebook's version of a cell into the lesson's place `index`; without a place it is put in as a new one."""
    if index is None:
        new.add(row.id)
        return
    merge.blocks[index] = Block("", index) if made is None else Block(_write_cell(made), index, row.id)
    merge.changed += row.id not in new  # a moved cell counts where it arrives


def _add_new(
    merge: Merge, lesson: Lesson, notebook: NotebookNode, places: dict[str, int | None], new: set[str]
) -> None:
    """Put the notebook's new and moved cells after the cell that they follow there."""
    own = [index for index in range(len(lesson.cells)) if index not in places.values()]
    have = {cell_digest(lesson.cells[index]) for index in own}
    after = -1  # place in merge.blocks of the cell that the next new one follows
    for made in notebook.cells:
        id = made.get("id", "")
        if id not in new:
            if places.get(id) is not None:
                after = next(at for at, block in enumerate(merge.blocks) if block.cell == places[id])
        elif made.source.strip() and seen_digest(made) not in have:
            after += 1
            merge.blocks.insert(after, Block(_write_cell(made), None, id))
            merge.changed += 1


def _align(rows: list[Row], cells: list[Cell]) -> tuple[dict[int, int], set[int]]:
    """Which cell of the lesson each row is now (row's place -> cell's place), and which of these are unchanged."""
    now = [cell_digest(cell) for cell in cells]
    matcher = difflib.SequenceMatcher(None, [row.lesson for row in rows], now, autojunk=False)
    partner: dict[int, int] = {}
    same: set[int] = set()
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            partner |= dict(zip(range(a, b), range(c, d), strict=True))
            same |= set(range(a, b))
        elif what == "replace":  # edited: graded cells keep their ids, the others mostly do
            ids = {slug_id(cells[index].id): index for index in range(c, d)}
            partner |= {position: ids[rows[position].id] for position in range(a, b) if rows[position].id in ids}
            if b - a == d - c:
                free = [index for index in range(c, d) if index not in partner.values()]
                partner |= dict(zip((at for at in range(a, b) if at not in partner), free, strict=False))
    return partner, same


def _in_order(rows: list[Row], notebook: NotebookNode) -> set[str]:
    """The ids of the built cells that the notebook still has in their order; one that was moved is not among them."""
    place = {row.id: at for at, row in enumerate(rows)}
    there = [place[made.id] for made in notebook.cells if made.get("id", "") in place]
    ends: list[
        int
    ] = []  # the longest increasing subsequence: for each length the smallest last element, and how it got there
    before: dict[int, int | None] = {}
    for value in there:
        at = bisect_left(ends, value)
        before[value] = ends[at - 1] if at else None
        ends[at : at + 1] = [value]
    kept: set[str] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(rows[last].id)
        last = before[last]
    return kept


# Writing


def _write_lesson(lesson: Lesson, merge: Merge, edited: bool) -> list[str]:
    """Replace the lesson, once the merged one has been read back; keep the old one where it was edited. Returns lines to say."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / lesson.path.name
        draft.write_text(merge.text, encoding="utf-8")
        try:
            read_lesson(draft)  # a lesson that cannot be read back must not replace one that can
            unformatted = _format(draft)
            read_lesson(draft)
        except BadLesson as error:
            raise BadLesson(
                solution_path(lesson.unit), 1, f"the edited notebook cannot be written as a lesson: {error}"
            ) from None
        data = draft.read_bytes()
    kept = keep(lesson.path) if edited else None
    files.write(lesson.path, data)
    said = [f"{lesson.unit}: the lesson as it was is kept: {kept}"] if kept else []
    return said + ([f"{lesson.unit}: the lesson could not be formatted: {unformatted}"] if unformatted else [])


def _format(path: Path) -> str:
    """Format a lesson's code with ruff and the course's settings, and wrap its prose; "", or why it could not be done."""
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", "lessons/lesson.py", "-"]
    done = subprocess.run(command, input=path.read_bytes(), cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        return (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
    path.write_text(wrap_lesson(done.stdout.decode()), encoding="utf-8")
    return ""


def _set_aside(lesson: Lesson, merge: Merge) -> Path:
    """Write the notebook's side of what clashes beside the lesson, in a form that can be pasted into it."""
    head = (
        f"# Edits of solutions/{lesson.unit}/{lesson.unit}.ipynb that could not be merged into {lesson.path.name}, because\n"
        "# the lesson was edited in the same place. Take over what you want, then delete this file.\n"
    )
    parts = [head]
    for words, made in merge.clashes:
        parts.append(f"# ---- {words}\n" + (_write_cell(made) if made is not None else ""))
    return files.write_new(lesson.path.with_name(lesson.path.name + SET_ASIDE), "\n".join(parts).encode())


def _rows_after(lesson: Lesson, notebook: NotebookNode, rows: list[Row], merge: Merge) -> list[Row]:
    """The rows once all edits of the notebook are in the lesson or set aside: a further pull begins from here."""
    before = {row.id: row for row in rows}
    digests = [cell_digest(cell) for cell in lesson.cells]
    pairs = zip(merge.blocks, digests, strict=True) if len(digests) == len(merge.blocks) else ()
    now = {block.made: digest for block, digest in pairs if block.made}
    clashing = {made.id for _, made in merge.clashes if made is not None}
    after = []
    for made in notebook.cells:
        row, seen = before.get(made.id), seen_digest(made)
        unedited = row.lesson if row and row.solution == seen else seen  # the lesson's edits are for the build to bring
        text = "" if made.id in clashing else now.get(made.id, unedited)
        after.append(Row(made.id, text, seen, frame_digest(made)))
    return after


def _write_cell(made: NotebookNode) -> str:
    """A notebook's cell in percent format, as jupytext writes it, with its tags and without what the build derives."""
    import jupytext

    make = {
        "markdown": nbformat.v4.new_markdown_cell,
        "code": nbformat.v4.new_code_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    cell = make[made.cell_type](own_source(made))
    if tags := own_tags(made):
        cell.metadata["tags"] = tags
    lone = nbformat.v4.new_notebook(cells=[cell])
    lone.metadata["jupytext"] = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,-all"}
    return jupytext.writes(lone, fmt="py:percent").strip("\n") + "\n"
