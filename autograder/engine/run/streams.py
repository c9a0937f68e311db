"""The notebook's stdout and stderr: the objects that Python prints to, and the file descriptors behind them.

What programs that a notebook starts write to descriptors 1 and 2, and what libraries in C write there, is shown below the
cell that runs, as ipykernel shows it.
"""

from __future__ import annotations

import codecs
import contextlib
import contextvars
import fcntl
import os
import select
import sys
import threading

from ipykernel.iostream import OutStream

from autograder.engine.run.front_end import FrontEnd
from autograder.engine.run.limits import PIPE

F_SETPIPE_SZ = getattr(fcntl, "F_SETPIPE_SZ", 1031)
NUMBERS = {"stdout": 1, "stderr": 2}


class Stream(OutStream):
    """sys.stdout or sys.stderr. ipykernel's own, but that it hands text over at once, and to no thread."""

    def __init__(self, name: str, front_end: FrontEnd) -> None:
        self.name, self.echo, self.session = name, None, None
        self._front_end, self._owner, self._nowhere = front_end, os.getpid(), -1
        self._isatty, self._should_watch, self._exc = False, False, None
        self._local = threading.local()
        self._parent_header: contextvars.ContextVar[dict] = contextvars.ContextVar("parent_header")
        self._parent_header_global: dict = {}
        self.open()

    def open(self) -> None:
        """Open it, again where it was closed."""
        self.pub_thread = self._front_end

    def write(self, text: str) -> int:
        """Show text below the running cell. In a forked child the text goes through the descriptor."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if self.pub_thread is None:
            raise ValueError("I/O operation on closed file")
        if os.getpid() == self._owner:
            self._front_end.stream(self.name, text)
        else:
            _write(NUMBERS[self.name], text.encode("utf-8", "replace"))
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def fileno(self) -> int:
        """A descriptor that leads nowhere; ipykernel's leads to the log of the server, which no learner sees either."""
        if self._nowhere < 0:
            self._nowhere = os.open(os.devnull, os.O_WRONLY)
        return self._nowhere

    def close(self) -> None:
        """From now on writing is an error."""
        self.pub_thread = None


Stream.__name__ = Stream.__qualname__ = "OutStream"  # as errors name it


def _write(number: int, data: bytes) -> None:
    with contextlib.suppress(OSError):  # whoever read it has ended
        while data:
            data = data[os.write(number, data) :]


class Streams:
    """Both streams of a process, in place; `settle` shows what was written to the descriptors up to now."""

    def __init__(self, front_end: FrontEnd) -> None:
        self._front_end, self._lock = front_end, threading.Lock()
        self._streams = {name: Stream(name, front_end) for name in NUMBERS}
        self._pipes: dict[int, tuple[str, codecs.IncrementalDecoder]] = {}
        for name, number in NUMBERS.items():
            self._pipes[_pipe_at(number)] = (name, codecs.getincrementaldecoder("utf-8")("replace"))
        sys.stdout, sys.stderr = self._streams.values()
        threading.Thread(target=self._watch, name="descriptors", daemon=True).start()

    def mend(self) -> None:
        """Put a stream back that a cell closed or took away. One that it replaced by another stays."""
        for name, stream in self._streams.items():
            try:
                usable = not getattr(sys, name).closed
            except BaseException:  # no stream at all, or an object whose attributes raise
                usable = False
            if not usable:
                stream.open()
                setattr(sys, name, stream)

    def settle(self) -> None:
        """Show what was written to the descriptors and not been read yet: what lies in the pipes now, since a child may go on."""
        with contextlib.suppress(OSError, ValueError):  # the cell closed them
            self._read(0)

    def _watch(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while self._pipes:
                select.select(list(self._pipes), [], [])
                self._read(0)

    def _read(self, seconds: float) -> bool:
        with self._lock:
            ready, _, _ = select.select(list(self._pipes), [], [], seconds)
            for pipe in ready:
                name, decoder = self._pipes[pipe]
                data = os.read(pipe, PIPE)  # all that it holds
                if not data:
                    del self._pipes[pipe]
                self._front_end.stream(name, decoder.decode(data))
        return bool(ready)

    def close(self) -> None:
        """Lead the descriptors nowhere; what still comes through the pipes is dropped."""
        nothing = os.open(os.devnull, os.O_WRONLY)
        for number in NUMBERS.values():
            os.dup2(nothing, number)
        os.close(nothing)


def _pipe_at(number: int) -> int:
    """Let a descriptor lead into a pipe; returns the pipe's other end."""
    there, here = os.pipe()
    with contextlib.suppress(OSError):  # other systems have no such call, and some users may not have large pipes
        fcntl.fcntl(here, F_SETPIPE_SZ, PIPE)
    os.dup2(here, number)
    os.close(here)
    return there
