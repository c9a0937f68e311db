"""`autograder grade UNIT`: read submissions, have them run in sandboxes, judge what comes out, and write it down.

Threads, one for each warm parent, read, run and judge; this thread alone writes. One bad submission never stops a class.
"""

from __future__ import annotations

import functools
import hashlib
import json
import queue
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.authoring.cells import exercise_of
from autograder.engine import ENGINE
from autograder.engine.attempts import Run, run_and_judge
from autograder.engine.gate import Gate
from autograder.engine.judge import judging, steps
from autograder.engine.judge.fault import find_fault
from autograder.engine.judge.guarded import Bounds, Broken, Defect, Guarded
from autograder.engine.judging_process import BOUNDS, Answers, JudgeProcess, NotNow
from autograder.engine.memory import return_large_blocks
from autograder.engine.record.answers import StoredAnswers
from autograder.engine.record.gradebook import Busy
from autograder.engine.record.ledger import Graded, Ledger
from autograder.engine.run.runner import EngineFault, EngineGone, GiveUp, unpack_job
from autograder.engine.run.sandbox import Limits
from autograder.engine.submitted.released import Release, put_back
from autograder.engine.submitted.repair import Lesson
from autograder.engine.submitted.sliced import Slicer
from autograder.engine.submitted.submission import (
    Folder,
    Submission,
    Unreadable,
    fingerprint,
    parse_submission,
    read_folder,
)
from autograder.judged import REMARKS
from autograder.limits import ENGINE_RETRIES, GRADEBOOK_SECONDS
from course_utils.describe import decode

DEFECT = "grading it failed by a defect of the autograder; its log has the traceback, please report it"


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
        settings = pack["settings"]
        facts = [pack["probes"], settings["kind"], settings["time_limit"], pack["parameters"], pack["rules"]]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass
class Work:
    """What grading one unit needs, read once."""

    unit: str
    release: Release
    packs: Packs
    limits: Limits
    lesson: Lesson = field(default_factory=Lesson)
    slicer: Slicer | None = None  # None: all cells of a notebook are run
    beside: dict[str, bytes] = field(default_factory=dict)  # the lesson's files, in the place of those submitted

    def __post_init__(self) -> None:
        """Digest, once, what is the same for a whole class."""
        cells = [[cell.name, cell.facts["cell_type"], cell.source] for cell in self.release.cells.values()]
        probes = [[id, self.packs.probes_digest(id)] for id in self.packs.raw]
        same: list[Any] = [cells, self.lesson.cells, probes, sorted(vars(self.limits).items()), ENGINE]
        if self.slicer is not None:  # what was run whole does not stand for this, nor the other way round
            same.append(["sliced", self.slicer.digest()])
        if self.beside:
            same.append({name: hashlib.sha256(data).hexdigest() for name, data in self.beside.items()})
        self._same = json.dumps(same)

    def key(self, folder: Folder) -> str:
        """What a run depends on: the submission's bytes, the release, the probes, the limits, the engine.

        Not what answers are judged by: where only that changed, they are judged again and nothing runs.
        """
        return hashlib.sha256(f"{fingerprint(folder)}{self._same}".encode()).hexdigest()


def grade_one(
    submission: Submission, folder: Folder, key: str, work: Work, run: Run, alone: Run | None = None
) -> Graded:
    """Grade what was read of a submission: parse, put back, run (`alone`: as the only one), judge.

    Only EngineFault and interrupts come out. `key` is `work.key(folder)`.
    """
    began = time.perf_counter()
    graded = Graded(submission.student, submission.unit, key, None)
    steps.begin(steps.READ)
    try:
        content = parse_submission(folder)
    except Unreadable as error:
        graded.reasons, graded.set_aside = [str(error)], True
        return graded
    notebook = content.notebook
    remarks = put_back(notebook, work.release)
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    }
    result, judgement = run_and_judge(
        notebook, work.packs, work.lesson, work.limits, content.files | work.beside, run, alone, work.slicer
    )
    graded.ran, graded.processor = judgement.ran, judgement.processor
    graded.notebook, graded.time, graded.files = notebook, content.time, content.files
    graded.scores = scores_by_cell(notebook, judgement)
    of_time = [content.time.remark] if content.time and content.time.remark else []
    graded.reasons = [*content.left_out, *remarks, *judgement.remarks, *steps.remarks(), *of_time]
    graded.set_aside = bool(content.left_out) and not all(one.is_full for one in judgement.scores.values())
    graded.exercises, graded.fault = judgement.scores, find_fault(notebook, result)
    graded.answers = StoredAnswers.of(result, {id: work.packs.probes_digest(id) for id in work.packs.raw})
    notebook["metadata"][REMARKS] = graded.reasons
    if not graded.reasons:
        del notebook["metadata"][REMARKS]
    graded.seconds = time.perf_counter() - began - result.waited
    graded.answer_seconds = {id: seconds for id, seconds in result.seconds.items() if id in work.packs.raw}
    return graded


def scores_by_cell(notebook: dict, judgement: judging.Judgement) -> dict[str, float]:
    """grade_id -> points, for the test cells that were judged; a test of another kind earns what its outputs say."""
    scores = {}
    for cell in notebook["cells"]:
        entry = cell["metadata"].get("nbgrader")
        if not entry or not entry.get("grade") or entry.get("solution") or cell["cell_type"] != "code":
            continue
        score = judgement.scores.get(exercise_of(cell) or "")
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

    graded: list[Graded] = field(default_factory=list)  # without their notebooks, answers and files
    already: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # student -> why the engine could not
    seconds: float = 0.0
    stopped: bool = False
    why: str = ""  # it stopped, where that was not asked for


@dataclass(frozen=True)
class _Already:
    student: str


@dataclass(frozen=True)
class _Failed:
    student: str
    why: str
    trace: str = ""  # of a defect, for the log


def grade(
    ledger: Ledger,
    work: Work,
    submissions: Iterable[Submission],
    parents: list[Any],
    again: bool = False,
    tell: Callable[[str], None] = lambda student: None,
    bounds: Bounds = BOUNDS,
) -> Summary:
    """Grade what is not graded yet (`again`: everything) with the given warm parents (or what has their `run`).

    Nothing is held for a submission but its row of the summary: a class of any size takes the same memory for the rest.
    """
    began, summary = time.perf_counter(), Summary()
    return_large_blocks()
    run = _Run(ledger, work, iter(submissions), {} if again else ledger.journal(work.unit), len(parents))
    judges = [JudgeProcess(grade_one, work, bounds) for _ in parents]
    for judge in judges:  # before there are threads
        judge.start()
    threads = [threading.Thread(target=run.serve, args=pair, daemon=True) for pair in zip(parents, judges, strict=True)]
    with _interruptible(run.stop):
        for thread in threads:
            thread.start()
        for event in run.events(threads):
            if isinstance(event, Graded):
                event = _write(ledger, event, run.stop)
            if isinstance(event, Graded):
                summary.graded.append(event.without_contents())
            elif isinstance(event, _Already):
                summary.already.append(event.student)
            elif isinstance(event, _Failed):
                summary.failed[event.student] = event.why
                ledger.log_failure(event.student, work.unit, event.why, event.trace)
            if event is not None:
                tell(event.student)
        summary.stopped, summary.why = run.stop.is_set(), run.why
        run.stop.set()
        for one in (
            *parents,
            *judges,
        ):  # first the end of what runs; a socket is closed when no thread reads it any more
            one.kill()
        until = time.monotonic() + 1
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        for judge in judges:
            judge.stop()
    summary.already.sort()
    summary.seconds = time.perf_counter() - began
    return summary


def all_stand(ledger: Ledger, work: Work, submissions: Iterable[Submission], bounds: Bounds = BOUNDS) -> bool:
    """Whether each submission was graded as it is now, and all stands. They are read within `bounds`; nothing runs."""
    journal = ledger.journal(work.unit)
    with Guarded(lambda submission, asking: work.key(read_folder(submission)), bounds) as guarded:
        try:
            return all(ledger.is_done(journal.get(one.student), guarded.ask(one)) for one in submissions)
        except (Broken, Defect):  # what cannot be read in time is told where it is graded
            return False


class _Run:
    """What the threads of one run share: where submissions come from, where results go, and the word to stop.

    A submission that asks to run alone does so when all others are graded: it holds nobody up.
    """

    def __init__(
        self, ledger: Ledger, work: Work, submissions: Iterator[Submission], journal: dict[str, Any], places: int
    ) -> None:
        self._ledger, self._work, self._submissions, self._journal = ledger, work, submissions, journal
        self._changed, self._gate = threading.Condition(), Gate()
        self._first = 0  # submissions that are being graded for the first time
        self._later: deque[tuple[Submission, Answers]] = deque()  # that asked to run alone, and what their runs gave
        self._done: queue.Queue = queue.Queue(1)  # a slow disk slows the reading down; nothing piles up
        self.stop, self.why = threading.Event(), ""

    def serve(self, parent: Any, judge: JudgeProcess) -> None:
        """One thread: take submissions until there are none."""
        while (taken := self._take()) is not None:
            event = self._grade(*taken, parent, judge)
            while event is not None and not self.stop.is_set():
                try:
                    self._done.put(event, timeout=0.2)
                    break
                except queue.Full:
                    continue
            if taken[1] is None:
                with self._changed:
                    self._first -= 1
                    self._changed.notify_all()

    def _take(self) -> tuple[Submission, Answers | None] | None:
        """The next submission, and what its runs gave where it may run alone now; None where there is none."""
        with self._changed:
            if self.stop.is_set():
                return None
            if (submission := next(self._submissions, None)) is not None:
                self._first += 1
                return submission, None
            while self._first and not self.stop.is_set():
                self._changed.wait(0.2)
            return self._later.popleft() if self._later and not self.stop.is_set() else None

    def _grade(
        self, submission: Submission, ran: Answers | None, parent: Any, judge: JudgeProcess
    ) -> Graded | _Already | _Failed | None:
        for attempt in range(ENGINE_RETRIES + 1):
            try:
                stands = functools.partial(self._ledger.is_done, self._journal.get(submission.student))
                run = getattr(parent, "run_unread", None) or functools.partial(_run_unpacked, parent)
                alone = _not_now if ran is None else self._gate.alone(run)
                graded = judge.grade(submission, stands, self._gate.beside(run), alone, ran)
                if self.stop.is_set():
                    return None
                return graded or _Already(submission.student)
            except NotNow as later:
                self._later.append((submission, later.ran.keep_little()))
                return None
            except EngineFault as error:
                if isinstance(error, EngineGone) and not self.stop.is_set():
                    self.why = str(error)
                    self.stop.set()
                if self.stop.is_set():
                    return None
                if attempt == ENGINE_RETRIES or isinstance(error, GiveUp):
                    return _Failed(submission.student, f"the engine failed: {error}")
            except Exception as error:  # a defect of ours must not stop the class, nor be hidden
                trace = str(error) if isinstance(error, Defect) else "".join(traceback.format_exception(error))
                return None if self.stop.is_set() else _Failed(submission.student, DEFECT, trace)
        return None

    def events(self, threads: list[threading.Thread]) -> Iterator[Any]:
        """Results as they come, until every thread has ended or somebody said to stop."""
        while not self.stop.is_set():
            alive = any(thread.is_alive() for thread in threads)  # asked before looking: the last one may just put
            try:
                yield self._done.get(timeout=0.05 if alive else 0)
            except queue.Empty:
                if not alive:
                    return


def _not_now(*job: Any) -> Any:
    raise NotNow


def _run_unpacked(parent: Any, job: bytes, hidden: dict, limits: Limits) -> Any:
    """A packed job, run by what has nothing but a warm parent's `run`."""
    cells, files = unpack_job(job)
    return parent.run(cells, hidden, limits, files)


def _write(ledger: Ledger, graded: Graded, stop: threading.Event) -> Graded | _Failed | None:
    """Write one result; where the gradebook is busy, wait for it. None: told to stop while waiting."""
    until = time.monotonic() + GRADEBOOK_SECONDS
    while True:
        try:
            ledger.write(graded)
            return graded
        except Busy as error:
            if stop.is_set():
                return None
            if time.monotonic() > until:
                return _Failed(graded.student, f"its result could not be written: {error}")
        except Exception as error:  # disk full, most likely: the next one may be smaller, and this one gets its reason
            words = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
            return _Failed(graded.student, f"its result could not be written: {words}")


class _interruptible:
    """Ctrl-C and SIGTERM set an event in place of breaking off in the middle of a write."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._old: dict[signal.Signals, Callable | int | None] = {}  # what they did before

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._old[number] = signal.signal(number, lambda *_: self._stop.set())

    def __exit__(self, *error: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)
