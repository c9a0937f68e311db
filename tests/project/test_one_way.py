"""What the project does in one way is done in one place; whoever needs it once more finds it there."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter

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


def imported(name: str, source: str, known: set[str]) -> Iterator[str]:
    """The modules of ours that a module imports, wherever in it; for the eyes of a type checker alone does not count."""
    todo = [ast.parse(source)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        todo += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from {alias.name for alias in node.names} & known
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from inside & known or {node.module} & known - {name}


def test_imports_have_no_circle():
    paths = [*(ROOT / "autograder").rglob("*.py"), *(ROOT / "course_utils").rglob("*.py")]
    sources = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text(
            encoding="utf-8"
        )
        for path in paths
        if "exercises" not in path.parts
    }
    assert len(sources) > 150
    order = TopologicalSorter({name: set(imported(name, text, set(sources))) for name, text in sources.items()})
    order.prepare()  # raises CycleError, with the circle
