"""The time of a notebook: what its processes have had of the processor, or waited by their own choice.

On a busy machine a right answer must not lose its points because it had to wait for the processor. So the seconds in which
a notebook wanted it and did not get it are not counted; a bound by the clock, several times as long, holds all the same.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field

from autograder.engine.run.limits import CELL_CLOCK, NOTEBOOK_CLOCK, SHORTEST_LOOK

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Process:
    """A process as /proc tells of it: seconds of the processor that it used itself, and those of its children that ended."""

    parent: int
    state: str
    own: float
    of_children: float


def processes() -> dict[int, Process]:
    """All processes of this machine that can be seen; empty where there is no /proc."""
    found = {}
    for entry in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                found[int(entry)] = _parse(_text(f"/proc/{entry}/stat"))
    return found


def _parse(stat: str) -> Process:
    words = stat.rpartition(")")[2].split()
    own, children = (sum(map(int, words[i : i + 2])) / _TICKS for i in (11, 13))
    return Process(int(words[1]), words[0], own, children)


def _text(path: str) -> str:
    with open(path) as file:
        return file.read()


def below(seen: dict[int, Process], root: int) -> dict[int, Process]:
    """Of all processes a root and what it started, and they."""
    children: dict[int, list[int]] = {}
    for pid, process in seen.items():
        children.setdefault(process.parent, []).append(pid)
    found, todo = {}, [root]
    while todo:
        pid = todo.pop()
        if pid in seen and pid not in found:
            found[pid] = seen[pid]
            todo += children.get(pid, [])
    return found


@dataclass
class Tree:
    """All that a process started: how much of the processor they used, however and whenever each of them ended."""

    root: int  # itself not counted
    first: int  # the first process below it, whose own thread runs the cells
    seen: dict[int, Process] = field(default_factory=dict)
    lost: float = 0.0  # seconds of processes that ended and whose parent was not told
    longest: float = 0.0  # seconds of the thread that used most up to now

    def look(self) -> tuple[float, bool]:
        """Seconds used since they began, and whether any of them wants the processor (or a disk) now.

        Seconds of a machine with nothing else to do, on which all cores would have worked side by side: those of the thread that
        used most, or a core's share of all together, whichever is more.
        """
        now = below(processes(), self.root)
        now.pop(self.root, None)
        ended = sum(p.own + p.of_children for pid, p in self.seen.items() if pid not in now)
        told = sum(p.of_children - self.seen[pid].of_children for pid, p in now.items() if pid in self.seen)
        self.lost += max(0.0, ended - told)
        self.seen = now
        together = sum(p.own + p.of_children for p in now.values()) + self.lost
        threads = [thread for pid in now for thread in _threads(pid)]
        self.longest = max([self.longest, self.glance(), *(thread.own for thread in threads)])
        wants = any(one.state in "RD" for one in (*now.values(), *threads))
        return max(self.longest, together / cores()), wants

    def glance(self) -> float:
        """Seconds that the first thread of the first process used: quickly known, and never more than `look` gives."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return _parse(_text(f"/proc/{self.first}/task/{self.first}/stat")).own
        return 0.0


def _threads(pid: int) -> list[Process]:
    """The threads of a process, each with its own time; those that end meanwhile are left out."""
    found = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                found.append(_parse(_text(f"/proc/{pid}/task/{thread}/stat")))
    return found


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Budget:
    """Seconds that are left to what runs now, and to the whole notebook. Look at it at least once in `longest` seconds."""

    def __init__(self, tree: Tree, seconds: float, of_all: float, longest: float) -> None:
        self.tree, self.seconds, self.of_all, self.longest = tree, seconds, of_all, longest
        self.began_all = self.mark = time.monotonic()
        self.all = self.charged = self.waited = 0.0  # charged to the notebook, to what runs; of this for waiting only
        self.used, self.wanted = tree.glance(), True  # of the processor, and whether it was wanted, at the last look
        self.begin()

    def begin(self) -> None:
        """Something else runs from now on."""
        self._charge(max(self.used, self.tree.glance()), True)
        self.allow(self.seconds)

    def allow(self, seconds: float) -> None:
        """So many seconds more, from now on, for what runs: it was told to stop."""
        self.began, self.limit, self.charged, self.waited = self.mark, seconds, 0.0, 0.0

    def look(self) -> None:
        """Charge what was used since the last look."""
        self._charge(*self.tree.look())

    def _charge(self, used: float, wants: bool) -> None:
        """Charge the seconds of the processor, and those in which nobody wanted it at either end of the time."""
        now, worked = time.monotonic(), max(0.0, used - self.used)
        passed = min(now - self.mark, 2 * self.longest)  # whoever looks may have had to wait, too
        waited = 0.0 if wants and self.wanted else max(0.0, passed - worked)
        self.mark, self.used, self.wanted = now, used, wants
        self.charged += worked + waited
        self.waited += waited
        self.all += worked + waited

    def left(self) -> float:
        """Seconds after which what runs is out of time, at the earliest."""
        return max(0.0, min(self.limit - self.charged, self.began + CELL_CLOCK * self.limit - self.mark))

    def left_of_all(self) -> float:
        """The same for the whole notebook."""
        return max(0.0, min(self.of_all - self.all, self.began_all + NOTEBOOK_CLOCK * self.of_all - self.mark))

    def next_look(self) -> float:
        """Seconds until it is worth looking again."""
        return min(self.longest, max(SHORTEST_LOOK, min(self.left(), self.left_of_all())))

    def by_clock(self) -> bool:
        """Whether what runs out of time had not had that time of the processor: another time it might have ended."""
        return self.charged < self.limit or self.charged - self.waited < self.limit / 2

    def starved(self) -> bool:
        """Whether what runs had to wait for the processor for a good part of its time."""
        passed = time.monotonic() - self.began
        return passed - self.charged > max(1.0, self.charged / 2)
