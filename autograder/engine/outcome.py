"""What grading a unit came to, and how it is told: a table and sentences, or one object as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.terminal import say, say_json

if TYPE_CHECKING:
    from autograder.engine.coordinator import Summary, Work
    from autograder.engine.record.ledger import Graded
    from autograder.engine.record.standing import Standing
    from autograder.engine.sampled import Sample

WORTH_SAYING = 5.0  # seconds before the first notebook runs that are told by themselves


@dataclass
class Outcome:
    """What grading a unit came to."""

    unit: str
    work: Work
    summary: Summary
    standing: list[Standing]
    lacks: list[str]  # of a sandbox
    packed: float  # seconds before the first notebook ran
    old_feedback: list[str]  # whose feedback is older than the grades
    sample: Sample

    @property
    def most(self) -> float:
        """The points that the unit has."""
        return sum(cell.facts.get("points", 0) for cell in self.work.release.cells.values())

    def rows(self) -> list[dict]:
        """Who was graded now, in order, a row each."""
        return [_row(graded) for graded in sorted(self.summary.graded, key=lambda graded: graded.student)]

    def say_json(self) -> None:
        """Print all of it as one object."""
        from autograder.engine.table import as_facts

        summary = self.summary
        facts = {
            "unit": self.unit,
            "most": self.most,
            "graded": self.rows(),
            "already": summary.already,
            "standing": [as_facts(one) for one in self.standing],
            "failed": summary.failed,
            "seconds": round(summary.seconds, 2),
            "sandbox": not self.lacks,
            "stopped": summary.stopped,
            "why": summary.why,
            "sample": vars(self.sample),
        }
        say_json(facts)

    def say_table(self) -> None:
        """Print the table, who was not graded and why, and the time that it took."""
        from autograder.engine.table import print_table

        summary, count = self.summary, len(self.summary.graded)
        title = f"{self.unit}: {count} graded, {len(summary.already)} were already"
        print_table(title, self.most, self.standing)
        for student, why in summary.failed.items():
            say(f"not graded: {student}: {why}")
        for lack in self.lacks:
            say(f"without a sandbox: {lack}")
        rate = count / summary.seconds if summary.seconds else 0
        of_packs = f", {self.packed:.0f} s of them before the first ran" if self.packed > WORTH_SAYING else ""
        stopped = "; stopped" if summary.stopped else ""
        say(f"{count} in {summary.seconds:.1f} s, {rate:.1f} a second{of_packs}{stopped}")

    def say_more(self) -> None:
        """Say what a sample has shown, and whose feedback is older than the grades."""
        from autograder.engine.rejudge import tell_old_feedback

        for line in self.sample.words():
            say(line)
        if self.old_feedback:
            say(tell_old_feedback(self.unit, self.old_feedback))


def _row(graded: Graded) -> dict:
    return {
        "student": graded.student,
        "points": round(sum(graded.scores.values()), 2),
        "scores": graded.scores,
        "mistakes": graded.mistakes,
        "reasons": graded.reasons,
        "seconds": round(graded.seconds, 2),
        "processor": round(graded.processor, 3),
        "ran": graded.ran,
        "handed_in": f"{graded.time.when:%Y-%m-%d %H:%M:%S}" if graded.time and graded.time.when else None,
        "time": "unknown" if graded.time and not graded.time.when else "known" if graded.time else "none",
        "late_seconds": graded.late,
    }
