"""Unit 12 shows the figures that it promises; a network that writes is asked as it says, and a step of a decoder can be kept."""

import re

import numpy as np
import pytest

from autograder.exercises import load_exercises
from course_utils.describe import decode, encode
from course_utils.values import describe_argument, restore, steps
from course_utils.words import write_value
from course_utils.writing import GO, PAD, writes
from tests.lessons.figures import place, shown

UNIT = "12_attention_and_memory"


@pytest.fixture(scope="module")
def text():
    return shown(UNIT)


def number(pattern, text):
    """The number that stands where the pattern has its group."""
    return float(place(pattern, text))


def test_reversing_is_learned_by_both_writers(text):
    by_epoch = re.findall(r"new sequences that are right, by epoch: \[(.*)\]", text)
    assert len(by_epoch) == 2
    assert all(float(numbers.split(",")[-1]) >= 0.98 for numbers in by_epoch)


def test_without_the_causal_mask_a_network_is_right_when_forced_and_cannot_write(text):
    assert number(r"without +teacher-forced (\d\.\d+)", text) >= 0.95
    assert number(r"without +teacher-forced \d\.\d+, greedy (\d\.\d+)", text) <= 0.05
    assert number(r"with the mask +teacher-forced \d\.\d+, greedy (\d\.\d+)", text) >= 0.98


def test_a_transformer_that_is_not_told_where_words_stand_cannot_tell_two_orders(text):
    assert number(r"not told (\d\.\d+), told", text) <= 0.6
    assert number(r"not told \d\.\d+, told (\d\.\d+)", text) >= 0.95


@pytest.mark.parametrize(
    ("name", "task", "goal"),
    [
        ("dynamic memory", 1, 0.98),
        ("entity network", 1, 0.90),
        ("dynamic memory, supervised", 2, 0.97),
    ],
)
def test_a_memory_reaches_its_goal(name, task, goal, text):
    assert number(rf"(?m)^{name}, task {task}: (\d\.\d+) of", text) >= goal


@pytest.mark.parametrize("name", ["dynamic memory", "entity network"])
def test_what_is_not_reached_without_supervision_is_shown(name, text):
    share = number(rf"(?m)^{name}, task 2: (\d\.\d+) of", text)
    assert 0.2 < share < number(r"(?m)^dynamic memory, supervised, task 2: (\d\.\d+) of", text)


def test_nothing_is_said_to_be_solved(text):
    assert "solves task" not in text
    assert "solve task" not in text


def test_the_hand_made_parts_equal_those_of_the_libraries(text):
    assert "the same: False" not in text
    assert len(re.findall(r"(?m)^the same: True$", text)) == 2
    assert text.count("the same: [True, True]") == 3
    assert "the zoo's beam finds the same: True" in text
    assert "as in the zoo: True" in text


def test_an_f1_of_exactly_zero_is_shown_beside_what_a_threshold_gives(text):
    assert number(r"p\.astype\(int\): F1 (\d\.\d+)", text) == 0
    assert number(r"p >= 0\.2: F1 (\d\.\d+)", text) > 0.2


def test_every_network_stands_in_the_table_beside_counting(text):
    rows = re.findall(r"(?m)^(TF-IDF|seq2seq|transformer|entnet|dmn) +(\d\.\d+) +(\d\.\d+) +(\d\.\d+)", text)
    assert [name for name, *_ in rows] == ["TF-IDF", "seq2seq", "transformer", "entnet", "dmn"]
    assert all(float(low) < float(score) < float(high) for _, score, low, high in rows)


class Counts:
    """A network that says how many ids it was given before, and notes what it was asked."""

    def __init__(self):
        self.asked = []

    def predict(self, both, verbose):
        sequences, inputs = both
        self.asked.append(inputs.tolist())
        written = (inputs != PAD).sum(axis=1)
        return np.eye(9)[np.broadcast_to(written[:, None] + 3, sequences.shape)]


def test_a_network_writes_each_token_from_those_that_it_has_written():
    network = Counts()
    found = writes(network).predict(np.full((2, 3), 5))
    assert network.asked == [[[GO, 0, 0]] * 2, [[GO, 4, 0]] * 2, [[GO, 4, 5]] * 2]
    assert found.shape == (6, 9)
    assert found.argmax(axis=1).tolist() == [4, 5, 6] * 2


def test_what_has_another_shape_or_no_predict_comes_back_as_it_is():
    class Pooled:
        def predict(self, both, verbose):
            return np.ones((len(both[0]), 7))

    assert writes(Pooled()).predict(np.full((2, 3), 5)).shape == (2, 7)
    assert writes(...) is ...


def test_a_network_that_takes_the_sequence_alone_is_told_what_else_it_takes():
    import keras

    with pytest.raises(ValueError, match="takes 1 input; it is to take two"):
        writes(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])).predict(np.full((2, 3), 5))


def test_a_step_is_kept_as_a_table_and_takes_any_sequence():
    described = decode(encode(describe_argument(steps({(): [0.25, 0.75], (1,): [1.0, 0.0]}))))
    step = restore(described)
    assert np.exp(step([])).tolist() == pytest.approx([0.25, 0.75])
    assert step(np.array([1]))[0] == step((1,))[0] == 0
    assert step([1])[1] == -np.inf
    assert np.exp(step([1, 1])).tolist() == pytest.approx([0.5, 0.5])  # not in the table: all are equally likely
    assert write_value(described) == "a step with the chances []: [0.25, 0.75]; [1]: [1.0, 0.0]"


def test_hidden_steps_have_no_two_sequences_of_one_score():
    """Where two are equally likely, either is right, and one would be refused."""
    for probe in load_exercises(UNIT)["beam"].hidden(np.random.default_rng(0)):
        rows = np.array(list(probe.args[0].table.values()))
        assert (rows > 0).all()
        assert all(len(set(row)) == len(row) for row in rows.tolist())
