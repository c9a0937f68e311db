"""What grading keeps of answers, described as data: for judging again, for the report, and to explain points. No code runs."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from autograder.engine.run.ended import End, Ended
from autograder.engine.run.runner import Result
from autograder.limits import MAX_STORED


@dataclass(frozen=True)
class StoredAnswers:
    """The answers of one submission. Within an answer nothing is to be believed."""

    answers: list[dict] = field(default_factory=list)  # {"answer": id, "observations": [...]} and the like
    sealed: list[str] = field(default_factory=list)  # the ids in the order in which they were handed to `grade`
    ended: Ended | None = None
    probes: dict[str, str] = field(default_factory=dict)  # id -> digest of what it was called with

    @classmethod
    def of(cls, result: Result, probes: dict[str, str]) -> StoredAnswers:
        """Those of a run."""
        return cls(result.answers, result.sealed, result.ended, probes)

    def as_result(self) -> Result:
        """As the run that gave them."""
        return Result(answers=self.answers, sealed=self.sealed, ended=self.ended)

    def to(self, id: str) -> list[dict]:
        """The answers to one exercise: one, unless somebody cheats."""
        return [answer for answer in self.answers if answer.get("answer") == id]

    def packed(self) -> bytes:
        """As a file's bytes."""
        facts = {"answers": self.answers, "sealed": self.sealed, "ended": self.ended and self.ended.facts()}
        text = json.dumps({**facts, "probes": self.probes}, separators=(",", ":"))
        return gzip.compress(text.encode(), 1, mtime=0)

    @classmethod
    def unpacked(cls, data: bytes) -> StoredAnswers:
        """From a file's bytes, also of an older version's. Raises ValueError where they are damaged."""
        try:
            facts = json.loads(_decompressed(data))
            ended = Ended.of(facts.get("ended"))
            if facts.get("reason"):  # a sentence alone, as the first version kept it
                ended = Ended(End.UNKNOWN, facts["reason"])
            answers = list(facts["answers"])
            if not all(isinstance(one, dict) and isinstance(one.get("answer"), str) for one in answers):
                raise ValueError("an answer to nothing")
            return cls(answers, list(facts.get("sealed", [])), ended, dict(facts.get("probes", {})))
        except (OSError, EOFError, zlib.error, AttributeError, LookupError, TypeError, RecursionError) as error:
            raise ValueError(f"damaged: {error}") from error


def _decompressed(data: bytes) -> bytes:
    """The bytes of a gzip file. Raises ValueError where there are more than MAX_STORED."""
    found = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MAX_STORED + 1)
    if len(found) > MAX_STORED:
        raise ValueError(f"more than {MAX_STORED} bytes")
    return found


def answers_path(root: Path, unit: str, student: str) -> Path:
    """Where the answers of a submission lie."""
    return root / "answers" / unit / f"{student}.json.gz"


def read_answers(root: Path, unit: str, student: str) -> StoredAnswers | None:
    """The stored answers of a submission; None where there are none, or where they are damaged.

    It may take all that a sandbox may say: those of a class are read in a process with limits.
    """
    try:
        return StoredAnswers.unpacked(answers_path(root, unit, student).read_bytes())
    except (OSError, ValueError):
        return None
