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
    r"VBox\)": ("show widgets, and what stands in for them", "course_utils/explore/front_end.py"),
    r"gzip\.compress\(": ("keep answers", "autograder/engine/record/answers.py"),
    r'environ.get\("COURSE_ROOT': ("find the course", "course_utils/course.py"),
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
    if name == "autograder.cli":  # it names, in a table, the modules that it imports when their command is called
        yield from {node.value for node in ast.walk(todo[0]) if isinstance(node, ast.Constant)} & known - {name}
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


def sources() -> dict[str, str]:
    """The text of each module of ours, by its dotted name; the exercises themselves, which are declarations, left out."""
    paths = [*(ROOT / "autograder").rglob("*.py"), *(ROOT / "course_utils").rglob("*.py")]
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text(
            encoding="utf-8"
        )
        for path in paths
        if "exercises" not in path.parts or path.parent.name == "exercises"
    }
    assert len(found) > 150
    return found


def test_imports_have_no_circle():
    found = sources()
    order = TopologicalSorter({name: set(imported(name, text, set(found))) for name, text in found.items()})
    order.prepare()  # raises CycleError, with the circle


def drawn_rooms() -> dict[str, set[str]]:
    """The arrows between rooms of docs/architecture.md: what each leads to."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = page.partition("**Rooms depend on each other")[2].partition("```mermaid")[2].partition("```")[0]
    arrows: dict[str, set[str]] = {}
    for line in drawing.splitlines():
        before, arrow, after = line.partition(" --> ")
        for room in before.split("&") if arrow else ():
            arrows.setdefault(room.strip(), set()).update(map(str.strip, after.split("&")))
    return arrows


def room_of(module: str) -> str:
    """The room of the drawing in which a module lies; "" for the two packages that only bear a room's name."""
    if module in ("autograder", "autograder.engine"):
        return ""
    parts = module.split(".")
    if parts[0] == "course_utils":
        return parts[0]
    place, inside = ROOT / "autograder" / parts[1], parts[2] if len(parts) > 2 else ""
    if parts[1] == "engine":
        return inside if (place / inside).is_dir() else "engine"
    if parts[1] in ("__main__", "cli", "doctor"):
        return parts[1].replace("__main__", "cli")
    return parts[1] if place.is_dir() and parts[1] != "common" else "shared"


def test_rooms_depend_on_each_other_as_drawn():
    arrows, found = drawn_rooms(), sources()
    reached: dict[str, set[str]] = {}
    for room in TopologicalSorter(arrows).static_order():  # raises CycleError where the drawing goes in a circle
        nearest = arrows.get(room, set())
        reached[room] = {room}.union(nearest, *(reached[one] for one in nearest))
    assert reached.keys() == {room_of(name) for name in found} - {""}
    against = [
        f"{name} imports {other}"
        for name, text in found.items()
        for other in imported(name, text, set(found))
        if room_of(name) and room_of(other) and room_of(other) not in reached[room_of(name)]
    ]
    assert not against, "these are against the arrows of docs/architecture.md"
    used = {
        (room_of(name), room_of(other)) for name, text in found.items() for other in imported(name, text, set(found))
    }
    drawn = {(room, other) for room, others in arrows.items() for other in others}
    assert not drawn - used, "nothing is imported along these arrows"


def test_what_executes_learners_code_knows_no_other_room():
    assert drawn_rooms()["run"] == {"course_utils"}


def test_an_import_against_the_arrows_is_found():
    known = {"autograder.report.facts", "autograder.engine.run.warm"}
    hidden = "def f():\n    from autograder.report import facts\n"
    assert set(imported("autograder.engine.run.warm", hidden, known)) == {"autograder.report.facts"}
    assert room_of("autograder.report.facts") == "report"
    assert room_of("autograder.engine.run.warm") == "run"
    assert room_of("autograder.common.keep") == room_of("autograder.judged") == "shared"
