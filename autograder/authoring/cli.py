"""The commands of authors: `autograder build`, `lint`, `new`, `new-project`, `preview` and `pull`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from autograder.authoring.units_argument import units_argument


@click.command()
@units_argument
@click.option("--execute", is_flag=True, help="Execute every solution, even where its code has not changed.")
@click.option(
    "--discard-edits",
    "discard",
    is_flag=True,
    help="Build over edits of a solution that were not pulled; keep it as .orig.",
)
@click.option("--no-trace", is_flag=True, help="Do not execute what changed once more, for grading in part.")
def build(units: list[str], execute: bool, discard: bool, no_trace: bool) -> None:
    """Build UNITS (all by default): lessons/ -> solutions/ -> notebooks/; refuse, before anything is built, what `lint` tells."""
    from autograder.authoring import rules
    from autograder.authoring.build import build as build_unit
    from autograder.authoring.limits_page import write_page
    from autograder.authoring.pages import write_pages
    from autograder.authoring.traceability import write_table
    from autograder.authoring.tracing import trace_solution
    from autograder.common.progress import TerminalProgress
    from autograder.course import KIT, ROOT

    for unit in units:
        rules.require_none(unit)
    for unit in units:
        for line in build_unit(unit, execute, TerminalProgress(), discard):
            click.echo(line)
        for line in [] if no_trace else trace_solution(unit, TerminalProgress()):
            click.echo(line)
    click.echo(f"what assesses what: {write_table(units)}")
    if ROOT == KIT:  # they are the kit's, and so is the page
        click.echo(f"limits: {write_page()}")
    for path in write_pages():
        click.echo(f"{path.name}: written")


@click.command()
@click.argument("units", nargs=-1)
def lint(units: tuple[str, ...]) -> None:
    """Say all that is wrong with UNITS (all by default), each with its file, line and remedy; build nothing; exit with 1 if anything is."""
    from autograder.authoring import rules
    from autograder.common.progress import bar

    chosen = rules.find_units(units)
    found = [problem for unit in bar("lint", "unit", chosen) for problem in rules.problems(unit)]
    lines = list(dict.fromkeys(map(str, found)))
    for line in lines:
        click.echo(line)
    click.echo(f"{len(lines) or 'nothing'} to correct in {', '.join(unit[:2] for unit in chosen)}")
    sys.exit(1 if lines else 0)


def guide() -> Path:
    """Where the guide of authors lies: in a checkout in docs/, of an installed kit in the environment's share/doc."""
    import sysconfig

    from autograder.course import KIT
    from course_utils.refused import PROJECT

    in_docs = KIT / "docs" / "writing_a_unit.md"
    return in_docs if in_docs.exists() else Path(sysconfig.get_path("data"), "share", "doc", PROJECT, in_docs.name)


@click.command()
@click.argument("name")
@click.argument("signature", default="")
@click.option(
    "--exercise",
    "is_exercise",
    is_flag=True,
    help="NAME is one more exercise of --unit, and takes SIGNATURE, as in 'x, width'.",
)
@click.option("--unit", help="With --exercise: the unit, by name or number.")
@click.option(
    "--goal", default="", help="With --exercise: the goal that it assesses, word for word; a new one if left out."
)
def new(name: str, signature: str, is_exercise: bool, unit: str | None, goal: str) -> None:
    """Begin a unit, such as 15_moving_averages, or (--exercise ID 'x, width' --unit 15) an exercise: it works, for you to rewrite."""
    from autograder.authoring.scaffold import new_unit
    from autograder.authoring.scaffold.added import new_exercise
    from autograder.exercises import find_unit

    if is_exercise != bool(unit) or bool(signature) != is_exercise:
        raise click.UsageError(
            "a unit: autograder new 15_name; an exercise: autograder new --exercise ID 'x, width' --unit 15"
        )
    unit = find_unit(unit) if unit else name
    for path in new_exercise(unit, name, signature, goal) if is_exercise else new_unit(unit):
        click.echo(path)
    number = unit[:2]
    click.echo(f"Try them: autograder build {number} && autograder prove {number}. The guide: {guide()}")


@click.command("new-project")
@click.argument("number")
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV or TSV with a header, in UTF-8: a text and its label a line; any language.",
)
@click.option("--name", default="", help="Words of the unit's name, with _ between. Default: the file's.")
@click.option("--licence", prompt="What may learners do with the texts", help="Asked for where it is left out.")
@click.option("--text-column", help="Where the texts stand, if not under `text` or another usual name.")
@click.option("--label-column", help="Where the labels stand, if not under `label` or another usual name.")
@click.option("--skip-bad", is_flag=True, help="Leave out lines that cannot be read.")
@click.option("--seeds", type=click.IntRange(2, 20), default=3, show_default=True, help="Trainings of each network.")
def new_project(number: str, source: Path, name: str, **options: Any) -> None:
    """Make the project unit NUMBER, such as 15, from your own texts: cleaned, split, measured. See docs/new_project.md."""
    from autograder.authoring.project.command import make

    make(number, source, name, **options)


@click.command()
@click.argument("unit")
@click.option("--page", "page_only", is_flag=True, help="Write the page alone, and open nothing.")
def preview(unit: str, page_only: bool) -> None:
    """Open UNIT's notebook beside its solution in JupyterLab, with a page of what each declared mistake is told."""
    import functools

    from autograder.authoring.preview import open_lab, require_built, write_page
    from autograder.common.progress import bar
    from autograder.exercises import find_unit

    unit = find_unit(unit)
    if not page_only:
        require_built(unit)
    path = write_page(unit, functools.partial(bar, unit, "exercise"))
    click.echo(path)
    sys.exit(0 if page_only else open_lab(unit, path))


@click.command()
@click.argument("unit")
@click.option("--force", is_flag=True, help="The solution wins where both were edited; the lesson is kept as .orig.")
def pull(unit: str, force: bool) -> None:
    """Take edits made to a unit's solution in JupyterLab back into its lesson, cell by cell; exit with 1 if some clash."""
    from autograder.authoring.pull import pull as pull_unit
    from autograder.exercises import find_unit

    pulled = pull_unit(find_unit(unit), force)
    click.echo(pulled.words)
    sys.exit(1 if pulled.set_aside else 0)


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
def import_(source: Path) -> None:
    """Bring an nbgrader course in: each notebook of SOURCE/ASSIGNMENT/ becomes a lesson, its asserts are graded as nbgrader does.

    Exit with 1 if any could not be taken; each is named, with the reason.
    """
    from autograder.authoring.importing import import_course
    from course_utils.terminal import say

    went_well = []
    for line, well in import_course(source):
        say(line)
        went_well.append(well)
    if any(went_well):
        click.echo("Go on: autograder build, then nbgrader generate_assignment UNIT --force, and autograder grade UNIT")
    sys.exit(0 if all(went_well) else 1)
