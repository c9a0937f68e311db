"""A course of one's own: what `init` writes is a course, passes its own rules, and works where nothing of this course is."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from autograder.course import KIT
from autograder.init.begin import FIRST, begin
from course_utils.course import read_course
from course_utils.refused import Refused

SLOW = bool(os.environ.get("COURSE_TEST_SLOW"))


def called(folder, kit, *words):
    """What a command says in a course's folder, with the kit in `kit` and none of this course's settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    environment["PYTHONPATH"] = str(kit)
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def test_a_new_course_has_its_own_name_and_keeps_the_house_rules(tmp_path):
    made = begin(tmp_path / "Moving Things", 'Things "that" move')
    course = read_course(tmp_path / "Moving Things")
    assert (course.title, course.slug) == ('Things "that" move', "moving-things")
    assert all(path.is_file() for path in made)
    assert "nothing to correct in 01" in called(course.folder, KIT, "autograder", "lint")
    ignored = (course.folder / ".gitignore").read_text().split()
    assert {"private/", "/gradebook.db", "/submitted/"} <= set(ignored)
    version = tomllib.loads((KIT / "pyproject.toml").read_text())["project"]["version"]
    assert f"pixels-to-paragraphs[instructor]=={version}" in (course.folder / "requirements.txt").read_text()


def test_an_empty_one_is_for_a_course_that_comes_in(tmp_path):
    made = {path.relative_to(tmp_path / "old").as_posix() for path in begin(tmp_path / "old", empty=True)}
    assert {"course.toml", "nbgrader_config.py", "lessons/units.toml"} <= made
    assert not any(FIRST in path or "demo_class" in path for path in made)
    assert "raise NotImplementedError()" in (tmp_path / "old" / "nbgrader_config.py").read_text()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "notes.txt").write_text("mine")
    with pytest.raises(Refused, match="is there already and not empty"):
        begin(tmp_path / "course")
    assert [path.name for path in (tmp_path / "course").iterdir()] == ["notes.txt"]
    with pytest.raises(Refused, match="has no Latin letter or digit"):
        begin(tmp_path / "課程")


def test_a_title_is_one_line(tmp_path):
    with pytest.raises(Refused, match=r"--title is .*: write it in one line"):
        begin(tmp_path / "course", "A course\nall: ; true")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not SLOW, reason="a minute and more; COURSE_TEST_SLOW=1 runs it")
def test_with_the_wheel_alone_a_new_course_goes_from_init_to_grades(tmp_path):
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(KIT)).build(directory=str(tmp_path), versions=["standard"])
    kit = tmp_path / "kit"
    zipfile.ZipFile(wheel).extractall(kit)
    data = next(kit.glob("*.data")) / "data"
    assert (data / "etc" / "jupyter" / "nbgrader_config.py").is_file()
    guide = data / "share" / "doc" / "pixels-to-paragraphs" / "writing_a_unit.md"
    assert guide.read_text().startswith("# Writing a unit\n")
    called(tmp_path, kit, "autograder", "init", "mine")
    course = tmp_path / "mine"
    called(course, kit, "autograder", "build")
    assert "wraps_around" not in called(course, kit, "autograder", "test")
    shown = called(course, kit, "autograder", "grade-demo")
    assert "A class of 5" in shown
    shutil.copytree(course / "demo" / "submitted", course / "submitted")
    called(course, kit, "nbgrader", "generate_assignment", FIRST, "--force")
    assert "5 graded" in called(course, kit, "autograder", "grade", "01")
    (page, table) = map(Path, called(course, kit, "autograder", "report", "01").split())
    assert page.suffix == ".html"
    assert table.is_relative_to(course)
    called(course, kit, "autograder", "release")
    released = {path.relative_to(course / "dist" / "mine").as_posix() for path in (course / "dist" / "mine").rglob("*")}
    assert {
        "course_utils/packs.py",
        "course_utils/LICENSE",
        f"course_utils/examples/{FIRST}/moving_average.json",
    } <= released
    assert not any("exercises" in path or "autograder" in path or "private" in path for path in released)
