"""From a lesson's text to an executed solution and the learner's notebook."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring import built_from
from autograder.authoring.banks import build_banks, check_practice
from autograder.authoring.built_from import Record
from autograder.authoring.glossary import link_terms
from autograder.authoring.handed_out import check_names, may_be_handed_out
from autograder.authoring.lesson import (
    BEGIN,
    END,
    BadLesson,
    Cell,
    Lesson,
    checked_id,
    files_beside,
    lesson_path,
    read_lesson,
    slug_id,
)
from autograder.authoring.matching import check_lesson
from autograder.authoring.packing import build_visible_packs
from autograder.authoring.questions import build_questions, check_questions, fold
from autograder.common.keep import keep
from autograder.common.progress import Progress
from autograder.course import NOTEBOOKS, ROOT, SOLUTIONS
from autograder.exercise import Exercise
from autograder.exercises import load_exercises
from autograder.exercises import units as units_with_exercises
from autograder.limits import BUILD_CELL_SECONDS
from course_utils import files
from course_utils.judge import RIGHT
from course_utils.verdict import AS_DATA, ASKED_FOR

#: Added to every test cell, and stripped from every release by nbgrader.
HIDDEN_TEST = """### BEGIN HIDDEN TESTS
from autograder import grade
grade({arguments})
### END HIDDEN TESTS"""

#: The same on every machine, so that a rebuild changes nothing.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def solution_path(unit: str) -> Path:
    """Where the executed solution of a unit lies."""
    return SOLUTIONS / unit / f"{unit}.ipynb"


def notebook_path(unit: str) -> Path:
    """Where the learner's notebook of a unit lies."""
    return NOTEBOOKS / unit / f"{unit}.ipynb"


def build(
    unit: str, execute_always: bool = False, progress: Progress | None = None, discard: bool = False
) -> list[str]:
    """Build one unit: packs, solution, release. Returns what was done, a line each.

    A solution whose code is as it was is not executed again unless `execute_always`. Raises BadLesson, with nothing
    written, for what is wrong, and for edits of the solution that were not pulled unless `discard`, which keeps the notebook
    as solutions/UNIT.ipynb.orig. Answers that someone wrote in the learner's notebook are kept beside it.
    """
    progress = progress or Progress()
    lesson = read_lesson(lesson_path(unit))
    exercises = load_exercises(unit) if unit in units_with_exercises() else {}
    check_lesson(lesson, exercises)
    check_questions(lesson)
    check_practice(lesson, exercises)
    check_names(exercises, released_ids(unit), lambda: may_be_handed_out(NOTEBOOKS.parent, unit))
    notebook = make_solution(lesson, exercises)
    path = solution_path(unit)
    done = keep_edits(lesson, notebook, discard)
    progress.say(f"{unit}: packs")
    build_visible_packs(unit)
    build_banks(unit)
    build_questions(lesson)
    for name, source in files_beside(unit).items():
        for folder in (path.parent, notebook_path(unit).parent):
            files.write_changed(folder / name, source.read_bytes())
    # code that was edited in the notebook may be that of the lesson by now; what it shows need not be what this code gives
    stale = execute_always or built_from.record_of(unit).code not in ("", built_from.code_digest(notebook))
    if not stale and _is_executed(path, notebook):
        done.append(f"{unit}: solution unchanged")
    elif not stale and _keep_outputs(path, notebook):
        _write(path, notebook)
        done.append(f"{unit}: solution's text renewed")
    else:
        done += execute(notebook, lesson, path.parent, progress)
        _write(path, notebook)
        done.append(f"{unit}: solution executed")
    record = Record(
        built_from.lesson_digest(lesson.path),
        built_from.record_of(unit).notebook,
        built_from.code_digest(notebook),
        built_from.rows_of(lesson.cells, notebook),
    )
    built_from.note(unit, record)
    progress.say(f"{unit}: release")
    released = release(unit, lesson)
    done += keep_answers(unit, released, record.notebook)
    changed = files.write_changed(notebook_path(unit), released)
    built_from.note(unit, replace(record, notebook=built_from.sources_digest(released)))
    done.append(f"{unit}: notebook {'written' if changed else 'unchanged'}")
    return done


def released_ids(unit: str) -> list[str]:
    """The exercises that the learner's notebook on the disk asks, as it was built before; [] where there is none."""
    stored = _read_stored(notebook_path(unit))
    cells = [cell for cell in stored.cells if cell.metadata.get("nbgrader", {}).get("locked")] if stored else []
    return [id for cell in cells if (id := checked_id(cell.source))]


def keep_edits(lesson: Lesson, notebook: NotebookNode, discard: bool) -> list[str]:
    """Refuse to overwrite edits that someone made in the solution and did not pull; with `discard` keep a copy of it.

    Raises BadLesson, naming both ways out. Returns a line on the copy, if there is one.
    """
    path = solution_path(lesson.unit)
    if not path.exists():
        return []
    stored, rows = _read_stored(path), built_from.record_of(lesson.unit).rows
    edits = built_from.edits(rows, stored, notebook) if stored else ["it is not a notebook"]
    if not edits:
        return []
    copy = SOLUTIONS / f"{lesson.unit}.ipynb.orig"  # not beside it: what lies there, nbgrader releases
    if discard:
        return [f"{lesson.unit}: the solution's edits are discarded; the notebook is kept: {keep(path, copy)}"]
    number = lesson.unit.partition("_")[0]
    words = (
        f"the solution has edits that the lesson does not have: {_some(edits)}. Take them into the lesson with "
        f"`autograder pull {number}`, or build without them with `autograder build {number} --discard-edits`, which keeps "
        f"the notebook as {copy.name}"
    )
    raise BadLesson(path, 1, words)


def _some(edits: list[str]) -> str:
    return "; ".join(edits[:3]) + (f"; and {len(edits) - 3} more" if len(edits) > 3 else "")


def keep_answers(unit: str, released: bytes, as_built: str) -> list[str]:
    """Keep a copy of the learner's notebook where someone has written in it since it was built; returns a line on it."""
    path = notebook_path(unit)
    there = files.read(path)
    if there is None or built_from.sources_digest(there) in (as_built, built_from.sources_digest(released)):
        return []
    kept = keep(path, path.with_name(f"{unit}_before_build_of_{files.today()}.ipynb"))
    return [f"{unit}: the notebook had been edited; the edited one is kept: {kept}"]


def make_solution(lesson: Lesson, exercises: dict[str, Exercise]) -> NotebookNode:
    """The solution notebook of a lesson, not yet executed: nbgrader's metadata, ids, points and links to the glossary derived."""
    notebook = nbformat.v4.new_notebook(metadata=METADATA)
    notebook.cells = [_make_cell(cell, exercises) for cell in link_terms(lesson).cells]
    notebook.cells[0].metadata["built_from"] = f"lessons/{lesson.path.name}"  # for whoever opens the file in an editor
    return notebook


def _make_cell(cell: Cell, exercises: dict[str, Exercise]) -> NotebookNode:
    make = {
        "markdown": nbformat.v4.new_markdown_cell,
        "code": nbformat.v4.new_code_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    made = make[cell.kind](fold(cell), id=slug_id(cell.id))
    if cell.tags:
        made.metadata["tags"] = list(cell.tags)
    if cell.nbgrader:
        made.metadata["nbgrader"] = dict(cell.nbgrader)
    if cell.role == "solution":
        made.metadata["nbgrader"] = _nbgrader(cell.id, solution=True)
    if cell.role == "test":
        made.source = f"{cell.source.rstrip()}\n{hidden_test(cell)}"
        made.metadata["nbgrader"] = _nbgrader(cell.id, grade=True, locked=True, points=exercises[cell.exercise].points)
    if cell.role == "manual":  # nbgrader's form of a cell that a person grades
        made.metadata["nbgrader"] = _nbgrader(cell.id, grade=True, solution=True, points=cell.points)
    return made


def hidden_test(cell: Cell) -> str:
    """The hidden test of a test cell: `grade` with the arguments of its `check`."""
    called = re.search(r"check\s*\((.*)\)", cell.source, re.S)
    assert called is not None  # this is what makes it a test cell
    return HIDDEN_TEST.format(arguments=called[1])


def _nbgrader(
    grade_id: str, *, grade: bool = False, solution: bool = False, locked: bool = False, points: float = 0
) -> dict:
    entry = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if grade:
        entry["points"] = int(points) if points == int(points) else points
    return entry


def _read_stored(path: Path) -> NotebookNode | None:
    """The solution on disk; None where there is none, or no notebook (git leaves its marks in one that it cannot merge)."""
    try:
        return nbformat.read(path, as_version=4)
    except (FileNotFoundError, nbformat.reader.NotJSONError):
        return None


def _is_executed(path: Path, notebook: NotebookNode) -> bool:
    """Whether the solution on disk has these very cells and has been executed."""
    stored = _read_stored(path)
    if stored is None:
        return False
    facts = [[(c.id, c.cell_type, c.source, c.metadata) for c in nb.cells] + [nb.metadata] for nb in (stored, notebook)]
    return facts[0] == facts[1] and all(c.execution_count for c in stored.cells if c.cell_type == "code" and c.source)


def _keep_outputs(path: Path, notebook: NotebookNode) -> bool:
    """Take over the outputs of the solution on disk, where all of its code is the same; return whether it is."""
    stored = _read_stored(path)
    if stored is None:
        return False
    old, new = ([cell for cell in nb.cells if cell.cell_type == "code"] for nb in (stored, notebook))
    if [cell.source for cell in old] != [cell.source for cell in new] or not all(
        cell.execution_count for cell in old if cell.source
    ):
        return False
    for before, cell in zip(old, new, strict=True):
        cell.outputs, cell.execution_count = before.outputs, before.execution_count
    return True


def execute(notebook: NotebookNode, lesson: Lesson, folder: Path, progress: Progress) -> list[str]:
    """Run the notebook's cells in a new kernel, in `folder`; keep the outputs.

    Raises BadLesson, naming the lesson's line, when a cell raises or a check does not say "right". A lesson that was imported may
    have cells that raise, as where a package of its course is not installed: nbgrader releases and grades it all the same. Returns
    a line for each of these.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    raised: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    client = NotebookClient(
        notebook,
        timeout=BUILD_CELL_SECONDS,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        kernel_name="python3",
    )
    with client.setup_kernel(env={**os.environ, "PYTHONHASHSEED": "0", ASKED_FOR: "1"}):
        for index, (cell, made) in enumerate(progress.track(lesson, notebook)):
            try:
                client.execute_cell(made, index)
            except CellExecutionError as error:
                wrong = BadLesson(lesson.path, cell.line, f"the cell raises {error.ename}: {error.evalue[:200]}")
                if not lesson.imported:
                    raise wrong from None
                raised.append(
                    f"{wrong}. It is graded so, and who answers as this lesson does loses the points: mend it, if you can"
                )
            except (CellTimeoutError, DeadKernelError) as error:
                raise BadLesson(
                    lesson.path, cell.line, f"the cell does not finish: {str(error).splitlines()[0]}"
                ) from None
            _require_right(lesson, cell, made)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for data in _displayed(cell):
            data.pop(AS_DATA, None)
    notebook.metadata = nbformat.from_dict(METADATA)
    return raised


def _require_right(lesson: Lesson, cell: Cell, executed: NotebookNode) -> None:
    if cell.role != "test":
        return
    told: dict = next((data[AS_DATA] for data in _displayed(executed) if AS_DATA in data), {})
    if told.get("status") != RIGHT:
        words = " ".join("".join(_plain_texts(executed)).split())[:300] or "no verdict was shown"
        raise BadLesson(lesson.path, cell.line, f"the lesson's own answer is not right: {words}")


def _displayed(cell: NotebookNode) -> Iterator[dict]:
    """The forms of each rich output of a cell."""
    return (output.data for output in cell.get("outputs", ()) if "data" in output)


def _plain_texts(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        yield output.get("text", "") or output.get("data", {}).get("text/plain", "")


def release(unit: str, lesson: Lesson) -> bytes:
    """Make the learner's notebook with nbgrader's own generate_assignment; return its bytes.

    The gradebook is left alone: an instructor's `nbgrader generate_assignment` enters the assignment there.
    Raises BadLesson when the release would show a line of a solution.
    """
    from nbgrader.apps import GenerateAssignmentApp

    with tempfile.TemporaryDirectory() as folder:
        app = GenerateAssignmentApp()
        settings = [
            f"--CourseDirectory.source_directory={SOLUTIONS}",
            f"--CourseDirectory.release_directory={folder}",
            "--Application.log_level=ERROR",
            "--no-db",
        ]
        here = Path.cwd()
        os.chdir(ROOT)
        try:
            app.initialize([*settings, "--force", f"--assignment={unit}"])
            app.start()
        finally:
            os.chdir(here)
            GenerateAssignmentApp.clear_instance()
        made = Path(folder) / unit / f"{unit}.ipynb"
        require_no_leak(lesson, nbformat.read(made, as_version=4))
        return made.read_bytes()


def require_no_leak(lesson: Lesson, released: NotebookNode) -> None:
    """Raise BadLesson when a released cell shows a solution marker, a hidden test, or the lines of a solution."""
    solutions = [cell for cell in lesson.cells if cell.role in ("solution", "manual")]
    by_id = {slug_id(cell.id): cell for cell in lesson.cells}
    for made in released.cells:
        place = by_id[made.id].line if made.id in by_id else 1
        for marker in (BEGIN, "HIDDEN TESTS", "autograder", "grade(") if made.cell_type == "code" else (BEGIN, END):
            if marker in made.source:
                raise BadLesson(lesson.path, place, f"the release would show {marker!r}")
        lines = [line.strip() for line in made.source.splitlines()]
        for solution in solutions:
            if shown := leaked(solution.stem, lines):
                words = (
                    f"the release would show the solution of {solution.exercise!r} (line {solution.line}): {shown!r}"
                )
                raise BadLesson(lesson.path, place, words)


def leaked(solution: list[str], lines: list[str]) -> str | None:
    """Two neighbouring lines of a solution, or a whole short one, that stand among `lines` one after the other."""
    size = min(2, len(solution))
    for start in range(len(solution) - size + 1):
        wanted = solution[start : start + size]
        if sum(map(len, wanted)) < 12:
            continue
        if any(lines[i : i + size] == wanted for i in range(len(lines))):
            return " / ".join(wanted)
    return None


def _write(path: Path, notebook: NotebookNode) -> bool:
    nbformat.validate(notebook)
    return files.write_changed(path, (nbformat.writes(notebook, version=4) + "\n").encode())
