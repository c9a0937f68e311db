"""requirements.lock for learners: of the course's lock what the helper needs, and what that needs in turn."""

from __future__ import annotations

import re

from course_utils.refused import Refused

#: The build backend and its way to an editable install, which `course.py` uses too.
BUILD = ("hatchling", "editables")


def for_learners(lock: str, project: dict) -> str:
    """The entries of `lock` (as uv writes it, each with `# via` who needs it) without the instructor's packages.

    Raises Refused when a package that the helper declares is not in it.
    """
    entries = _entries(lock)
    declared = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["cpu"]
    wanted = {_name(text) for text in (*declared, *BUILD)}
    known = {_name(entry[0]) for entry in entries}
    if missing := sorted(wanted - known):
        raise Refused(f"requirements.lock has no {', '.join(missing)}: run `make lock`")
    size = 0
    while size != len(wanted):  # until nobody needs anything more
        size = len(wanted)
        wanted |= {_name(entry[0]) for entry in entries if wanted & set(_needed_by(entry))}
    return "".join(f"{entry[0]}\n" for entry in entries if _name(entry[0]) in wanted)


def _entries(lock: str) -> list[list[str]]:
    """A list of lines for each pinned package: the pin, then its comments."""
    entries: list[list[str]] = []
    for line in lock.splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            entries.append([line])
        elif line.strip() and entries:
            entries[-1].append(line.strip())
    return entries


def _needed_by(entry: list[str]) -> list[str]:
    return [_name(words) for line in entry[1:] if (words := line.removeprefix("#").strip().removeprefix("via").strip())]


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")
