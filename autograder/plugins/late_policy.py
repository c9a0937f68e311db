"""The late policy: what is taken of a score for work that comes after the due date."""

from __future__ import annotations

import math

from nbgrader.plugins import BasePlugin
from traitlets import Float


class LatePerDay(BasePlugin):
    """Takes a share of the score for each day begun after the due date."""

    share_per_day = Float(0.1, help="Share of the score taken for each day begun.").tag(config=True)
    most = Float(0.5, help="The largest share taken.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Points taken from `score` for work that is `total_seconds_late` seconds late."""
        days = math.ceil(total_seconds_late / 86_400)
        return round(score * min(self.most, days * self.share_per_day), 2)
