"""The session of commands on the instructor's page, run as it stands there: from a fresh clone to a file of grades."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import ROOT
from autograder.demo.command import answers_of
from autograder.demo.command import hand_in as make_submission
from autograder.demo.learners import UNIT_01, Learner
from tests.autograder.term.small_term import Learner as Person
from tests.autograder.term.small_term import canvas_gradebook, zip_of

PAGE = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
SESSION = re.search(r"<!-- a test runs these lines as they stand -->\n```\n(.*?)```", PAGE, re.DOTALL)[1]
PEOPLE = [Person(f"s{n:02}", first, last, 1000 + n) for n, (first, last) in enumerate(
    [("Ada", "Lovelace"), ("Ben", "Banneker"), ("Chen", "Jing"), ("Dorothy", "Vaughan"), ("Emmy", "Noether")], 1
)]  # fmt: skip
WORKS = [
    Learner("right", UNIT_01, "all right"),
    Learner("wrong", UNIT_01, "one wrong", {"set_ops": "def set_ops(a, b):\n    return a"}),
    Learner("nothing", UNIT_01, "nothing", others_right=False),
    Learner("broken", UNIT_01, "no notebook", instead="{"),
    Learner("crash", UNIT_01, "one crashes", {"set_ops": "import torch\n\ndef set_ops(a, b):\n    return a"}),
]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """What a clone holds, and beside it what an LMS gives: the files that git tracks, as they are now."""
    folder = tmp_path_factory.mktemp("clone") / "course"
    try:
        told = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no clone: git does not know its files")
    for name in filter(None, told.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def lms_files(folder: Path) -> None:
    """The zip and the roster of a class of five."""
    files = {}
    for person, work in zip(PEOPLE, WORKS, strict=True):
        make_submission(work, ROOT / "notebooks" / UNIT_01, folder / "made")
        name = f"{person.last}{person.first}".lower()
        path = folder / "made" / work.name / UNIT_01 / f"{UNIT_01}.ipynb"
        files[f"{name}_{person.canvas}_{person.canvas + 50}_{UNIT_01}.ipynb"] = path.read_bytes()
    shutil.rmtree(folder / "made")
    zip_of(folder / "submissions.zip", files)
    canvas_gradebook(folder / "roster.csv", PEOPLE)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the engine is Linux's")
def test_the_page_leads_from_a_clone_to_grades(clone):
    assert answers_of(WORKS[0])["set_ops"]
    lms_files(clone)
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {**os.environ, "PATH": os.pathsep.join(paths), "PYTHONPATH": str(clone), "COLUMNS": "160"}
    for name in ("COURSE_SECRET", "COURSE_HIDDEN_PACKS", "COURSE_ROOT"):
        environment.pop(name, None)
    said = {}
    for line in SESSION.splitlines():
        words = line.partition("#")[0].strip()
        done = subprocess.run(words, shell=True, cwd=clone, env=environment, capture_output=True, text=True)
        said[" ".join(words.split()[:2])] = done.stdout
        # one submission is no notebook: it counts as nothing, and the exit code says that somebody should look
        assert done.returncode == (1 if words.startswith("autograder grade") else 0), (
            f"{words}\n{done.stdout}\n{done.stderr}"
        )
    assert "2026-12-01 23:59 Europe/Berlin (2026-12-01 22:59 UTC)" in said["autograder due"]
    table = " ".join(said["autograder grade"].split())
    assert "Ada Lovelace (s01)" in table
    assert "nothing attempted" in table
    assert "crashed: `import torch`" in table
    assert "not a notebook" in table
    assert "without feedback" in said["autograder status"]
    assert len(list((clone / "feedback").glob("*/*/*.html"))) == 4
    with (clone / "canvas.csv").open(encoding="utf-8-sig", newline="") as file:
        grades = {row["SIS Login ID"]: row[UNIT_01] for row in csv.DictReader(file) if row["SIS Login ID"]}
    assert grades["s01"] == "15"
    assert grades["s03"] == grades["s04"] == "0"
    assert 0 < float(grades["s02"]) < 15
    assert 0 < float(grades["s05"]) < 15
