"""Read a lesson's text: its cells with their lines in the file, and what each is for."""

from __future__ import annotations

import ast
import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import LESSONS, ROOT
from autograder.limits import MAX_SOURCE
from course_utils.refused import Refused

GOALS = "You will be able to"  # the heading of what a lesson teaches
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
#: The heading of an exercise; of one that is graded by hand it also says the points, which no declaration does.
EXERCISE_HEADING = re.compile(
    r"^### Exercise: `(?P<id>\w+)` \((?P<points>\d+(?:\.\d+)?) points?, about (?P<minutes>\d+) minutes?, (?:easy|medium|hard)\)",
    re.M,
)
#: The tags that a lesson's cell may have, as in `# %% tags=["nbval-ignore-output"]`: nbval runs such a cell and compares no output.
TAGS = ("nbval-ignore-output",)
#: The first line of a cell, as Jupytext reads it. `# %%time` is none: it is a cell magic, in a comment.
MARKER = re.compile(r"^# %%(?P<title>%*\s.*|)$")


class BadLesson(Refused):
    """A lesson cannot be built; the message begins with `file:line:` and fits one line."""

    def __init__(self, path: Path, line: int, words: str) -> None:
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        super().__init__(f"{shown}:{line}: {words}")
        self.path, self.line = path, line


@dataclass
class Cell:
    """One cell of a lesson: its kind, source and place, and the exercise it belongs to."""

    kind: str  # "markdown", "code" or "raw"
    source: str
    line: int  # of its first line of source, counted from 1
    text: str  # as it stands in the file, marker and blank lines included
    id: str = ""
    role: str = ""  # "solution", "test" or "manual" (text, graded by hand); "" for a cell that is not graded
    exercise: str = ""  # the exercise's id, for a cell with a role
    points: float = 0  # of a cell that is graded by hand
    tags: tuple[str, ...] = ()  # of TAGS
    question: str = ""  # of a checkpoint's text: the id that the cell below asks it by
    nbgrader: dict = field(
        default_factory=dict
    )  # of a cell of an imported notebook: nbgrader's metadata, which stay as they are

    @property
    def stem(self) -> list[str]:
        """The lines between the solution markers, stripped, without blank lines and comments."""
        inside, lines = False, []
        for line in self.source.splitlines():
            if BEGIN in line or END in line:
                inside = BEGIN in line
            elif inside and line.strip() and not line.strip().startswith("#"):
                lines.append(line.strip())
        return lines


@dataclass
class Lesson:
    """A lesson: its path, unit and cells."""

    path: Path
    unit: str
    cells: list[Cell] = field(default_factory=list)
    problems: list[BadLesson] = field(default_factory=list, compare=False)  # found while it was read

    def problem(self, line: int, words: str) -> None:
        """Note what is wrong with it."""
        self.problems.append(BadLesson(self.path, line, words))

    @property
    def imported(self) -> bool:
        """Whether it was an nbgrader notebook, whose graded cells say themselves what they are."""
        return any(cell.nbgrader for cell in self.cells)

    def cell_of(self, exercise: str, role: str) -> Cell | None:
        """The first cell with this role for this exercise."""
        return next((cell for cell in self.cells if cell.exercise == exercise and cell.role == role), None)

    def title(self) -> str:
        """Its one heading of the first level. Raises BadLesson where it has none."""
        heading = re.search(r"^# (.+)$", self._prose(), re.M)
        if heading is None and self.imported:
            return self.unit[3:].replace("_", " ").capitalize()
        if heading is None:
            raise BadLesson(self.path, 1, "no title; a lesson has one heading of the first level: `# Title`")
        return heading[1]

    def objectives(self) -> list[str]:
        """What the learner will be able to do: the bullets below that heading, as they stand."""
        section = re.search(rf"^## {GOALS}$(.*?)^#", self._prose(), re.S | re.M)
        return re.findall(r"^- (.+)$", section[1], re.M) if section else []

    def line_of(self, words: str) -> int:
        """The line of the file in which these words first stand in a text; 1 where in none."""
        places = [
            cell.line + cell.source[: cell.source.index(words)].count("\n")
            for cell in self.cells
            if cell.kind == "markdown" and words in cell.source
        ]
        return places[0] if places else 1

    def _prose(self) -> str:
        return "\n\n".join(cell.source for cell in self.cells if cell.kind == "markdown")


def lesson_path(unit: str) -> Path:
    """Where the lesson of a unit lies."""
    return LESSONS / f"{unit}.py"


def files_beside(unit: str) -> dict[str, Path]:
    """What lies beside a unit's notebook wherever that is run, by its path there: the files of lessons/UNIT/."""
    folder = LESSONS / unit
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): path for path in found}


def lesson_units() -> list[str]:
    """The units that have a lesson, in order."""
    return sorted(path.stem for path in LESSONS.glob("[0-9][0-9]_*.py"))


def read_lesson(path: Path) -> Lesson:
    """Split a lesson into cells, give each its role and an id that a rebuild gives again. Raises BadLesson."""
    lesson = look_at(path)
    if lesson.problems:
        raise lesson.problems[0]
    return lesson


def look_at(path: Path) -> Lesson:
    """The same of a lesson that may have `problems`: all of them. Raises BadLesson where it has no cells to speak of."""
    lesson = Lesson(path, path.stem)
    lesson.cells = _split(lesson)
    _assign_roles(lesson)
    _assign_ids(lesson)
    _assign_questions(lesson)
    return lesson


def _assign_questions(lesson: Lesson) -> None:
    """The text above a cell that calls `question("id")` is that question's."""
    for above, cell in itertools.pairwise(lesson.cells):
        if cell.kind == "code" and above.kind == "markdown":
            above.question = called_id(cell.source, "question") or ""


def _split(lesson: Lesson) -> list[Cell]:
    import jupytext

    path = lesson.path
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if MARKER.match(line.rstrip("\n"))]
    if not starts or "".join(lines[: starts[0]]).strip():
        raise BadLesson(path, 1, "a lesson begins with a cell marker: `# %% [markdown]` or `# %%`")
    blocks = ["".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    parsed = jupytext.reads(text, fmt="py:percent").cells
    if len(parsed) != len(blocks):
        raise BadLesson(path, 1, f"{len(blocks)} cell markers but {len(parsed)} cells: is a marker inside a string?")
    cells = [
        Cell(
            cell.cell_type,
            cell.source,
            start + 2,
            block,
            tags=tuple(cell.metadata.get("tags", ())),
            nbgrader=dict(cell.metadata.get("nbgrader", {})),
        )
        for cell, start, block in zip(parsed, starts, blocks, strict=True)
    ]
    for cell in cells:
        for tag in cell.tags:
            if tag not in TAGS:
                lesson.problem(cell.line - 1, f"unknown tag {tag!r}; a lesson's cells may have: {', '.join(TAGS)}")
    return cells


def checked_id(source: str) -> str | None:
    """The exercise's id where `source` is a test cell, that is, calls `check("id", ...)`; else None."""
    return called_id(source, "check")


def called_id(source: str, name: str) -> str | None:
    """The id where a statement of `source` calls `name("id", ...)`; else None."""
    if len(source) > MAX_SOURCE:  # a test is short, and a tree takes many times its text in memory
        return None
    try:
        statements = ast.parse(source).body
    except (
        SyntaxError,
        ValueError,
        RecursionError,
        MemoryError,
    ):  # an IPython magic, or what Python's parser gives up on
        return None
    for statement in statements:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name:
            first = call.args[0] if call.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                return first.value
    return None


def _assign_roles(lesson: Lesson) -> None:
    """Pair each solution cell with the test cell that follows it, and each text graded by hand with its heading."""
    waiting: list[Cell] = []
    tested: dict[str, Cell] = {}
    heading = None  # of the exercise whose section this is
    for cell in lesson.cells:
        if cell.nbgrader:
            continue
        if cell.kind != "code":
            headings = [line for line in re.findall(r"^#{1,3} .+$", cell.source, re.M) if line not in (BEGIN, END)]
            if headings:
                heading = EXERCISE_HEADING.match(headings[-1])
            if BEGIN in cell.source or END in cell.source:
                _assign_manual(lesson, cell, heading)
            continue
        id = checked_id(cell.source)
        if BEGIN in cell.source or END in cell.source:
            _check_markers(lesson, cell)
            if id:
                lesson.problem(cell.line, f'check("{id}", ...) stands in the solution cell; give it its own')
            waiting.append(cell)
        elif id:
            if id in tested:
                lesson.problem(cell.line, f"exercise {id!r} is checked twice, first in line {tested[id].line}")
                continue
            if not waiting:
                lesson.problem(cell.line, f'check("{id}", ...) has no solution cell before it')
            cell.role, cell.exercise, tested[id] = "test", id, cell
            for solution in waiting:
                solution.role, solution.exercise = "solution", id
            waiting = []
    if waiting:
        lesson.problem(waiting[0].line, 'a solution cell with no check("id", ...) after it')
    for cell in lesson.cells:
        if cell.role == "manual" and cell.exercise in tested:
            words = f"exercise {cell.exercise!r} is checked in line {tested[cell.exercise].line}; it cannot be graded by hand too"
            lesson.problem(cell.line, words)


def _assign_manual(lesson: Lesson, cell: Cell, heading: re.Match | None) -> None:
    """A text with solution markers below an exercise's heading: learners write there, and a person grades it."""
    if heading is None or cell.kind != "markdown":
        words = "a solution marker outside a code cell, and not in a text below the heading of an exercise"
        lesson.problem(cell.line, words)
        return
    _check_markers(lesson, cell)
    if any(other.exercise == heading["id"] and other.role == "manual" for other in lesson.cells):
        lesson.problem(cell.line, f"exercise {heading['id']!r} has two texts that are graded by hand")
    cell.role, cell.exercise, cell.points = "manual", heading["id"], float(heading["points"])


def _check_markers(lesson: Lesson, cell: Cell) -> None:
    open_line, before = 0, len(lesson.problems)
    for number, line in enumerate(cell.source.splitlines(), cell.line):
        if BEGIN in line:
            if open_line:
                lesson.problem(number, f"{BEGIN} again; the one in line {open_line} has no {END}")
            open_line = number
        elif END in line:
            if not open_line:
                lesson.problem(number, f"{END} without a {BEGIN}")
            open_line = 0
    if open_line:
        lesson.problem(open_line, f"{BEGIN} without an {END}")
    if not cell.stem and len(lesson.problems) == before:
        lesson.problem(cell.line, "nothing between the solution markers")


def _assign_ids(lesson: Lesson) -> None:
    """Graded cells, questions and practice are called after what they ask, others after the heading above and their place."""
    section, count, taken = "top", 0, set()
    for cell in lesson.cells:
        if cell.nbgrader:
            cell.id = str(cell.nbgrader["grade_id"])
            if cell.id in taken:
                lesson.problem(cell.line, f"a second cell has the grade_id {cell.id!r}; nbgrader knows a cell by it")
        elif cell.role:
            base = f"test_{cell.exercise}" if cell.role == "test" else cell.exercise
            cell.id = base
            extra = 2
            while cell.id in taken:
                cell.id, extra = f"{base}_{extra}", extra + 1
        elif asked := _asked(cell):
            cell.id = asked
        else:
            heading = re.search(r"^#{1,6} (.+)$", cell.source, re.MULTILINE) if cell.kind == "markdown" else None
            if heading:
                section, count = slug(heading[1]), 0
            count += 1
            cell.id = f"{section}-{count}"
            while cell.id in taken:  # the same heading again
                count += 1
                cell.id = f"{section}-{count}"
        taken.add(cell.id)


def _asked(cell: Cell) -> str:
    """The id of a cell that asks a question or offers practice: `question_ID`, `practice_ID`; "" for another."""
    for name in ("question", "practice") if cell.kind == "code" else ():
        if id := called_id(cell.source, name):
            return f"{name}_{id}"
    return ""


def slug(text: str) -> str:
    """A heading as a cell id: lower-case letters, digits and hyphens, at most 48 characters."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:48].strip("-") or "section"


def slug_id(id: str) -> str:
    """A notebook cell id: nbformat allows letters, digits, `-` and `_`, at most 64."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", id)[:64]
