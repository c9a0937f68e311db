"""All runs of one notebook: to its last answer, once more put right where something around an answer may cost its points.

Every run is one in a fresh sandbox, judged by itself. All repetitions together have the time of one notebook.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from autograder.engine import judging
from autograder.engine.repair import Attempt, Lesson, Suspicion, executed
from autograder.engine.runner import Result
from autograder.engine.sandbox import Limits
from autograder.engine.warm import KILLED
from course_utils.judge import NOT_ATTEMPTED

RETRIES = 2  # of a notebook that somebody else killed
MORE_RUNS = 5  # of a notebook whose answers end its process
MAX_WORDS = 120  # characters of an error that a remark quotes

Run = Callable[[list[str], dict, Limits, dict], Result]


def run_and_judge(
    notebook: dict, packs: Any, lesson: Lesson, limits: Limits, files: dict, run: Run
) -> tuple[Result, judging.Judgement]:
    """Run a restored notebook and write outputs and verdicts into its cells; run it put right where that may earn more.

    `packs` has the hidden packs as JSON (`raw`) and decoded (`decoded`). The better of two counts, by exercise, with a remark.
    """
    began = time.monotonic()
    hidden = judging.hidden_of(packs.raw)
    result = run_to_last_answer(executed(notebook, lesson), hidden, limits, files, run)
    judgement = judging.fill_in(notebook, result, packs.decoded)
    errors = _errors(notebook)
    lost = [id for id, score in judgement.scores.items() if score.points < score.most and score.status != "refused"]
    left = limits.notebook_seconds - (time.monotonic() - began - result.waited)
    if lost and left > 0:
        suspicion = Suspicion(notebook, lesson, errors)
        lost = [id for id in lost if suspicion.concerns(id, _how_answered(id, judgement, result))]
        if lost:
            attempt = suspicion.put_right(lost)
            _try(attempt, notebook, packs, limits.within(left), files, run, (result, judgement))
    judgement.remarks += _about_missing(judgement, errors)
    return result, judgement


def _try(
    attempt: Attempt,
    notebook: dict,
    packs: Any,
    limits: Limits,
    files: dict,
    run: Run,
    first: tuple[Result, judging.Judgement],
) -> None:
    """Run a notebook put right, and take over what is better in it."""
    result, judgement = first
    hidden = {id: pack for id, pack in judging.hidden_of(packs.raw).items() if id in attempt.tests}
    second = run_to_last_answer(attempt.sources, hidden, limits, files, run)
    made = _notebook_of(attempt)
    seen = judging.fill_in(made, second, {id: packs.decoded[id] for id in hidden})
    better = [id for id, score in seen.scores.items() if score.points > judgement.scores[id].points]
    for id in better:
        judging.replace_score(notebook, judgement, seen.scores[id], made["cells"][attempt.tests[id]]["outputs"])
        result.take(second, id)
        if id in attempt.of:
            judgement.remarks.append(f"{id}: {attempt.of[id]}; it was graded all the same")
    general = [id for id in better if id not in attempt.of] or better
    whom = ", ".join(general) if len(general) < 4 else f"{len(general)} exercises"
    judgement.remarks += [f"{words} (for {whom})" for words in attempt.for_all if better]
    result.waited += second.waited


def _notebook_of(attempt: Attempt) -> dict:
    """A notebook put right as one whose outputs and scores can be filled in."""
    tests = set(attempt.tests.values())
    cells = []
    for place, source in enumerate(attempt.sources):
        metadata = {"nbgrader": {"grade": True, "solution": False}} if place in tests else {}
        cells.append({"cell_type": "code", "source": source, "metadata": metadata, "outputs": []})
    for id, place in attempt.tests.items():
        cells[place]["source"] = f"check({id!r}, {id})"  # by which the judge knows whose test it is
    return {"cells": cells, "metadata": {}}


def _how_answered(id: str, judgement: judging.Judgement, result: Result) -> str:
    """How an exercise was answered, as `Suspicion.concerns` asks for it."""
    status = judgement.scores[id].status
    if status == "no answer":
        return status
    if status == NOT_ATTEMPTED:
        return "stub"
    (answer,) = [answer for answer in result.answers if answer.get("answer") == id] or [{}]
    observed = answer.get("observations")
    raised = isinstance(observed, list) and any(isinstance(o, dict) and o.get("outcome") == "raised" for o in observed)
    return "raised" if raised else "other"


def _errors(notebook: dict) -> dict[int, str]:
    """The errors that code cells ended with, by their number among them; those of tests are left out."""
    found = {}
    for index, cell in enumerate(judging.code_cells(notebook)):
        for output in cell["outputs"]:
            if output["output_type"] == "error" and not judging.exercise_of(cell):
                found.setdefault(index, shown(f"{output['ename']}: {output['evalue']}"))
    return found


def shown(words: str) -> str:
    """Words that a learner's code chose, for a line that an instructor reads: short, on one line, nothing but text."""
    line = " ".join(words.split())
    return "".join(c if c.isprintable() else "?" for c in line[:MAX_WORDS]) + ("..." if len(line) > MAX_WORDS else "")


def _about_missing(judgement: judging.Judgement, errors: dict[int, str]) -> list[str]:
    """A remark for each reason why answers are missing, with the notebook's first error: never nine errors and no remark."""
    by_reason: dict[str, list[str]] = {}
    for id, score in judgement.scores.items():
        if score.status == "no answer":
            reason = score.words.removeprefix(f"{id}: no answer, ").replace(f"'{id}'", "its name").rstrip(".")
            by_reason.setdefault(shown(reason), []).append(id)
    at = min(errors, default=None)
    first = f"; the first error of the notebook is in its code cell {at + 1}, {errors[at]}" if at is not None else ""
    return [f"no answer to {', '.join(ids)}: {reason}{first}" for reason, ids in by_reason.items()]


def run_to_last_answer(sources: list[str], hidden: dict, limits: Limits, files: dict, run: Run) -> Result:
    """Run a notebook; where a cell or an answer ends the process, run again for the answers that were lost with it.

    Where a cell did, once more up to that cell. Where an answer did when it was called on the hidden probes, once more
    for the others, and again where another one did: MORE_RUNS times at most, begun within the time of one notebook.
    """
    began = time.monotonic()
    result = last = _run_past_kills(sources, hidden, limits, files, run)
    if result.reason and isinstance(result.at, int) and 0 < result.at < len(sources) and not result.sealed:
        sources = sources[: result.at]
        last = _run_past_kills(sources, hidden, limits, files, run)
        result.answers, result.sealed = last.answers, last.sealed
        result.seconds = last.seconds
    left = {id: pack for id, pack in hidden.items() if result.sealed.count(id) == 1}
    for _ in range(MORE_RUNS):
        for id in [last.at, *(answer["answer"] for answer in last.answers)]:
            left.pop(id if isinstance(id, str) else "", None)
        ours = last.reason and isinstance(last.at, str) and not last.reason.startswith(("forged", "malformed"))
        if not ours or not left or time.monotonic() - began > limits.notebook_seconds:
            break
        last = _run_past_kills(sources, left, limits, files, run)
        if last.sealed != result.sealed:  # it does not do the same again: nothing of this run belongs to the first
            break
        result.answers += [answer for answer in last.answers if answer["answer"] in left]
        result.interrupted += [at for at in last.interrupted if at in left]
        result.seconds |= {id: seconds for id, seconds in last.seconds.items() if id in left}
    return result


def _run_past_kills(sources: list[str], hidden: dict, limits: Limits, files: dict, run: Run) -> Result:
    """Run a notebook; again where somebody else killed it (a full machine, an administrator): that was not its doing."""
    for _ in range(RETRIES):
        result = run(sources, hidden, limits, files)
        if not result.reason.startswith(KILLED):
            return result
    return run(sources, hidden, limits, files)
