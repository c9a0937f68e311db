"""Rules of the glossary: terms are told plainly and in the course's languages, stand where it says, and no unit uses one too early."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.glossary import LANGUAGES, LIST, LIST_HEAD, SOURCE, Term, first_place, look_over_glossary
from autograder.authoring.lesson import MARKER, BadLesson, lesson_path, lesson_units
from autograder.authoring.matching import line_in
from autograder.authoring.rules.unit import Unit
from autograder.authoring.toml_files import line_of
from autograder.course import COURSE, ROOT
from autograder.declaring import shown
from course_utils.refused import Refused

FEWEST_TERMS = COURSE.rule("fewest_terms", 8)  # in a lesson's list
LONGEST_MEANING = 140  # characters
_CHINESE, _KOREAN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[\uac00-\ud7a3]")
#: What is no prose: code, and where links lead.
_NO_PROSE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)", re.S)


def _terms() -> tuple[Term, ...]:
    try:
        return look_over_glossary()[0]
    except BadLesson:  # `are_told` says so
        return ()


def are_told(unit: Unit) -> Iterator[Refused]:
    """Each term is told in one plain sentence, and named in the course's languages."""
    try:
        terms, problems = look_over_glossary()
    except BadLesson as error:
        yield error
        return
    yield from problems
    for term in terms:
        if term.unit == unit.name:
            yield from (BadLesson(SOURCE, line_of(SOURCE, term.name, field), words) for field, words in _untold(term))


def are_introduced(unit: Unit) -> Iterator[Refused]:
    """Each unit introduces a term, but a project on an instructor's own texts, which uses what others taught."""
    if (
        not _terms()
        or any(term.unit == unit.name for term in _terms())
        or (ROOT / "data" / "embedded" / f"{unit.name}.json.xz").exists()
    ):
        return
    names = "".join(f'{language.key} = "..." ' for language in LANGUAGES)
    form = f'["the term"] means = "One sentence." {names}unit = "NN" section = "the heading there"'
    words = (
        f"no term first appears in unit {unit.name}; add the one that it teaches: {form.replace('NN', unit.name[:2])}"
    )
    yield BadLesson(SOURCE, 1, f"{words}, each on a line of its own")


def _untold(term: Term) -> Iterator[tuple[str, str]]:
    """What is wrong with what is said of a term: the field, and the words for it."""
    name = f"the term {term.name!r}"
    if not re.fullmatch(r"[A-Z`].{15,}[^.]\.", term.means) or ". " in term.means:
        yield "means", f"{name}: `means` is one sentence, with a capital and a full stop; it is {term.means!r}"
    if len(term.means) > LONGEST_MEANING:
        yield "means", f"{name}: `means` has {len(term.means)} characters; it has at most {LONGEST_MEANING}"
    if term.name.lower() in term.means.lower().split(","):
        yield "means", f"{name}: `means` says the term itself; say it in other words"
    for language in LANGUAGES:
        told = term.names[language.key]
        if language.tag == "zh-Hant" and (not _CHINESE.search(told) or not _in_big5(told)):
            yield (
                language.key,
                f"{name}: {language.key} is {told!r}; it is written in Traditional Chinese, as in Taiwan",
            )
        elif language.tag == "ko" and (not _KOREAN.search(told) or _CHINESE.search(told)):
            yield language.key, f"{name}: {language.key} is {told!r}; it is written in Hangul"
        elif not told.strip():
            yield language.key, f"{name}: {language.key} is empty; write its {language.english} name"


def _in_big5(text: str) -> bool:
    """Whether the text can be written in Big5, which has no simplified characters."""
    try:
        return bool(text.encode("big5"))
    except UnicodeEncodeError:
        return False


def have_places(unit: Unit) -> Iterator[Refused]:
    """Each term stands where the glossary says that it first appears, and no two claim the same words."""
    places: list[tuple[int, int, int, Term]] = []
    for term in _terms():
        if term.unit == unit.name:
            try:
                cell, start, end = first_place(term, unit.lesson)
                places.append((cell.line, start, end, term))
            except BadLesson as error:
                yield error
    places.sort(key=lambda place: place[:3])
    for (line, _, end, term), (other_line, start, _, other) in itertools.pairwise(places):
        if line == other_line and start < end:
            yield unit.wrong(line, f"the terms {term.name!r} and {other.name!r} claim the same words")


def are_listed(unit: Unit) -> Iterator[Refused]:
    """The list of terms at the end names enough of them, each with its translations from the glossary."""
    known = {term.name: term for term in _terms()}
    names: list[str] = []
    for cell in unit.texts:
        for rows in LIST.finditer(cell.source):
            for number, row in enumerate(rows[0].rstrip("\n").split("\n"), line_in(cell, rows.start())):
                said = [one.strip() for one in row.strip("| ").split(" | ")]
                listed = said[0].split(", ")
                names += listed
                if len(said) > 1:
                    words = f"the row of {said[0]!r} has its translations; write {f'| {said[0]} |'!r}: they come from {SOURCE.name}"
                    yield unit.wrong(number, words)
                for name in listed:
                    if name not in known and known:  # else it could not be read, as `are_told` says
                        yield unit.wrong(
                            number, f"the list has {name!r}, and {SOURCE.name} does not; put it there, or take it out"
                        )
                    elif name in known and known[name].unit > unit.name:
                        place = f"{shown(SOURCE)}:{line_of(SOURCE, name, 'unit')}"
                        words = f"the list has {name!r}, which {place} says to appear first in unit {known[name].unit[:2]}, after this one"
                        yield unit.wrong(number, words)
    if len(names) < FEWEST_TERMS:
        line = unit.lesson.line_of("| English |")
        line = unit.lesson.line_of("## Further") if line == 1 else line
        below = " and ".join(f"`{row}`" for row in LIST_HEAD.splitlines())
        words = f"the list of terms has {len(names)}; it has {FEWEST_TERMS} or more, a row each, `| kernel |`, below {below}"
        yield unit.wrong(line, words)


def come_in_order(unit: Unit) -> Iterator[Refused]:
    """A term stands in no unit before the one that introduces it, but where the glossary says that it has another sense there."""
    for term in _terms():
        said = re.compile(rf"\b{re.escape(term.name)}(s|es)?\b", re.I)
        looked_at = [one for one in lesson_units() if one < term.unit and (term.unit == unit.name or one == unit.name)]
        for early in looked_at:
            if early[:2] in term.other_senses:
                continue
            lines = _prose(lesson_path(early))
            if line := next((number for number, text in lines if said.search(text)), 0):
                place = f"{shown(SOURCE)}:{line_of(SOURCE, term.name)}"
                words = f"{term.name!r} stands here, before unit {term.unit[:2]}, which introduces it ({place}). Say it in other words"
                yield BadLesson(lesson_path(early), line, f'{words}, or give the term other_senses = ["{early[:2]}"]')


@functools.lru_cache(maxsize=64)
def _prose_of(path: Path, changed: int) -> tuple[tuple[int, str], ...]:
    text, found, in_text = path.read_text(encoding="utf-8"), [], False
    for number, line in enumerate(text.splitlines(), 1):
        if MARKER.match(line):
            in_text = "[markdown]" in line
        elif line.startswith("# ## Further"):
            break
        elif in_text:
            found.append((number, line.removeprefix("#").removeprefix(" ")))
    # without code and addresses, which may go over lines: blanked, so that lines stay where they are
    whole = _NO_PROSE.sub(lambda taken: re.sub(r"[^\n]", " ", taken[0]), "\n".join(text for _, text in found))
    return tuple(zip((number for number, _ in found), whole.split("\n"), strict=True)) if found else ()


def _prose(path: Path) -> tuple[tuple[int, str], ...]:
    """The lines of a lesson's texts up to its sources, each with its number, without code and addresses."""
    return _prose_of(path, path.stat().st_mtime_ns)
