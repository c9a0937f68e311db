"""What `autograder new-project` says: what was done to the file, what was measured, what to run next."""

from __future__ import annotations

import functools
import re
import shlex
from pathlib import Path
from typing import Any

import click

from autograder.authoring.project.write import Asked, Project, new_project
from autograder.common.progress import bar
from course_utils.terminal import shown


def make(number: str, source: Path, name: str, licence: str, seeds: int, **options: Any) -> None:
    """Make the project and tell of it. Raises Refused where it cannot be made."""
    name = name or re.sub(r"[^a-z0-9]+", "_", source.stem.lower()).strip("_")
    typed = ["autograder", "new-project", number, "--from", source.name, "--name", name, "--seeds", f"{seeds}"]
    command = shown(
        shlex.join(typed), keep=""
    )  # it stands in a comment of the unit's code, and a file's name may have two lines
    asked = Asked(source, name, licence, seeds, command, **options)
    project = new_project(number, asked, click.echo, functools.partial(bar, "measuring", "training"))
    for line in measured(project):
        click.echo(line)
    for path in project.paths:
        click.echo(path)
    click.echo(f"Try it: autograder build {number} && autograder prove {number}. The guide: docs/new_project.md")


def measured(project: Project) -> list[str]:
    """What was measured on the held-out texts, a line each."""
    linear, n = project.linear, len(project.prepared.held_out)
    lines = [
        f"balanced SVM: {linear['accuracy']:.4f} of {n} held-out texts, balanced accuracy {linear['balanced_accuracy']:.4f}; "
        f"always the commonest class: {linear['most_frequent']:.4f}"
    ]
    for exercise, band in project.bands.items():
        of_it = [one for one in project.reached if one.run.exercise == exercise]
        own = [one for one in of_it if one.run.who == "lesson"]
        others = [one for one in of_it if one.run.who != "lesson"]
        seeds = ", ".join(f"{one.held_out:.4f}" for one in own)
        balanced = sum(one.balanced for one in own) / len(own)
        answers = ", ".join(f"{one.held_out:.4f}" for one in others)
        slowest = max(one.seconds for one in of_it)
        lines.append(
            f"{exercise}: seeds {seeds} (balanced {balanced:.4f}); other right answers {answers}; asked for: at least "
            f"{band['held_out']:.2f}, on examples {band['examples']:.2f}; the slowest took {slowest:.0f} s of the processor"
        )
        lines += _low(band["held_out"], linear["most_frequent"], sum(one.held_out for one in own) / len(own))
    return lines


def _low(asked: float, guess: float, reached: float) -> list[str]:
    """A remark, where what is asked for is nearer to a guess than to what the lesson's own networks reached."""
    if asked - guess >= reached - asked:
        return []
    return [
        f"  {asked:.2f} is nearer to always the commonest class ({guess:.2f}) than to what the lesson's reached ({reached:.2f}): "
        "it shows that something was learned, and not how well. With more texts more can be asked for"
    ]
