"""The explorer of attention: a text as a hierarchical network reads it, words coloured by their weights, a bar for each sentence."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from course_utils.explore.drawing import Drawing, assemble, text
from course_utils.explore.front_end import Choice, Typed, explorer
from course_utils.plot import PALETTE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    #: What a network says of a text: its label, the probability, and sentences: (weight, [(word, weight), ...]).
    Read = tuple[str, float, Sequence[tuple[float, Sequence[tuple[str, float]]]]]

BLANK, ROW = 4, 24  # pixels: space between words, height of a line
NARROW, WIDE, USUAL = 4.2, 11.4, 7.6  # pixels: width of a letter such as i, of one such as m, of any other
BAR, LEFT, WIDTH = 56, 76, 700  # pixels: the bar of a weight of 1, where words begin, and where lines end
OF_WORD, OF_SENTENCE = PALETTE[1], PALETTE[0]
MOST = 8  # sentences that are shown


def draw_attention(read: Callable[[str], Read], texts: Mapping[str, str], which: str, own: str = "") -> Drawing:
    """The text `own`, or where it is empty `texts[which]`, as `read` sees it: at most eight sentences.

    A word's colour is its weight in the sentence, over the largest one there. Raises ValueError for an unknown name.
    """
    if not own.strip() and which not in texts:
        raise ValueError(f"there is no text {which!r}; there are {', '.join(texts)}")
    label, probability, sentences = read(own if own.strip() else texts[which])
    parts = [
        text(12, 22, f"it says {label}, with probability {probability:.2f}", size=15, anchor="start", weight="bold")
    ]
    y = 38
    for weight, words in sentences[:MOST]:
        parts.append(f'<rect x="12" y="{y}" width="{weight * BAR:.1f}" height="{ROW - 6}" fill="{OF_SENTENCE}"/>')
        drawn, y = _line(words, y)
        parts += drawn
    return assemble(parts, WIDTH + 20, y + 8, _alt(label, probability, sentences, own.strip()))


def _line(words: Sequence[tuple[str, float]], y: int) -> tuple[list[str], int]:
    """The words of a sentence on coloured ground, and where the next one begins."""
    strongest = max((weight for _, weight in words), default=1.0) or 1.0
    parts, x = [], float(LEFT)
    for word, weight in words:
        width = sum(NARROW if c in "fijlrt'.,-1" else WIDE if c in "mwMW–" else USUAL for c in word) + 6
        if x + width > WIDTH and x > LEFT:
            x, y = float(LEFT), y + ROW
        ground = f'fill="{OF_WORD}" fill-opacity="{0.75 * weight / strongest:.3f}"'
        parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 4}" rx="3" {ground}/>')
        parts.append(text(x + width / 2, y + 15, word))
        x += width + BLANK
    return parts, y + ROW + 6


def _alt(label: str, probability: float, sentences: Sequence, own: str) -> str:
    """What the figure shows, in words."""
    said = f"A text{' of your own' if own else ''} read by attention: {label}, with probability {probability:.2f}"
    if not sentences:
        return f"{said}; it has no word."
    number, (weight, words) = max(enumerate(sentences, 1), key=lambda one: one[1][0])
    strong = ", ".join(word for word, _ in sorted(words, key=lambda one: -one[1])[:3])
    return f"{said}. Sentence {number} has the largest weight, {weight:.2f}, and in it the words {strong}."


def attention_static(read: Callable[[str], Read], texts: Mapping[str, str], which: str = "", own: str = "") -> Drawing:
    """The explorer as a figure, the same wherever it runs. Arguments as for `attention`."""
    return draw_attention(read, texts, which or next(iter(texts)), own)


def attention(
    read: Callable[[str], Read], texts: Mapping[str, str], which: str = "", own: str = "", what: str = "article"
) -> object:
    """The explorer of attention: choose one of `texts`, name -> text, or type one, and see which words and sentences weigh most.

    `read` takes a text and gives (label, probability, sentences), a sentence being (weight, [(word, weight), ...]). Begins
    with the text called `which`, or the first; `what` is what such a text is called. Gives a widget where one can be clicked,
    else what `attention_static` gives.
    """
    return explorer(
        functools.partial(draw_attention, read, texts),
        [Choice("which", what, {name: name for name in texts}, which or next(iter(texts)), "460px")],
        [Typed("own", "or your own", own, "460px")],
    )
