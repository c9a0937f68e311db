"""The steps of reading and judging one submission, told as they begin.

Where one breaks the limits (see `guarded`), the submission is judged again without that step. Outside of a guarded process
steps are told to nobody and none is left out.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from autograder.engine.judge.guarded import Broken, Guarded, Killed
from autograder.limits import MOST_JUDGINGS

READ, SLICE, SHOWN, ANSWER, REPAIR, WRITE = "read", "slice", "shown", "answer", "repair", "write"

_tell: Callable[[str], None] | None = None
_left_out: dict[str, str] = {}
_begun: Counter[str] = Counter()


def begin(step: str) -> bool:
    """Tell that a step begins; False where it is to be left out. The same step again counts as another."""
    _begun[step] += 1
    name = step if _begun[step] == 1 else f"{step} (attempt {_begun[step]})"
    if name in _left_out:
        return False
    if _tell is not None:
        _tell(name)
    return True


def remarks() -> list[str]:
    """A sentence for each step that is left out."""
    return [_sentence(step, words) for step, words in _left_out.items()]


def _sentence(step: str, words: str) -> str:
    kind, _, which = step.partition(" (")[0].partition(" ")
    if kind == ANSWER:
        return f"{which}: its answer could not be judged: that {words}"
    if kind == SHOWN:
        return f"what its code cell {int(which) + 1} showed was left out: cleaning it {words}"
    if kind == SLICE:
        return f"all of its cells were run: to look for those that answers need {words}"
    if kind == WRITE:
        return f"what its cells showed was left out: writing it {words}"
    return f"nobody looked for what may be put right around its answers: that {words}"


class GivenUp(Exception):
    """A submission breaks the limits whatever is left out; the message says how, as a clause: "reading it took ..."."""


def _nothing(*question: Any) -> None:
    return None


class Interrupted(GivenUp):
    """Somebody killed the process that did it, which says nothing of the submission."""


def asked(
    guarded: Guarded, request: Any, answer: Callable[..., Any] = _nothing, begin: Callable[[], Any] = _nothing
) -> Any:
    """What the process makes of `(request, left_out)`; where a step breaks the limits it is asked again without that step.

    `answer` answers what it asks in between; `begin` is told of each attempt. Raises GivenUp, and what `Guarded.ask` does.
    """
    left_out: dict[str, str] = {}
    words = ""
    for _ in range(MOST_JUDGINGS):
        begin()
        try:
            return guarded.ask((request, left_out), answer)
        except Killed as killed:
            raise Interrupted(f"judging it {killed}") from None
        except Broken as broken:
            if broken.step in left_out or broken.step in ("", READ):
                raise GivenUp(f"reading it {broken}") from None
            left_out = {**left_out, broken.step: str(broken)}
            words = f"judging it {broken}"
    raise GivenUp(words)


@contextlib.contextmanager
def told(tell: Callable[[str], None], left_out: dict[str, str]) -> Iterator[None]:
    """Tell the steps of one submission to `tell`; `left_out` has why some are left out, as clauses."""
    global _tell, _left_out  # a process judges one submission at a time
    before = _tell, _left_out
    _tell, _left_out = tell, left_out
    _begun.clear()
    try:
        yield
    finally:
        _tell, _left_out = before
