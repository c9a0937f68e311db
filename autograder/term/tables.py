"""Tables that people saved: a CSV in whatever encoding and with whatever delimiter, read as it was meant or refused in one line.

What is not Unicode does not say what it is: the bytes of a Korean name are those of a Chinese one. Where only one of the
usual encodings gives words that somebody may have written, it is taken; else the person who saved the file is asked.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from autograder.common.decoding import decode_unicode, unicode_form
from autograder.limits import MAX_COLUMNS, MAX_FIELD, MAX_ROWS, MAX_TABLE
from course_utils.refused import Refused
from course_utils.terminal import is_unseen

SAVE = "save it as `CSV UTF-8`"
#: What spreadsheets write where they do not write Unicode -> whose writing it is.
LEGACY = {
    "cp1252": "Western European",
    "cp1250": "Central European",
    "cp1254": "Turkish",
    "cp1251": "Cyrillic",
    "cp1253": "Greek",
    "cp949": "Korean",
    "cp932": "Japanese",
    "big5": "Traditional Chinese",
    "gb18030": "Simplified Chinese",
}
#: Of two bytes a character -> the narrower set in which all that people write is found.
COMMON = {"cp949": "iso2022_kr", "cp932": "shift_jis", "big5": "big5", "gb18030": "gb2312"}
SCRIPT_OF = {"cp1251": "CYRILLIC", "cp1253": "GREEK", "cp949": "HANGUL"}
PUNCTUATION = "’‘“”–—…·•、，。・　"
#: Characters from which on a text that fits the narrowest of several is that one: two of three would fall outside by chance.
ENOUGH = 12


@dataclass
class Table:
    """The rows of a CSV, those that are empty left out. `guessed`: its encoding was recognised and not told."""

    rows: list[list[str]]
    encoding: str
    guessed: bool = False


def read_table(path: Path, encoding: str = "") -> Table:
    """Read a CSV; `encoding` is what somebody said it is in. Raises Refused, in one line, for what cannot be read."""
    try:
        if not path.is_file():
            raise Refused(f"the roster {path} cannot be read: there is no such file")
        if path.stat().st_size > MAX_TABLE:
            raise Refused(f"the roster {path} has more than {MAX_TABLE >> 20} MB, which no table of a class has")
        data = path.read_bytes()
    except OSError as error:
        raise Refused(f"the roster {path} cannot be read: {error.strerror}") from None
    text, encoding, guessed = _decoded(data, path, encoding)
    return Table(_rows(text, path), encoding, guessed)


def is_garbled(name: str) -> bool:
    """Whether a name is what a wrong encoding leaves of one: MÃ¼ller, M?ller, M�ller, a control character."""
    if "\N{REPLACEMENT CHARACTER}" in name or "?" in name or any(map(is_unseen, name)):
        return True
    for page in ("cp1252", "latin-1"):
        try:
            if name.encode(page).decode("utf-8") != name:
                return True
        except UnicodeError:
            continue
    return False


def _decoded(data: bytes, path: Path, encoding: str) -> tuple[str, str, bool]:
    if encoding:
        try:
            return data.decode(encoding), encoding, False
        except (UnicodeError, LookupError):
            raise Refused(f"the roster {path} is not in {encoding}; {SAVE}") from None
    form = unicode_form(data)
    try:
        return decode_unicode(data), form, False
    except UnicodeDecodeError:
        if form != "utf-8":
            raise Refused(f"the roster {path} breaks off: it is not whole in {form}. Download it again") from None
    readings = {name: text for name in LEGACY if (text := _plausible(data, name))}
    name = _recognised(readings)
    if name:
        return readings[name], name, True
    if not readings:
        raise Refused(f"the roster {path} is not in UTF-8, and in no other encoding that is recognised; {SAVE}")
    shown = " or ".join(f"{name} ({LEGACY[name]}: {_sample(text)})" for name, text in readings.items())
    raise Refused(
        f"the roster {path} is not in UTF-8; it may be in {shown}. So that no name is damaged, {SAVE}, or say which it is:"
        " --encoding NAME"
    )


def _plausible(data: bytes, name: str) -> str:
    """The text in this encoding, where people may have written it; else ""."""
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return ""
    odd = sorted({c for c in text if not c.isascii()})
    try:
        "".join(c for c in odd if c not in PUNCTUATION).encode(COMMON.get(name, name))
    except UnicodeEncodeError:
        return ""
    if not all(_may_be_written(c, SCRIPT_OF.get(name, "")) for c in odd):
        return ""
    words = set(re.findall(r"[^\W\d_]+", text))
    return text if all(map(_is_a_word, words)) else ""


def _may_be_written(c: str, script: str) -> bool:
    if c in PUNCTUATION:
        return True
    return c.isalpha() and _script(c) in ((script,) if script else ("LATIN", "HAN", "KANA"))


def _script(c: str) -> str:
    called = unicodedata.name(c, "")
    if called.startswith("CJK UNIFIED"):
        return "HAN"
    if called.startswith(("HIRAGANA", "KATAKANA")):
        return "KANA"
    return called.partition(" ")[0]


def _is_a_word(word: str) -> bool:
    """Whether a word is of one script; one in Latin letters has plain ones among them."""
    scripts = {_script(c) for c in word}
    if scripts == {"LATIN"}:
        return sum(map(str.isascii, word)) * 2 >= len(word)
    return len(scripts) == 1 or scripts == {"HAN", "KANA"}


def _recognised(readings: dict[str, str]) -> str:
    """The encoding that a file is in, where that is beyond doubt; else ""."""
    if len(set(readings.values())) == 1:
        return next(iter(readings))
    if not set(readings) <= {"cp949", "big5", "gb18030"}:
        return ""
    for name in ("cp949", "gb18030"):  # each allows less than the next: who writes the next does not stay within it
        if name in readings and len({c for c in readings[name] if not c.isascii()}) >= ENOUGH:
            return name
    return ""


def _sample(text: str) -> str:
    words = dict.fromkeys(word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii())
    return ", ".join([*words][:3])[:60]


def _rows(text: str, path: Path) -> list[list[str]]:
    if "\x00" in text:
        raise Refused(f"the roster {path} holds NUL bytes: it is not text, or was damaged on its way; {SAVE}")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS or len(rows) >= MAX_ROWS or max(map(len, row), default=0) > MAX_FIELD:
                raise Refused(
                    f"the roster {path} is not a table of a class: up to line {reader.line_num} it has more than {MAX_COLUMNS}"
                    f" columns, {MAX_ROWS} rows, or {MAX_FIELD} characters in a field"
                )
            if any(map(str.strip, row)):
                rows.append(row)
    except csv.Error as error:
        words = "a quotation mark is not closed, or stands where none should" if _is_about_quotes(error) else str(error)
        raise Refused(f"the roster {path} is broken up to line {reader.line_num}: {words}; {SAVE}") from None
    return rows


def _is_about_quotes(error: csv.Error) -> bool:
    return "expected after" in str(error) or "unexpected end" in str(error)
