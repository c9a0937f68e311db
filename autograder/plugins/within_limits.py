"""nbgrader's conversion of a submission in a process with limits, as `autograder grade` has one: nothing of it stalls a class.

What a learner made is read, restored, judged and cleaned there, by nbgrader's own steps and ours; only its notebook is run
elsewhere. Where a step breaks the limits the submission is converted once more without it, with a remark.
"""

from __future__ import annotations

import functools
import logging
import pickle
import traceback
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.preprocessors import Execute

from autograder.engine.judge import judging, steps
from autograder.engine.judge.guarded import Asking, Bounds, Defect, Guarded
from autograder.engine.judging_process import Answers, RunUnread, run_by_asking
from autograder.engine.submitted.submission import Unreadable, read_notebook, with_few_parts
from autograder.limits import MAX_CONVERTED, MAX_LOG_LINE
from autograder.plugins.execute_warm import ExecuteWarm
from course_utils.terminal import shown

BOUNDS = Bounds()

Converted = tuple[str, dict]


@dataclass(frozen=True)
class _Raised:
    """What nbgrader is to deal with in the process that it runs in: it knows some errors, and goes on after others."""

    error: Exception
    trace: str


class GuardedExporter(NotebookExporter):
    """nbconvert's exporter of notebooks, within limits.

    Kernels, where nbgrader executes in one, need more than such a process has: there what is executed has no limits but its
    own, and the reading before it has these.
    """

    def from_filename(  # type: ignore[override]  # a text, as nbconvert's exporter of notebooks gives, whatever it says
        self, filename: str, resources: dict | None = None, **options: Any
    ) -> Converted:
        """Convert a submission. Raises Unreadable, with the reason, for one that breaks the limits whatever is left out."""
        execute = next((step for step in self._preprocessors if isinstance(step, Execute)), None)
        if execute is not None and not isinstance(execute, ExecuteWarm):
            return cast(Converted, super().from_filename(filename, resources, **options))
        runs: dict[str, RunUnread] = {}
        hidden: dict[str, dict] = {}
        if execute is not None:  # made here: it outlives the conversion
            assert resources is not None  # by nbgrader's converter
            parent, packs, *_ = execute.ready(resources["nbgrader"]["assignment"])
            runs, hidden = {"run": parent.run_unread}, judging.hidden_of(packs.raw)
        answers = Answers(lambda key: False, runs, hidden)
        _prepare_validation()

        def answer(what: str, *facts: Any) -> Any:
            return self.log.log(*facts) if what == "log" else answers(what, *facts)

        with Guarded(partial(self._convert, execute, resources), BOUNDS) as guarded:
            try:
                converted = steps.asked(guarded, filename, answer, answers.begin)
            except steps.GivenUp as error:
                raise Unreadable(f"it could not be graded: {error}") from None
        if isinstance(converted, _Raised):
            raise converted.error from Defect(converted.trace)
        return converted

    def from_file(  # type: ignore[override]  # as above
        self, file_stream: Any, resources: dict | None = None, **options: Any
    ) -> Converted:
        """Convert an open file, no more of which is read than can be graded. Raises Unreadable."""
        data, _ = read_notebook(Path(file_stream.name))
        text = with_few_parts(data or b"").decode("utf-8-sig")
        return self.from_notebook_node(nbformat.reads(text, as_version=4), resources, **options)

    def from_notebook_node(  # type: ignore[override]  # as above
        self, nb: NotebookNode, resources: dict | None = None, **options: Any
    ) -> Converted:
        """Convert a notebook. Raises Unreadable where what comes out is too large to be read again."""
        text, resources = super().from_notebook_node(nb, resources, **options)
        if len(text) > MAX_CONVERTED:
            raise Unreadable(
                f"as it is written it has {len(text) >> 20} MB; the most accepted is {MAX_CONVERTED >> 20}"
            )
        return text, resources

    def _convert(
        self, execute: ExecuteWarm | None, resources: dict | None, request: tuple[str, dict[str, str]], asking: Asking
    ) -> Converted | _Raised:
        """In the process: the conversion itself."""
        filename, left_out = request
        if execute is not None:
            execute.run = partial(run_by_asking, asking, "run")
        _log_by_asking(self.log, asking)
        with steps.told(asking.tell, left_out):
            steps.begin(steps.READ)
            try:
                return cast(Converted, super().from_filename(filename, resources))
            except MemoryError:
                raise
            except Exception as error:
                return _Raised(_as_it_travels(error), traceback.format_exc())


@functools.cache
def _prepare_validation() -> None:
    """Let nbformat make its validators here: it takes longer than all the rest, and each process would make its own."""
    for relaxed in (False, True):
        nbformat.validate(new_notebook(), relax_add_props=relaxed)


def _as_it_travels(error: Exception) -> Exception:
    """The error where it can be sent to another process, or else its words."""
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")


class _Forward(logging.Handler):
    """Has another process log what is logged in this one."""

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line."""
        self._asking.ask("log", record.levelno, "%s", shown(self.format(record)[:MAX_LOG_LINE]))


def _log_by_asking(log: Any, asking: Asking) -> None:
    logger = getattr(log, "logger", log)  # traitlets has loggers and adapters of them
    logger.handlers, logger.propagate = [_Forward(asking)], False
