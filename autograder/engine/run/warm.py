"""The warm parent: imports what notebooks import, once, and forks a child for each job. It never runs a learner's code.

    python -m autograder.engine.run.warm FD,FD,... WORD ...

It makes ready what the words name (`ready`), once, and forks a server for each socket that it was handed, so that several
notebooks can run at a time.

Each job has two processes. The *monitor* is ours: it reads the job, passes frames on, keeps time and kills. Its child,
the *learner*, enters the sandbox and runs the cells. The parent itself reads no job, so that no submission leaves a
trace in the memory that the next one is forked from; and it is asserted to have one thread at every fork: a fork of a
process that has run a TensorFlow operation hangs.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import time
from typing import Any

from autograder.engine.run import sandbox, wire
from autograder.engine.run.budget import Budget, Tree
from autograder.engine.run.ended import End, Ended
from autograder.engine.run.inside import Notebook, run_job
from autograder.engine.run.limits import GRACE, HANDING_OVER, WATCH
from autograder.engine.run.ready import Ready


class NotAlone(RuntimeError):
    """The warm parent has more than one thread: something that it imported has started working."""


def main(sockets: list[int], words: list[str]) -> None:
    """Make ready what `words` name, fork a server for each socket, and stay until they have ended."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # what an import prints belongs in the log
    sandbox.die_with_parent()
    notebook = Notebook()  # before Matplotlib: importing it finds the shell, and puts figures below their cells
    ready = Ready(words)
    require_one_thread()
    for fd in sockets:
        if os.fork() == 0:
            for other in sockets:
                if other != fd:
                    os.close(other)
            sandbox.die_with_parent()
            serve(notebook, fd, ready)
            os._exit(0)
    for fd in sockets:
        os.close(fd)
    for _ in sockets:
        os.wait()


def serve(notebook: Notebook, control: int, ready: Ready) -> None:
    """Serve one coordinator's jobs, one after the other, until it hangs up.

    Where a monitor died it is we who hang up: it may have read half a job or written half a frame, and only the end of
    the stream is sure to be understood. The coordinator starts another process and repeats the job.
    """
    wire.write_frame(control, {"ready": os.getpid()})
    while (order := wire.read_frame(control)) is not None:
        ready.take_up(order["limits"].pop("packages"))
        require_one_thread()
        pid = os.fork()
        if pid == 0:
            sandbox.die_with_parent()
            _monitor(notebook, order, control)
            os._exit(0)
        if os.waitpid(pid, 0)[1]:
            return


def require_one_thread() -> None:
    """Raise NotAlone unless this process has exactly one thread."""
    with contextlib.suppress(FileNotFoundError):  # no /proc: not Linux, and no way to ask
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise NotAlone(
                f"the warm parent has {threads} threads; importing must start none (OPENBLAS_NUM_THREADS=1?)"
            )


def _monitor(notebook: Notebook, order: dict, control: int) -> None:
    """Start the learner's process, pass on its frames, keep its time, and see that nothing of it survives."""
    job = wire.read_ours(control)
    limits = sandbox.Limits(**order["limits"])
    from_learner, learner_out = os.pipe()
    learner_in, to_learner = os.pipe()
    try:
        if order["sandboxed"]:
            sandbox.unshare_processes()
        else:
            sandbox.adopt_orphans()
        pid = os.fork()
    except OSError as error:
        wire.read_body(control)
        wire.write_frame(control, {"done": True, "how": _no_sandbox(error).facts()})
        return
    if pid == 0:
        for fd in (control, from_learner, to_learner):
            os.close(fd)
        _learner(notebook, job, order, limits, learner_out, learner_in)
    count = len(job["cells"])
    del job
    os.close(learner_out)
    os.close(learner_in)
    hidden = wire.read_body(control) or b"{}"  # only now: the learner's process is no copy of one that has read it
    relay = _Relay(pid, limits, from_learner, to_learner, control, count, hidden)
    done, how = relay.run(), relay.how
    if not relay.ended and not how and not _ends_by_itself(pid):
        how = Ended(End.ITSELF, "the notebook closed the pipe that its answers leave by")
    own_limit = _own_processor_limit(pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    if not order["sandboxed"]:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    if not order["sandboxed"]:
        sandbox.kill_orphans()
    if not relay.ended:
        done["how"] = (how or _about_end(os.waitstatus_to_exitcode(status), own_limit)).facts()
    cpu = usage.ru_utime + usage.ru_stime
    wire.write_frame(control, {"done": True, "cpu": round(cpu, 3), "memory": usage.ru_maxrss * 1024, **done})


def _learner(notebook: Notebook, job: dict, order: dict, limits: Any, send: int, receive: int) -> None:
    """The process that runs the cells: into the sandbox first. Does not return."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # but while a cell or an answer runs
        send, receive = _keep_only(send, receive)
        _enter(order, limits, send)
        for name, data in job.get("files", {}).items():
            _place(name, data)
        run_job(notebook, job, send, receive, limits.output)
    except BrokenPipeError:
        pass
    except BaseException:  # the learner's doing, whatever it is
        os._exit(1)
    os._exit(0)


def _enter(order: dict, limits: Any, send: int) -> None:
    """Enter the sandbox, or what there is of one; tell the monitor and end where that fails."""
    try:
        if order["sandboxed"]:
            sandbox.enter(sandbox.View(**order["view"]), limits)
        else:
            os.setsid()
            sandbox.enter_without(limits, order["folder"])
    except OSError as error:
        wire.write_frame(send, {"no_sandbox": str(error)})
        os._exit(0)


def _keep_only(send: int, receive: int) -> tuple[int, int]:
    """Close every file but the two pipes and standard output and error, which lead nowhere."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    high = 100
    os.dup2(send, high)
    os.dup2(receive, high + 1)
    os.closerange(3, high)
    os.closerange(high + 2, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    return high, high + 1


def _place(name: str, text: str) -> None:
    """A file that was submitted beside the notebook, by a relative path that stays inside the working folder."""
    import base64

    path = os.path.normpath(name)
    if os.path.isabs(path) or path.startswith(".."):
        return
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(base64.b64decode(text))


class _Forged(ValueError):
    """A frame that our own code in the sandbox would not have sent here."""


class _Relay:
    """Passes frames on until the notebook ends, its time is up, or it says too much or what it should not.

    The order is fixed: {"begin": i} and {"cell": i} for each cell, one {"sealed"}; then the hidden probes go in; then for
    each sealed id at most one {"begin": id} and {"answer": id}; {"end"}. So nothing that is shown to anyone can have been
    written by code that has seen a probe, and no frame can pass for one of the monitor's own.
    """

    def __init__(self, pid: int, limits: Any, source: int, sink: int, control: int, cells: int, hidden: bytes) -> None:
        self.pid, self.limits, self.source, self.sink = pid, limits, wire.Reader(source), sink
        self.control, self.cells, self.hidden = control, cells, hidden
        self.at: int | str | None = None  # the cell, or the answer's id, that runs now
        self.next_cell = 0
        self.waiting: list[str] | None = None  # ids still to be answered; None until the outputs are sealed
        self.interrupted: list[int | str] = []
        self.ended = False  # well
        self.how: Ended | None = None  # it ended otherwise; None where that is for the exit status to tell

    def run(self) -> dict:
        """Returns how it went: `at`, `interrupted`, `by_clock`, `used`."""
        tree = Tree(os.getpid(), self.pid)
        self.budget = Budget(tree, self.limits.cell_seconds, self.limits.notebook_seconds, WATCH)
        self.asked = self.by_clock = False
        try:
            self.how = self._run()
        except _Forged as error:
            self.how = Ended(End.FORGED, f"forged: {error}")
        except TimeoutError:
            words = f"time: the notebook ran for more than {self.limits.notebook_seconds:g} s"
            self.how = Ended(End.ALL_TIME, words)
        told = {"at": self.at, "interrupted": self.interrupted, "by_clock": self.by_clock}
        return told | {"used": round(self.budget.all, 3)}

    def _run(self) -> Ended | None:
        """How it ended, unless well, which `ended` then tells; None also where that is for the exit status to tell."""
        room, parts = self.limits.output, wire.MAX_FRAME_PARTS
        while True:
            try:
                body = self._next(min(room, wire.MAX_FRAME))
            except wire.BadFrame:
                return Ended(End.OUTPUT, f"output: more than {self.limits.output >> 20} MB left the notebook")
            except _TooMuchMemory:
                most = f"{self.limits.memory / 2**30:.1f} GB"
                return Ended(End.MEMORY, f"memory: its processes together used more than {most}")
            except _WouldNotStop:
                seconds = f"{self.limits.cell_seconds:g} s"
                return Ended(End.CELL_TIME, f"time: a cell that would not stop ran for more than {seconds}")
            if body is None:
                return None
            room -= len(body)
            parts -= wire.count_parts(body)
            if parts < 0:
                return Ended(End.MALFORMED, f"malformed: more than {wire.MAX_FRAME_PARTS} parts left the notebook")
            try:
                message = wire.parse_body(body)
            except wire.BadFrame as error:
                return Ended(End.MALFORMED, f"malformed: {error}")
            if message.keys() == {"no_sandbox"} and self.at is None:
                return _no_sandbox(message["no_sandbox"])
            if message.keys() == {"end"}:
                if self.waiting is None:
                    raise _Forged("an end before the last cell")
                self.ended = True
                return None
            if self._take(message):
                wire.write_body(self.control, body)
            if "sealed" in message:
                with contextlib.suppress(BrokenPipeError):
                    wire.write_until(self.sink, wire.frame_of_body(self.hidden), time.monotonic() + HANDING_OVER)

    def _next(self, most: int) -> bytes | None:
        """The next frame; a cell whose time is up is interrupted once, politely, and then given GRACE seconds."""
        while True:
            try:
                return self.source.read_body(time.monotonic() + self.budget.next_look(), most)
            except TimeoutError:
                self._look()

    def _look(self) -> None:
        """See whether the notebook keeps to its memory and its time. Raises where it does not, and cannot be stopped."""
        self.budget.look()
        if sandbox.memory_of_several(self.budget.tree.seen) > self.limits.memory:
            raise _TooMuchMemory
        if not self.budget.left_of_all():
            self.by_clock = self.by_clock or self.budget.all < self.limits.notebook_seconds
            raise TimeoutError
        if self.at is None or self.budget.left():
            return
        if self.asked:
            raise _WouldNotStop
        self.by_clock = self.by_clock or self.budget.by_clock()
        self.asked = True
        self.budget.allow(GRACE)
        self.interrupted.append(self.at)
        os.kill(self.pid, signal.SIGINT)

    def _take(self, message: dict) -> bool:
        """Check a message against what may come now; returns whether the coordinator should see it. Raises _Forged."""
        (kind, value), *others = message.items() if message else [("nothing", None)]
        extra = {name for name, _ in others}
        if kind == "begin" and not extra and self._may_begin(value):
            self.at, self.asked = value, False
            self.budget.begin()
            return False
        if kind == "cell" and extra <= {"outputs", "refused"} and self.waiting is None:
            if type(value) is int and value == self.next_cell and self.at == value:
                self.next_cell += 1
                return True
        if kind == "sealed" and not extra and self.waiting is None and self.next_cell == self.cells:
            if isinstance(value, list) and len(value) <= 1000 and all(isinstance(id, str) for id in value):
                self.waiting, self.at = list(value), None
                return True
        if kind == "answer" and extra <= _ANSWER and self.waiting is not None:
            if isinstance(value, str) and value == self.at and value in self.waiting:
                self.waiting.remove(value)
                self.by_clock = self.by_clock or (self.budget.starved() and _timed_out(message))
                return True
        raise _Forged(f"a frame {kind[:20]!r} where none may come" if self.waiting is None else "a frame out of turn")

    def _may_begin(self, value: Any) -> bool:
        if self.waiting is not None:
            return isinstance(value, str) and value in self.waiting and value != self.at
        return type(value) is int and value == self.next_cell < self.cells and self.at != value


_ANSWER = {"observations", "stub", "not_callable", "refused"}


def _timed_out(message: dict) -> bool:
    """Whether an answer says that a call of it ran out of time."""
    seen = message.get("observations")
    return isinstance(seen, list) and any(isinstance(o, dict) and o.get("outcome") == "timed out" for o in seen)


class _TooMuchMemory(Exception):
    """The processes that a notebook started use more together than one may."""


class _WouldNotStop(TimeoutError):
    """A cell went on after it was interrupted."""


def _ends_by_itself(pid: int) -> bool:
    """Whether a child whose pipe is closed ends soon. Before it is killed: afterwards nobody could tell who did it."""
    for _ in range(100):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return True
        time.sleep(0.01)
    return False


def _own_processor_limit(pid: int) -> bool:
    """Whether a process has set itself a limit on processor time: where that is used up, the kernel kills it."""
    kept = []
    for one in (str(pid), "self"):
        with contextlib.suppress(OSError), open(f"/proc/{one}/limits") as file:
            kept.append(next(line for line in file if line.startswith("Max cpu time")))
    return len(kept) == 2 and kept[0] != kept[1]


def _no_sandbox(why: object) -> Ended:
    return Ended(End.NO_SANDBOX, f"no sandbox: {why}")


def _about_end(code: int, own_limit: bool = False) -> Ended:
    """How a process ended by itself, or by somebody else, from its exit code."""
    if own_limit and code in (-signal.SIGKILL, -signal.SIGXCPU):
        words = "the notebook ended its own process, by a limit on processor time that it had set itself"
    elif code == -signal.SIGKILL:
        return Ended(End.KILLED, "killed from outside, because memory ran out or by another program")
    elif code == 0:
        words = "the notebook ended its own process"
    else:
        words = (
            f"the process died ({signal.Signals(-code).name})" if code < 0 else f"the process ended with status {code}"
        )
    return Ended(End.ITSELF, words)


if __name__ == "__main__":
    main([int(fd) for fd in sys.argv[1].split(",")], sys.argv[2:])
