"""Moodle: names such as Full Name_1234567_assignsubmission_file_/02.ipynb, its tables of a class, and its grade import.

Moodle's import takes columns of which one identifies the learner (address, user name or ID number) and one for each grade item,
in points; one row whose learner is not known fails the whole import, and so does a grade above 100; `-` is no grade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from traitlets import Bool

from autograder.common.names import plain
from autograder.common.spreadsheet import Exact
from autograder.common.words import number
from autograder.term.export.exporter import Exporter, padded
from autograder.term.export.grades import Learner
from autograder.term.lms import Lms, Told, every
from course_utils.refused import Refused

if TYPE_CHECKING:
    from autograder.term.roster import Person, Roster

MOST = 100  # points of one grade, unless an administrator allows more
#: Somebody of the roster (None: there is none), their grades, and the first cells of their row.
Row = tuple["Person | None", Learner, list[str]]


class Moodle(Lms):
    """Its number of a learner is of one assignment, and its names may have a group's before them."""

    name = "Moodle"
    mark = re.compile(r"_assignsubmission_")
    number = "participant"
    has_groups = True
    headings: Mapping[str, str] = {
        "full name": "name",
        "first name": "first",
        "last name": "last",
        "surname": "last",
        "email address": "email",
        "username": "username",
        "id number": "number",
        "identifier": "participant",
        "last modified (submission)": "submitted",
    }
    next_step = (
        "next, in Moodle: Grades, Import, CSV file; map the identifying column, then each unit to its grade item"
    )

    def read_part(self, part: str, rest: tuple[str, ...]) -> Told | None:
        """As Lms; without the last _ in newer versions; flat: ..._file_02.ipynb."""
        who, found, what = part.partition("_assignsubmission_")
        kind = next((kind for kind in ("file", "onlinetext") if what.startswith(kind)), "")
        file = "/".join(filter(None, [what[len(kind) :].removeprefix("_"), *rest]))
        if not (who and found and kind and file):
            return None
        name, _, number = who.rpartition("_")
        if not (name and number.isascii() and number.isdigit()):
            name, number = who, ""
        return Told(name, number, file, typed=kind == "onlinetext")

    def hides(self, name: str) -> bool:
        """As Lms: "Participant", with a number behind it."""
        return not name or plain(name) == "participant"

    def exporter(self) -> type[Exporter]:
        """As Lms."""
        return MoodleExporter


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
            people: list[Row] = [
                (None, one, [Exact(one.id), Exact(_address(one)), one.first, one.last]) for one in self.learners
            ]
        else:
            info, headings, people = self._from_roster(self.table)
        maximum = self._maximum()
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
                if (grade.final or 0) > maximum:
                    self.tell(
                        f"{learner.shown} has more than {number(maximum)} points in {grade.unit}: Moodle may refuse the file"
                    )
            sums = [self.final_total(grades) or "-"] if self.with_total else []
            yield [*cells, *scores, *sums]
        if without:
            self.tell(f"left out, without any grade: {', '.join(without)}")

    def _maximum(self) -> float:
        """The most points that Moodle takes for a grade; says what its maximum has to be where it may be another one."""
        most = {unit: max((one.grades[unit].most for one in self.learners), default=0.0) for unit in self.units}
        place = self.table.column("maximum grade") if self.table else None
        said = (
            {row[place].strip() for row in self.table.rows if place < len(row)}
            if self.table and place is not None
            else set()
        )
        numbers = {float(text.replace(",", ".")) for text in said if re.fullmatch(r"\d+([.,]\d+)?", text)}
        if len(numbers) == 1 and len(self.units) == 1:
            (maximum,), (unit,) = numbers, self.units
            if maximum != most[unit]:
                self.tell(
                    f"Moodle's maximum grade is {number(maximum)}, and {unit} has {number(most[unit])} points: it would show"
                    f" {number(most[unit])} of {number(maximum)} for all of them; set the maximum grade to {number(most[unit])} first"
                )
            return maximum
        points = ", ".join(f"{unit.partition('_')[0]}: {number(most[unit])}" for unit in self.units)
        self.tell(f"grades are points, not percent; in Moodle the maximum grade of each unit has to be: {points}")
        return float(MOST)

    def title(self, heading: str) -> str:
        """As Exporter: without the kind of the item before it and the way it is shown behind."""
        title = re.sub(r"\s*\(Real\)\s*$", "", heading)
        return re.sub(r"^(?:Assignment|External tool|Manual item|File)\s*:\s*", "", title)

    def _from_roster(self, table: Roster) -> tuple[list[str], dict[str, str | None], list[Row]]:
        found = self.match(table)
        places = [p for p in map(table.column, self.identities) if p is not None]
        exact = {*map(table.column, self.identities[:3])}
        if any(lms.wrote(table) for lms in every()) or not {*places} & exact:
            raise Refused(f"{table.path} has none of Username, Email address, ID number: Moodle needs one")
        info = [table.heading[place] for place in places]
        rest = [heading for place, heading in enumerate(table.heading) if place not in places]
        headings = {unit: self.heading_of(unit, rest) for unit in self.units}
        people: list[Row] = []
        for person in table.people:
            if learner := found.get(id(person)):
                row = padded(person.row, len(table.heading))
                people.append((person, learner, [Exact(row[p]) if p in exact else row[p] for p in places]))
        return info, headings, people


def _address(learner: Learner) -> str:
    return learner.email or (learner.id if "@" in learner.id else "")


LMS = Moodle()
