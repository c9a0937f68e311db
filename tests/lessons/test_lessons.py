"""Every lesson keeps the anatomy that learners rely on, and every goal it sets is assessed."""

import re
import statistics

import numpy as np
import pytest

from autograder.authoring.build import _HEADING
from autograder.authoring.functions import lesson_functions
from autograder.authoring.lesson import lesson_units, read_lesson
from autograder.authoring.unit_list import exercises_of, read_units
from autograder.authoring.wrap import wrap_lesson
from autograder.course import LESSONS
from autograder.exercises import load_exercises
from course_utils.refused import Refused

UNITS = lesson_units()
SECTIONS = ("You will be able to", "Recap", "Further")


@pytest.fixture(params=UNITS)
def lesson(request):
    return read_lesson(LESSONS / f"{request.param}.py")


def markdown(lesson):
    return [cell for cell in lesson.cells if cell.kind == "markdown"]


def code(lesson):
    return [cell for cell in lesson.cells if cell.kind == "code"]


def headings(lesson):
    """(line, level, text) of every heading outside code fences."""
    found = []
    for cell in markdown(lesson):
        fenced = False
        for number, line in enumerate(cell.source.splitlines(), cell.line):
            fenced ^= line.startswith("```")
            if not fenced and (match := re.match(r"(#{1,6}) (.+)", line)):
                found.append((number, len(match[1]), match[2]))
    return found


def test_there_are_lessons():
    assert {"01_containers_and_arrays", "02_convolution_and_pooling", "06_imdb_dense"} <= set(UNITS)


def test_headings_start_with_one_title_and_never_skip_a_level(lesson):
    levels = [level for _, level, _ in headings(lesson)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    skipped = [
        f"line {line}: {text}"
        for (line, level, text), before in zip(headings(lesson)[1:], levels, strict=False)
        if level > before + 1
    ]
    assert not skipped


def test_the_sections_that_every_lesson_has_are_there(lesson):
    texts = [text for _, _, text in headings(lesson)]
    missing = [section for section in SECTIONS if not any(text.startswith(section) for text in texts)]
    assert not missing


def test_every_goal_is_assessed_and_every_exercise_has_a_goal(lesson):
    objectives = {exercise.objective for exercise in load_exercises(lesson.unit).values()}
    assert 3 <= len(lesson.objectives()) <= 6
    assert set(lesson.objectives()) == objectives


def test_the_table_of_what_assesses_what_is_up_to_date(lesson):
    from autograder.authoring.traceability import TABLE, unit_table

    assert unit_table(lesson.unit) in TABLE.read_text(encoding="utf-8"), "it is not: run `make build`"


def test_an_objective_that_nothing_assesses_is_told(lesson, monkeypatch):
    from autograder.authoring import traceability

    monkeypatch.setattr(type(lesson), "objectives", lambda self: ["fly"])
    with pytest.raises(Refused, match=f"{lesson.unit}.*objective"):
        traceability.unit_table(lesson.unit)


def minutes_of_sections(lesson):
    """Section -> minutes, of the table at the lesson's beginning."""
    beginning = "\n".join(cell.source for cell in markdown(lesson)[:2])
    table = re.search(r"^\| section \| minutes \|\n\|---\|---\|\n((?:\|.*\n)+)", beginning, re.M | re.I)
    return {name: int(minutes) for name, minutes in re.findall(r"^\| (.+) \| (\d+) \|$", table[1], re.M)}


def exercises_by_section(lesson):
    """Section -> the minutes of its exercises together, but for those that a person grades: there writing is all there is to do."""
    minutes = {one["id"]: 0 if one["by_hand"] else one["minutes"] for one in exercises_of(lesson)}
    found, section = {}, None
    for _, level, text in headings(lesson):
        section = text if level == 2 else section
        if match := re.match(r"Exercise: `(\w+)`", text):
            found[section] = found.get(section, 0) + minutes[match[1]]
    return found


def test_the_minutes_of_the_sections_add_up_to_the_units(lesson):
    unit = read_units()[lesson.unit]
    assert sum(minutes_of_sections(lesson).values()) == unit.minutes
    assert f"bout {unit.minutes} minutes" in " ".join(" ".join(cell.source.split()) for cell in markdown(lesson)[:2])


def test_exercises_leave_two_fifths_of_a_sections_minutes_for_reading(lesson):
    given = minutes_of_sections(lesson)
    too_much = {
        section: (minutes, given[section])
        for section, minutes in exercises_by_section(lesson).items()
        if minutes > 0.6 * given[section]
    }
    assert too_much == {}, "section: (minutes of its exercises, minutes of the table)"


def test_every_exercise_has_a_heading_hints_and_a_help_by_symptom(lesson):
    text = "\n".join(cell.source for cell in markdown(lesson))
    for id in load_exercises(lesson.unit):
        heading = next((h for h in _HEADING.finditer(text) if h["id"] == id), None)
        assert heading, id
        section = text[heading.end() :].split("\n### ")[0].split("\n## ")[0]
        for needed in ("Hint 1", "Hint 2", "If you see"):
            assert needed in section, f"{id}: no {needed!r}"


def test_code_cells_are_short(lesson):
    lengths = {
        cell.line: sum(not line.startswith("#") for line in cell.source.splitlines())
        for cell in code(lesson)
        if cell.role != "solution"
    }
    assert statistics.median(lengths.values()) <= 5
    assert {line: n for line, n in lengths.items() if n > 25} == {}


def test_the_setup_is_one_short_cell(lesson):
    setup = [cell for cell in code(lesson) if re.search(r"^start\(", cell.source, re.M)]
    assert len(setup) == 1
    assert setup[0] is code(lesson)[0]
    assert len(setup[0].source.splitlines()) <= 12
    assert f'start("{lesson.unit}")' in setup[0].source


def test_prose_is_wrapped_at_one_width(lesson):
    text = lesson.path.read_text(encoding="utf-8")
    assert wrap_lesson(text) == text, "run: python -m autograder.authoring.wrap"


def test_details_are_closed(lesson):
    for cell in markdown(lesson):
        assert cell.source.count("<details") == cell.source.count("</details>"), cell.line
        assert cell.source.count("<summary") == cell.source.count("</summary>"), cell.line


def test_the_glossary_has_three_languages(lesson):
    text = "\n".join(cell.source for cell in markdown(lesson))
    assert "繁體中文" in text
    assert "한국어" in text


def test_no_image_goes_out_without_words(lesson):
    for cell in code(lesson):
        assert "plt.show()" not in cell.source, f"line {cell.line}: use plot.show(figure, alt=...)"
    for cell in markdown(lesson):
        for image in re.findall(r"<img[^>]*>", cell.source):
            assert "alt=" in image, f"line {cell.line}"
        assert not re.search(r"!\[\s*\]\(", cell.source), f"line {cell.line}: an image without alt text"


def test_the_examples_in_docstrings_are_true(lesson):
    """What a learner reads below `>>>` is what the solution gives."""
    import doctest
    import inspect

    wrong = []
    for id, function in lesson_functions(lesson).items():
        text = inspect.getdoc(function) or ""
        test = doctest.DocTestParser().get_doctest(
            text, {**inspect.unwrap(function).__globals__, "np": np}, id, None, 0
        )
        doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS).run(test, out=wrong.append)
    assert not wrong, "".join(wrong)


def _task(lesson, exercise):
    """What an exercise's text says before its stub: its section, and the stub's docstring."""
    place = next(i for i, cell in enumerate(lesson.cells) if cell.role == "solution" and cell.exercise == exercise)
    first = next(i for i in range(place, -1, -1) if f"Exercise: `{exercise}`" in lesson.cells[i].source)
    shown = [cell.source for cell in lesson.cells[first:place]] + [
        lesson.cells[place].source.partition("### BEGIN SOLUTION")[0]
    ]
    return " ".join(" ".join(shown).replace("**", "").split())


def test_each_rule_of_an_exercise_is_said_before_its_stub(lesson):
    unsaid = [
        f"{id}: {rule['said']!r}"
        for id, exercise in load_exercises(lesson.unit).items()
        for rule in exercise.rules
        if not rule["said"] or rule["said"].casefold() not in _task(lesson, id).casefold()
    ]
    assert unsaid == []
