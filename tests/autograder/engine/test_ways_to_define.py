"""However a function came about: `check`, Validate, `nbgrader autograde` and the engine say the same of it, rule or none."""

import json
import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

from autograder.authoring.packing import refresh_hidden_packs
from autograder.course import HIDDEN_PACKS
from autograder.engine.coordinator import Packs
from autograder.engine.judge import judging
from autograder.engine.run.sandbox import Limits, missing
from tests.autograder.engine.ways_to_define import WAYS

WITHOUT_RULE, WITH_RULE = ("01_containers_and_arrays", "literal_type"), ("03_conv_arithmetic", "out_size")
KINDS = {
    "no rule": (*WITHOUT_RULE, "source", "source", "type(ast.literal_eval(source)).__name__"),
    "rule kept": (*WITH_RULE, "n, k, s=1, p=0, d=1", "n, k, s, p, d", "_fit((n + 2 * p - d * (k - 1) - 1) // s + 1)"),
    "rule broken": (
        *(*WITH_RULE, "n, k, s=1, p=0, d=1", "n, k, s, p, d"),
        "_fit(int(scipy.special.comb((n + 2 * p - d * (k - 1) - 1) // s + 1, 1)))",
    ),
}
SET_UP = """import ast, math, os
import numpy as np
import scipy.special
from course_utils import check, start
from course_utils.checking import examine

def _fit(size):
    if size < 1:
        raise ValueError(f"{size} places")
    return size
"""


def cells_of(kind: str, way: str) -> tuple[str, str, str]:
    """(unit, exercise, the cell that defines the function) for one way of one kind."""
    unit, id, parameters, handed, expression = KINDS[kind]
    if way == "from a file":
        expression = expression.replace("_fit(", "(lambda v: v if v > 0 else math.sqrt(-1))(")
    source = WAYS[way].replace("<F>", id).replace("<P>", parameters).replace("<A>", handed).replace("<E>", expression)
    return unit, id, source.replace("<N>", re.sub(r"\W", "_", f"{kind}_{way}"))


@pytest.fixture(scope="module")
def packs():
    for unit, _ in (WITHOUT_RULE, WITH_RULE):
        refresh_hidden_packs(unit)
    return {unit: Packs.load(HIDDEN_PACKS / unit) for unit, _ in (WITHOUT_RULE, WITH_RULE)}


@pytest.fixture(scope="module")
def in_a_kernel(packs, tmp_path_factory):
    """All ways in one kernel: {(kind, way): [what check says, whether Validate is content, points]}."""
    cells, asked = [nbformat.v4.new_code_cell(SET_UP)], []
    for kind in KINDS:
        for way in WAYS:
            unit, id, source = cells_of(kind, way)
            asked.append((kind, way))
            test = f'grade("{id}", {id})'
            for code in (
                f'os.environ.pop("NBGRADER_EXECUTION", None)\nglobals().pop("{id}", None)\nstart("{unit}")',
                source,
                f'print(examine("{id}", {id}).status)',
                f'os.environ["NBGRADER_EXECUTION"] = "validate"\ncheck("{id}", {id})',
                f'os.environ["NBGRADER_EXECUTION"] = "autograde"\nfrom autograder import grade\n{test}',
            ):
                cells.append(nbformat.v4.new_code_cell(code))
    made = nbformat.v4.new_notebook(cells=cells)
    folder = tmp_path_factory.mktemp("kernel")
    NotebookClient(made, allow_errors=True, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    found = {}
    for number, key in enumerate(asked):
        _, _, checked, validated, graded = made.cells[1 + 5 * number : 6 + 5 * number]
        said = "".join(
            o.get("text", o.get("evalue", "")) for o in checked.outputs if "text/html" not in o.get("data", {})
        )
        content = not any(output.output_type == "error" for output in validated.outputs)
        graded.metadata["nbgrader"] = {
            "grade": True,
            "solution": False,
            "points": 100,
            "grade_id": "x",
            "cell_type": "code",
        }
        found[key] = (said.strip(), content, determine_grade(graded)[0])
    return found


@pytest.fixture(scope="module")
def in_the_engine(packs, parent):
    """All ways with and without a rule, and every third one breaking it: {(kind, way): (points, most, words)}."""
    found = {}
    for number, way in enumerate(WAYS):
        for kinds in [("no rule", "rule kept"), ("rule broken",)][: 1 + (number % 3 == 0)]:
            judgement = graded(parent, packs, {kind: cells_of(kind, way) for kind in kinds})
            for kind in kinds:
                score = judgement.scores[KINDS[kind][1]]
                found[kind, way] = (score.points, score.most, score.words + json.dumps(judgement.remarks))
    return found


def graded(parent, packs, answers):
    """One notebook with these answers, graded by the engine."""
    cells, raw, decoded = [{"cell_type": "code", "source": SET_UP, "metadata": {}}], {}, {}
    for unit, id, source in answers.values():
        test = f'start("{unit}")\ncheck("{id}", {id})\nfrom autograder import grade\ngrade("{id}", {id})'
        marked = {"nbgrader": {"grade": True, "solution": False, "grade_id": f"test_{id}"}}
        cells.append({"cell_type": "code", "source": source, "metadata": {}})
        cells.append({"cell_type": "code", "source": test, "metadata": marked})
        raw[id], decoded[id] = packs[unit].raw[id], packs[unit].decoded[id]
    sources = [cell["source"] for cell in cells]
    result = parent.run(sources, judging.hidden_of(raw), Limits(cell_seconds=20))
    return judging.fill_in({"cells": cells, "metadata": {}}, result, decoded)


def test_there_are_more_than_eighty_ways():
    assert len(WAYS) > 80


@pytest.mark.parametrize("kind", KINDS)
def test_check_validate_and_stock_agree_on_every_way_to_define_a_function(in_a_kernel, kind):
    right = kind != "rule broken"
    expected = ("right" if right else "wrong", right, 100 if right else 0)
    assert {way: found for (k, way), found in in_a_kernel.items() if k == kind and found != expected} == {}


@pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")
@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_agrees_with_them_on_every_way_to_define_a_function(in_the_engine, kind):
    wrong = {
        way: found
        for (k, way), found in in_the_engine.items()
        if k == kind and (found[0] != (0 if kind == "rule broken" else found[1]) or '"' in found[2])
    }
    assert wrong == {}
