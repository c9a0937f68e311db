"""In the sandbox: run a notebook's code cells in one IPython shell and send what comes of them, cell by cell.

`grade` in a test cell does not judge here: it keeps the answer. When the last cell has run, the outputs are sealed; only
then are the hidden probes let in, the kept answers called on them, and what they give sent out as data. So no cell can show
a probe, and what is expected never comes here at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import random
import signal
import sys
import types
from collections.abc import Coroutine, Iterator
from typing import Any

from autograder.engine.run.front_end import FrontEnd
from autograder.engine.run.kernel import make_kernel, move_in
from autograder.engine.run.limits import MOST_STOPS
from autograder.engine.run.moment import Moment
from autograder.engine.run.streams import Streams
from autograder.engine.run.wire import BadFrame, read_frame, write_frame

#: Signals for which a notebook may have handlers of its own: between its cells they wait, for our code is no place for them.
OWN_SIGNALS = {signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD}


class Kept:
    """An answer handed to `grade`, with what it found around it."""

    def __init__(self, unit: str | None, id: str, answer: Any, moment: Moment) -> None:
        self.unit, self.id, self.answer, self.moment = unit, id, answer, moment


class Notebook:
    """The kernel that runs a notebook's cells. Made warm, in the parent; used in the child, after `open`."""

    def __init__(self) -> None:
        self.front_end = FrontEnd()
        self.kernel = make_kernel(self.front_end)
        self.kept: list[Kept] = []

    def open(self) -> None:
        """Take the streams, and begin an event loop: from now on cells can run in this process."""
        self.owner = os.getpid()
        self.streams = Streams(self.front_end)
        self.context = contextvars.copy_context()  # one for all cells: NumPy's print options are kept in it
        self.loop = asyncio.new_event_loop()
        move_in(self.kernel)

    def seal(self) -> None:
        """From now on nothing is shown any more."""
        self.front_end.close()
        self.streams.close()

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let SIGINT, by which the monitor says that time is up, interrupt a learner's code, and nothing else.

        Python's own handler, for one of ours would be seen in the traceback, with its path.
        """
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, OWN_SIGNALS)
        try:
            yield
        finally:
            with contextlib.suppress(BaseException):  # of a handler of the notebook's own
                signal.pthread_sigmask(signal.SIG_BLOCK, OWN_SIGNALS)
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def run(self, cell: dict) -> list[dict]:
        """Run one cell; return its outputs."""
        self.streams.mend()
        self.front_end.begin(self.context.run(self.kernel.begin_cell))
        try:
            with self.interruptible():
                self.in_loop(self.kernel.do_execute(cell["source"], silent=False, store_history=True))
        except BaseException as error:  # what IPython itself does not catch
            name = type(error).__name__
            self.front_end.take(
                "error", {"ename": name, "evalue": _text(error), "traceback": [f"{name}: {_text(error)}"]}
            )
        self.only_once()
        self.streams.settle()
        return self.front_end.finish()

    def in_loop(self, work: Coroutine) -> Any:
        """The result of `work`, done in the event loop, as a kernel does it; tasks of earlier cells go on meanwhile."""
        if self.loop.is_closed():
            self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        task = self.loop.create_task(work, context=self.context)
        for _ in range(MOST_STOPS):
            try:
                return self.loop.run_until_complete(task)
            except KeyboardInterrupt:
                if task.done():
                    raise
                task.cancel()  # an interrupt reached the loop, not the cell that waits in it
            except (
                BaseException
            ):  # a task of an earlier cell called `sys.exit`, or stopped the loop: that is not for this one
                if task.done():
                    raise
        raise RuntimeError("the event loop was stopped again and again")

    def only_once(self) -> None:
        """End this process if it is a copy that a cell made of itself with `os.fork`: the rest is for the first to do."""
        if os.getpid() != self.owner:
            os._exit(0)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # an exception of the learner's own
        return ""


def install_grade(notebook: Notebook) -> None:
    """Put a module `autograder` into place whose `grade` keeps answers; the real one is not to be seen from here."""
    from course_utils import checking

    module, folder = types.ModuleType("autograder", "Keeps answers for the judge."), os.getcwd()

    def grade(id: str, answer: Any) -> None:
        moment = Moment(answer, notebook.kernel.its_shell.user_module, folder)
        notebook.kept.append(Kept(checking._unit, str(id), answer, moment))

    vars(module)["grade"] = grade
    for name in [name for name in sys.modules if name.split(".")[0] == "autograder"]:
        del sys.modules[name]
    sys.modules["autograder"] = module


def same_luck() -> None:
    """Seed the generators that nobody seeds, Keras's initial weights among them: graded again, a notebook does the same.

    Python's own is seeded anew in every forked process, from the system; NumPy's is as it was when it was imported.
    """
    random.seed(0)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)
    if tensorflow := sys.modules.get("tensorflow"):  # runs no operation: it notes the seed
        tensorflow.random.set_seed(0)


def run_job(notebook: Notebook, job: dict, send: int, receive: int, room: int) -> None:
    """Run the job's cells, then the kept answers on the hidden probes; frames go out through `send`, `room` bytes in all.

    Frames: {"begin": i}, {"cell": i, "outputs": [...]}, {"sealed": [...ids]}, {"begin": id}, {"answer": id, ...},
    {"end": true}.
    """
    notebook.front_end.allow(room // 2)  # the other half is for answers
    notebook.open()
    install_grade(notebook)
    same_luck()
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    for index, cell in enumerate(job["cells"]):
        write_frame(send, {"begin": index})
        outputs = notebook.run(cell) if cell["source"].strip() else []
        _write_or_say_why(send, {"cell": index, "outputs": outputs}, {"cell": index, "outputs": []})
    last = {kept.id: kept for kept in notebook.kept}  # that an exercise was answered twice is for the judge to see
    notebook.seal()
    write_frame(send, {"sealed": [kept.id for kept in notebook.kept]})
    hidden = read_frame(receive) or {}
    for kept in last.values():
        pack = hidden.get(kept.id)
        if pack is not None:
            write_frame(send, {"begin": kept.id})
            message = notebook.in_loop(_observe(notebook, kept, pack))
            notebook.only_once()
            _write_or_say_why(send, message, {"answer": kept.id, "refused": "larger than what is accepted"})
    write_frame(send, {"end": True})


async def _observe(notebook: Notebook, kept: Kept, pack: dict) -> dict:
    """The kept answer's observations on a hidden pack's probes, as JSON.

    It awaits nothing: it is a coroutine to run where `check` runs in JupyterLab, in the event loop of the notebook.
    """
    from course_utils.describe import decode, encode
    from course_utils.kinds import class_name
    from course_utils.observe import is_stub, observe

    try:
        kept.moment.put_back()
        if is_stub(kept.answer):
            return {"answer": kept.id, "stub": True}
        if pack["settings"]["kind"] == "function" and not callable(kept.answer):
            return {"answer": kept.id, "not_callable": class_name(type(kept.answer))[:80]}
        with notebook.interruptible():
            observations = observe(kept.answer, decode(pack))
    except BaseException as error:  # what is looked at may raise SystemExit, and other answers wait for their turn
        return {"answer": kept.id, "refused": class_name(type(error))[:80]}
    return {"answer": kept.id, "observations": encode(observations)}


def _write_or_say_why(send: int, message: dict, instead: dict) -> None:
    try:
        write_frame(send, message)
    except (BadFrame, TypeError, ValueError, RecursionError) as error:
        write_frame(send, {**instead, "refused": str(error)[:200]})
