"""Unit 13 shows the figures that it promises."""

import re

import pytest

from tests.lessons.figures import place, shown

UNIT = "13_bert"


@pytest.fixture(scope="module")
def text():
    return shown(UNIT)


def number(pattern, text):
    """The number that stands where the pattern has its group."""
    return float(place(pattern, text))


def test_hidden_words_are_guessed_better_than_by_the_commonest_word(text):
    words, commonest = number(r"'words': ([\d.]+)", text), number(r"'commonest': ([\d.]+)", text)
    assert words >= 1.5 * commonest


def test_pairs_are_judged_better_than_by_a_coin_and_worse_than_by_counting(text):
    network = number(r"network ([\d.]+), counting", text)
    counting = number(r"counting common words ([\d.]+)", text)
    assert 0.68 <= network < counting


def test_both_are_tuned_to_more_than_neutral_and_pre_training_on_a_toy_corpus_shows_no_gain(text):
    scratch, taught = number(r"'from scratch': ([\d.]+)", text), number(r"'pre-trained': ([\d.]+)", text)
    assert min(scratch, taught) > number(r"always neutral: ([\d.]+)", text)
    assert abs(scratch - taught) < 0.05


def test_what_is_made_by_hand_equals_the_zoos(text):
    assert text.count("the same: True") == 3  # a block, the library that reads the file, the encoder
    assert "the same: False" not in text
    assert "the library reads the same: True" in text


@pytest.mark.parametrize(
    ("name", "cosine"), [("guitar", 0.841), ("stocks", 0.529), ("unrelated", -0.054), ("happy", 0.778)]
)
def test_the_known_similarities_are_reproduced(name, cosine, text):
    assert number(rf"(?m)^{name} +(-?\d\.\d+)   ", text) == pytest.approx(cosine, abs=1.5e-3)


def test_with_few_labels_the_head_leads(text):
    found = {
        int(n.replace(",", "")): (float(vectors), float(words))
        for n, vectors, words in re.findall(
            r"(?m)^ *([\d,]+) labels: \{'head on vectors': ([\d.]+), 'TF-IDF': ([\d.]+)\}", text
        )
    }
    assert set(found) == {50, 200, 600}
    assert found[200][0] >= 0.80
    assert all(found[n][0] > found[n][1] + 0.05 for n in (50, 200))


def test_the_last_block_adds_to_the_head(text):
    head, last = (number(rf"(?m)^{tune} +micro-F1 ([\d.]+)", text) for tune in ("head", "last"))
    assert 0.3 < head < last


def test_a_question_finds_comments_that_are_about_it(text):
    for question, words in (
        ("My grandmother died last week.", ("grandm", "loss", "passed", "died", "nan")),
        ("The referee was blind!", ("ref", "call", "foul", "penalty", "ump")),
    ):
        answers = text.split(question)[1].split("\n")[1:5]
        assert any(word in answer.lower() for answer in answers for word in words), (question, answers)


def test_a_kernel_that_is_not_turned_changes_every_known_similarity(text):
    lines = re.findall(r"(?m)^\w+ +right +(-?[\d.]+) +query kernels not turned +(-?[\d.]+)", text)
    assert len(lines) == 4
    assert all(abs(float(right) - float(broken)) > 0.01 for right, broken in lines)


def test_one_text_at_a_time_is_quicker_without_predict(text):
    rates = [number(rf"(?m)^{name} +(\d+) texts", text) for name in ("predict, one by one", "zoo.encode, one by one")]
    assert rates[0] < rates[1]
