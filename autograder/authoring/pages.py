"""The pages that are made from lists: the glossary, and the map of the units for the learner's start page.

`python -m autograder.authoring.pages` writes them; `make build` does so too.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from autograder.authoring.lesson import EXERCISE_HEADING, Lesson, lesson_path, lesson_units, read_lesson
from autograder.common.keep import write_made
from autograder.course import NOTEBOOKS, ROOT, SOLUTIONS
from course_utils.refused import run
from course_utils.start_page import MAP

README = ROOT / "README.md"
_ROW = r"^\| \[\d+ (?P<title>[^\]]+)\]\(notebooks/{unit}/{unit}\.ipynb\) \| (?P<words>[^|]+) \| (?P<minutes>\d+) \| "


def unit_map() -> dict[str, dict]:
    """unit -> its title, what one does in it (`words`), minutes and exercises.

    Title, words and minutes are those of the README's table, where people read them first; of a unit that has no row there
    yet, the lesson's title, its goals, and the minutes of its exercises.
    """
    readme = README.read_text(encoding="utf-8")
    units = {}
    for unit in lesson_units():
        lesson = read_lesson(lesson_path(unit))
        exercises = exercises_of(lesson)
        row = re.search(_ROW.format(unit=unit), readme, re.M)
        units[unit] = {
            "title": row["title"] if row else lesson.title(),
            "words": row["words"].strip() if row else "; ".join(lesson.objectives()),
            "minutes": int(row["minutes"]) if row else sum(exercise["minutes"] for exercise in exercises),
            "exercises": exercises,
        }
    return units


def exercises_of(lesson: Lesson) -> list[dict]:
    """The id, points and minutes of each exercise of a lesson, in order, and whether a person grades it."""
    by_hand = {cell.exercise for cell in lesson.cells if cell.role == "manual"}
    return [
        {
            "id": found["id"],
            "points": float(found["points"]),
            "minutes": int(found["minutes"]),
            "by_hand": found["id"] in by_hand,
        }
        for cell in lesson.cells
        if cell.kind == "markdown"
        for found in EXERCISE_HEADING.finditer(cell.source)
    ]


def pages() -> dict[Path, str]:
    """Each page's place and text."""
    from autograder.authoring.glossary import glossary_page

    return {
        MAP: json.dumps(unit_map(), indent=1, ensure_ascii=False) + "\n",
        NOTEBOOKS / "glossary.md": glossary_page(),
        SOLUTIONS / "glossary.md": glossary_page(),
    }


def write_pages() -> list[Path]:
    """Write the pages by atomic rename; return those that changed, and copies of what someone had written in them."""
    changed = []
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            kept = write_made(path, text.encode(), ROOT)
            changed += [path, kept] if kept else [path]
    return changed


def main() -> None:
    """Write the pages, and say which."""
    for path in write_pages():
        print(f"{path.relative_to(ROOT)}: written")


if __name__ == "__main__":
    sys.exit(run(main, print))
