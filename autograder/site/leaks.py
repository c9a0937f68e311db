"""Refuse a built site in which something stands that learners must not see: a solution, or the secret of the hidden probes."""

from __future__ import annotations

import html
import re
from pathlib import Path

from autograder.authoring.build import leaked
from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.course import SECRET
from course_utils.refused import Refused

#: Files that are text; of the others there are fonts and pictures.
TEXTS = {".html", ".js", ".json", ".txt", ".md", ".ipynb", ".xml", ".css", ".inv"}


def text_of(path: Path) -> str:
    """What a file of the site says: a page without its tags, so that code is the lines that readers see."""
    raw = _raw(path)
    return html.unescape(re.sub(r"<[^>]+>", "", raw)) if path.suffix == ".html" else raw


def _raw(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def require_no_leak(folder: Path, units: list[str]) -> None:
    """Raise Refused, naming the page, where it shows lines of a solution, or the course's secret.

    A unit's page is compared with its own solutions, as in a release (units share idioms); every other file with those of all.
    """
    secret = SECRET.read_text(encoding="utf-8").strip() if SECRET.is_file() else ""
    lessons = {unit: read_lesson(lesson_path(unit)) for unit in units}
    for path in (path for path in sorted(folder.rglob("*")) if path.suffix in TEXTS):
        page = path.relative_to(folder)
        if secret and secret in _raw(path):
            raise Refused(f"{page} would show the course's secret, from which hidden probes are drawn: take it out")
        # what stands in a comment or an attribute of a page, too
        lines = [line.strip() for text in (text_of(path), html.unescape(_raw(path))) for line in text.splitlines()]
        compared = [lessons[path.stem]] if path.stem in lessons else lessons.values()
        for cell in (cell for lesson in compared for cell in lesson.cells):
            is_solution = cell.role in ("solution", "manual") or cell.nbgrader.get("solution")
            if is_solution and (found := leaked(cell.stem, lines)):
                raise Refused(
                    f"{page} would show the solution of {cell.exercise or cell.id!r}: {found!r}. Take it out of its source"
                )
