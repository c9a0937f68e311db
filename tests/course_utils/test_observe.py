"""Calling an answer: all that a teacher would notice is noted, and nothing of it harms the caller."""

import io
import os
import signal
import sys
import threading
import time
import warnings
import weakref

import numpy as np
import pytest

from autograder.exercise import SETTINGS
from course_utils.observe import TimeUp, _Clock, is_stub, observe, observe_call, time_limit
from course_utils.values import describe_argument, tree

QUICK = {**SETTINGS, "time_limit": 0.3}


def seen(answer, *args, settings=QUICK, **kwargs):
    probe = {
        "args": [describe_argument(arg) for arg in args],
        "kwargs": {name: describe_argument(arg) for name, arg in kwargs.items()},
    }
    return observe_call(answer, probe, settings, ["x", "y"])


def test_a_returned_value_is_described():
    assert seen(lambda x: x + 1, 2) == {"outcome": "returned", "value": {"type": "int", "value": 3}}


def test_what_catches_prints_outlives_the_call():
    """A thread that prints while `sys.stdout` is taken away and freed ends the process: `print` holds no reference to it."""
    caught = []

    def remembers(x):
        caught.append(weakref.ref(sys.stdout))
        print("printed")

    def closes(x):
        caught.append(weakref.ref(sys.stdout))
        io.StringIO.close(sys.stdout)
        return x

    assert seen(remembers, 1)["printed"] == "printed\n"
    assert seen(closes, 1)["value"] == {"type": "int", "value": 1}
    assert "printed" not in seen(lambda x: x, 1)
    assert caught[0]() is not None


def test_printing_to_either_stream_is_caught_and_cut(capfd):
    def chatty(x):
        print("a" * 5000)
        print("to stderr", file=sys.stderr)
        return x

    assert 0 < len(seen(chatty, 1)["printed"]) <= 2000
    assert capfd.readouterr() == ("", "")


def test_what_a_library_writes_to_file_descriptor_two_goes_nowhere(capfd):
    assert seen(lambda x: os.write(2, b"a library's complaint"), 1)["outcome"] == "returned"
    assert capfd.readouterr().err == ""


def test_a_notebooks_own_exit_raises_and_ends_nothing():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        shell.run_cell("def leaves(x):\n    exit()")
        assert seen(shell.user_ns["leaves"], 1)["error"]["types"][0] == "SystemExit"
    finally:
        InteractiveShell.clear_instance()


def test_a_warning_is_caught():
    def warns(x):
        warnings.warn("mind the gap", stacklevel=1)
        return x

    assert seen(warns, 1)["warnings"] == ["UserWarning: mind the gap"]
    assert "overflow" in seen(lambda x: x + x, np.uint8(200))["warnings"][0]


def test_a_changed_input_is_noticed_whatever_it_is():
    assert seen(lambda x: x.sort(), np.array([2, 1]))["mutated"] == ["x"]
    assert seen(lambda x, y: y.append(1), 1, [0])["mutated"] == ["y"]
    assert seen(lambda x, y: y.update(a=2), 1, y={"a": 1})["mutated"] == ["y"]
    assert "mutated" not in seen(lambda x: sorted(x), np.array([2, 1]))


def test_a_view_of_the_input_is_noticed():
    assert seen(lambda x: x[::-1], np.arange(3))["shared"] == ["x"]
    assert seen(lambda x: (1, x.T), np.ones((2, 2)))["shared"] == ["x"]
    assert "shared" not in seen(lambda x: x[::-1].copy(), np.arange(3))


def test_each_call_gets_fresh_arguments():
    probe = {"args": [describe_argument([1])], "kwargs": {}}
    pack = {"probes": [probe, probe], "settings": QUICK, "parameters": ["x"]}
    first, second = observe(lambda x: x.append(2) or list(x), pack)
    assert first["value"] == second["value"]


def test_an_error_is_told_with_the_learners_line():
    def fails(x):
        y = x
        return y / 0

    error = seen(fails, 1)["error"]
    assert error["types"][:2] == ["ZeroDivisionError", "ArithmeticError"]
    assert error["code"] == "return y / 0"


@pytest.mark.parametrize("leave", [SystemExit, GeneratorExit, BaseException])
def test_nothing_that_an_answer_raises_escapes(leave):
    def leaves(x):
        raise leave

    assert seen(leaves, 1)["outcome"] == "raised"


def test_the_learners_own_interrupt_is_not_swallowed():
    def interrupted(x):
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # as in a kernel, however this process was started
    try:
        with pytest.raises(KeyboardInterrupt):
            seen(interrupted, 1)
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_that_nobody_sent_is_an_error_like_any_other():
    def raises(x):
        raise KeyboardInterrupt

    assert seen(raises, 1)["error"]["types"] == ["KeyboardInterrupt"]


def test_an_endless_loop_is_stopped_and_the_rest_is_skipped():
    def endless(x):
        while True:
            pass

    probe = {"args": [describe_argument(1)], "kwargs": {}}
    began = time.monotonic()
    outcomes = [o["outcome"] for o in observe(endless, {"probes": [probe] * 3, "settings": QUICK, "parameters": ["x"]})]
    assert outcomes == ["timed out", "skipped", "skipped"]
    assert time.monotonic() - began < 5  # a bound on hanging, not a measure of speed


def test_an_endless_loop_that_catches_exceptions_is_stopped_too():
    def stubborn(x):
        while True:
            try:
                x += 1
            except Exception:
                x = 0

    assert seen(stubborn, 1)["outcome"] == "timed out"


def catches_everything(x):
    while True:
        try:
            x += 1
        except:  # noqa: E722
            x = 0


def asks_until_it_is_told(x):
    while True:
        try:
            return int(input())
        except:  # noqa: E722
            print("a number, please")


@pytest.mark.parametrize("answer", [catches_everything, asks_until_it_is_told])
def test_an_endless_loop_that_catches_everything_is_stopped_too(answer, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    before = sys.gettrace()
    assert seen(answer, 1)["outcome"] == "timed out"
    assert sys.gettrace() is before
    assert seen(sum, [1, 2])["outcome"] == "returned"


def test_who_waits_for_a_busy_machine_is_given_time():
    """A body that has slept for its limit has used no processor: as one has that others kept from it."""
    with time_limit(0.3):
        time.sleep(0.5)


def test_who_only_waits_is_stopped_too():
    with pytest.raises(TimeUp), time_limit(0.2):
        time.sleep(60)


def test_the_clock_counts_the_processor_and_at_last_the_time():
    used = [7.0]
    clock = _Clock(10, lambda: used[0])
    assert 9.9 < clock.left() <= 10
    clock.began -= 15
    assert clock.left() == 10
    clock.began -= 10
    assert 4.9 < clock.left() <= 5
    used[0] += 8
    assert clock.left() == 2
    used[0] += 2
    assert clock.left() == 0
    used[0] -= 10
    clock.began -= 5
    assert clock.left() == 0


def test_the_limit_also_holds_outside_the_main_thread():
    caught = []

    def work():
        try:
            with time_limit(0.2):
                while True:
                    pass
        except TimeUp:
            caught.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert caught == [True]


def test_a_left_working_directory_is_noticed_and_mended(tmp_path):
    home = os.getcwd()
    assert seen(lambda x: os.chdir(x), tree({"a": ""}))["moved"]
    assert os.getcwd() == home


def test_a_tree_is_made_and_removed():
    kept = []
    observation = seen(lambda x: kept.append(x) or sorted(p.name for p in x.rglob("*")), tree({"b/c.txt": "", "a": ""}))
    assert [item["value"] for item in observation["value"]["items"]] == ["a", "b", "c.txt"]
    assert not kept[0].exists()


def test_an_object_that_lies_does_no_harm():
    class Liar(list):
        def __len__(self):
            raise RuntimeError("no")

    assert seen(lambda x: Liar([x]), 1)["value"] == {
        "type": "list",
        "items": [{"type": "int", "value": 1}],
        "class": "Liar",
    }


def test_a_model_is_called_through_predict():
    class Model:
        def predict(self, x, verbose):
            return x * 2

    settings = {**QUICK, "kind": "model"}
    assert seen(Model(), 2, settings=settings)["value"]["value"] == 4
    assert seen(3, 2, settings=settings)["error"]["types"][0] == "NotAModel"


def test_stubs_are_known_from_answers():
    def documented(x):
        """What to do."""
        ...  # your code here

    def passes(x):
        pass

    def returns_none(x):
        return None

    def returns_its_input(x):
        return x

    def returns_one():
        return 1

    assert all(map(is_stub, [..., documented, passes, returns_none]))
    assert not any(map(is_stub, [None, returns_its_input, returns_one, len, 3]))


class Shelf:
    """Its names are asked for by nobody but Python."""

    rows = 3

    def __dir__(self):
        raise AssertionError("asked")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: np.zeross(x), "(did you mean zeros?)"),
        (lambda x: "a".isdigits(), "(did you mean isdigit?)"),
        (lambda x: sortd([x]), "(did you mean sorted?)"),  # noqa: F821
        (lambda x: Shelf().row, "(did you mean rows?)"),
    ],
)
def test_a_name_that_is_nearly_there_is_proposed(answer, words):
    assert seen(answer, 1)["error"]["message"].endswith(words)


@pytest.mark.parametrize("answer", [lambda x: quixotic, lambda x: np.quixotic, lambda x: i])  # noqa: F821
def test_a_name_that_nothing_is_like_is_left_alone(answer):
    assert "did you mean" not in seen(answer, 1)["error"]["message"]
