"""Who is in the class: the tables that an LMS lets one download, read as people, and found in the gradebook.

Their headings are read in English: an LMS writes them in the language of whoever downloads.
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.common.names import plain, safe_id, why_no_id
from autograder.engine.record import beside
from autograder.limits import MAX_ID
from autograder.term.groups import tails
from autograder.term.lms import BY_HAND, Lms, all_headings, every
from autograder.term.tables import is_garbled, read_table
from course_utils.refused import Refused

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, Student

#: What a column's heading, in lower case, says about a person, whoever wrote the table; what an LMS calls it is in its module.
HEADINGS = {"name": "name", "email": "email", "section": "section", "group": "section", "groups": "section"}
#: Of these a roster needs one: nobody is found by a name that two may have.
IDENTITIES = ("username", "email", "number", "lms")


@dataclass
class Person:
    """One row of a roster; what its table does not tell is empty."""

    first: str = ""
    last: str = ""
    name: str = ""
    username: str = ""
    email: str = ""
    number: str = ""  # the school's own
    lms: str = ""  # the LMS's
    participant: str = ""  # the LMS's, of one assignment
    submitted: str = ""  # when, as the table writes it
    section: str = ""  # or group
    row: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id that a gradebook gets which does not know this person yet; "" where none can be a folder's name."""
        return next((getattr(self, name) for name in IDENTITIES if not why_no_id(getattr(self, name))), "")

    @property
    def shown(self) -> str:
        """What to call this person in a message."""
        return " ".join(filter(None, [self.first, self.last])) or self.name or self.id

    def identities(self) -> set[str]:
        """All that this person's gradebook id may be."""
        return {getattr(self, name).casefold() for name in IDENTITIES} - {""}

    def spelled(self) -> list[str]:
        """The spellings under which an LMS may write this person's name into a file's."""
        given, family = self.first, self.last
        if not (given or family) and "," in self.name:
            family, _, given = self.name.partition(",")
        return [f"{given} {family}", f"{family} {given}", f"{self.username} {given} {family}", self.name]

    def names(self) -> set[str]:
        """These spellings, each by `plain`."""
        return {plain(name) for name in self.spelled()} - {""}

    def aliases(self) -> set[str]:
        """The ids that this person may have got where a download was collected without a roster."""
        return {self.lms, *map(safe_id, self.spelled())} - {""}


@dataclass
class Roster:
    """A table as it was downloaded, and the people in it."""

    path: Path
    heading: list[str]
    rows: list[list[str]]  # all of them, those that are no person included
    people: list[Person]
    encoding: str = "utf-8"
    guessed: bool = False  # the encoding was recognised, not told

    def twins(self) -> str:
        """Two people of one id, where there are such: work of the one would become the other's."""
        seen: dict[str, Person] = {}
        for person in self.people:
            other = seen.setdefault(person.id.casefold(), person) if person.id else person
            if {plain(name) for name in (other.shown,)} != {plain(person.shown)}:
                return f"{other.shown} and {person.shown}, who both have {person.id!r}"
        return ""

    def column(self, *names: str) -> int | None:
        """The place of the first column that is called one of these, in lower case; None where there is none."""
        headings = self.headings()
        return next((headings.index(name) for name in names if name in headings), None)

    def headings(self) -> list[str]:
        """The headings, in lower case."""
        return [" ".join(heading.split()).casefold() for heading in self.heading]


def read_roster(path: Path, encoding: str = "") -> Roster:
    """Read a class from a CSV: Moodle's participants, grading worksheet or grades, or Canvas's gradebook.

    Raises Refused, naming the file and what to do, where it is none of these.
    """
    table = read_table(path, encoding)
    rows = table.rows
    if not rows:
        raise Refused(f"the roster {path} is empty")
    roster = Roster(path, rows[0], rows[1:], [], table.encoding, table.guessed)
    known = HEADINGS | all_headings()
    facts: dict[int, str] = {}  # the place of a column -> what it holds
    for place, heading in enumerate(roster.headings()):
        fact = known.get(heading)
        if fact and fact not in facts.values():
            facts[place] = fact
    if not set(facts.values()) & {*IDENTITIES, "participant"}:
        raise Refused(
            f"the roster {path} has no column that identifies a learner: its columns are {', '.join(rows[0][:50])[:200]}, and"
            " one of Username, Email address, ID number, SIS Login ID, ID is needed. Download it with the LMS in English."
        )
    for row in rows[1:]:
        told = {fact: row[place].strip() for place, fact in facts.items() if place < len(row)}
        if _is_person(told):
            roster.people.append(Person(**told, row=row))
    return roster


class People:
    """The people of a roster by all that a file's name may call them."""

    def __init__(self, people: list[Person]) -> None:
        self._found: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in people:
            keys = {("lms", person.lms), ("participant", person.participant.rpartition(" ")[2])}
            keys |= {("identity", one) for one in person.identities()} | {("name", one) for one in person.names()}
            for key in keys:
                self._found[key].append(person)

    def named(self, lms: Lms, name: str, number: str) -> Person | None:
        """Whose a file of this name is; None where it has none, or several of that name."""
        if number and lms.number == "lms":
            return self._only(self._all("lms", number))
        if number and (same := self._all(lms.number, number)):
            return same[0]
        if lms.name.lower() == BY_HAND and (same := self._all("identity", name.casefold())):
            return same[0]
        found = self._all("name", plain(name))
        if (
            lms.has_groups and len(found) != 1
        ):  # the only one whom it means that begins with a group's: Group A-Ada Lovelace
            found = list({id(one): one for tail in tails(name) for one in self._all("name", plain(tail))}.values())
        return self._only(found)

    def _all(self, kind: str, key: str) -> list[Person]:
        return self._found.get((kind, key), []) if key else []

    def _only(self, found: list[Person]) -> Person | None:
        return found[0] if len(found) == 1 else None


def known_by(students: Iterable[Student]) -> dict[str, Student]:
    """The gradebook's learners by all that a roster may call them: id, e-mail address, the LMS's own number."""
    found: dict[str, Student] = {}
    students = list(students)
    for fact in ("id", "lms_user_id", "email"):  # an id first: it is what the gradebook itself goes by
        for student in students:
            if key := getattr(student, fact):
                found.setdefault(key.casefold(), student)
    return found


def enter(gradebook: Gradebook, people: Iterable[Person], guessed: bool = False) -> tuple[dict[int, str], list[str]]:
    """Enter people in the gradebook, with names and addresses. Returns the id of each, by `id()` of the person, and remarks.

    Somebody who is there keeps their id, and what this roster does not tell of them stays. So does a name, where the
    roster's is garbled, or its encoding was `guessed`: a good name is never lost to a bad file.
    """
    students = {student.id: student for student in gradebook.students}
    by_key = {key: student.id for key, student in known_by(students.values()).items()}
    people = list(people)
    nameless = {student.id for student in students.values() if not (student.first_name or student.last_name)}
    aliases = _of_one_alone(people)
    ids, remarks = {}, []
    for person in people:
        found = next((by_key[key] for key in sorted(person.identities()) if key in by_key), None)
        if not found and (before := sorted(nameless & aliases[id(person)])):
            found = before[0]
            remarks.append(f"{person.shown} stays {found}, as they are called since a collection without a roster")
        student = found or person.id
        if not student:
            continue
        told = _told(person)
        kept = _kept(told, students.get(student), guessed)
        if kept:
            remarks.append(f"{student}: the roster's {' and '.join(kept)} not taken: its encoding may have damaged it")
        gradebook.update_or_create_student(student, **{fact: text for fact, text in told.items() if fact not in kept})
        ids[id(person)] = student
        if person.section:
            beside.keep_sections(gradebook, {student: person.section[:MAX_ID]})
        for key in person.identities():
            by_key.setdefault(key, student)
    return ids, remarks


def _of_one_alone(people: list[Person]) -> dict[int, set[str]]:
    """`id()` of each person -> those of the aliases that nobody else has, as an alias or as an id."""
    count = Counter(alias for person in people for alias in person.aliases() | {person.id})
    return {id(person): {alias for alias in person.aliases() if count[alias] == 1} for person in people}


def bring_together(submitted: Path, roster: Roster, ids: dict[int, str], known: set[str], aside: Path) -> list[str]:
    """Move what lies in submitted/ALIAS to the learner whose alias it is; returns a line for each who was there twice.

    `known` are the ids of the gradebook, which stay. What is in the way of nothing newer is moved, the rest goes to `aside`.
    """
    aliases, said = _of_one_alone(roster.people), []
    for person in roster.people:
        student = ids.get(id(person), "")
        for alias in sorted(aliases[id(person)] - known - {student}):
            place = submitted / alias
            if not student or why_no_id(alias) or place.is_symlink() or not place.is_dir():
                continue
            for unit in sorted(place.iterdir()):
                to = submitted / student / unit.name
                to = aside / alias / unit.name if to.exists() else to
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(unit, to)
            place.rmdir()
            said.append(f"{alias} is {student}: what was collected without a roster is in submitted/{student} now")
    return said


def _told(person: Person) -> dict[str, str]:
    """What a roster says of somebody, as the gradebook keeps it."""
    first, last = person.first, person.last
    if not (first or last) and "," in person.name:
        last, first = (part.strip() for part in person.name.split(",", 1))
    elif not (first or last):
        first, _, last = person.name.rpartition(" ")
    told = {"first_name": first, "last_name": last, "email": person.email, "lms_user_id": person.lms}
    return {fact: text[:MAX_ID] for fact, text in told.items() if text}


def _kept(told: dict[str, str], known: Student | None, guessed: bool) -> dict[str, str]:
    """Of what a roster says, the names that may not take the place of what the gradebook has."""
    names = {fact: text for fact, text in told.items() if fact in ("first_name", "last_name")}
    there = {fact: getattr(known, fact, None) or "" for fact in names}
    return {
        fact: text
        for fact, text in names.items()
        if text != there[fact] and (is_garbled(text) or (guessed and there[fact] and not text.isascii()))
    }


def _is_person(told: dict[str, str]) -> bool:
    return any(told.get(name) for name in (*IDENTITIES, "participant")) and not any(
        lms.is_nobody(told) for lms in every()
    )
