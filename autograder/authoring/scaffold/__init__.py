"""`autograder new`: a lesson with one exercise that works, to be rewritten, and the unit's entry in units.toml."""

from __future__ import annotations

import re
from pathlib import Path

from autograder import exercises
from autograder.authoring import unit_list
from autograder.authoring.lesson import lesson_path, lesson_units, read_lesson
from course_utils import files
from course_utils.refused import Refused

_TEMPLATES = Path(__file__).parent
_NAME = re.compile(r"(?P<number>\d\d)_(?P<words>[a-z][a-z0-9]*(_[a-z0-9]+)*)")


def require_free(unit: str) -> None:
    """Raise Refused where this is no name for a unit, or where a unit has its number already."""
    name = _NAME.fullmatch(unit)
    if not name:
        raise Refused(
            f"{unit!r} is not a name for a unit. A name is two digits, then words with _ between, as in 15_moving_averages"
        )
    for other in {*lesson_units(), *exercises.units()}:
        if other.startswith(name["number"]):
            raise Refused(f"{other} has the number {name['number']} already; take another one")


def facts_of(unit: str) -> dict[str, str]:
    """What templates say of a new unit: its number and title, and the unit before it."""
    number, _, words = unit.partition("_")
    before = max((one for one in lesson_units() if one < unit), default="")
    return {
        "unit": unit,
        "number": number,
        "title": words.replace("_", " ").capitalize(),
        "before": before,
        "before_title": read_lesson(lesson_path(before)).title() if before else "",
    }


def new_unit(unit: str) -> list[Path]:
    """Write the lesson and the exercises of a new unit, e.g. "15_moving_averages", and enter it. Returns the files' paths.

    Raises Refused where the name is none, or where a unit has that number already: nothing is overwritten.
    """
    require_free(unit)
    import jinja2

    facts = facts_of(unit)
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    folder = exercises.unit_folder(unit)
    made = {
        lesson_path(unit): "lesson.py.jinja",
        folder / "__init__.py": "unit.py.jinja",
        folder / "shared.py": "shared.py.jinja",
        folder / "moving_average.py": "exercise.py.jinja",
        folder / "right_answers" / "moving_average.py": "right_answers.py.jinja",
    }
    for path, template in made.items():
        files.write(path, templates.get_template(template).render(facts).encode())
    told = unit_list.SOURCE.read_text(encoding="utf-8")
    new = unit_list.Unit(unit, facts["title"], "smooth a noisy series", 20)
    files.write(unit_list.SOURCE, f"{told.rstrip()}\n\n{unit_list.entry(new)}".encode())
    return [*made, unit_list.SOURCE]
