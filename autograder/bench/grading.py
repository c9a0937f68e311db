"""Grading and judging beside stock nbgrader: whole commands, and what the engine adds to a learner's own computing."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autograder.bench.figures import repeat

#: A unit of NumPy and one of TensorFlow, and how many times stock's speed is promised for each. In units that train for a
#: minute the learner's own computing is nearly all there is, whoever starts it.
PROMISED = {"01_containers_and_arrays": 15, "02_convolution_and_pooling": 6}
JUDGED = 3  # times the class that is graded: of a small one the start of a command is most of the time
HELPED = 2  # times stock's speed, for nbgrader's own command with this course's configuration

#: nbgrader as it comes: its own steps in place of this course's. The hidden packs and the time limit stay.
STOCK = """\
c.Autograde.exporter_class = "nbconvert.exporters.NotebookExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
"""


def make_class(folder: Path, unit: str, size: int) -> None:
    """A course in `folder` where `unit` is released and a class has handed in: the demo's ways, those that stock can grade."""
    from autograder.demo import command as demo
    from autograder.demo.learner import Learner

    demo.write_config(folder)
    made = [
        one
        for one in demo.made_up_class()
        if one.unit == unit and not one.changes and not one.instead and one.others_right
    ]
    quick = [one for one in made if not any("while True" in a or "exit(" in a for a in one.answers.values())]
    ways = [Learner("right", unit, "everything right"), *quick]
    code = f"from autograder.demo import command as demo; from pathlib import Path; a = demo.open_api(Path({str(folder)!r}))"
    code += f"; r = a.generate_assignment({unit!r}); assert r['success'], r['log']"
    subprocess.run([sys.executable, "-c", code], check=True, env=demo.environment(folder), capture_output=True)
    for number in range(size):
        learner = replace(ways[number % len(ways)], name=f"learner{number:03d}")
        demo.hand_in(learner, folder / "release" / unit, folder / "submitted")


def command_seconds(folder: Path, *words: str) -> float:
    """Seconds of one command in a course's folder, from its start to its end."""
    from autograder.demo.command import environment

    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, env=environment(folder), capture_output=True)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return seconds


def measure_grading(size: int) -> Iterator[list[str]]:
    """Rows of a table: stock nbgrader against the engine, a class a unit, from command start to gradebook written."""
    yield measure_judging(JUDGED * size)
    for unit in PROMISED:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            base = Path(name).resolve()
            ours, stock, helped = (base / which for which in ("engine", "stock", "helped"))
            make_class(ours, unit, size)
            command_seconds(ours, "autograder", "grade", unit, "--student", "learner000")  # makes hidden packs
            copy_class(ours, stock, STOCK)
            copy_class(ours, helped)
            yield measure_warm_start(unit)
            engine = command_seconds(ours, "autograder", "grade", unit, "--again", "--no-sample")
            plain = command_seconds(stock, "nbgrader", "autograde", unit)
            yield _row(f"grade {unit[:2]}, class of {size}", plain, engine, PROMISED[unit])
            warm = command_seconds(helped, "nbgrader", "autograde", unit)
            yield _row(f"grade {unit[:2]} by nbgrader autograde, configured by the course", plain, warm, HELPED)
            yield measure_overhead(ours, unit, bound=0.1 if unit.startswith("01") else None)


def measure_judging(size: int) -> list[str]:
    """A row: a class judged again after its exercises changed, against stock's only way, `--force`."""
    unit = next(iter(PROMISED))
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        ours, stock = (Path(name).resolve() / which for which in ("engine", "stock"))
        make_class(ours, unit, size)
        command_seconds(ours, "autograder", "grade", unit, "--no-sample")
        copy_class(ours, stock, STOCK)
        change_hidden_packs(ours / "hidden" / unit)
        again = command_seconds(ours, "autograder", "judge", unit)
        forced = command_seconds(stock, "nbgrader", "autograde", unit, "--force")
        return _row(f"judge {unit[:2]} again, class of {size}", forced, again, 100)


def copy_class(folder: Path, copy: Path, settings: str = "") -> None:
    """The same class in a course of its own, not graded yet, with `settings` added to its configuration."""
    ungraded = shutil.ignore_patterns("autograded", "answers", "grading_logs", "grading.lock")
    shutil.copytree(folder, copy, ignore=ungraded)
    config = copy / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(folder), str(copy)) + settings)


def _row(what: str, stock: float, ours: float, promised: float) -> list[str]:
    """A row that sets two times against each other."""
    ratio = stock / ours
    kept = "kept" if ratio >= promised else "BROKEN"
    return [what, f"{stock:.1f} s", f"{ours:.2f} s", f"{ratio:.1f} times", f"{promised:g} {kept}"]


def change_hidden_packs(folder: Path) -> None:
    """Change every exercise of a unit as a correction would: another tolerance, and the mistakes' hints worded anew."""
    for path in folder.glob("*.json"):
        pack = json.loads(path.read_text(encoding="utf-8"))
        pack["settings"]["rtol"] = 1e-4
        for mistake in pack["mistakes"]:
            mistake["hint"] += " Look again."
        path.write_text(json.dumps(pack), encoding="utf-8")


def measure_warm_start(unit: str) -> list[str]:
    """How long the warm process imports before the first notebook, and how long a notebook without cells takes then."""
    from autograder.engine.command import unit_ready
    from autograder.engine.run import runner, sandbox

    began = time.perf_counter()
    parent = runner.make_parents(1, unit_ready(unit), not sandbox.missing())[0]
    with parent:
        parent.run([], {})
        first = time.perf_counter() - began
        empty = statistics.median(repeat(lambda: parent.run([], {}), 10))
    return [f"warm start {unit[:2]}, then an empty notebook", "", f"{first:.2f} s", f"{1000 * empty:.0f} ms", ""]


def measure_overhead(folder: Path, unit: str, bound: float | None = None) -> list[str]:
    """What a submission takes the engine, warm, from reading to writing, less what the learner's own process computed."""
    from autograder.engine.command import Course, unit_ready
    from autograder.engine.coordinator import Packs, Work, grade_one
    from autograder.engine.record.ledger import Ledger
    from autograder.engine.run import runner, sandbox
    from autograder.engine.submitted.submission import find_submissions, read_folder

    course = Course.load(folder)
    seconds = []
    parent = runner.make_parents(1, unit_ready(unit), not sandbox.missing())[0]
    with parent, Ledger(course.root, course.db_url, course.late_penalty) as ledger:
        packs = Packs.load(folder / "hidden" / unit)
        work = Work(unit, ledger.release(unit), packs, sandbox.Limits(cell_seconds=course.cell_seconds))
        for submission in find_submissions(course.root, unit):
            spent: list[float] = []

            def run(
                cells: list[str], hidden: dict, limits: sandbox.Limits, files: dict, spent: list[float] = spent
            ) -> runner.Result:
                result = parent.run(cells, hidden, limits, files)
                spent.append(result.cpu)
                return result

            began = time.perf_counter()
            read = read_folder(submission)
            ledger.write(grade_one(submission, read, work.key(read), work, run))
            seconds.append(time.perf_counter() - began - sum(spent))
    overhead = statistics.median(seconds[1:] or seconds)
    kept = "" if bound is None else f"{1000 * bound:.0f} ms {'kept' if overhead <= bound else 'BROKEN'}"
    return [f"overhead {unit[:2]}, a notebook", "", f"{1000 * overhead:.0f} ms", "", kept]
