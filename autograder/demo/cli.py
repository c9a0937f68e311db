"""`autograder grade-demo`: an invented class."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where to work; an older demo there is replaced. Default: demo/ in the course.",
)
def grade_demo(folder: Path | None) -> None:
    """Grade a class of made-up submissions with nbgrader, and show what each earned and why."""
    from rich.console import Console

    from autograder.course import ROOT
    from autograder.demo.command import run
    from autograder.report.points import as_table

    folder = folder or ROOT / "demo"
    scores = run(folder, click.echo)
    Console(width=None if sys.stdout.isatty() else 150).print(as_table(scores, f"A class of {len(scores)}"))
    click.echo(f"gradebook, submissions, graded notebooks and feedback: {folder}")
