"""Canvas: names such as familygiven_LATE_12345_67890_02.ipynb, and its gradebook, which it writes and takes in.

Canvas's import takes `Student, ID, SIS User ID, SIS Login ID, Section`, then one column for each assignment, `Name (id)` where
it exists already; a row of `Points Possible`, which changes an assignment's points; an empty cell erases a grade that is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from traitlets import Bool

from autograder.common.spreadsheet import Exact
from autograder.common.words import number
from autograder.term.export.exporter import Exporter, padded
from autograder.term.export.grades import Grade, Learner
from autograder.term.lms import Lms, Told
from course_utils.refused import Refused

if TYPE_CHECKING:
    from autograder.term.roster import Person, Roster

#: The learner's number, then the file's; anon_ABcd1 in place of name and number
NAME = re.compile(
    r"(?:(?:LATE_)?anon_(?P<anonymous>\w+?)|(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<number>\d+))_(?P<order>\d+)_(?P<file>.+)",
    re.DOTALL,  # so that the first place that fits is the last that is tried
)
#: Somebody of the roster (None: there is none), their grades, and the first cells of their row.
Row = tuple["Person | None", Learner | None, list[str]]


class Canvas(Lms):
    """Its number of a learner is the same in every download, so a name is not asked for."""

    name = "Canvas"
    number = "lms"
    headings: Mapping[str, str] = {
        "student": "name",
        "firstname": "first",
        "lastname": "last",
        "sis login id": "username",
        "sis user id": "number",
        "id": "lms",
    }
    next_step = "next, in Canvas: Grades, Import, this file; it shows what would change before anything does"

    def read_part(self, part: str, rest: tuple[str, ...]) -> Told | None:
        """As Lms."""
        match = NAME.fullmatch(part)
        if match is None:
            return None
        file = "/".join([match["file"], *rest])
        order = int(match["order"][:18])
        return Told(match["name"] or "", match["number"] or match["anonymous"], file, order, bool(match["late"]))

    def wrote(self, table: Roster) -> bool:
        """As Lms: an export of its gradebook."""
        return table.headings()[:1] in (["student"], ["lastname"]) and table.column("section") is not None

    def is_nobody(self, told: Mapping[str, str]) -> bool:
        """As Lms: rows about points and posting, and a test student; none of them learns anything."""
        name = " ".join(told.get("name", "").split()).casefold()
        return "points possible" in name or name == "student, test"

    def exporter(self) -> type[Exporter]:
        """As Lms."""
        return CanvasExporter


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
            people: list[Row] = [
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

    def title(self, heading: str) -> str:
        """As Exporter: without the assignment's number."""
        return re.sub(r"\s*\(\d+\)\s*$", "", heading)

    def _from_roster(self, table: Roster, most: dict[str, float]) -> tuple[list[str], dict[str, str | None], list[Row]]:
        section = table.column("section")
        if section is None or not LMS.wrote(table):
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
        people: list[Row] = []
        for person in table.people:
            shown, *ids = padded(person.row, end)
            people.append((person, found.get(id(person)), [shown, *map(Exact, ids)]))
        return table.heading[:end], headings, people


def _last_first(learner: Learner) -> str:
    return ", ".join(filter(None, [learner.last, learner.first])) or learner.id


LMS = Canvas()
