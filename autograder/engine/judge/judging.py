"""The judge's table: a notebook as restored, what came out of the sandbox, the hidden packs; out comes a graded notebook.

Nothing that came out of the sandbox is believed: outputs are shown, answers are compared with what only this side knows.
An answer that is missing, repeated, malformed or too large scores its exercise 0 with a reason, and touches nothing else.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field, replace
from typing import Any

from autograder.authoring.cells import code_cells, exercise_of, source_of
from autograder.cleaning import Room, clean_bundle
from autograder.engine.judge import steps
from autograder.engine.judge.output_room import OutputRoom
from autograder.engine.run.ended import End, Ended
from autograder.engine.run.runner import Result
from autograder.judged import NO_ANSWER, NO_POINTS, REFUSED, Judged, example_in, judged, keep_in
from autograder.limits import MAX_MIME, MAX_NOTEBOOK_STEPS, MAX_OUTPUT_DEPTH, MAX_OUTPUT_TEXT, MAX_OUTPUTS
from course_utils.describe import decode
from course_utils.judge import NOT_ATTEMPTED, WRONG, judge
from course_utils.models import check_model
from course_utils.watch import UNSEEN

log = logging.getLogger(__name__)


@dataclass
class Judgement:
    """What a whole notebook earned: a score an exercise, and what the instructor should know."""

    scores: dict[str, Judged] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    ran: str = "all cells"  # what of the notebook was run, and why no less
    processor: float = 0.0  # seconds that all its runs took

    def points(self) -> float:
        """All points together."""
        return sum(score.points for score in self.scores.values())


def hidden_of(packs: dict[str, dict]) -> dict[str, dict]:
    """Of hidden packs only what may enter the sandbox: what an answer is called with, and rules. `packs` are JSON, not decoded."""
    return {id: {key: pack[key] for key in ("probes", "settings", "parameters", "rules")} for id, pack in packs.items()}


def fill_in(notebook: dict, result: Result, packs: dict[str, dict]) -> Judgement:
    """Put outputs into the notebook's cells and verdicts into its test cells; `packs` are the decoded hidden packs."""
    judgement = Judgement()
    result.ended = told_end(result)
    room, kept = Room(MAX_NOTEBOOK_STEPS), OutputRoom()
    for index, cell in enumerate(code_cells(notebook)):
        raw = result.outputs.get(index)
        cell["execution_count"] = index + 1 if raw is not None else None
        raw = [] if raw and not steps.begin(f"{steps.SHOWN} {index}") else raw
        cleaned = (clean_output(output, room) for output in (raw or [])[:MAX_OUTPUTS])
        cell["outputs"] = kept.keep([output for output in cleaned if output])
        if raw is None and (reason := result.left_out.get(index) or (result.ended and result.ended.words)):
            cell["outputs"] = [_error("NotExecuted", reason)]
        id = exercise_of(cell)
        if id in packs:
            found = score(id, result, packs[id], _in_its_place(cell))
            judgement.scores[id] = replace(found, example=example_in(raw or []))
            _write_score(cell, judgement.scores[id])
            if why := found.remark:
                judgement.remarks.append(why)
        elif id is not None:
            judgement.remarks.append(f"{id}: no hidden pack; it cannot be judged")
    if any(pack["rules"] for pack in packs.values()):
        judgement.remarks += remarks_on_the_watch(notebook)
    for at in result.interrupted:
        if at not in result.left_out and (isinstance(at, int) or at in packs):
            where = f"cell {at + 1}" if isinstance(at, int) else f"the answer to {at}"
            judgement.remarks.append(f"{where} did not finish in time and was stopped")
    for index, reason in result.left_out.items():
        words = f"cell {index + 1}: {reason}; what comes later was run without it"
        judgement.remarks.append(words)
    if result.ended and result.at in result.sealed and result.at in packs:
        how = result.ended.words
        judgement.remarks.append(f"{result.at}: called on the hidden probes it ended the notebook ({how})")
    elif result.ended:
        judgement.remarks.append(f"{result.ended.words}: what comes later was not executed")
    return judgement


#: Names by which a notebook can reach what watches rules: the watch runs among the learner's code, and can be put out.
_WATCH = re.compile(r"sys\.monitoring|sys\.setprofile|sys\.settrace|course_utils(?:\.| import )(?:watch|callables)")


def remarks_on_the_watch(notebook: dict) -> list[str]:
    """What an instructor should read where exercises have rules: cells that name what watches them."""
    return [
        f"cell {number} names `{found[0]}`, by which it could hide what an answer calls: read it"
        for number, cell in enumerate(code_cells(notebook), 1)
        if (found := _WATCH.search(source_of(cell)))
    ]


#: What is said of an end after the notebook was sealed. Whoever runs then has seen the hidden probes, and could tell them by
#: an exit status, a signal or the place of an error in forged JSON.
_TOLD = {
    End.FORGED: "forged: a frame out of turn",
    End.MALFORMED: "malformed: what left the notebook is not an answer",
    End.OUTPUT: "output: too much left the notebook",
    End.CELL_TIME: "time: it ran for too long and would not stop",
    End.ALL_TIME: "time: it ran for too long and would not stop",
    End.MEMORY: "memory: its processes together used too much",
}


def told_end(result: Result) -> Ended | None:
    """How a notebook ended, in words that can tell no probe; as it is where no probe had been seen yet."""
    if not result.ended or not result.sealed or isinstance(result.at, int):
        return result.ended
    return replace(result.ended, words=_TOLD.get(result.ended.kind, "its process ended"))


def write_scores(notebook: dict, scores: dict[str, Judged]) -> Judgement:
    """Put scores into a graded notebook's test cells in the place of those there; outputs of other cells stay as they are."""
    judgement = Judgement()
    for cell in code_cells(notebook):
        id = exercise_of(cell)
        if id in scores:
            judgement.scores[id] = scores[id]
            _write_score(cell, scores[id])
    return judgement


def replace_score(notebook: dict, judgement: Judgement, score: Judged, outputs: list[dict]) -> None:
    """Put the score and the test's outputs of another run of a notebook in the place of this one's."""
    judgement.scores[score.exercise] = score
    cell = next(cell for cell in code_cells(notebook) if exercise_of(cell) == score.exercise)
    cell["outputs"] = outputs
    keep_in(cell, score)


def score(id: str, result: Result, pack: dict, instead: str = "") -> Judged:
    """Judge the one answer to an exercise that left the sandbox; `instead` is what was there where none did."""
    answers = [answer for answer in result.answers if answer.get("answer") == id]

    def none(status: str, why: str) -> Judged:
        return Judged(id, 0.0, pack["points"], status, why=why)

    if result.sealed.count(id) > 1 or len(answers) > 1:
        return none(REFUSED, "answered more than once; a forged answer counts as none.")
    if not answers:
        return none(NO_ANSWER, result.ended.words if result.ended else instead)
    answer = answers[0]
    if not steps.begin(f"{steps.ANSWER} {id}"):
        return none(REFUSED, "its answer could not be judged within the limits of judging.")
    # From here on the words are ours alone: an answer has seen the probes, and its learner will read the words.
    if "refused" in answer:
        words = "its answer was too large, or was not plain data, or its time was up: it could not leave the sandbox."
        return none(REFUSED, words)
    if answer.get("stub") is True:
        return none(NOT_ATTEMPTED, "")
    if "not_callable" in answer:
        return none(WRONG, "what was handed in is not a function, and a function is asked for.")
    try:
        return judged(judge(pack, read_observations(answer, pack)), pack)
    except MemoryError:  # within the limits of judging, which say so
        raise
    except Exception as error:  # whatever a forged answer makes the comparison do
        log.info("%s: its answer is malformed", id, exc_info=error)
        return none(REFUSED, "its answer is malformed, and counts as none.")


def read_observations(answer: dict, pack: dict) -> list[dict]:
    """What was observed of a stored answer, one for each probe. Raises ValueError, or what a forged answer makes it raise."""
    observations = decode(answer["observations"])
    if not isinstance(observations, list) or len(observations) != len(pack["probes"]):
        raise ValueError(f"{len(pack['probes'])} observations expected")
    for observation in observations:
        check_observation(observation)
        check_rules_seen(observation, pack["rules"])
    return observations


def check_observation(observation: Any) -> None:
    """Raise ValueError unless this is an observation as `course_utils.observe` makes it."""
    if not isinstance(observation, dict) or observation.get("outcome") not in (
        "returned",
        "raised",
        "timed out",
        "skipped",
    ):
        raise ValueError("not an observation")
    if observation["outcome"] == "returned":
        check_description(observation.get("value"))
    if observation["outcome"] == "raised":
        error = observation.get("error")
        if not isinstance(error, dict) or not _strings(error.get("types")) or not error["types"]:
            raise ValueError("an error without types")
        if not all(isinstance(error.get(key, ""), str) for key in ("message", "code")):
            raise ValueError("an error without a message")
    if observation["outcome"] == "timed out" and type(observation.get("seconds")) not in (int, float):
        raise ValueError("a time-out without seconds")
    for key in ("mutated", "shared", "warnings"):
        if not _strings(observation.get(key, [])):
            raise ValueError(f"{key!r} is not a list of names")
    if not isinstance(observation.get("printed", ""), str):
        raise ValueError("printed text is not text")


_VALUE_TYPES: dict[str, type | tuple[type, ...]] = {
    "bool": bool,
    "int": int,
    "float": (float, int),
    "str": str,
    "path": str,
    "bytes": bytes,
}


def check_description(described: Any, depth: int = 0) -> None:
    """Raise ValueError unless this is a description as `course_utils.describe` makes it."""
    if depth > 50 or not isinstance(described, dict):
        raise ValueError("not a description")
    kind = described.get("type")
    if not isinstance(described.get("class", ""), str):
        raise ValueError("a class name that is not text")
    if kind in _VALUE_TYPES:
        if not isinstance(described.get("value"), _VALUE_TYPES[kind]) or (
            kind != "bool" and isinstance(described["value"], bool)
        ):
            raise ValueError(f"no {kind}")
    elif kind == "array":
        import numpy

        if not isinstance(described.get("value"), numpy.ndarray):
            raise ValueError("no array")
    elif kind in ("list", "tuple", "set", "frozenset"):
        for item in _list(described.get("items")):
            check_description(item, depth + 1)
    elif kind == "dict":
        for pair in _list(described.get("items")):
            if len(_list(pair)) != 2:
                raise ValueError("no pair")
            check_description(pair[0], depth + 1)
            check_description(pair[1], depth + 1)
    elif kind == "complex":
        if len(_list(described.get("value"))) != 2 or not all(
            type(part) in (int, float) for part in described["value"]
        ):
            raise ValueError("no complex number")
    elif kind == "model":
        check_model(described, check_description)
    elif kind == "object":
        if not isinstance(described.get("text"), str):
            raise ValueError("an object without a text")
    elif kind != "NoneType":
        raise ValueError(f"unknown type {str(kind)[:40]!r}")


def check_rules_seen(observation: dict, rules: list[dict]) -> None:
    """Raise ValueError unless what an observation says of rules is of the form that `course_utils.watch` gives, and of these."""
    if observation.get("unseen", "") not in ("", *UNSEEN):
        raise ValueError("an unknown reason why a rule was not seen to be kept")
    for broken in _list(observation.get("breaks", [])):
        place = broken.get("rule") if isinstance(broken, dict) else None
        if type(place) is not int or not 0 <= place < len(rules):
            raise ValueError("a rule that does not exist")
        names = rules[place].get("names", [])
        if rules[place]["rule"] == "names" and broken.get("name") not in range(len(names)):
            raise ValueError("a name that the rule does not have")
        if not _strings([broken.get("words", ""), broken.get("code", "")]):
            raise ValueError("words that are no text")


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _list(value: Any) -> list:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


def _in_its_place(cell: dict) -> str:
    """The error with which a test cell ended, where no answer was handed in."""
    errors = (output for output in cell.get("outputs", []) if output.get("output_type") == "error")
    return next((f"{output['ename']}: {output['evalue'][:200]}" for output in errors), "")


def _write_score(cell: dict, score: Judged) -> None:
    """Leave in a test cell what `check` showed, and our verdict: as facts, and in the form that nbgrader reads points from."""
    keep_in(cell, score)
    cell["outputs"] = [output for output in cell["outputs"] if output["output_type"] == "display_data"]
    if score.is_full:
        return
    if score.points == 0:
        cell["outputs"].append(_error(NO_POINTS, score.words))
        return
    cell["outputs"].append({"output_type": "stream", "name": "stdout", "text": score.words + "\n"})
    number = {"text/plain": repr(score.points)}
    cell["outputs"].append({"output_type": "execute_result", "data": number, "metadata": {}, "execution_count": None})


def _error(name: str, words: str) -> dict:
    return {"output_type": "error", "ename": name, "evalue": words, "traceback": [words]}


def clean_output(output: Any, room: Room | None = None) -> dict | None:
    """An output in nbformat's form, made anew from what the sandbox sent, with nothing that a browser would run.

    None for what is no output. `room` is what all outputs of a notebook share; see `autograder.cleaning`.
    """
    if not isinstance(output, dict):
        return None
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") in ("stdout", "stderr") and isinstance(output.get("text"), str):
        return {"output_type": "stream", "name": output["name"], "text": output["text"][:MAX_OUTPUT_TEXT]}
    if kind == "error":
        name, value = (str(output.get(key, ""))[:2000] for key in ("ename", "evalue"))
        lines = output.get("traceback")
        traceback = [str(line)[:10_000] for line in lines[:200]] if isinstance(lines, list) else []
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}
    if kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
        forms = {str(mime)[:100]: _clean_data(value) for mime, value in list(output["data"].items())[:20]}
        data = {mime: _clean_data(value) for mime, value in clean_bundle(forms, room).items()}
        extra = {"execution_count": None} if kind == "execute_result" else {}
        return {"output_type": kind, "data": data, "metadata": {}, **extra}
    return None


def _clean_data(value: Any) -> Any:
    """One form of a rich output: text, or JSON that is not too deep to be written again."""
    if isinstance(value, str):
        return value if len(value) <= MAX_MIME else f"[an output of {len(value)} characters was left out]"
    try:
        _check_depth(value, MAX_OUTPUT_DEPTH)
    except ValueError:
        return "[an output nested too deeply was left out]"
    return value if isinstance(value, dict | list) else str(value)[:100]


def _check_depth(value: Any, room: int) -> None:
    if room == 0:
        raise ValueError("nested too deeply")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(item, room - 1)
