"""The glossary: the course's terms in its languages (course.toml), as a page, as links from where each first
appears, and in the units' lists.

lessons/glossary.toml is its one source. The build puts the links into the notebooks, and the names in the other languages into the
list at the end of each; `pull` takes them out again, so a lesson stays plain text. A term whose place is no longer there stops
the build, and so does a list's term that is not in the glossary.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograder.authoring.lesson import BadLesson, Cell, Lesson, lesson_path, lesson_units, read_lesson, slug, slug_id
from autograder.authoring.toml_files import line_of, read_toml
from autograder.course import COURSE, LESSONS
from autograder.declaring import shown

SOURCE = LESSONS / "glossary.toml"
PAGE = "glossary.md"  # beside the units' folders
LANGUAGES = COURSE.languages  # beside English
_FIELDS = {"means", "unit", "section", *(language.key for language in LANGUAGES)}
#: The first lines of a list of terms.
LIST_HEAD = (
    "| "
    + " | ".join(["English", *(language.name for language in LANGUAGES)])
    + " |\n|"
    + "---|" * (1 + len(LANGUAGES))
    + "\n"
)

#: Where no link is put: code blocks, what is folded, a question's options (they will be), headings, tables, formulas, links, HTML.
_NO_LINKS = re.compile(
    r"```.*?```|<details>.*?</details>|^-\ \[[\ x]\]\ .*\Z|"
    r"^\#{1,6}\ [^\n]*$|^\|[^\n]*$|\$\$.*?\$\$|\$[^$\n]*\$|!?\[[^\]]*\]\([^)]*\)|<[^<>]+>",
    re.S | re.M,
)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.M)
#: The list of terms at a lesson's end. There a row may have the term alone: `| kernel |`, or several: `| matrix, transpose |`.
LIST = re.compile(rf"(?<=^{re.escape(LIST_HEAD)})(?:\|[^\n]*(?:\n|\Z))+", re.M)
_SHORT_ROW = re.compile(r"^\| (?P<names>[^|\n]+) \|$", re.M)
_LONG_ROW = re.compile(r"^(?P<short>\| (?P<names>[^|\n]+) \|)" + r" [^|\n]+ \|" * len(LANGUAGES) + "$", re.M)
_LINK = re.compile(r"\[([^\]]+)\]\(\.\./glossary\.md#[a-z0-9-]+\)")

_SPANS = [f'{one.english} (<span lang="{one.tag}">{one.name}</span>)' for one in LANGUAGES]
_IN_LANGUAGES = f" in {', '.join(['English', *_SPANS[:-1]])} and {_SPANS[-1]}" if _SPANS else ""
INTRODUCTION = f"""\
# Glossary

The course's terms{_IN_LANGUAGES}, with a sentence on each and the place where it first appears. There it links to this page.
"""


@dataclass(frozen=True)
class Term:
    """A term, what it means in a sentence, its names in the other languages, and where it first appears."""

    name: str
    means: str
    names: Mapping[str, str]  # by the key of the language
    unit: str
    section: str  # the heading, up to its " ("
    words: str  # as they stand in the lesson
    other_senses: tuple[
        str, ...
    ] = ()  # numbers of units before it where the word stands in another sense, or in a heading

    @property
    def anchor(self) -> str:
        """The term's id on the page: small letters, digits and hyphens."""
        return slug(self.name)


@functools.cache
def read_glossary() -> tuple[Term, ...]:
    """The terms, in the order of the file; none without one. Raises BadLesson, naming the term, where one is incomplete."""
    terms, problems = look_over_glossary()
    if problems:
        raise problems[0]
    return terms


def look_over_glossary() -> tuple[tuple[Term, ...], tuple[BadLesson, ...]]:
    """The terms that are complete, and what is wrong with the others. Raises BadLesson where the file is not TOML."""
    units = {unit[:2]: unit for unit in lesson_units()}
    terms, problems = [], []
    for name, fields in read_toml(SOURCE).items():
        if wrong := _wrong(fields, units):
            problems.append(BadLesson(SOURCE, line_of(SOURCE, name), f"the term {name!r} {wrong}"))
        else:
            names = {language.key: fields[language.key] for language in LANGUAGES}
            place = (
                units[fields["unit"]],
                fields["section"],
                fields.get("words", name),
                tuple(fields.get("other_senses", ())),
            )
            terms.append(Term(name, fields["means"], names, *place))
    return tuple(terms), tuple(problems)


def _wrong(fields: Any, units: dict[str, str]) -> str:
    """What is wrong with a term's fields, in words; "" where nothing is."""
    if not isinstance(fields, dict):
        return f'is {fields!r}; write its name in brackets, ["name"], and below it: {", ".join(sorted(_FIELDS))}'
    others = {key for key in fields if re.fullmatch(r"[a-z]{2,3}", key)}  # languages that this course does not show
    if wrong := (_FIELDS - set(fields)) | (set(fields) - _FIELDS - others - {"words", "other_senses"}):
        has = ", ".join(sorted(_FIELDS))
        return f"has no or unknown {', '.join(sorted(wrong))}. A term has {has}, and may have words and other_senses"
    if not all(isinstance(fields[name], str) for name in (*_FIELDS, *({"words"} & set(fields)))):
        return 'has a field that is no text; write: field = "text"'
    senses = fields.get("other_senses", [])
    if not isinstance(senses, list) or not set(map(str, senses)) <= set(units):
        return f'has other_senses = {senses!r}; it lists units by number: other_senses = ["01"]'
    if fields["unit"] not in units:
        return f"has no unit {fields['unit']!r}; write the two digits of one, in quotes: {', '.join(units)}"
    return ""


def first_place(term: Term, lesson: Lesson) -> tuple[Cell, int, int]:
    """The cell in which a term first appears, and where its words begin and end there. Raises BadLesson if nowhere."""
    wanted = r"\s+".join(map(re.escape, term.words.split()))
    if re.match(r"\w", term.words):  # a whole word
        wanted = rf"(?<![\w`*-]){wanted}(?![\w`-])"
    section = ""
    sections: set[str] = set()
    for cell in lesson.cells:
        if cell.kind != "markdown" or cell.role:
            continue
        open_text = _NO_LINKS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), cell.source)
        headings = [(found.start(), found[1].partition(" (")[0]) for found in _HEADING.finditer(cell.source)]
        sections.update(title for _, title in headings)
        for found in re.finditer(wanted, open_text):
            above = [title for start, title in headings if start < found.start()]
            if (above[-1] if above else section) == term.section:
                return cell, found.start(), found.end()
        section = headings[-1][1] if headings else section
    entry = f"{shown(SOURCE)}:{line_of(SOURCE, term.name)}"
    place = f"in the section {term.section!r}; {entry} says that the term {term.name!r} first appears there"
    if term.section not in sections:
        how = "There is no such section: let `section` say one that there is, or take the term out"
    else:
        how = "They are looked for as the lesson has them, asterisks included, and not in headings, tables, code and folded text"
    raise BadLesson(
        lesson.path, lesson.line_of(f"# {term.section}"), f"the words {term.words!r} do not stand {place}. {how}"
    )


def link_terms(lesson: Lesson) -> Lesson:
    """The lesson with a link to the glossary at each term that first appears in it, and its list's translations. Raises BadLesson."""
    links: dict[int, list[tuple[int, int, Term]]] = {}
    for term in read_glossary():
        if term.unit == lesson.unit:
            cell, start, end = first_place(term, lesson)
            links.setdefault(cell.line, []).append((start, end, term))
    return replace(lesson, cells=[_link_cell(lesson, cell, links.get(cell.line, [])) for cell in lesson.cells])


def _link_cell(lesson: Lesson, cell: Cell, links: list[tuple[int, int, Term]]) -> Cell:
    links = sorted(links, key=lambda link: link[:2])
    for (_, end, term), (start, _, other) in itertools.pairwise(links):
        if start < end:
            raise BadLesson(lesson.path, cell.line, f"the terms {term.name!r} and {other.name!r} claim the same words")
    source = cell.source
    for start, end, term in reversed(links):
        source = f"{source[:start]}[{source[start:end]}](../{PAGE}#{term.anchor}){source[end:]}"
    return replace(cell, source=_translate_list(lesson, cell, source))


def _translate_list(lesson: Lesson, cell: Cell, source: str) -> str:
    """The list of terms with each row that has English alone made whole."""

    def whole(row: re.Match) -> str:
        if not (told := _row(row["names"])):
            words = f"the list has {row['names']!r}, and {SOURCE.name} does not; put it there, or write the whole row"
            raise BadLesson(lesson.path, cell.line, words)
        return told

    return LIST.sub(lambda rows: _SHORT_ROW.sub(whole, rows[0]), source)


def _row(names: str) -> str | None:
    """The row of a list for these terms; None where the glossary lacks one of them."""
    known = {term.name: term for term in read_glossary()}
    asked = names.split(", ")
    if not known.keys() >= set(asked):
        return None
    terms = [known[name] for name in asked]
    told = [one.between.join(term.names[one.key] for term in terms) for one in LANGUAGES]
    return "".join(f"| {text} " for text in (names, *told)) + "|"


def unlink_terms(source: str) -> str:
    """A cell's text as the author wrote it: without links to the glossary and without translations that come from there."""
    return _shorten(_LINK.sub(r"\1", source), lambda row: row[0] == _row(row["names"]))


def without_translations(source: str) -> str:
    """A cell's text without links, and with English alone in its list, whatever the glossary says by now."""
    return _shorten(_LINK.sub(r"\1", source), lambda row: True)


def _shorten(source: str, is_to_be: Callable[[re.Match], bool]) -> str:
    return LIST.sub(lambda rows: _LONG_ROW.sub(lambda row: row["short"] if is_to_be(row) else row[0], rows[0]), source)


def translations(source: str) -> dict[str, str]:
    """The rows of a cell's list that are in every language, by their English."""
    return {row["names"]: row[0] for rows in LIST.finditer(source) for row in _LONG_ROW.finditer(rows[0])}


def changed_translations(built: str, own: str) -> list[str]:
    """The terms of a lesson's cell `own` that a notebook's cell `built` translates otherwise than glossary and lesson do."""
    listed = translations(own) | {
        row["names"]: _row(row["names"]) for rows in LIST.finditer(own) for row in _SHORT_ROW.finditer(rows[0])
    }
    return [names for names, row in translations(built).items() if names in listed and row != listed[names]]


def glossary_page(units: Collection[str] | None = None) -> str:
    """The page in Markdown: each term with an anchor of its own, in alphabetical order; of these units alone, if named."""
    terms = [term for term in read_glossary() if units is None or term.unit in units]
    lessons = {unit: read_lesson(lesson_path(unit)) for unit in {term.unit for term in terms}}
    terms.sort(key=lambda term: term.name.casefold())
    by_letter = {
        letter: list(group) for letter, group in itertools.groupby(terms, key=lambda term: term.name[0].upper())
    }
    lines = [INTRODUCTION, " · ".join(f"[{letter}](#letter-{letter.lower()})" for letter in by_letter), ""]
    for letter, group in by_letter.items():
        lines += [f'<a id="letter-{letter.lower()}"></a>', "", f"## {letter}", ""]
        for term in group:
            lines += [_entry(term, lessons[term.unit]), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _entry(term: Term, lesson: Lesson) -> str:
    cell, _, _ = first_place(term, lesson)
    place = f"{term.unit}/{term.unit}.ipynb#cell-id={slug_id(cell.id)}"
    names = "".join(f' · <span lang="{one.tag}">{html.escape(term.names[one.key])}</span>' for one in LANGUAGES)
    return (
        f'<a id="{term.anchor}"></a>**{term.name}**{names}<br>\n'
        f"{term.means} First in unit {term.unit[:2]}: [{term.section}]({place})"
    )
