"""What the project does in one way is done in one place; whoever needs it once more finds it there."""

import re

import pytest

from autograder.course import ROOT

#: What is looked for in the code -> what does it, and the only file that may hold it.
PLACES = {
    r"\bos\.(replace|fsync)\(": ("write a file whole or not at all", "course_utils/files.py"),
    r"\bcsv\.(writer|DictWriter)\(": ("write a CSV without formulas", "autograder/common/spreadsheet.py"),
    r"chromium-browser": ("find a browser", "autograder/common/browser.py"),
    r"import ipywidgets": ("show an explorer's controls", "course_utils/explore/front_end.py"),
    r"gzip\.compress\(": ("keep answers", "autograder/engine/record/answers.py"),
    r'"COURSE_ROOT"': ("find the course", "autograder/course.py"),
}


@pytest.mark.parametrize("pattern", PLACES)
def test_one_place_does_it(pattern):
    does, place = PLACES[pattern]
    paths = [*(ROOT / "autograder").rglob("*.py"), *(ROOT / "course_utils").rglob("*.py")]
    found = {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if "exercises" not in path.parts and re.search(pattern, path.read_text(encoding="utf-8"))
    }
    assert found == {place}, f"to {does}, call {place}"
