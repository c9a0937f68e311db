"""Tests of the kit and tests of this course are told apart by a list, and the list is whole."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.of_the_course import OF_THE_COURSE, OF_THE_KIT, marker_of

ROOT = Path(__file__).parents[2]
UNITS = sorted(path.stem for path in (ROOT / "lessons").glob("[0-9][0-9]_*.py"))
#: What says that a test knows this course: a unit's name, an exercise's module, the map of its units.
KNOWS = re.compile("|".join([*map(re.escape, UNITS), r"autograder\.exercises\.unit_\d\d", r"\bread_map\("]))
TESTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("path", [*OF_THE_COURSE, *OF_THE_KIT])
def test_what_is_listed_is_there(path):
    assert (ROOT / path).exists()


def test_every_test_that_names_something_of_this_course_is_listed():
    assert UNITS
    knowing = [path for path in TESTS if KNOWS.search((ROOT / path).read_text(encoding="utf-8"))]
    assert [path for path in knowing if marker_of(path) == "kit" and path != "tests/project/test_kit.py"] == []


def test_both_kinds_can_be_chosen():
    chosen = {}
    for marker in ("kit", "course"):
        command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "-m", marker]
        command += ["tests/project/test_kit.py", "tests/project/test_links.py"]
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        chosen[marker] = {line.partition("::")[0] for line in found.splitlines() if "::" in line}
    assert chosen == {"kit": {"tests/project/test_kit.py"}, "course": {"tests/project/test_links.py"}}
