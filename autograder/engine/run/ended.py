"""How a run of a notebook ended before its end: a kind, by which code decides, and words, which people read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class End(StrEnum):
    """Kinds of ends. What a kind is called travels and is stored; what is said of it stands in `Ended.words` alone."""

    FORGED = "forged"  # a frame that our own code would not have sent
    MALFORMED = "malformed"  # what left it is no JSON, or has too many parts
    OUTPUT = "output"  # too much left it
    CELL_TIME = "cell time"  # a cell or an answer would not stop
    ALL_TIME = "all time"  # all of it took too long
    MEMORY = "memory"
    KILLED = "killed"  # by somebody else: that was not its doing
    ITSELF = "itself"  # its process ended, whichever way: by its own doing as far as can be told
    NO_SANDBOX = "no sandbox"  # it did not begin
    UNKNOWN = "unknown"  # stored by an older version, of which the words are left


#: Whether whoever runs then may have spoken in place of our code: nothing that came of it is to be believed.
UNTRUE = (End.FORGED, End.MALFORMED)


@dataclass(frozen=True)
class Ended:
    """How a run ended. `words` begin a sentence: "the process ended with status 3"."""

    kind: End
    words: str

    def facts(self) -> dict[str, str]:
        """It as plain data."""
        return asdict(self)

    @classmethod
    def of(cls, facts: Any) -> Ended | None:
        """What `facts` gave; None where it is none."""
        if not isinstance(facts, dict) or not facts.get("words"):
            return None
        kind = facts.get("kind")
        return cls(End(kind) if kind in tuple(End) else End.UNKNOWN, str(facts["words"]))
