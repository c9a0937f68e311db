"""What the judge makes of what came out of a sandbox, whatever that is."""

import copy
import json

import numpy as np
import pytest

from autograder.engine.judge import judging
from autograder.engine.run.runner import Result
from autograder.judged import Judged
from course_utils.describe import encode
from course_utils.observe import observe
from tests.autograder.engine.two_exercises import DECODED, RAW, notebook


def honest() -> list:
    return json.loads(json.dumps(encode(observe(lambda x: 2 * x, DECODED["double"]))))


def judge(answers: list, sealed=("double",)) -> Judged:
    result = Result(answers=answers, sealed=list(sealed))
    return judging.fill_in(notebook(), result, DECODED).scores["double"]


def test_a_right_answer_earns_all():
    assert judge([{"answer": "double", "observations": honest()}]).points == 2


def _with(value: object) -> list:
    seen = honest()
    seen[0]["value"] = value
    return seen


BAD = {
    "none": None,
    "a number": 3,
    "too few": [],
    "no observation": [1, 2],
    "unknown outcome": [{"outcome": "won"}] * 2,
    "no value": [{"outcome": "returned"}] * 2,
    "raised nothing": [{"outcome": "raised", "error": {"types": []}}] * 2,
    "a time without end": [{"outcome": "timed out", "seconds": 10**400}] * 2,
    "mutated is no list": [{"outcome": "skipped", "mutated": 3}] * 2,
    "a type that is none": _with({"type": "god"}),
    "a true int": _with({"type": "int", "value": True}),
    "an int that is text": _with({"type": "int", "value": "14682"}),
    "an object array": _with({"type": "array", "dtype": "object", "shape": [1], "value": "AAAA"}),
    "a negative shape": _with({"type": "array", "dtype": "int64", "shape": [-1], "value": ""}),
    "too little for its shape": _with({"type": "array", "dtype": "int64", "shape": [10**9], "value": "AAAAAAAAAAA="}),
    "a structured dtype": _with({"type": "array", "dtype": [["a", "i4"]], "shape": [1], "value": "AAAAAA=="}),
    "no base64": _with({"type": "array", "dtype": "int64", "shape": [1], "value": "!"}),
    "a pair of three": _with({"type": "dict", "items": [[1, 2, 3]]}),
    "no items": _with({"type": "list"}),
    "complex of one": _with({"type": "complex", "value": [1]}),
}


@pytest.mark.parametrize("observations", BAD.values(), ids=BAD.keys())
def test_a_malformed_answer_scores_nothing_and_says_so(observations):
    score = judge([{"answer": "double", "observations": observations}])
    assert score.points == 0
    assert score.words.startswith("double: its answer is malformed")


def test_missing_repeated_and_refused_answers_score_nothing():
    one = {"answer": "double", "observations": honest()}
    assert judge([]).points == 0
    assert judge([one, copy.deepcopy(one)]).points == 0
    assert judge([one], ("double", "double")).points == 0
    assert judge([{"answer": "double", "refused": "7341"}]).words.count("7341") == 0


def test_only_what_an_answer_is_called_with_enters_a_sandbox():
    assert {frozenset(pack) for pack in judging.hidden_of(RAW).values()} == {
        frozenset({"probes", "settings", "parameters", "rules"})
    }


@pytest.mark.parametrize(
    "output",
    [None, 3, {}, {"output_type": "stream", "name": "x", "text": ""}, {"output_type": "stream", "name": "stdout"}],
)
def test_what_is_no_output_is_left_out(output):
    assert judging.clean_output(output) is None


def test_outputs_are_cut_and_can_be_written():
    deep: dict = {}
    for _ in range(300):
        deep = {"a": deep}
    data = {"application/json": deep, "image/png": "x" * (judging.MAX_MIME + 1), "n": 10**400}
    json.dumps(judging.clean_output({"output_type": "display_data", "data": data}))


def _breaking(broken: object) -> list:
    seen = json.loads(json.dumps(encode(observe(lambda x: float(x @ np.ones(len(x))), DECODED["total"]))))
    seen[1]["breaks"] = broken
    return seen


def judge_total(observations: list) -> Judged:
    result = Result(answers=[{"answer": "total", "observations": observations}], sealed=["total"])
    return judging.fill_in(notebook(), result, DECODED).scores["total"]


def test_a_broken_rule_is_told_in_words_of_the_rule_alone():
    """An answer that has seen the hidden probes may write anything into what it says it did."""
    assert judge_total(_breaking([])).points == 3
    score = judge_total(_breaking([{"rule": 1, "name": 0, "words": "7341", "code": "7341"}]))
    assert score.points == 0
    assert "Yours calls scipy." in score.words
    assert "7341" not in score.words


@pytest.mark.parametrize(
    "broken",
    [
        *(None, 3, [3], [{}], [{"rule": 2}], [{"rule": -1}], [{"rule": True}], [{"rule": 1}], [{"rule": 1, "name": 9}]),
        *([{"rule": 0, "words": 3}], [{"rule": 1, "name": [], "words": "x"}]),
    ],
)
def test_what_is_said_of_rules_is_of_these_rules_or_malformed(broken):
    assert judge_total(_breaking(broken)).words.startswith("total: its answer is malformed")


def test_an_undecided_rule_costs_nothing_and_is_remarked():
    seen = [{**one, "unseen": "elsewhere"} for one in _breaking([])]
    result = Result(answers=[{"answer": "total", "observations": seen}], sealed=["total"])
    judgement = judging.fill_in(notebook(), result, DECODED)
    assert judgement.scores["total"].points == 3
    assert judgement.remarks == [
        "total: it counts as keeping its rules, and could not be seen to: a part of it ran in another process"
    ]
    unknown = [{**one, "unseen": "7341"} for one in seen]
    assert judge_total(unknown).words.startswith("total: its answer is malformed")
