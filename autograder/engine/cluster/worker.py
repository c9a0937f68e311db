"""On a worker host: what a Dask worker does with a notebook that the coordinator sends it, and what it says of itself.

    introduce      which versions, which data and what sandbox this host has: the coordinator takes it on, or says why not
    run_here       run one notebook in a warm process on this host, and return what came out of the sandbox
    Attendant      a plugin of the Dask worker: ends what nobody waits for any more, and everything when the worker ends

This module and those that it needs are all of the grader that such a host gets (see cluster/package.py): no exercise, no
expectation, no gradebook. Dask's workers are threaded and never fork; the warm process beside them does.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.engine.run import runner
from autograder.engine.run.limits import IDLE_SECONDS, LOG_LINES, MOST_UNPACKED, SLOTS
from autograder.engine.run.ready import modules_of
from autograder.engine.run.runner import EngineFault, Frames, Result, WarmParent
from autograder.engine.run.sandbox import Limits
from course_utils.course import content_folder

#: Of the engine what runs on a worker, besides all of its room `run`; a coordinator takes on no worker whose copies differ.
PARTS = ("__init__.py", "cluster/__init__.py", "cluster/worker.py", "cluster/cli.py")
#: Import names whose distributions are called otherwise, in the order in which they are looked for.
DISTRIBUTIONS = {
    "PIL": ("pillow",),
    "sklearn": ("scikit-learn",),
    "cv2": ("opencv-python-headless", "opencv-python", "opencv-contrib-python"),
    "tensorflow": ("tensorflow-cpu", "tensorflow", "tensorflow-intel", "tf-nightly"),
    "IPython": ("ipython",),
    "matplotlib_inline": ("matplotlib-inline",),
}
_LENGTH = struct.Struct(">I")


# What travels


def pack(facts: dict, bodies: Iterable[bytes] = ()) -> bytes:
    """Facts as JSON and what is not looked into behind them, compressed: nothing but plain data travels."""
    made = zlib.compressobj(1)
    parts = []
    for body in (json.dumps(facts, separators=(",", ":")).encode("utf-8", "surrogatepass"), *bodies):
        parts += [made.compress(_LENGTH.pack(len(body))), made.compress(body)]
    return b"".join([*parts, made.flush()])


def unpack(data: bytes) -> tuple[dict, list[bytes]]:
    """The facts and the bodies in such bytes. Raises ValueError for more than MOST_UNPACKED, and for what is none."""
    opened = zlib.decompressobj()
    view, parts = memoryview(opened.decompress(data, MOST_UNPACKED)), []
    if opened.unconsumed_tail:
        raise ValueError(f"more than {MOST_UNPACKED >> 20} MB")
    while view:
        size = _LENGTH.unpack(view[: _LENGTH.size])[0]
        parts.append(bytes(view[_LENGTH.size : _LENGTH.size + size]))
        view = view[_LENGTH.size + size :]
    return json.loads(parts[0].decode("utf-8", "surrogatepass")), parts[1:]


def pack_job(session: str, ready: tuple[str, ...], job: bytes, hidden: dict, limits: Limits) -> bytes:
    """All that a worker needs for one notebook; `hidden` holds probes, never what is expected of them."""
    return pack({"session": session, "ready": list(ready), "hidden": hidden, "limits": asdict(limits)}, [job])


@dataclass
class Returned:
    """What a worker sent back, not looked into: frames as its own sandbox let them out."""

    data: bytes
    waited: float = 0.0  # seconds for a free place

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.data)

    def parsed(self) -> Result:
        """It as a Result. Raises EngineFault for what is none."""
        try:
            facts, bodies = unpack(self.data)
            result = Frames(bodies, facts["seconds"]).parsed()
        except (ValueError, LookupError, TypeError, struct.error, zlib.error) as error:
            raise EngineFault(f"what a worker sent back is not a result: {error}") from error
        result.waited = self.waited
        return result


# What a host says of itself


def introduce(ready: tuple[str, ...], sets: tuple[str, ...]) -> dict:
    """Facts about this host for a unit that needs `ready` and reads the data sets `sets`, which are had if they can be."""
    _attend()
    return {**about(ready), "lacks": list(lacks()), "data": {name: data_of(name, not lacks()) for name in sets}}


def about(ready: tuple[str, ...]) -> dict:
    """What must be the same on the coordinator and on its workers: Python, the course's code, the packages in use."""
    names = dict.fromkeys(name.partition(".")[0] for name in (*runner.MODULES, "IPython", *modules_of(ready)))
    versions = {name: version_of(name) for name in names if name not in ("course_utils", *sys.stdlib_module_names)}
    return {
        "host": socket.gethostname(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "engine": _engine(),
        "code": code_digests(),
        "versions": versions,
    }


def _engine() -> int:
    from autograder.engine import ENGINE

    return ENGINE


def version_of(module: str) -> str:
    """The version of what is imported by this name; "" where it is not installed."""
    for name in DISTRIBUTIONS.get(module, (module,)):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(name)
    return ""


@functools.cache
def code_digests() -> dict[str, str]:
    """Digests of the course's code that runs here, by file: the learner's helper with its packs, the engine's part."""
    return digests_of({name: path.read_bytes() for name, path in code_files()})


def digests_of(files: dict[str, bytes]) -> dict[str, str]:
    """A short digest of each file."""
    return {name: hashlib.sha256(data).hexdigest()[:16] for name, data in files.items()}


def code_files() -> Iterator[tuple[str, Path]]:
    """What a worker host needs of the course: name below the packages' folder -> file, in the order of the names."""
    import course_utils

    helper, engine = Path(course_utils.__file__).resolve().parent, Path(__file__).resolve().parents[1]
    parts = (*PARTS, *(f"run/{path.name}" for path in (engine / "run").glob("*.py")))
    found = {f"autograder/engine/{name}": engine / name for name in parts}
    for path in helper.rglob("*"):
        inside = path.relative_to(helper)
        aside = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
        if path.is_file() and not aside and path.suffix not in (".pyc", ".partial", ".orig"):
            found[f"course_utils/{inside.as_posix()}"] = path
    if (content := content_folder()) != helper:  # a course apart from the kit
        packs = [path for path in content.rglob("*.json") if path.is_file()]
        found |= {f"course_utils/{path.relative_to(content).as_posix()}": path for path in packs}
    yield from sorted(found.items())


@functools.cache
def lacks() -> tuple[str, ...]:
    """What this host lacks for a sandbox. Found out by a process of its own: trying it forks."""
    code = "import json; from autograder.engine.run import sandbox; print(json.dumps(sandbox.missing()))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    try:
        return tuple(json.loads(done.stdout.splitlines()[-1]))
    except (IndexError, ValueError):
        return (f"the sandbox could not be tried: {done.stderr.strip()[-200:] or f'status {done.returncode}'}",)


def data_of(name: str, sandboxed: bool) -> dict:
    """What files of a data set a notebook's sandbox here can read; see `course_utils.data.on_disk.files_of`."""
    from course_utils.data import on_disk

    return on_disk.files_of(name, _in_view if sandboxed else None)


def _in_view(path: Path) -> bool:
    from autograder.engine.run.sandbox import default_view

    return any(path.resolve().is_relative_to(Path(shown).resolve()) for shown in default_view().read_only)


# Warm processes


class WarmPool:
    """The warm parents of one grading on this host: one process has imported, each thread of the Dask worker has a server.

    One grading is one unit, so what is imported never changes; the next grading has a pool of its own.
    """

    def __init__(self, ready: tuple[str, ...], sandboxed: bool, places: int, log: int) -> None:
        first = (os.getpid() * 31) % max(1, SLOTS - places)  # workers on one host take other user numbers, most likely
        self.parents = [WarmParent(ready, first + place, sandboxed, log) for place in range(places)]
        self.free = list(self.parents)
        self.used = time.monotonic()
        self.ended = False

    def kill(self) -> None:
        """End what runs; whoever waits for it gets an EngineFault."""
        self.ended = True
        for parent in self.parents:
            parent.kill()

    def stop(self) -> None:
        """End everything. No notebook may be running, or it has been killed."""
        self.kill()
        for parent in self.parents:
            parent.stop()


class Warmth:
    """All warm pools of this process, by grading."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: dict[str, WarmPool] = {}
        self._running: dict[str, WarmPool] = {}
        # A process that asks to die with its parent dies with the *thread* that started it, and Dask's may end.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="warm-starter")
        self._log = _Log()
        self._reaper: threading.Thread | None = None

    def run(
        self, key: str, session: str, ready: tuple[str, ...], places: int, work: Callable[[WarmParent], Any]
    ) -> Any:
        """Do `work` with a warm parent of this grading."""
        with self._lock:
            pool = self._pools.get(session)
            if pool is None:
                pool = self._pools[session] = WarmPool(ready, not lacks(), places, self._log.fd)
            self._running[key] = pool
            stale = self._take_stale()
            self._watch()
        for one in stale:
            one.stop()
        try:
            with self._borrow(pool) as parent:
                self._starter.submit(self._start, pool, parent).result()
                return work(parent)
        except EngineFault as error:
            raise EngineFault(f"{socket.gethostname()}: {error}{self._log.tail()}") from None
        finally:
            with self._lock:
                self._running.pop(key, None)
                pool.used = time.monotonic()
                idle = pool.ended and pool not in self._running.values()
            if idle:
                pool.stop()

    @contextlib.contextmanager
    def _borrow(self, pool: WarmPool) -> Iterator[WarmParent]:
        with self._lock:
            parent = pool.free.pop() if pool.free else WarmParent(*_like(pool.parents[0]))  # more threads than before
            if parent not in pool.parents:
                pool.parents.append(parent)
        try:
            yield parent
        finally:
            with self._lock:
                pool.free.append(parent)

    def _start(self, pool: WarmPool, parent: WarmParent) -> None:
        """In the starter's thread: start what has not been started, all of a new pool at once."""
        if pool.ended:
            raise EngineFault("it was called back")
        if all(one._socket is None for one in pool.parents):
            runner.start_parents(pool.parents)
        parent.start()

    def call_back(self, key: str) -> None:
        """Nobody waits for this job any more: end it, and its grading's warm processes, which are of no more use."""
        with self._lock:
            pool = self._running.get(key)
            if pool is not None:
                self._forget(pool)
        if pool is not None:
            pool.kill()

    def end_session(self, session: str) -> None:
        """A grading is over."""
        with self._lock:
            pool = self._pools.pop(session, None)
            busy = pool in self._running.values()
        if pool is not None:
            pool.kill() if busy else pool.stop()

    def end(self) -> None:
        """The worker ends."""
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            pool.kill()

    def _forget(self, pool: WarmPool) -> None:
        self._pools = {session: one for session, one in self._pools.items() if one is not pool}

    def _take_stale(self) -> list[WarmPool]:
        """Pools that have not been used for a while; they are no longer ours."""
        before = time.monotonic() - IDLE_SECONDS
        stale = [one for one in self._pools.values() if one.used < before and one not in self._running.values()]
        for one in stale:
            self._forget(one)
        return stale

    def _watch(self) -> None:
        """One thread looks for stale pools; it ends when there are none left to look at."""
        if self._reaper is None or not self._reaper.is_alive():
            self._reaper = threading.Thread(target=self._reap, daemon=True, name="warm-reaper")
            self._reaper.start()

    def _reap(self) -> None:
        while True:
            time.sleep(IDLE_SECONDS / 20)
            with self._lock:
                stale = self._take_stale()
                done = not self._pools
                if done:
                    self._reaper = None
            for one in stale:
                one.stop()
            if done:
                return


def _like(parent: WarmParent) -> tuple:
    return parent.ready, (parent.slot + 97) % SLOTS, parent.sandboxed, parent._log


class _Log:
    """What warm processes write to their standard error, kept in a file without a name; its end explains their deaths."""

    def __init__(self) -> None:
        import tempfile

        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (for as long as the process lives)
        self.fd = self._file.fileno()
        os.set_inheritable(self.fd, False)

    def tail(self) -> str:
        size = os.fstat(self.fd).st_size
        if not size:
            return ""
        text = os.pread(self.fd, 4000, max(0, size - 4000)).decode("utf-8", "replace").strip()
        return "; its log ends with: " + " | ".join(text.splitlines()[-LOG_LINES:])[-600:]


_warmth: Warmth | None = None
_warmth_lock = threading.Lock()


def warmth() -> Warmth:
    """This process's warm pools."""
    global _warmth
    with _warmth_lock:
        _warmth = _warmth or Warmth()
        return _warmth


def run_here(packed: bytes) -> bytes:
    """On a worker: run one notebook; return what came out, packed. Raises EngineFault when this host cannot."""
    worker, key = _attend()
    message, (job,) = unpack(packed)
    limits = Limits(**message["limits"])
    places = worker.state.nthreads if worker is not None else 1

    def work(parent: WarmParent) -> Frames:
        return parent.run_unread(job, message["hidden"], limits)

    frames = warmth().run(key, message["session"], tuple(message["ready"]), places, work)
    return pack({"seconds": frames.seconds}, frames.bodies)


def end_session(session: str) -> None:
    """On a worker: a grading is over, its warm processes may end. Called on the worker's event loop: it must not wait."""
    threading.Thread(target=warmth().end_session, args=(session,), daemon=True).start()


def _attend() -> tuple[Any, str]:
    """The Dask worker that this task runs on, its Attendant seen to, and the task's key; (None, "") outside of Dask."""
    try:
        from distributed import get_worker
        from distributed.utils import sync

        worker = get_worker()
    except (ImportError, ValueError):
        return None, str(threading.get_ident())
    with _warmth_lock:
        if ATTENDANT not in worker.plugins:
            sync(worker.loop, worker.plugin_add, plugin=_attendant(), name=ATTENDANT)
    return worker, str(worker.get_current_task())


ATTENDANT = "autograder-attendant"
#: States of a task that has no one waiting for it any more.
_CALLED_BACK = ("cancelled", "released", "forgotten")


def _attendant() -> Any:
    from distributed.diagnostics.plugin import WorkerPlugin

    class Attendant(WorkerPlugin):
        """Ends notebooks that are called back (by Ctrl-C, or because the coordinator is gone), and all when the worker ends."""

        name = ATTENDANT

        def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:
            if finish in _CALLED_BACK:
                warmth().call_back(str(key))

        def teardown(self, worker: Any) -> None:
            warmth().end()

    return Attendant()
