"""Measure the hints: how often is an answer that is wrong in a way of its own told of a mistake that is not its own?

Nobody declared these wrong answers: mutants of the lesson's solution, and the mistakes of all other exercises that take as many
arguments. Each is tried on the visible and on the hidden probes. A hint that is stated is its own where the mistake that has
it gives, on every probe on which the answer fails, what the answer gives. A hint that is worded as a question is counted apart.
"""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from autograder.authoring.functions import lesson_functions
from autograder.authoring.lesson import Lesson, lesson_path, read_lesson
from autograder.authoring.packing import HIDDEN_PACKS, refresh_hidden_packs
from autograder.exercise import Exercise
from autograder.exercises import load_exercises, units
from autograder.proof.mutation.mutants import mutants_of
from autograder.proof.prove import first_probes
from course_utils.judge import RIGHT, Verdict, find_failures, gives_the_same, judge
from course_utils.observe import observe
from course_utils.packs import read_pack

TOLERATED = 0.01  # of the wrong answers, those that are told of a mistake that is not their own
TIME_LIMIT = 0.5  # seconds for a call of a wrong answer: some of them never end


@dataclass
class HintCount:
    """What the wrong answers to one exercise were told."""

    exercise: Exercise
    wrong: int = 0  # answers that are not right on all probes
    stated: int = 0  # of these, those that were told of a mistake
    not_their_own: int = 0  # of these, those that had made another one
    asked: int = 0  # those that were asked whether it is this mistake
    explained: int = 0  # those that were told what all their wrong results, or their code, have in common
    unseen: int = 0  # those that are right on all that learners are shown
    lines: list[str] = field(default_factory=list)  # one for each that was told of another mistake


def count_hints(unit: str, progress: Callable[..., Iterable] = lambda ids, total: ids) -> list[HintCount]:
    """Try the undeclared wrong answers on every exercise of a unit whose answers are functions of plain data."""
    import keras  # noqa: F401  some mistakes import it: it takes longer than a call may

    refresh_hidden_packs(unit)
    exercises = {id: one for id, one in load_exercises(unit).items() if _takes_plain_data(one)}
    return [_count(exercises[id], read_lesson(lesson_path(unit))) for id in progress(exercises, total=len(exercises))]


def _takes_plain_data(exercise: Exercise) -> bool:
    """Whether answers are functions that neither build nor train a network, which takes seconds for each."""
    return exercise.settings["kind"] == "function" and not any(probe.ask for probe in exercise.examples)


def _count(exercise: Exercise, lesson: Lesson) -> HintCount:
    hidden = {**read_pack(exercise.unit, exercise.id, HIDDEN_PACKS), "rules": []}
    hidden["settings"] = {**hidden["settings"], "time_limit": TIME_LIMIT}
    shown = {key: part for key, part in first_probes(hidden, len(exercise.examples)).items() if key != "shown"}
    count = HintCount(exercise)
    for name, answer in (*_mutants(exercise, lesson), *_mistakes_of_others(exercise, len(hidden["parameters"]))):
        seen = observe(answer, hidden)
        failures = find_failures(hidden, seen)
        if failures:
            verdict = judge(shown, seen[: len(shown["probes"])])
            _note(count, name, verdict, _is_its_own(verdict, hidden, seen, failures))
    return count


def _note(count: HintCount, name: str, verdict: Verdict, its_own: bool) -> None:
    count.wrong += 1
    count.unseen += verdict.status == RIGHT
    if verdict.status == RIGHT:
        count.lines.append(f"{name} is right on all examples")
    count.asked += bool(verdict.guess)
    count.explained += bool(verdict.clue)
    if verdict.mistake:
        count.stated += 1
        count.not_their_own += not its_own
        if not its_own:
            count.lines.append(f"{name} is told of `{verdict.mistake}`")


def _is_its_own(verdict: Verdict, pack: dict, seen: list[dict], failures: dict) -> bool:
    """Whether the mistake whose hint was given gives what the answer gives, wherever the answer fails."""
    found = next((one for one in pack["mistakes"] if one["name"] == verdict.mistake), None)
    if found is None or not found["observations"]:
        return found is not None
    return all(gives_the_same(seen[i], found["observations"][i], pack["settings"]) for i in failures)


def _mutants(exercise: Exercise, lesson: Lesson) -> Iterator[tuple[str, Callable]]:
    """The mutants of the lesson's solution, as functions."""
    namespace = {**_globals_of(exercise.unit)}
    solution = lesson.cell_of(exercise.id, "solution")
    for number, mutant in enumerate(mutants_of(solution.source if solution else "")):
        name = f"<mutant {number} of {exercise.id}>"
        linecache.cache[name] = (len(mutant.source), None, mutant.source.splitlines(keepends=True), name)
        scope = dict(namespace)
        tree = ast.parse(mutant.source)
        tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom)]
        exec(compile(tree, name, "exec"), scope)
        yield f"mutant {mutant}", scope[exercise.id]


@functools.lru_cache
def _globals_of(unit: str) -> dict[str, Any]:
    """What the solutions of a unit can name: imports, and one another."""
    functions = lesson_functions(read_lesson(lesson_path(unit)))
    return next(iter(functions.values())).__globals__ if functions else {}


def _mistakes_of_others(exercise: Exercise, parameters: int) -> Iterator[tuple[str, Callable]]:
    """The mistakes of every other exercise of plain data that can be called with as many arguments."""
    for unit in units():
        for other in load_exercises(unit).values():
            if other.id == exercise.id or not _takes_plain_data(other):
                continue
            for mistake in other.mistakes:
                if len(inspect.signature(mistake.answer).parameters) == parameters:
                    yield f"{other.id}'s {mistake.name}", mistake.answer
