"""Building a unit traces its solution, once for each version of its code; what cannot be traced is graded whole."""

import json
from dataclasses import replace

import pytest

from autograder.authoring import tracing
from autograder.authoring.build import build, solution_path
from autograder.authoring.tracing import trace, trace_solution
from autograder.engine.run.runner import WarmParent, imported_modules
from autograder.engine.run.sandbox import missing
from autograder.slicing.facts import Facts
from course_utils.refused import Refused


@pytest.fixture(autouse=True)
def without_sandbox(monkeypatch):
    """The small course's packs lie in a folder of the test's, which a sandbox does not show."""
    monkeypatch.setattr(tracing, "missing", lambda: ["namespaces"])


def facts(folder):
    notebook = json.loads(solution_path("01_small").read_text())
    return Facts.load(
        "01_small", ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"], folder
    )


def test_a_solution_is_traced_once_for_each_version_of_its_code(small_course, tmp_path):
    build("01_small")
    assert trace_solution("01_small", folder=tmp_path) == [
        "01_small: traced, for grading to run only what answers need"
    ]
    assert any("double" in cell.changes for cell in facts(tmp_path).cells)
    assert trace_solution("01_small", folder=tmp_path) == []


def test_what_cannot_be_traced_is_graded_whole_and_no_error(small_course, tmp_path, monkeypatch):
    build("01_small")
    (tmp_path / "01_small.json").write_text("[]")

    def refuse(*_):
        raise Refused("it does not end")

    monkeypatch.setattr(tracing, "trace", refuse)
    (line,) = trace_solution("01_small", folder=tmp_path)
    assert line == "01_small: not traced, so that grading runs all cells: it does not end"
    assert facts(tmp_path) is None


def test_a_trace_in_which_something_fails_that_did_not_is_not_kept(small_course, tmp_path, monkeypatch):
    build("01_small")
    real = tracing.trace

    def without_a_file(parent, sources):
        found = real(parent, sources)
        return Facts(found.sources, (*found.cells[:-1], replace(found.cells[-1], failed=True)))

    monkeypatch.setattr(tracing, "trace", without_a_file)
    (line,) = trace_solution("01_small", folder=tmp_path)
    assert "fails here, and did not when it was built" in line
    assert facts(tmp_path) is None


def test_what_is_drawn_is_known_as_a_picture_though_nobody_draws_it_here():
    sources = ["from course_utils import plot", "figure, axes = plot.subplots()\nparts = [axes]", "n = 1"]
    with WarmParent(imported_modules(sources), sandboxed=not missing()) as parent:
        _, drawn, plain = trace(parent, sources).cells
    assert drawn.drawn == {"axes", "figure", "parts"} == drawn.vague
    assert not plain.drawn
