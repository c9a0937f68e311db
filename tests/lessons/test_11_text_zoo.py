"""Unit 11 shows the figures that it promises."""

import re

import pytest

from tests.lessons.figures import cells, place, shown

UNIT = "11_text_zoo"


@pytest.fixture(scope="module")
def text():
    return shown(UNIT)


def number(pattern, text):
    """The number that stands where the pattern has its group."""
    return float(place(pattern, text))


@pytest.mark.parametrize(
    ("said", "puzzle_is_solved"),
    [
        ("fastText, word: ", True),
        ("fastText, phrase: ", False),
        ("fastText with pairs, phrase: ", True),
        ("fastText with pairs, order: ", False),
        ("TextCNN, phrase: ", True),
        ("TextCNN, order: ", False),
        ("TextRNN, order: ", True),
        (r"TextCNN \d\.\d+, RCNN ", True),
        (r"fastText \d\.\d+, HAN ", True),
    ],
)
def test_a_puzzle_is_solved_by_the_model_that_was_made_for_it_alone(said, puzzle_is_solved, text):
    share = number(rf"{said}(\d\.\d+)", text)
    assert share >= 0.95 if puzzle_is_solved else share <= 0.6


def tables(text):
    """Of the two tables of the comparison: model -> (accuracy, from, to, worst seed, best seed, seconds, weights)."""
    found = []
    for block in re.split(r"(?m)^ +accuracy +from +to.*$", text)[1:]:
        lines = re.findall(r"(?m)^(TF-IDF|[a-z]+) +((?:[\d.]+ *){7})$", block)
        found.append({name: [float(n) for n in numbers.split()] for name, numbers in lines})
    return found


def test_every_model_stands_in_the_table_with_its_interval(text):
    bbc, ag = tables(text)
    assert set(bbc) == {"TF-IDF", "cbow", "fasttext", "textcnn", "textrnn", "rcnn", "han"}
    assert {"TF-IDF", "fasttext"} <= set(ag)
    for accuracy, low, high, worst, best, *_ in [*bbc.values(), *ag.values()]:
        assert low < accuracy < high
        assert worst <= accuracy <= best


def test_fasttext_reaches_its_goals_on_every_seed_and_counting_is_as_good(text):
    bbc, ag = tables(text)
    assert bbc["fasttext"][3] >= 0.95
    assert ag["fasttext"][3] >= 0.86
    for table in (bbc, ag):
        assert table["TF-IDF"][2] > max(numbers[0] for numbers in table.values()) - 0.01


def test_with_log_kq_the_true_shares_are_found_and_without_it_not(text):
    assert place(r"(?m)^with +log kq: exp\(s\) = \[(.*)\]", text).split() == ["0.6", "0.3", "0.1"]
    assert place(r"without +log kq: exp\(s\) = \[(.*)\]", text).split() == ["6.", "1.", "0.17"]


def test_the_hand_made_layers_equal_those_of_the_zoo(text):
    assert text.count("the same: True") == 4
    assert "the same: False" not in text
    assert "the same: [True, True]" in text


def test_words_with_large_weights_matter_more_than_others_and_not_for_all(text):
    heavy = number(r"the ten with the largest weights +hidden: the probability falls by (\d\.\d+)", text)
    random = number(r"ten at random +hidden: the probability falls by (-?\d\.\d+)", text)
    assert random < heavy < 0.9


def test_with_another_hash_nothing_is_left(text):
    today, tomorrow = re.findall(r"hash\('new york'\) = (-?\d+)", text)
    assert today != tomorrow
    assert number(r"today +(\d\.\d+)", text) >= 0.95
    assert number(r"tomorrow +(\d\.\d+)", text) <= 0.6


def test_each_filter_is_shown_with_the_windows_that_it_answers_to(text):
    lines = re.findall(r"(?m)^(business|entertainment|politics|sport|tech) +(.*\|.*)$", text)
    assert [name for name, _ in lines] == ["business", "entertainment", "politics", "sport", "tech"]
    assert all(len(window.split()) <= 3 for _, line in lines for window in line.split(" | "))


def test_the_step_of_a_full_softmax_is_timed_and_not_compared():
    (cell,) = [c for c in cells(UNIT) if c.source.startswith("sizes, losses = ")]
    assert "nbval-ignore-output" in cell.metadata.tags
    assert cell.outputs
