"""Bands lie below what right answers reached, and above what a guess gets; a project without room between is refused."""

import numpy as np
import pytest

from autograder.authoring.project import measure
from autograder.authoring.project.measure import BASELINE, CNN, Reached, Run, balanced_accuracy, band, bands
from autograder.authoring.project.texts import Part, Prepared
from course_utils.refused import Refused
from course_utils.zoo.text.read import Labelled


def prepared(n=100):
    part = Part([f"text {i}" for i in range(n)], np.arange(n) % 2)
    return Prepared(["a", "b"], Labelled(), part, part)


def reached(exercise, held_out, made_up=0.95, seconds=1.0):
    return Reached(Run(exercise, "quick", lambda: None, 0), made_up, held_out, held_out, seconds)


def test_a_band_leaves_two_standard_errors_or_five_points():
    assert band([0.5, 0.99], 98) == 0.39  # 2 * sqrt(0.25 / 98) = 0.101
    assert band([0.99], 10_000) == 0.94
    assert band([1.0], 48) == 0.95
    assert band([1.0], 8) < 0.85  # eight of eight right say little


def test_a_band_does_not_go_down_to_a_lucky_guess():
    assert band([0.975], 158) == 0.92
    assert band([0.975], 158, guess=0.873) == 0.93  # 0.873 + 2 * sqrt(0.869 * 0.131 / 158) = 0.927
    assert band([0.975], 158, guess=0.5) == 0.92
    assert band([0.93], 158, guess=0.873) is None


def test_balanced_accuracy_is_the_mean_of_the_classes():
    y, said = np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])
    assert balanced_accuracy(y, said) == 0.5
    assert balanced_accuracy(np.array([2, 2, 5]), np.array([2, 5, 5])) == 0.75


def test_the_lowest_right_answer_sets_the_band():
    found = [reached(BASELINE, 0.9), reached(BASELINE, 0.8), reached(CNN, 0.99, made_up=0.7)]
    asked = bands(found, prepared(), 100, most_frequent=0.5)
    assert asked[BASELINE]["held_out"] == band([0.8], 100)
    assert asked[BASELINE]["examples"] == 0.8
    assert asked[CNN] == {"examples": band([0.7], 100), "held_out": band([0.99], 100)}


def test_a_network_that_is_no_better_than_the_commonest_class_is_refused():
    found = [reached(BASELINE, 0.99), reached(CNN, 0.9)]
    with pytest.raises(Refused, match=r"cnn_model \(quick\) gets 0\.900 .* gets 0\.850.*more texts"):
        bands(found, prepared(), 100, most_frequent=0.85)


def test_a_training_that_takes_a_cells_seconds_is_refused(monkeypatch):
    monkeypatch.setattr(measure, "CELL_SECONDS", 100)
    found = [reached(BASELINE, 0.9), reached(CNN, 0.9, seconds=21)]
    with pytest.raises(Refused, match=r"cnn_model trains for 21 s .* fewer or shorter texts"):
        bands(found, prepared(), 100, most_frequent=0.5)


def test_the_baseline_is_measured_beside_a_guess():
    words = ["good day", "fine day", "bad night", "sad night"]
    training = Part([f"{word} {i}" for i in range(10) for word in words], np.tile([0, 0, 1, 1], 10))
    held_out = Part(["fine good", "sad bad", "bad", "night"], np.array([0, 1, 1, 1]))
    found = measure.linear(Prepared(["a", "b"], Labelled(), training, held_out))
    assert (found["accuracy"], found["balanced_accuracy"]) == (1.0, 1.0)
    assert found["most_frequent"] == 0.25
