"""What grading cannot take less than: learners' own cells and functions, in one warm process without a sandbox.

    python -m autograder.bench.alone UNIT FOLDER NOTEBOOKS

Prints, as JSON, the processor seconds that a notebook's answers took on average: to execute the cells that they are written
in, and within calls of them on the examples and on the hidden probes. What the lesson does around them, what grading does
(copies of arguments, descriptions of results) and the judging are not counted. `bench` starts it, on answers of our own.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock


class Clock:
    """The processor seconds of this process between `with` and its end, all of them together; within itself it does not count."""

    def __init__(self) -> None:
        self.seconds, self._runs = 0.0, False

    @contextlib.contextmanager
    def counting(self, yes: bool = True) -> Any:
        """Count what is done within, if so."""
        if not yes or self._runs:
            yield
            return
        began, self._runs = time.process_time(), True
        try:
            yield
        finally:
            self.seconds, self._runs = self.seconds + time.process_time() - began, False

    def around(self, call: Callable) -> Callable:
        """The same function, its calls counted."""

        def counted(*args: Any, **kwargs: Any) -> Any:
            with self.counting():
                return call(*args, **kwargs)

        return counted


def run_answers(cells: list[tuple[str, str]], packs: dict[str, dict]) -> float:
    """Run one notebook's cells, (kind, source) each, then its answers on `packs`; returns what its answers took.

    Kinds: "answer" for a cell that is the learner's, "test", and "" for one of the lesson.
    """
    from course_utils import checking, observe

    clock, once = Clock(), observe._call
    answers: dict[str, Any] = {}

    def call_once(call: Callable, args: list, kwargs: dict, limit: float, answer: Any) -> tuple[dict, Any]:
        return once(clock.around(call), args, kwargs, limit, answer)

    def check(id: str, answer: Any) -> None:
        answers[id] = answer
        show(id, answer)

    show = checking.check
    names: dict[str, Any] = {"__name__": "__main__"}
    with mock.patch.object(observe, "_call", call_once), contextlib.redirect_stdout(io.StringIO()):
        for kind, source in cells:
            if kind == "test":
                names["check"] = check  # in the place of what the set-up cell imported
            with contextlib.suppress(Exception), clock.counting(kind == "answer"):
                exec(compile(source, "<cell>", "exec"), names)
        for id, pack in packs.items():
            if id in answers and not observe.is_stub(answers[id]):
                with contextlib.suppress(Exception):
                    observe.observe(answers[id], pack)
    return clock.seconds


def main(unit: str, folder: Path, count: int) -> None:
    """Measure the first notebooks of a class; a fork each, so that each begins as the first did."""
    from autograder.authoring.cells import code_cells, exercise_of, source_of
    from autograder.course import HIDDEN_PACKS
    from autograder.engine.command import unit_ready, unit_slicer
    from autograder.engine.coordinator import Packs
    from autograder.engine.run.ready import Ready
    from autograder.engine.submitted.submission import find_submissions

    packs, slicer = Packs.load(HIDDEN_PACKS / unit).decoded, unit_slicer(unit)
    Ready(unit_ready(unit))
    taken = []
    for one in find_submissions(folder, unit)[:count]:
        notebook = json.loads((one.folder / f"{unit}.ipynb").read_text(encoding="utf-8"))
        found = slicer.slice_of(notebook)
        cells = []
        for place, cell in enumerate(code_cells(notebook)):
            solution = cell["metadata"].get("nbgrader", {}).get("solution")
            kind = "answer" if solution else "test" if exercise_of(cell) else ""
            if place not in found.skipped:
                cells.append((kind, source_of(cell)))
        taken.append(_in_a_fork(partial(run_answers, cells, packs)))
    print(json.dumps({"seconds": sum(taken) / len(taken)}))


def _in_a_fork(work: Callable[[], float]) -> float:
    """The number that `work` gives, done in a copy of this process."""
    receive, send = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.environ["NBGRADER_EXECUTION"] = "autograde"
        os.write(send, repr(work()).encode())
        os._exit(0)
    os.close(send)
    with open(receive, "rb") as file:
        said = file.read()
    os.waitpid(pid, 0)
    return float(said)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
