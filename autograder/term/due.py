"""`autograder due`: when a unit is due, said in a zone of the instructor's; nbgrader's gradebook keeps it in UTC, and we the zone."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.common.decoding import decode_unicode
from autograder.common.times import read_time, said_in
from autograder.engine.record import beside
from autograder.exercises import find_unit
from autograder.limits import MAX_TABLE
from autograder.term.late import open_term
from autograder.term.tables import read_table
from course_utils.refused import Refused

if TYPE_CHECKING:
    from autograder.engine.record.gradebook import Gradebook

WRITTEN = "2026-12-01 23:59"  # how a date is best written


@dataclass(frozen=True)
class Due:
    """A unit's due date. `when` is UTC, without a zone, as nbgrader keeps it; None where nothing is ever late."""

    unit: str
    when: datetime | None
    zone: str = ""  # in which it was said; "" where nbgrader's own command set it

    def words(self) -> str:
        """One line about it."""
        return f"{self.unit}: {self.date()}" if self.when else f"{self.unit}: no due date, so nothing is late"

    def date(self) -> str:
        """The date as it was said, then in UTC; "" where there is none."""
        if not self.when:
            return ""
        utc, said = said_in(self.when, ""), said_in(self.when, self.zone)
        return said if said == utc else f"{said} ({utc})"


def set_dues(said: dict[str, str], zone: str = "", root: Path | None = None) -> list[Due]:
    """Set due dates: unit -> date as a person writes it, "" for none. `zone`: "" means the one said last, or this machine's.

    All or nothing: raises Refused, naming the unit and the remedy, before any is set where one cannot be read.
    """
    with open_term(root) as (gradebook, _):
        zone = zone or zone_said(gradebook)
        units: dict[str, str] = {}  # a unit may be told by its number and by its name
        for called in said:
            if (first := units.setdefault(find_unit(called), called)) != called:
                raise Refused(f"{first!r} and {called!r} are the same unit; leave one line of it")
        found = [_read(unit, said[called], zone) for unit, called in units.items()]
        for one in found:
            gradebook.update_or_create_assignment(one.unit, duedate=one.when)
            beside.keep_zone(gradebook, one.unit, one.zone)
            if one.when is None:  # a penalty for being late goes with the date
                for submission in gradebook.find_assignment(one.unit).submissions:
                    for notebook in submission.notebooks:
                        notebook.late_submission_penalty = None
    return found


def read_dues(root: Path | None = None) -> list[Due]:
    """The due dates of all units of the course and of the gradebook, in order."""
    from autograder.authoring.lesson import lesson_units
    from autograder.engine.command import Course, course_root
    from autograder.engine.record.gradebook import Gradebook

    course = Course.load(course_root(root))
    with Gradebook(course.db_url) as gradebook:
        zones = beside.due_zones(gradebook)
        dates = {one.name: one.duedate for one in gradebook.assignments}
    return [Due(unit, dates.get(unit), zones.get(unit, "")) for unit in sorted({*dates, *lesson_units()})]


def zone_said(gradebook: Gradebook) -> str:
    """The zone in which due dates were said so far, where it was one; else this machine's."""
    zones = set(beside.due_zones(gradebook).values())
    return zones.pop() if len(zones) == 1 else machine_zone()


def machine_zone() -> str:
    """The time zone of this machine by its name: what TZ says, else the one that /etc/localtime links to; else UTC."""
    named = os.environ.get("TZ", "").lstrip(":")
    linked = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    return next((name for name in (named, linked) if name and _is_zone(name)), "UTC")


def read_file(path: Path) -> tuple[dict[str, str], str]:
    """The dates in a file: unit -> date, and the zone that it names, "" where it names none. Raises Refused.

    A CSV has the headings `unit` and `due`. A TOML file has a line for each unit, 02 = "2026-12-01 23:59", and may have
    zone = "Europe/Berlin".
    """
    said, zone = _from_toml(path) if path.suffix.lower() == ".toml" else (_from_csv(path), "")
    if not said:
        raise Refused(f"{path} has no due date: a line for each unit is expected, such as 02,{WRITTEN}")
    return said, zone


def require_zone(name: str) -> str:
    """The name of a time zone. Raises Refused where there is none."""
    if not _is_zone(name):
        raise Refused(f"there is no time zone {name!r}; one is called Europe/Berlin, for instance")
    return name


def _from_toml(path: Path) -> tuple[dict[str, str], str]:
    try:
        told: dict[str, Any] = tomllib.loads(decode_unicode(path.read_bytes()[:MAX_TABLE]))
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Refused(f"{path} is not text in UTF-8; save it so") from None
    except RecursionError:
        raise Refused(
            f'{path} is no TOML of dates: it is nested too deeply. A line is expected for each unit: 02 = "{WRITTEN}"'
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise Refused(f'{path} is no TOML: {error}. A line is expected for each unit: 02 = "{WRITTEN}"') from None
    zone = told.pop("zone", "")
    if not isinstance(zone, str):
        raise Refused(f'{path}: zone = {zone!r}; a name is expected: zone = "Europe/Berlin"')
    for unit, value in told.items():
        if not isinstance(value, str | datetime):
            raise Refused(f'{path}: {unit} = {value!r}; a date with its time is expected: {unit} = "{WRITTEN}"')
    return {unit: str(value) for unit, value in told.items()}, zone


def _from_csv(path: Path) -> dict[str, str]:
    rows = read_table(path, "").rows
    heading = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if not {"unit", "due"} <= {*heading}:
        raise Refused(f"{path}: its first line is to be unit,due; below it a line for each unit: 02,{WRITTEN}")
    unit, due = heading.index("unit"), heading.index("due")
    cells = [[*(cell.strip() for cell in row), *[""] * len(heading)] for row in rows[1:] if any(map(str.strip, row))]
    _require_once(path, [row[unit] for row in cells])
    return {row[unit]: row[due] for row in cells}


def _require_once(path: Path, units: Iterable[str]) -> None:
    units = list(units)
    if twice := [unit for unit in units if units.count(unit) > 1]:
        raise Refused(f"{path} has unit {twice[0]} more than once; leave one line of it")


def _read(unit: str, text: str, zone: str) -> Due:
    if not text.strip():
        return Due(unit, None)
    time = read_time(text, ZoneInfo(zone))
    if time.when is None:
        raise Refused(f"{unit}: the due date {text[:60]!r} cannot be read: {time.remark}; write it as {WRITTEN}")
    return Due(unit, time.when, zone)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
