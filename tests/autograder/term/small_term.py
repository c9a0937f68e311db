"""A term for tests: a course's folder with real releases, made-up answers as data, and the files that an LMS makes of them."""

from __future__ import annotations

import atexit
import csv
import functools
import io
import json
import re
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.authoring.cells import source_of
from autograder.authoring.lesson import checked_id, lesson_units
from autograder.cli import cli
from autograder.course import NOTEBOOKS
from autograder.demo import command as demo
from autograder.engine import coordinator
from tests.doubles import NoProcess, make_pack, packs_of, returned

UNITS = lesson_units()
INPUTS = (3, 10, 7, 8)  # of every made-up exercise: what it asks for is twice the number


@dataclass(frozen=True)
class Learner:
    """Somebody in the class, with the numbers that LMSs have for them."""

    id: str
    first: str
    last: str
    canvas: int
    moodle: int = 0

    @property
    def email(self) -> str:
        """Their address; it is the id of those who have no other."""
        return self.id if "@" in self.id else f"{self.id}@school.example"


def make_course(folder: Path, units: list[str] = UNITS) -> Path:
    """A course's folder with nobody in it and no due dates; nbgrader has released all units, and these lie in release/."""
    demo.write_config(folder)
    shutil.copy(_released(), folder / "gradebook.db")
    for unit in units:
        (folder / "release" / unit).mkdir(parents=True)
        shutil.copy(NOTEBOOKS / unit / f"{unit}.ipynb", folder / "release" / unit)
    return folder


@functools.cache
def _released() -> Path:
    """A gradebook in which nbgrader has released all units; made once, for it takes a second a unit."""
    folder = Path(tempfile.mkdtemp(prefix="released"))
    demo.write_config(folder)
    api = demo.open_api(folder)
    api.gradebook.close()
    for unit in UNITS:
        assert api.generate_assignment(unit)["success"], unit
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "gradebook.db"


def open_gradebook(folder: Path) -> Gradebook:
    """The course's gradebook."""
    return Gradebook(f"sqlite:///{folder / 'gradebook.db'}")


def run(*arguments: Any) -> tuple[int, str]:
    """Run `autograder ...` in this process, in the current folder; returns its exit code and all that it printed."""
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@functools.cache
def graded_cells(unit: str) -> tuple[dict, ...]:
    """The graded cells of a unit's release, as they are."""
    notebook = json.loads((NOTEBOOKS / unit / f"{unit}.ipynb").read_text())
    return tuple(cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"])


@functools.cache
def exercises(unit: str) -> dict[str, float]:
    """Exercises that are judged -> their points."""
    cells = [cell for cell in graded_cells(unit) if "points" in cell["metadata"]["nbgrader"]]
    facts = [(checked_id(source_of(cell)), cell["metadata"]["nbgrader"]) for cell in cells]
    return {id: entry["points"] for id, entry in facts if id and not entry["solution"]}


@functools.cache
def written(unit: str) -> dict[str, float]:
    """Answers that a person grades -> their points."""
    entries = [cell["metadata"]["nbgrader"] for cell in graded_cells(unit)]
    return {entry["grade_id"]: entry["points"] for entry in entries if entry["grade"] and entry["solution"]}


def notebook(unit: str, answers: dict[str, str]) -> bytes:
    """A submission: the graded cells, each answer a word that `Stub` understands (see there); others untouched."""
    cells = []
    for cell in graded_cells(unit):
        id = cell["metadata"]["nbgrader"]["grade_id"]
        source = source_of(cell)
        if answers.get(id):
            source = (
                "I found that it depends." if id in written(unit) else f"def {id}(x): ...  # gives {id} {answers[id]}"
            )
        cells.append({**cell, "source": source})
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def hand_in(folder: Path, student: str, unit: str, answers: dict[str, str], at: datetime | None = None) -> None:
    """Put a submission where grading finds it."""
    place = folder / "submitted" / student / unit
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{unit}.ipynb").write_bytes(notebook(unit, answers))
    if at:
        (place / "timestamp.txt").write_text(f"{at:%Y-%m-%d %H:%M:%S} UTC")


def all_right(unit: str) -> dict[str, str]:
    """Answers that are all right."""
    return dict.fromkeys([*exercises(unit), *written(unit)], "right")


def make_packs(unit: str, twice: float = 2.0, points: dict[str, float] | None = None) -> coordinator.Packs:
    """Hidden packs for a unit's exercises: four calls each. `twice` for the last input, which an author may get wrong."""
    expected = [seen(factor * x) for factor, x in zip((2, 2, 2, twice), INPUTS, strict=True)]
    triple = {"name": "triple", "hint": "Three times.", "symptom": "", "observations": [seen(3 * x) for x in INPUTS]}
    worths = {**exercises(unit), **(points or {})}
    return packs_of(
        {id: make_pack(id, unit, INPUTS, expected, worth, mistakes=[triple]) for id, worth in worths.items()}
    )


def seen(value: float) -> dict:
    """An observation of a call that returned a number."""
    return returned(float(value))


class Stub(NoProcess):
    """An answer is `right`, `triple`, `stub`, or one letter a call: r(ight) or w(rong)."""

    def answers(self, cells: list[str], hidden: dict, files: dict) -> list[dict]:
        """One notebook's answers."""
        given, found = [], dict(re.findall(r"# gives (\w+) (\w+)", "\n".join(cells)))
        for id in hidden:
            how = {"right": "rrrr"}.get(found.get(id, "stub"), found.get(id, "stub"))
            if how == "stub":
                given.append({"answer": id, "stub": True})
                continue
            factors = [3] * 4 if how == "triple" else [2 if letter == "r" else -5 for letter in how]
            observations = [seen(factor * x) for factor, x in zip(factors, INPUTS, strict=True)]
            given.append({"answer": id, "observations": observations})
        return given


def install_stub(monkeypatch: Any, packs: dict[str, coordinator.Packs]) -> None:
    """Let `autograder grade` and `judge` use these packs, and grade without executing anything."""
    from autograder.engine import command

    monkeypatch.setattr(command, "make_parents", lambda *_: [Stub(), Stub()])
    monkeypatch.setattr(command, "unit_ready", lambda unit, whole=False: ())
    monkeypatch.setattr(command, "_load_packs", lambda unit: packs[unit])
    monkeypatch.setattr(command.sandbox, "missing", list)


def zip_of(path: Path, files: dict[str, bytes | str]) -> Path:
    """Write a zip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def csv_of(path: Path, rows: list[list[Any]], encoding: str = "utf-8") -> Path:
    """Write a CSV as LMSs do."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV by heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def moodle_worksheet(path: Path, learners: list[Learner], handed_in: dict[str, str]) -> Path:
    """Moodle's grading worksheet of one assignment; `handed_in` maps ids to times as Moodle writes them."""
    heading = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed"]
    heading += ["Last modified (submission)", "Last modified (grade)", "Feedback comments"]
    rows = [
        [
            f"Participant {one.moodle}",
            f"{one.first} {one.last}",
            one.email,
            "",
            "",
            "100.00",
            "Yes",
            handed_in.get(one.id, "-"),
            "-",
            "",
        ]
        for one in learners
    ]
    return csv_of(path, [heading, *rows], "utf-8-sig")


def canvas_gradebook(path: Path, learners: list[Learner], columns: dict[str, float] | None = None) -> Path:
    """Canvas's gradebook export, with its rows that are nobody."""
    columns = columns or {}
    after = ["Current Score", "Final Score"]
    heading = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns, *after]
    rows = [
        ["    Points Possible", "", "", "", "", *(f"{most:.2f}" for most in columns.values()), *["(read only)"] * 2]
    ]
    for one in learners:
        rows.append(
            [f"{one.last}, {one.first}", one.canvas, f"S{one.canvas}", one.id, "A and B", *[""] * len(columns), "", ""]
        )
    rows.append(["Student, Test", 999, "", "c0ffee", "A and B", *[""] * len(columns), "", ""])
    return csv_of(path, [heading, *rows], "utf-8-sig")
