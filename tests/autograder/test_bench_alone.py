"""What answers take alone is what their own cells and their own calls take, and nothing of what is around them."""

import functools

import pytest

from autograder.bench import alone
from course_utils import checking, observe
from course_utils.describe import describe

_seconds = [0.0]  # of a processor that only `busy` uses


def busy(seconds):
    _seconds[0] += seconds


@pytest.fixture(autouse=True)
def _processor(monkeypatch):
    monkeypatch.setattr(alone.time, "process_time", lambda: _seconds[0])
    monkeypatch.setattr(checking, "check", lambda id, answer: None)


def pack(probes):
    settings = {"kind": "function", "time_limit": 5.0}
    return {
        "settings": settings,
        "parameters": ["x"],
        "rules": [],
        "probes": [{"args": [describe(1)], "kwargs": {}}] * probes,
    }


def test_a_clock_counts_what_is_within_it_and_once():
    clock = alone.Clock()
    busy(1)
    with clock.counting(), clock.counting():
        busy(2)
    with clock.counting(False):
        busy(4)
    clock.around(functools.partial(busy, 8))()
    assert clock.seconds == 10


def test_answers_count_and_the_lesson_around_them_does_not():
    cells = [
        ("", f"from {__name__} import busy\nbusy(1)"),
        ("answer", "def double(x):\n    busy(2)\n    return 2 * x\nbusy(4)"),
        ("test", "busy(8)\ncheck('double', double)"),
        ("", "raise ValueError('of the lesson')"),
        ("answer", "stub = ..."),
        ("test", "check('stub', stub)"),
    ]
    call = observe._call
    assert alone.run_answers(cells, {"double": pack(3), "stub": pack(9), "other": pack(9)}) == 4 + 3 * 2
    assert observe._call is call
