"""Write the report of one unit: the page and the table, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from autograder.common.keep import write_made
from autograder.common.names import safe_id
from autograder.engine.command import Course, course_root
from autograder.exercises import find_unit
from autograder.report.facts import read_class
from autograder.report.page import as_html
from autograder.report.table import as_csv


def write_report(
    unit: str,
    hide_names: bool = False,
    folder: Path | None = None,
    root: Path | None = None,
    sections: tuple[str, ...] = (),
) -> list[Path]:
    """Read the class, write both files, return their paths, and those of copies of what someone had written in them.

    Raises Refused where there is nothing to report on.
    """
    unit = find_unit(unit)
    course = Course.load(course_root(root))
    facts = read_class(course.root, course.db_url, unit, sections=sections)
    if hide_names:
        facts = facts.without_names()
    folder = folder or course.root / "reports"
    # a file of its own for each kind: the one without names can be shown around, and never takes the place of the other
    parts = [unit, *(safe_id(section) for section in sections), *(["without_names"] if hide_names else [])]
    page, table = (folder / f"{'_'.join(parts)}{ending}" for ending in (".html", ".csv"))
    made = {
        page: as_html(facts).encode(),
        table: as_csv(facts).encode("utf-8-sig"),  # with the mark by which spreadsheets know UTF-8
    }
    kept = [write_made(path, data, course.root) for path, data in made.items()]
    return [page, table, *filter(None, kept)]
