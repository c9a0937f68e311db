"""All runs of one notebook: to its last answer, alone where its time ran out, put right where its points may have been lost.

Every run is one in a fresh sandbox, judged by itself. All repetitions together have the time of one notebook.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from autograder.authoring.cells import code_cells, exercise_of
from autograder.engine.judge import judging, steps
from autograder.engine.judge.output_room import OutputRoom
from autograder.engine.run.ended import UNTRUE, End, Ended
from autograder.engine.run.ready import imported_by
from autograder.engine.run.runner import Result
from autograder.engine.run.sandbox import Limits
from autograder.engine.submitted.repair import Attempt, Lesson, Suspicion, executed
from autograder.engine.submitted.sliced import Slicer, without_skipped
from autograder.judged import NO_ANSWER, REFUSED
from autograder.limits import KILLED_RETRIES, MAX_WORDS, MORE_RUNS
from autograder.slicing.needed import Slice
from course_utils.judge import NOT_ATTEMPTED
from course_utils.terminal import shown

Run = Callable[[list[str], dict, Limits, dict], Result]
Judged = tuple[Result, judging.Judgement]


class Runs:
    """Runs of one notebook: the first has its full time, all that come after it together as much again."""

    def __init__(self, limits: Limits, files: dict, run: Run) -> None:
        self.limits, self.files, self.run = limits, files, run
        self.left = limits.notebook_seconds
        self.processor = 0.0  # seconds that they took so far

    def first(self, sources: list[str], hidden: dict) -> Result:
        """The first run."""
        result = self.run(sources, hidden, self.limits.importing(imported_by(sources)), self.files)
        self.processor += result.cpu
        return result

    def again(self, sources: list[str], hidden: dict, run: Run | None = None) -> Result | None:
        """Another run; None where there is no time left for it."""
        if self.left <= 0:
            return None
        limits = self.limits.within(self.left).importing(imported_by(sources))
        result = (run or self.run)(sources, hidden, limits, self.files)
        self.left -= result.used
        self.processor += result.cpu
        return result


def run_and_judge(
    notebook: dict,
    packs: Any,
    lesson: Lesson,
    limits: Limits,
    files: dict,
    run: Run,
    alone: Run | None = None,
    slicer: Slicer | None = None,
) -> tuple[Result, judging.Judgement]:
    """Run a restored notebook and write outputs and verdicts into its cells; run it again where that may earn more.

    `packs` has the hidden packs as JSON (`raw`) and decoded (`decoded`); `alone` runs a notebook while no other one runs.
    The better of two runs counts, with a remark. With a `slicer` only what answers need is run.
    """
    runs, before = Runs(limits, files, run), 0.0
    if slicer is not None and steps.begin(steps.SLICE):
        found = slicer.slice_of(notebook, list(files))
        if not found.whole and (judged := _run_slice(notebook, packs, lesson, runs, slicer, found)):
            judged[1].processor = runs.processor
            return judged
        runs, before = Runs(limits, files, run), runs.processor
        ran = f"all cells: {found.whole or 'points were lost where only a part of them ran'}"
    else:
        ran = "all cells"
    result, judgement = _run_whole(notebook, packs, lesson, runs, alone)
    judgement.ran, judgement.processor = ran, before + runs.processor
    return result, judgement


def _run_slice(notebook: dict, packs: Any, lesson: Lesson, runs: Runs, slicer: Slicer, found: Slice) -> Judged | None:
    """Run what answers need; None where all must run after all.

    That is where something failed that a skipped cell might have made work, time ran out by the clock, or something is to
    be put right.
    """
    sources, hidden = without_skipped(executed(notebook, lesson), found), judging.hidden_of(packs.raw)
    result = run_to_last_answer(runs, sources, hidden)
    tried = copy.deepcopy(notebook)
    judgement = judging.fill_in(tried, result, packs.decoded)
    if result.by_clock or _lacks_a_name(tried, judgement, result, found.lost | found.named):
        return None
    lost = [(id, _how_answered(id, judgement, result)) for id in _lost(judgement)]
    suspicion = Suspicion(tried, lesson, _errors(tried)) if lost else None
    reads = {exercise_of(cell): found.reads.get(place) for place, cell in enumerate(code_cells(notebook))}
    if any(how == "raised" and _may_lack(reads.get(id), found.lost) for id, how in lost):
        return None
    if suspicion and any(suspicion.concerns(id, how) for id, how in lost):
        return None
    kept, shown = OutputRoom(), slicer.shown(found, judging.clean_output)
    for place, (cell, other) in enumerate(zip(code_cells(notebook), code_cells(tried), strict=True)):
        cell.update(other)
        if place in shown:
            cell["outputs"] = kept.keep(shown[place])
            cell["execution_count"] = None
    judgement.remarks += _about_missing(judgement, _errors(tried))
    judgement.ran = f"{len(found.run)} of {len(sources)} code cells: what answers need"
    return result, judgement


def _may_lack(reads: frozenset[str] | None, lost: frozenset[str]) -> bool:
    """Whether an answer that reads these names may miss what skipped cells did."""
    return reads is None or bool(reads & lost)


_UNDEFINED = re.compile(r"name '([^']+)' is not defined")


def _lacks_a_name(notebook: dict, judgement: judging.Judgement, result: Result, given: frozenset[str]) -> bool:
    """Whether anything that ran, or an answer when it was called, may have missed a name that skipped cells give.

    `given`: such names, and all words in these cells. A NameError that names another, and an answer that only such an error
    kept from coming, are the learner's own.
    """
    words = [
        str(output.get("evalue"))
        for cell in code_cells(notebook)
        for output in cell["outputs"]
        if output.get("ename") == "NameError"
    ]
    seen = [o for answer in result.answers for o in answer.get("observations") or () if isinstance(o, dict)]
    words += [text for o in seen if "NameError" in (text := str(o.get("error"))[:MAX_WORDS])]
    for score in judgement.scores.values():
        if score.status == NO_ANSWER:
            words.append(score.why)
    names = [_UNDEFINED.search(text) for text in words]
    return any(name is None or name[1] in given for name in names)


def _run_whole(
    notebook: dict, packs: Any, lesson: Lesson, runs: Runs, alone: Run | None
) -> tuple[Result, judging.Judgement]:
    hidden = judging.hidden_of(packs.raw)
    sources = executed(notebook, lesson)
    result = run_to_last_answer(runs, sources, hidden)
    judgement = judging.fill_in(notebook, result, packs.decoded)
    if result.by_clock and _lost(judgement):
        result, judgement = _try_alone(runs, sources, notebook, packs, alone, (result, judgement))
    errors = _errors(notebook)
    if (lost := _lost(judgement)) and steps.begin(steps.REPAIR):
        suspicion = Suspicion(notebook, lesson, errors)
        lost = [id for id in lost if suspicion.concerns(id, _how_answered(id, judgement, result))]
        if lost:
            _try_put_right(runs, suspicion.put_right(lost), notebook, packs, (result, judgement))
    judgement.remarks += _about_missing(judgement, errors)
    return result, judgement


def _lost(judgement: judging.Judgement) -> list[str]:
    """The exercises that lost points; those with a forged answer, which counts as none, are left out."""
    return [id for id, s in judgement.scores.items() if not s.is_full and s.status != REFUSED]


def _try_alone(runs: Runs, sources: list[str], notebook: dict, packs: Any, alone: Run | None, first: Judged) -> Judged:
    """What ran out of time by the clock is run once more, alone on this machine, before it costs points."""
    second = repeat_to_last_answer(runs, sources, judging.hidden_of(packs.raw), alone or runs.run)
    if second is None:
        return first
    tried = copy.deepcopy(notebook)
    judgement = judging.fill_in(tried, second, packs.decoded)
    second.waited += first[0].waited
    if judgement.points() <= first[1].points():
        return first
    for cell, other in zip(notebook["cells"], tried["cells"], strict=True):
        cell.update(other)
    judgement.remarks.append("its time ran out beside other notebooks; it was run once more, alone")
    return second, judgement


def _try_put_right(runs: Runs, attempt: Attempt, notebook: dict, packs: Any, first: Judged) -> None:
    """Run a notebook put right, and take over what is better in it."""
    result, judgement = first
    hidden = {id: pack for id, pack in judging.hidden_of(packs.raw).items() if id in attempt.tests}
    second = repeat_to_last_answer(runs, attempt.sources, hidden, runs.run)
    if second is None:
        return
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
    if status == NO_ANSWER:
        return status
    if status == NOT_ATTEMPTED:
        return "stub"
    (answer,) = [answer for answer in result.answers if answer.get("answer") == id] or [{}]
    observed = answer.get("observations")
    raised = isinstance(observed, list) and any(isinstance(o, dict) and o.get("outcome") == "raised" for o in observed)
    return "raised" if raised else "other"


def _errors(notebook: dict) -> dict[int, str]:
    """The errors that code cells ended with, by their number among them; those of tests are left out."""
    found: dict[int, str] = {}
    for index, cell in enumerate(code_cells(notebook)):
        for output in cell["outputs"]:
            if output["output_type"] == "error" and not exercise_of(cell):
                found.setdefault(index, quoted(f"{output['ename']}: {output['evalue']}"))
    return found


def quoted(words: str) -> str:
    """Words that a learner's code chose, for a line that an instructor reads: short, on one line, nothing but text."""
    line = " ".join(words.split())
    return shown(line[:MAX_WORDS]) + ("..." if len(line) > MAX_WORDS else "")


def _about_missing(judgement: judging.Judgement, errors: dict[int, str]) -> list[str]:
    """A remark for each reason why answers are missing, with the notebook's first error: never nine errors and no remark."""
    by_reason: dict[str, list[str]] = {}
    for id, score in judgement.scores.items():
        if score.status == NO_ANSWER:
            reason = score.why.rstrip(".") or "none left the notebook"
            if reason == f"NameError: name '{id}' is not defined":  # Python's own words
                reason = "when it is tested, nothing has defined it"
            by_reason.setdefault(quoted(reason), []).append(id)
    at = min(errors, default=None)
    first = f"; the first error of the notebook is in its code cell {at + 1}, {errors[at]}" if at is not None else ""
    return [f"no answer to {', '.join(ids)}: {reason}{first}" for reason, ids in by_reason.items()]


def run_to_last_answer(runs: Runs, sources: list[str], hidden: dict) -> Result:
    """Run a notebook; where a cell or an answer ends the process, run again for the answers that were lost with it.

    Where a cell did, once more without it, and again where another one does. Where an answer did when it was called on
    the hidden probes, once more for the others. MORE_RUNS times at most of each.
    """
    return _to_last_answer(runs, runs.first(sources, hidden), sources, hidden)


def repeat_to_last_answer(runs: Runs, sources: list[str], hidden: dict, run: Run) -> Result | None:
    """The same where even the first run is a repetition, made by `run`; None where there is no time for one."""
    result = runs.again(sources, hidden, run)
    return None if result is None else _to_last_answer(runs, result, sources, hidden)


def _to_last_answer(runs: Runs, result: Result, sources: list[str], hidden: dict) -> Result:
    result = last = _past_kills(runs, result, sources, hidden)
    for _ in range(MORE_RUNS):
        if not (last.ended and isinstance(last.at, int) and last.at < len(sources) and not last.sealed):
            break
        sources = _without(last.at, last.ended, result, sources)
        found = runs.again(sources, hidden)
        if found is None:
            break
        last = _past_kills(runs, found, sources, hidden)
        _go_on_with(result, last)
    _ask_the_others(runs, result, last, sources, hidden)
    return result


#: Ends of a run after which nothing that came behind the cell is executed: it forged, or there is no time for it.
_FINAL = (*UNTRUE, End.ALL_TIME)


def _without(at: int, ended: Ended, result: Result, sources: list[str]) -> list[str]:
    """The sources without the cell that ended a run; which cell it was and how it ended are noted."""
    if ended.kind in _FINAL:
        return sources[:at]
    result.left_out[at] = ended.words
    return [*sources[:at], "", *sources[at + 1 :]]


def _go_on_with(result: Result, last: Result) -> None:
    """Take over what a repetition without a cell gave: answers, and outputs of cells that had not been reached."""
    result.answers, result.sealed, result.seconds = last.answers, last.sealed, last.seconds
    new = {index: outputs for index, outputs in last.outputs.items() if index not in result.left_out}
    result.outputs = new | result.outputs
    result.interrupted += [at for at in last.interrupted if at not in result.interrupted]
    result.by_clock = result.by_clock or last.by_clock
    if result.left_out and (last.ended or not (result.ended and result.ended.kind in _FINAL)):
        result.ended, result.at = last.ended, last.at


def _ask_the_others(runs: Runs, result: Result, last: Result, sources: list[str], hidden: dict) -> None:
    """Where an answer ended the process when it was called, run again for those that were still to be asked."""
    left = {id: pack for id, pack in hidden.items() if result.sealed.count(id) == 1}
    for _ in range(MORE_RUNS):
        for id in [last.at, *(answer["answer"] for answer in last.answers)]:
            left.pop(id if isinstance(id, str) else "", None)
        ours = last.ended and isinstance(last.at, str) and last.ended.kind not in UNTRUE
        found = runs.again(sources, left) if ours and left else None
        if found is None:
            return
        last = _past_kills(runs, found, sources, left)
        if last.sealed != result.sealed:  # it does not do the same again: nothing of this run belongs to the first
            return
        result.answers += [answer for answer in last.answers if answer["answer"] in left]
        result.interrupted += [at for at in last.interrupted if at in left]
        result.seconds |= {id: seconds for id, seconds in last.seconds.items() if id in left}


def _past_kills(runs: Runs, result: Result, sources: list[str], hidden: dict) -> Result:
    """The same run; again where somebody else killed it (a full machine, an administrator): that was not its doing."""
    for _ in range(KILLED_RETRIES):
        found = runs.again(sources, hidden) if result.ended and result.ended.kind == End.KILLED else None
        if found is None:
            break
        result = found
    return result
