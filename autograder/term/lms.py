"""How each LMS names the files of a download: read folder by folder, each name by itself.

The outermost folder or file that fits counts: what a learner calls a file inside an archive of their own says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.common.names import MAX_PATH

SOURCES = ("moodle", "canvas", "folder")
#: familygiven_LATE_12345_67890_02.ipynb: the learner's number, then the file's; anon_ABcd1 in place of name and number
CANVAS = re.compile(
    r"(?:(?:LATE_)?anon_(?P<anonymous>\w+?)|(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<number>\d+))_(?P<order>\d+)_(?P<file>.+)",
    re.DOTALL,  # so that the first place that fits is the last that is tried
)
#: What other LMSs, of which no file is read, write in a name; and what ours write, where another was named.
OTHERS = {
    "Blackboard": re.compile(r"_attempt_\d{4}(-\d\d){3,5}"),
    "Brightspace": re.compile(r"(^|/)\d+-\d+ - [^/]+ - "),
    "Moodle": re.compile(r"_assignsubmission_"),
}


@dataclass(frozen=True)
class Told:
    """What a file's name tells: whose it is, and what they called it."""

    name: str
    number: str = ""
    file: str = ""
    order: int = 0
    late: bool = False
    typed: bool = False  # a text that was typed into the LMS, and no file

    @property
    def key(self) -> str:
        """The learner, as the download calls them."""
        return f"{self.name}_{self.number}"


def read_name(source: str, parts: tuple[str, ...], unit: str) -> Told | None:
    """What the path of a file tells, in the manner of `source`; None where no part of it fits."""
    if any(len(part) > MAX_PATH for part in parts):
        return None
    if source == "folder":
        return _folder(parts, unit)
    read = {"moodle": _moodle, "canvas": _canvas}[source]
    for place, part in enumerate(parts):
        if told := read(part, parts[place + 1 :]):
            return told
    return None


def _moodle(part: str, rest: tuple[str, ...]) -> Told | None:
    """Full Name_1234567_assignsubmission_file_/02.ipynb, without the last _ in newer versions; flat: ..._file_02.ipynb."""
    who, found, what = part.partition("_assignsubmission_")
    kind = next((kind for kind in ("file", "onlinetext") if what.startswith(kind)), "")
    file = "/".join(filter(None, [what[len(kind) :].removeprefix("_"), *rest]))
    if not (who and found and kind and file):
        return None
    name, _, number = who.rpartition("_")
    if not (name and number.isascii() and number.isdigit()):
        name, number = who, ""
    return Told(name, number, file, typed=kind == "onlinetext")


def _canvas(part: str, rest: tuple[str, ...]) -> Told | None:
    match = CANVAS.fullmatch(part)
    if match is None:
        return None
    file = "/".join([match["file"], *rest])
    order = int(match["order"][:18])
    return Told(match["name"] or "", match["number"] or match["anonymous"], file, order, bool(match["late"]))


def _folder(parts: tuple[str, ...], unit: str) -> Told | None:
    """A folder for each learner, nbgrader's own submitted/ included; or a file STUDENT_UNIT.ipynb."""
    if other_lms("/".join(parts), "folder"):
        return None
    if len(parts) > 1:
        return Told(parts[0], file="/".join(parts[1:]))
    at = parts[0].find(f"_{unit}", 1)
    return Told(parts[0][:at], file=parts[0][at + 1 :]) if at > 0 else None


def other_lms(path: str, source: str) -> str:
    """A sentence where a path is named in the manner of another LMS than the one that was said; else ""."""
    name = next((name for name, pattern in OTHERS.items() if pattern.search(path)), "")
    if not name or name.lower() == source:
        return ""
    if name.lower() in SOURCES:
        return f"it is named by {name}; collect with --from {name.lower()}"
    return (
        f"it is named by {name}, whose names are not read: put each learner's file into a folder of the learner's id, and"
        " collect with --from folder"
    )


def tails(name: str) -> list[str]:
    """What a name may be without a group's before it, which Moodle puts there with a dash."""
    parts = name.split("-")[:20]
    return ["-".join(parts[at:]) for at in range(1, len(parts))]


def group_of(names: Iterable[str]) -> str:
    """The group with whose name all of these begin, with its dash; "" where that may as well be a part of their own."""
    names = set(names)
    first, last = min(names, default=""), max(names, default="")  # what these two share all others do
    same = next((at for at, (a, b) in enumerate(zip(first, last)) if a != b), len(first))
    common = first[:same].rpartition("-")[0]
    return f"{common}-" if len(names) > 1 and re.search(r"[\s\d]", common) else ""
