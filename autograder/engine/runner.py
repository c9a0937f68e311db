"""The coordinator's side of a warm parent: start one, hand it a notebook, collect what comes out of the sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.engine import wire
from autograder.engine.sandbox import Limits, View, default_view

#: What the warm parent of every unit imports, in an order in which each is quick.
MODULES = (
    "numpy",
    "scipy.signal",
    "scipy.ndimage",
    "scipy.sparse",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "PIL.Image",
    "cv2",
    "pandas",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.naive_bayes",
    "ipywidgets",
    "course_utils.checking",
    "course_utils.verdict",
    "course_utils.plot",
    "course_utils.data",
    "course_utils.explore",
)
TENSORFLOW = ("tensorflow", "keras")

#: Variables that the warm parent inherits; everything else of the instructor's environment stays outside.
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "COURSE_DATA", "COURSE_MIRROR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
#: One thread each while importing: a process that has several cannot be forked safely.
SINGLE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")}


class EngineFault(RuntimeError):
    """The engine itself failed, not the submission: no sandbox, or the warm parent died. It may be tried again."""


@dataclass
class Result:
    """What came out of the sandbox: outputs by cell, kept answers in their order, and why it ended early, if it did."""

    outputs: dict[int, list[dict]] = field(default_factory=dict)
    answers: list[dict] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)
    reason: str = ""  # empty when the notebook ran to its end
    at: Any = None  # the cell's index (or answer's id) that ran when it ended
    interrupted: list[Any] = field(default_factory=list)  # cells whose time was up
    cpu: float = 0.0
    memory: int = 0


class WarmParent:
    """One warm process on this machine; runs one notebook at a time. A context manager."""

    def __init__(self, tensorflow: bool = False, slot: int = 0, sandboxed: bool = True, log: int = subprocess.DEVNULL) -> None:
        self.tensorflow, self.slot, self.sandboxed, self._log = tensorflow, slot, sandboxed, log
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> WarmParent:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start importing; `run` waits for it."""
        if self._process is None:
            modules = [*MODULES, *(TENSORFLOW if self.tensorflow else ())]
            environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
            environment |= SINGLE_THREAD | {
                "PYTHONHASHSEED": "0",
                "PYTHONNOUSERSITE": "1",
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "TF_ENABLE_ONEDNN_OPTS": "0",
                "MPLBACKEND": "module://matplotlib_inline.backend_inline",
                "HOME": os.environ.get("HOME", "/"),
            }
            self._process = subprocess.Popen(
                [sys.executable, "-m", "autograder.engine.warm", *modules],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env=environment,
                bufsize=0,
            )
            self._ready = False

    def stop(self) -> None:
        """End the warm process and all that it started."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None

    def run(self, cells: list[str], hidden: dict[str, dict], limits: Limits = Limits(), files: dict | None = None) -> Result:
        """Run the cells' sources; `hidden` maps exercise ids to their hidden packs' probes, settings and parameters.

        Raises EngineFault when the engine fails; what a submission does, however bad, is a Result with a reason.
        """
        self.start()
        try:
            result = Result()
            for message in self._exchange(cells, hidden, limits, files or {}):
                _collect(result, message)
            return result
        except (OSError, wire.BadFrame) as error:
            self.stop()
            raise EngineFault(f"the warm process failed: {error}") from error

    def _exchange(self, cells: list[str], hidden: dict, limits: Limits, files: dict) -> Iterator[dict]:
        source, sink = self._process.stdout.fileno(), self._process.stdin.fileno()
        if not self._ready:
            self._expect(source, "ready")
            self._ready = True
        view: View = default_view(self.slot)
        order = {"limits": asdict(limits), "view": view.as_dict(), "sandboxed": self.sandboxed, "folder": os.getcwd()}
        wire.write_frame(sink, order)
        wire.write_frame(sink, {"cells": [{"source": cell} for cell in cells], "files": files})
        wire.write_frame(sink, hidden)
        while True:
            message = wire.read_frame(source)
            if message is None:
                self.stop()
                raise EngineFault("the warm process died")
            if message.get("fault") == "engine":
                raise EngineFault(message["reason"])
            yield message
            if message.get("done") is True:
                return

    def _expect(self, source: int, what: str) -> None:
        message = wire.read_frame(source)
        if message is None or what not in message:
            self.stop()
            raise EngineFault("the warm process could not start; `python -m autograder.engine.warm numpy` shows why")


def _collect(result: Result, message: dict) -> None:
    """Take one message from the sandbox into the result. Nothing in it is believed but its form, and that is checked."""
    if message.get("done") is True:
        result.reason = str(message.get("reason") or "")
        result.at = message.get("at")
        result.interrupted = list(message.get("interrupted") or [])
        result.cpu, result.memory = float(message.get("cpu", 0)), int(message.get("memory", 0))
    elif isinstance(message.get("cell"), int) and isinstance(message.get("outputs"), list):
        result.outputs.setdefault(message["cell"], message["outputs"])
    elif isinstance(message.get("sealed"), list):
        result.sealed = [str(id)[:100] for id in message["sealed"][:1000]]
    elif isinstance(message.get("answer"), str):
        result.answers.append(message)
