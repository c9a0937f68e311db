"""The demo's class of twelve earns what each submission deserves, worked out here without the course's own judge."""

import copy
import pickle
import signal
import tempfile
from collections import Counter
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner

from autograder.cli import cli
from autograder.demo import command as demo
from autograder.demo.learners import CLASS
from autograder.exercise import hidden_probes
from autograder.exercises import load_exercises
from autograder.report.points import read_points
from course_utils.values import Dataset, Tree

BY_NAME = {learner.name: learner for learner in CLASS}

#: What cannot be worked out by calling an answer: a rule about how it is written, and a model's training.
BREAKS_A_RULE = {("cleo", "corr2d_fast")}
TRAINED = {("ada", "final_model")}
#: A cell that kills the kernel is left out.
NOT_REACHED = {"eli": ("stack_batch",)}
COSTS_OF_BEING_LATE = {"lea": 0.2}


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    """The folder of one run of the demo, and what it printed."""
    folder = tmp_path_factory.mktemp("course") / "demo"
    before = _state_of_the_course()
    result = CliRunner().invoke(cli, ["grade-demo", "--folder", str(folder)])
    assert result.exit_code == 0, result.output
    assert _state_of_the_course() == before
    return folder, result.output


def _state_of_the_course():
    """What the demo must not touch: the instructor's gradebook and hidden packs, and what is released."""
    places = [demo.ROOT / "gradebook.db", *(demo.ROOT / "autograder" / "hidden").rglob("*")]
    places += demo.ROOT.glob("notebooks/*/*")
    return {path: path.stat().st_mtime_ns for path in places if path.exists()}


@pytest.fixture(scope="session")
def scores(demonstration):
    folder, _ = demonstration
    api = demo.open_api(folder)
    with api.gradebook as gradebook:
        return {score.student: score for score in read_points(gradebook, api.coursedir)}


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", sorted(set(BY_NAME) - {"ivo"}))
def test_every_submission_earns_what_it_deserves(name, scores):
    deserved = {f"test_{id}": points for id, points in deserved_points(BY_NAME[name]).items()}
    assert scores[name].points == deserved
    share = COSTS_OF_BEING_LATE.get(name, 0)
    assert scores[name].penalty == pytest.approx(share * sum(deserved.values()))
    assert scores[name].total == pytest.approx((1 - share) * sum(deserved.values()))


@pytest.mark.tensorflow
def test_what_is_not_a_notebook_counts_as_nothing_and_says_why(scores):
    assert scores["ivo"].graded  # as `autograder grade` has it in any class
    assert scores["ivo"].total == 0
    assert any("it counts as nothing: not a notebook" in remark for remark in scores["ivo"].remarks)


@pytest.mark.tensorflow
def test_remarks_say_what_was_put_right(scores):
    said = {name: " ".join(score.remarks) for name, score in scores.items()}
    assert "set_ops: this test was deleted" in said["fay"]
    assert "shape_of: this test was deleted" in said["fay"]
    assert "word_counts: this cell was copied" in said["gus"]
    assert "set_ops: this test was edited" in said["hana"]
    assert "the process ended with status 1; what comes later was run without it" in said["eli"]
    assert "25 hours late" in said["lea"]
    assert said["dev"] == "nothing attempted"
    assert said["ada"] == ""
    assert "edited" not in said["ben"]


@pytest.mark.tensorflow
def test_the_table_shows_the_class(demonstration, scores):
    _, printed = demonstration
    assert sum(line.startswith("│") and line.split()[1] in BY_NAME for line in printed.splitlines()) == len(CLASS)
    for score in scores.values():
        assert f"{score.total:g}" in printed


@pytest.mark.tensorflow
def test_feedback_is_written_and_shows_no_hidden_test(demonstration):
    folder, _ = demonstration
    written = list(folder.glob("feedback/*/*/*.html"))
    assert len(written) == len(CLASS) - 1
    for path in written:
        html = path.read_text()
        for secret in ("HIDDEN TESTS", "from autograder", "grade(&quot;", "autograder/"):
            assert secret not in html, f"{path} shows {secret}"


# ---- what a submission deserves --------------------------------------------------------------------------------------


def deserved_points(learner):
    """The points of each exercise, from calling the answers on every probe and comparing with the oracle."""
    exercises = load_exercises(learner.unit)
    with answers_in_a_namespace(learner) as namespace:
        return {
            id: exercise.points if (learner.name, id) in TRAINED else _earned(learner.name, exercise, namespace.get(id))
            for id, exercise in _in_order(learner.unit, exercises)
        }


def _in_order(unit, exercises):
    notebook = nbformat.read(demo.ROOT / "solutions" / unit / f"{unit}.ipynb", as_version=4)
    ids = [cell.metadata["nbgrader"]["grade_id"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    return [(id, exercises[id]) for id in ids if id in exercises]


@contextmanager
def answers_in_a_namespace(learner):
    """Run the learner's answers one after the other, as a notebook would."""
    namespace = {}
    imports = "import ast, os, string, sys\nfrom pathlib import Path\nimport cv2\nimport numpy as np\n"
    imports += "from numpy.lib.stride_tricks import sliding_window_view\nfrom scipy import ndimage, signal\n"
    exec(imports, namespace)
    skipped = (*NOT_REACHED.get(learner.name, ()), *_answers_deleted(learner), "final_model")
    for id, source in demo.answers_of(learner).items():
        if source and id not in skipped:
            with suppress(Exception, SystemExit):
                exec(source, namespace)
    yield namespace


def _answers_deleted(learner):
    return ("shape_of",) if learner.name == "fay" else ()


def _earned(name, exercise, answer):
    if answer is None or answer is ... or (name, exercise.id) in BREAKS_A_RULE:
        return 0
    drawn = _drawn(exercise)
    try:
        passed = [_is_right(exercise, probe, answer) for probe in [*exercise.examples, *drawn]]
    except TimeoutError:
        return 0  # an answer that hangs is not asked again; ours hang on the first
    if exercise.settings["all_or_nothing"] and not all(passed):
        return 0
    unseen = passed[len(exercise.examples) :]
    refusals = [_is_refused(exercise, probe) for probe in drawn]
    if not all(refusals) and all(refusal for refusal, right in zip(refusals, unseen) if right):
        return 0  # it knows what to do with nothing that it was not shown
    return round(exercise.points * min(np.mean(passed), np.mean(unseen)), 2)


def _drawn(exercise):
    """The hidden probes but those that happen to be examples."""
    examples = [pickle.dumps((probe.args, probe.kwargs)) for probe in exercise.examples]
    drawn = hidden_probes(exercise, demo.SECRET)
    return [probe for probe in drawn if pickle.dumps((probe.args, probe.kwargs)) not in examples]


def _is_refused(exercise, probe):
    with tempfile.TemporaryDirectory() as place:
        wanted = _outcome(exercise.oracle, _made(probe.args, place), _made(probe.kwargs, place), limit=0)
    return isinstance(wanted, tuple) and bool(wanted) and isinstance(wanted[0], str) and wanted[0] == "raised"


def _is_right(exercise, probe, answer):
    with tempfile.TemporaryDirectory() as place:
        args, kwargs = copy.deepcopy((_made(probe.args, place), _made(probe.kwargs, place)))
        untouched = copy.deepcopy((args, kwargs))
        wanted = _outcome(exercise.oracle, *copy.deepcopy((args, kwargs)), limit=0)  # the first may import TensorFlow
        got = _outcome(answer, args, kwargs)
        if exercise.settings["fresh"] and any(_shares_memory(got, arg) for arg in args):
            return False
        return _equal((args, kwargs), untouched, exercise) and _equal(got, wanted, exercise)


def _shares_memory(result, arg):
    return isinstance(result, np.ndarray) and isinstance(arg, np.ndarray) and np.shares_memory(result, arg)


def _made(arguments, place):
    if isinstance(arguments, dict):
        return {key: _made([value], place)[0] for key, value in arguments.items()}
    return [_tree(arg, place) if isinstance(arg, Tree) else _rows(arg) for arg in arguments]


def _tree(tree, place):
    for name, text in tree.files.items():
        path = Path(place, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Path(place).resolve()


def _rows(arg):
    if not isinstance(arg, Dataset):
        return arg
    from course_utils import data

    return data.resolve(arg)


def _outcome(function, args, kwargs, limit=5):
    def too_long(*_):
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(limit)
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()), np.errstate(all="ignore"):
            return function(*args, **kwargs)
    except TimeoutError:
        raise
    except (Exception, SystemExit) as error:
        return ("raised", "ValueError" if isinstance(error, ValueError) else repr(error))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def _equal(a, b, exercise):
    """Same kind of thing, same value within the exercise's tolerance."""
    if isinstance(b, np.ndarray) and b.ndim:
        rtol, atol = exercise.settings["rtol"], exercise.settings["atol"]
        if not isinstance(a, np.ndarray) or a.shape != b.shape:
            return False
        same_kind = a.dtype == b.dtype if exercise.settings["dtype"] == "exact" else a.dtype.kind == b.dtype.kind
        return same_kind and (b.dtype.kind in "OUS" or np.allclose(a, b, rtol, atol, equal_nan=True))
    if isinstance(b, dict):
        return isinstance(a, dict | Counter) and a.keys() == b.keys() and all(_equal(a[k], b[k], exercise) for k in b)
    if isinstance(b, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(_equal(x, y, exercise) for x, y in zip(a, b))
    if isinstance(b, float):
        return isinstance(a, float) and np.isclose(a, b, equal_nan=True)
    if isinstance(b, np.generic):
        return isinstance(a, int | float | np.generic) and np.isclose(a, b)
    return isinstance(a, type(b)) and a == b
