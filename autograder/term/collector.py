"""Whose a collected file is, and which of a learner's files is the submission: nbgrader's collector plugin, asked file by file."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Any as AnyTrait
from traitlets import Unicode

from autograder.common.names import composed, plain, safe_id, why_no_id
from autograder.common.times import STAMP, Time, read_time, stamp_in
from autograder.limits import MAX_ADDED
from autograder.term.archives import mended
from autograder.term.groups import group_of, tails
from autograder.term.lms import BY_HAND, Lms, Told, find, other_lms, read_name
from autograder.term.roster import People, Person
from course_utils.refused import Refused

#: Files that systems leave everywhere and nobody hands in.
CLUTTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.ipynb_checkpoints/)")
ARCHIVES = (".rar", ".7z", ".gz", ".tgz", ".tar", ".xz")
NOTEBOOK = re.compile(
    r"(?<!\.ipynb)(\.ipynb)++(\.txt|\.json)?$", re.IGNORECASE
)  # some browsers know better what a file is
#: What a browser, Canvas or a system adds to a file's name: " (1)", "-1", " - Copy".
ADDED = re.compile(r"(?:[ _-]*\((?P<a>\d+)\)|-(?P<b>\d{1,2})|[ _-]*[Cc]opy\d*)+$")

COLLECTED, SAME, KEPT_OUT = "collected", "as collected before", "not collected"


@dataclass
class Row:
    """What became of one file: `file` as it was downloaded, the learner it is from, and why it was not collected."""

    file: str
    student: str
    what: str
    why: str = ""
    when: str = ""  # handed in, UTC
    late: bool = False  # by a mark that gives no time
    look: bool = False  # a person should look at it: it may be somebody's work


@dataclass(frozen=True)
class _Out:
    """Why a file is not collected; `look`: whether it may be somebody's work all the same."""

    why: str
    look: bool = False


_OF_THE_SYSTEM = _Out("a file of the system's own")


@dataclass
class _Found:
    """A notebook in the download, with what its name says."""

    path: Path
    shown: str
    key: str  # the learner, as the download calls them
    order: tuple  # the latest is the greatest
    person: Person | None
    name: str
    number: str
    late: bool
    time: Time | None


def is_clutter(path: Path) -> bool:
    """Whether a file or a folder is one that a system leaves everywhere."""
    return bool(CLUTTER.search(f"{path.name}/" if path.is_dir() else path.name))


def without_added(stem: str) -> tuple[str, int]:
    """A file's name without what was added to it, and which copy that says it is."""
    tail = stem[-MAX_ADDED:]
    added = ADDED.search(tail)
    if added is None:
        return stem, 0
    version = max((int(n) for n in (added["a"], added["b"]) if n), default=0)
    return stem[: len(stem) - len(tail) + added.start()], version


class LmsCollector(FileNameCollectorPlugin):
    """Says whose a file is, and which of a learner's files is the submission; nbgrader asks it file by file."""

    source = Unicode("folder", help="Who named the files: a module of autograder.term.lms.").tag(config=True)
    roster = AnyTrait(None, allow_none=True)  # a Roster
    ids = AnyTrait({})  # id() of a roster's person -> student id in the gradebook
    names = AnyTrait({})  # plain name -> the student ids that it may mean, as the gradebook knows
    zone = AnyTrait(None, allow_none=True)
    rows = AnyTrait(None, allow_none=True)  # path -> Row: what became of each file

    @property
    def lms(self) -> Lms:
        """Who named the files."""
        return find(self.source)

    @property
    def unit(self) -> str:
        """The assignment that is being collected."""
        return self.parent.coursedir.assignment_id

    def look_through(self, root: Path) -> None:
        """Decide about every file below `root`, before the first is asked for: a later version may come later."""
        self.rows = {}
        self._chosen: dict[Path, tuple[str, datetime | None]] = {}  # whose it is, and when it was handed in
        self.odd_stamps: dict[str, Path] = {}  # by student
        self._unit_cells = unit_cells(self.parent.coursedir, self.unit)
        self._people = People(self.roster.people if self.roster else [])
        found: dict[str, list[_Found]] = defaultdict(list)  # by learner, as the download calls them
        nothing: dict[str, list[Row]] = defaultdict(list)
        paths = sorted(path for path in root.rglob("*") if path.is_file())
        told = {path: self._told(path.relative_to(root)) for path in paths}
        self._group = group_of({one.name for one in told.values() if one}) if self.lms.has_groups else ""
        for path in paths:
            shown = mended(path.relative_to(root).as_posix())
            one = self._read(path, shown, told[path])
            if isinstance(one, _Found):
                found[one.key].append(one)
                continue
            self._leave(path, shown, "", one)
            if (whose := told[path]) and not CLUTTER.search(shown):
                nothing[whose.key].append(self.rows[path])
        for key in nothing.keys() - found.keys():  # whose only work is a PDF, or in an archive without a notebook
            if not any(row.look for row in nothing[key]):
                nothing[key][0].look, nothing[key][0].why = (
                    True,
                    f"{nothing[key][0].why}; this learner has no notebook here",
                )
        by_student: dict[str, list[list[_Found]]] = defaultdict(list)
        for versions in found.values():
            student = self._student(versions[0])
            if isinstance(student, _Out):
                for one in versions:
                    self._leave(one.path, one.shown, one.name or one.number, student)
            else:
                by_student[student].append(versions)
        for student, groups in by_student.items():
            if len(groups) == 1:
                self._choose(student, groups[0])
                continue
            why = _Out(f"{len(groups)} learners of this download would be {student}; a --roster tells them apart", True)
            for one in (one for versions in groups for one in versions):
                self._leave(one.path, one.shown, student, why)

    def collect(self, submitted_file: str) -> dict | None:
        """As nbgrader asks: who, which file and when; None for a file that is left out."""
        if self.rows is None:  # in an application of nbgrader's own
            self.look_through(Path(self.parent._format_collect_path(self.parent.extracted_directory)))
        student, when = self._chosen.get(Path(submitted_file), ("", None))
        return {"student_id": student, "file_id": self.unit, "timestamp": when} if student else None

    def put_endings_right(self) -> None:
        """Rename what a browser called .ipynb.txt: nbgrader takes the ending as it is. The download keeps its name."""
        for path in [path for path in self._chosen if path.suffix != ".ipynb"]:
            renamed = path.rename(path.with_name(NOTEBOOK.sub("", path.name) + "-renamed.ipynb"))
            self._chosen[renamed], self.rows[renamed] = self._chosen.pop(path), self.rows.pop(path)

    def pass_over(self, clutter: list[Path], root: Path) -> None:
        """Say of files that a system has left beside the class's folder what they are."""
        for path in (path for place in clutter for path in [place, *sorted(place.rglob("*"))] if path.is_file()):
            self._leave(path, mended(path.relative_to(root).as_posix()), "", _OF_THE_SYSTEM)

    def _leave(self, path: Path, shown: str, student: str, out: _Out) -> None:
        self.rows[path] = Row(shown, student, KEPT_OUT, out.why, look=out.look)

    def _told(self, relative: Path) -> Told | None:
        return read_name(self.source, relative.parts, self.unit)

    def learner_of(self, relative: Path) -> str:
        """The learner whose an archive is, as the download calls them; "" where its name does not tell."""
        told = self._told(relative)
        return told.key if told else ""

    def _read(self, path: Path, shown: str, told: Told | None) -> _Found | _Out:
        """What a file's name says, or why the file is none of a learner's notebooks."""
        if CLUTTER.search(shown):
            return _OF_THE_SYSTEM
        if (other := other_lms(shown, self.source)) and not told:
            return _Out(other, True)
        if told is None:
            return _Out(f"it is not clear whose it is: {self.lms.expected}", bool(NOTEBOOK.search(shown)))
        if told.typed:
            return _Out(f"text that was typed into {self.lms.name}", True)
        if told.file.lower().endswith(".zip"):
            return _Out("an archive: see what was in it")
        if told.file.lower().endswith(ARCHIVES):
            return _Out("an archive of a kind that is not unpacked; ask for a .zip, or for the notebook", True)
        if not NOTEBOOK.search(told.file):
            return _Out("no notebook")
        name = composed(told.name)
        fits, version = self._version(path, told.file.rpartition("/")[2])
        if fits is None:
            return _Out(f"neither its name nor any of its cells is of {self.unit}", True)
        person = self._people.named(self.lms, name, told.number)
        order = (fits, told.order, version, shown)
        return _Found(path, shown, told.key, order, person, name, told.number, told.late, self._when(path, person))

    def _version(self, path: Path, file: str) -> tuple[bool | None, int]:
        """(whether the notebook is called as the unit, which copy it is); (None, 0) for a notebook of something else."""
        stem = NOTEBOOK.sub("", file)
        before, version = without_added(stem)
        if plain(self.unit) in (plain(stem), plain(before)):
            return True, version
        return (False, version) if _grade_ids(path) & self._unit_cells else (None, 0)

    def _student(self, one: _Found) -> str | _Out:
        """The student id of whoever handed this in, or why it cannot be said."""
        if one.person is not None and id(one.person) in self.ids:
            return self.ids[id(one.person)]
        if any(map(self.lms.hides, [one.name, *(tails(one.name) if self.lms.has_groups else [])])):
            return _Out(f"{self.lms.name} hides whose it is; let it show names, then download again", True)
        if self.roster is not None:
            return _Out("the roster does not say whose it is: nobody of that name, or several", True)
        if self.lms.number == "lms":
            return next(iter(self.names.get(one.number, ())), one.number)
        if self.source == BY_HAND:
            why = why_no_id(one.name)
            return _Out(f"its folder's name is not a student id: {why}", True) if why else one.name
        known = self.names.get(plain(one.name), set())
        if len(known) > 1:
            return _Out(f"{len(known)} learners in the gradebook have this name; a --roster tells them apart", True)
        if not known and self.lms.has_groups:
            in_group = set().union(*(self.names.get(plain(tail), ()) for tail in tails(one.name)))
            known = in_group if len(in_group) == 1 else set()
        name = one.name.removeprefix(self._group)
        return next(iter(known), "") or safe_id(name) or _Out("its name has neither letter nor digit", True)

    def _when(self, path: Path, person: Person | None) -> Time | None:
        """When it was handed in: by the LMS's table, or by a timestamp.txt beside it."""
        if self.source == BY_HAND and (time := stamp_in(path.parent)):  # from an LMS it may be the learner's own make
            return time
        if person is None or not person.submitted or person.submitted == "-":
            return None
        time = read_time(person.submitted, self.zone)
        if time.when is None:
            raise Refused(
                f"the roster's time {person.submitted[:60]!r} of {person.shown} cannot be read: {time.remark}; download it"
                " with the LMS in English"
            )
        if not time.zoned and self.zone is None:
            raise Refused(
                "the roster says when work was handed in, but not in which time zone; add --timezone, for instance"
                " --timezone Europe/Berlin: the zone that the LMS shows to you"
            )
        return Time(time.when, "", True)

    def _choose(self, student: str, versions: list[_Found]) -> None:
        versions.sort(key=lambda one: one.order)
        *earlier, latest = versions
        for one in earlier:
            called = latest.order[0] and not one.order[0]
            why = f"{latest.shown} has the unit's name, and this does not" if called else f"earlier than {latest.shown}"
            self._leave(one.path, one.shown, student, _Out(why))
        time = latest.time or Time()
        self._chosen[latest.path] = (student, time.when)
        when = f"{time.when:%Y-%m-%d %H:%M:%S}" if time.when else ""
        why = self._doubt(latest.path) if latest.order[0] else "recognised by its cells"
        if latest.time and not time.when:
            self.odd_stamps[student] = latest.path.with_name(STAMP)
        group = self._may_be_group(latest, student)
        remarks = "; ".join(filter(None, [why, group, time.remark]))
        self.rows[latest.path] = Row(latest.shown, student, COLLECTED, remarks, when, latest.late)

    def _may_be_group(self, one: _Found, student: str) -> str:
        """A word where the LMS may have put a group's name before the learner's, and nothing tells the two apart."""
        before, dash, _ = one.name.partition("-")
        if not self.lms.has_groups or not dash or not re.search(r"[\s\d]", before) or student != safe_id(one.name):
            return ""
        return f"if {before!r} is a group and no part of the name, collect again with a --roster"

    def _doubt(self, path: Path) -> str:
        """What is odd about a notebook that is called as the unit; it is collected all the same, and grading says so too."""
        from autograder.engine.submitted.submission import Unreadable

        try:
            _parse(path)
        except Unreadable as error:
            return f"but it cannot be read, and will be worth nothing: {error}"
        return "" if _grade_ids(path) & self._unit_cells else f"but no cell of it is of {self.unit}"


def unit_cells(course: CourseDirectory, unit: str) -> set[str]:
    """The names of a unit's graded cells. Raises Refused, with the remedy, where nbgrader has not released it."""
    path = Path(course.format_path(course.release_directory, ".", unit)) / f"{unit}.ipynb"
    if not path.exists():
        raise Refused(
            f"unit {unit} has no released notebook at {path}; run: nbgrader generate_assignment {unit} --force"
        )
    return _grade_ids(path)


def _parse(path: Path) -> dict:
    """A notebook. Raises Unreadable, for one of any size before it is in memory."""
    from autograder.engine.submitted.submission import Unreadable, parse_notebook
    from autograder.limits import MAX_NOTEBOOK

    if path.stat().st_size > MAX_NOTEBOOK:
        raise Unreadable(f"it has {path.stat().st_size >> 20} MB; the most accepted is {MAX_NOTEBOOK >> 20}")
    return parse_notebook(path.read_bytes())


def _grade_ids(path: Path) -> set[str]:
    """The names of a notebook's graded cells; none of what is no notebook."""
    from autograder.authoring.cells import grade_id
    from autograder.engine.submitted.submission import Unreadable

    try:
        return {grade_id(cell) for cell in _parse(path)["cells"]} - {""}
    except (OSError, Unreadable):
        return set()
