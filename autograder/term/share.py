"""`autograder share`: who of several graders reads whose answers by hand. It writes a list, and nothing into the gradebook."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.common.keep import kept_words, write_made
from autograder.common.spreadsheet import as_csv
from autograder.engine.command import Course, course_root
from autograder.engine.record import beside
from autograder.engine.record.gradebook import Gradebook
from course_utils.refused import Refused


@dataclass
class Part:
    """What one grader reads: students, each with the names of the cells that wait."""

    grader: str
    students: dict[str, list[str]] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        """How many answers that is."""
        return sum(map(len, self.students.values()))


def share_out(
    unit: str, among: str, sections: tuple[str, ...] = (), to: Path | None = None, root: Path | None = None
) -> Iterator[str]:
    """Write the list; yields what to tell. Raises Refused where there are no graders, or nothing waits for them."""
    graders = list(dict.fromkeys(name.strip() for name in among.split(",") if name.strip()))
    if not graders:
        raise Refused("--among: name who grades, with commas between: --among ann,bo")
    course = Course.load(course_root(root))
    with Gradebook(course.db_url) as gradebook:
        chosen = beside.require_section(gradebook, sections)
        waiting, names = _waiting(gradebook, unit)
    waiting = {student: cells for student, cells in waiting.items() if chosen is None or student in chosen}
    if not waiting:
        raise Refused(f"nothing of {unit} waits to be graded by hand")
    parts = deal(unit, waiting, graders)
    rows = [["grader", "student", "name", "answers", "cells"]]
    for part in parts:
        for student, cells in part.students.items():
            rows.append([part.grader, student, names.get(student, ""), str(len(cells)), " ".join(cells)])
    path = to or course.root / f"{unit}_share.csv"
    kept = write_made(path, as_csv(rows, "\n")[0].encode("utf-8-sig"), course.root)
    yield from kept_words(path, kept)
    for part in parts:
        yield f"{part.grader}: {part.answers} answers of {len(part.students)}: {', '.join(part.students) or 'nobody'}"
    yield f"{path}: the list; each opens the formgrader, Manual Grading, {unit}"


def deal(unit: str, waiting: dict[str, list[str]], graders: list[str]) -> list[Part]:
    """Everybody's answers to one grader, about as many to each. The same class is shared out the same way each time.

    Not in the order of names: whoever always comes last would always be read by the same tired person.
    """
    parts = [Part(grader) for grader in graders]
    order = sorted(waiting, key=lambda student: hashlib.sha256(f"{unit} {student}".encode()).digest())
    for student in sorted(order, key=lambda student: -len(waiting[student])):
        min(parts, key=lambda part: part.answers).students[student] = waiting[student]
    return parts


def _waiting(gradebook: Gradebook, unit: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """student -> the cells that a person is to look at; student -> name."""
    from nbgrader.api import MissingEntry

    try:
        submissions = gradebook.find_assignment(unit).submissions
    except MissingEntry:
        raise Refused(
            f"unit {unit} is not in the gradebook; run `nbgrader generate_assignment {unit} --force` first"
        ) from None
    found, names = {}, {}
    for one in submissions:
        grades = [grade for notebook in one.notebooks for grade in notebook.grades]
        if all(grade.auto_score is None and grade.manual_score is None for grade in grades):
            continue  # not graded at all yet: nothing is ready to be read
        cells = [grade.name for grade in grades if grade.needs_manual_grade]
        if cells:
            found[one.student_id] = sorted(cells)
            names[one.student_id] = " ".join(filter(None, [one.student.first_name, one.student.last_name]))
    return found, names
