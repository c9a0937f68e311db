import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import BLOCK, by_size, largest_or, norms

HOWS, MEANS = ("cls", "mean", "max", "unit"), ("mean", "unit")
#: Two texts of three places of two numbers; the second has one place of padding, which holds large numbers.
STATES = np.array([[[1.0, 0.0], [4.0, 2.0], [4.0, 10.0]], [[-3.0, -1.0], [-2.0, -3.0], [9.0, 9.0]]])
MASK = np.array([[True, True, True], [True, True, False]])
ONE = np.array([[False, True, False], [True, False, False]])  # texts of one word
NOTHING = np.array([[False, False, False], [False, True, True]])  # one text without a word, one with padding in front


def known(states, mask, how):
    """Refuse a way of pooling that nobody knows."""
    if how not in HOWS:
        raise ValueError(f"how is {how!r}; it can be one of {', '.join(HOWS)}")


def instead(of, made):
    """A wrong answer: `made(states, mask)` where `how` is `of`, and right otherwise."""
    return lambda states, mask, how: made(states, mask) if how == of else right(states, mask, how)


def unit_by(length):
    """A wrong answer: in "unit" the mean is divided by what `length` makes of it."""
    return instead("unit", lambda states, mask: (mean := right(states, mask, "mean")) / length(mean))


@exercise("pool", points=2, objective=BLOCK, refuses=known, rtol=1e-5, atol=1e-7, dtype="any")
class Pool:
    """One vector a text, (n, width): its first state, the mean or the largest of its words, or the mean with length 1."""

    def oracle(states, mask, how):
        known(states, mask, how)
        n, _, width = states.shape
        pooled = np.zeros((n, width))
        for text in range(n):
            words = [states[text, place].astype(float) for place in range(mask.shape[1]) if mask[text, place]]
            for number in range(width) if words else ():
                of_words = [float(word[number]) for word in words]
                pooled[text, number] = max(of_words) if how == "max" else sum(of_words) / len(of_words)
            if how == "cls":
                pooled[text] = states[text, 0]
            if how == "unit" and (size := sum(float(z) ** 2 for z in pooled[text]) ** 0.5) > 0:
                pooled[text] /= size
        return pooled

    examples = [
        probe(STATES[:1], MASK[:1], "mean"),
        *(probe(STATES, MASK, how) for how in ("cls", "mean", "max", "unit")),
        *(probe(STATES, NOTHING, how) for how in HOWS),
        probe(STATES / 1000, MASK, "unit"),  # vectors much shorter than 1
        probe(STATES[1:, :2], MASK[1:, :2], "max"),  # all words are negative, and no padding
        probe(1e10 * STATES, MASK, "max"),
        probe(STATES, ONE, "mean"),
        probe(STATES, MASK, "sum"),
        probe(STATES, MASK, "Mean"),
        probe(STATES, MASK, ""),
    ]

    def hidden(rng):
        for n, length, width in ((3, 5, 4), (2, 4, 3), (6, 9, 8), (1, 1, 2)):
            states, mask = rng.normal(size=(n, length, width)), rng.random((n, length)) < 0.6
            mask[:, 0] = True
            mask[0] = np.arange(length) > 0  # padding in front
            for how in HOWS:
                yield probe(np.where(mask[..., None], states, 50.0), mask, how)
        states, mask = rng.normal(size=(4, 3, 2)).astype("float32"), np.ones((4, 3), bool)
        mask[1], mask[2, 0] = False, False
        for how in ("mean", "max", "unit"):
            yield probe(states, mask, how)
            yield probe(-np.abs(states) - 1, mask, how)
            yield probe(1e-4 * states, mask, how)
            yield probe(-1e11 * np.abs(states) - 1e11, np.eye(4, 3) > 0, how)
        for how in ("Mean", "", "last", "ma", " max", "UNIT"):
            yield probe(states, mask, how)

    padding_averaged_in = mistake(
        "Padding is averaged in. A short text among long ones would get another vector than alone.",
        lambda states, mask, how: pooled(states, mask | True, how) if how in MEANS else right(states, mask, how),
    )
    divided_by_the_length = mistake(
        "You add up the words alone, and divide by the number of all places. Divide by the number of words.",
        instead("mean", lambda states, mask: (states * mask[..., None]).mean(axis=1)),
    )
    largest_of_padding = mistake(
        "Padding takes part in 'max'. It may hold anything, so a word's number must not have to compete with it.",
        instead("max", lambda states, mask: states.max(axis=1)),
    )
    zeros_for_padding = mistake(
        "In 'max' you put zeros where padding is. Where all numbers of the words are negative, zero is the largest then.",
        instead("max", lambda states, mask: (states * mask[..., None]).max(axis=1)),
    )
    divided_by_the_longest = mistake(
        "You divide by the number of words of the batch's longest text. Each text is divided by the number of its own.",
        instead("mean", lambda s, mask: (s * mask[..., None]).sum(axis=1) / max(mask.sum(axis=1).max(), 1)),
    )
    never_below_zero = mistake(
        "In 'max' nothing is below 0 in yours. The largest of negative numbers is negative: zeros are for a text without a word.",
        instead("max", lambda states, mask: np.maximum(right(states, mask, "max"), 0)),
    )
    not_low_enough = mistake(
        "In 'max' the number that you put where padding is can be larger than a word's. Take minus infinity.",
        instead("max", lambda states, mask: largest_or(states, mask, -1.0)),
    )
    still_not_low_enough = mistake(
        "In 'max' the number that you put where padding is can be larger than a word's, if words are as low as here. Take minus infinity.",
        instead("max", lambda states, mask: largest_or(states, mask, -1e9)),
    )
    longest_place = mistake(
        "In 'max' you take the place whose vector is longest. Take the largest of each *number*, be it of different places.",
        instead("max", lambda states, mask: by_size(states, mask, norms(states) + 0 * states)),
    )
    furthest_from_zero = mistake(
        "In 'max' you take the number that is furthest from 0. -3 is less than -2: compare the numbers as they are.",
        instead("max", lambda states, mask: by_size(states, mask, np.abs(states))),
    )
    not_normalised = mistake(
        "'unit' is the mean divided by its length, so that a product of two is a cosine. Yours is not divided.",
        lambda states, mask, how: right(states, mask, "mean" if how == "unit" else how),
    )
    always_normalised = mistake(
        "Only 'unit' has the length 1. The mean stays as long as it is.",
        lambda states, mask, how: right(states, mask, "unit" if how == "mean" else how),
    )
    normalised_first = mistake(
        "You give each *place* the length 1, and then take the mean, which has not. First the mean, then its length.",
        instead("unit", lambda states, mask: right(states / norms(states), mask, "mean")),
    )
    normalised_twice = mistake(
        "You give each *place* the length 1 before you take the mean. Only the mean is divided by its length.",
        instead("unit", lambda states, mask: right(states / norms(states), mask, "unit")),
    )
    length_at_least_one = mistake(
        "A mean that is shorter than 1 stays short. Divide each by its length, however small; only where that is 0, by 1.",
        unit_by(lambda mean: np.maximum(norms(mean), 1)),
    )
    length_and_more = mistake(
        "What you add to the length, so that it is not 0, counts where vectors are short. Divide by the length; where it is 0, by 1.",
        unit_by(lambda mean: norms(mean) + 1e-6),
    )
    one_length_for_all = mistake(
        "You divide all texts by one number, the length of the whole array. Each text has its own: axis=1.",
        unit_by(np.linalg.norm),
    )
    sum_of_absolutes = mistake(
        "You divide by the sum of the absolute numbers. The length of a vector is the root of the sum of the squares.",
        unit_by(lambda mean: np.maximum(np.abs(mean).sum(axis=1, keepdims=True), 1e-30)),
    )
    squared_length = mistake(
        "You divide by the sum of the squares, and forgot the root.",
        unit_by(lambda mean: np.maximum((mean**2).sum(axis=1, keepdims=True), 1e-30)),
    )
    softmaxed = mistake(
        "A softmax makes the numbers add up to 1. What is asked for is a *length* of 1.",
        instead("unit", lambda s, mask: (up := np.exp(right(s, mask, "mean"))) / up.sum(axis=1, keepdims=True)),
    )
    last_place = mistake(
        "'cls' is the state of the first place, where [CLS] stands. Yours is of the last.",
        instead("cls", lambda states, mask: states[:, -1]),
    )
    first_word = mistake(
        "'cls' is the state of the first place, whatever the mask says. Yours is of the first place that is no padding.",
        instead("cls", lambda states, mask: states[np.arange(len(states)), mask.argmax(axis=1)]),
    )
    cls_masked = mistake(
        "'cls' is the state of the first place, whatever the mask says. Yours is zeros where that place is padding.",
        lambda states, mask, how: right(states, mask, how) * (mask[:, :1] | (how != "cls")),
    )
    cls_of_nothing = mistake(
        "'cls' is the state of the first place, whatever the mask says: also of a text without a word. The zeros are for the other three.",
        lambda states, mask, how: right(states, mask, how) * (mask.any(axis=1, keepdims=True) | (how != "cls")),
    )
    padding_at_the_end = mistake(
        "You take the first so many places, as if padding stood at the end alone. It may stand anywhere: the mask says which places are "
        "words.",
        lambda states, mask, how: right(states, front(mask) if how in ("mean", "unit") else mask, how),
    )
    marks_left_out = mistake(
        "You leave the first place out of the mean. [CLS] is a place like any other here: the mask says what counts.",
        lambda states, mask, how: (
            right(states[:, 1:], mask[:, 1:], how) if how in ("mean", "unit") else right(states, mask, how)
        ),
    )
    over_the_numbers = mistake(
        "You average over the numbers of a place, and one number a place is left. One vector a *text* is asked for: axis 1 goes.",
        instead("mean", lambda states, mask: states.mean(axis=2)),
    )
    sums = mistake(
        "Those are sums. A mean is divided by the number of words.",
        instead("mean", lambda states, mask: (states * mask[..., None]).sum(axis=1)),
    )

    @mistake("A text without a word gives NaN: 0 / 0. It has the vector of zeros.")
    def nan_for_nothing(states, mask, how):
        nothing = ~mask.any(axis=1, keepdims=True)
        return np.where(nothing & (how in ("mean", "unit")), np.nan, right(states, mask, how))

    @mistake(
        "In 'max' a text without a word gives minus infinity, or a hugely negative number. It has the vector of zeros."
    )
    def infinity_for_nothing(states, mask, how):
        return np.where(~mask.any(axis=1, keepdims=True) & (how == "max"), -np.inf, right(states, mask, how))

    mean_for_anything = mistake(
        "A word that is none of the four is taken for one of them. It should raise ValueError.",
        lambda states, mask, how: right(states, mask, how if how in HOWS else "mean"),
        refuses=None,
    )
    small_or_large = mistake(
        "'Mean' is another word than 'mean', and none of the four. It should raise ValueError.",
        lambda states, mask, how: right(states, mask, how.strip().lower()),
        refuses=None,
    )
    part_of_a_word = mistake(
        "`in` looks for a *part* where it is given one text, and the empty text is part of each. Give it a tuple of the four words.",
        lambda states, mask, how: right(states, mask, how if how in HOWS or how else "mean"),
        refuses=None,
    )
    nothing_for_anything = mistake(
        "For a word that is none of the four yours returns None. It should raise ValueError.",
        lambda states, mask, how: right(states, mask, how) if how in HOWS else None,
        refuses=None,
    )


def right(states, mask, how):
    """As asked for."""
    return Pool.oracle(states, mask, how)


def front(mask):
    """As many places as the mask has, all at the beginning."""
    return np.arange(mask.shape[1]) < mask.sum(axis=1, keepdims=True)


def pooled(states, mask, how):
    """The mean of the places where the mask is true, or that with length 1."""
    mean = (states * mask[..., None]).sum(axis=1) / np.maximum(mask.sum(axis=1, keepdims=True), 1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True) if how == "unit" else mean
