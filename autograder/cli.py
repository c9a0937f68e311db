"""`autograder`: the command line for authors and instructors of the course."""

from __future__ import annotations

import functools
import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.engine.cluster.cli import run_group, worker
from autograder.term.cli import collect, export, extend, late

if TYPE_CHECKING:
    from autograder.proof.mutation.prove import MutantProof
    from autograder.proof.prove import Proof


def main() -> None:
    """Entry point: what is refused on purpose is one line, not a traceback."""
    # jsonschema, which every Jupyter tool imports, would build a grammar for seconds, for a format that notebooks do not use.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is Python's word for "not to be had"
    gc.set_threshold(100_000)  # a start makes many objects and no garbage: looking for it takes a tenth of a second
    sys.exit(run_group(cli))


@click.group(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """The group of all commands."""


def _units_argument(command: Callable) -> Callable:
    """Let a command take units by name or number ("02"), and all of them when none is named."""

    @click.argument("units", nargs=-1)
    @functools.wraps(command)
    def with_units(units: tuple[str, ...], **options: object) -> None:
        from autograder.exercises import find_unit
        from autograder.exercises import units as all_units

        command([find_unit(unit) for unit in units] or all_units(), **options)

    return with_units


@cli.command()
@_units_argument
@click.option("--execute", is_flag=True, help="Execute every solution, even where its code has not changed.")
@click.option(
    "--discard-edits",
    "discard",
    is_flag=True,
    help="Build over edits of a solution that were not pulled; keep it as .orig.",
)
def build(units: list[str], execute: bool, discard: bool) -> None:
    """Build UNITS (all by default): lessons/ -> solutions/ -> notebooks/."""
    from autograder.authoring.build import build as build_unit
    from autograder.authoring.limits_page import write_page
    from autograder.authoring.pages import write_pages
    from autograder.authoring.traceability import write_table
    from autograder.common.progress import TerminalProgress

    for unit in units:
        for line in build_unit(unit, execute, TerminalProgress(), discard):
            click.echo(line)
    click.echo(f"what assesses what: {write_table(units)}")
    click.echo(f"limits: {write_page()}")
    for path in write_pages():
        click.echo(f"{path.name}: written")


@cli.command()
@_units_argument
@click.option("--address", default="", help="Where learners get newer editions: the zip's http address, or its path.")
@click.option("--colab", "repository", default="", help="GitHub repository to publish it in; adds notebooks for Colab.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default="dist", show_default=True)
def release(units: list[str], folder: Path, address: str, repository: str) -> None:
    """Write the learner's edition of UNITS (all by default) into dist/, as a folder and a zip; say how to publish it."""
    from autograder.edition.write import release as release_edition

    for line in release_edition(units, folder, address, repository):
        click.echo(line)


@cli.command()
@click.argument("unit")
def new(unit: str) -> None:
    """Begin UNIT, such as 15_moving_averages: write a lesson with one working exercise, for you to rewrite."""
    from autograder.authoring.scaffold import new_unit

    for path in new_unit(unit):
        click.echo(path)
    number = unit[:2]
    click.echo(f"Try them: autograder build {number} && autograder prove {number}. The guide: docs/writing_a_unit.md")


@cli.command("new-project")
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


@cli.command()
@click.argument("unit")
@click.option("--force", is_flag=True, help="The solution wins where both were edited; the lesson is kept as .orig.")
def pull(unit: str, force: bool) -> None:
    """Take edits made to a unit's solution in JupyterLab back into its lesson, cell by cell; exit with 1 if some clash."""
    from autograder.authoring.pull import pull as pull_unit
    from autograder.exercises import find_unit

    pulled = pull_unit(find_unit(unit), force)
    click.echo(pulled.words)
    sys.exit(1 if pulled.set_aside else 0)


@cli.command()
@_units_argument
@click.option("--mutants", is_flag=True, help="Grade mutants of the solutions instead: every one must be rejected.")
@click.option(
    "--hints",
    is_flag=True,
    help="Count instead how often an undeclared wrong answer is told of another mistake: at most 1%.",
)
@click.option(
    "--sample", type=click.IntRange(1), help="With --mutants: only this many of each exercise, the same ones each time."
)
@click.option(
    "--sliced", is_flag=True, help="Compare instead what grading finds where it runs all, and only what answers need."
)
@click.option(
    "--answers", type=click.IntRange(0), default=0, help="With --sliced: so many more notebooks, of declared answers."
)
def prove(units: list[str], mutants: bool, hints: bool, sample: int | None, sliced: bool, answers: int) -> None:
    """Prove the graders of UNITS (all by default); exit with 1 if any falls short."""
    from autograder.common.progress import bar

    if sliced:
        sys.exit(0 if _compare_slices(units, answers) else 1)
    if hints:
        sys.exit(0 if _count_hints(units) else 1)
    proofs: Sequence[Proof | MutantProof]
    if mutants:
        from autograder.exercises import load_exercises
        from autograder.proof.mutation.prove import is_trained, prove_mutants

        proofs = [p for unit in units for p in prove_mutants(unit, sample, functools.partial(bar, unit, "mutant"))]
        _print_mutant_proofs(proofs)
        trained = [f"{unit[:2]} {one.id}" for unit in units for one in load_exercises(unit).values() if is_trained(one)]
        if trained:
            click.echo(f"Judged by how well a trained network does, which no mutant can show: {', '.join(trained)}.")
    else:
        from autograder.proof.prove import prove as prove_unit

        proofs = [proof for unit in units for proof in prove_unit(unit, functools.partial(bar, unit, "exercise"))]
        _print_proofs(proofs)
    if not all(proof.holds for proof in proofs):
        sys.exit(1)


@cli.command("grade-demo")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where to work; an older demo there is replaced. Default: demo/ in the course.",
)
def grade_demo(folder: Path | None) -> None:
    """Grade a class of twelve made-up submissions with nbgrader, and show what each earned and why."""
    from rich.console import Console

    from autograder.course import ROOT
    from autograder.demo.command import run
    from autograder.report.points import as_table

    folder = folder or ROOT / "demo"
    scores = run(folder, click.echo)
    Console(width=None if sys.stdout.isatty() else 150).print(as_table(scores, "A class of twelve"))
    click.echo(f"gradebook, submissions, graded notebooks and feedback: {folder}")


def _compare_slices(units: list[str], answers: int) -> bool:
    """Print what is run of each unit and what is not, and what differs; whether nothing does."""
    from autograder.common.progress import bar
    from autograder.proof.slices import prove_slices

    proofs = [
        prove_slices(unit, answers, functools.partial(bar, f"{unit}: whole and in part", "notebook")) for unit in units
    ]
    for proof in proofs:
        click.echo(
            f"{proof.unit}: {proof.ran} of {proof.cells} code cells are run, {proof.notebooks} notebooks compared"
        )
        click.echo(
            f"  the solution: whole {proof.whole_seconds:.1f} s of the processor, in part {proof.sliced_seconds:.1f} s"
        )
        for place, why in proof.run.items():
            click.echo(f"  run {place + 1}: {why}")
        for place, line in proof.skipped.items():
            click.echo(f"  not run {place + 1}: {line}")
        for shortcoming in proof.shortcomings:
            click.echo(f"{proof.unit}: {shortcoming}")
    return all(proof.holds for proof in proofs)


def _count_hints(units: list[str]) -> bool:
    """Print what undeclared wrong answers are told, an exercise a row; whether few enough are told of another mistake."""
    from rich.console import Console
    from rich.table import Table

    from autograder.common.progress import bar
    from autograder.proof.hints import TOLERATED, count_hints

    counts = [count for unit in units for count in count_hints(unit, functools.partial(bar, unit, "exercise"))]
    facts = ("wrong", "stated", "not_their_own", "asked", "explained", "unseen")
    titles = (
        "wrong answers",
        "told of a mistake",
        "not their own",
        "asked about one",
        "a clue",
        "right on all examples",
    )
    table = Table("unit", "exercise", *titles, title="What undeclared wrong answers are told", title_justify="left")
    for count in counts:
        table.add_row(count.exercise.unit[:2], count.exercise.id, *(str(getattr(count, fact)) for fact in facts))
    total = {fact: sum(getattr(count, fact) for count in counts) for fact in facts}
    table.add_row("", "all", *(str(total[fact]) for fact in facts))
    Console(width=None if sys.stdout.isatty() else 130).print(table)
    for count in counts:
        for line in count.lines:
            click.echo(f"{count.exercise.unit} {count.exercise.id}: {line}")
    share = total["not_their_own"] / max(1, total["wrong"])
    click.echo(
        f"{total['not_their_own']} of {total['wrong']} are told of a mistake that is not their own: {share:.2%}."
    )
    return share <= TOLERATED


def _print_proofs(proofs: list) -> None:
    headings = ("points", "right answers accepted", "mistakes rejected", "hints as intended")
    rows = [
        (
            f"{proof.exercise.points:g}",
            f"{proof.accepted} of {proof.right_answers}",
            f"{proof.rejected} of {proof.mistakes}",
            f"{proof.hints} of {proof.mistakes}",
        )
        for proof in proofs
    ]
    _print_table("Proof of the graders", headings, proofs, rows)


def _print_mutant_proofs(proofs: list) -> None:
    rows = [(f"{p.mutants}", f"{p.rejected}", f"{p.equivalent}", f"{len(p.shortcomings)}") for p in proofs]
    _print_table("Mutants of the solutions", ("mutants", "rejected", "equivalent", "to look at"), proofs, rows)


def _print_table(title: str, headings: tuple[str, ...], proofs: list, rows: Sequence[tuple[str, ...]]) -> None:
    """A row an exercise, and below the table a line for each shortcoming."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    table.add_column("unit")
    table.add_column("exercise")
    for heading in (*headings, ""):
        table.add_column(heading, justify="right")
    for proof, row in zip(proofs, rows, strict=True):
        found = "ok" if proof.holds else "falls short"
        table.add_row(proof.exercise.unit.partition("_")[0], proof.exercise.id, *row, found)
    Console(width=None if sys.stdout.isatty() else 110).print(table)
    for proof in proofs:
        for shortcoming in proof.shortcomings:
            click.echo(f"{proof.exercise.unit} {proof.exercise.id}: {shortcoming}")


@cli.command()
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


@cli.command(name="grade")
@click.argument("unit")
@click.option("--jobs", type=click.IntRange(1, 256), help="Notebooks at a time; one for each core by default.")
@click.option("--again", is_flag=True, help="Grade those that are graded already, too.")
@click.option("--student", "students", multiple=True, help="Only this student's; may be given several times.")
@click.option("--whole", is_flag=True, help="Run all cells, also those of the lesson that no answer needs.")
@click.option("--no-sample", is_flag=True, help="Do not run one notebook in fifty whole as well, when all is written.")
@click.option("--require-sandbox", is_flag=True, help="Refuse to run where there is no sandbox.")
@click.option("--scheduler", help="Address of a Dask scheduler, e.g. tcp://lab-1:8786: notebooks run on its workers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the table.")
def grade_command(unit: str, **options: Any) -> None:
    """Grade the submissions of UNIT as `nbgrader autograde` does, but many at a time, each in a sandbox, judged outside it."""
    from autograder.engine.command import Options, grade_unit

    sys.exit(grade_unit(unit, Options(**options)))


@cli.command()
@click.argument("unit")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the table.")
def judge(unit: str, as_json: bool) -> None:
    """Judge UNIT's stored answers again after an exercise was corrected, without running anyone's code."""
    from autograder.engine.command import judge_unit

    sys.exit(judge_unit(unit, as_json))


for _command in (worker, collect, extend, late, export):
    cli.add_command(_command)


@cli.command("worker-package")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="dist")
def worker_package(folder: Path) -> None:
    """Write what worker hosts need into FOLDER (dist/ by default): a wheel without exercises, packs and gradebook."""
    from autograder.engine.cluster.package import write_worker_package

    path = write_worker_package(folder)
    click.echo(
        f"{path}\nOn each worker host: pip install '{path.name}[cpu]', then autograder worker tcp://SCHEDULER:8786"
    )


@cli.command()
@click.argument("unit")
@click.option(
    "--hide-names", is_flag=True, help="Show numbers in place of names; learners' code stays as they wrote it."
)
@click.option("--folder", type=click.Path(path_type=Path), help="Where to write. Default: reports/ in the course.")
def report(unit: str, hide_names: bool, folder: Path | None) -> None:
    """Write what the answers of a graded class say: UNIT.html, one page for people, and UNIT.csv for a spreadsheet."""
    from autograder.report.write import write_report

    for path in write_report(unit, hide_names, folder):
        click.echo(path)


@cli.command()
@click.argument("unit")
@click.argument("student")
@click.argument("exercise", default="")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the tables.")
def explain(unit: str, student: str, exercise: str, as_json: bool) -> None:
    """Tell why STUDENT has these points for UNIT, or for one EXERCISE of it: each call that failed, hidden ones too."""
    from autograder.report.explain import explain as explain_result

    explain_result(unit, student, exercise, as_json)


@cli.command()
@click.argument("unit")
@click.option("--hide-names", is_flag=True, help="Show numbers in place of names, the same as in the report.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the table.")
def leaderboard(unit: str, hide_names: bool, as_json: bool) -> None:
    """Rank the saved models of a graded class by the held-out articles that they get right."""
    from autograder.report.leaderboard import print_leaderboard

    print_leaderboard(unit, hide_names, as_json)


@cli.command()
def doctor() -> None:
    """Say what this machine can do for the course, and what to do about what it lacks."""
    from autograder.doctor import print_diagnosis

    sys.exit(print_diagnosis())
