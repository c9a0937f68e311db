"""A lesson made up of a few cells, executed and traced in this process: what a grading run would do to it, whole or in part."""

from __future__ import annotations

import builtins
import contextlib
import io
import itertools
import json
import math
import os
import random
import re
import sys
import tempfile
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.slicing.facts import Facts, Traced
from autograder.slicing.needed import Cell, Slice, needed
from autograder.slicing.snapshot import Before

SETUP = "import math\nimport random\nimport numpy as np"
TEST = Cell("check('answer', answer)", "test_answer", True)


@contextlib.contextmanager
def a_process():
    """What a notebook sets for its process, and in the modules that it imports, is put back afterwards."""
    folder, environment, luck, own = os.getcwd(), dict(os.environ), np.random.get_state(), random.getstate()
    printing, errors = np.get_printoptions(), np.geterr()
    modules = [(module, dict(vars(module))) for module in (math, random, np, np.random)]
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()) as said,
        tempfile.TemporaryDirectory() as home,
    ):
        os.chdir(home)
        random.seed(0)
        np.random.seed(0)
        try:
            yield said
        finally:
            for module, names in modules:  # before their own functions put the rest back
                vars(module).clear()
                vars(module).update(names)
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environment)
            np.random.set_state(luck)
            random.setstate(own)
            np.set_printoptions(**printing)
            np.seterr(**errors)


KEPT: list[dict[str, Any]] = []  # the names of a notebook when its answer was checked


def check(id: str, answer: Any) -> None:
    """What a test calls: the answer is called once here, and once more when all cells have run."""
    if id == "answer":
        KEPT.append(dict(sys._getframe(1).f_globals))
    if callable(answer):
        with contextlib.suppress(Exception):
            answer()


def a_notebook() -> dict[str, Any]:
    """The names of a notebook that is just begun."""
    KEPT.clear()
    return {"__name__": "__main__", "__builtins__": builtins, "check": check}


def shown(value: Any) -> str:
    """A value in words that are the same for the same value: of an iterator what is left in it."""
    if hasattr(value, "__next__"):
        value = list(itertools.islice(value, 5))
    value = value.random() if isinstance(value, np.random.Generator) else value
    return re.sub(r"0x[0-9A-Fa-f]+", "0x", repr(value))


def run(sources: Sequence[str], skipped: Sequence[int] = ()) -> Any:
    """Execute cells but those, and then ask the answer, with the names that there were when it was checked.

    What it gives, or the name of its error; where it was never checked, that.
    """
    space = a_notebook()
    with a_process():
        for place, source in enumerate(sources):
            if place not in skipped:
                with contextlib.suppress(Exception):
                    exec(compile(source, f"<cell {place}>", "exec"), space)
        if not KEPT:
            return "not checked"
        space.clear()
        space.update(KEPT[-1])
        try:
            return shown(space["answer"]())
        except Exception as error:
            return type(error).__name__


def traced(cells: Sequence[Cell]) -> Facts:
    """The facts of a lesson: its solution executed, with a look after each cell."""
    space = a_notebook()
    found, before = [], Before()
    with tempfile.TemporaryDirectory() as home, a_process() as said:
        before.home = home
        before.tell(space)
        for cell in cells:
            failed = False
            try:
                exec(compile(cell.source, "<cell>", "exec"), space)
            except Exception:
                failed = True
            said.seek(0)
            said.truncate()
            before.tell(space)
            facts = json.loads(said.getvalue().split("@facts ")[1])
            found.append(Traced.of({**facts, "failed": failed}))
    return Facts(tuple(cell.source for cell in cells), tuple(found))


def lesson(*plain: str, answer: str = "def answer():\n    return 1") -> list[Cell]:
    """A lesson: its set-up, plain cells, an exercise and its test."""
    return [Cell(SETUP), *map(Cell, plain), Cell(answer, "answer"), TEST]


def sliced(cells: Sequence[Cell], released: Sequence[Cell]) -> Slice:
    """Which cells of a submission are run."""
    return needed(cells, released, traced(released), SETUP)


def sources_of(cells: Sequence[Cell]) -> list[str]:
    """The cells' sources."""
    return [cell.source for cell in cells]


__all__ = ["SETUP", "TEST", "lesson", "run", "sliced", "sources_of", "traced"]
