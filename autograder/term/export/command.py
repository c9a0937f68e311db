"""What `autograder export` does around nbgrader's plugins: settings, what was handed in, what to tell."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.term import lms
from autograder.term.export.spreadsheet import CsvExporter
from course_utils.refused import Refused

SPREADSHEET = "csv"


def export_grades(
    target: str, settings: dict[str, Any], root: Path | None = None, sections: tuple[str, ...] = ()
) -> Iterator[str]:
    """Write a file of grades; yields what to tell, a line each. `settings` are traits; those that the exporter lacks say nothing to it.

    Raises Refused, with the remedy, where nothing can be written.
    """
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    from autograder.engine.command import Course, course_root
    from autograder.engine.record import beside
    from autograder.engine.record.gradebook import Gradebook
    from autograder.term.late import outdated_penalties

    root = course_root(root)
    course = Course.load(root)
    config = PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()
    taker = None if target == SPREADSHEET else lms.find(target)
    exporter = (taker.exporter() if taker else CsvExporter)(config=config)
    exporter.course = CourseDirectory(config=config)
    exporter.log = logging.getLogger("autograder.term.export")  # its words are told below
    exporter.log.setLevel(logging.CRITICAL)
    for name, value in settings.items():
        if value and exporter.has_trait(name):
            setattr(exporter, name, value)
    with Gradebook(course.db_url) as gradebook:
        chosen = beside.require_section(gradebook, sections)
        if chosen is not None:
            asked = set(exporter.student) & chosen if exporter.student else chosen
            if not asked:
                raise Refused(f"--section {sections[0]}: none of these students is in it")
            exporter.student = sorted(asked)
        exporter.export(gradebook)
        outdated = outdated_penalties(gradebook, exporter.units, course.late_penalty)
        for unit in exporter.units:
            written = {one.id: one.grades[unit].final for one in exporter.learners}
            beside.keep_export(gradebook, unit, target, written)
        gradebook.db.commit()
    yield from exporter.messages
    for unit, students in outdated.items():
        short = unit.partition("_")[0]
        yield f"{unit}: penalties are not what policy and points say now: {', '.join(students)}; run: autograder late {short}"
    dropped = f", the lowest {exporter.drop_lowest} of each learner dropped" if exporter.drop_lowest else ""
    yield f"{exporter.path}: {len(exporter.learners)} learners, {len(exporter.units)} units{dropped}"
    if taker and taker.next_step:
        yield taker.next_step
