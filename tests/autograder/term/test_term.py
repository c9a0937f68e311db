"""A whole term of 30 learners and all units, by the commands that an instructor types; what it comes to is added up twice.

Everything is real but the execution of code: releases and gradebook are nbgrader's, submissions come in the LMSs' own
zips, the engine reads, restores, judges and writes. What each learner did is kept here, and the expected grades are
computed from that alone, in plain Python, by the rules that docs/instructor.md tells.
"""

import csv
import json
import math
import random
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from autograder.demo import command as demo
from autograder.demo import learners as demo_class
from tests.autograder.term import small_term as term
from tests.autograder.term.small_term import (
    UNITS,
    Learner,
    csv_of,
    exercises,
    open_gradebook,
    read_csv,
    run,
    written,
    zip_of,
)

MOODLE, CANVAS, FOLDER = UNITS[:5], UNITS[5:7], UNITS[7:]  # a school that changes its LMS in the middle of a term
SEOUL = ZoneInfo("Asia/Seoul")
NAMES = ["Ada Lovelace", "Zoë O'Neil", "민준 김", "小明 李", "Ödön von Horváth", "Anne-Marie du Pré", "Ada King"]
CLASS = [
    Learner(f"s{n:02}@school.example", *(NAMES + [f"Nr{n} Learner"] * 30)[n].split(" ", 1), 500 + n, 1_200_000 + n)
    for n in range(30)
]
LEAVE = {CLASS[27].id: 4, CLASS[28].id: 3, CLASS[29].id: 0}  # after how many units
WRONG_AT_FIRST, MORE_POINTS = UNITS[3], UNITS[4]  # an exercise of the fourth is corrected, one of the fifth worth more
BROKEN = (CLASS[5].id, UNITS[5])  # hands in what is no notebook
DROP = 2


def due(unit: str) -> datetime:
    """When a unit is due, UTC."""
    return datetime(2026, 3, 2, 18) + timedelta(weeks=UNITS.index(unit))


@dataclass
class Work:
    """The last version that somebody handed in."""

    answers: dict[str, str]
    at: datetime | None  # None where the LMS does not tell
    manual: float = 0.0


@dataclass
class Story:
    """What everybody did, and nothing of what it is worth."""

    folder: Path
    dice: random.Random = field(default_factory=lambda: random.Random(2026))
    works: dict[tuple[str, str], Work] = field(default_factory=dict)
    more: dict[tuple[str, str], timedelta] = field(default_factory=dict)
    points: dict[str, dict[str, float]] = field(default_factory=lambda: {unit: dict(exercises(unit)) for unit in UNITS})

    def do(self, *arguments: object, code: int = 0) -> str:
        """Type a command."""
        got, said = run(*arguments)
        assert got == code, said
        return said

    def make_works(self, unit: str, share: float = 1.0) -> list[Learner]:
        """A share of the learners who are still there work on a unit, most of them in time. Returns them."""
        there = [one for one in CLASS if LEAVE.get(one.id, 99) > UNITS.index(unit)]
        chosen = [one for one in there if self.dice.random() < 0.94 * share]
        for one in chosen:
            hours = self.dice.choice([-40, -5, -1, -0.5, 0, 0, 0.1, 5, 24, 24.1, 60, 200])
            at = None if unit in CANVAS else due(unit) + timedelta(minutes=round(hours * 60))
            before = self.works.get((one.id, unit))
            if before and at:
                at = max(at, before.at + timedelta(hours=1))
            kinds = ["right"] * 6 + ["triple", "stub", "rrwr", "rwww", "wrrr", "wwww"]
            answers = {id: self.dice.choice(kinds) for id in exercises(unit)}
            answers |= {id: self.dice.choice(["right", "right", ""]) for id in written(unit)}
            self.works[one.id, unit] = Work(answers, at)
        return chosen

    def content(self, one: Learner, unit: str) -> bytes:
        """The file that somebody hands in."""
        return b"{ not JSON" if (one.id, unit) == BROKEN else term.notebook(unit, self.works[one.id, unit].answers)

    def collect(self, unit: str) -> str:
        """Download what the LMS has of a unit, and collect it."""
        files, times, number = {}, {}, unit[:2]
        for one in (one for one in CLASS if (one.id, unit) in self.works):
            at, name = self.works[one.id, unit].at, f"{one.first} {one.last}"
            if unit in MOODLE:
                files[f"{name}_{one.moodle}_assignsubmission_file_/{unit}.ipynb"] = self.content(one, unit)
                times[one.id] = f"{at.replace(tzinfo=UTC).astimezone(SEOUL):%A, %d %B %Y, %I:%M %p}"
            elif unit in CANVAS:
                late = self.dice.choice(["", "LATE_"])
                files[f"{one.last}{one.first}_{late}{one.canvas}_{9000 + one.canvas}_{unit}.ipynb"] = self.content(
                    one, unit
                )
            else:
                files[f"{one.id}/{unit}.ipynb"] = self.content(one, unit)
                files[f"{one.id}/timestamp.txt"] = f"{at:%Y-%m-%d %H:%M:%S} UTC"
        path = zip_of(self.folder / "from the LMS" / f"{number}.zip", files)
        if unit in MOODLE:
            sheet = term.moodle_worksheet(path.with_suffix(".csv"), CLASS, times)
            return self.do("collect", number, path, "--from", "moodle", "--roster", sheet, "--timezone", "Asia/Seoul")
        if unit in CANVAS:
            book = term.canvas_gradebook(path.with_suffix(".csv"), CLASS)
            return self.do("collect", number, path, "--from", "canvas", "--roster", book)
        return self.do("collect", number, path, "--from", "folder")

    def grade(self, unit: str) -> dict:
        """Grade a unit; returns what the command tells."""
        broken = (
            unit == BROKEN[1] and BROKEN in self.works
        )  # a person should look at it: exit code 1, as long as it is new
        code, said = run("grade", unit[:2], "--json")
        told = json.loads(said)
        assert code == int(broken and BROKEN[0] in [row["student"] for row in told["graded"]]), said
        return told

    def extend(self, one: Learner, unit: str, hours: int) -> str:
        """Give somebody more time."""
        self.more[one.id, unit] = timedelta(hours=hours)
        return self.do("extend", unit[:2], one.id, "--hours", hours)

    # ---- what it is worth, by the rules of docs/instructor.md ------------------------------------------------------------------

    def most(self, unit: str) -> float:
        """Points that a unit has."""
        return sum(self.points[unit].values()) + sum(written(unit).values())

    def score(self, student: str, unit: str) -> float | None:
        """What somebody has earned in a unit after the penalty; None where nothing was handed in."""
        work = self.works.get((student, unit))
        if work is None:
            return None
        if (student, unit) == BROKEN:
            return 0.0
        earned = work.manual
        for id, answer in work.answers.items():
            if id in self.points[unit]:
                right = {"right": 4, "triple": 0, "stub": 0}.get(answer, answer.count("r"))
                earned += self.points[unit][id] * right / 4
        late = (work.at - due(unit) - self.more.get((student, unit), timedelta())) if work.at else timedelta()
        days = math.ceil(late / timedelta(days=1)) if late > timedelta() else 0
        return round(earned - round(earned * min(0.5, 0.1 * days), 2), 2)

    def total(self, student: str) -> tuple[float, float, set[str]]:
        """(points, out of how many, dropped units)."""
        scores = {unit: self.score(student, unit) or 0.0 for unit in UNITS}
        worst = sorted(UNITS, key=lambda unit: (scores[unit] / self.most(unit), -self.most(unit), -UNITS.index(unit)))
        kept = [unit for unit in UNITS if unit not in worst[:DROP]]
        return sum(scores[unit] for unit in kept), sum(map(self.most, kept)), set(worst[:DROP])


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The term, from the first release to the last grade."""
    with pytest.MonkeyPatch.context() as patch:
        folder = term.make_course(tmp_path_factory.mktemp("term") / "course")
        packs = {unit: term.make_packs(unit) for unit in UNITS}
        packs[WRONG_AT_FIRST] = term.make_packs(WRONG_AT_FIRST, twice=2.5)  # the author expects a wrong value once
        term.install_stub(patch, packs)
        patch.chdir(folder)
        with open_gradebook(folder) as gradebook:
            for unit in UNITS:
                gradebook.update_or_create_assignment(unit, duedate=due(unit))
        story = Story(folder)
        for unit in UNITS:
            _hold(story, unit)
        _correct(story, packs)
        _read_reports(story)
    return story


def _hold(story: Story, unit: str) -> None:
    """One week: work, perhaps more time, collect, grade; in some weeks a second version from some."""
    chosen = story.make_works(unit)
    if unit == UNITS[2]:
        for one in chosen[:2]:  # before they hand in: grading counts it
            with open_gradebook(story.folder) as gradebook:
                known = {student.id for student in gradebook.students}
            assert one.id in known
            story.extend(one, unit, 30)
    story.collect(unit)
    told = story.grade(unit)
    assert (len(told["graded"]), told["failed"]) == (len(chosen), {})
    if unit in (UNITS[1], UNITS[6], UNITS[8]):
        again = story.make_works(unit, 0.2)
        said = story.collect(unit)
        assert f"{len(again)} collected" in said
        told = story.grade(unit)
        assert {row["student"] for row in told["graded"]} == {one.id for one in again}
        assert len(told["already"]) == len({one for one, of in story.works if of == unit}) - len(again)
    if unit == UNITS[4]:
        late = max(chosen, key=lambda one: story.works[one.id, unit].at)
        assert "penalty" in story.extend(late, unit, 240)  # after grading: worked out again at once
        assert story.score(late.id, unit) > 0


def _correct(story: Story, packs: dict) -> None:
    """An exercise's expectation was wrong, another is to be worth more: judged again, and nobody's code runs."""
    packs[WRONG_AT_FIRST] = term.make_packs(WRONG_AT_FIRST)
    said = story.do("judge", WRONG_AT_FIRST[:2])
    assert " changed" in said
    assert ", 0 changed" not in said
    id = next(iter(exercises(MORE_POINTS)))
    story.points[MORE_POINTS][id] += 2
    packs[MORE_POINTS] = term.make_packs(MORE_POINTS, points={id: story.points[MORE_POINTS][id]})
    story.do("judge", MORE_POINTS[:2])


def _read_reports(story: Story) -> None:
    """The instructor gives points for what was written, then has penalties worked out from all points."""
    with open_gradebook(story.folder) as gradebook:
        for (student, unit), work in story.works.items():
            for id, most in written(unit).items():
                if work.answers[id]:
                    given = story.dice.choice([0.0, 2.5, most / 2, most])
                    work.manual += given
                    grade = gradebook.find_grade(id, unit, unit, student)
                    grade.manual_score, grade.needs_manual_grade = given, False
        gradebook.db.commit()
    assert "penalties are not what policy and points say now" in story.do("export", "--to", "before.csv")
    story.do("late")


@pytest.fixture
def here(story, monkeypatch):
    monkeypatch.chdir(story.folder)
    return story


def test_the_table_says_what_everybody_earned(here):
    said = here.do("export", "--drop-lowest", DROP)
    table = {row["student_id"]: row for row in read_csv(Path("grades.csv"))}
    assert len(table) == 30
    for one in CLASS:
        for unit in UNITS:
            expected, found = here.score(one.id, unit), table[one.id][f"{unit} (of {here.most(unit):g})"]
            assert found == ("" if expected is None else f"{expected:.2f}".rstrip("0").rstrip(".")), (one.id, unit)
        points, most, dropped = here.total(one.id)
        assert float(table[one.id]["total"]) == pytest.approx(points)
        assert float(table[one.id]["of"]) == most
        assert float(table[one.id]["percent"]) == pytest.approx(100 * points / most, abs=0.005)
        assert set(table[one.id]["dropped"].split()) == {unit[:2] for unit in dropped}
    for state in ("waits to be graded", "not graded yet", "penalties are not"):
        assert state not in said


def test_the_term_had_all_that_terms_have(here):
    """So that the sums above are about something: every kind of late work, second versions, units not handed in."""
    late = [here.works[key].at - due(key[1]) for key in here.works if here.works[key].at]
    assert sum(timedelta() < by <= timedelta(days=1) for by in late) > 10
    assert sum(by > timedelta(days=5) for by in late) > 5
    assert sum(by == timedelta() for by in late) > 5
    assert any(here.score(one.id, UNITS[8]) is None for one in CLASS[:27])
    assert all(here.score(CLASS[29].id, unit) is None for unit in UNITS)
    assert len(list(here.folder.glob("downloaded/*/*/replaced/*"))) > 5
    scores = {here.score(*key) for key in here.works}
    assert len(scores) > 60


def test_canvas_gets_the_same(here, tmp_path):
    book = term.canvas_gradebook(tmp_path / "book.csv", CLASS)
    here.do("export", "--for", "canvas", "--roster", book, "--with-total", "--drop-lowest", DROP)
    with Path("canvas.csv").open(newline="") as file:
        heading, points, *rows = csv.reader(file)
    assert heading[5:] == [*UNITS, "Total in percent"]
    assert [float(cell) for cell in points[5:-1]] == [here.most(unit) for unit in UNITS]
    assert [row[3] for row in rows] == [one.id for one in CLASS]
    for one, row in zip(CLASS, rows, strict=True):
        expected = [here.score(one.id, unit) for unit in UNITS]
        assert [float(cell) if cell else None for cell in row[5:-1]] == expected
        sums = here.total(one.id)
        assert float(row[-1]) == pytest.approx(100 * sums[0] / sums[1], abs=0.005)


def test_moodle_gets_the_same(here, tmp_path):
    people = [[one.first, one.last, one.email] for one in CLASS]
    roster = csv_of(tmp_path / "participants.csv", [["First name", "Last name", "Email address"], *people])
    said = here.do("export", "--for", "moodle", "--roster", roster)
    rows = {row["Email address"]: row for row in read_csv(Path("moodle.csv"))}
    assert rows.keys() == {one.email for one in CLASS[:29]}
    assert f"left out, without any grade: {CLASS[29].first}" in said
    for one in CLASS[:29]:
        for unit in UNITS:
            expected, found = here.score(one.id, unit), rows[one.email][unit]
            assert (None if found == "-" else float(found)) == expected


def test_two_units_graded_really(tmp_path):
    """Three learners' code in the engine's own processes, judged on hidden probes of the course's own exercises."""
    folder = tmp_path / "course"
    units = UNITS[:2]
    term.make_course(folder)
    with open_gradebook(folder) as gradebook:
        for unit in units:
            gradebook.update_or_create_assignment(unit, duedate=demo.DUE.replace(tzinfo=None))
    expected = {}
    for unit in units:
        ids = list(exercises(unit))
        left = dict.fromkeys(ids[len(ids) // 2 :], "")  # what comes later may call what came before
        learners = [
            demo_class.Learner("mia", unit, "all right"),
            demo_class.Learner("noa", unit, "half of it, two days late", answers=left, hours_late=47),
            demo_class.Learner("oli", unit, "untouched", others_right=False),
        ]
        for one in learners:
            demo.hand_in(one, folder / "release" / unit, folder / "submitted")
        half = sum(exercises(unit)[id] for id in ids if id not in left)
        expected[unit] = {"mia": sum(exercises(unit).values()), "noa": round(half * 0.8, 2), "oli": 0.0}
        command = [sys.executable, "-m", "autograder", "grade", unit[:2], "--jobs", "2"]
        done = subprocess.run(command, cwd=folder, env=demo.environment(folder), capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    command = [sys.executable, "-m", "autograder", "export", "--drop-lowest", "1"]
    subprocess.run(command, cwd=folder, env=demo.environment(folder), check=True, capture_output=True)
    for row in read_csv(folder / "grades.csv"):
        scores = {unit: expected[unit][row["student_id"]] for unit in units}
        most = {unit: expected[unit]["mia"] for unit in units}
        for unit in units:
            assert float(row[f"{unit} (of {most[unit]:g})"]) == scores[unit]
        best = max(units, key=lambda unit: (scores[unit] / most[unit], -most[unit]))
        assert (float(row["total"]), float(row["of"])) == (scores[best], most[best])
