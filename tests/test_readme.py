"""What the README says is so: its units, points, links, commands and picture."""

import re

import pytest

from autograder.authoring.lesson import lesson_path, lesson_units, read_lesson
from autograder.cli import cli
from autograder.course import ROOT
from autograder.exercises import load_exercises

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("unit", lesson_units())
def test_the_table_has_every_unit_with_its_points(unit):
    row = next((line for line in README.splitlines() if f"notebooks/{unit}/{unit}.ipynb" in line), "")
    assert row, f"the table of units in README.md has no row that links to notebooks/{unit}/{unit}.ipynb"
    by_hand = sum(cell.points for cell in read_lesson(lesson_path(unit)).cells if cell.role == "manual")
    points = by_hand + sum(exercise.points for exercise in load_exercises(unit).values())
    assert row.rstrip("| ").endswith(f"| {points:g}")


def test_every_link_into_the_course_leads_somewhere():
    for target in re.findall(r"\]\(((?!http)[^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_command_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z]+(?:-[a-z]+)*)", README, re.M)) <= targets
    assert set(re.findall(r"\bautograder ([a-z-]+) \d", README)) <= set(cli.commands)


def test_the_picture_has_alt_text():
    assert re.search(r"!\[[^\]]{40,}\]\(docs/verdict\.png\)", README)
