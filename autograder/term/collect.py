"""`autograder collect`: a folder of files, or the zip that Moodle or Canvas makes of them, into `submitted/`.

nbgrader's own `zip_collect` does it: its extractor unpacks, its collector plugin says whose each file is, its application
copies. What is added is what an LMS and a class do to files: names in each LMS's manner, a roster that tells whose a name
is, several versions of which the latest counts, notebooks that were renamed. Every file gets a line that says what became
of it, and none is lost: all that was downloaded, and all that was replaced, stays in `downloaded/UNIT/WHEN/`.
"""

from __future__ import annotations

import contextlib
import filecmp
import re
import shutil
import sys
import unicodedata
import zipfile
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.utils import parse_utc, unzip
from traitlets import Any as AnyTrait
from traitlets import Unicode, default

from autograder.term.roster import Person, enter, is_safe_id, known_by, plain, read_roster, safe_id
from course_utils.refused import Refused
from course_utils.terminal import cell, say, say_json

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

#: How each source names a file, as nbgrader's `FileNameCollectorPlugin.named_regexp`; UNIT stands for the unit's name. The
#: outermost folder that fits counts: what a learner calls a file inside an archive of their own says nothing.
NAMES = {
    # Full Name_1234567_assignsubmission_file_/02.ipynb, without the last _ in newer versions; flat: ..._file_02.ipynb
    "moodle": r"(?:.*?/)??(?P<name>[^/_]+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>file|onlinetext)_?/?(?P<file_id>.+)",
    # familygiven_LATE_12345_67890_02.ipynb: the learner's number, then the file's; anon_ABcd1 in place of name and number
    "canvas": r"(?:.*?/)??(?:(?:LATE_)?anon_(?P<anonymous>\w+?)|(?P<name>[^/]+?)_(?:(?P<late>LATE)_)?(?P<number>\d+))"
    r"_(?P<order>\d+)_(?P<file_id>.+)",
    # a folder for each learner, nbgrader's own submitted/ included; or a file STUDENT_UNIT.ipynb
    "folder": r"(?:(?P<name>[^/]+)/(?P<file_id>.+)|(?P<flat>[^/]+?)_(?P<flat_id>UNIT[^/]*))",
}
#: Files that systems leave everywhere and nobody hands in.
CLUTTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.ipynb_checkpoints/)")
ARCHIVES = (".rar", ".7z", ".gz", ".tgz", ".tar", ".xz")
NOTEBOOK = re.compile(r"(\.ipynb)+(\.txt|\.json)?$", re.IGNORECASE)  # some browsers know better what a file is
#: What a browser, Canvas or a system adds to a file's name: " (1)", "-1", " - Copy".
ADDED = re.compile(r"(?:[ _-]*\((?P<a>\d+)\)|-(?P<b>\d{1,2})|[ _-]*[Cc]opy\d*)+$")
MAX_UNPACKED = 2 * 2**30  # bytes that a learner's own archive may unpack to: more is a mistake or a trap

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
class Report:
    """How a collection went."""

    unit: str
    source: str
    kept: str  # the folder that holds all that was downloaded and replaced
    rows: list[Row] = field(default_factory=list)
    nothing: list[str] = field(default_factory=list)  # learners of the roster of whom there is no submission

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
    order: tuple  # the latest is the greatest
    person: Person | None
    name: str
    number: str
    late: bool
    when: datetime | None


class LmsCollector(FileNameCollectorPlugin):
    """Says whose a file is, and which of a learner's files is the submission; nbgrader asks it file by file."""

    source = Unicode("folder", help="Who named the files: moodle, canvas or folder.").tag(config=True)
    roster = AnyTrait(None, allow_none=True)  # a Roster
    ids = AnyTrait({})  # id() of a roster's person -> student id in the gradebook
    names = AnyTrait({})  # plain name -> the student ids that it may mean, as the gradebook knows
    zone = AnyTrait(None, allow_none=True)
    rows = AnyTrait(None, allow_none=True)  # path -> Row: what became of each file

    @property
    def unit(self) -> str:
        """The assignment that is being collected."""
        return self.parent.coursedir.assignment_id

    @default("named_regexp")
    def _named_regexp_default(self) -> str:
        return NAMES[self.source].replace("UNIT", re.escape(self.unit))

    def look_through(self, root: Path) -> None:
        """Decide about every file below `root`, before the first is asked for: a later version may come later."""
        self.rows, self._chosen = {}, {}
        self._unit_cells = _unit_cells(self.parent.coursedir, self.unit)
        found: dict[str, list[_Found]] = defaultdict(list)  # by learner, as the download calls them
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            shown = _mended(path.relative_to(root).as_posix())
            one = self._read_name(path, shown)
            if isinstance(one, _Out):
                self._leave(path, shown, "", one)
            else:
                found[f"{one.name}_{one.number}"].append(one)
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

    def _read_name(self, path: Path, shown: str) -> _Found | _Out:
        """What a file's name says, or why the file is none of a learner's notebooks."""
        if CLUTTER.search(shown):
            return _Out("a file of the system's own")
        told = self._match(shown)
        if told is None:
            how = (
                "STUDENT/NOTEBOOK is expected"
                if self.source == "folder"
                else f"{self.source.capitalize()} names none so"
            )
            return _Out(f"whose it is cannot be told: {how}", bool(NOTEBOOK.search(shown)))
        file = told["file_id"] or told["flat_id"]
        if told.get("kind") == "onlinetext":
            return _Out("text that was typed into Moodle", True)
        if file.lower().endswith(".zip"):
            return _Out("an archive: see what was in it")
        if file.lower().endswith(ARCHIVES):
            return _Out("an archive of a kind that is not unpacked; ask for a .zip, or for the notebook", True)
        if not NOTEBOOK.search(file):
            return _Out("no notebook")
        name = unicodedata.normalize("NFC", told.get("name") or told.get("flat") or "")
        number = told.get("number") or told.get("anonymous") or ""
        fits, version = self._version(path, file.rpartition("/")[2])
        if fits is None:
            return _Out(f"neither its name nor any of its cells is of {self.unit}", True)
        person = self._person(name, number)
        order = (fits, int(told.get("order") or 0), version, shown)
        return _Found(path, shown, order, person, name, number, bool(told.get("late")), self._when(path, person))

    def _version(self, path: Path, file: str) -> tuple[bool | None, int]:
        """(whether the notebook is called as the unit, which copy it is); (None, 0) for a notebook of something else."""
        stem = NOTEBOOK.sub("", file)
        added = ADDED.search(stem)
        version = max((int(n) for n in (added["a"], added["b"]) if n), default=0) if added else 0
        if plain(stem) == plain(self.unit) or (added and plain(stem[: added.start()]) == plain(self.unit)):
            return True, version
        return (False, version) if _grade_ids(path) & self._unit_cells else (None, 0)

    def _person(self, name: str, number: str) -> Person | None:
        """The roster's person whose file this is; None where it has none, or several of that name."""
        people = self.roster.people if self.roster else []
        if number and self.source == "canvas":
            return next((person for person in people if person.lms == number), None)
        if number and (same := [p for p in people if p.participant.rpartition(" ")[2] == number]):
            return same[0]
        if self.source == "folder" and (same := [p for p in people if name.casefold() in p.identities()]):
            return same[0]
        same = [person for person in people if plain(name) in person.names()]
        return same[0] if len(same) == 1 else None

    def _student(self, one: _Found) -> str | _Out:
        """The student id of whoever handed this in, or why it cannot be said."""
        if one.person is not None and id(one.person) in self.ids:
            return self.ids[id(one.person)]
        if not one.name or plain(one.name) == "participant":
            return _Out(f"{self.source.capitalize()} hides whose it is; let it show names, then download again", True)
        if self.roster is not None:
            return _Out("the roster does not tell whose it is: nobody of that name, or several", True)
        known = self.names.get(one.number if self.source == "canvas" else plain(one.name), set())
        if self.source == "canvas":
            return next(iter(known), one.number)
        if self.source == "folder":
            return one.name if is_safe_id(one.name) else _Out("its folder's name is no student id", True)
        if len(known) > 1:
            return _Out(f"{len(known)} learners in the gradebook have this name; a --roster tells them apart", True)
        return next(iter(known), "") or safe_id(one.name) or _Out("its name has neither letter nor digit", True)

    def _when(self, path: Path, person: Person | None) -> datetime | None:
        """When it was handed in, UTC without a zone: by Moodle's grading worksheet, or by a timestamp.txt beside it."""
        beside = path.with_name("timestamp.txt")
        if self.source == "folder" and (when := _read_stamp(beside)):  # from an LMS it may be the learner's own make
            return when
        if person is None or not person.submitted or person.submitted == "-":
            return None
        from dateutil.parser import parse

        try:
            when = parse(person.submitted)
        except (ValueError, OverflowError):
            raise Refused(
                f"the roster's time {person.submitted!r} of {person.shown} cannot be read; download it with Moodle in English"
            ) from None
        if when.tzinfo is None and self.zone is None:
            raise Refused(
                "the roster tells when work was handed in, and not in which time zone; add --timezone, for instance"
                " --timezone Europe/Berlin: the zone that Moodle shows to you"
            )
        return parse_utc(when if when.tzinfo else when.replace(tzinfo=self.zone))

    def _choose(self, student: str, versions: list[_Found]) -> None:
        versions.sort(key=lambda one: one.order)
        *earlier, latest = versions
        for one in earlier:
            called = latest.order[0] and not one.order[0]
            why = f"{latest.shown} is called as the unit, and this is not" if called else f"earlier than {latest.shown}"
            self._leave(one.path, one.shown, student, _Out(why))
        self._chosen[latest.path] = (student, latest.when)
        when = f"{latest.when:%Y-%m-%d %H:%M:%S}" if latest.when else ""
        why = self._doubt(latest.path) if latest.order[0] else "recognised by its cells"
        self.rows[latest.path] = Row(latest.shown, student, COLLECTED, why, when, latest.late)

    def _doubt(self, path: Path) -> str:
        """What is odd about a notebook that is called as the unit; it is collected all the same, and grading says so too."""
        from autograder.engine.submission import Unreadable, parse_notebook

        try:
            parse_notebook(path.read_bytes())
        except Unreadable as error:
            return f"but it cannot be read, and will be worth nothing: {error}"
        return "" if _grade_ids(path) & self._unit_cells else f"but no cell of it is of {self.unit}"


class CarefulExtractor(ExtractorPlugin):
    """nbgrader's extractor, for archives that strangers made: none may fill the disk, none stops the others."""

    problems = AnyTrait()  # path -> why it was not unpacked

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack the LMS's own archives, copy other files, then unpack the archives that learners handed in, once."""
        self.problems = {}
        source, target = Path(archive_path), Path(extracted_path)
        for path in sorted(path for path in source.rglob("*") if path.is_file() or path.is_symlink()):
            if path.is_symlink():
                self.problems[path] = "a link"
                continue
            folder = target / path.parent.relative_to(source)
            folder.mkdir(parents=True, exist_ok=True)
            if path.suffix.lower() == ".zip":
                self._unpack(path, folder)
            else:
                shutil.copy(path, folder)
        for path in sorted(path for path in target.rglob("*") if path.suffix.lower() == ".zip"):
            self._unpack(path, path.parent)

    def _unpack(self, path: Path, folder: Path) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                raise ValueError("it is encrypted")
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise ValueError(f"it unpacks to more than {MAX_UNPACKED >> 30} GB")
            unzip(str(path), str(folder), zip_ext=[path.suffix], create_own_folder=True)
        except Exception as error:  # whatever a broken archive makes the library raise
            self.problems[path] = f"an archive that cannot be unpacked: {error}"


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
        while self.collector_plugin_inst.source == "folder" and self._is_wrapping(entries := list(root.glob("*"))):
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
            before = _read_stamp(present.with_name("timestamp.txt"))
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
) -> Report:
    """Collect one unit's submissions. Raises Refused or Held, with the remedy, before a submission is touched.

    `path` is a zip, or a folder of what was in one; `source` is a key of NAMES; `zone` is that of the roster's times.
    """
    from autograder.engine.command import Course, course_root
    from autograder.engine.ledger import Ledger

    root = course_root(root)
    roster = read_roster(roster_path) if roster_path else None
    if not path.exists():
        raise Refused(f"there is nothing at {path}")
    if path.is_file() and not zipfile.is_zipfile(path):
        raise Refused(f"{path} is neither a folder nor a zip")
    course = Course.load(root)
    with Ledger(course.root, course.db_url) as ledger:  # nobody grades meanwhile
        app = _make_app(root, unit, source)
        run = _new_folder(Path(app.coursedir.root) / app.downloaded_directory / unit)
        app.collect_directory_structure = str(run / "{collect_step}")
        app.replaced = run / "replaced"
        collector = app.collector_plugin_inst
        collector.roster, collector.zone = roster, zone
        collector.ids = enter(ledger.gradebook, roster.people) if roster else {}
        collector.names = _known_names(ledger.gradebook.students)
        _unit_cells(app.coursedir, unit)  # raises where there is no release
        archive = run / app.archive_directory
        if path.is_dir():
            shutil.copytree(path, archive, symlinks=True)
        else:
            archive.mkdir(parents=True)
            shutil.copy(path, archive)
            app.own_folder = path.stem
        app.extract_archive_files()
        app.process_extracted_files()
        report = _report(app, unit, source, run)
        if roster:
            handed_in = {
                folder.parent.name
                for folder in Path(app.coursedir.format_path("submitted", "x", unit)).parents[1].glob(f"*/{unit}")
            }
            absent = [person for person in roster.people if collector.ids.get(id(person)) not in handed_in]
            report.nothing = sorted(person.shown for person in absent)
    return report


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


def _report(app: CollectApp, unit: str, source: str, run: Path) -> Report:
    rows = app.collector_plugin_inst.rows
    bases = (run / app.extracted_directory / app.own_folder, run / app.extracted_directory, run / app.archive_directory)
    for path, why in app.extractor_plugin_inst.problems.items():
        base = next(base for base in bases if path.is_relative_to(base))
        rows[path] = Row(_mended(path.relative_to(base).as_posix()), "", KEPT_OUT, why, look=True)
    return Report(
        unit, source, str(run), rows=sorted(rows.values(), key=lambda row: (row.student.casefold(), row.file))
    )


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


def _read_stamp(path: Path) -> datetime | None:
    """The time in nbgrader's timestamp.txt, UTC without a zone; None where there is none, or no time in it."""
    try:
        return parse_utc(path.read_text(errors="replace").strip()[:100])
    except (OSError, ValueError, OverflowError):
        return None


def _unit_cells(course: CourseDirectory, unit: str) -> set[str]:
    path = Path(course.format_path(course.release_directory, ".", unit)) / f"{unit}.ipynb"
    if not path.exists():
        raise Refused(
            f"unit {unit} has no released notebook at {path}; run: nbgrader generate_assignment {unit} --force"
        )
    return _grade_ids(path)


def _grade_ids(path: Path) -> set[str]:
    """The names of a notebook's graded cells; none of what is no notebook."""
    from autograder.engine.submission import Unreadable, parse_notebook
    from autograder.released import grade_id

    try:
        return {grade_id(cell) for cell in parse_notebook(path.read_bytes())["cells"]} - {""}
    except (OSError, Unreadable):
        return set()


def _mended(name: str) -> str:
    """A zip's name as it was meant: Python reads as code page 437 what is UTF-8 and not marked so."""
    with contextlib.suppress(UnicodeError):
        name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def print_report(report: Report, as_json: bool = False) -> None:
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
            f"late by Canvas's mark, which gives no time: {', '.join(late)}. They lose nothing unless you write when into"
            f" submitted/STUDENT/{report.unit}/timestamp.txt (2026-03-01 17:30:00 UTC)"
        )
    if report.nothing:
        say(f"handed in nothing: {', '.join(report.nothing)}")
    say(f"what was downloaded, and what was replaced, is kept in {report.kept}")
    if report.lost:
        say(f"{len(report.lost)} to look at, marked above as not collected")
    say(f"next: autograder grade {report.unit.partition('_')[0]}")
