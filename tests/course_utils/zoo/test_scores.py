"""Scores, their intervals and paired tests are what their formulas say."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from course_utils.zoo.training import scores


def test_labels_become_columns():
    assert scores.targets([("b",), ("a", "b"), ("z",)], ["a", "b"]).tolist() == [[0, 1], [1, 1], [0, 0]]


def test_micro_f1_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    y, predicted = rng.integers(0, 2, (2, 50, 4), dtype="uint8")
    assert scores.micro_f1(y, predicted) == pytest.approx(f1_score(y, predicted, average="micro"))
    assert scores.micro_f1(np.zeros((2, 2), "uint8"), np.zeros((2, 2), "uint8")) == 0


def test_macro_f1_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    y, predicted = rng.integers(0, 2, (2, 50, 4), dtype="uint8")
    y[:, 3] = predicted[:, 3] = 0
    assert scores.macro_f1(y, predicted) == pytest.approx(f1_score(y, predicted, average="macro", zero_division=0))


def test_each_labels_threshold_is_the_best_of_all_that_could_be():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (40, 3), dtype="uint8")
    y[:, 2] = 0
    probabilities = np.round(rng.random((40, 3)) * 0.6 + y * 0.3, 1)  # many are the same
    found = scores.thresholds_by_label(y, probabilities)
    assert found[2] == 1
    for label in (0, 1):
        tried = [f1_score(y[:, label], probabilities[:, label] >= one) for one in np.unique(probabilities)]
        assert f1_score(y[:, label], probabilities[:, label] >= found[label]) == pytest.approx(max(tried))
    assert scores.decide(np.array([[0.2, 0.3, 0.4]]), np.array([0.1, 0.5, 0.5])).tolist() == [[1, 0, 1]]


def test_the_threshold_is_where_micro_f1_is_best():
    y = np.array([[1, 0], [1, 1], [0, 1]], "uint8")
    probabilities = np.array([[0.9, 0.1], [0.35, 0.3], [0.05, 0.4]])
    assert 0.1 < scores.best_threshold(y, probabilities) <= 0.3
    assert scores.decide(probabilities, 0.3).tolist() == y.tolist()
    assert scores.decide(probabilities, None).tolist() == [[1, 0], [1, 0], [0, 1]]


def test_an_interval_holds_its_score_and_narrows_with_texts():
    rng = np.random.default_rng(0)
    widths = []
    for count in (100, 1600):
        y = np.eye(2, dtype="uint8")[rng.integers(0, 2, count)]
        wrong = rng.random(count) < 0.2
        predicted = np.where(wrong[:, None], 1 - y, y)
        low, high = scores.interval(y, predicted)
        assert low < scores.accuracy(y, predicted) < high
        widths.append(high - low)
    assert 3 < widths[0] / widths[1] < 5  # a quarter as wide with sixteen times the texts


def test_intervals_of_several_seeds_are_of_their_mean():
    y = np.eye(2, dtype="uint8")[np.zeros(400, int)]
    one, other = y.copy(), y.copy()
    one[:40], other[200:320] = 1 - one[:40], 1 - other[200:320]  # 0.9 and 0.7 right
    low, high = scores.interval(y, np.stack([one, other]))
    assert scores.accuracy(y, other) < low < 0.8 < high < scores.accuracy(y, one)
    difference, low, high = scores.paired_difference(y, np.stack([one, other]), one)
    assert difference == pytest.approx(-0.1)
    assert low < -0.1 < high < 0
    assert scores.interval(y, np.stack([one, one])) == scores.interval(y, one)


def test_paired_tests_see_a_difference_that_is_there_and_none_that_is_not():
    y = np.eye(2, dtype="uint8")[np.zeros(200, int)]
    better, worse = y.copy(), y.copy()
    worse[:20] = 1 - worse[:20]
    difference, low, high = scores.paired_difference(y, better, worse)
    assert difference == pytest.approx(0.1)
    assert 0 < low < 0.1 < high
    assert scores.mcnemar(y, better, worse) == pytest.approx(2 * 0.5**20)
    assert scores.mcnemar(y, worse, worse) == 1
