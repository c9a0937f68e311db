"""A process of ours that works on what others made, with limits on its time and memory; ended and made anew where it breaks them.

It is forked, so it starts in milliseconds and knows all that its maker knew when the first one was; what its maker has read
since it neither knows nor holds. It answers one request after the other, tells the steps of each as they begin, and may ask
its maker for what only that one can do. On systems without such limits (see `resource`) only its maker's clock is left.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from autograder.engine.run.sandbox import die_with_parent
from autograder.limits import FRESH_MEMORY, GUARDED_CLOCK, STEP_MEMORY, STEP_SECONDS, WHOLE_SECONDS

BLOCK = 2**20


@dataclass(frozen=True)
class Bounds:
    """What one request may use: seconds of the processor for a step, and for all of them; bytes above what was there."""

    step: float = STEP_SECONDS
    whole: float = WHOLE_SECONDS
    memory: int = STEP_MEMORY
    clock: float = GUARDED_CLOCK  # times the seconds of the whole that may pass on the clock


class Broken(Exception):
    """A request broke the limits; the message says which, as a clause: "took more than 10 s". `step` is where."""

    def __init__(self, words: str, step: str) -> None:
        super().__init__(words)
        self.step = step


class Killed(Broken):
    """Somebody else killed the process: a machine without memory, an administrator. The request has no part in it."""


class Defect(Exception):
    """An error of our own in the process; the message is its traceback."""


class Asking:
    """What a request's work sees of its maker."""

    def __init__(self, link: Connection, bounds: Bounds) -> None:
        self._link, self._bounds = link, bounds
        self._end = _used() + bounds.whole

    def tell(self, step: str) -> None:
        """A step begins, with a time of its own."""
        _send(self._link, ("step", step))
        self.limit()

    def limit(self) -> None:
        """Limit the processor's time from now on."""
        until = min(_used() + self._bounds.step, self._end)
        resource.setrlimit(resource.RLIMIT_CPU, (int(until) + 1, resource.getrlimit(resource.RLIMIT_CPU)[1]))

    def ask(self, *question: Any) -> Any:
        """What the maker's `answer` gives for these."""
        _send(self._link, ("ask", question))
        value = _receive(self._link)
        self.limit()
        return value


class Guarded:
    """Does `work(request, asking)` in a process with limits. A context manager."""

    def __init__(self, work: Callable[[Any, Asking], Any], bounds: Bounds = Bounds()) -> None:
        self._work, self._bounds = work, bounds
        self._origin: _Origin | None = None
        self._link: Connection | None = None

    def __enter__(self) -> Guarded:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin the process, if there is none."""
        if self._link is not None:
            return
        if self._origin is None:
            self._origin = _Origin(self._work, self._bounds)
        try:
            self._link = self._origin.begin()
        except OSError:  # somebody killed it
            self._origin.close()
            self._origin = _Origin(self._work, self._bounds)
            self._link = self._origin.begin()

    def kill(self) -> None:
        """End what it does, from another thread: the one that waits in `ask` gets Broken."""
        if (origin := self._origin) is not None:
            origin.kill()

    def stop(self) -> None:
        """End the process, and the one that it was forked from."""
        self._end()
        if self._origin is not None:
            self._origin.close()
            self._origin = None

    def _end(self) -> int:
        """End the process; returns how it ended, as os.waitstatus_to_exitcode gives it."""
        if self._link is None or self._origin is None:
            return 0
        self._link.close()
        self._link = None
        return self._origin.end()

    def ask(self, request: Any, answer: Callable[..., Any] = lambda *question: None) -> Any:
        """The result of the work on `request`; `answer` answers what it asks in between.

        Raises Broken where it breaks the limits, Defect for an error of ours, and what `answer` raises.
        """
        self.start()
        link, step = self._link, ""
        assert link is not None  # it was started
        try:
            _send(link, request)
            while True:
                if not link.poll(until := self._bounds.whole * self._bounds.clock):
                    raise Broken(f"took more than {until:g} s", step)
                kind, value = _receive(link)
                if kind == "step":
                    step = value
                elif kind == "ask":
                    self._reply(link, answer, value)
                elif kind == "done":
                    value, large = value
                    if large:
                        self._end()
                    return value
                elif kind == "memory":
                    raise Broken(f"needed more than {self._bounds.memory // BLOCK} MB of memory", step)
                else:
                    raise Defect(value)
        except (EOFError, OSError):
            code = self._end()
            raise (Killed if code == -signal.SIGKILL else Broken)(self._words(code), step) from None
        except BaseException:
            self._end()
            raise

    def _reply(self, link: Connection, answer: Callable[..., Any], question: tuple) -> None:
        try:
            value = answer(*question)
        except BaseException:
            self._end()
            raise
        _send(link, value)

    def _words(self, code: int) -> str:
        if code == -signal.SIGXCPU:
            return f"took more than {self._bounds.step:g} s of the processor"
        return "was interrupted, by a kill" if code == -signal.SIGKILL else "ended the process that did it"


class _Origin:
    """The process that all are forked from: forked once, when its maker has no threads yet and little in its memory.

    Its maker asks by one letter each: for a new process, with its end of the link; for the end of the one there is.
    """

    _CODE = struct.Struct("i")

    def __init__(self, work: Callable[[Any, Asking], Any], bounds: Bounds) -> None:
        self._control, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            _fork_on_demand(theirs, work, bounds)
        theirs.close()

    def begin(self) -> Connection:
        """Another process; the link to it. Raises OSError where there is no origin any more."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"b"], [theirs.fileno()])
        if not self._control.recv(1):
            raise BrokenPipeError
        return Connection(ours.detach())

    def kill(self) -> None:
        """Kill the process. Any thread may."""
        with contextlib.suppress(OSError):
            self._control.send(b"k")

    def end(self) -> int:
        """Kill the process, unless it ends by itself; how it ended. Whoever killed the origin has killed it, too."""
        with contextlib.suppress(OSError):
            self._control.send(b"e")
            if len(code := self._control.recv(self._CODE.size, socket.MSG_WAITALL)) == self._CODE.size:
                return self._CODE.unpack(code)[0]
        return -signal.SIGKILL

    def close(self) -> None:
        """End the origin itself, and what it forked."""
        self._control.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _fork_on_demand(control: socket.socket, work: Callable[[Any, Asking], Any], bounds: Bounds) -> None:
    """The origin: forks a process when it is asked to, until its maker hangs up. Does not return."""
    pid = 0
    try:
        control = _alone(control.fileno(), control)
        while True:
            what, links, _, _ = socket.recv_fds(control, 1, 1)
            if what == b"b":
                pid = os.fork()
                if pid == 0:
                    _serve(links[0], work, bounds)
                os.close(links[0])
                control.send(b"b")
            elif what and pid:
                if what == b"e":
                    _wait(pid)
                os.kill(pid, signal.SIGKILL)
                if what == b"e":
                    control.send(_Origin._CODE.pack(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
                    pid = 0
            elif not what:
                break
    finally:
        if pid:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)


def _alone(fd: int, owner: Any = None) -> socket.socket:
    """End with whoever forked this process, and keep nothing of theirs but one socket: no lock, no gradebook."""
    die_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    os.dup2(fd, 3)
    os.closerange(4, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    if owner is not None:
        owner.detach()
    return socket.socket(fileno=3)


def _wait(pid: int) -> None:
    """Give a process that has hung up the time to end."""
    for _ in range(100):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return
        time.sleep(0.01)


def _serve(fd: int, work: Callable[[Any, Asking], Any], bounds: Bounds) -> None:
    """The process: answers requests until its maker hangs up. Does not return."""
    try:
        link = Connection(_alone(fd).detach())
        gc.freeze()  # a collection would visit, and so copy, all that was there before
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _limit_memory(bounds.memory)
        before = _resident()
        while True:
            _answer(link, work, bounds, before)
    except BaseException:
        os._exit(1)


def _answer(link: Connection, work: Callable[[Any, Asking], Any], bounds: Bounds, before: int) -> None:
    request = _receive(link)
    asking = Asking(link, bounds)
    asking.limit()
    try:
        value = work(request, asking)
        gc.collect(0)
        _send(link, ("done", (value, _resident() - before > FRESH_MEMORY)))
    except MemoryError:
        _send(link, ("memory", None))
    except Exception:
        _send(link, ("defect", traceback.format_exc()))


def _send(link: Connection, value: Any) -> None:
    """Send any value; what is large in it and stands in a `pickle.PickleBuffer` is not copied."""
    large: list[pickle.PickleBuffer] = []
    data = pickle.dumps(value, protocol=5, buffer_callback=large.append)
    link.send_bytes(pickle.dumps((len(large), data)))
    for one in large:
        link.send_bytes(one.raw())


def _receive(link: Connection) -> Any:
    count, data = pickle.loads(link.recv_bytes())
    return pickle.loads(data, buffers=[link.recv_bytes() for _ in range(count)])


def _used() -> float:
    """Seconds of the processor that this process has used, and the kernel for it: what RLIMIT_CPU counts."""
    times = os.times()
    return times.user + times.system


def _limit_memory(above: int) -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        with open("/proc/self/statm") as file:
            size = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + above, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _resident() -> int:
    with contextlib.suppress(OSError), open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
