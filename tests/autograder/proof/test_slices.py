"""`autograder prove --sliced` sees what a slice lacks, and says which cells are run and why."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from autograder.authoring.build import solution_path
from autograder.authoring.cells import code_cells, grade_id, source_of
from autograder.common.own_source import own_source
from autograder.engine.run.sandbox import missing
from autograder.engine.submitted.sliced import Slicer
from autograder.exercises import units
from autograder.proof.class_chart import write_chart
from autograder.proof.cli import prove
from autograder.proof.slices import SliceProof, alike, prove_slices
from autograder.slicing.facts import TRACED, Facts, Traced, likely_needed
from course_utils.describe import describe, encode

UNIT = "01_containers_and_arrays"
needs_sandbox = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")


def sources(unit: str) -> list[str]:
    """The code cells of a unit's solution."""
    return [source_of(cell) for cell in code_cells(json.loads(solution_path(unit).read_text(encoding="utf-8")))]


@needs_sandbox
def test_unit_01_gets_the_same_in_part_and_whole(tmp_path):
    proof = prove_slices(UNIT, variants=2, folder=tmp_path)
    assert not proof.shortcomings
    assert proof.notebooks == 3
    assert proof.ran + len(proof.skipped) == proof.cells
    assert any(line.startswith("question(") for line in proof.skipped.values())
    assert proof.run[0] == "the set-up cell"
    assert Facts.load(UNIT, sources(UNIT), tmp_path) is not None


@needs_sandbox
def test_a_cell_too_few_is_seen(tmp_path, monkeypatch):
    real = Slicer.slice_of

    def too_few(self, notebook, names=()):
        found = real(self, notebook, names)
        (place,) = [place for place in found.run if self.cells[place].source.startswith("import ast")]
        del found.run[place]
        found.skipped[place] = place
        return found

    monkeypatch.setattr(Slicer, "slice_of", too_few)
    proof = prove_slices(UNIT, folder=tmp_path)
    assert not proof.holds
    assert any(line.startswith("the solution: literal_type gets ") for line in proof.shortcomings)


def test_a_chart_shows_what_a_class_takes(tmp_path):
    proofs = [SliceProof(UNIT, 1, 12.0, 0.6), SliceProof("07_reuters_dense", 1, 60.0, 6.0)]
    words = write_chart(proofs, tmp_path / "class.png")
    assert words.endswith("120 and 11 in all.")
    assert Image.open(tmp_path / "class.png").size > (400, 100)
    done = CliRunner().invoke(prove, [UNIT, "--chart", str(tmp_path / "other.png")])
    assert "--sliced" in str(done.exception)


def of_model(predicted, accuracy=0.5, type="model"):
    """An observation of a model as it leaves the sandbox."""
    return [{"type": type, "parameters": 7, "accuracy": accuracy, "predictions": [encode(describe(predicted))]}]


def test_of_predictions_alone_rounding_is_left_out():
    one = np.array([[0.25, 0.75]], "float32")
    assert alike(of_model(one), of_model(one + np.float32(1e-5)))
    assert alike(of_model(one * np.nan), of_model(one * np.nan))
    assert not alike(of_model(one), of_model(one + np.float32(0.01)))
    assert not alike(of_model(one), of_model(one.astype("float64")))
    assert not alike(of_model(one), of_model(one[0]))
    assert not alike(of_model(one), of_model(one, accuracy=0.5 + 1e-5))
    assert not alike(of_model(one, type="dict"), of_model(one + np.float32(1e-5), type="dict"))
    assert not alike(of_model(np.array([1, 2])), of_model(np.array([1, 3])))
    assert not alike(encode(describe(one)), encode(describe(one + np.float32(1e-5))))


@pytest.mark.parametrize("path", sorted(TRACED.glob("*.json")), ids=lambda path: path.stem)
def test_what_was_traced_is_of_a_unit_and_holds_names_alone(path):
    assert path.stem in units()
    rows = json.loads(path.read_text(encoding="utf-8"))
    known = {"source", "changes", "vague", "drawn", "inert", "plain", "code", "shares", "sets", "draws"}
    known |= {"failed", "needed"}
    assert all(row.keys() <= known for row in rows)
    assert len(rows) == len(sources(path.stem))


@pytest.mark.parametrize("unit", units())
def test_each_unit_is_traced_as_it_is_now_and_mostly_not_run(unit):
    notebook = json.loads(solution_path(unit).read_text(encoding="utf-8"))
    slicer = Slicer.of(unit, notebook)
    assert slicer.facts is not None, f"run `autograder build {unit[:2]}`"
    found = slicer.slice_of(notebook)
    assert not found.whole
    plain = [place for place, cell in enumerate(code_cells(notebook)) if not grade_id(cell)]
    skipped = [place for place in plain if place in found.skipped]
    assert len(skipped) > 0.6 * len(plain)
    assert slicer.facts.needed == set(found.run), f"run `autograder build {unit[:2]}`"


def test_facts_of_another_version_of_a_lesson_say_nothing(tmp_path):
    Facts(("a = 1", "b = 2"), (Traced(), Traced(frozenset("b")))).write("15_made_up", tmp_path)
    assert Facts.load("15_made_up", ["a = 1", "b = 2"], tmp_path).cells[1].changes == {"b"}
    assert Facts.load("15_made_up", ["a = 1", "b = 3"], tmp_path) is None
    assert Facts.load("15_made_up", ["a = 1"], tmp_path) is None
    assert Facts.load("16_nothing", ["a = 1"], tmp_path) is None


def test_what_most_need_is_known_of_cells_whose_answers_are_stubs(tmp_path):
    Facts(("import a", "b = 2", "c = 3"), (Traced(),) * 3, frozenset({0, 2})).write("15_made_up", tmp_path)
    assert likely_needed("15_made_up", ["import a", "b = 2", "c = ..."], tmp_path) == ["import a", "c = ..."]
    assert likely_needed("15_made_up", ["import a", "b = 2"], tmp_path) is None
    assert likely_needed("16_nothing", ["import a"], tmp_path) is None
    Facts(("import a",), (Traced(),)).write("15_made_up", tmp_path)
    assert likely_needed("15_made_up", ["import a"], tmp_path) is None, "traced before it was written down"


def test_a_declared_answer_is_written_as_a_learner_would():
    def right(x, k=2):
        return x * k

    assert own_source("double", right) == "import numpy as np\n\ndef double(x, k=2):\n    return x * k"
    assert own_source("double", lambda x: np.int64(x)) is not None
    assert own_source("double", lambda x: json.dumps(x)) is None  # it needs more of its module than a learner has
    assert own_source("double", lambda x: sum(json.loads(one) for one in x)) is None
