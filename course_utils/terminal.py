"""What the commands print: nothing that a learner, a file's name or a table said is obeyed by a terminal."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import Any

#: Categories of characters that nobody sees or that change what stands beside them: controls, formats, surrogates, line ends.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
JOINERS = "\u200c\u200d"  # some scripts, and pictures of families, are written with them


def is_unseen(c: str) -> bool:
    """Whether a character is one that a reader does not see and that a terminal may obey."""
    return unicodedata.category(c) in UNSEEN and c not in JOINERS


def shown(text: object, keep: str = "\n") -> str:
    """Any text for a terminal: what it would obey (escapes, bells, marks that turn text around) is written out."""
    text = str(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written_out(c) if is_unseen(c) and c not in keep else c for c in text)


def cell(text: object) -> str:
    """Any text for a cell of a table that `rich` prints: a learner's file may be called [/b]."""
    from rich.markup import escape

    return escape(shown(text))


def say(*words: object, error: bool = False) -> None:
    """Print a line, to stderr where it is an error."""
    print(shown(" ".join(map(str, words))), file=sys.stderr if error else sys.stdout, flush=error)


def as_json(facts: Any) -> str:
    """Facts as one JSON object: in its strings, what a terminal would obey stands as \\u escapes."""
    return "".join(_in_json(c) if is_unseen(c) else c for c in json.dumps(facts, ensure_ascii=False))


def say_json(facts: Any) -> None:
    """Print one JSON object."""
    print(as_json(facts))


def _written_out(c: str) -> str:
    return c.encode("unicode_escape", "surrogatepass").decode("ascii")


def _in_json(c: str) -> str:
    units = c.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
