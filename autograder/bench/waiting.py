"""What a learner waits for: JupyterLab's start, a notebook's opening, its first cell. And what dominates each."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.authoring.build import notebook_path
from autograder.bench.figures import Figure
from autograder.common.browser import NoBrowser, chromium, jupyter_lab
from autograder.course import NOTEBOOKS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RUNS = 3
PATIENCE = 120_000  # milliseconds
UNITS = ("01_containers_and_arrays", "06_imdb_dense")  # one without TensorFlow, one with
_LAB, _NBGRADER = "import jupyterlab.labapp", "nbgrader.server_extensions.formgrader"

_IDLE = ".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status=idle]"
_ALL_CELLS = "n => document.querySelectorAll('.jp-Notebook .jp-Cell').length === n"
_PROMPT = ".jp-CodeCell .jp-InputPrompt"
_FIRST_CELL_RAN = f"() => /\\[1\\]/.test(document.querySelector('{_PROMPT}').textContent)"


def measure_waiting() -> Iterator[Figure]:
    """From `make lab` to the first executed cell, and what each wait is made of."""
    yield Figure("make lab: looking whether the data are there", _command("-m", "course_utils.data"))
    yield from _measure_lab()
    lab = _import(_LAB)
    yield Figure("  of make lab: imports of JupyterLab", lab)
    yield Figure("  of make lab: imports of nbgrader", _differences(_import(f"{_LAB}, {_NBGRADER}"), lab))
    for unit in UNITS:
        started, ran = zip(*(_kernel(unit) for _ in range(RUNS)), strict=True)
        yield Figure(f"  of opening {unit[:2]}: its kernel's start", list(started))
        yield Figure(f"  of its first cell, {unit[:2]}: without a browser", list(ran))


def _measure_lab() -> Iterator[Figure]:
    """JupyterLab's start, and in a browser each unit's opening and first cell."""
    started: list[float] = []
    opened: dict[str, list[float]] = {unit: [] for unit in UNITS}
    ran: dict[str, list[float]] = {unit: [] for unit in UNITS}
    try:
        with chromium() as browser:
            for _ in range(RUNS):
                with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                    course, token = Path(folder) / "course", secrets.token_hex(16)
                    shutil.copytree(NOTEBOOKS, course / "notebooks")
                    began = time.perf_counter()
                    with jupyter_lab(course, token) as address:
                        started.append(time.perf_counter() - began)
                        for unit in UNITS:
                            for kept, seconds in zip((opened, ran), _open(browser, address, token, unit), strict=True):
                                kept[unit].append(seconds)
    except NoBrowser as reason:
        print(f"not measured in a browser: {reason}", file=sys.stderr)
    if started:
        yield Figure("make lab: JupyterLab answers", started)
    for unit in UNITS:
        if opened[unit]:
            yield Figure(f"unit {unit[:2]} in a new window: its kernel is ready", opened[unit])
            yield Figure(f"unit {unit[:2]}: its first cell has run", ran[unit])


def _open(browser: Browser, address: str, token: str, unit: str) -> tuple[float, float]:
    """Seconds from a unit's address to its notebook with a kernel that is ready, and from there to the first cell's end."""
    page, path = browser.new_page(), f"notebooks/{unit}/{unit}.ipynb"
    try:
        began = time.perf_counter()
        page.goto(f"{address}lab/workspaces/{unit}/tree/{path}?token={token}")
        page.wait_for_function(_ALL_CELLS, arg=len(_cells(unit)), timeout=PATIENCE, polling=20)
        page.locator(_IDLE).wait_for(timeout=PATIENCE)
        _wait_for_kernel(page, address, token, path)
        ready = time.perf_counter()
        page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-editor").first.click()
        page.keyboard.press("ControlOrMeta+Enter")
        page.wait_for_function(_FIRST_CELL_RAN, timeout=PATIENCE, polling=20)
        return ready - began, time.perf_counter() - ready
    finally:
        page.close(run_before_unload=False)


def _wait_for_kernel(page: Page, address: str, token: str, path: str) -> None:
    """Wait until the notebook is connected with a kernel that is idle: its page says so a little too early."""
    deadline = time.perf_counter() + PATIENCE / 1000
    while time.perf_counter() < deadline:
        sessions = page.request.get(f"{address}api/sessions", headers={"Authorization": f"token {token}"}).json()
        for session in sessions:
            kernel = session["kernel"]
            if session["path"] == path and kernel["connections"] and kernel["execution_state"] == "idle":
                return
        time.sleep(0.05)
    raise TimeoutError(f"no kernel for {path}")


def _kernel(unit: str) -> tuple[float, float]:
    """Seconds that a kernel takes to start, and that a unit's first cell takes in it."""
    from jupyter_client.manager import start_new_kernel

    first = next(cell for cell in _cells(unit) if cell["cell_type"] == "code")
    began = time.perf_counter()
    manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    try:
        ready = time.perf_counter()
        client.execute_interactive("".join(first["source"]), output_hook=lambda message: None)
        return ready - began, time.perf_counter() - ready
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _cells(unit: str) -> list[dict]:
    return json.loads(notebook_path(unit).read_text(encoding="utf-8"))["cells"]


def _import(statement: str) -> list[float]:
    """Seconds of an interpreter that imports something as JupyterLab is started here."""
    return _command("-c", f"import sys; sys.modules['rfc3987_syntax'] = None; {statement}")


def _command(*words: str) -> list[float]:
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    return seconds


def _differences(more: list[float], less: list[float]) -> list[float]:
    return [max(a - b, 0.0) for a, b in zip(sorted(more), sorted(less), strict=True)]
