"""`start` a notebook and `check` an answer in it."""

from __future__ import annotations

import os
from dataclasses import replace
from types import ModuleType
from typing import Any

from course_utils.cells import about_last_cell
from course_utils.judge import NOT_ATTEMPTED, RIGHT, WRONG, Verdict, judge
from course_utils.kinds import class_name, is_a
from course_utils.observe import is_stub, observe
from course_utils.packs import EXAMPLES, find_unit, read_pack
from course_utils.signs import signs_of
from course_utils.surroundings import ordinary
from course_utils.words import with_article

_unit: str | None = None  # the unit of the running notebook, set by `start`
_right: set[str] = set()  # the exercises whose check was right in this session


class NotRight(AssertionError):
    """An answer did not pass; raised only where nbgrader executes the notebook. Its traceback is the verdict's few lines."""

    def __init__(self, verdict: Verdict) -> None:
        from course_utils.verdict import as_text

        self.text = as_text(verdict)
        super().__init__(self.text)

    def _render_traceback_(self) -> list[str]:  # IPython shows this instead of its own traceback
        return self.text.splitlines()


def start(unit: str) -> None:
    """Begin a notebook: say which unit's exercises `check` is about, and set the course's figure style.

    Raises ValueError, naming the units that there are, when there is no such unit.
    """
    global _unit
    if not (EXAMPLES / unit).is_dir():
        known = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
        raise ValueError(f"there is no unit {unit!r}; there are: {', '.join(known)}")
    _unit = unit
    from course_utils.plot import use_course_style

    use_course_style()


def current_unit(id: str) -> str:
    """The unit whose exercise `id` is meant: the notebook's own, or else the only one that has it."""
    return _unit or find_unit(id)


def current_unit_or(default: str) -> str:
    """The notebook's own unit; `default` where it has not been started."""
    return _unit or default


def is_right_here(id: str) -> bool:
    """Whether the check of an exercise was right in this session."""
    return id in _right


@ordinary()
def examine(id: str, answer: Any) -> Verdict:
    """The verdict on an answer to exercise `id`, on its visible examples."""
    pack = read_pack(current_unit(id), id)
    if is_stub(answer):
        return Verdict(id, NOT_ATTEMPTED, 0, len(pack["probes"]))
    if pack["settings"]["kind"] == "function" and not callable(answer):
        return _not_callable(pack, answer)
    return judge(pack, observe(answer, pack), signs_of(answer, pack.get("unneeded", ())))


@ordinary()
def check(id: str, answer: Any) -> None:
    """Try `answer` on the visible examples of exercise `id` and show what came of it.

    Nothing is raised for an answer that is not right, so that *Run All* goes on; only nbgrader's Validate, which looks
    for errors, is given one. Raises UnknownExercise when there is no such exercise.
    """
    verdict = examine(id, answer)
    others = {path.stem for path in (EXAMPLES / current_unit(id)).glob("*.json")} - {id}
    verdict = replace(verdict, outdated=about_last_cell(id, others))
    if os.environ.get("NBGRADER_EXECUTION") == "validate" and verdict.status != RIGHT:
        raise NotRight(verdict)
    from course_utils.progress_file import record
    from course_utils.verdict import show

    show(verdict)
    if verdict.status == RIGHT:
        _right.add(id)
    record(current_unit(id), verdict)


def _not_callable(pack: dict, answer: Any) -> Verdict:
    words = f"check(...) was handed {with_article(class_name(type(answer)))}, not a function"
    remedy = ": a module holds functions; write the function's own name." if is_a(answer, ModuleType) else _NAME_IT
    return Verdict(pack["id"], WRONG, 0, len(pack["probes"]), words=f"{words}{remedy}")


_NAME_IT = ": write its name without parentheses."
