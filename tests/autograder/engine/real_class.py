"""A real class of two_exercises in a folder of its own, graded by real warm processes in real sandboxes.

Run as a program it is the command `autograder grade` for that class, so that a test can kill any of its processes:

    python -m tests.autograder.engine.real_class FOLDER [OPTION ...]
"""

from __future__ import annotations

import copy
import functools
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as the command line does before anything else: it saves the start of a grammar for seconds
    sys.modules.setdefault("rfc3987_syntax", None)

from nbgrader.api import Gradebook

from autograder.engine import command
from autograder.engine.coordinator import Packs
from tests.autograder.engine.stubbed import DUE, code, hand_in
from tests.autograder.engine.two_exercises import DECODED, DOUBLE, RAW, TOTAL, source_of_test

UNIT = "01_small"
POINTS = {"double": 2.0, "total": 3.0}
LOOP = "def total(x):\n    s = 0.0\n    for v in x:\n        s += v\n    return s"
SQUARE = "def double(x):\n    return x**2"


def shown(id: str) -> str:
    """What a learner sees of a test."""
    return source_of_test(id).split("\nfrom autograder")[0]


def source_cell(id: str) -> str:
    """A test with its hidden part."""
    hidden = source_of_test(id).removeprefix(shown(id) + "\n")
    return f"{shown(id)}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"


def notebook(double: str = DOUBLE, total: str = TOTAL, first: str = "import numpy as np") -> dict:
    """A submission."""
    cells = [
        code(first),
        code(double, "double", solution=True),
        code(shown("double"), "test_double", grade=True, locked=True, points=2.0),
        code(total, "total", solution=True),
        code(shown("total"), "test_total", grade=True, locked=True, points=3.0),
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def make_course(root: Path, students: int = 6, seconds: float = 0.0) -> str:
    """A course whose class has handed in right and wrong answers that take some time. Returns the gradebook's address."""
    root.mkdir(parents=True, exist_ok=True)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    db_url = f"sqlite:///{root / 'gradebook.db'}"
    (root / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.db_url = {db_url!r}\n")
    (root / "gradebook.db").write_bytes(_released())
    wait = f"import time\ntime.sleep({seconds})\nimport numpy as np"
    for number in range(students):
        made = notebook(SQUARE if number % 3 == 1 else DOUBLE, LOOP if number % 3 == 2 else TOTAL, wait)
        hand_in(root, f"student{number:02d}", made)
    return db_url


@functools.cache
def _released() -> bytes:
    """A gradebook in which the unit is released; made once, for nbgrader takes seconds to make one."""
    with tempfile.TemporaryDirectory() as folder, Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        gradebook.add_assignment(UNIT, duedate=DUE)
        gradebook.add_notebook(UNIT, UNIT)
        common = {"notebook": UNIT, "assignment": UNIT}
        for id, points in POINTS.items():
            gradebook.add_grade_cell(f"test_{id}", **common, max_score=points, cell_type="code")
            gradebook.add_solution_cell(id, **common)
            for name, source, locked in ((id, "...", False), (f"test_{id}", source_cell(id), True)):
                gradebook.add_source_cell(
                    name, **common, cell_type="code", source=source, locked=locked, checksum="0" * 32
                )
        return Path(folder, "gradebook.db").read_bytes()


def packs() -> Packs:
    """The hidden packs of the two exercises."""
    return Packs(copy.deepcopy(RAW), copy.deepcopy(DECODED), "of two_exercises")


def install(patch: Any = None) -> None:
    """Let the command line find this unit; everything else of it is as it is. `patch`: pytest's monkeypatch."""
    from autograder import exercises

    put = patch.setattr if patch else setattr
    put(exercises, "find_unit", lambda unit: UNIT)
    put(command, "unit_ready", lambda unit, whole=False: ())
    put(command, "unit_sources", lambda unit: [])
    put(command, "_load_packs", lambda unit: packs())


if __name__ == "__main__":
    from autograder import cli

    install()
    os.chdir(sys.argv[1])
    sys.argv = ["autograder", "grade", UNIT, *sys.argv[2:]]
    cli.main()
