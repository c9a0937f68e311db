"""Read labelled texts: lines that begin with `__label__`, or a CSV or TSV with a header; one label a text or several.

Pairs of texts are read from a table with a column for each of the two.

What is wrong is said with the file, the number of the line and what to do; a line is never guessed at.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course_utils.limits import MAX_BAD_LINES
from course_utils.refused import Refused
from course_utils.zoo.text import tables
from course_utils.zoo.text.tables import Bad, Columns, Row, shown

LOOKED_AT = 2_000  # bytes that tell what kind of file it is
PREFIX = "__label__"  # of a label, as the official fastText writes them


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
    content = _decoded(path)
    if path.suffix.lower() in tables.ENDINGS:
        return tables.pairs(path, content, Columns(text_column, second=second_column))
    return in_two(content.removesuffix("\n").split("\n"), str(path))


def in_two(lines: Sequence[str], source: str) -> list[tuple[str, str]]:
    """Lines of two texts with a tab between them, as pairs. Raises Refused for another line, with `source` and its number."""
    pairs = []
    for number, line in enumerate(lines, 1):
        a, tab, b = line.partition("\t")
        if not tab or "\t" in b:
            raise Refused(f"{source}, line {number}: {shown(line)} is no pair. Put one tab between its two texts.")
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


def _rows(path: Path, asked: Columns) -> Iterator[tuple[int, Row | Bad]]:
    """Each line's number, and its text with its labels or what is wrong with it."""
    content = _decoded(path)
    is_table = path.suffix.lower() in tables.ENDINGS
    if is_table and not content.lstrip().startswith(PREFIX):
        yield from tables.rows(path, content, asked)
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
                else Bad(f"{shown(line)} begins with no label; begin it with {PREFIX}NAME and a space"),
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
