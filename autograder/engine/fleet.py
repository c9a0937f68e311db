"""Notebooks run on other machines, through Dask: `autograder grade UNIT --scheduler tcp://...`.

The coordinator stays the judge and the only writer. What travels to a worker is a notebook's cells and the hidden probes
(never what is expected of them), what comes back is what came out of the worker's own sandbox; no disk is shared. Dask
notices a lost worker and repeats its work elsewhere; a learner's time-out is a result like any other and is not repeated.
"""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from autograder.engine.runner import EngineFault, Result, WarmParent
from autograder.engine.sandbox import Limits

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 15

# On a worker: one warm parent for each of its threads, kept from notebook to notebook. Dask's workers are threaded, so
# they never fork; the warm process beside them does.
_warm: dict[tuple, WarmParent] = {}
_lock = threading.Lock()


def run_here(
    cells: list[str], hidden: dict, limits: dict, files: dict, modules: tuple[str, ...], sandboxed: bool
) -> dict:
    """On a worker: run one notebook in the warm parent of this thread; return the Result as plain data."""
    slot = (threading.get_ident(), tuple(modules), sandboxed)
    with _lock:
        parent = _warm.setdefault(slot, WarmParent(tuple(modules), len(_warm) % 500, sandboxed))
    return asdict(parent.run(cells, hidden, Limits(**limits), files))


class RemoteParent:
    """Stands for one place on the cluster; has the same `run` and `stop` as a warm parent on this machine."""

    def __init__(self, client: Client, modules: tuple[str, ...], sandboxed: bool = True) -> None:
        self._client, self._modules, self._sandboxed = client, modules, sandboxed
        self._future: Any = None

    def run(self, cells: list[str], hidden: dict[str, dict], limits: Limits, files: dict | None = None) -> Result:
        """Run a notebook on whichever worker is free. Raises EngineFault when the cluster cannot."""
        try:
            self._future = self._client.submit(
                run_here, cells, hidden, asdict(limits), files or {}, self._modules, self._sandboxed, pure=False
            )
            return Result(**self._future.result())
        except EngineFault:
            raise
        except Exception as error:  # Dask's own errors: too many workers lost, the scheduler gone
            raise EngineFault(f"the cluster failed: {type(error).__name__}: {error}") from error
        finally:
            self._future = None

    def stop(self) -> None:
        """Nothing stays behind on the cluster but the workers' warm processes, for the next unit."""
        self.kill()

    def kill(self) -> None:
        """Call back the notebook that is on its way, if there is one."""
        if (future := self._future) is not None:
            future.cancel()


def connect(address: str, modules: tuple[str, ...], places: int | None = None) -> list[RemoteParent]:
    """Connect to a Dask scheduler; one RemoteParent for each thread of its workers, or as many as `places` says.

    Raises LookupError, with the remedy, when there is no scheduler at the address or it has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise LookupError("grading on a cluster needs Dask: pip install distributed") from None
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise LookupError(
            f"no Dask scheduler answers at {address} ({type(error).__name__}); start one: dask scheduler"
        ) from None
    if not client.nthreads():
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except Exception:
            raise LookupError(f"the scheduler at {address} has no workers; start some: dask worker {address}") from None
    threads = sum(client.nthreads().values())
    return [RemoteParent(client, modules) for _ in range(places or threads)]
