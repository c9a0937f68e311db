"""Several models as one, and boosting by label weights, are what their formulas say, held against loops and scikit-learn."""

import itertools

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, cross_val_predict

from course_utils.zoo import boosting, ensemble
from course_utils.zoo.training.ranking import top5
from course_utils.zoo.training.scores import accuracy


def some(seed, members=4, texts=60, classes=8):
    """Probabilities (members, texts, classes) that know something of the labels y."""
    rng = np.random.default_rng(seed)
    y = (rng.random((texts, classes)) < 0.2).astype("uint8")
    noise = rng.normal(0, 1 + np.arange(members)[:, None, None], (members, texts, classes))
    return 1 / (1 + np.exp(-(4 * y - 2 + noise))), y


def test_a_vote_is_the_weighted_sum_over_the_members():
    logits = np.random.default_rng(0).normal(size=(3, 5, 4))
    expected = [[sum(w * logits[m, i, c] for m, w in enumerate((0.2, 0.5, 0.3))) for c in range(4)] for i in range(5)]
    np.testing.assert_allclose(ensemble.soft_vote(logits, [2, 5, 3]), expected)
    np.testing.assert_allclose(ensemble.soft_vote(logits), logits.mean(axis=0))


@pytest.mark.parametrize("weights", [[1, 2], [1, -1, 1], [0, 0, 0]])
def test_weights_that_do_not_fit_are_refused(weights):
    with pytest.raises(ValueError, match="3 numbers from 0 on"):
        ensemble.soft_vote(np.zeros((3, 2, 2)), weights)


def test_log_odds_are_those_of_scipy_and_finite_at_the_ends():
    from scipy.special import logit

    p = np.array([0.001, 0.5, 0.9])
    np.testing.assert_allclose(ensemble.log_odds(p), logit(p))
    assert np.isfinite(ensemble.log_odds(np.array([0.0, 1.0], "float32"))).all()


def test_greedy_selection_takes_what_helps_most_round_after_round():
    probabilities, y = some(0)
    taken = ensemble.greedy_selection(probabilities, y, rounds=6)
    chosen: list[int] = []
    for _ in range(6):
        scores = [top5(y, probabilities[[*chosen, each]].mean(axis=0)) for each in range(4)]
        chosen.append(scores.index(max(scores)))
    assert taken.tolist() == [chosen.count(each) for each in range(4)]
    assert taken.sum() == 6
    assert taken.max() > 1  # with replacement


def test_of_all_pairs_two_rounds_find_the_best_that_holds_the_best_single():
    probabilities, y = some(1)

    def score(y, p):
        return accuracy(y, (p > 0.5).astype("uint8"))

    taken = ensemble.greedy_selection(probabilities, y, 2, score)
    first = max(range(4), key=lambda each: score(y, probabilities[each]))
    pairs = {
        pair: score(y, probabilities[list(pair)].mean(axis=0))
        for pair in itertools.combinations_with_replacement(range(4), 2)
        if first in pair
    }
    assert score(y, np.average(probabilities, axis=0, weights=taken)) == pytest.approx(max(pairs.values()))


def test_stacking_gives_the_answers_of_cross_validation():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 3))
    y = (x[:, 0] + rng.normal(size=50) > 0).astype(int)

    def fit(x, y):
        return LogisticRegression().fit(x, y).predict_proba

    for folds in (5, list(KFold(4, shuffle=True, random_state=0).split(x))):
        splits = KFold(folds) if isinstance(folds, int) else folds
        expected = cross_val_predict(LogisticRegression(), x, y, cv=splits, method="predict_proba")
        np.testing.assert_allclose(ensemble.stack_out_of_fold(fit, x, y, folds), expected)


def test_no_model_answers_a_text_that_it_was_trained_on():
    texts, y = [f"text {i}" for i in range(11)], np.arange(11)

    def fit(x, y):
        known = dict(zip(x, y, strict=True))
        return lambda asked: np.array([known.get(each, -1) for each in asked])

    assert ensemble.stack_out_of_fold(fit, texts, y, 3).tolist() == [-1] * 11
    everything = np.arange(11)
    with pytest.raises(ValueError, match="trains on a text that it is to answer"):
        ensemble.stack_out_of_fold(fit, texts, y, [(everything, everything)])
    with pytest.raises(ValueError, match="answer 5 texts; each of the 11"):
        ensemble.stack_out_of_fold(fit, texts, y, [(everything[5:], everything[:5])])
    with pytest.raises(ValueError, match="from 2 to 11"):
        ensemble.stack_out_of_fold(fit, texts, y, 1)


def test_a_labels_weight_goes_by_its_own_error():
    rng = np.random.default_rng(0)
    y, predicted = rng.integers(0, 2, (2, 40, 5), dtype="uint8")
    y[:, 4] = 0  # a label that no text has
    for label, weight in enumerate(boosting.label_weights(y, predicted)):
        rows = [i for i in range(40) if y[i, label]]
        missed = sum(not predicted[i, label] for i in rows)
        assert weight == pytest.approx(1 + 2 * missed / len(rows) if rows else 1)


def test_a_texts_weight_is_the_mean_of_its_labels_and_one_on_average():
    y = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 0]], "uint8")
    found = boosting.text_weights(y, np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(found, np.array([1, 2.5, 2]) / np.mean([1, 2.5, 2]), rtol=1e-6)


def test_boosting_hands_the_errors_of_the_sum_so_far_to_the_next_member():
    _, y = some(2, texts=200, classes=4)
    seen = []

    def fit(weights, number):
        seen.append(weights)
        p = np.full(y.shape, 0.02)
        p[:, :2] = np.where(y[:, :2], 0.9, 0.02)  # labels 2 and 3 are never found
        return p, p[:3]

    boosted = boosting.boost(fit, y, y, rounds=2)
    np.testing.assert_allclose(seen[0], 1)
    assert boosted.weights[0].tolist() == [1, 1, 1, 1]
    assert boosted.weights[1, 2:].min() > 2.5 > boosted.weights[1, :2].max()
    np.testing.assert_allclose(seen[1], boosting.text_weights(y, boosted.weights[1]))
    np.testing.assert_allclose(boosted.others, fit(None, 2)[1], atol=1e-6)  # the mean of two that are the same
    plain = boosting.boost(lambda weights, number: (seen.append(weights), fit(weights, number))[1], y, y, 2, factor=0)
    assert (plain.weights == 1).all()
    with pytest.raises(ValueError, match="at least 1"):
        boosting.boost(fit, y, y, rounds=0)
