"""The parts that nbgrader_config.py plugs into nbgrader."""

from __future__ import annotations

import math

from nbformat.notebooknode import NotebookNode
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import DeduplicateIds
from traitlets import Float


class DropDuplicates(DeduplicateIds):
    """Of a graded cell that stands in a notebook twice, keep the last; the others become ordinary cells.

    nbgrader's own leaves an empty `nbgrader` entry in their metadata, which its next step then takes for corruption.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb, resources = super().preprocess(nb, resources)
        for cell in nb.cells:
            if cell.metadata.get("nbgrader") == {}:
                del cell.metadata["nbgrader"]
        return nb, resources


class LatePerDay(BasePlugin):
    """Takes a share of the score for each day begun after the due date."""

    share_per_day = Float(0.1, help="Share of the score taken for each day begun.").tag(config=True)
    most = Float(0.5, help="The largest share taken.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Points taken from `score` for work that is `total_seconds_late` seconds late."""
        days = math.ceil(total_seconds_late / 86_400)
        return round(score * min(self.most, days * self.share_per_day), 2)


def ensure_hidden_packs(assignment: str, **_: object) -> None:
    """Build the hidden packs of an assignment that has none yet, or whose exercises have changed since.

    Raises SystemExit when that fails: nbgrader goes on after any other error of a hook, and every answer would score 0.
    """
    from autograder.packing import refresh_hidden_packs

    try:
        refresh_hidden_packs(assignment)
    except Exception as error:
        raise SystemExit(f"the hidden probes of {assignment} could not be made, so nothing was graded: {error}") from error
