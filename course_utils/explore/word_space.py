"""The explorer of word vectors: what lies near a word, or near one word minus a second plus a third."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from course_utils.explore.drawing import Drawing, assemble, text
from course_utils.explore.front_end import Choice, Typed, explorer
from course_utils.plot import PALETTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

SHOWN = 10  # words
ROW, LEFT, WIDEST = 26, 190, 360  # pixels: height of a bar, where bars begin, and the bar of a cosine of 1
ASKED, FOUND = PALETTE[1], PALETTE[0]


def nearest_to(
    words: Sequence[str], vectors: np.ndarray, word: str, minus: str = "", plus: str = "", keep_asked: bool = False
) -> list[tuple[str, float]]:
    """The ten words with the largest cosine to `word` - `minus` + `plus`, with their cosines, the largest first.

    An empty word adds nothing. The words that were asked are left out, unless `keep_asked`. Raises ValueError, naming it, for a
    word that has no vector, and where the sum has no direction.
    """
    import numpy as np

    asked = {each.strip().lower(): sign for each, sign in ((minus, -1), (plus, 1), (word, 1)) if each.strip()}
    place = {each: i for i, each in enumerate(words) if each in asked}
    if missing := sorted(asked.keys() - place):
        raise ValueError(f"{missing[0]!r} is not among the {len(words):,} words that have a vector")
    target = sum((sign * vectors[place[each]] for each, sign in asked.items()), np.zeros(vectors.shape[1]))
    if not (size := np.linalg.norm(target)):
        raise ValueError("these words add up to nothing: type one word at least")
    cosines = vectors @ target / np.maximum(np.linalg.norm(vectors, axis=1) * size, 1e-12)
    if not keep_asked:
        cosines[list(place.values())] = -np.inf
    order = np.argsort(-cosines, kind="stable")[: min(SHOWN, len(words) - len(place) * (not keep_asked))]
    return [(words[i], float(cosines[i])) for i in order]


def draw_meaning(
    words: Sequence[str], vectors: np.ndarray, word: str, minus: str = "", plus: str = "", keep_asked: bool = False
) -> Drawing:
    """Bars of the cosines that `nearest_to` gives; those of the words asked, where they are kept, are orange."""
    found = nearest_to(words, vectors, word, minus, plus, keep_asked)
    asked = {each.strip().lower() for each in (word, minus, plus)}
    sum_of = _written(word, minus, plus)
    parts = [text(12, 22, f"nearest to {sum_of}", size=15, anchor="start", weight="bold")]
    for i, (each, cosine) in enumerate(found):
        y = 38 + i * ROW
        colour = ASKED if each in asked else FOUND
        parts += [
            text(LEFT - 10, y + 16, each, size=14, anchor="end"),
            f'<rect x="{LEFT}" y="{y}" width="{max(cosine, 0) * WIDEST:.1f}" height="{ROW - 6}" fill="{colour}"/>',
            text(LEFT + max(cosine, 0) * WIDEST + 8, y + 16, f"{cosine:.2f}".replace("-", "−"), anchor="start"),
        ]
    named = ", ".join(f"{each} ({cosine:.2f})" for each, cosine in found[:5])
    kept = "the words asked included" if keep_asked else "the words asked left out"
    alt = f"Bars of the cosines of the words nearest to {sum_of}, {kept}: {named} and so on."
    return assemble(parts, LEFT + WIDEST + 60, 44 + len(found) * ROW, alt)


def _written(word: str, minus: str, plus: str) -> str:
    """The sum as one writes it: king − man + woman."""
    signed = [("", word), ("− ", minus), ("+ ", plus)]
    return " ".join(f"{sign}{each.strip().lower()}" for sign, each in signed if each.strip())


def meaning_static(
    words: Sequence[str], vectors: np.ndarray, word: str, minus: str = "", plus: str = "", keep_asked: bool = False
) -> Drawing:
    """The explorer as a figure, the same wherever it runs. Arguments as for `nearest_to`."""
    return draw_meaning(words, vectors, word, minus, plus, keep_asked)


def meaning(
    words: Sequence[str], vectors: np.ndarray, word: str, minus: str = "", plus: str = "", keep_asked: bool = False
) -> object:
    """The explorer of word vectors: type up to three words, and see what lies near `word` - `minus` + `plus`.

    `words`: n str; `vectors`: (n, d) array. Gives a widget where one can be clicked, else what `meaning_static` gives.
    """
    return explorer(
        functools.partial(draw_meaning, words, vectors),
        [Typed("word", "word", word), Typed("minus", "minus", minus), Typed("plus", "plus", plus)],
        [Choice("keep_asked", "words asked", {"leave them out": False, "keep them": True}, keep_asked)],
    )
