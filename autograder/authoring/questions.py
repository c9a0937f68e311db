"""Checkpoint questions: how a lesson writes them, how a notebook shows them where nothing can be clicked, and their packs.

A lesson writes a question as the text above a cell with `question("id")`: what is asked, then a list of options. One is right:

    - [ ] 9

      **One channel instead of three.** Nine would do for a grey picture.

    - [x] 27

      Yes: 3 x 3 for each of 3 channels.

Below each option stands its feedback; that of a wrong one begins with the misconception, in bold, by which the class report
names it. The build folds the options in the notebook (`fold`), and `pull` gets the lesson's form back (`unfold`). Learners read
"Mistaken idea:" before a misconception, for alone it may read like a true sentence.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.lesson import BadLesson, Cell, Lesson, called_id, slug_id
from course_utils import files
from course_utils.recall import catalogue
from course_utils.recall.catalogue import FORMAT
from course_utils.recall.choices import LETTERS, MISTAKEN, letter

_FIRST = re.compile(r"^- \[[ x]\] ", re.M)
_OPTION = re.compile(r"- \[(?P<mark>[ x])\] (?P<text>.+?)(?:\n[ \t]*\n(?P<feedback>.*))?", re.S)
_MISCONCEPTION = re.compile(r"\*\*(?P<words>[^*\n]+(?:\n[^*\n]+)*)\*\*\s+\S")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")

SUMMARY = "Where no buttons are shown: the options, and what each of them means"
_RIGHT, _WRONG = "✓", f"✗ {MISTAKEN}"
_FOLDED = re.compile(rf"<details><summary>{SUMMARY}</summary>\n\n(?P<options>.*)\n\n</details>\Z", re.S)
_FOLDED_OPTION = re.compile(
    rf"<details><summary>[A-H]\. (?P<text>.*?)</summary>\n\n(?P<sign>[✓✗])(?: {MISTAKEN})? (?P<feedback>.*?)\n\n</details>",
    re.S,
)


@dataclass(frozen=True)
class Option:
    """One option of a question, as Markdown line by line: its words, what is said to who chooses it, whether it is right."""

    text: str
    feedback: str
    right: bool

    @property
    def words(self) -> str:
        """Its words in one line."""
        return " ".join(self.text.split())

    @property
    def misconception(self) -> str:
        """What a wrong option's feedback begins with, in bold; "" where it does not."""
        found = _MISCONCEPTION.match(self.feedback)
        return " ".join(found["words"].split()) if found else ""


def split(source: str) -> tuple[str, list[Option]]:
    """A question's text: what stands before its options, and these."""
    first = _FIRST.search(source)
    if first is None:
        return source, []
    items = re.split(r"^(?=- \[[ x]\] )", source[first.start() :], flags=re.M)
    return source[: first.start()].rstrip("\n"), [_option(item) for item in items if item.strip()]


def _option(item: str) -> Option:
    found = _OPTION.fullmatch(item.rstrip())
    assert found is not None  # it was split off at such a mark
    return Option(_dedented(found["text"]), _dedented(found["feedback"] or ""), found["mark"] == "x")


def _dedented(text: str) -> str:
    return "\n".join(line.removeprefix("  ").rstrip() for line in text.splitlines()).strip()


def check_questions(lesson: Lesson) -> None:
    """Hold a lesson's questions to their form. Raises BadLesson, naming the line and what is missing."""
    for problem in question_problems(lesson):
        raise problem


def question_problems(lesson: Lesson) -> Iterator[BadLesson]:
    """All that is wrong with a lesson's questions."""
    asked: dict[str, int] = {}
    for cell in lesson.cells:
        id = called_id(cell.source, "question") if cell.kind == "code" else None
        if id is not None:
            if id in asked:
                yield BadLesson(lesson.path, cell.line, f"question {id!r} is asked twice, first in line {asked[id]}")
            if not _ID.fullmatch(id):
                words = f"question {id!r}: an id has small letters, digits and `_`, at most 40"
                yield BadLesson(lesson.path, cell.line, words)
            asked[id] = cell.line
            if not any(text.question == id for text in lesson.cells):
                yield BadLesson(lesson.path, cell.line, f"question {id!r} has no text with its options above it")
        if cell.kind == "markdown" and (cell.question or _FIRST.search(cell.source)):
            if problem := _problem(cell):
                yield BadLesson(lesson.path, cell.line, problem)


def _problem(cell: Cell) -> str:
    """What is wrong with a question's text; "" where nothing is."""
    stem, options = split(cell.source)
    name = f"question {cell.question!r}"
    if not cell.question:
        return 'a list of options (`- [ ]`) with no `question("id")` in the cell below it'
    if not 2 <= len(options) <= len(LETTERS):
        return (
            f"{name} has {len(options)} options (`- [ ] ...`, the right one `- [x] ...`); it needs 2 to {len(LETTERS)}"
        )
    if not re.sub(r"^#{1,6} .*$", "", stem, flags=re.M).strip():
        return f"{name} asks nothing: write what is asked above its options"
    if (right := sum(option.right for option in options)) != 1:
        return f"{name} has {right} options that are right (`- [x]`); it needs one"
    if len({option.words for option in options}) < len(options):
        return f"{name} has two options that say the same"
    for mark, option in zip(map(letter, range(len(options))), options, strict=True):
        if not option.feedback:
            return f"{name}: option {mark} has no feedback; write it below the option, after an empty line, indented"
        if not option.right and not option.misconception:
            return (
                f"{name}: the feedback of option {mark} begins with its misconception in bold: `**Counts twice.** ...`"
            )
        if any("$" in words or "</" in words for words in (option.text, option.feedback)):
            return f"{name}: option {mark} has a formula or HTML; buttons show words, `code` and *emphasis* alone"
    return ""


# In the notebook


def fold(cell: Cell) -> str:
    """A question's text as the notebook has it: the options folded, each with its feedback folded in it."""
    stem, options = split(cell.source)
    if not cell.question or not options:
        return cell.source
    folded = "\n".join(
        f"<details><summary>{letter(place)}. {_as_html(option.text)}</summary>\n\n"
        f"{_RIGHT if option.right else _WRONG} {option.feedback}\n\n</details>"
        for place, option in enumerate(options)
    )
    return f"{stem}\n\n<details><summary>{SUMMARY}</summary>\n\n{folded}\n\n</details>"


def unfold(source: str) -> str:
    """A notebook's text as the lesson writes it: a question's options as a list again; another text as it is."""
    found = _FOLDED.search(source)
    if found is None:
        return source
    options = [
        Option(_as_markdown(one["text"]), one["feedback"].strip(), one["sign"] == _RIGHT)
        for one in _FOLDED_OPTION.finditer(found["options"])
    ]
    return source[: found.start()] + "\n\n".join(_as_item(option) for option in options)


def _as_item(option: Option) -> str:
    text, feedback = (
        "\n".join(f"  {line}".rstrip() for line in told.splitlines()) for told in (option.text, option.feedback)
    )
    return f"- [{'x' if option.right else ' '}] {text.strip()}\n\n{feedback}"


def _as_html(text: str) -> str:
    """An option's words inside HTML, where Markdown is not read."""
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(r"(?<![\w*])\*(\w[^*<>]*\w)\*(?![\w*])", r"<em>\1</em>", escaped)


def _as_markdown(text: str) -> str:
    plain = re.sub(r"</?em>", "*", re.sub(r"</?code>", "`", text))
    return html.unescape(plain)


# The pack


def build_questions(lesson: Lesson, folder: Path = catalogue.QUESTIONS) -> Path | None:
    """Write the unit's questions for the learner's helper; remove the file where there are none. Returns its path."""
    path = folder / f"{lesson.unit}.json"
    asked = questions_of(lesson)
    if not asked:
        path.unlink(missing_ok=True)
        return None
    told = {"format": FORMAT, "unit": lesson.unit, "questions": asked}
    files.write_changed(path, (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def questions_of(lesson: Lesson) -> dict[str, dict]:
    """A lesson's questions as data, as `course_utils.recall.catalogue.read_questions` gives them."""
    return {cell.question: _pack(cell) for cell in lesson.cells if cell.question}


def _pack(cell: Cell) -> dict:
    """One question as data. `of` is a digest of its options: choices among others are not taken for choices among these."""
    stem, options = split(cell.source)
    words = re.sub(r"^\*\*\d+\.\*\* ", "", re.split(r"^#{1,6} .*$", stem, flags=re.M)[-1].strip())
    return {
        "cell": slug_id(f"question_{cell.question}"),
        "asked": " ".join(words.split()),
        "of": hashlib.sha256("\n".join(option.words for option in options).encode()).hexdigest()[:12],
        "options": [
            {
                "text": option.words,
                "right": option.right,
                "feedback": " ".join(option.feedback.split()),
                "misconception": option.misconception,
            }
            for option in options
        ],
    }
