"""A group's name before a learner's, as an LMS may write it, with a dash: what either of them is, nothing tells for certain."""

from __future__ import annotations

import re
from collections.abc import Iterable


def tails(name: str) -> list[str]:
    """What a name may be without a group's before it."""
    parts = name.split("-")[:20]
    return ["-".join(parts[at:]) for at in range(1, len(parts))]


def group_of(names: Iterable[str]) -> str:
    """The group with whose name all of these begin, with its dash; "" where that may as well be a part of their own."""
    names = set(names)
    first, last = min(names, default=""), max(names, default="")  # what these two share all others do
    same = next((at for at, (a, b) in enumerate(zip(first, last)) if a != b), len(first))
    common = first[:same].rpartition("-")[0]
    return f"{common}-" if len(names) > 1 and re.search(r"[\s\d]", common) else ""
