"""Notebooks run on other machines, through Dask: `autograder grade UNIT --scheduler tcp://...`.

The coordinator stays the judge and the only writer. What travels to a worker is a notebook's cells and the hidden probes
(never what is expected of them), what comes back is what came out of the worker's own sandbox; no disk is shared.

Each notebook is sent to one worker that has a free place, by name, so that it is known where it was when a worker is lost.
A lost worker's notebooks are repeated elsewhere. One whose workers were lost twice is tried once more with a worker to
itself; when that one is lost too, it gets its reason and the class goes on. So a scheduler's `allowed-failures` plays no
part, and nobody is blamed for a neighbour. A learner's time-out is a result like any other and is not repeated.

Workers may join and leave at any time. One is taken on when what must be the same there is the same; see `introduce`.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import pickle
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.engine.cluster import worker
from autograder.engine.run.runner import EngineFault, EngineGone, GiveUp, Result, pack_job
from autograder.engine.run.sandbox import Limits
from autograder.limits import (
    ALONE_SECONDS,
    CONNECT_SECONDS,
    GONE_SECONDS,
    GREET_SECONDS,
    LOOK_SECONDS,
    MOST_FAULTS,
    MOST_LOST,
    MOST_PLACES,
    WORKER_SECONDS,
)
from course_utils.data import on_disk
from course_utils.refused import Refused

if TYPE_CHECKING:
    from distributed import Client, Future


Say = Callable[[str], None]


def say_on_stderr(line: str) -> None:
    """A line of its own, also while a progress bar is shown."""
    from tqdm import tqdm

    tqdm.write(f"autograder: {line}", file=sys.stderr)


@dataclass(frozen=True)
class Needs:
    """What a unit needs of every worker: the same facts as here, the same data as here."""

    ready: tuple[str, ...]
    facts: dict[str, Any]
    data: dict[str, list[str]] = field(default_factory=dict)  # data set -> the hashes of its files here
    sandbox: bool = False  # whether a worker without one is refused

    @classmethod
    def here(cls, ready: tuple[str, ...], sets: Iterable[str] = (), sandbox: bool = False) -> Needs:
        """What is here. Raises Refused for a data set that cannot be had."""
        data = {}
        for name in sets:
            found = on_disk.files_of(name)
            if "lacks" in found:
                raise Refused(f"this unit reads the data set {name}: {found['lacks']}")
            data[name] = found["files"]
        return cls(ready, worker.about(ready), data, sandbox)

    def missing(self, theirs: dict) -> str:
        """Why a worker with these facts cannot be used; "" when it can."""
        mine = self.facts
        for name, words in (("python", "Python"), ("engine", "engine")):
            if theirs.get(name) != mine[name]:
                return f"it has {words} {theirs.get(name)}, and here it is {mine[name]}"
        if other := [name for name in mine["code"] if theirs["code"].get(name) != mine["code"][name]]:
            more = f" and {len(other) - 1} more" if other[1:] else ""
            return f"its {other[0]}{more} is not as here: make and install the worker package again"
        for name, version in mine["versions"].items():
            if version and (found := theirs["versions"].get(name)) != version:
                return f"it has {name} {found}, and here it is {version}" if found else f"it has no {name}"
        for name, files in self.data.items():
            found = theirs["data"].get(name, {})
            if "lacks" in found:
                return f"it lacks the data set {name}: {found['lacks']}"
            if found.get("files") != files:
                return f"its data set {name} is not the one used here (canonical or substitute): give both the same COURSE_MIRROR"
        if self.sandbox and theirs["lacks"]:
            return f"it has no sandbox: {theirs['lacks'][0]}"
        return ""


@dataclass(eq=False)
class Host:
    """A worker as the coordinator sees it."""

    address: str
    threads: int
    ready: bool = False
    refused: str = ""  # why it gets no work
    busy: int = 0
    faults: int = 0  # one after the other
    reserved: Any = None  # the place that waits to have it alone
    lacks: tuple[str, ...] = ()


@dataclass(eq=False)
class _Job:
    future: Future
    host: Host
    place: Place
    why: str = ""  # "lost" or "killed" where we called it back


@dataclass(frozen=True)
class _Call:
    """A call that takes place where its pickle is opened."""

    function: Callable
    arguments: tuple

    def __reduce__(self) -> tuple:
        return self.function, self.arguments


class _Lost(Exception):
    """The worker was lost while a notebook ran on it."""


class Place:
    """Stands for one notebook at a time on the cluster; has the same `run`, `kill` and `stop` as a warm parent."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self.killed = False
        self.avoid: Host | None = None  # where its last notebook met with a fault

    def run(self, cells: list[str], hidden: dict[str, dict], limits: Limits, files: dict | None = None) -> Result:
        """Like `run_unread`, of a notebook's sources, and parsed."""
        return self.run_unread(pack_job(cells, files or {}), hidden, limits).parsed()

    def run_unread(self, job: bytes, hidden: dict[str, dict], limits: Limits) -> worker.Returned:
        """Run a packed job on a worker, and on another one where that is lost; nothing that comes back is looked into.

        Raises EngineFault where a worker's engine failed, GiveUp for a notebook that has lost MOST_LOST workers, and
        EngineGone where there is no cluster any more.
        """
        fleet = self._fleet
        packed = worker.pack_job(fleet.session, fleet.needs.ready, job, hidden, limits)
        lost: list[str] = []
        waited = 0.0
        while len(lost) < MOST_LOST:
            began = time.monotonic()
            host = fleet.take(self, alone=len(lost) == MOST_LOST - 1)
            waited += time.monotonic() - began
            try:
                return worker.Returned(fleet.run_on(host, self, packed), waited)
            except _Lost:
                lost.append(host.address)
            finally:
                fleet.give_back(host)
        raise GiveUp(
            f"{MOST_LOST} workers were lost while this notebook ran on them, one after the other: {', '.join(lost)}"
        )

    def kill(self) -> None:
        """Call back the notebook that is on its way, if there is one; from now on this place runs none."""
        self._fleet.kill(self)

    def stop(self) -> None:
        """Leave the cluster, with all other places; its workers stay."""
        self._fleet.close()


class Fleet:
    """The workers of a cluster: who is there, who can be used, who is free. A context manager."""

    def __init__(self, client: Client, address: str, needs: Needs, say: Say = say_on_stderr) -> None:
        self.client, self.address, self.needs, self._say = client, address, needs, say
        self.session = secrets.token_hex(8)
        self.hosts: dict[str, Host] = {}
        self.places: list[Place] = []
        self.gone = ""  # why there is no cluster any more
        self._jobs: set[_Job] = set()
        self._changed = threading.Condition(threading.RLock())
        self._numbers = itertools.count()
        self._closed = threading.Event()
        self._helped = time.monotonic()  # when there was last a worker that could be used
        self._said_alone = False
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="fleet-watcher")
        self._watcher.start()

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def lacks(self) -> list[str]:
        """What workers that were used lack for a sandbox, a line each."""
        with self._changed:
            return [
                f"worker {host.address}: {line}" for host in self.hosts.values() if host.ready for line in host.lacks
            ]

    def wait_for_first(self) -> int:
        """Wait until a worker can be used; returns how many threads the usable ones have now. Raises Refused."""
        until = time.monotonic() + WORKER_SECONDS
        with self._changed:
            while not (usable := self._usable()):
                pending = any(not host.ready and not host.refused for host in self.hosts.values())
                if self.gone:
                    raise Refused(self.gone)
                if not pending and time.monotonic() > until:
                    break
                if self.hosts and not pending:
                    break
                self._changed.wait(0.2)
            else:
                return sum(host.threads for host in usable)
            if not self.hosts:
                raise Refused(
                    f"the scheduler at {self.address} has no workers; start some: autograder worker {self.address}"
                )
            reasons = "".join(f"\n  {host.address}: {host.refused}" for host in self.hosts.values())
            raise Refused(f"the scheduler at {self.address} has no worker that can be used:{reasons}")

    # One notebook

    def take(self, place: Place, alone: bool = False) -> Host:
        """Wait for a free place on a worker (`alone`: for a whole worker) and take it."""
        with self._changed:
            while True:
                if place.killed or self._closed.is_set():
                    raise EngineFault("it was called back")
                if self.gone:
                    raise EngineGone(self.gone)
                host = self._choose_alone(place) if alone else self._choose(place)
                if host is not None:
                    host.busy += host.threads if alone else 1
                    return host
                self._changed.wait(1.0)

    def _choose(self, place: Place) -> Host | None:
        usable = self._usable()
        # After a fault it waits for another worker, busy as they may be: a broken one is always free, and fails at once
        others = [host for host in usable if host is not place.avoid]
        free = [host for host in others or usable if host.busy < host.threads and host.reserved is None]
        return max(free, key=lambda host: host.threads - host.busy, default=None)

    def _choose_alone(self, place: Place) -> Host | None:
        usable = self._usable()
        mine = next((host for host in usable if host.reserved is place), None)
        if mine is None:
            free = [host for host in usable if host.reserved is None]
            mine = min(free, key=lambda host: host.busy, default=None)
            if mine is None:
                return None
            mine.reserved = place
        return mine if mine.busy == 0 else None

    def give_back(self, host: Host) -> None:
        """What `take` took."""
        with self._changed:
            host.busy, host.reserved = (host.busy - 1, host.reserved) if host.reserved is None else (0, None)
            self._changed.notify_all()

    def run_on(self, host: Host, place: Place, packed: bytes) -> bytes:
        """Run one notebook on this worker; returns what it sent back. Raises _Lost, EngineFault, EngineGone."""
        with self._changed:
            if place.killed:
                raise EngineFault("it was called back")
            future = self._submit(host, "notebook", worker.run_here, packed)
            job = _Job(future, host, place)
            self._jobs.add(job)
        try:
            data = future.result()
        except Exception as error:
            self._explain(job, error)
        finally:
            with self._changed:
                self._jobs.discard(job)
            _release(future)
        with self._changed:
            host.faults, place.avoid = 0, None
        return data

    def _submit(self, host: Host, what: str, function: Callable, *arguments: Any) -> Future:
        # Dask's scheduler opens what it is sent: this way it sees bytes, and need not have the course installed.
        call = pickle.dumps(_Call(function, arguments))
        key = f"{what}-{self.session}-{next(self._numbers)}"
        where = {"workers": [host.address], "allow_other_workers": False}
        return self.client.submit(pickle.loads, call, key=key, pure=False, **where)

    def _explain(self, job: _Job, error: Exception) -> None:
        """Raise what an exception of Dask's stands for."""
        from distributed.scheduler import KilledWorker

        if job.why == "killed" or job.place.killed:
            raise EngineFault("it was called back") from None
        if job.why == "lost" or isinstance(error, KilledWorker):
            raise _Lost from None
        with self._changed:
            # Dask cancels everything when the connection to the scheduler breaks; it may be there again in a moment
            self._changed.wait_for(lambda: self.gone or self._connected(), GONE_SECONDS * 2)
            if self.gone:
                raise EngineGone(self.gone) from None
            if type(error).__name__ in ("CancelledError", "FutureCancelledError"):
                raise EngineFault("the connection to the scheduler broke") from None
            job.host.faults += 1
            job.place.avoid = job.host
            words = str(error) if isinstance(error, EngineFault) else f"{type(error).__name__}: {error}"
            if job.host.faults >= MOST_FAULTS:
                self._refuse(job.host, f"its engine failed {MOST_FAULTS} times in a row: {words}")
        raise EngineFault(f"worker {job.host.address}: {words}") from None

    def kill(self, place: Place) -> None:
        """Call back what runs for this place."""
        with self._changed:
            place.killed = True
            self._call_back([job for job in self._jobs if job.place is place], "killed")
            self._changed.notify_all()

    def _call_back(self, jobs: list[_Job], why: str) -> None:
        for job in jobs:
            job.why = job.why or why
            _release(job.future, cancel=True)

    def close(self) -> None:
        """Leave the cluster. What still runs there for us is called back; warm processes for this unit end."""
        if self._closed.is_set():
            return
        self._closed.set()
        with self._changed:
            self._call_back(list(self._jobs), "killed")
            self._changed.notify_all()
            known = [host.address for host in self.hosts.values() if host.ready]
        leave = threading.Thread(
            target=self._leave, args=(known,), daemon=True
        )  # a cluster that hangs must not hold us
        leave.start()
        leave.join(1.0)

    def _leave(self, addresses: list[str]) -> None:
        with contextlib.suppress(Exception):
            if addresses and not self.gone:
                self.client.run(worker.end_session, self.session, workers=addresses, on_error="ignore")
        with contextlib.suppress(Exception):
            self.client.close(timeout=1)

    # Who is there

    def _usable(self) -> list[Host]:
        return [host for host in self.hosts.values() if host.ready and not host.refused]

    def _connected(self) -> bool:
        return self.client.status == "running"

    def _watch(self) -> None:
        """Look again and again which workers there are; the jobs of one that is lost are called back."""
        last_seen = time.monotonic()
        while not self._closed.wait(LOOK_SECONDS if self.hosts else 0.05):
            present = None
            if self._connected():
                with contextlib.suppress(Exception):
                    present = self.client.nthreads()
            if self._closed.is_set():
                return
            with self._changed:
                if present is not None:
                    last_seen = time.monotonic()
                    self._update(present)
                elif time.monotonic() - last_seen > GONE_SECONDS:
                    self._end(f"the scheduler at {self.address} went away")
                    return
                self._changed.notify_all()

    def _update(self, present: dict[str, int]) -> None:
        for address in [address for address in self.hosts if address not in present]:
            host = self.hosts.pop(address)
            running = [job for job in self._jobs if job.host is host]
            if host.ready:
                again = f", {len(running)} of its notebooks will be repeated" if running else ""
                self._say(f"worker {address} is lost{again}")
            host.ready = False
        for address, threads in present.items():
            if address not in self.hosts:
                self.hosts[address] = host = Host(address, threads)
                threading.Thread(target=self._greet, args=(host,), daemon=True).start()
        self._call_back([job for job in self._jobs if self.hosts.get(job.host.address) is not job.host], "lost")
        if self._usable():
            self._helped, self._said_alone = time.monotonic(), False
        elif self.places and not any(not host.ready and not host.refused for host in self.hosts.values()):
            if not self._said_alone:
                self._say("no worker is left that can be used; waiting for one (Ctrl-C stops, and nothing is lost)")
                self._said_alone = True
            if time.monotonic() - self._helped > ALONE_SECONDS:
                self._end(
                    f"for {ALONE_SECONDS / 60:g} minutes the scheduler at {self.address} had no worker to be used"
                )

    def _end(self, words: str) -> None:
        self.gone = f"{words}; what was graded is stored, and the same command goes on from there"
        self._call_back(list(self._jobs), "gone")
        self._changed.notify_all()

    def _greet(self, host: Host) -> None:
        """Ask a worker that is new here what it has, and take it on or not."""
        future = None
        try:
            future = self._submit(host, "greeting", worker.introduce, self.needs.ready, tuple(self.needs.data))
            facts = future.result(timeout=GREET_SECONDS)
            refused = self.needs.missing(facts)
        except Exception as error:
            facts, refused = {}, _about_greeting(error)
        finally:
            if future is not None:
                _release(future)
        with self._changed:
            if refused:
                self._refuse(host, refused)
            else:
                host.lacks, host.ready = tuple(facts["lacks"]), True
            self._changed.notify_all()

    def _refuse(self, host: Host, why: str) -> None:
        host.refused = why
        if not self._closed.is_set() and self.hosts.get(host.address) is host and self._connected():
            self._say(f"worker {host.address} gets no work: {why}")


def _release(future: Future, cancel: bool = False) -> None:
    """Let go of a future, whatever state the connection is in."""
    with contextlib.suppress(Exception):
        future.cancel() if cancel else future.release()


def _about_greeting(error: Exception) -> str:
    text = f"{type(error).__name__}: {error} {error.__cause__ or ''}"
    if "No module named" in text or "autograder" in text:
        return (
            "it has no (or an old) worker package of this course installed: make one with `autograder worker-package`"
        )
    return f"it did not answer ({' '.join(text.split())[:300]})"


def connect(
    address: str,
    ready: tuple[str, ...],
    jobs: int | None = None,
    sets: Iterable[str] = (),
    require_sandbox: bool = False,
    say: Say = say_on_stderr,
) -> Fleet:
    """Connect to a Dask scheduler and wait for a worker that can be used. `jobs` limits the notebooks at a time.

    Raises Refused, with the remedy, when there is no scheduler at the address, or no worker that can be used.
    """
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise Refused("grading on a cluster needs Dask: pip install distributed") from None
    needs = Needs.here(ready, sets, require_sandbox)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"})  # a notebook may have files of 32 MB
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it we say ourselves
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        words = f"no Dask scheduler answers at {address} ({type(error).__name__})"
        raise Refused(
            f"{words}; start one: dask scheduler. Over TLS the address is tls://..., see Dask's settings"
        ) from None
    fleet = Fleet(client, address, needs, say)
    try:
        threads = fleet.wait_for_first()
    except BaseException:
        fleet.close()
        raise
    # More places than threads: one notebook is judged while the next one runs, and workers may join.
    fleet.places = [Place(fleet) for _ in range(jobs or min(MOST_PLACES, max(32, 2 * threads)))]
    return fleet
