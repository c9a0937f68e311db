import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import ENCODE, multi_hot

WEIGHTS = np.array([[9.0, 9.0], [1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])  # row 0, of the padding, would stand out
BIAS = np.array([0.5, -0.5])


@exercise("bag_dense", points=3, objective=ENCODE, rtol=1e-4, atol=1e-5)
class BagDense:
    """X @ w + b for the rows X of `vectorize_sequences`, from the ids alone; 0 is padding, no word."""

    def oracle(seqs, w, b):
        rows = multi_hot(seqs, len(w))
        rows[:, 0] = 0
        return rows @ w + b

    examples = [
        probe([[1, 2]], WEIGHTS, BIAS),
        probe([[3, 1, 3, 3]], WEIGHTS, BIAS),
        probe([[1, 2, 3], [2, 0, 0]], WEIGHTS, BIAS),
        probe([[], [2, 2, 0], [1, 3, 0]], WEIGHTS, BIAS),
        probe([[2], [3, 1]], WEIGHTS, BIAS - 9),
    ]

    def hidden(rng):
        for units in (1, 2, 3, 5, 16, 4):
            words = int(rng.integers(8, 60))
            seqs = [rng.integers(1, words, size=n).tolist() for n in rng.integers(2, 40, size=rng.integers(2, 9))]
            yield probe(
                [seq + [0] * 3 for seq in seqs] + [[1, 1, 0, 2]],
                rng.normal(size=(words, units)),
                rng.normal(size=units),
            )

    repeats = mistake(
        "A word that comes twice is added twice here. In a row of zeros and ones it is still a single 1: "
        "take each id of a review once.",
        lambda seqs, w, b: np.stack([w[[i for i in s if i]].sum(axis=0) for s in seqs]) + b,
    )
    padding_row = mistake(
        "Your sums contain row 0 of `w`. Id 0 only fills short reviews up to a common length; it is no word and adds nothing.",
        lambda seqs, w, b: multi_hot(seqs, len(w)) @ w + b,
    )
    repeats_and_padding = mistake(
        "Your sums contain row 0 of `w`, the padding, and count repeated words again. Take each id once, and leave 0 out.",
        lambda seqs, w, b: np.stack([w[np.array(s, dtype=int)].sum(axis=0) for s in seqs]) + b,
    )
    no_bias = mistake(
        "The sums are right; the bias `b` is missing. Add it once to each review's sum.",
        lambda seqs, w, b: BagDense.oracle(seqs, w, 0),
    )
    mean = mistake(
        "You take the mean of the rows of `w`. The matrix product adds them up: a long review gives a larger sum.",
        lambda seqs, w, b: np.stack([w[list(set(s) - {0})].mean(axis=0) if set(s) - {0} else 0 * b for s in seqs]) + b,
    )
    bias_per_word = mistake(
        "The bias went in once for each word. It belongs to the review: add it once, after the sum.",
        lambda seqs, w, b: np.stack([(w[list(set(s) - {0})] + b).sum(axis=0) for s in seqs]),
    )

    rows_from_zero = mistake(
        "You take 1 off every id. Row 1 of `w` belongs to id 1: row 0 is there, for the padding.",
        lambda seqs, w, b: (
            np.stack([w[[i - 1 for i in set(s) - {0}]].sum(axis=0) if set(s) - {0} else 0 * b for s in seqs]) + b
        ),
    )
    relu = mistake(
        "Negative numbers became 0: that is an activation (relu). Asked for is the sum plus `b` as it is.",
        lambda seqs, w, b: np.maximum(BagDense.oracle(seqs, w, b), 0),
    )
    nothing_for_nothing = mistake(
        "A review without a word gives 0 here. Its sum is 0, and the bias is added all the same: just `b`.",
        lambda seqs, w, b: np.array([BagDense.oracle([s], w, b)[0] if set(s) - {0} else 0 * b for s in seqs]),
    )

    @mistake(
        "You take the mean of the rows of `w`: the matrix product adds them up. (And the mean of no rows at all is NaN.)"
    )
    def mean_of_nothing(seqs, w, b):
        return (
            np.stack(
                [
                    np.divide(w[[*(set(s) - {0})]].sum(axis=0) if set(s) - {0} else 0 * b, len(set(s) - {0}))
                    for s in seqs
                ]
            )
            + b
        )

    marks_left_out = mistake(
        "You leave out more ids than 0. In these rows only 0 is padding; 1, 2 and 3 count like all others.",
        lambda seqs, w, b: BagDense.oracle([[i for i in s if i > 3] for s in seqs], w, b),
    )
