"""The coordinator's side of a warm parent: start one, hand it a notebook, collect what comes out of the sandbox."""

from __future__ import annotations

import ast
import base64
import contextlib
import importlib.util
import json
import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, SupportsIndex

from autograder.engine.run import wire
from autograder.engine.run.ended import End, Ended
from autograder.engine.run.sandbox import Limits, View, default_view
from autograder.engine.run.scratch import scratch_folder

#: What a warm parent imports for every unit; to these come the unit's own imports.
MODULES = (
    "numpy",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "PIL.Image",
    "course_utils.checking",
    "course_utils.verdict",
    "course_utils.plot",
    "course_utils.data",
)

#: Variables that the warm parent inherits; everything else of the instructor's environment stays outside.
KEPT_VARIABLES = (
    *("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ"),
    *("COURSE_CONTENT", "COURSE_DATA", "COURSE_MIRROR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"),
)
#: One thread each while importing: a process that has several cannot be forked safely.
SINGLE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


_DONE = b'{"done":true'  # how the last frame begins, and no other: the monitor lets none through with such a name


class EngineFault(RuntimeError):
    """The engine itself failed, not the submission: no sandbox, or the warm parent died. It may be tried again."""


class GiveUp(EngineFault):
    """The engine failed on one submission, again and again: it is not tried any more in this run."""


class EngineGone(EngineFault):
    """There is no engine any more, for any submission: the run ends, and the same command goes on from there."""


@dataclass
class Result:
    """What came out of the sandbox: outputs by cell, kept answers in their order, and why it ended early, if it did."""

    outputs: dict[int, list[dict]] = field(default_factory=dict)
    answers: list[dict] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)
    ended: Ended | None = None  # None when the notebook ran to its end
    at: Any = None  # the cell's index (or answer's id) that ran when it ended
    interrupted: list[Any] = field(default_factory=list)  # cells whose time was up
    cpu: float = 0.0
    memory: int = 0
    waited: float = 0.0  # seconds before it began, for a free place
    used: float = 0.0  # seconds of its time that it had: of the processor, or waiting by its own choice
    by_clock: bool = False  # something ran out of time that had not had that time of the processor
    left_out: dict[int, str] = field(default_factory=dict)  # cells that ended an earlier run, and how
    seconds: dict[str, float] = field(default_factory=dict)  # that each answer took for the hidden probes

    def parsed(self) -> Result:
        """Itself; what is not parsed yet has the same."""
        return self

    def take(self, other: Result, id: str) -> None:
        """Take over another run's answer to an exercise, in place of this one's."""
        self.answers = [a for a in self.answers if a["answer"] != id] + [a for a in other.answers if a["answer"] == id]
        self.sealed = [one for one in self.sealed if one != id] + [id] * other.sealed.count(id)
        self.seconds[id] = other.seconds.get(id, 0.0)


@dataclass
class Frames:
    """What came out of the sandbox as it came, not parsed: the frames' bodies and the seconds that each took."""

    bodies: list[bytes] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple:
        """From one process to another without a copy where a pickle's buffers travel beside it."""
        return Frames, ([pickle.PickleBuffer(body) for body in self.bodies], self.seconds)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return sum(map(len, self.bodies))

    def parsed(self) -> Result:
        """The frames as a Result. Raises EngineFault for a body that is no frame: the warm process let none through."""
        result = Result()
        for body, seconds in zip(self.bodies, self.seconds, strict=True):
            try:
                message = wire.parse_body(bytes(body))
            except wire.BadFrame as error:
                raise EngineFault(f"the warm process failed: {error}") from error
            _collect(result, message)
            if isinstance(message.get("answer"), str):
                result.seconds[message["answer"]] = round(seconds, 3)
        return result


def pack_job(cells: list[str], files: dict[str, bytes]) -> bytes:
    """A notebook's sources and the files beside it, as the body of a frame; each by itself, for all may be large."""
    parts = [b'{"cells":[']
    for place, cell in enumerate(cells):
        parts += [b"," * bool(place), b'{"source":', _as_json(cell), b"}"]
    parts.append(b'],"files":{')
    for place, (name, data) in enumerate(files.items()):
        parts += [b"," * bool(place), _as_json(name), b':"', base64.b64encode(data), b'"']
    return b"".join([*parts, b"}}"])


def unpack_job(body: bytes) -> tuple[list[str], dict[str, bytes]]:
    """The sources and files of a packed job."""
    job = json.loads(bytes(body).decode("utf-8", "replace"))
    return [cell["source"] for cell in job["cells"]], {
        name: base64.b64decode(text) for name, text in job["files"].items()
    }


def _as_json(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")


class WarmParent:
    """A warm process's server on this machine: runs one notebook at a time. A context manager.

    `ready`: words for what it has ready (`autograder.engine.run.ready`); `slot`: which user runs its notebooks.
    """

    def __init__(
        self, ready: tuple[str, ...] = (), slot: int = 0, sandboxed: bool = True, log: int = subprocess.DEVNULL
    ) -> None:
        self.ready, self.slot, self.sandboxed, self._log = ready, slot, sandboxed, log
        self._process: subprocess.Popen | None = None
        self._socket: socket.socket | None = None
        self._group: set[WarmParent] = set()  # those that share its process
        self._ready = False

    def __enter__(self) -> WarmParent:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start importing, if it has not begun; `run` waits for it."""
        if self._socket is None:
            start_parents([self])

    def stop(self) -> None:
        """Hang up, at which the server ends; the process that it was forked from ends with its last server."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            self._group.discard(self)
            if not self._group:
                self._process.kill()
                self._process.wait()
            self._process = None
        self._ready = False

    def kill(self) -> None:
        """End what runs, from another thread: the one that waits in `run` gets an EngineFault."""
        if (process := self._process) is not None:
            process.kill()

    def run(
        self, cells: list[str], hidden: dict[str, dict], limits: Limits | None = None, files: dict | None = None
    ) -> Result:
        """Run the cells' sources; `hidden` maps exercise ids to their hidden packs' probes, settings and parameters.

        Raises EngineFault when the engine fails; what a submission does, however bad, is a Result that says how it ended.
        """
        return self.run_unread(pack_job(cells, files or {}), hidden, limits).parsed()

    def run_unread(self, job: bytes, hidden: dict[str, dict], limits: Limits | None = None) -> Frames:
        """Like `run`, of a packed job; parses nothing of what a submission is or said."""
        self.start()
        try:
            frames = Frames()
            with contextlib.nullcontext("") if self.sandboxed else scratch_folder() as folder:
                before = time.perf_counter()
                for body in self._exchange(job, hidden, limits or Limits(), folder):
                    now = time.perf_counter()
                    frames.bodies.append(body)
                    frames.seconds.append(now - before)
                    before = now
            return frames
        except (OSError, wire.BadFrame) as error:
            self.stop()
            raise EngineFault(f"the warm process failed: {error}") from error

    def _exchange(self, job: bytes, hidden: dict, limits: Limits, folder: str) -> Iterator[bytes]:
        assert self._socket is not None  # it was started
        source = sink = self._socket.fileno()
        if not self._ready:
            self._expect(source, "ready")
            self._ready = True
        view: View = default_view(self.slot)
        order = {"limits": asdict(limits), "view": view.as_dict(), "sandboxed": self.sandboxed, "folder": folder}
        wire.write_frame(sink, order)
        wire.write_body(sink, job)
        wire.write_frame(sink, hidden)
        while True:
            body = wire.read_body(source)
            if body is None:
                self.stop()
                raise EngineFault("the warm process died")
            done = body.startswith(_DONE) and wire.parse_body(body)  # the monitor's own word, which is short
            how = Ended.of(done.get("how")) if done else None
            if how and how.kind == End.NO_SANDBOX:
                raise EngineFault(how.words)
            yield body
            if done:
                return

    def _expect(self, source: int, what: str) -> None:
        message = wire.read_frame(source)
        if message is None or what not in message:
            self.stop()
            raise EngineFault("the warm process could not start; `autograder doctor` may say why")


def start_parents(parents: list[WarmParent]) -> None:
    """Start one process that has ready what the parents ask for, once, and serves them all."""
    pairs = [socket.socketpair() for _ in parents]
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    environment |= SINGLE_THREAD | {
        "HOME": os.environ.get("HOME", "/"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    theirs = [pair[1].fileno() for pair in pairs]
    words = list(dict.fromkeys([*MODULES, *(word for parent in parents for word in parent.ready)]))
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder.engine.run.warm", ",".join(map(str, theirs)), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=parents[0]._log,
        env=environment,
        pass_fds=theirs,
    )
    group = set(parents)
    for parent, (ours, other) in zip(parents, pairs, strict=True):
        other.close()
        parent._socket, parent._process, parent._ready = ours, process, False
        parent._group = group


def make_parents(jobs: int, ready: tuple[str, ...], sandboxed: bool) -> list[WarmParent]:
    """Warm parents for grading on this machine, importing already."""
    parents = [WarmParent(ready, slot, sandboxed) for slot in range(jobs)]
    start_parents(parents)
    return parents


def default_jobs() -> int:
    """One for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def imported_modules(sources: Iterable[str]) -> tuple[str, ...]:
    """What some cells import, as they name it, `scipy.signal` for `from scipy import signal`; unknown packages are left out."""
    found: dict[str, None] = {}
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # an IPython magic
            continue
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")]
            found |= dict.fromkeys(name for name in names if name.partition(".")[0] not in ("autograder", "__main__"))
    known = [name for name in found if importlib.util.find_spec(name.partition(".")[0])]
    return tuple(known)


def _collect(result: Result, message: dict) -> None:
    """Take one message from the sandbox into the result. Nothing in it is believed but its form, and that is checked."""
    if message.get("done") is True:
        result.ended = Ended.of(message.get("how"))
        result.at = message.get("at")
        result.interrupted = list(message.get("interrupted") or [])
        result.used, result.by_clock = float(message.get("used", 0)), message.get("by_clock") is True
        result.cpu, result.memory = float(message.get("cpu", 0)), int(message.get("memory", 0))
    elif isinstance(message.get("cell"), int) and isinstance(message.get("outputs"), list):
        result.outputs.setdefault(message["cell"], message["outputs"])
    elif isinstance(message.get("sealed"), list):
        result.sealed = [str(id)[:100] for id in message["sealed"][:1000]]
    elif isinstance(message.get("answer"), str):
        result.answers.append(message)
