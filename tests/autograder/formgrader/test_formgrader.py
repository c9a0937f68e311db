"""The guard of nbgrader's formgrader, without a browser: which pages it covers, and what stands in them."""

import asyncio
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
from autograder.formgrader import handlers, in_time
from autograder.formgrader.page import SubmissionPage, make_clean
from autograder.limits import MAX_SHOWN_OUTPUTS, MAX_SHOWN_TEXT
from tests.autograder.engine.test_guarded import QUICK

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


# Within limits, beside the server


WHERE = {"notebook_path": "autograded/kim/u/u.ipynb", "submission_id": "a1", "base_url": "/base"}
SLOW = "![" * 25_000  # seconds, each of it


@pytest.fixture
def pages():
    made = in_time.Pages(QUICK)
    yield made
    made.stop()


def page_of(pages, folder, *cells):
    """The page of a notebook with these cells."""
    path = folder / "u.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return asyncio.run(pages.page(str(path), {**FACTS, **WHERE}))


def graded_cell():
    facts = {"grade_id": "by_hand", "grade": True, "solution": True, "points": 2, "schema_version": 3}
    return new_markdown_cell("an *answer*", metadata={"nbgrader": facts})


DEEP = "<div>" * 20_000 + "deep" + "> " * 20_000
DOTS = "x = " + "a." * 40_000 + "a"


def test_deep_nesting_long_names_and_long_cells_are_shown_in_time(pages, tmp_path):
    nested = new_output("display_data", data={"text/html": DEEP})
    long = new_markdown_cell("![" * 400_000)
    made = page_of(pages, tmp_path, long, new_markdown_cell(DEEP), new_code_cell(DOTS, outputs=[nested]), graded_cell())
    assert "Shown as text" not in made
    assert "<em>answer</em>" in made


def test_a_notebook_that_breaks_the_limits_is_shown_as_text_and_can_be_graded(pages, tmp_path):
    hostile = [new_markdown_cell(SLOW) for _ in range(10)]
    printed = new_output("stream", text="printed")
    made = page_of(pages, tmp_path, *hostile, new_code_cell(ODD, outputs=[printed]), graded_cell())
    assert "Shown as text, without outputs: making its page took more than 1 s of the processor." in made
    assert "an *answer*" in made
    assert 'id="by_hand"' in made
    assert "printed" not in made
    assert "<script>alert" not in made
    assert "<em>answer</em>" in page_of(pages, tmp_path, graded_cell())


@pytest.mark.parametrize("text", ["", "[" * 500_000, '{"cells": 3}', '{"cells":[' + "[]," * 8_000_000 + "[]]}"])
def test_a_notebook_that_cannot_be_read_has_a_plain_page_with_the_reason(pages, tmp_path, text):
    path = tmp_path / "u.ipynb"
    path.write_text(text)
    made = asyncio.run(pages.page(str(path), {**FACTS, **WHERE}))
    assert "its graded notebook is damaged" in made or "needed more than" in made
    assert 'href="/base/formgrader/submissions/a1/next"' in made
    assert "<script" not in made
    assert "autograded/kim/u/u.ipynb" in made


def test_the_server_answers_others_while_a_page_is_made(pages, tmp_path):
    nbformat.write(new_notebook(cells=[new_markdown_cell(SLOW) for _ in range(10)]), tmp_path / "u.ipynb")

    async def served():
        making = asyncio.ensure_future(pages.page(str(tmp_path / "u.ipynb"), {**FACTS, **WHERE}))
        answered = 0
        while not making.done():
            await asyncio.sleep(0.01)
            answered += 1
        return answered, await making

    answered, made = asyncio.run(served())
    assert "Shown as text" in made
    assert answered > 20


class Asked(BaseHandler):
    """nbgrader's handler of a submission, as far as its page is made by an exporter."""

    def get(self, what):
        if what == "elsewhere":
            return self.write("redirected")
        made, _ = self.exporter.from_filename(what, resources={**WHERE, "notebook_id": "u"})
        return self.write(made)


class Answer(handlers.Submission, Asked):
    """An answer to a request, without a server."""

    current_user = "teacher"

    def __init__(self):
        self.written = []

    def write(self, text):
        self.written.append(text)


def test_nbgraders_handler_has_its_page_made_beside_the_server(monkeypatch):
    asked = []

    class Recorded:
        async def page(self, filename, resources):
            asked.append((filename, resources))
            return "the page"

    monkeypatch.setattr(handlers, "PAGES", Recorded())
    shown, elsewhere = Answer(), Answer()
    asyncio.run(shown.get("u.ipynb"))
    asyncio.run(elsewhere.get("elsewhere"))
    assert "".join(shown.written) == "the page"
    assert elsewhere.written == ["redirected"]
    marks = {"nonce": shown.nonce, "policy": shown.policy}
    assert asked == [("u.ipynb", {**WHERE, "notebook_id": "u", **marks})]
    assert issubclass(answering(application(True), "/base/formgrader/submissions/1"), handlers.Submission)
