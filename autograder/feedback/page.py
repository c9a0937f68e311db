"""What of a graded notebook its learner reads, and the exporter that lays it out."""

from __future__ import annotations

import html
import os
import re
import sys
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List
from traitlets.config import Config

from autograder.authoring.lesson import checked_id
from autograder.common.again import ASK
from autograder.common.keep import KEPT, is_signed, signed
from autograder.common.times import said_in
from autograder.common.words import late_words, number
from autograder.course import ROOT
from autograder.engine.record.beside import due_zones
from autograder.engine.record.journal import graded_at
from autograder.feedback.in_time import PAGES
from autograder.judged import REMARKS, Judged, judged_in, what_a_test_shows
from autograder.limits import MAX_OUTPUT_TEXT
from autograder.term.export.grades import seconds_late
from course_utils.files import write_new
from course_utils.judge import NOT_ATTEMPTED as NOT_TRIED

TEMPLATES = Path(__file__).parent / "templates"
#: Places of the machine that graded, of which a learner reads nothing.
PLACES = sorted(
    {str(ROOT), str(Path.home()), sys.prefix, sys.base_prefix, tempfile.gettempdir()}, key=len, reverse=True
)
#: How an exercise stands: class of the page's style, sign, words.
FULL, PART, NONE, NOT_ATTEMPTED, WAITS = (
    ("full", "✓", "all points"),
    ("part", "◐", "some points"),
    ("none", "✗", "no points"),
    ("not", "…", "not attempted"),
    ("waits", "…", "a person will look at it"),
)
_WITHOUT_ALT = re.compile(r"<img\b(?![^>]*\balt=)", re.IGNORECASE)
_NO_ANSWER = "No response."  # nbgrader's own comment on a solution cell left as it came


@dataclass
class Entry:
    """One exercise on the page."""

    name: str
    section: str = ""
    score: float | None = None
    most: float = 0.0
    state: tuple[str, str, str] = WAITS
    verdict: str = ""  # HTML, as the notebook showed it
    words: list[str] = field(default_factory=list)  # HTML, a paragraph each
    code: str = ""
    text: str = ""  # a written answer, HTML
    errors: list[str] = field(default_factory=list)
    comment: str = ""  # HTML

    @property
    def points(self) -> str:
        """ "2.5 of 3"."""
        return f"{'–' if self.score is None else number(self.score)} of {number(self.most)}"


class ForLearners(NbGraderPreprocessor):
    """Chooses what the page shows. Runs behind GetGrades, which brings scores and comments, and before hidden tests go."""

    #: nbconvert offers it to every part, and warns where it is unknown.
    display_data_priority: List[str] = List([]).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Put the page's content into `resources["feedback"]`."""
        PAGES.begin()
        facts = resources["nbgrader"]
        with Gradebook(facts["db_url"]) as gradebook:
            submission = gradebook.find_submission(facts["assignment"], facts["student"])
            late, more = seconds_late(submission), submission.extension
            about = _about(gradebook, submission)
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            waiting = {grade.name for grade in grades if grade.auto_score is None and grade.manual_score is None}
        entries, others, section, heading = [], [], "", ""
        answers: dict[str, NotebookNode] = {}
        for cell in nb.cells:
            if cell.cell_type == "markdown" and (found := re.search(r"^##? (.+)$", cell.source, re.M)):
                heading = heading or found[1]
                section = found[1] if found[0].startswith("## ") else section
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if utils.is_task(cell) or (utils.is_grade(cell) and utils.is_solution(cell)):
                entries.append(_by_hand(cell, name, section, name in waiting))
            elif utils.is_grade(cell):
                id = checked_id(cell.source) or name.removeprefix("test_")
                entries.append(_tested(cell, answers.get(id), id, section))
            elif utils.is_solution(cell):
                answers[name] = cell
            elif cell.cell_type == "code" and cell.source.strip():
                others.append(cell.source)
        resources["feedback"] = {
            "title": _plain(heading) or facts["notebook"],
            "about": about,
            "entries": entries,
            "others": others,
            "remarks": [_inline(remark) for remark in nb.metadata.get(REMARKS, [])],
            "score": number(facts.get("score", 0.0)),
            "most": number(facts.get("max_score", 0.0)),
            "penalty": number(facts["late_penalty"]) if facts.get("late_penalty") else "",
            "late": late_words(late) if late else "",
            "more": late_words(more.total_seconds()) if more else "",
            "ask": ASK if any(entry.state in (PART, NONE) for entry in entries) else "",
            "open": sum(entry.state == WAITS for entry in entries),
        }
        return nb, resources


def _about(gradebook: Gradebook, submission: Any) -> list[str]:
    """Whose page it is, of which unit, and when the work was handed in and graded: a learner keeps many such pages."""
    student, unit = submission.student, submission.assignment.name
    name = " ".join(filter(None, [student.first_name, student.last_name]))
    said = [f"{name} ({student.id})" if name else student.id, f"unit {unit.partition('_')[0]}"]
    zone = due_zones(gradebook).get(unit, "")
    if submission.timestamp:
        said.append(f"handed in {said_in(submission.timestamp, zone)}")
    if graded := graded_at(gradebook, unit, student.id):
        said.append(f"graded {said_in(graded, zone)}")
    return said


def _tested(cell: NotebookNode, answer: NotebookNode | None, id: str, section: str) -> Entry:
    """An exercise that was judged: its verdict on the examples, and in words how the hidden calls went."""
    facts = cell.metadata.nbgrader
    entry = Entry(id, section, facts.get("score"), facts.get("points", 0.0))
    shown = next((output for output in cell.outputs if _is_verdict(output)), None)
    entry.verdict = PAGES.show("html", _plain_page(shown.data["text/html"])) if shown else ""
    found = judged_in(cell)
    entry.state = _state(entry.score, entry.most, found is not None and found.status == NOT_TRIED)
    entry.words = _words(entry, found, cell, shown.data.get("text/plain", "") if shown else "")
    if answer is not None:
        entry.code, entry.errors = answer.source, [_own_lines(output) for output in answer.outputs if _is_error(output)]
        entry.comment = _comment(answer)
    else:
        entry.words.append("The cell of this answer is not in the notebook any more, or not where it was.")
    return entry


def _by_hand(cell: NotebookNode, name: str, section: str, waits: bool) -> Entry:
    """An answer that a person reads."""
    facts = cell.metadata.nbgrader
    entry = Entry(name, section, facts.get("score"), facts.get("points", 0.0), comment=_comment(cell))
    untouched = facts.get("comment") == _NO_ANSWER
    waits = waits and not untouched
    entry.state = WAITS if waits else _state(entry.score, entry.most, untouched)
    entry.score = None if waits else entry.score
    if cell.cell_type == "markdown":
        entry.text = PAGES.show("markdown", cell.source)
    else:
        entry.code, entry.errors = cell.source, [_own_lines(output) for output in cell.outputs if _is_error(output)]
    return entry


def _words(entry: Entry, found: Judged | None, cell: NotebookNode, already: str) -> list[str]:
    """How an exercise was judged, a paragraph each, as HTML; `already` is what the page shows of it."""
    lost = not found.is_full if found else any(one.output_type in ("error", "execute_result") for one in cell.outputs)
    if entry.state == FULL and lost:
        return ["The points were given by a person."]
    tried = "When it was graded it was tried on other inputs as well, and was"
    if entry.state == FULL:
        return [f"{tried} right on all of them."]
    if entry.state == NOT_ATTEMPTED:
        return []
    if found is None:
        return [_inline(_plain(what_a_test_shows(cell)[:MAX_OUTPUT_TEXT]))]
    if not found.total:
        return [_inline(found.said[:1].upper() + found.said[1:])]
    everything = found.passed == found.total
    how = "right on all of them: what costs the points is said above" if everything else f"right on {found.calls}"
    more = [words for words in (found.rule, found.hint) if words and words not in already]
    return [f"{tried} {how}.", *map(_inline, more)]


def _state(score: float | None, most: float, untouched: bool) -> tuple[str, str, str]:
    if score is None:
        return WAITS
    if score >= most:
        return FULL
    if untouched:
        return NOT_ATTEMPTED
    return PART if score else NONE


def _comment(cell: NotebookNode) -> str:
    comment = cell.metadata.nbgrader.get("comment") or ""
    return "" if comment in ("", _NO_ANSWER) else PAGES.show("markdown", comment)


def _is_error(output: NotebookNode) -> bool:
    return output.output_type == "error"


def _is_verdict(output: NotebookNode) -> bool:
    return output.output_type == "display_data" and 'class="verdict"' in output.data.get("text/html", "")


def _own_lines(output: NotebookNode) -> str:
    """Of a traceback the learner's own cells and the error: no library's lines, no file's place, no colours."""
    kept, own = [], True  # a syntax error begins with the learner's line
    told = "\n".join(output.traceback)[:MAX_OUTPUT_TEXT]  # another grader may have stored one of any length
    lines = re.sub(r"\x1b\[[0-9;]*m", "", told).splitlines()
    for line in lines:
        if re.match(r"\s*Cell In\[", line):
            own = True
        elif re.match(r"\s*File |-{20,}$", line) or line.startswith("Traceback "):
            own = False
        if own:
            kept.append(line)
    last = f"{output.ename}: {output.evalue}"
    if not kept or output.ename not in kept[-1]:
        kept.append(last)
    return _plain("\n".join(kept).strip("\n"))


def _plain(text: str) -> str:
    """A text without the places of this machine."""
    for place in PLACES:
        if len(place) > 1:
            text = text.replace(place, "…")
    return text


def _plain_page(page: str) -> str:
    """HTML without the places of this machine; pictures in it, which are long texts of any letters, stay."""
    parts = re.split(r'("data:[^"]*")', page)
    return "".join(part if place % 2 else _plain(part) for place, part in enumerate(parts))


def _inline(line: str) -> str:
    """A sentence as HTML: `code` and *emphasis* as hints write them."""
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(_plain(line), quote=False))
    return re.sub(r"(?<![\w*])\*(\w[^*<>]*\w)\*(?![\w*])", r"<em>\1</em>", escaped)


def _keep_work(converter: GenerateFeedback) -> None:
    """Copy what someone wrote in the feedback that is about to be made anew, or put beside it, into kept/."""
    root = Path(converter.coursedir.root)
    for graded in map(Path, converter.assignments):
        course = converter.coursedir
        folder = Path(os.path.normpath(course.format_path(course.feedback_directory, graded.parent.name, graded.name)))
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            source = graded / path.relative_to(folder)
            if path.is_symlink() or not path.is_file() or is_signed(data := path.read_bytes()):
                continue
            if not (source.is_file() and source.read_bytes() == data):
                kept = write_new(root / KEPT / path.relative_to(folder.parents[2]), data)
                converter.log.warning("%s had been edited by hand; the edited file is kept: %s", path.name, kept)


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter with this course's page, whatever nbgrader sets for the formgrader's."""

    def __init__(self, config: Config | None = None, **options: Any) -> None:
        ours = Config()
        ours.FeedbackExporter.template_name = "learner_page"
        ours.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]
        ours.merge(config or Config())  # who configures FeedbackExporter by name decides
        super().__init__(config=ours, **options)
        if isinstance(self.parent, GenerateFeedback):  # it will delete the old pages
            _keep_work(self.parent)

    def from_notebook_node(  # type: ignore[override]  # a text, as nbconvert's own exporters of texts give
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[str, Any]:
        """The page, with its own digest at the end: it tells a page that someone has edited."""
        # past HTMLExporter's own: it parses and writes each page once more, for pictures without a text, which takes longer
        # than all the rest
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **options)
        if _WITHOUT_ALT.search(page):
            page, resources = super().from_notebook_node(nb, resources, **options)
        return signed(page), resources

    def default_filters(self) -> Any:
        """nbconvert's, and how this page shows code."""
        yield from super().default_filters()
        yield "code_as_html", partial(PAGES.show, "code")
