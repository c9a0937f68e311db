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


GRADED_UNITS = ("01_containers_and_arrays", "02_convolution_and_pooling", "06_imdb_dense")
PROMISED = {"01_containers_and_arrays": 15, "02_convolution_and_pooling": 6, "06_imdb_dense": 6}  # times stock's speed

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


def measure_grading(size: int, units: tuple[str, ...] = GRADED_UNITS, judge: bool = True) -> Iterator[list[str]]:
    """Rows of a table: stock nbgrader against the engine, a class a unit, from command start to gradebook written."""
    for unit in units:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name).resolve()
            make_class(folder, unit, size)
            stock = folder.with_name(folder.name + "-stock")
            try:
                shutil.copytree(folder, stock)
                config = stock / "nbgrader_config.py"
                config.write_text(config.read_text().replace(str(folder), str(stock)) + _STOCK)
                _command(
                    folder, "autograder", "grade", unit, "--again", "--student", "learner000"
                )  # makes hidden packs
                shutil.copytree(folder / "hidden", stock / "hidden")
                engine = _command(folder, "autograder", "grade", unit, "--again")
                plain = _command(stock, "nbgrader", "autograde", unit)
                ratio, promised = plain / engine, PROMISED.get(unit, 1)
                yield [
                    f"grade {unit[:2]}, class of {size}",
                    f"{plain:.1f} s",
                    f"{engine:.2f} s",
                    f"{ratio:.1f} times",
                    f"{promised} {'kept' if ratio >= promised else 'BROKEN'}",
                ]
                overhead = statistics.median(measure_overhead(folder, unit))
                kept = "" if not unit.startswith("01") else f"100 ms {'kept' if overhead <= 0.1 else 'BROKEN'}"
                yield [f"overhead {unit[:2]}, a notebook", "", f"{1000 * overhead:.0f} ms", "", kept]
                if judge and unit == units[0]:
                    yield from _measure_judge(folder, stock, unit, size)
            finally:
                shutil.rmtree(stock, ignore_errors=True)


def _measure_judge(folder: Path, stock: Path, unit: str, size: int) -> Iterator[list[str]]:
    """Judge a class again after an exercise changed, against stock's only way, `--force` (measured on one submission)."""
    forced = _command(stock, "nbgrader", "autograde", unit, "--force", "--student", "learner000")
    many = _command(stock, "nbgrader", "autograde", unit, "--force")
    seconds = rejudge_changed(folder, unit)
    ratio = many / seconds
    yield [
        f"judge {unit[:2]} again, class of {size}",
        f"{many:.1f} s ({forced:.1f} for one)",
        f"{seconds:.2f} s",
        f"{ratio:.0f} times",
        f"100 {'kept' if ratio >= 100 else 'BROKEN'}",
    ]


def rejudge_changed(folder: Path, unit: str) -> float:
    """Seconds of judging a class again, each of its submissions changed: all exercises' mistakes are worded anew."""
    from autograder.engine.command import Course
    from autograder.engine.coordinator import Packs
    from autograder.engine.ledger import Ledger
    from autograder.engine.rejudge import rejudge

    packs = Packs.load(folder / "hidden" / unit)
    for pack in (*packs.raw.values(), *packs.decoded.values()):
        pack["settings"] = {**pack["settings"], "rtol": 1e-4}
        for mistake in pack["mistakes"]:
            mistake["hint"] += " Look again."
    packs.digest = "changed"
    course = Course.load(folder)
    with Ledger(course.root, course.db_url, course.late_penalty) as ledger:
        return rejudge(ledger, unit, packs).seconds


def measure_overhead(folder: Path, unit: str) -> list[float]:
    """Seconds that each submission took the engine, warm, less what the learner's own process computed."""
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
    return seconds[1:] or seconds


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
    """Measure all, or the parts named: checks, grading, judge, scale."""
    parts = only or ("checks", "grading", "judge", "scale")
    if "checks" in parts:
        print_figures(measure_imports() + measure_checks())
    rows = []
    if "grading" in parts or "judge" in parts:
        units = GRADED_UNITS if "grading" in parts else GRADED_UNITS[:1]
        for row in measure_grading(size, units, "judge" in parts):
            print("  ".join(row), file=sys.stderr, flush=True)
            rows.append(row)
    if "scale" in parts:
        for row in measure_scale():
            print("  ".join(row), file=sys.stderr, flush=True)
            rows.append(row)
    if rows:
        print_rows(rows)
