"""What nbgrader's gradebook has no place for, in tables of their own beside it: due dates as they were said, sections, exports."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sql

from autograder.engine.record.gradebook import Gradebook
from autograder.engine.record.journal import METADATA
from course_utils.refused import Refused

DUE = sql.Table(
    "autograder_due",
    METADATA,
    sql.Column("unit", sql.String(128), primary_key=True),
    sql.Column("zone", sql.String(64), nullable=False),  # in which the date was said: Europe/Berlin
)
SECTIONS = sql.Table(
    "autograder_sections",
    METADATA,
    sql.Column("student", sql.String(128), primary_key=True),
    sql.Column("section", sql.String(256), nullable=False),  # as the roster has it
)
EXPORTS = sql.Table(
    "autograder_exports",
    METADATA,
    sql.Column("unit", sql.String(128), primary_key=True),
    sql.Column("target", sql.String(32), primary_key=True),  # csv, moodle, canvas
    sql.Column("exported_at", sql.String(32), nullable=False),
    sql.Column("grades", sql.Text, nullable=False),  # student -> final grade or null, as JSON
)


def due_zones(gradebook: Gradebook) -> dict[str, str]:
    """unit -> the time zone in which its due date was said."""
    return {row.unit: row.zone for row in _rows(gradebook, DUE)}


def keep_zone(gradebook: Gradebook, unit: str, zone: str) -> None:
    """Keep the zone in which a unit's due date was said; "" forgets it."""
    _replace(gradebook, DUE, DUE.c.unit == unit, [{"unit": unit, "zone": zone}] if zone else [])


def sections(gradebook: Gradebook) -> dict[str, str]:
    """student -> section, of those who are in one."""
    return {row.student: row.section for row in _rows(gradebook, SECTIONS)}


def require_section(gradebook: Gradebook, asked: Iterable[str]) -> set[str] | None:
    """The students of these sections; None where none is asked for. Raises Refused, naming those there are, for an unknown one."""
    wanted = {one.casefold() for one in asked}
    if not wanted:
        return None
    known = sections(gradebook)
    there = sorted(set(known.values()))
    if unknown := sorted(wanted - {one.casefold() for one in there}):
        said = (
            f"there are: {', '.join(there)}"
            if there
            else "none is known: collect once with a roster that has a column Section"
        )
        raise Refused(f"there is no section {unknown[0]!r}; {said}")
    return {student for student, section in known.items() if section.casefold() in wanted}


def keep_sections(gradebook: Gradebook, found: dict[str, str]) -> None:
    """Keep the sections of these students, in place of what was known of them."""
    for student, section in found.items():
        rows = [{"student": student, "section": section}]
        _replace(gradebook, SECTIONS, SECTIONS.c.student == student, rows)


def exports(gradebook: Gradebook, unit: str) -> dict[str, tuple[datetime, dict[str, float | None]]]:
    """target -> when a unit's grades were written for it last, UTC, and which."""
    rows = [row for row in _rows(gradebook, EXPORTS) if row.unit == unit]
    return {row.target: (datetime.fromisoformat(row.exported_at), json.loads(row.grades)) for row in rows}


def keep_export(gradebook: Gradebook, unit: str, target: str, grades: dict[str, float | None]) -> None:
    """Note that these grades of a unit were written for somebody; those of others, written before, stay noted."""
    before = exports(gradebook, unit).get(target, (None, {}))[1]
    row = {
        "unit": unit,
        "target": target,
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "grades": json.dumps({**before, **grades}, ensure_ascii=False),
    }
    _replace(gradebook, EXPORTS, (EXPORTS.c.unit == unit) & (EXPORTS.c.target == target), [row])


def _rows(gradebook: Gradebook, table: sql.Table) -> list[Any]:
    """All rows; none in a gradebook that nobody of us has written to yet."""
    if not sql.inspect(gradebook.engine).has_table(table.name):
        return []
    return list(gradebook.db.execute(sql.select(table)).all())


def _replace(gradebook: Gradebook, table: sql.Table, here: Any, rows: Iterable[dict]) -> None:
    if not sql.inspect(gradebook.engine).has_table(table.name):  # a gradebook that only nbgrader has written to
        table.create(gradebook.db.connection())
    gradebook.db.execute(sql.delete(table).where(here))
    for row in rows:
        gradebook.db.execute(sql.insert(table).values(**row))
