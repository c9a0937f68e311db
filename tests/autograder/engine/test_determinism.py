"""The same submission, graded twenty times, gets the same score in the same words: in any order, alone and in company.

COURSE_TEST_SLOW=1 does so for a unit that trains with TensorFlow too; in the normal suite a small model is trained instead.
"""

import json
import os
import random
import subprocess
import sys
from dataclasses import asdict, replace

import pytest

from autograder.demo import command as demo
from autograder.demo.learners import UNIT_06
from autograder.engine.coordinator import Work, grade
from autograder.engine.record.ledger import Ledger
from autograder.engine.run.runner import make_parents
from autograder.engine.run.sandbox import Limits, missing
from autograder.engine.submitted.submission import find_submissions
from tests.autograder.engine import real_class
from tests.autograder.engine.real_class import LOOP, SQUARE, UNIT
from tests.autograder.engine.stubbed import hand_in

pytestmark = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")
TIMES = 20
RANDOM = "import random\nimport numpy as np\nluck = random.random(), np.random.rand()\nprint(luck)"
CLASS = {
    "right": {},
    "square": {"double": SQUARE},
    "loop": {"total": LOOP},
    "partly": {
        "double": "def double(x):\n    return 2 * x if x > 0 else x",
        "total": "def total(x):\n    return float(x.max())",
    },
    "crashed": {"double": "def double(x):\n    raise KeyError(x)", "total": "def total(x)"},
    "died": {"double": "def double(x):\n    import os\n    os._exit(1) if x > 50 else None\n    return 2 * x"},
    "lucky": {"first": RANDOM, "double": "def double(x):\n    return 2 * x if random.random() < 0.5 else 0"},
    "sets": {
        "first": "print({'a', 'b', 'c', 'd'}, hash('a'))",
        "double": "def double(x):\n    return {str(x), 'a', 'b'}",
    },
    "printed": {"double": "def double(x):\n    print(object)\n    return 2 * x\ndouble"},
}


def outcome(ledger: Ledger, student: str) -> tuple[str, str, str]:
    """All that is known of a grading: scores, words, mistakes, remarks, and every byte of notebook and answers."""
    facts = ledger.facts(student, UNIT)
    facts = asdict(replace(facts, seconds=0.0, answer_seconds={}))
    notebook = ledger.notebook_path(student, UNIT).read_text()
    return json.dumps(facts, sort_keys=True), notebook, json.dumps(asdict(ledger.read_answers(student, UNIT)))


def test_twenty_gradings_are_one(tmp_path):
    """In ten copies, shuffled among the others, one at a time and two; and each alone, by a process started for it."""
    tmp_path.chmod(0o755)
    db_url = real_class.make_course(tmp_path, 0)
    for name, answers in CLASS.items():
        for copy in range(TIMES // 2):
            hand_in(tmp_path, f"{name}-{copy}", real_class.notebook(**answers))
    draw, seen = random.Random(5), {name: set() for name in CLASS}
    with Ledger(tmp_path, db_url) as ledger:
        work = Work(UNIT, ledger.release(UNIT), real_class.packs(), Limits(cell_seconds=20))

        def grade_again(group: list, jobs: int) -> None:
            parents = make_parents(jobs, (), True)
            summary = grade(ledger, work, group, parents, again=True)  # which ends the parents
            for parent in parents:
                parent.stop()
            assert not summary.failed
            for one in group:
                seen[one.student.partition("-")[0]].add(outcome(ledger, one.student))

        everyone = find_submissions(tmp_path, UNIT)
        for jobs in (1, 2):
            draw.shuffle(everyone)
            grade_again(everyone, jobs)
        for one in everyone:
            if one.student.endswith("-0"):
                grade_again([one], 1)
    assert {name: len(found) for name, found in seen.items()} == dict.fromkeys(CLASS, 1)
    points = {name: sum(json.loads(next(iter(found))[0])["points"].values()) for name, found in seen.items()}
    assert points["right"] == 5
    assert len(set(points.values())) > 4, "a class in which all are alike shows nothing"


TRAINS = """
import keras
def largest(path):
    x = np.random.rand(64, 3)
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8), keras.layers.Dropout(0.5), keras.layers.Dense(3, "softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    made.fit(x, x.argmax(axis=1), epochs=3, verbose=0)
    made.save(path)
    return made
"""


@pytest.mark.tensorflow
def test_a_model_that_is_trained_without_a_seed_predicts_the_same():
    from autograder.engine.judge import judging
    from tests.autograder.engine.test_model_attacks import LIMITS, RAW

    cells = [
        "import numpy as np",
        TRAINS,
        "print(keras.random.normal((3,)), largest('m.keras').get_weights()[0][0])",
        "from autograder import grade\ngrade('largest', largest)",
    ]
    found = set()
    parents = make_parents(2, ("tensorflow", "keras"), True)
    try:
        for turn in range(4):
            result = parents[turn % 2].run(cells, judging.hidden_of(RAW), LIMITS)
            assert not result.ended
            assert "predictions" in json.dumps(result.answers)
            found.add(json.dumps([result.outputs[2], result.answers]))
    finally:
        for parent in parents:
            parent.stop()
    assert len(found) == 1


@pytest.mark.skipif(not os.environ.get("COURSE_TEST_SLOW"), reason="minutes of training; COURSE_TEST_SLOW=1")
@pytest.mark.parametrize("unit", [UNIT_06, "05_keras_life_cycle"])
def test_a_unit_that_trains_is_graded_alike_twenty_times(tmp_path, unit):
    demo.write_config(tmp_path)
    environment = demo.environment(tmp_path)
    command = [sys.executable, "-m", "tests.autograder.engine.release_only", str(tmp_path), unit, "1"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    seen = {}
    for turn in range(TIMES):
        run = [sys.executable, "-m", "autograder", "grade", unit, "--json", "--again", "--jobs", str(1 + turn % 2)]
        done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        for row in json.loads(done.stdout.splitlines()[-1])["graded"]:
            told = {key: row[key] for key in ("points", "scores", "mistakes", "reasons")}
            seen.setdefault(row["student"], set()).add(json.dumps(told, sort_keys=True))
    assert seen
    assert all(len(found) == 1 for found in seen.values()), seen
