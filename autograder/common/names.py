"""Names that strangers chose, and which of them may be a learner's id."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from autograder.limits import MAX_ID, MAX_ID_BYTES, MAX_PATH
from course_utils.terminal import is_unseen

PATTERN = "*?[]"  # nbgrader finds folders by patterns: a learner called n_* would be all whose names begin so


def why_no_id(name: str) -> str:
    """Why a name cannot be a learner's id, and so a folder's name; "" where it can."""
    if not name or name.startswith("."):
        return "it is empty, or begins with a dot"
    if any(c in PATTERN for c in name):
        return f"it holds one of {' '.join(PATTERN)}, by which nbgrader would find other learners' folders too"
    if any(c in "/\\" for c in name):
        return "it holds a slash"
    if any(map(is_unseen, name)):
        return "it has control characters, or marks that turn text around, or is not UTF-8 text"
    if name != name.strip():
        return "it begins or ends with a space"
    if len(name) > MAX_ID or len(name.encode()) > MAX_ID_BYTES:
        return f"it is longer than {MAX_ID} characters, or than {MAX_ID_BYTES} bytes"
    return ""


def composed(name: str) -> str:
    """A name whose letters are one with their marks (NFC), cut at MAX_PATH: many marks on one letter take the square of time."""
    return unicodedata.normalize("NFC", name[:MAX_PATH])


def plain(name: str) -> str:
    """A name with only its letters and digits, in lower case: an LMS drops the rest from a file's name."""
    return "".join(c for c in composed(name).casefold() if c.isalnum())


def safe_id(name: str) -> str:
    """A student id made from a name, where an LMS tells nothing better: letters of any script, digits, `-`, `.`, `_`."""
    name = re.sub(r"[^\w.@-]+", "-", composed(name)).strip("-.")[:MAX_ID]
    return name.encode()[:MAX_ID_BYTES].decode(errors="ignore")


def near(name: str, known: Iterable[str]) -> str:
    """ "; did you mean ada or adam?": the names most like one that there is not; "" where none is like it."""
    found = difflib.get_close_matches(name, list(known), 3, 0.5)
    return f"; did you mean {' or '.join(found)}?" if found else ""
