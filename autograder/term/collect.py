"""`autograder collect`: a folder of files, or the zip that an LMS makes of them, into `submitted/`.

nbgrader's own `zip_collect` does it: its extractor unpacks, its collector plugin says whose each file is, its application
copies. What is added is what an LMS and a class do to files: names in each LMS's manner, a roster that tells whose a name
is, several versions of which the latest counts, notebooks that were renamed. Every file gets a line that says what became
of it, and none is lost: all that was downloaded, and all that was replaced, stays in `downloaded/UNIT/WHEN/`.
"""

from __future__ import annotations

import filecmp
import re
import shutil
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Any as AnyTrait
from traitlets import Unicode

from autograder.common.names import composed, plain, safe_id, why_no_id
from autograder.common.times import STAMP, Time, read_time, stamp_in
from autograder.limits import FEW, MAX_ADDED
from autograder.term.archives import Bad, CarefulExtractor, copy_tree, mended, own_folder, shown_members
from autograder.term.groups import group_of, tails
from autograder.term.lms import BY_HAND, Lms, Told, find, other_lms, read_name
from autograder.term.roster import People, Person, Roster, enter, known_by, read_roster
from course_utils.refused import Refused
from course_utils.terminal import cell, say, say_json, shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

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


@dataclass
class Collection:
    """How a collection went."""

    unit: str
    source: str
    kept: str  # the folder that holds all that was downloaded and replaced
    rows: list[Row] = field(default_factory=list)
    nothing: list[str] = field(default_factory=list)  # learners of the roster of whom there is no submission
    remarks: list[str] = field(default_factory=list)  # about the roster

    def count(self, what: str) -> int:
        """How many files had this happen to them."""
        return sum(row.what == what for row in self.rows)

    @property
    def lost(self) -> list[Row]:
        """Files that somebody should look at: notebooks of which no learner's submission was made."""
        return [row for row in self.rows if row.look]


@dataclass(frozen=True)
class _Out:
    """Why a file is not collected; `look`: whether it may be somebody's work all the same."""

    why: str
    look: bool = False


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
        self.rows, self._chosen, self.odd_stamps = {}, {}, {}
        self._unit_cells = _unit_cells(self.parent.coursedir, self.unit)
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
            if told[path] and not CLUTTER.search(shown):
                nothing[told[path].key].append(self.rows[path])
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
            return _Out("a file of the system's own")
        if (other := other_lms(shown, self.source)) and not told:
            return _Out(other, True)
        if told is None:
            return _Out(f"whose it is cannot be told: {self.lms.expected}", bool(NOTEBOOK.search(shown)))
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
            return _Out("the roster does not tell whose it is: nobody of that name, or several", True)
        if self.lms.number == "lms":
            return next(iter(self.names.get(one.number, ())), one.number)
        if self.source == BY_HAND:
            why = why_no_id(one.name)
            return _Out(f"its folder's name is no student id: {why}", True) if why else one.name
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
                f"the roster's time {person.submitted[:60]!r} of {person.shown} cannot be told: {time.remark}; download it"
                " with the LMS in English"
            )
        if not time.zoned and self.zone is None:
            raise Refused(
                "the roster tells when work was handed in, and not in which time zone; add --timezone, for instance"
                " --timezone Europe/Berlin: the zone that the LMS shows to you"
            )
        return Time(time.when, "", True)

    def _choose(self, student: str, versions: list[_Found]) -> None:
        versions.sort(key=lambda one: one.order)
        *earlier, latest = versions
        for one in earlier:
            called = latest.order[0] and not one.order[0]
            why = f"{latest.shown} is called as the unit, and this is not" if called else f"earlier than {latest.shown}"
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


class CollectApp(ZipCollectApp):
    """nbgrader's application; a submission that is in the way of a newer one is put aside, never deleted."""

    replaced = AnyTrait()  # the folder for what is replaced
    own_folder = Unicode("")  # that a zip is unpacked into

    def fail(self, msg: str, *args: Any) -> None:
        """What nbgrader gives up on, as one of our own errors."""
        raise Refused(f"nbgrader could not collect: {msg % args if args else msg}")

    def process_extracted_files(self) -> None:
        """Look at all files first, then do as nbgrader does."""
        root = Path(self._format_collect_path(self.extracted_directory)) / self.own_folder
        while self.collector_plugin_inst.source == BY_HAND and self._is_wrapping(entries := list(root.glob("*"))):
            root = entries[0]
        self.collector_plugin_inst.look_through(root)
        self.collector_plugin_inst.put_endings_right()
        super().process_extracted_files()

    def _is_wrapping(self, entries: list[Path]) -> bool:
        """Whether all lies in one folder that is nobody's: a zip's own, or the one that was zipped."""
        if len(entries) != 1 or not entries[0].is_dir():
            return False
        inside = list(entries[0].iterdir())
        return all(path.is_dir() for path in inside) and self.coursedir.assignment_id not in [
            path.name for path in inside
        ]

    def _transfer_files(self, collected_data: dict) -> None:
        """Leave out what is there already, and what is older than that; the rest as nbgrader does."""
        for student, data in list(collected_data.items()):
            row = self.collector_plugin_inst.rows[Path(data["src_files"][0])]
            present = Path(data["dest_files"][0])
            before = (stamp_in(present.parent) or Time()).when
            if before and data["timestamp"] and data["timestamp"] < before:
                row.what, row.why = KEPT_OUT, f"older than what is in submitted/, of {before}"
            elif (
                present.is_file() and before == data["timestamp"] and filecmp.cmp(data["src_files"][0], present, False)
            ):
                row.what = SAME
            else:
                continue
            del collected_data[student]
        super()._transfer_files(collected_data)
        for student, data in collected_data.items():  # what cannot be told is told again when it is graded
            stamp = self.collector_plugin_inst.odd_stamps.get(student)
            place = Path(data["dest_files"][0]).with_name(STAMP)
            if stamp and not place.exists():
                shutil.copy(stamp, place)

    def _clear_existing_files(self, path: str) -> None:
        folder = Path(path)
        if not folder.exists() or not any(folder.iterdir()):
            return
        aside = self.replaced / folder.parent.name / folder.name
        aside.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, aside)
        folder.mkdir()


def collect(
    unit: str,
    path: Path,
    source: str,
    roster_path: Path | None = None,
    zone: ZoneInfo | None = None,
    root: Path | None = None,
    encoding: str = "",
) -> Collection:
    """Collect one unit's submissions. Raises Refused or Held, with the remedy, before a submission is touched.

    `path` is a zip, or a folder of what was in one; `source` is a module of autograder.term.lms; `zone` is that of the roster's times,
    `encoding` what the roster is in, where it is not UTF-8 and not to be guessed.
    """
    from autograder.engine.command import Course, course_root
    from autograder.engine.record.ledger import Ledger
    from autograder.limits import GRADEBOOK_SECONDS

    root = course_root(root)
    roster = _read_class(roster_path, encoding) if roster_path else None
    _require_download(path)
    course = Course.load(root)
    with Ledger(course.root, course.db_url, patience=GRADEBOOK_SECONDS) as ledger:  # nobody grades meanwhile
        app = _make_app(root, unit, source)
        _unit_cells(app.coursedir, unit)  # raises where there is no release
        run = _new_folder(Path(app.coursedir.root) / app.downloaded_directory / unit)
        app.collect_directory_structure = str(run / "{collect_step}")
        app.replaced = run / "replaced"
        collector = app.collector_plugin_inst
        collector.roster, collector.zone = roster, zone
        remarks: list[str] = []
        if roster:
            with ledger.transaction():
                collector.ids, remarks = enter(ledger.gradebook, roster.people, roster.guessed)
        collector.names = _known_names(ledger.gradebook.students)
        odd = _bring(path, run / app.archive_directory)
        app.own_folder = own_folder(path) if path.is_file() else ""
        app.extractor_plugin_inst.whose = _owner(collector, app.own_folder)
        app.extract_archive_files()
        app.extractor_plugin_inst.problems |= odd
        app.process_extracted_files()
        report = _report(app, unit, source, run)
        report.remarks = remarks
        if roster and roster.guessed:
            report.remarks.insert(0, f"the roster is not in UTF-8; it was read as {roster.encoding}")
        if roster:
            report.nothing = _absent(app, roster, collector.ids)
    return report


def _read_class(path: Path, encoding: str) -> Roster:
    roster = read_roster(path, encoding)
    if twins := roster.twins():
        raise Refused(f"the roster {path} has {twins}: the work of one would become the other's; correct it")
    return roster


def _require_download(path: Path) -> None:
    if not path.exists():
        raise Refused(f"there is nothing at {path}")
    if not path.is_dir() and not (path.is_file() and zipfile.is_zipfile(path)):
        raise Refused(f"{path} is neither a folder nor a zip")


def _bring(path: Path, archive: Path) -> dict[Path, str]:
    """Put the download where nbgrader looks for it; returns what in a folder is no file, with the reason."""
    odd: dict[Path, str] = {}
    if path.is_dir():
        try:
            copy_tree(path, archive, odd)
        except Bad as error:
            raise Refused(str(error)) from None
    else:
        archive.mkdir(parents=True)
        shutil.copy(path, archive)
    return odd


def _owner(collector: LmsCollector, own: str) -> Callable[[Path], str]:
    """Whose an archive is that lies somewhere in the download, as the collector reads names."""

    def owner(relative: Path) -> str:
        return collector.learner_of(Path(*relative.parts[1:]) if own and relative.parts[0] == own else relative)

    return owner


def _absent(app: CollectApp, roster: Roster, ids: dict[int, str]) -> list[str]:
    """Who is in the roster and has nothing in submitted/."""
    folder = Path(app.coursedir.format_path("submitted", "x", app.coursedir.assignment_id)).parents[1]
    handed_in = {place.parent.name for place in folder.glob(f"*/{app.coursedir.assignment_id}")}
    return sorted(person.shown for person in roster.people if ids.get(id(person)) not in handed_in)


def _make_app(root: Path, unit: str, source: str) -> CollectApp:
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()
    config.LmsCollector.source = source
    app = CollectApp(config=config)
    app.coursedir = CourseDirectory(parent=app)
    app.coursedir.assignment_id = unit
    app.extractor_plugin, app.collector_plugin = CarefulExtractor, LmsCollector
    app.log.setLevel("CRITICAL")  # every file gets a line from us
    app.init_plugins()
    return app


def _report(app: CollectApp, unit: str, source: str, run: Path) -> Collection:
    """What became of each file; all of it in collect.log, and of what is alike and nobody's work a few lines in the table."""
    rows, extractor = app.collector_plugin_inst.rows, app.extractor_plugin_inst
    bases = (run / app.extracted_directory / app.own_folder, run / app.extracted_directory, run / app.archive_directory)
    for path, why in extractor.problems.items():
        base = next(base for base in bases if path.is_relative_to(base))
        rows[path] = Row(mended(path.relative_to(base).as_posix()), "", KEPT_OUT, why, look=True)
    out = [Row(name, "", KEPT_OUT, why, look=True) for name, why in shown_members(extractor.members)]
    found = sorted([*rows.values(), *out], key=lambda row: (row.student.casefold(), row.file))
    lines = [f"{row.student}\t{row.file}\t{row.what}\t{row.why}\t{row.when}" for row in found]
    log = "".join(f"{shown(line, keep=chr(9))}\n" for line in [*lines, *extractor.log_lines])
    (run / "collect.log").write_text(log, encoding="utf-8", errors="replace")
    return Collection(unit, source, str(run), rows=list(_short(found)))


def _short(rows: list[Row]) -> Iterator[Row]:
    """The rows, but of many files of one folder that are left out for one reason, and are nobody's work, only a few."""
    alike: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        place = (row.file.partition("/")[0], row.why)
        alike[place] += row.what == KEPT_OUT and not row.look
        if row.what != KEPT_OUT or row.look or alike[place] <= FEW:
            yield row
    for (place, why), count in alike.items():
        if count > FEW:
            yield Row(f"{place}: {count - FEW} more files", "", KEPT_OUT, f"{why} (collect.log names them)")


def _new_folder(parent: Path) -> Path:
    """A folder for this run, named by the time; never one that exists."""
    stamp, number = f"{datetime.now():%Y-%m-%d_%H%M%S}", 1
    while True:
        run = parent / (stamp if number == 1 else f"{stamp}_{number}")
        try:
            run.mkdir(parents=True)
            return run
        except FileExistsError:
            number += 1


def _known_names(students: Any) -> dict[str, set[str]]:
    """What an LMS may call a learner of the gradebook -> the ids that it may mean."""
    students = list(students)
    names: dict[str, set[str]] = defaultdict(set)
    for key, student in known_by(students).items():
        names[key].add(student.id)
    for student in students:
        person = Person(student.first_name or "", student.last_name or "")
        for name in person.names():
            names[name].add(student.id)
    return names


def _unit_cells(course: CourseDirectory, unit: str) -> set[str]:
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
    from autograder.engine.submitted.released import grade_id
    from autograder.engine.submitted.submission import Unreadable

    try:
        return {grade_id(cell) for cell in _parse(path)["cells"]} - {""}
    except (OSError, Unreadable):
        return set()


def print_report(report: Collection, as_json: bool = False) -> None:
    """A line for each file, then what an instructor should know."""
    if as_json:
        say_json(asdict(report))
        return
    from rich.console import Console
    from rich.table import Table

    title = f"{report.unit}: {report.count(COLLECTED)} collected, {report.count(SAME)} were already"
    table = Table(title=title, title_justify="left")
    for heading in ("student", "file", "", "handed in (UTC)"):
        table.add_column(heading, overflow="fold")
    for row in report.rows:
        what = f"{row.what}: {row.why}" if row.why else row.what
        table.add_row(cell(row.student), cell(row.file), cell(what), row.when or ("LATE" if row.late else ""))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    if late := [row.student for row in report.rows if row.late and row.what != KEPT_OUT and not row.when]:
        say(
            f"late by {find(report.source).name}'s mark, which gives no time: {', '.join(late)}. They lose nothing unless you write when"
            f" into submitted/STUDENT/{report.unit}/timestamp.txt (2026-03-01 17:30:00 UTC)"
        )
    for remark in report.remarks:
        say(remark)
    if report.nothing:
        say(f"handed in nothing: {', '.join(report.nothing)}")
    say(f"what was downloaded, and what was replaced, is kept in {report.kept}")
    if report.lost:
        say(f"{len(report.lost)} to look at, marked above as not collected")
    say(f"next: autograder grade {report.unit.partition('_')[0]}")
