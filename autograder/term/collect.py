"""`autograder collect`: a folder of files, or the zip that an LMS makes of them, into `submitted/`.

nbgrader's own `zip_collect` does it: its extractor unpacks, its collector plugin says whose each file is, its application
copies. What is added is what an LMS and a class do to files: names in each LMS's manner, a roster that tells whose a name
is, several versions of which the latest counts, notebooks that were renamed. Every file gets a line that says what became
of it, and none is lost: all that was downloaded, and all that was replaced, stays in `downloaded/UNIT/WHEN/`.
"""

from __future__ import annotations

import filecmp
import json
import os
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
from traitlets import Any as AnyTrait
from traitlets import Unicode

from autograder.common.times import STAMP, Time, stamp_in
from autograder.limits import FEW
from autograder.term.archives import Bad, CarefulExtractor, copy_tree, mended, own_folder, shown_members
from autograder.term.collector import COLLECTED, KEPT_OUT, SAME, LmsCollector, Row, is_clutter, unit_cells
from autograder.term.entering import entered, how_to_grade
from autograder.term.lms import BY_HAND, find
from autograder.term.roster import Person, Roster, bring_together, enter, known_by, read_roster
from course_utils.refused import Refused
from course_utils.terminal import cell, say, say_json, shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass
class Collection:
    """How a collection went."""

    unit: str
    source: str
    kept: str  # the folder that holds all that was downloaded and replaced
    rows: list[Row] = field(default_factory=list)
    nothing: list[str] = field(default_factory=list)  # learners of the roster of whom there is no submission
    remarks: list[str] = field(default_factory=list)  # about the roster
    entered: bool = True  # whether the unit is in the gradebook, so that it can be graded

    def count(self, what: str) -> int:
        """How many files had this happen to them."""
        return sum(row.what == what for row in self.rows)

    @property
    def lost(self) -> list[Row]:
        """Files that somebody should look at: notebooks of which no learner's submission was made."""
        return [row for row in self.rows if row.look]


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
        top, passed = root, list[Path]()
        while self.collector_plugin_inst.source == BY_HAND and (inner := self._wrapped(root, passed)):
            root = inner
        self.collector_plugin_inst.look_through(root)
        self.collector_plugin_inst.pass_over(passed, top)
        self.collector_plugin_inst.put_endings_right()
        super().process_extracted_files()

    def _wrapped(self, root: Path, passed: list[Path]) -> Path | None:
        """The one folder in which all lies and that is nobody's: a zip's own, or the one that was zipped; None where there is none.

        What a system leaves everywhere does not count, __MACOSX of a zip from a Mac, for instance; it is added to `passed`.
        """
        clutter = [path for path in root.iterdir() if is_clutter(path)]
        entries = [path for path in root.iterdir() if path not in clutter]
        if len(entries) != 1 or not entries[0].is_dir():
            return None
        inside = [path for path in entries[0].iterdir() if not is_clutter(path)]
        if not all(path.is_dir() for path in inside) or self.coursedir.assignment_id in [path.name for path in inside]:
            return None
        passed += clutter
        return entries[0]

    def _transfer_files(self, collected_data: dict) -> None:
        """Leave out what is there already, and what is older than that; the rest as nbgrader does."""
        for student, data in list(collected_data.items()):
            row = self.collector_plugin_inst.rows[Path(data["src_files"][0])]
            present = Path(data["dest_files"][0])
            if why := _in_the_way(present):
                row.what, row.why, row.look = KEPT_OUT, why, True
                del collected_data[student]
                continue
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
        unit_cells(app.coursedir, unit)  # raises where there is no release
        kept = Path(app.coursedir.root) / app.downloaded_directory / unit
        if path.is_dir() and kept.resolve().is_relative_to(path.resolve()):
            raise Refused(
                f"{path} holds this course's own {kept}, where downloads are kept: name the folder of one download"
            )
        run = _new_folder(kept)
        app.collect_directory_structure = str(run / "{collect_step}")
        app.replaced = run / "replaced"
        collector = app.collector_plugin_inst
        collector.roster, collector.zone = roster, zone
        remarks: list[str] = []
        if roster:
            with ledger.transaction():
                collector.ids, remarks = enter(ledger.gradebook, roster.people, roster.guessed)
            known = {student.id for student in ledger.gradebook.students}
            submitted = Path(app.coursedir.format_path("submitted", "x", unit)).parents[1]
            remarks += bring_together(submitted, roster, collector.ids, known, app.replaced)
        collector.names = _known_names(ledger.gradebook.students)
        odd = _bring(path, run / app.archive_directory)
        app.own_folder = own_folder(path) if path.is_file() else ""
        app.extractor_plugin_inst.whose = _owner(collector, app.own_folder)
        app.extract_archive_files()
        app.extractor_plugin_inst.problems |= odd
        app.process_extracted_files()
        report = _report(app, unit, source, run)
        report.entered = unit in entered(ledger.gradebook)
        report.remarks = remarks or _about_ids(report, ledger.gradebook, roster)
        if roster and roster.guessed:
            report.remarks.insert(0, f"the roster is not in UTF-8; it was read as {roster.encoding}")
        if roster:
            report.nothing = _absent(app, roster, collector.ids)
    return report


def _in_the_way(present: Path) -> str:
    """Why nothing may be written at a place in submitted/: a file or a link stands where a folder of it should be; "" for nothing."""
    for place in (present.parent.parent, present.parent):
        if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()):
            return f"{place} is {'a link' if place.is_symlink() else 'no folder'}, and grading reads none: move it away"
    return ""


def _about_ids(report: Collection, gradebook: Any, roster: Roster | None) -> list[str]:
    """A word where an LMS's numbers or names stand for ids because no roster was given: before they are graded under them."""
    known = {student.id for student in gradebook.students}
    new = [row.student for row in report.rows if row.what == COLLECTED and row.student not in known]
    if roster or report.source == BY_HAND or not new:
        return []
    return [
        f"without a roster {len(new)} learners are called as {find(report.source).name} names their files ({', '.join(new[:3])});"
        " collect again with --roster before you grade, and they are brought together with the ids of the roster"
    ]


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
    named = {
        row.student: row.file for row in found if row.what in (COLLECTED, SAME)
    }  # feedback goes back by these names
    (run / "collected.json").write_text(json.dumps({"source": source, "files": named}, indent=1), encoding="utf-8")
    return Collection(unit, source, str(run), rows=list(_short(found)))


def _short(rows: list[Row]) -> Iterator[Row]:
    """The rows, but of many files of one folder that are left out for one reason, and are nobody's work, only a few."""
    alike: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        kind = (row.file.partition("/")[0], row.why)
        alike[kind] += row.what == KEPT_OUT and not row.look
        if row.what != KEPT_OUT or row.look or alike[kind] <= FEW:
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
    say(f"next: {how_to_grade(report.unit, report.entered)}")
