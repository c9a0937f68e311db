"""What checks found is kept in one small file that a learner can delete, and nothing about it can spoil a check."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient

from course_utils import progress, progress_file, start_page
from course_utils.course import this_course
from course_utils.judge import CRASHED, NOT_ATTEMPTED, RIGHT, WRONG, Verdict
from course_utils.on_hub import MARK
from course_utils.packs import EXAMPLES
from course_utils.start_page import BY_HAND, HANDED_IN, MARKS, UNDER_WAY, StartPage, place_to_open, read_map

UNIT = "02_convolution_and_pooling"
OTHER = "01_containers_and_arrays"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course in which a learner has a notebook open."""
    folder = tmp_path / "course"
    for unit in (OTHER, UNIT):
        (folder / "notebooks" / unit).mkdir(parents=True)
        (folder / "notebooks" / unit / f"{unit}.ipynb").write_text("{}")
    monkeypatch.chdir(folder / "notebooks" / UNIT)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(progress_file, "_in_a_session", lambda: True)
    monkeypatch.setattr(progress_file, "_said", set())
    return folder


def note(status, exercise="corr2d", passed=0, total=5):
    progress_file.record(UNIT, Verdict(exercise, status, passed, total))


def entry(course, exercise="corr2d"):
    return progress_file.read(course / "progress.json")[UNIT][exercise]


def page(noted):
    return StartPage(read_map(), noted)


def test_the_latest_verdict_is_kept_and_that_it_was_right_before(course):
    note(WRONG, passed=3)
    assert (entry(course)["now"], entry(course)["share"], "first_right" in entry(course)) == (WRONG, 0.6, False)
    note(RIGHT, passed=5)
    first = entry(course)["first_right"]
    note(CRASHED)
    assert (entry(course)["now"], entry(course)["share"], entry(course)["first_right"]) == (CRASHED, 0, first)


def test_the_file_holds_nothing_else_and_says_what_it_is(course):
    note(RIGHT, passed=5)
    data = json.loads((course / "progress.json").read_text())
    assert set(data) == {"about", "format", "units"}
    assert "Delete this file" in data["about"]
    assert set(data["units"][UNIT]["corr2d"]) == {"now", "share", "checked", "first_right"}
    assert [path.name for path in course.iterdir() if "partial" in path.name] == []


def test_an_untouched_notebook_leaves_no_file_and_an_emptied_answer_is_noted(course):
    note(NOT_ATTEMPTED)
    assert not (course / "progress.json").exists()
    note(RIGHT, passed=5)
    note(NOT_ATTEMPTED, exercise="pool2d")
    note(NOT_ATTEMPTED)
    assert set(progress_file.read(course / "progress.json")[UNIT]) == {"corr2d"}
    assert entry(course)["now"] == NOT_ATTEMPTED
    assert "first_right" in entry(course)


def test_deleting_the_file_begins_afresh(course):
    note(RIGHT, passed=5)
    (course / "progress.json").unlink()
    assert progress_file.read(course / "progress.json") == {}
    note(WRONG)
    assert "first_right" not in entry(course)


@pytest.mark.parametrize("execution", ["validate", "autograde"])
def test_nothing_is_kept_where_nbgrader_executes(course, monkeypatch, execution):
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    note(RIGHT, passed=5)
    assert not (course / "progress.json").exists()


def test_nothing_is_kept_outside_a_notebook(course, monkeypatch):
    monkeypatch.undo()
    monkeypatch.chdir(course)
    note(RIGHT, passed=5)
    assert not (course / "progress.json").exists()


@pytest.mark.parametrize("folder", ["solutions/02", "submitted/ada/02", "autograded/ada/02"])
def test_the_work_of_others_is_nobodys_progress(course, monkeypatch, folder):
    (course / folder).mkdir(parents=True)
    monkeypatch.chdir(course / folder)
    note(RIGHT, passed=5)
    assert not (course / "progress.json").exists()


def test_without_a_course_nothing_is_written_or_said(course, tmp_path, monkeypatch, capsys):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(progress_file, "__file__", str(tmp_path / "installed" / "course_utils" / "progress_file.py"))
    note(RIGHT, passed=5)
    assert capsys.readouterr().out == ""
    assert list(tmp_path.rglob("progress.json")) == []


def test_a_notebook_that_lies_elsewhere_counts_for_the_course_that_the_helper_is_from(course, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(progress_file, "__file__", str(course / "course_utils" / "progress_file.py"))
    note(RIGHT, passed=5)
    assert entry(course)["now"] == RIGHT


def test_on_a_hub_a_notebook_that_was_fetched_into_the_home_keeps_its_progress_there(course, tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / "01_small").mkdir(parents=True)
    monkeypatch.chdir(home / "01_small")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv(MARK, "/user/ada/")
    for helper in ("site-packages", "srv/edition"):  # installed, or in a copy that only the hub's people can write to
        monkeypatch.setattr(progress_file, "__file__", str(tmp_path / helper / "course_utils" / "progress_file.py"))
        note(RIGHT, passed=5)
        assert entry(home)["now"] == RIGHT
        (home / "progress.json").unlink()
        (tmp_path / "srv/edition/notebooks" / UNIT).mkdir(parents=True, exist_ok=True)
        (tmp_path / "srv/edition/notebooks" / UNIT / f"{UNIT}.ipynb").touch()
        monkeypatch.setattr(progress_file.os, "access", lambda *_: False)
    own = home / this_course().slug  # beside an edition of one's own, to which its start page looks
    (own / "notebooks").mkdir(parents=True)
    note(RIGHT, passed=5)
    assert entry(own)["now"] == RIGHT


def test_on_a_hub_work_in_an_edition_of_ones_own_counts_for_that(course, monkeypatch):
    monkeypatch.setenv(MARK, "/user/ada/")
    note(RIGHT, passed=5)
    assert entry(course)["now"] == RIGHT


def test_the_file_can_be_elsewhere_or_nowhere(course, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "mine" / "how_far.json"))
    note(RIGHT, passed=5)
    assert progress_file.read(tmp_path / "mine" / "how_far.json")[UNIT]["corr2d"]["now"] == RIGHT
    monkeypatch.setenv("COURSE_PROGRESS", "")
    note(RIGHT, passed=5)
    assert not (course / "progress.json").exists()


DAMAGED = {
    "half of it": b'{"format": 1, "units": {"02',
    "empty": b"",
    "no text": b"\xff\xfe\x00",
    "of another kind": b'["format"]',
    "of a later version": b'{"format": 2, "units": {}}',
    "nested": b"[" * 100_000,
    "larger than any": b" " * (16 * 2**20 + 1),
    "an entry that is none": b'{"format": 1, "units": {"02_convolution_and_pooling": {"corr2d": 7}}}',
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_told_once_and_left_alone(course, capsys, content):
    path = course / "progress.json"
    path.write_bytes(content)
    note(RIGHT, passed=5)
    note(WRONG, exercise="pool2d")
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"Your progress is not kept in {path}: ")
    assert "delete it to begin afresh" in line
    assert path.read_bytes() == content
    assert "Your progress is not shown" in start_page.page_for(course)._repr_html_()


def test_a_folder_that_cannot_be_written_to_is_told_once(course, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "file" / "progress.json"))
    note(RIGHT, passed=5)
    note(WRONG)
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("Your progress is not kept in ")


def test_a_write_that_fails_leaves_the_old_file(course, monkeypatch, capsys):
    note(RIGHT, passed=5)
    before = (course / "progress.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress_file.os, "replace", full)
    note(WRONG)
    assert "No space left on device" in capsys.readouterr().out
    assert (course / "progress.json").read_bytes() == before
    assert [path.name for path in course.iterdir() if "partial" in path.name] == []


def test_a_notebook_that_holds_the_lock_for_long_is_not_waited_for(course, monkeypatch, capsys):
    from filelock import FileLock

    monkeypatch.setattr(progress_file, "PROGRESS_LOCK_SECONDS", 0.05)
    with FileLock(course / ".progress.json.lock"):
        note(RIGHT, passed=5)
    assert "not kept" in capsys.readouterr().out
    note(RIGHT, passed=5)
    assert entry(course)["now"] == RIGHT


def test_notebooks_that_check_at_once_lose_nothing(course):
    code = """
import sys
from course_utils import progress_file
from course_utils.judge import Verdict
progress_file._in_a_session = lambda: True
progress_file.PROGRESS_LOCK_SECONDS = 30
for i in range(15):
    progress_file.record(sys.argv[1], Verdict(f"{sys.argv[2]}_{i}", "right", 1, 1))
"""
    running = [subprocess.Popen([sys.executable, "-c", code, UNIT, name], cwd=course) for name in "abc"]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert set(progress_file.read(course / "progress.json")[UNIT]) == {
        f"{name}_{i}" for name in "abc" for i in range(15)
    }


def test_check_in_a_notebook_is_noted_and_one_in_the_solutions_is_not(course, monkeypatch):
    """In real kernels, with the notebook's folder as the working directory."""
    (course / "solutions" / UNIT).mkdir(parents=True)
    code = f'from course_utils import check, start\nstart("{UNIT}")\ncheck("conv2d_true", lambda x, k: 0)'
    for folder, kept in (("solutions", False), ("notebooks", True)):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        NotebookClient(
            notebook, kernel_name="python3", resources={"metadata": {"path": course / folder / UNIT}}
        ).execute()
        assert len(notebook.cells[0].outputs) == 1, "the verdict and nothing else"
        assert (course / "progress.json").exists() == kept
    assert entry(course, "conv2d_true")["now"] == WRONG


def test_importing_the_helper_does_not_import_this():
    unwanted = ("json", "filelock", "course_utils.progress", "course_utils.progress_file")
    code = f"import sys, course_utils; print([m for m in {unwanted} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
    code = (
        "import sys, course_utils.start_page; print([m for m in ('numpy', 'IPython', 'filelock') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_the_marks_are_those_of_verdicts_and_differ_without_their_colour():
    from course_utils.verdict import _COLOURS, _SIGNS

    for status in (RIGHT, WRONG, CRASHED):
        assert MARKS[status] == (_SIGNS[status], _COLOURS[status])
    assert MARKS[NOT_ATTEMPTED][0] == _SIGNS[NOT_ATTEMPTED]
    assert len({sign for sign, _ in MARKS.values()}) == len(MARKS)


def test_white_on_every_colour_can_be_read():
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    assert [sign for sign, colour in MARKS.values() if colour and light("#ffffff") / light(colour) < 4.5] == []


def test_the_page_shows_each_exercise_with_its_mark():
    noted = {UNIT: {"corr2d": {"now": WRONG, "first_right": "2026-01-01 10:00"}, "pool2d": {"now": RIGHT}}}
    shown = page(noted)
    text = re.sub(r"<[^>]+>", "", shown._repr_html_())
    assert "✗ corr2d (was ✓)" in text
    assert "✓ pool2d" in text
    assert "… erode" in text
    assert "✎ report" in text
    assert "wrong; was right before" in text
    assert "1 of 9 right, 1 wrong" in text
    assert "✗ corr2d (was ✓)" in repr(shown)
    all_ids = {exercise["id"] for facts in shown.units.values() for exercise in facts["exercises"]}
    assert [id for id in all_ids if f">{id}<" not in shown._repr_html_()] == []


def test_a_unit_has_a_mark_of_its_own():
    exercises = [exercise["id"] for exercise in read_map()[UNIT]["exercises"]]
    right = {id: {"now": RIGHT} for id in exercises}
    one = exercises[0]
    cases = {
        NOT_ATTEMPTED: {},
        UNDER_WAY: {one: {"now": RIGHT}},
        WRONG: {**right, one: {"now": WRONG}},
        CRASHED: {**right, one: {"now": CRASHED}},
        RIGHT: right,
    }
    assert {status: page({UNIT: noted}).unit_status(UNIT) for status, noted in cases.items()} == {s: s for s in cases}
    assert page({UNIT: right}).points(UNIT) == (19, 19, 0)


IMPORTED = {"title": "Squares", "words": "work through squares", "minutes": 60, "exercises": []}
IMPORTED |= {"own_tests": {"cells": 3, "points": 4.5}}


def test_a_unit_that_was_imported_says_that_its_tests_are_graded_when_handed_in():
    alone = StartPage({"01_squares": IMPORTED}, {})
    assert (alone.unit_status("01_squares"), alone.summary("01_squares")) == (
        HANDED_IN,
        "3 cells graded when handed in",
    )
    assert "0 of 0" not in repr(alone) + alone._repr_html_()
    assert "4.5 points" in alone._repr_html_()
    assert alone.next_words() == "Open a unit, and go from top to bottom. It is graded when handed in."
    assert f'<td>4.5</td><td style="text-align:left">{HANDED_IN}</td>' in alone._repr_html_(), "in the table of words"
    beside = StartPage({"01_squares": IMPORTED, UNIT: read_map()[UNIT]}, {})
    assert beside.next_exercise()[0] == UNIT, "what has checks comes next"
    assert HANDED_IN not in page({})._repr_html_(), "and no other course hears of it"


def test_a_unit_of_both_kinds_counts_its_checks_and_names_the_rest():
    both = {**IMPORTED, "exercises": [{"id": "cube", "points": 2.0, "minutes": 5, "by_hand": False}]}
    found = StartPage({"01_squares": both}, {"01_squares": {"cube": {"now": RIGHT}}})
    assert found.summary("01_squares") == "1 of 1 right, 3 cells graded when handed in"
    assert "2 of 2 points + 4.5 graded when handed in" in found._repr_html_()
    assert found.next_words() == "Every check is right. What is left is graded when handed in."


def test_what_an_older_or_newer_course_noted_does_no_harm():
    noted = {"99_gone": {"x": {"now": RIGHT}}, UNIT: {"gone": {"now": RIGHT}, "corr2d": {"now": 3, "first_right": []}}}
    shown = page(noted)
    assert "0 of 9 right" in shown._repr_html_()
    assert shown.next_exercise()[0] == UNIT


def test_what_to_do_next_is_in_the_unit_worked_on_last_and_never_graded_by_hand():
    units = read_map()
    everything = {unit: {e["id"]: {"now": RIGHT} for e in facts["exercises"]} for unit, facts in units.items()}
    assert page({}).next_exercise() == (OTHER, units[OTHER]["exercises"][0])
    last = {OTHER: {"set_ops": {"now": RIGHT, "checked": "2026-01-01 10:00"}}}
    last[UNIT] = {"corr2d": {"now": RIGHT, "checked": "2026-01-02 10:00"}}
    assert page(last).next_exercise() == (UNIT, units[UNIT]["exercises"][1])
    everything[UNIT]["erode"] = {"now": WRONG}
    assert page(everything).next_exercise()[1]["id"] == "erode"
    everything[UNIT]["erode"] = {"now": RIGHT}
    assert page(everything).next_exercise() is None
    assert "by hand" in page(everything).next_words()


def test_the_map_has_every_exercise_that_is_checked():
    packed = {unit.name: {pack.stem for pack in unit.glob("*.json")} for unit in EXAMPLES.iterdir() if unit.is_dir()}
    checked = {u: {e["id"] for e in facts["exercises"] if not e["by_hand"]} for u, facts in read_map().items()}
    assert checked == packed


#: What JupyterLab leaves of the HTML of a notebook that it does not trust, as far as the page needs it.
ALLOWED = {
    *("div", "p", "strong", "span", "a", "br", "button", "details", "summary", "ul", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def test_the_page_needs_no_html_that_jupyterlab_takes_out():
    noted = {unit: {e["id"]: {"now": WRONG} for e in facts["exercises"]} for unit, facts in read_map().items()}
    shown = StartPage(read_map(), noted, trouble="<script>alert(1)</script>")._repr_html_()
    assert set(re.findall(r"</?([a-zA-Z0-9]+)", shown)) <= ALLOWED
    attributes = set(re.findall(r" ([a-z-]+)=[\"']", shown))
    assert attributes <= {"style", "href", "title", "scope", "class", "data-commandlinker-command"}


def test_jupyterlab_opens_on_a_page_that_is_up_to_date(course, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(course.parent / "jupyter"))
    assert place_to_open(course) == "/lab/tree/start.ipynb"
    before = nbformat.read(course / "start.ipynb", as_version=4)
    nbformat.validate(before)
    assert "0 of 9 right" in before.cells[1].outputs[0].data["text/html"]
    note(RIGHT, passed=5)
    assert place_to_open(course) == "/lab/tree/start.ipynb"
    after = nbformat.read(course / "start.ipynb", as_version=4)
    assert "1 of 9 right" in after.cells[1].outputs[0].data["text/html"]
    from nbformat.sign import NotebookNotary

    assert NotebookNotary().check_signature(after)


def test_the_page_is_that_of_the_servers_root_and_not_of_the_folder_that_it_runs_in(course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JUPYTERHUB_ROOT_DIR", raising=False)
    server = SimpleNamespace(initialized=lambda: False, instance=lambda: SimpleNamespace(root_dir=str(course)))
    monkeypatch.setitem(sys.modules, "jupyter_server.serverapp", SimpleNamespace(ServerApp=server))
    assert start_page.server_root() == tmp_path
    server.initialized = lambda: True
    assert start_page.server_root() == course
    monkeypatch.setenv("JUPYTERHUB_ROOT_DIR", "~/course")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert start_page.server_root() == tmp_path / "home" / "course"


def test_jupyterlab_opens_whatever_is_wrong_with_the_page(course, tmp_path, monkeypatch):
    assert place_to_open(tmp_path) == "/lab", "no course there"

    def broken(_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(start_page, "write", broken)
    assert place_to_open(course) == "/lab/tree/notebooks"
    (course / "start.ipynb").write_text("{}")
    assert place_to_open(course) == "/lab/tree/start.ipynb"


def test_the_cell_of_the_page_shows_the_same_as_the_page(course, monkeypatch, capsys):
    note(RIGHT, passed=5)
    monkeypatch.chdir(course)
    progress.show()
    assert capsys.readouterr().out.strip() == repr(start_page.page_for(course))
    monkeypatch.chdir(course / "notebooks" / UNIT)
    assert f'href="../../notebooks/{OTHER}/' in start_page.page_for()._repr_html_()


def test_a_hand_graded_exercise_is_not_counted():
    unit, exercise = next((u, e) for u, facts in read_map().items() for e in facts["exercises"] if e["by_hand"])
    shown = page({unit: {exercise["id"]: {"now": RIGHT}}})
    assert shown.status(unit, exercise) == BY_HAND
    assert shown.summary(unit).startswith("0 of ")
    assert Path(start_page.MAP).is_file()
