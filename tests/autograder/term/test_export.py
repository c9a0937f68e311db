"""Grades for spreadsheets, Canvas and Moodle: the columns that each takes in, everybody named, nothing changed that should not."""

import csv
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.common.spreadsheet import Exact, as_csv, as_text, is_formula
from autograder.common.words import late_words
from autograder.term.export.grades import GRADED, Grade, total
from tests.autograder.term import small_term as term
from tests.autograder.term.small_term import (
    Learner,
    all_right,
    canvas_gradebook,
    csv_of,
    hand_in,
    install_stub,
    make_packs,
    open_gradebook,
    read_csv,
    run,
)

ONE, TWO, NINE = "01_containers_and_arrays", "02_convolution_and_pooling", "09_bbc_project"
DUE = datetime(2026, 3, 1, 18)
ADA, BEN = Learner("ada", "Ada", "Lovelace", 501), Learner("ben", "Ben", "O'Hara", 502)
EVA = Learner("eva", "=cmd|'/C calc'!A0", "@SUM(1)", 503)  # a name that a spreadsheet would run
MIN, NEW = Learner("min", "민준", "김", 504), Learner("new", "Nils", "Ny", 505)
CLASS = [ADA, BEN, EVA, MIN]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Ada has all of units 01, late, and 02, Ben half of 01, Eva 09's code, Min nothing but more time for 01."""
    with pytest.MonkeyPatch.context() as patch:
        folder = term.make_course(tmp_path_factory.mktemp("export") / "course", [ONE, TWO, NINE])
        install_stub(patch, {unit: make_packs(unit) for unit in (ONE, TWO, NINE)})
        patch.chdir(folder)
        with open_gradebook(folder) as gradebook:
            gradebook.update_or_create_assignment(ONE, duedate=DUE)
            for one in CLASS:
                gradebook.update_or_create_student(
                    one.id, first_name=one.first, last_name=one.last, email=one.email, lms_user_id=str(one.canvas)
                )
        hand_in(folder, "ada", ONE, all_right(ONE), DUE + timedelta(hours=30))
        hand_in(folder, "ada", TWO, all_right(TWO))
        hand_in(folder, "ben", ONE, dict.fromkeys(term.exercises(ONE), "rrww"), DUE)
        hand_in(folder, "eva", NINE, all_right(NINE))
        hand_in(folder, "ben", TWO, {})
        for unit, only in (("01", ()), ("02", ("--student", "ada")), ("09", ())):
            code, said = run("grade", unit, *only)
            assert code == 0, said
        run("extend", "01", "min", "--days", 2)
    return folder


@pytest.fixture
def course(graded, monkeypatch):
    monkeypatch.chdir(graded)
    return graded


def rows(path: str) -> list[list[str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_table_for_a_spreadsheet(course):
    code, said = run("export", "--drop-lowest", 1)
    assert code == 0
    assert Path("grades.csv").read_bytes().startswith(b"\xef\xbb\xbf")  # by which a spreadsheet knows UTF-8
    table = {row["student_id"]: row for row in read_csv(Path("grades.csv"))}
    assert list(table) == ["eva", "ada", "ben", "min"]  # by family name
    ada = table["ada"]
    assert ada[f"{ONE} (of 15)"] == "12"  # 2 days begun
    assert ada[f"{TWO} (of 19)"] == "19"
    assert (ada["total"], ada["of"], ada["percent"], ada["dropped"]) == ("31", "34", "91.18", "09")
    assert ada["remarks"] == "01: 3 points taken for being 1 day 6 hours late; 09: nothing handed in"
    assert table["ben"]["remarks"] == "02: not graded yet; 09: nothing handed in"
    assert table["min"][f"{ONE} (of 15)"] == ""
    assert (table["min"]["total"], table["min"]["percent"]) == ("0", "0")
    assert "09_bbc_project: waits to be graded by hand: =cmd|'/C calc'!A0 @SUM(1) (eva)" in said
    assert f"{ONE}: nothing handed in: =cmd|'/C calc'!A0 @SUM(1) (eva), 민준 김 (min)" in said
    assert f"{TWO}: not graded yet: Ben O'Hara (ben)" in said
    assert "grades.csv: 4 learners, 3 units, the lowest 1 of each learner dropped" in said


def test_no_cell_is_a_formula(course):
    run("export", "--to", "a.csv")
    run("export", "--for", "canvas", "--to", "b.csv")
    run("export", "--for", "moodle", "--to", "c.csv")
    for path in "abc":
        for cell in (cell for row in rows(f"{path}.csv") for cell in row):
            assert not is_formula(cell)
    assert "'@SUM(1)" in [row[1] for row in rows("a.csv")]


@given(st.text())
def test_text_is_text_to_a_spreadsheet_and_still_readable(text):
    cell = as_text(text)
    assert cell in (text, f"'{text}")
    assert not is_formula(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "=1",
            "  =1",
            "\u00a0=1",
            "\u3000=1",
            "\ufeff=1",
            "\u200b@x",
            "\t1",
            "\r=1",
            "\n",
            "-cmd",
            "@x",
            "+1+1",
            "-1-1",
        ),
        *("＝1", "＋1+1", "－2-3", "＠SUM(1)", "−1+1", "﹢1+1"),
    ],
    ids=ascii,
)
def test_every_way_to_begin_a_formula_is_known(cell):
    assert as_text(cell) == f"'{cell}"
    assert as_csv([[Exact(cell)]])[1] == [cell]  # told, where it must stay


def test_numbers_and_moodles_dash_are_no_formulas():
    for cell in ("-1.5", "+3", "-", "12", "7,5", "-10%", "a=b", "a@b.example", ""):
        assert as_text(cell) == cell


def test_a_login_that_looks_like_a_formula_is_told_and_kept(tmp_path, monkeypatch):
    folder = term.make_course(tmp_path / "course", [ONE])
    install_stub(monkeypatch, {ONE: make_packs(ONE)})
    monkeypatch.chdir(folder)
    hand_in(folder, "=cmd", ONE, all_right(ONE))
    run("grade", "01")
    for target in ("canvas", "moodle"):
        code, said = run("export", "--for", target)
        assert code == 0
        assert "'=cmd' looks like a formula to a spreadsheet" in said
        assert any("=cmd" in row for row in rows(f"{target}.csv"))


def test_canvas_without_a_roster(course):
    """The columns and rows that Canvas's importer looks for, in its order."""
    code, _ = run("export", "--for", "canvas")
    assert code == 0
    heading, points, *learners = rows("canvas.csv")
    assert heading == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ONE, TWO, NINE]
    assert points == ["    Points Possible", "", "", "", "", "15", "19", "31"]
    assert ["Lovelace, Ada", "501", "", "ada", "", "12", "19", ""] in learners
    assert [row[-1] for row in learners] == [""] * 4  # what waits to be graded by hand is no grade yet


def test_canvas_with_its_own_export_keeps_ids_columns_and_grades(course, tmp_path):
    """An empty cell would erase what Canvas has: where there is no grade here, its own stays."""
    roster = canvas_gradebook(
        tmp_path / "c.csv", [ADA, BEN, NEW, EVA], {"Unit 02: Convolve (88)": 20, "02 (7)": 5, "Unit 1 (91)": 15}
    )
    text = roster.read_text(encoding="utf-8-sig").replace(f"{BEN.id},A and B,,,", f"{BEN.id},A and B,EX,,3")
    roster.write_text(text)
    code, said = run("export", "--for", "canvas", "--roster", roster, "--column", "02=Unit 02: Convolve (88)")
    assert code == 0
    heading, points, *learners = rows("canvas.csv")
    assert heading == [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        "Unit 1 (91)",
        "Unit 02: Convolve (88)",
        NINE,
    ]
    assert points[5:] == ["15", "19", "31"]
    found = {row[1]: row for row in learners}
    assert list(found) == ["501", "502", "505", "503"]
    assert found["501"] == ["Lovelace, Ada", "501", "S501", "ada", "A and B", "12", "19", ""]
    assert found["502"][5:] == ["7.5", "EX", ""]
    assert found["505"][5:] == ["", "", ""]
    assert "Canvas will change the points of 'Unit 02: Convolve (88)' from 20.00 to 19" in said
    assert f"Canvas will make a new assignment of: {NINE}" in said
    assert "left out, not in the roster: 민준 김 (min)" in said
    assert "in the roster and not in the gradebook, so without a grade: Ny, Nils" in said


def test_canvas_is_not_guessed_at(course, tmp_path):
    """Two columns that may be the unit's are an error; one that has only its number somewhere is none of them."""
    both = canvas_gradebook(tmp_path / "c.csv", CLASS, {"Unit 1 (1)": 15, "unit 01 (2)": 15})
    code, said = run("export", "--for", "canvas", "--roster", both)
    assert code == 2
    assert "2 columns that may be 01_containers_and_arrays: name one, --column 01=HEADING" in said
    quiz = canvas_gradebook(tmp_path / "c.csv", CLASS, {"Quiz 1 (5)": 15})
    run("export", "--for", "canvas", "--roster", quiz)
    assert rows("canvas.csv")[0][5:] == [ONE, TWO, NINE]
    code, said = run("export", "--for", "canvas", "--roster", quiz, "--column", "01=Quiz 9 (5)")
    assert (code, "has no column 'Quiz 9 (5)'" in said) == (2, True)


def test_moodle_without_a_roster(course):
    """An identifying column and points; `-` is Moodle's word for no grade, and who has none at all is left out."""
    code, said = run("export", "--for", "moodle", "--with-feedback")
    assert code == 0
    heading, *learners = rows("moodle.csv")
    assert heading[:4] == ["Username", "Email address", "First name", "Last name"]
    assert heading[4:] == [name for unit in (ONE, TWO, NINE) for name in (unit, f"{unit} (feedback)")]
    found = {row[0]: row for row in learners}
    late = "3 points taken for being 1 day 6 hours late"
    assert found["ada"] == ["ada", ADA.email, "Ada", "Lovelace", "12", late, "19", "", "-", "nothing handed in"]
    assert found["ben"][4:] == ["7.5", "", "-", "not graded yet", "-", "nothing handed in"]
    assert found.keys() == {"ada", "ben"}
    assert "left out, without any grade: =cmd|'/C calc'!A0 @SUM(1) (eva), 민준 김 (min)" in said


def test_moodle_with_its_own_export(course, tmp_path):
    """A row that Moodle does not know would make it refuse the whole file."""
    heading = [
        "First name",
        "Last name",
        "ID number",
        "Email address",
        "Assignment: Unit 02 (Real)",
        "Course total (Real)",
    ]
    people = [[one.first, one.last, f"S{one.canvas}", one.email, "4.50", "80"] for one in (ADA, BEN, NEW)]
    roster = csv_of(tmp_path / "moodle.csv", [heading, *people])
    code, said = run("export", "--for", "moodle", "--roster", roster, "--with-total", "--unit", "01", "--unit", "02")
    assert code == 0
    assert rows("moodle.csv") == [
        ["Email address", "ID number", "First name", "Last name", ONE, heading[4], "Total in percent"],
        [ADA.email, "S501", "Ada", "Lovelace", "12", "19", "91.18"],
        [BEN.email, "S502", "Ben", "O'Hara", "7.5", "4.50", "-"],
    ]
    assert "left out, not in the roster: =cmd|'/C calc'!A0 @SUM(1) (eva), 민준 김 (min)" in said
    assert "so without a grade: Nils Ny" in said


def test_only_some(course):
    run("export", "--unit", "01", "--student", "ben")
    (row,) = read_csv(Path("grades.csv"))
    assert (row["student_id"], row["total"], row["of"]) == ("ben", "7.5", "15")


def test_nbgraders_own_command_takes_the_plugins(course):
    command = [
        sys.executable,
        "-m",
        "nbgrader",
        "export",
        "--exporter=autograder.term.lms.canvas.CanvasExporter",
        "--to=own.csv",
    ]
    done = subprocess.run([*command, "--CanvasExporter.with_total=True"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    totals = {row[3]: row[-1] for row in rows("own.csv")[2:]}
    assert totals == {"ada": "47.69", "ben": "", "eva": "", "min": "0"}  # 31 of 65; no total while one is not final
    assert "waits to be graded by hand" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--drop-lowest", 3], "only 3 units are graded, one must be left"),
        (["--for", "canvas", "--roster", "moodle_like.csv"], "is not an export of Canvas's gradebook"),
        (["--for", "moodle", "--roster", "canvas_like.csv"], "none of Username, Email address, ID number"),
        (["--column", "nonsense"], "a unit, = and a heading are expected"),
        (["--roster", "moodle_like.csv"], "a roster is for the files of an LMS"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(course, arguments, words):
    csv_of(course / "moodle_like.csv", [["First name", "Email address"], ["Ada", ADA.email]])
    canvas_gradebook(course / "canvas_like.csv", CLASS)
    code, said = run("export", *arguments)
    assert code == 2
    assert words in said
    assert len(said.splitlines()) == 1


def test_nothing_is_graded_yet(tmp_path, monkeypatch):
    monkeypatch.chdir(term.make_course(tmp_path / "course", [ONE]))
    assert run("export") == (2, "autograder: nothing is graded yet; run: autograder grade UNIT\n")


# ---- totals ----------------------------------------------------------------------------------------------------------


def grade(unit: str, score: float | None, most: float) -> Grade:
    return Grade(unit, most, GRADED, score)


def test_the_lowest_percentage_is_dropped_not_the_fewest_points():
    grades = [grade("a", 9, 10), grade("b", 20, 40), grade("c", None, 5)]
    assert total(grades).percent == pytest.approx(100 * 29 / 55)
    assert total(grades, 1).dropped == ("c",)
    assert total(grades, 2) == total([grade("a", 9, 10)]).__class__(9, 10, ("b", "c"))


def test_of_equal_ones_the_larger_is_dropped():
    """So that what is left weighs less of the lowest."""
    assert total([grade("a", 5, 10), grade("b", 10, 20), grade("c", 9, 10)], 1).dropped == ("b",)
    assert total([grade("a", 5, 10), grade("b", 5, 10), grade("c", 9, 10)], 1).dropped == ("b",)


def test_one_unit_must_be_left():
    with pytest.raises(ValueError, match="one must be left"):
        total([grade("a", 1, 2)], 1)


scores = st.lists(
    st.tuples(st.integers(0, 80), st.integers(1, 20)).map(lambda pair: (min(pair[0] / 4, pair[1]), pair[1])), min_size=2
)


@given(scores, st.data())
def test_dropping_never_makes_it_worse(pairs, data):
    grades = [grade(f"u{place}", score, most) for place, (score, most) in enumerate(pairs)]
    count = data.draw(st.integers(0, len(grades) - 1))
    kept = total(grades, count)
    assert kept.percent >= total(grades).percent - 1e-9
    assert len(kept.dropped) == count
    assert kept.points == pytest.approx(sum(one.score for one in grades if one.unit not in kept.dropped))


def test_times_as_people_say_them():
    assert [late_words(seconds) for seconds in (1, 3_600, 5_400, 90_000, 259_200)] == [
        "1 minute",
        "1 hour",
        "1 hour 30 minutes",
        "1 day 1 hour",
        "3 days",
    ]
