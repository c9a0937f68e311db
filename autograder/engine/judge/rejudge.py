"""Judge stored answers again, by exercises that have changed. Nobody's code runs."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace

from autograder.authoring.lesson import checked_id
from autograder.engine.coordinator import Packs, scores_by_cell
from autograder.engine.judge import judging
from autograder.engine.record.answers import StoredAnswers
from autograder.engine.record.ledger import Done, Graded, Ledger
from autograder.engine.submitted.released import Release
from autograder.judged import NO_ANSWER, Judged
from course_utils.files import digest
from course_utils.terminal import say, say_json


@dataclass
class Rejudgement:
    """What judging again changed: student -> (points before, points after); and who must be run again, and why."""

    unit: str
    changed: dict[str, tuple[float, float]] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    outdated: dict[str, str] = field(default_factory=dict)
    old_feedback: list[str] = field(default_factory=list)  # whose feedback shows what was so before
    seconds: float = 0.0

    def show(self, as_json: bool) -> None:
        """Print it, as a few lines or as one JSON object."""
        if as_json:
            say_json(vars(self))
            return
        for student, (before, after) in sorted(self.changed.items()):
            say(f"{student}: {before:g} -> {after:g}")
        for student, why in sorted(self.outdated.items()):
            say(f"{student}: must be run again, {why}")
        judged = len(self.changed) + len(self.same)
        say(f"{self.unit}: judged {judged} again in {self.seconds:.2f} s, {len(self.changed)} changed")
        if self.old_feedback:
            say(tell_old_feedback(self.unit, self.old_feedback))
        if self.outdated:
            say(f"Run them: autograder grade {self.unit}")


def tell_old_feedback(unit: str, students: list[str]) -> str:
    """One line: whose feedback is older than the grades, and how to renew it."""
    whose = students[0] if len(students) == 1 else f"{len(students)} learners"
    return f"The feedback of {whose} is older than the grades; renew it: nbgrader generate_feedback {unit} --force"


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


def rejudge(ledger: Ledger, unit: str, packs: Packs) -> Rejudgement:
    """Apply the packs as they are now to every stored answer of a unit, and write what changes."""
    began, report = time.perf_counter(), Rejudgement(unit)
    release = sync_points(ledger, unit, packs)
    probes = {id: packs.probes_digest(id) for id in packs.raw}
    seen: dict[str, Judged] = {}  # equal answers are judged once: a class has many
    same = []
    for student, row in ledger.journal(unit).items():
        if row.notebook == "" or row.judged == packs.digest:
            report.same.append(student)
            continue
        stored = ledger.read_answers(student, unit)
        if stored is None or not ledger.notebook_path(student, unit).exists():
            report.outdated[student] = "its answers are not stored"
            continue
        other = sorted(id for id in probes if stored.probes.get(id) != probes[id])
        if other:
            report.outdated[student] = f"the probes of {', '.join(other)} changed"
            continue
        if _judge_one(ledger, row, stored, packs, release, seen, report):
            same.append(student)
    report.same += same
    ledger.mark_judged(unit, same, packs.digest)
    report.old_feedback = ledger.old_feedback(unit)
    report.seconds = time.perf_counter() - began
    return report


def _judge_one(
    ledger: Ledger, row: Done, stored: StoredAnswers, packs: Packs, release: Release, seen: dict, report: Rejudgement
) -> bool:
    """Judge one student's answers and write the result; returns True, with nothing written, where it is the same."""
    student, unit = row.student, row.unit
    facts = ledger.facts(student, unit)
    scores = _scores(stored, packs, facts.exercises, seen)
    if all(scores[id].same_as(before) for id, before in facts.exercises.items() if id in scores):
        return True
    notebook = json.loads(ledger.notebook_path(student, unit).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = judging.source_of(cell)
        entry = cell["metadata"].get("nbgrader", {})
        if entry.get("grade_id") in release.cells:
            entry.update(release.cells[entry["grade_id"]].facts)
    judgement = judging.write_scores(notebook, scores)
    graded = Graded(student, unit, row.key, notebook)
    graded.scores = {**facts.points, **scores_by_cell(notebook, judgement)}
    graded.reasons, graded.seconds, graded.keep_files = facts.reasons, facts.seconds, True
    graded.exercises, graded.answer_seconds, graded.judged_by = judgement.scores, facts.answer_seconds, packs.digest
    ledger.write(graded)
    report.changed[student] = (round(sum(facts.points.values()), 2), round(sum(graded.scores.values()), 2))
    return False


def _scores(stored: StoredAnswers, packs: Packs, before: dict[str, Judged], seen: dict) -> dict[str, Judged]:
    """The scores of stored answers; an answer that was judged before, of anyone, is not compared again.

    Where no answer was stored it stays as it was: what was there in its place is not known any more.
    """
    result = stored.as_result()
    scores = {}
    for id, pack in packs.decoded.items():
        earlier = before.get(id, Judged(id, 0.0, status=NO_ANSWER))
        if not stored.to(id):
            scores[id] = replace(earlier, most=pack["points"])
            continue
        how = result.ended and result.ended.facts()
        text = json.dumps([id, stored.to(id), result.sealed.count(id), how], sort_keys=True)
        key = digest(text.encode())
        if key not in seen:
            seen[key] = judging.score(id, result, pack)
        scores[id] = replace(seen[key], example=earlier.example)
    return scores
