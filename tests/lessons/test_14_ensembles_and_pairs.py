"""Unit 14 shows the figures that it promises, and claims no more than they allow."""

import re

import numpy as np
import pytest

from autograder.exercises.unit_14_ensembles_and_pairs import greedy_selection
from tests.lessons.figures import place, shown

UNIT = "14_ensembles_and_pairs"


@pytest.fixture(scope="module")
def text():
    return shown(UNIT)


def number(pattern, text):
    """The number that stands where the pattern has its group."""
    return float(place(pattern, text))


def test_a_full_score_is_neither_a_half_nor_one(text):
    assert number(r"one who knows all of them: ([\d.]+)", text) == pytest.approx(0.614, abs=0.002)
    assert number(r"five labels, all found: ([\d.]+)", text) == pytest.approx(4.2537 / 5.2537, abs=1e-3)


def test_what_a_learner_computes_is_the_zoos(text):
    yours, theirs = re.search(r"yours ([\d.]+), the zoo's ([\d.]+)", text).groups()
    assert yours == theirs
    assert "features the same: True" in text
    assert "scores the same: True" in text


def test_the_log_odds_are_worth_more_than_the_choice_among_the_first_models(text):
    zero, begun = re.search(r"bias from 0 ([\d.]+), from the log-odds ([\d.]+)", text).groups()
    assert float(begun) - float(zero) > 0.02


def test_two_models_trained_live_get_where_the_table_says(text):
    lines = re.findall(r"(?m)^(\w+) +here ([\d.]+), in the table ([\d.]+)", text)
    assert {name for name, *_ in lines} == {"textcnn", "fasttext"}
    assert all(abs(float(here) - float(there)) < 0.03 for _, here, there in lines)


def test_three_that_differ_are_better_than_the_best_of_them(text):
    best = number(r"best of the trio alone, \w+: ([\d.]+)", text)
    assert number(r"(?m)^trio +([\d.]+),", text) > best


def test_boosting_stands_beside_its_control(text):
    short, boosted, control = (
        number(rf"(?m)^{name} +([\d.]+) \[", text) for name in ("one short textcnn", "boosting", "as many seeds")
    )
    assert min(boosted, control) > short
    assert re.search(r"what the weights add: [+-][\d.]+ \[", text)


def test_stacking_on_seen_texts_costs_points(text):
    seen, fold = re.search(r"'of seen texts': ([\d.]+), 'out of fold': ([\d.]+)", text).groups()
    assert float(fold) > float(seen) + 0.03


def test_pairs_reach_what_the_unit_promises(text):
    found = {
        name.strip(): (float(right), float(changed))
        for name, right, changed in re.findall(r"(?m)^(.+?) +([\d.]+) right; a swap changes ([\d.]+)", text)
    }
    symmetric, plain = found["two CNNs, |u - v| and u * v"], found["two CNNs, u and v"]
    assert symmetric[0] >= 0.80
    assert symmetric[1] == 0, "what is symmetric does not depend on the order"
    assert plain[0] < 0.70
    assert found["two BiLSTMs, bilinear"][0] >= 0.60
    assert number(r"Pearson's correlation ([\d.]+)", text) >= 0.80


def test_a_team_chosen_on_the_test_looks_better_than_it_is(text):
    chosen, fresh = re.search(r"gains where it was done: ([+-][\d.]+), on fresh comments: ([+-][\d.]+)", text).groups()
    assert float(chosen) > 0.01 > float(fresh)


def test_the_study_of_errors_is_of_the_comments_that_are_shown(text):
    """The solution names comments by their numbers and words: they must be those that the page draws."""
    for number, words in (
        (5, "the most veteran player"),
        (7, "Get a Nobel Prize"),
        (9, "Did you taste it"),
        (15, "Sending love"),
    ):
        assert words in place(rf"(?m)^ ?{number} (.+)", text)


def test_hidden_teams_are_never_decided_by_rounding():
    """Where two classes have the same sum, rounding would decide, and a right answer in another order of adding would be wrong.

    But sums of binary fractions are exact: there the first of equals can be asked for.
    """
    for seed in range(3):
        for probe in greedy_selection.GreedySelection.hidden(np.random.default_rng(seed)):
            probabilities, y, rounds = probe.args
            exact = (probabilities * 64 % 1 == 0).all()
            assert exact or greedy_selection.clear(probabilities, y, rounds)
