"""Judge stored answers again, by exercises that have changed. Nobody's code runs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.authoring.cells import source_of
from autograder.authoring.lesson import checked_id
from autograder.engine.coordinator import DEFECT, Packs, scores_by_cell
from autograder.engine.judge import judging, steps
from autograder.engine.judge.guarded import Asking, Bounds, Defect, Guarded
from autograder.engine.judging_process import BOUNDS
from autograder.engine.record.answers import StoredAnswers
from autograder.engine.record.journal import Facts
from autograder.engine.record.ledger import Done, Graded, Ledger
from autograder.engine.submitted.released import Release
from autograder.judged import NO_ANSWER, REMARKS, Judged
from course_utils.files import digest
from course_utils.packs import EXAMPLES
from course_utils.terminal import say, say_json


@dataclass
class Rejudgement:
    """What judging again changed: student -> (points before, points after); and who must be run again, and why."""

    unit: str
    changed: dict[str, tuple[float, float]] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    outdated: dict[str, str] = field(default_factory=dict)
    old_feedback: list[str] = field(default_factory=list)  # whose feedback shows what was so before
    old_examples: list[str] = field(
        default_factory=list
    )  # exercises whose examples in the notebook are not of this correction
    seconds: float = 0.0

    def show(self, as_json: bool) -> None:
        """Print it, as a few lines or as one JSON object."""
        if as_json:
            say_json(vars(self))
            return
        worded = 0
        for student, (before, after) in sorted(self.changed.items()):
            if before == after:
                worded += 1
            else:
                say(f"{student}: {before:g} -> {after:g}")
        for student, why in sorted(self.outdated.items()):
            say(f"{student}: must be run again, {why}")
        judged = len(self.changed) + len(self.same)
        anew = f", {worded} told in other words for the same points" if worded else ""
        points = len(self.changed) - worded
        say(f"{self.unit}: judged {judged} again in {self.seconds:.2f} s, {points} changed{anew}")
        if self.old_examples:
            short = self.unit.partition("_")[0]
            say(
                f"the notebook's own examples are older than the correction: {', '.join(self.old_examples)}; learners' checks still"
                f" say what was so before. Renew them: autograder build {short}, then autograder release {short}"
            )
        if self.old_feedback:
            say(tell_old_feedback(self.unit, self.old_feedback))
        if self.outdated:
            say(f"Run them: autograder grade {self.unit}")


def tell_old_feedback(unit: str, students: list[str]) -> str:
    """One line: whose feedback is older than the grades, and how to renew it."""
    whose = students[0] if len(students) == 1 else f"{len(students)} learners"
    return f"The feedback of {whose} is older than the grades; renew it: autograder feedback {unit.partition('_')[0]}"


def old_examples(packs: Packs, unit: str, folder: Path = EXAMPLES) -> list[str]:
    """The exercises whose examples, as learners have them, expect or explain something else than the hidden packs do."""
    found = []
    for id, pack in packs.raw.items():
        shown = pack.get("shown", 0)
        try:
            visible = json.loads((folder / unit / f"{id}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # not built here: nothing is known of what learners have
        mistakes = [{**one, "observations": one["observations"][:shown]} for one in pack["mistakes"]]
        ours = [pack["probes"][:shown], pack["expected"][:shown], mistakes, pack["points"]]
        if shown and ours != [visible.get(name) for name in ("probes", "expected", "mistakes", "points")]:
            found.append(id)
    return found


def sync_points(ledger: Ledger, unit: str, packs: Packs) -> Release:
    """Let the gradebook know exercises' points where they have changed since the release. Returns the release as it is now."""
    release = ledger.release(unit)
    changed = {}
    for name, cell in release.cells.items():
        id = checked_id(cell.source) if "points" in cell.facts else None
        if id in packs.raw and packs.raw[id]["points"] != cell.facts["points"]:
            changed[name] = packs.raw[id]["points"]
    if not changed:
        return release
    ledger.set_points(unit, changed)
    return ledger.release(unit)


Rows = Iterable[tuple[str, Done]]


def rejudge(
    ledger: Ledger, unit: str, packs: Packs, bounds: Bounds = BOUNDS, track: Callable[[Rows], Rows] = list
) -> Rejudgement:
    """Apply the packs as they are now to every stored answer of a unit, and write what changes.

    Answers are read and judged in a process with limits. Who breaks them whatever is left out, or whose answers cannot be
    read, must be run again. `track` gives the journal's rows again, one by one, and may show how far this is.
    """
    began, report = time.perf_counter(), Rejudgement(unit)
    again = _Again(ledger, packs, sync_points(ledger, unit, packs))
    same = []
    with Guarded(again.work, bounds) as guarded:
        for student, row in track(list(ledger.journal(unit).items())):
            if row.notebook == "" or row.judged == packs.digest:
                report.same.append(student)
                continue
            facts = ledger.facts(student, unit)
            found = _judge_one(ledger, guarded, row, facts)
            if isinstance(found, str):
                report.outdated[student] = found
            elif found is None:
                same.append(student)
            else:
                ledger.write(found)
                before, now = (round(sum(points.values()), 2) for points in (facts.points, found.scores))
                report.changed[student] = before, now
    report.same += same
    ledger.mark_judged(unit, same, packs.digest)
    ledger.mark_outdated(unit, list(report.outdated))
    report.old_feedback = ledger.old_feedback(unit)
    report.seconds = time.perf_counter() - began
    return report


def _judge_one(ledger: Ledger, guarded: Guarded, row: Done, facts: Facts) -> Graded | str | None:
    """What one student has by now; None where that is the same, a clause where it must be run again."""
    try:
        return steps.asked(guarded, (row, facts))
    except steps.GivenUp as error:
        return f"its stored answers could not be judged: {error}"
    except Defect as error:
        ledger.log_failure(row.student, row.unit, DEFECT, str(error))
        return DEFECT


class _Again:
    """In the process with limits: judges one student's stored answers after the other."""

    def __init__(self, ledger: Ledger, packs: Packs, release: Release) -> None:
        self._ledger, self._packs, self._release = ledger, packs, release
        self._probes = {id: packs.probes_digest(id) for id in packs.raw}
        self._seen: dict[str, Judged] = {}  # equal answers are judged once: a class has many

    def work(self, request: tuple[tuple[Done, Facts], dict[str, str]], asking: Asking) -> Graded | str | None:
        """What `_judge_one` gives."""
        (row, facts), left_out = request
        with steps.told(asking.tell, left_out):
            steps.begin(steps.READ)
            stored = self._ledger.read_answers(row.student, row.unit)
            path = self._ledger.notebook_path(row.student, row.unit)
            if stored is None or not path.exists():
                return "its answers are not stored, or are damaged"
            if other := sorted(id for id, asked in self._probes.items() if stored.probes.get(id) != asked):
                return f"the probes of {', '.join(other)} changed"
            scores = self._scores(stored, facts.exercises, keep=not left_out)
            if all(scores[id].same_as(before) for id, before in facts.exercises.items() if id in scores):
                return None
            try:
                notebook = self._read_notebook(path)
            except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
                return "its graded notebook is damaged"
            return self._graded(row, facts, notebook, judging.write_scores(notebook, scores))

    def _scores(self, stored: StoredAnswers, before: dict[str, Judged], keep: bool) -> dict[str, Judged]:
        """The scores of stored answers; an answer that was judged before, of anyone, is not compared again.

        Where no answer was stored it stays as it was: what was there in its place is not known any more.
        """
        result = stored.as_result()
        scores = {}
        for id, pack in self._packs.decoded.items():
            earlier = before.get(id, Judged(id, 0.0, status=NO_ANSWER))
            if not stored.to(id):
                scores[id] = replace(earlier, most=pack["points"])
                continue
            how = result.ended and result.ended.facts()
            text = json.dumps([id, stored.to(id), result.sealed.count(id), how], sort_keys=True)
            key = digest(text.encode())
            found = self._seen.get(key) or judging.score(id, result, pack)
            if keep:
                self._seen[key] = found
            scores[id] = replace(found, example=earlier.example)
        return scores

    def _read_notebook(self, path: Path) -> dict:
        """A graded notebook, its cells worth what they are worth by now."""
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = source_of(cell)
            entry = cell["metadata"].get("nbgrader", {})
            if entry.get("grade_id") in self._release.cells:
                entry.update(self._release.cells[entry["grade_id"]].facts)
        return notebook

    def _graded(self, row: Done, facts: Facts, notebook: dict, judgement: judging.Judgement) -> Graded:
        graded = Graded(row.student, row.unit, row.key, notebook, ran=facts.ran)
        graded.scores = {**facts.points, **scores_by_cell(notebook, judgement)}
        graded.reasons = list(dict.fromkeys([*facts.reasons, *steps.remarks()]))
        if graded.reasons:
            notebook["metadata"][REMARKS] = graded.reasons
        graded.seconds, graded.keep_files, graded.fault = facts.seconds, True, facts.fault
        graded.exercises, graded.answer_seconds = judgement.scores, facts.answer_seconds
        graded.judged_by = self._packs.digest
        return graded.prepare().as_bytes()
