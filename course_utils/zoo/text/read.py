"""Read labelled texts: lines that begin with `__label__`, or a CSV or TSV with a header; one label a text or several.

What is wrong is said with the file, the number of the line and what to do; a line is never guessed at.
"""

from __future__ import annotations

import codecs
import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course_utils.limits import MAX_BAD_LINES, MAX_LINE_SHOWN
from course_utils.refused import Refused

LOOKED_AT = 2_000  # bytes that tell what kind of file it is
PREFIX = "__label__"  # of a label, as the official fastText writes them
TEXT_COLUMNS = ("text", "texts", "sentence", "review", "content", "document", "title", "description", "body")
LABEL_COLUMNS = ("label", "labels", "category", "categories", "class", "class index", "topic", "tag", "tags", "target")


@dataclass
class Labelled:
    """Texts with their labels, `labels[i]` those of `texts[i]`, and what a reader should know about the file."""

    texts: list[str] = field(default_factory=list)
    labels: list[tuple[str, ...]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def several(self) -> bool:
        """Whether some text has more than one label, or none."""
        return any(len(each) != 1 for each in self.labels)

    @property
    def names(self) -> list[str]:
        """The different labels, in alphabetical order."""
        return sorted({name for each in self.labels for name in each})

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, places: Sequence[int]) -> Labelled:
        """Some of the texts, in this order."""
        return Labelled([self.texts[place] for place in places], [self.labels[place] for place in places])


class Bad(ValueError):
    """A line that cannot be read; the message says why and what to do."""


def read(
    paths: Sequence[str | Path],
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    separator: str | None = None,
    skip_bad: bool = False,
) -> Labelled:
    """The texts of all files together. Raises Refused for what cannot be read.

    `separator`: what stands between several labels in a column of a table, for example ","; without it a cell is one label.
    """
    found = Labelled()
    for path in map(Path, paths):
        before = len(found)
        rows = _rows(path, text_column, label_column, separator)
        bad: list[str] = []
        for number, row in rows:
            if isinstance(row, Bad):
                bad.append(f"line {number}: {row}")
            else:
                found.texts.append(row[0])
                found.labels.append(row[1])
        if bad:
            _refuse_or_remark(path, bad, skip_bad, found)
        if len(found) == before:
            raise Refused(f"{path} holds no labelled text.")
    empty = sum(not text.strip() for text in found.texts)
    if empty:
        found.remarks.append(
            f"{empty} of {len(found)} texts are empty; a model answers for them from what is frequent."
        )
    return found


def read_texts(path: str | Path) -> list[str]:
    """A text a line, for `predict`; labels before a text are left out."""
    return [_without_labels(line)[0] for line in _decoded(Path(path)).removesuffix("\n").split("\n")]


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


Row = tuple[str, tuple[str, ...]] | Bad


def _rows(
    path: Path, text_column: str | None, label_column: str | None, separator: str | None
) -> Iterator[tuple[int, Row]]:
    """Each line's number, and its text with its labels or what is wrong with it."""
    content = _decoded(path)
    is_table = path.suffix.lower() in (".csv", ".tsv")
    if is_table and not content.lstrip().startswith(PREFIX):
        yield from _table(path, content, text_column, label_column, separator)
        return
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            text, labels = _without_labels(line)
            yield (
                number,
                (text, labels)
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


def _table(
    path: Path, content: str, text_column: str | None, label_column: str | None, separator: str | None
) -> Iterator[tuple[int, Row]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    lines = csv.reader(io.StringIO(content, newline=""), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    try:
        header = [name.strip() for name in next(lines, [])]
        text_at = _column(path, header, text_column, TEXT_COLUMNS, "--text-column")
        label_at = _column(path, header, label_column, LABEL_COLUMNS, "--label-column")
        begins = lines.line_num + 1
        for row in lines:
            if row:
                yield begins, _cells(row, header, text_at, label_at, separator)
            begins = lines.line_num + 1
    except csv.Error as error:
        raise Refused(f"{path}, line {lines.line_num}: {error}.") from error


def _cells(row: list[str], header: list[str], text_at: int, label_at: int, separator: str | None) -> Row:
    if len(row) != len(header):
        cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
        remedy = (
            "close the quote that it opens"
            if any("\n" in cell for cell in row)
            else "put a text with commas into quotes"
        )
        return Bad(f"it has {cells}, and the header has {len(header)}; {remedy}")
    cell = row[label_at].strip()
    labels = (
        tuple(dict.fromkeys(filter(None, map(str.strip, cell.split(separator)))))
        if separator
        else (cell,)
        if cell
        else ()
    )
    return (row[text_at], labels) if labels else Bad(f"its cell {header[label_at]!r} is empty")


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
