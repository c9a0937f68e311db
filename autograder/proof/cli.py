"""`autograder prove`: right answers are accepted, mistakes and mutants rejected."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.authoring.units_argument import units_argument
from course_utils.refused import Refused

if TYPE_CHECKING:
    from autograder.proof.mutation.prove import MutantProof
    from autograder.proof.prove import Proof


@click.command()
@units_argument
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
@click.option(
    "--chart",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --sliced: draw here, as PNG, what a class takes.",
)
def prove(
    units: list[str], mutants: bool, hints: bool, sample: int | None, sliced: bool, answers: int, chart: Path | None
) -> None:
    """Prove the graders of UNITS (all by default); exit with 1 if any falls short."""
    from autograder.common.progress import bar

    if chart and not sliced:
        raise Refused("--chart shows what --sliced has measured: autograder prove --sliced --chart FILE.png")
    if sliced:
        sys.exit(0 if _compare_slices(units, answers, chart) else 1)
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
        print_proofs(proofs)
    if not all(proof.holds for proof in proofs):
        sys.exit(1)


def _compare_slices(units: list[str], answers: int, chart: Path | None) -> bool:
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
        if proof.rounded:
            click.echo(f"  equal but for rounding in training: {', '.join(sorted(proof.rounded))}")
        if proof.unsteady:
            click.echo(f"  differ from run to run, whole or not: {', '.join(sorted(proof.unsteady))}")
        for shortcoming in proof.shortcomings:
            click.echo(f"{proof.unit}: {shortcoming}")
    if chart:
        from autograder.proof.class_chart import write_chart

        click.echo(f"{chart}: {write_chart(proofs, chart)}")
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


def print_proofs(proofs: list) -> None:
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
            click.echo(f"{proof.exercise.place}: {shortcoming}")
