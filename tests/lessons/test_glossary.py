"""The glossary has the units' terms, agrees with their own lists, and is linked from where a term first appears."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.authoring.build import make_solution
from autograder.authoring.glossary import Term, first_place, glossary_page, link_terms, read_glossary, unlink_terms
from autograder.authoring.lesson import BadLesson, Cell, Lesson, lesson_path, lesson_units, read_lesson
from autograder.authoring.pages import pages
from autograder.exercises import load_exercises

UNITS = lesson_units()
TERMS = {term.name: term for term in read_glossary()}
LESSONS = {unit: read_lesson(lesson_path(unit)) for unit in UNITS}


@pytest.fixture(params=UNITS)
def lesson(request):
    return LESSONS[request.param]


@pytest.fixture(scope="module")
def page():
    return glossary_page()


def own_list(cells):
    """The rows of the list at the end of a lesson: what stands in each cell."""
    text = "\n".join(cell.source for cell in cells if cell.kind == "markdown")
    head, _, rows = text.partition("| English | 繁體中文 | 한국어 |\n|---|---|---|\n")
    assert head != text, "there is no list of terms"
    return [row.strip("| ").split(" | ") for row in rows.splitlines() if row.startswith("|")]


def test_the_pages_are_built():
    old = [path.name for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    assert not old, f"{old} are not what they are made from: run `make build`"


def test_there_are_terms_of_every_unit():
    assert len(TERMS) >= 120
    assert {term.unit for term in TERMS.values()} == set(UNITS)


def test_the_list_of_a_unit_has_its_translations_from_the_glossary(lesson):
    """A lesson names its terms; what they are called in Chinese and Korean stands in one place."""
    for en, zh, ko in own_list(link_terms(lesson).cells):
        names = en.split(", ")
        assert zh == "、".join(TERMS[name].names["zh"] for name in names)
        assert ko == ", ".join(TERMS[name].names["ko"] for name in names)


def with_rows(*rows):
    """A lesson of nothing but a list with these rows."""
    text = "\n".join(["| English | 繁體中文 | 한국어 |", "|---|---|---|", *rows])
    return Lesson(Path("lessons/99_x.py"), "99_x", [Cell("markdown", text, 1, "")])


def test_a_row_that_is_written_out_stays_and_a_term_that_nobody_knows_stops_the_build():
    rows = ["| kernel |", "| gizmo | 小玩意 | 장치 |", "| kernel | 核 | 커널 |"]
    linked = link_terms(with_rows(*rows))
    kernel = TERMS["kernel"]
    assert own_list(linked.cells) == [
        ["kernel", kernel.names["zh"], kernel.names["ko"]],
        ["gizmo", "小玩意", "장치"],
        ["kernel", "核", "커널"],
    ]
    assert unlink_terms(linked.cells[0].source).splitlines()[2:] == rows
    with pytest.raises(BadLesson, match=r"the list has .gizmo., and glossary\.toml does not"):
        link_terms(with_rows("| gizmo |"))


def test_each_term_is_linked_once_where_it_first_appears_and_nothing_else_changes(lesson):
    linked = link_terms(lesson)
    text = "\n".join(cell.source for cell in linked.cells)
    anchors = re.findall(r"\]\(\.\./glossary\.md#([^)]+)\)", text)
    assert sorted(anchors) == sorted(term.anchor for term in TERMS.values() if term.unit == lesson.unit)
    assert [unlink_terms(cell.source) for cell in linked.cells] == [cell.source for cell in lesson.cells]
    same = [replace(cell, source="") for cell in linked.cells]
    assert same == [replace(cell, source="") for cell in lesson.cells]


def test_links_stand_in_prose_only(lesson):
    for cell in link_terms(lesson).cells:
        for line in cell.source.splitlines():
            assert "glossary.md#" not in line or (cell.kind == "markdown" and not re.match(r"#+ |\||```", line))
        for folded in re.findall(r"<details>.*?</details>", cell.source, re.S):
            assert "glossary.md#" not in folded


def first_term(lesson):
    terms = [term for term in TERMS.values() if term.unit == lesson.unit]
    assert terms, f"lessons/glossary.toml has no term that first appears in unit {lesson.unit}"
    return terms[0]


def test_a_term_whose_place_is_gone_stops_the_build(lesson):
    term = first_term(lesson)
    for changed in (replace(term, words="nowhere to be found"), replace(term, section="No such section")):
        with pytest.raises(BadLesson, match=re.escape(repr(term.name))):
            first_place(changed, lesson)


def test_two_terms_cannot_claim_the_same_words(lesson, monkeypatch):
    term = first_term(lesson)
    monkeypatch.setattr("autograder.authoring.glossary.read_glossary", lambda: (term, replace(term, name="another")))
    with pytest.raises(BadLesson, match="claim the same words"):
        link_terms(lesson)


def test_every_term_is_on_the_page_with_an_anchor_of_its_own(page):
    anchors = re.findall(r'<a id="([^"]+)"></a>', page)
    assert len(anchors) == len(set(anchors))
    assert set(anchors) >= {term.anchor for term in TERMS.values()}
    assert re.findall(r'<a id="[^"]+"></a>\*\*(.+?)\*\*', page) == sorted(TERMS, key=str.casefold)


def test_the_page_of_an_edition_has_the_terms_of_its_units_alone():
    page = glossary_page(["02_convolution_and_pooling"])
    assert 'id="kernel"' in page
    assert 'id="tuple"' not in page
    assert "01_containers" not in page


def test_words_that_are_part_of_a_word_or_of_code_are_not_taken():
    lesson = LESSONS["02_convolution_and_pooling"]
    term = Term("x", "", {}, lesson.unit, "Slide a kernel", "kern")
    with pytest.raises(BadLesson):
        first_place(term, lesson)


def test_the_build_puts_the_links_into_the_notebooks(lesson):
    built = [cell.source for cell in make_solution(lesson, load_exercises(lesson.unit)).cells]
    assert [source for source in built if "glossary.md#" in source] == [
        cell.source for cell in link_terms(lesson).cells if "glossary.md#" in cell.source
    ]
