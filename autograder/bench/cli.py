"""`autograder bench`: what people wait for."""

from __future__ import annotations

import click


@click.command()
@click.option("--class", "size", type=click.IntRange(1), default=20, show_default=True, help="How many submissions.")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(["waiting", "checks", "grading", "sliced", "scale", "zoo"]),
    help="Only this part; repeatable.",
)
@click.option("--unit", "units", multiple=True, help="Of the part `sliced` only this unit; repeatable.")
def bench(size: int, only: tuple[str, ...], units: tuple[str, ...]) -> None:
    """Measure what people wait for: JupyterLab, checks, grading (beside stock nbgrader), judging again, big classes, the zoo."""
    from autograder.bench import run

    if "grading" in (only or ("grading",)):
        click.echo(
            "Stock nbgrader is measured too: about 10 seconds per submission and unit; --class 4 is a quick look."
        )
    run(size, only, units)
