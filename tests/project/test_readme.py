"""What the README says is so: its links, commands and picture. (Its table of the units is made: see test_unit_list.py.)"""

import re

from autograder.cli import cli
from autograder.course import ROOT
from autograder.steps import OF_AUTHORS
from course_utils.installing.steps import OF_LEARNERS

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


def test_the_picture_has_alt_text():
    assert re.search(r"!\[[^\]]{40,}\]\(docs/verdict\.png\)", README)
