"""The commands of grading: `autograder grade`, `judge` and `worker-package`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("unit")
@click.option("--jobs", type=click.IntRange(1, 256), help="Notebooks at a time; one for each core by default.")
@click.option("--again", is_flag=True, help="Grade those that are graded already, too.")
@click.option("--student", "students", multiple=True, help="Only this student's; may be given several times.")
@click.option(
    "--sliced", is_flag=True, help="Run only what answers need: the lesson's own cells are shown as in the lesson."
)
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
