"""`autograder hub`: what a JupyterHub needs to serve the course."""

from __future__ import annotations

import sys
from pathlib import Path

import click

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option(
    "--exchange",
    required=True,
    type=_FOLDER,
    help="Where nbgrader hands work out and in; the folder is made if need be.",
)
@click.option(
    "--course-at",
    type=_FOLDER,
    default="dist",
    show_default=True,
    help="Folder that learners can read: there `autograder release --folder` has put, or will put, their edition.",
)
@click.option("--instructor", "instructors", multiple=True, help="Name on the hub of who teaches; again for each.")
@click.option("--python", default="", help="Python of the learners' servers. Default: the one that runs the hub.")
@click.option(
    "--mirror", default="", help="COURSE_MIRROR of all servers: a folder or an address with the data's files."
)
def hub(exchange: Path, course_at: Path, instructors: tuple[str, ...], python: str, mirror: str) -> None:
    """Write the settings with which a JupyterHub serves this course, and say what is still to do (docs/jupyterhub.md)."""
    from autograder.course import ROOT
    from autograder.hub.settings import Hub
    from autograder.hub.write import write

    places = (str(course_at.absolute()), str(exchange.absolute()), str(ROOT), sys.executable)
    chosen = Hub(*places, sorted(set(instructors)), python, mirror)
    for line in write(chosen):
        click.echo(line)
