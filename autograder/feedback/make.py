"""The feedback pages of a class, made in one process: what `nbgrader generate_feedback` makes one by one, in a tenth of the time."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.common.keep import KEPT, is_signed
from autograder.common.names import near
from autograder.common.progress import bar
from autograder.engine.command import Course, course_root
from autograder.engine.record import beside
from autograder.engine.record.gradebook import Gradebook
from autograder.term.export.grades import read_grades
from course_utils import files
from course_utils.refused import Refused

if TYPE_CHECKING:
    from autograder.feedback.page import FeedbackExporter

MODE = 0o644  # as nbgrader writes feedback
#: What came with a submission through nbgrader's exchange, and `nbgrader release_feedback` finds its learner by.
OF_EXCHANGE = ("timestamp.txt", "submission_secret.txt")


@dataclass
class Made:
    """What became of a class's pages, by student."""

    unit: str
    pages: dict[str, Path] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)  # new, or other than it was
    failed: dict[str, str] = field(default_factory=dict)  # student -> why there is none
    kept: list[Path] = field(default_factory=list)  # copies of pages that somebody had edited
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """What to tell, a line each."""
        said = [f"it had been edited by hand; the edited page is kept: {path}" for path in self.kept]
        said += [f"no page: {student}: {why}" for student, why in self.failed.items()]
        count = f"{len(self.pages)} page{'' if len(self.pages) == 1 else 's'}"
        return [*said, f"{self.unit}: {count}, {len(self.changed)} of them new or changed, in {self.seconds:.1f} s"]


def make_pages(
    unit: str, students: tuple[str, ...] = (), sections: tuple[str, ...] = (), root: Path | None = None
) -> Made:
    """Make the pages of all who are graded, or of these. Raises Refused where there is nobody to make one for.

    A page that would be the same is left as it is. One that somebody has edited is kept in kept/ before it is renewed.
    """
    began = time.perf_counter()
    root = course_root(root)
    course = Course.load(root)
    with Gradebook(course.db_url) as gradebook:
        asked = beside.require_section(gradebook, sections)
        _, learners, _ = read_grades(gradebook, [unit])
        graded = [one.id for one in learners if one.grades[unit].score is not None]
    for student in students:
        if student not in graded:
            raise Refused(
                f"{student!r} is not graded in {unit}{near(student, graded) or '; graded are ' + _few(graded)}"
            )
    chosen = [one for one in sorted(graded) if (not students or one in students) and (asked is None or one in asked)]
    if not chosen:
        raise Refused(f"nobody is graded in {unit} yet; run: autograder grade {unit.partition('_')[0]}")
    made = Made(unit)
    exporter = _exporter(root)
    for student in bar(f"{unit}: feedback", "page", chosen):
        notebook = course.root / "autograded" / student / unit / f"{unit}.ipynb"
        page = course.root / "feedback" / student / unit / f"{unit}.html"
        if not notebook.exists():
            made.failed[student] = "what was handed in could not be graded; autograder explain says why"
            continue
        try:
            text = _page(exporter, notebook, course.db_url, unit, student)
        except Exception as error:  # one damaged notebook must not cost the others their pages
            made.failed[student] = f"its graded notebook cannot be shown: {type(error).__name__}: {error}"
            continue
        made.pages[student] = page
        if _write(page, text.encode(), course.root, made):
            made.changed.append(student)
        for name in OF_EXCHANGE:
            if (data := files.read(notebook.with_name(name))) is not None:
                files.write_changed(page.with_name(name), data)
    made.seconds = time.perf_counter() - began
    return made


def _exporter(root: Path) -> FeedbackExporter:
    """nbconvert's exporter with the steps that nbgrader_config.py gives to feedback."""
    from traitlets.config import PyFileConfigLoader
    from traitlets.utils.importstring import import_item

    config = PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()
    made = import_item(config.GenerateFeedback.exporter_class)(config=config)
    made.log = logging.getLogger("autograder.feedback")
    for step in config.GenerateFeedback.preprocessors:
        made.register_preprocessor(step, enabled=True)
    return made


def _page(exporter: FeedbackExporter, notebook: Path, db_url: str, unit: str, student: str) -> str:
    facts = {"assignment": unit, "student": student, "notebook": unit, "db_url": db_url}
    resources: dict[str, Any] = {"nbgrader": facts, "unique_key": unit, "output_files_dir": f"{unit}_files"}
    return exporter.from_filename(str(notebook), resources=resources)[0]


def _write(page: Path, data: bytes, root: Path, made: Made) -> bool:
    """Write a page unless it is there as it would be; its time tells `autograder status` that it is not old."""
    there = files.read(page)
    if there == data:
        os.utime(page)
        return False
    if there is not None and not is_signed(there):
        made.kept.append(files.write_new(root / KEPT / page.relative_to(root), there))
    page.parent.mkdir(parents=True, exist_ok=True)
    files.write(page, data, mode=MODE)
    return True


def _few(names: list[str], most: int = 10) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "") or "nobody"
