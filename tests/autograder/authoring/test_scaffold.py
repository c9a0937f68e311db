"""A new unit works as it comes, in a clean copy of the course, and takes nobody else's place."""

import os
import shutil
import subprocess
import sys

import pytest

from autograder.authoring.lesson import lesson_units
from autograder.course import ROOT

UNIT = "99_moving_averages"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The course's sources in another folder, with the new unit in it."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("autograder", "course_utils", "lessons", "docs", "solutions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "hidden", "*.ipynb"))
    for name in ("nbgrader_config.py", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    done = command(folder, "new", UNIT)
    assert done.returncode == 0, done.stderr
    return folder


def command(folder, *words):
    """`autograder ...` of the copy."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "autograder", *words], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_it_builds_and_its_grader_is_proven(copy):
    built = command(copy, "build", "99")
    assert built.returncode == 0, built.stderr
    assert (copy / "notebooks" / UNIT / f"{UNIT}.ipynb").exists()
    proven = command(copy, "prove", "99")
    assert proven.returncode == 0, proven.stdout
    assert "moving_average" in proven.stdout


def test_it_has_the_anatomy_of_a_lesson(copy):
    text = (copy / "lessons" / f"{UNIT}.py").read_text()
    assert text.startswith("# %% [markdown]\n# # Moving averages\n")
    for part in (
        "You will be able to",
        "Hint 1",
        "Hint 2",
        "If you see",
        "## Recap",
        "## Further",
        "繁體中文",
        "한국어",
    ):
        assert part in text
    last = lesson_units()[-1]
    assert f"](../{last}/{last}.ipynb)" in text, "it says what comes before it"


def test_a_unit_is_never_overwritten_and_a_bad_name_is_refused_with_the_remedy(copy):
    lesson = copy / "lessons" / f"{UNIT}.py"
    lesson.write_text(lesson.read_text() + "\n# mine\n")
    for name, words in ((UNIT, "has the number 99 already"), ("2_x", "two digits"), ("../16_x", "two digits")):
        refused = command(copy, "new", name)
        assert refused.returncode == 1
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr
    assert lesson.read_text().endswith("# mine\n")
    assert not (copy / "16_x.py").exists()


def test_the_guide_names_commands_that_exist():
    import re

    from autograder.cli import cli

    guide = (ROOT / "docs" / "writing_a_unit.md").read_text()
    named = set(re.findall(r"^autograder ([a-z-]+)|`autograder ([a-z-]+)", guide, re.M))
    assert {one or other for one, other in named} <= set(cli.commands)
    assert len(guide.splitlines()) < 110, "two screens"
