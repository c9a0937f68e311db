import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import ATTEND


@exercise("causal_mask", points=1, objective=ATTEND)
class CausalMask:
    """(n, n) booleans: row i says which places the place i may look at, those up to i."""

    def oracle(n):
        return np.tril(np.ones((n, n), bool))

    examples = [probe(1), probe(2), probe(3), probe(5)]

    def hidden(rng):
        for n in (4, 6, 7, 8, 12, 30):
            yield probe(n)

    transposed = mistake(
        "That is the transpose: in yours the first place looks at all, ahead. Row i is the place that looks, column j is looked at: "
        "True where j is at most i.",
        lambda n: CausalMask.oracle(n).T.copy(),
    )
    without_itself = mistake(
        "A place may look at itself: the diagonal is True. (What stands there in the decoder is the token *before* the one that is "
        "asked for. And the first place would have nothing to look at.)",
        lambda n: np.tril(np.ones((n, n), bool), -1),
    )
    turned = mistake(
        "True and False are exchanged: yours is True where a place may *not* look.",
        lambda n: ~CausalMask.oracle(n),
    )
    one_ahead = mistake(
        "Each place may look one place ahead, and there stands the token that it is to say. At most i, not i + 1.",
        lambda n: np.tril(np.ones((n, n), bool), 1),
    )
    everything = mistake("Every place looks at every other, ahead too.", lambda n: np.ones((n, n), bool))
    itself_alone = mistake(
        "Each place looks at itself alone. It may look at all places before it, too.", lambda n: np.eye(n, dtype=bool)
    )
    ones = mistake(
        "The right places, as numbers. Booleans are asked for, True and False: `np.where`, and `~` for its opposite, want them.",
        lambda n: np.tril(np.ones((n, n))),
    )
    integers = mistake(
        "The right places, as integers. Booleans are asked for, True and False: `np.where`, and `~` for its opposite, want them.",
        lambda n: np.tril(np.ones((n, n), int)),
    )
    to_be_added = mistake(
        "That is a mask that is added to the scores. Here booleans are asked for: True where a place may look.",
        lambda n: np.where(CausalMask.oracle(n), 0.0, -np.inf),
    )
    one_row = mistake(
        "One row is not enough: each place has another limit. Row i is for place i, so (n, n) booleans are asked for.",
        lambda n: np.arange(n) <= n - 1,
    )
    one_before_alone = mistake(
        "Each place looks at itself and at the *one* before it. It may look at all places before it.",
        lambda n: np.tri(n, dtype=bool) & ~np.tri(n, k=-2, dtype=bool),
    )
    first_and_itself = mistake(
        "Each place looks at the first one and at itself. It may look at all places between them, too.",
        lambda n: np.eye(n, dtype=bool) | (np.arange(n) == 0),
    )
    first_one_alone = mistake(
        "Only the first place looks at itself in yours. Each may: the diagonal is True.",
        lambda n: np.tri(n, k=-1, dtype=bool) | (np.arange(n * n).reshape(n, n) == 0),
    )
    first_row_empty = mistake(
        "Your first row is empty: the first place looks at nothing. Does your loop begin at 1? Rows are counted from 0.",
        lambda n: np.tri(n, dtype=bool) & (np.arange(n) > 0)[:, None],
    )
    last_row_empty = mistake(
        "Your last row is empty. Does your loop stop at n - 2? `range(n - 1)` does; `range(n)` goes up to n - 1.",
        lambda n: np.tri(n, dtype=bool) & (np.arange(n) < n - 1)[:, None],
    )
    from_the_right = mistake(
        "Your triangle lies at the lower right: column j is counted from the left. True where j is at most i.",
        lambda n: np.fliplr(np.tri(n, dtype=bool)),
    )
    for_a_batch = mistake(
        "The right places; yours has an axis too many, as a layer of Keras wants it for a batch. (n, n) is asked for.",
        lambda n: np.tri(n, dtype=bool)[None],
    )
