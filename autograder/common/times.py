"""When something was handed in, as people, programs and LMSs write it.

A time that has one reading is read. One that has several (02.03.2026), that lacks a part, or whose zone is not known counts
as no time; a penalty, or the lack of one, then never comes about without a word to the instructor.
"""

from __future__ import annotations

import functools
import re
import unicodedata
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path

from dateutil.parser import ParserError, parse  # here, not at the first time: several threads would import it at once

from autograder.common.decoding import decode_unicode
from autograder.limits import MAX_STAMP, MAX_TIME

STAMP = "timestamp.txt"
PLAIN = "2026-03-01 17:30:00 UTC"  # how a time is best written
_AS_NBGRADER_WRITES = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?")
_YEAR_FIRST = re.compile(r"(\w+,? )?\d{4}[-/.]|\d{8}(T?\d{4}|$)")
_EAST_ASIAN_DATE = re.compile(r"(\d{4}) ?[年년.] ?(\d{1,2}) ?[月월.] ?(\d{1,2}) ?[日일.]?")
_EAST_ASIAN_HALF = re.compile(r"(오전|오후|上午|下午|午前|午後) ?(\d{1,2}(?::\d\d)*)")
_FROM_UTC = re.compile(r"\b(?:UTC|GMT) ?([+-])(\d{1,2})(?::?(\d\d))?$")
_PLACE = re.compile(r" \(?([A-Z][A-Za-z_]+/[A-Za-z_/-]{2,30})\)?$")


@dataclass(frozen=True)
class Time:
    """A time that was read. `when` is UTC and without a zone, as nbgrader keeps it; None where it cannot be told."""

    when: datetime | None = None
    remark: str = ""  # why there is none, or how it was read where that is not a matter of course
    zoned: bool = False  # the text names its zone


def read_time(text: str, zone: tzinfo | None = None) -> Time:
    """The time that a text says; `zone` is that of a text which names none: UTC where it is not told."""
    text = _tidy(text)
    if not text:
        return Time(None, "it is empty")
    if len(text) > MAX_TIME or re.fullmatch(r"(?!\d{14}$)\d+", text):
        return Time(None, "that is no time")
    text, place = _split_place(_translated(text))
    found: list[tuple] = []
    names: list[tuple[str | None, int | None]] = []
    for options in _orders(text):
        whole = _parse(text, options, names)
        if whole and whole not in found:
            found.append(whole)
    if not found:
        return Time(None, "that is no time")
    if any(first != second for first, second in found):
        return Time(None, "a part of the date, or the time of day, is missing")
    if len(found) > 1:
        days = " or ".join(f"{first.day} {first:%B %Y}" for first, _ in found[:2])
        return Time(None, f"that may be {days}")
    local = found[0][0]
    if not 1990 <= local.year <= 2200:
        return Time(None, f"the year {local.year} is not possible")
    if place:
        return Time(_in_utc(local, place), "", True)
    return _with_zone(local, *names[0], text, zone)


def read_stamp(data: bytes) -> Time:
    """The time in a timestamp.txt, with a remark that says what the file says and what became of it."""
    try:
        text = decode_unicode(data[:MAX_STAMP])
    except UnicodeDecodeError:
        return Time(None, _no_time(f"{STAMP} is not text in UTF-8"))
    time = read_time(text)
    said = f"{STAMP} says {quoted(_tidy(text))}"
    if time.when is None:
        return Time(None, _no_time(f"{said}: {time.remark}" if _tidy(text) else f"{STAMP} is empty"))
    return Time(time.when, f"{said}: {time.remark}" if time.remark else "", time.zoned)


def said_in(when: datetime, zone: str) -> str:
    """A time that is UTC, as it is said in a zone; "" means UTC itself."""
    if not zone or zone == "UTC":
        return f"{when:%Y-%m-%d %H:%M} UTC"
    return f"{when.replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def stamp_in(folder: Path) -> Time | None:
    """The time in a folder's timestamp.txt; None where there is no such file that can be read."""
    path = folder / STAMP
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as file:
            return read_stamp(file.read(MAX_STAMP))
    except OSError:
        return None


def quoted(text: str) -> str:
    """A short quotation that is safe to print: `repr` writes out what a terminal would obey."""
    return repr(text if len(text) <= 40 else text[:40] + "...")


def _no_time(words: str) -> str:
    return f"{words}. No time is counted, and so no lateness; write it as {PLAIN}, and grade again"


def _tidy(text: str) -> str:
    """One line, digits and letters in their usual width, without marks that nobody sees."""
    text = unicodedata.normalize("NFKC", text[:MAX_STAMP])
    return " ".join("".join(c for c in text if unicodedata.category(c) != "Cf").split())


def _translated(text: str) -> str:
    """Dates as Chinese, Japanese and Korean systems write them, and offsets from UTC, in the words of the parser."""
    text = _EAST_ASIAN_DATE.sub(r"\1-\2-\3", text)
    text = _EAST_ASIAN_HALF.sub(lambda m: f"{m[2]} {'AM' if m[1] in ('오전', '上午', '午前') else 'PM'}", text)
    return _FROM_UTC.sub(lambda m: f"{m[1]}{int(m[2]):02}:{m[3] or '00'}", text)


def _split_place(text: str) -> tuple[str, zoneinfo.ZoneInfo | None]:
    """The text without a zone at its end that is named by a place: Europe/Berlin."""
    if match := _PLACE.search(text):
        try:
            return text[: match.start()], zoneinfo.ZoneInfo(match[1])
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            pass
    return text, None


def _orders(text: str) -> list[dict[str, bool]]:
    """The orders of day, month and year in which a text may be read: one where the year with four digits comes first."""
    if _YEAR_FIRST.match(text):
        return [{"dayfirst": False, "yearfirst": True}]
    return [{"dayfirst": day, "yearfirst": year} for year in (False, True) for day in (False, True)]


def _parse(text: str, options: dict, names: list) -> tuple[datetime, datetime] | None:
    """The time as read into two different days: what the text lacks is then not equal. Notes the zone that it names."""

    def zone(name: str | None, offset: int | None) -> tzinfo:
        names.append((name, offset))
        return UTC

    try:
        first, second = (
            parse(text.upper(), default=day, tzinfos=zone, **options)
            for day in (datetime(2001, 1, 1, 0), datetime(2004, 2, 2, 1))
        )
    except (ParserError, OverflowError, ValueError, TypeError, AttributeError, IndexError, ArithmeticError):
        return None
    if first.tzinfo is None:
        names.append((None, None))
    return first.replace(tzinfo=None), second.replace(tzinfo=None)


def _with_zone(local: datetime, name: str | None, offset: int | None, text: str, zone: tzinfo | None) -> Time:
    """A local time in UTC, by the zone that its text names."""
    if offset is not None and name in (None, "UTC", "GMT", "Z"):
        if abs(offset) > 14 * 3600:
            return Time(None, "its distance from UTC is not possible")
        return Time(_in_utc(local, timezone(timedelta(seconds=offset))), "", True)
    if name in ("UTC", "GMT", "Z"):
        return Time(local, "", True)
    if name is None:
        silent = zone or _AS_NBGRADER_WRITES.fullmatch(text)
        return Time(_in_utc(local, zone or UTC), "" if silent else "it names no time zone, and was read as UTC")
    offsets = offsets_of(name, local.year)
    if len(offsets) == 1 and offset is None:
        remark = f"{name} was read as {_from_utc(offsets[0])}"
        return Time(_in_utc(local, timezone(timedelta(seconds=offsets[0]))), remark, True)
    if offsets:
        return Time(None, f"the time zone {name} may be {' or '.join(map(_from_utc, offsets))}")
    return Time(None, f"the time zone {name[:20]} is not known")


@functools.lru_cache(maxsize=64)
def offsets_of(name: str, year: int) -> tuple[int, ...]:
    """Seconds from UTC that an abbreviation such as KST or CEST stands for, anywhere in the world in this year."""
    found = set()
    for key in zoneinfo.available_timezones():
        zone = zoneinfo.ZoneInfo(key)
        for month in (1, 7):
            moment = datetime(year, month, 1, 12, tzinfo=zone)
            offset = moment.utcoffset()
            if moment.tzname() == name and offset is not None:
                found.add(int(offset.total_seconds()))
    return tuple(sorted(found))


def _from_utc(seconds: int) -> str:
    sign, minutes = "-" if seconds < 0 else "+", abs(seconds) // 60
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"


def _in_utc(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
