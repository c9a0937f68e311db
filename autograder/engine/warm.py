"""The warm parent: imports what notebooks import, once, and forks a child for each job. It never runs a learner's code.

    python -m autograder.engine.warm FD,FD,... MODULE ...

It imports once and forks a server for each socket that it was handed, so that several notebooks can run at a time.

Each job has two processes. The *monitor* is ours: it reads the job, passes frames on, keeps time and kills. Its child,
the *learner*, enters the sandbox and runs the cells. The parent itself reads no job, so that no submission leaves a
trace in the memory that the next one is forked from; and it is asserted to have one thread at every fork: a fork of a
process that has run a TensorFlow operation hangs.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import resource
import signal
import sys
import time
from typing import Any

from autograder.engine import sandbox, wire
from autograder.engine.inside import Notebook, run_job

GRACE = 3.0  # seconds between a polite interrupt of a cell and the end of its process


class NotAlone(RuntimeError):
    """The warm parent has more than one thread: something that it imported has started working."""


def main(sockets: list[int], modules: list[str]) -> None:
    """Import `modules`, fork a server for each socket, and stay until they have ended."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # what an import prints belongs in the log
    die_with_parent()
    notebook = Notebook()  # before Matplotlib: importing it finds the shell, and puts figures below their cells
    for module in modules:
        with contextlib.suppress(ImportError):  # the notebook will say so itself, where it needs the module
            importlib.import_module(module)
    require_one_thread()
    for fd in sockets:
        if os.fork() == 0:
            for other in sockets:
                if other != fd:
                    os.close(other)
            die_with_parent()
            serve(notebook, fd)
            os._exit(0)
    for fd in sockets:
        os.close(fd)
    for _ in sockets:
        os.wait()


def serve(notebook: Notebook, control: int) -> None:
    """Serve one coordinator's jobs, one after the other, until it hangs up."""
    wire.write_frame(control, {"ready": os.getpid()})
    while (order := wire.read_frame(control)) is not None:
        require_one_thread()
        pid = os.fork()
        if pid == 0:
            die_with_parent()
            _monitor(notebook, order, control)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status:
            wire.write_frame(control, {"done": True, "reason": f"the monitor ended with {status}", "fault": "engine"})


def die_with_parent() -> None:
    """Be killed when the process that forked this one ends, however it ends."""
    if sys.platform.startswith("linux"):
        sandbox._libc().prctl(sandbox._PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


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
    job = wire.read_frame(control)
    limits = sandbox.Limits(**order["limits"])
    from_learner, learner_out = os.pipe()
    learner_in, to_learner = os.pipe()
    try:
        if order["sandboxed"]:
            sandbox.unshare_all()
        pid = os.fork()
    except OSError as error:
        wire.read_frame(control)
        wire.write_frame(control, {"done": True, "reason": f"no sandbox: {error}", "fault": "engine"})
        return
    if pid == 0:
        for fd in (control, from_learner, to_learner):
            os.close(fd)
        _learner(notebook, job, order, limits, learner_out, learner_in)
    del job
    os.close(learner_out)
    os.close(learner_in)
    hidden = wire.read_body(control)  # only now: the learner's process is no copy of one that has read it
    done = _relay(pid, limits, from_learner, to_learner, control, hidden)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    if not order["sandboxed"]:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    if not done["ended"]:
        done["reason"] = done.get("reason") or _about_end(os.waitstatus_to_exitcode(status))
    cpu = usage.ru_utime + usage.ru_stime
    wire.write_frame(control, {"done": True, "cpu": round(cpu, 3), "memory": usage.ru_maxrss * 1024, **done})


def _learner(notebook: Notebook, job: dict, order: dict, limits: Any, send: int, receive: int) -> None:
    """The process that runs the cells: into the sandbox first. Does not return."""
    try:
        send, receive = _keep_only(send, receive)
        _enter(order, limits, send)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for name, data in job.get("files", {}).items():
            _place(name, data)
        run_job(notebook, job, send, receive)
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
            sandbox.set_limits(limits)
            os.chdir(order["folder"])
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


def _relay(pid: int, limits: Any, source: int, sink: int, control: int, hidden: bytes | None) -> dict:
    """Pass frames on until the notebook ends, its time is up, or it says too much. Returns how it went."""
    began = time.monotonic()
    total = began + limits.notebook_seconds
    state: dict[str, Any] = {"ended": False, "interrupted": []}
    at: Any = None  # the cell, or the answer's id, that runs now
    cell, room, interrupted, sealed = total, limits.output, False, False
    while True:
        try:
            body = wire.read_body(source, min(cell, total), most=min(room, wire.MAX_FRAME))
        except TimeoutError:
            if interrupted or time.monotonic() >= total:
                limit = limits.cell_seconds if interrupted else limits.notebook_seconds
                what = "a cell that would not stop" if interrupted else "the notebook"
                return {**state, "reason": f"time: {what} ran for more than {limit:g} s", "at": at}
            interrupted = True
            state["interrupted"].append(at)
            os.kill(pid, signal.SIGINT)
            cell = time.monotonic() + GRACE
            continue
        except wire.BadFrame:
            return {**state, "reason": f"output: more than {limits.output >> 20} MB left the notebook", "at": at}
        if body is None:
            return {**state, "at": at}
        room -= len(body)
        try:
            message = wire.parse_body(body)
        except wire.BadFrame as error:
            return {**state, "reason": f"malformed: {error}", "at": at}
        if "no_sandbox" in message and at is None:
            return {**state, "reason": f"no sandbox: {message['no_sandbox']}", "fault": "engine"}
        if "begin" in message:
            at, interrupted, cell = message["begin"], False, time.monotonic() + limits.cell_seconds
            continue
        if "sealed" in message and not sealed:
            sealed = True
            with contextlib.suppress(BrokenPipeError):
                wire.write_all(sink, wire.frame_of_body(hidden or b"{}"))
        elif "cell" in message and sealed:
            return {**state, "reason": "forged: a cell's output after the last cell", "at": at}
        if "end" in message:
            return {**state, "ended": sealed, "reason": "" if sealed else "forged: an end before the last cell"}
        wire.write_all(control, wire.frame_of_body(body))


def _about_end(code: int) -> str:
    if code == 0:
        return "the notebook ended its own process"
    if code == -signal.SIGKILL:
        return "killed: out of memory, most likely"
    return f"the process died ({signal.Signals(-code).name})" if code < 0 else f"the process ended with status {code}"


if __name__ == "__main__":
    main([int(fd) for fd in sys.argv[1].split(",")], sys.argv[2:])
