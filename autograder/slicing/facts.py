"""What was traced of a unit's executed solution: what each of its cells changed. A file beside this one, for each unit.

It is made when the solution is built (`autograder/authoring/tracing.py`), and says nothing any more once a cell was changed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.course import TRACED
from course_utils import files


@dataclass(frozen=True)
class Traced:
    """What one released cell did to the notebook's names and to the process when the solution was executed."""

    changes: frozenset[str] = frozenset()  # bound, taken away, or changed in place
    vague: frozenset[str] = frozenset()  # of these: values that nobody can look into
    drawn: frozenset[str] = frozenset()  # of the vague: pictures, which change nothing of what was drawn
    inert: frozenset[str] = frozenset()  # of these: values that cannot be changed in place
    plain: frozenset[str] = frozenset()  # of these: values none of whose methods draws from a shared random state
    code: tuple[tuple[str, frozenset[str]], ...] = ()  # name -> global names that functions in its value read
    shares: tuple[frozenset[str], ...] = ()  # names that lead to one object
    sets: frozenset[str] = frozenset()  # settings of the process
    draws: bool = False  # the random states that all cells share are others than before
    failed: bool = False  # it ended with an error

    @classmethod
    def of(cls, facts: dict) -> Traced:
        """From what a snapshot printed, or a file holds."""
        names = {key: frozenset(facts.get(key, ())) for key in ("changes", "vague", "drawn", "inert", "plain", "sets")}
        code = tuple((name, frozenset(read)) for name, read in facts.get("code", {}).items())
        shares = tuple(frozenset(group) for group in facts.get("shares", ()))
        return cls(
            **names, code=code, shares=shares, draws=facts.get("draws", False), failed=facts.get("failed", False)
        )

    def facts(self) -> dict:
        """As a file holds it: what is empty is left out."""
        found = {key: sorted(value) if isinstance(value, frozenset) else value for key, value in asdict(self).items()}
        found |= {"code": {name: sorted(read) for name, read in self.code}, "shares": sorted(map(sorted, self.shares))}
        return {key: value for key, value in found.items() if value}


@dataclass(frozen=True)
class Facts:
    """The code cells of a unit's solution, in their order: sources, and what was traced of each."""

    sources: tuple[str, ...] = ()
    cells: tuple[Traced, ...] = ()
    needed: frozenset[int] = frozenset()  # the places of those that the lesson's own answers need

    @classmethod
    def load(cls, unit: str, sources: Sequence[str], folder: Path = TRACED) -> Facts | None:
        """What is known of a unit whose solution has these code cells; None where that is nothing, or is out of date."""
        try:
            stored = json.loads((folder / f"{unit}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if [one["source"] for one in stored] != [_digest(source) for source in sources]:
            return None
        needed = frozenset(place for place, one in enumerate(stored) if one.get("needed"))
        return cls(tuple(sources), tuple(Traced.of(one) for one in stored), needed)

    def write(self, unit: str, folder: Path = TRACED) -> Path:
        """Keep it, a cell a line."""
        rows = [
            json.dumps({"source": _digest(source), **_if(place in self.needed), **cell.facts()}, ensure_ascii=False)
            for place, (source, cell) in enumerate(zip(self.sources, self.cells, strict=True))
        ]
        path = folder / f"{unit}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, ("[\n" + ",\n".join(rows) + "\n]\n").encode())
        return path


def likely_needed(unit: str, sources: Sequence[str], folder: Path = TRACED) -> list[str] | None:
    """Of the released cells' sources those that most submissions will need run; None where that is not known.

    Sources may have stubs in the place of answers: this only says what to have ready.
    """
    try:
        stored = json.loads((folder / f"{unit}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if len(stored) != len(sources) or not any(one.get("needed") for one in stored):
        return None
    return [source for source, one in zip(sources, stored, strict=True) if one.get("needed")]


def _if(needed: bool) -> dict:
    return {"needed": True} if needed else {}


def _digest(source: str) -> str:
    return files.digest(source.encode())[:16]
