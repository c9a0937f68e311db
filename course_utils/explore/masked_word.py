"""The explorer of masked words: a sentence with a hole, and what a network guesses to stand there."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from course_utils.explore.attended_text import NARROW, USUAL, WIDE
from course_utils.explore.drawing import Drawing, assemble, text
from course_utils.explore.front_end import Choice, Slider, Typed, explorer
from course_utils.plot import PALETTE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    #: What may stand at the one "[MASK]" of a text, with probabilities, the likeliest first.
    Guess = Callable[[str], Sequence[tuple[str, float]]]

MASK = "[MASK]"
MOST = 20  # words of a sentence that can be hidden
LEFT, TOP, ROW, WIDEST, WIDTH = 170, 80, 26, 360, 700  # pixels: of the bars, a bar of probability 1, and the whole
GUESSED, HIDDEN = PALETTE[0], PALETTE[1]


def hidden_in(sentence: str, place: int) -> tuple[list[str], int, str]:
    """The words of a sentence, the number of the one that is hidden, and what it was: "" where it says [MASK] itself.

    `place` counts from 1; beyond the end it is the last word. Raises ValueError for a sentence without a word.
    """
    words = sentence.split()
    if not words:
        raise ValueError("type a sentence of one word at least")
    if MASK in words:
        return words, words.index(MASK), ""
    at = min(max(place, 1), len(words)) - 1
    return words, at, words[at].strip(".,;:!?\"'()").lower()


def draw_masked(guess: Guess, sentences: Mapping[str, str], which: str, place: int = 1, own: str = "") -> Drawing:
    """`own`, or where it is empty `sentences[which]`, with word number `place` hidden, and bars of what `guess` gives.

    The bar of the word that stood there is orange. Raises ValueError for an unknown name.
    """
    if not own.strip() and which not in sentences:
        raise ValueError(f"there is no sentence {which!r}; there are {', '.join(sentences)}")
    words, at, true = hidden_in(own if own.strip() else sentences[which], place)
    dot = "." if words[at].endswith(".") and words[at] != MASK else ""
    found = list(guess(" ".join([*words[:at], MASK + dot, *words[at + 1 :]])))
    parts, x = [], 12.0
    for number, word in enumerate(words):
        shown = MASK if number == at else word
        width = sum(NARROW if c in "fijlrt'.,-1" else WIDE if c in "mwMW–" else USUAL for c in shown) + 6
        if number == at:
            parts.append(
                f'<rect x="{x:.1f}" y="14" width="{width:.1f}" height="22" rx="3" fill="{HIDDEN}" fill-opacity="0.5"/>'
            )
        parts.append(text(x + width / 2, 30, shown))
        x += width + 4
    parts.append(text(12, 64, f"hidden: {true}" if true else "hidden: nobody knows", anchor="start", weight="bold"))
    for row, (word, probability) in enumerate(found):
        y, long = TOP + row * ROW, probability * WIDEST
        parts += [
            text(LEFT - 10, y + 16, word, size=14, anchor="end"),
            f'<rect x="{LEFT}" y="{y}" width="{long:.1f}" height="{ROW - 6}" fill="{HIDDEN if word == true else GUESSED}"/>',
            text(LEFT + long + 8, y + 16, f"{probability:.2f}", anchor="start"),
        ]
    return assemble(parts, max(WIDTH, x + 12), TOP + ROW * len(found) + 8, _alt(words, at, true, found))


def _alt(words: Sequence[str], at: int, true: str, found: Sequence[tuple[str, float]]) -> str:
    said = " ".join([*words[:at], MASK, *words[at + 1 :]]).rstrip(".")
    bars = ", ".join(f"{word} {probability:.2f}" for word, probability in found)
    return f"{said}. Guessed, with probabilities: {bars}." + (f" The word that stood there is {true}." if true else "")


def masked_static(
    guess: Guess, sentences: Mapping[str, str], which: str = "", place: int = 1, own: str = ""
) -> Drawing:
    """The explorer as a figure, the same wherever it runs. Arguments as for `masked`."""
    return draw_masked(guess, sentences, which or next(iter(sentences)), place, own)


def masked(guess: Guess, sentences: Mapping[str, str], which: str = "", place: int = 1, own: str = "") -> object:
    """The explorer of masked words: choose one of `sentences`, name -> text, or type one, and hide its word number `place`.

    In a sentence of one's own "[MASK]" may stand as well. `guess` takes a text with one "[MASK]" and gives words with their
    probabilities. Gives a widget where one can be clicked, else what `masked_static` gives.
    """
    return explorer(
        functools.partial(draw_masked, guess, sentences),
        [
            Choice("which", "sentence", {name: name for name in sentences}, which or next(iter(sentences)), "460px"),
            Slider("place", "hide word", place, 1, MOST),
        ],
        [Typed("own", "or your own", own, "460px")],
    )
