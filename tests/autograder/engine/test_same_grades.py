"""The engine and stock nbgrader give every honest submission the same scores, comments and penalty for lateness.

Stock means nbgrader's own steps, in kernels, with none of this course's. By design the two differ only in this list; each
item is tested, here or in the test that it names:

- a test cell in which something was written to stderr: stock gives 0, the engine what the answer earns;
- a test that was deleted: stock keeps no score of it, the engine puts it back (an edited one both put back);
- cells that were copied: stock ends there, with no later notebook graded either; in the engine the last copy counts;
- a notebook that ends its own process: stock grades nothing of it, in the engine all but that cell counts;
- an answer below its test, a set-up cell that is missing or failed, names of the course bound to other things: the engine runs
  the notebook once more, put right (test_repair);
- rules on how an answer is written: the engine also reads helper classes (their loops and names count), and follows
  `functools.partial(...)`; an answer that no cell defines by itself breaks the rule;
- hostile code, and files of the instructor's machine: test_inside.
"""

import os
import random
import shutil
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

from autograder.bench.grading import STOCK
from autograder.common.own_source import own_source
from autograder.demo import command as demo
from autograder.demo.learners import CLASS, UNIT_01, UNIT_02, UNIT_06, Learner, delete, put_first, rewrite, try_first
from autograder.exercises import load_exercises

SIZE = 60 if os.environ.get("COURSE_TEST_SLOW") else 3  # besides the demo's three that are honest
HONEST = ("ada", "ben", "dev", "lea")  # of the demo's class: changed no cell that was not theirs, ended no process

SAYS_HELLO = """
import sys

get_ipython().events.register("pre_run_cell", lambda info: print("hello", file=sys.stderr))
"""
PARTIAL = """
import functools
import numpy as np

the_shape = functools.partial(np.shape)

def shape_of(nested):
    return the_shape(nested)
"""
HELPER_CLASS = """
import numpy as np

class Looker:
    def look(self, nested):
        return np.shape(nested)

def shape_of(nested):
    return Looker().look(nested)
"""
DIFFERENT = [
    Learner("stderr", UNIT_01, "every cell says something on stderr", changes=(put_first(SAYS_HELLO),)),
    Learner("deleted", UNIT_01, "a test deleted", changes=(delete("test_set_ops"),)),
    Learner(
        "zz_copied", UNIT_01, "an exercise copied", changes=(try_first("word_counts", "def word_counts(text): ..."),)
    ),
    Learner("died", UNIT_01, "ends its process", answers={"stack_batch": "import os\n\nos._exit(1)"}),
    Learner(
        "partial",
        UNIT_01,
        "a rule evaded, a test edited",
        answers={"shape_of": PARTIAL, "set_ops": ""},
        changes=(rewrite("test_set_ops", "1.0"),),
    ),
    Learner(
        "class",
        UNIT_01,
        "a rule evaded, and text written past Python",
        answers={"shape_of": HELPER_CLASS},
        changes=(put_first("import os, time\nos.write(1, b'past Python')\ntime.sleep(2)"),),
    ),
]


def varied(size: int, unit: str = UNIT_01) -> list[Learner]:
    """Learners with right answers, known mistakes, stubs, crashes and prints, some late: the same ones in every run."""
    draw, learners = random.Random(1), []
    pool: dict[str, list[str]] = {}
    for id, declared in load_exercises(unit).items():
        answers = [m.answer for m in declared.mistakes] + list(declared.right_answers.values())
        found = [source for answer in answers if (source := own_source(id, answer))]
        odd = ["", f"def {id}(*a, **k):\n    raise KeyError('no')", f"def {id}(*a, **k):\n    print(a)", f"def {id}(:"]
        pool[id] = [*found, *odd, f"{id} = None"]
    for number in range(size):
        answers = {id: draw.choice(sources) for id, sources in pool.items() if draw.random() < 0.7}
        late = draw.choice((0, 0, 3, 30, 300))
        learners.append(Learner(f"s{number:02}", unit, "drawn", answers=answers, hours_late=late))
    return learners


def honest(unit: str = UNIT_01, size: int = SIZE) -> list[Learner]:
    """Those whom both should grade alike: the demo's, and drawn ones."""
    return [one for one in CLASS if one.unit == unit and one.name in HONEST] + varied(size, unit)


def everyone(unit: str, size: int) -> list[Learner]:
    """Who hands in: the honest ones, and with unit 01 those with whom the two differ by design."""
    return honest(unit, size) + (DIFFERENT if unit == UNIT_01 else [])


def gradebook(folder, unit=UNIT_01) -> dict:
    """Everything that a gradebook says of each notebook: points by cell, comments, penalty."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as opened:
        return {
            submission.student.id: (
                {
                    grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade, grade.score)
                    for grade in book.grades
                },
                {comment.name: (comment.auto_comment, comment.comment) for comment in book.comments},
                (book.late_submission_penalty, submission.late_submission_penalty, submission.total_seconds_late),
                (book.score, submission.score),
            )
            for submission in opened.assignment_submissions(unit)
            for book in submission.notebooks
        }


def grade_both(unit: str, size: int, ours, stock) -> None:
    """Grade the same class by the engine in one folder and by stock nbgrader in another."""
    demo.write_config(ours)
    environment = demo.environment(ours)
    environment.pop("PYTEST_CURRENT_TEST", None)  # a kernel that sees it does not capture file descriptors 1 and 2
    command = [sys.executable, "-m", "tests.autograder.engine.release_only", str(ours), unit, str(size)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    shutil.copytree(ours, stock, dirs_exist_ok=True)
    config = demo.write_config(stock)
    config.write_text(config.read_text() + STOCK)
    run = [sys.executable, "-m", "autograder", "grade", unit, "--json"]
    first = subprocess.run(run, cwd=ours, env=environment, capture_output=True, text=True)
    assert first.returncode == 0, first.stdout + first.stderr
    run = [sys.executable, "-m", "nbgrader", "autograde", unit]
    subprocess.run(
        run, cwd=stock, env=environment, capture_output=True
    )  # ends with 1: it cannot grade some of DIFFERENT


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Unit 01, graded twice: (our folder, stock's folder)."""
    folders = [tmp_path_factory.mktemp(name) for name in ("ours", "stock")]
    grade_both(UNIT_01, SIZE, *folders)
    return folders


def test_scores_comments_and_penalties_are_equal(graded):
    mine, theirs = map(gradebook, graded)
    names = [learner.name for learner in honest()]
    assert len(names) == SIZE + 3
    assert {name: mine[name] for name in names} == {name: theirs[name] for name in names}
    # and there was something to compare
    scores = [score for name in names for score, *_ in theirs[name][0].values()]
    assert {0.0} < set(scores)
    assert any(score % 1 for score in scores), "no partial credit in this class"
    assert any(theirs[name][2][0] for name in names)
    assert any(comment == "No response." for name in names for _, comment in theirs[name][1].values())


@pytest.mark.skipif(not os.environ.get("COURSE_TEST_SLOW"), reason="minutes of training; COURSE_TEST_SLOW=1")
@pytest.mark.parametrize(("unit", "size"), [(UNIT_02, 12), (UNIT_06, 2)])
def test_other_units_too(tmp_path, unit, size):
    grade_both(unit, size, tmp_path / "ours", tmp_path / "stock")
    mine, theirs = (gradebook(tmp_path / name, unit) for name in ("ours", "stock"))
    assert set(theirs) == {learner.name for learner in honest(unit, size)}
    assert mine == theirs
    assert sum(book[3][0] > 0 for book in theirs.values()) > 1


def score(book: dict, name: str, cell: str) -> float | None:
    """What a gradebook holds for one learner's cell; None where it holds nothing."""
    return book[name][0][cell][0] if name in book and cell in book[name][0] else None


@pytest.mark.parametrize(
    ("name", "exercise", "ours", "stock"),
    [
        ("stderr", "set_ops", 1.0, 0.0),
        ("deleted", "set_ops", 1.0, None),
        ("zz_copied", "word_counts", 2.0, None),
        ("zz_copied", "set_ops", 1.0, None),
        ("died", "word_counts", 2.0, None),
        ("died", "stack_batch", 0.0, None),
    ],
)
def test_what_differs_by_design(graded, name, exercise, ours, stock):
    mine, theirs = map(gradebook, graded)
    assert (score(mine, name, f"test_{exercise}"), score(theirs, name, f"test_{exercise}")) == (ours, stock)


def test_a_loop_in_a_helper_class_breaks_the_rule_for_both(graded):
    mine, theirs = map(gradebook, graded)
    assert score(mine, "class", "test_shape_of") == score(theirs, "class", "test_shape_of") == 0


def test_an_edited_test_is_put_back_by_both(graded):
    mine, theirs = map(gradebook, graded)
    assert score(mine, "partial", "test_set_ops") == score(theirs, "partial", "test_set_ops") == 0


def test_text_written_past_python_is_shown_by_both(graded):
    path = f"autograded/class/{UNIT_01}/{UNIT_01}.ipynb"
    shown = [b"past Python" in (folder / path).read_bytes().replace(b"b'past Python'", b"") for folder in graded]
    assert shown == [True, True]
