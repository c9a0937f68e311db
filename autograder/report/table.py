"""The report's table for a spreadsheet: a row a submission, a column an exercise."""

from __future__ import annotations

import csv
import io

from autograder.report.facts import ClassFacts


def as_csv(facts: ClassFacts) -> str:
    """Student, total, then for each exercise its points, its state and its recognised mistake; then the remarks."""
    ids = [item.id for item in facts.items]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["student", "total", *(f"{id}{what}" for id in ids for what in ("", " state", " mistake")), "remarks"]
    )
    for one in facts.submissions:
        cells = [cell for id in ids for cell in (one.points[id], one.states[id], one.mistakes.get(id, ""))]
        writer.writerow([_plain(one.student), one.total, *cells, _plain("; ".join(one.reasons))])
    return out.getvalue()


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a name or a remark may be a learner's own words."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
