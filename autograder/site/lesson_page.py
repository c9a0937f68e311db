"""A lesson's page: the executed notebook with the steps of a release applied, so that stubs stand in the place of solutions.

What a solution's own cell has printed is left out with it; verdicts, figures and tables stay.
"""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from autograder.authoring.build import require_no_leak, solution_path
from autograder.authoring.lesson import lesson_path, read_lesson, slug_id
from autograder.edition.current import as_released
from autograder.site.links import Pages, target
from course_utils.refused import Refused

#: What a page cannot show: a widget needs a kernel, and stands beside a figure that does not.
WIDGET = "application/vnd.jupyter.widget-view+json"
_BESIDE = """\
This is how the unit looks when everything in it is solved, with the solutions taken out. To solve its exercises yourself,
[install the course](../../docs/installing.md) and run `python course.py lab`."""
_ELSEWHERE = " With nothing to install, the rocket above this page opens the notebook: {places}."


def notebook_of(unit: str) -> str:
    """Where a unit's notebook lies in the course's folder, and its page among the site's sources."""
    return f"notebooks/{unit}/{unit}.ipynb"


def lesson_page(unit: str, pages: Pages, places: list[str]) -> NotebookNode:
    """The notebook of a unit as everybody may read it; `places` are those that open it elsewhere ("Colab").

    Raises BadLesson or Refused where it would show a solution, or where an error that is not meant stands in it.
    """
    solved, path, lesson = (
        nbformat.read(solution_path(unit), as_version=4),
        notebook_of(unit),
        read_lesson(lesson_path(unit)),
    )
    page, imported = as_released(solved), {slug_id(cell.id) for cell in lesson.cells if cell.nbgrader}
    require_no_leak(lesson, page)
    for cell, before in zip(page.cells, solved.cells, strict=True):
        if cell.cell_type == "markdown":
            cell.source = f"({target(path, cell.id)})=\n{pages.relinked(cell.source, path)}"
            continue
        # a hidden test that came in with its notebook may print what it asks; ours show a verdict on open examples alone
        is_hidden = cell.metadata.get("nbgrader", {}).get("solution") or (
            cell.id in imported and cell.source != before.source
        )
        cell.outputs = [] if is_hidden else _still(cell.outputs)
        if lesson.imported:  # it may have cells that raise, and a traceback quotes solutions
            cell.outputs = [output for output in cell.outputs if output.output_type != "error"]
        _require_no_error(unit, cell)
    if page.cells[0].cell_type != "markdown":  # a notebook that came in may begin with code
        page.cells.insert(0, nbformat.v4.new_markdown_cell("", id="read-here"))
    parts = page.cells[0].source.split("\n\n")
    parts.insert(2, beside(path, pages, places))  # below the title and the sentence on what one will have
    page.cells[0].source = "\n\n".join(parts)
    return page


def beside(path: str, pages: Pages, places: list[str]) -> str:
    """What a lesson's page says of itself, as an admonition, and where its notebook is opened."""
    words = pages.relinked(_BESIDE, path) + (_ELSEWHERE.format(places=" or ".join(places)) if places else "")
    return f"```{{admonition}} Read here, work in JupyterLab\n:class: tip\n{words}\n```"


def _still(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs without what needs a kernel."""
    for output in outputs:
        output.get("data", {}).pop(WIDGET, None)
    return [output for output in outputs if "data" not in output or output.data]


def _require_no_error(unit: str, cell: NotebookNode) -> None:
    for output in cell.outputs:
        if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
            raise Refused(
                f"solutions/{unit} holds an error in its cell {cell.id}: run `autograder build {unit[:2]}`, then again"
            )
