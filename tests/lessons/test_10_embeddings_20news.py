"""Unit 10 shows the figures that it promises."""

import re

import pytest

from tests.lessons.figures import cells, place, shown

UNIT = "10_embeddings_20news"


@pytest.fixture(scope="module")
def text():
    return shown(UNIT)


def numbers(pattern, text):
    """The numbers in the list that stands where the pattern has its group."""
    return [float(one) for one in re.findall(r"\d\.\d+", place(pattern, text))]


def test_the_tuned_and_the_frozen_network_reach_their_goals_on_each_of_three_seeds(text):
    tuned, frozen = numbers(r"tuned: (\[.*\])", text), numbers(r"frozen: (\[.*\])", text)
    assert len(tuned) == len(frozen) == 3
    assert min(tuned) >= 0.66
    assert min(frozen) >= 0.49


def test_what_headers_quotes_and_signatures_are_worth(text):
    with_all, without = numbers(r"(with headers.*without \d\.\d+)", text)
    assert with_all == pytest.approx(0.84, abs=0.01)
    assert 0.68 < without < 0.73


def test_counting_pairs_is_held_to_more_than_any_network_reaches(text):
    """A cell asserts it, so that the executed notebook could not have been written otherwise; the figure shows it."""
    (cell,) = [c for c in cells(UNIT) if "by_counting[name] = " in c.source]
    (least,) = re.findall(r'assert by_counting\["naive Bayes"\] >= (0\.\d+)', cell.source)
    assert cell.execution_count
    assert float(least) > max(numbers(r"tuned: (\[.*\])", text))


def test_vectors_are_ahead_with_one_post_a_group_and_behind_with_twenty(text):
    rows = re.findall(r"(?m)^(1|20) +(0\.\d+) +(0\.\d+)$", text)
    ahead = {posts: float(vectors) > float(counting) for posts, counting, vectors in rows}
    assert ahead == {"1": True, "20": False}


def test_the_words_asked_come_first_where_they_are_kept(text):
    assert "the words asked left out: queen" in text
    assert "the words asked included: king" in text


def test_one_empty_post_makes_every_loss_nan(text):
    assert "losses [nan, nan]" in text
