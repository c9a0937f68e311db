"""Grading one submission in a guarded process: what learners made is read and judged there, within limits.

The coordinator runs notebooks, for it holds the warm parents and the cluster; all that comes of it is handed to the process
unread. Where a step breaks the limits the submission is judged once more without that step, and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pickle import PickleBuffer
from typing import Any

from autograder.engine.attempts import Run
from autograder.engine.judge import judging, steps
from autograder.engine.judge.guarded import Asking, Bounds, Guarded
from autograder.engine.record.ledger import Graded
from autograder.engine.run.runner import EngineFault, Result, pack_job
from autograder.engine.run.sandbox import Limits
from autograder.engine.submitted.submission import Folder, Submission, read_folder
from autograder.limits import JUDGING_MEMORY, KEPT_BYTES, KEPT_LATER_BYTES
from course_utils.data.cache import unsaid

BOUNDS = Bounds(memory=JUDGING_MEMORY)

RunUnread = Callable[[bytes, dict, Limits], Any]
Grade = Callable[[Submission, Folder, str, Any, Run, Run | None], Graded]


class NotNow(Exception):
    """What `alone` raises where its turn comes later; `ran` is then what the submission's runs gave so far."""

    ran: Answers


class JudgeProcess:
    """Grades one submission after the other, each within `bounds`. `grade` does it; `work` has its unit's hidden packs."""

    def __init__(self, grade: Grade, work: Any, bounds: Bounds = BOUNDS) -> None:
        self._grade_one, self._unit_work = grade, work
        self._hidden = judging.hidden_of(work.packs.raw)
        self._guarded = Guarded(self._work, bounds)
        self.start, self.kill, self.stop = self._guarded.start, self._guarded.kill, self._guarded.stop

    def grade(
        self,
        submission: Submission,
        stands: Callable[[str], bool],
        run: RunUnread,
        alone: RunUnread,
        ran: Answers | None = None,
    ) -> Graded | None:
        """The submission graded, its notebook as bytes; None where `stands(key)` says that it was graded before.

        `run` takes a packed job, hidden probes and limits, and gives what has a Result as `parsed()`; `alone` does so while
        no other one runs. `ran` is what came with NotNow, where `alone` raised that before. What both raise comes out,
        EngineFault for what is no result and where somebody kills the process, Defect for an error of ours.
        """
        answers = Answers(stands, {"run": run, "alone": alone}, self._hidden, ran)
        try:
            graded = steps.asked(self._guarded, submission, answers, answers.begin)
        except NotNow as later:
            later.ran = answers
            raise
        except steps.Interrupted as error:
            raise EngineFault(str(error)) from None
        except steps.GivenUp as error:
            words = f"it could not be graded: {error}"
            return Graded(submission.student, submission.unit, answers.key, None, reasons=[words])
        if isinstance(graded, EngineFault):
            raise graded
        return graded

    def _work(self, request: tuple[Submission, dict[str, str]], asking: Asking) -> Graded | EngineFault | None:
        """In the process: read, have it run, judge, make the bytes that are written."""
        try:
            with unsaid():  # whoever started this has been told where data comes from
                return self._grade(*request, asking)
        except EngineFault as fault:
            return EngineFault(str(fault))

    def _grade(self, submission: Submission, left_out: dict[str, str], asking: Asking) -> Graded | None:
        with steps.told(asking.tell, left_out):
            folder = read_folder(submission)
            key = self._unit_work.key(folder)
            if asking.ask("stands", key):
                return None
            run, alone = (partial(run_by_asking, asking, how) for how in ("run", "alone"))
            graded = self._grade_one(submission, folder, key, self._unit_work, run, alone)
            graded.judged_by = self._unit_work.packs.digest
            return graded.prepare().as_bytes()


def run_by_asking(asking: Asking, how: str, sources: list[str], hidden: dict, limits: Limits, files: dict) -> Result:
    """A notebook's run, in the process: its maker has it run, as one of `Answers`' runs; what comes of it is read here."""
    return asking.ask(how, PickleBuffer(pack_job(sources, files)), tuple(hidden), limits).parsed()


class Answers:
    """What the maker of the process does for it. A notebook that ran for an attempt is not run again for the next."""

    def __init__(
        self,
        stands: Callable[[str], bool],
        runs: dict[str, RunUnread],
        hidden: dict[str, dict],
        ran: Answers | None = None,
    ) -> None:
        self._stands, self._runs, self._hidden = stands, runs, hidden
        # None in place of a result that is too large to be kept
        self._results: list[tuple[tuple, Any]] = ran._results if ran else []
        self._number = 0
        self.key = ""

    def begin(self) -> None:
        """Another attempt begins."""
        self._number = 0

    def keep_little(self) -> Answers:
        """Itself, without results that are too large to be kept while others are graded."""
        if sum(getattr(kept, "size", 0) for _, kept in self._results) > KEPT_LATER_BYTES:
            self._results = []
        return self

    def __call__(self, what: str, *facts: Any) -> Any:
        """Answer one question of the process."""
        if what == "stands":
            (self.key,) = facts
            return self._stands(self.key)
        job, ids, limits = facts
        asked, place = (what, hashlib.sha256(job).digest(), ids), self._number
        self._number += 1
        if place < len(self._results) and self._results[place][0] == asked and self._results[place][1] is not None:
            return self._results[place][1]
        result = self._runs[what](job, {id: self._hidden[id] for id in ids}, limits)
        self._keep(place, asked, result)
        return result

    def _keep(self, place: int, asked: tuple, result: Any) -> None:
        """Keep a result in place of those of the last attempt from here on, where there is room for it."""
        size = getattr(result, "size", 0)
        left = KEPT_BYTES - sum(getattr(kept, "size", 0) for _, kept in self._results[:place])
        self._results[place:] = [(asked, result if size <= left else None)]
