"""requirements.lock for learners: of the course's lock what the helper needs, and what that needs in turn."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import metadata

from packaging.requirements import Requirement

from autograder.course import COURSE
from course_utils.refused import Refused

#: The build backend and its way to an editable install, which `course.py` uses too.
BUILD = ("hatchling", "editables")


def for_learners(lock: str, project: dict, packages: Iterable[str] = COURSE.packages) -> str:
    """The entries of `lock` (as uv writes it, each with `# via` who needs it) without the instructor's packages.

    Raises Refused when a package that the helper declares, or the course's `packages`, is not in it.
    """
    entries = _entries(lock)
    declared = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["cpu"]
    wanted = {_name(text) for text in (*declared, *packages, *BUILD)}
    known = {_name(entry[0]) for entry in entries}
    if missing := sorted(wanted - known):
        raise Refused(f"requirements.lock has no {', '.join(missing)}: run `make lock`")
    size = 0
    while size != len(wanted):  # until nobody needs anything more
        size = len(wanted)
        wanted |= {_name(entry[0]) for entry in entries if wanted & set(_needed_by(entry))}
    return "".join(f"{entry[0]}\n" for entry in entries if _name(entry[0]) in wanted)


def installed(requirements: Iterable[str]) -> str:
    """A lock without uv: what is installed here of these packages, and of all that they need in turn, a pin a line.

    Raises Refused for one that is not installed.
    """
    pins: dict[str, str] = {}
    todo = [(Requirement(text), "") for text in requirements]
    seen = set()
    while todo:
        wanted, extra = todo.pop()
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        if (asked := (_name(wanted.name), *sorted(wanted.extras))) in seen:
            continue
        seen.add(asked)
        try:
            found = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError:
            raise Refused(
                f"{wanted.name} is not installed here, and learners are to have it: pip install '{wanted}', then release"
            ) from None
        pins[asked[0]] = f"{asked[0]}=={found.version}\n"
        todo += [(Requirement(text), one) for text in found.requires or () for one in (wanted.extras or {""})]
    return "".join(pins[name] for name in sorted(pins))


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
