"""The top-5 score is what its formula says, and its intervals are those of the bootstrap done text by text."""

import math

import numpy as np
import pytest

from course_utils.zoo.training import ranking


def by_loop(y, order):
    """The score as it is written down."""
    p = sum(sum(y[i][order[i][pos - 1]] for i in range(len(y))) / len(y) / math.log(pos + 1) for pos in range(1, 6))
    r = sum(y[i][label] for i in range(len(y)) for label in order[i][:5]) / sum(map(sum, y))
    return p * r / (p + r)


def some(seed, texts=200, labels=9):
    rng = np.random.default_rng(seed)
    y = np.eye(labels, dtype="uint8")[rng.integers(0, labels, texts)] | (rng.random((texts, labels)) < 0.05)
    good = y * 1.5 + rng.normal(size=y.shape)
    return y.astype("uint8"), good, y * 0.7 + rng.normal(size=y.shape)


def test_the_score_is_that_of_its_formula():
    y, good, bad = some(0)
    for each in (good, bad):
        order = np.argsort(-each, axis=1)
        assert ranking.top5_score(y, order) == pytest.approx(by_loop(y.tolist(), order.tolist()))
        assert ranking.top5(y, each) == pytest.approx(ranking.top5_score(y, order))
    assert ranking.top5(y, good) > ranking.top5(y, bad)
    assert ranking.top5(np.zeros((3, 6), "uint8"), np.ones((3, 6))) == 0


def test_with_one_label_a_text_the_best_score_is_far_from_one():
    y = np.eye(8, dtype="uint8")
    assert ranking.ceiling(y) == pytest.approx((1 / math.log(2)) / (1 / math.log(2) + 1))


def test_labels_as_likely_stand_in_the_order_of_their_numbers():
    assert ranking.ranked(np.array([[0.1, 0.5, 0.5, 0.1]]), 4).tolist() == [[1, 2, 0, 3]]


def test_answers_to_other_texts_are_refused():
    with pytest.raises(ValueError, match="labels of 2 texts and answers to 3"):
        ranking.contributions(np.zeros((2, 6)), np.zeros((3, 5), int))


def test_intervals_are_those_of_texts_drawn_one_by_one():
    y, good, bad = some(1)
    a, b = (ranking.contributions(y, ranking.ranked(each)) for each in (good, bad))
    rng = np.random.default_rng(7)
    draws = []
    for _ in range(1_500):
        rows = rng.integers(0, len(y), len(y))
        draws.append((ranking.top5(y[rows], good[rows]), ranking.top5(y[rows], bad[rows])))
    one, both = np.array(draws)[:, 0], np.array(draws) @ [1, -1]
    spread = one.std()
    np.testing.assert_allclose(ranking.top5_interval(a), np.percentile(one, [2.5, 97.5]), atol=spread / 4)
    difference, low, high = ranking.top5_difference(a, b)
    assert difference == pytest.approx(ranking.top5(y, good) - ranking.top5(y, bad))
    np.testing.assert_allclose([low, high], np.percentile(both, [2.5, 97.5]), atol=both.std() / 4)
    assert ranking.top5_difference(a, a) == (0, 0, 0)


def test_of_several_seeds_the_mean_of_their_scores_is_drawn():
    y, good, bad = some(2)
    a, b = (ranking.contributions(y, ranking.ranked(each)) for each in (good, bad))
    mean = (ranking.top5(y, good) + ranking.top5(y, bad)) / 2
    low, high = ranking.top5_interval(np.stack([a, b]))
    assert low < mean < high
    assert ranking.top5_difference(np.stack([a, b]), b)[0] == pytest.approx(mean - ranking.top5(y, bad))
    np.testing.assert_allclose(ranking.top5_interval(np.stack([a, a])), ranking.top5_interval(a))
