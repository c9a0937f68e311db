"""A checkpoint's question: radio buttons and feedback where someone can click, a line about the folded text elsewhere.

    question("one_filter")

The choice is never graded. It is kept in two places: in the learner's own progress.json, and as an output of this very cell, below
the buttons. That output is saved with the notebook by every front end, without an extension, because it is an ordinary output:
the state of widgets is not saved, and a notebook's metadata cannot be reached from the kernel. So the class report can count
choices, if and only if the learner hands the notebook in with its outputs.
"""

from __future__ import annotations

import re
from typing import Any

from course_utils import progress_file
from course_utils.checking import current_unit_or
from course_utils.explore.front_end import live_front_end
from course_utils.progress_file import QUESTIONS
from course_utils.recall import catalogue
from course_utils.recall.catalogue import read_questions
from course_utils.recall.choices import Choice, letter
from course_utils.refused import Refused

ELSEWHERE = "Nothing can be clicked here: the options are folded in the text above."


class UnknownQuestion(Refused):
    """No unit asks a question of this id."""


def question(id: str) -> None:
    """Ask the checkpoint's question `id` of the notebook's unit. Raises UnknownQuestion where there is none."""
    unit, asked = find_question(id)
    if live_front_end():
        _ask(Choice.from_entry(unit, id, progress_file.entry_of(QUESTIONS, unit, id), asked), asked)
    else:
        print(ELSEWHERE)


def find_question(id: str) -> tuple[str, dict]:
    """The unit that asks a question, the notebook's own before others, and the question. Raises UnknownQuestion."""
    units = sorted(path.stem for path in catalogue.QUESTIONS.glob("*.json"))
    own = current_unit_or("")
    for unit in sorted(units, key=lambda unit: unit != own):
        if id in (asked := read_questions(unit)):
            return unit, asked[id]
    known = sorted(read_questions(own)) if own else []
    raise UnknownQuestion(f"there is no question {id!r}; this unit asks: {', '.join(known) or 'none'}")


def plain(text: str) -> str:
    """An option's words without the marks of `code` and *emphasis*."""
    return re.sub(r"(?<![\w*])\*(\w[^*]*\w)\*(?![\w*])", r"\1", text.replace("`", ""))


def _ask(choice: Choice, asked: dict[str, Any]) -> None:
    """Display the buttons, and below them what was chosen; both stay where they are when another option is chosen."""
    from IPython.display import display

    from course_utils.recall.form import choose

    labels = [f"{letter(place)}. {plain(option['text'])}" for place, option in enumerate(asked["options"])]
    told: list[Any] = []

    def answer(place: int) -> None:
        nonlocal choice
        choice = choice.with_answer(place, asked)
        told[0].update(choice.shown(asked))
        entry = choice.as_entry(progress_file.minute())
        progress_file.note(QUESTIONS, choice.unit, choice.id, lambda before: entry)

    display(choose(labels, answer, choice.last, ELSEWHERE))
    told.append(display(choice.shown(asked), display_id=True))
