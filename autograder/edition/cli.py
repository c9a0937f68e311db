"""`autograder release`: the learner's edition."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.authoring.units_argument import units_argument


@click.command()
@units_argument
@click.option("--address", default="", help="Where learners get newer editions: the zip's http address, or its path.")
@click.option("--colab", "repository", default="", help="GitHub repository to publish it in; adds notebooks for Colab.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default="dist", show_default=True)
def release(units: list[str], folder: Path, address: str, repository: str) -> None:
    """Write the learner's edition of UNITS (all by default) into dist/, as a folder and a zip; say how to publish it."""
    from autograder.edition.write import release as release_edition

    for line in release_edition(units, folder, address, repository):
        click.echo(line)
