"""What is stored of a class, read learner by learner in a process with limits: who cannot be read is named, and the rest comes."""

from __future__ import annotations

import logging
from typing import Any

from autograder.engine.judge.guarded import Broken, Defect, Guarded

log = logging.getLogger(__name__)


class Unread(Exception):
    """What is stored of one learner could not be read; the message says why, as a clause: "that took more than 10 s"."""


def ask(guarded: Guarded, request: Any) -> Any:
    """What the process gives for one learner. Raises Unread; a defect of ours is logged."""
    try:
        return guarded.ask(request)
    except Broken as broken:
        raise Unread(f"that {broken}") from None
    except Defect as error:
        log.error("%s", error)
        raise Unread("that failed by a defect of the autograder") from None
