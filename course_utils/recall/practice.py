"""Practice: fresh questions on an exercise that is right already, to come back to after days.

    practice("out_size")

A question is a call of the exercise with inputs of its own, from a bank that comes with the course: what does it return? The
answer is predicted, typed, and compared with what the bank says. Nothing is run, and nothing is graded.
"""

from __future__ import annotations

import html
import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from course_utils import progress_file
from course_utils.checking import current_unit_or, is_right_here
from course_utils.explore.front_end import live_front_end
from course_utils.judge import RIGHT, Verdict, judge
from course_utils.limits import MAX_ASKED
from course_utils.packs import read_pack
from course_utils.progress_file import CHECKS, PRACTICE
from course_utils.recall import catalogue, leitner
from course_utils.recall.choices import as_inline
from course_utils.recall.typed import TOLERANCE, Unclear, as_observed
from course_utils.refused import Refused
from course_utils.words import write_call, write_value

CLOSED = "Practice opens here once the check above is right: then run this cell again."
ELSEWHERE = "Practice asks here, in a notebook that runs in JupyterLab, once the check above is right."


class NothingToPractise(Refused):
    """There is no bank of questions for what was asked for."""


def practice(id: str) -> None:
    """Ask a fresh question on the exercise `id`, once its check is right. Raises NothingToPractise where there is no bank."""
    unit = find_bank(id)
    if not live_front_end():
        print(ELSEWHERE)
    elif not (is_right_here(id) or "first_right" in progress_file.entry_of(CHECKS, unit, id)):
        print(CLOSED)
    else:
        from IPython.display import display

        from course_utils.recall.form import ask

        display(ask(Practice(unit, id), ELSEWHERE))


def find_bank(id: str) -> str:
    """The unit whose exercise `id` can be practised, the notebook's own before others. Raises NothingToPractise."""
    units = sorted(path.parent.name for path in catalogue.BANKS.glob("*/*.json") if path.stem == id)
    own = current_unit_or("")
    if units and (own in units or len(units) == 1):
        return own if own in units else units[0]
    if units:
        raise NothingToPractise(f'several units have {id!r} ({", ".join(units)}): call start("{units[0]}") first')
    known = ", ".join(sorted(path.stem for path in catalogue.BANKS.glob(f"{own or '*'}/*.json")))
    raise NothingToPractise(f"there is no practice for {id!r}; there is for: {known or 'none'}")


class Practice:
    """The questions of one exercise, one after the other."""

    def __init__(self, unit: str, id: str, chance: random.Random | None = None) -> None:
        """Draw the first question, by `chance` or by luck."""
        self.unit, self.id, self._chance = unit, id, chance or random.Random()
        self._bank = read_pack(unit, id, catalogue.BANKS)
        self.next()

    def next(self) -> None:
        """Draw another question, one that was not asked for long."""
        recent = self._entry().get("asked")
        count = len(self._bank["probes"])
        self._place = draw(count, recent if isinstance(recent, list) else [], self._chance)
        self._answered = False
        progress_file.note(PRACTICE, self.unit, self.id, self._with_asked)

    @property
    def call(self) -> str:
        """The call that is asked about, as a learner would type it."""
        return write_call(self.id, self._bank["probes"][self._place])

    def answer(self, typed: str) -> str:
        """What to say to a prediction, as HTML. The first one to a question counts for when it comes again. Raises Unclear."""
        verdict = self._judged(typed)
        right = verdict.status == RIGHT
        if not self._answered:
            self._answered = True
            today = date.today()
            progress_file.note(PRACTICE, self.unit, self.id, lambda entry: _after(entry, right, today))
        value_for_value = verdict.yours is not None and verdict.expected is not None
        words = verdict.hint or (verdict.words if value_for_value else "")  # an error beside a value speaks for itself
        return _as_html(right, typed, self.expected, self._when() if right else words)

    @property
    def expected(self) -> str:
        """What the call gives, in a line."""
        told = self._bank["expected"][self._place]
        return write_value(told["value"]) if told["outcome"] == "returned" else f"raises {told['error']['types'][0]}"

    def _judged(self, typed: str) -> Verdict:
        place, bank = self._place, self._bank
        expected = bank["expected"][place]
        mistakes = [{**one, "observations": [one["observations"][place]]} for one in bank["mistakes"]]
        settings = {**bank["settings"], **{key: max(bank["settings"][key], TOLERANCE[key]) for key in TOLERANCE}}
        one = {"probes": [bank["probes"][place]], "expected": [expected], "mistakes": mistakes, "settings": settings}
        return judge({**bank, **one, "rules": []}, [as_observed(typed, expected)])

    def _entry(self) -> dict[str, Any]:
        return progress_file.entry_of(PRACTICE, self.unit, self.id)

    def _with_asked(self, entry: dict[str, Any]) -> dict[str, Any]:
        asked = entry.get("asked")
        return {**entry, "asked": [*(asked if isinstance(asked, list) else []), self._place][-MAX_ASKED:]}

    def _when(self) -> str:
        """When it is proposed again; "" where progress is not kept."""
        due = leitner.due_of(self._entry())
        return f"The start page proposes it again on {due:%A, %d %B}." if due else ""


def draw(count: int, recent: Sequence[object], chance: random.Random) -> int:
    """One of `count` questions that is not among those asked last, as far as half of them go."""
    avoid = set(list(map(str, recent))[-(count // 2) :]) if count > 1 else set()
    return chance.choice([place for place in range(count) if str(place) not in avoid])


def _after(entry: dict[str, Any], right: bool, today: date) -> dict[str, Any]:
    return {**entry, **leitner.after(entry, right, today), "answered": progress_file.minute()}


def _as_html(right: bool, typed: str, expected: str, words: str) -> str:
    """The feedback on a prediction, in the look of a verdict."""
    colour, label = ("#1a7f37", "✓ right") if right else ("#cf222e", "✗ not quite")
    lines = [
        f'<span style="background:{colour};color:#fff;border-radius:3px;padding:1px 7px;font-weight:600">{label}</span> '
        f"<code>{html.escape(expected)}</code>"
        + ("" if right else f" is right; you typed <code>{_short(typed)}</code>"),
        *([as_inline(words)] if words else []),
    ]
    rows = "".join(f'<div style="margin-top:4px;line-height:1.45">{line}</div>' for line in lines)
    return f'<div role="status" style="border-left:4px solid {colour};padding:2px 10px;max-width:60em">{rows}</div>'


def _short(typed: str) -> str:
    return html.escape(typed.strip() if len(typed) < 80 else typed[:78] + " …")


__all__ = ["NothingToPractise", "Practice", "Unclear", "draw", "find_bank", "practice"]
