"""Ways to learn that a probe names: what they answer, and that they travel as data."""

import numpy as np
import pytest

from course_utils import learners
from course_utils.describe import decode, encode
from course_utils.values import describe_argument, learner, restore
from course_utils.words import write_value

X, Y = np.array([[0.0], [4.0], [5.0]]), np.array([2, 0, 0])


def test_the_nearest_row_answers_and_of_equals_the_first():
    answer = learners.nearest(X, Y, 3)
    assert answer(np.array([[1.0], [9.0], [2.0]])).tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 1]]
    assert (answer(X).argmax(axis=1) == Y).all(), "what it has seen it knows"


def test_shares_tell_which_rows_were_given():
    assert learners.shares(X, Y, 3)(np.zeros((2, 1))).tolist() == [[2 / 3, 0, 1 / 3]] * 2


@pytest.mark.parametrize("name", learners.NAMES)
def test_who_was_given_nothing_knows_nothing(name):
    assert not learners.NAMES[name](X[:0], Y[:0], 3)(X).any()


def test_what_is_learned_stays_when_the_rows_change():
    x, y = X.copy(), Y.copy()
    answers = [learn(x, y, 3) for learn in learners.NAMES.values()]
    before = [answer(X).tolist() for answer in answers]
    x[:], y[:] = 100.0, 1
    assert [answer(X).tolist() for answer in answers] == before


def test_a_learner_travels_as_data_and_is_a_function_again():
    described = decode(encode(describe_argument(learner("shares", 3))))
    assert restore(described)(X, Y)(X[:1]).tolist() == [[2 / 3, 0, 1 / 3]]
    assert write_value(described) == "the learner 'shares' of 3 classes"


def test_a_learner_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="no learner 'forest'; there are nearest, shares"):
        restore(describe_argument(learner("forest", 2)))
