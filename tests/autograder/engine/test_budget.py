"""Fair on a busy machine: cells have their time of the processor, and what is told of an end is true."""

import itertools
import os
import select
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from autograder.authoring.cells import exercise_of
from autograder.engine.attempts import Runs, run_and_judge, run_to_last_answer
from autograder.engine.command import Options, grade_unit
from autograder.engine.gate import Gate
from autograder.engine.judge import judging
from autograder.engine.run.budget import Budget, Tree, cores
from autograder.engine.run.ended import End, Ended
from autograder.engine.run.runner import Result
from autograder.engine.run.sandbox import Limits, missing
from autograder.engine.submitted.repair import Lesson
from tests.autograder.engine import real_class
from tests.autograder.engine.two_exercises import DECODED, DOUBLE, RAW, RIGHT, notebook

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processor time of others is read from /proc")
needs_sandbox = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")
BUSY = 8  # processes beside those that grade

COMPUTE = "import time\nwhile time.process_time() < {0}: pass\nimport numpy as np\nFACTOR = 2"
IN_A_CHILD = (
    "import subprocess, sys\n"
    "work = 'import time\\nwhile time.process_time() < {0}: pass\\nprint(2)'\n"
    "FACTOR = int(subprocess.run([sys.executable, '-Ic', work], capture_output=True).stdout)\nimport numpy as np"
)
NEEDS = "def double(x):\n    return FACTOR * x"
ENDLESS = "import numpy as np\nwhile True: pass"


@pytest.fixture
def busy():
    """A machine on which others compute."""
    others = [subprocess.Popen([sys.executable, "-Ic", "while True: pass"]) for _ in range(BUSY)]
    yield
    for one in others:
        one.kill()
        one.wait()


def grade_class(root, capsys):
    """Points and remarks by student of a small class, two at a time, whose cells need more than half of their time."""
    import json

    real_class.make_course(root, 2)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("c.Execute.timeout = 2\n")
    real_class.hand_in(
        root, "computes", real_class.notebook(NEEDS, first=COMPUTE.format(1.4))
    )  # of it 0.8 were warm-up
    real_class.hand_in(root, "starts a process", real_class.notebook(NEEDS, first=IN_A_CHILD.format(1.0)))
    real_class.hand_in(root, "does not end", real_class.notebook(first=ENDLESS))
    assert grade_unit("01", Options(jobs=2, as_json=True, root=root)) == 0
    rows = json.loads(capsys.readouterr().out)["graded"]
    return {row["student"]: (row["points"], row["reasons"]) for row in rows}


@linux
@needs_sandbox
def test_a_class_earns_beside_busy_processes_what_it_earns_alone(tmp_path, monkeypatch, capsys, request):
    real_class.install(monkeypatch)
    alone = grade_class(tmp_path / "alone", capsys)
    assert alone["computes"] == (5.0, [])
    assert alone["starts a process"] == (5.0, [])
    assert alone["does not end"] == (5.0, ["cell 1 did not finish in time and was stopped"])
    request.getfixturevalue("busy")
    assert grade_class(tmp_path / "busy", capsys) == alone


@needs_sandbox
def test_one_who_only_waits_is_stopped_by_the_clock_and_not_six_times_later(parent):
    began = time.monotonic()
    result = parent.run(["import time\ntime.sleep(60)"], {}, Limits(cell_seconds=1))
    assert result.interrupted == [0]
    assert result.by_clock
    assert time.monotonic() - began < 6


@linux
@pytest.mark.parametrize("ignored", [False, True])
def test_the_time_of_children_that_have_ended_counts(ignored):
    """Also where their parent ignores their end, so that the kernel does not tell it their time."""
    ended = "time.sleep(1)" if ignored else "os.wait()"
    work = f"""
import os, signal, sys, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN if {ignored} else signal.SIG_DFL)
if os.fork() == 0:
    while time.process_time() < 0.4: pass
    os._exit(0)
{ended}
print(flush=True)
sys.stdin.readline()
"""
    seen = []
    with subprocess.Popen([sys.executable, "-Ic", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        tree = Tree(os.getpid(), one.pid)
        while not select.select([one.stdout], [], [], 0.02)[0]:
            seen.append(tree.look()[0])
        seen.append(tree.look()[0])
        one.communicate(b"\n", timeout=20)
    assert max(seen) > 0.3 / cores()
    assert all(later > earlier - 0.001 for earlier, later in itertools.pairwise(seen)), "it falls when a process ends"


@linux
def test_the_time_of_any_thread_counts_whole_as_it_passes_on_an_idle_machine():
    """Of a thread that computes while the first one waits, and not a core's share of it."""
    work = """
import sys, threading, time
def compute():
    while time.thread_time() < 0.5: pass
one = threading.Thread(target=compute)
one.start()
one.join()
print(flush=True)
sys.stdin.readline()
"""
    with subprocess.Popen([sys.executable, "-Ic", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        tree = Tree(os.getpid(), one.pid)
        while not select.select([one.stdout], [], [], 0.02)[0]:
            tree.look()
        used, _ = tree.look()
        one.communicate(b"\n", timeout=20)
    assert used > 0.4, "also after that thread has ended"


class Work(Tree):
    """A tree that says what it is told to."""

    def __init__(self):
        super().__init__(0, 0)
        self.told = (0.0, False)

    def look(self):
        return self.told

    def glance(self):
        return self.told[0]


def test_seconds_in_which_it_wanted_the_processor_and_had_none_are_not_charged(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("autograder.engine.run.budget.time.monotonic", lambda: clock[0])
    work = Work()
    budget = Budget(work, 10, 100, 0.5)

    def pass_time(seconds, of_processor, wants):
        clock[0] += seconds
        work.told = (work.told[0] + of_processor, wants)
        budget.look()

    for _ in range(40):
        pass_time(0.5, 0.1, True)  # 20 s by the clock
    assert budget.left() == pytest.approx(10 - 4)
    for _ in range(10):
        pass_time(0.5, 0.0, False)  # it waits
    assert budget.left() == pytest.approx(1)
    assert budget.left_of_all() == pytest.approx(100 - 9)
    pass_time(0.5, 0.0, False)
    pass_time(0.5, 0.0, False)
    assert budget.left() == 0
    assert budget.by_clock()
    budget.begin()
    assert budget.left() == 10
    for _ in range(200):
        pass_time(0.5, 0.0, True)
    assert budget.left() == 0, "a bound by the clock holds all the same"


@needs_sandbox
def test_what_comes_behind_a_cell_that_cannot_be_stopped_is_graded(parent):
    stuck = "import signal, time\nsignal.signal(2, signal.SIG_IGN)\nwhile True: time.sleep(1)"
    made = notebook(stuck, double=DOUBLE)
    limits = Limits(cell_seconds=1, notebook_seconds=40)
    result = run_to_last_answer(
        Runs(limits, {}, parent.run), [c["source"] for c in made["cells"]], judging.hidden_of(RAW)
    )
    judgement = judging.fill_in(made, result, DECODED)
    assert {id: score.points for id, score in judgement.scores.items()} == RIGHT
    assert judgement.remarks[-1].startswith("cell 2: time: a cell that would not stop")
    assert judgement.remarks[-1].endswith("what comes later was run without it")
    assert made["cells"][1]["outputs"][0]["ename"] == "NotExecuted"


@needs_sandbox
def test_a_limit_that_a_notebook_sets_itself_is_told_as_such_and_bounded(parent):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))"
    made = notebook(limit, "while True: pass")
    asked = []
    runs = Runs(Limits(cell_seconds=20), {}, lambda *job: asked.append(job) or parent.run(*job))
    result = run_to_last_answer(runs, [c["source"] for c in made["cells"]], judging.hidden_of(RAW))
    said = " ".join([result.ended.words if result.ended else "", *result.left_out.values()])
    assert "by a limit on processor time that it had set itself" in said
    assert "memory" not in said
    assert len(asked) <= 4


def results_of(points, **more):
    """A result that earns all points or none."""
    seen = [{"outcome": "returned", "value": {"type": "int", "value": 2 * x}} for x in (3, -1, 7341, -56)]
    answers = [{"answer": "double", "observations": seen[-len(RAW["double"]["probes"]) :]}] if points else []
    return Result({0: []}, answers, ["double"] if points else [], **more)


def test_what_ran_out_by_the_clock_is_run_once_more_alone():
    made = {"cells": [notebook()["cells"][3]], "metadata": {}}
    packs = SimpleNamespace(raw={"double": RAW["double"]}, decoded={"double": DECODED["double"]})
    made["cells"] = [c for c in notebook()["cells"] if exercise_of(c) == "double"]
    first = results_of(0, by_clock=True, interrupted=[0], used=5)
    asked = []

    def alone(*job):
        asked.append(job)
        return results_of(1)

    _, judgement = run_and_judge(made, packs, Lesson(), Limits(), {}, lambda *job: first, alone)
    assert judgement.scores["double"].points == 2
    assert judgement.remarks == ["its time ran out beside other notebooks; it was run once more, alone"]
    assert len(asked) == 1
    _, judgement = run_and_judge(
        made, packs, Lesson(), Limits(), {}, lambda *job: results_of(0, interrupted=[0]), alone
    )
    assert judgement.scores["double"].points == 0
    assert len(asked) == 1, "what used up its time of the processor is not"


def test_all_repetitions_together_have_the_time_of_one_notebook():
    asked = []

    def run(sources, hidden, limits, files):
        asked.append(limits.notebook_seconds)
        return Result(ended=Ended(End.ITSELF, "it died"), at=len(asked) - 1, used=250)

    run_to_last_answer(Runs(Limits(), {}, run), ["1"] * 20, {})
    assert asked == [600, 600, 350, 100]


def test_alone_means_that_no_other_runs():
    gate, inside, most = Gate(), [], []

    def run(name):
        inside.append(name)
        most.append((name, len(inside)))
        time.sleep(0.01)
        inside.remove(name)

    jobs = [gate.alone(run) if number % 5 == 0 else gate.beside(run) for number in range(40)]
    threads = [
        threading.Thread(target=job, args=("alone" if number % 5 == 0 else "beside",))
        for number, job in enumerate(jobs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert {count for name, count in most if name == "alone"} == {1}
    assert max(count for _, count in most) > 1
    assert len(most) == 40
