"""Wrap a lesson's prose at one width, so that a change of a word is a change of few lines.

`pull` does it, since JupyterLab's authors write a paragraph in one line; `python -m autograder.authoring.wrap` does it for every lesson.
What Markdown reads line by line stays as it is: code, tables, headings, HTML, displayed formulas, lines with a hard break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.authoring.lesson import MARKER, lesson_path, lesson_units
from course_utils import files

WIDTH = 118  # with the "# " before it 120, as code has
_AS_IT_IS = re.compile(r"\s*(#{1,6} |\||>|</details>|<!--|<img|$)|.*(  |\\)$")
_ITEM = re.compile(r"\s*([-*+]|\d+[.)])\s+")
_ALONE = re.compile(r"(Before|Next): |<details")  # these begin a line, whatever stands before
#: Words; a formula, and code in a line, is one with its spaces.
_WORD = re.compile(r"(?:`[^`]+`|\$[^$\s](?:[^$]*[^$\s])?\$|\S)+")
#: What must not come to stand at the beginning of a line, where Markdown would take it for more than a word.
_LIKE_MARKUP = re.compile(r"([-*+]|\d+[.)]|#{1,6}|[-=]{2,})$|[>|]|```|\$\$|</?details|<!--|<img|(Before|Next):$")


@dataclass
class _Paragraph:
    """Lines that Markdown reads as one, how the first begins, and how far the others are indented."""

    lead: str = ""
    lines: list[str] = field(default_factory=list)

    def wrapped(self) -> list[str]:
        """The lines, each as long as the width allows."""
        made, indent = [], " " * len(self.lead)
        line = self.lead
        for word in _words(" ".join(self.lines)):
            begun = line not in (self.lead, indent)
            if begun and len(line) + 1 + len(word) > WIDTH:
                made.append(line)
                line, begun = indent, False
            line += f" {word}" if begun else word
        return [*made, line] if self.lines else []


def wrap(text: str) -> str:
    """Markdown with its paragraphs and list items wrapped at WIDTH."""
    made: list[str] = []
    paragraph = _Paragraph()
    fence, in_list = "", False
    for line in text.split("\n"):
        mark = next((mark for mark in ("```", "$$") if line.lstrip().startswith(mark)), "")
        is_whole = mark == "$$" and line.count("$$") > 1
        if fence or mark or _AS_IT_IS.match(line):
            made += [*paragraph.wrapped(), line]
            paragraph = _Paragraph()
            in_list = in_list and bool(line.strip())
            fence = (
                ""
                if (fence and (fence == mark or line.rstrip().endswith(fence)))
                else fence or ("" if is_whole else mark)
            )
        elif (item := _item(line, in_prose=bool(paragraph.lines) and not in_list)) or (
            _ALONE.match(line) or not paragraph.lines
        ):
            made += paragraph.wrapped()
            in_list = in_list or bool(item)
            lead = item[0] if item else line[: len(line) - len(line.lstrip())]
            paragraph = _Paragraph(lead, [line[len(lead) :]])
        else:
            paragraph.lines.append(line.strip())
    return "\n".join([*made, *paragraph.wrapped()])


def _item(line: str, *, in_prose: bool) -> re.Match[str] | None:
    """How a list's item begins; below a line of prose none begins with a number other than 1, so a year does not."""
    item = _ITEM.match(line)
    if item and in_prose and item[1][:-1].isdigit() and item[1][:-1] != "1":
        return None
    return item


def _words(text: str) -> list[str]:
    """The words; one that must not begin a line is joined to the one before it."""
    words: list[str] = []
    for word in _WORD.findall(text):
        if words and _LIKE_MARKUP.match(word):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def wrap_lesson(text: str) -> str:
    """A lesson's file with the prose of its text cells wrapped, and every other line as it was."""
    return "".join(_wrap_cell(block) for block in _cells(text))


def _cells(text: str) -> Iterator[str]:
    """A lesson's text cell by cell, each with its marker."""
    block: list[str] = []
    for line in text.splitlines(keepends=True):
        if MARKER.match(line.rstrip("\n")) and block:
            yield "".join(block)
            block = []
        block.append(line)
    yield "".join(block)


def _wrap_cell(block: str) -> str:
    marker, _, rest = block.partition("\n")
    if "[markdown]" not in marker:
        return block
    body = rest.rstrip("\n")
    lines = body.split("\n")
    if not all(line == "#" or line.startswith("# ") for line in lines):
        return block  # not written as comments, line by line
    text = wrap("\n".join(line[2:] for line in lines))
    return (
        "\n".join([marker, *(f"# {line}".rstrip() if not line else f"# {line}" for line in text.split("\n"))])
        + rest[len(body) :]
    )


def main() -> None:
    """Wrap every lesson, and say which changed."""
    for path in map(lesson_path, lesson_units()):
        before = path.read_text(encoding="utf-8")
        if (after := wrap_lesson(before)) != before:
            files.write(path, after.encode())
            print(f"{path.name}: wrapped")


if __name__ == "__main__":
    main()
