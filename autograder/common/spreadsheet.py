"""Tables that people open in a spreadsheet: no cell of one is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable

from course_utils.terminal import is_unseen

SIGNS = "=+-@"
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?%?")


class Exact(str):
    """A cell that another program needs as it is, a login for instance: it is told about, and not changed."""

    __slots__ = ()


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet may take a text for a formula: by its first sign, wide forms and spaces before it included."""
    if cell[:1] in ("\t", "\r", "\n"):
        return True
    begin = next((c for c in cell[:1000] if not (c.isspace() or is_unseen(c) or unicodedata.category(c) == "Zs")), "")
    if unicodedata.normalize("NFKC", begin)[:1] not in tuple(SIGNS) and begin != "\N{MINUS SIGN}":
        return False
    return cell.strip() != "-" and not _NUMBER.fullmatch(cell.strip())


def as_text(cell: str) -> str:
    """A text that no spreadsheet takes for a formula: behind an apostrophe, as is customary, where it looks like one."""
    return f"'{cell}" if is_formula(cell) else cell


def as_csv(rows: Iterable[Iterable[object]], line_end: str = "\r\n") -> tuple[str, list[str]]:
    """The text of a CSV, every cell of it guarded; and the cells that look like formulas and had to stay as they are."""
    told: list[str] = []

    def guarded(cell: object) -> object:
        if isinstance(cell, Exact):
            told.extend([str(cell)] * is_formula(cell))
            return str(cell)
        return as_text(cell) if isinstance(cell, str) else cell

    out = io.StringIO()
    csv.writer(out, lineterminator=line_end).writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue(), list(dict.fromkeys(told))
