"""The explorer of a vote: it weighs what members say, marks the true labels, scores all texts, and its widget follows."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from course_utils import explore

MEMBERS = {"one": np.array([[0.8, 0.1], [0.6, 0.2]]), "other": np.array([[0.2, 0.4], [0.1, 0.9]])}
TRUTH = np.array([[1, 0], [0, 1]])
LABELS = ("joy", "fear")
TEXTS = {"How nice!": 0, "It is dark.": 1}


def score(said):
    """The share of texts whose likeliest label is true."""
    return float(np.mean(TRUTH[[0, 1], said.argmax(axis=1)]))


def drawn(which="How nice!", **weights):
    return explore.draw_vote(MEMBERS, TRUTH, LABELS, TEXTS, score, which, **weights)


def words_of(drawing):
    root = ElementTree.fromstring(drawing.svg)
    assert root.get("aria-label") == drawing.alt
    return [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_mean_is_weighed_and_what_is_true_is_marked():
    drawing = drawn("It is dark.", weight_0=3.0, weight_1=1.0)
    assert words_of(drawing) == [
        "It is dark.",
        "score of all 2 texts: 0.5000",
        "joy",
        "0.475",
        "fear",
        "0.375 (true)",
        "one alone 0.5000, other alone 0.5000",
    ]
    colours = re.findall(r'height="20" fill="(#\w+)"', drawing.svg)
    assert colours[0] != colours[1]


def test_together_they_may_be_better_than_each_alone():
    assert "score of all 2 texts: 1.0000; one alone 0.5000, other alone 0.5000" in drawn(weight_0=1.0, weight_1=1.0).alt


def test_a_member_of_weight_nothing_has_no_part():
    assert "joy 0.800 (true), fear 0.100" in drawn(weight_0=2.0, weight_1=0.0).alt


@pytest.mark.parametrize("weights", [(0.0, 0.0), (2.0, -1.0)])
def test_weights_that_weigh_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="one must be more than 0"):
        drawn(weight_0=weights[0], weight_1=weights[1])


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="there is no text 'x'; there are How nice!"):
        drawn("x", weight_0=1.0, weight_1=1.0)
    with pytest.raises(ValueError, match="3 weights for 2 members"):
        explore.vote_static(MEMBERS, TRUTH, LABELS, TEXTS, score, weights=[1, 1, 1])
    with pytest.raises(ValueError, match="there are 6 members"):
        explore.vote_static({str(n): TRUTH for n in range(6)}, TRUTH, LABELS, TEXTS, score)


def test_a_long_text_is_cut_and_still_chosen(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    long = "wonderful " * 30
    chosen, _, figure = explore.vote(MEMBERS, TRUTH, LABELS, {"short": 0, long: 1}, score).children
    chosen.children[0].value = long
    assert "…" in figure.value
    assert max(map(len, ElementTree.fromstring(figure.value).itertext())) < 100


def test_without_a_front_end_it_is_the_figure(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "0")
    static = explore.vote_static(MEMBERS, TRUTH, LABELS, TEXTS, score, weights=[2, 1])
    assert explore.vote(MEMBERS, TRUTH, LABELS, TEXTS, score, weights=[2, 1]).svg == static.svg


def test_the_widget_follows_the_text_and_the_weights(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    chosen, weights, figure = explore.vote(MEMBERS, TRUTH, LABELS, TEXTS, score).children
    chosen.children[0].value = "It is dark."
    weights.children[1].value = 0.25
    assert figure.value == drawn("It is dark.", weight_0=1.0, weight_1=0.25).svg
