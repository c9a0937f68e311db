"""`autograder status`: where each unit stands, a line a unit: what there is still to do. It reads, and changes nothing."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sql

from autograder.engine.record import beside
from autograder.engine.record.journal import JOURNAL
from autograder.term.due import Due, read_dues
from autograder.term.entering import entered, how_to_grade
from autograder.term.export.grades import read_grades
from course_utils.terminal import say, say_json

if TYPE_CHECKING:
    from autograder.engine.record.gradebook import Gradebook


@dataclass
class Stand:
    """Where one unit stands; learners by id."""

    due: Due
    entered: bool = True  # in the gradebook, by nbgrader generate_assignment
    collected: list[str] = field(default_factory=list)
    graded: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # graded, and handed in anew since
    by_hand: list[str] = field(default_factory=list)  # something of theirs waits for a person
    pages: list[str] = field(default_factory=list)  # who has a page of feedback
    no_pages: list[str] = field(default_factory=list)  # who is to have one
    old_pages: list[str] = field(default_factory=list)  # who has one, and it is older than the grade
    exported: dict[str, datetime] = field(default_factory=dict)  # for whom, when: UTC
    changed: dict[str, list[str]] = field(default_factory=dict)  # whose grade is another one since

    @property
    def ungraded(self) -> list[str]:
        """Collected and not graded."""
        return sorted(set(self.collected) - set(self.graded))

    def row(self) -> list[str]:
        """The cells of its line."""
        new = self.ungraded
        graded = [f"{len(self.graded)}", *([f"{len(new)} not yet"] if new else [])]
        graded += [f"{len(self.again)} handed in again"] if self.again else []
        pages = [f"{len(self.pages)}", *([f"{len(self.old_pages)} older than grades"] if self.old_pages else [])]
        exports = [
            f"{target} {when:%Y-%m-%d %H:%M}"
            + (f", {len(self.changed[target])} changed since" if self.changed.get(target) else "")
            for target, when in self.exported.items()
        ]
        return [
            self.due.unit,
            self.due.date() or "-",
            _none(str(len(self.collected))),
            _none(", ".join(graded)),
            _none(str(len(self.by_hand))),
            _none(", ".join(pages)),
            "; ".join(exports) or "-",
        ]

    def facts(self) -> dict[str, Any]:
        """The same as plain data."""
        when = {target: f"{time:%Y-%m-%d %H:%M:%S}" for target, time in self.exported.items()}
        due = f"{self.due.when:%Y-%m-%d %H:%M:%S}" if self.due.when else None
        told = {**vars(self), "unit": self.due.unit, "due": due, "zone": self.due.zone, "exported": when}
        return {**told, "ungraded": self.ungraded}


HEADINGS = ("unit", "due", "collected", "graded", "by hand", "feedback", "exported (UTC)")


def read_status(units: list[str], root: Path | None = None) -> list[Stand]:
    """Where units stand; without names all that are released or that somebody handed in."""
    from autograder.engine.command import Course, course_root
    from autograder.engine.record.gradebook import Gradebook

    course = Course.load(course_root(root))
    stands = {due.unit: Stand(due) for due in read_dues(root) if not units or due.unit in units}
    handed_in = _handed_in(course.root)
    with Gradebook(course.db_url) as gradebook:
        released = {one.name for one in gradebook.assignments}
        counts = _counts(gradebook)
        times = _graded_at(gradebook)
        known = entered(gradebook)
        for unit, stand in stands.items():
            stand.entered = unit in known
            stand.collected = sorted(student for student, one in handed_in if one == unit)
            states = {student: told for (one, student), told in counts.items() if one == unit}
            stand.graded = sorted(student for student, (cells, open_ones, _) in states.items() if open_ones < cells)
            stand.by_hand = [one for one in stand.graded if states[one][2]]
            stand.again = [one for one in stand.graded if _is_newer(course.root, unit, one, times.get((unit, one)))]
            _look_at_feedback(course.root, stand)
            _look_at_exports(gradebook, stand)
    return [one for one in stands.values() if units or one.collected or one.due.when or one.due.unit in released]


def print_status(stands: list[Stand], as_json: bool = False) -> None:
    """A line a unit, then what to do next."""
    if as_json:
        say_json({"units": [stand.facts() for stand in stands]})
        return
    if not stands:
        say("nothing is released, due or collected yet; begin with: nbgrader generate_assignment UNIT --force")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for place, heading in enumerate(HEADINGS):
        table.add_column(
            heading, justify="right" if heading in ("collected", "by hand") else "left", no_wrap=place == 0
        )
    for stand in stands:
        table.add_row(*stand.row())
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    for stand in stands:
        for line in next_steps(stand):
            say(line)


def next_steps(stand: Stand) -> list[str]:
    """What there is to do, a command each."""
    unit, short = stand.due.unit, stand.due.unit.partition("_")[0]
    said = []
    if new := [*stand.ungraded, *stand.again]:
        said.append(f"{unit}: to grade: {_few(new)}; {how_to_grade(unit, stand.entered)}")
    if stand.by_hand:
        said.append(
            f"{unit}: to grade by hand, in the formgrader: {_few(stand.by_hand)}; autograder share {short} --among ann,bo"
        )
    if stand.no_pages:
        said.append(f"{unit}: without feedback: {_few(stand.no_pages)}; autograder feedback {short}")
    if stand.old_pages:
        said.append(f"{unit}: feedback older than the grade: {_few(stand.old_pages)}; autograder feedback {short}")
    for target, students in stand.changed.items():
        if students:
            said.append(
                f"{unit}: not what was exported for {target}: {_few(students)}; autograder export --for {target}"
            )
    return said


def _none(cell: str) -> str:
    return "-" if cell == "0" else cell


def _few(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _handed_in(root: Path) -> list[tuple[str, str]]:
    """(student, unit) of all folders in submitted/."""
    from autograder.common.names import why_no_id

    folder = root / "submitted"
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    found = []
    for name in names:
        if not why_no_id(name) and (folder / name).is_dir():
            found += [(name, unit) for unit in os.listdir(folder / name) if (folder / name / unit).is_dir()]
    return found


def _counts(gradebook: Gradebook) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(unit, student) -> graded cells, those of them without any points yet, those that a person is to look at."""
    from nbgrader.api import Assignment, Grade, SubmittedAssignment, SubmittedNotebook

    nobody = Grade.auto_score.is_(None) & Grade.manual_score.is_(None)
    query = (
        sql.select(
            Assignment.name,
            SubmittedAssignment.student_id,
            sql.func.count(Grade.id),
            sql.func.sum(sql.case((nobody, 1), else_=0)),
            sql.func.sum(sql.case((nobody | Grade.needs_manual_grade, 1), else_=0)),
        )
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .group_by(Assignment.name, SubmittedAssignment.student_id)
    )
    return {
        (unit, student): (cells, nobody, look) for unit, student, cells, nobody, look in gradebook.db.execute(query)
    }


def _graded_at(gradebook: Gradebook) -> dict[tuple[str, str], datetime]:
    if not sql.inspect(gradebook.engine).has_table(JOURNAL.name):
        return {}
    rows = gradebook.db.execute(sql.select(JOURNAL.c.unit, JOURNAL.c.student, JOURNAL.c.graded_at))
    return {(row.unit, row.student): datetime.fromisoformat(row.graded_at) for row in rows}


def _is_newer(root: Path, unit: str, student: str, graded: datetime | None) -> bool:
    """Whether a notebook was put into submitted/ after it was graded; the journal's times are whole seconds."""
    try:
        there = (root / "submitted" / student / unit / f"{unit}.ipynb").stat().st_mtime
    except OSError:
        return False
    return graded is not None and there >= graded.timestamp() + 1


def _look_at_feedback(root: Path, stand: Stand) -> None:
    unit = stand.due.unit
    for student in stand.graded:
        page = root / "feedback" / student / unit / f"{unit}.html"
        notebook = root / "autograded" / student / unit / f"{unit}.ipynb"
        if page.exists():
            stand.pages.append(student)
            if notebook.exists() and page.stat().st_mtime < notebook.stat().st_mtime:
                stand.old_pages.append(student)
        elif notebook.exists():  # of what could not be read there is no page
            stand.no_pages.append(student)


def _look_at_exports(gradebook: Gradebook, stand: Stand) -> None:
    """When the grades were exported, and whose are others by now."""
    found = beside.exports(gradebook, stand.due.unit)
    if not found:
        return
    _, learners, _ = read_grades(gradebook, [stand.due.unit])
    now = {one.id: one.grades[stand.due.unit].final for one in learners}
    for target, (when, grades) in sorted(found.items()):
        stand.exported[target] = when.astimezone(UTC)
        stand.changed[target] = sorted(one for one, grade in now.items() if grade != grades.get(one))
