"""Take edits made to a solution notebook in JupyterLab back into the lesson's text, losing nothing.

Cells that did not change keep the lesson's own text to the byte; changed and new ones are written anew; the notebook's
order counts. What a lesson cannot hold (an attachment, other points, an edited hidden test) is refused by name.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.build import digest, hidden_test, read_built_from, slug_id, solution_path
from autograder.exercise import Exercise
from autograder.exercises import load_exercises
from autograder.glossary import unlink_terms
from autograder.lesson import BadLesson, Cell, Lesson, lesson_path, read_lesson

_HIDDEN = re.compile(r"\n?^### BEGIN HIDDEN TESTS$.*?^### END HIDDEN TESTS$", re.S | re.M)


def pull(unit: str, force: bool = False) -> str:
    """Write the notebook's edits into the lesson; return a line that says what changed.

    Raises BadLesson where the lesson was edited too since the notebook was built (unless `force`, which keeps the lesson
    as NN_slug.py.orig), and for what a lesson cannot hold.
    """
    lesson = read_lesson(lesson_path(unit))
    notebook = nbformat.read(solution_path(unit), as_version=4)
    exercises = load_exercises(unit)
    text, changed = merge(lesson, notebook, exercises)
    if not changed:
        return f"{unit}: the solution has no edits"
    if not force:
        _refuse_conflict(lesson)
    old = lesson.path.read_bytes()
    partial = lesson.path.with_suffix(".py.partial")
    partial.write_text(text, encoding="utf-8")
    try:
        read_lesson(partial)  # a lesson that cannot be read back must not replace one that can
    except BadLesson as error:
        partial.unlink()
        raise BadLesson(solution_path(unit), 1, f"the edited notebook makes no lesson: {error}") from None
    if force:
        lesson.path.with_suffix(".py.orig").write_bytes(old)
    partial.replace(lesson.path)
    return f"{unit}: {changed} cell{'s' if changed > 1 else ''} pulled into {lesson.path.name}"


def merge(lesson: Lesson, notebook: NotebookNode, exercises: dict[str, Exercise]) -> tuple[str, int]:
    """The lesson's text with the notebook's edits, and how many cells were changed, added, removed or moved."""
    known = {slug_id(cell.id): cell for cell in lesson.cells}
    blocks, changed, kept = [], 0, []
    for number, made in enumerate(notebook.cells, 1):
        cell = known.get(made.get("id", ""))
        source = _own_source(made, cell, exercises, solution_path(lesson.unit), number)
        if cell and cell.kind == made.cell_type and cell.source == source:
            blocks.append(cell.text)
            kept.append(cell.line)
        else:
            blocks.append(_write_cell(made, source))
            changed += 1
    removed = len(set(known) - {made.get("id", "") for made in notebook.cells})
    moved = sum(a > b for a, b in zip(kept, kept[1:], strict=False))
    return _join(blocks), changed + removed + moved


def _own_source(made: NotebookNode, cell: Cell | None, exercises: dict[str, Exercise], path: Path, number: int) -> str:
    """What the author wrote in a notebook cell: without the hidden test and the links that the build added."""
    if made.get("attachments"):
        name = next(iter(made.attachments))
        raise BadLesson(
            path, number, f"cell {number} has a picture attached ({name}); a lesson holds text: draw it in a code cell"
        )
    entry = made.metadata.get("nbgrader", {})
    if cell and cell.role == "test":
        exercise = exercises[cell.exercise]
        if entry.get("points") != exercise.points:
            words = (
                f"cell {number} gives {entry.get('points')} points; points are set where {cell.exercise!r} is declared"
            )
            raise BadLesson(path, number, words)
        hidden = _HIDDEN.search(made.source)
        if hidden and hidden[0].strip() != hidden_test(cell).strip():
            words = (
                f"cell {number} has an edited hidden test; hidden probes are set where {cell.exercise!r} is declared"
            )
            raise BadLesson(path, number, words)
    source = _HIDDEN.sub("", made.source).rstrip("\n")
    return unlink_terms(source) if made.cell_type == "markdown" else source


def _refuse_conflict(lesson: Lesson) -> None:
    """Raise BadLesson where the lesson is not the one that the solution was built from: its edits would be lost."""
    if read_built_from().get(lesson.unit) != digest(lesson.path):
        words = (
            "the lesson was edited since the solution was built, and so was the solution; "
            f"build first, or pull with --force (the lesson is kept as {lesson.path.name}.orig)"
        )
        raise BadLesson(lesson.path, 1, words)


def _write_cell(made: NotebookNode, source: str) -> str:
    """A cell in percent format, as jupytext writes it, without metadata that the build derives."""
    import jupytext

    metadata = {key: value for key, value in made.metadata.items() if key not in ("nbgrader", "deletable", "editable")}
    if made.cell_type != "code":
        metadata.pop("trusted", None)
    make = {
        "markdown": nbformat.v4.new_markdown_cell,
        "code": nbformat.v4.new_code_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    lone = nbformat.v4.new_notebook(cells=[make[made.cell_type](source, metadata=metadata)])
    lone.metadata["jupytext"] = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,-all"}
    return jupytext.writes(lone, fmt="py:percent").strip("\n") + "\n"


def _join(blocks: list[str]) -> str:
    """Blocks one after the other, each followed by a blank line unless the lesson's own text has none there."""
    joined = []
    for block, following in zip(blocks, [*blocks[1:], ""], strict=True):
        joined.append(block if block.endswith("\n\n") or not following else block.rstrip("\n") + "\n\n")
    return "".join(joined).rstrip("\n") + "\n"
