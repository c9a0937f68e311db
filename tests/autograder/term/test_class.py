"""A class in sections and several graders, brought together from a collection without a roster; pages back, looks asked for."""

import json
import zipfile

import pytest

from autograder import course as places
from course_utils.refused import Refused
from tests.autograder.term import small_term as term
from tests.autograder.term.small_term import (
    Learner,
    all_right,
    csv_of,
    install_stub,
    make_packs,
    moodle_worksheet,
    notebook,
    open_gradebook,
    read_csv,
    run,
    zip_of,
)

UNIT = "01_containers_and_arrays"
ADA, BEN, EVE = CLASS = [
    Learner("s01", "Ada", "Lovelace", 1001, 7001),
    Learner("s02", "Ben", "Nr2", 1002, 7002),
    Learner("s03", "Eve", "Nr3", 1003, 7003),
]
ALL_BUT_SET_OPS = {**all_right(UNIT), "set_ops": "triple"}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with a zip of Canvas's, a roster with sections, and stubbed answers; ada has one exercise wrong."""
    folder = term.make_course(tmp_path / "course", [UNIT])
    packs = make_packs(UNIT)
    install_stub(monkeypatch, {UNIT: packs})
    for id, pack in packs.raw.items():
        place = folder / "hidden" / UNIT / f"{id}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(pack))
    monkeypatch.setattr(places, "HIDDEN_PACKS", folder / "hidden")
    monkeypatch.chdir(folder)
    files = {
        f"{one.last.lower()}{one.first.lower()}_{one.canvas}_{one.canvas + 9000}_{UNIT}.ipynb": notebook(
            UNIT, ALL_BUT_SET_OPS if one is ADA else all_right(UNIT)
        )
        for one in CLASS
    }
    zip_of(folder / "all.zip", files)
    heading = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    rows = [[f"{one.last}, {one.first}", one.canvas, "", one.id, "Mon" if one is ADA else "Tue"] for one in CLASS]
    csv_of(folder / "roster.csv", [heading, *rows])
    return folder


def collect(*options):
    code, said = run("collect", "01", "all.zip", "--from", "canvas", *options)
    assert code == 0, said
    return " ".join(said.split())


def handed_in(course):
    return sorted(path.name for path in (course / "submitted").iterdir())


def test_who_was_collected_without_a_roster_is_not_there_twice(course):
    assert "without a roster 3 learners are called as Canvas names their files (1001, 1002, 1003)" in collect()
    assert handed_in(course) == ["1001", "1002", "1003"]
    said = collect("--roster", "roster.csv")
    assert "1001 is s01: what was collected without a roster is in submitted/s01 now" in said
    assert handed_in(course) == ["s01", "s02", "s03"]
    assert "without a roster" not in collect()  # by now the gradebook knows their numbers
    assert handed_in(course) == ["s01", "s02", "s03"]


def test_who_was_graded_already_keeps_the_id(course):
    collect()
    run("grade", "01")
    collect("--roster", "roster.csv")
    assert handed_in(course) == ["1001", "1002", "1003"]
    with open_gradebook(course) as gradebook:
        assert [(one.id, one.last_name) for one in gradebook.students] == [
            ("1001", "Lovelace"),
            ("1002", "Nr2"),
            ("1003", "Nr3"),
        ]


def test_every_command_takes_a_section(course):
    collect("--roster", "roster.csv")
    code, said = run("grade", "01", "--section", "mon", "--json")
    assert code == 0, said
    assert [row["student"] for row in json.loads(said)["standing"]] == ["s01"]
    code, said = run("grade", "01")
    assert "Ada Lovelace (s01), Mon" in said
    assert "set_ops: triple" in said
    assert run("export", "--section", "Tue", "--to", "tue.csv")[0] == 0
    assert [row["student_id"] for row in read_csv(course / "tue.csv")] == ["s02", "s03"]
    assert "1 page, 1 of them new" in run("feedback", "01", "--section", "Mon")[1]
    said = run("report", "01", "--section", "Mon")[1]
    assert f"{UNIT}_Mon.html" in said
    assert [row["student"] for row in read_csv(course / "reports" / f"{UNIT}_Mon.csv")] == ["s01"]
    unknown = "there is no section 'wed'; there are: Mon, Tue"
    for command in (["grade", "01"], ["export"], ["feedback", "01"]):
        code, said = run(*command, "--section", "Wed")
        assert (code, said) == (2, f"autograder: {unknown}\n")
    with pytest.raises(Refused, match=unknown):
        run("report", "01", "--section", "Wed")


def test_nobody_of_that_name_has_handed_in(course):
    collect("--roster", "roster.csv")
    code, said = run("grade", "01", "--student", "s1")
    assert (code, len(said.splitlines())) == (2, 1)
    assert "'s1' has handed in nothing" in said
    assert "s01" in said
    assert "handed in have s01, s02, s03" in run("grade", "01", "--student", "nosuch")[1]


def test_what_waits_for_a_person_is_shared_out_and_nothing_but_a_list_is_written(course):
    collect("--roster", "roster.csv")
    run("grade", "01")
    with open_gradebook(course) as gradebook:
        for student in ("s01", "s02", "s03"):
            gradebook.find_grade("test_set_ops", UNIT, UNIT, student).needs_manual_grade = True
        gradebook.db.commit()
    before = (course / "gradebook.db").read_bytes()
    code, said = run("share", "01", "--among", "ann,bo")
    assert code == 0, said
    assert (course / "gradebook.db").read_bytes() == before
    rows = read_csv(course / f"{UNIT}_share.csv")
    assert sorted(row["student"] for row in rows) == ["s01", "s02", "s03"]
    assert {row["grader"] for row in rows} == {"ann", "bo"}
    assert {row["cells"] for row in rows} == {"test_set_ops"}
    assert run("share", "01", "--among", "ann,bo")[1] == said
    assert "1 answers of 1: s01" in run("share", "01", "--among", "ann", "--section", "Mon")[1]
    assert run("share", "01", "--among", " , ")[0] == 2


def test_pages_say_whose_they_are_and_go_back_to_the_lms(course):
    collect("--roster", "roster.csv")
    run("due", "01", "2030-01-01 12:00", "--zone", "Europe/Berlin")
    run("grade", "01")
    for name in ("timestamp.txt", "submission_secret.txt"):  # as nbgrader's exchange gives them
        (course / "autograded" / "s01" / UNIT / name).write_text(name)
    code, said = run("feedback", "01", "--for", "canvas")
    assert code == 0, said
    assert "3 pages, 3 of them new or changed" in said
    page = (course / "feedback" / "s01" / UNIT / f"{UNIT}.html").read_text()
    assert "Ada Lovelace (s01) · unit 01 · graded 20" in page
    assert " Europe/Berlin" in page
    for name in ("timestamp.txt", "submission_secret.txt"):  # by which nbgrader release_feedback finds the learner
        assert (course / "feedback" / "s01" / UNIT / name).read_text() == name
    assert "## Please look again" in page
    with zipfile.ZipFile(course / "feedback" / f"{UNIT}_canvas.zip") as archive:
        assert archive.namelist()[0] == f"lovelaceada_1001_10001_feedback_{UNIT}.html"
        assert archive.read(archive.namelist()[0]).decode() == page
    assert "3 pages, 0 of them new or changed" in run("feedback", "01")[1]
    place = course / "feedback" / "s02" / UNIT / f"{UNIT}.html"
    place.chmod(0o644)
    place.write_text("edited by hand")
    said = run("feedback", "01")[1]
    assert "3 pages, 1 of them new or changed" in said
    assert [path.read_text() for path in (course / "kept").rglob("*.html")] == ["edited by hand"]
    code, said = run("feedback", "01", "--for", "moodle")
    assert code == 2
    assert "nothing of 01_containers_and_arrays was collected from Moodle here" in said


def test_moodles_own_names_and_maximum_are_kept(course):
    files = {
        f"{one.first} {one.last}_{one.moodle}_assignsubmission_file_/{UNIT}.ipynb": notebook(UNIT, {}) for one in CLASS
    }
    zip_of(course / "moodle.zip", files)
    roster = moodle_worksheet(course / "sheet.csv", CLASS, {})
    assert run("collect", "01", "moodle.zip", "--from", "moodle", "--roster", roster)[0] == 0
    run("grade", "01")
    run("feedback", "01", "--for", "moodle")
    with zipfile.ZipFile(course / "feedback" / f"{UNIT}_moodle.zip") as archive:
        assert f"Ada Lovelace_7001_assignsubmission_file_/feedback_{UNIT}.html" in archive.namelist()
    said = " ".join(run("export", "--for", "moodle", "--roster", roster)[1].split())
    assert "Moodle's maximum grade is 100, and 01_containers_and_arrays has 15 points" in said
    assert "in Moodle the maximum grade of each unit has to be: 01: 15" in run("export", "--for", "moodle")[1]


def test_who_asks_for_another_look_is_in_the_report_with_answer_verdict_and_failed_call(course):
    collect("--roster", "roster.csv")
    path = course / "submitted" / "s01" / UNIT / f"{UNIT}.ipynb"
    told = json.loads(path.read_text())
    place = next(i for i, one in enumerate(told["cells"]) if one["metadata"]["nbgrader"]["grade_id"] == "test_set_ops")
    asked = {"cell_type": "markdown", "metadata": {}, "source": "## Please look again\n<b>Twice</b> is *thrice*."}
    told["cells"].insert(place + 1, asked)
    path.chmod(0o644)
    path.write_text(json.dumps(told))
    run("grade", "01")
    assert run("report", "01")[0] == 0
    page = (course / "reports" / f"{UNIT}.html").read_text()
    section = page.partition('id="again"')[2].partition('id="failed"')[0]
    assert "Ada Lovelace (s01): set_ops" in section
    assert "&lt;b&gt;Twice&lt;/b&gt; is *thrice*." in section
    assert "Three times." in section  # the verdict
    assert "gives set_ops triple" in section  # the answer
    assert "<code>set_ops(3)</code> gave <code>9.0</code>, expected <code>6.0</code>" in section
    assert "Ben" not in section
    before = page
    assert run("report", "01", "--hide-names")[0] == 0
    assert (course / "reports" / f"{UNIT}.html").read_text() == before
    hidden = (course / "reports" / f"{UNIT}_without_names.html").read_text()
    assert not [name for name in ("Ada", "Lovelace", "s01") if name in hidden]
