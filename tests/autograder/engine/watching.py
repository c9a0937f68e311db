"""A process and all that it starts, looked at again and again: who there was, and how much memory they took at most."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tests.autograder.engine.test_kills import below

SECONDS = 0.05  # between two looks
DEPTH = 6  # generations


def text_of(pid: int, name: str) -> str:
    """A file of /proc; "" where the process has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_text()
    return ""


def started(pid: int) -> str:
    """When a process was started: with its number, what tells it from all others. "" where it has ended."""
    state, *words = text_of(pid, "stat").rpartition(")")[2].split() or "Z"
    return "" if state in "ZX" else words[18]


def megabytes(text: str, name: str) -> float:
    """A line of /proc/PID/status or smaps_rollup."""
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith(name)), 0.0)


@dataclass
class Watch:
    """A context manager. The processes that a coordinator forked to judge have its command line, all others have their own."""

    pid: int
    seen: set[tuple[int, str]] = field(default_factory=set)
    coordinator: float = 0.0  # MB that it took at most, as the kernel counts it
    judge: float = 0.0  # and the largest of the processes that judge, and of those they are forked from
    together: float = 0.0  # of them all at one time, shared pages counted once

    def __enter__(self) -> Watch:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(SECONDS):
            self.look()

    def look(self) -> None:
        """One look."""
        command = text_of(self.pid, "cmdline")
        near = [*below(self.pid, 1), *below(self.pid, 2)]
        judges = [pid for pid in near if command and text_of(pid, "cmdline") == command]
        self.coordinator = max(self.coordinator, megabytes(text_of(self.pid, "status"), "VmHWM:"))
        self.judge = max([self.judge, *(megabytes(text_of(pid, "status"), "VmHWM:") for pid in judges)])
        now = sum(megabytes(text_of(pid, "smaps_rollup"), "Pss:") for pid in [self.pid, *judges])
        self.together = max(self.together, now)
        for generation in range(1, DEPTH):
            self.seen |= {(pid, begun) for pid in below(self.pid, generation) if (begun := started(pid))}

    def alive(self) -> list[int]:
        """Of all that were seen, those that still run."""
        return [pid for pid, begun in self.seen if started(pid) == begun]
