"""From a lesson's text to an executed solution and the learner's notebook."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import NOTEBOOKS, ROOT, SOLUTIONS
from autograder.exercise import Exercise
from autograder.exercises import load_exercises
from autograder.exercises import units as units_with_exercises
from autograder.glossary import link_terms
from autograder.lesson import BEGIN, END, EXERCISE_HEADING, BadLesson, Cell, Lesson, lesson_path, read_lesson
from autograder.packing import build_visible_packs
from autograder.progress import Progress
from course_utils.judge import RIGHT

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

BUILT_FROM = SOLUTIONS / "built_from.json"
CELL_TIMEOUT = 600  # seconds
_HEADING = EXERCISE_HEADING


def solution_path(unit: str) -> Path:
    """Where the executed solution of a unit lies."""
    return SOLUTIONS / unit / f"{unit}.ipynb"


def notebook_path(unit: str) -> Path:
    """Where the learner's notebook of a unit lies."""
    return NOTEBOOKS / unit / f"{unit}.ipynb"


def build(unit: str, execute_always: bool = False, progress: Progress | None = None) -> list[str]:
    """Build one unit: packs, solution, release. Returns what was done, a line each.

    A solution whose code is as it was is not executed again unless `execute_always`. Raises BadLesson.
    """
    progress = progress or Progress()
    lesson = read_lesson(lesson_path(unit))
    exercises = load_exercises(unit) if unit in units_with_exercises() else {}
    check_lesson(lesson, exercises)
    done = []
    progress.say(f"{unit}: packs")
    build_visible_packs(unit)
    notebook = make_solution(lesson, exercises)
    path = solution_path(unit)
    if not execute_always and _is_executed(path, notebook):
        done.append(f"{unit}: solution unchanged")
    elif not execute_always and _keep_outputs(path, notebook):
        _write(path, notebook)
        done.append(f"{unit}: solution's text renewed")
    else:
        execute(notebook, lesson, path.parent, progress)
        _write(path, notebook)
        done.append(f"{unit}: solution executed")
    _note_built_from(lesson)
    progress.say(f"{unit}: release")
    changed = release(unit, lesson)
    done.append(f"{unit}: notebook {'written' if changed else 'unchanged'}")
    return done


def digest(path: Path) -> str:
    """The sha256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_built_from() -> dict[str, str]:
    """The digest of the lesson that each solution was built from, by unit; `autograder pull` refuses to guess."""
    return json.loads(BUILT_FROM.read_text()) if BUILT_FROM.exists() else {}


def _note_built_from(lesson: Lesson) -> None:
    noted = {**read_built_from(), lesson.unit: digest(lesson.path)}
    _write_bytes(BUILT_FROM, (json.dumps(noted, indent=1, sort_keys=True) + "\n").encode())


def check_lesson(lesson: Lesson, exercises: dict[str, Exercise]) -> None:
    """Hold a lesson against its exercises: every one is there, none is unknown, its heading tells its points."""
    for cell in lesson.cells:
        if cell.role == "manual" and cell.exercise in exercises:
            words = f"exercise {cell.exercise!r} is declared, and so judged by its probes; it cannot be graded by hand"
            raise BadLesson(lesson.path, cell.line, words)
    tests = {cell.exercise: cell for cell in lesson.cells if cell.role == "test"}
    for id, cell in tests.items():
        if id not in exercises:
            known = ", ".join(exercises) or "none"
            raise BadLesson(lesson.path, cell.line, f"unknown exercise {id!r}; unit {lesson.unit} declares: {known}")
    for id, exercise in exercises.items():
        if id not in tests:
            place = f"{Path(exercise.file).name}:{exercise.line}"
            raise BadLesson(lesson.path, 1, f'exercise {id!r} ({place}) has no cell that calls check("{id}", ...)')
    headings = {}
    for cell in lesson.cells:
        for found in _HEADING.finditer(cell.source) if cell.kind == "markdown" else ():
            headings[found["id"]] = (cell, float(found["points"]))
    for id, exercise in exercises.items():
        if id not in headings:
            words = f"no heading `### Exercise: `{id}` ({exercise.points:g} points, about N minutes, easy|medium|hard)`"
            raise BadLesson(lesson.path, tests[id].line, words)
        cell, points = headings[id]
        if points != exercise.points:
            words = f"the heading of {id!r} says {points:g} points; the exercise gives {exercise.points:g}"
            raise BadLesson(lesson.path, cell.line, words)


def make_solution(lesson: Lesson, exercises: dict[str, Exercise]) -> NotebookNode:
    """The solution notebook of a lesson, not yet executed: nbgrader's metadata, ids, points and links to the glossary derived."""
    notebook = nbformat.v4.new_notebook(metadata=METADATA)
    notebook.cells = [_make_cell(cell, exercises) for cell in link_terms(lesson).cells]
    return notebook


def _make_cell(cell: Cell, exercises: dict[str, Exercise]) -> NotebookNode:
    make = {
        "markdown": nbformat.v4.new_markdown_cell,
        "code": nbformat.v4.new_code_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    made = make[cell.kind](cell.source, id=slug_id(cell.id))
    if cell.role == "solution":
        made.metadata["nbgrader"] = _nbgrader(cell.id, solution=True)
    if cell.role == "test":
        made.source = f"{cell.source.rstrip()}\n{hidden_test(cell)}"
        made.metadata["nbgrader"] = _nbgrader(cell.id, grade=True, locked=True, points=exercises[cell.exercise].points)
    if cell.role == "manual":  # nbgrader's form of a cell that a person grades
        made.metadata["nbgrader"] = _nbgrader(cell.id, grade=True, solution=True, points=cell.points)
    return made


def slug_id(id: str) -> str:
    """A notebook cell id: nbformat allows letters, digits, `-` and `_`, at most 64."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", id)[:64]


def hidden_test(cell: Cell) -> str:
    """The hidden test of a test cell: `grade` with the arguments of its `check`."""
    arguments = re.search(r"check\((.*)\)", cell.source, re.S)[1]
    return HIDDEN_TEST.format(arguments=arguments)


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


def _is_executed(path: Path, notebook: NotebookNode) -> bool:
    """Whether the solution on disk has these very cells and has been executed."""
    if not path.exists():
        return False
    stored = nbformat.read(path, as_version=4)
    facts = [[(c.id, c.cell_type, c.source, c.metadata) for c in nb.cells] + [nb.metadata] for nb in (stored, notebook)]
    return facts[0] == facts[1] and all(c.execution_count for c in stored.cells if c.cell_type == "code" and c.source)


def _keep_outputs(path: Path, notebook: NotebookNode) -> bool:
    """Take over the outputs of the solution on disk, where all of its code is the same; return whether it is."""
    if not path.exists():
        return False
    stored = nbformat.read(path, as_version=4)
    old, new = ([cell for cell in nb.cells if cell.cell_type == "code"] for nb in (stored, notebook))
    facts = [[(cell.source, cell.metadata) for cell in cells] for cells in (old, new)]
    if facts[0] != facts[1] or not all(cell.execution_count for cell in old if cell.source):
        return False
    for before, cell in zip(old, new, strict=True):
        cell.outputs, cell.execution_count = before.outputs, before.execution_count
    return True


def execute(notebook: NotebookNode, lesson: Lesson, folder: Path, progress: Progress) -> None:
    """Run the notebook's cells in a new kernel, in `folder`; keep the outputs.

    Raises BadLesson, naming the lesson's line, when a cell raises or a check does not say "right".
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    folder.mkdir(parents=True, exist_ok=True)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        kernel_name="python3",
    )
    with client.setup_kernel(env={**os.environ, "PYTHONHASHSEED": "0"}):
        for index, (cell, made) in enumerate(progress.track(lesson, notebook)):
            try:
                client.execute_cell(made, index)
            except CellExecutionError as error:
                raise BadLesson(
                    lesson.path, cell.line, f"the cell raises {error.ename}: {error.evalue[:200]}"
                ) from None
            except (CellTimeoutError, DeadKernelError) as error:
                raise BadLesson(
                    lesson.path, cell.line, f"the cell does not finish: {str(error).splitlines()[0]}"
                ) from None
            _require_right(lesson, cell, made)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata = nbformat.from_dict(METADATA)


def _require_right(lesson: Lesson, cell: Cell, executed: NotebookNode) -> None:
    if cell.role != "test":
        return
    shown = "".join(_plain_texts(executed))
    if f"   {RIGHT}" not in shown.splitlines()[0] if shown else True:
        words = " ".join(shown.split())[:300] or "no verdict was shown"
        raise BadLesson(lesson.path, cell.line, f"the lesson's own answer is not right: {words}")


def _plain_texts(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        yield output.get("text", "") or output.get("data", {}).get("text/plain", "")


def release(unit: str, lesson: Lesson) -> bool:
    """Make the learner's notebook with nbgrader's own generate_assignment; return whether its bytes changed.

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
        return _write_bytes(notebook_path(unit), made.read_bytes())


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
            if leaked := _leaked(solution.stem, lines):
                words = (
                    f"the release would show the solution of {solution.exercise!r} (line {solution.line}): {leaked!r}"
                )
                raise BadLesson(lesson.path, place, words)


def _leaked(solution: list[str], lines: list[str]) -> str | None:
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
    return _write_bytes(path, (nbformat.writes(notebook, version=4) + "\n").encode())


def _write_bytes(path: Path, data: bytes) -> bool:
    """Write by atomic rename; leave an equal file alone. Returns whether the bytes changed."""
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_bytes(data)
    os.replace(partial, path)
    return True
