"""`autograder grade UNIT`: read submissions, have them run in sandboxes, judge what comes out, and write it down.

Threads, one for each warm parent, read, run and judge; this thread alone writes. One bad submission never stops a class.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.engine import judging
from autograder.engine.ledger import Graded, Ledger
from autograder.engine.runner import EngineFault, Result, WarmParent, start_parents
from autograder.engine.sandbox import Limits
from autograder.engine.submission import Submission, Unreadable, fingerprint, read_submission
from autograder.released import REMARKS, Release, restore
from course_utils.describe import decode

#: A change of this number runs every submission again: it stands for what the engine does with one.
ENGINE = 1
RETRIES = 2  # of a submission whose engine, not whose code, failed


@dataclass
class Packs:
    """The hidden packs of a unit: as JSON, for the sandbox, and decoded, for the judge."""

    raw: dict[str, dict]
    decoded: dict[str, dict]
    digest: str

    @classmethod
    def load(cls, folder: Path) -> Packs:
        """Read every pack of a folder `hidden/UNIT`."""
        texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json"))}
        raw = {id: json.loads(text) for id, text in texts.items()}
        whole = hashlib.sha256("".join(texts.values()).encode()).hexdigest()
        return cls(raw, {id: decode(pack) for id, pack in raw.items()}, whole)

    def probes_digest(self, id: str) -> str:
        """A digest of what an exercise's answers are called with: while it stays, stored answers can be judged."""
        pack = self.raw[id]
        facts = [pack["probes"], pack["settings"]["kind"], pack["settings"]["time_limit"], pack["parameters"]]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass
class Work:
    """What grading one unit needs, read once."""

    unit: str
    release: Release
    packs: Packs
    limits: Limits

    def key(self, submission: Submission) -> str:
        """What a grade depends on: the submission's bytes, the release, the packs, the limits, the engine."""
        cells = [[cell.facts["checksum"], cell.source] for cell in self.release.cells.values()]
        facts = [fingerprint(submission), cells, self.packs.digest, sorted(vars(self.limits).items()), ENGINE]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


Run = Callable[[list[str], dict, Limits, dict], Result]


def grade_one(submission: Submission, key: str, work: Work, run: Run) -> Graded:
    """Grade one submission: read, restore, run, judge. Only EngineFault and interrupts come out as exceptions."""
    began = time.perf_counter()
    graded = Graded(submission.student, submission.unit, key, None)
    try:
        content = read_submission(submission)
    except Unreadable as error:
        graded.reasons = [str(error)]
        return graded
    notebook = content.notebook
    remarks = restore(notebook, work.release)
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    }
    sources = [judging.source_of(cell) for cell in judging.code_cells(notebook)]
    result = run_to_last_answer(sources, judging.hidden_of(work.packs.raw), work.limits, content.files, run)
    judgement = judging.fill_in(notebook, result, work.packs.decoded)
    graded.notebook, graded.timestamp, graded.files = notebook, content.timestamp, content.files
    graded.scores = scores_by_cell(notebook, judgement)
    graded.reasons = remarks + judgement.remarks
    graded.mistakes = {id: score.mistake for id, score in judgement.scores.items() if score.mistake}
    graded.exercises = {id: [score.points, score.words, score.mistake] for id, score in judgement.scores.items()}
    graded.answers = {
        "answers": result.answers,
        "sealed": result.sealed,
        "reason": result.reason,
        "probes": {id: work.packs.probes_digest(id) for id in work.packs.raw},
    }
    notebook["metadata"][REMARKS] = graded.reasons
    if not graded.reasons:
        del notebook["metadata"][REMARKS]
    graded.seconds = time.perf_counter() - began
    return graded


def run_to_last_answer(sources: list[str], hidden: dict, limits: Limits, files: dict, run: Run) -> Result:
    """Run a notebook; where a cell ends the process, run once more up to that cell, for the answers given before it."""
    result = run(sources, hidden, limits, files)
    if result.reason and isinstance(result.at, int) and 0 < result.at < len(sources) and not result.sealed:
        before = run(sources[: result.at], hidden, limits, files)
        result.answers, result.sealed = before.answers, before.sealed
    return result


def scores_by_cell(notebook: dict, judgement: judging.Judgement) -> dict[str, float]:
    """grade_id -> points, for the test cells that were judged; a test of another kind earns what its outputs say."""
    scores = {}
    for cell in notebook["cells"]:
        entry = cell["metadata"].get("nbgrader")
        if not entry or not entry.get("grade") or entry.get("solution") or cell["cell_type"] != "code":
            continue
        score = judgement.scores.get(judging.exercise_of(cell))
        scores[entry["grade_id"]] = score.points if score else _points_of_outputs(cell)
    return scores


def _points_of_outputs(cell: dict) -> float:
    """nbgrader's own rule, for test cells that do not call `check`."""
    from nbformat import from_dict
    from nbgrader.utils import determine_grade

    try:
        return float(determine_grade(from_dict(cell))[0] or 0.0)
    except ValueError:
        return 0.0


@dataclass
class Summary:
    """How a run went: what was graded, what was done before, what could not be."""

    graded: list[Graded] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # student -> why the engine could not
    seconds: float = 0.0
    stopped: bool = False


def grade(
    ledger: Ledger,
    work: Work,
    submissions: list[Submission],
    parents: list[Any],
    again: bool = False,
    tell: Callable[[Graded | str], None] = lambda event: None,
) -> Summary:
    """Grade what is not graded yet (`again`: everything) with the given warm parents (or what has their `run`)."""
    began, summary = time.perf_counter(), Summary()
    journal = ledger.journal(work.unit)
    todo: queue.SimpleQueue = queue.SimpleQueue()
    done: queue.SimpleQueue = queue.SimpleQueue()
    waiting = 0
    for submission in submissions:
        key = work.key(submission)
        if not again and ledger.is_done(journal.get(submission.student), key):
            summary.already.append(submission.student)
            tell(submission.student)
        else:
            todo.put((submission, key))
            waiting += 1
    stop = threading.Event()
    threads = [
        threading.Thread(target=_serve, args=(p, work, todo, done, stop), daemon=True) for p in parents[:waiting]
    ]
    for thread in threads:
        thread.start()
    with _interruptible(stop):
        for event in _events(done, waiting, stop):
            if isinstance(event, Graded):
                try:
                    ledger.write(event)
                except OSError as error:
                    summary.failed[event.student] = f"its result could not be written: {error.strerror or error}"
                    continue
                summary.graded.append(event)
                tell(event)
            else:
                student, why = event
                summary.failed[student] = why
                tell(student)
    summary.stopped = stop.is_set()
    stop.set()
    for parent in parents:
        parent.stop()
    summary.seconds = time.perf_counter() - began
    return summary


def _serve(parent: Any, work: Work, todo: queue.SimpleQueue, done: queue.SimpleQueue, stop: threading.Event) -> None:
    """One thread: take submissions until there are none."""
    while not stop.is_set():
        try:
            submission, key = todo.get_nowait()
        except queue.Empty:
            return
        for attempt in range(RETRIES + 1):
            try:
                done.put(grade_one(submission, key, work, parent.run))
                break
            except EngineFault as error:
                if attempt == RETRIES or stop.is_set():
                    done.put((submission.student, f"the engine failed: {error}"))
            except Exception as error:  # a defect of ours must not stop the class, nor be hidden
                done.put((submission.student, f"{type(error).__name__}: {error}"))
                break


def _events(done: queue.SimpleQueue, expected: int, stop: threading.Event) -> Iterator[Any]:
    while expected:
        try:
            yield done.get(timeout=0.2)
            expected -= 1
        except queue.Empty:
            if stop.is_set():
                return


class _interruptible:
    """Ctrl-C and SIGTERM set an event in place of breaking off in the middle of a write."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop, self._old = stop, {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._old[number] = signal.signal(number, lambda *_: self._stop.set())

    def __exit__(self, *error: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)


def make_parents(jobs: int, modules: tuple[str, ...], sandboxed: bool) -> list[WarmParent]:
    """Warm parents for grading on this machine, importing already."""
    parents = [WarmParent(modules, slot, sandboxed) for slot in range(jobs)]
    start_parents(parents)
    return parents


def default_jobs() -> int:
    """One for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
