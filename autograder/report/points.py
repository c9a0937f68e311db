"""The points of a class, read from any course's gradebook and the graded notebooks beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from autograder.common.words import short
from autograder.engine.judge.guarded import Asking, Bounds, Guarded
from autograder.engine.submitted.submission import Submission, Unreadable, parse_submission, read_folder
from autograder.judged import NOT_EXECUTED, REMARKS, Judged, judged_in, what_a_test_shows
from autograder.report.one_by_one import Unread, ask
from course_utils.judge import NOT_ATTEMPTED
from course_utils.terminal import cell as as_cell

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, SubmittedNotebook
    from nbgrader.coursedir import CourseDirectory
    from rich.table import Table

BOUNDS = Bounds()


@dataclass(frozen=True)
class SubmissionPoints:
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


@dataclass(frozen=True)
class _Files:
    """Where a submission's notebooks lie, and what its tests earned: what its remarks are made from."""

    points: dict[str, float | None]
    most: dict[str, float]
    handed_in: Submission
    graded: Path


def read_points(gradebook: Gradebook, course: CourseDirectory, bounds: Bounds = BOUNDS) -> list[SubmissionPoints]:
    """The scores of all submissions in a gradebook, by assignment and student.

    Remarks come from the notebooks in the course's folders: what was restored, what failed, how late. Learners made these,
    so they are read in a process with limits; where one breaks them its remark says so.
    """
    found = [
        _points_of(submission.student_id, assignment.name, notebook, course)
        for assignment in sorted(gradebook.assignments, key=lambda assignment: assignment.name)
        for submission in sorted(assignment.submissions, key=lambda submission: submission.student_id)
        for notebook in submission.notebooks
    ]
    with Guarded(_work, bounds) as guarded:
        return [replace(one, remarks=[*one.remarks, *_ask_remarks(guarded, files)]) for one, files in found]


def _points_of(
    student: str, assignment: str, submitted: SubmittedNotebook, course: CourseDirectory
) -> tuple[SubmissionPoints, _Files]:
    grades = {grade.name: grade for grade in submitted.grades}
    order = [cell.name for cell in submitted.notebook.source_cells if cell.name in grades]
    points = {name: grades[name].score for name in order}
    if any(grades[name].auto_score is None and grades[name].manual_score is None for name in order):
        points = dict.fromkeys(order)
    most = {name: grades[name].max_score for name in order}
    handed_in, graded = (
        Path(course.format_path(step, student, assignment))
        for step in (course.submitted_directory, course.autograded_directory)
    )
    late = submitted.assignment.total_seconds_late
    remarks = [f"{late / 3600:.0f} hours late"] if late > 0 else []
    files = _Files(points, most, Submission(student, submitted.name, handed_in), graded / f"{submitted.name}.ipynb")
    penalty = submitted.late_submission_penalty or 0.0
    return SubmissionPoints(student, assignment, points, most, penalty, remarks), files


def _ask_remarks(guarded: Guarded, files: _Files) -> list[str]:
    try:
        return ask(guarded, files)
    except Unread as why:
        return [f"its notebook could not be read for this table: {why}"]


def _work(files: _Files, asking: Asking) -> list[str]:
    """In the process: the remarks on one submission."""
    try:
        return list(_remarks(files))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, nbformat.ValidationError):
        return ["its graded notebook is damaged"]


def _remarks(files: _Files) -> Iterator[str]:
    points, most = files.points, files.most
    if None in points.values():
        yield f"not graded: {_why_unreadable(files.handed_in) or 'see the log of its grading'}"
        return
    if not files.graded.exists():
        if not files.handed_in.path.exists():
            yield "no notebook was handed in"
        elif why := _why_unreadable(files.handed_in):
            yield f"it counts as nothing: {why}"
        else:
            yield "its graded notebook is missing"
        return
    notebook = nbformat.read(files.graded, as_version=4)
    yield from notebook.metadata.get(REMARKS, ())
    lost = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        earned = points.get(name)
        if earned is not None and earned < most[name] and cell.cell_type == "code":
            lost[name] = cell
    judged = {name: judged_in(cell) for name, cell in lost.items()}
    statuses = {name: found.status if found else "" for name, found in judged.items()}
    if len(lost) == len(points) and set(statuses.values()) == {NOT_ATTEMPTED}:
        yield "nothing attempted"
        return
    for status, words in ((NOT_ATTEMPTED, "not attempted"), (NOT_EXECUTED, "not executed")):
        members = [name for name in lost if statuses[name] == status]
        if members:
            yield f"{words}: {', '.join(name.removeprefix('test_') for name in members)}"
    for name, cell in lost.items():
        if statuses[name] not in (NOT_ATTEMPTED, NOT_EXECUTED):
            yield _said(name, cell, judged[name])


def _said(name: str, cell: nbformat.NotebookNode, judged: Judged | None) -> str:
    """Why a test cell did not earn all its points: how it was judged; where that is not known, what it shows."""
    if judged is None or not judged.words:
        shown = what_a_test_shows(cell)
        return shown or f"{name.removeprefix('test_')}: some of the points."
    return judged.words if judged.hint or judged.rule else f"{judged.words} {judged.example}".rstrip()


def _why_unreadable(handed_in: Submission) -> str:
    """Why a submission cannot be graded, as grading itself would say it; "" where it can."""
    try:
        parse_submission(read_folder(handed_in))
    except Unreadable as why:
        return str(why)
    return ""


def as_table(scores: list[SubmissionPoints], title: str = "Points") -> Table:
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
            as_cell(score.student),
            score.assignment.partition("_")[0],
            f"{score.raw:g}" if score.graded else "–",
            f"-{score.penalty:g}" if score.penalty else "",
            f"{score.total:g}" if score.graded else "–",
            f"{score.highest:g}",
            " ".join("–" if points is None else f"{points:g}" for points in score.points.values()),
            as_cell("\n".join(dict.fromkeys(short(remark) for remark in score.remarks))),
        )
    return table
