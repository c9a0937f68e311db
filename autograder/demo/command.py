"""`autograder grade-demo`: a class of twelve, released, handed in, graded and shown, in a folder of its own.

All of it is nbgrader with this course's configuration; only the class is made up.
"""

from __future__ import annotations

import contextlib
import datetime
import importlib
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import nbformat

from autograder.authoring.lesson import BEGIN, END
from autograder.course import EXERCISES, KIT, ROOT, SOLUTIONS
from autograder.demo.learner import Learner
from course_utils.refused import Refused

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI

    from autograder.report.points import SubmissionPoints

#: The hidden probes of the demo are the same on every machine, and so are its points.
SECRET = "the demo's secret file does not hold a secret"
DUE = datetime.datetime(2030, 1, 31, 12, 0, tzinfo=datetime.UTC)

_CONFIG = """\
c = get_config()
load_subconfig("nbgrader_config.py", path={root!r})
c.CourseDirectory.root = {folder!r}
c.CourseDirectory.source_directory = {solutions!r}
c.CourseDirectory.release_directory = "release"
c.CourseDirectory.db_url = {db_url!r}
"""


def write_config(folder: Path) -> Path:
    """Give `folder` an nbgrader_config.py: the course's own, with the gradebook and all that is written in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    path = folder / "nbgrader_config.py"
    settings = {"root": ROOT, "folder": folder, "solutions": SOLUTIONS}
    db_url = f"sqlite:///{folder / 'gradebook.db'}"
    path.write_text(_CONFIG.format(**{name: str(value) for name, value in settings.items()}, db_url=db_url))
    return path


def environment(folder: Path) -> dict[str, str]:
    """The environment variables under which everything of a demo in `folder` runs."""
    return {**os.environ, "COURSE_SECRET": SECRET, "COURSE_HIDDEN_PACKS": str(folder.resolve() / "hidden")}


def open_api(folder: Path) -> NbGraderAPI:
    """nbgrader's programming interface, with the configuration of the course in `folder`."""
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config.loader import PyFileConfigLoader

    return NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config())


def made_up_class() -> list[Learner]:
    """The course's invented class: CLASS of demo_class.py beside its exercises; here it lies in this room.

    Raises Refused where the course has none.
    """
    if (EXERCISES / "demo_class.py").is_file():
        return list(importlib.import_module("autograder.exercises.demo_class").CLASS)
    if ROOT != KIT:
        raise Refused(
            f"this course has no made-up class to grade: write {EXERCISES / 'demo_class.py'}, with CLASS = [Learner(...)]"
        )
    from autograder.demo.learners import CLASS

    return CLASS


def run(
    folder: Path, say: Callable[[str], None] = print, learners: list[Learner] | None = None
) -> list[SubmissionPoints]:
    """Release, hand in, grade and give feedback in `folder`, which is made anew; return the scores.

    Two units at a time, the longest first. Raises Refused for a folder that is not a demo's, and, naming the log, when
    nbgrader could not release a unit.
    """
    from autograder.report.points import read_points

    learners = made_up_class() if learners is None else learners
    if folder.exists():
        _require_demo(folder)
        shutil.rmtree(folder)
    write_config(folder)
    units = sorted({learner.unit for learner in learners}, reverse=True)  # the later, the longer it trains
    api = open_api(folder)
    api.gradebook.close()  # made here, before two processes would make it at once
    steps = itertools.count(1)

    def count(line: str) -> None:
        say(f"[{next(steps):2}/{len(units) + len(learners)}] {line}")

    with ThreadPoolExecutor(2) as pool:
        for unit, code in zip(units, pool.map(lambda unit: _in_own_process(folder, unit, count), units), strict=True):
            if code:
                raise Refused(f"unit {unit} could not be graded; nbgrader's log says why: {_log_path(folder, unit)}")
    with api.gradebook as gradebook:
        return read_points(gradebook, api.coursedir)


def _require_demo(folder: Path) -> None:
    """Refuse to make a folder anew that is not a demo's: whatever else is in it would be gone."""
    config = folder / "nbgrader_config.py"
    begin = _CONFIG.partition("{root!r}")[0]
    if any(folder.iterdir()) and not (config.is_file() and config.read_text(encoding="utf-8").startswith(begin)):
        raise Refused(
            f"{folder} holds files that are not those of a demo. Name a new folder, or an empty one, with --folder"
        )


def _in_own_process(folder: Path, unit: str, say: Callable[[str], None]) -> int:
    """Grade one unit in a process that has the demo's environment; pass on each line that it says."""
    command = [sys.executable, "-m", "autograder.demo.command", str(folder), unit]
    with (
        _log_path(folder, unit).open("a") as log,
        subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None  # it was started with a pipe
        for line in process.stdout:
            say(line.rstrip())
    return process.returncode


def _log_path(folder: Path, unit: str) -> Path:
    return folder / f"nbgrader_{unit}.log"


def grade_unit(folder: Path, unit: str, learners: list[Learner]) -> Iterator[str]:
    """Release a unit, let the learners hand in, grade, write feedback; yield what was done, a line each.

    nbgrader's own log goes to stderr. A submission that it cannot grade is one line like the others.
    """
    from autograder.engine import command

    api = open_api(folder)

    def do(action: Callable[..., dict], *args: str) -> bool:
        result = action(*args)
        print(result["log"], result.get("error") or "", file=sys.stderr, flush=True)
        return result["success"]

    if not do(api.generate_assignment, unit):
        raise Refused(f"nbgrader could not release {unit}; its log above says why")
    with api.gradebook as gradebook:
        gradebook.update_or_create_assignment(unit, duedate=DUE.replace(tzinfo=None))
    yield f"{unit}: released"
    for learner in learners:
        hand_in(learner, Path(api.coursedir.format_path("release", ".", unit)), folder / "submitted")
    for learner in learners:
        graded = do(api.autograde, unit, learner.name)
        if graded:
            do(api.generate_feedback, unit, learner.name)
        else:  # nbgrader leaves it without points; the engine, as in any class, writes down why it counts as nothing
            command.grade_unit(unit, command.Options(students=(learner.name,), root=folder))
        how = "graded, feedback written" if graded else "cannot be read, and counts as nothing"
        yield f"{unit}: {learner.name} ({learner.story}): {how}"


def hand_in(learner: Learner, release: Path, submitted: Path) -> None:
    """Write a learner's submission, made from the released notebook, with its timestamp."""
    folder = submitted / learner.name / learner.unit
    folder.mkdir(parents=True)
    path = folder / f"{learner.unit}.ipynb"
    at = DUE + datetime.timedelta(hours=learner.hours_late or -1)
    (folder / "timestamp.txt").write_text(f"{at:%Y-%m-%d %H:%M:%S} UTC\n")
    if learner.instead is not None:
        path.write_text(learner.instead)
        return
    notebook = nbformat.read(release / path.name, as_version=4)
    answers = answers_of(learner)
    for cell in notebook.cells:
        entry = cell.metadata.get("nbgrader", {})
        if entry.get("solution") and answers.get(entry["grade_id"]):
            cell.source = answers[entry["grade_id"]]
    for change in learner.changes:
        change(notebook)
    nbformat.write(notebook, path)


def answers_of(learner: Learner) -> dict[str, str]:
    """The source of a learner's answer by exercise; "" where it was left as it came."""
    right = right_answers(learner.unit) if learner.others_right else {}
    return {**right, **{id: dedent(source).strip() for id, source in learner.answers.items()}}


def right_answers(unit: str) -> dict[str, str]:
    """The source of each solution cell of a unit's solution, without the markers."""
    notebook = nbformat.read(SOLUTIONS / unit / f"{unit}.ipynb", as_version=4)
    return {
        cell.metadata["nbgrader"]["grade_id"]: "\n".join(
            line for line in cell.source.splitlines() if BEGIN not in line and END not in line
        )
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):  # what others print goes to the log
        for line in grade_unit(
            Path(sys.argv[1]), sys.argv[2], [one for one in made_up_class() if one.unit == sys.argv[2]]
        ):
            print(line, flush=True, file=sys.__stdout__)
