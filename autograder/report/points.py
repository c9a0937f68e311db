"""The points of a class, read from any course's gradebook and the graded notebooks beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from autograder.plugins.nbgrader_parts import NOT_EXECUTED, REMARKS

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, SubmittedNotebook
    from nbgrader.coursedir import CourseDirectory
    from rich.table import Table

MAX_REMARK = 140  # characters of one remark


@dataclass(frozen=True)
class Score:
    """What one submission earned."""

    student: str
    assignment: str
    points: dict[str, float | None]  # by test cell, in the notebook's order; None: not graded
    most: dict[str, float]
    penalty: float  # points taken for being late
    remarks: list[str]

    @property
    def graded(self) -> bool:
        """Whether every test has a score."""
        return None not in self.points.values()

    @property
    def raw(self) -> float:
        """The points of all tests."""
        return round(sum(points or 0 for points in self.points.values()), 2)

    @property
    def total(self) -> float:
        """The points less the penalty."""
        return round(max(0.0, self.raw - self.penalty), 2)

    @property
    def highest(self) -> float:
        """The points there were to earn."""
        return sum(self.most.values())


def read_scores(gradebook: Gradebook, course: CourseDirectory) -> list[Score]:
    """The scores of all submissions in a gradebook, by assignment and student.

    Remarks come from the graded notebooks in the course's folders: what was restored, what failed, how late.
    """
    return [
        _score(submission.student_id, assignment.name, notebook, course)
        for assignment in sorted(gradebook.assignments, key=lambda assignment: assignment.name)
        for submission in sorted(assignment.submissions, key=lambda submission: submission.student_id)
        for notebook in submission.notebooks
    ]


def _score(student: str, assignment: str, submitted: SubmittedNotebook, course: CourseDirectory) -> Score:
    grades = {grade.name: grade for grade in submitted.grades}
    order = [cell.name for cell in submitted.notebook.source_cells if cell.name in grades]
    points = {name: grades[name].score for name in order}
    if any(grades[name].auto_score is None and grades[name].manual_score is None for name in order):
        points = dict.fromkeys(order)
    most = {name: grades[name].max_score for name in order}
    folders = [
        Path(course.format_path(step, student, assignment))
        for step in (course.submitted_directory, course.autograded_directory)
    ]
    remarks = list(_remarks(points, most, *(folder / f"{submitted.name}.ipynb" for folder in folders)))
    late = submitted.assignment.total_seconds_late
    if late > 0:
        remarks.insert(0, f"{late / 3600:.0f} hours late")
    return Score(student, assignment, points, most, submitted.late_submission_penalty or 0.0, remarks)


def _remarks(points: dict, most: dict, handed_in: Path, graded: Path) -> Iterator[str]:
    if None in points.values():
        yield f"not graded: {_why_unreadable(handed_in)}"
        return
    if not graded.exists():
        yield "no notebook was handed in" if not handed_in.exists() else "its graded notebook is missing"
        return
    notebook = nbformat.read(graded, as_version=4)
    yield from notebook.metadata.get(REMARKS, ())
    said = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in points and points[name] < most[name] and cell.cell_type == "code":
            said[name] = _said(cell)
    if len(said) == len(points) and all("not attempted" in words for words in said.values()):
        yield "nothing attempted"
        return
    for group in ("not attempted", "not executed"):
        members = [name for name, words in said.items() if group in words]
        if members:
            yield f"{group}: {', '.join(name.removeprefix('test_') for name in members)}"
        for name in members:
            del said[name]
    yield from said.values()


def _said(cell: nbformat.NotebookNode) -> str:
    """Why a test cell did not earn all its points: the error that ended it, or what `grade` and `check` said."""
    name = cell.metadata["nbgrader"]["grade_id"].removeprefix("test_")
    for output in cell.outputs:
        if output.output_type == "error" and output.ename != "NoPoints":
            return (
                f"{name}: not executed" if output.ename == NOT_EXECUTED else f"{name}: {output.ename}: {output.evalue}"
            )
    errors = [output.evalue for output in cell.outputs if output.output_type == "error"]
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream").strip()
    said = (errors or printed.splitlines()[-1:] or [f"{name}: some of the points."])[0]
    return said if not said.endswith("points.") else f"{said} {_verdict(cell)}".rstrip()


def _verdict(cell: nbformat.NotebookNode) -> str:
    """The first sentence of `check`'s verdict, which is about the visible examples: it follows the call and the values."""
    for output in cell.outputs:
        lines = [line.strip() for line in output.get("data", {}).get("text/plain", "").splitlines()]
        sentences = [line for line in lines[2:] if not line.startswith(("yours ", "expected "))]
        if output.output_type == "display_data" and sentences:
            return sentences[0]
    return ""


def _why_unreadable(path: Path) -> str:
    if not path.exists():
        return f"no {path.name} was handed in"
    try:
        nbformat.validate(nbformat.read(path, as_version=4))
    except nbformat.reader.NotJSONError:
        return f"{path.name} is not a notebook"
    except Exception as error:
        return (
            f"{path.name} cannot be read ({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''})"
        )
    return "see nbgrader's log"


def as_table(scores: list[Score], title: str = "Points") -> Table:
    """The scores as a table for the terminal, a row a submission."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_lines=True)
    for heading in ("student", "unit"):
        table.add_column(heading, no_wrap=True)
    for heading in ("points", "late", "score", "of"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("exercises", ratio=2)
    table.add_column("remarks", ratio=5)
    for score in scores:
        table.add_row(
            score.student,
            score.assignment.partition("_")[0],
            f"{score.raw:g}" if score.graded else "–",
            f"-{score.penalty:g}" if score.penalty else "",
            f"{score.total:g}" if score.graded else "–",
            f"{score.highest:g}",
            " ".join("–" if points is None else f"{points:g}" for points in score.points.values()),
            "\n".join(dict.fromkeys(_short(remark) for remark in score.remarks)),
        )
    return table


def _short(words: str) -> str:
    words = " ".join(words.split()).replace("test_", "")
    return words if len(words) <= MAX_REMARK else words[: MAX_REMARK - 2].rsplit(" ", 1)[0] + " …"
