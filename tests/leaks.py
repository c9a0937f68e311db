"""What learners must not see, looked for in the text of all that they get: a release, the site."""

from __future__ import annotations

import json
import os
import re
from functools import cache

from autograder.authoring.lesson import lesson_path, lesson_units, read_lesson
from autograder.exercise import hidden_probes
from autograder.exercises import load_exercises, unit_sources
from course_utils.describe import encode
from course_utils.values import describe_argument


def words_of(text):
    """Its words and names alone: numbers and signs are most of the packs, and lines may be cut elsewhere."""
    return " ".join(re.findall(r"[A-Za-z_]{2,}", text))


@cache
def lines_of_answers():
    """(unit, three lines one after the other) of oracles, mistakes, right answers, hidden draws and solutions."""
    found = []
    for unit in lesson_units():
        sources = [path.read_text(encoding="utf-8").splitlines() for path in unit_sources(unit)]
        solutions = [cell.stem for cell in read_lesson(lesson_path(unit)).cells if cell.role == "solution"]
        for lines in (*sources, *solutions):
            lines = [line.strip() for line in lines]
            lines = [
                one for one in lines if len(one) > 15 and not one.startswith(("#", '"', "@", "import", "from", "def "))
            ]
            found += [(unit, group) for group in zip(lines, lines[1:], lines[2:])]
    assert len(found) > 1000
    return found


def lines_shown(text):
    """Those of them that stand in a text. Three lines would be no coincidence."""
    everything = f" {words_of(text)} "
    words = [(unit, group, words_of(" ".join(group))) for unit, group in lines_of_answers()]
    return [f"{unit}: {group}" for unit, group, said in words if said.count(" ") >= 5 and f" {said} " in everything]


def as_told(probe):
    """The arguments of a probe, as a pack would tell them."""
    args = [describe_argument(argument) for argument in probe.args]
    return encode({"args": args, "kwargs": {name: describe_argument(value) for name, value in probe.kwargs.items()}})


@cache
def long_arguments():
    """(exercise, a long argument of a hidden probe as a pack would tell it, without spaces), of those that no example has, too."""
    found = []
    for unit in lesson_units():
        for exercise in load_exercises(unit).values():
            visible = [as_told(probe) for probe in exercise.examples]
            hidden = [as_told(probe) for probe in hidden_probes(exercise, os.environ["COURSE_SECRET"])]
            for value in (value for probe in hidden if probe not in visible for value in probe["args"]):
                told = re.sub(r"\s", "", json.dumps(value.get("value"), ensure_ascii=False))
                if len(told) > 60 and not any(value in one["args"] for one in visible):
                    found.append((f"{unit} {exercise.id}", told))
    assert len(found) > 50
    return found


def long_arguments_shown(text):
    """Those of them that stand in a text."""
    everything = re.sub(r"\s", "", text)
    return [f"{exercise}: {told[:80]}" for exercise, told in long_arguments() if told in everything]
