"""lessons/units.toml is the one source of what units are called and how long they take."""

import re
import tomllib

import pytest

from autograder.authoring import pages, unit_list
from autograder.authoring.lesson import BadLesson, lesson_path, lesson_units, read_lesson
from autograder.exercises import load_exercises
from course_utils.refused import Refused


@pytest.fixture
def told(tmp_path, monkeypatch):
    """A copy of units.toml, to be spoilt."""
    path = tmp_path / "units.toml"
    path.write_text(unit_list.SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(unit_list, "SOURCE", path)
    return path


def test_readme_and_start_page_are_made_of_it(told):
    told.write_text(
        told.read_text(encoding="utf-8").replace('title = "Hold data"', 'title = "Hold anything"'), encoding="utf-8"
    )
    assert "| [01 Hold anything](notebooks/01_containers_and_arrays/" in pages.readme()
    assert pages.unit_map()["01_containers_and_arrays"]["title"] == "Hold anything"


def test_only_the_table_of_the_readme_is_made():
    old, new = pages.README.read_text(encoding="utf-8"), pages.readme()
    cut = re.compile(f"{re.escape(pages.BEGIN_UNITS)}.*{re.escape(pages.END_UNITS)}", re.S)
    assert cut.sub("", new) == cut.sub("", old)


@pytest.mark.parametrize("unit", lesson_units())
def test_points_are_those_of_the_exercises(unit):
    by_hand = sum(cell.points for cell in read_lesson(lesson_path(unit)).cells if cell.role == "manual")
    points = by_hand + sum(exercise.points for exercise in load_exercises(unit).values())
    assert unit_list.table([unit]).rstrip("|\n ").endswith(f"| {points:g}")


def test_minutes_and_points_of_the_course_are_added_up_in_one_row():
    one, other = lesson_units()[:2]
    *_, first, second, total = [line.split("|")[-3:-1] for line in unit_list.table([one, other]).splitlines()]
    assert [int(number) for number in total] == [int(a) + int(b) for a, b in zip(first, second, strict=True)]
    assert len(re.findall(r"^\| all \d+ \|", pages.readme(), re.M)) == 1


@pytest.mark.parametrize("unit", lesson_units())
def test_a_lessons_sections_take_the_minutes_of_the_unit(unit):
    lesson = read_lesson(lesson_path(unit))
    rows = re.findall(r"^\| [^|]+ \| (\d+) \|$", lesson.cells[0].source, re.M) or re.findall(
        r"\b(?:containers|shapes|pictures|data|files) (\d+)", lesson.cells[0].source
    )
    assert rows
    assert abs(sum(map(int, rows)) - unit_list.read_units()[unit].minutes) < 5, "a total is told to five minutes"


@pytest.mark.parametrize("unit", lesson_units())
def test_lessons_call_each_other_by_their_titles(unit):
    text = read_lesson(lesson_path(unit)).cells[0].source
    for words, other in re.findall(r"(?:Before|Next): \[([^\]]+)\]\(\.\./(\w+)/", text):
        assert " ".join(words.split()) == read_lesson(lesson_path(other)).title()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((r'\["02_convolution_and_pooling"\]', '["02_something"]'), r"there is no lessons/02_something\.py"),
        ((r"minutes = (\d+)", r'minutes = "\1"'), r"minutes of 01_\w+ is '\d+'; write: minutes = 60"),
        (('title = "Hold data"\n', ""), r"title of 01_\w+ is None"),
        ((r"(minutes = \d+)", r"\1\npoints = 3"), r"01_\w+ has 'points'; known are: title, words, minutes"),
    ],
)
def test_what_is_wrong_with_it_is_told_with_the_remedy(told, change, words):
    told.write_text(re.sub(*change, told.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    with pytest.raises(BadLesson, match=words):
        unit_list.read_units()


def test_a_unit_that_is_not_entered_is_told_what_to_write(told):
    told.write_text("")
    with pytest.raises(
        BadLesson, match=r"has nothing on 01_containers_and_arrays; add: \[\"01_containers_and_arrays\"\]"
    ):
        unit_list.read_units()


def test_an_entry_reads_back():
    unit = unit_list.Unit("15_x", 'A "title"', "hold 한국어", 20)
    assert tomllib.loads(unit_list.entry(unit)) == {"15_x": {"title": unit.title, "words": unit.words, "minutes": 20}}


def test_a_readme_without_a_place_for_the_table_is_told(tmp_path, monkeypatch):
    (tmp_path / "README.md").write_text("# Mine\n")
    monkeypatch.setattr(pages, "README", tmp_path / "README.md")
    with pytest.raises(Refused, match="no table of the units"):
        pages.readme()


def test_a_bar_in_a_title_makes_no_column():
    row = unit_list._row(unit_list.Unit("01_one", "What P(A|B) is", "learn | and try", 60), 3)
    assert row == "| [01 What P(A\\|B) is](notebooks/01_one/01_one.ipynb) | learn \\| and try | 60 | 3 |\n"
