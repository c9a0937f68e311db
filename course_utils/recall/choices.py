"""What was chosen at a checkpoint: as an entry of progress.json, as what is shown, and as what a saved notebook carries.

An entry, and the data in the notebook, have `first` and `last`, the places of the options that were chosen first and last (from
0), and `of`, a digest of the options: who has another edition of the course chose among others.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import Any

#: The form in which a choice stands in a saved notebook, as an output of the cell that asks.
AS_DATA = "application/vnd.course.choice+json"
LETTERS = "ABCDEFGH"  # what the options of a question are called
MISTAKEN = "Mistaken idea:"  # stands before a misconception wherever learners read one
PRIVACY = (
    "Your choice is not graded. It is kept on this machine, and in this notebook: if you hand it in, your teacher can see it. "
    "To keep it to yourself, clear this cell's output first."
)


def letter(place: int) -> str:
    """What the option at a place, counted from 0, is called: "A" to "H"."""
    return LETTERS[place]


@dataclass(frozen=True)
class Choice:
    """What was chosen of one question's options; `first` and `last` are None before anything was."""

    unit: str
    id: str
    of: str
    first: int | None = None
    last: int | None = None

    @classmethod
    def from_entry(cls, unit: str, id: str, entry: Any, asked: dict[str, Any]) -> Choice:
        """The choice that an entry tells of; an empty one where it tells of none among these options."""
        empty = cls(unit, id, asked["of"])
        if not isinstance(entry, dict) or entry.get("of") != asked["of"]:
            return empty
        places = [entry.get("first"), entry.get("last")]
        if not all(type(place) is int and 0 <= place < len(asked["options"]) for place in places):
            return empty
        return replace(empty, first=places[0], last=places[1])

    @classmethod
    def from_data(cls, data: Any, unit: str, questions: dict[str, dict]) -> Choice | None:
        """The choice that a notebook's output tells of; None for what is no choice among this unit's questions."""
        if not isinstance(data, dict) or data.get("unit") != unit or not isinstance(data.get("question"), str):
            return None
        asked = questions.get(data["question"])
        choice = cls.from_entry(unit, data["question"], data, asked) if asked else None
        return choice if choice and choice.last is not None else None

    def with_answer(self, place: int, asked: dict[str, Any]) -> Choice:
        """The choice once the option at `place` was chosen too."""
        return replace(self, first=place if self.first is None else self.first, last=place, of=asked["of"])

    def as_entry(self, when: str) -> dict[str, Any]:
        """As progress.json keeps it."""
        return {"first": self.first, "last": self.last, "of": self.of, "when": when}

    def shown(self, asked: dict[str, Any]) -> Shown:
        """What stands below the buttons."""
        return Shown(self, asked)


class Shown:
    """The feedback on a choice as notebooks and terminals display it, and as data for who gets the notebook."""

    def __init__(self, choice: Choice, asked: dict[str, Any]) -> None:
        self.choice, self.option = choice, None
        if choice.last is not None:
            self.option = asked["options"][choice.last]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        told = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        if self.option is None:
            return told
        choice = self.choice
        about = {"unit": choice.unit, "question": choice.id, "of": choice.of}
        return {**told, AS_DATA: {**about, "first": choice.first, "last": choice.last}}

    def _repr_html_(self) -> str:
        if self.option is None:
            return f'<div class="choice" style="max-width:60em"><small>{html.escape(PRIVACY)}</small></div>'
        colour, sign, word = _LOOKS[self.option["right"]]
        label = f'<span style="background:{colour};color:#fff;border-radius:3px;padding:1px 7px;font-weight:600">{sign} {word}</span>'
        chosen = f"You chose {letter(self.choice.last or 0)}: {as_inline(self.option['text'])}"
        style = f"border-left:4px solid {colour};padding:4px 10px;margin:2px 0;line-height:1.45;max-width:60em"
        return (
            f'<div class="choice" role="status" style="{style}"><div>{label} {chosen}</div>'
            f'<div style="margin-top:4px">{as_inline(self._said())}</div>'
            f'<div style="margin-top:4px"><small>{html.escape(PRIVACY)}</small></div></div>'
        )

    def __repr__(self) -> str:
        if self.option is None:
            return PRIVACY
        _, sign, word = _LOOKS[self.option["right"]]
        said = self._said().replace("**", "")
        return f"{sign} {word}: {letter(self.choice.last or 0)}. {self.option['text']}\n{said}"

    def _said(self) -> str:
        """The feedback on what was chosen; a misconception is called one, for alone it may read like a true sentence."""
        option = self.option or {}
        return option["feedback"] if option["right"] else f"{MISTAKEN} {option['feedback']}"


#: Colour, sign and word of a wrong and of a right choice, as verdicts have them.
_LOOKS = {False: ("#cf222e", "✗", "not this one"), True: ("#1a7f37", "✓", "right")}


def as_inline(text: str) -> str:
    """A text as HTML: `code`, *emphasis* and **what is strong**."""
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    strong = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", escaped)
    return re.sub(r"(?<![\w*])\*(\w[^*<>]*\w)\*(?![\w*])", r"<em>\1</em>", strong)
