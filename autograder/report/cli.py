"""The commands that tell what a graded class did: `autograder report`, `explain` and `leaderboard`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("unit")
@click.option(
    "--hide-names",
    is_flag=True,
    help="Another file, with numbers in place of names; learners' code stays as they wrote it.",
)
@click.option("--section", "sections", multiple=True, help="Only this section's, as the roster calls it; repeatable.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to write. Default: reports/ in the course.")
def report(unit: str, hide_names: bool, sections: tuple[str, ...], folder: Path | None) -> None:
    """Write what the answers of a graded class say: UNIT.html, one page for people, and UNIT.csv for a spreadsheet."""
    from autograder.report.write import write_report

    for path in write_report(unit, hide_names, folder, sections=sections):
        click.echo(path)


@click.command()
@click.argument("unit")
@click.argument("student")
@click.argument("exercise", default="")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the tables.")
def explain(unit: str, student: str, exercise: str, as_json: bool) -> None:
    """Tell why STUDENT has these points for UNIT, or for one EXERCISE of it: each call that failed, hidden ones too."""
    from autograder.report.explain import explain as explain_result

    explain_result(unit, student, exercise, as_json)


@click.command()
@click.argument("unit")
@click.option("--hide-names", is_flag=True, help="Show numbers in place of names, the same as in the report.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the table.")
def leaderboard(unit: str, hide_names: bool, as_json: bool) -> None:
    """Rank the saved models of a graded class by the held-out articles that they get right."""
    from autograder.report.leaderboard import print_leaderboard

    print_leaderboard(unit, hide_names, as_json)
