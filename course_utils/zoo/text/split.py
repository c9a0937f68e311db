"""Set validation texts aside: of every label its share, and never a text whose copy is trained on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from course_utils.zoo.text.read import Labelled
from course_utils.zoo.text.tokens import words


def split(data: Labelled, share: float = 0.1, seed: int = 0, by_label: bool = True) -> tuple[Labelled, Labelled]:
    """Training and validation texts. Texts with the same words are copies, and all copies go to one side; so are pairs of them,
    in either order. `by_label=False`: labels are not looked at, which numbers need.

    Of each label about `share` of its different texts is set aside, at least one where it has two or more; a label with one
    text is only trained on. A text with several labels counts for its rarest. Raises ValueError for a share outside 0 to 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share={share}: a number between 0 and 1 is needed")
    copies: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(data.texts):
        sides = (text, data.seconds[place]) if data.seconds else (text,)
        copies["\n".join(sorted(" ".join(words(side)) for side in sides))].append(place)
    groups = list(copies.values())
    strata = _by_rarest_label(data, groups) if by_label else {"": list(range(len(groups)))}
    rng = np.random.default_rng(seed)
    aside: set[int] = set()
    for label in sorted(strata):
        members = strata[label]
        count = min(max(round(share * len(members)), 1), len(members) - 1)
        chosen = rng.permutation(len(members))[:count]
        aside.update(place for at in chosen for place in groups[members[at]])
    kept = [place for place in range(len(data)) if place not in aside]
    return data.take(kept), data.take(sorted(aside))


def _by_rarest_label(data: Labelled, groups: Sequence[Sequence[int]]) -> dict[str, list[int]]:
    """The groups of copies by the rarest label of their first text; one without a label under ""."""
    counts = Counter(name for group in groups for name in data.labels[group[0]])
    strata: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        labels = data.labels[group[0]]
        strata[min(labels, key=lambda name: (counts[name], name)) if labels else ""].append(number)
    return strata
