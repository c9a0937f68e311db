"""Prove of a unit that running only what answers need gives the same as running all: the same points, status and observations.

The solution is graded both ways, and with it notebooks in which every exercise is answered by a declared right answer or a
mistake. Nothing here is put right afterwards, as grading would: what a slice lacks is seen.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.authoring.build import solution_path
from autograder.authoring.cells import code_cells, grade_id, source_of
from autograder.authoring.packing import HIDDEN_PACKS, refresh_hidden_packs
from autograder.authoring.tracing import trace, write_facts
from autograder.common.own_source import own_source
from autograder.engine.judge import judging
from autograder.engine.run.ready import loaders_in, ready_for
from autograder.engine.run.runner import Result, WarmParent, imported_modules
from autograder.engine.run.sandbox import Limits, missing
from autograder.engine.submitted.repair import Lesson, executed
from autograder.engine.submitted.sliced import Slicer, without_skipped
from autograder.exercises import load_exercises
from autograder.slicing.facts import TRACED, Facts
from course_utils.packs import read_pack
from course_utils.refused import Refused

#: By how much, relatively and absolutely, predictions may differ that a training has rounded on its way.
ROUNDING = 1e-3


@dataclass
class SliceProof:
    """What was found about one unit: the notebooks compared, seconds of the processor, cells skipped; what differs, a line each."""

    unit: str
    notebooks: int = 0
    whole_seconds: float = 0.0  # of the solution, its libraries imported and its data sets read
    sliced_seconds: float = 0.0
    cells: int = 0
    ran: int = 0  # of these, what is run of the solution
    run: dict[int, str] = field(default_factory=dict)  # of these, the lesson's plain cells: place -> why
    skipped: dict[int, str] = field(default_factory=dict)  # of the solution: place -> first line
    shortcomings: list[str] = field(default_factory=list)
    unsteady: set[str] = field(default_factory=set)  # exercises whose values differ from run to run, also of the whole
    rounded: set[str] = field(default_factory=set)  # exercises that differ by rounding in training alone

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.shortcomings


def prove_slices(
    unit: str, variants: int = 0, progress: Callable[[Iterable], Iterable] = iter, folder: Path = TRACED
) -> SliceProof:
    """Prove one unit, by its solution and `variants` more notebooks; where its solution is not traced, trace it first.

    What is traced lies in `folder`.

    Raises Refused where there is no solution, or where it does not run to its end.
    """
    path = solution_path(unit)
    if not path.exists():
        raise Refused(f"{unit} has no solution; run `autograder build {unit[:2]}` first")
    solution = _with_whole_sources(json.loads(path.read_text(encoding="utf-8")))
    sources = [cell["source"] for cell in code_cells(solution)]
    refresh_hidden_packs(unit)
    packs = {id: read_pack(unit, id, HIDDEN_PACKS) for id in load_exercises(unit)}
    proof = SliceProof(unit)
    ready = ready_for(imported_modules(sources), None, loaders_in(sources))
    with WarmParent(ready, sandboxed=not missing()) as parent:
        if Facts.load(unit, sources, folder) is None:
            write_facts(unit, solution, trace(parent, sources), folder)
        slicer = Slicer.of(unit, solution, folder)
        both = _Both(parent, slicer, Lesson.of(solution), packs)
        notebooks = [("the solution", solution), *_variants(unit, solution, variants)]
        for name, notebook in progress(notebooks):
            both.compare(proof, name, notebook)
    return proof


class _Both:
    """Runs a notebook whole and in part, and compares."""

    def __init__(self, parent: WarmParent, slicer: Slicer, lesson: Lesson, packs: dict[str, dict]) -> None:
        from course_utils.describe import encode

        self._parent, self._slicer, self._lesson, self._packs = parent, slicer, lesson, packs
        self._hidden = judging.hidden_of({id: json.loads(json.dumps(encode(pack))) for id, pack in packs.items()})

    def compare(self, proof: SliceProof, name: str, notebook: dict) -> None:
        """Note what differs; of the first notebook, which is the solution, also what is run."""
        found = self._slicer.slice_of(notebook)
        sources = executed(notebook, self._lesson)
        whole, points = self._run(notebook, sources)
        part, others = self._run(notebook, without_skipped(sources, found))
        if not proof.notebooks:
            proof.cells, proof.ran = len(sources), len(found.run)
            cells = code_cells(notebook)
            proof.run = {place: why for place, why in found.run.items() if not grade_id(cells[place])}
            proof.skipped = {place: sources[place].strip().partition("\n")[0] for place in found.skipped}
            proof.whole_seconds, proof.sliced_seconds = whole.cpu, part.cpu
            if found.whole:
                proof.shortcomings.append(f"all cells of the solution are run: {found.whole}")
        proof.notebooks += 1
        differ = []
        for id, score in points.items():
            other = others[id]
            if (score.points, score.status) != (other.points, other.status):
                words = f"{score.points:g} points, {score.status}; in part {other.points:g}, {other.status}"
                proof.shortcomings.append(f"{name}: {id} gets {words}")
            elif _answers(whole, id) != _answers(part, id):
                near = alike(_given(whole, id), _given(part, id))
                proof.rounded |= {id} if near else set()
                differ += [] if near else [id]
        if differ:  # a training with threads may differ from itself
            again = self._run(notebook, sources)[0], self._run(notebook, without_skipped(sources, found))[0]
            steady = [
                all(_answers(a, id) == _answers(b, id) for a, b in zip((whole, part), again, strict=True))
                for id in differ
            ]
            proof.unsteady |= {id for id, same in zip(differ, steady, strict=True) if not same}
            proof.shortcomings += [
                f"{name}: {id} gives other values where only a part is run; seed in its own cell"
                for id, same in zip(differ, steady, strict=True)
                if same
            ]

    def _run(self, notebook: dict, sources: list[str]) -> tuple[Result, dict[str, Any]]:
        result = self._parent.run(sources, self._hidden, Limits())
        judgement = judging.fill_in(copy.deepcopy(notebook), result, self._packs)
        return result, judgement.scores


def _answers(result: Result, id: str) -> str:
    """What left the sandbox of an answer, but for the places in memory that texts of errors name."""
    return re.sub(r"\b0x[0-9a-f]+\b", "0x", json.dumps(_given(result, id), sort_keys=True))


def _given(result: Result, id: str) -> list[dict]:
    return [answer for answer in result.answers if answer.get("answer") == id]


def alike(one: Any, other: Any, trained: bool = False) -> bool:
    """Whether two encoded observations are equal but for the rounding of what models predict, and that is small.

    Keras numbers the names of layers through a whole session, and TensorFlow rewrites a graph in an order that depends on names:
    where other layers were made before, sums are added in another order. In unit 09 probabilities differ by 4e-7 after five epochs.
    `trained`: whether these are part of what a model predicts; anything else is equal or not.
    """
    if trained and isinstance(one, dict) and isinstance(other, dict) and one.get("type") == "array":
        return _close(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        models = one.get("type") == "model"
        same = one.keys() == other.keys()
        return same and all(alike(one[key], other[key], models and key == "predictions") for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(alike(*both, trained) for both in zip(one, other, strict=True))
    return type(one) is type(other) and one == other


def _close(one: dict, other: dict) -> bool:
    """Whether two encoded arrays of one dtype and shape hold nearly the same."""
    import numpy as np

    from course_utils.describe import decode

    if {**one, "value": None} != {**other, "value": None}:
        return False
    found, expected = decode(one)["value"], decode(other)["value"]
    if found.dtype.kind != "f":
        return bool(np.array_equal(found, expected))
    return np.allclose(found, expected, rtol=ROUNDING, atol=ROUNDING, equal_nan=True)


def _with_whole_sources(notebook: dict) -> dict:
    for cell in notebook["cells"]:
        cell["source"] = source_of(cell)
    return notebook


def _variants(unit: str, solution: dict, count: int) -> Iterator[tuple[str, dict]]:
    """Notebooks in which each exercise is answered by one of its declared answers whose source says all that it needs."""
    pools = {}
    for id, exercise in load_exercises(unit).items():
        answers = [*exercise.right_answers.values(), *(mistake.answer for mistake in exercise.mistakes)]
        pools[id] = [source for answer in answers if (source := own_source(id, answer))]
    for number in range(count):
        notebook, names = copy.deepcopy(solution), []
        for cell in code_cells(notebook):
            pool = pools.get(grade_id(cell))
            if pool and number < len(pool):
                cell["source"] = pool[number]
                names.append(grade_id(cell))
        if names:
            yield f"declared answers {number + 1} ({len(names)} exercises)", notebook
