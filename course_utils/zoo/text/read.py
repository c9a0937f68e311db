"""Read labelled texts: lines that begin with `__label__`, or a CSV or TSV with a header; one label a text or several.

Pairs of texts are read from a table with a column for each of the two.

What is wrong is said with the file, the number of the line and what to do; a line is never guessed at.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from course_utils.limits import MAX_BAD_LINES, MAX_LINE_SHOWN
from course_utils.refused import Refused

LOOKED_AT = 2_000  # bytes that tell what kind of file it is
TABLES = (".csv", ".tsv")
PREFIX = "__label__"  # of a label, as the official fastText writes them
TEXT_COLUMNS = ("text", "texts", "sentence", "review", "content", "document", "title", "description", "body")
#: Of pairs: the first text's column, and the second's.
FIRST_COLUMNS = ("a", "text a", "sentence_a", "sentence1", "premise", "question1", "text1", "first")
SECOND_COLUMNS = ("b", "text b", "sentence_b", "sentence2", "hypothesis", "question2", "text2", "second")
LABEL_COLUMNS = ("label", "labels", "category", "categories", "class", "class index", "topic", "tag", "tags", "target")


@dataclass
class Labelled:
    """Texts with their labels, `labels[i]` those of `texts[i]`, and what a reader should know about the file.

    Of pairs, `seconds` has the second texts; where texts stand alone, it is empty.
    """

    texts: list[str] = field(default_factory=list)
    labels: list[tuple[str, ...]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    seconds: list[str] = field(default_factory=list)

    @property
    def several(self) -> bool:
        """Whether some text has more than one label, or none."""
        return any(len(each) != 1 for each in self.labels)

    @property
    def names(self) -> list[str]:
        """The different labels, in alphabetical order."""
        return sorted({name for each in self.labels for name in each})

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs, first texts first."""
        return list(zip(self.texts, self.seconds, strict=True))

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, places: Sequence[int]) -> Labelled:
        """Some of the texts, in this order."""
        return Labelled(
            [self.texts[place] for place in places],
            [self.labels[place] for place in places],
            seconds=[self.seconds[place] for place in places] if self.seconds else [],
        )


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


def read(
    paths: Sequence[str | Path],
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    separator: str | None = None,
    skip_bad: bool = False,
    second_column: str | None = None,
    pairs: bool = False,
    number: bool = False,
) -> Labelled:
    """The texts of all files together. Raises Refused for what cannot be read.

    `separator`: what stands between several labels in a column of a table, for example ","; without it a cell is one label.
    `pairs`: two texts a row, the second in `second_column`. `number`: labels are to be numbers.
    """
    found, asked = Labelled(), Columns(text_column, label_column, second_column, separator, pairs, number)
    for path in map(Path, paths):
        before = len(found)
        rows = _rows(path, asked)
        bad: list[str] = []
        for line, row in rows:
            if isinstance(row, Bad):
                bad.append(f"line {line}: {row}")
            else:
                found.texts.append(row.text)
                found.labels.append(row.labels)
                found.seconds += [row.second] if pairs else []
        if bad:
            _refuse_or_remark(path, bad, skip_bad, found)
        if len(found) == before:
            raise Refused(f"{path} holds no labelled text.")
    empty = sum(not text.strip() for text in (*found.texts, *found.seconds))
    if empty:
        found.remarks.append(
            f"{empty} of {len(found) + len(found.seconds)} texts are empty; a model answers for them from what is frequent."
        )
    return found


def read_texts(path: str | Path) -> list[str]:
    """A text a line, for `predict`; labels before a text are left out."""
    return [_without_labels(line)[0] for line in _decoded(Path(path)).removesuffix("\n").split("\n")]


def read_pairs(
    path: str | Path, text_column: str | None = None, second_column: str | None = None
) -> list[tuple[str, str]]:
    """Pairs for `predict`: of a .csv or .tsv its two columns; of another file two texts a line with a tab between them."""
    path = Path(path)
    if path.suffix.lower() not in TABLES:
        return in_two(_decoded(path).removesuffix("\n").split("\n"), str(path))
    rows, pairs = _lines(path, _decoded(path)), []
    _, header = next(rows)
    places = _pair_columns(path, header, Columns(text_column, second=second_column))
    for number, row in rows:
        if len(row) != len(header):
            raise Refused(f"{path}, line {number}: {_other_length(row, header)}.")
        pairs.append((row[places[0]], row[places[1]]))
    return pairs


def in_two(lines: Sequence[str], source: str) -> list[tuple[str, str]]:
    """Lines of two texts with a tab between them, as pairs. Raises Refused for another line, with `source` and its number."""
    pairs = []
    for number, line in enumerate(lines, 1):
        a, tab, b = line.partition("\t")
        if not tab or "\t" in b:
            raise Refused(f"{source}, line {number}: {_shown(line)} is no pair. Put one tab between its two texts.")
        pairs.append((a, b))
    return pairs


def _refuse_or_remark(path: Path, bad: list[str], skip_bad: bool, found: Labelled) -> None:
    named = "; ".join(bad[:MAX_BAD_LINES]) + (
        f"; and {len(bad) - MAX_BAD_LINES} more" if len(bad) > MAX_BAD_LINES else ""
    )
    if not skip_bad:
        raise Refused(f"{path}, {named}. Mend the file, or leave such lines out with --skip-bad.")
    left_out = "1 line was" if len(bad) == 1 else f"{len(bad)} lines were"
    found.remarks.append(f"{path}: {left_out} left out: {named}.")


def _decoded(path: Path) -> str:
    """The file as text. Raises Refused where it is not UTF-8, with the line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused(f"{path} is UTF-16, and UTF-8 is needed. Save it as UTF-8.")
    if 4 * data.count(0, 0, LOOKED_AT) > len(data[:LOOKED_AT]):
        raise Refused(f"{path} is UTF-16 or no text at all: it is full of bytes that are 0. Save it as UTF-8.")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused(
            f"{path}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8. Save the file as UTF-8."
        ) from error


class Row(NamedTuple):
    """A text with its labels; of a pair, the second text too."""

    text: str
    labels: tuple[str, ...]
    second: str = ""


def _rows(path: Path, asked: Columns) -> Iterator[tuple[int, Row | Bad]]:
    """Each line's number, and its text with its labels or what is wrong with it."""
    content = _decoded(path)
    is_table = path.suffix.lower() in TABLES
    if is_table and not content.lstrip().startswith(PREFIX):
        yield from _table(path, content, asked)
        return
    if asked.pairs or asked.number:
        what = "Pairs of texts" if asked.pairs else "Numbers"
        raise Refused(f"{path}: {what} are read from a .csv or .tsv with a header. Save them as one.")
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            text, labels = _without_labels(line)
            yield (
                number,
                Row(text, labels)
                if labels
                else Bad(f"{_shown(line)} begins with no label; begin it with {PREFIX}NAME and a space"),
            )


def _without_labels(line: str) -> tuple[str, tuple[str, ...]]:
    """The text of a line and the labels before it; a label inside the text is a word of it."""
    labels: dict[str, None] = {}
    rest = line.strip()
    while rest.startswith(PREFIX):
        word, rest = (*rest.split(maxsplit=1), "")[:2]
        if name := word.removeprefix(PREFIX):
            labels[name] = None
    return rest, tuple(labels)


def _table(path: Path, content: str, asked: Columns) -> Iterator[tuple[int, Row | Bad]]:
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
        return Bad(f"its cell {column!r} holds {_shown(cell)}, and a number such as 3.5 is needed")
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
    there = ", ".join(_shown(name) for name in header[:20]) or "nothing"
    wanted = repr(asked) if asked else "called " + " or ".join(map(repr, usual[:3]))
    remedy = f"Name the column with {option}."
    if len(header) == 1 and (other := next((mark for mark in ";\t|," if mark in header[0]), "")):
        remedy = f"Its cells are separated by {other!r}: a .csv needs commas, a .tsv tabs."
    raise Refused(f"{path}: its first line names no column {wanted}; it has {there}. {remedy}")


def _shown(text: str) -> str:
    """A piece of a file for a message: short, on one line, nothing that a terminal would obey."""
    return repr(text[:MAX_LINE_SHOWN] + ("..." if len(text) > MAX_LINE_SHOWN else ""))
