"""What a class chose at the checkpoints, counted from the notebooks that were handed in.

Nothing of a notebook is shown or believed: an output that says which option of which question was chosen is read within
limits, counted if there is such an option, and otherwise passed over. What the page says of a question and of its options is the
course's own text. No point depends on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.engine.submitted.submission import Unreadable, read_notebook, with_few_parts
from autograder.limits import MAX_CHOICES
from course_utils.recall.choices import AS_DATA, Choice


@dataclass(frozen=True)
class OptionChosen:
    """One option of a question: its words, what it shows where it is wrong, who chose it first, who chose it last."""

    text: str
    misconception: str  # "" for the right one
    feedback: str
    first: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether it is the right one."""
        return not self.misconception


@dataclass(frozen=True)
class QuestionAsked:
    """One checkpoint question, and what became of it in a class."""

    id: str
    asked: str
    options: list[OptionChosen]

    @property
    def answered(self) -> int:
        """How many learners' choices are known."""
        return sum(len(option.first) for option in self.options)

    @property
    def most_wrong(self) -> int:
        """How many chose the commonest wrong option first."""
        return max((len(option.first) for option in self.options if not option.right), default=0)


def choices_in(path: Path, unit: str, questions: dict[str, dict]) -> dict[str, tuple[int, int]]:
    """The places of the options that a notebook's outputs say were chosen first and last, by question; {} where none can be read."""
    try:
        data, _ = read_notebook(path)
        if data is None:
            return {}
        notebook = json.loads(with_few_parts(data).decode("utf-8-sig"))
    except (Unreadable, OSError, ValueError, RecursionError):
        return {}
    found = {}
    for told in _told(notebook):
        choice = Choice.from_data(told, unit, questions)
        if choice and choice.first is not None and choice.last is not None:
            found[choice.id] = choice.first, choice.last
    return found


def _told(notebook: Any) -> Iterator[Any]:
    """What outputs hold in the form of a choice, whatever it is."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        for output in outputs[:MAX_CHOICES] if isinstance(outputs, list) else ():
            data = output.get("data") if isinstance(output, dict) else None
            if isinstance(data, dict) and AS_DATA in data:
                yield data[AS_DATA]


def count(questions: dict[str, dict], chosen: dict[str, dict[str, tuple[int, int]]]) -> list[QuestionAsked]:
    """The questions of a unit, with the learners who chose each option: `chosen` is learner -> question -> first and last."""
    counted = []
    for id, asked in questions.items():
        options = [OptionChosen(one["text"], one["misconception"], one["feedback"]) for one in asked["options"]]
        for student, places in sorted(chosen.items()):
            if id in places:
                first, last = places[id]
                options[first].first.append(student)
                options[last].last.append(student)
        counted.append(QuestionAsked(id, asked["asked"], options))
    return counted
