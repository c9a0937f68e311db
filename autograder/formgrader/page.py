"""A submission as the formgrader shows it: nbgrader's page for points and comments around cells that are made clean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from jinja2.utils import htmlsafe_json_dumps
from nbconvert.exporters import HTMLExporter
from nbformat.notebooknode import NotebookNode, from_dict
from nbformat.v4 import new_markdown_cell
from nbgrader.server_extensions.formgrader.handlers import template_path
from traitlets.config import Config

from autograder.cleaning import Room, as_source, clean_metadata, markdown_html
from autograder.engine.judge import judging
from autograder.feedback.texts import code_as_html
from autograder.limits import MAX_SHOWN_OUTPUTS, MAX_SHOWN_TEXT

TEMPLATES = Path(__file__).parent / "templates"
AS_TEXT = "as_text"  # among the resources: why a page shows sources as text, and no outputs
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")  # as nbgrader's own check of metadata wants it


class SubmissionPage(HTMLExporter):
    """nbconvert's HTML exporter with nbgrader's formgrader template, guarded."""

    def __init__(self, config: Config | None = None, **options: Any) -> None:
        ours = Config()
        ours.SubmissionPage.template_name = "guarded"
        ours.SubmissionPage.extra_template_basedirs = [str(TEMPLATES), template_path]
        ours.SubmissionPage.extra_template_paths = [template_path, str(Path(template_path) / "formgrade")]
        ours.SubmissionPage.preprocessors = []
        filters = {
            **{"markdown2html": _markdown, "highlight_code": _code, "as_script": htmlsafe_json_dumps},
            "strip_files_prefix": _as_it_is,  # nbconvert's, for links of Notebook 4, takes the square of a cell's length
        }
        super().__init__(config=Config(config or {}) | ours, filters=filters, **options)

    def from_notebook_node(  # type: ignore[override]  # as nbconvert's own exporters of text do
        self, nb: NotebookNode, resources: dict | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page, and its resources. `resources` have the page's `policy`, and the `nonce` by which it knows its own
        scripts. Where they say why (AS_TEXT), it shows the cells' sources as text.
        """
        resources = self._init_resources(resources)
        if why := resources.get(AS_TEXT):
            make_plain(nb, why)
        resources["room"] = make_clean(nb)
        self.register_filter("highlight_code", _as_text if why else _code)
        # Not by way of HTMLExporter, which parses and writes the whole page once more, at a cost without a bound.
        return super(HTMLExporter, self).from_notebook_node(nb, resources, **options)


def make_plain(notebook: NotebookNode, why: str) -> None:
    """Leave of a notebook the cells' sources, below a note that says why."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
        cell.pop("attachments", None)
    notebook.cells.insert(0, new_markdown_cell(f"Shown as text, without outputs: {why}."))


def make_clean(notebook: NotebookNode) -> Room:
    """Leave in a notebook what can be shown, whoever wrote it: also one that was graded before outputs were cleaned.

    Returns the room that is left for the rest of its page.
    """
    clean_metadata(notebook)
    room = Room(judging.MAX_NOTEBOOK_STEPS)
    for cell in notebook.cells:
        cell.metadata = _grading_facts(cell.metadata)
        if cell.cell_type == "raw":
            cell.cell_type = "code"
        if cell.cell_type == "code":
            count = cell.get("execution_count")
            cell.execution_count = count if isinstance(count, int) else None
            cell.outputs = [from_dict(output) for output in _shown(cell.get("outputs", []), room)]
    return room


def _grading_facts(metadata: NotebookNode) -> NotebookNode:
    """Of a cell's metadata what the formgrader needs, of the form that it needs; nothing where that is not so."""
    facts = metadata.get("nbgrader")
    if not isinstance(facts, dict) or not _GRADE_ID.fullmatch(str(facts.get("grade_id", ""))):
        return NotebookNode()
    kept: dict[str, Any] = {key: facts.get(key) is True for key in ("grade", "solution", "task", "locked")}
    points = facts.get("points", 0)
    kept["points"] = points if type(points) in (int, float) else 0
    kept["grade_id"] = str(facts["grade_id"])
    return from_dict({"nbgrader": kept})


def _shown(outputs: list, room: Room) -> list[dict]:
    """A cell's outputs, each clean and no longer than can be read."""
    kept = [output for output in (judging.clean_output(raw, room) for raw in outputs[:MAX_SHOWN_OUTPUTS]) if output]
    for output in kept:
        if output["output_type"] == "stream":
            output["text"] = _cut(output["text"])
        elif output["output_type"] == "error":
            output["traceback"] = [_cut(line) for line in output["traceback"]]
        else:
            output["data"] |= {mime: _cut(text) for mime, text in output["data"].items() if mime == "text/plain"}
            output["metadata"] = {mime: {"alt": "a picture"} for mime in output["data"] if mime.startswith("image/")}
    if len(outputs) > MAX_SHOWN_OUTPUTS:
        more = f"[{len(outputs) - MAX_SHOWN_OUTPUTS} more outputs; the notebook has them]"
        kept.append({"output_type": "stream", "name": "stdout", "text": more})
    return kept


def _cut(text: str) -> str:
    more = len(text) - MAX_SHOWN_TEXT
    return text if more <= 0 else f"{text[:MAX_SHOWN_TEXT]}\n[{more} more characters; the notebook has them]"


@pass_context
def _markdown(context: Any, source: str) -> str:
    resources = context.get("resources", {})
    if resources.get(AS_TEXT):
        return as_source(source)
    return markdown_html(source, context.get("cell", {}).get("attachments"), resources.get("room"))


def _code(source: str, **_: Any) -> str:
    return code_as_html(source)


def _as_it_is(text: str) -> str:
    return text


def _as_text(source: str, **_: Any) -> str:
    return as_source(source)
