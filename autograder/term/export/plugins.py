"""nbgrader export plugins: what each program's file looks like.

What Canvas and Moodle take in was read from their documentation and their importers:

- Canvas: `Student, ID, SIS User ID, SIS Login ID, Section`, then one column for each assignment, `Name (id)` where it exists
  already; a row of `Points Possible`, which changes an assignment's points; an empty cell erases a grade that is there.
- Moodle: columns of which one identifies the learner (address, user name or ID number) and one for each grade item, in
  points; one row whose learner is not known fails the whole import, and so does a grade above 100; `-` is no grade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Int, Unicode

from autograder.common.spreadsheet import Exact, as_csv
from autograder.common.words import number
from autograder.term.export.grades import BY_HAND, GRADED, NOTHING, UNGRADED, Grade, Learner, read_grades, total
from autograder.term.roster import Person, Roster, plain, read_roster
from course_utils.refused import Refused

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

MOODLE_MOST = 100  # points of one grade, unless an administrator allows more
#: Somebody of the roster (None: there is none), their grades, and the first cells of their row.
CanvasRow = tuple[Person | None, Learner | None, list[str]]
MoodleRow = tuple[Person | None, Learner, list[str]]


class Exporter(ExportPlugin):
    """What all have in common: grades, a roster, things to tell, a file written whole."""

    default_to = "grades.csv"
    encoding = "utf-8"
    course: CourseDirectory | None = None  # where no command of nbgrader's brings its own

    roster = Unicode("", help="The LMS's own table of the class, whose ids are carried over.").tag(config=True)
    roster_encoding = Unicode("", help="What that table is in, where it is not UTF-8.").tag(config=True)
    drop_lowest = Int(0, min=0, help="Units dropped from each total, the lowest by percentage.").tag(config=True)
    columns = Dict(help="Unit -> the heading of its column, where it is not to be guessed.").tag(config=True)

    def was_handed_in(self, student: str, unit: str) -> bool:
        """Whether there is a submission, graded or not, as far as nbgrader's command lets us look."""
        course = getattr(self.parent, "coursedir", None) or self.course
        return course is not None and Path(course.format_path(course.submitted_directory, student, unit)).is_dir()

    def export(self, gradebook: Gradebook) -> None:
        """Write the file; `messages` then says what an instructor should know."""
        self.messages: list[str] = []
        units, learners, waiting = read_grades(
            gradebook, map(str, self.assignment), map(str, self.student), self.was_handed_in
        )
        if not units:
            raise Refused("nothing is graded yet; run: autograder grade UNIT")
        if self.drop_lowest >= len(units):
            raise Refused(f"--drop-lowest {self.drop_lowest}: only {len(units)} units are graded, one must be left")
        self.units, self.learners = units, learners
        self.table = read_roster(Path(self.roster), self.roster_encoding) if self.roster else None
        if waiting:
            self.tell(f"left out, nobody has a grade for it: {', '.join(waiting)}")
        rows = list(self.rows())
        self.tell_states()
        self.path = Path(self.to or self.default_to)
        text, formulas = as_csv(rows)
        for cell in formulas:
            self.tell(
                f"{cell!r} looks like a formula to a spreadsheet; {self.path.name} has it as it is, as the LMS needs it"
            )
        from autograder.common.keep import kept_words, write_made

        course = getattr(self.parent, "coursedir", None) or self.course
        root = Path(course.root if course else Path.cwd())
        kept = write_made(self.path, text.encode(self.encoding), root)
        for words in kept_words(self.path, kept):
            self.tell(words)

    def tell(self, words: str) -> None:
        """Say something, to whoever runs nbgrader's command and to whoever runs ours."""
        self.messages.append(words)
        self.log.warning(words)

    def tell_states(self) -> None:
        """Name those whose grade is missing or not final."""
        for state in (BY_HAND, UNGRADED, NOTHING):
            for unit in self.units:
                names = [one.shown for one in self.learners if one.grades[unit].state == state]
                if names:
                    self.tell(f"{unit}: {state}: {', '.join(names)}")

    def rows(self) -> Iterable[list[str]]:
        """The file's rows, the heading first."""
        raise NotImplementedError

    def final_total(self, grades: list[Grade]) -> str:
        """The total in percent; "" while a person has still to look at something."""
        final = all(grade.state in (GRADED, NOTHING) for grade in grades)
        return number(total(grades, self.drop_lowest).percent) if final else ""

    def match(self, roster: Roster) -> dict[int, Learner]:
        """The roster's people who are in the gradebook, by `id()`; those who are in only one of both are told."""
        known: dict[str, Learner] = {}
        for fact in ("id", "lms", "email"):
            for learner in self.learners:
                if key := getattr(learner, fact):
                    known.setdefault(key.casefold(), learner)
        found: dict[int, Learner] = {}
        for person in roster.people:
            keys = [key for key in sorted(person.identities()) if key in known]
            if keys:
                found[id(person)] = known[keys[0]]
        matched = {learner.id for learner in found.values()}
        if len(matched) < len(found):
            ids = [learner.id for learner in found.values()]
            self.tell(f"twice in the roster: {', '.join(sorted({one for one in ids if ids.count(one) > 1}))}")
        if strangers := [one.shown for one in self.learners if one.id not in matched]:
            self.tell(f"left out, not in the roster: {', '.join(strangers)}")
        if new := [person.shown for person in roster.people if id(person) not in found]:
            self.tell(f"in the roster and not in the gradebook, so without a grade: {', '.join(new)}")
        self.learners = [one for one in self.learners if one.id in matched]
        return found

    def heading_of(self, unit: str, headings: list[str]) -> str | None:
        """The LMS's own heading for a unit: the one that was given, or one that says the unit's name or "unit 02"."""
        short = unit.partition("_")[0]
        for key in (unit, short, short.lstrip("0")):
            if key in self.columns:
                if self.columns[key] not in headings:
                    raise Refused(f"the roster has no column {self.columns[key]!r} for {unit}")
                return self.columns[key]
        meant = {plain(unit), plain(unit.partition("_")[2]), f"unit{short}", f"unit{short.lstrip('0')}"}
        found = [heading for heading in headings if plain(_title(heading)) in meant]
        if len(found) > 1:
            raise Refused(f"the roster has {len(found)} columns that may be {unit}: name one, --column {short}=HEADING")
        return found[0] if found else None

    def carried(self, person: Person | None, heading: str | None) -> str:
        """What the roster says in a column about somebody: the grade that the LMS has now; "" without either."""
        if person is None or self.table is None or not heading:
            return ""
        place = self.table.heading.index(heading)
        return person.row[place] if place < len(person.row) else ""


def _title(heading: str) -> str:
    """A column's name: Canvas's without the number behind it, Moodle's without the kind before and the display behind."""
    title = re.sub(r"\s*\((?:\d+|Real)\)\s*$", "", heading)
    return re.sub(r"^(?:Assignment|External tool|Manual item|File)\s*:\s*", "", title)


class CsvExporter(Exporter):
    """A row for each learner, a column for each unit, the total and what is not final: for a spreadsheet."""

    encoding = "utf-8-sig"  # with the mark by which spreadsheets know UTF-8

    def rows(self) -> Iterable[list[str]]:
        """As Exporter."""
        if self.table:
            raise Refused("a roster is for the files of an LMS; this table is of the gradebook's learners")
        most = {unit: next(iter(self.learners)).grades[unit].most for unit in self.units} if self.learners else {}
        columns = [f"{unit} (of {number(most[unit])})" for unit in most]
        after = ["total", "of", "percent", "dropped", "remarks"]
        yield ["student_id", "last_name", "first_name", "email", *columns, *after]
        for learner in self.learners:
            grades = list(learner.grades.values())
            summed = total(grades, self.drop_lowest)
            scores = ["" if grade.score is None else number(grade.score) for grade in grades]
            remarks = "; ".join(f"{grade.unit.partition('_')[0]}: {grade.words()}" for grade in grades if grade.words())
            who = (learner.id, learner.last, learner.first, learner.email)
            sums = [number(summed.points), number(summed.most), number(summed.percent)]
            yield [*who, *scores, *sums, " ".join(unit.partition("_")[0] for unit in summed.dropped), remarks]


class CanvasExporter(Exporter):
    """Canvas's gradebook import: with a roster, its rows and ids, and whatever grade it has where there is none here."""

    default_to = "canvas.csv"
    with_total = Bool(False, help="A last column with the total in percent, after drops.").tag(config=True)

    def rows(self) -> Iterable[list[str]]:
        """As Exporter."""
        most = {unit: max((one.grades[unit].most for one in self.learners), default=0) for unit in self.units}
        if self.table is None:
            info = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
            headings: dict[str, str | None] = dict.fromkeys(self.units)
            people: list[CanvasRow] = [
                (None, one, [_last_first(one), Exact(one.lms), "", Exact(one.id), ""]) for one in self.learners
            ]
        else:
            info, headings, people = self._from_roster(self.table, most)
        extra = ["Total in percent"] if self.with_total else []
        yield [*map(Exact, info), *(Exact(headings[unit] or unit) for unit in self.units), *extra]
        blank = [""] * (len(info) - 1)
        yield ["    Points Possible", *blank, *(number(most[unit]) for unit in self.units), *(["100"] if extra else [])]
        for person, learner, cells in people:
            grades = [learner.grades[unit] if learner else Grade(unit, most[unit]) for unit in self.units]
            scores = []
            for unit, grade in zip(self.units, grades, strict=True):
                there = self.carried(person, headings[unit])
                scores.append(there if grade.final is None else number(grade.final))
            sums = [self.final_total(grades)] if extra else []
            yield [*cells, *scores, *sums]

    def _from_roster(
        self, table: Roster, most: dict[str, float]
    ) -> tuple[list[str], dict[str, str | None], list[CanvasRow]]:
        section = table.column("section")
        if section is None or not table.is_canvas:
            raise Refused(
                f"{table.path} is not an export of Canvas's gradebook: its first column is Student, one is Section"
            )
        end = section + 1
        headings = {unit: self.heading_of(unit, table.heading[end:]) for unit in self.units}
        if new := [unit for unit in self.units if headings[unit] is None]:
            self.tell(
                f"Canvas will make a new assignment of: {', '.join(new)} (or name its column: --column {new[0][:2]}='...')"
            )
        possible = next((row for row in table.rows if "Points Possible" in row[0]), [])
        for unit, heading in headings.items():
            place = table.heading.index(heading) if heading else len(possible)
            now = possible[place].strip() if place < len(possible) else ""
            if re.fullmatch(r"\d+([.,]\d+)?", now) and float(now.replace(",", ".")) != most[unit]:
                self.tell(f"Canvas will change the points of {heading!r} from {now} to {number(most[unit])}")
        found = self.match(table)
        people: list[CanvasRow] = []
        for person in table.people:
            shown, *ids = _padded(person.row, end)
            people.append((person, found.get(id(person)), [shown, *map(Exact, ids)]))
        return table.heading[:end], headings, people


class MoodleExporter(Exporter):
    """Moodle's grade import: who, then points. Whoever has no grade at all is left out, and nothing of theirs changes."""

    default_to = "moodle.csv"
    with_total = Bool(False, help="A last column with the total in percent, after drops.").tag(config=True)
    comments = Bool(False, help="Beside each grade a column with its feedback: penalties.").tag(config=True)

    identities = (
        "username",
        "email address",
        "id number",
        "first name",
        "last name",
        "full name",
        "firstname",
        "lastname",
    )

    def rows(self) -> Iterable[list[str]]:
        """As Exporter."""
        if self.table is None:
            info = ["Username", "Email address", "First name", "Last name"]
            headings: dict[str, str | None] = dict.fromkeys(self.units)
            people: list[MoodleRow] = [
                (None, one, [Exact(one.id), Exact(_address(one)), one.first, one.last]) for one in self.learners
            ]
        else:
            info, headings, people = self._from_roster(self.table)
        columns = [
            [Exact(headings[unit] or unit), *([f"{unit} (feedback)"] if self.comments else [])] for unit in self.units
        ]
        yield [
            *info,
            *(heading for pair in columns for heading in pair),
            *(["Total in percent"] if self.with_total else []),
        ]
        without = []
        for person, learner, cells in people:
            grades = list(learner.grades.values())
            if all(grade.final is None for grade in grades):
                without.append(learner.shown)
                continue
            scores: list[str] = []
            for grade in grades:
                there = self.carried(person, headings[grade.unit])
                scores.append((there or "-") if grade.final is None else number(grade.final))
                scores += [grade.words()] if self.comments else []
                if (grade.final or 0) > MOODLE_MOST:
                    self.tell(
                        f"{learner.shown} has more than {MOODLE_MOST} points in {grade.unit}: Moodle may refuse the file"
                    )
            sums = [self.final_total(grades) or "-"] if self.with_total else []
            yield [*cells, *scores, *sums]
        if without:
            self.tell(f"left out, without any grade: {', '.join(without)}")

    def _from_roster(self, table: Roster) -> tuple[list[str], dict[str, str | None], list[MoodleRow]]:
        found = self.match(table)
        places = [p for p in map(table.column, self.identities) if p is not None]
        exact = {*map(table.column, self.identities[:3])}
        if table.is_canvas or not {*places} & exact:
            raise Refused(f"{table.path} has none of Username, Email address, ID number: Moodle needs one")
        info = [table.heading[place] for place in places]
        rest = [heading for place, heading in enumerate(table.heading) if place not in places]
        headings = {unit: self.heading_of(unit, rest) for unit in self.units}
        people: list[MoodleRow] = []
        for person in table.people:
            if learner := found.get(id(person)):
                row = _padded(person.row, len(table.heading))
                people.append((person, learner, [Exact(row[p]) if p in exact else row[p] for p in places]))
        return info, headings, people


def _last_first(learner: Learner) -> str:
    return ", ".join(filter(None, [learner.last, learner.first])) or learner.id


def _address(learner: Learner) -> str:
    return learner.email or (learner.id if "@" in learner.id else "")


def _padded(row: list[str], length: int) -> list[str]:
    return [*row, *[""] * length][:length]
