"""The guard of nbgrader's formgrader, without a browser: which pages it covers, and what stands in them."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.server_extensions.formgrader import handlers as theirs
from nbgrader.server_extensions.formgrader.base import BaseHandler
from tornado import web

from autograder.course import ROOT
from autograder.formgrader import handlers
from autograder.formgrader.page import SubmissionPage, make_clean
from autograder.limits import MAX_SHOWN_OUTPUTS, MAX_SHOWN_TEXT

TEMPLATES = sorted(Path(theirs.template_path).glob("*.tpl"))
ODD = "'\"><script>alert(1)</script>{{ 7 * 7 }}"
FACTS = {
    **{"nonce": "abc", "policy": "script-src 'nonce-abc'", "base_url": "", "index": 0, "total": 1},
    **{"notebook_id": ODD, "assignment_id": ODD, "submission_id": ODD, "notebook_path": ODD, "student": ODD},
    **{"first_name": ODD, "last_name": ODD},
}


def application(guard_first: bool) -> web.Application:
    """A server's routes, as they are whichever of the two extensions is loaded first."""
    made = web.Application([(r".*", web.ErrorHandler, {"status_code": 404})], base_url="/base/")
    rules = [("/base" + pattern, handler, *rest) for pattern, handler, *rest in theirs.default_handlers]
    for step in (handlers.guard, lambda app: app.add_handlers(".*$", rules))[:: 1 if guard_first else -1]:
        step(made)
    return made


def answering(made: web.Application, path: str) -> type:
    """The class that answers a request."""
    request = SimpleNamespace(path=path, host="localhost", host_name="localhost", headers={}, method="GET")
    for rule in made.default_router.rules:
        if rule.matcher.match(request) is not None:
            for inner in rule.target.rules:
                if inner.matcher.match(request) is not None:
                    return inner.target
    raise AssertionError(path)


@pytest.mark.parametrize("guard_first", [True, False])
@pytest.mark.parametrize(
    "path",
    ["", "/gradebook", "/gradebook/u", "/gradebook/u/n", "/manage_students/x", "/submissions/1", "/submissions/1/next"],
)
def test_every_page_is_guarded(path, guard_first):
    assert issubclass(answering(application(guard_first), f"/base/formgrader{path}"), handlers.Guarded)


def test_a_file_that_was_handed_in_is_shown_in_a_sandbox():
    handler = answering(application(True), "/base/formgrader/submissions/1/page.html")
    assert issubclass(handler, handlers.LearnersFile)
    assert handler.policy.fget(None).startswith("sandbox; default-src 'none'")
    assert "allow" not in handler.policy.fget(None)


def test_no_handler_of_nbgraders_is_left_out():
    pages = [handler for _, handler, *_ in theirs.default_handlers if issubclass(handler, BaseHandler)]
    made = application(True)
    guarded = [rule.target for rule in made.default_router.rules[0].target.rules]
    assert len(pages) > 10
    assert all(any(issubclass(one, page) and issubclass(one, handlers.Guarded) for one in guarded) for page in pages)


def test_a_server_with_a_policy_of_its_own_keeps_it():
    class Page(handlers.Guarded):
        def __init__(self):  # no request
            self.application = SimpleNamespace(
                settings={"headers": {"Content-Security-Policy": "frame-ancestors 'self' https://hub"}}
            )

    first, _, second = Page().content_security_policy.partition(", ")
    assert first == "frame-ancestors 'self' https://hub"
    assert re.match(r"default-src 'none'; script-src 'nonce-[\w-]{20,}';", second)
    assert Page().nonce != Page().nonce


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_each_script_of_nbgraders_pages_is_marked(path):
    """Also in a version of nbgrader that is still to come: what the policy would stop is noticed here."""
    environment = handlers._environment()
    source = environment.loader.get_source(environment, path.name)[0]
    assert re.findall(r"<script(?! nonce=\"\{\{ nonce \}\}\")", source) == []
    assert re.findall(r"\son\w+\s*=", source, re.IGNORECASE) == []
    assert "javascript:" not in source
    assert re.findall(r"= \"\{\{", source) == []  # a value in a script is JSON


def test_values_in_nbgraders_pages_are_text_and_json():
    template = handlers._environment().get_template("manage_students_assignments.tpl")
    page = template.render(nonce="abc", base_url="/base", student_id=ODD)
    [value] = re.findall(r"var student_id = (.*);", page)
    assert json.loads(value) == ODD
    assert "<script>alert" not in page


def test_a_submissions_page_has_no_script_but_its_own():
    cells = [
        new_markdown_cell(f"{ODD} [a](javascript:alert(1))"),
        new_raw_cell(f"raw {ODD}", metadata={"raw_mimetype": "text/html"}),
        new_code_cell(f"code {ODD}", outputs=[new_output("stream", text=f"printed {ODD}\x1b[31m{ODD}")]),
        new_code_cell("1", outputs=[new_output("error", ename=ODD, evalue=ODD, traceback=[ODD])]),
        new_code_cell("1", outputs=[new_output("display_data", data={"application/javascript": "alert(2)"})]),
        new_code_cell("1", metadata={"nbgrader": {"grade_id": ODD, "grade": True, "points": ODD, "solution": ODD}}),
    ]
    page = SubmissionPage().from_notebook_node(new_notebook(cells=cells, metadata={"title": ODD}), dict(FACTS))[0]
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts
    assert all('nonce="abc"' in one for one in scripts)
    assert not re.search(r"<[^>]*\son\w+\s*=", page)
    assert "alert(2)" not in page
    text = re.sub(r"<[^>]+>", "", page)
    for words in ("7 * 7", "raw ", "code ", "printed "):
        assert words in text


def test_cells_for_points_keep_what_the_formgrader_needs():
    facts = {"grade_id": "word_counts", "grade": True, "solution": True, "points": 2, "schema_version": 3, "x": "y"}
    notebook = new_notebook(cells=[new_code_cell("1", metadata={"nbgrader": facts, "tags": ["x"]})])
    make_clean(notebook)
    kept = notebook.cells[0].metadata
    assert kept == {
        "nbgrader": {
            **{"grade": True, "solution": True, "task": False, "locked": False, "points": 2, "grade_id": "word_counts"}
        }
    }
    page = SubmissionPage().from_notebook_node(notebook, dict(FACTS))[0]
    for part in ('id="word_counts"', 'id="word_counts-comment"', "full-credit", "/ 2.0", "extra credit"):
        assert part in page


def test_what_is_very_long_is_cut():
    outputs = [new_output("stream", text="x" * (MAX_SHOWN_TEXT + 5))] * (MAX_SHOWN_OUTPUTS + 7)
    notebook = new_notebook(cells=[new_code_cell("1", outputs=outputs)])
    make_clean(notebook)
    texts = [output.text for output in notebook.cells[0].outputs]
    assert len(texts) == MAX_SHOWN_OUTPUTS + 1
    assert texts[0].endswith("[5 more characters; the notebook has them]")
    assert texts[-1].startswith("[7 more outputs")


@pytest.mark.parametrize("unit", ["02_convolution_and_pooling", "06_imdb_dense"])
def test_lessons_read_well(unit):
    """Pictures, tables, explorers, verdicts and formulas of a whole solution are there."""
    path = ROOT / "solutions" / unit / f"{unit}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    sources = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    drawn = [
        output.data.get("text/html", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    page = SubmissionPage().from_notebook_node(notebook, dict(FACTS))[0]
    assert page.count("<img") >= sum(one.count("<img") for one in drawn) > 3
    assert "characters are left out" not in page
    assert "[not shown" not in page
    assert page.count('class="verdict"') == sum(one.count('class="verdict"') for one in drawn) > 5
    if "$$" in sources:
        assert page.count('<math display="block">') >= sources.count("$$") // 2
