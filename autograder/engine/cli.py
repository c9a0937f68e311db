"""The commands of grading: `autograder grade`, `judge` and `worker-package`."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from course_utils.terminal import say


def in_one_line(command: Callable) -> Callable:
    """What goes wrong in a way that we foresee is one line, and exit code 2."""

    @functools.wraps(command)
    def guarded(*args: Any, **options: Any) -> None:
        from autograder.engine.command import REFUSED, foreseen

        try:
            command(*args, **options)
        except Exception as error:
            words = foreseen(error)
            if not words:
                raise
            say(f"autograder: {words}", error=True)
            sys.exit(REFUSED)

    return guarded


@click.command()
@click.argument("unit")
@click.option("--jobs", type=click.IntRange(1, 256), help="Notebooks at a time; one for each core by default.")
@click.option("--again", is_flag=True, help="Grade those that are graded already, too.")
@click.option("--student", "students", multiple=True, help="Only this student's; may be given several times.")
@click.option("--whole", is_flag=True, help="Run all cells, also those of the lesson that no answer needs.")
@click.option("--no-sample", is_flag=True, help="Do not run one notebook in fifty whole as well, when all is written.")
@click.option("--section", "sections", multiple=True, help="Only this section's, as the roster calls it; repeatable.")
@click.option("--require-sandbox", is_flag=True, help="Refuse to run where there is no sandbox.")
@click.option("--scheduler", help="Address of a Dask scheduler, e.g. tcp://lab-1:8786: notebooks run on its workers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the table.")
def grade(unit: str, **options: Any) -> None:
    """Grade the submissions of UNIT as `nbgrader autograde` does, but many at a time, each in a sandbox, judged outside it."""
    from autograder.engine.command import Options, grade_unit

    sys.exit(grade_unit(unit, Options(**options)))


@click.command()
@click.argument("unit")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the table.")
def judge(unit: str, as_json: bool) -> None:
    """Judge UNIT's stored answers again after an exercise was corrected, without running anyone's code."""
    from autograder.engine.command import judge_unit

    sys.exit(judge_unit(unit, as_json))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="dist")
def worker_package(folder: Path) -> None:
    """Write what worker hosts need into FOLDER (dist/ by default): a wheel without exercises, packs and gradebook."""
    from autograder.engine.cluster.package import write_worker_package

    path = write_worker_package(folder)
    click.echo(
        f"{path}\nOn each worker host: pip install '{path.name}[cpu]', then autograder worker tcp://SCHEDULER:8786"
    )
