import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import BLOCK

HOWS = ("cls", "mean", "max", "unit")
#: Two texts of three places of two numbers; the second has one place of padding, which holds large numbers.
STATES = np.array([[[1.0, 0.0], [4.0, 2.0], [4.0, 10.0]], [[-3.0, -1.0], [-2.0, -3.0], [9.0, 9.0]]])
MASK = np.array([[True, True, True], [True, True, False]])
NOTHING = np.array([[False, False, False], [False, True, True]])  # one text without a word, one with padding in front


def known(states, mask, how):
    """Refuse a way of pooling that nobody knows."""
    if how not in HOWS:
        raise ValueError(f"how is {how!r}; it can be one of {', '.join(HOWS)}")


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
        probe(STATES, MASK, "sum"),
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
        for how in ("Mean", "", "last"):
            yield probe(states, mask, how)

    padding_averaged_in = mistake(
        "Padding is averaged in. A short text among long ones would get another vector than alone.",
        lambda states, mask, how: (
            pooled(states, mask | True, how) if how in ("mean", "unit") else right(states, mask, how)
        ),
    )
    divided_by_the_length = mistake(
        "You add up the words alone, and divide by the number of all places. Divide by the number of words.",
        lambda states, mask, how: (
            (states * mask[..., None]).mean(axis=1) if how == "mean" else right(states, mask, how)
        ),
    )
    largest_of_padding = mistake(
        "Padding takes part in 'max'. It may hold anything, so a word's number must not have to compete with it.",
        lambda states, mask, how: states.max(axis=1) if how == "max" else right(states, mask, how),
    )
    zeros_for_padding = mistake(
        "In 'max' you put zeros where padding is. Where all numbers of the words are negative, zero is the largest then.",
        lambda states, mask, how: (states * mask[..., None]).max(axis=1) if how == "max" else right(states, mask, how),
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
        lambda states, mask, how: (
            right(states / np.linalg.norm(states, axis=2, keepdims=True), mask, "mean")
            if how == "unit"
            else right(states, mask, how)
        ),
    )
    one_length_for_all = mistake(
        "You divide all texts by one number, the length of the whole array. Each text has its own: axis=1.",
        lambda states, mask, how: (
            (mean := right(states, mask, "mean")) / np.linalg.norm(mean) if how == "unit" else right(states, mask, how)
        ),
    )
    sum_of_absolutes = mistake(
        "You divide by the sum of the absolute numbers. The length of a vector is the root of the sum of the squares.",
        lambda states, mask, how: (
            (mean := right(states, mask, "mean")) / np.maximum(np.abs(mean).sum(axis=1, keepdims=True), 1e-30)
            if how == "unit"
            else right(states, mask, how)
        ),
    )
    squared_length = mistake(
        "You divide by the sum of the squares, and forgot the root.",
        lambda states, mask, how: (
            (mean := right(states, mask, "mean")) / np.maximum((mean**2).sum(axis=1, keepdims=True), 1e-30)
            if how == "unit"
            else right(states, mask, how)
        ),
    )
    softmaxed = mistake(
        "A softmax makes the numbers add up to 1. What is asked for is a *length* of 1.",
        lambda states, mask, how: (
            np.exp(mean := right(states, mask, "mean")) / np.exp(mean).sum(axis=1, keepdims=True)
            if how == "unit"
            else right(states, mask, how)
        ),
    )
    last_place = mistake(
        "'cls' is the state of the first place, where [CLS] stands. Yours is of the last.",
        lambda states, mask, how: states[:, -1] if how == "cls" else right(states, mask, how),
    )
    first_word = mistake(
        "'cls' is the state of the first place, whatever the mask says. Yours is of the first place that is no padding.",
        lambda states, mask, how: (
            states[np.arange(len(states)), mask.argmax(axis=1)] if how == "cls" else right(states, mask, how)
        ),
    )
    cls_masked = mistake(
        "'cls' is the state of the first place, whatever the mask says. Yours is zeros where that place is padding.",
        lambda states, mask, how: right(states, mask, how) * (mask[:, :1] | (how != "cls")),
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
        lambda states, mask, how: states.mean(axis=2) if how == "mean" else right(states, mask, how),
    )
    sums = mistake(
        "Those are sums. A mean is divided by the number of words.",
        lambda states, mask, how: (states * mask[..., None]).sum(axis=1) if how == "mean" else right(states, mask, how),
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
