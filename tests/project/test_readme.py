"""What the README says is so: its links, commands and picture. (Its table of the units is made: see test_unit_list.py.)"""

import re

import numpy as np
import pytest

from autograder.cli import cli
from autograder.course import ROOT
from autograder.steps import OF_AUTHORS
from course_utils.checking import examine
from course_utils.installing.steps import OF_LEARNERS
from course_utils.verdict import as_text
from tests.browser.test_units import UNITS

README = (ROOT / "README.md").read_text()


def test_every_link_into_the_course_leads_somewhere():
    for target in re.findall(r"\]\(((?!http)[^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_command_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z]+(?:-[a-z]+)*)", README, re.M)) <= targets
    steps = set(re.findall(r"\bcourse\.py ([a-z]+(?:-[a-z]+)*)", README))
    assert {"lab", "test"} <= steps <= {*OF_LEARNERS, *OF_AUTHORS}
    assert set(re.findall(r"\bautograder ([a-z-]+) \d", README)) <= set(cli.commands)


@pytest.mark.parametrize("page", ["README.md", "docs/release_1.0.md"])
def test_the_verdict_in_the_picture_is_todays(page):
    """Its alt text says what a check says of that answer now; `python -m tests.browser.pictures` takes it anew."""
    alt = re.search(r"!\[([^\]]{40,})\]\([^)]*verdict\.png\)", (ROOT / page).read_text())[1]
    answer = UNITS["02_convolution_and_pooling"]
    names = {"np": np, "sliding_window_view": np.lib.stride_tricks.sliding_window_view}
    exec(answer.wrong, names)
    said = as_text(examine(answer.exercise, names[answer.exercise]))
    assert re.search(r"wrong on \d+ of \d+ examples", said)[0] in alt


@pytest.mark.parametrize("page", ["README.md", "docs/release_1.0.md"])
def test_every_picture_has_alt_text_and_is_small(page):
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", (ROOT / page).read_text())
    assert pictures
    for alt, path in pictures:
        assert len(alt) > 40, path
        assert ((ROOT / page).parent / path).stat().st_size < 150_000


def test_the_release_note_is_one_screen():
    assert len((ROOT / "docs" / "release_1.0.md").read_text().splitlines()) <= 45
