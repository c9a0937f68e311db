"""What a project's templates say of its unit: its texts, and what was measured on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring import scaffold
from autograder.authoring.project import measure
from autograder.authoring.project.measure import BASELINE, CNN, Reached
from autograder.authoring.project.texts import Prepared
from autograder.limits import MAX_PROJECT_READ, TRAININGS_IN_A_CELL
from course_utils.zoo.text.tokens import words

_BELOW = "each time below"
_LOST = " A network that loses to counting is a result, too: say so in your report."

#: Two texts for a first look at the pipeline: by words, by Han characters, by Hangul.
_SAMPLES = (("good day", "day by day"), ("好天", "天好冷"), ("고양이", "개와 고양이"))


@dataclass(frozen=True)
class Asked:
    """What the command was asked for."""

    source: Path
    name: str
    licence: str
    seeds: int
    command: str  # as it was typed, for the unit to quote
    text_column: str | None = None
    label_column: str | None = None
    skip_bad: bool = False


def of_texts(unit: str, asked: Asked, prepared: Prepared, linear: dict[str, float]) -> dict[str, Any]:
    """What the templates say of the unit and its texts."""
    classes, by_characters = len(prepared.names), prepared.by_characters
    hangul = any("\uac00" <= c <= "\ud7a3" for text in prepared.training.texts[:50] for c in text)
    units = [len("".join(text.split())) if by_characters else len(words(text)) for text in prepared.training.texts]
    licence = " ".join(asked.licence.split())
    return {
        **scaffold.facts_of(unit),
        **prepared.counts,
        "classes": classes,
        "licence": licence if licence.endswith((".", "!", "?")) else f"{licence}.",
        "command": asked.command,
        "by_characters": by_characters,
        "split": "character" if by_characters else "whitespace",
        "reads": "characters" if by_characters else "words",
        "length": max(5, int(min(np.percentile(units, 95), MAX_PROJECT_READ))),
        "first_letter": "0xAC00" if hangul else "0x4E00",
        "sample": _SAMPLES[(1 + hangul) * by_characters],
        "height": max(2.5, round(0.3 * classes, 1)),
        "names_drawn": _can_be_drawn(prepared.names),
        "linear": linear,
        "made_up_count": min(max(160, 30 * classes), 920),
        "room": measure.ROOM,
        "seeds": asked.seeds,
        "seeds_words": f"0 to {asked.seeds - 1}",
    }


def _can_be_drawn(names: Sequence[str]) -> bool:
    """Whether the font that comes with Matplotlib has every letter of these names: a learner may have no other."""
    from matplotlib import font_manager

    font = font_manager.get_font(font_manager.findfont("DejaVu Sans", fallback_to_default=False))
    return {ord(letter) for name in names for letter in name} <= set(font.get_charmap())


#: What stands in the files while they are measured: nothing of it is read.
UNMEASURED: dict[str, Any] = {
    "bands": {exercise: {"examples": 0.0, "held_out": 0.0} for exercise in (BASELINE, CNN)},
    "measured": {},
    "spread": {BASELINE: "", CNN: ""},
    "standing": {BASELINE: "", CNN: ""},
    "lesson_of_it": "",
    "time_limit": 60,
    "digest": "",
}


def of_measurements(
    reached: Sequence[Reached], bands: dict[str, dict[str, float]], by_machine: float
) -> dict[str, Any]:
    """What was measured, as the unit's files quote it. `by_machine`: the accuracy of the support vector machine."""
    table: dict[str, dict[str, Any]] = {}
    for one in reached:
        facts = table.setdefault(f"{one.run.exercise}: {one.run.who}", {"held_out": [], "balanced": [], "made_up": []})
        facts["held_out"].append(round(one.held_out, 4))
        facts["balanced"].append(round(one.balanced, 4))
        facts["made_up"].append(round(one.made_up, 4))
    spread, standing = {}, {}
    for exercise in (BASELINE, CNN):
        scores = table[f"{exercise}: lesson"]["held_out"]
        spread[exercise] = f"{np.mean(scores):.3f} ({min(scores):.3f} to {max(scores):.3f})"
        standing[exercise] = _beside(scores, round(by_machine, 4))
    slowest = max(one.seconds for one in reached)
    return {
        "measured": {who: json.dumps(facts) for who, facts in table.items()},
        "bands": bands,
        "spread": spread,
        "standing": standing,
        "lesson_of_it": _LOST if _BELOW in standing.values() else "",
        "time_limit": max(60, round(TRAININGS_IN_A_CELL * slowest)),
    }


def _beside(scores: Sequence[float], other: float) -> str:
    """Where the accuracies of several seeds lie beside another: the words that come before its name."""
    if max(scores) < other:
        return _BELOW
    return "each time above" if min(scores) > other else "neither always above nor always below"
