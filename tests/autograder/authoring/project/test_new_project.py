"""A project is made of a file, in a clean copy of the course: it builds, is proven, and gives nothing away."""

import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tomllib

import nbformat
import pytest

from autograder.authoring.project import held_out as project_texts
from autograder.authoring.project.texts import key_of
from autograder.course import ROOT
from autograder.edition.contents import of_other_units
from course_utils.refused import Refused

from .made import rows, write

UNIT = "98_news"
LICENCE = "made by dice: use them as you like"


@pytest.fixture(scope="module")
def table():
    once = rows(200)  # 160 to train on: whole batches of 32, and so one shape to compile
    extra = [("", "sport"), ("Tea for two", "sport"), ("tea, for two!", "money")]
    return [*once, *extra, (once[0][0].upper(), once[0][1])]


@pytest.fixture(scope="module")
def copy(tmp_path_factory, table):
    """The course's sources in another folder, with the project in it."""
    folder = tmp_path_factory.mktemp("copy")
    left_out = shutil.ignore_patterns("__pycache__", "hidden", "held_out", "cache", "*.ipynb")
    for name in ("autograder", "course_utils", "lessons", "docs", "solutions", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("course.toml", "nbgrader_config.py", "README.md", "pyproject.toml", "NOTICE.md"):
        shutil.copy(ROOT / name, folder / name)
    write(folder / "news.csv", table)
    done = command(folder, "new-project", "98", "--from", "news.csv", "--licence", LICENCE, "--seeds", "2")
    assert done.returncode == 0, done.stderr
    assert "204 rows, 200 different texts in 2 classes" in done.stdout
    (folder / "said").write_text(done.stdout)
    return folder


#: `autograder prove 98` without baseline_model, whose trainings take as long as cnn_model's and are judged in the same way.
PROVE = f"""
from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.exercises import load_exercises
from autograder.authoring.functions import lesson_functions
from autograder.proof.prove import prove_exercise

own, exercises = lesson_functions(read_lesson(lesson_path({UNIT!r}))), load_exercises({UNIT!r})
print({{id: prove_exercise(exercises[id], own[id]).shortcomings for id in ("clean", "compare", "cnn_model")}})
"""


def command(folder, *words):
    """`autograder ...` of the copy."""
    return run(folder, "-m", "autograder", *words)


def run(folder, *words):
    """`python ...` in the copy."""
    threads = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    environment = {**os.environ, **threads, "PYTHONPATH": str(folder), "COURSE_SECRET": "a secret"}
    for name in ("COURSE_DATA", "COURSE_HIDDEN_PACKS"):
        environment.pop(name, None)
    return subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)


def read(path):
    """Texts of a project's file."""
    return json.loads(lzma.decompress(path.read_bytes()))["text"]


def held_out(copy):
    return read(copy / "autograder" / "held_out" / f"{UNIT}.json.xz")


def test_it_builds_is_proven_and_no_held_out_text_or_solution_is_released(copy):
    built = command(copy, "build", "98")
    assert built.returncode == 0, built.stderr
    proven = run(copy, "-c", PROVE)
    assert proven.returncode == 0, proven.stderr
    assert proven.stdout.splitlines()[-1] == "{'clean': [], 'compare': [], 'cnn_model': []}"
    released = (copy / "notebooks" / UNIT / f"{UNIT}.ipynb").read_text()
    for line in ("kept = pack", 'class_weight=\\"balanced\\"', "groupby(key)", "binomtest(only_a", "BEGIN SOLUTION"):
        assert (line in released) == (line == 'class_weight=\\"balanced\\"'), line
    given = "\n".join(
        path.read_text(errors="ignore")
        for folder in ("notebooks", "solutions", "course_utils", "lessons")
        for path in sorted((copy / folder).rglob("*"))
        if path.is_file() and UNIT in path.as_posix()
    )
    assert [text for text in held_out(copy) if text in given] == []
    assert nbformat.reads(released, as_version=4).cells


def test_what_is_handed_out_and_what_is_held_out_share_no_text(copy, table):
    given, kept = read(copy / "data" / "embedded" / f"{UNIT}.json.xz"), held_out(copy)
    assert len(kept) == 40
    assert not {key_of(text) for text in given} & {key_of(text) for text in kept}
    assert {key_of(text) for text in given + kept} == {key_of(text) for text, _ in table}
    stray = [path for path in copy.rglob("*") if path.is_file() and kept[0].encode() in path.read_bytes()]
    assert {path.parts[len(copy.parts)] for path in stray} <= {"news.csv", "autograder"}


def test_an_edition_without_the_unit_goes_without_its_texts():
    path = f"data/embedded/{UNIT}.json.xz"
    assert of_other_units(path, ["02_convolution_and_pooling"])
    assert not of_other_units(path, ["02_convolution_and_pooling", UNIT])
    assert not of_other_units("data/embedded/thesaurus_en.json.gz", [])


def test_its_entries_say_what_it_is(copy):
    sets = tomllib.loads((copy / "data" / "manifest.toml").read_text())
    assert sets[UNIT]["terms"] == LICENCE
    assert tomllib.loads((copy / "lessons" / "units.toml").read_text())[UNIT]["title"] == "News"
    assert f"| `{UNIT}.json.xz` | `{UNIT}` |" in (copy / "NOTICE.md").read_text()
    shared = (copy / "autograder" / "exercises" / f"unit_{UNIT}" / "shared.py").read_text()
    assert "# Measured by: autograder new-project 98 --from news.csv --name news --seeds 2" in shared
    said = (copy / "said").read_text()
    for exercise, asked in re.findall(r'"(\w+_model)": {"examples": [\d.]+, "held_out": ([\d.]+)}', shared):
        assert re.search(rf"{exercise}: seeds .* at least {float(asked):.2f}", said)
        assert float(asked) >= 0.7
    assert str(copy) not in shared


@pytest.mark.parametrize("there", [None, b"the texts of another project"], ids=["no file", "another file"])
def test_a_machine_without_the_held_out_texts_is_told_what_to_do(there, tmp_path, monkeypatch):
    monkeypatch.setattr(project_texts, "FOLDER", tmp_path)
    if there:
        project_texts.path_of(UNIT).write_bytes(there)
    with pytest.raises(Refused, match=rf"{UNIT}\.json\.xz.*Copy it from the machine where the project was made"):
        project_texts.articles(UNIT, "0" * 64)


def test_a_number_that_is_taken_a_bad_name_and_no_licence_are_refused_and_nothing_is_written(copy):
    before = sorted(path for path in copy.rglob("*") if "__pycache__" not in path.parts)
    for words, said in (
        (("98", "--licence", "any"), "has the number 98 already"),
        (("97", "--licence", " "), "--licence is empty"),
        (("97", "--licence", "any", "--name", "Two Words"), "is not a name for a unit"),
    ):
        refused = command(copy, "new-project", *words, "--from", "news.csv")
        assert refused.returncode == 1, refused.stderr
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr
    assert sorted(path for path in copy.rglob("*") if "__pycache__" not in path.parts) == before
