"""Who asks for another look: text cells of a notebook handed in again that begin with a fixed heading, below an exercise.

What is asked changes no point. It is shown to the instructor beside the answer, its verdict and the calls that it failed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.authoring.cells import exercise_of, source_of
from autograder.common.again import HEADING
from autograder.engine.submitted.submission import Unreadable, read_notebook, with_few_parts
from autograder.limits import MAX_EXAMPLE
from course_utils.refused import Refused

if TYPE_CHECKING:
    from autograder.report.evidence import FailedCall

_ASKED = re.compile(rf"\s*#{{1,6}}[ \t]+{re.escape(HEADING)}\b[ \t:.!]*", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """One learner asks for another look at one exercise: their words, their answer, how it was judged, what it failed."""

    student: str
    exercise: str  # "" where the cell stands above all exercises
    text: str
    answer: str = ""
    verdict: str = ""
    failed: list[FailedCall] = field(default_factory=list)
    untold: str = ""  # why no failed calls are known where there may be some


def requests_in(path: Path) -> dict[str, str]:
    """exercise -> what is asked below it; {} where the notebook asks nothing or cannot be read."""
    try:
        data, _ = read_notebook(path)
        notebook = json.loads(with_few_parts(data).decode("utf-8-sig")) if data else {}
    except (Unreadable, OSError, ValueError, RecursionError):
        return {}
    found: dict[str, str] = {}
    above = ""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        try:
            source, entry = source_of(cell), (cell.get("metadata") or {}).get("nbgrader") or {}
            if entry.get("grade_id"):
                above = exercise_of(cell) or str(entry["grade_id"]).removeprefix("test_")
            asked = _ASKED.match(source) if cell.get("cell_type") == "markdown" and not entry else None
        except (TypeError, AttributeError):  # no cell of a notebook
            continue
        if asked:
            text = source[asked.end() :].strip() or "(no reason is given)"
            found[above] = "\n\n".join(filter(None, [found.get(above, ""), text]))[:MAX_EXAMPLE]
    return found


def with_evidence(requests: list[Request], root: Path, db_url: str, unit: str) -> list[Request]:
    """The same with the calls that the answers failed, as `autograder explain` knows them."""
    from autograder.course import HIDDEN_PACKS
    from autograder.engine.coordinator import Packs
    from autograder.report.evidence import read_evidence

    if not requests:
        return []
    packs = Packs.load(HIDDEN_PACKS / unit)
    found = []
    for one in requests:
        try:
            parts = read_evidence(root, db_url, unit, one.student, packs, one.exercise).parts if one.exercise else []
        except Refused as error:  # the exercise's name is the learner's own make, for instance
            parts, one = [], replace(one, untold=str(error))
        for part in parts:
            words = part.judged.words or "all points" if part.judged else part.otherwise
            one = replace(one, verdict=words, failed=part.failed, untold=part.untold)
        found.append(one)
    return found
