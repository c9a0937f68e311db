"""A preview shows the learner's notebook beside the solution, and on one page what each declared mistake is told."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from jupyterlab_server.workspaces_handler import WorkspacesManager

from autograder.authoring import build, preview
from course_utils.refused import Refused
from tests.autograder.conftest import Double


@pytest.fixture
def small(small_course, monkeypatch):
    monkeypatch.setattr(preview, "ROOT", small_course)
    monkeypatch.setattr(preview, "FOLDER", small_course / "reports")
    monkeypatch.setattr(preview, "load_exercises", lambda unit: {"double": Double})
    return small_course


def test_the_page_has_every_mistake_with_what_it_is_told(small):
    page = preview.write_page("01_small").read_text(encoding="utf-8")
    for mistake in Double.mistakes:
        assert f"<h3><code>{mistake.name}</code></h3>" in page, "its own hint is stated"
        assert page.count(mistake.hint) == 2, "as it is declared, and in the verdict"
    assert "<script" not in page


def test_the_page_shows_code_as_code_and_escapes_the_rest(small, monkeypatch):
    odd = replace(Double, summary="Twice `x`, if x < 9 & even.")
    monkeypatch.setattr(preview, "load_exercises", lambda unit: {"double": odd})
    page = preview.write_page("01_small").read_text(encoding="utf-8")
    assert "<p>Twice <code>x</code>, if x &lt; 9 &amp; even.</p>" in page


def test_what_is_not_built_is_refused_with_the_remedy(small):
    with pytest.raises(Refused, match="make it: autograder build 01"):
        preview.require_built("01_small")


def test_jupyterlab_is_opened_with_both_notebooks_and_the_page_side_by_side(small, monkeypatch):
    page, seen = small / "reports" / "preview_01_small.html", {}

    def run(command, **options):
        options_by_name = dict(word.split("=", 1) for word in command if "=" in word)
        name = options_by_name["--LabApp.default_url"].removeprefix("/lab/workspaces/")
        seen.update(WorkspacesManager(options_by_name["--LabApp.workspaces_dir"]).load(name))
        assert options_by_name["--ServerApp.root_dir"] == str(small)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(preview.subprocess, "run", run)
    assert preview.open_lab("01_small", page) == 0
    left, right = seen["data"]["layout-restorer:data"]["main"]["dock"]["children"]
    assert left["widgets"] == ["notebook:notebooks/01_small/01_small.ipynb"]
    assert right["widgets"] == [
        "htmlviewer:reports/preview_01_small.html",
        "notebook:solutions/01_small/01_small.ipynb",
    ]
    assert right["currentIndex"] == 1, "the solution is beside the notebook; the page is a click away"
    paths = {
        facts["data"]["path"] for name, facts in seen["data"].items() if ":" in name and name != "layout-restorer:data"
    }
    assert {small / path for path in paths} == {page, build.notebook_path("01_small"), build.solution_path("01_small")}
    assert json.dumps(seen)
