"""The engine and stock nbgrader give every honest submission the same scores, comments and penalty for lateness.

By design they differ only here, and each has its test elsewhere: what a hostile notebook earns (test_inside); an answer
that no cell defines by itself, where its exercise has a rule on how it is written (test_judging); a kernel that a signal
of the notebook's own would have killed, and a file that it would have found on the instructor's machine (test_inside).
"""

import inspect
import json
import os
import random
import shutil
import subprocess
import sys
import textwrap

from nbgrader.api import Gradebook

from autograder import demo
from autograder.demo_class import CLASS, UNIT_01, Learner
from autograder.exercises import load_exercises

SIZE = 60 if os.environ.get("COURSE_TEST_SLOW") else 6  # a class of 6 besides the demo's seven of unit 01


def own_source(name: str, answer) -> str | None:
    """A declared answer's source as a learner would write it; None for one that needs more of its module than NumPy."""
    source = textwrap.dedent(inspect.getsource(answer))
    lines = source.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def "))
    text = "\n".join(lines[start:]).replace(f"def {answer.__name__}(", f"def {name}(", 1)
    needed = set(answer.__code__.co_names) & set(answer.__globals__)
    return None if needed - {"np"} else "import numpy as np\n\n" + text


def varied(size: int) -> list[Learner]:
    """Learners with right answers, known mistakes, stubs, crashes and prints, some late: the same ones in every run."""
    draw, learners = random.Random(1), []
    pool: dict[str, list[str]] = {}
    for id, declared in load_exercises(UNIT_01).items():
        answers = [m.answer for m in declared.mistakes] + list(declared.right_answers.values())
        found = [source for answer in answers if (source := own_source(id, answer))]
        pool[id] = [*found, "", f"def {id}(*a, **k):\n    raise KeyError('no')", f"def {id}(*a, **k):\n    print(a)"]
    for number in range(size):
        answers = {id: draw.choice(sources) for id, sources in pool.items() if draw.random() < 0.7}
        late = draw.choice((0, 0, 3, 30, 300))
        learners.append(Learner(f"s{number:02}", UNIT_01, "drawn", answers=answers, hours_late=late))
    return learners


def scores(folder) -> dict:
    """Everything that a gradebook says of each notebook: points by cell, comments, penalty."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return {
            submission.student.id: (
                {grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade) for grade in book.grades},
                {comment.name: comment.comment for comment in book.comments},
                submission.late_submission_penalty,
            )
            for submission in gradebook.assignment_submissions(UNIT_01)
            for book in submission.notebooks
        }


def test_scores_comments_and_penalties_are_equal(tmp_path):
    ours, stock = tmp_path / "ours", tmp_path / "stock"
    learners = [one for one in CLASS if one.unit == UNIT_01 and one.instead is None] + varied(SIZE)
    demo.write_config(ours)
    environment = demo.environment(ours)
    command = [sys.executable, "-m", "tests.engine.release_only", str(ours)]
    subprocess.run(command, env=environment, check=True, input=json.dumps(SIZE), text=True, capture_output=True)
    shutil.copytree(ours, stock)
    with demo.write_config(stock).open("a") as config:  # in kernels, one after the other, as nbgrader does by itself
        config.write('c.Autograde.autograde_preprocessors[0] = "autograder.nbgrader_parts.ExecuteAll"\n')
    run = [sys.executable, "-m", "autograder", "grade", UNIT_01, "--json"]
    first = subprocess.run(run, cwd=ours, env=environment, capture_output=True, text=True)
    assert first.returncode == 0, first.stdout + first.stderr
    run = [sys.executable, "-m", "nbgrader", "autograde", UNIT_01]
    second = subprocess.run(run, cwd=stock, env=environment, capture_output=True, text=True)
    assert second.returncode == 0, second.stderr[-3000:]
    mine, theirs = scores(ours), scores(stock)
    assert len(mine) == len(learners)
    assert mine == theirs
