"""`autograder new`: a lesson with three exercises that work, to be rewritten, its terms in glossary.toml, its entry in units.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from autograder import exercises
from autograder.authoring import glossary, unit_list
from autograder.authoring.lesson import lesson_path, lesson_units, read_lesson
from autograder.authoring.toml_files import read_toml
from autograder.authoring.wrap import wrap_lesson
from course_utils import files
from course_utils.refused import Refused

_TEMPLATES = Path(__file__).parent
EXERCISES = ("moving_average", "smooth", "outliers")
MINUTES = 50  # what the sections of the lesson add up to
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
        "list_head": "\n".join(f"# {line}" for line in glossary.LIST_HEAD.splitlines()),
        "before": before,
        "before_title": read_lesson(lesson_path(before)).title() if before else "",
    }


def new_unit(unit: str) -> list[Path]:
    """Write the lesson and the exercises of a new unit, e.g. "15_moving_averages", and enter it. Returns the files' paths.

    Raises Refused where the name is none, or where a unit has that number already: nothing is overwritten.
    """
    require_free(unit)
    facts, folder = facts_of(unit), exercises.unit_folder(unit)
    made = {folder / "__init__.py": "unit.py.jinja", folder / "shared.py": "shared.py.jinja"}
    for id in EXERCISES:
        made[folder / f"{id}.py"] = f"{id}.py.jinja"
        made[folder / "right_answers" / f"{id}.py"] = f"right_{id}.py.jinja"
    files.write(lesson_path(unit), wrap_lesson(render("lesson.py.jinja", facts)).encode())
    for path, template in made.items():
        files.write(path, render(template, facts).encode())
    new = unit_list.Unit(unit, facts["title"], "smooth a noisy series", MINUTES)
    _append(unit_list.SOURCE, unit_list.entry(new))
    _append(glossary.SOURCE, *_new_terms(facts["number"]))
    return [lesson_path(unit), *made, unit_list.SOURCE, glossary.SOURCE]


def render(template: str, facts: dict) -> str:
    """A template of this folder, filled in."""
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    return templates.get_template(template).render(facts)


def _new_terms(number: str) -> list[str]:
    """The entries of the terms that the lesson introduces and the glossary does not have yet."""
    known = read_toml(glossary.SOURCE)
    blocks = (_TEMPLATES / "terms.toml").read_text(encoding="utf-8").strip().split("\n\n")[1:]
    numbered = [block.replace("\nsection = ", f'\nunit = "{number}"\nsection = ') for block in blocks]
    return [f"{block}\n" for block in numbered if not known.keys() & tomllib.loads(block).keys()]


def _append(path: Path, *entries: str) -> None:
    """Write entries at the end of a file, an empty line before each."""
    told = path.read_text(encoding="utf-8").rstrip() if path.exists() else ""
    files.write(path, "\n\n".join(filter(None, [told, *(entry.strip() for entry in entries)])).encode() + b"\n")
