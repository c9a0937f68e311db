"""What the coordinator costs by itself: simulated classes, execution stubbed, everything else real."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autograder.bench.grading import make_class


def measure_scale(sizes: tuple[int, ...] = (100, 1_000, 10_000)) -> Iterator[list[str]]:
    """The coordinator's own cost: a simulated class, execution stubbed, everything else real. A process for each size."""
    first = None
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            code = f"from autograder.bench.scale import simulate; simulate({folder!r}, {size})"
            done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
            facts = json.loads(done.stdout.splitlines()[-1])
        first = first or facts
        cost = f"{1000 * facts['seconds'] / size:.1f} ms a submission"
        times = facts["seconds"] / size / (first["seconds"] / sizes[0])
        kept = "kept" if times < 1.5 and facts["memory"] < first["memory"] + 64 else "BROKEN"
        yield [f"simulated class of {size}", "", cost, f"{facts['memory']:.0f} MB", f"flat {kept}"]


def simulate(folder: str, size: int, unit: str = "01_containers_and_arrays") -> None:
    """Grade a class of `size` whose notebooks are not run: prints seconds and peak memory as JSON."""
    from autograder.authoring.packing import refresh_hidden_packs
    from autograder.engine import coordinator
    from autograder.engine.record.ledger import Ledger
    from autograder.engine.rejudge import sync_points
    from autograder.engine.run import sandbox
    from autograder.engine.submitted.submission import find_submissions

    root = Path(folder).resolve()
    make_class(root, unit, 2)
    packs_folder = root / "hidden"
    refresh_hidden_packs(unit, packs_folder)
    model = root / "submitted" / "learner000" / unit
    stub = StubRunner(model, unit, root, packs_folder)
    for number in range(2, size):
        other = root / "submitted" / f"learner{number:05d}" / unit
        other.mkdir(parents=True)
        for file in model.iterdir():
            os.link(file, other / file.name)
    with Ledger(root, f"sqlite:///{root / 'gradebook.db'}") as ledger:
        packs = coordinator.Packs.load(packs_folder / unit)
        work = coordinator.Work(unit, sync_points(ledger, unit, packs), packs, sandbox.Limits())
        began = time.perf_counter()
        summary = coordinator.grade(ledger, work, find_submissions(root, unit), [stub, stub])
        seconds = time.perf_counter() - began
    assert len(summary.graded) == max(size, 2), summary.failed
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "memory": memory, "size": size}))


class StubRunner:
    """Has a warm parent's `run`, and gives for every notebook what one real run of `model` gave."""

    def __init__(self, model: Path, unit: str, root: Path, packs_folder: Path) -> None:
        from autograder.engine import coordinator
        from autograder.engine.command import unit_ready
        from autograder.engine.record.ledger import Ledger
        from autograder.engine.run import runner, sandbox
        from autograder.engine.submitted.submission import Submission, read_folder

        packs = coordinator.Packs.load(packs_folder / unit)
        kept = []
        with (
            runner.make_parents(1, unit_ready(unit), not sandbox.missing())[0] as parent,
            Ledger(root, f"sqlite:///{root / 'gradebook.db'}") as ledger,
        ):
            work = coordinator.Work(unit, ledger.release(unit), packs, sandbox.Limits())

            def run(cells: list[str], hidden: dict, limits: sandbox.Limits, files: dict) -> runner.Result:
                kept.append(parent.run(cells, hidden, limits, files))
                return kept[-1]

            submission = Submission("model", unit, model)
            coordinator.grade_one(submission, read_folder(submission), "", work, run)
        self._result = kept[0]

    def run(self, *what: object) -> object:
        """The same every time."""
        return replace(self._result)

    def kill(self) -> None:
        """Nothing runs."""
