import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import AVERAGE

TWO_TEXTS = np.array([[[1.0, 2.0], [3.0, 4.0], [50.0, 60.0]], [[8.0, 0.0], [70.0, 80.0], [70.0, 80.0]]])  # (2, 3, 2)


@exercise("masked_mean", points=2, objective=AVERAGE)
class MaskedMean:
    """The mean of each text's vectors over the places whose id is not 0; zeros where there is no such place."""

    def oracle(vectors, ids):
        means = []
        for text, row in zip(vectors, ids, strict=True):
            of_words = [v for v, i in zip(text, row, strict=True) if i != 0]
            means.append(sum(of_words) / len(of_words) if of_words else np.zeros(vectors.shape[2]))
        return np.array(means)

    examples = [
        probe(TWO_TEXTS[:1], np.array([[5, 7, 0]])),
        probe(TWO_TEXTS, np.array([[5, 7, 0], [9, 0, 0]])),
        probe(TWO_TEXTS, np.array([[5, 7, 9], [0, 0, 0]])),
        probe(np.array([[[1.0], [2.0], [6.0], [8.0]]]), np.array([[4, 0, 4, 0]])),
        probe(np.array([[[1, 2], [4, 3], [9, 9]]]), np.array([[5, 7, 0]])),
    ]

    def hidden(rng):
        for texts, length, d in ((1, 4, 2), (3, 6, 5), (8, 12, 3), (5, 1, 4), (6, 30, 16)):
            ids = rng.integers(1, 50, size=(texts, length))
            for row, used in zip(ids, rng.integers(0, length + 1, size=texts), strict=True):
                row[used:] = 0
            ids[0] = 0  # no word at all
            ids[-1] = rng.integers(0, 3, size=length)  # padding anywhere, and the unknown word
            ids[-1, 0] = 1
            yield probe(rng.normal(3.0, 2.0, size=(texts, length, d)), ids)
        yield probe(rng.integers(-9, 10, size=(4, 5, 3)), rng.integers(0, 3, size=(4, 5)))

    @mistake(
        "Where the vectors are whole numbers, so are your means: an array made by zeros_like(vectors), or with vectors.dtype, cuts "
        "their fractions off. Make it of floats."
    )
    def whole_numbers(vectors, ids):
        means = np.array(
            [text[row != 0].mean(axis=0) if row.any() else 0 * text[0] for text, row in zip(vectors, ids, strict=True)]
        )
        return means.astype(vectors.dtype)

    divides_by_length = mistake(
        "The sums are right, but you divide by the length of the row, padding included: a short text gets a vector that is too "
        "short. Divide by the number of its words.",
        lambda vectors, ids: (vectors * (ids != 0)[..., None]).sum(axis=1) / ids.shape[1],
    )
    counts_padding = mistake(
        "The vectors of the padding are averaged in. Id 0 only fills a text up: leave those places out of the sum and out of the "
        "count.",
        lambda vectors, ids: vectors.mean(axis=1),
    )

    @mistake(
        "A text without a word gives NaN: 0 / 0. Its mean should be zeros, or this one text would turn all weights of a network "
        "into NaN."
    )
    def nan_for_nothing(vectors, ids):
        with np.errstate(invalid="ignore"):
            mask = (ids != 0)[..., None]
            return (vectors * mask).sum(axis=1) / mask.sum(axis=1)

    padding_in_the_sum = mistake(
        "You divide by the number of words, but the padding's vectors are in the sum. Multiply by the mask first.",
        lambda vectors, ids: vectors.sum(axis=1) / np.maximum((ids != 0).sum(axis=1, keepdims=True), 1),
    )
    sum_only = mistake(
        "That is the sum: a long text would get a long vector. Divide by the number of words.",
        lambda vectors, ids: (vectors * (ids != 0)[..., None]).sum(axis=1),
    )
    wrong_axis = mistake(
        "You average over the numbers of each vector. Average over the words: axis 1, and an array of (texts, d) is left.",
        lambda vectors, ids: (vectors * (ids != 0)[..., None]).mean(axis=2),
    )

    @mistake("Texts are cut at the first 0. Here a 0 may stand between words as well: leave out that place alone.")
    def cut_at_the_first_zero(vectors, ids):
        before = np.cumprod(ids != 0, axis=1)[..., None]
        return (vectors * before).sum(axis=1) / np.maximum(before.sum(axis=1), 1)

    one_for_all = mistake(
        "You average over all texts together. Each text has a mean of its own: keep axis 0.",
        lambda vectors, ids: vectors[ids != 0].mean(axis=0),
    )
    one_word_too_many = mistake(
        "You divide by one more than there are words. To avoid dividing by 0, use np.maximum(count, 1) instead of count + 1.",
        lambda vectors, ids: (
            (vectors * (ids != 0)[..., None]).sum(axis=1) / (1 + (ids != 0).sum(axis=1, keepdims=True))
        ),
    )
