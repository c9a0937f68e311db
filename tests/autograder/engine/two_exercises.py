"""Two small exercises and a notebook that answers them, for tests of what goes on around a sandbox."""

import json
from types import SimpleNamespace

import numpy as np

from autograder.authoring.cells import code_cells
from autograder.authoring.packing import make_hidden_pack
from autograder.engine.judge import judging
from autograder.exercise import exercise, forbid_calls, forbid_loops, mistake, probe
from course_utils.describe import encode


@exercise("double", points=2, objective="double a number")
class Double:
    """Twice a number."""

    def oracle(x):
        return 2 * x

    examples = [probe(3), probe(-1)]

    def hidden(rng):
        yield probe(7341)
        yield probe(-56)

    @mistake("You squared it.")
    def squared(x):
        return x**2


@exercise(
    "total",
    points=3,
    objective="sum",
    rules=[forbid_loops(), forbid_calls("scipy", "np.sum", hint="By hand.", said="by hand")],
)
class Total:
    """The sum of an array."""

    def oracle(x):
        return float(np.add.reduce(x))

    examples = [probe(np.arange(3.0))]

    def hidden(rng):
        yield probe(np.arange(5.0))
        yield probe(np.ones(4))
        yield probe(np.zeros(1))

    @mistake("That is the largest.")
    def largest(x):
        return float(x.max())


DECODED = {one.id: make_hidden_pack(one) for one in (Double, Total)}
RAW = {id: json.loads(json.dumps(encode(pack))) for id, pack in DECODED.items()}
PACKS = SimpleNamespace(raw=RAW, decoded=DECODED)

RIGHT = {"double": 2.0, "total": 3.0}
NONE = {"double": 0.0, "total": 0.0}

START = "import numpy as np"
DOUBLE = "def double(x):\n    return 2 * x"
TOTAL = "def total(x):\n    return float(x @ np.ones(len(x)))"


def source_of_test(id: str) -> str:
    """A test cell's source with its hidden test."""
    return f'check = print\ncheck("{id}", {id})\nfrom autograder import grade\ngrade("{id}", {id})'


def notebook(*before: str, double: str = DOUBLE, total: str = TOTAL) -> dict:
    """A restored notebook: the learner's own cells, then both exercises with their tests."""
    cells = [_cell(source) for source in (START, *before, double)]
    cells += [_cell(source_of_test("double"), True), _cell(total), _cell(source_of_test("total"), True)]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _cell(source: str, test: bool = False) -> dict:
    metadata = {"nbgrader": {"grade": True, "solution": False}} if test else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": []}


def grade(parent, made: dict, limits=None, **options) -> tuple[dict[str, float], judging.Judgement]:
    """Points by exercise, and the whole judgement, of a notebook that is run in `parent`."""
    sources = [cell["source"] for cell in code_cells(made)]
    result = parent.run(sources, judging.hidden_of(RAW), limits, **options)
    judgement = judging.fill_in(made, result, DECODED)
    return {id: score.points for id, score in judgement.scores.items()}, judgement
