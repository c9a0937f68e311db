"""`autograder doctor --hub`: whether a JupyterHub on this machine can serve the course, and shows learners no answer."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import shlex
import shutil
import stat
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.common.finding import OF_A_CLASS, Finding, allowed_to_others, readable_by_others, user_name
from autograder.course import COURSE, EXERCISES, HIDDEN_PACKS, LESSONS, ROOT, SECRET, SOLUTIONS
from autograder.hub.settings import Hub, read_hub
from autograder.hub.write import settings
from course_utils.edition.contents import LIST, EditionError, read_edition

_ENTER = stat.S_IROTH | stat.S_IXOTH
_WRITE = stat.S_IWOTH | stat.S_IXOTH
PROXY = "configurable-http-proxy"


def look(shared: Path) -> Iterator[Finding]:
    """Look at all that docs/jupyterhub.md asks for. Raises Refused where `autograder hub` has written nothing in `shared`."""
    hub = read_hub(shared.absolute())
    yield _jupyterhub()
    yield _proxy()
    yield _python(Path(hub.python))
    yield _learners(hub.learners_python)
    yield _settings(hub)
    yield _edition(hub)
    yield _course(hub)
    yield _exchange(Path(hub.exchange))
    yield _handing_out(hub)
    yield _inbound(Path(hub.exchange) / COURSE.slug)
    yield from _instructors(hub)
    yield _mirror(hub.mirror)


def _jupyterhub() -> Finding:
    try:
        version = importlib.metadata.version("jupyterhub")
    except importlib.metadata.PackageNotFoundError:
        version = ""
    remedy = "pip install jupyterhub here and in the learners' Python, in the hub's own version"
    return Finding("jupyterhub", bool(version), version or "missing in this Python", remedy)


def _proxy() -> Finding:
    found = shutil.which(PROXY)
    return Finding("proxy", bool(found), found or f"no {PROXY} on the PATH", f"npm install -g {PROXY}")


def _python(python: Path) -> Finding:
    """The instructor's: a hub that runs as root starts it as the instructor, who may not enter root's home, for instance."""
    base = python.resolve()
    closed = [folder for folder in (*base.parents, *python.parents) if not _enters(folder)]
    found = f"{base} lies in {closed[0]}, which others may not enter" if closed else str(python)
    remedy = "make the environment from a Python of the system, or one below /opt; run autograder hub with it"
    here = os.path.commonpath([str(closed[0]), ROOT]) if closed else ""  # within the course only instructors need it
    return Finding("Python", not closed or here in {str(closed[0]), str(ROOT)}, found, remedy)


def _enters(folder: Path) -> bool:
    try:
        return bool(folder.stat().st_mode & stat.S_IXOTH)
    except OSError:
        return False


#: Run by the learners' Python: which of these packages it has, and where.
_ASK = """
import importlib.util, json
found = {name: importlib.util.find_spec(name) for name in ("course_utils", "jupyterhub", "nbgrader", "autograder")}
print(json.dumps({name: spec.origin for name, spec in found.items() if spec}))
"""


def _learners(python: str) -> Finding:
    """Whether learners can run their Python, it has what a server needs, and they read no exercise's answers in it."""
    name = "learners' Python"
    if not python:
        return Finding(name, True, "the hub's own; --python of autograder hub names another one")
    remedy = "make it from a Python of the system, and install there what docs/jupyterhub.md says"
    if not (allowed_to_others(Path(python), _ENTER) and all(map(_enters, Path(python).parents))):
        return Finding(name, False, f"learners cannot run {python}, or the Python that it is made from", remedy)
    variables = {variable: value for variable, value in os.environ.items() if not variable.startswith("PYTHON")}
    done = subprocess.run([python, "-c", _ASK], cwd="/", env=variables, capture_output=True, text=True)
    if done.returncode:
        return Finding(name, False, f"{python} does not start: {done.stderr.strip()[-200:]}", remedy)
    found = json.loads(done.stdout)
    lacks = [package for package in ("course_utils", "jupyterhub", "nbgrader") if package not in found]
    if lacks:
        return Finding(name, False, f"{python} has no {', '.join(lacks)}", remedy)
    if readable_by_others(Path(found.get("autograder", "/nowhere"))):
        remedy = "pip uninstall it there, and install the edition in its place (pip install --no-deps -e EDITION)"
        return Finding(name, False, f"learners can import the graders from {found['autograder']}", remedy)
    return Finding(name, True, python)


def _settings(hub: Hub) -> Finding:
    """Whether what was written is there, as it is written today, and can be read by who needs it."""
    remedy = f"autograder hub --exchange {shlex.quote(hub.exchange)} --course-at {shlex.quote(hub.shared)}, with your other options"
    places = [hub.folder / path for path in settings(hub)]
    if open_one := _changeable([*places, *(place.parent for place in places), Path(hub.shared)]):
        found = f"everybody can change {open_one}, and with it what all servers run"
        return Finding("settings", False, found, f"chmod -R o-w {shlex.quote(hub.shared)}")
    for path, data in settings(hub).items():
        place = hub.folder / path
        if not place.is_file():
            return Finding("settings", False, f"there is no {place}", remedy)
        if not readable_by_others(place):
            return Finding("settings", False, f"learners cannot read {place}", f"chmod -R o+rX {hub.shared}")
        if place.read_bytes() != data:
            return Finding("settings", True, f"{place} was edited by hand, or is of another version of the course")
    return Finding("settings", True, str(hub.folder))


def _edition(hub: Hub) -> Finding:
    remedy = f"autograder release --folder {shlex.quote(hub.shared)}"
    try:
        edition = read_edition(hub.edition)
    except EditionError as error:
        return Finding("edition", False, str(error), remedy)
    closed = [path for path in (LIST, *edition.files) if not readable_by_others(hub.edition / path)]
    if closed:
        return Finding(
            "edition", False, f"learners cannot read {hub.edition / closed[0]}", f"chmod -R o+rX {hub.shared}"
        )
    inside = [hub.edition / path for path in edition.files]
    folders = {folder for path in inside for folder in path.parents if folder.is_relative_to(hub.edition)}
    if _changeable([*sorted(folders), *inside]):
        found = f"everybody can change {hub.edition}, which all learners run"
        return Finding("edition", False, found, f"chmod -R o-w {shlex.quote(str(hub.edition))}")
    units = ", ".join(unit[:2] for unit in edition.units)
    return Finding("edition", True, f"{edition.version}, units {units}: {hub.edition}")


def _changeable(places: Iterable[Path]) -> Path | None:
    """The first of these files and folders that everybody can write into, or take another's place in."""
    return next((place for place in places if allowed_to_others(place, stat.S_IWOTH)), None)


def _course(hub: Hub) -> Finding:
    """Whether other users can read what no learner may: solutions, exercises with their oracles and mistakes, secret, grades."""
    course = Path(hub.course)
    if not course.is_dir():
        return Finding("course", False, f"there is no {course}", "run autograder hub in the course's folder")
    parts = [SOLUTIONS, LESSONS, EXERCISES, HIDDEN_PACKS, SECRET, *(ROOT / name for name in OF_A_CLASS)]
    places = [course, *(course / part.relative_to(ROOT) if part.is_relative_to(ROOT) else part for part in parts)]
    entered = allowed_to_others(course, stat.S_IXOTH)
    open_ones = [place for place in places if readable_by_others(place)] or [course] * entered
    found = f"learners can read {open_ones[0]}: solutions, graders and grades" if open_ones else f"closed: {course}"
    close = course if not open_ones or open_ones[0].is_relative_to(course) else open_ones[0]
    return Finding("course", not open_ones, found, f"chmod o-rwx {shlex.quote(str(close))}")


def _exchange(exchange: Path) -> Finding:
    quoted = shlex.quote(str(exchange))
    if not exchange.is_dir():
        return Finding("exchange", False, f"there is no {exchange}", f"mkdir -p {quoted} && chmod 1777 {quoted}")
    if not allowed_to_others(exchange, _ENTER | stat.S_IWOTH):
        found = f"not everybody may read and write {exchange} (mode {_mode(exchange)})"
        return Finding("exchange", False, found, f"chmod 1777 {quoted}, and chmod o+x on the folders above it")
    if not exchange.stat().st_mode & stat.S_ISVTX:
        found = f"any learner may move what is another's in {exchange} (mode {_mode(exchange)})"
        return Finding("exchange", False, found, f"chmod +t {quoted}")
    return Finding("exchange", True, f"{exchange} (mode {_mode(exchange)})")


def _handing_out(hub: Hub) -> Finding:
    """Whether what learners fetch is the instructor's: whoever comes first may make the course's folder in the exchange."""
    name, course = "handing out", Path(hub.exchange) / COURSE.slug
    outbound = course / "outbound"
    assignments = sorted(outbound.iterdir()) if outbound.is_dir() and os.access(outbound, os.R_OK) else []
    for place in (course, outbound, course / "inbound", *assignments):
        if not os.path.lexists(place):
            continue
        away = f"look at it, then rm -r {shlex.quote(str(place))}"
        if place.is_symlink():
            return Finding(name, False, f"{place} is a link, and may lead to what a learner wrote", away)
        if place.lstat().st_uid not in _owners(hub):
            owner = user_name(place.lstat().st_uid)
            found = f"{place} belongs to {owner}, who teaches nothing here: learners would fetch what they put there"
            return Finding(name, False, found, away)
        if place.name != "inbound" and allowed_to_others(place, _WRITE):
            return Finding(name, False, f"everybody can change {place}", f"chmod -R o-w {shlex.quote(str(place))}")
    return Finding(name, True, str(outbound) if outbound.is_dir() else "nothing is released yet")


def _owners(hub: Hub) -> set[int]:
    """The users whose files in the exchange can be trusted: the system's, the course's owner and who instructs."""
    import pwd

    found = {0, *(Path(place).stat().st_uid for place in (hub.course, hub.shared) if Path(place).exists())}
    for name in hub.instructors:
        with contextlib.suppress(KeyError):
            found.add(pwd.getpwnam(name).pw_uid)
    return found


def _inbound(course: Path) -> Finding:
    """What was handed in: learners put it there, and cannot list what others have."""
    inbound = course / "inbound"
    if not inbound.is_dir():
        return Finding("handing in", True, "nothing is released yet: nbgrader release_assignment UNIT")
    well = allowed_to_others(inbound, _WRITE) and not readable_by_others(inbound)
    found = f"{inbound} (mode {_mode(inbound)})"
    return Finding("handing in", well, found, f"chmod 2733 {shlex.quote(str(inbound))}")


def _mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def _instructors(hub: Hub) -> Iterator[Finding]:
    """Whether each can open the course: it belongs to them, or to a group of theirs."""
    import grp
    import pwd

    if not hub.instructors:
        yield Finding("instructors", False, "none named", "autograder hub ... --instructor NAME")
    facts = Path(hub.course).stat() if Path(hub.course).is_dir() else None
    for name in hub.instructors if facts else ():
        assert facts
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            yield Finding("instructor", True, f"{name} is no user of this machine: of a container, it may be")
            continue
        groups = {user.pw_gid, *(group.gr_gid for group in grp.getgrall() if name in group.gr_mem)}
        well = user.pw_uid in (0, facts.st_uid) or (facts.st_gid in groups and bool(facts.st_mode & stat.S_IWGRP))
        remedy = f"chown -R {name} {shlex.quote(hub.course)}, or a group of its own for several instructors"
        yield Finding("instructor", well, f"{name} {'may' if well else 'may not'} write in {hub.course}", remedy)


def _mirror(mirror: str) -> Finding:
    if not mirror:
        return Finding("data", True, "no COURSE_MIRROR: each server fetches data sets from their own addresses")
    if mirror.startswith(("http://", "https://")):
        return Finding("data", True, f"COURSE_MIRROR is {mirror}")
    well = allowed_to_others(Path(mirror), _ENTER)
    found = f"COURSE_MIRROR is {mirror}{'' if well else ', which learners cannot read'}"
    return Finding("data", well, found, f"chmod -R o+rX {shlex.quote(mirror)}, or name another folder with --mirror")
