"""The one writer: puts a graded submission into the gradebook, the `autograded/` folder and the store of answers.

For each submission: whole files first, each by atomic rename, then one transaction that holds the scores and the journal's
entry. A run that is killed in between grades that submission again, with the same result; one whose entry is there, for the
same bytes, packs and release, is not run again.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import json
import os
import socket
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import compute_checksum

from autograder.released import Release


class Held(RuntimeError):
    """Another coordinator is grading this course; the message says who."""


@dataclass
class Graded:
    """A submission as the judge left it, ready to be written. `notebook` is None where there was none to grade."""

    student: str
    unit: str
    key: str
    notebook: dict | None
    scores: dict[str, float] = field(default_factory=dict)  # by nbgrader grade_id
    answers: dict = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    mistakes: dict[str, str] = field(default_factory=dict)  # exercise -> recognised mistake
    timestamp: datetime | None = None
    exercises: dict[str, list] = field(default_factory=dict)  # exercise -> [points, words, mistake]
    files: dict[str, bytes] = field(default_factory=dict)  # others that were submitted beside the notebook
    keep_files: bool = False  # judged again: what lies beside the notebook stays
    seconds: float = 0.0


_metadata = sql.MetaData()
JOURNAL = sql.Table(
    "autograder_journal",
    _metadata,
    sql.Column("unit", sql.String(128), primary_key=True),
    sql.Column("student", sql.String(128), primary_key=True),
    sql.Column("key", sql.String(64), nullable=False),  # digest of all that the grade depends on
    sql.Column("notebook", sql.String(64), nullable=False),  # digest of the graded notebook's bytes
    sql.Column("graded_at", sql.String(32), nullable=False),
    sql.Column("facts", sql.Text, nullable=False),  # JSON: points, reasons, mistakes, seconds
)


class Ledger:
    """The gradebook of a course, opened by the only coordinator that may write it. A context manager."""

    def __init__(self, root: Path, db_url: str, late_penalty: Any = None) -> None:
        self.root, self.late_penalty = root, late_penalty
        self._lock = _take_lock(root)
        try:
            self.gradebook = Gradebook(db_url)
            _metadata.create_all(self.gradebook.engine)
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *error: object) -> None:
        self.gradebook.close()
        self._lock.close()

    def release(self, unit: str) -> Release:
        """The unit as released. Raises LookupError, with the remedy, when it is not in the gradebook."""
        try:
            return Release.load(self.gradebook, unit, unit)
        except MissingEntry:
            remedy = f"run `nbgrader generate_assignment {unit}` first"
            raise LookupError(f"unit {unit} is not in the gradebook; {remedy}") from None

    def journal(self, unit: str) -> dict[str, Any]:
        """student -> the journal's row for this unit."""
        rows = self.gradebook.db.execute(sql.select(JOURNAL).where(JOURNAL.c.unit == unit)).mappings().all()
        self.gradebook.db.rollback()  # ends the read's transaction
        return {row["student"]: row for row in rows}

    def is_done(self, row: Any, key: str) -> bool:
        """Whether a journal's row stands for this very work, and what it wrote is still there."""
        if row is None or row["key"] != key:
            return False
        path = self.notebook_path(row["student"], row["unit"])
        return row["notebook"] == "" or (path.exists() and digest(path.read_bytes()) == row["notebook"])

    def notebook_path(self, student: str, unit: str) -> Path:
        """Where the graded notebook lies."""
        return self.root / "autograded" / student / unit / f"{unit}.ipynb"

    def answers_path(self, student: str, unit: str) -> Path:
        """Where the described answers lie, for judging again without running."""
        return self.root / "answers" / unit / f"{student}.json.gz"

    def read_answers(self, student: str, unit: str) -> dict | None:
        """The stored answers of a submission, or None where there are none."""
        path = self.answers_path(student, unit)
        return json.loads(gzip.decompress(path.read_bytes())) if path.exists() else None

    def write(self, graded: Graded) -> None:
        """Write one graded submission: files, then one transaction. Raises OSError (disk full) with nothing changed in the
        gradebook.
        """
        data = b""
        if graded.notebook is not None:
            data = dump_notebook(graded.notebook)
            self._write_files(graded, data)
            if graded.answers:
                packed = gzip.compress(json.dumps(graded.answers, separators=(",", ":")).encode(), 1, mtime=0)
                write_atomically(self.answers_path(graded.student, graded.unit), packed)
        with self._transaction():
            submission = self._submission(graded)
            self._save_scores(submission, graded)
            self._save_late_penalty(submission, graded)
            self._save_journal(graded, digest(data) if data else "")

    def _write_files(self, graded: Graded, data: bytes) -> None:
        path = self.notebook_path(graded.student, graded.unit)
        path.parent.mkdir(parents=True, exist_ok=True)
        wanted = {path.name: data, **graded.files}
        for name, content in wanted.items():
            write_atomically(path.parent / name, content, read_only=True)
        for stale in () if graded.keep_files else list(path.parent.rglob("*")):
            if stale.is_file() and str(stale.relative_to(path.parent)) not in wanted:
                stale.unlink()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing: nbgrader's own commits within are flushes until the end."""
        session = self.gradebook.db()
        commit, session.commit = session.commit, session.flush
        try:
            yield
            commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            del session.commit

    def _submission(self, graded: Graded) -> Any:
        gradebook = self.gradebook
        with gradebook.db.no_autoflush:
            gradebook.update_or_create_student(graded.student)
            extra = {"timestamp": graded.timestamp} if graded.timestamp else {}
            return gradebook.update_or_create_submission(graded.unit, graded.student, **extra)

    def _save_scores(self, submission: Any, graded: Graded) -> None:
        """As nbgrader's SaveAutoGrades: manual scores stay, and are marked for another look."""
        cells = {}
        for cell in (graded.notebook or {"cells": []})["cells"]:
            entry = cell["metadata"].get("nbgrader")
            if entry:
                cells[entry["grade_id"]] = cell
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                cell = cells.get(grade.name)
                if cell is not None and cell["metadata"]["nbgrader"].get("solution"):  # graded by hand
                    grade.auto_score = 0 if _is_untouched(cell) else None
                else:
                    grade.auto_score = graded.scores.get(grade.name, 0.0)
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            for comment in notebook.comments:
                cell = cells.get(comment.name)
                comment.auto_comment = "No response." if cell is not None and _is_untouched(cell) else None
        self.gradebook.db.flush()

    def _save_late_penalty(self, submission: Any, graded: Graded) -> None:
        """As nbgrader's AssignLatePenalties: never below 0 and never more than the score."""
        self.gradebook.db.refresh(submission)
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = None
            if submission.total_seconds_late > 0 and self.late_penalty:
                self.gradebook.db.flush()
                self.gradebook.db.refresh(notebook)
                penalty = self.late_penalty(graded.student, notebook.score, submission.total_seconds_late)
                if penalty is not None:
                    notebook.late_submission_penalty = min(max(penalty, 0), notebook.score)

    def _save_journal(self, graded: Graded, notebook: str) -> None:
        facts = {
            "points": graded.scores,
            "reasons": graded.reasons,
            "mistakes": graded.mistakes,
            "exercises": graded.exercises,
            "seconds": round(graded.seconds, 3),
        }
        row = {
            "unit": graded.unit,
            "student": graded.student,
            "key": graded.key,
            "notebook": notebook,
            "graded_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "facts": json.dumps(facts, ensure_ascii=False),
        }
        here = (JOURNAL.c.unit == graded.unit) & (JOURNAL.c.student == graded.student)
        self.gradebook.db.execute(sql.delete(JOURNAL).where(here))
        self.gradebook.db.execute(sql.insert(JOURNAL).values(**row))


def _is_untouched(cell: dict) -> bool:
    from nbformat.notebooknode import from_dict

    entry = cell["metadata"]["nbgrader"]
    return bool(entry.get("solution")) and entry.get("checksum") == compute_checksum(from_dict(cell))


def digest(data: bytes) -> str:
    """The sha256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def dump_notebook(notebook: dict) -> bytes:
    """A notebook's bytes as nbformat writes them: source and text as lists of lines, sorted keys."""
    from nbformat import from_dict, writes

    return (writes(from_dict(notebook), version=4) + "\n").encode()


def write_atomically(path: Path, data: bytes, read_only: bool = False) -> None:
    """Write a whole file or nothing: into a file beside it, then a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with open(partial, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if read_only:
            partial.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def _take_lock(root: Path) -> Any:
    """Hold `grading.lock` while this process lives. Raises Held, naming the holder, when another does."""
    root.mkdir(parents=True, exist_ok=True)
    file = open(root / "grading.lock", "a+")  # noqa: SIM115  (held until the ledger is closed)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "another process"
        file.close()
        raise Held(f"this course is being graded by {holder}; wait for it, or stop it") from None
    file.truncate(0)
    file.write(f"process {os.getpid()} on {socket.gethostname()} since {time.strftime('%H:%M:%S')}\n")
    file.flush()
    return file
