"""What `nbgrader generate_assignment` is given by this course: it looks before it deletes.

nbgrader removes the old release first and then makes the new one; what it cannot make, or may not enter in the gradebook, ends
in a traceback with the release gone. Here both are tried before, in memory, and what someone wrote in the old release is kept.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import SaveCells

from autograder.authoring import built_from
from autograder.common.keep import KEPT
from course_utils import files


class ReleaseExporter(NotebookExporter):
    """Writes a released notebook as nbgrader does. nbgrader makes it before it changes anything, and that is when it looks."""

    def __init__(self, config: Any = None, **options: Any) -> None:
        super().__init__(config=config, **options)
        converter = self.parent
        if isinstance(converter, GenerateAssignment) and not converter.no_database:
            for folder, notebooks in sorted(converter.assignments.items()):
                _look_before(converter, Path(folder).name, notebooks)


def _look_before(converter: GenerateAssignment, unit: str, paths: list[str]) -> None:
    """Raise NbGraderException, with the reason in nbgrader's log, where a unit's release could not be replaced by a new one."""
    course = converter.coursedir
    released = Path(course.format_path(course.release_directory, ".", unit))
    if released.exists() and not converter.force:
        return  # nbgrader leaves it as it is
    notebooks = [Path(path) for path in paths]
    if problem := _conversion_problem(converter, paths) or gradebook_problem(course.db_url, unit, notebooks):
        converter.log.error("%s", problem)
        raise NbGraderException(problem)
    for kept in keep_work(released, {path.name for path in notebooks}, Path(course.root)):
        converter.log.warning("Someone had written in the old release: it is kept as %s", kept)


def _conversion_problem(converter: GenerateAssignment, paths: list[str]) -> str:
    """Why a notebook cannot be converted, found out without writing anything; "" where all can."""
    trial = NotebookExporter(config=converter.config)
    for step in converter.preprocessors:
        if step is not SaveCells:
            trial.register_preprocessor(step)
    for path in paths:  # as nbgrader has them: it reads its ids out of them
        try:
            trial.from_filename(path, resources=converter.init_single_notebook_resources(path))
        except Exception as error:  # whatever one of nbgrader's steps has to object
            return f"{os.path.normpath(path)} cannot be released: {str(error).rstrip('.')}. Nothing was changed."
    return ""


def gradebook_problem(db_url: str, unit: str, notebooks: list[Path]) -> str:
    """Why nbgrader would not enter these notebooks; "" where it would. It changes no cells once there are submissions."""
    place = db_url.removeprefix("sqlite:///")
    if place != db_url and not os.path.exists(place):
        return ""
    with Gradebook(db_url) as gradebook:
        for path in notebooks:
            try:
                entry = gradebook.find_notebook(path.stem, unit)
            except MissingEntry:
                continue
            if not entry.submissions:
                continue
            before = {cell.name for cells in _cells_of(entry) for cell in cells}
            now = _graded_ids(nbformat.read(path, as_version=4))
            if before != now:
                return _changed_words(unit, sorted(before - now), sorted(now - before))
    return ""


def _cells_of(entry: Any) -> tuple:
    return entry.grade_cells, entry.solution_cells, entry.task_cells, entry.source_cells


def _graded_ids(notebook: NotebookNode) -> set[str]:
    """The ids that nbgrader's SaveCells enters."""
    kinds = (utils.is_grade, utils.is_solution, utils.is_locked, utils.is_task)
    return {cell.metadata.nbgrader["grade_id"] for cell in notebook.cells if any(kind(cell) for kind in kinds)}


def _changed_words(unit: str, gone: list[str], come: list[str]) -> str:
    changes = [f"{', '.join(gone)} went"] * bool(gone) + [f"{', '.join(come)} came"] * bool(come)
    number = unit.partition("_")[0]
    return (
        f"The graded cells of {unit} have changed since submissions of it were graded ({'; '.join(changes)}), and nbgrader "
        "cannot change the cells of a graded unit. Nothing was changed. Either give the exercises their old names and "
        f"`autograder build {number}`. Or start again with this unit, which loses its due date, its extensions, and the scores "
        f"and comments that people gave: `nbgrader db assignment remove {unit} --force`, then this command again, then "
        f"`autograder grade {number} --again`."
    )


def keep_work(released: Path, names: set[str], root: Path) -> list[Path]:
    """Copy what someone wrote in a release that is about to be deleted into kept/; returns the copies.

    That is a notebook whose text is no more what was built, and every file that no release has put there.
    """
    kept = []
    as_built = built_from.record_of(released.name).notebook
    for path in sorted(released.rglob("*")) if released.is_dir() else ():
        aside = {".ipynb_checkpoints", "__pycache__"} & set(path.parts)
        own = path.name in names and path.parent == released
        if path.is_file() and not aside and not (own and built_from.sources_digest(path.read_bytes()) == as_built):
            inside = (
                path.relative_to(root) if path.is_relative_to(root) else Path(released.name, path.relative_to(released))
            )
            kept.append(files.write_new(root / KEPT / inside, path.read_bytes()))
    return kept
