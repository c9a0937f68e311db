"""How long imports and checks take."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial

from autograder.authoring.functions import lesson_functions
from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.bench.figures import Figure, repeat
from autograder.exercises import load_exercises
from autograder.exercises import units as all_units
from autograder.limits import ANSWER_SECONDS
from course_utils.judge import judge
from course_utils.observe import observe
from course_utils.packs import read_pack

IMPORT_RUNS = 15
CHECK_RUNS = 15
PROMISED = 0.05  # seconds for a check, where the answer trains and builds nothing


def measure_imports() -> list[Figure]:
    """Import the helper in new interpreters, beside an interpreter that imports nothing."""
    programs: dict[str, tuple[str, float | None]] = {
        "python -c pass": ("pass", None),
        "import course_utils": ("import course_utils", 0.3),
        "from course_utils import check, start": ("from course_utils import check, start", 0.3),
    }
    return [
        Figure(name, repeat(partial(subprocess.run, [sys.executable, "-c", code], check=True), IMPORT_RUNS), bound)
        for name, (code, bound) in programs.items()
    ]


def measure_checks(units: list[str] | None = None) -> Iterator[Figure]:
    """Check the lesson's own answers and each exercise's first mistake, from reading the pack to the HTML.

    Exercises whose answers build or train something have a promise of their own, the seconds that the exercise gives to one
    call: their time is the networks' own. Trained models are left out.
    """
    from course_utils import start

    for unit in units or all_units():
        start(unit)
        functions = lesson_functions(read_lesson(lesson_path(unit)))
        for id, exercise in load_exercises(unit).items():
            if exercise.settings["kind"] == "model":
                continue
            pack = read_pack(unit, id)
            limit = exercise.settings["time_limit"]
            builds = exercise.settings["kind"] != "function" or any("ask" in probe for probe in pack["probes"])
            builds = (
                builds or limit > ANSWER_SECONDS
            )  # it asked for more than is usual: Keras is at work, or many draws
            for which, answer in (("right", functions[id]), ("wrong", exercise.mistakes[0].answer)):
                name = f"check {unit[:2]} {id}, {which}"
                yield _measure_check(
                    name, id, answer, pack, runs=2 if builds else CHECK_RUNS, bound=limit if builds else PROMISED
                )


def _measure_check(name: str, id: str, answer: Callable, pack: dict, runs: int, bound: float | None) -> Figure:
    """One check's figure: its time, and whether observing the answer, judging or drawing takes most of it."""
    from course_utils.checking import examine
    from course_utils.verdict import as_html

    whole = repeat(lambda: as_html(examine(id, answer)), runs)
    observing = statistics.median(repeat(lambda: observe(answer, pack), runs))
    seen = observe(answer, pack)
    judging = statistics.median(repeat(lambda: judge({**pack, "rules": []}, seen), runs))
    total = statistics.median(whole)
    parts = {
        "calling the answer": observing,
        "judging": judging,
        "the rest, drawing": max(total - observing - judging, 0),
    }
    most = max(parts, key=parts.__getitem__)
    return Figure(name, whole, bound, f"{most} {100 * parts[most] / total:.0f} %")
