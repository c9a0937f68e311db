"""Collecting what a class handed in: names as Moodle, Canvas and people write them, and nothing is lost."""

import io
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
import unicodedata
import warnings
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from autograder.term import collector
from autograder.term.collect import collect
from autograder.term.collector import COLLECTED, KEPT_OUT, SAME
from autograder.term.lms import BY_HAND
from autograder.term.roster import read_roster
from course_utils.refused import Refused
from tests.autograder.term import small_term as term
from tests.autograder.term.small_term import Learner, csv_of, notebook, run, zip_of

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
    assert "has the unit's name, and this does not" in become(report)[moodle_name(ZOE, "scratch.ipynb")]


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
    assert "it is not clear whose it is" in said["lonely.ipynb"]
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
    assert "not a student id" in become(report)[".hidden/x.ipynb"]
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


# ---- what strangers put into archives and folders ----------------------------------------------------------------------


def zipped(entries: dict[str, bytes] | list[tuple]) -> bytes:
    """A zip as bytes; of pairs, names may be ZipInfo and may come twice."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, data in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(name, data)
    return out.getvalue()


def collected(course: Path, tmp_path: Path, entries, source: str = "canvas"):
    """Collect a download with these entries between two honest learners'; both must come, whatever the rest is."""
    path = tmp_path / "hostile.zip"
    pairs = [*entries.items()] if isinstance(entries, dict) else entries
    path.write_bytes(zipped([(canvas_name(ADA), work()), *pairs, (canvas_name(LI), work("rrrr"))]))
    report = collect(UNIT, path, source)
    assert {"501", "504"} <= submitted(course).keys()
    return report


LINK = zipfile.ZipInfo(f"linker_77_779_{UNIT}.ipynb")
LINK.create_system, LINK.external_attr = 3, (stat.S_IFLNK | 0o777) << 16


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (f"../../../evil_44_449_{UNIT}.ipynb", "its name leads out of the folder"),
        (f"/tmp/abs_55_559_{UNIT}.ipynb", "its name leads out of the folder"),
        (f"..\\..\\w_66_669_{UNIT}.ipynb", "its name leads out of the folder"),
        (f"C:\\w_66_669_{UNIT}.ipynb", "its name leads out of the folder"),
        (LINK, "a link"),
        ("a/" * 60 + "x_1_2_a.ipynb", "more than 40 folders"),
    ],
    ids=lambda value: ascii(getattr(value, "filename", value))[:30],
)
def test_a_bad_member_is_left_out_by_name_and_all_others_come(course, tmp_path, name, why):
    report = collected(course, tmp_path, [(name, work())])
    assert why in " ".join(become(report).values())
    assert len(report.lost) == 1
    assert not list(tmp_path.rglob("evil*"))


def test_a_name_as_long_as_a_zip_allows_is_shortened_and_the_work_collected(course, tmp_path):
    collected(
        course,
        tmp_path,
        {"bob_22_229_" + "n" * 250 + ".ipynb": work("wwww"), "민_23_239_" + "가" * 90 + ".ipynb": work()},
    )
    assert submitted(course)["22"] == work("wwww")
    assert "23" in submitted(course)


def test_a_file_where_a_folder_is_costs_nobody_else(course, tmp_path):
    report = collected(course, tmp_path, [("bob_22_229_x", b"1"), (f"bob_22_229_x/{UNIT}.ipynb", work())])
    assert "a file stands where its folder should be" in " ".join(become(report).values())
    report = collected(course, tmp_path, [(f"bob_22_229_x/{UNIT}.ipynb", work()), ("bob_22_229_x", b"1")])
    assert "a folder has its name" in " ".join(become(report).values())
    assert "22" in submitted(course)


def test_of_a_name_that_comes_twice_the_later_counts(course, tmp_path):
    name = f"bob_22_229_{UNIT}.ipynb"
    collected(course, tmp_path, [(name, work("wwww")), (name, work("rwrw"))])
    assert submitted(course)["22"] == work("rwrw")


def test_bombs_are_left_out_before_they_are_unpacked(course, tmp_path):
    zeros = bytes(20 << 20)
    entries = [(f"bob_22_{n}_b.zip", zipped({"z": zeros})) for n in range(3)] + [("eve_23_1_x.ipynb", zeros)]
    report = collected(course, tmp_path, entries)
    said = become(report)
    assert all("times its size" in said[name] for name, _ in entries)
    size = sum(path.stat().st_size for path in Path(report.kept).rglob("*") if path.is_file())
    assert size < 5 << 20


def test_what_a_learner_and_a_run_may_unpack_to_is_bounded(course, tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.term.archives.MAX_UNPACKED_FILES", 100)
    monkeypatch.setattr("autograder.term.archives.MAX_UNPACKED", 1 << 20)
    many = zipped({f"d/{n}": b"" for n in range(101)})
    half = zipped({"half.bin": os.urandom(600 << 10)})
    report = collected(course, tmp_path, {"bob_22_1_b.zip": many, "eve_23_1_a.zip": half, "eve_23_2_b.zip": half})
    said = become(report)
    assert "it holds 101 files" in said["bob_22_1_b.zip"]
    assert "counted with this learner's others" in said["eve_23_2_b.zip"]
    assert "counted with" not in said["eve_23_1_a.zip"]
    monkeypatch.setattr("autograder.term.archives.MAX_RUN_FILES", 1)
    path = zip_of(tmp_path / "two.zip", {canvas_name(ADA): work(), canvas_name(MIN): work()})
    assert "more than a class can have written" in " ".join(become(collect(UNIT, path, "canvas")).values())


@pytest.mark.parametrize("depth", range(1, 6))
def test_archives_in_archives_are_opened_or_told_as_not_looked_at(course, tmp_path, depth):
    data = work("wwww")
    for _ in range(depth):
        data = zipped({f"{UNIT}.ipynb" if data == work("wwww") else "inner.zip": data})
    path = zip_of(tmp_path / "a.zip", {moodle_name(ADA, "hw.zip"): data})
    code, said = run("collect", "02", path, "--from", "moodle", "--json")
    if depth <= 3:
        assert code == 0
        assert submitted(course) == {"Ada-Lovelace": work("wwww")}
    else:
        assert code == 1
        assert "it was not looked at" in said
    shutil.rmtree(course / "submitted", ignore_errors=True)


def test_whoever_has_no_notebook_at_all_is_pointed_out(course, tmp_path):
    """The only work of somebody is in a PDF, or in an archive that holds none: exit code 1."""
    files = {canvas_name(MIN, "work.pdf"): b"%PDF", canvas_name(ZOE, "work.zip"): zipped({"notes.txt": b"?"})}
    report = collected(course, tmp_path, files)
    assert len(report.lost) == 2
    assert all("this learner has no notebook here" in row.why for row in report.lost)


def test_one_archive_is_one_line_and_the_rest_is_in_the_log(course, tmp_path):
    inner = zipped({f"{UNIT}.ipynb": work(), **{f"pictures/{n}.png": b"" for n in range(300)}})
    report = collected(
        course, tmp_path, {canvas_name(ZOE, "work.zip"): inner, **{f"bad_{n}/../{n}": b"" for n in range(80)}}
    )
    assert submitted(course)["502"] == work()
    assert len(report.rows) < 90
    assert any("290 more files" in row.file for row in report.rows)
    assert any("30 more" in row.file for row in report.rows)
    log = (Path(report.kept) / "collect.log").read_text()
    assert "pictures/299.png" in log
    assert "bad_79" in log


def test_nothing_from_a_name_reaches_the_terminal_raw(course, tmp_path):
    names = ["bob_22_229_\x01\n\x1b[31m.ipynb", "eve_23_1_\u202egnp.ipynb", "a\x9b31m", "x_24_1_[/b].ipynb"]
    for source in ("canvas", "folder"):
        path = zip_of(tmp_path / "a.zip", {name: work() for name in names})
        _, said = run("collect", "02", path, "--from", source)
        assert not [c for c in said if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]
    root = tmp_path / "class"
    for name in (b"a\x1b[2J", b"\xff\xfe", "r\u202el".encode(), b"n_*", b"[ab]"):
        os.makedirs(os.fsencode(root) + b"/" + name)
        with open(os.fsencode(root) + b"/" + name + b"/x.ipynb", "wb") as file:
            file.write(work())
    code, said = run("collect", "02", root, "--from", "folder")
    assert code == 1
    assert said.count("is not a student id") == 5
    assert "nbgrader" in said
    assert not [c for c in said if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs")]


def test_pipes_and_sockets_are_named_and_not_opened(course, tmp_path):
    root = tmp_path / "class"
    (root / "ada").mkdir(parents=True)
    (root / "ada" / f"{UNIT}.ipynb").write_bytes(work())
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        here = os.open(root, os.O_RDONLY)
        one.bind(f"/proc/self/fd/{here}/socket")
        os.close(here)
        report = collect(UNIT, root, "folder")
    said = become(report)
    assert "a pipe, a socket or a device" in said["pipe"]
    assert "a pipe, a socket or a device" in said["socket"]
    assert submitted(course).keys() == {"ada"}
    assert run("collect", "02", root / "pipe", "--from", "folder")[0] == 2


def test_the_longest_names_are_read_at_once(tmp_path):
    """Underscores and digits over and over: the ways to read them must not multiply."""
    from autograder.term.lms import read_name

    def seconds(length: int) -> float:
        part, began = ("a" + "_1" * length + "_x" + "_1" * length), time.process_time()
        for source in ("moodle", "canvas", "folder"):
            read_name(source, (part,) * 8, UNIT)
        for text in ("(1) " * length + "x", "-" * 2 * length + "x", ".ipynb" * length + "x", " -1" * length + "x"):
            collector.ADDED.search(text)
            collector.NOTEBOOK.search(text)
        return time.process_time() - began

    seconds(10)
    assert max(seconds(60) for _ in range(3)) < 0.5  # of the processor; a name has 255 bytes at most


# ---- who it is -----------------------------------------------------------------------------------------------------------


def test_the_name_of_a_group_before_a_learners(course, tmp_path):
    """Moodle puts it there, with a dash, where a group was chosen."""
    jean = Learner("jean", "Jean-Luc", "Picard", 0, 5)
    heading = ["First name", "Last name", "Username", "Groups"]
    roster = csv_of(tmp_path / "p.csv", [heading, *([o.first, o.last, o.id, "Group A-2"] for o in (*CLASS, jean))])
    files = {f"Group A-2-{moodle_name(one)}": work() for one in (*CLASS, jean)}
    report = collect(UNIT, zip_of(tmp_path / "a.zip", files), "moodle", roster)
    assert not report.lost
    assert submitted(course).keys() == {"ada", "zoe", "min", "li", "jean"}
    collect(UNIT, zip_of(tmp_path / "b.zip", {k: work("rwww") for k in files}), "moodle")  # known from the roster
    assert submitted(course).keys() == {"ada", "zoe", "min", "li", "jean"}


def test_a_group_without_a_roster(course, tmp_path):
    files = {f"Group A-{moodle_name(one)}": work() for one in (ADA, MIN)}
    collect(UNIT, zip_of(tmp_path / "a.zip", files), "moodle")
    assert submitted(course).keys() == {"Ada-Lovelace", "민준-김"}
    report = collect(UNIT, zip_of(tmp_path / "b.zip", {f"Group B-{moodle_name(ZOE)}": work()}), "moodle")
    assert "if 'Group B' is a group" in report.rows[0].why
    files = {"Group A-Participant_7_assignsubmission_file_/x.ipynb": work()}
    assert "hides whose it is" in collect(UNIT, zip_of(tmp_path / "c.zip", files), "moodle").rows[0].why


@pytest.mark.parametrize("source", ["folder", "canvas", "moodle"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        (f"HW 2_ada_attempt_2026-03-01-17-30-00_{UNIT}.ipynb", "named by Blackboard, whose names are not read"),
        (f"123-456 - Ada Lovelace - Mar 1, 2026 530 PM/{UNIT}.ipynb", "named by Brightspace, whose names are not read"),
        (f"123-456 - Ada Lovelace - 1 March, 2026 - {UNIT}.ipynb", "named by Brightspace, whose names are not read"),
    ],
)
def test_other_lmss_files_are_not_taken_for_ours(course, tmp_path, source, name, words):
    report = collect(UNIT, zip_of(tmp_path / "a.zip", {name: work(), f"b/{name}": work()}), source)
    assert words in " ".join(become(report).values())
    assert not submitted(course)


def test_a_time_beside_it_that_cannot_be_told_is_told_now_and_when_graded(course, tmp_path):
    root = tmp_path / "class" / "ada"
    root.mkdir(parents=True)
    (root / f"{UNIT}.ipynb").write_bytes(work())
    (root / "timestamp.txt").write_text("02.03.2026 12:00")
    report = collect(UNIT, root.parent, "folder")
    assert "No time is counted" in next(row.why for row in report.rows if row.student == "ada")
    assert stamp(course, "ada") == "02.03.2026 12:00"


def test_a_worksheets_time_in_digits_is_not_guessed(course, tmp_path):
    roster = term.moodle_worksheet(tmp_path / "w.csv", CLASS, {"ada": "02/03/2026, 11:06"})
    path = zip_of(tmp_path / "a.zip", {moodle_name(ADA): work()})
    code, said = run("collect", "02", path, "--from", "moodle", "--roster", roster, "--timezone", "Asia/Seoul")
    assert code == 2
    assert "cannot be read: that may be 3 February 2026 or 2 March 2026" in said


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
    """`nbgrader zip_collect --collector=autograder.term.collector.LmsCollector`, on a download put where it looks for one."""
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
        "--collector=autograder.term.collector.LmsCollector",
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


# ---- rosters -------------------------------------------------------------------------------------------------------------

NAMES = {
    "cp949": ["길동,홍", "영희,김", "철수,박", "민준,이", "서연,최", "지훈,정", "하은,강", "준서,윤"],
    "cp932": ["太郎,山田", "さくら,田中"],
    "big5": ["小明,李", "美玲,陳", "志明,王", "雅婷,林"],
    "cp1252": ["Zoë,Müller", "Jürgen,Groß"],
    "cp1250": ["Jan,Dvořák", "Łukasz,Wójcik"],
}
DOUBTFUL = {"cp949": ["길동,홍"], "gb18030": ["小明,李"], "cp1252": ["Hélène,Núñez"], "cp1251": ["Иван,Петров"]}


def roster_in(path: Path, encoding: str, names: list[str]) -> Path:
    lines = [f"{name},{place}@x.example" for place, name in enumerate(names)]
    path.write_bytes("\n".join(["First name,Last name,Email address", *lines]).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", NAMES)
def test_a_roster_in_an_old_encoding_is_recognised_where_that_is_beyond_doubt(tmp_path, encoding):
    roster = read_roster(roster_in(tmp_path / "r.csv", encoding, NAMES[encoding]))
    assert [f"{one.first},{one.last}" for one in roster.people] == NAMES[encoding]
    assert roster.guessed


@pytest.mark.parametrize("encoding", DOUBTFUL)
def test_one_that_may_be_several_is_refused_with_the_readings_until_it_is_told(tmp_path, encoding):
    path = roster_in(tmp_path / "r.csv", encoding, DOUBTFUL[encoding])
    first = DOUBTFUL[encoding][0].partition(",")[0]
    with pytest.raises(Refused, match=rf"may be in .*{encoding} \(.*{first}.*save it as `CSV UTF-8`, or say"):
        read_roster(path)
    assert read_roster(path, encoding).people[0].first == first


def test_a_good_name_is_never_overwritten_with_what_an_encoding_left_of_it(course, tmp_path):
    path = zip_of(tmp_path / "a.zip", {moodle_name(ADA): work()})
    good = ["길동,홍", "Zoë,Müller"]
    collect(UNIT, path, "moodle", roster_in(tmp_path / "good.csv", "utf-8-sig", good))
    spoilt = [
        "\n".join(good).encode("utf-8").decode("latin-1").split("\n"),
        ["??,?", "Zo?,M?ller"],
        ["\ufffd\ufffd,\ufffd", "Zo\ufffd,M\ufffdller"],
    ]
    for names in spoilt:
        report = collect(UNIT, path, "moodle", roster_in(tmp_path / "bad.csv", "utf-8", names))
        assert len(report.remarks) == 2
        with term.open_gradebook(course) as gradebook:
            assert gradebook.find_student("0@x.example").first_name == "길동"
            assert gradebook.find_student("1@x.example").last_name == "Müller"
    code, said = run(
        "collect", "02", path, "--from", "moodle", "--roster", roster_in(tmp_path / "k.csv", "cp949", good[:1])
    )
    assert (code, "--encoding NAME" in said) == (2, True)
    report = collect(UNIT, path, "moodle", roster_in(tmp_path / "w.csv", "cp1252", ["Zoë,Müller", "Zoé,Muller"]))
    assert "it was read as cp1252" in report.remarks[0]
    with term.open_gradebook(course) as gradebook:
        assert gradebook.find_student("0@x.example").first_name == "길동"


HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,Unit 1 (5)\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((HEAD + '"' + "x" * 200_000 + '",11,,a,s,\n').encode(), "field"),
        ((HEAD + "x" * 20_000 + ",11,,a,s,\n").encode(), "10000 characters in a field"),
        ((HEAD + '"A, B,11,,a,s,\nC D,33,,c,s,\n' * 5).encode(), "a quotation mark is not closed"),
        (HEAD.encode() + b"A\x00B,11,,a,s,\n", "NUL bytes"),
        (b"\xff\xfe\x00", "breaks off"),
        (HEAD.encode("utf-16")[:-1], "breaks off"),
        ((",".join(["ID"] + ["x"] * 200_000) + "\n1" + "," * 200_000 + "\n").encode(), "more than 2000 columns"),
        ((HEAD + "A,1,,a,s,\n" * 50_001).encode(), "50000 rows"),
        ((HEAD + "A,11,,same,s,\nB,22,,same,s,\n").encode(), "A and B, who both have 'same'"),
        (bytes(range(128, 256)), "is not in UTF-8"),
        (b"", "is empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_roster_is_one_line(course, tmp_path, data, words):
    path = tmp_path / "r.csv"
    path.write_bytes(data)
    work_ = zip_of(tmp_path / "a.zip", {canvas_name(ADA): work()})
    code, said = run("collect", "02", work_, "--from", "canvas", "--roster", path)
    assert code == 2
    assert words in said
    assert len(said.splitlines()) == 1
    assert not (course / "submitted").exists()


def test_logins_that_cannot_be_folders_are_passed_over(tmp_path):
    path = tmp_path / "r.csv"
    rows = ["C,33,,../x,s,", "D,44,,..,s,", "E,55,,.hid,s,", "F,66,,a/b,s,", 'H,88,,"x\ny",s,', "N,99,,n_*,s,"]
    path.write_text(HEAD + "\n".join(rows) + "\n")
    assert [one.id for one in read_roster(path).people] == ["33", "44", "55", "66", "88", "99"]


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


@pytest.mark.parametrize(
    "beside", [("__MACOSX/class/Ada/._x.ipynb",), (".DS_Store", "class/.DS_Store", "class/Ada/.DS_Store")]
)
def test_what_a_mac_adds_to_a_zipped_folder_makes_no_learner_of_it(course, tmp_path, beside):
    """Else the folder would be the one learner, who had handed in the last of all their notebooks."""
    files = {f"class/Ada/{UNIT}.ipynb": work(), f"class/Li/{UNIT}.ipynb": work("wwww"), **dict.fromkeys(beside, b"x")}
    report = collect(UNIT, zip_of(tmp_path / "a.zip", files), BY_HAND)
    assert submitted(course) == {"Ada": work(), "Li": work("wwww")}
    told = [row.why for row in report.rows if row.what == KEPT_OUT]
    assert told == ["a file of the system's own"] * len(beside)


@pytest.mark.parametrize("place", ["501", f"501/{UNIT}"])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_stands_in_the_way_in_submitted_is_named_and_not_written_through(course, tmp_path, place, kind):
    path, elsewhere = course / "submitted" / place, tmp_path / "elsewhere"
    path.parent.mkdir(parents=True)
    elsewhere.mkdir()
    path.write_text("mine") if kind == "file" else path.symlink_to(elsewhere)
    report = collect(UNIT, zip_of(tmp_path / "a.zip", {canvas_name(ADA): work(), canvas_name(LI): work()}), "canvas")
    assert f"{path} is {'no folder' if kind == 'file' else 'a link'}" in become(report)[canvas_name(ADA)]
    assert [row.student for row in report.lost] == ["501"]
    assert (list(elsewhere.iterdir()), submitted(course)["504"]) == ([], work())
    assert kind == "link" or path.read_text() == "mine"


@pytest.mark.parametrize("path", [".", "downloaded", f"downloaded/{UNIT}"])
def test_the_course_itself_is_no_download(course, path):
    """What is copied into it would be copied again; and its release would be a learner called release."""
    (course / "downloaded" / UNIT).mkdir(parents=True)
    with pytest.raises(Refused, match=r"holds this course's own .*: name the folder of one download"):
        collect(UNIT, Path(path), BY_HAND)
    assert submitted(course) == {}


@pytest.mark.parametrize("encoding", ["undefined", "punycode", "a\0b", "x" * 5000])
def test_an_encoding_that_is_none_is_said_in_one_line(course, tmp_path, encoding):
    (tmp_path / "class.csv").write_text("Username\nada\n")
    path = zip_of(tmp_path / "a.zip", {canvas_name(ADA): work()})
    code, said = run(
        "collect", "02", path, "--from", "canvas", "--roster", tmp_path / "class.csv", "--encoding", encoding
    )
    assert code == 2
    assert "there is no encoding" in said or "is not in" in said
    assert "Traceback" not in said
