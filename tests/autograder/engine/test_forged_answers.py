"""Answers and outputs that no honest sandbox sends: the judge survives each, takes no room for them, and says plain words."""

import json
import resource

import numpy as np
import pytest

from autograder.engine.judge import judging
from autograder.engine.record.answers import StoredAnswers
from autograder.engine.record.ledger import Graded
from autograder.engine.run.ended import End, Ended
from autograder.engine.run.runner import Result
from course_utils.describe import decode, describe, encode
from course_utils.limits import MAX_BYTES
from tests.autograder.engine.two_exercises import DECODED, notebook

PROBES = {id: len(pack["probes"]) for id, pack in DECODED.items()}


def array(**fields) -> dict:
    return {"type": "array", "dtype": "float64", "shape": [], "value": "AAAAAAAAAAA=", **fields}


def nested(depth: int) -> list:
    return json.loads("[" * depth + "]" * depth)


VALUES = {
    "a bomb of texts": array(dtype="str", shape=[300_000], value=["x" * 100_000] + [""] * 299_999),
    "texts that are none": array(dtype="str", shape=[2], value=["a", 3]),
    "a text": array(dtype="str", shape=[3], value="abc"),
    "a dtype of many fields": array(dtype="i4," * 1_000_000),
    "a dtype as a list": array(dtype=[["a", "f8"]]),
    "a dtype as a dict": array(dtype={"names": ["a"], "formats": ["f8"]}),
    "objects": array(dtype="O"),
    "a module's name": array(dtype="numpy.recarray"),
    "dates": array(dtype="M8[s]"),
    "many axes": array(shape=[1] * 100),
    "no axes": array(shape={"a": 1}),
    "a negative axis": array(shape=[-1]),
    "an enormous axis": array(shape=[10**18]),
    "no base64": array(value="?"),
    "no text": array(value=3),
    "odd flags": array(scalar=[1], tensor={"a": []}),
    "a great integer": {"type": "int", "value": 10**4000},
    "a text for an integer": {"type": "int", "value": "3"},
    "a boolean for an integer": {"type": "int", "value": True},
    "NaN": {"type": "float", "value": {"float": "nan"}},
    "no float": {"type": "float", "value": {"float": "x"}},
    "no complex number": {"type": "complex", "value": [1]},
    "an unknown type": {"type": "7341"},
    "no model": {"type": "model"},
    "a long class": {"type": "list", "items": [], "class": "array of dtype " + "7341" * 10_000},
    "deep": {"type": "list", "items": nested(150)},
    "bytes": {"base64": "AAAA"},
    "nothing": None,
}


@pytest.mark.parametrize("id", ["double", "total"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_a_forged_value_earns_nothing(value, id):
    observations = [{"outcome": "returned", "value": value}] * PROBES[id]
    result = Result(sealed=[id], answers=[{"answer": id, "observations": observations}])
    made = notebook()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    judgement = judging.fill_in(made, result, DECODED)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000  # kilobytes
    assert judgement.scores[id].points == 0
    assert judgement.scores[id].words
    assert "7341" not in json.dumps([made, judgement.scores[id].words])
    Graded("ada", "unit", "key", made, answers=StoredAnswers.of(result, {})).prepare()


OBSERVATIONS = {
    "no list": {},
    "too few": [],
    "lists": [[]],
    "an unknown outcome": [{"outcome": "7341"}],
    "an error that tells": [{"outcome": "raised", "error": {"types": ["7341"], "message": "7341"}}],
    "an error without types": [{"outcome": "raised", "error": {"types": [], "message": ""}}],
    "a great time": [{"outcome": "timed out", "seconds": 10**400}],
    "no time": [{"outcome": "timed out", "seconds": {"float": "nan"}}],
    "names that tell": [
        {"outcome": "returned", "value": describe(3), "mutated": ["7341"], "warnings": ["7341"], "printed": "7341"}
    ],
    "names that are none": [{"outcome": "returned", "value": describe(3), "mutated": [3]}],
    "deep": nested(190),
}


@pytest.mark.parametrize("seen", OBSERVATIONS.values(), ids=OBSERVATIONS.keys())
def test_forged_observations_earn_nothing(seen):
    observations = seen * PROBES["double"] if isinstance(seen, list) and len(seen) == 1 else seen
    result = Result(sealed=["double"], answers=[{"answer": "double", "observations": observations}])
    made = notebook()
    judgement = judging.fill_in(made, result, DECODED)
    assert judgement.scores["double"].points == 0
    assert "7341" not in json.dumps([made, judgement.scores["double"].words])
    Graded("ada", "unit", "key", made, answers=StoredAnswers.of(result, {})).prepare()


def test_an_integer_too_great_for_a_float_is_only_wrong():
    observations = encode([{"outcome": "returned", "value": {"type": "int", "value": 10**400}}] * PROBES["total"])
    result = Result(sealed=["total"], answers=[{"answer": "total", "observations": observations}])
    words = judging.fill_in(notebook(), result, DECODED).scores["total"].words
    assert "malformed" not in words


def test_honest_arrays_of_texts_come_back_as_they_were():
    for made in (np.array(["a", "bcd", ""]), np.array([["é"]]), np.array([], dtype=str), np.array("x")):
        back = decode(json.loads(json.dumps(encode(describe(made)))))
        assert back["value"].shape == made.shape
        assert (back["value"] == made).all()
    with pytest.raises(ValueError, match="MB"):
        decode(array(dtype="str", shape=[2], value=["x" * (MAX_BYTES // 4), ""]))


@pytest.mark.parametrize(
    ("kind", "words", "at", "told"),
    [
        (End.ITSELF, "the process ended with status 173", "double", "its process ended"),
        (End.ITSELF, "the process died (SIGUSR1)", None, "its process ended"),
        (
            End.MALFORMED,
            "malformed: not JSON: Expecting value: line 1 column 7341 (char 7340)",
            "double",
            "malformed: what left the notebook is not an answer",
        ),
        (
            End.ITSELF,
            "the process ended with status 173",
            3,
            "the process ended with status 173",
        ),  # a cell, which has seen no probe
    ],
)
def test_how_a_notebook_ends_after_its_seal_tells_nothing(kind, words, at, told):
    result = Result(sealed=["double", "total"], ended=Ended(kind, words), at=at)
    judgement = judging.fill_in(notebook(), result, DECODED)
    assert result.ended == Ended(kind, told)
    said = " ".join([*judgement.remarks, *(score.words for score in judgement.scores.values())])
    assert ("173" in said) == (at == 3)
    assert "7341" not in said


def test_only_answers_that_exist_are_said_to_have_been_stopped():
    result = Result(sealed=["double", "told 7341"], interrupted=["told 7341", "double", 1])
    remarks = judging.fill_in(notebook(), result, DECODED).remarks
    assert remarks == [
        "the answer to double did not finish in time and was stopped",
        "cell 2 did not finish in time and was stopped",
    ]


@pytest.mark.parametrize("depth", [10, 300, 900])
def test_outputs_nested_deeply_are_survived(depth):
    forged = [
        {"output_type": "error", "ename": nested(depth), "evalue": nested(depth), "traceback": nested(depth)},
        {"output_type": "display_data", "data": {"a": nested(depth)}},
        {"output_type": "stream", "name": "stdout", "text": nested(depth)},
    ]
    made = notebook()
    judging.fill_in(made, Result({0: forged}), DECODED)
    Graded("ada", "unit", "key", made).prepare()
