"""`autograder preview`: a unit as learners will have it, beside its solution, and what each declared mistake is told, on one page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from autograder.authoring.build import notebook_path, solution_path
from autograder.authoring.packing import make_visible_pack, observe_patiently
from autograder.course import ROOT
from autograder.exercise import Exercise
from autograder.exercises import load_exercises
from course_utils import files
from course_utils.judge import judge
from course_utils.refused import Refused
from course_utils.verdict import as_html, inline

FOLDER = ROOT / "reports"  # never committed, and no part of a release: the page shows mistakes
_TEMPLATES = Path(__file__).parent


def write_page(unit: str, track: Callable[[list[Exercise]], Iterable[Exercise]] = list) -> Path:
    """Write the page of a unit's verdicts: for each exercise, what `check` tells who makes each declared mistake. Returns its path."""
    import jinja2

    shown = [(one, _told(one)) for one in track(list(load_exercises(unit).values()))]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline"] = inline  # which escapes
    path = FOLDER / f"preview_{unit}.html"
    files.write(path, environment.get_template("preview.html.jinja").render(unit=unit, exercises=shown).encode())
    return path


def _told(exercise: Exercise) -> list[dict[str, Any]]:
    """Each mistake's name, hint and verdict, as learners see it."""
    pack = make_visible_pack(exercise)
    told = []
    for mistake in exercise.mistakes:
        answer = mistake.answer() if exercise.settings["kind"] == "model" else mistake.answer
        verdict = judge(pack, observe_patiently(answer, pack))
        told.append(
            {
                "name": mistake.name,
                "hint": mistake.hint,
                "verdict": as_html(verdict),
                "named": verdict.mistake == mistake.name,
            }
        )
    return told


def require_built(unit: str) -> None:
    """Raise Refused where a unit's notebooks are not there."""
    for path in (notebook_path(unit), solution_path(unit)):
        if not path.exists():
            raise Refused(f"there is no {path}; make it: autograder build {unit[:2]}")


def layout(unit: str, page: Path) -> dict[str, Any]:
    """A workspace of JupyterLab's: the learner's notebook on the left; the solution, and behind it the page, on the right."""
    learners, solution, told = (
        path.relative_to(ROOT).as_posix() for path in (notebook_path(unit), solution_path(unit), page)
    )
    opened = {
        f"notebook:{learners}": {"path": learners, "factory": "Notebook"},
        f"notebook:{solution}": {"path": solution, "factory": "Notebook"},
        f"htmlviewer:{told}": {"path": told, "factory": "HTML Viewer"},
    }
    left, right, behind = opened
    areas = [
        {"type": "tab-area", "currentIndex": 0, "widgets": [left]},
        {"type": "tab-area", "currentIndex": 1, "widgets": [behind, right]},
    ]
    dock = {"type": "split-area", "orientation": "horizontal", "sizes": [0.5, 0.5], "children": areas}
    shell = {"main": {"dock": dock, "current": left}, "left": {"collapsed": True}, "right": {"collapsed": True}}
    data = {"layout-restorer:data": shell, **{name: {"data": facts} for name, facts in opened.items()}}
    return {"data": data, "metadata": {"id": f"preview-{unit}"}}


def open_lab(unit: str, page: Path) -> int:
    """Open JupyterLab on the course with that layout, until it is stopped; returns its exit code."""
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    workspace = layout(unit, page)
    name = workspace["metadata"]["id"]
    with tempfile.TemporaryDirectory() as folder:
        WorkspacesManager(folder).save(name, json.dumps(workspace))
        options = [
            f"--ServerApp.root_dir={ROOT}",
            f"--LabApp.workspaces_dir={folder}",
            f"--LabApp.default_url=/lab/workspaces/{name}",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--allow-root")
        return subprocess.run([sys.executable, "-m", "course_utils.lab", *options], cwd=ROOT, check=False).returncode
