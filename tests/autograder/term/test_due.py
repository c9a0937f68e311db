"""When units are due, as an instructor says it; and where each unit stands."""

import os
import shutil
from datetime import datetime, timedelta

import pytest

from tests.autograder.term import small_term as term
from tests.autograder.term.small_term import all_right, csv_of, hand_in, install_stub, make_packs, open_gradebook, run

UNIT, OTHER = "01_containers_and_arrays", "02_convolution_and_pooling"
DUE = datetime(2026, 3, 1, 18)


@pytest.fixture
def course(tmp_path, monkeypatch):
    folder = term.make_course(tmp_path / "course", [UNIT])
    install_stub(monkeypatch, {UNIT: make_packs(UNIT)})
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TZ", "UTC")
    return folder


def due_date(folder, unit):
    with open_gradebook(folder) as gradebook:
        return gradebook.find_assignment(unit).duedate


def test_a_date_is_kept_in_utc_and_its_zone_is_said_again(course):
    code, said = run("due", "01", "2026-12-01 23:59", "--zone", "Europe/Berlin")
    assert (code, said) == (0, f"{UNIT}: 2026-12-01 23:59 Europe/Berlin (2026-12-01 22:59 UTC)\n")
    assert due_date(course, UNIT) == datetime(2026, 12, 1, 22, 59)
    run("due", "02", "2026-07-01 23:59")  # the zone of before, and summer time in it
    assert due_date(course, OTHER) == datetime(2026, 7, 1, 21, 59)
    assert f"{OTHER}: 2026-07-01 23:59 Europe/Berlin (2026-07-01 21:59 UTC)\n" in run("due")[1]
    assert run("due", "02", "--remove") == (0, f"{OTHER}: no due date, so nothing is late\n")
    assert due_date(course, OTHER) is None
    assert run("due", "02")[1] == f"{OTHER}: no due date, so nothing is late\n"


def test_without_a_zone_it_is_this_machines(course, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Seoul")
    assert "2026-12-01 09:00 Asia/Seoul (2026-12-01 00:00 UTC)" in run("due", "01", "2026-12-01 09:00")[1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("due.csv", "unit,due\n01,2026-12-01 23:59\n02,2026-12-08 23:59\n"),
        (
            "due.toml",
            'zone = "Europe/Berlin"\n01 = "2026-12-01 23:59"\n02_convolution_and_pooling = 2026-12-08 23:59:00\n',
        ),
    ],
)
def test_all_units_from_a_file(course, name, text):
    (course / name).write_text(text)
    code, said = run("due", "--from", name, *(["--zone", "Europe/Berlin"] if name == "due.csv" else []))
    assert code == 0, said
    assert due_date(course, UNIT) == datetime(2026, 12, 1, 22, 59)
    assert due_date(course, OTHER) == datetime(2026, 12, 8, 22, 59)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["01", "02.03.2026 18:00"], "may be 3 February 2026 or 2 March 2026; write it as 2026-12-01 23:59"),
        (["01", "2026-12-01"], "the time of day, is missing"),
        (["77", "2026-12-01 23:59"], "no unit called '77'"),
        (["01", "2026-12-01 23:59", "--zone", "Berlin"], "no time zone 'Berlin'"),
        (["--from", "due.csv"], "02_convolution_and_pooling: the due date 'soon' cannot be read"),
        (["--from", "none.toml"], "none.toml cannot be read"),
        (["--from", "odd.toml"], "odd.toml is no TOML"),
        (["--from", "deep.toml"], "deep.toml is no TOML of dates: it is nested too deeply"),
        (["--from", "twice.toml"], "'02' and '02_convolution_and_pooling' are the same unit; leave one line of it"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_set(course, arguments, words):
    csv_of(course / "due.csv", [["unit", "due"], ["01", "2026-12-01 23:59"], ["02", "soon"]])
    (course / "odd.toml").write_text("01 = 2026-12-01 soon")
    (course / "deep.toml").write_text("01 = " + "[" * 50_000)
    (course / "twice.toml").write_text('02 = "2026-12-01 23:59"\n02_convolution_and_pooling = "2026-12-08 23:59"')
    code, said = run("due", *arguments)
    assert (code, len(said.splitlines())) == (2, 1), said
    assert words in said
    assert due_date(course, UNIT) is None


def test_a_date_that_moves_takes_penalties_with_it(course):
    run("due", "01", "2026-03-01 18:00 UTC")
    hand_in(course, "ada", UNIT, all_right(UNIT), DUE + timedelta(hours=1))
    run("grade", "01")
    assert "penalty 1.5 -> 3 points" in run("due", "01", "2026-02-28 18:00")[1]
    run("due", "01", "--remove")
    with open_gradebook(course) as gradebook:
        assert not gradebook.find_submission(UNIT, "ada").late_submission_penalty


def test_the_status_says_what_is_done_and_what_is_next(course):
    assert "09_bbc_project" in run("status")[1]  # released, nothing else yet
    run("due", "01", "2026-03-01 18:00")
    hand_in(course, "ada", UNIT, all_right(UNIT))
    hand_in(course, "ben", UNIT, {})
    code, said = run("status", "01")
    assert code == 0
    assert "2026-03-01 18:00 UTC" in said
    assert f"{UNIT}: to grade: ada, ben; autograder grade 01" in said
    run("grade", "01")
    assert f"{UNIT}: without feedback: ada, ben; autograder feedback 01" in run("status", "01")[1]
    page = course / "feedback" / "ada" / UNIT / f"{UNIT}.html"
    page.parent.mkdir(parents=True)
    page.write_text("an old page")
    os.utime(page, (1, 1))
    run("export")
    said = run("status", "01")[1]
    assert f"{UNIT}: feedback older than the grade: ada; autograder feedback 01" in said
    assert "csv 20" in said
    assert "changed since" not in said
    with open_gradebook(course) as gradebook:
        gradebook.find_grade("test_set_ops", UNIT, UNIT, "ada").manual_score = 0
        gradebook.db.commit()
    assert f"{UNIT}: not what was exported for csv: ada; autograder export --for csv" in run("status", "01")[1]


def test_before_a_unit_is_in_the_gradebook_the_next_step_enters_it(course):
    with open_gradebook(course) as gradebook:
        gradebook.remove_assignment(UNIT)
    hand_in(course, "ada", UNIT, all_right(UNIT))
    next_step = f"nbgrader generate_assignment {UNIT} --force, then autograder grade 01"
    assert f"{UNIT}: to grade: ada; {next_step}" in run("status", "01")[1]
    run("due", "01", "2026-03-01 18:00")  # which notes the unit, and none of its cells
    assert f"{UNIT}: to grade: ada; {next_step}" in run("status", "01")[1]
    assert run("grade", "01")[0] == 2
    shutil.copytree(course / "submitted", course / "from the LMS")
    code, said = run("collect", "01", "from the LMS", "--from", "folder")
    assert code == 0
    assert f"next: {next_step}" in said
