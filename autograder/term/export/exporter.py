"""What the files of grades have in common, whoever takes them in: each is an nbgrader export plugin, a kind of Exporter."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Int, Unicode

from autograder.common.names import plain
from autograder.common.spreadsheet import as_csv
from autograder.common.words import number
from autograder.term.export.grades import BY_HAND, GRADED, NOTHING, UNGRADED, Grade, Learner, read_grades, total
from autograder.term.roster import Person, Roster, read_roster
from course_utils.refused import Refused

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


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
        found = [heading for heading in headings if plain(self.title(heading)) in meant]
        if len(found) > 1:
            raise Refused(f"the roster has {len(found)} columns that may be {unit}: name one, --column {short}=HEADING")
        return found[0] if found else None

    def title(self, heading: str) -> str:
        """What a column of the LMS's is called, without what the LMS writes before and behind it."""
        return heading

    def carried(self, person: Person | None, heading: str | None) -> str:
        """What the roster says in a column about somebody: the grade that the LMS has now; "" without either."""
        if person is None or self.table is None or not heading:
            return ""
        place = self.table.heading.index(heading)
        return person.row[place] if place < len(person.row) else ""


def padded(row: list[str], length: int) -> list[str]:
    """A row with as many cells as its heading has."""
    return [*row, *[""] * length][:length]
