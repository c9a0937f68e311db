"""A course in a folder of its own whose class has handed in, with as little in it as the coordinator needs.

Run as a program it grades that course with a stubbed runner, so that a test can kill it at any moment:

    python -m tests.autograder.engine.stubbed FOLDER SECONDS
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from nbgrader.api import Gradebook

from autograder.engine import coordinator
from autograder.engine.record.ledger import Ledger
from autograder.engine.run.sandbox import Limits
from autograder.engine.submitted.submission import find_submissions
from tests.doubles import NoProcess, make_pack, packs_of, returned

UNIT = "01_small"
TEST = 'check("double", double)\n### BEGIN HIDDEN TESTS\nfrom autograder.grading import grade\n\ngrade("double", double)\n### END HIDDEN TESTS'
DUE = datetime(2030, 1, 31, 12)


def code(source: str, name: str = "", **facts: Any) -> dict:
    """A code cell, one of nbgrader's where it has a name."""
    metadata = {}
    if name:
        entry = {"grade_id": name, "schema_version": 3, "task": False, "checksum": "0" * 32, **facts}
        metadata = {"nbgrader": {"grade": False, "solution": False, "locked": False, **entry}}
    return {
        "cell_type": "code",
        "id": name or hashlib.sha256(source.encode()).hexdigest()[:8],
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def notebook(answer: str) -> dict:
    """A submission: a set-up cell, the answer, its test, and a question that is graded by hand."""
    cells = [
        code('from course_utils import check, start\nstart("01_small")'),
        code(answer, "double", solution=True),
        code('check("double", double)', "test_double", grade=True, locked=True, points=2.0),
        code("words = 'an explanation'", "explain", grade=True, solution=True, points=3.0),
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def answer(times: int) -> str:
    """The source of an answer that multiplies."""
    return f"def double(x):\n    return {times} * x"


def hand_in(root: Path, student: str, content: dict | bytes) -> Path:
    """Write a student's submission."""
    folder = root / "submitted" / student / UNIT
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{UNIT}.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    (folder / "timestamp.txt").write_text("2030-01-31 11:00:00 UTC\n")
    (folder / "notes.txt").write_text(f"of {student}")
    return path


def make_course(root: Path, students: int, db_url: str = "") -> str:
    """A course with its unit in the gradebook and a class that has handed in. Returns the gradebook's address."""
    root.mkdir(parents=True, exist_ok=True)
    os.environ["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ["PATH"]]
    )  # nbgrader calls alembic
    if db_url:
        _release(db_url)
    else:
        (root / "gradebook.db").write_bytes(_released(TEST))
    for number in range(students):
        hand_in(root, f"student{number:02d}", notebook(answer(2 + number % 3)))
    return db_url or f"sqlite:///{root / 'gradebook.db'}"


@functools.cache
def _released(test: str) -> bytes:
    """A gradebook in which the unit is released with this test; made once, for nbgrader takes seconds to make one."""
    with tempfile.TemporaryDirectory() as folder:
        _release(f"sqlite:///{folder}/gradebook.db")
        return Path(folder, "gradebook.db").read_bytes()


def _release(db_url: str) -> None:
    with Gradebook(db_url) as gradebook:
        gradebook.add_assignment(UNIT, duedate=DUE)
        gradebook.add_notebook(UNIT, UNIT)
        common = {"notebook": UNIT, "assignment": UNIT}
        gradebook.add_grade_cell("test_double", **common, max_score=2, cell_type="code")
        gradebook.add_grade_cell("explain", **common, max_score=3, cell_type="code")
        for name in ("double", "explain"):
            gradebook.add_solution_cell(name, **common)
        for name, source, locked in (
            ("double", "...", False),
            ("test_double", TEST, True),
            ("explain", "...", False),
        ):
            gradebook.add_source_cell(name, **common, cell_type="code", source=source, locked=locked, checksum="0" * 32)


def small_packs(rtol: float = 1e-6, points: float = 2, probes: tuple = (3, 10), hint: str = "Three times.") -> Any:
    """The hidden packs of the unit's only exercise."""
    triple = {"name": "triple", "hint": hint, "symptom": "", "observations": observed(3, probes)}
    pack = make_pack("double", UNIT, probes, observed(2, probes), points, mistakes=[triple])
    return packs_of({"double": {**pack, "settings": {**pack["settings"], "rtol": rtol}}})


def observed(times: float, probes: tuple = (3, 10)) -> list[dict]:
    """What an answer that multiplies gives for the probes."""
    return [returned(float(times * value)) for value in probes]


class Stub(NoProcess):
    """Reads from the source what the answer would give. Counts, waits, fails as it is told."""

    def __init__(self, seconds: float = 0.0, log: Path | None = None, fails: Any = None) -> None:
        self.seconds, self.log, self.fails, self.ran = seconds, log, fails, 0

    def answers(self, cells: list[str], hidden: dict, files: dict) -> list[dict]:
        """One notebook's answer."""
        self.ran += 1
        if self.fails:
            self.fails(cells)
        time.sleep(self.seconds)
        if self.log:
            with self.log.open("a") as log:
                log.write(files["notes.txt"].decode() + "\n")
        times = int(cells[1].split("return ")[1].split(" ")[0])
        probes = tuple(probe["args"][0]["value"] for probe in hidden["double"]["probes"])
        return [{"answer": "double", "observations": observed(times, probes)}]


def grade(root: Path, db_url: str, stubs: list | None = None, packs: Any = None, **options: Any) -> Any:
    """Grade the course; returns the summary."""
    with Ledger(root, db_url) as ledger:
        work = coordinator.Work(UNIT, ledger.release(UNIT), packs or small_packs(), Limits())
        return coordinator.grade(ledger, work, find_submissions(root, UNIT), stubs or [Stub(), Stub()], **options)


def contents(root: Path, db_url: str) -> dict[str, Any]:
    """All that a grading leaves: every table but times and generated ids, and every byte of files."""
    engine = sql.create_engine(db_url)
    tables = sql.MetaData()
    tables.reflect(engine)
    found: dict[str, Any] = {}
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            keep = [c for c in table.columns if c.name not in ("graded_at", "facts") and not c.name.endswith("id")]
            rows = connection.execute(sql.select(*keep)).all() if keep else []
            found[table.name] = sorted(map(repr, rows))
        facts = connection.execute(sql.text("select student, facts from autograder_journal order by student")).all()
        found["facts"] = [
            (student, {**json.loads(text), "seconds": 0, "answer_seconds": {}}) for student, text in facts
        ]
    engine.dispose()
    for place in ("autograded", "answers"):
        for path in sorted((root / place).rglob("*")):
            found[str(path.relative_to(root))] = path.read_bytes() if path.is_file() else "folder"
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    said = {"fails": lambda cells: print("running", flush=True)}
    stubs = [Stub(float(sys.argv[2]), folder / "ran.txt", **said) for _ in range(2)]
    summary = grade(folder, f"sqlite:///{folder / 'gradebook.db'}", stubs)
    print(f"stopped: {summary.stopped}", flush=True)
    sys.exit(130 if summary.stopped else 0)
