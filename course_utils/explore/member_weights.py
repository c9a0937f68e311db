"""The explorer of a vote: how much each member counts, what they then say of a text together, and how good that is for all texts."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from course_utils.explore.drawing import Drawing, assemble, text
from course_utils.explore.front_end import Choice, Slider, explorer
from course_utils.plot import PALETTE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np

    #: How good (n, labels) numbers are as answers for all texts.
    Score = Callable[[np.ndarray], float]

SHOWN = 5  # answers of a text, and members at most
LETTERS = 88  # of a text that are shown
LEFT, TOP, ROW, WIDEST, WIDTH = 170, 70, 26, 340, 700  # pixels: of the bars, the longest bar, and the whole
SAID, TRUE = PALETTE[0], PALETTE[1]
HEAVIEST, STEP = 4.0, 0.25  # of a weight


def voted(members: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """The mean of what members say, (n, labels) each, by weights. Raises ValueError where one is negative, or all are 0."""
    import numpy as np

    if min(weights) < 0 or sum(weights) == 0:
        raise ValueError("no weight may be negative, and one must be more than 0")
    return np.tensordot(np.array(weights, float) / sum(weights), np.stack(members), axes=1)


def draw_vote(
    members: Mapping[str, np.ndarray],
    truth: np.ndarray,
    labels: Sequence[str],
    texts: Mapping[str, int],
    score: Score,
    which: str,
    **weights: float,
) -> Drawing:
    """The five likeliest labels of text `texts[which]` by a weighted vote, and the score of that vote over all texts.

    members: name -> (n, labels) array of probabilities; truth: (n, labels) of 0 and 1; weights: `weight_0` and so on, of each
    member in order. Bars of true labels are orange. Raises ValueError for an unknown text, or weights that weigh nothing.
    """
    if which not in texts:
        raise ValueError(f"there is no text {which!r}; there are {', '.join(texts)}")
    shares = [weights[f"weight_{number}"] for number in range(len(members))]
    together = voted(list(members.values()), shares)
    row = together[texts[which]]
    found = [(labels[i], float(row[i]), bool(truth[texts[which]][i])) for i in (-row).argsort(kind="stable")[:SHOWN]]
    whole = f"score of all {len(truth):,} texts: {score(together):.4f}"
    alone = ", ".join(f"{name} alone {score(said):.4f}" for name, said in members.items())
    parts = [
        text(12, 26, which if len(which) <= LETTERS else which[: LETTERS - 1] + "…", anchor="start"),
        text(12, 52, whole, anchor="start", weight="bold"),
    ]
    longest = max(max(p for _, p, _ in found), 1e-9)
    for place, (label, probability, true) in enumerate(found):
        y, long = TOP + place * ROW, probability / longest * WIDEST
        parts += [
            text(LEFT - 10, y + 16, label, size=14, anchor="end"),
            f'<rect x="{LEFT}" y="{y}" width="{long:.1f}" height="{ROW - 6}" fill="{TRUE if true else SAID}"/>',
            text(LEFT + long + 8, y + 16, f"{probability:.3f}" + (" (true)" if true else ""), anchor="start"),
        ]
    bottom = TOP + ROW * len(found)
    parts.append(text(12, bottom + 18, alone, anchor="start"))
    by = ", ".join(f"{name} {share:g}" for name, share in zip(members, shares, strict=True))
    said = ", ".join(f"{label} {p:.3f}" + (" (true)" if true else "") for label, p, true in found)
    return assemble(
        parts, WIDTH, bottom + 30, f"{which} Weights: {by}. Together they say: {said}. The {whole}; {alone}."
    )


def vote_static(
    members: Mapping[str, np.ndarray],
    truth: np.ndarray,
    labels: Sequence[str],
    texts: Mapping[str, int],
    score: Score,
    which: str = "",
    weights: Sequence[float] | None = None,
) -> Drawing:
    """The explorer as a figure, the same wherever it runs. Arguments as for `vote`."""
    return draw_vote(members, truth, labels, texts, score, which or next(iter(texts)), **_named(members, weights))


def vote(
    members: Mapping[str, np.ndarray],
    truth: np.ndarray,
    labels: Sequence[str],
    texts: Mapping[str, int],
    score: Score,
    which: str = "",
    weights: Sequence[float] | None = None,
) -> object:
    """The explorer of a vote: give each of up to five `members` a weight, and choose one of `texts`, text -> its row.

    `members`: name -> (n, labels) array of probabilities; `truth`: (n, labels) of 0 and 1; `score`: how good such an array is;
    `weights`: with which it begins, 1 each unless given. Gives a widget where one can be clicked, else what `vote_static` gives.
    """
    short = {key if len(key) <= LETTERS else key[: LETTERS - 1] + "…": key for key in texts}
    return explorer(
        functools.partial(draw_vote, members, truth, labels, texts, score),
        [Choice("which", "text", short, which or next(iter(texts)), "640px")],
        [
            Slider(argument, name, weight, 0.0, HEAVIEST, STEP, "220px")
            for name, (argument, weight) in zip(members, _named(members, weights).items(), strict=True)
        ],
    )


def _named(members: Mapping[str, np.ndarray], weights: Sequence[float] | None) -> dict[str, float]:
    """Each member's weight, by the argument's name. Raises ValueError for more members than fit, or another number of weights."""
    if not 1 <= len(members) <= SHOWN:
        raise ValueError(f"there are {len(members)} members; a vote is drawn of one to {SHOWN}")
    given = [1.0] * len(members) if weights is None else [float(weight) for weight in weights]
    if len(given) != len(members):
        raise ValueError(f"there are {len(given)} weights for {len(members)} members")
    return {f"weight_{number}": weight for number, weight in enumerate(given)}
