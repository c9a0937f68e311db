"""Judging has a deadline and a ceiling of memory: what breaks them is left out with a reason, and the class goes on."""

import json
import os
import re
import signal
import time

import pytest

from autograder.engine import coordinator
from autograder.engine.judge import guarded as guarded_module
from autograder.engine.judge import judging, steps
from autograder.engine.judge.guarded import BLOCK, Bounds, Broken, Defect, Guarded, Killed
from autograder.engine.record import ledger
from autograder.engine.submitted import repair
from tests.autograder.engine import stubbed
from tests.autograder.engine.stubbed import UNIT, Stub

QUICK = Bounds(step=1.0, whole=2.0, memory=200 * BLOCK)


def work(request, asking):
    """What the tests have a guarded process do."""
    what, value = request
    if what == "spin":
        asking.tell("spinning")
        while True:
            re.match(r"(a+)+$", "a" * 26 + "b")
    if what == "steps":
        for number in range(value):
            asking.tell(f"step {number}")
            until = time.process_time() + 0.7
            while time.process_time() < until:
                pass
    if what == "memory":
        asking.tell("filling")
        return len(bytearray(value))
    if what == "pid":
        return os.getpid()
    if what == "parent":
        return os.getppid()
    if what == "resident":
        return guarded_module._resident()
    if what == "ask":
        return asking.ask("twice", value)
    if what == "end":
        os._exit(7)
    return 1 / value


@pytest.fixture
def guarded():
    with Guarded(work, QUICK) as one:
        yield one


def test_one_process_answers_many_requests_and_may_ask(guarded):
    pids = {guarded.ask(("pid", 0)) for _ in range(3)}
    assert len(pids) == 1
    assert os.getpid() not in pids
    assert guarded.ask(("ask", 21), lambda what, value: 2 * value if what == "twice" else None) == 42


@pytest.mark.parametrize(
    ("request_", "words", "step"),
    [
        (("spin", 0), "took more than 1 s of the processor", "spinning"),
        (("memory", 500 * BLOCK), "needed more than 200 MB of memory", "filling"),
        (("end", 0), "ended the process that did it", ""),
    ],
    ids=["time", "memory", "its end"],
)
def test_what_breaks_the_limits_is_told_and_the_next_request_is_answered(guarded, request_, words, step):
    with pytest.raises(Broken, match=words) as broken:
        guarded.ask(request_)
    assert broken.value.step == step
    assert guarded.ask(("divide", 4)) == 0.25


def test_each_step_has_its_time_and_all_together_have_theirs(guarded):
    guarded.ask(("steps", 1))
    with pytest.raises(Broken) as broken:
        guarded.ask(("steps", 20))
    assert int(broken.value.step.split()[1]) >= 2


def test_a_defect_of_ours_comes_with_its_traceback(guarded):
    with pytest.raises(Defect, match="ZeroDivisionError: division by zero"):
        guarded.ask(("divide", 0))


def test_what_was_asked_in_vain_comes_out(guarded):
    def fails(what, value):
        raise KeyError(value)

    with pytest.raises(KeyError):
        guarded.ask(("ask", 1), fails)
    assert guarded.ask(("divide", 4)) == 0.25


def test_memory_that_was_used_is_given_back(guarded):
    pid = guarded.ask(("pid", 0))
    guarded.ask(("memory", 100 * BLOCK))
    assert guarded.ask(("pid", 0)) == pid  # it gave the memory back itself


def test_one_that_is_made_anew_holds_nothing_of_what_its_maker_has_read_since(guarded):
    before = guarded.ask(("resident", 0))
    read = bytearray(os.urandom(BLOCK)) * 100
    with pytest.raises(Broken):
        guarded.ask(("end", 0))
    assert guarded.ask(("resident", 0)) < before + 20 * BLOCK
    assert len(read) == 100 * BLOCK


def test_what_they_are_forked_from_is_made_anew_where_somebody_killed_it(guarded):
    own = os.getpid()
    assert guarded.ask(("parent", 0)) != own
    os.kill(guarded.ask(("parent", 0)), signal.SIGKILL)
    with pytest.raises(Killed):
        guarded.ask(("spin", 0))
    assert guarded.ask(("divide", 4)) == 0.25


def test_nobody_is_left_when_it_is_stopped():
    with Guarded(work, QUICK) as one:
        pids = [one.ask(("pid", 0)), one.ask(("parent", 0))]
        with pytest.raises(Broken):
            one.ask(("spin", 0))
        pids.append(one.ask(("pid", 0)))
    assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}")]


def spin(*_, **__):
    while True:
        re.match(r"(a+)+$", "a" * 26 + "b")


def fill(*_, **__):
    return [bytearray(BLOCK) for _ in range(100_000)]


def only_for(student, hostile, honest):
    """`hostile` for this student's notebook, whose cells say who made it; `honest` for all others."""

    def chosen(*arguments, **options):
        seen = repr(arguments[0])
        return hostile() if f"# of {student}" in seen else honest(*arguments, **options)

    return chosen


STUDENTS = ("student00", "student01", "student02", "student03")


@pytest.fixture
def course(tmp_path):
    db_url = stubbed.make_course(tmp_path, 4)
    for student in STUDENTS:
        path = tmp_path / "submitted" / student / UNIT / f"{UNIT}.ipynb"
        notebook = json.loads(path.read_text())
        for cell in notebook["cells"]:
            if "return" in "".join(cell["source"]):
                cell["source"] = "".join(cell["source"]) + f"\n# of {student}"
        path.write_text(json.dumps(notebook))
    return tmp_path, db_url


def graded(course, stub=None):
    root, db_url = course
    summary = stubbed.grade(root, db_url, [stub or Stub()], bounds=QUICK)
    assert summary.failed == {}
    found = {one.student: one for one in summary.graded}
    assert set(found) == set(STUDENTS)
    for one in found.values():
        assert not re.search(r"Traceback|\w+Error\b", " ".join(one.reasons))
    return found


@pytest.mark.parametrize("hostile", [spin, fill])
def test_a_notebook_that_cannot_be_read_in_time_has_a_reason_and_the_class_goes_on(course, monkeypatch, hostile):
    honest = coordinator.put_back
    monkeypatch.setattr(coordinator, "put_back", only_for("student01", hostile, honest))
    found = graded(course)
    assert "reading it" in found["student01"].reasons[0]
    assert [found[student].scores.get("test_double") for student in STUDENTS] == [2.0, None, 0.0, 2.0]


def test_an_answer_that_cannot_be_judged_in_time_costs_itself_alone(course, monkeypatch):
    wrong = judging.judge

    def judge(pack, observations, *more):
        return spin() if observations[0]["value"]["value"] == 9.0 else wrong(pack, observations, *more)

    monkeypatch.setattr(judging, "judge", judge)
    stub = Stub()
    found = graded(course, stub)
    assert (
        "double: its answer could not be judged: that took more than 1 s of the processor" in found["student01"].reasons
    )
    assert [found[student].scores["test_double"] for student in STUDENTS] == [2.0, 0.0, 0.0, 2.0]
    assert (course[0] / "autograded" / "student01" / UNIT / f"{UNIT}.ipynb").exists()


def test_outputs_that_cannot_be_cleaned_are_left_out_and_cost_no_points(course, monkeypatch):
    clean = judging.clean_output
    monkeypatch.setattr(judging, "clean_output", only_for("student00", spin, clean))
    outputs = [{"output_type": "stream", "name": "stdout", "text": "# of student00"}]

    class Loud(Stub):
        def run(self, cells, *more):
            result = super().run(cells, *more)
            if "# of student00" in " ".join(cells):
                result.outputs[0] = outputs
            return result

    found = graded(course, stub := Loud())
    assert found["student00"].scores["test_double"] == 2.0
    assert any("code cell 1 showed was left out" in words for words in found["student00"].reasons)
    assert stub.ran == len(STUDENTS)  # nothing ran twice


def test_a_result_that_cannot_be_written_in_time_is_written_without_outputs(course, monkeypatch):
    dump = ledger.dump_notebook

    def slow(notebook):
        loud = "# of student00" in repr(notebook) and any(cell.get("outputs") for cell in notebook["cells"][:1])
        return spin() if loud else dump(notebook)

    monkeypatch.setattr(ledger, "dump_notebook", slow)

    class Loud(Stub):
        def run(self, cells, *more):
            result = super().run(cells, *more)
            result.outputs[0] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
            return result

    found = graded(course, Loud())
    assert found["student00"].scores["test_double"] == 2.0
    assert any("writing it took more than" in words for words in found["student00"].reasons)


def test_looking_for_what_to_put_right_has_its_limits_too(course, monkeypatch):
    monkeypatch.setattr("autograder.engine.attempts.Suspicion", only_for("student02", spin, repair.Suspicion))
    found = graded(course)
    assert any("put right" in words for words in found["student02"].reasons)
    assert found["student00"].scores["test_double"] == 2.0


def test_one_that_somebody_kills_costs_nobody_anything(course, monkeypatch):
    honest, killed = coordinator.put_back, course[0] / "killed"

    def put_back(*arguments):
        if "# of student02" in repr(arguments[0]) and not killed.exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return honest(*arguments)

    monkeypatch.setattr(coordinator, "put_back", put_back)
    found = graded(course)
    assert killed.exists()
    assert found["student00"].scores["test_double"] == 2.0
    assert not [one.reasons for one in found.values() if one.reasons]


def test_attempts_end(course, monkeypatch):
    monkeypatch.setattr(steps, "MOST_JUDGINGS", 1)
    monkeypatch.setattr(ledger, "dump_notebook", only_for("student00", spin, ledger.dump_notebook))
    found = graded(course)
    assert "could not be graded" in found["student00"].reasons[0]
