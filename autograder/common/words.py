"""Points and times as people write them."""

from __future__ import annotations

import math

from autograder.limits import MAX_REMARK


def number(value: float) -> str:
    """A number of points as people write it."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def late_words(seconds: float) -> str:
    """A time as a person says it: "3 days", "1 day 2 hours", "20 minutes"; begun minutes count."""
    minutes = math.ceil(seconds / 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    counts = [(days, "day"), (hours, "hour"), (minutes % 60 if not days else 0, "minute")]
    return " ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts if count) or "0 minutes"


def short(words: str) -> str:
    """A remark on one line that is short enough for a table; what is cut off is seen to be."""
    words = " ".join(words.split())
    return words if len(words) <= MAX_REMARK else words[: MAX_REMARK - 2].rsplit(" ", 1)[0] + " …"
