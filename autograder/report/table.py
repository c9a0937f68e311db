"""The report's table for a spreadsheet: a row a submission, a column an exercise."""

from __future__ import annotations

from autograder.common.spreadsheet import as_csv as guarded_csv
from autograder.report.facts import ClassFacts


def as_csv(facts: ClassFacts) -> str:
    """Student, total, then for each exercise its points, its state and its recognised mistake; then the remarks."""
    ids = [item.id for item in facts.items]
    rows: list[list] = [
        ["student", "total", *(f"{id}{what}" for id in ids for what in ("", " state", " mistake")), "remarks"]
    ]
    for one in facts.submissions:
        cells = [cell for id in ids for cell in (one.points[id], one.states[id], one.mistakes.get(id, ""))]
        rows.append([one.student, one.total, *cells, "; ".join(one.reasons)])
    return guarded_csv(rows, "\n")[0]
