"""What notebooks do in a real ipykernel they do in the engine: the same points, the same kinds of outputs, the same text."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path

import nbclient
import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager

from autograder.course import ROOT
from autograder.engine.judge import judging
from autograder.engine.run.runner import WarmParent
from autograder.engine.run.sandbox import Limits, missing
from course_utils.packs import FORMAT
from tests.autograder.engine.habits import HABITS, LAST, SESSIONS, Habit
from tests.autograder.engine.parity_table import PAGE, page
from tests.autograder.engine.two_exercises import DECODED, RAW

pytestmark = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")

UNIT = "00_parity"
#: A set-up cell. Its `check` says nothing, but that it calls nothing either leaves warnings as the real one does.
START = f"""
import numpy as np
from course_utils import checking

checking._unit = "{UNIT}"

def check(id, answer):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("always")
"""
LIMITS = Limits(cell_seconds=120, notebook_seconds=600)


def id_of(number: int) -> str:
    return f"habit_{number}"


def source_of_test(id: str) -> str:
    return f'check("{id}", double)\nfrom autograder import grade\ngrade("{id}", double)'


def notebook_of(habits: list[Habit]) -> tuple[list[dict], list[tuple[range, int]]]:
    """The code cells of a notebook with all habits; and for each the indices of its own cells, and of its test."""
    cells, places = [_cell(START)], []
    for number, habit in enumerate(habits):
        first = len(cells)
        cells += [_cell(source) for source in (*habit.cells, habit.answer)]
        cells.append(_cell(source_of_test(id_of(number)), test=True))
        places.append((range(first, len(cells) - 1), len(cells) - 1))
        cells += [_cell(source) for source in habit.after]
    return cells, places


def _cell(source: str, test: bool = False) -> dict:
    metadata = {"nbgrader": {"grade": True, "solution": False, "points": 2}} if test else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def in_kernel(habits: list[Habit], folder: Path) -> list[tuple[float, list[list[dict]]]]:
    """Each habit's points and its cells' outputs, from a real ipykernel that grades by itself."""
    packs = folder / "hidden" / UNIT
    packs.mkdir(parents=True)
    for number in range(len(habits)):
        (packs / f"{id_of(number)}.json").write_text(
            json.dumps(RAW["double"] | {"id": id_of(number), "format": FORMAT})
        )
    (folder / "work").mkdir()
    cells, places = notebook_of(habits)
    made = nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTEST_CURRENT_TEST", "MPLBACKEND")
    }
    environment |= {"COURSE_HIDDEN_PACKS": str(folder / "hidden"), "NBGRADER_EXECUTION": "autograde"}
    environment |= {"PYTHONPATH": str(ROOT), "HOME": str(folder), "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as sockets:  # in place of ports, which another program may take first
        kernel = AsyncKernelManager(kernel_name="python3", transport="ipc", connection_file=f"{sockets}/kernel.json")
        client = nbclient.NotebookClient(
            made, kernel, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder / "work")}}
        )
        client.execute(env=environment)
    return [(points_of(made.cells[test].outputs), [made.cells[i].outputs for i in own]) for own, test in places]


def points_of(outputs: list[dict]) -> float:
    """nbgrader's rule for a test cell: an error is nothing, a number is that number, and all else is everything."""
    if any(output["output_type"] == "error" for output in outputs):
        return 0.0
    numbers = [output["data"]["text/plain"] for output in outputs if output["output_type"] == "execute_result"]
    return float(numbers[-1]) if numbers else 2.0


def in_engine(habits: list[Habit]) -> list[tuple[float, list[list[dict]]]]:
    """The same from the engine; the outputs as they leave the sandbox, before they are cleaned and cut."""
    cells, places = notebook_of(habits)
    packs = {id_of(number): RAW["double"] for number in range(len(habits))}
    with WarmParent(slot=100 + os.getpid() % 900) as parent:
        result = parent.run([cell["source"] for cell in cells], judging.hidden_of(packs), LIMITS)
    assert not result.ended, (result.ended, result.at)
    judgement = judging.fill_in({"cells": cells}, result, dict.fromkeys(packs, DECODED["double"]))
    assert not judgement.remarks
    return [
        (judgement.scores[id_of(number)].points, [result.outputs[i] for i in own])
        for number, (own, _) in enumerate(places)
    ]


#: What is another one each time: addresses, names of cells' files, process numbers, colours.
ANOTHER = [
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"0x[0-9a-f]+"), "0x"),
    (re.compile(r"/\S*/ipykernel_\d+/\d+\.py"), "CELL.py"),
    (re.compile(r"\(\d+\.py, line"), "(CELL.py, line"),
    (re.compile(r"/\S*/work\b"), "FOLDER"),
    # what Jupyter says where a message is no JSON: see docs/parity.md
    (
        re.compile(r"\S*session.py:\d+: UserWarning: Message serialization failed.*?self.pack\(content\)\n", re.DOTALL),
        "",
    ),
]


def plain(text: str) -> str:
    if len(text) > 10_000:  # the patterns take their time, and what is long here holds nothing of the kind
        return text
    for pattern, instead in ANOTHER:
        text = pattern.sub(instead, text)
    return text


def seen(outputs: list[dict], text: bool) -> dict:
    """What of a cell's outputs must be the same. The order of streams among themselves is not: a kernel sends them apart."""
    streams: dict[str, str] = {}
    others = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + output["text"]
        elif kind == "error":
            others.append((kind, output["ename"], plain(output["evalue"]) if text else ""))
        else:
            data = output["data"]
            words = {mime: plain(str(data[mime])) for mime in data if text and not mime.startswith("image/png")}
            others.append((kind, sorted(data), words))
    said = {name: plain(text) for name, text in streams.items()}
    return {"streams": {name: said[name] if text else "" for name in said if said[name]}, "others": others}


@pytest.mark.parametrize("session", SESSIONS, ids=["shows", "speaks", "works"])
def test_habits_earn_and_show_the_same(session, tmp_path):
    theirs, ours = in_kernel(session, tmp_path), in_engine(session)
    told = {habit.name: difference(habit, *pair) for habit, pair in zip(session, zip(theirs, ours))}
    assert not {name: words for name, words in told.items() if words}


def difference(habit: Habit, theirs: tuple, ours: tuple) -> str:
    """What a habit earns or shows that it should not; empty where all is as it should be."""
    if theirs[0] != ours[0]:
        return f"a kernel gives {theirs[0]} points, the engine {ours[0]}"
    pairs = [tuple(seen(outputs, habit.text) for outputs in pair) for pair in zip(theirs[1], ours[1])]
    apart = [f"a kernel shows {kernel}, the engine {engine}" for kernel, engine in pairs if kernel != engine]
    if habit.differs:
        return "" if apart else f"nothing differs any more: {habit.differs}"
    return "; ".join(words[:2000] for words in apart)


@pytest.mark.parametrize("habit", LAST, ids=lambda habit: habit.name)
def test_what_ends_a_kernel_ends_a_cell(habit):
    (points, outputs), *_ = in_engine([habit])
    assert points == 2.0
    assert outputs[-2][0]["text"] == "on\n"


def test_there_are_many_habits():
    names = [habit.name for habit in HABITS]
    assert len(names) == len(set(names)) > 80


def test_the_page_says_what_differs():
    assert PAGE.read_text(encoding="utf-8") == page()
