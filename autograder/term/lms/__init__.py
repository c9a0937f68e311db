"""The learning management systems that the course works with: each module of this folder is one, and a new one is a new file.

A module has an `LMS`, an object of a class that derives from `Lms`: what it calls the files of a download, what its tables of
a class say, what grades it takes in. `folder` is no LMS but what people lay out themselves.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.limits import MAX_PATH
from course_utils.refused import Refused

if TYPE_CHECKING:
    from autograder.term.export.exporter import Exporter
    from autograder.term.roster import Roster

BY_HAND = "folder"
#: LMSs of which no file is read -> what they write in a name.
UNREAD = {
    "Blackboard": re.compile(r"_attempt_\d{4}(-\d\d){3,5}"),
    "Brightspace": re.compile(r"(^|/)\d+-\d+ - [^/]+ - "),
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


class Lms:
    """What is peculiar to one LMS. What a class of a module leaves as it is here, that LMS does not have."""

    name: str  # as people write it; in lower case it is the name of the module
    mark: re.Pattern[str] | None = None  # in the names of its files, and in nobody else's
    number = ""  # what the number in a file's name is, as `Person` has it: "lms", or "participant" of one assignment
    has_groups = False  # whether it may write a group's name and a dash before a learner's
    headings: Mapping[str, str] = {}  # of its tables, in lower case -> the fact of `Person` that stands below
    next_step = ""  # what to do with a file of grades

    @property
    def expected(self) -> str:
        """What to say of a file whose name is of another form."""
        return f"{self.name} names none so"

    def read_part(self, part: str, rest: tuple[str, ...]) -> Told | None:
        """What the name of one file or folder tells, with the names below it; None where it is none of this LMS's."""
        raise NotImplementedError

    def read_path(self, parts: tuple[str, ...], unit: str) -> Told | None:
        """What a path tells. The outermost part that fits counts: what learners call files of their own says nothing."""
        found = (self.read_part(part, parts[place + 1 :]) for place, part in enumerate(parts))
        return next(filter(None, found), None)

    def hides(self, name: str) -> bool:
        """Whether a learner's name is one that says nothing, since names are not shown to those who grade."""
        return not name

    def wrote(self, table: Roster) -> bool:
        """Whether a table of a class is certainly of this LMS, and of no other."""
        return False

    def is_nobody(self, told: Mapping[str, str]) -> bool:
        """Whether a row of its tables is about no person; `told` is what stands below `headings`."""
        return False

    def exporter(self) -> type[Exporter]:
        """What writes a file of grades for it."""
        raise Refused(f"no file of grades is written for {self.name}; --for csv writes a table for a spreadsheet")


def names() -> list[str]:
    """What `--from` may say: the modules of this folder, none of which is imported for it."""
    return list(_modules(tuple(__path__)))


@functools.cache
def _modules(folders: tuple[str, ...]) -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(folders))


def find(name: str) -> Lms:
    """The LMS of a module."""
    return importlib.import_module(f"{__name__}.{name}").LMS


def every() -> list[Lms]:
    """All LMSs, and what people lay out themselves."""
    return [find(name) for name in names()]


def all_headings() -> dict[str, str]:
    """The headings of every LMS's tables: whoever reads a table need not know whose it is."""
    return {heading: fact for lms in every() for heading, fact in lms.headings.items()}


def read_name(source: str, parts: tuple[str, ...], unit: str) -> Told | None:
    """What the path of a file tells, in the manner of `source`; None where no part of it fits."""
    if any(len(part) > MAX_PATH for part in parts):
        return None
    return find(source).read_path(parts, unit)


def other_lms(path: str, source: str) -> str:
    """A sentence where a path is named in the manner of another LMS than the one that was said; else ""."""
    marks = {lms.name: lms.mark for lms in every() if lms.mark}
    name = next((name for name, mark in (UNREAD | marks).items() if mark.search(path)), "")
    if not name or name.lower() == source:
        return ""
    if name.lower() in names():
        return f"it is named by {name}; collect with --from {name.lower()}"
    return (
        f"it is named by {name}, whose names are not read: put each learner's file into a folder of the learner's id, and"
        f" collect with --from {BY_HAND}"
    )
