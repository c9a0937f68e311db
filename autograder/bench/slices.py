"""Grading only what answers need, beside running all and beside stock nbgrader: a class of declared answers for each unit."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.bench.grading import STOCK, command_seconds, copy_class

#: nbgrader as it comes takes minutes a notebook where a unit trains: of a class so many are measured, and the rest is
#: reckoned, since it grades them one after the other.
STOCK_MEASURED = 2
#: The same for running all cells here, where a notebook takes more processor seconds than this.
LONG = 5.0
#: Of so many notebooks it is measured what their answers take alone.
ALONE_MEASURED = 8
#: How much longer than its answers alone a notebook may take: a factor, and seconds besides.
ALLOWED = 1.3, 0.04

HEADINGS = (
    "class",
    "stock",
    "whole",
    "in part",
    "stock / in part",
    "processor a submission: whole, in part, ratio",
    "answers alone, allowed",
    "cells",
)


def measure_slices(size: int, units: Sequence[str] = ()) -> Iterator[list[str]]:
    """A row a unit: seconds from the start of the command until all grades are written, and processor seconds a submission."""
    from autograder.exercises import find_unit
    from autograder.exercises import units as all_units

    for unit in [find_unit(one) for one in units] or all_units():
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            base = Path(name).resolve()
            part, whole, stock = (base / which for which in ("part", "whole", "stock"))
            make_declared_class(part, unit, size)
            _until_written(part, unit, "--student", "learner000")  # makes hidden packs
            measured = min(STOCK_MEASURED, size)
            copy_class(part, whole)
            copy_class(part, stock, STOCK)
            _keep_first(stock, measured)
            sliced, its_cpu = (taken / size for taken in _until_written(part, unit, "--again"))
            first = [word for number in range(measured) for word in ("--student", f"learner{number:03d}")]
            entire, whole_cpu = (taken / measured for taken in _until_written(whole, unit, "--whole", *first))
            if whole_cpu < LONG:  # the start of the command counts where little else does
                entire, whole_cpu = (taken / size for taken in _until_written(whole, unit, "--whole", "--again"))
            plain = command_seconds(stock, "nbgrader", "autograde", unit) / measured
            alone = _answers_alone(part, unit, min(size, ALONE_MEASURED))
            yield [
                f"{unit[:2]}, {size}",
                f"{plain * size:.0f} s",
                f"{entire * size:.1f} s",
                f"{sliced * size:.1f} s",
                f"{plain / sliced:.1f} times",
                f"{whole_cpu:.2f} s, {its_cpu:.2f} s, {whole_cpu / its_cpu:.1f} times",
                f"{alone:.2f} s, {ALLOWED[0] * alone + ALLOWED[1]:.2f} s",
                _cells(part, unit),
            ]


def _keep_first(folder: Path, count: int) -> None:
    """Take away what all but the first of a class have handed in."""
    for one in sorted((folder / "submitted").iterdir())[count:]:
        shutil.rmtree(one)


def _answers_alone(folder: Path, unit: str, count: int) -> float:
    """Processor seconds of a notebook's answers and of nothing else, on average over the first of a class."""
    from autograder.demo.command import environment

    words = [sys.executable, "-m", "autograder.bench.alone", unit, str(folder), str(count)]
    settings = environment(folder) | {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}  # as in grading
    done = subprocess.run(words, cwd=folder, env=settings, capture_output=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])["seconds"]


def make_declared_class(folder: Path, unit: str, size: int) -> None:
    """A course in `folder` where `unit` is released and a class has handed in right answers and mistakes, mixed.

    They are those declared with the exercises, as far as their source says all that they need; the others are the lesson's.
    """
    from autograder.common.own_source import own_source
    from autograder.demo import command as demo
    from autograder.demo.learners import Learner
    from autograder.exercises import load_exercises

    demo.write_config(folder)
    code = f"from autograder.demo import command as demo; from pathlib import Path; a = demo.open_api(Path({str(folder)!r}))"
    code += f"; r = a.generate_assignment({unit!r}); assert r['success'], r['log']"
    subprocess.run([sys.executable, "-c", code], check=True, env=demo.environment(folder), capture_output=True)
    pools: dict[str, list[str]] = {}
    for id, exercise in load_exercises(unit).items():
        declared = [*exercise.right_answers.values(), *(mistake.answer for mistake in exercise.mistakes)]
        written = [own_source(id, one) for one in declared]
        pools[id] = [source for source in written if source and "while True" not in source]
    for number in range(size):
        # of each exercise every second learner has the lesson's own answer: classes are not all mistakes
        mine = {
            id: pool[(number // 2) % len(pool)]
            for place, (id, pool) in enumerate(pools.items())
            if pool and (number + place) % 2
        }
        learner = Learner(f"learner{number:03d}", unit, "answers as declared", mine)
        demo.hand_in(learner, folder / "release" / unit, folder / "submitted")


def _until_written(folder: Path, unit: str, *options: str) -> tuple[float, float]:
    """Seconds from the start of `autograder grade` to its end, and those of the processor that the class's notebooks took."""
    from autograder.demo.command import environment

    words = [sys.executable, "-m", "autograder", "grade", unit, "--no-sample", "--json", *options]
    began = time.perf_counter()
    done = subprocess.run(words, cwd=folder, env=environment(folder), capture_output=True)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return seconds, sum(row["processor"] for row in json.loads(done.stdout)["graded"])


def _cells(folder: Path, unit: str) -> str:
    """What was run of the class's notebooks, as the journal says it."""
    from autograder.engine.command import Course
    from autograder.engine.record.ledger import Ledger

    course = Course.load(folder)
    with Ledger(course.root, course.db_url) as ledger:
        ran = [ledger.facts(student, unit).ran for student in ledger.journal(unit)]
    entire = sum(not one[:1].isdigit() for one in ran)
    shown = next((one.partition(" code")[0] for one in ran if one[:1].isdigit()), "-")
    return f"{shown}; whole: {entire} of {len(ran)}"
