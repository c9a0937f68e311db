"""An exercise that is renamed after its release keeps the points of those who handed it in: the build asks, grading knows both names."""

import subprocess
from dataclasses import replace
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook

from autograder.authoring import build as module
from autograder.authoring.build import build, released_ids
from autograder.authoring.handed_out import check_names, may_be_handed_out
from autograder.engine.submitted import released
from autograder.engine.submitted.released import Release, ReleasedCell, put_back, renamed_in
from autograder.exercise import BadExercise
from tests.autograder.conftest import Double

DOUBLED = replace(Double, id="doubled")


def test_the_build_asks_which_exercise_the_new_one_is():
    with pytest.raises(
        BadExercise,
        match=r"conftest\.py:\d+: doubled: it is new, and double of the notebook before.*renamed_from=\"double\"",
    ):
        check_names({"doubled": DOUBLED}, ["double"])
    for said in ("double", ""):
        check_names({"doubled": replace(DOUBLED, renamed_from=said)}, ["double"])
    check_names({"double": Double, "doubled": DOUBLED}, ["double"])  # one more
    check_names({}, ["double"])  # one less
    check_names({"doubled": DOUBLED}, [])  # the first


def test_it_looks_at_the_notebook_that_was_built_before(lesson_file, monkeypatch):
    assert released_ids("01_small") == []
    build("01_small")
    assert released_ids("01_small") == ["double"]
    monkeypatch.setattr(module, "load_exercises", lambda unit: {"doubled": DOUBLED})
    text = lesson_file.read_text()
    lesson_file.write_text(
        text.replace("`double`", "`doubled`")
        .replace("def double(", "def doubled(")
        .replace('check("double", double)', 'check("doubled", doubled)')
    )
    with pytest.raises(BadExercise, match="doubled: it is new"):
        build("01_small")


@pytest.mark.parametrize("where", ["a commit", "an edition", "the gradebook", "what was handed in", "nowhere"])
def test_nothing_is_asked_while_nobody_can_have_the_notebook(where, tmp_path):
    def git(*words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], cwd=tmp_path, check=True)

    assert may_be_handed_out(tmp_path, "01_small"), "it cannot be told, outside a repository"
    (tmp_path / "notebooks" / "01_small").mkdir(parents=True)
    (tmp_path / "notebooks" / "01_small" / "01_small.ipynb").write_text("{}")
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "begin")
    assert not may_be_handed_out(tmp_path, "01_small")
    if where == "a commit":
        git("add", "notebooks")
        git("commit", "-q", "-m", "one unit")
    elif where == "the gradebook":
        with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
            gradebook.add_assignment("01_small")
    elif where == "an edition":
        (tmp_path / "dist" / "a-course" / "notebooks" / "01_small").mkdir(parents=True)
    elif where == "what was handed in":
        (tmp_path / "submitted" / "ada" / "01_small").mkdir(parents=True)
    assert may_be_handed_out(tmp_path, "01_small") == (where != "nowhere")
    assert not may_be_handed_out(tmp_path, "02_other")


def test_a_new_name_in_a_new_unit_needs_no_answer():
    check_names({"doubled": DOUBLED}, ["double"], lambda: False)


def cell(name, source):
    metadata = {"nbgrader": {"grade_id": name}} if name else {}
    return {
        "cell_type": "code",
        "id": name or "plain",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def handed_in(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def released_cell(name, source, **facts):
    return ReleasedCell(
        {"grade_id": name, "cell_type": "code", "locked": False, "solution": True, "grade": False, **facts}, source
    )


RELEASE = Release(
    {
        "doubled": released_cell("doubled", "def doubled(x): ..."),
        "test_doubled": released_cell(
            "test_doubled", 'check("doubled", doubled)', locked=True, solution=False, grade=True, points=2
        ),
    },
    {"double": "doubled"},
)
MINE = "def double(x):\n    return 2 * x"


@pytest.mark.parametrize("deleted", [False, True], ids=["whole", "without its test"])
def test_a_notebook_with_the_old_name_is_graded_by_the_new_one(deleted):
    notebook = handed_in(
        cell("double", MINE),
        *([] if deleted else [cell("test_double", 'check("double", double)')]),
        cell("", "double(1)"),
    )
    remarks = put_back(notebook, RELEASE)
    assert remarks[-1] == "doubled: it was called double when this notebook was released; what stands there counts"
    sources = [one["source"] for one in notebook["cells"]]
    assert sources[0] == MINE, "what the learner wrote stays as it is"
    test = sources.index('check("doubled", doubled)')
    assert notebook["cells"][test]["metadata"]["nbgrader"]["grade_id"] == "test_doubled"
    namespace = {"check": lambda id, answer: answer}
    for source in sources[:test]:
        exec(source, namespace)
    assert eval(sources[test], namespace)(4) == 8


def test_a_notebook_with_the_new_name_is_left_alone():
    cells = cell("doubled", MINE), cell("test_doubled", 'check("doubled", doubled)')
    notebook = handed_in(*cells)
    assert put_back(notebook, RELEASE) == []
    assert len(notebook["cells"]) == 2


def test_the_names_come_from_the_declarations(monkeypatch):
    declared = {"doubled": replace(DOUBLED, renamed_from="double"), "other": replace(Double, renamed_from="")}
    monkeypatch.setattr(released, "load_exercises", lambda unit: declared)
    monkeypatch.setattr(released, "units", lambda: ["01_small"])
    assert renamed_in("01_small") == {"double": "doubled"}
    assert renamed_in("not_ours") == {}
    stored = SimpleNamespace(grade_cells=[], task_cells=[], solution_cells=[], source_cells=[])
    gradebook = SimpleNamespace(find_notebook=lambda notebook, unit: stored)
    assert Release.load(gradebook, "01_small", "01_small").renamed == {"double": "doubled"}
