"""Tables of labelled texts: a CSV or TSV with a header, a text or a pair of texts a row, its labels in a column of their own."""

from __future__ import annotations

import csv
import io
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from course_utils.limits import MAX_LINE_SHOWN
from course_utils.refused import Refused

ENDINGS = (".csv", ".tsv")
TEXT_COLUMNS = ("text", "texts", "sentence", "review", "content", "document", "title", "description", "body")
#: Of pairs: the first text's column, and the second's.
FIRST_COLUMNS = ("a", "text a", "sentence_a", "sentence1", "premise", "question1", "text1", "first")
SECOND_COLUMNS = ("b", "text b", "sentence_b", "sentence2", "hypothesis", "question2", "text2", "second")
LABEL_COLUMNS = ("label", "labels", "category", "categories", "class", "class index", "topic", "tag", "tags", "target")


@dataclass(frozen=True)
class Columns:
    """Where a table has what; None: in a column of a usual name. `pairs`: whether it has two texts a row."""

    text: str | None = None
    label: str | None = None
    second: str | None = None
    separator: str | None = None
    pairs: bool = False
    number: bool = False  # whether labels are numbers


class Bad(ValueError):
    """A line that cannot be read; the message says why and what to do."""


class Row(NamedTuple):
    """A text with its labels; of a pair, the second text too."""

    text: str
    labels: tuple[str, ...]
    second: str = ""


def rows(path: Path, content: str, asked: Columns) -> Iterator[tuple[int, Row | Bad]]:
    """The number of each row's line, and its text with its labels or what is wrong with it.

    Raises Refused where a column is missing.
    """
    lines = _lines(path, content)
    _, header = next(lines)
    if asked.pairs:
        text_at, second_at = _pair_columns(path, header, asked)
    else:
        text_at, second_at = _column(path, header, asked.text, TEXT_COLUMNS, "--text-column"), None
    label_at = _column(path, header, asked.label, LABEL_COLUMNS, "--label-column")
    for number, row in lines:
        if len(row) != len(header):
            yield number, Bad(_other_length(row, header))
            continue
        labels = _labels(row[label_at].strip(), header[label_at], asked)
        second = "" if second_at is None else row[second_at]
        yield number, labels if isinstance(labels, Bad) else Row(row[text_at], labels, second)


def pairs(path: Path, content: str, asked: Columns) -> list[tuple[str, str]]:
    """The two texts of each row. Raises Refused where a column is missing or a row is too long or too short."""
    lines, found = _lines(path, content), []
    _, header = next(lines)
    first, second = _pair_columns(path, header, asked)
    for number, row in lines:
        if len(row) != len(header):
            raise Refused(f"{path}, line {number}: {_other_length(row, header)}.")
        found.append((row[first], row[second]))
    return found


def _lines(path: Path, content: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table that are not empty, the header first, with the numbers of the lines where they begin."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    lines = csv.reader(io.StringIO(content, newline=""), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    try:
        yield 1, [name.strip() for name in next(lines, [])]
        begins = lines.line_num + 1
        for row in lines:
            if row:
                yield begins, row
            begins = lines.line_num + 1
    except csv.Error as error:
        raise Refused(f"{path}, line {lines.line_num}: {error}.") from error


def _other_length(row: list[str], header: list[str]) -> str:
    """What to say of a row that has not as many cells as the header."""
    cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
    quoted = any("\n" in cell for cell in row)
    remedy = "close the quote that it opens" if quoted else "put a text with commas into quotes"
    return f"it has {cells}, and the header has {len(header)}; {remedy}"


def _labels(cell: str, column: str, asked: Columns) -> tuple[str, ...] | Bad:
    """The labels that a cell holds."""
    parts = map(str.strip, cell.split(asked.separator)) if asked.separator else [cell]
    labels = tuple(dict.fromkeys(filter(None, parts)))
    if not labels:
        return Bad(f"its cell {column!r} is empty")
    if asked.number and not _is_number(cell):
        return Bad(f"its cell {column!r} holds {shown(cell)}, and a number such as 3.5 is needed")
    return labels


def _is_number(cell: str) -> bool:
    """Whether it is a number that one can calculate with."""
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _pair_columns(path: Path, header: list[str], asked: Columns) -> tuple[int, int]:
    """Where the two texts of a pair stand."""
    first = _column(path, header, asked.text, FIRST_COLUMNS, "--text-column")
    second = _column(path, header, asked.second, SECOND_COLUMNS, "--second-column")
    if first == second:
        raise Refused(
            f"{path}: both texts are to stand in column {header[first]!r}. Name another with --second-column."
        )
    return first, second


def _column(path: Path, header: list[str], asked: str | None, usual: Sequence[str], option: str) -> int:
    """Where a column stands. Raises Refused where there is none of that name, with the names that there are."""
    names = [name.lower() for name in header]
    for name in [asked.lower()] if asked else usual:
        if name in names:
            return names.index(name)
    there = ", ".join(shown(name) for name in header[:20]) or "nothing"
    wanted = repr(asked) if asked else "called " + " or ".join(map(repr, usual[:3]))
    remedy = f"Name the column with {option}."
    if len(header) == 1 and (other := next((mark for mark in ";\t|," if mark in header[0]), "")):
        remedy = f"Its cells are separated by {other!r}: a .csv needs commas, a .tsv tabs."
    raise Refused(f"{path}: its first line names no column {wanted}; it has {there}. {remedy}")


def shown(text: str) -> str:
    """A piece of a file for a message: short, on one line, nothing that a terminal would obey."""
    return repr(text[:MAX_LINE_SHOWN] + ("..." if len(text) > MAX_LINE_SHOWN else ""))
