"""The start page: the map of the units, and on it the learner's progress. A notebook that is written anew at each start.

JupyterLab's settings for the course (jupyter/jupyter_lab_config.py) write it, so that it is up to date whenever JupyterLab
opens on it; running its cell brings it up to date in between. It is no place to write in, and git does not keep it.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from course_utils import files, progress_file
from course_utils.course import content_folder, this_course
from course_utils.edition.notebooks import sources
from course_utils.recall.due import Due, what_is_due

PAGE = "start.ipynb"
MAP = content_folder() / "units.json"  # made from lessons/units.toml and the lessons by autograder.authoring.pages

RIGHT, WRONG, CRASHED, NOT_ATTEMPTED = "right", "wrong", "crashed", "not attempted yet"
BY_HAND, UNDER_WAY, HANDED_IN = "graded by hand", "under way", "graded when handed in"
#: Sign and colour of each mark, as verdicts have them; white text on a colour has a contrast of at least 4.5:1.
MARKS = {
    RIGHT: ("✓", "#1a7f37"),
    WRONG: ("✗", "#cf222e"),
    CRASHED: ("!", "#9a6700"),
    NOT_ATTEMPTED: ("…", ""),  # no colour: an outline
    BY_HAND: ("✎", ""),
    UNDER_WAY: ("◐", "#0969da"),  # a unit of which some is right and some not attempted
    HANDED_IN: ("→", ""),  # tests that came in from another course: no check says how they went
}

_COURSE = this_course()
_FIRST_WORDS = f"{_COURSE.welcome.strip()} " if _COURSE.welcome else ""
*_SOME, _LAST = ["English", *(language.name for language in _COURSE.languages)]
_LANGUAGES = f" in {', '.join(_SOME)} and {_LAST}" if _SOME else ""
WELCOME = f"""\
# {_COURSE.title}

{_FIRST_WORDS}Open a unit below, go from top to bottom, and run each
exercise's `check`. What your checks found last is shown here. Below an exercise that is right you can practise it: what to come \
back to, and when, is proposed here, too.

To bring this page up to date, run its cell: click it and press Shift+Enter, or press *Refresh*. \
The [glossary](notebooks/glossary.md) has the course's terms{_LANGUAGES}."""
CODE = """\
from course_utils import progress

progress.show()"""


class StartPage:
    """The map with the progress on it, as notebooks (`_repr_html_`) and terminals (`__repr__`) display it."""

    def __init__(
        self,
        units: dict[str, dict],
        noted: dict[str, dict],
        root: str = "",
        trouble: str = "",
        due: Sequence[Due] = (),
    ) -> None:
        """`units` is the map, `noted` what `progress_file.read` gives, `root` leads to the course's folder, for links.

        `due` is what to come back to today.
        """
        self.units, self.noted, self.root, self.trouble, self.due = units, noted, root, trouble, due

    def __repr__(self) -> str:
        lines = [self.trouble] if self.trouble else []
        for unit, facts in self.units.items():
            marks = [
                f"{MARKS[self.status(unit, exercise)][0]} {exercise['id']}{self._before(unit, exercise)}"
                for exercise in facts["exercises"]
            ]
            lines += [f"{self.name(unit)}: {self.summary(unit)}", *([f"   {'  '.join(marks)}"] if marks else [])]
        again = [f"Come back to: {due.name} in {self.name(due.unit)} ({due.why})." for due in self.due]
        return "\n".join([*lines, self.next_words(), *again])

    def _repr_html_(self) -> str:
        """HTML that JupyterLab also shows in a notebook that it does not trust: no script, no style sheet, no ARIA."""
        parts = [f"<p><strong>{html.escape(self.trouble)}</strong></p>"] if self.trouble else []
        parts += [self._next(), self._again(), *map(self._unit, self.units), self._legend(), self._in_words()]
        return f'<div class="start-page" style="max-width:75em;line-height:1.5">{"".join(parts)}</div>'

    def name(self, unit: str) -> str:
        """A unit's number and title: "02 Convolve and pool by hand"."""
        return f"{unit[:2]} {self.units[unit]['title']}"

    def status(self, unit: str, exercise: dict) -> str:
        """The mark of an exercise: one of MARKS."""
        if exercise["by_hand"]:
            return BY_HAND
        now = self._entry(unit, exercise).get("now")
        return now if now in MARKS else NOT_ATTEMPTED

    def unit_status(self, unit: str) -> str:
        """The mark of a unit: wrong or crashed where an exercise is, right where all are, else whether it was begun."""
        found = {self.status(unit, exercise) for exercise in self.units[unit]["exercises"]} - {BY_HAND}
        if bad := found & {WRONG, CRASHED}:
            return WRONG if WRONG in bad else CRASHED
        without_checks = HANDED_IN if self._own_tests(unit)[0] else BY_HAND
        return UNDER_WAY if len(found) > 1 else found.pop() if found else without_checks

    def words(self, unit: str, exercise: dict) -> str:
        """The mark in words: "wrong; was right before"."""
        status = self.status(unit, exercise)
        return f"{status}; was right before" if self._was_right(unit, exercise) else status

    def summary(self, unit: str) -> str:
        """How far a unit is: "3 of 9 right, 1 wrong"."""
        found = [self.status(unit, exercise) for exercise in self.units[unit]["exercises"]]
        checked = [status for status in found if status != BY_HAND]
        failed = [f"{found.count(status)} {status}" for status in (WRONG, CRASHED) if status in found]
        cells, _ = self._own_tests(unit)
        told = [f"{cells} cell{'' if cells == 1 else 's'} {HANDED_IN}"] if cells else []
        right = [] if told and not checked else [f"{found.count(RIGHT)} of {len(checked)} right"]
        return ", ".join([*right, *failed, *told])

    def points(self, unit: str) -> tuple[float, float, float]:
        """The points of the exercises that are right, of all that are checked, and of those graded by hand."""
        exercises = self.units[unit]["exercises"]
        right = sum(e["points"] for e in exercises if self.status(unit, e) == RIGHT)
        by_hand = sum(e["points"] for e in exercises if e["by_hand"])
        return right, sum(e["points"] for e in exercises) - by_hand, by_hand

    def next_exercise(self) -> tuple[str, dict] | None:
        """What to do next: the first exercise that is not right in the unit worked on last, or after it, or before it."""
        order = list(self.units)
        noted = [(entry.get("checked", ""), unit) for unit in order for entry in self.noted.get(unit, {}).values()]
        first = order.index(max(noted)[1]) if noted else 0
        for unit in order[first:] + order[:first]:
            for exercise in self.units[unit]["exercises"]:
                if self.status(unit, exercise) not in (RIGHT, BY_HAND):
                    return unit, exercise
        return None

    def next_words(self) -> str:
        """What to do next, in a sentence."""
        if not (found := self.next_exercise()):
            if not any(facts["exercises"] for facts in self.units.values()):
                return f"Open a unit, and go from top to bottom. It is {HANDED_IN}."
            left = (
                HANDED_IN
                if any(self._own_tests(unit)[0] for unit in self.units)
                else "what your instructor grades by hand"
            )
            return f"Every check is right. What is left is {left}."
        unit, exercise = found
        return f"Next: {exercise['id']} in {self.name(unit)}, {_size(exercise)}."

    def _own_tests(self, unit: str) -> tuple[int, float]:
        """Of the cells that are graded by what an imported unit says itself: how many, and their points."""
        told = self.units[unit].get("own_tests", {})
        return told.get("cells", 0), told.get("points", 0.0)

    def _entry(self, unit: str, exercise: dict) -> dict:
        entry = self.noted.get(unit, {}).get(exercise["id"], {})
        return entry if isinstance(entry, dict) else {}

    def _was_right(self, unit: str, exercise: dict) -> bool:
        entry = self._entry(unit, exercise)
        return "first_right" in entry and entry.get("now") != RIGHT

    def _before(self, unit: str, exercise: dict) -> str:
        return f" (was {MARKS[RIGHT][0]})" if self._was_right(unit, exercise) else ""

    def _link(self, unit: str, words: str, cell: str = "", style: str = "") -> str:
        place = f"{self.root}notebooks/{unit}/{unit}.ipynb" + (f"#cell-id={cell}" if cell else "")
        look = f' style="{style}"' if style else ""
        return f'<a href="{html.escape(place)}"{look}>{html.escape(words)}</a>'

    def _next(self) -> str:
        button = (
            '<button data-commandlinker-command="notebook:run-all-cells" style="float:right;padding:3px 12px">'
            "Refresh</button>"
        )
        if not (found := self.next_exercise()):
            return f"<p>{button}{html.escape(self.next_words())}</p>"
        unit, exercise = found
        there = self._link(unit, exercise["id"], exercise["id"])
        of_unit = self._link(unit, self.name(unit))
        return f"<p>{button}<strong>Next:</strong> {there} in {of_unit}, {_size(exercise)}.</p>"

    def _again(self) -> str:
        """What to come back to, with links to where it is asked; "" where there is nothing."""
        rows = [
            f"<li>{self._link(due.unit, due.name, due.cell)} in {html.escape(self.name(due.unit))}: {html.escape(due.why)}</li>"
            for due in self.due
        ]
        if not rows:
            return ""
        return (
            "<div><strong>Come back to:</strong> in each notebook run the first code cell, then the one to which the link leads."
            f"<ul>{''.join(rows)}</ul></div>"
        )

    def _legend(self) -> str:
        used = [RIGHT, WRONG, CRASHED, NOT_ATTEMPTED, UNDER_WAY]
        if any(exercise["by_hand"] for facts in self.units.values() for exercise in facts["exercises"]):
            used.append(BY_HAND)
        if any(self._own_tests(unit)[0] for unit in self.units):
            used.append(HANDED_IN)
        marks = " ".join(_mark(status, html.escape(status)) for status in used)
        return (
            f"<p>The marks: {marks} They are about the examples that a check shows; grading tries others as well.</p>"
        )

    def _unit(self, unit: str) -> str:
        """A unit in three lines: how far it is and what it takes, what one does in it, a mark for each exercise."""
        facts = self.units[unit]
        right, all_points, by_hand = self.points(unit)
        cells, own_points = self._own_tests(unit)
        points = f"{right:g} of {all_points:g} points" + (f" + {by_hand:g} by hand" if by_hand else "")
        if cells:
            points = f"{points} + {own_points:g} {HANDED_IN}" if facts["exercises"] else f"{own_points:g} points"
        status, found = self.unit_status(unit), html.escape(self.summary(unit))
        marks = " ".join(self._mark_of(unit, exercise) for exercise in facts["exercises"])
        marks = marks or ("Run its tests: those that raise no error pass as far as they show." if cells else "")
        return (
            f'<div style="padding:8px 0">{_mark(status, found)} <strong>{self._link(unit, self.name(unit))}</strong>, '
            f"{facts['minutes']} minutes, {points}"
            f'<div style="padding:2px 0">{html.escape(facts["words"])}</div><div>{marks}</div></div>'
        )

    def _mark_of(self, unit: str, exercise: dict) -> str:
        status = self.status(unit, exercise)
        colour = "#fff" if MARKS[status][1] else "inherit"
        link = self._link(unit, exercise["id"], exercise["id"], f"color:{colour};text-decoration:none")
        return _mark(status, link + self._before(unit, exercise), self.words(unit, exercise))

    def _in_words(self) -> str:
        """The same as a plain table, for those who listen to it."""
        rows = "".join(
            f'<tr><td style="text-align:left">{unit[:2]}</td><th scope="row" style="text-align:left">{exercise["id"]}</th>'
            f'<td>{exercise["points"]:g}</td><td style="text-align:left">{self.words(unit, exercise)}</td>'
            f'<td style="text-align:left">{html.escape(str(self._entry(unit, exercise).get("first_right", "")))}</td></tr>'
            for unit, facts in self.units.items()
            for exercise in facts["exercises"]
        )
        rows += "".join(
            f'<tr><td style="text-align:left">{unit[:2]}</td><th scope="row" style="text-align:left">its own tests</th>'
            f'<td>{points:g}</td><td style="text-align:left">{HANDED_IN}</td><td></td></tr>'
            for unit, (cells, points) in ((unit, self._own_tests(unit)) for unit in self.units)
            if cells
        )
        head = "".join(
            f'<th scope="col" style="text-align:left">{words}</th>'
            for words in ("unit", "exercise", "points", "your last check", "first right")
        )
        return (
            "<details><summary>The same in words</summary>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
        )


def _size(exercise: dict) -> str:
    points = f"{exercise['points']:g} point{'' if exercise['points'] == 1 else 's'}"
    return f"{points}, about {exercise['minutes']} minutes"


def _mark(status: str, inside: str, title: str = "") -> str:
    """A small label: a sign, a colour or an outline, and `inside` (HTML)."""
    sign, colour = MARKS[status]
    look = f"background:{colour};color:#fff;border:1px solid {colour}" if colour else "border:1px dashed"
    about = f' title="{html.escape(title)}"' if title else ""
    style = f"{look};border-radius:3px;padding:0 6px;margin:2px 0;display:inline-block;white-space:nowrap"
    return f'<span style="{style}"{about}>{sign} {inside}</span>'


def read_map() -> dict[str, dict]:
    """unit -> its title, what one does in it (`words`), minutes and exercises."""
    return json.loads(MAP.read_text(encoding="utf-8"))


def page_for(folder: Path | None = None) -> StartPage:
    """The start page for the course in `folder`, seen from the working directory; without one, for the course there is."""
    course = folder or progress_file.course_folder()
    path = (
        folder / progress_file.FILE if folder and "COURSE_PROGRESS" not in os.environ else progress_file.progress_file()
    )
    here = folder or Path.cwd()
    root = "" if course in (None, here) else Path(os.path.relpath(course, here)).as_posix() + "/"
    try:
        units, parts = read_map(), progress_file.read_parts(path)
        due = what_is_due(parts, units, date.today())
        return StartPage(units, parts[progress_file.CHECKS], root, due=due)
    except (progress_file.Unreadable, OSError) as error:
        why = getattr(error, "strerror", None) or error
        return StartPage(read_map(), {}, root, f"Your progress is not shown. {path}: {why}.")


def show() -> None:
    """Display the start page in a notebook, print it elsewhere."""
    page = page_for()
    shell = sys.modules.get("IPython.core.interactiveshell")
    if shell and shell.InteractiveShell.initialized():
        from IPython.display import display

        display(page)
    else:
        print(page)


def as_notebook(page: StartPage) -> dict[str, Any]:
    """The start page as a notebook whose cell has run."""
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/html": page._repr_html_().splitlines(True), "text/plain": repr(page).splitlines(True)},
    }
    code = {"cell_type": "code", "id": "progress", "metadata": {}, "source": CODE.splitlines(True)}
    cells = [
        {"cell_type": "markdown", "id": "welcome", "metadata": {}, "source": WELCOME.splitlines(True)},
        {**code, "execution_count": None, "outputs": [output]},
    ]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "course": {"written": _written_digest(json.dumps({"cells": cells}).encode())},
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "cells": cells,
    }


def _is_ours(page: bytes) -> bool:
    """Whether a start page says what was written in it by us, and nothing besides."""
    try:
        told = json.loads(page)["metadata"]["course"]["written"]
    except (ValueError, KeyError, TypeError):
        return False
    return told == _written_digest(page)


def _written_digest(page: bytes) -> str:
    return hashlib.sha256(json.dumps(sources(page)).encode()).hexdigest()


def write(folder: Path) -> Path:
    """Write the start page of the course in `folder`, by atomic rename; return its path. Raises OSError.

    One in which someone has written is kept beside it, as start_kept_DATE.ipynb.
    """
    path = folder / PAGE
    there = files.read(path)
    if there is not None and not _is_ours(there):
        files.write_new(path.with_name(f"{path.stem}_kept_{files.today()}{path.suffix}"), there)
    files.write(path, (json.dumps(as_notebook(page_for(folder)), indent=1, ensure_ascii=False) + "\n").encode())
    return path


def trust(path: Path) -> None:
    """Tell Jupyter that we wrote this notebook ourselves, so that its *Refresh* button does not ask before it works."""
    import nbformat
    from nbformat.sign import NotebookNotary

    NotebookNotary().sign(nbformat.read(path, as_version=4))


def server_root() -> Path:
    """The folder that the Jupyter server being started shows: a hub's server need not run in it."""
    if told := os.environ.get("JUPYTERHUB_ROOT_DIR"):  # set by JupyterHub, before the server has read it
        return Path(told).expanduser().absolute()
    module = sys.modules.get("jupyter_server.serverapp")
    server = module.ServerApp.instance() if module and module.ServerApp.initialized() else None
    return Path(server.root_dir) if server else Path.cwd()


def place_to_open(folder: Path) -> str:
    """Where JupyterLab, started in `folder`, opens: on the start page of the course there, else on its notebooks.

    Writes the start page. Nothing is raised: JupyterLab is to start whatever is wrong with a page.
    """
    if not any((folder / "notebooks").glob("*/*.ipynb")):
        return "/lab"
    with contextlib.suppress(Exception):  # a folder that is read-only, say: an older page opens, or none
        trust(write(folder))
    return f"/lab/tree/{PAGE}" if (folder / PAGE).is_file() else "/lab/tree/notebooks"
