"""`autograder feedback`: the pages that learners get back, and the zip that an LMS takes back for all of them."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.engine.cli import in_one_line
from course_utils.terminal import say


@click.command()
@click.argument("unit")
@click.option("--student", "students", multiple=True, help="Only this student's; may be given several times.")
@click.option("--section", "sections", multiple=True, help="Only this section's, as the roster calls it; repeatable.")
@click.option("--for", "target", type=click.Choice(["moodle", "canvas"]), help="Also a zip that this LMS takes back.")
@click.option(
    "--to", type=click.Path(path_type=Path), help="The zip. Default: that of the LMS, as feedback/UNIT_canvas.zip."
)
@in_one_line
def feedback(
    unit: str, students: tuple[str, ...], sections: tuple[str, ...], target: str | None, to: Path | None
) -> None:
    """Make the feedback pages of UNIT's graded learners, feedback/STUDENT/UNIT/UNIT.html; older ones are renewed."""
    from autograder.exercises import find_unit
    from autograder.feedback.make import make_pages
    from autograder.feedback.pack import write_zip

    unit = find_unit(unit)
    made = make_pages(unit, students, sections)
    for line in made.lines():
        say(line)
    if target:
        for line in write_zip(unit, target, made.pages, to):
            say(line)
