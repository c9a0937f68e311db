"""Collecting what a class handed in: names as Moodle, Canvas and people write them, and nothing is lost."""

import json
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from autograder.term.collect import COLLECTED, KEPT_OUT, SAME, collect
from autograder.term.roster import read_roster
from course_utils.refused import Refused
from tests.autograder import term
from tests.autograder.term import Learner, csv_of, notebook, run, zip_of

UNIT = "02_convolution_and_pooling"
ADA = Learner("ada", "Ada", "Lovelace", 501, 1234567)
ZOE = Learner("zoe", "Zoë", "Müller-O'Neil", 502, 1234568)
MIN = Learner("min", "민준", "김", 503, 1234569)
LI = Learner("li", "小明", "李", 504, 1234570)
CLASS = [ADA, ZOE, MIN, LI]
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def course(tmp_path, monkeypatch):
    folder = term.make_course(tmp_path / "course", [UNIT])
    monkeypatch.chdir(folder)
    return folder


def work(mark: str = "right") -> bytes:
    """A notebook of the unit that tells versions apart."""
    return notebook(UNIT, {"corr2d": mark})


def submitted(course: Path) -> dict[str, bytes]:
    """What lies in submitted/ of the unit: student -> notebook."""
    return {path.parent.parent.name: path.read_bytes() for path in course.glob(f"submitted/*/{UNIT}/{UNIT}.ipynb")}


def stamp(course: Path, student: str) -> str | None:
    path = course / "submitted" / student / UNIT / "timestamp.txt"
    return path.read_text() if path.exists() else None


def become(report) -> dict[str, str]:
    """What became of each file: its name -> words."""
    return {row.file: f"{row.what}: {row.why}" if row.why else row.what for row in report.rows}


def moodle_name(one: Learner, file: str = f"{UNIT}.ipynb", style: str = "folder") -> str:
    sep = {"folder": "_/", "new": "/", "flat": "_"}[style]
    return f"{one.first} {one.last}_{one.moodle}_assignsubmission_file{sep}{file}"


def canvas_name(one: Learner, file: str = f"{UNIT}.ipynb", late: bool = False, order: int = 9000) -> str:
    name = "".join(c for c in f"{one.last}{one.first}".lower() if c.isalnum())
    return f"{name}_{'LATE_' if late else ''}{one.canvas}_{order}_{file}"


@pytest.mark.parametrize("style", ["folder", "new", "flat"])
def test_moodles_download_with_its_grading_worksheet(course, tmp_path, style):
    """Each of Moodle's three ways to lay a download out; the worksheet tells who and when."""
    path = zip_of(tmp_path / "CS1-Unit 02-77.zip", {moodle_name(one, style=style): work() for one in CLASS})
    times = {"ada": "Tuesday, 3 March 2026, 11:06 AM", "zoe": "Wednesday, 1 July 2026, 11:06 PM"}
    roster = term.moodle_worksheet(tmp_path / "worksheet.csv", CLASS, times)
    report = collect(UNIT, path, "moodle", roster, BERLIN)
    assert [row.what for row in report.rows] == [COLLECTED] * 4
    assert submitted(course).keys() == {one.email for one in CLASS}
    assert stamp(course, ADA.email) == "2026-03-03 10:06:00"  # winter time
    assert stamp(course, ZOE.email) == "2026-07-01 21:06:00"  # summer time
    assert stamp(course, LI.email) is None
    with term.open_gradebook(course) as gradebook:
        found = gradebook.find_student(ZOE.email)
        assert (found.first_name, found.last_name, found.email) == ("Zoë", "Müller-O'Neil", ZOE.email)


def test_the_worksheets_times_need_a_zone(course, tmp_path):
    path = zip_of(tmp_path / "a.zip", {moodle_name(ADA): work()})
    roster = term.moodle_worksheet(tmp_path / "worksheet.csv", CLASS, {"ada": "Tuesday, 3 March 2026, 11:06 AM"})
    code, said = run("collect", "02", path, "--from", "moodle", "--roster", roster)
    assert code == 2
    assert "--timezone Europe/Berlin" in said
    assert not submitted(course)
    assert run("collect", "02", path, "--from", "moodle", "--roster", roster, "--timezone", "Europe/Berlin")[0] == 0
    assert submitted(course)


def test_moodle_without_a_roster_takes_names_and_refuses_to_guess(course, tmp_path):
    twin = Learner("ada2", "Ada", "Lovelace", 0, 42)
    files = {moodle_name(one): work() for one in (ADA, twin, MIN)}
    files["Participant_99_assignsubmission_file_/02.ipynb"] = work()
    report = collect(UNIT, zip_of(tmp_path / "a.zip", files), "moodle")
    assert submitted(course).keys() == {"민준-김"}
    assert len(report.lost) == 3
    assert "2 learners of this download would be Ada-Lovelace" in become(report)[moodle_name(ADA)]
    assert "Moodle hides whose it is" in become(report)["Participant_99_assignsubmission_file_/02.ipynb"]


def test_who_a_name_is_stays_known(course, tmp_path):
    """A roster was given once: the next unit is collected into the same ids without it."""
    roster = csv_of(
        tmp_path / "participants.csv",
        [["First name", "Last name", "Username", "Email address"], *([o.first, o.last, o.id, o.email] for o in CLASS)],
    )
    path = zip_of(tmp_path / "a.zip", {moodle_name(one): work() for one in CLASS[:2]})
    report = collect(UNIT, path, "moodle", roster)
    assert report.nothing == ["小明 李", "민준 김"]
    more = zip_of(tmp_path / "b.zip", {moodle_name(one): work() for one in CLASS})
    assert collect(UNIT, more, "moodle").count(SAME) == 2
    assert submitted(course).keys() == {"ada", "zoe", "min", "li"}


def test_canvas_with_its_gradebook(course, tmp_path):
    roster = term.canvas_gradebook(tmp_path / "grades.csv", CLASS)
    files = {canvas_name(ADA): work(), canvas_name(ZOE, late=True): work(), canvas_name(MIN): work()}
    files["anon_Xy1Zq_77_02.ipynb"] = work()
    code, said = run(
        "collect", "02", zip_of(tmp_path / "submissions.zip", files), "--from", "canvas", "--roster", roster
    )
    assert code == 1  # one is not collected
    assert submitted(course).keys() == {"ada", "zoe", "min"}
    assert "late by Canvas's mark, which gives no time: zoe" in said
    assert "handed in nothing: 李, 小明" in said
    assert stamp(course, "zoe") is None
    with term.open_gradebook(course) as gradebook:
        assert gradebook.find_student("li").lms_user_id == "504"


def test_canvas_without_a_roster_goes_by_its_numbers(course, tmp_path):
    assert collect(UNIT, zip_of(tmp_path / "a.zip", {canvas_name(ADA): work()}), "canvas").count(COLLECTED) == 1
    assert submitted(course).keys() == {"501"}


def test_the_latest_of_several_versions_counts(course, tmp_path):
    """Canvas numbers a resubmission's file anew and adds -1; Moodle keeps all files; browsers count copies."""
    canvas = zip_of(
        tmp_path / "canvas.zip",
        {
            canvas_name(ADA, f"{UNIT}-2.ipynb", order=99): work("rrrr"),
            canvas_name(ADA, f"{UNIT}.ipynb", order=100): work("wwww"),
            canvas_name(ADA, f"{UNIT}-1.ipynb", order=9): work("rwww"),
        },
    )
    report = collect(UNIT, canvas, "canvas", term.canvas_gradebook(tmp_path / "grades.csv", CLASS))
    assert submitted(course) == {"ada": work("wwww")}
    assert sum("earlier than" in words for words in become(report).values()) == 2
    moodle = zip_of(
        tmp_path / "moodle.zip",
        {
            moodle_name(ZOE, f"{UNIT}.ipynb"): work("rwww"),
            moodle_name(ZOE, f"{UNIT} (10).ipynb"): work("rrrr"),
            moodle_name(ZOE, f"{UNIT} (9).ipynb"): work("rrww"),
            moodle_name(ZOE, "scratch.ipynb"): work("wwww"),
        },
    )
    report = collect(UNIT, moodle, "moodle")
    assert submitted(course)["zoe"] == work("rrrr")  # known by name from the roster of before
    assert "is called as the unit" in become(report)[moodle_name(ZOE, "scratch.ipynb")]


@pytest.mark.parametrize(
    "name",
    [
        f"{UNIT} (1).ipynb",
        f"{UNIT}(2).ipynb",
        f"{UNIT} - Copy.ipynb",
        f"{UNIT}-3.ipynb",
        f"{UNIT.upper()}.ipynb",
        "02-Convolution-and-Pooling.ipynb",
        f"{UNIT}.ipynb.txt",
        f"{UNIT}.ipynb.json",
        f"{UNIT}.IPYNB",
        "my homework.ipynb",
        "deep/inside/Untitled1.ipynb",
    ],
)
def test_a_renamed_notebook_is_taken_for_what_it_is(course, tmp_path, name):
    collect(UNIT, zip_of(tmp_path / "a.zip", {moodle_name(ADA, name): work()}), "moodle")
    assert submitted(course) == {"Ada-Lovelace": work()}


def test_what_is_no_submission_is_said_so(course, tmp_path):
    other = "01_containers_and_arrays"
    files = {
        moodle_name(ADA): work(),
        "__MACOSX/._x.ipynb": b"",
        ".DS_Store": b"",
        moodle_name(ADA, "notes.pdf"): b"%PDF",
        moodle_name(LI, "all.rar"): b"Rar!",
        moodle_name(ZOE, "wrong unit.ipynb"): notebook(other, {}),
        "Min Kim_5_assignsubmission_onlinetext_/onlinetext.html": "Dear teacher",
        "readme.txt": "hello",
        "lonely.ipynb": work(),
    }
    report = collect(UNIT, zip_of(tmp_path / "a.zip", files), "moodle")
    said = become(report)
    assert said["__MACOSX/._x.ipynb"] == said[".DS_Store"] == f"{KEPT_OUT}: a file of the system's own"
    assert "no notebook" in said[moodle_name(ADA, "notes.pdf")]
    assert f"any of its cells is of {UNIT}" in said[moodle_name(ZOE, "wrong unit.ipynb")]
    assert "text that was typed" in said["Min Kim_5_assignsubmission_onlinetext_/onlinetext.html"]
    assert "cannot be told" in said["lonely.ipynb"]
    assert {row.file for row in report.lost} == {
        moodle_name(LI, "all.rar"),
        moodle_name(ZOE, "wrong unit.ipynb"),
        "Min Kim_5_assignsubmission_onlinetext_/onlinetext.html",
        "lonely.ipynb",
    }
    assert len(said) == len(files)  # every file has its line
    kept = [path.name for path in Path(report.kept).rglob("*") if path.is_file()]
    assert {"a.zip", "lonely.ipynb", "notes.pdf"} <= set(kept)


def test_nothing_that_was_there_is_lost(course, tmp_path):
    """A resubmission puts the earlier one aside, other files and all; the same download again changes nothing."""
    first = zip_of(tmp_path / "first.zip", {moodle_name(ADA): work("rwww")})
    collect(UNIT, first, "moodle")
    (course / "submitted" / "Ada-Lovelace" / UNIT / "timestamp.txt").write_text("yesterday, no time at all")
    second = zip_of(tmp_path / "second.zip", {moodle_name(ADA): work("rrrr")})
    report = collect(UNIT, second, "moodle")
    assert submitted(course) == {"Ada-Lovelace": work("rrrr")}
    assert stamp(course, "Ada-Lovelace") is None
    aside = Path(report.kept) / "replaced" / "Ada-Lovelace" / UNIT
    assert (aside / f"{UNIT}.ipynb").read_bytes() == work("rwww")
    assert (aside / "timestamp.txt").exists()
    assert collect(UNIT, second, "moodle").count(SAME) == 1
    assert len(list((course / "downloaded" / UNIT).iterdir())) == 3


def test_an_older_download_does_not_replace_a_newer_submission(course, tmp_path):
    path = zip_of(tmp_path / "a.zip", {moodle_name(ADA): work("rrrr")})
    late = term.moodle_worksheet(tmp_path / "late.csv", CLASS, {"ada": "Tuesday, 3 March 2026, 11:06 AM"})
    collect(UNIT, path, "moodle", late, BERLIN)
    old = zip_of(tmp_path / "b.zip", {moodle_name(ADA): work("wwww")})
    early = term.moodle_worksheet(tmp_path / "early.csv", CLASS, {"ada": "Monday, 2 March 2026, 11:06 AM"})
    report = collect(UNIT, old, "moodle", early, BERLIN)
    assert "older than what is in submitted/" in report.rows[0].why
    assert submitted(course) == {ADA.email: work("rrrr")}


def test_a_folder_of_folders(course, tmp_path):
    """Named by id, nbgrader's own layout and loose files included; with a timestamp.txt where there is one."""
    root = tmp_path / "class"
    for name, content in {
        f"ada/{UNIT}.ipynb": work(),
        f"zoe/{UNIT}/{UNIT}.ipynb": work(),
        f"zoe/{UNIT}/timestamp.txt": b"2026-03-01 12:00:00 UTC",
        f"min_{UNIT}.ipynb": work(),
        ".hidden/x.ipynb": work(),
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (root / "link.ipynb").symlink_to("/etc/passwd")
    report = collect(UNIT, root, "folder")
    assert submitted(course).keys() == {"ada", "zoe", "min"}
    assert stamp(course, "zoe") == "2026-03-01 12:00:00"
    assert become(report)["link.ipynb"] == f"{KEPT_OUT}: a link"
    assert "no student id" in become(report)[".hidden/x.ipynb"]
    assert {path.name for path in root.iterdir()} == {"ada", "zoe", f"min_{UNIT}.ipynb", ".hidden", "link.ipynb"}


def test_a_zip_of_a_folder_of_folders(course, tmp_path):
    path = zip_of(tmp_path / "class.zip", {f"class/{one.id}/{UNIT}.ipynb": work() for one in CLASS})
    collect(UNIT, path, "folder")
    assert submitted(course).keys() == {one.id for one in CLASS}


def test_a_learners_own_archive_speaks_for_that_learner_only(course, tmp_path):
    """What lies in it is theirs, whatever it is called; a timestamp of their own counts for nothing."""
    inner = zip_of(tmp_path / "work.zip", {moodle_name(ZOE): work("wwww"), "timestamp.txt": "2001-01-01 00:00:00 UTC"})
    path = zip_of(tmp_path / "a.zip", {moodle_name(ADA, "work.zip"): inner.read_bytes(), moodle_name(ZOE): work()})
    collect(UNIT, path, "moodle")
    assert submitted(course) == {"Ada-Lovelace": work("wwww"), "Zoë-Müller-O-Neil": work()}
    assert stamp(course, "Ada-Lovelace") is None
    inner = zip_of(tmp_path / "work.zip", {canvas_name(ZOE): work("wwww")})
    path = zip_of(tmp_path / "b.zip", {canvas_name(ADA, "work.zip"): inner.read_bytes(), canvas_name(ZOE): work()})
    collect(UNIT, path, "canvas")
    assert (submitted(course)["501"], submitted(course)["502"]) == (work("wwww"), work())


def test_an_archive_that_cannot_be_unpacked_stops_nobody(course, tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.term.archives.MAX_UNPACKED", 300_000)
    bomb = zip_of(tmp_path / "bomb.zip", {f"{UNIT}.ipynb": b"0" * 500_000})
    files = {moodle_name(ADA): work(), moodle_name(MIN, "work.zip"): b"PK broken"}
    files[moodle_name(ZOE, "bomb.zip")] = bomb.read_bytes()
    report = collect(UNIT, zip_of(tmp_path / "a.zip", files), "moodle")
    assert submitted(course).keys() == {"Ada-Lovelace"}
    assert "it unpacks to more than" in become(report)[moodle_name(ZOE, "bomb.zip")]
    assert len(report.lost) == 2


def test_a_download_that_is_broken_is_said_so(course, tmp_path):
    path = zip_of(tmp_path / "a.zip", {f"ada/{UNIT}.ipynb": work()})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # marked as encrypted
    path.write_bytes(data)
    for source in ("folder", "moodle"):
        code, said = run("collect", "02", path, "--from", source)
        assert code == 1
        assert "it is encrypted" in " ".join(said.split())
    assert not submitted(course)


def test_names_that_a_zip_does_not_mark_as_utf8(course, tmp_path):
    """macOS writes UTF-8, decomposed, without saying so."""
    path = zip_of(tmp_path / "a.zip", {moodle_name(ZOE): work()})
    name = unicodedata.normalize("NFD", moodle_name(ZOE)).encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("x" * len(name)), work())
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    roster = csv_of(
        tmp_path / "p.csv", [["First name", "Surname", "ID number"], [ZOE.first, ZOE.last, "s-7"]], "utf-16"
    )
    collect(UNIT, path, "moodle", roster)
    assert submitted(course).keys() == {"s-7"}


def test_an_odd_notebook_is_collected_and_the_oddness_is_said_at_once(course, tmp_path):
    """So that a learner can be asked for another file before it is graded."""
    files = {
        moodle_name(ADA): b"{",
        moodle_name(MIN): notebook("01_containers_and_arrays", {}),
        moodle_name(LI): work(),
    }
    said = become(collect(UNIT, zip_of(tmp_path / "a.zip", files), "moodle"))
    assert submitted(course).keys() == {"Ada-Lovelace", "민준-김", "小明-李"}
    assert "cannot be read, and will be worth nothing: not a notebook" in said[moodle_name(ADA)]
    assert f"no cell of it is of {UNIT}" in said[moodle_name(MIN)]
    assert said[moodle_name(LI)] == COLLECTED


def test_nbgraders_own_command_takes_the_plugin(course, tmp_path):
    """`nbgrader zip_collect --collector=autograder.term.collect.LmsCollector`, on a download put where it looks for one."""
    files = {
        moodle_name(ADA): work("rwww"),
        moodle_name(ADA, f"{UNIT} (1).ipynb"): work("rrrr"),
        moodle_name(MIN): work(),
    }
    zip_of(course / "downloaded" / UNIT / "archive" / "a.zip", files)
    command = [
        sys.executable,
        "-m",
        "nbgrader",
        "zip_collect",
        UNIT,
        "--collector=autograder.term.collect.LmsCollector",
    ]
    done = subprocess.run([*command, "--LmsCollector.source=moodle"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert submitted(course) == {"Ada-Lovelace": work("rrrr"), "민준-김": work()}


def test_json_tells_the_same(course, tmp_path):
    path = zip_of(tmp_path / "a.zip", {canvas_name(ADA, late=True): work()})
    code, said = run("collect", "02", path, "--from", "canvas", "--json")
    (row,) = json.loads(said)["rows"]
    assert code == 0
    assert (row["student"], row["what"], row["late"], row["when"]) == ("501", COLLECTED, True, "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["02", "nowhere.zip", "--from", "canvas"], "there is nothing at nowhere.zip"),
        (["02", "nbgrader_config.py", "--from", "canvas"], "is neither a folder nor a zip"),
        (["02", "release", "--from", "folder", "--roster", "nowhere.csv"], "the roster nowhere.csv cannot be read"),
        (["01", "release", "--from", "folder"], "has no released notebook"),
        (["02", "release", "--from", "folder", "--timezone", "Mars/Base"], "no time zone Mars/Base"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(course, arguments, words):
    code, said = run("collect", *arguments)
    assert code == 2
    assert words in said
    assert "Traceback" not in said
    assert not (course / "submitted").exists()


def test_rosters_in_whatever_form_a_spreadsheet_leaves_them(tmp_path):
    rows = [["Last name", "First name", "Email address"], ["Müller", "Zoë", "zoe@x.example"]]
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        for delimiter in ",;\t":
            path = tmp_path / "roster.csv"
            path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
            (person,) = read_roster(path).people
            assert (person.last, person.id) == ("Müller", "zoe@x.example")


def test_a_roster_that_identifies_nobody_is_refused(tmp_path):
    path = csv_of(tmp_path / "roster.csv", [["Vorname", "Nachname"], ["Zoë", "Müller"]])
    with pytest.raises(Refused, match="no column that identifies a learner: its columns are Vorname, Nachname"):
        read_roster(path)
