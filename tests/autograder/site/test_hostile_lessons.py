"""A lesson of somebody else's on the site: it publishes no file of this machine, runs nothing, and shows no hidden test or scheme."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.authoring.lesson import Cell, Lesson
from autograder.edition.current import as_released
from autograder.site import leaks, lesson_page, make
from autograder.site.active import active_part
from autograder.site.leaks import require_no_leak
from autograder.site.links import Pages
from autograder.site.sources import AS_THEY_ARE, HERE, TOLD
from course_utils.refused import Refused
from tests.autograder.authoring.source_notebooks import answer, graded
from tests.built_site import needs_sphinx


@pytest.fixture
def sphinx(tmp_path, capfd):
    """Make a site of one page, in a folder beside which lies a secret; returns what Sphinx said, "" where it refused nothing."""
    (tmp_path / "secret.txt").write_text("s3cret")
    sources = tmp_path / "sources"

    def run(text, *outputs):
        for path, name in AS_THEY_ARE.items():
            (sources / path).parent.mkdir(parents=True, exist_ok=True)
            (sources / path).write_bytes((HERE / name).read_bytes())
        told = {"title": "A course", "author": "", "words": "Words.", "edition": None}
        (sources / TOLD).write_text(json.dumps(told))
        cells = [new_markdown_cell("# A page"), new_markdown_cell(text), new_code_cell("1", outputs=list(outputs))]
        nbformat.write(new_notebook(cells=cells), sources / "index.ipynb")
        try:
            make._run_sphinx(sources, tmp_path / "made", tmp_path / "trees")
        except Refused:
            return capfd.readouterr().err
        return ""

    return run


#: Ways in which Sphinx and MyST take a file in.
FILES = {
    "include": "```{include} ../secret.txt\n```",
    "literalinclude": "```{literalinclude} ../secret.txt\n```",
    "raw": "```{raw} html\n:file: ../secret.txt\n```",
    "csv": "```{csv-table}\n:file: ../secret.txt\n```",
    "include in reStructuredText": "```{eval-rst}\n.. include:: ../secret.txt\n```",
    "image": "![a](../secret.txt)",
    "image by reference": "![a][b]\n\n[b]: ../secret.txt",
    "image as a directive": "```{image} ../secret.txt\n```",
    "figure": "```{figure} ../secret.txt\nWords\n```",
    "link": "[a](../secret.txt)",
    "path": "<path:../secret.txt>",
    "download": "```{eval-rst}\n:download:`../secret.txt`\n```",
}


@needs_sphinx
@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_no_page_takes_in_a_file_that_is_none_of_the_sites(text, sphinx, tmp_path):
    assert f"it would publish {tmp_path / 'secret.txt'}, a file that is none of the site's" in sphinx(text)


@needs_sphinx
def test_what_displays_or_links_to_a_script_is_refused(sphinx):
    script = new_output("display_data", {"application/javascript": "alert(1)"})
    assert "its HTML would act on readers, by <script>" in sphinx("Words.", script)
    picture = new_output("display_data", {"text/html": "<img src=x onerror=alert(1)>"})
    assert "its HTML would act on readers, by onerror of <img>" in sphinx("Words.", picture)
    assert "by <script>" in sphinx("A word <script>alert(1)</script> within.")
    assert "by onclick of <b>" in sphinx("```{raw} html\n<b onclick=alert(1)>x</b>\n```")


@needs_sphinx
def test_a_plain_page_is_made_and_no_link_of_it_is_a_script(sphinx, tmp_path):
    text = "[a](javascript:alert(1)) <details><summary>Hint</summary>\n\nWords.\n\n</details>\n\n```python\nx = 1\n```"
    said = sphinx(text, new_output("display_data", {"text/html": "<table><td style='color: red'>one = 1</td></table>"}))
    page = tmp_path / "made" / "index.html"
    assert said or 'href="javascript:' not in page.read_text()


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<details open><summary>Hint</summary></details>", ""),
        ("<td>one = 1, on = 2</td> a < b", ""),
        ("<img src='data:image/png;base64,AAAA' alt='a'>", ""),
        ("<a href='https://example.com' title='javascript'>x</a>", ""),
        ("</details>", ""),
        ("<SCRIPT>", "<script>"),
        ("<script", "<script>"),
        ("<iframe src=x>", "<iframe>"),
        ("<meta http-equiv=refresh content=0>", "<meta>"),
        ("<svg/onload=alert(1)>", "onload of <svg>"),
        ("<img alt='>' ONERROR=alert(1)>", "onerror of <img>"),
        ("<a href=' java\tscript:alert(1)'>", "href of <a>"),
        ("<a href='&#106;avascript:alert(1)'>", "href of <a>"),
        ("<a href='data:text/html,x'>", "href of <a>"),
    ],
)
def test_what_acts_is_found_and_what_does_not_is_left(html, found):
    assert active_part(html) == found


# what of a unit that came in is not for learners' eyes

HIDDEN = "assert square(3) == 9\n### BEGIN HIDDEN TESTS\nprint('probe', square(-41))\n### END HIDDEN TESTS"


@pytest.fixture
def imported(monkeypatch, tmp_path):
    """A unit that was imported and executed: a hidden test that prints, a test that raises, and a scheme of marking."""
    cells = [
        new_markdown_cell("# Squares\n\nOne.\n\nTwo."),
        answer(),
        graded(new_code_cell(HIDDEN), "t", 1),
        graded(new_code_cell("assert square(2) == 5"), "bad", 1),
        graded(
            new_markdown_cell("Draw.\n=== BEGIN MARK SCHEME ===\nfive for a circle\n=== END MARK SCHEME ==="),
            *("draw", 4),
            grade=False,
            task=True,
        ),
        new_code_cell("square(2)"),
    ]
    made = Lesson(tmp_path / "01_squares.py", "01_squares")
    for number, cell in enumerate(cells):
        facts = dict(cell.metadata.get("nbgrader", {}))
        cell.id = facts.get("grade_id", f"top-{number}")
        made.cells.append(Cell(cell.cell_type, cell.source, 1, cell.source, id=cell.id, nbgrader=facts))
    cells[2].outputs = [new_output("stream", text="probe 1681")]
    cells[3].outputs = [new_output("error", ename="AssertionError", evalue="", traceback=["return x * x"])]
    cells[5].outputs = [new_output("execute_result", {"text/plain": "4"})]
    nbformat.write(new_notebook(cells=cells), tmp_path / "solution.ipynb")
    monkeypatch.setattr(lesson_page, "solution_path", lambda unit: tmp_path / "solution.ipynb")
    for module in (lesson_page, leaks):
        monkeypatch.setattr(module, "lesson_path", lambda unit: made.path)
        monkeypatch.setattr(module, "read_lesson", lambda path: made)
    return made


def test_no_hidden_test_scheme_or_traceback_of_a_unit_that_came_in_is_shown(imported):
    page = lesson_page.lesson_page("01_squares", Pages(frozenset()), [])
    text = nbformat.writes(page)
    for hidden in ("probe", "1681", "return x * x", "five for a circle", "HIDDEN TESTS", "MARK SCHEME"):
        assert hidden not in text
    assert "assert square(2) == 5" in text
    assert page.cells[-1].outputs[0].data["text/plain"] == "4"


def test_a_scheme_of_marking_is_taken_out_as_nbgrader_does(imported, tmp_path):
    released = as_released(nbformat.read(tmp_path / "solution.ipynb", as_version=4))
    assert released.cells[4].source == "Draw."


def test_the_solution_of_a_unit_that_came_in_is_found_on_a_page(imported, tmp_path):
    imported.cells[1].source = imported.cells[1].source.replace("return x * x", "result = x * x\n    return result")
    made = tmp_path / "made"
    made.mkdir()
    for text in ("<pre>    result = x * x\n    return result</pre>", "<!--\nresult = x * x\nreturn result\n-->"):
        (made / "docs.html").write_text(text)
        with pytest.raises(Refused, match=r"docs\.html would show the solution of 'square'"):
            require_no_leak(made, ["01_squares"])
