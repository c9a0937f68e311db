"""Stock nbgrader on the course: its own commands, this course's configuration, submissions of every kind."""

import copy
import csv
import datetime
import functools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.course import NOTEBOOKS, ROOT, SOLUTIONS
from autograder.demo import command as demo
from autograder.report.points import read_points

UNIT = "01_containers_and_arrays"
DUE = datetime.datetime(2030, 1, 1, 12, 0)
BIN = Path(sys.executable).parent

#: Stands in for the notebook's own set-up cell: quicker, for the cells between the exercises are left out here.
SET_UP = """
import ast, string
from pathlib import Path
import cv2
import numpy as np
from course_utils import check
from course_utils.checking import start
start("01_containers_and_arrays")
"""

NOISY = """
import logging, os, subprocess, sys, threading, warnings
logging.basicConfig(stream=sys.stderr)

def set_ops(a, b):
    print("to stderr", file=sys.stderr)
    warnings.warn("a warning")
    logging.warning("a log line, by a handler that was there before")
    os.write(2, b"a library's words, past Python")
    a, b = set(a), set(b)
    return {"|": a | b, "&": a & b, "-": a - b, "^": a ^ b}
"""

WRONG = {
    "word_counts": "def word_counts(text):\n    return {word: 1 for word in text.lower().split()}",
    "shape_of": "def shape_of(nested):\n    return [len(nested)]",
    "bgr_to_rgb": "def bgr_to_rgb(image):\n    return image.nope",
}

#: Right but for "Straße", which becomes "strasse".
NEARLY = """
def word_counts(text):
    import collections, string
    pieces = text.casefold().split()
    return dict(collections.Counter(filter(None, (piece.strip(string.punctuation) for piece in pieces))))
"""


class Class:
    """A copy of the course's folder with one unit, and ways to hand in and to run nbgrader there."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        shutil.copytree(SOLUTIONS / UNIT, folder / "solutions" / UNIT)
        self.environment = {**demo.environment(folder), "PATH": "/usr/bin:/bin"}  # the environment is not activated

    def nbgrader(self, *arguments):
        """Run an nbgrader command; return what it said and whether it succeeded."""
        command = [str(BIN / "nbgrader"), *map(str, arguments)]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        return done.stdout + done.stderr, done.returncode == 0

    def notebook(self, answers=None):
        """The released notebook's graded cells behind a short set-up cell, with these answers (the right ones)."""
        notebook = nbformat.read(self.folder / "notebooks" / UNIT / f"{UNIT}.ipynb", as_version=4)
        notebook.cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
        answers = demo.right_answers(UNIT) if answers is None else answers
        for cell in notebook.cells:
            if source := answers.get(cell.metadata["nbgrader"]["grade_id"]):
                cell.source = source
        notebook.cells.insert(0, new_code_cell(SET_UP.strip()))
        return notebook

    def hand_in(self, student, notebook, hours_late=-1):
        folder = self.folder / "submitted" / student / UNIT
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text(f"{DUE + datetime.timedelta(hours=hours_late):%Y-%m-%d %H:%M:%S} UTC")
        path = folder / f"{UNIT}.ipynb"
        path.write_text(notebook) if isinstance(notebook, str) else nbformat.write(notebook, path)

    def scores(self):
        api = demo.open_api(self.folder)
        with api.gradebook as gradebook:
            return {score.student: score for score in read_points(gradebook, api.coursedir)}

    def graded(self, student):
        return nbformat.read(self.folder / "autograded" / student / UNIT / f"{UNIT}.ipynb", as_version=4)

    def feedback(self, student):
        return (self.folder / "feedback" / student / UNIT / f"{UNIT}.html").read_text()


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A class whose unit 01 is released by the command line, with a due date."""
    made = Class(tmp_path_factory.mktemp("nbgrader") / "course")
    said, succeeded = made.nbgrader("generate_assignment", UNIT, "--force")
    assert succeeded, said
    with demo.open_api(made.folder).gradebook as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate=DUE)
    return made


def cell(notebook, grade_id):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def tampered(course):
    """Right answers in a notebook whose graded cells suffered all that happens to notebooks."""
    notebook = course.notebook()
    cell(notebook, "test_set_ops").source = "None  # edited"
    cell(notebook, "test_literal_type").metadata["nbgrader"] = {}  # nbgrader's own marks, lost
    cell(notebook, "word_counts").metadata["nbgrader"]["schema_version"] = 1  # this one stops a whole class
    test = cell(notebook, "test_to_grayscale")
    test.metadata["nbgrader"].update(grade=False, points=50)
    del cell(notebook, "shape_of").metadata["nbgrader"]  # the solution is an ordinary cell now,
    notebook.cells.remove(cell(notebook, "test_shape_of"))  # and its test is gone
    elsewhere = copy.deepcopy(test)
    elsewhere.metadata["nbgrader"]["grade_id"] = "test_of_another_unit"
    elsewhere.id = "pasted"
    notebook.cells += [elsewhere, new_code_cell("# ### BEGIN HIDDEN TESTS, the learner wrote")]
    for copied in [cell(notebook, "bgr_to_rgb"), cell(notebook, "test_bgr_to_rgb")]:
        notebook.cells.append(copy.deepcopy(copied))
        notebook.cells[-1].id = f"{copied.id}-again"
    first = cell(notebook, "bgr_to_rgb")
    first.source = "def bgr_to_rgb(image):\n    return None"
    return notebook


@pytest.fixture(scope="session")
def graded(course):
    """Five submissions after `autograde` and `generate_feedback`; what the two said."""
    course.hand_in("late", course.notebook({**demo.right_answers(UNIT), "set_ops": NOISY}), hours_late=49)
    course.hand_in(
        "partly", course.notebook({**demo.right_answers(UNIT), **WRONG, "word_counts": NEARLY, "find_files": ""})
    )
    course.hand_in("tampered", tampered(course))
    course.hand_in("text", "not JSON")
    course.hand_in("other_json", json.dumps({"cells": 3}))
    course.hand_in("without", "")
    (course.folder / "submitted" / "without" / UNIT / f"{UNIT}.ipynb").rename(
        course.folder / "submitted" / "without" / UNIT / "renamed.ipynb"
    )
    return course.nbgrader("autograde", UNIT), course.nbgrader("generate_feedback", UNIT)


def test_the_release_is_the_one_that_learners_have(course):
    released = course.folder / "notebooks" / UNIT / f"{UNIT}.ipynb"
    assert released.read_bytes() == (NOTEBOOKS / UNIT / f"{UNIT}.ipynb").read_bytes()
    assert "HIDDEN TESTS" not in released.read_text()


def test_a_bad_submission_does_not_stop_the_class(course, graded):
    (said, succeeded), _ = graded
    assert not succeeded, "nbgrader says with its exit code that something was left out"
    for student in ("text", "other_json", "without"):
        assert f"'{UNIT}' for student '{student}'" in said
    scores = course.scores()
    assert [name for name, score in scores.items() if score.graded] == ["late", "partly", "tampered"]
    assert "not a notebook: its JSON is broken in line 1" in scores["text"].remarks[0]
    assert "it has no list of cells" in scores["other_json"].remarks[0]
    assert f"no file {UNIT}.ipynb was submitted; there is renamed.ipynb" in scores["without"].remarks[0]


def test_nothing_on_stderr_costs_a_point_and_lateness_does(course, graded):
    late = course.scores()["late"]
    assert late.raw == late.highest == 15
    assert late.penalty == pytest.approx(0.3 * 15), "three days begun"


def test_partial_credit(course, graded):
    points = course.scores()["partly"].points
    assert 0 < points["test_word_counts"] < 2
    assert points["test_shape_of"] == points["test_bgr_to_rgb"] == points["test_find_files"] == 0
    assert points["test_stack_batch"] == 3


def test_graded_cells_are_put_back_as_they_were_released(course, graded):
    score = course.scores()["tampered"]
    assert score.points == score.most
    said = " ".join(score.remarks)
    for words in (
        "set_ops: this test was edited",
        "literal_type: this test was deleted",
        "shape_of: this test was deleted",
        "bgr_to_rgb: this cell was copied",
    ):
        assert words in said
    assert "word_counts" not in said


def test_feedback_has_scores_and_hints_and_no_hidden_test(course, graded):
    _, (said, succeeded) = graded
    assert succeeded, said
    html = course.feedback("partly")
    for secret in ("END HIDDEN", "from autograder", "autograder/grading", 'grade("', "grade(&quot;"):
        assert secret not in html
        assert secret not in course.feedback("tampered")
    assert "BEGIN HIDDEN TESTS, the learner wrote" in course.feedback("tampered")
    scores = course.scores()["partly"]
    assert f"{scores.raw:g} of 15 points" in html
    assert "right on 0 of" in html
    assert "not attempted" in html, "an answer left as it came"


def test_feedback_shows_no_hidden_probe(course, graded):
    """No line of it quotes an argument of a hidden call; the texts of unit 01's hidden probes are easily searched for."""
    from autograder.exercise import hidden_probes
    from autograder.exercises import load_exercises

    exercise = load_exercises(UNIT)["word_counts"]
    shown = {probe.args[0] for probe in exercise.examples}
    texts = {probe.args[0] for probe in hidden_probes(exercise, demo.SECRET)} - shown
    html = course.feedback("partly")
    assert not [text for text in texts if len(text) > 12 and text.splitlines()[0] in html]


def test_export(course, graded):
    said, succeeded = course.nbgrader("export", "--to", "grades.csv")
    assert succeeded, said
    rows = {row["student_id"]: row for row in csv.DictReader((course.folder / "grades.csv").open())}
    assert float(rows["late"]["score"]) == pytest.approx(10.5)
    assert float(rows["late"]["late_submission_penalty"]) == pytest.approx(4.5)


def test_validate_says_what_check_says(course, tmp_path):
    answers = {**demo.right_answers(UNIT), **WRONG, "find_files": "", "literal_type": NOISY_LITERAL}
    notebook = course.notebook(answers)
    path = course.folder / "mine.ipynb"
    nbformat.write(notebook, path)
    said, _ = course.nbgrader("validate", path.name)
    failed = set(re.findall(r'^\s+check\("(\w+)"', said, re.M))
    assert failed == {*WRONG, "find_files"}, said
    assert "VALIDATION FAILED ON 4 CELL(S)" in said
    assert "word_counts   wrong on" in said
    assert "find_files   not attempted yet" in said
    assert "Traceback" not in said


NOISY_LITERAL = """
import os, sys

def literal_type(source):
    print("to stderr", file=sys.stderr)
    os.write(2, b"past Python")
    return type(ast.literal_eval(source)).__name__
"""


def test_loops_that_never_end_and_kernels_that_never_stop(course, graded):
    """A cell that loops costs its time; without one that cannot be interrupted the notebook is run again."""
    stuck, slow = course.notebook(), course.notebook()
    slow.cells.insert(1, new_code_cell("while True:\n    pass"))
    unstoppable = (
        "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass"
    )
    place = stuck.cells.index(cell(stuck, "set_ops"))
    stuck.cells.insert(place, new_code_cell(unstoppable))
    course.hand_in("slow", slow)
    course.hand_in("stuck", stuck)
    said, succeeded = course.nbgrader("autograde", UNIT, "--Execute.timeout=12", "--student=s*")
    assert succeeded, said
    scores = course.scores()
    assert scores["slow"].raw == 15
    assert any("cell 2 did not finish" in words for words in scores["slow"].remarks)
    assert scores["stuck"].raw == 15
    assert any("what comes later was run without it" in words for words in scores["stuck"].remarks)


def odd(course):
    """Hand-ins of every kind: what stands around the answers, and what lies beside the notebook. Student -> notebook."""
    below, colab, shadowed, missing = (course.notebook() for _ in range(4))
    place = below.cells.index(cell(below, "test_word_counts"))
    right = cell(below, "word_counts").source
    cell(below, "word_counts").source = "def word_counts(text):\n    ...  # your code here"
    below.cells.insert(place + 1, new_code_cell(right))
    colab.cells[0].source = "from google.colab import drive\ndrive.mount('/content')\n" + SET_UP
    shadowed.cells.insert(1, new_code_cell("check = start = grade = True"))
    del missing.cells[0]
    stored = course.notebook()
    stored.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text="x" * (33 << 20))]
    return {"below": below, "colab": colab, "shadowed": shadowed, "missing": missing, "stored": stored}


def beside(folder):
    """Links, a pipe, an environment and a model of 40 MB beside a notebook."""
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "folder").symlink_to("/etc")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").symlink_to("/usr/bin/python3")
    os.mkfifo(folder / "pipe")
    with (folder / "model.keras").open("wb") as file:
        file.truncate(40 << 20)
    (folder / "data").mkdir()
    (folder / "data" / "own.txt").write_text("own")


def test_the_engine_and_nbgrader_agree_on_odd_hand_ins(course, graded):
    names = {f"odd_{name}": notebook for name, notebook in odd(course).items()} | {"odd_beside": course.notebook()}
    for name, notebook in names.items():
        course.hand_in(name, notebook)
    beside(course.folder / "submitted" / "odd_beside" / UNIT)
    said, succeeded = course.nbgrader("autograde", UNIT, "--student=odd_*")
    assert succeeded, said
    theirs = course.scores()
    lying = {path.name for path in (course.folder / "autograded" / "odd_beside" / UNIT).rglob("*")}
    assert lying == {f"{UNIT}.ipynb", "timestamp.txt", "data", "own.txt"}
    students = [word for name in names for word in ("--student", name)]
    command = [sys.executable, "-m", "autograder", "grade", UNIT, "--json", *students]
    done = subprocess.run(command, cwd=course.folder, env=course.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for row in json.loads(done.stdout)["graded"]:
        score = theirs[row["student"]]
        assert row["points"] == score.raw == score.highest, (row, score.remarks)
        assert row["reasons"] == score.remarks or row["student"] == "odd_stored"
        assert bool(row["reasons"]) == (row["student"] != "odd_shadowed")


FRAME = r"""
import os, struct
body = b"{" * 260 + b'"' + b'\\"' * 200_000
os.write(100, struct.pack(">I", len(body)) + body)
"""  # to where answers leave the sandbox: quotes that never end


def hostile(course):
    """Hand-ins that once held up a class or broke its grading, with right answers. Student -> notebook."""
    frame, stars, chain, ids = (course.notebook() for _ in range(4))
    frame.cells.insert(1, new_code_cell(FRAME))
    names = "\n ".join(f"b{number}()" for number in range(8_000))
    stars.cells.insert(
        1, new_code_cell("\n".join(f"from a{n} import *" for n in range(1_000)) + f"\ndef f(x):\n {names}")
    )
    chain.cells.insert(1, new_code_cell("if 0: pass\n" + "elif 0: pass\n" * 1_200))
    ids.cells.remove(cell(ids, "test_word_counts"))
    for id in ["test_word_counts", *(f"test_word_counts-{number}" for number in range(2, 100))]:
        ids.cells.append(new_code_cell("1", id=id))
    return {"frame": frame, "stars": stars, "chain": chain, "ids": ids}


def test_hostile_hand_ins_hold_nobody_up(course, graded):
    for name, notebook in hostile(course).items():
        course.hand_in(f"hostile_{name}", notebook)
    began = time.monotonic()
    said, succeeded = course.nbgrader("autograde", UNIT, "--student=hostile_*")
    assert time.monotonic() - began < 60
    assert succeeded, said
    scores = course.scores()
    assert [scores[f"hostile_{name}"].raw for name in ("stars", "chain", "ids", "frame")] == [15, 15, 15, 0]
    assert any("forged" in words or "malformed" in words for words in scores["hostile_frame"].remarks)
    for student in hostile(course):
        assert "RecursionError" not in " ".join(scores[f"hostile_{student}"].remarks)


def test_the_formgrader_shows_the_class(course, graded):
    """Its pages and its interface, served by JupyterLab as an instructor starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(BIN / "jupyter-lab"), "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0"]
    command += ["--IdentityProvider.token=secret", f"--ServerApp.root_dir={course.folder}"]
    settings = {**course.environment, "JUPYTER_RUNTIME_DIR": str(course.folder / "runtime")}
    with (course.folder / "lab.log").open("w") as log:
        server = subprocess.Popen(command, cwd=course.folder, env=settings, stdout=log, stderr=log)
        try:
            get = functools.partial(_fetch, f"http://127.0.0.1:{port}/formgrader")
            _wait_for(lambda: get("/api/assignments"), server)
            assignment = next(a for a in json.loads(get("/api/assignments")) if a["name"] == UNIT)
            assert assignment["num_submissions"] >= 6
            submissions = {s["student"]: s for s in json.loads(get(f"/api/submissions/{UNIT}"))}
            assert submissions["late"]["score"] == pytest.approx(15), "nbgrader shows the penalty beside it"
            notebooks = json.loads(get(f"/api/submitted_notebooks/{UNIT}/{UNIT}"))
            late = next(n for n in notebooks if n["student"] == "late")
            for path in ("", "/manage_assignments", f"/manage_submissions/{UNIT}", "/gradebook", f"/gradebook/{UNIT}"):
                assert "formgrader" in get(path).lower()
            page = get(f"/submissions/{late['id']}/")
            assert "test_set_ops" in page
            assert 'class="verdict"' in page
            assert json.loads(get(f"/api/submission/{UNIT}/partly/autograde", b""))["success"]
        finally:
            server.terminate()
            server.wait(20)


def _fetch(address, path, post=None):
    request = urllib.request.Request(address + path, post, headers={"Authorization": "token secret"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def _wait_for(action, server, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            return action()
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, "the server ended"
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
