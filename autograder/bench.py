"""`autograder bench`: measure what people wait for, each figure with its spread, in one run."""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.exercises import load_exercises
from autograder.lesson import lesson_path, read_lesson
from autograder.prove import lesson_functions
from course_utils.packs import read_pack

IMPORT_RUNS = 15
CHECK_RUNS = 15
QUICK_UNITS = ("01_containers_and_arrays", "02_convolution_and_pooling")  # their checks need no TensorFlow


@dataclass(frozen=True)
class Figure:
    """One measured thing: seconds of its runs, and the bound that the course promises (None: no promise)."""

    name: str
    seconds: list[float]
    bound: float | None = None

    @property
    def median(self) -> float:
        """The middle of the runs."""
        return statistics.median(self.seconds)


def measure_imports() -> list[Figure]:
    """Import the helper in new interpreters, beside an interpreter that imports nothing."""
    figures = []
    for name, code, bound in (
        ("python -c pass", "pass", None),
        ("import course_utils", "import course_utils", 0.3),
        ("from course_utils import check, start", "from course_utils import check, start", 0.3),
    ):
        figures.append(
            Figure(
                name,
                _repeat(lambda code=code: subprocess.run([sys.executable, "-c", code], check=True), IMPORT_RUNS),
                bound,
            )
        )
    return figures


def measure_checks(units: tuple[str, ...] = QUICK_UNITS) -> list[Figure]:
    """Check the lesson's own answers and each exercise's first mistake, from reading the pack to the HTML."""
    from course_utils import start
    from course_utils.checking import examine
    from course_utils.verdict import as_html

    figures = []
    for unit in units:
        start(unit)
        functions = lesson_functions(read_lesson(lesson_path(unit)))
        for id, exercise in load_exercises(unit).items():
            read_pack(unit, id)
            for which, answer in (("right", functions[id]), ("wrong", exercise.mistakes[0].answer)):
                seconds = _repeat(lambda id=id, answer=answer: as_html(examine(id, answer)), CHECK_RUNS)
                figures.append(Figure(f"check {unit[:2]} {id}, {which}", seconds, 0.05))
    return figures


def _repeat(action: Callable[[], object], runs: int) -> list[float]:
    action()  # once to warm caches and late imports
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - began)
    return seconds


def print_figures(figures: list[Figure]) -> None:
    """A table: minimum, median and maximum in milliseconds, beside the promised bound."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; milliseconds", title_justify="left")
    for heading in ("what", "runs", "least", "median", "most", "promised"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for figure in figures:
        numbers = [f"{1000 * n:.1f}" for n in (min(figure.seconds), figure.median, max(figure.seconds))]
        promised = (
            ""
            if figure.bound is None
            else f"{1000 * figure.bound:.0f} {'kept' if figure.median <= figure.bound else 'BROKEN'}"
        )
        table.add_row(figure.name, str(len(figure.seconds)), *numbers, promised)
    Console(width=None if sys.stdout.isatty() else 110).print(table)


#: A unit of NumPy and one of TensorFlow, and how many times stock's speed is promised for each. In units that train for a
#: minute the learner's own computing is nearly all there is, whoever starts it.
PROMISED = {"01_containers_and_arrays": 15, "02_convolution_and_pooling": 6}
JUDGED = 3  # times the class that is graded: of a small one the start of a command is most of the time
HELPED = 2  # times stock's speed, for nbgrader's own command with this course's configuration

#: nbgrader as it comes: its own steps in place of this course's. The hidden packs and the time limit stay.
_STOCK = """\
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
    from autograder import demo
    from autograder.demo_class import CLASS, Learner

    demo.write_config(folder)
    made = [one for one in CLASS if one.unit == unit and not one.changes and not one.instead and one.others_right]
    quick = [one for one in made if not any("while True" in a or "exit(" in a for a in one.answers.values())]
    ways = [Learner("right", unit, "everything right"), *quick]
    code = f"from autograder import demo; from pathlib import Path; a = demo.open_api(Path({str(folder)!r}))"
    code += f"; r = a.generate_assignment({unit!r}); assert r['success'], r['log']"
    subprocess.run([sys.executable, "-c", code], check=True, env=demo.environment(folder), capture_output=True)
    for number in range(size):
        learner = replace(ways[number % len(ways)], name=f"learner{number:03d}")
        demo.hand_in(learner, folder / "release" / unit, folder / "submitted")


def _command(folder: Path, *words: str) -> float:
    """Seconds of one command in a course's folder, from its start to its end."""
    from autograder.demo import environment

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
            _command(ours, "autograder", "grade", unit, "--student", "learner000")  # makes hidden packs
            _copy_class(ours, stock, _STOCK)
            _copy_class(ours, helped)
            yield measure_warm_start(unit)
            engine = _command(ours, "autograder", "grade", unit, "--again")
            plain = _command(stock, "nbgrader", "autograde", unit)
            yield _row(f"grade {unit[:2]}, class of {size}", plain, engine, PROMISED[unit])
            warm = _command(helped, "nbgrader", "autograde", unit)
            yield _row(f"grade {unit[:2]} by nbgrader autograde, configured by the course", plain, warm, HELPED)
            yield measure_overhead(ours, unit, bound=0.1 if unit.startswith("01") else None)


def measure_judging(size: int) -> list[str]:
    """A row: a class judged again after its exercises changed, against stock's only way, `--force`."""
    unit = next(iter(PROMISED))
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        ours, stock = (Path(name).resolve() / which for which in ("engine", "stock"))
        make_class(ours, unit, size)
        _command(ours, "autograder", "grade", unit)
        _copy_class(ours, stock, _STOCK)
        change_hidden_packs(ours / "hidden" / unit)
        again = _command(ours, "autograder", "judge", unit)
        forced = _command(stock, "nbgrader", "autograde", unit, "--force")
        return _row(f"judge {unit[:2]} again, class of {size}", forced, again, 100)


def _copy_class(folder: Path, copy: Path, settings: str = "") -> None:
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
    from autograder.engine import runner, sandbox
    from autograder.engine.command import unit_modules

    began = time.perf_counter()
    parent = runner.make_parents(1, unit_modules(unit), not sandbox.missing())[0]
    with parent:
        parent.run([], {})
        first = time.perf_counter() - began
        empty = statistics.median(_repeat(lambda: parent.run([], {}), 10))
    return [f"warm start {unit[:2]}, then an empty notebook", "", f"{first:.2f} s", f"{1000 * empty:.0f} ms", ""]


def measure_overhead(folder: Path, unit: str, bound: float | None = None) -> list[str]:
    """What a submission takes the engine, warm, from reading to writing, less what the learner's own process computed."""
    from autograder.engine import runner, sandbox
    from autograder.engine.command import Course, unit_modules
    from autograder.engine.coordinator import Packs, Work, grade_one
    from autograder.engine.ledger import Ledger
    from autograder.engine.submission import find_submissions

    course = Course.load(folder)
    seconds = []
    parent = runner.make_parents(1, unit_modules(unit), not sandbox.missing())[0]
    with parent, Ledger(course.root, course.db_url, course.late_penalty) as ledger:
        packs = Packs.load(folder / "hidden" / unit)
        work = Work(unit, ledger.release(unit), packs, sandbox.Limits(cell_seconds=course.cell_seconds))
        for submission in find_submissions(course.root, unit):
            spent: list[float] = []

            def run(*what: object, spent: list[float] = spent) -> runner.Result:
                result = parent.run(*what)
                spent.append(result.cpu)
                return result

            began = time.perf_counter()
            ledger.write(grade_one(submission, work.key(submission), work, run))
            seconds.append(time.perf_counter() - began - sum(spent))
    overhead = statistics.median(seconds[1:] or seconds)
    kept = "" if bound is None else f"{1000 * bound:.0f} ms {'kept' if overhead <= bound else 'BROKEN'}"
    return [f"overhead {unit[:2]}, a notebook", "", f"{1000 * overhead:.0f} ms", "", kept]


def measure_scale(sizes: tuple[int, ...] = (100, 1_000, 10_000)) -> Iterator[list[str]]:
    """The coordinator's own cost: a simulated class, execution stubbed, everything else real. A process for each size."""
    first = None
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            code = f"from autograder.bench import simulate; simulate({folder!r}, {size})"
            done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
            facts = json.loads(done.stdout.splitlines()[-1])
        first = first or facts
        cost = f"{1000 * facts['seconds'] / size:.1f} ms a submission"
        times = facts["seconds"] / size / (first["seconds"] / sizes[0])
        kept = "kept" if times < 1.5 and facts["memory"] < first["memory"] + 64 else "BROKEN"
        yield [f"simulated class of {size}", "", cost, f"{facts['memory']:.0f} MB", f"flat {kept}"]


def simulate(folder: str, size: int, unit: str = "01_containers_and_arrays") -> None:
    """Grade a class of `size` whose notebooks are not run: prints seconds and peak memory as JSON."""
    from autograder.engine import coordinator, sandbox
    from autograder.engine.ledger import Ledger
    from autograder.engine.rejudge import sync_points
    from autograder.engine.submission import find_submissions
    from autograder.packing import refresh_hidden_packs

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
        from autograder.engine import coordinator, runner, sandbox
        from autograder.engine.command import unit_modules
        from autograder.engine.ledger import Ledger
        from autograder.engine.submission import Submission

        packs = coordinator.Packs.load(packs_folder / unit)
        kept = []
        with (
            runner.make_parents(1, unit_modules(unit), not sandbox.missing())[0] as parent,
            Ledger(root, f"sqlite:///{root / 'gradebook.db'}") as ledger,
        ):
            work = coordinator.Work(unit, ledger.release(unit), packs, sandbox.Limits())

            def run(*what: object) -> runner.Result:
                kept.append(parent.run(*what))
                return kept[-1]

            coordinator.grade_one(Submission("model", unit, model), "", work, run)
        self._result = kept[0]

    def run(self, *what: object) -> object:
        """The same every time."""
        return replace(self._result)

    def kill(self) -> None:
        """Nothing runs."""


def print_rows(rows: list[list[str]]) -> None:
    """The table of what was measured against stock nbgrader."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"nbgrader and the engine, {os.cpu_count()} cores", title_justify="left")
    for heading in ("what", "stock", "engine", "", "promised"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 130).print(table)


def run(size: int, only: tuple[str, ...] = ()) -> None:
    """Measure all, or the parts named: checks, grading, scale."""
    parts = only or ("checks", "grading", "scale")
    if "checks" in parts:
        print_figures(measure_imports() + measure_checks())
    rows = []
    if "grading" in parts:
        for row in measure_grading(size):
            print("  ".join(row), file=sys.stderr, flush=True)
            rows.append(row)
    if "scale" in parts:
        for row in measure_scale():
            print("  ".join(row), file=sys.stderr, flush=True)
            rows.append(row)
    if rows:
        print_rows(rows)
