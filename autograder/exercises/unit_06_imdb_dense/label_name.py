import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import READ


def no_label(y):
    """Refuse what is not a label."""
    if y not in (0, 1):
        raise ValueError(f"a label is 0 or 1, not {y!r}")


@exercise("label_name", points=1, objective=READ, refuses=no_label, all_or_nothing=True)
class LabelName:
    """The word for a review's label: "negative" or "positive"; ValueError for anything that is not a label."""

    def oracle(y):
        no_label(y)
        return {0: "negative", 1: "positive"}[int(y)]

    examples = [
        probe(1),
        probe(0),
        probe(np.int64(1)),
        probe(2),
        probe(0.9),
        probe(np.int64(0)),
        probe(-1),
    ]

    def hidden(rng):
        for y in (0, 1, np.int64(0), np.uint8(1), -1, 3, float(rng.uniform(0.1, 0.4))):
            yield probe(y)

    reversed_names = mistake(
        "The two are swapped: in this data set 1 is praise and 0 is blame. Decode a review or two and see.",
        lambda y: "positive" if y == 0 else "negative",
    )
    reversed_and_lenient = mistake(
        "The names are swapped, and what is not a label gets a name too. 1 is praise; 2 and 0.9 should raise ValueError.",
        lambda y: "negative" if y else "positive",
        refuses=None,
    )
    anything_true = mistake(
        'Every number that is not 0 becomes "positive" here, so a 2, or a probability that lost its way, goes unnoticed. '
        "Raise ValueError for what is neither 0 nor 1.",
        lambda y: "positive" if y else "negative",
        refuses=None,
    )
    anything_else_negative = mistake(
        "What is not a label becomes a name here. Raise ValueError for what is neither 0 nor 1, so that it is noticed.",
        lambda y: "positive" if y == 1 else "negative",
        refuses=None,
    )
    rounds = mistake(
        "You round 0.9 to a label. That is a probability: who turns it into a label has to choose a threshold, openly.",
        lambda y: ["negative", "positive"][round(float(y))],
        refuses=lambda y: no_label(round(float(y))),
    )
    cuts = mistake(
        "int(y) cuts 0.9 down to 0, silently: a probability is not a label. Test y itself before you use it as an index.",
        lambda y: ["negative", "positive"][int(y)],
        refuses=lambda y: no_label(int(y)),
    )
    capitals = mistake(
        'Only the spelling differs: the words are "negative" and "positive", in lower case.',
        lambda y: ["Negative", "Positive"][int(y)],
    )

    negative_numbers = mistake(
        "You refuse what is above 1, and a -1 gets a name: as an index it means the last item. Raise ValueError for what is neither 0 "
        "nor 1.",
        lambda y: ["negative", "positive"][int(y)],
        refuses=lambda y: no_label(y if y != -1 else 1),
    )
    python_ints_only = mistake(
        "You refuse NumPy's integers: `isinstance(y, int)` is False for np.int64(1), and labels from an array are such. `y in (0, 1)` "
        "is true of both kinds.",
        lambda y: ["negative", "positive"][int(y)],
        refuses=lambda y: no_label(y if type(y) is int else -1),
    )
    other_words = mistake(
        'The right one of two, but the words asked for are "negative" and "positive".',
        lambda y: ["blame", "praise"][int(y)],
    )
