"""`autograder new --exercise`: one more exercise in a unit, which works as it comes, to be rewritten."""

from __future__ import annotations

import ast
import keyword
import re
from pathlib import Path

from autograder import exercises
from autograder.authoring import unit_list
from autograder.authoring.lesson import GOALS, lesson_path, read_lesson
from autograder.authoring.rules.anatomy import MOST_GOALS, fewest_goals
from autograder.authoring.scaffold import render
from autograder.authoring.toml_files import line_of
from autograder.authoring.wrap import wrap_lesson
from course_utils import files
from course_utils.refused import Refused

MINUTES = 10  # of the section that comes with it
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


def new_exercise(unit: str, id: str, signature: str, goal: str = "") -> list[Path]:
    """Add exercise `id`, which takes `signature` ("x, width"), to a unit; it assesses `goal`, a new one if none is given.

    Returns the files that were written. Raises Refused, with nothing written, where the id is none or is taken, or where the
    lesson has no place for it.
    """
    names = _names(id, signature)
    if id in exercises.exercise_ids(unit):
        raise Refused(f"unit {unit} has an exercise {id!r} already; take another name")
    lesson = read_lesson(lesson_path(unit))
    goals = lesson.objectives()
    is_new = goal not in goals
    goal = goal or f"work out `{id}`"
    if is_new and len(goals) >= MOST_GOALS:
        raise Refused(
            f"{unit} has {len(goals)} goals, and no unit has more; let it assess one of them: --goal {goals[-1]!r}"
        )
    fewest = fewest_goals(len(exercises.exercise_ids(unit)) + 1)
    if not is_new and len(goals) < fewest:
        raise Refused(
            f"{unit} has {len(goals)} goals, and with one more exercise it has {fewest} at least; leave out --goal, or give a new one"
        )
    folder, title = exercises.unit_folder(unit), id.replace("_", " ").capitalize()
    facts = {
        "id": id,
        "signature": signature.strip().removeprefix("(").removesuffix(")"),
        "names": names,
        "title": title,
    }
    shared, constant = _with_goal(folder / "shared.py", f"{id.upper()}_GOAL", goal)
    facts |= {"class_name": "".join(map(str.capitalize, id.split("_"))), "constant": constant}
    text = lesson.path.read_text(encoding="utf-8")
    minutes = unit_list.read_units()[unit].minutes
    made = {
        folder / f"{id}.py": render("added.py.jinja", facts),
        folder / "right_answers" / f"{id}.py": render("right_added.py.jinja", facts),
        folder / "__init__.py": _listed(folder / "__init__.py", id),
        folder / "shared.py": shared,
        lesson.path: wrap_lesson(
            _in_lesson(lesson.path, text, render("added_cells.py.jinja", facts), title, minutes, goal if is_new else "")
        ),
        unit_list.SOURCE: _with_minutes(unit, minutes),
    }
    for path, written in made.items():
        files.write(path, written.encode())
    return list(made)


def _names(id: str, signature: str) -> list[str]:
    """The parameters of a signature. Raises Refused where it is none, or the id is no name."""
    if not _ID.fullmatch(id) or keyword.iskeyword(id) or id in ("shared", "practice"):
        raise Refused(
            f"{id!r} is no name for an exercise; it has small letters, digits and _, as in weighted_mean, at most 40"
        )
    try:
        node = ast.parse(f"def f({signature.strip().removeprefix('(').removesuffix(')')}): pass").body[0]
    except SyntaxError:
        raise Refused(
            f"{signature!r} is no signature; write the parameters as they stand in the function: 'x, width=3'"
        ) from None
    assert isinstance(node, ast.FunctionDef)  # this is what was written
    given = node.args
    if given.vararg or given.kwarg or given.kwonlyargs or not given.args:
        raise Refused(f"{signature!r}: an exercise takes at least one parameter, each by its name, as in 'x, width=3'")
    return [one.arg for one in (*given.posonlyargs, *given.args)]


def _listed(path: Path, id: str) -> str:
    """__init__.py with the exercise at the end of EXERCISES."""
    text = path.read_text(encoding="utf-8")
    found = re.search(r"^EXERCISES = \[(?P<ids>[^\]]*)\]", text, re.M)
    if found is None:
        raise Refused(f"{path}:1: no list `EXERCISES = [...]`, to which {id!r} could be added")
    ids = found["ids"].strip().rstrip(",")
    lines = "".join(f"    {one.strip()},\n" for one in [*filter(None, ids.split(",")), f'"{id}"'])
    return f"{text[: found.start()]}EXERCISES = [\n{lines}]{text[found.end() :]}"


def _with_goal(path: Path, constant: str, goal: str) -> tuple[str, str]:
    """shared.py with the objective, and what it is called there: as it is where it stands already, else `constant`, below the others."""
    text = path.read_text(encoding="utf-8") if path.exists() else '"""What several exercises of the unit use."""\n'
    constants = list(re.finditer(r'^(?P<name>[A-Z_]+) = "(?P<goal>[^"\n]*)".*\n', text, re.M))
    if known := next((one["name"] for one in constants if one["goal"] == goal), None):
        return text, known
    place = constants[-1].end() if constants else len(text)
    return f'{text[:place]}{"" if constants else chr(10)}{constant} = "{goal}"\n{text[place:]}', constant


def _in_lesson(path: Path, text: str, cells: str, title: str, minutes: int, goal: str) -> str:
    """The lesson with the exercise's section before its recap, a row in its table of minutes, and its goal."""
    changes = [
        (r"(?=^\# %% \[markdown\]\n\# \#\# Recap)", f"{cells.strip()}\n\n", "a text cell that begins with `## Recap`"),
        (r"(?=^\# \| Recap[^|\n]*\|)", f"# | {title} | {MINUTES} |\n", "a row `| Recap | 5 |` in its table of minutes"),
        (rf"(?<=bout ){minutes}(?= minutes)", f"{minutes + MINUTES}", f"the words `About {minutes} minutes in all`"),
    ]
    if goal:
        changes.append(
            (
                rf"(?<=^\# \#\# {GOALS}\n\#\n)(?:\# (?:- |  ).*\n)+",
                f"# - {goal}\n",
                f"a list below `## {GOALS}`",
            )
        )
    for pattern, new, what in changes:
        found = re.search(pattern, text, re.M)
        if found is None:
            raise Refused(f"{path}:1: the lesson has no place for it: it needs {what}")
        kept = found[0] if found[0].startswith("#") else ""  # the goals that are there
        text = f"{text[: found.start()]}{kept}{new}{text[found.end() :]}"
    return text


def _with_minutes(unit: str, minutes: int) -> str:
    lines = unit_list.SOURCE.read_text(encoding="utf-8").splitlines(keepends=True)
    place = line_of(unit_list.SOURCE, unit, "minutes") - 1
    lines[place] = lines[place].replace(str(minutes), str(minutes + MINUTES), 1)
    return "".join(lines)
