"""`autograder site`: the course as static pages."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.authoring.units_argument import units_argument


@click.command()
@units_argument
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default="dist/site", show_default=True)
@click.option(
    "--repository", default="", help="The course's own GitHub repository: links lead there to files that are no pages."
)
@click.option("--edition", default="", help="The published edition's GitHub repository, which Colab and Binder open.")
@click.option("--hub", default="", help="Address of a JupyterHub with nbgitpuller, which opens the edition as well.")
def site(units: list[str], folder: Path, repository: str, edition: str, hub: str) -> None:
    """Make pages of UNITS (all by default), without solutions, and of the docs; Sphinx writes them into dist/site."""
    from autograder.edition.colab import parse_repository
    from autograder.site.make import make_site
    from course_utils.refused import Refused

    if hub and not edition:
        raise Refused(
            "--hub opens the published edition: give its repository, too: --edition https://github.com/OWNER/NAME"
        )
    where = {"repository": repository, "edition": edition}
    parsed = {name: parse_repository(address) if address else None for name, address in where.items()}
    click.echo(f"The site: {make_site(units, folder, parsed['repository'], parsed['edition'], hub)}")
