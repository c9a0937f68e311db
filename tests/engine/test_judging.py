"""What the judge makes of what came out of a sandbox, whatever that is; and facts about sources, read without running."""

import copy
import json

import pytest

from autograder.engine import judging
from autograder.engine.reading import read_answers
from autograder.engine.runner import Result
from course_utils.describe import encode
from course_utils.observe import observe
from course_utils.source import broken_rule
from tests.engine.two_exercises import DECODED, RAW, notebook


def honest() -> list:
    return json.loads(json.dumps(encode(observe(lambda x: 2 * x, DECODED["double"]))))


def judge(answers: list, sealed=("double",)) -> judging.Score:
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


def test_only_probes_settings_and_parameters_enter_a_sandbox():
    assert {frozenset(pack) for pack in judging.hidden_of(RAW).values()} == {
        frozenset({"probes", "settings", "parameters"})
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


RULES = DECODED["total"]["rules"]
LOOP = "    s = 0.0\n    for v in x:\n        s += v\n    return s"
BREAK = (
    f"def total(x):\n{LOOP}",
    f"def helper(x):\n{LOOP}\ndef total(x):\n    return helper(x)",
    f"def helper(x):\n{LOOP}\ntotal = helper",
    "total = lambda x: sum([v for v in x])",
    "import scipy.integrate\ndef total(x):\n    return scipy.integrate.trapezoid(x)",
    "from scipy import integrate as i\ndef total(x):\n    return i.trapezoid(x)",
    "from scipy.integrate import *\ndef total(x):\n    return trapezoid(x)",
    "def total(x):\n    from scipy import integrate\n    return integrate.trapezoid(x)",
    "def total(x):\n    return np.sum(x)",
    "from functools import partial\ntotal = partial(np.sum, axis=0)",
    "%matplotlib inline\ndef total(x):\n    return np.sum(x)",
    "%%time\ndef total(x):\n    return np.sum(x)",
    "try:\n    import numba\nexcept ImportError:\n    def total(x):\n        return np.sum(x)",
    "exec('def total(x): return 1')",
    "from helper import total",
    "def total(x:",
)
KEEP = (
    "import scipy\nx = scipy.integrate\ndef total(x):\n    return float(x.sum())",
    "def total(x):\n    return float(x @ np.ones(len(x)))",
    "TABLE = [i for i in range(9)]\ndef total(x):\n    return float(x @ np.ones(len(x))) + 0 * TABLE[0]",
    f"def total(x):\n{LOOP}\ndef total(x):\n    return float(np.dot(x, x * 0 + 1))",
    "%matplotlib inline\n!ls\ndef total(x):\n    return float(x.sum())",
)


def _broken(total: str) -> str | None:
    cells = [(judging.source_of(cell), judging.exercise_of(cell)) for cell in judging.code_cells(notebook(total=total))]
    return broken_rule(RULES, read_answers(cells)["total"])


@pytest.mark.parametrize("total", BREAK)
def test_a_broken_rule_is_read_from_the_source(total):
    assert _broken(total)


@pytest.mark.parametrize("total", KEEP)
def test_a_kept_rule_is_read_from_the_source(total):
    assert _broken(total) is None
