"""Prove the graders of a unit by mutants: each is handed in as a notebook to the engine, and every one must be rejected.

A mutant that is accepted shows a gap in the probes, or is no wrong answer at all. The latter are listed in
`equivalent/UNIT.toml`, by exercise, with the lines that differ and a reason that a person can check:

    [[corr2d]]
    was = "result = np.zeros(shape)"
    becomes = "result = np.ones(shape)"
    why = "every element is written afterwards"

What is good enough with some of the texts that a course's secret may hold out, and not with others, has `by_secret = true`: it may
be rejected as well.
"""

from __future__ import annotations

import ast
import json
import queue
import random
import tomllib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from autograder.authoring.lesson import Cell, Lesson, lesson_path, read_lesson
from autograder.authoring.packing import HIDDEN_PACKS, patience, refresh_hidden_packs
from autograder.course import EQUIVALENT
from autograder.declaring import shown
from autograder.engine.judge import judging
from autograder.engine.run.runner import WarmParent, default_jobs, imported_modules, make_parents
from autograder.engine.run.sandbox import Limits, missing
from autograder.exercise import Exercise
from autograder.exercises import load_exercises
from autograder.judged import Judged
from autograder.limits import MUTANT_CELL_SECONDS, MUTANT_SECONDS
from autograder.proof.mutation.mutants import Mutant, mutants_of
from course_utils.describe import encode
from course_utils.judge import RIGHT
from course_utils.packs import read_pack
from course_utils.refused import Refused

#: A mutant that never ends is wrong: there is no need to wait for it as for a learner.
LIMITS = Limits(cell_seconds=MUTANT_CELL_SECONDS, notebook_seconds=MUTANT_SECONDS)


@dataclass
class MutantProof:
    """What became of one exercise's mutants: counts, and a line for each shortcoming."""

    exercise: Exercise
    mutants: int = 0
    rejected: int = 0
    equivalent: int = 0
    shortcomings: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every mutant is rejected, or listed as equivalent, and no line of the list is out of date."""
        return not self.shortcomings


@dataclass(frozen=True)
class _Candidate:
    exercise: str
    mutant: Mutant
    cells: list[str]


def prove_mutants(
    unit: str, sample: int | None = None, progress: Callable[..., Iterable] = lambda verdicts, total: verdicts
) -> list[MutantProof]:
    """Grade the mutants of every exercise of a unit, or a fixed `sample` of each one's; not of those that `is_trained`.

    Of an exercise whose answers are models, which take seconds to build, a sample has one.

    `progress` may wrap the mutants' verdicts in a bar. Raises
    Refused where the solution itself is not accepted, or where the list of equivalent mutants names no exercise.
    """
    lesson, exercises = read_lesson(lesson_path(unit)), load_exercises(unit)
    functions = {id: one for id, one in exercises.items() if not is_trained(one)}
    proofs = {id: MutantProof(one) for id, one in functions.items()}
    refresh_hidden_packs(unit)  # kept on the disk: making them takes longer than grading a sample
    packs = {id: _impatient(read_pack(unit, id, HIDDEN_PACKS)) for id in functions}
    candidates = [
        found
        for id, one in functions.items()
        for found in _candidates(lesson, id, sample and (1 if _builds_models(one) else sample))
    ]
    listed = _read_equivalent(unit)
    survivors: dict[str, list[Mutant]] = {id: [] for id in functions}
    with _Graders(lesson, packs) as graders:
        for id in functions:
            if (score := graders.grade(id, _cells(lesson, id, {}))).status != RIGHT:
                raise Refused(f"{unit}: the lesson's own solution is not accepted: {score.words}")
        for candidate, score in progress(graders.grade_all(candidates), total=len(candidates)):
            proof = proofs[candidate.exercise]
            proof.mutants += 1
            if score.status == RIGHT:
                survivors[candidate.exercise].append(candidate.mutant)
            else:
                proof.rejected += 1
    for id, proof in proofs.items():
        _settle(proof, survivors[id], listed.get(id, []), whole=sample is None)
    for id in set(listed) - set(functions):
        raise Refused(f"{EQUIVALENT / unit}.toml lists mutants of {id!r}, which is not an exercise of the unit")
    return list(proofs.values())


def is_trained(exercise: Exercise) -> bool:
    """Whether what is judged is how well a network does after training.

    There another number in the solution is another right answer, or a worse network that is good enough; how good is good
    enough is a matter of calibration, with right and wrong networks (tests/lessons/calibration_05.py), and not of mutants.
    """
    bounded = any((probe.expect or {}).get("accuracy") for probe in exercise.examples)
    return bounded or exercise.settings["kind"] == "model"


def _builds_models(exercise: Exercise) -> bool:
    return any(probe.ask for probe in exercise.examples)


def _settle(proof: MutantProof, survivors: list[Mutant], listed: list[dict], whole: bool) -> None:
    """Count the survivors that are listed; say which are not, and which lines of the list are out of date."""
    known = {(entry["was"], entry["becomes"]) for entry in listed if entry.get("why", "").strip()}
    proof.shortcomings += [
        f"listed without a reason (why): {e['becomes']}" for e in listed if not e.get("why", "").strip()
    ]
    for mutant in survivors:
        if (mutant.was, mutant.becomes) in known:
            proof.equivalent += 1
        else:
            path = EQUIVALENT / f"{proof.exercise.unit}.toml"
            proof.shortcomings.append(
                f"a mutant is accepted ({mutant.operator}):\n    {mutant.was}\n    {mutant.becomes}\n"
                "  Add a probe to `hidden` on which it is wrong. If it is wrong on none, these lines, with your reason, go into "
                f"{shown(path)}:\n\n{_entry(proof.exercise.id, mutant)}"
            )
    if whole:
        alive = {(mutant.was, mutant.becomes) for mutant in survivors}
        certain = [entry for entry in listed if not entry.get("by_secret")]
        stale = [entry for entry in certain if (entry["was"], entry["becomes"]) not in alive]
        proof.shortcomings += [f"listed as equivalent, but not a survivor: {entry['becomes']}" for entry in stale]


def _entry(exercise: str, mutant: Mutant) -> str:
    """A mutant as the list of those that are no wrong answers has it; why, is for a person to say."""
    return f'[[{exercise}]]\nwas = {_toml(mutant.was)}\nbecomes = {_toml(mutant.becomes)}\nwhy = ""\n'


def _toml(text: str) -> str:
    """A text as TOML writes it: between single quotes as it is, where it has none."""
    return f"'{text}'" if "'" not in text else json.dumps(text, ensure_ascii=False)


def _read_equivalent(unit: str) -> dict[str, list[dict]]:
    path = EQUIVALENT / f"{unit}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _candidates(lesson: Lesson, id: str, sample: int | None) -> list[_Candidate]:
    """The mutants of an exercise's solution cells, or a sample that is the same in every run."""
    cells = [cell for cell in lesson.cells if cell.role == "solution" and cell.exercise == id]
    found = [
        _Candidate(id, mutant, _cells(lesson, id, {cell.id: mutant.source}))
        for cell in cells
        for mutant in mutants_of(cell.source)
    ]
    return found if sample is None else random.Random(id).sample(found, min(sample, len(found)))


def _cells(lesson: Lesson, id: str, changed: dict[str, str]) -> list[str]:
    """A notebook of one exercise: the lesson's imports, what its solutions define, the exercise's test."""
    sources = {cell.id: changed.get(cell.id, cell.source) for cell in lesson.cells if cell.role == "solution"}
    imports = "\n".join(dict.fromkeys(line for cell in lesson.cells for line in _imports(cell)))
    return [imports, *(_definitions(source) for source in sources.values()), _test(id)]


def _imports(cell: Cell) -> list[str]:
    if cell.kind != "code":
        return []
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:  # an IPython magic
        return []
    return [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def _definitions(source: str) -> str:
    """The functions and classes that a cell defines, as they are written: rules read their source."""
    kept = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    nodes = [node for node in ast.parse(source).body if isinstance(node, kept)]
    lines = source.splitlines()
    return "\n\n".join("\n".join(lines[_first_line(node) - 1 : node.end_lineno]) for node in nodes)


def _first_line(node: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])


def _test(id: str) -> str:
    return f'check = print\ncheck("{id}")\nfrom autograder import grade\n\ngrade("{id}", {id})'


def _impatient(pack: dict) -> dict:
    """The pack, with less time for a call where no model is built."""
    return {**pack, "settings": {**pack["settings"], "time_limit": patience(pack)}}


class _Graders:
    """Warm parents that grade notebooks of one exercise, one parent for each core. A context manager."""

    def __init__(self, lesson: Lesson, packs: dict[str, dict]) -> None:
        self._packs = packs
        self._raw = {id: json.loads(json.dumps(encode(pack))) for id, pack in packs.items()}
        modules = imported_modules(cell.source for cell in lesson.cells if cell.kind == "code")
        self._parents = make_parents(default_jobs(), modules, sandboxed=not missing())

    def __enter__(self) -> _Graders:
        return self

    def __exit__(self, *error: object) -> None:
        for parent in self._parents:
            parent.stop()

    def grade(self, exercise: str, sources: list[str], parent: WarmParent | None = None) -> Judged:
        """Run and judge a notebook that ends with the exercise's test."""
        *cells, test = map(_as_cell, sources)
        test["metadata"] = {"nbgrader": {"grade": True, "solution": False}}
        notebook = {"cells": [*cells, test], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        hidden = judging.hidden_of({exercise: self._raw[exercise]})
        result = (parent or self._parents[0]).run(sources, hidden, LIMITS)
        return judging.fill_in(notebook, result, {exercise: self._packs[exercise]}).scores[exercise]

    def grade_all(self, candidates: list[_Candidate]) -> Iterator[tuple[_Candidate, Judged]]:
        """Grade the candidates, several at a time, and give each with its score, in their order."""
        free: queue.SimpleQueue[WarmParent] = queue.SimpleQueue()
        for parent in self._parents:
            free.put(parent)

        def grade(candidate: _Candidate) -> Judged:
            parent = free.get()
            try:
                return self.grade(candidate.exercise, candidate.cells, parent)
            finally:
                free.put(parent)

        with ThreadPoolExecutor(len(self._parents)) as pool:
            waiting = [pool.submit(grade, candidate) for candidate in candidates]
            for candidate, score in zip(candidates, waiting, strict=True):
                yield candidate, score.result()


def _as_cell(source: str) -> dict:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
