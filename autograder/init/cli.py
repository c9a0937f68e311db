"""`autograder init`: begin a course."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="", help="What the course is called. Default: made of the folder's name.")
@click.option("--empty", is_flag=True, help="Without a first lesson: for a course that `autograder import` brings in.")
def init(folder: Path, title: str, empty: bool) -> None:
    """Begin a course in FOLDER, which is new or empty: settings, one lesson with an exercise, a made-up class, CI."""
    from autograder.init.begin import FIRST, begin

    for path in begin(folder, title, empty):
        click.echo(path)
    last = (
        "autograder import ../OLD/source"
        if empty
        else f"autograder build && autograder prove && autograder grade-demo   # {FIRST}"
    )
    click.echo(f"Go on: cd {folder} && {last}")
