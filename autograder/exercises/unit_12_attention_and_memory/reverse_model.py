import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.expect import accuracy
from course_utils.writing import GO, writes

from .shared import TRAIN

LENGTH, TOKENS, FIRST = 8, 13, 3  # digits 0 to 9 have the ids 3 to 12
#: The least share of tokens. The lesson's network has 0.99 and more of them right on every seed; without the causal mask it is
#: 0.3 at most, for it writes what it cannot see.
AT_LEAST = 0.95


def digits(rng, n=200):
    """A probe of n sequences that no training set of a few thousand is likely to hold: there are a hundred million."""
    sequences = rng.integers(FIRST, TOKENS, (n, LENGTH))
    return probe(sequences, expect=accuracy(sequences[:, ::-1].ravel(), AT_LEAST))


@exercise("reverse_model", points=3, objective=TRAIN, kind="model", time_limit=60.0)
class ReverseModel:
    """A trained network that writes a sequence of eight digits backwards, each from those that it has written itself."""

    examples = [digits(np.random.default_rng(12))]

    def hidden(rng):
        yield digits(rng, 400)

    looks_ahead = mistake(
        "Look at the teacher-forced accuracy, where all inputs are right. Is it not much above what it reaches here? Then it is to be "
        "trained longer, or, where both are low, never sees the sequence. Is it 1, or nearly? Then let it write one sequence by itself. "
        "The digits in the order in which they were read: the targets were not turned round. Nonsense: it looks ahead, for the next "
        "input is the answer, and without a causal mask it is read off; when it writes by itself there is none. See, too, that inputs "
        "and targets are shifted by one.",
        lambda: writes(ByRule(lambda sequences, inputs: np.hstack([inputs[:, 1:], inputs[:, :1]]))),
        symptom="too low",
    )
    untrained = mistake(
        "It writes the same digit everywhere. Was the teacher-forced accuracy 1, or nearly? Then it was given the very digit that it was "
        "to write: shift what it is given by one, GO first. Was it low? Then it is not trained yet, or for one epoch, or it never sees "
        "the sequence.",
        lambda: writes(ByRule(lambda sequences, inputs: np.full_like(inputs, FIRST))),
        symptom="constant",
    )
    logits = mistake(
        "Those are logits. Give the last layer a softmax over the tokens.",
        lambda: writes(ByRule(backwards, last=lambda p: 8 * p - 4)),
        symptom="not probabilities",
    )
    last_place_alone = mistake(
        "For n sequences and n inputs of eight ids, (n, 8, 13) probabilities are wanted: a row for each place, and in it a number for each "
        "id from 0 to 12. A row is missing where a recurrent layer of the decoder keeps its last state alone, or a layer averages over the "
        "places; numbers are missing where only the ten digits have one, or "
        "where their argmax was taken. A row too many is an END, which is not needed here.",
        lambda: writes(ByRule(backwards, last=lambda p: p[:, -1])),
        symptom="wrong shape",
    )
    nan = mistake(
        "NaN: a learning rate that is far too large, or a row whose places are all masked.",
        lambda: writes(ByRule(backwards, last=lambda p: p * np.nan)),
        symptom="nan",
    )


class ByRule:
    """Stands in for a trained network: what a rule writes, (sequences, inputs) -> ids, as probabilities of 0.9 and some more."""

    def __init__(self, rule, last=lambda p: p):
        self.rule, self.last = rule, last

    def predict(self, both, verbose=0):
        """(n, length, tokens) probabilities, or what `last` makes of them."""
        sequences, inputs = both
        assert (inputs[:, 0] == GO).all()
        return self.last(0.9 * np.eye(TOKENS)[self.rule(sequences, inputs)] + 0.1 / TOKENS)


def backwards(sequences, inputs):
    """What is to be written."""
    return sequences[:, ::-1]
