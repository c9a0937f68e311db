"""Limits stand in one module for each room, with their reasons; what pages and commands say of them is theirs."""

import ast
import re

import pytest

from autograder import doctor, limits
from autograder.authoring.limits_page import MODULES, PAGE, groups, limits_page, shown
from autograder.course import ROOT
from autograder.engine.command import Course
from autograder.engine.run import limits as of_runs
from autograder.engine.run.sandbox import Limits

#: Names of numbers that bound something.
BOUND = re.compile(r"_?(MAX|MOST|LARGEST|SHORTEST)(_|$)|\w+_SECONDS$|PATIENCE$|RETRIES$")
#: Not limits of what strangers do: how much a proof asks of an exercise; what Moodle takes; how long our own cells and files are.
OTHERS = {"MOST_BY_HEART", "MOST", "MOST_LINES"}


def test_the_page_is_what_the_modules_say():
    assert PAGE.read_text(encoding="utf-8") == limits_page(), "run: autograder build"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_each_limit_has_its_reason(module):
    found = [limit for _, limits in groups(module) for limit in limits]
    assert [limit.name for limit in found] == [name for name in vars(module) if name.isupper()]
    assert all(len(limit.words.split()) > 2 for limit in found)


def test_no_other_module_keeps_a_limit():
    strays = []
    for path in [*(ROOT / "autograder").rglob("*.py"), *(ROOT / "course_utils").rglob("*.py")]:
        if path.name == "limits.py" or "exercises" in path.parts or "bench" in path.parts:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and not any(isinstance(part, ast.Name) for part in ast.walk(node.value)):
                names = [part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)]
                strays += [(path.name, name) for name in names if BOUND.match(name) and name not in OTHERS]
    assert not strays


def page(*names: str) -> str:
    """The text of these pages of the project, with single spaces."""
    paths = [path for name in names for path in ROOT.glob(name)]
    return " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in paths)


@pytest.mark.parametrize(
    "words",
    [
        f"{shown(limits.MAX_BESIDE_BYTES)} or {shown(limits.MAX_BESIDE_FILES)} files beside a notebook",
        f"text is cut at {shown(limits.MAX_OUTPUT_TEXT)} characters, a cell's at {shown(of_runs.MAX_CELL_OUTPUT)}, "
        f"and a notebook's at {shown(limits.MAX_WRITTEN)}",
        f"at most {shown(limits.MAX_HTML_DEPTH)} elements deep",
        f"as far as there is room, {shown(limits.MAX_COPIED)} a text",
        f"draws more than {shown(limits.MAX_DRAWN)} elements",
    ],
)
def test_prose_quotes_the_limits_as_they_are(words):
    assert words in page("README.md", "SECURITY.md", "docs/*.md")


def test_a_notebook_has_them_and_doctor_says_so():
    assert Limits().cell_seconds == of_runs.CELL_SECONDS
    assert Course.load(ROOT).cell_seconds == of_runs.CELL_SECONDS  # by nbgrader_config.py
    said = next(finding.found for finding in doctor.safety() if finding.name == "limits")
    for value in (of_runs.CELL_SECONDS, of_runs.NOTEBOOK_SECONDS, of_runs.MEMORY, of_runs.PROCESSES, of_runs.DISK):
        assert shown(value) in said


def test_large_numbers_are_shown_as_people_read_them():
    assert [shown(n) for n in (2**30, 3 * 2**20, 2**20 + 1, 1_000, 0.05)] == [
        "1 GB",
        "3 MB",
        "1,048,577",
        "1,000",
        "0.05",
    ]
