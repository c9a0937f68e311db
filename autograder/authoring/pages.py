"""The pages that are made from lists: the glossary, the map of the units for the learner's start page, and README.md's table.

`python -m autograder.authoring.pages` writes them; `make build` does so too.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.authoring.unit_list import Unit, exercises_of, read_units, table
from autograder.common.keep import write_made
from autograder.course import NOTEBOOKS, ROOT, SOLUTIONS
from course_utils.refused import Refused, run
from course_utils.start_page import MAP

README = ROOT / "README.md"
BEGIN_UNITS, END_UNITS = "<!-- made from lessons/units.toml by `make build` -->", "<!-- until here -->"


def unit_map() -> dict[str, dict]:
    """unit -> its title, what one does in it (`words`), minutes and exercises, for the learner's start page.

    Of a unit with cells that were imported, which no check looks at, also how many are graded, and their points (`own_tests`).
    """
    return {name: _facts(unit) for name, unit in read_units().items()}


def _facts(unit: Unit) -> dict[str, Any]:
    lesson = read_lesson(lesson_path(unit.name))
    facts = {"title": unit.title, "words": unit.words, "minutes": unit.minutes, "exercises": exercises_of(lesson)}
    if graded := [cell.nbgrader for cell in lesson.cells if cell.nbgrader.get("grade") or cell.nbgrader.get("task")]:
        facts["own_tests"] = {"cells": len(graded), "points": sum(float(one.get("points", 0)) for one in graded)}
    return facts


def readme() -> str:
    """README.md with its table of the units as it is to be. Raises Refused where it has no place for it."""
    text = README.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN_UNITS)
    _, end, after = rest.partition(END_UNITS)
    if not end:
        raise Refused(
            f"{README.name} has no table of the units: it stands between the lines {BEGIN_UNITS} and {END_UNITS}"
        )
    return f"{before}{begin}\n{table()}{end}{after}"


def pages() -> dict[Path, str]:
    """Each page's place and text."""
    from autograder.authoring.glossary import glossary_page

    return {
        MAP: json.dumps(unit_map(), indent=1, ensure_ascii=False) + "\n",
        NOTEBOOKS / "glossary.md": glossary_page(),
        SOLUTIONS / "glossary.md": glossary_page(),
        README: readme(),
    }


def write_pages() -> list[Path]:
    """Write the pages by atomic rename; return those that changed, and copies of what someone had written in them."""
    changed = []
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            kept = write_made(path, text.encode(), ROOT, is_ours=partial(_has_all_of, path))
            changed += [path, kept] if kept else [path]
    return changed


def _has_all_of(path: Path, there: bytes) -> bool:
    """Whether a page has all that a person wrote in it: README has, of which only the table is made."""
    return path == README


def main() -> None:
    """Write the pages, and say which."""
    for path in write_pages():
        print(f"{path.relative_to(ROOT)}: written")


if __name__ == "__main__":
    sys.exit(run(main, print))
