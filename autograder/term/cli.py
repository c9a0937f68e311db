"""The commands of a term: `autograder due`, `status`, `collect`, `extend`, `late` and `export`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from autograder.engine.cli import in_one_line
from autograder.term import lms
from course_utils.refused import Refused
from course_utils.terminal import say


def _encoding(context: click.Context, parameter: click.Parameter, name: str) -> str:
    import codecs

    try:
        return codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        raise click.BadParameter(
            f"there is no encoding {name[:60]!r}; some are called cp949, cp1252, big5, shift_jis"
        ) from None


#: Who takes grades in: a spreadsheet, and every LMS.
_TAKERS = ["csv", *(name for name in lms.names() if name != lms.BY_HAND)]
_encoding_option = click.option(
    "--encoding", default="", callback=_encoding, help="What the roster is in, where it is not UTF-8: cp949, cp1252."
)


def _zone(context: click.Context, parameter: click.Parameter, name: str | None) -> Any:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise click.BadParameter(f"there is no time zone {name}; one is called Europe/Berlin, for instance") from None


@click.command()
@click.argument("unit", required=False)
@click.argument("when", required=False)
@click.option("--from", "table", type=click.Path(path_type=Path), help="All units from a CSV (unit,due) or a due.toml.")
@click.option("--zone", default="", help="Time zone of the date: Europe/Berlin. Default: as before, or this machine's.")
@click.option("--remove", is_flag=True, help="Take the unit's due date away.")
@in_one_line
def due(unit: str | None, when: str | None, table: Path | None, zone: str, remove: bool) -> None:
    """Say when UNIT is due, as in: autograder due 02 "2026-12-01 23:59"; without WHEN show it, without UNIT all."""
    from autograder.exercises import find_unit
    from autograder.term.due import read_dues, read_file, require_zone, set_dues

    said: dict[str, str] = {}
    if table and (unit or when or remove):
        raise Refused("--from says units and dates itself; leave out UNIT, WHEN and --remove")
    if when and remove:
        raise Refused(f"say when {unit} is due, or --remove, not both")
    if remove and not unit:
        raise Refused("--remove: say of which unit")
    if table:
        said, named = read_file(table)
        zone = zone or named
    elif unit and (when or remove):
        said = {unit: when or ""}
    if zone and not said:
        raise Refused(
            "--zone: say a date with it, for instance: autograder due 02 '2026-12-01 23:59' --zone Europe/Berlin"
        )
    if not said:
        for one in read_dues():
            if not unit or one.unit == find_unit(unit):
                say(one.words())
        return
    found = set_dues(said, require_zone(zone) if zone else "")
    for one in found:
        say(one.words())
    _tell_penalties([one.unit for one in found if one.when])


@click.command()
@click.argument("units", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the table.")
@in_one_line
def status(units: tuple[str, ...], as_json: bool) -> None:
    """Show where each of UNITS (all by default) stands: due, collected, graded, by hand, feedback, exported."""
    from autograder.exercises import find_unit
    from autograder.term.status import print_status, read_status

    print_status(read_status([find_unit(unit) for unit in units]), as_json)


@click.command()
@click.argument("unit")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--from", "source", type=click.Choice(lms.names()), required=True, help="Who named the files.")
@click.option("--roster", type=click.Path(path_type=Path), help="The class as the LMS exports it, a CSV: who is who.")
@click.option("--timezone", callback=_zone, help="Zone of the times in Moodle's grading worksheet: Europe/Berlin.")
@_encoding_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object in place of the table.")
@in_one_line
def collect(
    unit: str, path: Path, source: str, roster: Path | None, timezone: Any, encoding: str, as_json: bool
) -> None:
    """Collect UNIT's submissions from PATH, a folder or the zip that an LMS makes, into submitted/."""
    from autograder.exercises import find_unit
    from autograder.term.collect import collect as collect_unit
    from autograder.term.collect import print_report

    report = collect_unit(find_unit(unit), path, source, roster, timezone, encoding=encoding)
    print_report(report, as_json)
    sys.exit(1 if report.lost else 0)


@click.command()
@click.argument("unit")
@click.argument("student", required=False)
@click.option("--days", type=click.FloatRange(0), default=0.0, help="Days after the due date.")
@click.option("--hours", type=click.FloatRange(0), default=0.0, help="Hours after the due date, added to the days.")
@click.option("--remove", is_flag=True, help="Take an extension back.")
@in_one_line
def extend(unit: str, student: str | None, days: float, hours: float, remove: bool) -> None:
    """Give STUDENT more time for UNIT, in place of what was given before; without STUDENT list who has more."""
    from datetime import timedelta

    from autograder.exercises import find_unit
    from autograder.term.late import extend as extend_unit
    from autograder.term.late import lateness

    unit = find_unit(unit)
    if student is None:
        found = lateness([unit], only_extended=True)
        for one in found:
            say(one.words())
        if not found:
            say(f"{unit}: nobody has more time")
        return
    more = timedelta(days=days, hours=hours)
    if bool(more) == remove:
        raise Refused("say how much more time: --days 3, --hours 12 or both; or --remove")
    one = extend_unit(unit, student, more)
    say(one.words())
    if one.before != one.after:
        _tell_feedback([one])


@click.command()
@click.argument("units", nargs=-1)
@in_one_line
def late(units: tuple[str, ...]) -> None:
    """Work out the late penalties of UNITS again (all by default): by the policy, points and extensions of now."""
    from autograder.exercises import find_unit
    from autograder.term.late import lateness

    found = lateness([find_unit(unit) for unit in units] if units else _units_of_gradebook())
    for one in found:
        say(one.words())
    changed = [one for one in found if one.before != one.after]
    say(f"late or with more time: {len(found)}; penalties changed: {len(changed)}")
    _tell_feedback(changed)


@click.command()
@click.argument("unit")
@click.option("--among", required=True, help="Who grades by hand, with commas between: ann,bo.")
@click.option("--section", "sections", multiple=True, help="Only this section's, as the roster calls it; repeatable.")
@click.option("--to", type=click.Path(path_type=Path), help="The list, a CSV. Default: UNIT_share.csv in the course.")
@in_one_line
def share(unit: str, among: str, sections: tuple[str, ...], to: Path | None) -> None:
    """Share out what of UNIT waits to be graded by hand: a list of who reads whose answers, and nothing else is written."""
    from autograder.exercises import find_unit
    from autograder.term.share import share_out

    for line in share_out(find_unit(unit), among, sections, to):
        say(line)


@click.command()
@click.option("--for", "target", type=click.Choice(_TAKERS), default="csv", show_default=True)
@click.option(
    "--to", type=click.Path(path_type=Path), help="The file. Default: grades.csv, or that of the LMS, as canvas.csv."
)
@click.option("--roster", type=click.Path(path_type=Path), help="The LMS's own table, whose ids are carried over.")
@click.option("--unit", "units", multiple=True, help="Only this unit; may be given several times.")
@click.option("--student", "students", multiple=True, help="Only this student; may be given several times.")
@click.option("--section", "sections", multiple=True, help="Only this section, as the roster calls it; repeatable.")
@click.option(
    "--drop-lowest", type=click.IntRange(0), default=0, help="Units left out of totals, lowest percentage first."
)
@click.option("--column", "columns", multiple=True, help="Which column a unit has in the LMS: 02='Homework 2 (4711)'.")
@click.option("--with-total", is_flag=True, help="For an LMS: a last column with the total in percent.")
@click.option("--with-feedback", is_flag=True, help="For Moodle: beside each grade what was taken and why.")
@_encoding_option
@in_one_line
def export(
    target: str,
    to: Path | None,
    roster: Path | None,
    units: tuple[str, ...],
    students: tuple[str, ...],
    sections: tuple[str, ...],
    drop_lowest: int,
    columns: tuple[str, ...],
    with_total: bool,
    with_feedback: bool,
    encoding: str,
) -> None:
    """Write the grades: a table for a spreadsheet, or a file for the grade book of an LMS."""
    from autograder.exercises import find_unit
    from autograder.term.export.command import export_grades

    pairs = [column.partition("=")[::2] for column in columns]
    if bad := [unit for unit, heading in pairs if not heading]:
        raise Refused(f"--column {bad[0]}: a unit, = and a heading are expected, as in 02='Homework 2 (4711)'")
    settings = {
        "to": str(to or ""),
        "roster": str(roster or ""),
        "assignment": [find_unit(unit) for unit in units],
        "student": list(students),
        "roster_encoding": encoding,
        "drop_lowest": drop_lowest,
        "columns": {find_unit(unit): heading for unit, heading in pairs},
        "with_total": with_total,
        "comments": with_feedback,
    }
    for words in export_grades(target, settings, sections=sections):
        say(words)


def _units_of_gradebook() -> list[str]:
    from autograder.engine.command import Course, course_root
    from autograder.engine.record.gradebook import Gradebook

    course = Course.load(course_root(None))
    with Gradebook(course.db_url) as gradebook:
        return sorted(assignment.name for assignment in gradebook.assignments)


def _tell_penalties(units: list[str]) -> None:
    """Work out the penalties of these units again, by dates of now, and say what changed."""
    from autograder.term.late import lateness

    changed = [one for one in lateness(units) if one.before != one.after]
    for one in changed:
        say(one.words())
    _tell_feedback(changed)


def _tell_feedback(changed: list) -> None:
    from autograder.engine.command import course_root

    folder = course_root(None) / "feedback"
    for one in changed:
        if (folder / one.student / one.unit).is_dir():
            command = f"autograder feedback {one.unit.partition('_')[0]} --student {json.dumps(one.student)}"
            say(f"the feedback shows the penalty of before; renew it: {command}")
